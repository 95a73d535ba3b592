//! What is stated not to hold.

use crate::policy::AttributeId;
use crate::text::{Place, Span};
use crate::time::{Instant, Interval};
use crate::world::ids::{EntityId, Symbol};
use crate::world::model::Statement;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// What is stated not to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Denied {
    /// A fact.
    Fact(Statement),
    /// The attribute has no value.
    Attribute(EntityId, AttributeId),
    /// The set has no other members than those that are stated: an event set it.
    Others(EntityId, AttributeId),
}

impl Denied {
    /// The entities that it is about.
    pub(crate) fn about(self) -> impl Iterator<Item = EntityId> {
        let (statement, entity) = match self {
            Denied::Fact(statement) => (Some(statement), None),
            Denied::Attribute(entity, _) | Denied::Others(entity, _) => (None, Some(entity)),
        };
        statement.into_iter().flat_map(Statement::about).chain(entity)
    }
}

/// When something does not hold, and where it is stated.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Denial {
    pub(crate) during: Interval,
    /// `None` if it is assumed.
    pub(crate) place: Option<Place>,
    /// While the texts of the world's files are in memory.
    pub(crate) span: Option<Span>,
}

/// What a world states not to hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Denials(FxHashMap<Denied, SmallVec<[Denial; 1]>>);

impl Denials {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The denial in force at `at`.
    pub(crate) fn find(&self, denied: Denied, at: Instant) -> Option<&Denial> {
        self.all(denied).iter().find(|denial| denial.during.contains(at))
    }

    /// All denials of this, at any time.
    pub(crate) fn all(&self, denied: Denied) -> &[Denial] {
        self.0.get(&denied).map_or(&[], |denials| denials)
    }

    pub(crate) fn add(&mut self, denied: Denied, denial: Denial) {
        self.0.entry(denied).or_default().push(denial);
    }

    /// Ends the denials of this that are in force at `at`, and those that begin then only if `all`. Returns the intervals that they had.
    pub(crate) fn end(&mut self, denied: Denied, at: Instant, all: bool) -> Vec<Interval> {
        let mut ended = Vec::new();
        for denial in self.0.get_mut(&denied).into_iter().flatten() {
            if denial.during.contains(at) && (all || denial.during.since < at) {
                ended.push(denial.during);
                denial.during.until = at;
            }
        }
        ended
    }

    /// Gives a denial that was ended the interval that it had.
    pub(crate) fn restore(&mut self, denied: Denied, during: Interval) {
        let all = self.0.get_mut(&denied).into_iter().flatten();
        if let Some(denial) = all.into_iter().find(|denial| denial.during.since == during.since && denial.during.until < during.until) {
            denial.during = during;
        }
    }

    /// Removes a denial.
    pub(crate) fn remove(&mut self, denied: Denied, during: Interval) {
        if let Some(all) = self.0.get_mut(&denied)
            && let Some(at) = all.iter().position(|denial| denial.during == during)
        {
            all.remove(at);
        }
    }

    /// The same with other ids of entities and symbols of texts.
    pub(crate) fn renumbered(&self, entity: &impl Fn(EntityId) -> EntityId, symbol: &impl Fn(Symbol) -> Symbol) -> Denials {
        let renumbered = |denied: Denied| match denied {
            Denied::Fact(mut statement) => {
                statement.renumber(entity, symbol);
                Denied::Fact(statement)
            }
            Denied::Attribute(of, attribute) => Denied::Attribute(entity(of), attribute),
            Denied::Others(of, attribute) => Denied::Others(entity(of), attribute),
        };
        Denials(self.0.iter().map(|(&denied, denials)| (renumbered(denied), denials.clone())).collect())
    }

    /// Forgets spans, since the texts of the world's files are dropped.
    pub(crate) fn drop_spans(&mut self) {
        self.0.values_mut().flatten().for_each(|denial| denial.span = None);
    }

    /// Everything that is denied, in order, with its denials.
    pub(crate) fn sorted(&self) -> Vec<(Denied, &[Denial])> {
        let mut all: Vec<(Denied, &[Denial])> = self.0.iter().map(|(&denied, denials)| (denied, denials.as_slice())).collect();
        all.sort_by_key(|(denied, _)| *denied);
        all
    }
}
