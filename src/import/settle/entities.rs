//! The entities: each once, with the values on which its rows agree, and within what it lies.

use super::left_out::LeftOut;
use super::{Disagreement, NAMED_PLACES, warning};
use crate::diag::{Code, Diagnostic};
use crate::import::gathered::{Declared, From, Gathered, Line, Statement, Value};
use crate::import::list::List;
use crate::import::mapping::Shape;
use crate::import::terms::TermId;
use crate::policy::{Attribute, AttributeId, Policy};
use crate::time::Interval;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

/// The entities of an import.
#[derive(Debug, Default)]
pub(in crate::import) struct Entities {
    /// Each entity, and where it comes from.
    pub(in crate::import) from: BTreeMap<TermId, From>,
    /// The values that are written, sorted by entity and attribute.
    pub(in crate::import) values: Vec<Value>,
    /// What is left out: it lies within nothing that is known.
    pub(super) left_out: LeftOut,
    /// Whether rows disagree, or something is left out that no binding would place.
    pub(in crate::import) has_bad_rows: bool,
}

impl Entities {
    /// Joins what rows declare and name.
    pub(super) fn of(policy: &Policy, gathered: &mut Gathered, lists: &mut [List], diagnostics: &mut Vec<Diagnostic>) -> Entities {
        let mut entities = Entities::default();
        for &Declared { entity, from, .. } in &gathered.declared {
            add(&mut entities.from, gathered, entity, from);
        }
        let mut lost = Lost::default();
        entities.values = agreed(policy, gathered, &mut lost, diagnostics);
        entities.has_bad_rows = lost.disagree;
        entities.unique_keys(policy, gathered, diagnostics);
        let mut named: BTreeMap<TermId, From> = BTreeMap::new();
        for value in entities.values.iter().filter(|value| gathered.terms.kind(value.of).is_some()) {
            add(&mut named, gathered, value.of, value.from);
        }
        named.into_iter().for_each(|(entity, from)| _ = entities.from.entry(entity).or_insert(from));
        entities.named_by(policy, gathered);
        entities.leave_out(policy, gathered, lists, &lost.places, diagnostics);
        entities
    }

    /// Adds what lines name and no row declares; it comes from where it is named.
    pub(in crate::import) fn named_by(&mut self, policy: &Policy, gathered: &Gathered) {
        let mut named: BTreeMap<TermId, From> = BTreeMap::new();
        for line in gathered.facts.iter().chain(&gathered.unknown) {
            let is_entity = |term: &&TermId| gathered.terms.kind(**term).is_some_and(|kind| kind != policy.role_kind);
            let of_condition = gathered.named_by_condition.get(&line.statement.condition).into_iter().flatten();
            for &term in line.statement.terms.iter().filter(is_entity).chain(of_condition).filter(|term| !self.from.contains_key(term)) {
                add(&mut named, gathered, term, line.from);
            }
        }
        self.from.extend(named);
    }

    /// Adds values of entities that were not there. A second name that another entity has by now is left out.
    pub(in crate::import) fn add_values(&mut self, policy: &Policy, gathered: &Gathered, values: Vec<Value>) {
        self.values.extend(values);
        self.values.sort_by_key(|value| (value.entity, value.attribute, value.of));
        self.unique_keys(policy, gathered, &mut Vec::new());
    }

    /// Adds an entity that an open pattern names.
    pub(in crate::import) fn add(&mut self, entity: TermId) {
        self.from.entry(entity).or_insert(From::Nothing);
    }

    /// The value of a single attribute, if it is written.
    pub(in crate::import) fn value(&self, entity: TermId, attribute: AttributeId) -> Option<TermId> {
        self.given(entity, attribute).map(|value| value.of)
    }

    /// The value of a single attribute and where it comes from, if it is written.
    pub(super) fn given(&self, entity: TermId, attribute: AttributeId) -> Option<&Value> {
        let at = self.values.partition_point(|value| (value.entity, value.attribute) < (entity, attribute));
        self.values.get(at).filter(|value| (value.entity, value.attribute) == (entity, attribute))
    }

    /// Keeps a key of one entity alone, and none that is the id of another entity.
    fn unique_keys(&mut self, policy: &Policy, gathered: &Gathered, diagnostics: &mut Vec<Diagnostic>) {
        let mut owners: FxHashMap<(AttributeId, TermId), (TermId, From)> = FxHashMap::default();
        let (mut dropped, mut count) = (Vec::new(), 0);
        for value in self.values.iter().filter(|value| policy.attributes[value.attribute].key) {
            let owner = owners.entry((value.attribute, value.of)).or_insert((value.entity, value.from));
            let order = |entity, from| (gathered.origin(from), gathered.terms.text(entity).to_owned());
            if owner.0 != value.entity && order(value.entity, value.from) < order(owner.0, owner.1) {
                *owner = (value.entity, value.from);
            }
        }
        let from = &self.from;
        self.values.retain(|value| {
            let Attribute { key, kind, .. } = policy.attributes[value.attribute];
            if !key {
                return true;
            }
            let text = gathered.terms.text(value.of);
            let is_id = gathered.terms.find(kind, text).is_some_and(|other| other != value.entity && from.contains_key(&other))
                || policy.literals.values().any(|literal| literal.kind == kind && literal.id == text);
            let owner = owners.get(&(value.attribute, value.of));
            let keeps = !is_id && owner.is_none_or(|&(owner, _)| owner == value.entity);
            if !keeps {
                count += 1;
                if dropped.len() < NAMED_PLACES {
                    dropped.push(format!("{text} ({})", gathered.origin(value.from).unwrap_or_default()));
                }
            }
            keeps
        });
        if count > 0 {
            let what =
                warning(Code::ConflictingRows, "second name is another one's too", "second names are other ones' too", &dropped, count);
            diagnostics.push(what.note("the entity that comes first in the export has it; the others are called by their ids"));
        }
    }

    /// Leaves out what lies within nothing that a row names, and what lies within that. `lost` are the entities of which rows lack or
    /// contradict within what they lie.
    fn leave_out(
        &mut self,
        policy: &Policy,
        gathered: &mut Gathered,
        lists: &mut [List],
        lost: &FxHashSet<TermId>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        self.left_out = LeftOut::of(policy, gathered, self.from.keys(), &self.values, lost);
        if self.left_out.is_empty() {
            return;
        }
        let mut lacks = BTreeSet::new();
        for declared in gathered.declared.iter().filter(|declared| self.left_out.has(declared.entity)) {
            lacks.extend(lists[declared.list as usize].lacks.iter().cloned());
            let place = || gathered.origin(declared.from).unwrap_or_default();
            lists[declared.list as usize].breaks(|| format!("rows lack, or disagree about, where what {} names lies", place()));
        }
        self.has_bad_rows |= lacks.is_empty() || self.left_out.has_misplaced();
        self.left_out.report(policy, gathered, &lacks, diagnostics);
        let left_out = &self.left_out;
        self.from.retain(|&entity, _| !left_out.has(entity));
        let mut lost = Vec::new();
        self.values.retain(|value| {
            let names = left_out.has(value.of);
            if names && !left_out.has(value.entity) {
                lost.push(*value);
            }
            !names && !left_out.has(value.entity)
        });
        for value in lost {
            unknown_value(
                policy,
                gathered,
                value.entity,
                value.attribute,
                value.from,
                "rows lack, or disagree about, where what it names lies",
            );
        }
    }
}

/// What rows lack or contradict.
#[derive(Default)]
struct Lost {
    /// The entities of which they do so with what these lie within.
    places: FxHashSet<TermId>,
    /// Whether they contradict each other in more than a label or a key.
    disagree: bool,
}

fn add(entities: &mut BTreeMap<TermId, From>, gathered: &Gathered, entity: TermId, from: From) {
    entities.entry(entity).and_modify(|known| *known = gathered.first(*known, from)).or_insert(from);
}

/// The values on which all rows agree. Of a label or key, the first is taken. What is not known of an attribute that may be absent is made
/// unknown.
fn agreed(policy: &Policy, gathered: &mut Gathered, lost: &mut Lost, diagnostics: &mut Vec<Diagnostic>) -> Vec<Value> {
    let mut values = std::mem::take(&mut gathered.values);
    values.sort_by_key(|value| (value.entity, value.attribute, value.of, value.from));
    let mut kept: Vec<Value> = Vec::with_capacity(values.len());
    let mut disagreements = Vec::new();
    for same in values.chunk_by(|a, b| (a.entity, a.attribute) == (b.entity, b.attribute)) {
        let attribute = &policy.attributes[same[0].attribute];
        let mut distinct: Vec<Value> = Vec::new();
        for &value in same.iter().filter(|value| value.of != TermId::ANY) {
            match distinct.last_mut() {
                Some(last) if last.of == value.of => last.from = gathered.first(last.from, value.from),
                _ => distinct.push(value),
            }
        }
        let is_name = attribute.key || policy.kinds[attribute.kind].label == Some(same[0].attribute);
        match distinct.as_slice() {
            [] => {
                lost.places.extend(attribute.container.then_some(same[0].entity));
                unknown_value(policy, gathered, same[0].entity, same[0].attribute, same[0].from, "the row lacks it");
            }
            _ if attribute.many => kept.extend(distinct),
            [one] => kept.push(*one),
            [one, other, ..] => {
                disagreements.push((*one, *other));
                if is_name {
                    let first = distinct.iter().min_by_key(|value| gathered.origin(value.from)).expect("there are two");
                    kept.push(*first);
                } else {
                    lost.disagree = true;
                    lost.places.extend(attribute.container.then_some(one.entity));
                    unknown_value(policy, gathered, one.entity, one.attribute, one.from, "rows of the export disagree");
                }
            }
        }
    }
    let before = disagreements.len();
    homes(policy, gathered, &mut kept, &mut disagreements);
    lost.disagree |= disagreements.len() > before;
    disagreements.sort_by_key(|(one, other)| (gathered.origin(one.from), gathered.origin(other.from)));
    let found: Vec<Disagreement> = (disagreements.iter()).map(|(one, other)| (one.entity, one.attribute, (one.from, other.from))).collect();
    super::disagreements(policy, gathered, &found, diagnostics);
    kept
}

/// Of attributes of which an entity has exactly one, two are none: which is right is unknown.
fn homes(policy: &Policy, gathered: &mut Gathered, kept: &mut Vec<Value>, disagreements: &mut Vec<(Value, Value)>) {
    let mut wrong: FxHashSet<TermId> = FxHashSet::default();
    for of_entity in kept.chunk_by(|a, b| a.entity == b.entity) {
        let kind = &policy.kinds[policy.attributes[of_entity[0].attribute].kind];
        let mut given = of_entity.iter().filter(|value| kind.exactly_one.contains(&value.attribute));
        if let (Some(one), Some(other)) = (given.next(), given.next()) {
            wrong.insert(one.entity);
            disagreements.push((*one, *other));
        }
    }
    if wrong.is_empty() {
        return;
    }
    let is_home = |value: &Value| policy.kinds[policy.attributes[value.attribute].kind].exactly_one.contains(&value.attribute);
    let optional: Vec<Value> = kept.iter().filter(|value| wrong.contains(&value.entity) && is_home(value)).copied().collect();
    kept.retain(|value| !(wrong.contains(&value.entity) && is_home(value)));
    for value in optional {
        unknown_value(policy, gathered, value.entity, value.attribute, value.from, "rows of the export disagree");
    }
}

/// Makes the value of an attribute unknown. One that must be given is unknown if it is not; what an entity is called may lack.
fn unknown_value(policy: &Policy, gathered: &mut Gathered, entity: TermId, attribute: AttributeId, from: From, why: &str) {
    let Attribute { optional, kind, ref name, .. } = policy.attributes[attribute];
    if !optional || policy.kinds[kind].label == Some(attribute) {
        return;
    }
    let shape = Shape::Attribute(gathered.attribute(name));
    let statement = Statement { shape, terms: [entity, TermId::NONE, TermId::NONE], condition: TermId::NONE };
    let why = gathered.reason(why);
    gathered.unknown.push(Line { statement, during: Interval::ALWAYS, days: [false; 2], from, why });
}
