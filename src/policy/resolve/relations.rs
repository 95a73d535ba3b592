//! Relations.

use super::Resolver;
use crate::policy::schema::Relation;
use crate::syntax::RelationDecl;

impl Resolver<'_> {
    /// `[relation.NAME]`
    pub(super) fn relation(&mut self, decl: &RelationDecl) -> Relation {
        let ends: Vec<_> = decl.ends.iter().map(|kinds| self.kind_set(kinds)).collect();
        Relation {
            meta: self.meta(&decl.meta),
            ends,
            covers: decl.covers,
            says: decl.says.as_ref().map(|says| says.value.clone()),
            derived_by: Vec::new(),
        }
    }
}
