//! Names in braces in a text for people: `{1}` in `says`, `{resource}` in the title of an action, `{room}` in a `text`.

/// A brace in a text, up to the brace that closes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placeholder<'t> {
    /// The text from its brace to the closing one: `{room}`. A brace that opens nothing or is not closed is such a text too: `{room`, `}`.
    pub text: &'t str,
    /// The byte offset of `text`.
    pub at: usize,
}

impl<'t> Placeholder<'t> {
    /// What is between the braces; `None` if a brace is missing.
    pub fn name(&self) -> Option<&'t str> {
        self.text.strip_prefix('{')?.strip_suffix('}')
    }
}

/// The placeholders of a text, in order.
pub fn placeholders(text: &str) -> impl Iterator<Item = Placeholder<'_>> {
    let mut end = 0;
    std::iter::from_fn(move || {
        let at = end + text[end..].find(['{', '}'])?;
        end = text[at..].find('}').map_or(text.len(), |close| at + close + 1);
        Some(Placeholder { text: &text[at..end], at })
    })
}

#[cfg(test)]
mod tests {
    use super::placeholders;

    fn check(text: &str) -> String {
        let found = placeholders(text).map(|found| format!("{}@{}={}", found.text, found.at, found.name().unwrap_or("?")));
        found.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_brace_is_found() {
        assert_eq!(check("no brace"), "");
        assert_eq!(check("{1} is { two }"), "{1}@0=1 { two }@7= two ");
        assert_eq!(check("a } b {c"), "}@2=? {c@6=?");
        assert_eq!(check("{{x}}"), "{{x}@0={x }@4=?");
        assert_eq!(check("é{}"), "{}@2=");
    }
}
