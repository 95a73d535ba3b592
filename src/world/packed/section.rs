//! The sections of a packed world, each a column of plain values.

use crate::world::store::encoding::PackedFact;
use crate::world::store::facts::InlineTuple;
use crate::world::store::line::CacheLine;
use crate::world::store::perfect_hash::IndexEntry;

macro_rules! sections {
    ($($section:ident: $value:ty,)*) => {
        /// The sections, in the order in which [`World::pack`](crate::world::World::pack) writes them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Section {
            $($section,)*
        }

        impl Section {
            /// All sections, by their number.
            pub(super) const ALL: &[Section] = &[$(Section::$section,)*];

            /// The size of one value in bytes.
            pub(super) fn size(self) -> usize {
                match self {
                    $(Section::$section => size_of::<$value>(),)*
                }
            }
        }
    };
}

sections! {
    OfKind: [u32; 2],
    Declared: u8,
    LimitedLife: u64,
    IdEnds: u32,
    Ids: u8,
    LimitedLives: u32,
    Lives: [i64; 2],
    Pilots: u16,
    NamePlaces: IndexEntry,
    TextEnds: u32,
    Texts: u8,
    Statements: PackedFact,
    WideIntervals: [u32; 2],
    Intervals: [i64; 2],
    Locations: [u32; 4],
    Rows: CacheLine,
    Lists: u32,
    InlineTuples: InlineTuple,
    FactLines: u32,
    EntityLines: u32,
    FurtherFactLines: [u32; 2],
    FilesBefore: u32,
    FileNames: u8,
    Open: u8,
    GivenSets: u64,
    KeyOwners: u32,
    KeyEnds: u32,
    KeyTexts: u8,
    KeyPilots: u16,
    KeyPlaces: IndexEntry,
    OriginLines: u32,
    OriginNumbers: u32,
    OriginEnds: u32,
    Origins: u8,
    ExportEnds: u32,
    Exports: u8,
}
