//! What the facts of a world must not say together: two values at one time, two homes, two containers, circles of containment.

use super::containment;
use crate::diag::{Code, Diagnostic};
use crate::policy::{AttributeId, Policy};
use crate::text::Span;
use crate::time::Interval;
use crate::world::{EntityId, Fact, FactId, Statement, Value, World};
use rustc_hash::FxHashSet;

/// Contradictions among the facts of a world, in any order. The loader has told those of a loaded world; events may bring new ones.
pub fn inconsistencies(policy: &Policy, world: &World) -> Vec<Diagnostic> {
    contradictions(policy, world, &FxHashSet::default())
}

/// The same, but for entities whose data are wrong for another reason that is told.
pub(super) fn contradictions(policy: &Policy, world: &World, spoiled: &FxHashSet<EntityId>) -> Vec<Diagnostic> {
    let mut values: Vec<AttributeSpan> = world.facts().filter_map(|(id, fact)| AttributeSpan::of(world, id, fact)).collect();
    // In a settled world they stand in this order already.
    values.sort_by_key(|told| (told.entity, told.attribute));
    let mut found = Vec::new();
    for of_one in values.chunk_by(|a, b| a.entity == b.entity) {
        if of_one.len() > 1 && !spoiled.contains(&of_one[0].entity) {
            of_entity(policy, world, of_one, &mut found);
        }
    }
    found.extend(containment::cycles(policy, world));
    found
}

/// A value that an attribute is told to have for a time.
#[derive(Clone, Copy)]
struct AttributeSpan {
    entity: EntityId,
    attribute: AttributeId,
    value: Value,
    during: Interval,
    place: Option<Span>,
}

impl AttributeSpan {
    fn of(world: &World, id: FactId, fact: Fact) -> Option<AttributeSpan> {
        let Statement::Value { entity, attribute, value } = fact.statement else { return None };
        let told = AttributeSpan { entity, attribute, value, during: fact.during, place: world.spans(id).next() };
        (!fact.during.is_empty()).then_some(told)
    }
}

fn of_entity(policy: &Policy, world: &World, values: &[AttributeSpan], found: &mut Vec<Diagnostic>) {
    let name = |told: &AttributeSpan| policy.attributes[told.attribute].name.as_str();
    let entity = || world.name(policy, values[0].entity);
    for of_one in values.chunk_by(|a, b| a.attribute == b.attribute) {
        if policy.attributes[of_one[0].attribute].many {
            continue;
        }
        for (one, two) in clashes(of_one, |told| told.value) {
            let attribute = world.attribute_text(policy, one.entity, one.attribute);
            let label = |told: &AttributeSpan| format!("`{}`", world.value_text(policy, told.value));
            let headline = format!("`{attribute}` has two values at one time");
            let help = "keep one of the two, or end the one by `until` where the other begins";
            found.push(at_both(Code::Contradiction, headline, [(one, label(one)), (two, label(two))]).help(help));
        }
    }
    let kind = &policy.kinds[world.kind(values[0].entity)];
    let among = |group: &[AttributeId]| values.iter().copied().filter(|told| group.contains(&told.attribute)).collect::<Vec<_>>();
    let label = |told: &AttributeSpan| format!("its `{}`", name(told));
    for (one, two) in clashes(&among(&kind.exactly_one), |told| told.attribute) {
        let headline = format!("`{}` has both `{}` and `{}`", entity(), name(one), name(two));
        let told = at_both(Code::TwoHomes, headline, [(one, label(one)), (two, label(two))]);
        found.push(told.help(format!("exactly one of {} is given", super::names::any_of([name(one), name(two)]))));
    }
    for (one, two) in clashes(&among(&kind.within), |told| told.attribute) {
        let headline = format!("`{}` lies within a `{}` and a `{}` at one time", entity(), name(one), name(two));
        let told = at_both(Code::TwoContainers, headline, [(one, label(one)), (two, label(two))]);
        found.push(told.help("name the inner of the two; what that lies within holds the entity too"));
    }
}

fn at_both(code: Code, headline: String, sides: [(&AttributeSpan, String); 2]) -> Diagnostic {
    let together = sides[0].0.during.intersection(sides[1].0.during);
    let mut told = Diagnostic::nowhere(code, headline);
    for (side, label) in sides {
        if let Some(place) = side.place {
            told = told.and(place, label);
        }
    }
    if together == Interval::ALWAYS { told } else { told.note(format!("from {} until {}", together.since, together.until)) }
}

/// Pairs with different keys that hold at one time, each with the earlier place first: one for every value that clashes with an earlier
/// one. Linear but for the sorting, since of the earlier ones only the longest and the longest of another key can matter.
fn clashes<K: PartialEq>(values: &[AttributeSpan], key: impl Fn(&AttributeSpan) -> K) -> Vec<(&AttributeSpan, &AttributeSpan)> {
    if values.iter().all(|told| key(told) == key(&values[0])) {
        return Vec::new();
    }
    let mut order: Vec<&AttributeSpan> = values.iter().collect();
    order.sort_by_key(|told| (told.during.since, told.place));
    let (mut longest, mut other): (Option<&AttributeSpan>, Option<&AttributeSpan>) = (None, None);
    let mut found = Vec::new();
    for told in order {
        let clash =
            [longest, other].into_iter().flatten().find(|earlier| key(earlier) != key(told) && earlier.during.until > told.during.since);
        if let Some(earlier) = clash {
            found.push(if earlier.place <= told.place { (earlier, told) } else { (told, earlier) });
        }
        match longest {
            Some(first) if key(first) == key(told) => {
                if told.during.until > first.during.until {
                    longest = Some(told);
                }
            }
            Some(first) if told.during.until > first.during.until => (longest, other) = (Some(told), Some(first)),
            Some(_) => other = other.filter(|other| other.during.until >= told.during.until).or(Some(told)),
            None => longest = Some(told),
        }
    }
    found
}
