//! The nodes of a proof, as data: what was found, and what it rests on.

use crate::counterfactual::is_fixed;
use crate::eval::{MissingDatum, Truth};
use crate::graph::Permit;
use crate::plan::OutOfForce;
use crate::policy::{AttributeId, ImplicationId, KindId, Op, Policy, RelationId, RoleId, RuleId, TableId, ToggleId};
use crate::text::Span;
use crate::world::{EntityId, FactId, PatternId, Statement, Value, World};
use std::hash::{Hash, Hasher};

/// A node of a proof.
///
/// Two reasons are equal exactly if their sentences are: a finding has only the data that its sentence names.
#[derive(Clone, Debug)]
pub struct Reason {
    /// What was found.
    pub finding: Finding,
    /// The truth value of that part of the policy.
    pub truth: Truth,
    /// Whether this reason blocks: it keeps a permit from being true, or a deny from applying; or it is a deny that keeps the answer from
    /// being a yes.
    pub blocking: bool,
    /// What it rests on; empty if it is repeated.
    pub because: Vec<Reason>,
    /// The number of its proof, if the proof occurs more than once in the explanation.
    pub proof: Option<u32>,
    /// Whether what it rests on is stated at another reason, which has the same proof.
    pub repeated: bool,
    /// Whether it is a condition that must not hold. Then it is met if it is false.
    pub negated: bool,
}

impl Reason {
    fn parts(&self) -> (Finding, Truth, bool, &[Reason], bool) {
        (self.finding, self.truth, self.blocking, &self.because, self.repeated)
    }
}

impl PartialEq for Reason {
    fn eq(&self, other: &Reason) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for Reason {}

impl Hash for Reason {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

/// What a [`Reason`] is about. Finding and truth value together determine the sentence, name, places, claims and note of the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Finding {
    /// A permit: the role, held or not.
    Role {
        /// The subject of the question.
        holder: EntityId,
        /// The role.
        role: RoleId,
        /// The resource of the question.
        scope: EntityId,
    },
    /// A permit or a deny: the rule.
    Rule(RuleId),
    /// A role includes another.
    Inclusion {
        /// The role.
        role: RoleId,
        /// The role that it includes.
        includes: RoleId,
        /// The place of the name in its `includes`.
        place: Span,
    },
    /// A role grants the action by a pattern.
    Grant {
        /// The role.
        role: RoleId,
        /// The pattern in its `grants`.
        pattern: Span,
    },
    /// A role grants the action by a marked cell of a table.
    Cell {
        /// The table.
        table: TableId,
        /// Index of the row.
        row: u32,
        /// Index of the column.
        column: u32,
        /// The mark.
        mark: Span,
    },
    /// An implication gives a role, a membership or a relation, or does not.
    Implication(ImplicationId),
    /// An implication would give a role or a relation, and its `unless` switches it off.
    SwitchedOff(ImplicationId),
    /// An implication would give a role or a relation, and is not in force.
    NotInForce(ImplicationId, OutOfForce),
    /// A toggle is on or off.
    Toggle(ToggleId),
    /// A fact.
    Fact(FactId),
    /// An attribute has no value.
    Absent(Absence),
    /// An assignment of the permit's role that ended, or has not begun.
    AssignmentAt(FactId),
    /// The subject left the group to which the permit's role is assigned.
    LeftGroup {
        /// The subject.
        member: EntityId,
        /// The group.
        group: EntityId,
        /// The membership that ended.
        membership: FactId,
    },
    /// The world does not have a datum.
    Missing(MissingDatum, MissingCause),
    /// A condition without atoms.
    Constant,
    /// Of the reasons below, any one is enough; if it is not true, none of them is so.
    Alternatives,
    /// What holds if a variable is this entity.
    With(EntityId),
    /// A permit that is not in force at that date: the rule or role of that name.
    PermitNotInForce(Permit, OutOfForce),
    /// The role of a permit is assigned to a group that the subject is not in.
    HeldByGroup {
        /// The subject.
        member: EntityId,
        /// The assignment.
        assignment: FactId,
        /// How many more such assignments there are.
        more: u32,
    },
    /// The subject holds the role of a permit, but over another scope.
    HeldNearby {
        /// The subject.
        member: EntityId,
        /// The assignment.
        assignment: FactId,
        /// The scope that is asked about.
        scope: EntityId,
        /// How many more such assignments there are.
        more: u32,
    },
    /// No entity was found to which a condition could apply.
    NothingFound {
        /// From the first to the last atom of the condition.
        condition: Span,
    },
    /// An atom of a condition.
    Atom(AtomReason, Basis),
}

/// Why the world does not have a datum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MissingCause {
    /// It is not stated, although it must be.
    NotStated,
    /// This pattern leaves it open.
    Open(PatternId),
    /// It named an entity that has ended.
    Ended(EntityId),
}

/// An attribute that is known to have no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Absence {
    /// The entity.
    pub entity: EntityId,
    /// The attribute.
    pub attribute: AttributeId,
    /// The fact that gives a value to another attribute, if the attribute belongs to a group exactly one of which has a value.
    pub instead: Option<FactId>,
}

/// An atom of a condition, with the values of its terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AtomReason {
    /// A relation between entities.
    Relation {
        /// The relation.
        relation: RelationId,
        /// Its ends; those beyond its number of ends are [`EntityId::NONE`].
        ends: [EntityId; 3],
        /// Whether the atom is about the past: the relation held, and no longer does.
        was: bool,
    },
    /// A role over an entity.
    Holds {
        /// Whether the atom is about the past: the role was assigned, and no longer is.
        was: bool,
        /// The holder.
        holder: EntityId,
        /// The entity of the role.
        role: EntityId,
        /// The scope.
        scope: EntityId,
    },
    /// Membership in a group.
    Member {
        /// The member.
        member: EntityId,
        /// The group.
        group: EntityId,
    },
    /// An entity lies within another.
    Within {
        /// The contained entity.
        inner: EntityId,
        /// Its container.
        outer: EntityId,
    },
    /// Two entities of one kind are the same.
    Same(EntityId, EntityId),
    /// An entity is of a kind.
    Kind(EntityId, KindId),
    /// A comparison of two values.
    Compare {
        /// The operator.
        op: Op,
        /// The left value. If a single fact was read, and `op` is `==`: the value of that fact.
        left: Value,
        /// The right value.
        right: Value,
        /// The atom's text, unless the values alone show the outcome.
        text: Option<AtomText>,
    },
    /// A value is one of several.
    OneOf {
        /// The value.
        value: Value,
        /// The atom's text.
        text: AtomText,
    },
    /// An atom with a term that has no value, or whose value is unknown.
    Written(AtomText),
}

/// The text of an atom, as the span of the first atom with that text. Texts that differ only in white space count as equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AtomText(pub Span);

/// The basis for the truth value of an atom, if the sentence of the atom states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// None. The facts on which the atom rests, if any, are nodes below it.
    Below,
    /// A single fact.
    Fact(FactId),
    /// The absence of a value, for an atom that is not false.
    Absent(Absence),
    /// The atom is false because a term has no value.
    NoValue(Absence),
    /// A fact that ended, or has not begun, would make the atom true.
    OtherTime(FactId),
    /// The atom is false because its role is not in force.
    RoleOutOfForce(OutOfForce),
    /// A fact with the same sentence as the atom.
    Restated(FactId),
}

/// The kinds of [`Reason`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReasonKind {
    /// A role, held or not.
    Role,
    /// A grant of a role, by itself or by a role that it includes.
    Grant,
    /// A table's cell.
    Cell,
    /// A role's inclusion of another.
    Inclusion,
    /// An allow or deny rule.
    Rule,
    /// An implication.
    Implication,
    /// A fact.
    Fact,
    /// A part of a condition that no single fact decides.
    Test,
    /// A toggle.
    Toggle,
    /// A datum that is missing.
    Missing,
}

impl ReasonKind {
    /// Its name in answers.
    pub fn name(self) -> &'static str {
        match self {
            ReasonKind::Role => "role",
            ReasonKind::Grant => "grant",
            ReasonKind::Cell => "cell",
            ReasonKind::Inclusion => "inclusion",
            ReasonKind::Rule => "rule",
            ReasonKind::Implication => "implication",
            ReasonKind::Fact => "fact",
            ReasonKind::Test => "test",
            ReasonKind::Toggle => "toggle",
            ReasonKind::Missing => "missing",
        }
    }
}

impl Finding {
    /// Whether it is that an attribute has no value, and no change gives it one.
    pub fn is_lasting(&self, policy: &Policy) -> bool {
        matches!(self, Finding::Atom(_, Basis::NoValue(absence)) if is_fixed(policy, absence.attribute))
    }

    /// Its kind.
    pub fn kind(&self) -> ReasonKind {
        match self {
            Finding::Role { .. } | Finding::PermitNotInForce(Permit::Role(_), _) => ReasonKind::Role,
            Finding::Rule(_) | Finding::PermitNotInForce(Permit::Rule(_), _) => ReasonKind::Rule,
            Finding::Inclusion { .. } => ReasonKind::Inclusion,
            Finding::Grant { .. } => ReasonKind::Grant,
            Finding::Cell { .. } => ReasonKind::Cell,
            Finding::Implication(_) | Finding::SwitchedOff(_) | Finding::NotInForce(..) => ReasonKind::Implication,
            Finding::Toggle(_) => ReasonKind::Toggle,
            Finding::Fact(_) | Finding::Absent(_) | Finding::AssignmentAt(_) | Finding::HeldByGroup { .. } | Finding::HeldNearby { .. } => {
                ReasonKind::Fact
            }
            Finding::Missing(..) => ReasonKind::Missing,
            Finding::LeftGroup { .. }
            | Finding::Constant
            | Finding::Alternatives
            | Finding::With(_)
            | Finding::NothingFound { .. }
            | Finding::Atom(..) => ReasonKind::Test,
        }
    }
}

impl AtomReason {
    /// The statement that makes the atom true if it holds; `None` for an atom that is not about a single current fact.
    pub fn statement(self, policy: &Policy, world: &World) -> Option<Statement> {
        match self {
            AtomReason::Relation { relation, ends, was: false } => Some(Statement::Relation(relation, ends)),
            AtomReason::Holds { was: false, holder, role, scope } => Some(world.assignment(policy, holder, role, scope)),
            AtomReason::Member { member, group } | AtomReason::Same(member, group) => Some(Statement::Member { member, group }),
            _ => None,
        }
    }
}

impl Reason {
    /// A reason without reasons below it.
    pub(super) fn leaf(finding: Finding, truth: Truth, blocking: bool) -> Reason {
        Reason { finding, truth, blocking, because: Vec::new(), proof: None, repeated: false, negated: false }
    }

    /// Its kind.
    pub fn kind(&self) -> ReasonKind {
        self.finding.kind()
    }

    /// All blocking nodes in the order of the proof, beginning with this node.
    pub fn blockers(&self) -> Vec<&Reason> {
        let mut found = Vec::new();
        let mut waiting = vec![self];
        while let Some(reason) = waiting.pop() {
            if reason.blocking {
                found.push(reason);
            }
            waiting.extend(reason.because.iter().rev());
        }
        found
    }

    /// The first blocking node.
    pub fn first_blocker(&self) -> Option<&Reason> {
        if self.blocking { Some(self) } else { self.because.iter().find_map(Reason::first_blocker) }
    }

    /// Whether this node or one below it blocks.
    pub(super) fn is_blocked(&self) -> bool {
        self.first_blocker().is_some()
    }

    /// Marks this node and those below it as not blocking.
    pub(super) fn unblock(&mut self) {
        self.blocking = false;
        self.because.iter_mut().for_each(Reason::unblock);
    }

    /// Leaves only the innermost blocking nodes marked; returns whether any node is marked. Of what must not hold, and does, the whole blocks,
    /// and not each of the facts on which it rests.
    pub(super) fn keep_innermost_blockers(&mut self) -> bool {
        if self.blocking && self.negated && self.truth == Truth::True {
            self.because.iter_mut().for_each(Reason::unblock);
            return true;
        }
        let mut below = false;
        for inner in &mut self.because {
            below |= inner.keep_innermost_blockers();
        }
        if below {
            self.blocking = false;
        }
        self.blocking || below
    }
}
