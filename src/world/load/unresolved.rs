//! Names of entities and kinds that no part declares. They are collected, so that a name that is used often is reported only a few times.

use super::first_few::FirstFew;
use super::names;
use crate::diag::phrases::{self, any_of_at_most};
use crate::diag::{Code, Diagnostic, Nearest, did_you_mean, has_same_digits, ids_meant, nearest};
use crate::policy::{KindId, Policy};
use crate::syntax::{entity as lexed, is_of_pack, quoted};
use crate::text::Span;
use crate::world::store::column::partition;
use crate::world::{EntityId, World};
use rustc_hash::{FxHashMap, FxHashSet};

/// How many places of one name are reported.
const PLACES: usize = 3;
/// The kinds of a pack are listed in a help if there are at most this many.
const LISTED: usize = 20;
/// How many ids of a kind are compared with an unknown one.
const COMPARED: usize = 10_000;
/// How many ids that may be meant are listed.
const MEANT: usize = 4;
/// How many comparisons are made for one world, so that a world full of mistakes is reported quickly.
const COMPARISONS: usize = 500_000;

/// How the name of an entity is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NameForm {
    /// In a value: all after the first `:` is the id.
    Plain,
    /// In a condition: the id is quoted where needed.
    Lexed,
    /// In a condition, before `.attribute`: the id is quoted.
    Bearer,
}

/// Where a name is: the span to report, and the span and form of the name alone if that is safe to edit.
type At = (Span, Option<(Span, NameForm)>);

/// The places of one name: the first of them, and how many there are.
#[derive(Debug, Default)]
struct UnresolvedPlaces {
    first: Vec<At>,
    count: usize,
}

impl UnresolvedPlaces {
    fn add(&mut self, at: At) {
        self.count += 1;
        let index = self.first.partition_point(|other| *other < at);
        if index < PLACES {
            self.first.insert(index, at);
            self.first.truncate(PLACES);
        }
    }

    fn absorb(&mut self, other: UnresolvedPlaces) {
        self.count += other.count - other.first.len();
        other.first.into_iter().for_each(|at| self.add(at));
    }

    /// Reports each kept place; the last diagnostic has a note with the count of further places.
    fn report(&self, diagnostics: &mut Vec<Diagnostic>, name: &str, one: impl Fn(&At) -> Diagnostic) {
        let more = self.count - self.first.len();
        for (index, at) in self.first.iter().enumerate() {
            let diagnostic = one(at);
            let last = more > 0 && index + 1 == self.first.len();
            let places = if more == 1 { "place" } else { "places" };
            diagnostics.push(if last { diagnostic.note(format!("`{name}` stands in {more} further {places}")) } else { diagnostic });
        }
    }
}

/// Unknown names and their places.
#[derive(Debug, Default)]
pub(super) struct Unresolved {
    entities: FxHashMap<(KindId, Box<str>), UnresolvedPlaces>,
    kinds: FxHashMap<Box<str>, UnresolvedPlaces>,
    declared_kinds: FxHashMap<Box<str>, UnresolvedPlaces>,
    /// Roles that the policy does not name.
    roles: FxHashMap<Box<str>, UnresolvedPlaces>,
    /// Entities that a wrong declaration was probably meant to declare: references to them are not reported.
    excused: FxHashSet<(KindId, Box<str>)>,
}

impl Unresolved {
    /// Records a reference to an entity that no part declares.
    pub(super) fn entity(&mut self, kind: KindId, id: &str, span: Span, edit: Option<(Span, NameForm)>) {
        self.entities.entry((kind, id.into())).or_default().add((span, edit));
    }

    /// Records a role that the policy does not name.
    pub(super) fn role(&mut self, id: &str, span: Span, edit: Option<(Span, NameForm)>) {
        self.roles.entry(id.into()).or_default().add((span, edit));
    }

    /// Records a reference to an entity of an unknown kind; `edit` is the span of the kind's name.
    pub(super) fn kind(&mut self, name: &str, span: Span, edit: Option<Span>) {
        self.kinds.entry(name.into()).or_default().add((span, edit.map(|span| (span, NameForm::Plain))));
    }

    /// Records a declaration of an entity of an unknown kind.
    pub(super) fn declaration(&mut self, policy: &Policy, name: &str, id: &str, span: Span, edit: Option<Span>) {
        if let Some(kind) = did_you_mean(name, names::declarable(policy)).and_then(|near| policy.kind_called(near)) {
            self.excuse(kind, id);
        }
        self.declared_kinds.entry(name.into()).or_default().add((span, edit.map(|span| (span, NameForm::Plain))));
    }

    /// Records that the entity is not declared because of a mistake that is reported elsewhere.
    pub(super) fn excuse(&mut self, kind: KindId, id: &str) {
        self.excused.insert((kind, id.into()));
    }

    /// Adds the names of another part.
    pub(super) fn absorb(&mut self, other: Unresolved) {
        other.entities.into_iter().for_each(|(key, places)| self.entities.entry(key).or_default().absorb(places));
        other.kinds.into_iter().for_each(|(key, places)| self.kinds.entry(key).or_default().absorb(places));
        other.declared_kinds.into_iter().for_each(|(key, places)| self.declared_kinds.entry(key).or_default().absorb(places));
        other.roles.into_iter().for_each(|(key, places)| self.roles.entry(key).or_default().absorb(places));
        self.excused.extend(other.excused);
    }

    /// Reports all names.
    pub(super) fn report(self, policy: &Policy, world: &World, diagnostics: &mut Vec<Diagnostic>) {
        for (name, places) in sorted(&self.declared_kinds) {
            places.report(diagnostics, name, |at| unknown_declaration(policy, name, *at));
        }
        for (name, places) in sorted(&self.kinds) {
            if !self.declared_kinds.contains_key(name) {
                places.report(diagnostics, name, |at| unknown_kind(policy, name, *at));
            }
        }
        let mut left = COMPARISONS;
        for (key, places) in sorted(&self.entities) {
            if self.excused.contains(key) {
                continue;
            }
            let (kind, id) = (key.0, &*key.1);
            let near = nearest_ids(world, kind, id, &mut left);
            let name = format!("{}:{id}", names::kind_name(policy, kind));
            places.report(diagnostics, &name, |at| unknown_entity(policy, kind, id, &near, *at));
        }
        // A tenant may have very many custom roles.
        let mut roles = FirstFew::default();
        for (id, places) in sorted(&self.roles) {
            roles.add(|| places.first.first().map(|at| unnamed_role(policy, id, *at)));
        }
        diagnostics.extend(roles.reported(|further| format!("the pack does not name {further} further roles of the world")));
    }
}

fn sorted<K: Ord, V>(map: &FxHashMap<K, V>) -> Vec<(&K, &V)> {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by_key(|&(key, _)| key);
    entries
}

fn unknown_declaration(policy: &Policy, name: &str, (span, edit): At) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::UnknownElement, format!("the pack has no kind `{name}`"), span, "no kind of the pack");
    if name == names::kind_name(policy, policy.role_kind) {
        return Diagnostic::new(Code::UnknownElement, "a world declares no roles", span, "a role")
            .help("roles are declared by the pack; name one as `role:NAME`");
    }
    if is_of_pack(name) {
        return diagnostic.help("that is an element of a pack; a pack is given by `--policies`");
    }
    let near = nearest(name, names::declarable(policy));
    let kinds = names::declarable(policy).count();
    let diagnostic = match near {
        None if kinds <= LISTED => {
            diagnostic.help(format!("is it for another pack? the kinds of this one: {}", names::any_of(names::declarable(policy))))
        }
        _ => diagnostic,
    };
    suggest(diagnostic, near, edit.map(|(span, _)| span))
}

fn unknown_kind(policy: &Policy, name: &str, (span, edit): At) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::UnknownKind, format!("no kind is named `{name}`"), span, "unknown kind");
    let known = policy.kinds.values().map(|kind| kind.meta.name.as_str());
    suggest(diagnostic, nearest(name, known), edit.map(|(span, _)| span))
}

fn suggest(diagnostic: Diagnostic, near: Option<Nearest<'_>>, edit: Option<Span>) -> Diagnostic {
    match (near, edit) {
        (Some(near), Some(span)) => diagnostic.meant(&near, span, str::to_owned),
        (Some(near), None) => diagnostic.help(near.help()),
        (None, _) => diagnostic,
    }
}

fn unknown_entity(policy: &Policy, kind: KindId, id: &str, near: &[&str], (span, edit): At) -> Diagnostic {
    let kind_name = names::kind_name(policy, kind);
    let is_role = kind == policy.role_kind;
    let (code, headline) = if is_role {
        (Code::UnknownRole, format!("no role is named `{id}`"))
    } else {
        (Code::UnknownEntity, format!("no file of the world declares `{kind_name}:{id}`"))
    };
    let diagnostic = Diagnostic::new(code, headline, span, if is_role { "unknown role" } else { "not declared" });
    match near {
        [] if is_role => diagnostic,
        [] => diagnostic.help(format!("declare it: `[{kind_name}.{}]`", header_key(id))),
        [near] => meant(diagnostic, kind_name, near, edit.filter(|_| has_same_digits(id, near))),
        several => {
            let several = several.iter().map(|near| phrases::code(format!("{kind_name}:{near}")));
            diagnostic.help(format!("did you mean {}?", any_of_at_most(several, MEANT)))
        }
    }
}

/// The warning of a role that the policy does not name.
fn unnamed_role(policy: &Policy, id: &str, (span, edit): At) -> Diagnostic {
    let headline = format!("the pack has no role `{id}`, so nobody knows what it grants");
    let warning = Diagnostic::new(Code::UnnamedRole, headline, span, "a role that the pack does not name");
    match did_you_mean(id, policy.role_names()) {
        Some(near) => meant(warning, names::kind_name(policy, policy.role_kind), near, edit.filter(|_| has_same_digits(id, near))),
        None => warning.help("if it is a role of the pack, add this to its `ids`"),
    }
}

/// Adds what was probably meant.
fn meant(diagnostic: Diagnostic, kind_name: &str, near: &str, edit: Option<(Span, NameForm)>) -> Diagnostic {
    let diagnostic = diagnostic.help(format!("did you mean `{kind_name}:{near}`?"));
    match edit {
        Some((span, NameForm::Lexed)) => diagnostic.patch(span, lexed(kind_name, near)),
        Some((span, NameForm::Bearer)) => diagnostic.patch(span, format!("{kind_name}:{}", quoted(near))),
        // In a quoted value, an id with quotes, backslashes or control characters would need the escapes of the file's format.
        Some((span, NameForm::Plain)) if !near.contains(['"', '\'', '\\']) && !near.contains(char::is_control) => {
            diagnostic.patch(span, format!("{kind_name}:{near}"))
        }
        _ => diagnostic,
    }
}

/// The id as a key of a TOML header.
fn header_key(id: &str) -> String {
    let bare = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if !id.is_empty() && id.chars().all(bare) { id.to_owned() } else { quoted(id) }
}

/// The declared ids of a kind that may be meant. If the kind has very many ids, only those that are near to this one in the sorted order
/// are compared.
fn nearest_ids<'w>(world: &'w World, kind: KindId, id: &str, left: &mut usize) -> Vec<&'w str> {
    let mut ids = world.of_kind(kind);
    let count = ids.len();
    let Some(EntityId(first)) = ids.next() else { return Vec::new() };
    let id_at = |at: usize| world.entity(EntityId(first + u32::try_from(at).unwrap_or(0))).id;
    let window = if count <= COMPARED {
        0..count
    } else {
        let around = partition(count, |at| id_at(at) < id);
        around.saturating_sub(COMPARED / 20)..count.min(around + COMPARED / 20)
    };
    // Keys are compared too, unless they are very many.
    let keys = Some(world.key_count()).filter(|&count| count <= COMPARED).unwrap_or_default();
    let Some(rest) = left.checked_sub(window.len() + keys) else { return Vec::new() };
    *left = rest;
    let known = window.map(|at| world.entity(EntityId(first + u32::try_from(at).unwrap_or(0))));
    let declared = known.filter(|entity| entity.declared || !entity.life.is_empty());
    let keys = (keys > 0).then(|| world.keys_of(kind)).into_iter().flatten();
    ids_meant(id, declared.map(|entity| entity.id).chain(keys))
}
