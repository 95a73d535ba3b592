//! Why no change turns an answer, who may do it instead, and what to find out first, in words.

use super::explanation::verdict;
use super::{MissingText, Words};
use crate::diag::phrases::{all_of, any_of, with_article};
use crate::eval::{MissingDatum, Outcome};
use crate::explain::Reason;
use crate::policy::{AttributeId, RuleId, ValueType};
use crate::query::how_to::{Blocker, Exemption, MissingFact, PossibleDatum};
use crate::world::{EntityId, FactId, Statement};

impl Words<'_> {
    pub(super) fn blocker(self, blocker: &Blocker) -> String {
        match blocker {
            Blocker::Permits => "no change within reach removes everything on which it rests".to_owned(),
            Blocker::UnknownDeny(rule) => format!("whether {} denies it depends on what the world does not say", self.rule(*rule)),
            Blocker::Unchanging { rule, facts, history } => {
                let has_key =
                    facts.iter().any(|fact| matches!(fact, Statement::Value { attribute, .. } if self.policy.attributes[*attribute].key));
                let facts: Vec<String> = facts.iter().map(|&fact| self.statement(fact)).collect();
                let why = if *history {
                    "That is history, which nobody can change: nothing that is granted changes the answer"
                } else if has_key {
                    "That is a name, which is not offered as a change: nothing that is granted lifts the denial"
                } else {
                    "That is a classification, which is not offered as a change: nothing that is granted lifts the denial"
                };
                format!("{} denies it, because {}. {why}", self.rule(*rule), facts.join(" and "))
            }
            Blocker::Deny { rule, because, exemption } => {
                let because: Vec<String> = because.iter().map(|reason| self.reason(reason)).collect();
                let because = if because.is_empty() { "always".to_owned() } else { because.join("; ") };
                let exemption = exemption.as_ref().map(|exemption| self.exemption(exemption)).unwrap_or_default();
                format!("{} denies it, and no change within reach lifts that: {because}{exemption}", self.rule(*rule))
            }
            Blocker::NotGrantable(action) => format!("nothing in the policy grants {}", self.policy.actions[*action].meta.name),
            Blocker::Unmet(permit) => self.unmet(permit),
            Blocker::Refused(invariant) => {
                let meta = &self.policy.invariants[*invariant].meta;
                format!(
                    "a change that would do it makes a world that is refused, since invariant {} never allows it",
                    self.with_claims(meta)
                )
            }
        }
    }

    /// A permit with its first blocker.
    fn unmet(self, permit: &Reason) -> String {
        let says = self.reason(permit);
        match permit.first_blocker() {
            Some(blocker) => format!("{says}, and no change within reach changes that: {}", self.reason(blocker)),
            None => says,
        }
    }

    fn rule(self, rule: RuleId) -> String {
        self.with_claims(&self.policy.rules[rule].meta)
    }

    /// Whom the exception of a rule exempts, and its text.
    fn exemption(self, exemption: &Exemption) -> String {
        let text = closed(&self.source(exemption.span));
        match self.plain_requirements(&exemption.all) {
            Some(required) => format!(". It would not deny it to {} {required}: `{text}`", self.somebody()),
            None => format!(". It would not apply if `{text}`"),
        }
    }

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
            answers: self.answers(&missing.answers),
            outcomes: missing.answers.iter().map(|&(datum, outcome)| (possible(datum), outcome.name())).collect(),
            place,
            ended,
        }
    }

    /// What the answer is for each thing that a datum may be.
    fn answers(self, answers: &[(PossibleDatum, Outcome)]) -> Option<String> {
        let mut by_verdict: Vec<(&str, Vec<PossibleDatum>)> = Vec::new();
        for &(possible, outcome) in answers {
            let verdict = verdict(outcome.name());
            match by_verdict.iter_mut().find(|(own, _)| *own == verdict) {
                Some((_, all)) => all.push(possible),
                None => by_verdict.push((verdict, vec![possible])),
            }
        }
        let each = |(verdict, all): &(&str, Vec<PossibleDatum>)| {
            let values = all.iter().filter_map(|possible| match possible {
                PossibleDatum::Value(value) => Some(self.value(*value)),
                PossibleDatum::Holds(_) => None,
            });
            match all[0] {
                PossibleDatum::Holds(true) => format!("if it is so, the answer is {verdict}"),
                PossibleDatum::Holds(false) => format!("if not, {verdict}"),
                PossibleDatum::Value(_) => format!("if it is {}, the answer is {verdict}", any_of(values.collect::<Vec<String>>())),
            }
        };
        match by_verdict.as_slice() {
            [] => None,
            [(verdict, all)] if matches!(all[0], PossibleDatum::Holds(_)) => Some(format!("by itself this leaves the answer {verdict}")),
            each_verdict => Some(each_verdict.iter().map(each).collect::<Vec<String>>().join("; ")),
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
}

/// The text of a condition, which ends with its last atom, with the parentheses that are open there closed.
fn closed(text: &str) -> String {
    let open = text.matches('(').count().saturating_sub(text.matches(')').count());
    text.to_owned() + &")".repeat(open)
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
