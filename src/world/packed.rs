//! Worlds packed and opened again: each column is a section, so that nothing is parsed.

use super::archive::{self, Archive, Bytes, Unreadable};
use super::by_name::ByName;
use super::column::Column;
use super::ledger::Ledger;
use super::load;
use super::model::Read;
use super::places::Places;
use super::roll::Roll;
use super::store::World;
use crate::policy::Policy;
use std::io::{self, Write};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// What tells a pack from another: the texts of its files, whatever their order and names.
fn fingerprint(policy: &Policy) -> u64 {
    let mut sums: Vec<u64> = policy.sources.files().map(|file| xxh3_64(policy.sources.text(file).as_bytes())).collect();
    sums.sort_unstable();
    let bytes: Vec<u8> = sums.iter().flat_map(|sum| sum.to_le_bytes()).collect();
    xxh3_64(&bytes)
}

/// The sections, in order.
enum Section {
    OfKind,
    IsDeclared,
    Mortal,
    IdEnds,
    Ids,
    Mortals,
    Lives,
    Pilots,
    ByName,
    TextEnds,
    Texts,
    Bodies,
    Spelled,
    Spells,
    Shelves,
    Rows,
    Lists,
    Edges,
    Lines,
    Declared,
    FurtherLines,
    FilesBefore,
    FileNames,
    ClosedRelations,
    ClosedRoles,
    ClosedAttributes,
    Unknown,
}

impl World {
    /// Writes a loaded world so that [`World::unpack`] opens it without parsing. Nothing assumed is written.
    pub fn pack(&self, policy: &Policy, out: &mut dyn Write) -> io::Result<()> {
        let (roll, ledger) = (&self.roll, &self.ledger);
        let of_kind: Column<[u32; 2]> = roll.of_kind().iter().map(|range| [range.start, range.end]).collect::<Vec<_>>().into();
        let Places::Lines { first, more, files } = &ledger.places else {
            return Err(io::Error::other("the world was not loaded to its end"));
        };
        let befores: Column<u32> = files.iter().map(|&(_, before)| before).collect::<Vec<_>>().into();
        let names: Vec<&str> = files.iter().map(|(name, _)| &**name).collect();
        let names = names.join("\0").into_bytes();
        let flags = |flags: &[bool]| flags.iter().map(|&flag| u8::from(flag)).collect::<Vec<u8>>();
        let unknown: Vec<bool> = self.silence.iter().map(|silence| silence.read == Read::Unknown).collect();
        let (relations, roles, attributes) = (flags(&self.closed_relations), flags(&self.closed_roles), flags(&self.closed_attributes));
        let sections = [
            of_kind.bytes(),
            roll.declared.bytes(),
            roll.mortal.bytes(),
            roll.ends.bytes(),
            roll.ids.bytes(),
            roll.mortals.bytes(),
            roll.lives.bytes(),
            roll.by_name.pilots.bytes(),
            roll.by_name.places.bytes(),
            self.texts.ends.bytes(),
            self.texts.bytes.bytes(),
            ledger.bodies.bytes(),
            ledger.spelled.bytes(),
            ledger.spells.bytes(),
            ledger.shelves.bytes(),
            ledger.rows.bytes(),
            ledger.lists.bytes(),
            ledger.edges.bytes(),
            first.bytes(),
            roll.lines.bytes(),
            more.bytes(),
            befores.bytes(),
            &names,
            &relations,
            &roles,
            &attributes,
            &flags(&unknown),
        ];
        archive::write(&sections, fingerprint(policy), out)
    }

    /// Opens a packed world, which was packed with this pack. What is wrong with blocks that are not read yet shows only later: see
    /// [`World::is_damaged`].
    pub fn unpack(policy: &Policy, bytes: Bytes) -> Result<World, Unreadable> {
        if cfg!(target_endian = "big") {
            return Err(Unreadable::Version);
        }
        let archive = Arc::new(Archive::open(bytes, fingerprint(policy))?);
        let archive = &archive;
        let flags = |section: Section| -> Vec<bool> {
            let bytes: Column<u8> = Column::packed(archive, section as usize);
            bytes.slice(0..bytes.len()).iter().map(|&flag| flag != 0).collect()
        };
        let of_kind: Column<[u32; 2]> = Column::packed(archive, Section::OfKind as usize);
        let mut roll = Roll {
            declared: Column::packed(archive, Section::IsDeclared as usize),
            mortal: Column::packed(archive, Section::Mortal as usize),
            ends: Column::packed(archive, Section::IdEnds as usize),
            ids: Column::packed(archive, Section::Ids as usize),
            mortals: Column::packed(archive, Section::Mortals as usize),
            lives: Column::packed(archive, Section::Lives as usize),
            by_name: ByName {
                pilots: Column::packed(archive, Section::Pilots as usize),
                places: Column::packed(archive, Section::ByName as usize),
            },
            spans: Vec::new(),
            lines: Column::packed(archive, Section::Declared as usize),
            ..Roll::default()
        };
        roll.set_kinds(of_kind.slice(0..of_kind.len()).iter().map(|&[start, end]| start..end).collect());
        let befores: Column<u32> = Column::packed(archive, Section::FilesBefore as usize);
        let names: Column<u8> = Column::packed(archive, Section::FileNames as usize);
        let names = String::from_utf8_lossy(names.slice(0..names.len())).into_owned();
        let files = names.split('\0').map(Arc::from).zip(befores.slice(0..befores.len()).iter().copied()).collect();
        let ledger = Ledger {
            bodies: Column::packed(archive, Section::Bodies as usize),
            spelled: Column::packed(archive, Section::Spelled as usize),
            spells: Column::packed(archive, Section::Spells as usize),
            places: Places::Lines {
                first: Column::packed(archive, Section::Lines as usize),
                more: Column::packed(archive, Section::FurtherLines as usize),
                files,
            },
            shelves: Column::packed(archive, Section::Shelves as usize),
            rows: Column::packed(archive, Section::Rows as usize),
            lists: Column::packed(archive, Section::Lists as usize),
            edges: Column::packed(archive, Section::Edges as usize),
        };
        let mut world = World::over(policy, policy.sources.clone(), roll).ok_or(Unreadable::Damaged)?;
        world.texts =
            world.texts.with_settled(Column::packed(archive, Section::TextEnds as usize), Column::packed(archive, Section::Texts as usize));
        world.set_ledger(ledger);
        load::set_silence(policy, &mut world);
        for (silence, unknown) in world.silence.iter_mut().zip(flags(Section::Unknown)) {
            if unknown {
                silence.read = Read::Unknown;
            }
        }
        world.closed_relations = flags(Section::ClosedRelations);
        world.closed_roles = flags(Section::ClosedRoles);
        world.closed_attributes = flags(Section::ClosedAttributes);
        world.archive = Some(archive.clone());
        let fits = world.closed_relations.len() == policy.relations.len()
            && world.closed_roles.len() == policy.roles.len()
            && world.closed_attributes.len() == policy.attributes.len()
            && world.roll.of_kind().len() == policy.kinds.len();
        if world.is_damaged() || !fits { Err(Unreadable::Damaged) } else { Ok(world) }
    }

    /// Reads all of a packed world; says whether it is as it was written.
    pub fn is_whole(&self) -> bool {
        self.archive.as_ref().is_none_or(|archive| archive.is_whole())
    }

    /// Whether a packed world turned out to be damaged in what was read so far: then no answer of it counts.
    pub fn is_damaged(&self) -> bool {
        self.archive.as_ref().is_some_and(|archive| archive.is_damaged())
    }
}
