//! Contradictions: two values of one attribute at one time, two homes, two containers, and cycles of containment.

use super::containment;
use super::unknown;
use crate::diag::phrases::{all_of, code};
use crate::diag::{Code, Diagnostic};
use crate::policy::{AttributeId, Policy};
use crate::text::Span;
use crate::time::Interval;
use crate::world::{EntityId, Fact, FactId, Statement, Value, World};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// The contradictions among the facts of a world, in any order. [`load`](super::load()) reports those of the files; events may add others.
pub fn inconsistencies(policy: &Policy, world: &World) -> Vec<Diagnostic> {
    contradictions(policy, world, &FxHashSet::default(), &FxHashSet::default())
}

/// The same of the facts that give values of these entities, and of what is denied of them: those that a change of these facts can bring.
pub fn inconsistencies_of(policy: &Policy, world: &World, entities: &BTreeSet<EntityId>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for &ent in entities {
        let attributes = policy.kinds[world.kind(ent)].attributes.iter();
        let given = attributes.flat_map(|&attribute| world.values(ent, attribute)).map(|id| (id, world.fact(id)));
        let mut values: Vec<AttributeSpan> =
            given.filter_map(|(id, fact)| AttributeSpan::of(world, id, fact, &FxHashSet::default())).collect();
        values.sort_by_key(|given| given.attribute);
        if values.len() > 1 {
            of_entity(policy, world, &values, &mut found);
        }
    }
    found.extend(containment::cycles_from(policy, world, entities));
    found.extend(unknown::stated_both_ways(policy, world, |ent| entities.contains(&ent)));
    found
}

/// The contradictions except those of `spoiled` entities, whose data are wrong for a reason that is reported already. `repeated` are the
/// places of values that lines of repeated entities give.
pub(super) fn contradictions(policy: &Policy, world: &World, spoiled: &FxHashSet<EntityId>, repeated: &FxHashSet<Span>) -> Vec<Diagnostic> {
    let mut values: Vec<AttributeSpan> = world.facts().filter_map(|(id, fact)| AttributeSpan::of(world, id, fact, repeated)).collect();
    // The facts of a compacted world are in this order already.
    values.sort_by_key(|given| (given.entity, given.attribute));
    let mut found = Vec::new();
    for own_values in values.chunk_by(|a, b| a.entity == b.entity) {
        if own_values.len() > 1 && !spoiled.contains(&own_values[0].entity) {
            of_entity(policy, world, own_values, &mut found);
        }
    }
    found.extend(containment::cycles(policy, world));
    found.extend(unknown::stated_both_ways(policy, world, |_| true));
    found
}

/// A value of an attribute, and its interval.
#[derive(Clone, Copy)]
struct AttributeSpan {
    entity: EntityId,
    attribute: AttributeId,
    value: Value,
    during: Interval,
    place: Option<Span>,
    /// Whether that is a line of a repeated entity.
    repeated: bool,
}

impl AttributeSpan {
    fn of(world: &World, id: FactId, fact: Fact, repeated: &FxHashSet<Span>) -> Option<AttributeSpan> {
        let Statement::Value { entity, attribute, value } = fact.statement else { return None };
        let of_line = if repeated.is_empty() { None } else { world.spans(id).find(|span| repeated.contains(span)) };
        let place = of_line.or_else(|| world.spans(id).next());
        let given = AttributeSpan { entity, attribute, value, during: fact.during, place, repeated: of_line.is_some() };
        (!fact.during.is_empty()).then_some(given)
    }
}

/// Reports the contradictions among the values of one entity.
fn of_entity(policy: &Policy, world: &World, values: &[AttributeSpan], found: &mut Vec<Diagnostic>) {
    let name = |given: &AttributeSpan| policy.attributes[given.attribute].name.as_str();
    let entity = || world.name(policy, values[0].entity);
    for same_attribute in values.chunk_by(|a, b| a.attribute == b.attribute) {
        if policy.attributes[same_attribute[0].attribute].many {
            continue;
        }
        for (one, two) in clashes(same_attribute, |given| given.value) {
            let attribute = world.attribute_text(policy, one.entity, one.attribute);
            let label = |given: &AttributeSpan| format!("`{}`", world.value_text(policy, given.value));
            let sides = [(one, label(one)), (two, label(two))];
            found.push(if one.repeated && two.repeated {
                let headline = format!("`{}` is declared more than once, with two values of `{}`", entity(), name(one));
                let help = "give the same value in each place, or in one place only; if these are two things, give them two ids";
                at_both(Code::DuplicateEntity, headline, sides).help(help)
            } else {
                let help = "keep one of the two, or end one with `until` when the other begins";
                at_both(Code::Contradiction, format!("`{attribute}` has two values at one time"), sides).help(help)
            });
        }
    }
    let kind = &policy.kinds[world.kind(values[0].entity)];
    let among = |group: &[AttributeId]| values.iter().copied().filter(|given| group.contains(&given.attribute)).collect::<Vec<_>>();
    let label = |given: &AttributeSpan| format!("its `{}`", name(given));
    for (one, two) in clashes(&among(&kind.exactly_one), |given| given.attribute) {
        let headline = format!("`{}` has both `{}` and `{}`", entity(), name(one), name(two));
        let diagnostic = at_both(Code::TwoHomes, headline, [(one, label(one)), (two, label(two))]);
        found.push(diagnostic.help(format!("give exactly one of {}", all_of([name(one), name(two)].map(code)))));
    }
    for (one, two) in clashes(&among(&kind.within), |given| given.attribute) {
        let headline = format!("`{}` lies within a `{}` and a `{}` at one time", entity(), name(one), name(two));
        let diagnostic = at_both(Code::TwoContainers, headline, [(one, label(one)), (two, label(two))]);
        found.push(diagnostic.help("name only the inner one; the entity then also lies within whatever contains it"));
    }
}

fn at_both(code: Code, headline: String, sides: [(&AttributeSpan, String); 2]) -> Diagnostic {
    let together = sides[0].0.during.intersection(sides[1].0.during);
    let mut diagnostic = Diagnostic::nowhere(code, headline);
    for (side, label) in sides {
        if let Some(place) = side.place {
            diagnostic = diagnostic.and(place, label);
        }
    }
    if together == Interval::ALWAYS { diagnostic } else { diagnostic.note(format!("from {} until {}", together.since, together.until)) }
}

/// Pairs of values that overlap in time and have different keys: one pair for each value that clashes with a value that begins earlier. In a
/// pair, the value whose place is earlier comes first.
///
/// After the sort this takes linear time: if a value clashes with any earlier one, it clashes with the earlier one that ends last, or with
/// the one that ends last among those of other keys than that.
fn clashes<K: PartialEq>(values: &[AttributeSpan], key: impl Fn(&AttributeSpan) -> K) -> Vec<(&AttributeSpan, &AttributeSpan)> {
    if values.iter().all(|given| key(given) == key(&values[0])) {
        return Vec::new();
    }
    let mut order: Vec<&AttributeSpan> = values.iter().collect();
    order.sort_by_key(|given| (given.during.since, given.place));
    let (mut longest, mut other): (Option<&AttributeSpan>, Option<&AttributeSpan>) = (None, None);
    let mut found = Vec::new();
    for given in order {
        let clash =
            [longest, other].into_iter().flatten().find(|earlier| key(earlier) != key(given) && earlier.during.until > given.during.since);
        if let Some(earlier) = clash {
            found.push(if earlier.place <= given.place { (earlier, given) } else { (given, earlier) });
        }
        match longest {
            Some(first) if key(first) == key(given) => {
                if given.during.until > first.during.until {
                    longest = Some(given);
                }
            }
            Some(first) if given.during.until > first.during.until => (longest, other) = (Some(given), Some(first)),
            Some(_) => other = other.filter(|other| other.during.until >= given.during.until).or(Some(given)),
            None => longest = Some(given),
        }
    }
    found
}
