mod elements;
mod mistakes;
mod toml;

use crate::syntax::toml::tests::told;
use crate::syntax::{PackDocument, pack_document};
use crate::text::Sources;

fn read(toml: &str) -> (Sources, PackDocument, String) {
    let mut sources = Sources::default();
    let file = sources.add("pack.toml", toml.to_owned());
    let (document, diagnostics) = pack_document(&sources, file);
    let told = told(&sources, &diagnostics);
    (sources, document, told)
}

/// What is told of a pack file.
fn check(toml: &str) -> String {
    read(toml).2
}

/// The names of what is left out of a pack file for its mistakes.
fn lost(toml: &str) -> String {
    let names: Vec<_> = read(toml).1.lost.into_iter().map(|name| name.value).collect();
    names.join(" ")
}
