//! The names in braces in the text of an obligation or advice.

use super::variables::{Variables, variable_in};
use super::{Scope, TypeChecker};
use crate::diag::phrases::{Limit, any_of, shorten};
use crate::diag::{Code, Diagnostic, nearest};
use crate::policy::condition::TermNode;
use crate::policy::rules::TextName;
use crate::syntax::{Placeholder, Text, placeholders};
use crate::text::Span;

/// The names in the text, each once, in the order of their first places. What is no name that the condition binds is reported.
pub(super) fn resolve(checker: &mut TypeChecker<'_>, scope: Scope<'_>, variables: &Variables, text: &Text) -> Vec<TextName> {
    let mut names: Vec<TextName> = Vec::new();
    for placeholder in placeholders(&text.value) {
        let term = placeholder.name().and_then(|name| match name {
            "subject" => scope.subject.map(|_| TermNode::Subject),
            "resource" => scope.resource.map(|_| TermNode::Resource),
            name => variables.variable(name).map(|(variable, _)| TermNode::Variable(variable)),
        });
        match (placeholder.name(), term) {
            (Some(name), Some(_)) if names.iter().any(|known| known.name == name) => {}
            (Some(name), Some(term)) => names.push(TextName { name: name.to_owned(), term }),
            // A mistake about a variable is reported with the condition.
            (Some(name), None) if variables.knows(name) => {}
            _ => {
                let unknown = unknown(checker, variables, &placeholder, text);
                checker.report(unknown);
            }
        }
    }
    names
}

/// The mistake of a brace in the text that is not the name of something that the condition binds.
fn unknown(checker: &TypeChecker<'_>, variables: &Variables, placeholder: &Placeholder<'_>, text: &Text) -> Diagnostic {
    let known: Vec<&str> = ["subject", "resource"].into_iter().chain(variables.names()).collect();
    let in_braces = |name: &str| format!("`{{{name}}}`");
    let headline = format!("`{}` in the text stands for nothing", shorten(placeholder.text, Limit::NAME));
    // Where the string has escapes, offsets in the text are not those in the file.
    let is_verbatim = checker.sources.slice(text.span) == text.value;
    let start = text.span.start as usize + placeholder.at;
    let span = if is_verbatim { Span::new(text.span.file, start, start + placeholder.text.len()) } else { text.span };
    let unknown = Diagnostic::new(Code::UnknownPlaceholder, headline, span, "");
    match variable_in(placeholder) {
        Some(name) if known.contains(&name) => unknown.help(format!("only a name may be in braces: {}", in_braces(name))),
        name => match name.and_then(|name| nearest(name, known.iter().copied())) {
            Some(near) => {
                let unknown = unknown.help(format!("did you mean {}?", any_of(near.names.iter().map(|name| in_braces(name)))));
                match near.certain().filter(|_| is_verbatim) {
                    Some(one) => unknown.patch(span, format!("{{{one}}}")),
                    None => unknown,
                }
            }
            None => unknown.help(format!("the text may name {}", any_of(known.iter().map(|name| in_braces(name))))),
        },
    }
}
