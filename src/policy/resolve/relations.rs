//! Relations.

use super::Resolver;
use crate::diag::{Code, Diagnostic};
use crate::policy::ids::{Arena, RelationId};
use crate::policy::kind_set::KindSet;
use crate::policy::metadata::Metadata;
use crate::policy::model::Policy;
use crate::policy::schema::Relation;
use crate::syntax::RelationDecl;
use crate::text::{FileId, Span};

/// The name of the relation that every pack has and no file declares: assignments of roles that the pack does not name.
pub(super) const UNKNOWN_ROLES: &str = "holds";

/// All relations, including that of unknown roles, which has no ends yet.
pub(super) fn relations(resolver: &mut Resolver<'_>, decls: &[RelationDecl]) -> Arena<RelationId, Relation> {
    let (before, after) = decls.split_at(decls.partition_point(|decl| decl.meta.name.value.as_str() < UNKNOWN_ROLES));
    let mut relations: Arena<RelationId, Relation> = before.iter().map(|decl| resolver.relation(decl)).collect();
    relations.push(Relation {
        meta: Metadata::new(UNKNOWN_ROLES.to_owned(), Span::new(FileId(0), 0, 0)),
        ends: Vec::new(),
        covers: false,
        through: Default::default(),
        says: Some("{1} is assigned {2} on {3}".to_owned()),
        derived_by: Vec::new(),
    });
    for decl in after {
        relations.push(resolver.relation(decl));
    }
    relations
}

impl Resolver<'_> {
    /// `[relation.NAME]`
    fn relation(&mut self, decl: &RelationDecl) -> Relation {
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
    for decl in decls {
        let Some(id) = resolver.relations.find(&decl.meta.name.value) else { continue };
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
