//! Verifies properties one by one: makes the questions of each, answers them, and puts each counterexample to the ordinary evaluator.

use super::claims::{Asked, Settings};
use super::confirm::Denied;
use super::host::Host;
use super::report::{Counterexample, Obstacle, PropertyReport, Verdict};
use super::search::{Answer, Question, by_kind};
use super::symbolic::Party;
use super::touched::is_touched;
use crate::plan::{CompiledPolicy, Context};
use crate::policy::{ActionId, Given, Id, KindId, Policy, Property, PropertyClaim, PropertyId, ToggleId};
use crate::time::{Instant, TimeUnit};
use std::collections::BTreeSet;

/// The toggles of which all settings are tried, if a property is about any.
const MOST_TOGGLES: usize = 6;

/// The number of entities of each kind that are looked at where there is no bound.
pub const UNBOUNDED: usize = 3;

/// The encoder and the evaluator disagree: an error of this program.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// The property.
    pub property: String,
    /// What the loader or the evaluator says.
    pub says: String,
    /// The counterexample that is none.
    pub counterexample: Box<Counterexample>,
}

/// Verifies these properties, in order.
///
/// # Errors
///
/// If a counterexample is none for the ordinary evaluator.
pub fn verify(
    compiled: &CompiledPolicy,
    properties: &[PropertyId],
    most: Option<usize>,
    host: &dyn Host,
) -> Result<Vec<PropertyReport>, Disagreement> {
    properties.iter().map(|&id| Verifier { compiled, id, most: most.unwrap_or(UNBOUNDED), host }.report()).collect()
}

/// Verifies one property.
struct Verifier<'a> {
    compiled: &'a CompiledPolicy,
    id: PropertyId,
    most: usize,
    host: &'a dyn Host,
}

impl<'a> Verifier<'a> {
    fn policy(&self) -> &'a Policy {
        &self.compiled.policy
    }

    fn property(&self) -> &'a Property {
        &self.policy().properties[self.id]
    }

    fn report(&self) -> Result<PropertyReport, Disagreement> {
        let (policy, property) = (self.policy(), self.property());
        let given = property.given.iter().map(|given| match given {
            Given::Property(id) => policy.properties[*id].meta.name.clone(),
            Given::Invariant(id) => policy.invariants[*id].meta.name.clone(),
        });
        let mut report = PropertyReport {
            property: property.meta.name.clone(),
            title: property.meta.title.clone(),
            verdict: Verdict::Proved,
            obstacle: None,
            bound: std::collections::BTreeMap::new(),
            unbounded: None,
            given: given.collect(),
            counterexamples: Vec::new(),
            proofs: 0,
            questions: 0,
        };
        if !property.imported {
            return Ok(gave_up(report, Obstacle::NotImported));
        }
        if property.is_of_worlds() {
            return Ok(match property.condition() {
                Some(never) if is_touched(policy, never) => gave_up(report, Obstacle::Events),
                _ => PropertyReport { verdict: Verdict::Assumed, ..report },
            });
        }
        let questions = match self.questions() {
            Ok(questions) => questions,
            Err(obstacle) => return Ok(gave_up(report, obstacle)),
        };
        report.questions = questions.len();
        let mut happens = false;
        for question in &questions {
            match question.answer() {
                Answer::Obstacle(obstacle) => return Ok(gave_up(report, obstacle)),
                Answer::Found(mut found) => {
                    match question.confirm(self.compiled, self.id, &mut found, self.host) {
                        Ok(()) => {}
                        Err(Denied::Refused { why, dates: true }) => return Ok(gave_up(report, Obstacle::OtherDates(why))),
                        Err(Denied::Refused { why: says, .. } | Denied::Disagrees(says)) => {
                            return Err(Disagreement { property: report.property, says, counterexample: found });
                        }
                    }
                    report.counterexamples.push(*found);
                    report.verdict = if question.wants_world() { Verdict::Proved } else { Verdict::Refuted };
                    return Ok(report);
                }
                Answer::None { counts, unbounded, happens: here } => {
                    happens |= here;
                    report.proofs += 1;
                    for (kind, count) in by_kind(policy, &counts) {
                        let most = report.bound.entry(kind).or_default();
                        *most = (*most).max(count);
                    }
                    if let Some(why) = unbounded {
                        report.unbounded.get_or_insert((why, self.most));
                    }
                }
            }
        }
        report.verdict = match (&report.unbounded, &property.claim) {
            (Some(_), _) => Verdict::Bounded,
            (None, PropertyClaim::MustMatter(_)) => Verdict::Refuted,
            (None, _) if !happens => Verdict::Vacuous,
            (None, _) => Verdict::Proved,
        };
        Ok(report)
    }

    /// The questions: for each date on which something begins or ends, each setting of toggles, each action, and each choice of what subject
    /// and resource are. Where the same elements are in force as on an earlier date, it is not asked again.
    fn questions(&self) -> Result<Vec<Question<'a>>, Obstacle> {
        let policy = self.policy();
        let mut found = Vec::new();
        for (action, implied) in self.actions() {
            let settings = self.toggles(action)?;
            let mut seen: BTreeSet<Vec<bool>> = BTreeSet::new();
            for at in self.dates() {
                for toggles in &settings {
                    if !seen.insert(self.in_force(action, at, toggles)) {
                        continue;
                    }
                    for (request, same) in self.requests(action, implied) {
                        found.push(Question {
                            asked: Asked { policy, property: self.property(), action, implied },
                            settings: Settings::new(policy, self.property(), at, toggles.clone()),
                            request,
                            same,
                            most: self.most,
                        });
                    }
                }
            }
        }
        Ok(found)
    }

    /// The actions that it is about, each with one that it implies.
    fn actions(&self) -> Vec<(ActionId, Option<ActionId>)> {
        let (policy, property) = (self.policy(), self.property());
        let actions: Vec<ActionId> = match (&property.claim, &property.actions) {
            (PropertyClaim::MustMatter(rule), _) => policy.rules[*rule].actions.clone(),
            (_, Some(actions)) => actions.clone(),
            (_, None) => policy.actions.ids().collect(),
        };
        let PropertyClaim::Implies(implied) = &property.claim else {
            return actions.into_iter().map(|action| (action, None)).collect();
        };
        let pairs = actions.iter().flat_map(|action| implied.iter().map(move |implied| (*action, Some(*implied))));
        pairs.filter(|(action, implied)| Some(*action) != *implied).collect()
    }

    /// A date of each interval between the dates on which something begins or ends, within the property's own.
    fn dates(&self) -> Vec<Instant> {
        let validity = &self.property().meta.validity;
        let dates: BTreeSet<Instant> = self.policy().dates().chain(validity.dates()).collect();
        let first =
            dates.first().map_or_else(|| Instant::of_microseconds(0), |first| first.plus(-1, TimeUnit::Days).unwrap_or(first.before()));
        let first = if dates.is_empty() { Instant::parse("2020-01-01").unwrap_or(first) } else { first };
        [first].into_iter().chain(dates).filter(|date| validity.is_current(*date)).collect()
    }

    /// The settings of toggles that are asked about.
    fn toggles(&self, action: ActionId) -> Result<Vec<Vec<bool>>, Obstacle> {
        let (policy, property) = (self.policy(), self.property());
        let mut fixed: Vec<bool> = policy.toggles.values().map(|toggle| toggle.default).collect();
        property.turn_on.iter().for_each(|toggle| fixed[toggle.index()] = true);
        property.turn_off.iter().for_each(|toggle| fixed[toggle.index()] = false);
        let mut settings = vec![fixed];
        if property.any_toggles {
            let mut free: BTreeSet<ToggleId> = self.compiled.graph.toggles(policy, action).into_iter().collect();
            if let PropertyClaim::Implies(implied) = &property.claim {
                free.extend(implied.iter().flat_map(|action| self.compiled.graph.toggles(policy, *action)));
            }
            if property.condition().is_some() || !property.given.is_empty() {
                // A condition may rest on any implication.
                let gated = policy.implications.values().filter_map(|implication| implication.meta.validity.toggle);
                free.extend(gated.chain(policy.roles.values().filter_map(|role| role.meta.validity.toggle)));
                free.extend(policy.toggles.ids().filter(|toggle| self.asks_toggle(*toggle)));
            }
            free.retain(|toggle| !property.turn_on.contains(toggle) && !property.turn_off.contains(toggle));
            if free.len() > MOST_TOGGLES {
                return Err(Obstacle::Toggles(free.len()));
            }
            for toggle in free {
                let turned = settings.iter().map(|setting| {
                    let mut setting = setting.clone();
                    setting[toggle.index()] = !setting[toggle.index()];
                    setting
                });
                let turned: Vec<_> = turned.collect();
                settings.extend(turned);
            }
        }
        Ok(settings)
    }

    /// Whether some condition asks for the toggle.
    fn asks_toggle(&self, toggle: ToggleId) -> bool {
        let policy = self.policy();
        let own = policy.properties.values().filter_map(Property::condition);
        let asks = |expr: &crate::policy::Expr| matches!(expr, crate::policy::Expr::Toggle(asked, _) if *asked == toggle);
        policy.conditions().chain(own).any(|condition| condition.expr.walk().any(|(part, _)| asks(part)))
    }

    /// What of the policy is in force, as far as decisions and invariants may read it.
    fn in_force(&self, action: ActionId, at: Instant, toggles: &[bool]) -> Vec<bool> {
        let policy = self.policy();
        let defaults = Context::at(policy, at);
        let asked = Context { toggles: toggles.to_vec(), ..defaults.clone() };
        let rules = policy.rules.values().map(|rule| &rule.meta);
        let metas = rules.chain(policy.roles.values().map(|role| &role.meta)).chain(policy.tables.values().map(|table| &table.meta));
        let metas: Vec<_> = metas.chain(policy.implications.values().map(|implication| &implication.meta)).collect();
        let mut found: Vec<bool> = metas.iter().map(|meta| asked.has(&meta.validity)).collect();
        found.extend(metas.iter().map(|meta| defaults.has(&meta.validity)));
        found.extend(toggles);
        // Rules about other actions make no difference.
        let relevant = |index: usize, rule: &crate::policy::Rule| (index, self.is_relevant(rule, action));
        let idle = policy.rules.values().enumerate().map(|(index, rule)| relevant(index, rule)).filter(|(_, relevant)| !relevant);
        let idle: Vec<usize> = idle.map(|(index, _)| index).collect();
        for index in idle {
            found[index] = false;
            found[metas.len() + index] = false;
        }
        found
    }

    fn is_relevant(&self, rule: &crate::policy::Rule, action: ActionId) -> bool {
        let implied = if let PropertyClaim::Implies(implied) = &self.property().claim { implied.as_slice() } else { &[] };
        rule.actions.iter().any(|own| *own == action || implied.contains(own))
    }

    /// What subject and resource may be: an entity that no condition names, one that some does, and the same entity.
    fn requests(&self, action: ActionId, implied: Option<ActionId>) -> Vec<((Party, Party), bool)> {
        let policy = self.policy();
        let on = &policy.actions[action].on;
        let on = implied.map_or_else(|| on.clone(), |implied| on.intersection(&policy.actions[implied].on));
        let mut found = Vec::new();
        for subject in policy.subjects().iter().flat_map(|kind| self.parties(kind)) {
            for resource in on.iter().flat_map(|kind| self.parties(kind)) {
                if subject != resource || matches!(subject, Party::Any(_)) {
                    found.push(((subject, resource), false));
                }
                if subject == resource {
                    found.push(((subject, resource), true));
                }
            }
        }
        found
    }

    fn parties(&self, kind: KindId) -> Vec<Party> {
        let literals = self.policy().literals.iter().filter(|(_, literal)| literal.kind == kind).map(|(id, _)| Party::Literal(id));
        [Party::Any(kind)].into_iter().chain(literals).collect()
    }
}

fn gave_up(report: PropertyReport, obstacle: Obstacle) -> PropertyReport {
    PropertyReport { verdict: Verdict::GaveUp, obstacle: Some(obstacle), ..report }
}
