//! Diagrams, and nodes found by name.

use super::sketch::policy;
use crate::graph::Graph;

const SKETCH: &str = "
role owner includes reader grants a.manage
role reader grants a.view, a.list
implication agents asks dap gives owner toggle proposal
rule r allows a.view asks reader
rule bar denies a.manage asks not dap
event grant adds dap
event provision needs a.manage adds owner
event share adds any
";

/// A diagram, one edge a line, by the names of its nodes.
fn draw(sketch: &str, focus: Option<&str>) -> String {
    let policy = policy(sketch);
    let (graph, _) = Graph::build(&policy);
    let focus = focus.map(|name| graph.find(&policy, name).unwrap());
    let view = graph.view(&policy, focus);
    let name = |at: usize| view.nodes[at].label.replace('\n', "+");
    let lines = view.edges.iter().map(|edge| {
        let arrow = if edge.against { "-x" } else { "->" };
        format!("{} {arrow} {} ({})", name(edge.from), name(edge.to), edge.label)
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn the_whole_diagram_shows_what_decides_and_joins_actions_with_equal_edges() {
    assert_eq!(
        draw(SKETCH, None),
        "dap -> agents (asked by)\n\
         dap -x bar (asked, negated, by)\n\
         proposal -> agents (switches)\n\
         agents -> owner (gives)\n\
         owner -> reader (includes)\n\
         owner -> a.manage (grants)\n\
         reader -> r (asked by)\n\
         reader -> a.list (grants)\n\
         reader -> a.view (grants)\n\
         bar -x a.manage (denies)\n\
         r -> a.view (allows)\n"
    );
    assert_eq!(draw("role reader grants a.view, a.list", None), "reader -> a.list+a.view (grants)\n");
}

#[test]
fn a_focus_shows_what_leads_to_it_and_what_it_leads_to() {
    assert_eq!(
        draw(SKETCH, Some("agents")),
        "dap -> agents (asked by)\n\
         proposal -> agents (switches)\n\
         grant -> dap (adds)\n\
         agents -> owner (gives)\n\
         owner -> reader (includes)\n\
         owner -> a.manage (grants)\n\
         reader -> r (asked by)\n\
         reader -> a.list (grants)\n\
         reader -> a.view (grants)\n\
         r -> a.view (allows)\n\
         a.manage -> provision (needed for)\n"
    );
    assert!(draw(SKETCH, Some("role:reader")).contains("any role -> reader (is one of)\n"));
}

#[test]
fn nodes_are_found_by_name() {
    let policy = policy("role owner\nrole share\nevent share adds dap\nimplication dap-agents asks dap gives owner");
    let (graph, _) = Graph::build(&policy);
    let find = |name: &str| match graph.find(&policy, name) {
        Ok(node) => node.full_name(&policy),
        Err(near) => format!("? {}", near.join(" ")),
    };
    assert_eq!(find("owner"), "role:owner");
    assert_eq!(find("role:owner"), "role:owner");
    assert_eq!(find("event:share"), "event:share");
    assert_eq!(find("share"), "? event:share role:share");
    assert_eq!(find("ownr"), "? role:owner");
    assert_eq!(find("rolle:owner"), "? role:owner");
    assert_eq!(find("relation:dap-agents"), "? implication:dap-agents");
    assert_eq!(find("zebra"), "? ");
}
