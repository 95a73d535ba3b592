//! Relations.

use super::Resolver;
use crate::diag::{Code, Diagnostic};
use crate::policy::ids::{Id, RelationId};
use crate::policy::kind_set::KindSet;
use crate::policy::model::Policy;
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
            through: Default::default(),
            says: decl.says.as_ref().map(|says| says.value.clone()),
            derived_by: Vec::new(),
        }
    }
}

/// Sets the kinds of groups at the ends of `through`. Reports an end whose kinds are no groups of one another.
pub(super) fn set_through(resolver: &mut Resolver<'_>, policy: &mut Policy, decls: &[RelationDecl]) {
    for (index, decl) in decls.iter().enumerate() {
        let id = RelationId::from_index(index);
        for number in &decl.through {
            let end = number.value - 1;
            let kinds = &policy.relations[id].ends[end];
            if *kinds == resolver.every_kind {
                // One of them is unknown, which is reported.
                continue;
            }
            let of_members = kinds.iter().fold(KindSet::default(), |all, kind| all.union(&policy.groups_of(kind)));
            let groups = kinds.intersection(&of_members);
            if groups.is_empty() {
                let headline = format!("end {} of `{}` names no group of another of its kinds", number.value, decl.meta.name.value);
                let idle = Diagnostic::new(Code::WrongKind, headline, number.span, "nobody is in an entity of this end");
                let idle = idle.and(decl.ends_span, "its kinds");
                resolver
                    .problems
                    .push(idle.help("at an end of `through` stand members and the kinds of their groups: `[\"user\", \"group\"]`"));
            }
            policy.relations[id].through[end] = groups;
        }
    }
}
