//! Of which kind a principal is, where its row does not say: of that in which another row declares its id.

use super::{first_of, warning};
use crate::diag::phrases::counted;
use crate::diag::{Code, Diagnostic};
use crate::import::gathered::{Gathered, Line, Statement, Value};
use crate::import::mapping::{Kinds, Shape};
use crate::import::shown;
use crate::import::terms::TermId;
use crate::policy::{KindId, KindSet, Policy};
use rustc_hash::{FxHashMap, FxHashSet};

/// What a term of several kinds may be.
enum May {
    /// This entity, for sure.
    Be(TermId),
    /// One of these, in which rows declare its id.
    BeOneOf(Vec<TermId>),
    /// The id in any kind that may stand at its place: no row declares it in a kind.
    BeAnything,
}

type Resolved = FxHashMap<TermId, May>;

/// Replaces each term of several kinds by the entity that it is. What is said of a principal that may be several is unknown of each.
pub(super) fn resolve(policy: &Policy, gathered: &mut Gathered, diagnostics: &mut Vec<Diagnostic>) {
    let declared: FxHashSet<TermId> = gathered.declared.iter().map(|declared| declared.entity).collect();
    let is_several = |kinds: &&Kinds| !matches!(kinds, Kinds::One(_));
    // An id that a row declares in a kind that is not known may be of any.
    let of_no_kind: FxHashSet<String> = (declared.iter())
        .filter(|&&entity| matches!(gathered.terms.kinds(entity), Some(Kinds::Bound(_))))
        .map(|&entity| gathered.terms.text(entity).to_owned())
        .collect();
    let mut resolved = Resolved::default();
    let (mut guessed, mut several) = (Vec::new(), Vec::new());
    for term in gathered.terms.all() {
        let Some(kinds) = gathered.terms.kinds(term).filter(is_several).cloned() else { continue };
        let id = gathered.terms.text(term).to_owned();
        // A kind that its table does not know may be one that the table does not name.
        let all: Vec<KindId> = if let Kinds::Declared(kinds) = &kinds { kinds.clone() } else { policy.kinds.ids().collect() };
        let in_kinds = all.iter().filter_map(|&kind| gathered.terms.find(kind, &id));
        let known: Vec<TermId> = in_kinds.filter(|entity| declared.contains(entity)).collect();
        let named = |gathered: &Gathered, entity: TermId| {
            let (kind, id) = gathered.entity(entity).expect("it is an entity of one kind");
            shown::named(policy, kind, id)
        };
        let outcome = match (&kinds, known.as_slice()) {
            (Kinds::Declared(_), [one]) => May::Be(*one),
            (Kinds::Declared(_), []) if of_no_kind.contains(&id) => May::BeAnything,
            (Kinds::Declared(_), []) => {
                let first = gathered.terms.entity(all[0], &id);
                guessed.push(named(gathered, first));
                May::Be(first)
            }
            (Kinds::Declared(_), _) => {
                several.push(named(gathered, known[0]));
                May::BeOneOf(known)
            }
            (_, []) => May::BeAnything,
            (_, _) => May::BeOneOf(known),
        };
        resolved.insert(term, outcome);
    }
    if resolved.is_empty() {
        return;
    }
    report(&mut guessed, &mut several, diagnostics);
    let why = gathered.reason("the export does not say what the principal is, or not in a word that the mapping knows");
    let (facts, unknown, doubts) =
        (std::mem::take(&mut gathered.facts), std::mem::take(&mut gathered.unknown), std::mem::take(&mut gathered.doubts));
    for line in facts {
        let (lines, sure) = expanded(policy, gathered, &resolved, line);
        if sure {
            gathered.facts.extend(lines);
        } else {
            gathered.unknown.extend(lines.into_iter().map(|line| Line { why, ..line }));
        }
    }
    for line in unknown {
        let lines = expanded(policy, gathered, &resolved, line).0;
        gathered.unknown.extend(lines);
    }
    for line in doubts {
        let lines = expanded(policy, gathered, &resolved, line).0;
        gathered.doubts.extend(lines);
    }
    gathered.declared.retain_mut(|declared| match resolved.get(&declared.entity) {
        Some(May::Be(entity)) => {
            declared.entity = *entity;
            true
        }
        Some(_) => false,
        None => true,
    });
    values(policy, gathered, &resolved);
}

/// Replaces terms of several kinds in values of attributes. What is said of an entity whose kind is not known is unknown of each that it
/// may be.
fn values(policy: &Policy, gathered: &mut Gathered, resolved: &Resolved) {
    let mut values = Vec::with_capacity(gathered.values.len());
    for mut value in std::mem::take(&mut gathered.values) {
        match resolved.get(&value.of) {
            Some(May::Be(entity)) => value.of = *entity,
            Some(_) => value.of = TermId::ANY,
            None => {}
        }
        let name = &policy.attributes[value.attribute].name;
        match resolved.get(&value.entity) {
            None => values.push(value),
            Some(May::Be(entity)) => values.push(Value { entity: *entity, ..value }),
            Some(May::BeOneOf(entities)) => values.extend(entities.iter().filter_map(|&entity| {
                let attribute = policy.attribute_named(gathered.terms.kind(entity)?, name)?;
                Some(Value { entity, attribute, of: TermId::ANY, ..value })
            })),
            Some(May::BeAnything) => {}
        }
    }
    let (terms, attributes) = (&gathered.terms, &policy.attributes);
    values.retain(|value| terms.kind(value.entity) == Some(attributes[value.attribute].kind));
    gathered.values = values;
}

/// The line for each entity that its terms may be, and whether it is sure.
fn expanded(policy: &Policy, gathered: &mut Gathered, resolved: &Resolved, line: Line) -> (Vec<Line>, bool) {
    let (mut lines, mut sure) = (vec![line], true);
    for index in 0..line.statement.terms.len() {
        let term = line.statement.terms[index];
        let Some(may) = resolved.get(&term) else { continue };
        let known = match may {
            May::Be(entity) => std::slice::from_ref(entity),
            May::BeOneOf(entities) => entities.as_slice(),
            May::BeAnything => &[],
        };
        sure &= matches!(may, May::Be(_));
        let mut each = Vec::new();
        for line in lines {
            let places = kinds_at(policy, gathered, &line.statement, index);
            let fits = |entity: &&TermId| gathered.terms.kind(**entity).is_some_and(|kind| places.contains(kind));
            let mut entities: Vec<TermId> = known.iter().filter(|entity| matches!(may, May::Be(_)) || fits(entity)).copied().collect();
            if entities.is_empty() {
                let id = gathered.terms.text(term).to_owned();
                entities = places.iter().map(|kind| gathered.terms.entity(kind, &id)).collect();
            }
            each.extend(entities.into_iter().map(|entity| {
                let mut line = line;
                line.statement.terms[index] = entity;
                line
            }));
        }
        lines = each;
    }
    (lines, sure)
}

/// The kinds that may stand at a place of a statement, by what is at the places beside it.
fn kinds_at(policy: &Policy, gathered: &Gathered, statement: &Statement, place: usize) -> KindSet {
    let kind = |at: usize| gathered.terms.kind(statement.terms[at]);
    let bearers = |number: usize| {
        let name = &gathered.attribute_names[number];
        policy.kinds.ids().filter(move |&kind| policy.attribute_named(kind, name).is_some())
    };
    let joins = |member: KindId, group: KindId| {
        policy.kinds[member].attributes.iter().any(|&attribute| policy.attributes[attribute].is_membership_in(group))
    };
    match (statement.shape, place) {
        (Shape::Relation(relation), _) => policy.relations[relation].ends[place].clone(),
        (Shape::Holds, 0) => policy.holders(),
        (Shape::Holds, _) => {
            let role = policy.role_named(gathered.terms.text(statement.terms[1]));
            role.map_or_else(|| policy.scopes(), |role| policy.roles[role].on.clone())
        }
        (Shape::Member, 0) => {
            let of_group = |&member: &KindId| kind(1).is_none_or(|group| joins(member, group));
            policy.members().iter().filter(of_group).collect()
        }
        (Shape::Member, _) => {
            let of_member = |&group: &KindId| kind(0).is_none_or(|member| joins(member, group));
            policy.groups().iter().filter(of_member).collect()
        }
        (Shape::Value(number) | Shape::Attribute(number), 0) => bearers(number).collect(),
        (Shape::Value(number) | Shape::Attribute(number), _) => {
            let of = bearers(number).filter(|&bearer| kind(0).is_none_or(|of| of == bearer));
            let attributes = of.filter_map(|bearer| policy.attribute_named(bearer, &gathered.attribute_names[number]));
            let kinds = attributes.filter_map(|attribute| policy.attributes[attribute].value.entity_kinds());
            kinds.fold(KindSet::default(), |all, kinds| all.union(kinds))
        }
    }
}

fn report(guessed: &mut [String], several: &mut [String], diagnostics: &mut Vec<Diagnostic>) {
    guessed.sort();
    several.sort();
    if !guessed.is_empty() {
        let (it, is) = if guessed.len() == 1 { ("it", "is") } else { ("they", "are") };
        let guess = first_of(guessed);
        let what = format!("no row says what {} {is}; {it} {is} assumed to be {guess}", counted(guessed.len(), "principal"));
        diagnostics.push(Diagnostic::nowhere(Code::UnsurePrincipal, what));
    }
    if !several.is_empty() {
        let (one, many) = ("principal is declared in more than one kind", "principals are declared in more than one kind");
        diagnostics.push(warning(Code::UnsurePrincipal, one, many, several, several.len()).note("what they hold is unknown"));
    }
}
