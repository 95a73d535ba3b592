//! Short texts as numbers, which are faster to compare and to hash.

use std::hash::{Hash, Hasher};

/// A text of up to 23 bytes: the bytes, zeros after them, and their number in the last byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InlineKey(pub [u64; 3]);

impl Hash for InlineKey {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.into_iter().for_each(|word| state.write_u64(word));
    }
}

/// The text as an [`InlineKey`]; `None` if it is longer than 23 bytes.
#[inline]
pub fn inline_key(text: &str) -> Option<InlineKey> {
    let bytes = text.as_bytes();
    let length = (bytes.len() as u64) << 56;
    match bytes.len() {
        0..8 => Some(InlineKey([word(bytes), 0, length])),
        8..16 => Some(InlineKey([word(bytes), word(&bytes[8..]), length])),
        16..24 => Some(InlineKey([word(bytes), word(&bytes[8..]), word(&bytes[16..]) | length])),
        _ => None,
    }
}

/// The first eight bytes as a little-endian number; missing bytes are zero.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    if let Some(eight) = bytes.first_chunk() {
        return u64::from_le_bytes(*eight);
    }
    let length = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        // Where the two overlap, their bits are the same.
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (length - 4));
    }
    let byte = |place: usize| u64::from(bytes[place]) << (8 * place);
    if length == 0 { 0 } else { byte(0) | byte(length / 2) | byte(length - 1) }
}

#[cfg(test)]
mod tests {
    use super::inline_key;

    #[test]
    fn a_key_is_the_bytes_and_their_number() {
        let text = "abcdefghijklmnopqrstuvwxyz";
        for length in 0..24 {
            let mut bytes = [0; 24];
            bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
            bytes[23] = u8::try_from(length).expect("a small number");
            let written: Vec<u8> =
                inline_key(&text[..length]).expect("short enough").0.iter().flat_map(|word| word.to_le_bytes()).collect();
            assert_eq!(written, bytes, "{length} bytes");
        }
        assert_eq!(inline_key(&text[..24]), None);
        assert_ne!(inline_key("a\0"), inline_key("a"));
    }
}
