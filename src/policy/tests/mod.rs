//! Packs as an author could write them, and their diagnostics.

mod actions;
mod events;
mod kinds;
mod lints;
mod merging;
mod packs;
mod role_names;
mod tables;

use super::{Policy, lint, resolve};
use crate::diag::{self, Diagnostic};
use crate::syntax::pack_document;
use crate::text::{Sources, Span};
use std::fmt::Write;

/// Elements that most cases need.
const BASE: &str = r#"
[kind.user]
subject = true
attributes.customer = "customer"
attributes.groups = { member-of = "group" }
[kind.group]
[kind.customer]
[kind.site]
within = ["customer", "site"]
[kind.device]
within = "customer"
attributes.via = { one-of = ["shop", "portal"] }
attributes.days = { type = "number" }
[relation.dap]
ends = ["customer", "user"]
[action."device.view"]
on = ["device"]
[action."device.remove"]
on = ["device"]
[action."customer.view"]
on = ["customer"]
[role.owner]
on = ["customer"]
grants = ["device.*"]
[rule.base]
allow = ["customer.view"]
"#;

/// The policy of some files, and all diagnostics, including lints.
fn read(files: &[&str]) -> (Policy, Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let ids: Vec<_> = files.iter().enumerate().map(|(at, text)| sources.add(format!("{at}"), (*text).to_owned())).collect();
    let mut reported = Vec::new();
    let mut documents = Vec::new();
    for id in ids {
        let (document, mistakes) = pack_document(&sources, id);
        documents.push(document);
        reported.extend(mistakes);
    }
    let (policy, mistakes) = resolve(sources.clone(), documents);
    reported.extend(mistakes);
    reported.extend(lint(&policy));
    diag::sort(&mut reported);
    (policy, sources, reported)
}

/// The diagnostics of a file beside the base: `code: headline | line:col..col label | help`, one a line. A span in another file has that
/// file's number before it.
fn check(text: &str) -> String {
    check_files(&[text, BASE])
}

/// The diagnostics of files.
fn check_files(files: &[&str]) -> String {
    let (_, sources, reported) = read(files);
    reported.iter().map(|diagnostic| shown(&sources, diagnostic)).collect()
}

fn shown(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let mut line = diagnostic.code.name().to_owned();
    let mut labels = String::new();
    for label in &diagnostic.labels {
        let _ = write!(labels, " {} {}", position(sources, label.span), label.text);
        labels.push(',');
    }
    let _ = write!(line, ": {} |{}", diagnostic.headline, labels.trim_end_matches(','));
    if let Some(help) = &diagnostic.help {
        let _ = write!(line, " | {help}");
    }
    line.push('\n');
    line
}

fn position(sources: &Sources, span: Span) -> String {
    let before = &sources.text(span.file)[..span.start as usize];
    let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
    let file = if span.file.0 == 0 { String::new() } else { format!("{}:", span.file.0) };
    format!("{file}{}:{column}..{}", before.matches('\n').count() + 1, column + sources.slice(span).chars().count())
}
