//! Facts at a date: those that are stated, those that implications derive, and what the world leaves open.
//!
//! * `select` says which facts a pattern selects.
//! * `find` finds the facts.

mod find;
mod select;

pub(in crate::query) use find::stated_facts;

use super::open::{OpenCounts, OpenItem};
use super::roles::missing_in;
use super::timeline::Timeline;
use super::turning::{Turning, one};
use crate::eval::{Budget, Decider, Exhausted, Memory, MissingDatum, Trace, TraceNode, TraceStep, Truth};
use crate::policy::{AttributeId, ImplicationId, RelationId};
use crate::time::{Instant, Interval};
use crate::world::{EntityId, FactId, FactSelector, PatternId, Statement};

/// Which facts are asked about.
#[derive(Debug, Default)]
pub struct FactsQuestion<'q> {
    /// The pattern that they fit; without it all but values of attributes.
    pub pattern: Option<&'q FactSelector>,
    /// Only what ends, and not after this date.
    pub ends_before: Option<Instant>,
    /// The date of the policy stays as it is, while that of the world changes.
    pub policy_stays: bool,
}

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A fact.
    Fact(Statement),
    /// A relation that is derived, or may be; `None` for an end of which nobody knows which entity it is.
    Derived(RelationId, [Option<EntityId>; 3]),
    /// What a pattern leaves open.
    Pattern(PatternId),
    /// The attribute of an entity, of which the world does not say what it is.
    Missing(EntityId, AttributeId),
}

/// Where a row comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// It is stated.
    Stated(FactId),
    /// It is derived.
    Implied(ImplicationId),
    /// The world leaves it open.
    Left,
}

/// A row of `facts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactRow {
    /// What it is about.
    pub subject: Subject,
    /// Whether it holds: true or unknown.
    pub truth: Truth,
    /// Where it comes from.
    pub from: From,
    /// The longest interval around the date in which it has this truth.
    pub during: Interval,
}

/// The facts that `facts` finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The rows, in the order in which they are printed.
    pub rows: Vec<FactRow>,
    /// How many others there are, which do not end in time.
    pub hidden: usize,
    /// The limit that a search reached: there may be other derived facts, and intervals may be longer.
    pub exhausted: Option<Exhausted>,
}

/// The facts of the question.
pub fn facts(decider: &Decider<'_>, question: &FactsQuestion<'_>) -> Facts {
    let mut finder = find::Finder::new(decider, question);
    finder.stated();
    finder.derived();
    finder.left_open();
    finder.missing();
    let mut intervals = Intervals::new(decider, question.policy_stays);
    let (mut rows, exhausted) = (finder.rows, finder.exhausted);
    rows.iter_mut().for_each(|row| row.during = intervals.of(row));
    rows.sort_by_cached_key(|row| (row.subject.text(decider), row.during.since, row.during.until));
    rows.dedup_by(|a, b| a.subject.is_same_pattern(decider, &b.subject) && a.during == b.during);
    let found = rows.len();
    if let Some(date) = question.ends_before {
        rows.retain(|row| row.during.until <= date);
    }
    Facts { hidden: found - rows.len(), rows, exhausted: exhausted.or(intervals.exhausted) }
}

/// What the rows that are unknown depend on.
pub fn open_facts(decider: &Decider<'_>, rows: &[FactRow]) -> OpenCounts {
    let mut counts = OpenCounts::default();
    for row in rows.iter().filter(|row| row.truth == Truth::Unknown) {
        counts.add_row(match row.subject {
            Subject::Pattern(pattern) => vec![OpenItem::Pattern(pattern)],
            Subject::Missing(entity, attribute) => vec![OpenItem::Datum(MissingDatum::Attribute(entity, attribute))],
            _ => row.missing(decider).into_iter().map(|datum| OpenItem::of(decider, datum)).collect(),
        });
    }
    counts
}

impl Subject {
    /// It as conditions write it.
    pub fn text(&self, decider: &Decider<'_>) -> String {
        let (world, policy) = (decider.world, &decider.compiled.policy);
        match self {
            Subject::Fact(statement) => world.statement_text(policy, statement),
            Subject::Derived(relation, ends) => {
                let name = |end: Option<EntityId>| end.map_or_else(|| "_".to_owned(), |end| world.lexed_name(policy, end));
                let ends: Vec<String> = ends.iter().take_while(|&&end| end != Some(EntityId::NONE)).map(|&end| name(end)).collect();
                format!("{}({})", policy.relations[*relation].meta.name, ends.join(", "))
            }
            Subject::Pattern(pattern) => world.pattern_text(policy, *pattern),
            Subject::Missing(entity, attribute) => world.attribute_text(policy, *entity, *attribute),
        }
    }

    /// Whether both are patterns that say the same, for the same reason.
    fn is_same_pattern(&self, decider: &Decider<'_>, other: &Subject) -> bool {
        let (Subject::Pattern(a), Subject::Pattern(b)) = (self, other) else { return false };
        let (a, b) = (decider.world.pattern(*a), decider.world.pattern(*b));
        a.text == b.text && a.why == b.why
    }
}

impl FactRow {
    /// The data without which it is unknown whether a derived fact holds.
    pub fn missing(&self, decider: &Decider<'_>) -> Vec<MissingDatum> {
        match (self.subject, self.truth) {
            (Subject::Derived(_, ends), Truth::Unknown) => {
                trace(decider, self.from, ends).map(|trace| missing_in(decider.world, &trace)).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// The stated facts on which a derived fact rests, in order.
    pub fn rests_on(&self, decider: &Decider<'_>) -> Vec<Statement> {
        let Subject::Derived(_, ends) = self.subject else { return Vec::new() };
        let Some(trace) = trace(decider, self.from, ends) else { return Vec::new() };
        let mut found = Vec::new();
        let mut waiting: Vec<TraceNode<'_>> = trace.roots().collect();
        while let Some(node) = waiting.pop() {
            if let (TraceStep::Fact(id), Truth::True) = (node.step(), node.truth()) {
                found.push(decider.world.fact(id).statement);
            }
            waiting.extend(node.below().filter(|below| below.truth() != Truth::False));
        }
        found.sort_by(|&a, &b| decider.world.compare_statements(a, b));
        found.dedup();
        found
    }
}

/// The trace of an implication that derives this.
fn trace(decider: &Decider<'_>, from: From, ends: [Option<EntityId>; 3]) -> Option<Trace> {
    let (From::Implied(implication), [Some(first), Some(second), Some(third)]) = (from, ends) else { return None };
    let budget = Budget::default();
    let mut evaluator = decider.within(&budget).evaluator(Trace::default());
    evaluator.implication(implication, [first, second, third]);
    Some(evaluator.recorder)
}

/// Finds the intervals of rows.
struct Intervals<'a> {
    decider: &'a Decider<'a>,
    timeline: Timeline<'a>,
    turning: Turning<'a>,
    /// The limit that was reached at another date.
    exhausted: Option<Exhausted>,
}

impl<'a> Intervals<'a> {
    fn new(decider: &'a Decider<'a>, policy_stays: bool) -> Intervals<'a> {
        Intervals { decider, timeline: Timeline::new(decider, policy_stays), turning: Turning::new(decider, policy_stays), exhausted: None }
    }

    fn of(&mut self, row: &FactRow) -> Interval {
        match row.subject {
            Subject::Fact(statement) => self.of_statement(statement),
            Subject::Derived(relation, [Some(a), Some(b), Some(c)]) => self.of_derived(relation, [a, b, c], row.truth),
            Subject::Derived(relation, ends) => self.of_unnamed(relation, ends),
            Subject::Pattern(pattern) => self.of_pattern(pattern),
            Subject::Missing(entity, attribute) => self.of_missing(entity, attribute),
        }
    }

    /// That of a fact that is stated, which may be in several parts that touch.
    fn of_statement(&mut self, statement: Statement) -> Interval {
        let world = self.decider.world;
        let mut stating = world.facts_stating(statement);
        if let (Some(only), None) = (stating.next(), stating.next()) {
            let during = world.fact(only).during;
            if statement.about().all(|ent| world.life(ent).intersection(during) == during) {
                return during;
            }
        }
        let mut instants = self.turning.instants();
        instants.statement(statement);
        let found = instants.into_found();
        self.timeline.around(Truth::True, &found, |decider, _| stated(decider, statement))
    }

    fn of_derived(&mut self, relation: RelationId, ends: [EntityId; 3], truth: Truth) -> Interval {
        let statement = Statement::Relation(relation, ends);
        let mut instants = self.turning.instants();
        instants.statement(statement);
        for &implication in &self.decider.compiled.policy.relations[relation].derived_by {
            instants.implication(implication, ends.map(one), &None);
        }
        if truth == Truth::Unknown && self.decider.world.has_unnamed() {
            instants.everything();
        }
        let found = instants.into_found();
        let exhausted = &mut self.exhausted;
        self.timeline.around(truth, &found, |decider, memory| derived(decider, memory, relation, ends, exhausted))
    }

    /// That of a relation of entities of which nobody knows which they are.
    fn of_unnamed(&mut self, relation: RelationId, ends: [Option<EntityId>; 3]) -> Interval {
        let mut instants = self.turning.instants();
        instants.everything();
        let found = instants.into_found();
        let exhausted = &mut self.exhausted;
        self.timeline.around(Truth::Unknown, &found, |decider, _| {
            let derived = find::each_derived(decider, relation, ends.map(|end| end.unwrap_or(EntityId::NONE)));
            *exhausted = exhausted.or(derived.exhausted);
            if derived.found.keys().any(|(found, _)| *found == ends) { Truth::Unknown } else { Truth::False }
        })
    }

    fn of_pattern(&self, pattern: PatternId) -> Interval {
        let world = self.decider.world;
        let own = world.pattern(pattern);
        let same = world.openings().patterns().map(|(_, other)| other).filter(|other| other.text == own.text && other.why == own.why);
        let parts: Vec<Interval> = same.map(|other| other.during).collect();
        let mut during = own.during;
        while let Some(more) = parts.iter().find(|part| {
            let touches = part.since <= during.until && during.since <= part.until;
            touches && (part.since < during.since || during.until < part.until)
        }) {
            during = Interval { since: during.since.min(more.since), until: during.until.max(more.until) };
        }
        during
    }

    fn of_missing(&mut self, entity: EntityId, attribute: AttributeId) -> Interval {
        let mut instants = self.turning.instants();
        instants.value(entity, attribute);
        let found = instants.into_found();
        self.timeline.around(Truth::Unknown, &found, |decider, _| find::is_missing(decider, entity, attribute))
    }
}

/// Whether the fact is stated, of entities that live.
fn stated(decider: &Decider<'_>, statement: Statement) -> Truth {
    let at = decider.context.at;
    let lives = statement.about().all(|ent| !decider.world.is_dead(ent, at));
    Truth::from(lives && decider.world.find_holding(statement, at).is_some())
}

/// Whether exactly this is stated or derived. What a pattern leaves open is a row of its own. A limit that is reached goes to `exhausted`, and
/// what was not found out counts as unknown.
fn derived(
    decider: &Decider<'_>,
    memory: &mut Memory,
    relation: RelationId,
    ends: [EntityId; 3],
    exhausted: &mut Option<Exhausted>,
) -> Truth {
    let statement = Statement::Relation(relation, ends);
    let mut truth = stated(decider, statement);
    if ends.iter().any(|&end| end != EntityId::NONE && !decider.world.lives(end, decider.context.at)) {
        return truth;
    }
    let budget = Budget::default();
    let mut evaluator = memory.evaluator(decider, &budget);
    for &implication in &decider.compiled.policy.relations[relation].derived_by {
        if decider.active().implication(implication) {
            truth = truth.or(evaluator.implication(implication, ends));
        }
    }
    if budget.exhausted().is_some() {
        *exhausted = exhausted.or(budget.exhausted());
        return Truth::Unknown;
    }
    memory.keep(evaluator);
    truth
}
