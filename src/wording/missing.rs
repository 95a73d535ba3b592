//! What to find out first, in words.

use super::explanation::verdict;
use super::{MissingText, Words};
use crate::diag::phrases::{all_of, any_of, with_article};
use crate::eval::{MissingDatum, Outcome};
use crate::policy::{AttributeId, KindId, ValueType};
use crate::query::how_to::{MissingFact, PossibleAnswer, PossibleDatum};
use crate::world::{EntityId, FactId, Statement, Value};
use std::collections::BTreeSet;

/// The most values with one answer that are named, if all others have it too.
const MAX_VALUES: usize = 2;

/// The most answers that are told apart by what is open still.
const MAX_GROUPS: usize = 4;

impl Words<'_> {
    /// The missing data, sorted by their names, which is not the order of ids.
    pub(super) fn missing_facts(self, missing: &[MissingFact]) -> Vec<MissingText> {
        let mut texts: Vec<MissingText> = missing.iter().map(|missing| self.missing_fact(missing)).collect();
        texts.sort_by(|one, other| one.datum.cmp(&other.datum));
        texts.dedup();
        texts
    }

    fn missing_fact(self, missing: &MissingFact) -> MissingText {
        let (says, about) = match missing.datum {
            MissingDatum::Attribute(entity, attribute) => (self.possible_values(attribute), entity),
            MissingDatum::Fact(fact) => (format!("whether {}", self.statement(fact)), first_entity(fact)),
            MissingDatum::Role(role) => ("which role it is: the pack does not name it in `ids`".to_owned(), role),
        };
        let ended = self.last_value(missing.datum);
        let place = match ended {
            Some(id) => self.world.places(id).into_iter().next(),
            None => self.world.declared_in(about),
        };
        let ended = ended.map(|id| self.world.fact(id).during.until.to_string());
        let possible = |possible: PossibleDatum| match possible {
            PossibleDatum::Holds(holds) => holds.to_string(),
            PossibleDatum::Value(value) => self.value(value),
        };
        MissingText {
            datum: self.datum(missing.datum),
            says,
            with: self.names(&missing.with),
            answers: self.answers(missing),
            outcomes: missing
                .answers
                .iter()
                .map(|answer| (possible(answer.datum), answer.outcome.name(), self.data(&answer.open)))
                .collect(),
            place,
            ended,
        }
    }

    /// The fact that gave a missing attribute its last value, if it had one before.
    fn last_value(self, datum: MissingDatum) -> Option<FactId> {
        let MissingDatum::Attribute(entity, attribute) = datum else { return None };
        let values = self.policy.exclusive(&attribute).iter().flat_map(|&own| self.world.facts_giving(self.policy, entity, own));
        let until = |&id: &FactId| self.world.fact(id).during.until;
        values.filter(|id| !self.world.is_assumed(*id) && until(id) <= self.at).max_by_key(until)
    }

    /// The values that an attribute can have.
    fn possible_values(self, attribute: AttributeId) -> String {
        match &self.policy.attributes[attribute].value {
            ValueType::Entity(kinds) => any_of(kinds.iter().map(|kind| with_article(&self.policy.kinds[kind].meta.name))),
            ValueType::OneOf(texts) => {
                format!("one of {}", all_of(texts.iter().map(|&text| format!("\"{}\"", self.policy.texts[text]))))
            }
            value => value.noun().to_owned(),
        }
    }

    /// What the answer is for each thing that a datum may be.
    fn answers(self, missing: &MissingFact) -> Option<String> {
        let is_known = |answer: &PossibleAnswer| answer.outcome != Outcome::Unknown;
        let mut groups = grouped(&missing.answers, |answer| self.answer_if(answer));
        if groups.len() > MAX_GROUPS {
            groups = grouped(&missing.answers, |answer| verdict(answer.outcome.name()).to_owned());
        }
        match groups.as_slice() {
            [] => return None,
            [(verdict, _)] if missing.whole && !missing.answers.iter().any(is_known) => {
                return Some(format!("by itself this leaves the answer {verdict}"));
            }
            _ => {}
        }
        // One group of many values is told as all the others.
        let most = groups.iter().map(|(_, all)| all.len()).max().unwrap_or_default();
        let others = (0..groups.len()).rev().find(|&at| missing.whole && most > MAX_VALUES && groups[at].1.len() == most);
        if let Some(at) = others {
            let others = groups.remove(at);
            groups.push(others);
        }
        let count = groups.len();
        // All that the world names leaves one answer, which is not the present one.
        let unnamed = if count == 1 && missing.whole && missing.answers.iter().all(is_known) && is_entity(missing.answers[0].datum) {
            "; one that this world does not name may turn it"
        } else {
            ""
        };
        let each = groups.iter().enumerate().map(|(at, (verdict, all))| {
            let is = if at == 0 { "the answer is " } else { "" };
            match all[0] {
                PossibleDatum::Holds(true) => format!("if it is so, {is}{verdict}"),
                PossibleDatum::Holds(false) => format!("if not, {is}{verdict}"),
                PossibleDatum::Value(_) if others.is_some() && at + 1 == count => {
                    format!("if it is {}, {is}{verdict}", self.other_values(all, count == 1))
                }
                PossibleDatum::Value(_) => {
                    let values = all.iter().filter_map(|possible| match possible {
                        PossibleDatum::Value(value) => Some(self.value(*value)),
                        PossibleDatum::Holds(_) => None,
                    });
                    format!("if it is {}, {is}{verdict}", any_of(values.collect::<Vec<String>>()))
                }
            }
        });
        Some(each.collect::<Vec<String>>().join("; ") + unnamed)
    }

    /// The answer, and on what it still depends: `UNKNOWN, until user:"x".partner is known`.
    fn answer_if(self, answer: &PossibleAnswer) -> String {
        let verdict = verdict(answer.outcome.name());
        match self.data(&answer.open).as_slice() {
            [] => verdict.to_owned(),
            [only] => format!("{verdict} until {only} is known"),
            [first, rest @ ..] => format!("{verdict} until {first} and {} more are known", rest.len()),
        }
    }

    /// Many values: `another partner or customer of this world`, `any partner of this world`, `another one`.
    fn other_values(self, values: &[PossibleDatum], are_all: bool) -> String {
        let kind = |possible: &PossibleDatum| match possible {
            PossibleDatum::Value(Value::Entity(entity)) => Some(self.world.kind(*entity)),
            _ => None,
        };
        let kinds: BTreeSet<KindId> = values.iter().filter_map(kind).collect();
        let any = if are_all { "any" } else { "another" };
        if kinds.is_empty() {
            return format!("{any} one");
        }
        let names = any_of(kinds.iter().map(|&kind| self.policy.kinds[kind].meta.name.as_str()));
        format!("{any} {names} of this world")
    }
}

/// The first entity of a fact.
fn first_entity(fact: Statement) -> EntityId {
    match fact {
        Statement::Relation(_, [first, ..]) => first,
        Statement::Holds { holder, .. } => holder,
        Statement::Member { member, .. } => member,
        Statement::Value { entity, .. } => entity,
    }
}

/// What a datum may be, by the answer then, in the order in which the answers come first.
fn grouped(answers: &[PossibleAnswer], says: impl Fn(&PossibleAnswer) -> String) -> Vec<(String, Vec<PossibleDatum>)> {
    let mut groups: Vec<(String, Vec<PossibleDatum>)> = Vec::new();
    for answer in answers {
        let verdict = says(answer);
        match groups.iter_mut().find(|(own, _)| *own == verdict) {
            Some((_, all)) => all.push(answer.datum),
            None => groups.push((verdict, vec![answer.datum])),
        }
    }
    groups
}

fn is_entity(possible: PossibleDatum) -> bool {
    matches!(possible, PossibleDatum::Value(Value::Entity(_)))
}
