//! What drawings for Graphviz and for Mermaid have in common: labels of nodes, and quoted texts.

use super::sanitize::visible_char;
use crate::graph::{DiagramNode, NodeKind, Tone};
use std::borrow::Cow;

/// A line of a label that is longer is broken.
const LONGEST: usize = 48;

/// The label of a node: its kind on one line, and its name on the next. For actions and entities the name alone is enough.
pub(super) fn label(node: &DiagramNode) -> String {
    let is_name = matches!(node.kind, NodeKind::Action | NodeKind::Subject | NodeKind::Group | NodeKind::Fact | NodeKind::Remark);
    if is_name && node.tone == Tone::Plain { wrapped(&node.label) } else { format!("{}\n{}", node.word, wrapped(&node.label)) }
}

/// The text with long lines broken, after a space or what joins the parts of a name where there is one.
pub(super) fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n') {
        let mut rest: Vec<char> = line.chars().collect();
        while rest.len() > LONGEST {
            let joins = |character: &char| matches!(character, ' ' | ',' | '/' | '@' | '-' | '.' | '_' | ':');
            let at = rest[LONGEST / 2..LONGEST].iter().rposition(joins).map_or(LONGEST, |at| LONGEST / 2 + at + 1);
            let tail = rest.split_off(at);
            lines.push(rest.iter().collect::<String>().trim_end().to_owned());
            rest = tail;
        }
        lines.push(rest.into_iter().collect());
    }
    lines.join("\n")
}

/// The colours of a tone: of the area, and of lines. `None` of nothing.
pub(super) fn colors(tone: Tone) -> Option<[&'static str; 2]> {
    match tone {
        Tone::Plain => None,
        Tone::Allowed => Some(["#d9f2d9", "#2e7d32"]),
        Tone::Denied => Some(["#f9d9d9", "#b71c1c"]),
        Tone::Unknown => Some(["#fff0c2", "#a86a00"]),
    }
}

/// A text in double quotes. `escape` returns the replacement of a character that has a meaning in the language, and `None` for any other.
pub(super) fn quoted(text: &str, escape: impl Fn(char) -> Option<Cow<'static, str>>) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match escape(character) {
            Some(escaped) => quoted.push_str(&escaped),
            None => quoted.push(visible_char(character)),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn long_lines_are_broken_where_names_are_joined() {
        assert_eq!(wrapped("user:a\nb"), "user:a\nb");
        let name = "user:somebody-with-a-long-name@a-company-with-a-longer-one.example.com";
        assert_eq!(wrapped(name), "user:somebody-with-a-long-name@a-company-with-a-\nlonger-one.example.com");
        assert_eq!(wrapped(name).replace('\n', ""), name);
        assert_eq!(wrapped(&"é".repeat(100)), format!("{0}\n{0}\néééé", "é".repeat(48)));
        assert_eq!(wrapped(&format!("{} beyond", "x".repeat(44))), format!("{}\nbeyond", "x".repeat(44)));
    }
}
