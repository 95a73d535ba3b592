//! Drawings for Mermaid, as documentation sites and code hosts show them.

use super::drawing;
use crate::graph::{Diagram, DiagramNode, NodeKind};
use std::borrow::Cow;
use std::fmt::Write as _;

/// The drawing as a Mermaid flowchart, from left to right.
pub fn render(view: &Diagram) -> String {
    let mut chart = String::from("flowchart LR\n");
    for (index, node) in view.nodes.iter().enumerate() {
        _ = writeln!(chart, "    n{index}{}", shaped(node));
    }
    for edge in &view.edges {
        let arrow = if edge.against { "-.->" } else { "-->" };
        _ = writeln!(chart, "    n{} {arrow}|{}| n{}", edge.from, quoted(&edge.label), edge.to);
    }
    for (index, _) in view.nodes.iter().enumerate().filter(|(_, node)| node.focus) {
        _ = writeln!(chart, "    style n{index} stroke-width:4px");
    }
    chart
}

fn shaped(node: &DiagramNode) -> String {
    let label = quoted(&drawing::label(node));
    match node.kind {
        NodeKind::Relation => format!("([{label}])"),
        NodeKind::Toggle => format!("{{{label}}}"),
        NodeKind::Event => format!(">{label}]"),
        NodeKind::Implication => format!("{{{{{label}}}}}"),
        NodeKind::Role => format!("[/{label}\\]"),
        NodeKind::Table => format!("[[{label}]]"),
        NodeKind::Rule => format!("[{label}]"),
        NodeKind::Action => format!("({label})"),
        NodeKind::Notice => format!("[/{label}/]"),
        NodeKind::Source => format!("[({label})]"),
    }
}

/// A quoted text. Mermaid interprets markup and Markdown in it, so every character that could begin such a part is written by its number.
fn quoted(text: &str) -> String {
    drawing::quoted(text, |character| match character {
        '\n' => Some(Cow::Borrowed("<br>")),
        '"' | '#' | '<' | '>' | '&' | '`' | '\\' | '*' | '_' | '[' | ']' | '{' | '}' | '|' | ';' => {
            Some(Cow::Owned(format!("#{};", u32::from(character))))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::graph::{Diagram, DiagramEdge, DiagramNode, NodeKind};

    #[test]
    fn labels_are_quoted() {
        let node = |label: &str, kind| DiagramNode {
            id: label.to_owned(),
            word: "role",
            label: label.to_owned(),
            kind,
            focus: kind == NodeKind::Role,
        };
        let view = Diagram {
            nodes: vec![node("say \"<b>\"", NodeKind::Relation), node("owner", NodeKind::Role)],
            edges: vec![DiagramEdge { from: 0, to: 1, label: "removes".to_owned(), against: true }],
        };
        assert_eq!(
            render(&view),
            "flowchart LR\n    n0([\"role<br>say #34;#60;b#62;#34;\"])\n    n1[/\"role<br>owner\"\\]\n    n0 -.->|\"removes\"| n1\n    \
             style n1 stroke-width:4px\n"
        );
    }
}
