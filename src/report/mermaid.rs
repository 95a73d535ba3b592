//! Drawings for Mermaid, as documentation sites and code hosts show them.

use std::fmt::Write as _;

use crate::graph::{Sort, View, ViewNode};

/// The drawing as a Mermaid flowchart, from left to right.
pub fn render(view: &View) -> String {
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

fn shaped(node: &ViewNode) -> String {
    let label = match node.sort {
        // Actions speak for themselves.
        Sort::Action => quoted(&node.label),
        _ => quoted(&format!("{}\n{}", node.word, node.label)),
    };
    match node.sort {
        Sort::Relation => format!("([{label}])"),
        Sort::Toggle => format!("{{{label}}}"),
        Sort::Event => format!(">{label}]"),
        Sort::Implication => format!("{{{{{label}}}}}"),
        Sort::Role => format!("[/{label}\\]"),
        Sort::Table => format!("[[{label}]]"),
        Sort::Rule => format!("[{label}]"),
        Sort::Action => format!("({label})"),
        Sort::Notice => format!("[/{label}/]"),
        Sort::Source => format!("[({label})]"),
    }
}

/// A quoted text. Mermaid reads markup and Markdown in it, so every character that could begin one is written by its number.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '\n' => quoted.push_str("<br>"),
            '"' | '#' | '<' | '>' | '&' | '`' | '\\' | '*' | '_' | '[' | ']' | '{' | '}' | '|' | ';' => {
                _ = write!(quoted, "#{};", u32::from(character));
            }
            _ if super::visible::unsafe_to_print(character) => quoted.push(super::visible::stand_in(character)),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::graph::{Sort, View, ViewEdge, ViewNode};

    #[test]
    fn labels_are_quoted() {
        let node =
            |label: &str, sort| ViewNode { id: label.to_owned(), word: "role", label: label.to_owned(), sort, focus: sort == Sort::Role };
        let view = View {
            nodes: vec![node("say \"<b>\"", Sort::Relation), node("owner", Sort::Role)],
            edges: vec![ViewEdge { from: 0, to: 1, label: "removes".to_owned(), against: true }],
        };
        assert_eq!(
            render(&view),
            "flowchart LR\n    n0([\"role<br>say #34;#60;b#62;#34;\"])\n    n1[/\"role<br>owner\"\\]\n    n0 -.->|\"removes\"| n1\n    \
             style n1 stroke-width:4px\n"
        );
    }
}
