//! Drawings for Graphviz.

use super::drawing::{colors, label, quoted, wrapped};
use crate::graph::{Diagram, DiagramNode, NodeKind};
use std::borrow::Cow;
use std::fmt::Write as _;

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
        let color = colors(edge.tone).map(|[_, line]| format!(", color=\"{line}\"")).unwrap_or_default();
        _ = writeln!(dot, "    n{} -> n{} [label={}{dashed}{color}];", edge.from, edge.to, centred(&wrapped(&edge.label)));
    }
    dot.push_str("}\n");
    dot
}

fn attributes(node: &DiagramNode) -> String {
    let shape = match node.kind {
        NodeKind::Relation | NodeKind::Fact => "ellipse",
        NodeKind::Toggle => "diamond",
        NodeKind::Event => "cds, height=0.6",
        NodeKind::Implication => "hexagon",
        NodeKind::Role => "house",
        NodeKind::Table => "box3d, height=0.6",
        NodeKind::Rule => "box",
        NodeKind::Action => "note",
        NodeKind::Notice => "component",
        NodeKind::Source => "folder",
        NodeKind::Subject => "box, style=rounded",
        NodeKind::Group => "tab, height=0.5",
        NodeKind::Remark => "plaintext",
    };
    let text = match node.kind {
        // A node may have many actions, one on each line; `\l` ends a line that is aligned to the left.
        NodeKind::Action => lines(&format!("{}\n", label(node)), r"\l"),
        _ => centred(&label(node)),
    };
    let focus = if node.focus { ", penwidth=3" } else { "" };
    let color = colors(node.tone).map(|[area, line]| format!(", style=filled, fillcolor=\"{area}\", color=\"{line}\""));
    format!("label={text}, shape={shape}, tooltip={}{focus}{}", centred(&node.id), color.unwrap_or_default())
}

/// A quoted string whose lines are centred.
fn centred(text: &str) -> String {
    lines(text, r"\n")
}

/// A quoted string. Backslashes are escaped, since DOT would otherwise replace `\N` by the name of the node and `\G` by that of the graph.
fn lines(text: &str, line_break: &'static str) -> String {
    quoted(text, |character| match character {
        '"' => Some(Cow::Borrowed(r#"\""#)),
        '\\' => Some(Cow::Borrowed(r"\\")),
        '\n' => Some(Cow::Borrowed(line_break)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::graph::{Diagram, DiagramEdge, DiagramNode, NodeKind, Tone};

    #[test]
    fn labels_are_quoted() {
        let node = |label: &str, kind| DiagramNode {
            id: label.to_owned(),
            word: "relation",
            label: label.to_owned(),
            kind,
            focus: false,
            tone: Tone::Plain,
        };
        let view = Diagram {
            nodes: vec![node("say \"\\N\"", NodeKind::Relation), node("a\nb", NodeKind::Action)],
            edges: vec![DiagramEdge { from: 0, to: 1, label: "denies".to_owned(), against: true, tone: Tone::Denied }],
        };
        let dot = render(&view);
        assert!(dot.contains(r#"n0 [label="relation\nsay \"\\N\"", shape=ellipse"#), "{dot}");
        assert!(dot.contains(r#"n1 [label="a\lb\l", shape=note"#), "{dot}");
        assert!(dot.contains(r##"n0 -> n1 [label="denies", style=dashed, color="#b71c1c"];"##), "{dot}");
    }
}
