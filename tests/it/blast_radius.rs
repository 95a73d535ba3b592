//! What many people can do together is what each of them can do, also where most hold roles of their own and these are looked at apart.

use crate::landscape::{ASKED_AT, Plan};
use crate::support::{compiled, pack_of, world_of};
use delegraph::eval::{Budget, Decider, Outcome};
use delegraph::files::Source;
use delegraph::open;
use delegraph::plan::Context;
use delegraph::query::access::{AccessGroup, MANY_ROWS, Resources, Selection, Subjects, Summary, Taken, access_list};
use delegraph::query::blast_radius;
use delegraph::query::lists::EntityPattern;
use delegraph::time::Instant;
use delegraph::world::{EntityId, ResolvedRequest};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Members of a club may read every box; a role adds boxes, is a reason to be refused, or is looked for by a rule about others.
const PACK: &str = r#"
[kind.user]
subject = true
attributes.clubs = { member-of = "club" }
[kind.club]
[kind.hall]
[kind.box]
within = "hall"
actions = ["open", "read", "seal"]
[role.keeper]
on = ["hall", "box"]
grants = ["box.open"]
[role.banned]
on = ["box"]
[role.witness]
on = ["box"]
[relation.shown]
ends = ["box", "club"]
[rule.members]
allow = ["box.read"]
if = 'subject in club and shown(resource, club)'
[rule.sealing]
allow = ["box.seal"]
if = 'subject in club and shown(resource, club) and user holds witness on resource'
[rule.banned]
deny = ["box.*"]
if = 'subject holds banned on resource'
"#;

const BOXES: usize = 1000;
const USERS: usize = 48;

fn world() -> String {
    let mut text = String::from("[hall.h]\n[hall.i]\n[club.a]\n[club.b]\n");
    for number in 0..BOXES {
        let hall = if number % 3 == 0 { "h" } else { "i" };
        writeln!(text, "[box.b{number}]\nhall = \"hall:{hall}\"").expect("a string");
        let club = if number % 2 == 0 { "a" } else { "b" };
        writeln!(text, "[[fact]]\nis = 'shown(box:b{number}, club:{club})'").expect("a string");
    }
    for number in 0..USERS {
        let clubs = ["\"club:a\"", "\"club:b\"", "\"club:a\", \"club:b\""][number % 3];
        writeln!(text, "[user.u{number}]\nclubs = [{clubs}]").expect("a string");
        let role = match number % 6 {
            0 => format!("keeper on box:b{}", 3 * number),
            1 => format!("banned on box:b{number}"),
            2 => "keeper on hall:h".to_owned(),
            3 => format!("witness on box:b{}", number / 2),
            4 => format!("keeper on box:b{}' \nuntil = 2020-01-01 #", 2 * number),
            _ => continue,
        };
        let (role, end) = role.split_once("' \n").unwrap_or((&role, ""));
        writeln!(text, "[[fact]]\nis = 'user:u{number} holds {role}'\n{}", end.trim_end_matches(" #")).expect("a string");
    }
    text.push_str(
        "[[unknown]]\nis = 'user:u5 holds keeper on hall:h'\nwhy = \"nobody looked\"\n[[unknown]]\nis = 'user:u7 holds banned on box:b1'\nwhy = \"nobody looked\"\n",
    );
    text
}

/// By outcome: the requests, each of which stands in one group.
type Requests = BTreeMap<Outcome, BTreeSet<ResolvedRequest>>;

fn listed(decider: &Decider<'_>, selection: &Selection) -> Requests {
    let mut found = Requests::new();
    for row in access_list(decider, selection) {
        assert!(found.entry(row.outcome).or_default().insert(row.request), "twice: {row:?}");
    }
    found
}

fn grouped(summary: &Summary) -> Requests {
    let mut found = Requests::new();
    for (outcome, groups) in [(Outcome::Allowed, &summary.groups), (Outcome::Unknown, &summary.unsure)] {
        for AccessGroup { subjects, actions, resources, .. } in groups {
            for &subject in subjects {
                for &action in actions {
                    for &resource in resources {
                        let request = ResolvedRequest { subject, action, resource };
                        assert!(found.entry(outcome).or_default().insert(request), "twice: {request:?}");
                    }
                }
            }
        }
    }
    found
}

/// Says the same as the list of each; how many requests there are.
fn agrees(decider: &Decider<'_>, selection: &Selection) -> usize {
    let expected = listed(decider, selection);
    let summary = blast_radius(decider, selection, |_, _| Taken::Listed);
    let count = |outcome: Outcome| expected.get(&outcome).map_or(0, BTreeSet::len);
    assert_eq!((summary.allowed, summary.unknown), (count(Outcome::Allowed), count(Outcome::Unknown)));
    assert_eq!(grouped(&summary), expected);
    let allowed = || expected.get(&Outcome::Allowed).into_iter().flatten();
    let subjects: BTreeSet<EntityId> = allowed().map(|request| request.subject).collect();
    assert_eq!(summary.subjects.iter().copied().collect::<BTreeSet<_>>(), subjects);
    assert_eq!(summary.resources, allowed().map(|request| request.resource).collect::<BTreeSet<_>>().len());
    assert_eq!(summary.by_place.values().sum::<usize>(), summary.allowed);
    summary.allowed + summary.unknown
}

#[test]
fn roles_of_their_own_add_to_what_people_can_and_take_from_it() {
    let pack = pack_of(PACK);
    let world = world_of(&pack, &world());
    let decider = Decider::new(&pack, &world, Context::at(&pack.policy, Instant::parse("2024-01-01").expect("a date")));
    let budget = Budget::default();
    let query = decider.within(&budget);
    let actions: Vec<_> = query.actions("*").expect("there are some");
    let everything = Selection { subjects: query.all_subjects(), resources: query.all_resources(&actions), actions, with_barred: false };
    let count = agrees(&decider, &everything);
    assert!(count > MANY_ROWS, "with {count} rows each is asked about by itself");
    // The roles of others over one hall count there alone, and only what is asked about.
    let hall = world.named(&pack.policy, "hall", "h").expect("it is there");
    let within = query.resources(EntityPattern::One(hall), &everything.actions, true).expect("boxes lie within it");
    assert!(matches!(&within, Resources::These(these) if these.len() > BOXES / 4));
    agrees(&decider, &Selection { resources: within, ..everything.clone() });
    agrees(&decider, &Selection { actions: query.actions("box.open").expect("an action"), ..everything });
}

#[test]
fn the_people_of_a_partner_can_together_what_each_of_them_can() {
    let compiled = compiled("policies");
    let mut text = Vec::new();
    Plan::new(5, 40, 0).write_world(&mut text).expect("a list takes everything");
    let opened = open::world(&compiled, vec![Source::of_bytes("world.ndjson".to_owned(), text)]).expect("a world by its name");
    let world = opened.world.expect("no mistake");
    let decider = Decider::new(&compiled, &world, Context::at(&compiled.policy, Instant::parse(ASKED_AT).expect("a date")));
    let budget = Budget::default();
    let query = decider.within(&budget);
    let actions = query.actions("*").expect("there are some");
    let partner = world.named(&compiled.policy, "partner", "p0").expect("the generator makes it");
    let subjects = query.subjects(EntityPattern::One(partner)).expect("users have a partner as home");
    assert!(matches!(&subjects, Subjects::These(these) if these.len() > 16));
    let count = agrees(&decider, &Selection { subjects, resources: query.all_resources(&actions), actions, with_barred: false });
    assert!(count > MANY_ROWS, "with {count} rows each is asked about by itself");
}
