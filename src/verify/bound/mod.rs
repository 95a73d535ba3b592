//! How large a world must be looked at so that a question about all worlds is answered.
//!
//! # The lemma
//!
//! A goal is a combination of conditions with signs ([`Sign`]): true, not true, not false, false. Let a world satisfy it, and let S be a set
//! of its entities. The *restriction* to S has these entities; values of attributes as they were, but for those that name an entity outside
//! of S; relations and assignments whose ends are all in S, past ones too; a membership of m in g wherever m was in g at any depth; and each
//! entity lies directly within the nearest one of S that contained it.
//!
//! If S is closed under what follows, the restriction is a world that satisfies the goal:
//!
//! * S has the subject, the resource, the literals that live, and of each entity the nearest container of each other kind. What lies within
//!   what, and `x.KIND`, is then as it was. Further containers of the entity's own kind may be left out: these chains are spliced.
//! * *True* of an atom needs the values of its terms, and one entity for what it rests on: a group for an assignment by group, the scope of a
//!   fact that covers. A nearest container is there already, so a scope counts only where kinds nest. What is derived needs what one
//!   implication needs.
//! * *Not false* needs the same, or that what is missing stays missing: the values of the terms. One who is in an unknown group needs one
//!   group, an unknown member of a set one value of it.
//! * *Not true* needs nothing of its own: fewer facts make an atom false or unknown, never true. A derived fact needs that no implication
//!   gives it.
//! * *False* needs the values of the terms, which would be unknown without them; of an `exactly-one` also the attribute that is given.
//! * `some x: A`, true or not false, needs one value of x. Not true or false it must be so for all x: then what A needs, it needs for each
//!   x. That is a function from kinds to a kind, under which S is closed.
//!
//! Of a choice one branch is enough, with the largest rest of each kind. Below a "for all" each x may choose otherwise, so there a choice needs
//! all its branches.
//!
//! The number of entities of a kind is that of the constants and, for each function to it, the product of those of its arguments. If the
//! functions go round in a circle of kinds, there is no bound, and the circle is named. Nor is there one where a condition can tell direct
//! membership from membership at any depth, or where a kind may be in groups at some depth in which it may not be directly.

mod events;
mod facts;
mod needs;
mod roots;
mod size;
mod walk;

pub use size::{Bound, Unbounded};
pub use walk::{Goal, Walker};

/// How a condition must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// True.
    True,
    /// False or unknown.
    NotTrue,
    /// True or unknown.
    NotFalse,
    /// False.
    False,
}

impl Sign {
    /// The sign of what is negated.
    fn negated(self) -> Sign {
        match self {
            Sign::True => Sign::False,
            Sign::False => Sign::True,
            Sign::NotTrue => Sign::NotFalse,
            Sign::NotFalse => Sign::NotTrue,
        }
    }

    /// Whether it asks for some value of a variable, not for all.
    fn is_some(self) -> bool {
        matches!(self, Sign::True | Sign::NotFalse)
    }
}
