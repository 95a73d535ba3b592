//! What drawings for Graphviz and for Mermaid have in common: labels of nodes, and quoted texts.

use super::sanitize::visible_char;
use crate::graph::{DiagramNode, NodeKind};
use std::borrow::Cow;

/// The label of a node: its kind on one line, and its name on the next. For actions the name alone is enough.
pub(super) fn label(node: &DiagramNode) -> Cow<'_, str> {
    match node.kind {
        NodeKind::Action => Cow::Borrowed(&node.label),
        _ => Cow::Owned(format!("{}\n{}", node.word, node.label)),
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
