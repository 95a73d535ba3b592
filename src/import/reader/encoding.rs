//! Bytes of an export as text.

/// The text of these bytes: UTF-8, or UTF-16 with or without a byte order mark.
///
/// # Errors
///
/// If they are neither. The error is a sentence without its subject, which is the file.
pub(in crate::import) fn decode(bytes: Vec<u8>) -> Result<String, String> {
    match bytes.as_slice() {
        [0xef, 0xbb, 0xbf, ..] => utf8(bytes).map(|mut text| {
            text.drain(..'\u{feff}'.len_utf8());
            text
        }),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // JSON and CSV begin with a character of ASCII, which has a zero byte in UTF-16.
        [first, 0, ..] if *first != 0 => utf16(&bytes, u16::from_le_bytes),
        [0, second, ..] if *second != 0 => utf16(&bytes, u16::from_be_bytes),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: Vec<u8>) -> Result<String, String> {
    let text = String::from_utf8(bytes);
    text.map_err(|error| {
        format!("is not UTF-8 or UTF-16: byte {} does not belong there; save it as UTF-8", error.utf8_error().valid_up_to())
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text = char::decode_utf16(pairs.iter().map(|&pair| unit(pair))).collect::<Result<String, _>>();
    match text {
        Ok(text) if rest.is_empty() => Ok(text),
        _ => Err("is UTF-16 that is damaged: save it as UTF-8".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    fn encoded(text: &str, unit: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
        let mark = if mark { Some(0xfeff) } else { None };
        mark.into_iter().chain(text.encode_utf16()).flat_map(unit).collect()
    }

    #[test]
    fn all_forms_of_unicode_are_one_text() {
        let text = "[{\"a\": \"é😀\"}]";
        let mut with_mark = "\u{feff}".to_owned();
        with_mark.push_str(text);
        let forms = [
            text.as_bytes().to_vec(),
            with_mark.into_bytes(),
            encoded(text, u16::to_le_bytes, true),
            encoded(text, u16::to_be_bytes, true),
            encoded(text, u16::to_le_bytes, false),
            encoded(text, u16::to_be_bytes, false),
        ];
        for form in forms {
            assert_eq!(decode(form).unwrap(), text);
        }
    }

    #[test]
    fn other_bytes_are_refused() {
        assert!(decode(b"[\"\xe9\"]".to_vec()).unwrap_err().contains("byte 2"));
        let mut odd = encoded("[]", u16::to_le_bytes, true);
        odd.push(b'x');
        assert!(decode(odd).unwrap_err().contains("damaged"));
        assert!(decode(vec![0xff, 0xfe, 0x00, 0xd8]).unwrap_err().contains("damaged"));
        assert_eq!(decode(Vec::new()).unwrap(), "");
    }
}
