//! Merges the files of a pack: elements of each kind in the order of their names.

use crate::diag::{Code, Diagnostic};
use crate::syntax::{MetadataDecl, PackDocument};

/// Merges documents; the result does not depend on their order. Of two elements of the same kind and name it keeps the first and reports
/// the second.
pub(super) fn merge(documents: Vec<PackDocument>, diagnostics: &mut Vec<Diagnostic>) -> PackDocument {
    let mut pack = PackDocument::default();
    macro_rules! elements {
        ($($elements:ident $noun:literal)*) => {
            for document in documents {
                $(pack.$elements.extend(document.$elements);)*
                pack.lints.extend(document.lints);
                pack.lost.extend(document.lost);
            }
            $(sort_and_dedup(&mut pack.$elements, $noun, |decl| &decl.meta, diagnostics);)*
        };
    }
    elements! {
        kinds "kind" relations "relation" roles "role" tables "table" actions "action" rules "rule" implications "implication"
        toggles "toggle" documents "document" claims "claim" obligations "obligation" advice "advice" invariants "invariant"
        properties "property" events "event"
    }
    // Every pack has the kind `role`; the reader of the header reports that the name is reserved.
    pack.kinds.retain(|kind| kind.meta.name.value != "role");
    pack
}

/// Whether the pack has no element at all.
pub(super) fn is_empty(pack: &PackDocument) -> bool {
    let PackDocument {
        kinds,
        relations,
        roles,
        tables,
        actions,
        rules,
        implications,
        toggles,
        documents,
        claims,
        obligations,
        advice,
        invariants,
        properties,
        events,
        lints: _,
        lost,
    } = pack;
    let schema = kinds.is_empty() && relations.is_empty() && roles.is_empty() && tables.is_empty() && actions.is_empty();
    let rules = rules.is_empty() && implications.is_empty() && toggles.is_empty() && invariants.is_empty() && events.is_empty();
    let rules = rules && properties.is_empty();
    schema && rules && lost.is_empty() && documents.is_empty() && claims.is_empty() && obligations.is_empty() && advice.is_empty()
}

/// Sorts elements by name, and reports those whose name an earlier one has.
fn sort_and_dedup<T>(decls: &mut Vec<T>, noun: &str, meta: impl Fn(&T) -> &MetadataDecl, diagnostics: &mut Vec<Diagnostic>) {
    decls.sort_by(|a, b| meta(a).name.cmp(&meta(b).name));
    decls.dedup_by(|later, first| {
        let (later, first) = (&meta(later).name, &meta(first).name);
        if later.value != first.value {
            return false;
        }
        let headline = format!("two {} are named `{}`", plural(noun), later.value);
        diagnostics.push(
            Diagnostic::new(Code::DuplicateElement, headline, later.span, "the second")
                .and(first.span, "the first")
                .help("rename one of them"),
        );
        true
    });
}

/// The plural of a noun; `advice` has none of its own, and `property` takes no mere `s`.
fn plural(noun: &str) -> String {
    match noun {
        "advice" => "pieces of advice".to_owned(),
        "property" => "properties".to_owned(),
        _ => format!("{noun}s"),
    }
}
