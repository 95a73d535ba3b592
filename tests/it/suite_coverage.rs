//! What suites cover of a pack, and which of its changes they do not notice.

use crate::support::suite::{TestHost, file, run_with};
use delegraph::files::Source;
use delegraph::open;
use delegraph::report;
use delegraph::suite::{self, CoveringEntry, Measure, Options, Report};
use std::collections::BTreeMap;
use std::sync::Arc;

const PACK: &str = r#"
[kind.user]
subject = true
[kind.desk]
actions = ["clean", "read", "write"]
[relation.owns]
ends = ["user", "desk"]
[relation.friend]
ends = ["user", "desk"]
[relation.near]
ends = ["user", "desk"]
[relation.sealed]
ends = ["desk"]
[document.page]
title = "A page"
date  = 2020-01-01
[claim.C-1]
text = "owners read"
documents = ["page"]
[claim.C-2]
text = "sealed desks are not written on"
documents = ["page"]
[toggle.open]
status = "proposed"
[toggle.shut]
status = "proposed"

[rule.readers]
allow  = ["desk.read"]
if     = 'owns(subject, resource) or (near(subject, resource) and (toggle open or not sealed(resource))) or clerk(subject)'
source = ["C-1"]
[rule.writers]
allow = ["desk.write"]
if    = 'owns(subject, resource)'
[rule.seal]
deny   = ["desk.write"]
if     = 'sealed(resource)'
unless = 'toggle open or toggle shut'
since  = 2021-01-01
source = ["C-2"]
[relation.clerk]
ends = ["user"]
[implication.friends-are-clerks]
if   = 'friend(user, _)'
then = 'clerk(user)'

[role.porter]
on = ["desk"]
[role.guest]
on      = ["desk"]
[table.t]
system  = "t"
on      = ["desk"]
columns = { Porter = "porter", Guest = "guest" }
grid = '''
| A | Porter | Guest |
| - | - | - |
| Lift | x |   |
| Sit  | x | x |
'''
[rule.cleaners]
allow   = ["desk.clean"]
if      = 'clerk(subject) and clerk(subject)'
comment = "equivalent: nobody cleans in this world"
"#;

const WORLD: &str = r"
at = 2022-01-01
[world.user.ann]
[world.user.bob]
[world.user.cid]
[world.user.dan]
[world.desk.one]
[world.desk.two]
[[world.fact]]
is = 'owns(user:ann, desk:one)'
[[world.fact]]
is = 'near(user:bob, desk:one)'
[[world.fact]]
is = 'near(user:bob, desk:two)'
[[world.fact]]
is = 'sealed(desk:two)'
[[world.fact]]
is = 'user:cid holds porter on desk:one'
[[world.fact]]
is = 'user:dan holds guest on desk:one'
";

fn host(pack: &str) -> TestHost {
    let opened = open::pack(vec![Source::of_bytes("pack.toml".to_owned(), pack.as_bytes().to_vec())]);
    TestHost(Arc::new(opened.compiled.unwrap_or_else(|| panic!("{:?}", opened.diagnostics))))
}

fn run(entries: &str, options: &Options<'_>) -> Report {
    let report = run_with(&host(PACK), &format!("{WORLD}{entries}"), options);
    assert_eq!(report.counts().1, 0, "{:?}", report.suites[0]);
    assert!(report.suites[0].broken.is_none(), "{:?}", report.suites[0].broken);
    report
}

fn covered(entries: &str) -> (BTreeMap<&'static str, (usize, usize)>, Vec<String>) {
    let report = run(entries, &Options { coverage: true, ..Options::default() });
    let pack = &report.coverage[0];
    let measures = pack.measures.iter().map(|(measure, covered)| (measure.name(), (covered.covered, covered.total))).collect();
    let missed = pack.points.iter().filter(|point| point.count == 0 && point.measure == Measure::Branches);
    (measures, missed.map(|point| point.name.clone()).collect())
}

const READS: &str = "[[case]]\nsubjects = ['user:*']\nactions = ['desk.read']\nresources = ['desk:*']\n\
    allowed = ['user:ann * desk:one', 'user:bob * desk:one']\n";

#[test]
fn a_branch_is_covered_where_it_was_true() {
    let (measures, missed) = covered(READS);
    let of_readers = ["rule readers, branch `clerk(subject)`", "rule readers, branch `toggle open`"];
    assert_eq!(missed[..2], of_readers);
    assert_eq!(missed[2..], ["rule seal, branch `toggle open`", "rule seal, branch `toggle shut`"]);
    assert_eq!(measures["branches"], (3, 7));
    assert_eq!(measures["rules"], (2, 8), "readers were true of some and false of others");
    assert_eq!((measures["toggles"], measures["editions"], measures["claims"]), ((1, 4), (1, 2), (1, 2)));
    assert_eq!((measures["cells"], measures["implications"]), ((0, 3), (0, 1)));
    let friend = "[[ask]]\nquestion = 'can user:dan desk.read desk:two assuming friend(user:dan, desk:one)'\nis = 'allowed'\n";
    let open = "[[ask]]\nquestion = 'can user:bob desk.read desk:two at 2020-01-01 with open'\nis = 'allowed'\n";
    let shut = "[[ask]]\nquestion = 'can user:ann desk.write desk:two with shut'\nis = 'not-granted'\n";
    let (measures, missed) = covered(&format!("{READS}{friend}{open}{shut}"));
    assert_eq!(missed, ["rule seal, branch `toggle open`"]);
    assert_eq!((measures["implications"], measures["toggles"], measures["editions"]), ((1, 1), (3, 4), (2, 2)));
}

/// A pack of which one implication switches another one off, and one is asked for by an event alone.
const SWITCHED: &str = r#"
[kind.user]
subject = true
[kind.desk]
actions = ["read"]
[relation.owns]
ends = ["user", "desk"]
[relation.lost]
ends = ["desk"]
[relation.sealed]
ends = ["desk"]
[relation.away]
ends = ["user"]
[relation.guest]
ends = ["user"]
[relation.may]
ends = ["user", "desk"]
[toggle.strict]
status = "proposed"
[document.page]
title = "A page"
[claim.C-1]
text = "what is lost is sealed"
documents = ["page"]
[implication.seal]
if     = 'lost(desk) or away(user) and owns(user, desk)'
then   = 'sealed(desk)'
source = ["C-1"]
[implication.owners]
if     = 'owns(user, desk)'
unless = 'sealed(desk)'
then   = 'may(user, desk)'
[implication.guests]
if   = 'owns(user, _) or away(user)'
then = 'guest(user)'
[event.leave]
if   = 'guest(subject) and not toggle strict'
adds = ['away(subject)']
[rule.read]
allow = ["desk.read"]
if    = 'may(subject, resource)'
"#;

/// Seen to fail when only what leaves a trace was counted: what switches a false implication off leaves none.
#[test]
fn what_is_true_inside_unless_is_covered_and_what_only_events_ask_for_is_not_counted() {
    let covered = |facts: &str| {
        let facts = facts.split(';').map(|fact| format!("[[world.fact]]\nis = '{fact}'\n")).collect::<Vec<String>>().concat();
        let world = format!("at = 2022-01-01\n[world.user.ann]\n[world.desk.one]\n{facts}");
        let entries = "[[case]]\nsubjects = ['user:*']\nactions = ['*']\nresources = ['desk:*']\n";
        let report = run_with(&host(SWITCHED), &format!("{world}{entries}"), &Options { coverage: true, ..Options::default() });
        assert_eq!(report.counts(), (1, 0, 0), "{:?}", report.suites[0]);
        let pack = &report.coverage[0];
        let missed = pack.points.iter().filter(|point| point.count == 0).map(|point| point.name.clone()).collect::<Vec<String>>();
        let totals = |wanted: Measure| pack.measures.iter().find(|(measure, _)| *measure == wanted).map(|(_, covered)| covered.total);
        assert_eq!(totals(Measure::Implications), Some(2), "guests are asked for by the event alone");
        assert_eq!((totals(Measure::Branches), totals(Measure::Toggles)), (Some(2), Some(0)));
        assert_eq!(totals(Measure::Claims), Some(0), "it is asked for in `unless` alone, so no answer cites it");
        missed
    };
    let lost = covered("lost(desk:one); owns(user:ann, desk:one)".replace("; ", ";").as_str());
    assert_eq!(lost, ["implication seal, branch `away(user) and owns(user, desk)`", "implication owners", "event leave", "rule read"]);
    let away = covered("away(user:ann);owns(user:ann, desk:one)");
    assert_eq!(away, ["implication seal, branch `lost(desk)`", "implication owners", "event leave", "rule read"]);
}

/// The entries that cover an element, each in the ways in which it does.
///
/// Seen to fail when a true branch of a false rule counted as that rule.
#[test]
fn an_element_has_the_entries_that_cover_it() {
    let host = host(PACK);
    let sealed = "[[ask]]\nname = 'sealed'\nquestion = 'can user:ann desk.write desk:two'\nis = 'barred'\n";
    let shut = "[[ask]]\nquestion = 'can user:ann desk.write desk:two with shut'\nis = 'not-granted'\n";
    let broken = "at = 2022-01-01\n[[who]]\naction = 'desk.read'\nresource = 'desk:nine'\nare = []\nby = 1\n";
    let files = [file("a.suite.toml", &format!("{WORLD}{READS}{sealed}{shut}")), file("b.suite.toml", broken)];
    let covering = |element: &str| {
        let found = suite::covering(&files, &host, &host.0.policy, element);
        assert_eq!(found.broken, ["b.suite.toml"]);
        let text = |entry: &CoveringEntry| format!("{} {} {:?}", entry.label, entry.name.as_deref().unwrap_or("-"), entry.ways);
        found.entries.iter().map(text).collect::<Vec<String>>()
    };
    assert_eq!(covering("rule readers"), ["case 1 - {True, False}"]);
    assert_eq!(covering("rule seal"), ["ask 1 sealed {True}", "ask 2 - {False}"]);
    assert_eq!(covering("toggle shut"), ["ask 1 sealed {Off}", "ask 2 - {On}"]);
    assert_eq!(covering("rule clean"), [""; 0], "a name is the whole name");
}

#[test]
fn a_cell_is_covered_where_it_permits() {
    let (measures, _) = covered("[[who]]\naction = 't.sit'\nresource = 'desk:one'\nare = ['user:cid', 'user:dan']\n");
    assert_eq!(measures["cells"], (2, 3));
}

#[test]
fn a_tracefile_has_every_place_once() {
    let report = run(READS, &Options { coverage: true, ..Options::default() });
    let text = report::lcov::tracefile(&report.coverage);
    let count = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!((count("SF:pack.toml"), count("end_of_record"), count("FN:"), count("FNDA:")), (1, 1, 5, 5), "{text}");
    assert!(text.contains("\nFNDA:2,rule readers\n"), "two requests fire it: {text}");
    assert_eq!(count("BRDA:"), 8 + 7 + 3 + 4, "rules both ways, branches, cells, toggles");
    let total: usize = text.lines().find_map(|line| line.strip_prefix("LF:")).unwrap().parse().unwrap();
    assert_eq!(count("DA:"), total);
}

fn survivors(entries: &str) -> Vec<String> {
    let report = run(entries, &Options { mutate: true, ..Options::default() });
    let list = report::mutation::list(report.mutation.as_deref().unwrap(), false, false);
    assert!(list.contains("Changes of pack.toml: 15 tried"), "{list}");
    report.unexplained().map(|survivor| format!("{} {:?} {}", survivor.name, survivor.change, survivor.apart.is_some())).collect()
}

#[test]
fn a_change_that_no_entry_notices_survives() {
    let rest = [
        "rule writers Never true",
        "rule writers Always true",
        "rule seal Never false",
        "rule seal Always true",
        "implication friends-are-clerks Never false",
        "toggle shut On false",
        "table t, Lift, Porter Blank true",
        "table t, Lift, Guest Mark true",
        "table t, Sit, Guest Blank true",
        "table t, Sit, Porter Blank true",
    ];
    let found = survivors(READS);
    let sorted = |list: &[&str]| list.iter().map(ToString::to_string).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(found.iter().cloned().collect::<std::collections::BTreeSet<_>>(), sorted(&rest));
    let rooms = "[[case]]\nsubjects = ['user:*']\nactions = ['t.*', 'desk.write']\nresources = ['desk:*']\n\
        allowed = ['user:cid t.* desk:one', 'user:dan t.sit desk:one', 'user:ann desk.write desk:one']\n\
        [[ask]]\nquestion = 'can user:ann desk.write desk:two assuming owns(user:ann, desk:two)'\nis = 'denied'\n\
        [[ask]]\nquestion = 'can user:dan desk.read desk:two assuming friend(user:dan, desk:one)'\nis = 'allowed'\n";
    assert_eq!(survivors(&format!("{READS}{rooms}")), [""; 0]);
}

/// A change that turns no decision is noticed by what the entry says of the outcome or of the claims.
#[test]
fn outcome_and_claims_notice_what_the_decision_does_not() {
    let ask = |expects: &str| {
        let entries = format!("{READS}[[ask]]\nquestion = 'can user:bob desk.write desk:two'\n{expects}\n");
        survivors(&entries).iter().any(|survivor| survivor.starts_with("rule seal Never"))
    };
    assert!(ask("is = 'denied'"), "without the seal it is denied too");
    assert!(!ask("is = 'barred'"));
    assert!(!ask("by = ['C-2']"));
}

#[test]
fn no_change_is_tried_where_an_entry_fails() {
    let failing = format!("{WORLD}[[who]]\naction = 'desk.read'\nresource = 'desk:one'\nare = []\n");
    let report = run_with(&host(PACK), &failing, &Options { mutate: true, ..Options::default() });
    assert_eq!((report.counts(), report.mutation.is_none()), ((0, 1, 0), true));
}

/// A pack in which roles grant by patterns, numbers decide, and events change what holds.
const GRANTS: &str = r#"
[kind.user]
subject = true
[kind.crate]
attributes.weight = { type = "number" }
actions = ["lift", "open", "seal"]
[relation.owns]
ends = ["user", "crate"]
[role.lifter]
on     = ["crate"]
grants = ["crate.lift"]
[role.spy]
on     = ["crate"]
grants = ["*"]
[rule.heavy]
deny = ["crate.lift"]
if   = 'resource.weight > 40'
[rule.owners-open]
allow = ["crate.open"]
if    = 'owns(subject, resource)'
[obligation.gloves]
for  = ["crate.lift"]
with = "allow"
text = "wear gloves"
[advice.two]
for  = ["crate.seal"]
text = "it takes two"
[event.hand-over]
with    = { crate = "crate", to = "user", hours = { type = "number" } }
if      = 'owns(subject, crate) and hours <= 12'
removes = ['owns(subject, crate)']
adds    = ['owns(to, crate)']
[invariant.owners-lift-little]
never = 'owns(user, crate) and crate.weight > 99'
"#;

/// What is new and not tested is neither covered nor noticed: seen to fail when only rules, implications, cells and toggles counted.
#[test]
fn grants_numbers_notices_events_and_invariants_count() {
    let world = "at = 2022-01-01\n[world.user.ann]\n[world.user.bob]\n[world.crate.one]\nweight = 40\n[world.crate.two]\nweight = 41\n\
        [[world.fact]]\nis = 'user:bob holds lifter on crate:one'\n[[world.fact]]\nis = 'user:bob holds lifter on crate:two'\n\
        [[world.fact]]\nis = 'owns(user:ann, crate:one)'\n";
    let hand_over =
        "[[world.event]]\nat = 2021-05-05\ndo = 'hand-over'\nby = 'user:ann'\ncrate = 'crate:one'\nto = 'user:bob'\nhours = 12\n";
    let lifts =
        "[[case]]\nsubjects = ['user:*']\nactions = ['crate.lift']\nresources = ['crate:*']\nallowed = ['user:bob crate.lift crate:one']\n";
    let opens = "[[case]]\nsubjects = ['user:*']\nactions = ['crate.open']\nresources = ['crate:*']\n";
    let run = |entries: &str| {
        let options = Options { coverage: true, mutate: true, ..Options::default() };
        let report = run_with(&host(GRANTS), &format!("{world}{entries}"), &options);
        assert_eq!(report.counts().1 + report.counts().2, 0, "{:?}", report.suites[0]);
        let missed = report.coverage[0].points.iter().filter(|point| point.count == 0);
        let missed = missed.map(|point| format!("{} {}", point.name, point.way.says_missing())).collect::<Vec<String>>();
        let survivors = report.unexplained().map(|survivor| format!("{} {:?}", survivor.name, survivor.change)).collect::<Vec<String>>();
        (missed, survivors)
    };
    let (missed, survivors) = run(&format!("{lifts}{opens}allowed = ['user:ann crate.open crate:one']\n"));
    assert_eq!(
        missed,
        ["role spy, `*` never permitted anything", "advice two came with no answer", "event hand-over happened in no world"]
    );
    assert_eq!(
        survivors,
        [
            "role spy, `*` Nothing",
            "event hand-over Nothing",
            "event hand-over, `hours <= 12` Less",
            "invariant owners-lift-little, `crate.weight > 99` Less",
            "invariant owners-lift-little, `owns(user, crate)` Without"
        ]
    );
    let spy = "[[ask]]\nquestion = 'can user:ann crate.seal crate:two assuming user:ann holds spy on crate:two'\nis = 'allowed'\n";
    let (missed, survivors) = run(&format!("{hand_over}{lifts}{opens}allowed = ['user:bob crate.open crate:one']\n{spy}"));
    assert_eq!(missed, [""; 0]);
    let of_invariant =
        ["invariant owners-lift-little, `crate.weight > 99` Less", "invariant owners-lift-little, `owns(user, crate)` Without"];
    assert_eq!(survivors, of_invariant, "no owner's crate is nearly too heavy");
    let heavy = "[world.crate.three]\nweight = 99\n[[world.fact]]\nis = 'owns(user:ann, crate:three)'\n[world.crate.four]\nweight = 100\n";
    let lifts = lifts.replace("allowed", "unknown = []\nallowed");
    let opened = "allowed = ['user:bob crate.open crate:one', 'user:ann crate.open crate:three']\n";
    assert_eq!(run(&format!("{heavy}{hand_over}{lifts}{opens}{opened}{spy}")).1, [""; 0]);
}

/// Seen to fail when each part of an atom with ends of `through` counted as a branch.
#[test]
fn an_atom_that_is_true_through_groups_is_no_or() {
    let pack = "[kind.user]\nsubject = true\nattributes.teams = { member-of = 'team' }\n[kind.team]\n[kind.yard]\nactions = ['enter']\n\
        [relation.on-shift]\nends = [['user', 'team'], 'yard']\nthrough = [1]\n[rule.shift]\nallow = ['yard.enter']\nif = 'on-shift(subject, resource)'\n";
    let world = "at = 2022-01-01\n[world.team.t]\n[world.yard.y]\n[world.user.ann]\nteams = ['team:t']\n[world.user.bob]\nteams = []\n\
        [[world.fact]]\nis = 'on-shift(team:t, yard:y)'\n[[who]]\naction = 'yard.enter'\nresource = 'yard:y'\nare = ['user:ann']\n";
    let report = run_with(&host(pack), world, &Options { coverage: true, ..Options::default() });
    assert_eq!(report.counts(), (1, 0, 0), "{:?}", report.suites[0]);
    assert!(report.coverage[0].points.iter().all(|point| point.count > 0), "{:?}", report.coverage[0].points);
    assert!(report.coverage[0].points.iter().all(|point| point.measure != Measure::Branches));
}
