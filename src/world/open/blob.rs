//! The packed form: one text of JSON. Patterns are in it as they are written, and are typed again when the world is opened.

use super::denials::{Denial, Denials, Denied};
use super::openings::Openings;
use super::shape::{PatternText, UncertainChange, UncertainEffect};
use crate::policy::{AttributeId, EventId};
use crate::text::Place;
use crate::time::Interval;
use crate::world::ids::EntityId;
use crate::world::model::Statement;
use crate::world::store::encoding::PackedFact;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Everything that a world leaves open or states not to hold.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(in crate::world) struct OpenBlob {
    pub(in crate::world) patterns: Vec<PatternBlob>,
    pub(in crate::world) denials: Vec<DenialBlob>,
}

/// A pattern.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::world) struct PatternBlob {
    pub(in crate::world) text: TextBlob,
    during: [i64; 2],
    pub(in crate::world) why: Option<Box<str>>,
    place: Option<PlaceBlob>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(in crate::world) enum TextBlob {
    Written(Box<str>),
    Event(EffectBlob),
}

/// An uncertain effect.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::world) struct EffectBlob {
    event: u32,
    change: UncertainChange,
    fact: [u32; 4],
}

/// A denial.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::world) struct DenialBlob {
    denied: DeniedBlob,
    during: [i64; 2],
    place: Option<PlaceBlob>,
}

/// A place in a file of the world.
#[derive(Debug, Serialize, Deserialize)]
struct PlaceBlob {
    file: Box<str>,
    line: u32,
    from: Option<Box<str>>,
}

#[derive(Debug, Serialize, Deserialize)]
enum DeniedBlob {
    Fact([u32; 4]),
    Attribute(u32, u32),
    Others(u32, u32),
}

impl OpenBlob {
    pub(in crate::world) fn of(open: &Openings, denials: &Denials) -> OpenBlob {
        let patterns = open.patterns().map(|(_, pattern)| PatternBlob {
            text: match &pattern.text {
                PatternText::Written(text) => TextBlob::Written(text.clone()),
                PatternText::Event(UncertainEffect { event, change, statement }) => {
                    TextBlob::Event(EffectBlob { event: event.0, change: *change, fact: words(*statement) })
                }
            },
            during: pattern.during.words(),
            why: pattern.why.clone(),
            place: place_blob(pattern.place.as_ref()),
        });
        let denials = denials.sorted().into_iter().flat_map(|(denied, all)| {
            all.iter().map(move |denial| DenialBlob {
                denied: match denied {
                    Denied::Fact(statement) => DeniedBlob::Fact(words(statement)),
                    Denied::Attribute(entity, attribute) => DeniedBlob::Attribute(entity.0, attribute.0),
                    Denied::Others(entity, attribute) => DeniedBlob::Others(entity.0, attribute.0),
                },
                during: denial.during.words(),
                place: place_blob(denial.place.as_ref()),
            })
        });
        OpenBlob { patterns: patterns.collect(), denials: denials.collect() }
    }

    /// As bytes; none if nothing is open or denied.
    pub(in crate::world) fn bytes(&self) -> Vec<u8> {
        if self.patterns.is_empty() && self.denials.is_empty() {
            return Vec::new();
        }
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// From [`OpenBlob::bytes`]; `None` if they are damaged.
    pub(in crate::world) fn read(bytes: &[u8]) -> Option<OpenBlob> {
        if bytes.is_empty() { Some(OpenBlob::default()) } else { serde_json::from_slice(bytes).ok() }
    }
}

impl PatternBlob {
    pub(in crate::world) fn during(&self) -> Interval {
        Interval::of_words(self.during)
    }

    pub(in crate::world) fn place(&self) -> Option<Place> {
        place_of(self.place.as_ref())
    }
}

impl EffectBlob {
    pub(in crate::world) fn read(&self) -> UncertainEffect {
        UncertainEffect { event: EventId(self.event), change: self.change, statement: statement(self.fact) }
    }
}

impl DenialBlob {
    pub(in crate::world) fn read(&self) -> (Denied, Denial) {
        let denied = match self.denied {
            DeniedBlob::Fact(words) => Denied::Fact(statement(words)),
            DeniedBlob::Attribute(entity, attribute) => Denied::Attribute(EntityId(entity), AttributeId(attribute)),
            DeniedBlob::Others(entity, attribute) => Denied::Others(EntityId(entity), AttributeId(attribute)),
        };
        (denied, Denial { during: Interval::of_words(self.during), place: place_of(self.place.as_ref()), span: None })
    }
}

fn words(statement: Statement) -> [u32; 4] {
    bytemuck::cast(PackedFact::pack(statement, None))
}

fn statement(words: [u32; 4]) -> Statement {
    bytemuck::cast::<[u32; 4], PackedFact>(words).unpack()
}

fn place_blob(place: Option<&Place>) -> Option<PlaceBlob> {
    place.map(|place| PlaceBlob { file: (*place.file).into(), line: place.line, from: place.from.as_deref().map(Into::into) })
}

fn place_of(place: Option<&PlaceBlob>) -> Option<Place> {
    place.map(|place| Place { file: Arc::from(&*place.file), line: place.line, from: place.from.as_deref().map(Into::into) })
}

#[cfg(test)]
mod tests {
    use super::{OpenBlob, words};
    use crate::world::ids::EntityId;
    use crate::world::model::Statement;

    #[test]
    fn statements_survive_packing() {
        let one = Statement::Member { member: EntityId(3), group: EntityId(9) };
        assert_eq!(super::statement(words(one)), one);
        assert!(OpenBlob::read(&[]).is_some() && OpenBlob::read(b"{").is_none());
    }
}
