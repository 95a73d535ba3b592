//! Rules and what belongs to them: implications, notices, invariants; toggles that switch them, claims that they cite.

use super::condition::{Condition, RoleTerm, Term, TermNode};
use super::ids::{ActionId, DocumentId, RelationId};
use super::metadata::Metadata;
use crate::syntax::With;
use crate::time::Instant;

/// Whether a rule allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleEffect {
    /// Its actions are allowed unless something denies them.
    Allow,
    /// Its actions are denied.
    Deny,
}

/// A rule. Its condition is `if and not unless`.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Name and the like.
    pub meta: Metadata,
    /// Whether it allows or denies.
    pub effect: RuleEffect,
    /// Its actions, patterns expanded, sorted.
    pub actions: Vec<ActionId>,
    /// To which requests it applies.
    pub condition: Condition,
}

/// An implication. Its condition is `if and not unless`.
#[derive(Clone, Debug)]
pub struct Implication {
    /// Name and the like.
    pub meta: Metadata,
    /// Member listings show what it derives.
    pub listed: bool,
    /// The condition; its variables are those of `then` too.
    pub condition: Condition,
    /// `if and unless`, if it has an `unless`: where this is true and the condition is not, the `unless` switches the implication off.
    pub switched_off: Option<Condition>,
    /// What it derives.
    pub then: Conclusion,
}

/// What an implication derives.
#[derive(Clone, Debug)]
pub enum Conclusion {
    /// `holder holds role on scope`
    Holds {
        /// Who holds the role.
        holder: Term,
        /// The role.
        role: RoleTerm,
        /// What it is held over.
        scope: Term,
    },
    /// `relation(term, …)`
    Relation {
        /// The relation.
        relation: RelationId,
        /// Its ends.
        terms: Vec<Term>,
    },
}

impl Conclusion {
    /// Its terms, each with its index: the ends of a relation; 0, 1 and 2 of holder, role and scope. A role that is named has none.
    pub fn ends(&self) -> Vec<(usize, &Term)> {
        match self {
            Conclusion::Relation { terms, .. } => terms.iter().enumerate().collect(),
            Conclusion::Holds { holder, role, scope } => {
                let role = role.term().map(|term| (1, term));
                [(0, holder)].into_iter().chain(role).chain([(2, scope)]).collect()
            }
        }
    }
}

/// A toggle.
#[derive(Clone, Debug)]
pub struct Toggle {
    /// Name and the like.
    pub meta: Metadata,
    /// The status of what it gates.
    pub status: Status,
    /// It is on unless a question says otherwise.
    pub default: bool,
}

/// The status of what a toggle gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Announced, not in force.
    Proposed,
    /// In force.
    Current,
    /// No longer in force.
    Retired,
    /// One reading of an unclear source.
    Interpretation,
}

/// A document that claims cite.
#[derive(Clone, Debug)]
pub struct Document {
    /// Name and the like; its title is the document's.
    pub meta: Metadata,
    /// Its date.
    pub date: Option<Instant>,
    /// Its locale.
    pub locale: Option<String>,
    /// Its address on the web.
    pub url: Option<String>,
}

/// A statement of the vendor.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Name (its id) and the like.
    pub meta: Metadata,
    /// The statement.
    pub text: String,
    /// The documents that contain it, sorted.
    pub documents: Vec<DocumentId>,
}

/// An obligation or an advice: a text that is issued with decisions.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Name and the like.
    pub meta: Metadata,
    /// Its actions, patterns expanded, sorted.
    pub actions: Vec<ActionId>,
    /// The condition for which requests it is issued.
    pub condition: Condition,
    /// Its text. Each name in braces in it is one of `names`.
    pub text: String,
    /// The names in braces in the text, in the order of their first places, each once. The text is issued once for each of their values for
    /// which the condition is true.
    pub names: Vec<TextName>,
    /// The decision with which it is issued; `None` means with any.
    pub with: Option<With>,
}

/// A name in braces in the text of an obligation or advice.
#[derive(Clone, Debug)]
pub struct TextName {
    /// The name.
    pub name: String,
    /// What it stands for: the subject, the resource, or a variable, whose value the condition is given from outside.
    pub term: TermNode,
}

/// A condition that is true in no valid world.
#[derive(Clone, Debug)]
pub struct Invariant {
    /// Name and the like.
    pub meta: Metadata,
    /// The condition.
    pub never: Condition,
    /// Whether a world in which it is true is accepted, with a warning.
    pub warn: bool,
}
