//! `[lints]`: the severities of lints.

use crate::diag::{CATALOGUE, Code, Diagnostic, LintLevels};
use crate::syntax::Text;
use crate::text::Span;
use std::collections::BTreeMap;

/// The severities that a pack sets. Reports what is no lint and what is no severity, and a lint that is set twice.
pub(super) fn levels(decls: &[(Text, Text)], diagnostics: &mut Vec<Diagnostic>) -> LintLevels {
    let mut levels = LintLevels::default();
    let mut seen: BTreeMap<Code, Span> = BTreeMap::new();
    for (name, level) in decls {
        let lint = CATALOGUE.iter().find(|entry| entry.name == name.value && entry.code.is_lint());
        let Some(lint) = lint else {
            diagnostics.push(unknown(name));
            continue;
        };
        if let Some(&first) = seen.get(&lint.code) {
            let twice = format!("the severity of `{}` is set twice", lint.name);
            let twice = Diagnostic::new(Code::DuplicateElement, twice, name.span, "the second").and(first, "the first");
            diagnostics.push(twice.help("remove one of them"));
            continue;
        }
        seen.insert(lint.code, name.span);
        if !levels.set(lint.code, &level.value) {
            diagnostics.push(no_severity(level));
        }
    }
    levels
}

fn unknown(name: &Text) -> Diagnostic {
    let headline = format!("no lint is named `{}`", name.value);
    let diagnostic = Diagnostic::new(Code::UnknownLint, headline, name.span, "unknown lint");
    if CATALOGUE.iter().any(|entry| entry.name == name.value) {
        return diagnostic.help("that is a diagnostic whose severity is fixed; leave it out");
    }
    let known = CATALOGUE.iter().filter(|entry| entry.code.is_lint()).map(|entry| entry.name);
    diagnostic.help("`delegraph code` lists all").nearest(&name.value, name.span, known)
}

fn no_severity(level: &Text) -> Diagnostic {
    let headline = format!("no severity is named `{}`", level.value);
    let diagnostic = Diagnostic::new(Code::UnknownLint, headline, level.span, "unknown severity");
    let meant = match level.value.as_str() {
        "allow" | "ignore" | "none" => "off",
        "warning" => "warn",
        "deny" | "forbid" => "error",
        other => return diagnostic.help("write `off`, `warn` or `error`").nearest(other, level.span, LintLevels::NAMES),
    };
    diagnostic.help(format!("write `{meant}`")).patch(level.span, meant)
}
