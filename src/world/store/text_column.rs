//! A column of texts.

use super::column::Column;

/// Texts, one after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextColumn {
    /// Text `n` is at `ends[n]..ends[n + 1]` of `bytes`; empty if there is no text.
    pub(crate) ends: Column<u32>,
    /// The texts.
    pub(crate) bytes: Column<u8>,
}

impl TextColumn {
    /// The column of these texts.
    pub(crate) fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> TextColumn {
        let (mut ends, mut bytes) = (vec![0], Vec::new());
        for text in texts {
            bytes.extend_from_slice(text.as_bytes());
            ends.push(u32::try_from(bytes.len()).expect("texts of fewer than four billion bytes"));
        }
        if ends.len() == 1 { TextColumn::default() } else { TextColumn { ends: ends.into(), bytes: bytes.into() } }
    }

    /// How many texts it has.
    pub(crate) fn len(&self) -> usize {
        self.ends.len().saturating_sub(1)
    }

    /// The place of a text among the bytes of all.
    pub(crate) fn place(&self, number: usize) -> std::ops::Range<u32> {
        self.ends.get(number)..self.ends.get(number + 1)
    }

    /// A text by its number; empty if there is none.
    pub(crate) fn get(&self, number: usize) -> &str {
        let place = self.place(number);
        std::str::from_utf8(self.bytes.slice(place.start as usize..place.end as usize)).unwrap_or_default()
    }

    /// All texts in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|number| self.get(number))
    }
}
