//! The sections of a packed world: columns in the form that they have in memory, so that opening a packed world parses nothing.

use super::container::{self, Archive, SnapshotBytes, Unreadable};
use super::content::Content;
use super::section::Section;
use crate::policy::Policy;
use crate::syntax;
use crate::time::Instant;
use crate::world::load;
use crate::world::model::ExportFile;
use crate::world::open::{Denied, OpenBlob};
use crate::world::store::column::Column;
use crate::world::store::entities::EntityTable;
use crate::world::store::facts::FactStore;
use crate::world::store::key_table::KeyTable;
use crate::world::store::origins::Origins;
use crate::world::store::perfect_hash::NameIndex;
use crate::world::store::provenance::Provenance;
use crate::world::store::text_column::TextColumn;
use crate::world::world::World;
use std::io::{self, Write};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// The fingerprint of a pack: a hash of its meaning. A packed world is opened only with a pack of the same meaning as the one that it was
/// packed with: its ids are ids of that pack, and its events and invariants were checked under it.
fn fingerprint(policy: &Policy) -> u64 {
    let texts = policy.sources.files().map(|file| policy.sources.text(file));
    xxh3_64(syntax::meaning(texts).as_bytes())
}

impl ExportFile {
    /// How many texts a file has.
    pub(super) const TEXTS: usize = 4;

    /// What is between the items of a list in one text: no text of a vendor has this control character.
    const BETWEEN: char = '\u{1f}';

    /// Four texts a file: its name, its SHA-256, when it was captured and what is lacking; empty for none.
    fn column(files: &[ExportFile]) -> TextColumn {
        let texts = files.iter().flat_map(|export| {
            let captured = export.captured.map(|captured| captured.to_string());
            [
                export.file.clone(),
                export.sha256.clone().unwrap_or_default(),
                captured.unwrap_or_default(),
                export.lacks.join(&Self::BETWEEN.to_string()),
            ]
        });
        TextColumn::of(texts.collect::<Vec<_>>().iter().map(String::as_str))
    }

    fn of_column(texts: &TextColumn) -> Vec<ExportFile> {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let file = |file: &[&str]| ExportFile {
            file: file[0].to_owned(),
            sha256: given(file[1]),
            captured: Instant::parse(file[2]).ok(),
            lacks: file[3].split(Self::BETWEEN).filter(|lack| !lack.is_empty()).map(str::to_owned).collect(),
        };
        texts.iter().collect::<Vec<_>>().chunks_exact(ExportFile::TEXTS).map(file).collect()
    }
}

impl World {
    /// Writes a loaded world, so that [`World::unpack`] opens it without parsing. If it was changed since, a compacted copy is written.
    ///
    /// # Errors
    ///
    /// If `out` cannot be written to, or if the texts of the world's files are still in memory; they are dropped once the world is loaded
    /// without mistakes.
    pub fn pack(&self, policy: &Policy, out: &mut dyn Write) -> io::Result<()> {
        if !self.delta.is_empty() {
            let mut compacted = self.clone();
            compacted.compact();
            return compacted.pack(policy, out);
        }
        let (entities, facts) = (&self.entities, &self.store);
        let of_kind: Column<[u32; 2]> = entities.of_kind().iter().map(|range| [range.start, range.end]).collect::<Vec<_>>().into();
        let Provenance::Lines { first, more, files } = &facts.places else {
            return Err(io::Error::other("the world was not loaded to its end"));
        };
        let befores: Column<u32> = files.iter().map(|&(_, before)| before).collect::<Vec<_>>().into();
        let names: Vec<&str> = files.iter().map(|(name, _)| &**name).collect();
        let names = names.join("\0").into_bytes();
        let open = OpenBlob::of(&self.open, &self.denials).bytes();
        let exports = ExportFile::column(&self.exports);
        let sections = [
            of_kind.bytes(),
            entities.declared.bytes(),
            entities.limited_life.bytes(),
            entities.ends.bytes(),
            entities.ids.bytes(),
            entities.limited_lives.bytes(),
            entities.lives.bytes(),
            entities.by_name.pilots.bytes(),
            entities.by_name.places.bytes(),
            self.texts.ends.bytes(),
            self.texts.bytes.bytes(),
            facts.statements.bytes(),
            facts.wide_intervals.bytes(),
            facts.intervals.bytes(),
            facts.locations.bytes(),
            facts.rows.bytes(),
            facts.lists.bytes(),
            facts.inline_tuples.bytes(),
            first.bytes(),
            entities.lines.bytes(),
            more.bytes(),
            befores.bytes(),
            &names,
            &open,
            self.sets.bits.bytes(),
            self.keys.owners.bytes(),
            self.keys.texts.ends.bytes(),
            self.keys.texts.bytes.bytes(),
            self.keys.by_text.pilots.bytes(),
            self.keys.by_text.places.bytes(),
            self.origins.lines.bytes(),
            self.origins.numbers.bytes(),
            self.origins.texts.ends.bytes(),
            self.origins.texts.bytes.bytes(),
            exports.ends.bytes(),
            exports.bytes.bytes(),
        ];
        container::write(&sections, fingerprint(policy), out)
    }

    /// Opens a world that was packed with this pack. Damage in a block is found only when the block is first read: see
    /// [`World::is_damaged`].
    ///
    /// # Errors
    ///
    /// If the bytes are of another version or pack, or are damaged where they are read at once.
    pub fn unpack(policy: &Policy, bytes: SnapshotBytes) -> Result<World, Unreadable> {
        if cfg!(target_endian = "big") {
            return Err(Unreadable::Version);
        }
        let mut archive = Archive::open(bytes, fingerprint(policy))?;
        let content = Content::of(policy, &archive).ok_or(Unreadable::Damaged)?;
        let bounds = content.bounds().clone();
        archive.check_content(Box::new(content));
        let container = &Arc::new(archive);
        let texts = |ends: Section, bytes: Section| TextColumn {
            ends: Column::packed(container, ends as usize),
            bytes: Column::packed(container, bytes as usize),
        };
        let of_kind: Column<[u32; 2]> = Column::packed(container, Section::OfKind as usize);
        let mut entities = EntityTable {
            declared: Column::packed(container, Section::Declared as usize),
            limited_life: Column::packed(container, Section::LimitedLife as usize),
            ends: Column::packed(container, Section::IdEnds as usize),
            ids: Column::packed(container, Section::Ids as usize),
            limited_lives: Column::packed(container, Section::LimitedLives as usize),
            lives: Column::packed(container, Section::Lives as usize),
            by_name: NameIndex {
                pilots: Column::packed(container, Section::Pilots as usize),
                places: Column::packed(container, Section::NamePlaces as usize),
            },
            spans: Vec::new(),
            lines: Column::packed(container, Section::EntityLines as usize),
            ..EntityTable::default()
        };
        entities.set_kinds(of_kind.slice(0..of_kind.len()).iter().map(|&[start, end]| start..end).collect());
        if container.is_damaged() {
            // The kinds of entities are needed below.
            return Err(Unreadable::Damaged);
        }
        let befores: Column<u32> = Column::packed(container, Section::FilesBefore as usize);
        let names: Column<u8> = Column::packed(container, Section::FileNames as usize);
        let names = String::from_utf8_lossy(names.slice(0..names.len())).into_owned();
        let files = names.split('\0').map(Arc::from).zip(befores.slice(0..befores.len()).iter().copied()).collect();
        let facts = FactStore {
            statements: Column::packed(container, Section::Statements as usize),
            wide_intervals: Column::packed(container, Section::WideIntervals as usize),
            intervals: Column::packed(container, Section::Intervals as usize),
            places: Provenance::Lines {
                first: Column::packed(container, Section::FactLines as usize),
                more: Column::packed(container, Section::FurtherFactLines as usize),
                files,
            },
            locations: Column::packed(container, Section::Locations as usize),
            rows: Column::packed(container, Section::Rows as usize),
            lists: Column::packed(container, Section::Lists as usize),
            inline_tuples: Column::packed(container, Section::InlineTuples as usize),
        };
        let mut world = World::with_entities(policy, policy.sources.clone(), entities).ok_or(Unreadable::Damaged)?;
        world.texts = world
            .texts
            .with_base(Column::packed(container, Section::TextEnds as usize), Column::packed(container, Section::Texts as usize));
        world.set_store(facts);
        load::set_defaults(policy, &mut world);
        world.keys = Arc::new(KeyTable {
            owners: Column::packed(container, Section::KeyOwners as usize),
            texts: texts(Section::KeyEnds, Section::KeyTexts),
            by_text: NameIndex {
                pilots: Column::packed(container, Section::KeyPilots as usize),
                places: Column::packed(container, Section::KeyPlaces as usize),
            },
        });
        world.origins = Arc::new(Origins {
            lines: Column::packed(container, Section::OriginLines as usize),
            numbers: Column::packed(container, Section::OriginNumbers as usize),
            texts: texts(Section::OriginEnds, Section::Origins),
        });
        world.exports = Arc::new(ExportFile::of_column(&texts(Section::ExportEnds, Section::Exports)));
        let given: Column<u64> = Column::packed(container, Section::GivenSets as usize);
        let sets = Arc::make_mut(&mut world.sets);
        let same_size = given.len() == sets.bits.len();
        sets.bits = given;
        world.archive = Some(container.clone());
        let open: Column<u8> = Column::packed(container, Section::Open as usize);
        let open = OpenBlob::read(open.slice(0..open.len())).ok_or(Unreadable::Damaged)?;
        let admits = |denied| match denied {
            Denied::Fact(statement) => bounds.admits(statement),
            Denied::Attribute(ent, attribute) | Denied::Others(ent, attribute) => bounds.has_attribute(ent, attribute),
        };
        load::reopen(policy, &mut world, &open, admits).ok_or(Unreadable::Damaged)?;
        let fits = same_size && world.entities.of_kind().len() == policy.kinds.len();
        if !fits || world.is_damaged() { Err(Unreadable::Damaged) } else { Ok(world) }
    }

    /// Reads all of a packed world, and makes it once more of what it says. Returns what is wrong with it: a block is damaged, or a part of it
    /// is not what [`World::pack`] makes of the rest. Takes as long as loading the world, without the parsing; a world that was loaded from
    /// files has no defect.
    ///
    /// Whether the facts contradict one another, and whether they break an invariant, is asked by [`inconsistencies`](crate::world::inconsistencies)
    /// and by `events`.
    pub fn defect(&self, policy: &Policy) -> Option<Unreadable> {
        let archive = self.archive.as_ref()?;
        if !archive.is_whole() {
            return Some(Unreadable::Damaged);
        }
        let mut compared = Compared { rest: archive.all() };
        let same = self.rebuilt().pack(policy, &mut compared).is_ok() && compared.rest.is_empty();
        (!same).then_some(Unreadable::Inconsistent)
    }

    /// Whether it was opened from a packed world.
    pub fn is_packed(&self) -> bool {
        self.archive.is_some()
    }

    /// Whether a block that was read so far is damaged. Then answers from this world are void, since a damaged block reads as zeros.
    pub fn is_damaged(&self) -> bool {
        self.archive.as_ref().is_some_and(|archive| archive.is_damaged())
    }
}

/// Takes bytes that must be these. Fails at the first that is not.
struct Compared<'a> {
    rest: &'a [u8],
}

impl Write for Compared<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest = self.rest.strip_prefix(bytes).ok_or_else(|| io::Error::other(Unreadable::Inconsistent))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
