//! Ends of paths and addresses, and forms of texts: `{relationship}/accessAssignments.json`.

use super::NameId;

/// A text with names in braces. Letters match without regard to case.
#[derive(Clone, Debug)]
pub(in crate::import) struct End {
    /// Texts in small letters, and the names between them.
    pub(super) parts: Vec<EndPart>,
}

/// A part of such a text.
#[derive(Clone, Debug)]
pub(super) enum EndPart {
    /// As written, in small letters.
    Text(String),
    /// What is bound: at least one character, and no `/` unless `whole`.
    Name(NameId, bool),
}

impl End {
    /// The names that it binds.
    pub(in crate::import) fn names(&self) -> impl Iterator<Item = NameId> + '_ {
        self.parts.iter().filter_map(|part| match part {
            EndPart::Name(name, _) => Some(*name),
            EndPart::Text(_) => None,
        })
    }

    /// What it binds in a text that is of this form as a whole.
    pub(in crate::import) fn of_whole<'t>(&self, text: &'t str) -> Option<Vec<(NameId, &'t str)>> {
        let mut bound = Vec::new();
        matches(&self.parts, text, &mut bound).then(|| {
            bound.reverse();
            bound
        })
    }

    /// What it binds at the end of a path or address; the end begins after a `/` or `#`, or where the path does.
    pub(in crate::import) fn of_path<'t>(&self, path: &'t str) -> Option<Vec<(NameId, &'t str)>> {
        let starts = path.char_indices().filter(|&(_, c)| matches!(c, '/' | '#')).map(|(at, _)| at + 1);
        std::iter::once(0).chain(starts).find_map(|start| self.of_whole(&path[start..]))
    }
}

/// Whether the text is of these parts. Names are pushed last to first.
fn matches<'t>(parts: &[EndPart], text: &'t str, bound: &mut Vec<(NameId, &'t str)>) -> bool {
    match parts {
        [] => text.is_empty(),
        [EndPart::Text(part), rest @ ..] => starts_alike(text, part).is_some_and(|after| matches(rest, after, bound)),
        [EndPart::Name(name, whole), rest @ ..] => {
            let longest = if *whole { text.len() } else { text.find('/').unwrap_or(text.len()) };
            let mut ends: Vec<usize> = text[..longest].char_indices().map(|(at, c)| at + c.len_utf8()).collect();
            ends.reverse();
            // A name before a text ends where the text first comes; the last one takes all.
            if !rest.is_empty() {
                ends.reverse();
            }
            ends.into_iter().any(|end| {
                let found = matches(rest, &text[end..], bound);
                if found {
                    bound.push((*name, &text[..end]));
                }
                found
            })
        }
    }
}

/// The rest of a text that begins with these small letters, in capitals or not.
fn starts_alike<'t>(text: &'t str, lower: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    for wanted in lower.chars() {
        let found = rest.next()?;
        if found != wanted && !found.to_lowercase().eq(std::iter::once(wanted)) {
            return None;
        }
    }
    Some(rest.as_str())
}
