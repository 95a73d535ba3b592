//! What names look like, and which are taken.

use super::Text;
use crate::diag::phrases::{Limit, shorten, with_article};
use crate::diag::{Code, Diagnostic};

const MOST: usize = 256;
const MOST_CLAIM: usize = 64;

/// Words of the language, which cannot be the name of a kind, relation, role, variable or parameter.
const RESERVED: [&str; 14] =
    ["and", "or", "not", "holds", "on", "in", "within", "is", "toggle", "was", "true", "false", "subject", "resource"];
/// What a world or the language itself means by these.
const NO_KIND: [&str; 5] = ["role", "fact", "event", "world", "entity"];
/// What an event in a world says beside its parameters.
const NO_PARAMETER: [&str; 4] = ["at", "by", "do", "event"];

/// Which names may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// Any in kebab-case.
    Any,
    /// No word of the language.
    Unreserved,
    /// A kind's.
    Kind,
    /// A parameter's.
    Parameter,
    /// An action's: names joined by dots.
    Action,
    /// A claim's: as its source writes it.
    Claim,
}

/// Whether the word is one of the language.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// The mistake in the name of a `sort` (`kind`), if there is one.
pub(super) fn check(name: &Text, sort: &str, naming: Naming) -> Option<Diagnostic> {
    let most = if naming == Naming::Claim { MOST_CLAIM } else { MOST };
    if name.value.chars().nth(most).is_some() {
        let headline = format!("the name of {} is longer than {most} characters", with_article(sort));
        let help = if naming == Naming::Claim {
            "a short id such as `DAP-1` is cited; where it stands is for its text and documents"
        } else {
            "choose a shorter one"
        };
        return Some(Diagnostic::new(Code::TooLong, headline, name.span, "too long").help(help));
    }
    let right = match naming {
        Naming::Claim => !name.value.is_empty() && name.value.chars().all(|c| c.is_alphanumeric() || "-_.:/#".contains(c)),
        Naming::Action => name.value.split('.').all(is_name),
        _ => is_name(&name.value),
    };
    if !right {
        return Some(bad_name(name, sort, naming));
    }
    let reserved = match naming {
        Naming::Any | Naming::Action | Naming::Claim => false,
        Naming::Unreserved => is_reserved(&name.value),
        Naming::Kind => is_reserved(&name.value) || NO_KIND.contains(&&*name.value),
        Naming::Parameter => is_reserved(&name.value) || NO_PARAMETER.contains(&&*name.value),
    };
    let headline = || format!("`{}` cannot be the name of {}", name.value, with_article(sort));
    reserved.then(|| Diagnostic::new(Code::ReservedName, headline(), name.span, "a word of the language").help("choose another name"))
}

/// `[a-z][a-z0-9]*(-[a-z0-9]+)*`
fn is_name(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.split('-').all(part)
}

fn bad_name(name: &Text, sort: &str, naming: Naming) -> Diagnostic {
    let says = match naming {
        Naming::Claim => "a claim's id has letters, digits and `-_.:/#` alone",
        Naming::Action => "an action's name is kebab-case names joined by dots",
        _ => "a name is kebab-case: `a-z`, `0-9` and single hyphens, a letter first",
    };
    let headline = format!("`{}` is no name for {}", shorten(&name.value, Limit::NAME), with_article(sort));
    let diagnostic = Diagnostic::new(Code::BadName, headline, name.span, "").note(says);
    let meant = match naming {
        Naming::Claim => None,
        Naming::Action => name.value.split('.').map(kebab).collect::<Option<Vec<_>>>().map(|parts| parts.join(".")),
        _ => kebab(&name.value),
    };
    match meant {
        Some(meant) => diagnostic.help(format!("write `{meant}`")).patch(name.span, meant),
        None => diagnostic.help("choose another name"),
    }
}

/// The text as a name, if its letters make one: `SiteLead`, `site_lead` and `Site lead` are `site-lead`.
pub(super) fn kebab(text: &str) -> Option<String> {
    let mut name = String::new();
    let mut after_small = false;
    for c in text.chars() {
        let hump = c.is_ascii_uppercase() && after_small;
        after_small = c.is_ascii_lowercase() || c.is_ascii_digit();
        if hump || !c.is_ascii_alphanumeric() {
            name.push('-');
        }
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        }
    }
    let name = name.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    is_name(&name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{Naming, check};
    use crate::syntax::Text;
    use crate::text::{FileId, Span};

    fn checked(name: &str, naming: Naming) -> String {
        let text = Text::new(name.to_owned(), Span::new(FileId(0), 0, name.len()));
        check(&text, "kind", naming).map_or_else(
            || "fine".to_owned(),
            |d| format!("{} {} | {}", d.code.name(), d.headline, d.patch.map(|patch| patch.replacement).unwrap_or_default()),
        )
    }

    #[test]
    fn kebab_names_are_names() {
        for name in ["a", "site-lead", "office365", "tier-2", "a1-2b"] {
            assert_eq!(checked(name, Naming::Kind), "fine");
        }
        assert_eq!(checked("desk.loans.take-back", Naming::Action), "fine");
        for claim in ["SUB-1", "A_1", "Ünter/2#3", "4.2"] {
            assert_eq!(checked(claim, Naming::Claim), "fine");
        }
    }

    #[test]
    fn others_are_told_with_the_name_that_was_meant() {
        assert_eq!(checked("SiteLead", Naming::Kind), "bad-name `SiteLead` is no name for a kind | site-lead");
        assert_eq!(checked("site_lead", Naming::Any), "bad-name `site_lead` is no name for a kind | site-lead");
        assert_eq!(checked("site--lead-", Naming::Any), "bad-name `site--lead-` is no name for a kind | site-lead");
        assert_eq!(checked("2nd", Naming::Any), "bad-name `2nd` is no name for a kind | ");
        assert_eq!(checked("", Naming::Any), "bad-name `` is no name for a kind | ");
        assert_eq!(checked("Desk.Issue Loan", Naming::Action), "bad-name `Desk.Issue Loan` is no name for a kind | desk.issue-loan");
        assert_eq!(checked("desk..issue", Naming::Action), "bad-name `desk..issue` is no name for a kind | ");
        assert_eq!(checked("a b", Naming::Claim), "bad-name `a b` is no name for a kind | ");
        assert_eq!(checked(&"a".repeat(257), Naming::Any), "too-long the name of a kind is longer than 256 characters | ");
    }

    #[test]
    fn reserved_names_are_refused_where_they_would_be_read_as_something_else() {
        assert_eq!(checked("holds", Naming::Unreserved), "reserved-name `holds` cannot be the name of a kind | ");
        assert_eq!(checked("event", Naming::Unreserved), "fine");
        assert_eq!(checked("event", Naming::Kind), "reserved-name `event` cannot be the name of a kind | ");
        assert_eq!(checked("by", Naming::Parameter), "reserved-name `by` cannot be the name of a kind | ");
        assert_eq!(checked("role", Naming::Parameter), "fine");
        assert_eq!(checked("holds", Naming::Any), "fine");
    }
}
