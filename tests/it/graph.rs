//! Drawings of the shipped pack: whole ones are well formed, those of a node's neighbourhood are snapshots.

use crate::support::SHIPPED;
use delegraph::graph::Diagram;
use delegraph::report::{dot, mermaid};
use std::collections::BTreeSet;

/// What the snapshots draw: an implied role, a toggle, a table's action.
const FOCUSES: [&str; 3] = ["role:global-administrator", "toggle:autopilot-removal-needs-dap", "action:teams-rooms.rooms.reset-key"];

fn view(focus: Option<&str>) -> Diagram {
    let (graph, policy) = (&SHIPPED.graph, &SHIPPED.policy);
    let focus = focus.map(|name| graph.find(policy, name).unwrap_or_else(|near| panic!("no node {name}; near: {near:?}")));
    graph.view(policy, focus)
}

#[test]
fn focused_drawings_are_as_told() {
    for focus in FOCUSES {
        let view = view(Some(focus));
        let name = focus.split([':', '.']).next_back().expect("a name");
        insta::assert_snapshot!(format!("{name}-dot"), format!("focus {focus}\n\n{}", dot::render(&view)));
        insta::assert_snapshot!(format!("{name}-mermaid"), format!("focus {focus}\n\n{}", mermaid::render(&view)));
    }
}

#[test]
fn every_drawing_is_well_formed() {
    for focus in FOCUSES.map(Some).into_iter().chain([None]) {
        let view = view(focus);
        assert!(!view.nodes.is_empty() && !view.edges.is_empty());
        assert_eq!(view.nodes.iter().filter(|node| node.focus).count(), usize::from(focus.is_some()));
        let ids: BTreeSet<&str> = view.nodes.iter().map(|node| node.id.as_str()).collect();
        assert_eq!(ids.len(), view.nodes.len(), "no node is drawn twice");
        assert!(view.edges.iter().all(|edge| edge.from < view.nodes.len() && edge.to < view.nodes.len()));
        well_formed_dot(&dot::render(&view), &view);
        well_formed_mermaid(&mermaid::render(&view), &view);
    }
}

/// The whole drawing shows all that bears on access: a toggle that gates no more than an obligation does not.
#[test]
fn the_whole_drawing_leaves_out_nothing_that_decides() {
    let view = view(None);
    let policy = &SHIPPED.policy;
    let drawn: BTreeSet<&str> = view.nodes.iter().map(|node| node.id.as_str()).collect();
    let named = |sort: &str, name: &str| format!("{sort}:{name}");
    let mut expected: BTreeSet<String> = BTreeSet::new();
    expected.extend(policy.rules.values().map(|rule| named("rule", &rule.meta.name)));
    expected.extend(policy.roles.values().map(|role| named("role", &role.meta.name)));
    expected.extend(policy.implications.values().map(|implication| named("implication", &implication.meta.name)));
    let toggles = policy.rules.values().filter_map(|rule| rule.meta.validity.toggle);
    expected.extend(toggles.map(|toggle| named("toggle", &policy.toggles[toggle].meta.name)));
    let missing: Vec<&String> = expected.iter().filter(|id| !drawn.contains(id.as_str())).collect();
    assert!(missing.is_empty(), "not drawn: {missing:?}");
}

pub fn well_formed_dot(text: &str, view: &Diagram) {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("digraph policy {"));
    assert_eq!(text.lines().last(), Some("}"));
    let nodes = text.lines().filter(|line| line.trim_start().starts_with('n') && line.contains(" [label=") && !line.contains(" -> "));
    assert_eq!(nodes.count(), view.nodes.len());
    let edges: Vec<&str> = text.lines().filter(|line| line.contains(" -> ")).collect();
    assert_eq!(edges.len(), view.edges.len());
    for line in lines.filter(|line| line.starts_with("    ")) {
        assert!(line.ends_with(';'), "{line}");
        assert_eq!(quotes(line) % 2, 0, "every quote is closed: {line}");
    }
}

/// Quotes that are not escaped.
fn quotes(line: &str) -> usize {
    let mut escaped = false;
    let open = |character: char| {
        let counts = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        counts
    };
    line.chars().map(open).filter(|counts| *counts).count()
}

pub fn well_formed_mermaid(text: &str, view: &Diagram) {
    assert!(text.starts_with("flowchart LR\n"));
    let edges = text.lines().filter(|line| line.contains("--> ") || line.contains("-->|") || line.contains("-.->")).count();
    assert_eq!(edges, view.edges.len());
    for line in text.lines().skip(1) {
        assert!(["    n", "    style n", "    linkStyle "].iter().any(|start| line.starts_with(start)), "{line}");
        assert_eq!(line.matches('"').count() % 2, 0, "every quote is closed: {line}");
    }
}
