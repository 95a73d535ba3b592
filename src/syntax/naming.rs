//! The form of names, and the names that the language keeps for itself.

use super::Text;
use crate::diag::phrases::{Limit, shorten, with_article};
use crate::diag::{Code, Diagnostic};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The longest name, in characters.
const LONGEST: usize = 256;
/// The longest id of a claim, in characters.
const LONGEST_CLAIM: usize = 64;

/// Words of the language, which cannot be the name of a kind, relation, role, variable or parameter.
const RESERVED: [&str; 16] =
    ["and", "or", "not", "holds", "on", "in", "within", "is", "toggle", "was", "where", "for", "true", "false", "subject", "resource"];
/// Words that have a meaning in worlds or in the language, so that no kind has them as its name.
const NO_KIND: [&str; 6] = ["role", "fact", "event", "world", "entity", "unknown"];
/// The keys of an entity in a world beside its attributes.
const NO_ATTRIBUTE: [&str; 2] = ["entity", "from"];
/// The keys of an event in a world beside its parameters.
const NO_PARAMETER: [&str; 5] = ["at", "by", "do", "event", "from"];

/// The rule for a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// Kebab-case.
    Any,
    /// Anything.
    Free,
    /// Kebab-case, and not a word of the language.
    Unreserved,
    /// The name of a kind.
    Kind,
    /// Another name of a kind: a letter, then letters, digits, `-` and `_`.
    KindAka,
    /// The name of an attribute.
    Attribute,
    /// The name of a parameter.
    Parameter,
    /// The name of an action: segments joined by dots, each a letter, then letters, digits, `-` and `_`.
    Action,
    /// The id of a claim, as its source writes it.
    Claim,
}

impl Naming {
    /// The words that are no such name though their form is right.
    pub fn reserved(self) -> impl Iterator<Item = &'static &'static str> {
        let (words, more): (&[&str], &[&str]) = match self {
            Naming::Any | Naming::Free | Naming::Action | Naming::Claim => (&[], &[]),
            Naming::Unreserved => (&RESERVED, &[]),
            Naming::Kind | Naming::KindAka => (&RESERVED, &NO_KIND),
            Naming::Attribute => (&[], &NO_ATTRIBUTE),
            Naming::Parameter => (&RESERVED, &NO_PARAMETER),
        };
        words.iter().chain(more)
    }

    /// The form of such names, as a regular expression that every validator of schemas understands; `None` if they may be anything.
    pub fn pattern(self) -> Option<&'static str> {
        Some(match self {
            Naming::Free => return None,
            // Letters and digits of any script: what is neither a blank nor another sign of ASCII. The reader is stricter.
            Naming::Claim => r#"^[^\s!"$%&'()*+,;<=>?@\\\[\]^`{|}~]+$"#,
            Naming::Action => r"^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)*$",
            Naming::KindAka => "^[A-Za-z][A-Za-z0-9_-]*$",
            Naming::Any | Naming::Unreserved | Naming::Kind | Naming::Attribute | Naming::Parameter => "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        })
    }

    /// The most characters of such a name.
    pub fn longest(self) -> Option<usize> {
        match self {
            Naming::Free => None,
            Naming::Claim => Some(LONGEST_CLAIM),
            _ => Some(LONGEST),
        }
    }
}

/// Whether the word is one of the language.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// The mistake in the name of an element, if it has one. `noun` is what the element is called: `kind`.
pub(super) fn check(name: &Text, noun: &str, naming: Naming) -> Option<Diagnostic> {
    if let Some(longest) = naming.longest().filter(|&longest| name.value.chars().nth(longest).is_some()) {
        let headline = format!("the name of {} is longer than {longest} characters", with_article(noun));
        let help = if naming == Naming::Claim {
            "use a short id such as `DAP-1`; the source's address belongs in the claim's document"
        } else {
            "choose a shorter one"
        };
        return Some(Diagnostic::new(Code::TooLong, headline, name.span, "too long").help(help));
    }
    let is_valid = match naming {
        Naming::Claim => !name.value.is_empty() && name.value.chars().all(|c| c.is_alphanumeric() || "-_.:/#".contains(c)),
        Naming::Action => is_action_name(&name.value),
        Naming::KindAka => is_action_segment(&name.value),
        Naming::Free => true,
        _ => is_name(&name.value),
    };
    if !is_valid {
        return Some(bad_name(name, noun, naming));
    }
    reserved(name, noun, naming)
}

/// The mistake that the language keeps a name for itself. For names that an element gets from another one, whose form is checked there.
pub(super) fn reserved(name: &Text, noun: &str, naming: Naming) -> Option<Diagnostic> {
    let is_reserved = naming.reserved().any(|word| *word == name.value);
    let headline = || format!("`{}` cannot be the name of {}", name.value, with_article(noun));
    is_reserved.then(|| Diagnostic::new(Code::ReservedName, headline(), name.span, "a word of the language").help("choose another name"))
}

/// `[a-z][a-z0-9]*(-[a-z0-9]+)*`
fn is_name(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.split('-').all(part)
}

/// Whether the text is the name of an action: segments `[A-Za-z][A-Za-z0-9_-]*` joined by dots.
pub fn is_action_name(text: &str) -> bool {
    text.split('.').all(is_action_segment)
}

/// `[A-Za-z][A-Za-z0-9_-]*`
fn is_action_segment(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_action_char)
}

/// Whether the character may stand in an action's name, beside its dots.
pub(super) fn is_action_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

fn bad_name(name: &Text, noun: &str, naming: Naming) -> Diagnostic {
    let rule = match naming {
        Naming::Claim => "a claim's id has letters, digits and `-_.:/#` alone",
        Naming::Action => "an action's name is segments joined by dots, each a letter of a-z, then letters, digits, `-` and `_`",
        Naming::KindAka => "an `aka` of a kind is a letter of a-z, then letters, digits, `-` and `_`",
        _ => "a name is kebab-case: `a-z`, `0-9` and single hyphens, a letter first",
    };
    let headline = format!("`{}` is not a valid name for {}", shorten(&name.value, Limit::NAME), with_article(noun));
    let diagnostic = Diagnostic::new(Code::BadName, headline, name.span, "").note(rule);
    let intended = match naming {
        Naming::Claim => None,
        Naming::Action | Naming::KindAka => intended_action(&name.value).filter(|name| naming == Naming::Action || !name.contains('.')),
        _ => kebab(&name.value),
    };
    match intended {
        Some(intended) => diagnostic.help(format!("write `{intended}`")).patch(name.span, intended),
        None => diagnostic.help("choose another name"),
    }
}

/// The action's name that was probably meant: other characters between letters become hyphens.
fn intended_action(text: &str) -> Option<String> {
    let words = |segment: &str| segment.split(|c| !is_action_char(c)).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    let name = text.split('.').map(words).collect::<Vec<_>>().join(".");
    let is_ascii = text.chars().all(|c| c.is_ascii() || !c.is_alphanumeric());
    (is_ascii && is_action_name(&name)).then_some(name)
}

/// The text as a name, if its letters form one: `SiteLead`, `site_lead` and `Site lead` are `site-lead`.
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

/// The label of a table's row as a part of an action's name: in lower case, with hyphens for what is neither letter nor digit. It is a name
/// only if [`is_action_name`] says so.
pub fn label_name(label: &str) -> String {
    let lower = label.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// Latin letters that are more than a letter with an accent, and how they are written without them.
const LETTERS: [(char, &str); 15] = [
    ('æ', "ae"),
    ('Æ', "Ae"),
    ('ð', "d"),
    ('Ð', "D"),
    ('đ', "d"),
    ('Đ', "D"),
    ('ł', "l"),
    ('Ł', "L"),
    ('ø', "o"),
    ('Ø', "O"),
    ('œ', "oe"),
    ('Œ', "Oe"),
    ('ß', "ss"),
    ('þ', "th"),
    ('Þ', "Th"),
];

/// The label as a name in kebab-case, its letters without their accents; `None` if it has letters that have no form in `a-z`, or no letter
/// first.
pub fn plain_name(label: &str) -> Option<String> {
    let mut bare = String::with_capacity(label.len());
    for letter in label.nfkd().filter(|&letter| !is_combining_mark(letter)) {
        match LETTERS.iter().find(|(own, _)| *own == letter) {
            Some((_, plain)) => bare.push_str(plain),
            None => bare.push(letter),
        }
    }
    Some(label_name(&bare)).filter(|name| is_name(name))
}

#[cfg(test)]
mod tests {
    use super::{Naming, check, is_action_name, label_name, plain_name};
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
    fn valid_names_are_accepted() {
        for name in ["a", "site-lead", "office365", "tier-2", "a1-2b"] {
            assert_eq!(checked(name, Naming::Kind), "fine");
        }
        for action in ["desk.loans.take-back", "can_read_user", "GET", "repo.Read-2_", "a1"] {
            assert_eq!(checked(action, Naming::Action), "fine");
        }
        for aka in ["asset_category", "Asset", "A-"] {
            assert_eq!(checked(aka, Naming::KindAka), "fine");
        }
        for claim in ["SUB-1", "A_1", "Ünter/2#3", "4.2"] {
            assert_eq!(checked(claim, Naming::Claim), "fine");
        }
    }

    #[test]
    fn mistakes_suggest_the_name_that_was_meant() {
        assert_eq!(checked("SiteLead", Naming::Kind), "bad-name `SiteLead` is not a valid name for a kind | site-lead");
        assert_eq!(checked("site_lead", Naming::Any), "bad-name `site_lead` is not a valid name for a kind | site-lead");
        assert_eq!(checked("site--lead-", Naming::Any), "bad-name `site--lead-` is not a valid name for a kind | site-lead");
        assert_eq!(checked("2nd", Naming::Any), "bad-name `2nd` is not a valid name for a kind | ");
        assert_eq!(checked("", Naming::Any), "bad-name `` is not a valid name for a kind | ");
        assert_eq!(
            checked("Desk.Issue Loan", Naming::Action),
            "bad-name `Desk.Issue Loan` is not a valid name for a kind | Desk.Issue-Loan"
        );
        assert_eq!(checked("2nd.issue", Naming::Action), "bad-name `2nd.issue` is not a valid name for a kind | ");
        assert_eq!(checked("asset category", Naming::KindAka), "bad-name `asset category` is not a valid name for a kind | asset-category");
        assert_eq!(checked("asset.category", Naming::KindAka), "bad-name `asset.category` is not a valid name for a kind | ");
        assert_eq!(checked("café", Naming::Action), "bad-name `café` is not a valid name for a kind | ");
        assert_eq!(checked("desk..issue", Naming::Action), "bad-name `desk..issue` is not a valid name for a kind | ");
        assert_eq!(checked("a b", Naming::Claim), "bad-name `a b` is not a valid name for a kind | ");
        assert_eq!(checked(&"a".repeat(257), Naming::Any), "too-long the name of a kind is longer than 256 characters | ");
    }

    #[test]
    fn reserved_names_are_refused_where_they_are_ambiguous() {
        assert_eq!(checked("holds", Naming::Unreserved), "reserved-name `holds` cannot be the name of a kind | ");
        assert_eq!(checked("event", Naming::Unreserved), "fine");
        assert_eq!(checked("event", Naming::Kind), "reserved-name `event` cannot be the name of a kind | ");
        assert_eq!(checked("unknown", Naming::Kind), "reserved-name `unknown` cannot be the name of a kind | ");
        for word in ["role", "fact", "event", "world", "entity", "unknown", "holds"] {
            assert_eq!(checked(word, Naming::KindAka), format!("reserved-name `{word}` cannot be the name of a kind | "));
        }
        assert_eq!(checked("by", Naming::Parameter), "reserved-name `by` cannot be the name of a kind | ");
        assert_eq!(checked("from", Naming::Parameter), "reserved-name `from` cannot be the name of a kind | ");
        assert_eq!(checked("role", Naming::Parameter), "fine");
        assert_eq!(checked("entity", Naming::Attribute), "reserved-name `entity` cannot be the name of a kind | ");
        assert_eq!(checked("from", Naming::Attribute), "reserved-name `from` cannot be the name of a kind | ");
        assert_eq!(checked("at", Naming::Attribute), "fine");
        assert_eq!(checked("holds", Naming::Any), "fine");
    }

    #[test]
    fn labels_become_names() {
        let named = |label: &str| {
            let name = label_name(label);
            if is_action_name(&name) { name } else { format!("{name}?") }
        };
        assert_eq!(named("Reset key"), "reset-key");
        assert_eq!(named("  Create / customer — incident! "), "create-customer-incident");
        assert_eq!(named("View"), "view");
        assert_eq!(named("Café"), "café?");
        assert_eq!(named("회의실"), "회의실?");
        assert_eq!(named("2FA"), "2fa?");
        assert_eq!(named("…"), "?");
    }

    #[test]
    fn names_have_no_accents_and_no_other_alphabet() {
        assert_eq!(plain_name("Clé de téléchargement").as_deref(), Some("cle-de-telechargement"));
        assert_eq!(plain_name("Teams Rooms Pro Manager").as_deref(), Some("teams-rooms-pro-manager"));
        assert_eq!(plain_name("ﬁles (2)").as_deref(), Some("files-2"));
        assert_eq!(plain_name("Größe").as_deref(), Some("grosse"));
        for none in ["회의실", "2FA", "…", ""] {
            assert_eq!(plain_name(none), None, "{none}");
        }
    }
}
