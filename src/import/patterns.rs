//! Many patterns, found by what they leave open.

use super::gathered::{Gathered, Statement};
use super::terms::{Sort, TermId};
use crate::import::mapping::Shape;
use crate::policy::{KindId, Policy};
use rustc_hash::FxHashMap;

/// What a term of a pattern allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    /// This term.
    One(TermId),
    /// Any.
    Any,
    /// Any entity of this kind.
    Kind(KindId),
}

/// A pattern with what is open masked, and its numbers among all.
type Masked = FxHashMap<(Shape, [Place; 3]), Vec<usize>>;

/// Patterns of statements, whose `where` is not looked at. The patterns that fit a statement are found without going through all.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    /// By which places are open, and for which kinds.
    by_mask: Vec<([Option<Place>; 3], Masked)>,
}

impl Patterns {
    /// These patterns; each is known by its position.
    pub(super) fn of(policy: &Policy, gathered: &Gathered, patterns: impl Iterator<Item = Statement>) -> Patterns {
        let mut found = Patterns::default();
        for (number, pattern) in patterns.enumerate() {
            let places = pattern.terms.map(|term| place(policy, gathered, term));
            let mask = places.map(|place| (!matches!(place, Place::One(_))).then_some(place));
            let known = found.by_mask.iter().position(|(known, _)| *known == mask).unwrap_or_else(|| {
                found.by_mask.push((mask, Masked::default()));
                found.by_mask.len() - 1
            });
            found.by_mask[known].1.entry((pattern.shape, places)).or_default().push(number);
        }
        found
    }

    /// The positions of the patterns that fit a statement, in no order.
    pub(super) fn fitting<'s>(&'s self, gathered: &'s Gathered, statement: &'s Statement) -> impl Iterator<Item = usize> + 's {
        self.by_mask
            .iter()
            .filter_map(move |(mask, patterns)| {
                let mut places = statement.terms.map(Place::One);
                for (place, open) in places.iter_mut().zip(mask) {
                    let Some(open) = open else { continue };
                    let Place::One(term) = *place else { continue };
                    let fits = match open {
                        Place::Kind(kind) => gathered.terms.kind(term) == Some(*kind),
                        _ => term != TermId::NONE,
                    };
                    if !fits {
                        return None;
                    }
                    *place = *open;
                }
                patterns.get(&(statement.shape, places))
            })
            .flatten()
            .copied()
    }
}

/// What a term of a pattern allows: `_` and a variable allow any, a variable called like a kind any of that kind.
fn place(policy: &Policy, gathered: &Gathered, term: TermId) -> Place {
    match gathered.terms.sort(term) {
        _ if term == TermId::NONE => Place::One(term),
        _ if term == TermId::ANY => Place::Any,
        Sort::Written => policy.kind_named(gathered.terms.text(term)).map_or(Place::One(term), Place::Kind),
        Sort::Entity(_) | Sort::Text => Place::One(term),
    }
}
