//! What the sections of a packed world hold, checked so that no read of it panics or goes on without end, and no two reads of one thing
//! differ.
//!
//! When a world is opened, the sizes of its sections are compared with one another and with the policy, and the places of the columns of the
//! index with the rows. What grows with the world is checked block by block, when a block is first read: `fact_check` looks at facts,
//! `row_check` at the index. A check may read beyond its block, but only near what it checks, so that opening a big world reads little.
//! What would need a read anywhere is left to [`World::defect`](crate::world::World::defect): whether a name leads to its
//! entity, and whether a posting list has the right facts.

use super::bounds::{Bounds, Raw};
use super::container::{Archive, CheckContent};
use super::fact_check::{is_fact_sound, is_interval_sound, is_tuple_sound, is_wide_interval_sound};
use super::row_check::RowCheck;
use super::section::Section;
use crate::policy::{KindId, Policy};
use crate::world::ids::EntityId;
use crate::world::model::ExportFile;
use crate::world::store::perfect_hash::{EntryKey, IndexEntry};
use std::ops::Range;

/// The checks of one packed world.
#[derive(Debug)]
pub(super) struct Content {
    bounds: Bounds,
    rows: RowCheck,
}

impl Content {
    /// The checks of a packed world; `None` if its sections do not fit each other or the policy.
    pub(super) fn of(policy: &Policy, archive: &Archive) -> Option<Content> {
        let raw = Raw(archive);
        let bounds = Bounds::of(policy, raw)?;
        let entities = bounds.entities() as usize;
        let is_whole = |&section: &Section| archive.section(section as usize).len().is_multiple_of(section.size());
        let names = raw.bytes(Section::FileNames, 0..raw.count(Section::FileNames))?;
        let names = names.split(|&byte| byte == 0).count();
        let before = |at: usize| raw.get::<u32>(Section::FilesBefore, at);
        let files = raw.count(Section::FilesBefore);
        let fits = archive.section_count() == Section::ALL.len()
            && Section::ALL.iter().all(is_whole)
            && raw.count(Section::IdEnds) == entities + 1
            && raw.count(Section::LimitedLife) == entities.div_ceil(64)
            && raw.count(Section::EntityLines) == entities
            && raw.count(Section::LimitedLives) == raw.count(Section::Lives)
            && raw.count(Section::FactLines) == raw.count(Section::Statements)
            && [raw.count(Section::KeyOwners) + 1, 0].contains(&raw.count(Section::KeyEnds))
            && raw.count(Section::OriginNumbers) == raw.count(Section::OriginLines)
            && raw.count(Section::ExportEnds).saturating_sub(1).is_multiple_of(ExportFile::TEXTS)
            && raw.count(Section::InlineTuples) <= raw.count(Section::Lists)
            && (files == names || files == 0)
            && (1..files).all(|at| before(at - 1) <= before(at));
        let rows = RowCheck::of(&bounds, raw)?;
        fits.then_some(Content { bounds, rows })
    }

    /// What the numbers in it must be within.
    pub(super) fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Whether the text that ends at this place of `ends` is one, and is after the text before it if both are of one kind.
    fn is_text_end_sound(&self, raw: Raw<'_>, texts: &Texts, at: usize) -> bool {
        let end = |at: usize| raw.get::<u32>(texts.ends, at) as usize;
        let Some(number) = at.checked_sub(1) else { return end(0) == 0 };
        let text = |number: usize| raw.bytes(texts.bytes, end(number)..end(number + 1));
        let Some(own) = text(number).filter(|text| std::str::from_utf8(text).is_ok()) else { return false };
        let kind = |number: usize| texts.kind(&self.bounds, raw, number);
        number == 0
            || !texts.of.is_sorted()
            || kind(number - 1) < kind(number)
            || kind(number - 1) == kind(number) && text(number - 1).is_some_and(|text| text < own)
    }

    /// Whether the place of a name is free, or that of one of so many things, whose names are in `texts`.
    fn is_name_sound(raw: Raw<'_>, [places, texts]: [Section; 2], count: usize, at: usize) -> bool {
        let entry: IndexEntry = raw.get(places, at);
        let (number, key) = entry.entity();
        let is_there = (number.0 as usize) < count;
        match key {
            EntryKey::Free => true,
            EntryKey::InlineKey(_) => is_there,
            EntryKey::Long(text) => is_there && text.start <= text.end && text.end <= raw.count(texts),
        }
    }
}

/// Texts one after the other, most of them sorted by kind and then by text.
struct Texts {
    ends: Section,
    bytes: Section,
    of: TextsOf,
}

#[derive(Clone, Copy)]
enum TextsOf {
    Entities,
    Keys,
    Values,
    Origins,
    Exports,
}

impl TextsOf {
    /// Whether texts of one kind are in order, each once.
    fn is_sorted(self) -> bool {
        !matches!(self, TextsOf::Origins | TextsOf::Exports)
    }
}

impl Texts {
    /// The kind by which the text of this number is sorted.
    fn kind(&self, bounds: &Bounds, raw: Raw<'_>, number: usize) -> Option<KindId> {
        let ent = match self.of {
            TextsOf::Entities => u32::try_from(number).ok()?,
            TextsOf::Keys => raw.get(Section::KeyOwners, number),
            TextsOf::Values | TextsOf::Origins | TextsOf::Exports => return None,
        };
        bounds.kind(EntityId(ent))
    }
}

const IDS: Texts = Texts { ends: Section::IdEnds, bytes: Section::Ids, of: TextsOf::Entities };
const KEYS: Texts = Texts { ends: Section::KeyEnds, bytes: Section::KeyTexts, of: TextsOf::Keys };
const VALUES: Texts = Texts { ends: Section::TextEnds, bytes: Section::Texts, of: TextsOf::Values };
const ORIGINS: Texts = Texts { ends: Section::OriginEnds, bytes: Section::Origins, of: TextsOf::Origins };
const EXPORTS: Texts = Texts { ends: Section::ExportEnds, bytes: Section::Exports, of: TextsOf::Exports };

fn is_limited_life_sound(bounds: &Bounds, raw: Raw<'_>, at: usize) -> bool {
    let ent = |at: usize| raw.get::<u32>(Section::LimitedLives, at);
    ent(at) < bounds.entities() && (at == 0 || ent(at - 1) < ent(at))
}

fn is_origin_line_sound(raw: Raw<'_>, at: usize) -> bool {
    let line = |at: usize| raw.get::<u32>(Section::OriginLines, at);
    at == 0 || line(at - 1) < line(at)
}

fn is_further_line_sound(raw: Raw<'_>, at: usize) -> bool {
    let fact = |at: usize| raw.get::<[u32; 2]>(Section::FurtherFactLines, at)[0];
    (fact(at) as usize) < raw.count(Section::Statements) && (at == 0 || fact(at - 1) <= fact(at))
}

impl CheckContent for Content {
    fn is_sound(&self, archive: &Archive, section: usize, place: Range<usize>) -> bool {
        let raw = Raw(archive);
        let Some(&section) = Section::ALL.get(section) else { return false };
        let start = archive.section(section as usize).start;
        let size = section.size();
        let places = (place.start - start) / size..(place.end - start).div_ceil(size);
        let all = |is_sound: &dyn Fn(usize) -> bool| places.clone().all(is_sound);
        match section {
            Section::IdEnds => all(&|at| self.is_text_end_sound(raw, &IDS, at)),
            Section::KeyEnds => all(&|at| self.is_text_end_sound(raw, &KEYS, at)),
            Section::TextEnds => all(&|at| self.is_text_end_sound(raw, &VALUES, at)),
            Section::OriginEnds => all(&|at| self.is_text_end_sound(raw, &ORIGINS, at)),
            Section::ExportEnds => all(&|at| self.is_text_end_sound(raw, &EXPORTS, at)),
            Section::OriginLines => all(&|at| is_origin_line_sound(raw, at)),
            Section::OriginNumbers => {
                let origins = raw.count(Section::OriginEnds).saturating_sub(1);
                all(&|at| (raw.get::<u32>(Section::OriginNumbers, at) as usize) < origins)
            }
            Section::LimitedLives => all(&|at| is_limited_life_sound(&self.bounds, raw, at)),
            Section::Lives => all(&|at| raw.get::<[i64; 2]>(Section::Lives, at).is_sorted()),
            Section::NamePlaces => {
                let entities = self.bounds.entities() as usize;
                all(&|at| Content::is_name_sound(raw, [Section::NamePlaces, Section::Ids], entities, at))
            }
            Section::KeyPlaces => {
                let keys = raw.count(Section::KeyOwners);
                all(&|at| Content::is_name_sound(raw, [Section::KeyPlaces, Section::KeyTexts], keys, at))
            }
            Section::KeyOwners => all(&|at| raw.get::<u32>(Section::KeyOwners, at) < self.bounds.entities()),
            Section::Statements => all(&|fact| is_fact_sound(&self.bounds, raw, fact)),
            Section::WideIntervals => all(&|at| is_wide_interval_sound(raw, at)),
            Section::Intervals => all(&|at| is_interval_sound(raw, at)),
            Section::Rows => {
                let per_line = size / size_of::<u32>();
                self.rows.are_rows_sound(&self.bounds, raw, &(places.start * per_line..places.end * per_line))
            }
            Section::Lists => all(&|at| (raw.get::<u32>(Section::Lists, at) as usize) < raw.count(Section::Statements)),
            Section::InlineTuples => all(&|at| is_tuple_sound(&self.bounds, raw, at)),
            Section::FurtherFactLines => all(&|at| is_further_line_sound(raw, at)),
            // The first four are compared when the world is opened, and what it leaves open is read then. Of the others any number is right:
            // lines, flags, bytes of texts, and pilots, with which a name leads to another place or to none.
            Section::OfKind
            | Section::Locations
            | Section::FilesBefore
            | Section::FileNames
            | Section::Declared
            | Section::LimitedLife
            | Section::Ids
            | Section::Pilots
            | Section::Texts
            | Section::FactLines
            | Section::EntityLines
            | Section::Open
            | Section::GivenSets
            | Section::KeyTexts
            | Section::KeyPilots
            | Section::Origins
            | Section::Exports => true,
        }
    }
}
