//! All files of a pack as one, each sort of elements in the order of names.

use crate::diag::{Code, Diagnostic};
use crate::syntax::{MetadataDecl, PackDocument};

/// Puts the documents together, whatever their order. Of two elements of one sort and name the first stays, and it is told.
pub(super) fn merge(documents: Vec<PackDocument>, diagnostics: &mut Vec<Diagnostic>) -> PackDocument {
    let mut pack = PackDocument::default();
    macro_rules! sorts {
        ($($sort:ident $noun:literal)*) => {
            for document in documents {
                $(pack.$sort.extend(document.$sort);)*
                pack.lost.extend(document.lost);
            }
            $(settle(&mut pack.$sort, $noun, |decl| &decl.meta, diagnostics);)*
        };
    }
    sorts! {
        kinds "kind" relations "relation" roles "role" tables "table" actions "action" rules "rule" implications "implication"
        toggles "toggle" documents "document" claims "claim" obligations "obligation" advice "advice" invariants "invariant" events "event"
    }
    // The kind `role` is every pack's own; that the name is reserved was told where the header was read.
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
        events,
        lost,
    } = pack;
    let schema = kinds.is_empty() && relations.is_empty() && roles.is_empty() && tables.is_empty() && actions.is_empty();
    let rules = rules.is_empty() && implications.is_empty() && toggles.is_empty() && invariants.is_empty() && events.is_empty();
    schema && rules && lost.is_empty() && documents.is_empty() && claims.is_empty() && obligations.is_empty() && advice.is_empty()
}

fn settle<T>(decls: &mut Vec<T>, noun: &str, meta: impl Fn(&T) -> &MetadataDecl, diagnostics: &mut Vec<Diagnostic>) {
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

/// `pieces of advice` is the one sort that has no plural of its own.
fn plural(noun: &str) -> String {
    if noun == "advice" { "pieces of advice".to_owned() } else { format!("{noun}s") }
}
