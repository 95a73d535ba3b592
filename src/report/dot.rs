//! Drawings for Graphviz.

use std::fmt::Write as _;

use crate::graph::{Diagram, DiagramNode, NodeKind};

/// The drawing as a DOT digraph, from left to right.
pub fn render(view: &Diagram) -> String {
    let mut dot = String::from(
        "digraph policy {\n    rankdir=LR;\n    ranksep=1;\n    nodesep=0.15;\n    node [fontname=\"Helvetica\", fontsize=11, height=0.3];\n    \
         edge [fontname=\"Helvetica\", fontsize=9, arrowsize=0.7];\n\n",
    );
    for (index, node) in view.nodes.iter().enumerate() {
        _ = writeln!(dot, "    n{index} [{}];", attributes(node));
    }
    dot.push('\n');
    for edge in &view.edges {
        let dashed = if edge.against { ", style=dashed" } else { "" };
        _ = writeln!(dot, "    n{} -> n{} [label={}{dashed}];", edge.from, edge.to, quoted(&edge.label, "\\n"));
    }
    dot.push_str("}\n");
    dot
}

fn attributes(node: &DiagramNode) -> String {
    let shape = match node.kind {
        NodeKind::Relation => "ellipse",
        NodeKind::Toggle => "diamond",
        NodeKind::Event => "cds, height=0.6",
        NodeKind::Implication => "hexagon",
        NodeKind::Role => "house",
        NodeKind::Table => "box3d, height=0.6",
        NodeKind::Rule => "box",
        NodeKind::Action => "note",
        NodeKind::Notice => "component",
        NodeKind::Source => "folder",
    };
    let label = match node.kind {
        // Actions speak for themselves. `\l` sets each line of a list to the left.
        NodeKind::Action => quoted(&format!("{}\n", node.label), "\\l"),
        _ => quoted(&format!("{}\n{}", node.word, node.label), "\\n"),
    };
    let focus = if node.focus { ", penwidth=3" } else { "" };
    format!("label={label}, shape={shape}, tooltip={}{focus}", quoted(&node.id, "\\n"))
}

/// A quoted string of DOT. Backslashes stand for themselves: an id of DOT would otherwise read `\N` or `\G` as names of its own.
fn quoted(text: &str, line_break: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str(line_break),
            _ if super::sanitize::unsafe_to_print(character) => quoted.push(super::sanitize::stand_in(character)),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::graph::{Diagram, DiagramEdge, DiagramNode, NodeKind};

    #[test]
    fn labels_are_quoted() {
        let node = |label: &str, kind| DiagramNode { id: label.to_owned(), word: "relation", label: label.to_owned(), kind, focus: false };
        let view = Diagram {
            nodes: vec![node("say \"\\N\"", NodeKind::Relation), node("a\nb", NodeKind::Action)],
            edges: vec![DiagramEdge { from: 0, to: 1, label: "denies".to_owned(), against: true }],
        };
        let dot = render(&view);
        assert!(dot.contains(r#"n0 [label="relation\nsay \"\\N\"", shape=ellipse"#), "{dot}");
        assert!(dot.contains(r#"n1 [label="a\lb\l", shape=note"#), "{dot}");
        assert!(dot.contains(r#"n0 -> n1 [label="denies", style=dashed];"#), "{dot}");
    }
}
