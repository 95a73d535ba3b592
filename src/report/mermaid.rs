//! Drawings for Mermaid, as documentation sites and code hosts show them.

use super::drawing;
use crate::graph::{Diagram, DiagramNode, NodeKind, Tone};
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
        let label = if edge.label.is_empty() { String::new() } else { format!("|{}|", quoted(&drawing::wrapped(&edge.label))) };
        _ = writeln!(chart, "    n{} {arrow}{label} n{}", edge.from, edge.to);
    }
    for (index, _) in view.nodes.iter().enumerate().filter(|(_, node)| node.focus) {
        _ = writeln!(chart, "    style n{index} stroke-width:4px");
    }
    for (index, node) in view.nodes.iter().enumerate() {
        if let Some([area, line]) = drawing::colors(node.tone) {
            _ = writeln!(chart, "    style n{index} fill:{area},stroke:{line},color:#000");
        }
    }
    for tone in [Tone::Allowed, Tone::Denied, Tone::Unknown] {
        let edges = view.edges.iter().enumerate().filter(|(_, edge)| edge.tone == tone);
        let indexes: Vec<String> = edges.map(|(index, _)| index.to_string()).collect();
        if let (Some([_, line]), false) = (drawing::colors(tone), indexes.is_empty()) {
            _ = writeln!(chart, "    linkStyle {} stroke:{line}", indexes.join(","));
        }
    }
    chart
}

fn shaped(node: &DiagramNode) -> String {
    let label = quoted(&drawing::label(node));
    match node.kind {
        NodeKind::Relation | NodeKind::Subject | NodeKind::Fact => format!("([{label}])"),
        NodeKind::Toggle => format!("{{{label}}}"),
        NodeKind::Event | NodeKind::Remark => format!(">{label}]"),
        NodeKind::Implication => format!("{{{{{label}}}}}"),
        NodeKind::Role => format!("[/{label}\\]"),
        NodeKind::Table | NodeKind::Group => format!("[[{label}]]"),
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
    use crate::graph::{Diagram, DiagramEdge, DiagramNode, NodeKind, Tone};

    #[test]
    fn labels_are_quoted() {
        let node = |label: &str, kind| DiagramNode {
            id: label.to_owned(),
            word: "role",
            label: label.to_owned(),
            kind,
            focus: kind == NodeKind::Role,
            tone: if kind == NodeKind::Role { Tone::Allowed } else { Tone::Plain },
        };
        let view = Diagram {
            nodes: vec![node("say \"<b>\"", NodeKind::Relation), node("owner", NodeKind::Role)],
            edges: vec![DiagramEdge { from: 0, to: 1, label: "removes".to_owned(), against: true, tone: Tone::Denied }],
        };
        assert_eq!(
            render(&view),
            "flowchart LR\n    n0([\"role<br>say #34;#60;b#62;#34;\"])\n    n1[/\"role<br>owner\"\\]\n    n0 -.->|\"removes\"| n1\n    \
             style n1 stroke-width:4px\n    style n1 fill:#d9f2d9,stroke:#2e7d32,color:#000\n    linkStyle 0 stroke:#b71c1c\n"
        );
    }
}
