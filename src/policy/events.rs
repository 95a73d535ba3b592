//! Events: named changes of a world, with parameters, a condition and effects.

use super::condition::{Condition, RoleTerm, Term};
use super::ids::{ActionId, AttributeId, KindId, RelationId};
use super::metadata::Metadata;
use super::value_type::ValueType;
use crate::text::Span;
use crate::time::TimeUnit;
use smallvec::SmallVec;

/// A named change.
#[derive(Clone, Debug)]
pub struct Event {
    /// Name and the like.
    pub meta: Metadata,
    /// The action that the actor must be allowed, and the index of the parameter that is the resource of the action.
    pub does: Option<(ActionId, usize)>,
    /// Who does it, in words for readers, if nobody of the world does: the subject by whom it happens is then only named for it.
    pub done_by: Option<String>,
    /// Its parameters in the order of their names, including the entities that it creates.
    pub parameters: Vec<Parameter>,
    /// The entities that it creates.
    pub creates: Vec<Creation>,
    /// The condition under which it may happen; true if the event has no `if`.
    pub condition: Condition,
    /// The facts that it adds.
    pub adds: Vec<Effect>,
    /// The facts that it removes.
    pub removes: Vec<Effect>,
    /// The values that it sets: facts of the form [`FactTerm::Value`].
    pub sets: Vec<Effect>,
    /// Indexes of the parameters whose entities end, sorted.
    pub ends: Vec<usize>,
}

/// What an effect of an event does with its fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EffectKind {
    /// The fact holds from then on.
    Adds,
    /// The fact holds no more.
    Removes,
    /// The fact holds from then on, and no other value of its attribute.
    Sets,
}

impl EffectKind {
    /// All kinds, in order.
    pub const ALL: [EffectKind; 3] = [EffectKind::Adds, EffectKind::Removes, EffectKind::Sets];

    /// Whether the fact holds after the effect.
    pub fn states(self) -> bool {
        self != EffectKind::Removes
    }
}

impl Event {
    /// Its effects of a kind.
    pub fn effects_of(&self, kind: EffectKind) -> &[Effect] {
        match kind {
            EffectKind::Adds => &self.adds,
            EffectKind::Removes => &self.removes,
            EffectKind::Sets => &self.sets,
        }
    }

    /// All its effects: those that add, then those that remove, then those that set.
    pub fn effects(&self) -> impl Iterator<Item = (EffectKind, &Effect)> {
        EffectKind::ALL.into_iter().flat_map(|kind| self.effects_of(kind).iter().map(move |effect| (kind, effect)))
    }
}

/// A parameter of an event.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// The span of its declaration.
    pub span: Span,
    /// The type of its values.
    pub value: ValueType,
    /// It has any number of values.
    pub many: bool,
    /// It may be omitted; it then has no value.
    pub optional: bool,
    /// It names an entity that the event creates.
    pub created: bool,
}

/// An entity that an event creates.
#[derive(Clone, Debug)]
pub struct Creation {
    /// Its kind.
    pub kind: KindId,
    /// The index of the parameter that names it.
    pub parameter: usize,
    /// Its attributes.
    pub attributes: Vec<(AttributeId, Term)>,
}

/// A fact that an event adds, removes or sets, once for each binding of the effect's variables.
#[derive(Clone, Debug)]
pub struct Effect {
    /// The span of the whole effect.
    pub span: Span,
    /// The fact.
    pub fact: FactTerm,
    /// For how long the fact holds.
    pub lasts: Option<Lasting>,
    /// The condition for which bindings of the variables the effect happens. Its variables include those of `fact`. In `removes` the
    /// variables of the fact range over the facts that hold.
    pub condition: Condition,
}

/// For how long a fact holds.
#[derive(Clone, Debug)]
pub struct Lasting {
    /// How many of the unit.
    pub count: Term,
    /// Days or hours.
    pub unit: TimeUnit,
}

/// A fact with terms for its entities and values.
#[derive(Clone, Debug)]
pub enum FactTerm {
    /// `relation(term, …)`
    Relation(RelationId, Vec<Term>),
    /// `holder holds role on scope`
    Holds(Term, RoleTerm, Term),
    /// `member in group`
    Member(Term, Term),
    /// `entity.attribute == value`, with the attribute of that name for each kind that the entity may have.
    Value(Term, Vec<(KindId, AttributeId)>, Term),
}

impl FactTerm {
    /// Its terms, in order.
    pub fn terms(&self) -> SmallVec<[&Term; 3]> {
        match self {
            FactTerm::Relation(_, terms) => terms.iter().collect(),
            FactTerm::Holds(holder, role, scope) => [holder].into_iter().chain(role.term()).chain([scope]).collect(),
            FactTerm::Member(a, b) | FactTerm::Value(a, _, b) => [a, b].into_iter().collect(),
        }
    }
}
