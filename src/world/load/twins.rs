//! Twins: two ids of one kind that people read as one.
//!
//! The *plain form* of an id has no capitals, is in the compatibility form of Unicode (NFKC), and has neither characters that are not seen
//! nor blanks at its ends. Twins have the same plain form. Most ids of a world are their own, which is seen at a glance.

use super::first_few::FirstFew;
use super::names;
use crate::diag::phrases::{Limit, agree, all_of, shorten};
use crate::diag::{Code, Diagnostic};
use crate::policy::{Id, KindId, Policy};
use crate::world::{EntityId, World};
use rayon::prelude::*;
use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};
use xxhash_rust::xxh3::xxh3_64;

/// The twins among the ids of a world, with the places of both. One of them may be an id that only the policy names.
pub(super) fn twins(policy: &Policy, world: &World) -> Vec<Diagnostic> {
    let kinds = policy.kinds.iter().map(|(kind, _)| kind).filter(|&kind| kind != policy.role_kind);
    kinds.flat_map(|kind| of_kind(policy, world, kind)).collect()
}

fn of_kind(policy: &Policy, world: &World, kind: KindId) -> Vec<Diagnostic> {
    let Range { start, end } = world.entities.of_kind()[kind.index()].clone();
    let all = || (start..end).into_par_iter().map(EntityId);
    let plain_of = |ent: EntityId| plain_form(world.entities.id(ent));
    // Two that are their own plain forms are no twins.
    if all().all(|ent| matches!(plain_of(ent), Cow::Borrowed(_))) {
        return Vec::new();
    }
    // Numbers are sorted faster than texts. Two texts with one hash are compared below.
    let mut hashed: Vec<(u64, EntityId)> = all().map(|ent| (xxh3_64(plain_of(ent).as_bytes()), ent)).collect();
    hashed.par_sort_unstable();
    let mut pairs: Vec<[EntityId; 2]> = Vec::new();
    for same in hashed.chunk_by(|one, other| one.0 == other.0).filter(|same| same.len() > 1) {
        // The one that is its own plain form comes first, if there is one.
        let is_plain = |&&(_, ent): &&(u64, EntityId)| matches!(plain_of(ent), Cow::Borrowed(_));
        let first = same.iter().find(is_plain).unwrap_or(&same[0]).1;
        let is_twin =
            |&ent: &EntityId| ent != first && plain_of(ent) == plain_of(first) && [first, ent].iter().any(|&ent| world.is_declared(ent));
        pairs.extend(same.iter().map(|&(_, ent)| ent).filter(is_twin).map(|ent| [first, ent]));
    }
    pairs.sort_unstable();
    let mut found = FirstFew::default();
    pairs.iter().for_each(|&pair| found.add(|| alike(policy, world, kind, pair)));
    found.reported(|further| {
        let (pairs, are) = (agree(further, "pair", "pairs"), agree(further, "is", "are"));
        format!("{further} further {pairs} of ids of kind `{}` {are} alike", names::kind_name(policy, kind))
    })
}

/// The diagnostic of a pair, of which one at least is declared.
fn alike(policy: &Policy, world: &World, kind: KindId, mut pair: [EntityId; 2]) -> Option<Diagnostic> {
    // The mistake is more likely in the later one.
    pair.sort_unstable_by_key(|&ent| std::cmp::Reverse(world.declared_at(ent)));
    let ([later, earlier], headline) = twin_words(names::kind_name(policy, kind), pair.map(|ent| world.entities.id(ent)));
    let diagnostic = Diagnostic::new(Code::TwinIds, headline, world.declared_at(pair[0])?, later);
    let diagnostic = match world.declared_at(pair[1]) {
        Some(place) => diagnostic.and(place, earlier),
        None => diagnostic.note(format!("the pack names {earlier}")),
    };
    Some(diagnostic.help("if they are one, write the id in one way; if they are two, give one of them an id that cannot be mistaken"))
}

/// How two twins of a kind are called, and a headline that says in what they differ.
pub fn twin_words(kind: &str, ids: [&str; 2]) -> ([String; 2], String) {
    let differences = Difference::between(ids);
    let name = |id: &str| {
        let id = shorten(id, Limit::NAME);
        let shown = if differences == [Difference::Capitals] { id } else { escaped(&id).into() };
        format!("`{kind}:{shown}`")
    };
    let [later, earlier] = ids.map(name);
    let what = all_of(differences.iter().map(|difference| difference.words()));
    let headline = format!("{later} and {earlier} differ only in {what}");
    ([later, earlier], headline)
}

/// The form that an id shares with its twins; borrowed if it is that itself.
pub fn plain_form(id: &str) -> Cow<'_, str> {
    plain(id, &Difference::ALL)
}

/// The text with escapes for all that is not plain ASCII, so that a reader sees what it is made of.
fn escaped(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c.to_string() } else { c.escape_unicode().to_string() }).collect()
}

/// In what ids differ that are read as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Difference {
    Unseen,
    Form,
    Capitals,
    Blanks,
}

impl Difference {
    const ALL: [Difference; 4] = [Difference::Unseen, Difference::Form, Difference::Capitals, Difference::Blanks];

    fn words(self) -> &'static str {
        match self {
            Difference::Unseen => "characters that are not seen",
            Difference::Form => "their form of Unicode",
            Difference::Capitals => "capitals",
            Difference::Blanks => "blanks at an end",
        }
    }

    /// The differences between two ids of the same plain form: those that cannot be left out.
    fn between(ids: [&str; 2]) -> Vec<Difference> {
        let mut kept = Difference::ALL.to_vec();
        for difference in Difference::ALL {
            let fewer: Vec<Difference> = kept.iter().copied().filter(|&other| other != difference).collect();
            let [one, other] = ids.map(|id| plain(id, &fewer));
            if one == other {
                kept = fewer;
            }
        }
        kept
    }
}

/// The id without these differences; borrowed if it is that itself.
fn plain<'i>(id: &'i str, without: &[Difference]) -> Cow<'i, str> {
    if is_plain(id) {
        return Cow::Borrowed(id);
    }
    let has = |difference: Difference| without.contains(&difference);
    if id.is_ascii() && has(Difference::Capitals) && !id.bytes().any(|byte| byte.is_ascii_control()) {
        let plain = id.to_ascii_lowercase();
        return Cow::Owned(if has(Difference::Blanks) { plain.trim().to_owned() } else { plain });
    }
    let mut plain: String = if has(Difference::Unseen) { id.chars().filter(|&c| !is_unseen(c)).collect() } else { id.to_owned() };
    if has(Difference::Form) && !plain.is_ascii() {
        plain = plain.nfkc().collect();
    }
    if has(Difference::Capitals) {
        // Letter by letter: the sigma at the end of a word is the same letter as any other.
        plain = plain.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect();
        if has(Difference::Form) && !plain.is_ascii() {
            plain = plain.nfkc().collect();
        }
    }
    if has(Difference::Blanks) {
        plain.truncate(plain.trim_end().len());
        plain.drain(..plain.len() - plain.trim_start().len());
    }
    if plain == id { Cow::Borrowed(id) } else { Cow::Owned(plain) }
}

/// Whether an id is its own plain form; false if that is not seen at a glance.
fn is_plain(id: &str) -> bool {
    // Han, kana and hangul have no capitals.
    let is_caseless =
        |c: char| matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
    let is_inside = |c: char| is_caseless(c) || !is_unseen(c) && c != 'ς' && c.to_lowercase().eq([c]);
    let is_inside_ascii = |byte: &u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase() || *byte == b' ';
    let has_blanks = id.starts_with(char::is_whitespace) || id.ends_with(char::is_whitespace);
    !has_blanks
        && (id.as_bytes().iter().all(is_inside_ascii) || id.chars().all(is_inside) && is_nfkc_quick(id.chars()) == IsNormalized::Yes)
}

/// Whether a character has no width of its own: control characters, marks of direction, joiners, selectors of variants, tags.
fn is_unseen(c: char) -> bool {
    c.is_control() && !c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::{Difference, plain};

    fn differences(one: &str, other: &str) -> String {
        let [a, b] = [one, other].map(|id| plain(id, &Difference::ALL));
        if a != b {
            return "not alike".to_owned();
        }
        Difference::between([one, other]).iter().map(|difference| difference.words()).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn ids_that_are_read_as_one_are_alike() {
        assert_eq!(differences("alice@contoso", "Alice@Contoso"), "capitals");
        assert_eq!(differences("Élodie", "élodie"), "capitals");
        assert_eq!(differences("ΟΔΟΣ", "οδος"), "capitals");
        assert_eq!(differences("caf\u{e9}", "cafe\u{301}"), "their form of Unicode");
        assert_eq!(differences("ﬁle", "file"), "their form of Unicode");
        assert_eq!(differences("ｔｅｎ", "ten"), "their form of Unicode");
        assert_eq!(differences("ad\u{200b}min", "admin"), "characters that are not seen");
        assert_eq!(differences("\u{feff}admin", "ad\u{ad}min"), "characters that are not seen");
        assert_eq!(differences("admin", "admin "), "blanks at an end");
        assert_eq!(differences("admin\u{a0}", " admin"), "blanks at an end");
        assert_eq!(differences("ad\u{200b}min", "Admin "), "characters that are not seen, capitals, blanks at an end");
        assert_eq!(differences("\u{130}", "i\u{307}"), "capitals");
    }

    #[test]
    fn others_are_not() {
        for (one, other) in [("admin", "admins"), ("a b", "ab"), ("a-b", "a_b"), ("straße", "strasse"), ("е", "e"), ("l", "1")] {
            assert_eq!(differences(one, other), "not alike", "{one} {other}");
        }
    }

    #[test]
    fn a_plain_form_is_its_own() {
        for id in ["Alice ", "\u{130}", "ﬁ\u{200b}", "ΟΔΟΣ", "\u{1e9b}\u{323}", "Ａ\u{301}", "\u{fdfa}", "\u{3f4}"] {
            let once = plain(id, &Difference::ALL).into_owned();
            assert_eq!(plain(&once, &Difference::ALL), once, "{id}");
        }
    }
}
