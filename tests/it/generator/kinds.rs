//! The kinds of a generated pack, with their attributes.

use super::schema::{ASSET, Attribute, CLUB, Kind, KindIndex, ORG, PERSON, ROBOT, ROLE, SITE, Sort, TEAM, TEXTS, THING};
use super::tape::Tape;

/// Whether an attribute is history, and whether it is a classification: each in a tenth of the cases.
const UNCHANGING: [(bool, bool); 10] = {
    let mut flags = [(false, false); 10];
    flags[8] = (false, true);
    flags[9] = (true, false);
    flags
};

/// An attribute that a kind may have: its name, its type, whether it may have many values, and whether it may be optional.
type Offer = (&'static str, Sort, bool, bool);

pub(super) fn kinds(tape: &mut Tape) -> Vec<Kind> {
    let names = [
        ["org", "customer", "on-call"],
        ["site", "in-1", "place"],
        ["asset", "is-it", "device"],
        ["thing", "not-x", "days"],
        ["person", "user", "subject-1"],
        ["robot", "toggle-2", "bot"],
        ["team", "group", "where-to"],
        ["club", "or-so", "for-all"],
    ];
    let ids: [&[&str]; 8] = [
        &["o1", "fab.rikam", "o 3"],
        &["s1", "s:2", "Köln", "s4"],
        &["a1", "a/2", "3", "회의실"],
        &["t1", "t\"2"],
        &["ann@o1", "bo", "c d", "+1"],
        &["r2-d2", "#5"],
        &["t/admins", "t/desk", "t~3"],
        &["chess", "$"],
    ];
    let one_of = |tape: &mut Tape, choices: &[&[KindIndex]]| tape.pick(choices).to_vec();
    let odd_names = tape.chance(40);
    let plain = |name: &str, ids: &[&'static str]| Kind {
        name: name.to_owned(),
        subject: false,
        within: Vec::new(),
        exactly_one: Vec::new(),
        attributes: Vec::new(),
        label: None,
        actions: Vec::new(),
        ids: ids.to_vec(),
    };
    let mut kinds: Vec<Kind> = Vec::new();
    for (names, ids) in names.iter().zip(ids) {
        let name = if odd_names { *tape.pick(names) } else { names[0] };
        kinds.push(plain(name, ids));
    }
    kinds.push(plain("role", &[]));
    kinds[PERSON].subject = true;
    kinds[ROBOT].subject = tape.chance(60);
    kinds[SITE].within = one_of(tape, &[&[ORG], &[ORG, SITE]]);
    kinds[ASSET].within = one_of(tape, &[&[SITE], &[ORG], &[ORG, SITE]]);
    kinds[THING].within = one_of(tape, &[&[], &[ASSET, ORG]]);

    let to = |kinds: &[KindIndex]| Sort::To(kinds.to_vec());
    let grades = Sort::OneOf(TEXTS.to_vec());
    let offers: [Vec<Offer>; 8] = [
        vec![("admins", to(&[TEAM]), false, false), ("rank", Sort::Number, false, true), ("lead", to(&[PERSON]), false, true)],
        vec![("keepers", to(&[TEAM, CLUB]), false, true), ("grade", grades.clone(), false, false), ("rank", Sort::Number, false, false)],
        vec![
            ("by", to(&[ORG, PERSON]), false, true),
            ("grade", grades.clone(), false, false),
            ("rank", Sort::Number, false, true),
            ("made", Sort::Date, false, false),
            ("users", to(&[PERSON, ROBOT]), true, true),
            ("keepers", to(&[TEAM]), false, false),
        ],
        vec![
            ("by", to(&[PERSON]), false, false),
            ("about", to(&[ASSET, SITE]), false, true),
            ("users", to(&[PERSON]), true, false),
            ("tags", grades.clone(), true, true),
            ("gives", to(&[ROLE]), false, true),
            ("label", Sort::Text, false, true),
        ],
        vec![
            ("lead", to(&[PERSON, ROBOT]), false, true),
            ("rank", Sort::Number, false, false),
            ("made", Sort::Date, false, true),
            ("tags", grades.clone(), true, false),
            ("likes", to(&[ASSET, THING]), true, false),
            ("grade", grades, false, true),
        ],
        vec![("lead", to(&[PERSON]), false, false), ("by", to(&[ORG, SITE]), false, false), ("rank", Sort::Number, false, true)],
        vec![("lead", to(&[PERSON]), false, true), ("by", to(&[ORG, SITE]), false, false), ("likes", to(&[ASSET]), true, false)],
        vec![("rank", Sort::Number, false, false), ("lead", to(&[PERSON]), false, true)],
    ];
    for (kind, offers) in kinds.iter_mut().zip(offers) {
        for (name, sort, many, may_be_optional) in offers {
            let optional = may_be_optional && tape.chance(60);
            let (history, fixed) = *tape.pick(&UNCHANGING);
            let present = tape.chance(75);
            if present {
                kind.attributes.push(Attribute { name: name.to_owned(), sort, many, optional, history, fixed, key: false });
            }
        }
    }
    // A home may have the name of its kind.
    let named_after =
        |kinds: &[Kind], named: bool, kind: KindIndex, other: &str| if named { kinds[kind].name.clone() } else { other.to_owned() };
    let named = tape.chance(60);
    let homes = [(named_after(&kinds, named, ORG, "home"), ORG), (named_after(&kinds, named, SITE, "base"), SITE)];
    let plain = |name: &str, sort: Sort| {
        let name = name.to_owned();
        Attribute { name, sort, many: false, optional: false, history: false, fixed: false, key: false }
    };
    kinds[PERSON].attributes.extend(homes.iter().map(|(name, kind)| plain(name, Sort::To(vec![*kind]))));
    kinds[PERSON].exactly_one = homes.iter().map(|(name, _)| name.clone()).collect();
    for (kind, name, percent) in [(PERSON, "upn", 80), (PERSON, "alias", 30), (SITE, "code", 50)] {
        if tape.chance(percent) {
            kinds[kind].attributes.push(Attribute { optional: tape.chance(70), key: true, ..plain(name, Sort::Text) });
        }
    }
    for kind in &mut kinds {
        let texts: Vec<&Attribute> = kind.attributes.iter().filter(|attribute| attribute.sort == Sort::Text).collect();
        if !texts.is_empty() && tape.chance(70) {
            kind.label = Some(tape.pick(&texts).name.clone());
        }
    }
    let both = tape.chance(40);
    kinds[PERSON].attributes.push(plain("teams", Sort::MemberOf(if both { vec![TEAM, CLUB] } else { vec![TEAM] })));
    if tape.chance(70) {
        kinds[ROBOT].attributes.push(plain("teams", Sort::MemberOf(vec![TEAM])));
    }
    if !tape.chance(15) {
        kinds[TEAM].attributes.push(plain("teams", Sort::MemberOf(vec![TEAM])));
    }
    if tape.chance(50) {
        kinds[TEAM].attributes.push(plain("clubs", Sort::MemberOf(vec![CLUB])));
    }
    kinds
}
