//! Whether a file that cannot be read as a pack looks like a world, or the other way round.

use super::pack_reader::is_of_pack;

/// The tables of a world that no pack has.
const OF_WORLDS: [&str; 4] = ["event", "fact", "unknown", "facts"];

/// Whether the text of a file in TOML looks like a world: it has `[[fact]]` or the like or headers of entities, and no element of a pack.
pub fn looks_like_world(text: &str) -> bool {
    let mut headers = headers(text).peekable();
    headers.peek().is_some()
        && headers.all(|(name, is_list)| {
            // `[rules.a]` is a misspelt element.
            if is_list {
                OF_WORLDS.contains(&name)
            } else {
                !is_of_pack(&name.to_lowercase()) && !is_of_pack(name.to_lowercase().trim_end_matches('s'))
            }
        })
}

/// Whether the text of a file in TOML looks like a pack: it has elements of a pack and nothing else.
pub fn looks_like_pack(text: &str) -> bool {
    let mut headers = headers(text).peekable();
    headers.peek().is_some() && headers.all(|(name, is_list)| !is_list && is_of_pack(name))
}

/// The first name of each header, and whether it is one of a list of tables.
fn headers(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.lines().filter_map(|line| {
        let inner = line.trim_start().strip_prefix('[')?;
        let (inner, is_list) = inner.strip_prefix('[').map_or((inner, false), |inner| (inner, true));
        let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').filter(|&end| end > 0)?;
        // A line that begins with a list is no header.
        inner[end..].trim_start().starts_with(['.', ']']).then_some((&inner[..end], is_list))
    })
}

#[cfg(test)]
mod tests {
    use super::{looks_like_pack, looks_like_world};

    #[test]
    fn packs_and_worlds_are_told_apart() {
        for (text, pack, world) in [
            ("[kind.user]\nsubject = true\n[rule.a]\nallow = [\n  \"x\",\n]", true, false),
            ("[rule.a]\nallow = [\"x\"]", true, false),
            ("[lints]\nidle-role = \"off\"", true, false),
            ("[rules.a]\nallow = [\"x\"]", false, false),
            ("[user.\"a@b\"]\npartner = \"partner:b\"\n[partner.b]", false, true),
            ("[[fact]]\nis = 'a in group:b'", false, true),
            ("[kind.user]\n[[fact]]\nis = 'a in group:b'", false, false),
            ("[event.a]\nadds = ['x in y']", true, false),
            ("[world]\nnot-imported = [\"dap\"]", false, true),
            ("[device.d7]\nowner = \"user:a\"", false, true),
            ("[Kind.user]\nsubject = true", false, false),
            ("", false, false),
            ("[\"a\", \"b\"]\n[é]\n[", false, false),
        ] {
            assert_eq!((looks_like_pack(text), looks_like_world(text)), (pack, world), "{text}");
        }
    }
}
