//! Metadata, and the elements that have little else: documents, claims, toggles.

use super::Resolver;
use crate::diag::{Code, Diagnostic};
use crate::policy::ids::{Arena, Id};
use crate::policy::metadata::{Metadata, Validity};
use crate::policy::rules::{Claim, Document, Status, Toggle};
use crate::syntax::{ClaimDecl, DocumentDecl, MetadataDecl, Text, ToggleDecl};

/// What a comment says after `equivalent:`.
fn equivalent(comment: &str) -> Option<String> {
    comment.trim_start().strip_prefix("equivalent:").map(|why| why.split_whitespace().collect::<Vec<_>>().join(" "))
}

impl Resolver<'_> {
    /// An element's metadata, its claims and toggle resolved.
    pub(super) fn meta(&mut self, decl: &MetadataDecl) -> Metadata {
        let text = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
        let source = self.claims.resolve_all(&decl.source, &mut self.problems);
        let toggle = decl.toggle.as_ref().and_then(|toggle| self.toggles.resolve(toggle, &mut self.problems));
        self.usage.claims.extend(decl.source.iter().filter_map(|claim| self.claims.meant(&claim.value)));
        self.usage.toggles.extend(decl.toggle.as_ref().and_then(|toggle| self.toggles.meant(&toggle.value)));
        Metadata {
            name: decl.name.value.clone(),
            span: decl.name.span,
            title: text(&decl.title),
            note: text(&decl.note),
            equivalent: decl.comment.as_ref().and_then(|comment| equivalent(&comment.value)),
            source,
            validity: Validity {
                since: decl.since.as_ref().map(|date| date.value),
                until: decl.until.as_ref().map(|date| date.value),
                toggle,
            },
        }
    }

    /// `[document.NAME]`
    pub(super) fn document(&mut self, decl: &DocumentDecl) -> Document {
        Document {
            meta: self.meta(&decl.meta),
            date: decl.date.as_ref().map(|date| date.value),
            locale: decl.locale.as_ref().map(|locale| locale.value.clone()),
            url: decl.url.as_ref().map(|url| url.value.clone()),
        }
    }

    /// `[claim.ID]`
    pub(super) fn claim(&mut self, decl: &ClaimDecl) -> Claim {
        let documents = self.documents.resolve_all(&decl.documents, &mut self.problems);
        Claim { meta: self.meta(&decl.meta), text: decl.text.value.clone(), documents }
    }

    /// `[toggle.NAME]`
    pub(super) fn toggle(&mut self, decl: &ToggleDecl) -> Toggle {
        let known = ["proposed", "current", "retired", "interpretation"];
        let status = match decl.status.value.as_str() {
            "proposed" => Status::Proposed,
            "current" => Status::Current,
            "retired" => Status::Retired,
            "interpretation" => Status::Interpretation,
            other => {
                let unknown =
                    Diagnostic::new(Code::UnknownStatus, format!("no status is named `{other}`"), decl.status.span, "unknown status")
                        .help("write `proposed`, `current`, `retired` or `interpretation`")
                        .nearest(other, decl.status.span, known);
                self.problems.push(unknown);
                Status::Proposed
            }
        };
        Toggle { meta: self.meta(&decl.meta), status, default: decl.default }
    }

    /// Resolves every declaration, in order.
    pub(super) fn each<T, I: Id, E>(&mut self, decls: &[T], one: impl Fn(&mut Self, &T) -> E) -> Arena<I, E> {
        decls.iter().map(|decl| one(self, decl)).collect()
    }
}
