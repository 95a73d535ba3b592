//! The questions of a property: dates, toggles, actions, and what subject and resource are.

use super::claims::{Asked, Other, Settings};
use super::report::Obstacle;
use super::search::Question;
use super::symbolic::Party;
use super::touched::implications_read;
use crate::plan::{CompiledPolicy, Context};
use crate::policy::{ActionId, Id, ImplicationId, KindId, KindSet, Policy, Property, PropertyClaim, ToggleId};
use crate::time::{Instant, TimeUnit};
use std::collections::BTreeSet;

/// The toggles of which all settings are tried, if a property is about any.
const MOST_TOGGLES: usize = 6;

/// Makes the questions of a property.
pub(super) struct Questions<'a> {
    pub(super) compiled: &'a CompiledPolicy,
    /// The policy of the worlds: that of `compiled`, or the same with the texts and literals of another pack.
    pub(super) policy: &'a Policy,
    pub(super) property: &'a Property,
    pub(super) other: Other<'a>,
    /// The kinds of resources that are asked about; `None` for all.
    pub(super) resources: Option<KindSet>,
    /// The kinds of subjects that are asked about; `None` for all.
    pub(super) subjects: Option<KindSet>,
    /// The number of entities of each kind that are looked at where there is no bound.
    pub(super) most: usize,
    /// Whether proofs are kept.
    pub(super) certify: bool,
}

impl<'a> Questions<'a> {
    /// The questions: for each date on which something begins or ends, each setting of toggles, each action, and each choice of what subject
    /// and resource are. Where the same elements are in force as on an earlier date, it is not asked again.
    pub(super) fn all(&self) -> Result<Vec<Question<'a>>, Obstacle> {
        let mut found = Vec::new();
        for (action, implied) in self.actions() {
            let settings = self.toggles(Some(action))?;
            let relevant = self.relevant(action);
            let mut seen: BTreeSet<Vec<bool>> = BTreeSet::new();
            for at in self.dates() {
                for toggles in &settings {
                    if !seen.insert(self.in_force(action, &relevant, at, toggles)) {
                        continue;
                    }
                    for (request, same) in self.requests(action, implied) {
                        found.push(Question {
                            asked: Asked { policy: self.policy, property: self.property, action, implied, other: self.other },
                            settings: Settings::new(self.policy, self.property, self.other, at, toggles.clone()),
                            request,
                            same,
                            most: self.most,
                            certify: self.certify,
                        });
                    }
                }
            }
        }
        Ok(found)
    }

    /// The actions that it is about, each with one that it implies.
    fn actions(&self) -> Vec<(ActionId, Option<ActionId>)> {
        let (policy, property) = (self.policy, self.property);
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
    pub(super) fn dates(&self) -> Vec<Instant> {
        let validity = &self.property.meta.validity;
        let mut dates: BTreeSet<Instant> = self.policy.dates().chain(validity.dates()).collect();
        if let Other::Pack(old, _) = self.other {
            dates.extend(old.dates());
        }
        let first =
            dates.first().map_or_else(|| Instant::of_microseconds(0), |first| first.plus(-1, TimeUnit::Days).unwrap_or(first.before()));
        let first = if dates.is_empty() { Instant::parse("2020-01-01").unwrap_or(first) } else { first };
        [first].into_iter().chain(dates).filter(|date| validity.is_current(*date)).collect()
    }

    /// The settings of toggles that are asked about for the action; of a property of worlds there is none.
    pub(super) fn toggles(&self, action: Option<ActionId>) -> Result<Vec<Vec<bool>>, Obstacle> {
        let (policy, property) = (self.policy, self.property);
        let mut fixed: Vec<bool> = policy.toggles.values().map(|toggle| toggle.default).collect();
        property.turn_on.iter().for_each(|toggle| fixed[toggle.index()] = true);
        property.turn_off.iter().for_each(|toggle| fixed[toggle.index()] = false);
        let mut settings = vec![fixed];
        if property.any_toggles {
            let mut free: BTreeSet<ToggleId> = action.into_iter().flat_map(|action| self.compiled.graph.toggles(policy, action)).collect();
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
        let own = self.policy.properties.values().filter_map(Property::condition);
        let asks = |expr: &crate::policy::Expr| matches!(expr, crate::policy::Expr::Toggle(asked, _) if *asked == toggle);
        self.policy.conditions().chain(own).any(|condition| condition.expr.walk().any(|(part, _)| asks(part)))
    }

    /// The implications that the action, the property and invariants may rest on.
    fn relevant(&self, action: ActionId) -> BTreeSet<ImplicationId> {
        let policy = self.policy;
        let implied = if let PropertyClaim::Implies(implied) = &self.property.claim { implied.as_slice() } else { &[] };
        let actions = [action].into_iter().chain(implied.iter().copied());
        let mut found: BTreeSet<ImplicationId> = actions.flat_map(|action| self.compiled.graph.implications(policy, action)).collect();
        let asked = Asked { policy, property: self.property, action, implied: None, other: self.other };
        let invariants = policy.invariants.values().filter(|invariant| !invariant.warn).map(|invariant| &invariant.never);
        for condition in self.property.condition().into_iter().chain(asked.given()).chain(invariants) {
            found.extend(implications_read(policy, condition));
        }
        found
    }

    /// What of the policy is in force, as far as decisions, invariants and the property may read it.
    fn in_force(&self, action: ActionId, relevant: &BTreeSet<ImplicationId>, at: Instant, toggles: &[bool]) -> Vec<bool> {
        let policy = self.policy;
        let defaults = Context::at(policy, at);
        let asked = Context { toggles: toggles.to_vec(), ..defaults.clone() };
        let rules = policy.rules.values().filter(|rule| self.is_relevant(rule, action)).map(|rule| &rule.meta);
        let metas = rules.chain(policy.roles.values().map(|role| &role.meta)).chain(policy.tables.values().map(|table| &table.meta));
        let metas: Vec<_> = metas.chain(relevant.iter().map(|implication| &policy.implications[*implication].meta)).collect();
        let mut found: Vec<bool> = metas.iter().map(|meta| asked.has(&meta.validity)).collect();
        found.extend(metas.iter().map(|meta| defaults.has(&meta.validity)));
        found.extend(toggles);
        if let Other::Pack(old, _) = self.other {
            let before = Context::at(old, at);
            let metas = old.rules.values().map(|rule| &rule.meta).chain(old.roles.values().map(|role| &role.meta));
            let metas = metas.chain(old.tables.values().map(|table| &table.meta));
            let metas = metas.chain(old.implications.values().map(|implication| &implication.meta));
            found.extend(metas.map(|meta| before.has(&meta.validity)));
        }
        found
    }

    fn is_relevant(&self, rule: &crate::policy::Rule, action: ActionId) -> bool {
        let implied = if let PropertyClaim::Implies(implied) = &self.property.claim { implied.as_slice() } else { &[] };
        rule.actions.iter().any(|own| *own == action || implied.contains(own))
    }

    /// What subject and resource may be: an entity that no condition names, one that some does, and the same entity.
    fn requests(&self, action: ActionId, implied: Option<ActionId>) -> Vec<((Party, Party), bool)> {
        let policy = self.policy;
        let mut on = policy.actions[action].on.clone();
        for other in implied.map(|implied| &policy.actions[implied].on).into_iter().chain(&self.resources) {
            on = on.intersection(other);
        }
        let mut subjects = policy.subjects();
        if let Some(asked) = &self.subjects {
            subjects = subjects.intersection(asked);
        }
        let mut found = Vec::new();
        for subject in subjects.iter().flat_map(|kind| self.parties(kind)) {
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
        let literals = self.policy.literals.iter().filter(|(_, literal)| literal.kind == kind).map(|(id, _)| Party::Literal(id));
        [Party::Any(kind)].into_iter().chain(literals).collect()
    }
}
