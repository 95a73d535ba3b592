//! A decision for people: the verdict, and what to do or know, wrapped at the width of the page.

use super::layout::{PageWriter, piece};
use super::palette::Paint;

/// Each text after its label, such as `allow` or `obligation`.
pub fn render<'a>(lines: impl IntoIterator<Item = (&'a str, String)>, width: usize) -> String {
    let mut page = PageWriter::new(false, width);
    for (label, text) in lines {
        page.paragraph(&[], "  ", &[piece(Paint::Plain, &format!("{label}: ")), piece(Paint::Plain, &text)]);
    }
    page.into_text()
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn lines_are_wrapped_and_texts_are_safe() {
        let lines =
            [("deny (not granted)", "alice@contoso may not view the device of fabrikam".to_owned()), ("advice", "a\u{1b}b".to_owned())];
        assert_eq!(render(lines, 40), "deny (not granted): alice@contoso may\n  not view the device of fabrikam\nadvice: a␛b\n");
    }
}
