//! Paths in a row: `/a/b`, `./a`, with `?` or `??` for what may lack.

use crate::diag::{Code, Diagnostic};
use crate::syntax::ast::mapping::{Mark, PointerDecl};
use crate::syntax::toml::{Fields, shown};
use crate::text::Span;

/// A pointer; reports it if it is none.
pub(super) fn pointer(fields: &mut Fields<'_>, text: &str, span: Span) -> Option<PointerDecl> {
    let (path, may) = marked(text);
    let (of_item, path) = match path.strip_prefix('.') {
        Some(path) => (true, path),
        None => (false, path),
    };
    // An item that is a text itself is `.`; the whole row is no value.
    let is_whole = of_item && path.is_empty();
    let steps: Option<Vec<String>> = if is_whole { Some(Vec::new()) } else { path.strip_prefix('/').and_then(steps) };
    let Some(steps) = steps else {
        let headline = format!("`{}` is not a pointer", shown(text));
        let diagnostic = Diagnostic::new(Code::BadPointer, headline, span, "");
        fields.diagnostics.push(diagnostic.help("write `/key/key` from the row, or `./key` from the item of `each`"));
        return None;
    };
    Some(PointerDecl { span, of_item, steps, may })
}

/// The text without its marks, and what they say.
pub(super) fn marked(text: &str) -> (&str, Mark) {
    match (text.strip_suffix("??"), text.strip_suffix('?')) {
        (Some(text), _) => (text, Mark::Absent),
        (_, Some(text)) => (text, Mark::Empty),
        _ => (text, Mark::Needed),
    }
}

/// The steps of a path, with `~1` for `/` and `~0` for `~`.
fn steps(path: &str) -> Option<Vec<String>> {
    let steps: Vec<String> = path.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
    steps.iter().all(|step| !step.is_empty()).then_some(steps)
}
