//! Diagnostics of the grammars: what was expected, what was found, and help for what people often write instead.

use super::Embedded;
use super::error::{ParseFailure, Why};
use super::lexer;
use crate::diag::phrases::{Limit, shorten};
use crate::diag::{Code, Diagnostic, did_you_mean};

/// The diagnostic of a failure. `noun` is what was being read: `condition`, `fact`.
pub(super) fn diagnostic(failure: ParseFailure<'_>, source: &Embedded, noun: &str) -> Diagnostic {
    let at = source.text.len() - failure.rest.len();
    let expected = match failure.why {
        Why::Mistake(mistake) => {
            let start = nom::Offset::offset(source.text, mistake.at);
            let span = source.part(start, start + mistake.at.len());
            let diagnostic = Diagnostic::new(mistake.code, mistake.headline, span, mistake.label);
            return Diagnostic { help: mistake.help, ..diagnostic };
        }
        Why::Expected(expected) => expected.unwrap_or("something else"),
    };
    let before = before(source.text, at);
    let headline = match before {
        _ if source.text.trim().is_empty() => format!("the {noun} is empty"),
        Some(before) => format!("expected {expected} after `{}`", shorten(before, Limit::TOKEN)),
        None => format!("expected {expected}"),
    };
    let diagnostic = if failure.rest.is_empty() {
        // Shown after the last word, not on an empty line below it.
        let end = source.text.trim_end().len();
        Diagnostic::new(Code::ExpressionSyntax, headline, source.part(end, end), format!("the {noun} ends here"))
    } else {
        let found = found(failure.rest);
        let label = format!("found `{}`", shorten(found, Limit::TOKEN));
        Diagnostic::new(Code::ExpressionSyntax, headline, source.part(at, at + found.len()), label)
    };
    Diagnostic { help: help(before.unwrap_or(""), &source.text[..at], failure.rest, expected), ..diagnostic }
}

/// Help for a place where reading stopped. `before` is the token or chain of attributes before it, `read` all text before it, `rest` the
/// text after it.
fn help(before: &str, read: &str, rest: &str, expected: &str) -> Option<String> {
    let found = if rest.is_empty() { "" } else { found(rest) };
    by_sign(before, read, rest, expected).or_else(|| by_verb(before, rest, found, expected)).or_else(|| by_word(before, found, expected))
}

/// Help for a word where the verb of an atom is expected: one that is misspelt, or one that the language does not have.
fn by_verb(before: &str, rest: &str, found: &str, expected: &str) -> Option<String> {
    if matches!(found, "true" | "false") && (expected.starts_with("a term") || expected.starts_with("an entity, ")) {
        return Some(NO_TRUTH_VALUES.into());
    }
    if !expected.starts_with("a comparison") && expected != "`holds`" && expected != "`(` or `holds`" {
        return None;
    }
    // After an entity, any word may be a part of its id.
    let is_part_of_id = is_bare_entity(before) && lexer::skip(rest).strip_prefix(found).is_some_and(|after| after.contains(" holds "));
    if is_part_of_id || lexer::is_verb(found) {
        return None;
    }
    match found {
        "like" | "matches" | "contains" | "starts-with" | "ends-with" | "startswith" | "endswith" => Some(NO_TEXT_PATTERNS.into()),
        "has" | "have" | "had" | "hold" | "held" => Some("write `holds`: `x holds ROLE on y`".into()),
        _ if found.len() > 3 => did_you_mean(found, ["holds", "within"]).map(|verb| format!("did you mean `{verb}`?")),
        _ => None,
    }
}

const NO_TRUTH_VALUES: &str =
    "a value is never `true` or `false`: declare the attribute with `one-of = [\"yes\", \"no\"]`, and compare with `\"yes\"`";

const NO_TEXT_PATTERNS: &str = "the language does not look into texts: compare a whole one, `x.name == \"…\"`, or list them, `x.name in [\"…\", \"…\"]`; \
     or give the things meant an attribute or a group of their own";

/// The token at the start of `rest`, well formed or not.
fn found(rest: &str) -> &str {
    lexer::token(rest).map_or("", |(_, token)| token)
}

/// The last token that ends at or before `at`, with the chain of attributes that it ends.
fn before(text: &str, at: usize) -> Option<&str> {
    let (mut rest, mut last, mut start) = (text, None, 0);
    let mut joined = false;
    while let Ok((next, token)) = lexer::token(rest) {
        let end = text.len() - next.len();
        if end > at {
            break;
        }
        if !joined && token != "." {
            start = end - token.len();
        }
        joined = token == ".";
        last = Some((start, end));
        rest = next;
    }
    last.map(|(start, end)| &text[start..end])
}

fn by_sign(before: &str, read: &str, rest: &str, expected: &str) -> Option<String> {
    let glued = !read.is_empty() && !read.ends_with(char::is_whitespace);
    let mut signs = rest.chars();
    let (first, second) = (signs.next()?, signs.next());
    Some(match first {
        '&' => "write `and`".into(),
        '|' => "write `or`".into(),
        '!' if second != Some('=') => "write `not`".into(),
        '=' if second != Some('=') && matches!(before, "<" | ">" | "!") => format!("write `{before}=` without a space"),
        '=' if second == Some('<') || second == Some('>') => format!("write `{}=`", second?),
        '=' if second != Some('=') && before == "==" => "two `=` are enough".into(),
        '=' if second != Some('=') => "write `==` to compare".into(),
        '>' if before == "<" => "write `!=`".into(),
        quote if is_typographic_quote(quote) => {
            format!("`{first}` is a typographic quote: write the straight `\"`, as in `\"…\"` and `kind:\"…\"`")
        }
        '\'' | '`' => "strings need straight double quotes: `\"…\"`".into(),
        '-' => "there is no minus; a hyphen belongs to a name only without spaces".into(),
        '#' => "there are no comments inside a condition: write them in the file, outside its quotes".into(),
        '*' | '/' | '+' => "there is no arithmetic".into(),
        '(' if expected == "a fact" => "a fact is a single atom, without parentheses".into(),
        '(' if before == "in" => "a list stands in brackets: `in [\"a\", \"b\"]`".into(),
        '(' if lexer::is_reserved(before) => format!("`{before}` is a reserved word, so no relation is called that"),
        '[' if before != "in" => "a list can only be used after `in`".into(),
        ')' if !expected.contains(')') && expected.contains("end") => "it closes no `(`".into(),
        ':' if glued && second.is_some_and(is_typographic_quote) => {
            format!("`{}` is a typographic quote: write the straight `\"`, as in `{before}:\"…\"`", second?)
        }
        ':' if glued => "an entity is written without a space: `kind:id`; an odd id stands in quotes: `kind:\"…\"`".into(),
        ':' => "an entity is written without a space: `kind:id`".into(),
        '.' if before.is_empty() => "an attribute follows a name: `subject.partner`".into(),
        _ if glued && is_bare_entity(before) && !first.is_ascii_punctuation() | "%&*'?;\\^`{|}".contains(first) => {
            let (kind, id) = before.split_once(':')?;
            format!("an id with `{first}` stands in quotes: `{kind}:\"{}…\"`", shorten(&format!("{id}{first}"), Limit::TOKEN))
        }
        _ => return None,
    })
}

fn by_word(before: &str, found: &str, expected: &str) -> Option<String> {
    let is_word = found.starts_with(char::is_alphabetic) && !found.contains(':');
    let lower = found.to_lowercase();
    if is_word && found != lower && lexer::is_reserved(&lower) {
        return Some(format!("keywords are lower case: `{lower}`"));
    }
    if is_word && is_bare_entity(before) && !lexer::is_reserved(found) && !expected.starts_with("an action") {
        let (kind, id) = before.split_once(':')?;
        let found = shorten(found, Limit::TOKEN);
        let relation =
            if expected.starts_with("a comparison") { format!("a relation is written `{found}(…, …)`; ") } else { String::new() };
        return Some(format!("{relation}an id with a space stands in quotes: `{kind}:\"{} {found}\"`", shorten(id, Limit::TOKEN)));
    }
    match found {
        "now" | "today" if expected.starts_with("a date") => {
            return Some(format!("leave out `{before} {found}`: without it a question is asked as of `--at`, which is now by default"));
        }
        "and" | "or" if expected == "the end" => return Some("only one can stand here: write each by itself".into()),
        "in" if expected == "a fact" => return Some("a membership is written `_ in _`".into()),
        "holds" if expected == "a fact" => return Some("a role held is written `_ holds _ on _`".into()),
        "not" if expected == "a fact" => {
            return Some("what is not told is not so: leave it out".into());
        }
        "and" if expected.starts_with("`at`") => return Some("each fact has an `assuming` of its own".into()),
        "on" if expected.starts_with("`at`") => return Some("write `at`".into()),
        _ if is_word && (expected.starts_with("a subject") || expected.starts_with("a resource")) => {
            return Some("an entity is `kind:id`".into());
        }
        "day" | "hour" if expected == "`days` or `hours`" => return Some(format!("write `{found}s`")),
        "not" if before == "is" => return Some("`not` stands first: `not x is kind`; for values write `!=`".into()),
        "not" if expected.contains("`in`") => return Some(format!("`not` stands first: `not {} in …`", shorten(before, Limit::TOKEN))),
        _ if matches!(expected, "a relation or a role held" | "`(` or `holds`" | "`holds`") => {
            return Some("`was` is used on a relation or a role held: `was dap(customer, partner)`, `was user holds owner on site`".into());
        }
        "" | "and" | "or" | ")" if expected.starts_with("a comparison") => {
            return Some("a term alone is neither true nor false".into());
        }
        _ if lexer::is_reserved(found) && expected.starts_with("a ") && !expected.starts_with("a comparison") => {
            return Some(format!("`{found}` is a reserved word"));
        }
        _ => {}
    }
    if before == "holds" && found.starts_with('"') {
        return Some("the name of a role stands without quotes".into());
    }
    if before == "toggle" && found.starts_with('"') {
        return Some("the name of a toggle stands without quotes".into());
    }
    if expected.starts_with("a kind") && found.contains(':') {
        return Some("`is` asks for a kind; write `==` for an entity".into());
    }
    if expected.starts_with("an entity, ") && is_word {
        return Some(format!("strings need quotes: `\"{}\"`", shorten(found, Limit::TOKEN)));
    }
    if before.ends_with(')') && (lexer::is_verb(found)) {
        return Some("what stands before is itself true or false: nothing is compared with it".into());
    }
    if is_word && expected.starts_with("an action") {
        return Some(lexer::ACTION_HELP.into());
    }
    let head = found.split(':').next().unwrap_or(found);
    let odd = head.starts_with(char::is_alphabetic) && head.chars().any(|c| !c.is_ascii_lowercase() && !c.is_ascii_digit() && c != '-');
    odd.then(|| lexer::name_help(head))
}

/// Whether a word processor writes the character for a quote.
pub(in crate::syntax) fn is_typographic_quote(sign: char) -> bool {
    matches!(sign, '‘' | '’' | '‚' | '“' | '”' | '„' | '«' | '»')
}

fn is_bare_entity(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_lowercase()) && token.contains(':') && !token.contains('"')
}
