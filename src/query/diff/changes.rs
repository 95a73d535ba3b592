//! What differs between two sides.

use super::sides::{Side, Sides};
use super::turns::Turns;
use crate::eval::{Decider, Truth};
use crate::graph::Node;
use crate::policy::{Arena, Id, Metadata, ToggleId};
use crate::time::Instant;
use crate::world::{EntityId, Statement, World};
use std::collections::BTreeSet;

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its name in lists: `toggle:NAME`, `rule:NAME`, `entity:KIND:ID`, a fact that is new, or `not` and a fact that is gone.
    pub name: String,
    /// What it is.
    pub(super) what: Changed,
}

impl Change {
    /// The fact, entity or element, without the `not` of what is gone.
    pub fn subject(&self) -> &str {
        match self.what {
            Changed::NotFact(_) => self.name.strip_prefix("not ").unwrap_or(&self.name),
            _ => &self.name,
        }
    }

    /// Whether it is on the new side that the fact holds, the entity lives, the element is in force or the toggle is on.
    pub fn begins(&self, sides: Sides<'_>) -> bool {
        match self.what {
            Changed::Element(node) => sides.new.in_force(node),
            Changed::Toggle(toggle) => sides.new.context.is_on(toggle),
            Changed::Entity(ent) => sides.new.world.lives(ent, sides.new.context.at),
            Changed::Fact(_) => true,
            Changed::NotFact(_) => false,
        }
    }

    /// Whether it is a fact or an entity.
    pub fn is_of_world(&self) -> bool {
        matches!(self.what, Changed::Entity(_) | Changed::Fact(_) | Changed::NotFact(_))
    }
}

/// What may differ. The order is that in which changes are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Changed {
    /// A rule, role, table or implication began or ended to be in force.
    Element(Node),
    /// A toggle was turned.
    Toggle(ToggleId),
    /// An entity began or ended to live.
    Entity(EntityId),
    /// A fact is new, or has become possible.
    Fact(Statement),
    /// A fact is gone, or has become doubtful.
    NotFact(Statement),
}

/// A date at which an element begins or ends to be in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// It is in force from then on.
    Since(Instant),
    /// It is in force until then.
    Until(Instant),
}

/// What differs between two sides, in the order in which it is named.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub(super) all: Vec<Change>,
    /// Whether more may differ than is listed.
    pub(super) may_be_more: bool,
}

/// Whether a fact holds, and whether it held before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FactState {
    pub(super) truth: Truth,
    /// Whether a fact that states it ended before.
    pub(super) ended: bool,
}

impl FactState {
    pub(super) fn of(decider: &Decider<'_>, statement: Statement) -> FactState {
        let (world, at) = (decider.world, decider.context.at);
        let truth = if !statement.about().all(|ent| world.has(ent)) {
            Truth::False
        } else if world.find_holding(statement, at).is_some() {
            Truth::True
        } else if decider.holds_or_may(statement) {
            Truth::Unknown
        } else {
            Truth::False
        };
        let ended = truth != Truth::True && ended_before(world, statement, at);
        FactState { truth, ended }
    }
}

fn ended_before(world: &World, statement: Statement, at: Instant) -> bool {
    world.facts_stating(statement).any(|id| world.fact(id).during.has_ended(at))
}

impl Changes {
    /// What differs between the sides. Between two packs or two worlds that are not made of one another, facts and elements are not compared
    /// one by one: more may differ than is listed.
    pub fn between(sides: Sides<'_>) -> Changes {
        let mut changes = Changes { all: Vec::new(), may_be_more: !sides.share_ids };
        changes.toggles(sides);
        if sides.share_ids {
            changes.elements(sides);
            changes.entities(sides, candidates(sides));
            let statements = changes.statements(sides);
            changes.facts(sides, statements);
        }
        changes.sorted()
    }

    /// What differs between an instant and the one before, of one world: `turns` are those of the world.
    pub(in crate::query) fn at(sides: Sides<'_>, turns: &Turns) -> Changes {
        let mut changes = Changes { all: Vec::new(), may_be_more: false };
        let at = sides.new.context.at;
        changes.elements(sides);
        changes.entities(sides, turns.entities(at).clone());
        changes.facts(sides, turns.statements(at).clone());
        changes.may_be_more |= turns.is_open(at);
        changes.sorted()
    }

    /// In the order in which they are named.
    fn sorted(mut self) -> Changes {
        let rank = |change: &Change| match change.what {
            Changed::Element(Node::Rule(_)) => 0,
            Changed::Element(Node::Role(_)) => 1,
            Changed::Element(Node::Table(_)) => 2,
            Changed::Element(_) => 3,
            Changed::Toggle(_) => 4,
            Changed::Entity(_) => 5,
            Changed::Fact(_) => 6,
            Changed::NotFact(_) => 7,
        };
        self.all.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name)));
        self
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Change> {
        self.all.iter()
    }

    /// Until or since when the element of that name is in force, if that date lies between those of the sides.
    pub fn boundary(&self, sides: Sides<'_>, name: &str) -> Option<Boundary> {
        let change = self.all.iter().find(|change| change.name == name)?;
        let policy = &sides.new.compiled.policy;
        let meta = match change.what {
            Changed::Element(Node::Rule(id)) => &policy.rules[id].meta,
            Changed::Element(Node::Role(id)) => &policy.roles[id].meta,
            Changed::Element(Node::Table(id)) => &policy.tables[id].meta,
            Changed::Element(Node::Implication(id)) => &policy.implications[id].meta,
            _ => return None,
        };
        let (old, new) = (sides.old.context.policy_at, sides.new.context.policy_at);
        let crosses = |date: &Instant| old.min(new) < *date && *date <= old.max(new);
        let validity = &meta.validity;
        let until = validity.until.filter(crosses).map(Boundary::Until);
        validity.since.filter(crosses).map(Boundary::Since).or(until)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    fn toggles(&mut self, sides: Sides<'_>) {
        let (old, new) = (&sides.old.compiled.policy, sides.new);
        for (toggle, declared) in new.compiled.policy.toggles.iter() {
            let before = old.toggle_named(&declared.meta.name).is_some_and(|toggle| sides.old.context.is_on(toggle));
            if before != new.context.is_on(toggle) {
                self.all.push(Change { name: format!("toggle:{}", declared.meta.name), what: Changed::Toggle(toggle) });
            }
        }
    }

    /// The elements whose dates lie between the dates of the policy.
    fn elements(&mut self, sides: Sides<'_>) {
        fn changed<I: Id, T>(sides: Sides<'_>, all: &Arena<I, T>, meta: impl Fn(&T) -> &Metadata, node: fn(I) -> Node) -> Vec<Node> {
            let differs = |element: &T| {
                let validity = &meta(element).validity;
                validity.is_current(sides.old.context.policy_at) != validity.is_current(sides.new.context.policy_at)
            };
            all.iter().filter(|(_, element)| differs(element)).map(|(id, _)| node(id)).collect()
        }
        let policy = &sides.new.compiled.policy;
        let mut nodes = changed(sides, &policy.rules, |rule| &rule.meta, Node::Rule);
        nodes.extend(changed(sides, &policy.roles, |role| &role.meta, Node::Role));
        nodes.extend(changed(sides, &policy.tables, |table| &table.meta, Node::Table));
        nodes.extend(changed(sides, &policy.implications, |implication| &implication.meta, Node::Implication));
        self.all.extend(nodes.into_iter().map(|node| Change { name: node.full_name(policy), what: Changed::Element(node) }));
    }

    fn entities(&mut self, sides: Sides<'_>, candidates: BTreeSet<EntityId>) {
        let lives = |side: Side, ent: EntityId| {
            let decider = sides.decider(side);
            decider.world.has(ent) && decider.world.lives(ent, decider.context.at)
        };
        for ent in candidates.into_iter().filter(|&ent| lives(Side::Old, ent) != lives(Side::New, ent)) {
            let name = format!("entity:{}", sides.new.world.name(&sides.new.compiled.policy, ent));
            self.all.push(Change { name, what: Changed::Entity(ent) });
        }
    }

    fn facts(&mut self, sides: Sides<'_>, statements: BTreeSet<Statement>) {
        for statement in statements {
            let (old, new) = (FactState::of(sides.old, statement), FactState::of(sides.new, statement));
            if old == new {
                continue;
            }
            let text = sides.new.world.statement_text(&sides.new.compiled.policy, &statement);
            let grows = match (old.truth, new.truth) {
                (Truth::False, Truth::Unknown | Truth::True) | (Truth::Unknown, Truth::True) => true,
                // It held in between.
                _ => false,
            };
            self.all.push(if grows {
                Change { name: text, what: Changed::Fact(statement) }
            } else {
                Change { name: format!("not {text}"), what: Changed::NotFact(statement) }
            });
        }
    }

    /// The statements of which something may differ.
    fn statements(&mut self, sides: Sides<'_>) -> BTreeSet<Statement> {
        let (old, new) = (sides.old, sides.new);
        let mut found: BTreeSet<Statement> = BTreeSet::new();
        if compares_deltas(sides) {
            found.extend(old.world.touched_statements().chain(new.world.touched_statements()));
        } else {
            let (one, other) = (old.context.at.min(new.context.at), old.context.at.max(new.context.at));
            let crosses = |date: Instant| one < date && date <= other;
            let worlds = if old.world.shares_base(new.world) { vec![new.world] } else { vec![old.world, new.world] };
            for world in worlds {
                let facts = world.facts().filter(|(_, fact)| crosses(fact.during.since) || crosses(fact.during.until));
                found.extend(facts.map(|(_, fact)| fact.statement));
                let patterns = world.openings().patterns().map(|(_, pattern)| pattern.during);
                let mut dates =
                    patterns.chain(world.all_denials().map(|denial| denial.during)).flat_map(|during| [during.since, during.until]);
                self.may_be_more |= dates.any(crosses);
            }
            if old.world.shares_base(new.world) {
                found.extend(old.world.touched_statements().chain(new.world.touched_statements()));
            }
        }
        for (one, other) in [(old.world, new.world), (new.world, old.world)] {
            match (one.denied_otherwise(other), one.opened_since(other)) {
                (Some(denied), Some(opened)) => found.extend(denied.into_iter().chain(opened)),
                _ => self.may_be_more = true,
            }
        }
        found
    }
}

/// The entities whose lives may differ.
fn candidates(sides: Sides<'_>) -> BTreeSet<EntityId> {
    if compares_deltas(sides) {
        sides.old.world.touched_entities().chain(sides.new.world.touched_entities()).collect()
    } else {
        sides.new.world.ents().collect()
    }
}

/// Whether only what was changed since the base of both worlds was made can differ.
fn compares_deltas(sides: Sides<'_>) -> bool {
    sides.old.context.at == sides.new.context.at && sides.old.world.shares_base(sides.new.world)
}
