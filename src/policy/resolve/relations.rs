//! Relations.

use super::Resolver;
use crate::diag::{Code, Diagnostic};
use crate::policy::model::Relation;
use crate::syntax::RelationDecl;

impl Resolver<'_> {
    /// `[relation.NAME]`
    pub(super) fn relation(&mut self, decl: &RelationDecl) -> Relation {
        let ends: Vec<_> = decl.ends.iter().map(|kinds| self.kind_set(kinds)).collect();
        if !(1..=3).contains(&ends.len()) {
            let headline =
                format!("the relation `{}` has {} ends", decl.head.name.value, if ends.is_empty() { "no" } else { "more than three" });
            let help = "give it one, two or three ends; what has more is a kind of its own, with attributes";
            self.mistakes.push(Diagnostic::new(Code::WrongEnds, headline, decl.ends_span, "one to three ends").help(help));
        }
        Relation {
            head: self.head(&decl.head),
            ends,
            covers: decl.covers,
            says: decl.says.as_ref().map(|says| says.value.clone()),
            derived_by: Vec::new(),
        }
    }
}
