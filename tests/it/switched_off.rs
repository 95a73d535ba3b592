//! An implication that would give what is asked, and is switched off by its `unless` or not in force, is shown with what switches it off.

use crate::gdap::{THREE_DECISIONS, ask, azure, three};
use crate::support::{self, Ask, SHIPPED, pack_of, world_of};
use delegraph::plan::CompiledPolicy;
use delegraph::report;
use delegraph::report::text::{self, Style};
use delegraph::wording::{ExplanationText, ReasonText};
use delegraph::world::World;
use serde_json::Value;
use std::collections::BTreeMap;

/// All reasons of an answer, those inside others too.
fn reasons(answer: &ExplanationText) -> Vec<&ReasonText> {
    let mut waiting: Vec<&ReasonText> = answer.reasons.iter().chain(&answer.denies).chain(&answer.switched_off).collect();
    let mut found = Vec::new();
    while let Some(reason) = waiting.pop() {
        found.push(reason);
        waiting.extend(&reason.because);
    }
    found
}

/// What the answer says of each implication, the implications in the order of their names, each sentence once.
fn implications(answer: &ExplanationText) -> Vec<String> {
    let all = reasons(answer);
    let mut says: Vec<String> = all.iter().filter(|reason| reason.kind.name() == "implication").map(|reason| reason.says.clone()).collect();
    says.sort();
    says.dedup();
    says
}

/// What is said to be switched off or not in force.
fn idle(answer: &ExplanationText) -> Vec<String> {
    implications(answer).into_iter().filter(|says| says.contains("would give it")).collect()
}

/// The text of an answer on wide lines, without margins.
fn page(answer: &ExplanationText) -> String {
    text::render(answer, &Style { color: false, width: 1_000, full: false })
}

/// The sentences below each implication that is switched off, in the JSON of an answer. What is stated at another place is looked up there.
fn below_switched_off(json: &Value) -> BTreeMap<String, Vec<String>> {
    fn stated<'j>(node: &'j Value, by_id: &mut BTreeMap<u64, &'j Value>) {
        if let Some(id) = node["id"].as_u64() {
            by_id.insert(id, node);
        }
        node["because"].as_array().into_iter().flatten().for_each(|below| stated(below, by_id));
    }
    fn says(node: &Value, by_id: &BTreeMap<u64, &Value>, found: &mut Vec<String>) {
        let node = node["same-as"].as_u64().map_or(node, |id| by_id[&id]);
        found.push(node["says"].as_str().expect("a sentence").to_owned());
        node["because"].as_array().into_iter().flatten().for_each(|below| says(below, by_id, found));
    }
    fn visit(node: &Value, by_id: &BTreeMap<u64, &Value>, found: &mut BTreeMap<String, Vec<String>>) {
        if node["sort"] == "implication" && node["says"].as_str().is_some_and(|says| says.contains("condition excludes it")) {
            assert_eq!(node["truth"], "false");
            let below = found.entry(node["name"].as_str().expect("a name").to_owned()).or_default();
            says(node, by_id, below);
        }
        node["because"].as_array().into_iter().flatten().for_each(|below| visit(below, by_id, found));
    }
    let sections = ["reasons", "denies", "switched-off"];
    let roots: Vec<&Value> = sections.iter().filter_map(|section| json[section].as_array()).flatten().collect();
    let (mut by_id, mut found) = (BTreeMap::new(), BTreeMap::new());
    roots.iter().for_each(|root| stated(root, &mut by_id));
    roots.iter().for_each(|root| visit(root, &by_id, &mut found));
    found
}

/// Checks that text and JSON of an answer say that DAP is switched off, and by what; or that neither says it.
fn check_dap(answer: &ExplanationText, switched_off: bool, by: &[String], case: &str) {
    const DAP: &str = "dap-admin-agents-without-gdap";
    let page = page(answer);
    let json: Value = serde_json::from_str(&report::json::answer::document(answer, None)).expect("JSON");
    let json = &json["explanation"];
    let below = below_switched_off(json);
    let sentence = format!("implication {DAP} would give it, but its `unless` condition excludes it");
    assert_eq!(page.matches(&sentence).count(), usize::from(switched_off), "{case}\n{page}");
    assert_eq!(below.keys().map(String::as_str).collect::<Vec<_>>(), if switched_off { vec![DAP] } else { vec![] }, "{case}\n{json:#}");
    for by in by.iter().filter(|_| switched_off) {
        assert!(page.contains(by), "{case}: {by}\n{page}");
        assert!(below[DAP].iter().any(|says| says == by), "{case}: {by}\n{:#?}", below[DAP]);
    }
}

/// GDAP-13: it wins where a customer has granted both and the user has both. Only the second user has both, and only at the second customer.
#[test]
fn nine_decisions_say_which_grant_switches_which_off() {
    let world = three("");
    let by = [
        "access through GDAP switches off what delegated admin privileges give user:u2 at customer:c2",
        "an active access assignment of gdap:g2 gives group:readers the role role:global-reader",
        "the customer has approved role:global-reader in gdap:g2",
        "gdap:g2 is active",
        "user:u2 is in group:readers",
        "customer:c2 grants partner:p delegated admin privileges",
        "user:u2 is in group:aa",
    ]
    .map(str::to_owned);
    let mut switched_off = 0;
    for user in ["u1", "u2", "u3"] {
        for customer in ["c1", "c2", "c3"] {
            for action in THREE_DECISIONS {
                let case = format!("user:{user} directory.{action} customer:{customer} at 2023-06-01");
                let answer = ask(&case, &mut Vec::new()).explained(&SHIPPED, &world);
                let wins = (user, customer) == ("u2", "c2");
                check_dap(&answer, wins, &by, &case);
                switched_off += usize::from(wins);
            }
        }
    }
    assert_eq!(switched_off, 3);
}

/// Where both are granted and the member of Admin Agents has a role by GDAP, GDAP is what gives an Entra role. Nobody else holds one by DAP.
#[test]
fn decisions_on_azure_say_which_grant_switches_which_off() {
    let mut switched_off = 0;
    for (dap, gdap, reader) in (0..8).map(|bits| (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0)) {
        for member in ["direct", "nested", "none"] {
            let world = azure(dap, gdap, member, reader);
            let wins = dap && gdap && reader && member != "none";
            let by = [
                "access through GDAP switches off what delegated admin privileges give user:u at customer:c".to_owned(),
                "an active access assignment of gdap:g gives group:readers the role role:directory-readers".to_owned(),
                "user:u is in group:readers".to_owned(),
                "customer:c grants partner:p delegated admin privileges".to_owned(),
                format!("user:u is in group:{}", if member == "direct" { "aa" } else { "inner" }),
            ];
            for action in ["view", "manage"] {
                let case = format!("user:u subscription.{action} subscription:s at 2023-09-01");
                let answer = ask(&case, &mut Vec::new()).explained(&SHIPPED, &world);
                check_dap(&answer, wins, &by, &format!("{case}: dap {dap}, gdap {gdap}, {member}, reader {reader}"));
                // The older edition asks for no Entra role.
                let before = ask(&format!("{case} policy-at 2023-08-09"), &mut Vec::new()).explained(&SHIPPED, &world);
                check_dap(&before, false, &[], &case);
            }
            switched_off += usize::from(wins);
        }
    }
    assert_eq!(switched_off, 2);
}

/// Many roles would let the user reset a password; the one of DAP that is switched off is shown first, once.
#[test]
fn a_switched_off_role_is_shown_once_among_many() {
    let world = three("[user.hd]\npartner = \"partner:p\"\ngroups = [\"group:hd\", \"group:aa\", \"group:readers\"]\n");
    let answer = Ask::of("2023-06-01", "user:hd", "directory.reset-password", "customer:c2").explained(&SHIPPED, &world);
    assert_eq!(answer.outcome, "not-granted");
    assert!(answer.reasons.len() > 5, "{}", answer.reasons.len());
    let first: Vec<&str> = answer.reasons[..2].iter().filter_map(|role| role.name.as_deref()).collect();
    assert_eq!(first, ["global-administrator", "helpdesk-administrator"]);
    let page = page(&answer);
    for name in ["dap-admin-agents-without-gdap", "dap-helpdesk-agents-without-gdap"] {
        assert_eq!(page.matches(&format!("implication {name} would give it, but its `unless`")).count(), 1, "{name}\n{page}");
    }
}

/// Doors that keys open, unless a suspension switches a key off; a shift opens them too. What the shift takes is nearer to being so.
const DOORS: &str = r#"
[kind.user]
subject = true
[kind.door]
actions = ["open", "close"]
[relation.key]
ends = ["user", "door"]
says = "{1} has a key to {2}"
[relation.suspended]
ends = ["user", "door"]
says = "{1} is suspended from {2}"
[relation.on-shift]
ends = ["user", "door"]
[relation.trained]
ends = ["user", "door"]
[relation.vetted]
ends = ["user", "door"]
[relation.passes]
ends = ["user", "door"]
says = "{1} passes {2}"
[role.keeper]
on     = ["door"]
grants = ["door.open"]
[implication.keys-open]
if     = 'key(user, door)'
unless = 'suspended(user, door)'
then   = 'user holds keeper on door'
[implication.shifts-open]
if     = 'on-shift(user, door) and trained(user, door) and vetted(user, door)'
then   = 'user holds keeper on door'
[implication.keys-pass]
if     = 'key(user, door)'
unless = 'suspended(user, door)'
then   = 'passes(user, door)'
[implication.shifts-pass]
if     = 'on-shift(user, door) and trained(user, door) and vetted(user, door)'
then   = 'passes(user, door)'
[rule.who-passes-closes]
allow  = ["door.close"]
if     = 'passes(subject, resource)'
"#;

/// A user who lacks one thing for the shift, and facts.
fn doors(compiled: &CompiledPolicy, facts: &[&str]) -> World {
    let given = ["on-shift(user:u, door:d)", "trained(user:u, door:d)"];
    let facts = support::facts(&[&given, facts].concat());
    world_of(compiled, &format!("[user.u]\n[user.v]\n[door.d]\n{facts}"))
}

fn answer(pack: &str, facts: &[&str], action: &str) -> ExplanationText {
    let compiled = pack_of(pack);
    Ask::of("2024-02-01", "user:u", action, "door:d").explained(&compiled, &doors(&compiled, facts))
}

const SUSPENDED: &[&str] = &["key(user:u, door:d)", "suspended(user:u, door:d)"];

#[test]
fn a_switched_off_implication_is_shown_beside_a_nearer_attempt() {
    for (action, switched_off, nearest) in [("door.open", "keys-open", "shifts-open"), ("door.close", "keys-pass", "shifts-pass")] {
        let answer = answer(DOORS, SUSPENDED, action);
        assert_eq!(answer.outcome, "not-granted");
        let expected = [
            format!("implication {switched_off} would give it, but its `unless` condition excludes it"),
            format!("implication {nearest} does not give it"),
        ];
        assert_eq!(implications(&answer), expected, "{action}");
        let all = reasons(&answer);
        let off = all.iter().find(|reason| reason.says == expected[0]).expect("it is among them");
        let below: Vec<(&str, &str)> = off.because.iter().map(|reason| (reason.says.as_str(), reason.truth)).collect();
        assert_eq!(below, [("user:u has a key to door:d", "true"), ("user:u is suspended from door:d", "true")], "{action}");
        assert!(off.blocking && off.because.iter().all(|below| !below.blocking), "{action}");
    }
}

/// What does not hold anyway is not switched off, and what nothing switches off is not either.
#[test]
fn an_implication_that_lacks_something_is_not_switched_off() {
    for facts in [&["suspended(user:u, door:d)"][..], &["key(user:v, door:d)", "suspended(user:v, door:d)"]] {
        assert_eq!(idle(&answer(DOORS, facts, "door.open")), [""; 0], "{facts:?}");
    }
    assert_eq!(answer(DOORS, &["key(user:u, door:d)", "suspended(user:v, door:d)"], "door.open").outcome, "allowed");
}

#[test]
fn an_unknown_unless_leaves_the_answer_unknown() {
    for (action, implication) in [("door.open", "keys-open"), ("door.close", "keys-pass")] {
        let compiled = pack_of(DOORS);
        let facts = "[[fact]]\nis = 'key(user:u, door:d)'\n[[unknown]]\nis = 'suspended(_, door:d)'\nwhy = \"the list was not read\"\n";
        let world = world_of(&compiled, &format!("[user.u]\n[door.d]\n{facts}"));
        let answer = Ask::of("2024-02-01", "user:u", action, "door:d").explained(&compiled, &world);
        assert_eq!((answer.outcome, answer.unknown.as_slice()), ("unknown", &["suspended(user:u, door:d)".to_owned()][..]));
        let says = format!("it is unknown whether implication {implication} gives it");
        assert!(implications(&answer).contains(&says), "{:?}", implications(&answer));
        assert!(reasons(&answer).iter().any(|reason| reason.says.ends_with("the list was not read")));
    }
}

/// What is switched off is shown beside what is unknown, too.
#[test]
fn a_switched_off_implication_is_shown_beside_an_unknown_one() {
    for (action, switched_off) in [("door.open", "keys-open"), ("door.close", "keys-pass")] {
        let compiled = pack_of(DOORS);
        let facts = [SUSPENDED, &["on-shift(user:u, door:d)", "trained(user:u, door:d)"]].concat();
        let facts = support::facts(&facts);
        let world = world_of(&compiled, &format!("[world]\nnot-imported = [\"vetted\"]\n[user.u]\n[door.d]\n{facts}"));
        let answer = Ask::of("2024-02-01", "user:u", action, "door:d").explained(&compiled, &world);
        assert_eq!((answer.outcome, answer.unknown.as_slice()), ("unknown", &["vetted(user:u, door:d)".to_owned()][..]));
        assert_eq!(
            idle(&answer),
            [format!("implication {switched_off} would give it, but its `unless` condition excludes it")],
            "{action}"
        );
    }
}

/// What is derived from something that is switched off is shown too, though another attempt is nearer.
#[test]
fn what_rests_on_a_switched_off_implication_is_shown() {
    let pack = format!(
        "{DOORS}\n[role.guard]\non = [\"door\"]\ngrants = [\"door.open\"]\n[implication.guards-pass]\nif = 'passes(user, door)'\nthen = 'user holds guard on door'\n[implication.shifts-guard]\nif = 'on-shift(user, door) and trained(user, door) and vetted(user, door)'\nthen = 'user holds guard on door'\n"
    );
    let answer = answer(&pack, SUSPENDED, "door.open");
    let page = page(&answer);
    for says in
        ["user:u does not hold guard on door:d", "implication guards-pass does not give it", "implication keys-pass would give it, but its"]
    {
        assert_eq!(page.matches(says).count(), 1, "{says}\n{page}");
    }
}

/// A role that includes the one that a condition asks for.
#[test]
fn a_switched_off_role_that_includes_the_asked_one_is_shown() {
    let pack = format!(
        "{DOORS}\n[role.master]\non = [\"door\"]\nincludes = [\"keeper\"]\n[implication.masters]\nif = 'key(user, door)'\nunless = 'suspended(user, door)'\nthen = 'user holds master on door'\n[rule.keepers-close]\nallow = [\"door.close\"]\nif = 'subject holds keeper on resource'\n"
    );
    let answer = answer(&pack, SUSPENDED, "door.close");
    assert_eq!(answer.outcome, "not-granted");
    let off = |name| format!("implication {name} would give it, but its `unless` condition excludes it");
    assert_eq!(idle(&answer), ["keys-open", "keys-pass", "masters"].map(off));
}

/// An allowed answer says what would allow it too, beside the proof; nothing of it is lacking.
#[test]
fn an_allowed_answer_shows_what_is_switched_off() {
    let other = "[role.porter]\non = [\"door\"]\ngrants = [\"door.open\"]\n";
    let facts = [SUSPENDED, &["user:u holds porter on door:d"]].concat();
    let answer = answer(&format!("{DOORS}\n{other}"), &facts, "door.open");
    assert_eq!((answer.outcome, answer.reasons.len(), answer.switched_off.len()), ("allowed", 1, 1));
    assert!(answer.reasons.iter().all(|permit| permit.truth == "true"));
    assert_eq!(idle(&answer), ["implication keys-open would give it, but its `unless` condition excludes it"]);
    assert!(reasons(&answer).iter().all(|reason| !reason.blocking), "{answer:#?}");
    let page = page(&answer);
    assert!(page.contains("switched off: what would also hold, but for an `unless`"), "{page}");
}

/// The unless of a rule is asked about a relation that an implication would give.
#[test]
fn what_would_keep_a_deny_from_applying_is_shown() {
    let pack =
        format!("{DOORS}\n[rule.no-pass]\ndeny = [\"door.open\"]\nunless = 'vetted(subject, resource) or passes(subject, resource)'\n");
    let answer = answer(&pack, &[SUSPENDED, &["user:u holds keeper on door:d"]].concat(), "door.open");
    assert_eq!(answer.outcome, "barred");
    assert!(
        idle(&answer).contains(&"implication keys-pass would give it, but its `unless` condition excludes it".to_owned()),
        "{answer:#?}"
    );
}

/// An implication that would bar is nothing that would favour the subject.
#[test]
fn what_would_bar_is_not_shown() {
    let pack = format!(
        "{DOORS}\n[role.porter]\non = [\"door\"]\ngrants = [\"door.open\"]\n[rule.passers-open-nothing]\ndeny = [\"door.open\"]\nif = 'vetted(subject, resource) or passes(subject, resource)'\n"
    );
    let answer = answer(&pack, &[SUSPENDED, &["user:u holds porter on door:d"]].concat(), "door.open");
    assert_eq!(answer.outcome, "allowed");
    assert!(answer.switched_off.iter().all(|other| !other.says.contains("passes")), "{:#?}", answer.switched_off);
}

#[test]
fn an_implication_that_is_not_in_force_is_shown() {
    let with = |line: &str, unless: &str| {
        let keys = format!("[implication.keys-open]\n{line}\nif     = 'key(user, door)'");
        let toggles = "[toggle.old-keys]\nstatus = \"interpretation\"\ndefault = false\n";
        let pack = DOORS.replace("[implication.keys-open]\nif     = 'key(user, door)'", &keys);
        format!("{}\n{toggles}", pack.replacen("unless = 'suspended(user, door)'", unless, 1))
    };
    let never = "unless = 'suspended(user, door)'";
    let cases = [
        (with("until = 2024-01-01", never), &["key(user:u, door:d)"][..], vec!["it ended on 2024-01-01"]),
        (with("since = 2024-03-01", never), &["key(user:u, door:d)"], vec!["it begins on 2024-03-01"]),
        (with("toggle = \"old-keys\"", never), &["key(user:u, door:d)"], vec!["it is not in force while toggle old-keys is off"]),
        // It would not give it then either.
        (with("until = 2024-01-01", never), SUSPENDED, vec![]),
        (with("until = 2024-01-01", never), &["key(user:v, door:d)"], vec![]),
        // Two things are in the way: neither sentence alone would be true.
        (with("until = 2024-01-01\ntoggle = \"old-keys\"", never), &["key(user:u, door:d)"], vec![]),
    ];
    for (pack, facts, expected) in cases {
        let answer = answer(&pack, facts, "door.open");
        assert_eq!(answer.outcome, "not-granted");
        let expected: Vec<String> = expected.iter().map(|out| format!("implication keys-open would give it, but {out}")).collect();
        assert_eq!(idle(&answer), expected, "{pack}");
        let nearest = "implication shifts-open does not give it".to_owned();
        assert!(implications(&answer).contains(&nearest), "{:?}", implications(&answer));
    }
}

/// What is not in force is shown beside what is unknown, too.
#[test]
fn an_implication_that_is_not_in_force_is_shown_beside_an_unknown_one() {
    for (action, implication) in [("door.open", "keys-open"), ("door.close", "keys-pass")] {
        let compiled =
            pack_of(&DOORS.replace(&format!("[implication.{implication}]"), &format!("[implication.{implication}]\nuntil = 2024-01-01")));
        let facts = support::facts(&["key(user:u, door:d)", "on-shift(user:u, door:d)", "trained(user:u, door:d)"]);
        let world = world_of(&compiled, &format!("[world]\nnot-imported = [\"vetted\"]\n[user.u]\n[door.d]\n{facts}"));
        let answer = Ask::of("2024-02-01", "user:u", action, "door:d").explained(&compiled, &world);
        assert_eq!(answer.outcome, "unknown");
        assert_eq!(idle(&answer), [format!("implication {implication} would give it, but it ended on 2024-01-01")], "{action}");
    }
}

/// What an implication that is not in force rests on counts as of the date on which it is.
#[test]
fn a_chain_that_is_not_in_force_yet_is_shown() {
    let facts = ["approves(gdap:g3, role:global-administrator)", "assigns(gdap:g3, group:readers, role:global-administrator)"];
    let world = three(&support::facts(&facts));
    let answer = |at| ask(&format!("user:u3 directory.manage customer:c3 at {at}"), &mut Vec::new()).explained(&SHIPPED, &world);
    assert_eq!([answer("2022-01-31").outcome, answer("2022-02-01").outcome], ["not-granted", "allowed"]);
    let page = page(&answer("2022-01-31"));
    let says = "implication gdap-global-administrator would give it, but it begins on 2022-02-01";
    assert_eq!(page.matches(says).count(), 1, "{page}");
}
