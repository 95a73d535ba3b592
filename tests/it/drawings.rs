//! Drawings of answers: no line leads to what somebody may not do, and odd names are quoted.

use crate::graph::{well_formed_dot, well_formed_mermaid};
use crate::support::{self, pack_of, world_of};
use delegraph::eval::{Budget, Decider, Outcome, Truth};
use delegraph::graph::{Diagram, NodeKind, Tone};
use delegraph::plan::Context;
use delegraph::query::access::{AccessRow, Selection, Subjects, Taken, access_list, summary};
use delegraph::report::{dot, mermaid};
use delegraph::time::Instant;
use delegraph::wording::Words;
use std::collections::BTreeSet;

fn diagram(decider: &Decider<'_>, selection: &Selection) -> Diagram {
    let of_all = summary(decider, selection, |_| Taken::Listed);
    Words::of(decider).access_diagram(&of_all.paths(decider), 0, Vec::new())
}

/// Everything to which the edges lead from a node.
fn reached(view: &Diagram, from: usize) -> BTreeSet<usize> {
    let (mut found, mut waiting) = (BTreeSet::new(), vec![from]);
    while let Some(here) = waiting.pop() {
        for edge in view.edges.iter().filter(|edge| edge.from == here && !edge.against) {
            if found.insert(edge.to) {
                waiting.push(edge.to);
            }
        }
    }
    found
}

/// Seen to fail when a step of a path was one node for all paths.
#[test]
fn lines_lead_just_to_what_is_listed() {
    let compiled = support::compiled("policies");
    let mut lines = 0;
    for name in ["breached-partner", "breached-partner-partial"] {
        let world = support::world(&compiled, &format!("fixtures/worlds/{name}.toml"));
        let at = Instant::parse("2021-10-22").expect("a date");
        let decider = Decider::new(&compiled, &world, Context::at(&compiled.policy, at));
        let budget = Budget::default();
        let query = decider.within(&budget);
        let subjects: Vec<_> = world.living_of(&compiled.policy.subjects(), at).map(|subject| (subject, Truth::True)).collect();
        // One action at a time, so that each name stands in a node.
        for action in query.actions("*").expect("all actions") {
            let resources = query.all_resources(&[action]);
            let everybody = Subjects::These(subjects.clone());
            let selection = Selection { subjects: everybody, actions: vec![action], resources, with_barred: false };
            let view = diagram(&decider, &selection);
            let mut drawn: BTreeSet<(String, String, &str)> = BTreeSet::new();
            for (from, node) in view.nodes.iter().enumerate().filter(|(_, node)| node.kind == NodeKind::Subject) {
                for target in reached(&view, from).into_iter().map(|to| &view.nodes[to]).filter(|node| node.kind == NodeKind::Action) {
                    let outcome = match target.tone {
                        Tone::Allowed => "allowed",
                        Tone::Unknown => "unknown",
                        Tone::Plain | Tone::Denied => continue,
                    };
                    for who in node.label.lines() {
                        let on = target.label.lines().skip(1).map(|line| line.trim_start_matches("on "));
                        drawn.extend(on.map(|on| (who.to_owned(), on.to_owned(), outcome)));
                    }
                }
            }
            let name = |ent| world.name(&compiled.policy, ent);
            let row = |row: AccessRow| {
                let outcome = if row.outcome == Outcome::Allowed { "allowed" } else { "unknown" };
                (name(row.request.subject), name(row.request.resource), outcome)
            };
            let listed: BTreeSet<(String, String, &str)> = access_list(&decider, &selection).map(row).collect();
            // Lines that count names, and those that say how many were cut, are none of the list.
            let is_name = |text: &str| text.contains(':');
            let drawn: BTreeSet<_> = drawn.into_iter().filter(|(who, on, _)| is_name(who) && is_name(on)).collect();
            assert!(drawn.is_subset(&listed), "drawn, not listed: {:?}", drawn.difference(&listed).collect::<Vec<_>>());
            if !view.nodes.iter().any(|node| node.label.contains(" more")) {
                assert_eq!(drawn, listed);
            }
            lines += drawn.len();
        }
    }
    assert!(lines > 100, "only {lines}");
}

const PACK: &str = r#"
[kind.place]
[kind.user]
subject = true
attributes.teams = { member-of = "team" }
[kind.team]
[action."enter"]
on = "place"
[role.guest]
on = ["place"]
grants = ["enter"]
"#;

#[test]
fn odd_and_long_names_are_quoted_and_broken() {
    let pack = pack_of(PACK);
    let odd = r#"say \"</b>\" & [x] {y} |z| #1; `q` *a* _b_ \\N"#;
    let long = format!("{}@{}.example", "a-long-name".repeat(8), "company".repeat(9));
    let world = world_of(
        &pack,
        &format!(
            r#"
[place."{odd}"]
[team."{odd}"]
[user."{odd}"]
[user."{long}"]
[[fact]]
is = '''user:"{odd}" in team:"{odd}"'''
[[fact]]
is = '''team:"{odd}" holds guest on place:"{odd}"'''
[[fact]]
is = '''user:"{long}" holds guest on place:"{odd}"'''
"#
        ),
    );
    let decider = Decider::new(&pack, &world, Context::at(&pack.policy, Instant::parse("2024-02-01").expect("a date")));
    let budget = Budget::default();
    let query = decider.within(&budget);
    let actions = query.actions("*").expect("all actions");
    let selection = Selection { subjects: query.all_subjects(), resources: query.all_resources(&actions), actions, with_barred: false };
    let view = diagram(&decider, &selection);
    assert_eq!(view.nodes.iter().filter(|node| node.kind == NodeKind::Subject).count(), 2);
    let (dot, mermaid) = (dot::render(&view), mermaid::render(&view));
    well_formed_dot(&dot, &view);
    well_formed_mermaid(&mermaid, &view);
    for line in mermaid.lines().filter(|line| line.starts_with("    n") && line.contains('"')) {
        let text = line.split('"').nth(1).expect("a label").replace("<br>", "");
        assert!(!text.contains(['<', '>', '[', ']', '{', '}', '|', '`', '*', '_', '&']), "{line}");
    }
    let of_people = dot.lines().filter(|line| line.contains("shape=box"));
    let labels = of_people.map(|line| line.split("label=\"").nth(1).and_then(|rest| rest.split("\", shape").next()).expect("a label"));
    let parts: Vec<&str> = labels.flat_map(|label| label.split(r"\n")).collect();
    assert!(parts.len() > 4 && parts.iter().all(|part| part.len() <= 60), "{parts:?}");
}
