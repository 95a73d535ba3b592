//! The shipped pack and its properties: what is proved, and what a change of the pack changes.

use delegraph::eval::Decider;
use delegraph::files::Source;
use delegraph::open;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::policy::{Expr, KindSet, Policy, TableCell};
use delegraph::time::Instant;
use delegraph::verify::sat::{Clauses, refutes};
use delegraph::verify::{self, About, Host, Options, Packs, PropertyReport, Refusal, Verdict};
use delegraph::world::{Request, World};
use std::collections::BTreeSet;
use std::path::Path;

/// Loads worlds as the command line does.
pub struct Loader;

impl Host for Loader {
    fn load(&self, compiled: &CompiledPolicy, text: &str) -> Result<World, Refusal> {
        let file = Source::of_bytes("world.toml".to_owned(), text.as_bytes().to_vec());
        let opened = open::world(compiled, vec![file]).map_err(|error| Refusal { text: error.to_string(), invariants_only: false })?;
        opened.world.ok_or_else(|| Refusal { text: format!("{:?}", opened.diagnostics), invariants_only: false })
    }
}

/// The pack in `policies`.
fn shipped() -> CompiledPolicy {
    let files = delegraph::files::read_pack(Path::new("policies")).expect("the pack");
    open::pack(files).compiled.expect("a pack without mistakes")
}

/// Whether everything is tried instead of a sample.
fn is_whole() -> bool {
    std::env::var_os("VERIFY_WHOLE").is_some()
}

fn compiled(policy: Policy) -> CompiledPolicy {
    CompiledPolicy::new(policy).0
}

/// The actions whose access is new, and those whose access is lost.
fn changed(reports: &[PropertyReport]) -> [BTreeSet<String>; 2] {
    let mut found = [BTreeSet::new(), BTreeSet::new()];
    for report in reports {
        assert!(matches!(report.verdict, Verdict::Proved | Verdict::Refuted), "{report:?}");
        assert_eq!(report.counterexamples.len(), usize::from(report.verdict == Verdict::Refuted), "{report:?}");
        if let (Verdict::Refuted, Some(About::Change { action, new, .. })) = (report.verdict, &report.about) {
            found[usize::from(!new)].insert(action.clone());
        }
    }
    found
}

/// What `--against` says; the worlds of `Observed` must say no more.
fn against(new: &CompiledPolicy, old: &CompiledPolicy, observed: &Observed) -> [BTreeSet<String>; 2] {
    let reports = verify::against(Packs { new, old, conflicts: &[] }, Options::default(), &Loader);
    let found = changed(&reports.expect("counterexamples are confirmed"));
    let seen = observed.changed(new, old);
    assert!(seen.iter().zip(&found).all(|(seen, found)| seen.is_subset(found)), "seen {seen:?}, said {found:?}");
    found
}

/// Requests in a world that is not made for `verify`: a change that decides one of them otherwise must be said.
struct Observed {
    text: String,
    dates: Vec<Instant>,
}

impl Observed {
    fn new() -> Observed {
        let text = std::fs::read_to_string("fixtures/worlds/life-cycle.toml").expect("a world");
        let dates = ["2019-06-01", "2020-09-01", "2022-11-01", "2026-01-01"];
        Observed { text, dates: dates.map(|date| Instant::parse(date).expect("a date")).into() }
    }

    /// The actions that are newly allowed, and those that are no longer allowed, of the living.
    fn changed(&self, new: &CompiledPolicy, old: &CompiledPolicy) -> [BTreeSet<String>; 2] {
        let mut found = [BTreeSet::new(), BTreeSet::new()];
        // An event of the world may be forbidden by one of the packs.
        let Ok(worlds) = [new, old].into_iter().map(|pack| Loader.load(pack, &self.text)).collect::<Result<Vec<_>, _>>() else {
            return found;
        };
        for &at in &self.dates {
            let context = |pack: &CompiledPolicy| Context::at(&pack.policy, at);
            let deciders = [Decider::new(new, &worlds[0], context(new)), Decider::new(old, &worlds[1], context(old))];
            let living = |kinds: &KindSet| -> Vec<(String, String)> {
                let all = kinds.iter().flat_map(|kind| worlds[0].of_kind(kind)).filter(|ent| worlds[0].lives(*ent, at));
                all.map(|ent| (new.policy.kinds[worlds[0].kind(ent)].meta.name.clone(), worlds[0].entity(ent).id.to_string())).collect()
            };
            let subjects = living(&new.policy.subjects());
            for action in new.policy.actions.values() {
                for resource in living(&action.on) {
                    for subject in &subjects {
                        let request = Request { subject: subject.clone(), action: action.meta.name.clone(), resource: resource.clone() };
                        let allowed = |which: usize| {
                            let (decider, pack) = (&deciders[which], [new, old][which]);
                            let resolved = worlds[which].resolve(&pack.policy, &request, at).expect("a request");
                            decider.decide(&resolved).allowed()
                        };
                        match (allowed(0), allowed(1)) {
                            (true, false) => _ = found[0].insert(action.meta.name.clone()),
                            (false, true) => _ = found[1].insert(action.meta.name.clone()),
                            _ => {}
                        }
                    }
                }
            }
        }
        found
    }
}

#[test]
fn every_property_of_the_pack_is_proved() {
    let compiled = shipped();
    let all: Vec<_> = compiled.policy.properties.ids().collect();
    assert!(all.len() > 10, "{}", all.len());
    for report in verify::verify(&compiled, &all, Options::default(), &Loader).expect("counterexamples are confirmed") {
        assert_eq!(report.verdict, Verdict::Proved, "{report:?}");
    }
}

/// What keeps partners from resetting keys is that no partner's user holds a role of the customer's own.
#[test]
fn keys_are_reset_by_a_partners_user_if_nothing_is_given() {
    let mut policy = shipped().policy;
    let id = policy.property_named("partners-never-reset-keys").expect("a property");
    policy.properties[id].given.clear();
    let report = verify::verify(&compiled(policy), &[id], Options::default(), &Loader).expect("confirmed").remove(0);
    assert_eq!(report.verdict, Verdict::Refuted);
    let world = &report.counterexamples[0].world;
    assert!(world.contains("user:someone holds managed-service-administrator on"), "{world}");
    assert!(world.contains("rooms-delegated(partner:their-partner"), "{world}");
}

#[test]
fn a_changed_mark_of_table_one_changes_access_to_its_action_alone() {
    let (new, observed) = (shipped(), Observed::new());
    let table = new.policy.tables.ids().next().expect("a table");
    let (rows, columns) = (new.policy.tables[table].rows.len(), new.policy.tables[table].columns.len());
    let mut seen = [0, 0];
    for (at, (row, column)) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))).enumerate() {
        if !is_whole() && at % 13 != 5 {
            continue;
        }
        let (row, column) = (u32::try_from(row).expect("small"), u32::try_from(column).expect("small"));
        let mut policy = new.policy.clone();
        let declared = &mut policy.tables[table];
        let action = policy.actions[declared.rows[row as usize].action].meta.name.clone();
        let marked = declared.cells.iter().position(|cell| (cell.row, cell.column) == (row, column));
        let span = declared.cells[0].span;
        match marked {
            Some(index) => _ = declared.cells.remove(index),
            None => declared.cells.push(TableCell { row, column, span }),
        }
        let found = against(&new, &compiled(policy), &observed);
        let expected = [marked.is_some(), marked.is_none()].map(|is| if is { BTreeSet::from([action.clone()]) } else { BTreeSet::new() });
        assert_eq!(found, expected, "row {row}, column {column}");
        seen[usize::from(marked.is_some())] += 1;
    }
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
}

/// A rule that is dropped changes access to actions of its own, and to no other.
#[test]
fn a_dropped_rule_changes_access_to_its_own_actions_alone() {
    let (new, observed) = (shipped(), Observed::new());
    let mut told = 0;
    for id in new.policy.rules.ids() {
        let sample = ["partner-manages-devices", "administrator-removes-partner"];
        if !is_whole() && !sample.contains(&new.policy.rules[id].meta.name.as_str()) {
            continue;
        }
        let mut policy = new.policy.clone();
        let own: BTreeSet<String> = policy.rules[id].actions.iter().map(|action| new.policy.actions[*action].meta.name.clone()).collect();
        policy.rules[id].actions.clear();
        let [gained, lost] = against(&new, &compiled(policy), &observed);
        assert!(gained.union(&lost).all(|action| own.contains(action)), "{} {gained:?} {lost:?}", new.policy.rules[id].meta.name);
        told += gained.len() + lost.len();
    }
    assert!(told > 0);
}

/// An implication that is dropped changes access to actions that may rest on it, and to no other.
#[test]
fn a_dropped_implication_changes_access_to_actions_that_rest_on_it_alone() {
    let (new, observed) = (shipped(), Observed::new());
    let mut told = 0;
    for id in new.policy.implications.ids() {
        let name = &new.policy.implications[id].meta.name;
        if !is_whole() && !["dap-admin-agents-without-gdap", "user-by-group"].contains(&name.as_str()) {
            continue;
        }
        let actions = new.policy.actions.iter().filter(|(action, _)| new.graph.implications(&new.policy, *action).contains(&id));
        let resting: BTreeSet<String> = actions.map(|(_, action)| action.meta.name.clone()).collect();
        let mut policy = new.policy.clone();
        policy.implications[id].condition.expr = Expr::False;
        let [gained, lost] = against(&new, &compiled(policy), &observed);
        assert!(gained.union(&lost).all(|action| resting.contains(action)), "{name} {gained:?} {lost:?}");
        told += gained.len() + lost.len();
    }
    assert!(told > 0);
}

/// A toggle whose default is turned changes what `verify --toggle` says.
#[test]
fn a_turned_toggle_changes_what_the_toggle_is_said_to_change() {
    let (new, observed) = (shipped(), Observed::new());
    let mut told = 0;
    for name in new.policy.toggles.values().map(|toggle| toggle.meta.name.as_str()) {
        if !is_whole() && name != "autopilot-removal-needs-dap" {
            continue;
        }
        let toggle = new.policy.toggle_named(name).expect("a toggle");
        let said = changed(&verify::toggle(&new, toggle, Options::default(), &Loader).expect("confirmed"));
        let mut policy = new.policy.clone();
        policy.toggles[toggle].default = true;
        assert_eq!(against(&compiled(policy), &new, &observed), said, "{name}");
        told += said.iter().map(BTreeSet::len).sum::<usize>();
    }
    assert!(told > 0);
}

/// Proofs that are handed out are accepted by the checker, and need what they have.
#[test]
fn certificates_are_proofs() {
    let compiled = shipped();
    let id = compiled.policy.property_named("customers-devices-stay-with-them").expect("a property");
    let options = Options { certificates: true, ..Options::default() };
    let report = verify::verify(&compiled, &[id], options, &Loader).expect("confirmed").remove(0);
    assert!(!report.certificates.is_empty());
    for certificate in &report.certificates {
        let read = |text: &str| -> Vec<Vec<i32>> {
            let lines = text.lines().filter(|line| !line.starts_with(['c', 'p']));
            lines.map(|line| line.split(' ').map(|lit| lit.parse().expect("a literal")).filter(|lit| *lit != 0).collect()).collect()
        };
        let (clauses, mut steps) = (read(&certificate.dimacs()), read(&certificate.drat()));
        assert_eq!(steps.pop(), Some(Vec::new()));
        let list = |clauses: &[Vec<i32>]| clauses.iter().collect::<Clauses>();
        assert!(refutes(&list(&clauses), &list(&steps)), "{}", certificate.question);
        assert!(certificate.dimacs().contains(&format!(" {}\n", clauses.len())), "the header counts the clauses");
        assert!(certificate.legend().contains("device.added-by") || certificate.legend().contains(".added-by"), "{}", certificate.legend());
        assert!(!refutes(&list(&clauses[..clauses.len() / 2]), &list(&[])), "half of the clauses are satisfiable");
    }
}

/// What the documents say of the bars of Autopilot: they stand, though nothing would be allowed without them either.
#[test]
fn rules_that_never_decide_are_those_of_which_the_pack_says_so() {
    let compiled = shipped();
    let idle: Vec<String> = verify::dead(&compiled, Options::default(), &Loader)
        .expect("confirmed")
        .into_iter()
        .filter(|report| report.verdict == Verdict::Proved)
        .map(|report| format!("{:?}", report.about))
        .collect();
    let names = ["customer-devices-barred", "customer-devices-keep-their-profiles", "customer-devices-stay"];
    assert_eq!(idle, names.map(|name| format!("Some(Element(\"rule {name}\"))")));
}

/// Seen to fail where a role without its mark was still alike to others of its row: then one of two marks was said never to decide.
#[test]
fn a_mark_beside_another_decides() {
    let pack = |more: &str| {
        let text = format!(
            "[kind.person]\nsubject = true\n[kind.yard]\n[role.foreman]\non = [\"yard\"]\n[role.driver]\non = [\"yard\"]\n{more}[table.t]\nsystem = \"w\"\non = [\"yard\"]\n\
             columns = {{ Foreman = \"foreman\", Driver = \"driver\" }}\ngrid = \"\"\"\n| Task | Foreman | Driver |\n| - | - | - |\n| Move | x | x |\n| View | x | - |\n\"\"\"\n"
        );
        let dead = verify::dead(&crate::support::pack_of(&text), Options::default(), &Loader).expect("confirmed");
        let idle = dead.into_iter().filter(|report| report.verdict == Verdict::Proved).map(|report| format!("{:?}", report.about));
        idle.collect::<Vec<String>>()
    };
    assert_eq!(pack(""), Vec::<String>::new());
    let everybody = "[rule.all]\nallow = [\"w.move\"]\n";
    assert_eq!(pack(everybody).len(), 2, "both marks of a row that everybody may do anyway: {:?}", pack(everybody));
}
