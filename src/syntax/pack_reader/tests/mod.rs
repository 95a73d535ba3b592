mod elements;
mod mistakes;
mod toml;

use crate::syntax::toml::tests::rendered;
use crate::syntax::{PackDocument, pack_document};
use crate::text::Sources;

fn read(toml: &str) -> (Sources, PackDocument, String) {
    let mut sources = Sources::default();
    let file = sources.add("pack.toml", toml.to_owned());
    let (document, diagnostics) = pack_document(&sources, file);
    let rendered = rendered(&sources, &diagnostics);
    (sources, document, rendered)
}

/// The diagnostics of a pack file.
fn check(toml: &str) -> String {
    read(toml).2
}

/// The names of the elements of a pack file that are left out.
fn lost(toml: &str) -> String {
    let names: Vec<_> = read(toml).1.lost.into_iter().map(|name| name.value).collect();
    names.join(" ")
}
