//! The tokens of the language: names, entities, texts, numbers, dates and signs.
//!
//! Every parser here skips the white space before its token.

use super::Embedded;
use super::error::{Mistake, ParseFailure};
use crate::diag::Code;
use crate::diag::phrases::{Limit, shorten};
use crate::syntax::naming::{self, is_action_char};
use crate::text::Span;
use crate::time::Instant;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while_m_n, take_while1};
use nom::character::complete::{anychar, char, satisfy};
use nom::combinator::{cut, map_opt, opt, peek, recognize, verify};
use nom::multi::{fold_many0, many0_count, separated_list1};
use nom::sequence::{delimited, pair, preceded, terminated};
use nom::{IResult, Parser};

/// The result of a parser: the rest of the text and the parsed value.
pub(super) type Parsed<'a, T> = IResult<&'a str, T, ParseFailure<'a>>;

pub(super) use crate::syntax::naming::is_reserved;

/// Whether a token is the operator of an atom: it is between two terms.
pub(super) fn is_verb(token: &str) -> bool {
    matches!(token, "holds" | "is" | "within" | "in" | "==" | "!=" | "<" | "<=" | ">" | ">=")
}

/// Whether an id needs no quotes: the bare form lexes as that id.
pub(in crate::syntax) fn is_bare_id(id: &str) -> bool {
    !id.is_empty() && id.chars().all(is_id_char)
}

/// The text without the white space at its start.
pub(super) fn skip(input: &str) -> &str {
    input.trim_start()
}

/// A NAME, reserved or not, that is not the kind of an entity.
pub(super) fn name(input: &str) -> Parsed<'_, &str> {
    let is_entity = kind_of_entity(input).is_ok();
    if is_entity { Err(nom::Err::Error(error_at(input))) } else { any_name(input) }
}

/// A NAME that is not reserved.
pub(super) fn free_name(input: &str) -> Parsed<'_, &str> {
    verify(name, |name: &str| !is_reserved(name)).parse(input)
}

/// The word `word`.
pub(super) fn keyword<'a>(word: &'static str) -> impl Parser<&'a str, Output = &'a str, Error = ParseFailure<'a>> {
    verify(name, move |name: &str| name == word)
}

/// A sign such as `(` or `==`.
pub(super) fn sign<'a>(sign: &'static str) -> impl Parser<&'a str, Output = &'a str, Error = ParseFailure<'a>> {
    move |input: &'a str| tag(sign).parse(skip(input))
}

/// An action's name: segments joined by dots without a space.
pub(super) fn action_name(input: &str) -> Parsed<'_, &str> {
    let (rest, dotted) = recognize(separated_list1(char('.'), action_segment)).parse(skip(input))?;
    refuse_glue(skip(input), dotted, rest, |_| ACTION_HELP.into())?;
    Ok((rest, dotted))
}

/// An action's name, all that begin so (`a.*`), or all (`*`).
pub(super) fn action_pattern(input: &str) -> Parsed<'_, &str> {
    let input = skip(input);
    let named = recognize((separated_list1(char('.'), action_segment), opt(tag(".*"))));
    let (rest, pattern) = alt((tag("*"), named)).parse(input)?;
    refuse_glue(input, pattern, rest, |_| ACTION_HELP.into())?;
    Ok((rest, pattern))
}

/// `KIND:*`, and the kind in it.
pub(super) fn all_of_kind(input: &str) -> Parsed<'_, &str> {
    terminated(any_name, tag(":*")).parse(skip(input))
}

/// `kind:id`.
#[derive(Clone, Debug)]
pub(super) struct EntityToken<'a> {
    /// The kind's name, or an `aka` of it.
    pub kind: &'a str,
    /// The id, unquoted.
    pub id: String,
}

/// An ENTITY.
pub(super) fn entity(input: &str) -> Parsed<'_, EntityToken<'_>> {
    let start = skip(input);
    let (after, kind) = kind_of_entity(start)?;
    if is_reserved(kind) {
        let mistake = Mistake::new(format!("`{kind}` is a reserved word, so no kind is called that"), kind, "");
        return Err(mistake.help("an entity is `kind:id`; if none is meant here, put a space before and after the word").stop(start));
    }
    let bare = take_while1(is_id_char).map(str::to_owned);
    let (rest, id) = preceded(char(':'), cut(alt((json_string, bare)))).parse(after)?;
    Ok((rest, EntityToken { kind, id }))
}

/// A TEXT, without its quotes and escapes.
pub(super) fn text(input: &str) -> Parsed<'_, String> {
    json_string(skip(input))
}

/// `_`
pub(super) fn wildcard(input: &str) -> Parsed<'_, &str> {
    let start = skip(input);
    let (rest, any) = tag("_").parse(start)?;
    refuse_glue(start, any, rest, name_help)?;
    Ok((rest, any))
}

/// A NUMBER or a DATE.
#[derive(Clone, Copy, Debug)]
pub(super) enum Figure {
    /// Digits.
    Number(i64),
    /// A date or time of RFC 3339.
    Date(Instant),
}

/// A NUMBER or a DATE: the digit and all that follows it without a break.
pub(super) fn figure(input: &str) -> Parsed<'_, Figure> {
    let start = skip(input);
    let (rest, raw) = figure_run(start)?;
    let figure = read_figure(raw).map_err(|mistake| mistake.stop(start))?;
    Ok((rest, figure))
}

/// Any token, well formed or not, to show what was found.
pub(super) fn token(input: &str) -> Parsed<'_, &str> {
    let quoted = || (char('"'), take_while(|c| c != '"' && c != '\\' && c != '\n'), many0_count(in_quotes), opt(char('"')));
    let id = preceded(char(':'), alt((recognize(quoted()), take_while1(is_id_char))));
    let word = recognize((satisfy(char::is_alphabetic), take_while(is_word_char), opt(id)));
    let signs = alt((tag("=="), tag("!="), tag("<="), tag(">="), tag("&&"), tag("||")));
    alt((recognize(quoted()), word, figure_run, signs, recognize(anychar))).parse(skip(input))
}

fn in_quotes(input: &str) -> Parsed<'_, &str> {
    alt((recognize((char('\\'), anychar)), take_while1(|c| c != '"' && c != '\\' && c != '\n'))).parse(input)
}

fn error_at(input: &str) -> ParseFailure<'_> {
    nom::error::ParseError::from_error_kind(input, nom::error::ErrorKind::Verify)
}

fn is_lower(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

fn is_id_char(c: char) -> bool {
    c.is_alphanumeric() || "_-.@/+#:$~".contains(c)
}

/// Whether people see the character as part of a word, allowed in names or not.
pub(super) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// Whether the character belongs to a number or date that it follows: all but white space and the signs of the language do.
fn is_glue(c: char) -> bool {
    !c.is_whitespace() && !"()[],<>=!".contains(c)
}

fn name_run(input: &str) -> Parsed<'_, &str> {
    let part = pair(char('-'), take_while1(is_lower));
    recognize((satisfy(|c| c.is_ascii_lowercase()), take_while(is_lower), many0_count(part))).parse(input)
}

/// The name or `aka` of a kind, before the colon and the id of an entity.
fn kind_of_entity(input: &str) -> Parsed<'_, &str> {
    let start = skip(input);
    let (rest, kind) = action_segment(start)?;
    if goes_on_as_entity(rest) { Ok((rest, kind)) } else { Err(nom::Err::Error(error_at(start))) }
}

fn action_segment(input: &str) -> Parsed<'_, &str> {
    recognize((satisfy(|c| c.is_ascii_alphabetic()), take_while(is_action_char))).parse(input)
}

fn any_name(input: &str) -> Parsed<'_, &str> {
    let start = skip(input);
    let (rest, name) = name_run(start)?;
    refuse_glue(start, name, rest, name_help)?;
    Ok((rest, name))
}

/// Refuses a name that ends inside a word: `siteLead`, `site_lead` and `site--lead` begin as names, but are meant as one word.
fn refuse_glue<'a>(start: &'a str, name: &'a str, rest: &'a str, help: fn(&str) -> String) -> Result<(), nom::Err<ParseFailure<'a>>> {
    if !rest.starts_with(is_word_char) {
        return Ok(());
    }
    let tail = rest.find(|c| !is_word_char(c)).unwrap_or(rest.len());
    let word = &start[..name.len() + tail];
    let mistake = Mistake::new(format!("`{}` is not a name", shorten(word, Limit::TOKEN)), word, "");
    Err(mistake.help(help(word)).stop(start))
}

/// Help for a word that is not the name of an action.
pub(super) const ACTION_HELP: &str = "an action's name is segments joined by dots, each a letter of a-z, then letters, digits, `-` and `_`";

/// Help for a word that is not a name.
pub(super) fn name_help(word: &str) -> String {
    match intended_name(word) {
        Some(name) => format!("names are kebab-case: `{name}`"),
        None if word.ends_with('-') => "a name ends in a letter or digit, and there is no minus".into(),
        None => "names are kebab-case: `a-z`, `0-9` and single hyphens, a letter first".into(),
    }
}

/// The name that was probably meant by one word.
fn intended_name(word: &str) -> Option<String> {
    let is_word = word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    (is_word && word.len() <= 64 && !word.ends_with('-')).then(|| naming::kebab(word)).flatten()
}

fn goes_on_as_entity(rest: &str) -> bool {
    rest.strip_prefix(':').is_some_and(|id| id.starts_with(|c| c == '"' || is_id_char(c)))
}

fn figure_run(input: &str) -> Parsed<'_, &str> {
    recognize(preceded(peek(satisfy(|c| c.is_ascii_digit())), take_while1(is_glue))).parse(input)
}

/// The first date of a text of one of the grammars that is cut to microseconds, and its place.
pub fn cut_dates<'a>(source: &Embedded<'a>) -> Option<(&'a str, Span)> {
    // Few texts have a point between digits, and tokens are read of those alone.
    let text = source.text;
    let has_point = text.as_bytes().windows(3).any(|part| part[1] == b'.' && part[0].is_ascii_digit() && part[2].is_ascii_digit());
    let mut rest = text.get(..).filter(|_| has_point)?;
    while let Ok((after, token)) = token(rest) {
        if matches!(read_figure(token), Ok(Figure::Date(_))) && Instant::is_cut(token) {
            let start = nom::Offset::offset(text, token);
            return Some((token, source.part(start, start + token.len())));
        }
        rest = after;
    }
    None
}

fn read_figure(raw: &str) -> Result<Figure, Mistake<'_>> {
    if raw.bytes().all(|byte| byte.is_ascii_digit()) {
        let too_large =
            |_| Mistake::new("the number is too large", raw, "").code(Code::NumberSize).help("the largest is 9223372036854775807");
        return raw.parse().map(Figure::Number).map_err(too_large);
    }
    let digits = raw.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 4 && raw.as_bytes()[4] == b'-' {
        return Instant::parse(raw).map(Figure::Date).map_err(|why| {
            let headline = if raw.len() > 40 { format!("`{}` is not a date", shorten(raw, Limit::TOKEN)) } else { why };
            Mistake::new(headline, raw, "").code(Code::BadDate)
        });
    }
    if let Some((headline, help)) = Instant::parse(raw).err().as_deref().and_then(|why| why.split_once(": write ")) {
        return Err(Mistake::new(headline, raw, "").code(Code::BadDate).help(format!("write {help}")));
    }
    let mistake = Mistake::new(format!("`{}` is neither a number nor a date", shorten(raw, Limit::TOKEN)), raw, "");
    let after = &raw[digits..];
    Err(if after.starts_with('.') && after[1..].starts_with(|c: char| c.is_ascii_digit()) {
        mistake.help("numbers are whole")
    } else if after.chars().all(char::is_alphabetic) {
        mistake.help(format!("put a space after the number: `{} {after}`", &raw[..digits]))
    } else {
        mistake.help("a number is digits alone, a date as `2020-06-19`; strings need double quotes")
    })
}

/// A string of JSON, without its quotes and escapes.
fn json_string(input: &str) -> Parsed<'_, String> {
    let plain = take_while1(|c| c != '"' && c != '\\' && c >= ' ');
    let escaped = preceded(peek(char('\\')), cut(escape));
    let pieces = fold_many0(alt((plain.map(StringPiece::Run), escaped.map(StringPiece::Char))), String::new, |mut text, piece| {
        match piece {
            StringPiece::Run(run) => text.push_str(run),
            StringPiece::Char(c) => text.push(c),
        }
        text
    });
    delimited(char('"'), pieces, |rest| close(input, rest)).parse(input)
}

enum StringPiece<'a> {
    Run(&'a str),
    Char(char),
}

fn close<'a>(input: &'a str, rest: &'a str) -> Parsed<'a, char> {
    char('"').parse(rest).map_err(|_: nom::Err<ParseFailure>| match rest.chars().next() {
        Some('\n' | '\r') => Mistake::new("the string has no closing quote", &input[..1], "opened here")
            .help("a string ends on its line; a line break in it is written `\\n`")
            .stop(rest),
        Some(c) => {
            let escape = if c == '\t' { "\\t".to_owned() } else { format!("\\u{:04x}", u32::from(c)) };
            Mistake::new("a string cannot hold a control character", &rest[..c.len_utf8()], "").help(format!("write `{escape}`")).stop(rest)
        }
        None => Mistake::new("the string has no closing quote", &input[..1], "opened here").stop(rest),
    })
}

fn escape(input: &str) -> Parsed<'_, char> {
    let simple = map_opt(anychar, |letter| match letter {
        '"' | '\\' | '/' => Some(letter),
        'b' => Some('\u{8}'),
        'f' => Some('\u{c}'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        _ => None,
    });
    let result: Parsed<char> = preceded(char('\\'), alt((unicode, simple))).parse(input);
    let Err(nom::Err::Error(_)) = result else { return result };
    let shown = input.char_indices().nth(2).map_or(input, |(end, _)| &input[..end]);
    Err(match shown {
        "\\" => Mistake::new("the string has no closing quote", shown, "the string ends here"),
        "\\u" => Mistake::new("`\\u` without four hexadecimal digits", shown, "").help("such as `\\u00e9`; or write the character itself"),
        _ => Mistake::new(format!("unknown escape `{}`", shorten(shown, Limit::TOKEN)), shown, "")
            .help("a backslash itself is written `\\\\`, a quote `\\\"`"),
    }
    .stop(input))
}

/// `uXXXX`, or both halves of a surrogate pair.
fn unicode(input: &str) -> Parsed<'_, char> {
    let (rest, unit) = hex_unit(input)?;
    if let Some(c) = char::from_u32(unit) {
        return Ok((rest, c));
    }
    let second = verify(preceded(char('\\'), hex_unit), |low| (0xdc00..0xe000).contains(low));
    let paired: Parsed<u32> = second.map(|low| 0x1_0000 + ((unit.wrapping_sub(0xd800)) << 10) + (low - 0xdc00)).parse(rest);
    match paired.ok().and_then(|(rest, code)| Some((rest, char::from_u32(code)?))) {
        Some(done) if unit < 0xdc00 => Ok(done),
        _ => Err(Mistake::new("the escape is half of a surrogate pair", &input[..5], "").help("write the character itself").stop(input)),
    }
}

fn hex_unit(input: &str) -> Parsed<'_, u32> {
    let digits = take_while_m_n(4, 4, |c: char| c.is_ascii_hexdigit());
    preceded(char('u'), digits).map(|digits| u32::from_str_radix(digits, 16).unwrap_or_default()).parse(input)
}
