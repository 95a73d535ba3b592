//! From steps of the walk to reasons in words.

use super::other_times::OtherTimes;
use super::{Reason, ReasonKind};
use crate::eval::{AtomShape, Decider, Trace, TraceNode, TraceStep, Truth};
use crate::graph::{GrantSource, Permit};
use crate::policy::{ActionId, AttributeId, ClaimId, Condition, Expr, ImplicationId, Metadata, Op, RoleId, RuleId};
use crate::text::{Place, Span};
use crate::wording::Words;
use crate::world::{EntityId, FactId, ResolvedRequest, Statement};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::hash::BuildHasher as _;

/// Makes reasons of one decision.
pub(super) struct ProofBuilder<'a> {
    pub(super) decider: &'a Decider<'a>,
    pub(super) words: Words<'a>,
    other_times: OtherTimes<'a>,
}

impl<'a> ProofBuilder<'a> {
    pub(super) fn of(decider: &'a Decider<'a>) -> ProofBuilder<'a> {
        let words = Words::of(decider);
        let other_times = OtherTimes { policy: words.policy, world: words.world, at: words.at };
        ProofBuilder { decider, words, other_times }
    }

    /// A way: the role held or not, with what it grants; or the allow rule.
    pub(super) fn way(&self, asked: &ResolvedRequest, visit: TraceNode<'_>) -> Option<Reason> {
        let TraceStep::Permit(index) = visit.step() else { return None };
        match self.decider.compiled.graph.permits(asked.action)[index] {
            Permit::Role(role) => Some(self.role(asked, role, visit)),
            Permit::Rule(rule) => Some(self.rule(rule, visit, true)),
        }
    }

    /// A deny.
    pub(super) fn bar(&self, visit: TraceNode<'_>) -> Option<Reason> {
        let TraceStep::Deny(rule) = visit.step() else { return None };
        Some(self.rule(rule, visit, false))
    }

    /// What a condition that was walked lacks, in words; all of the walk is below one root.
    pub(super) fn lacking(&self, walked: &Trace) -> Vec<String> {
        let mut whole = plain(ReasonKind::Test, String::new(), Truth::False, false, Vec::new());
        whole.because = walked.roots().flat_map(|root| self.below(root, true)).collect();
        innermost(&mut whole);
        lacks(&whole).into_iter().map(str::to_owned).collect()
    }

    fn rule(&self, rule: RuleId, visit: TraceNode<'_>, allows: bool) -> Reason {
        let declared = &self.decider.compiled.policy.rules[rule];
        let meta = &declared.meta;
        let says = match (allows, visit.truth()) {
            (true, Truth::True) => format!("rule {} allows it", meta.name),
            (true, Truth::False) => format!("rule {} does not allow it", meta.name),
            (true, Truth::Unknown) => format!("it is unknown whether rule {} allows it", meta.name),
            (false, Truth::True) => format!("rule {} bars it", meta.name),
            (false, Truth::False) => format!("rule {} does not bar it", meta.name),
            (false, Truth::Unknown) => format!("it is unknown whether rule {} bars it", meta.name),
        };
        let mut reason = self.element(ReasonKind::Rule, meta, says, visit.truth());
        reason.because = self.below(visit, true);
        reason.because.extend(self.nothing_found(visit, &declared.condition, &reason.because));
        if allows {
            Self::single_out(&mut reason);
            return reason;
        }
        // A deny that is not false is itself in the way; below one that is false stands what keeps it from barring.
        let bars = visit.truth() != Truth::False;
        if bars {
            reason.because.iter_mut().for_each(clear);
        } else {
            innermost(&mut reason);
        }
        reason.lacking = bars;
        reason
    }

    fn role(&self, asked: &ResolvedRequest, role: RoleId, visit: TraceNode<'_>) -> Reason {
        let policy = &self.decider.compiled.policy;
        let meta = &policy.roles[role].meta;
        let (who, whereon) = (self.words.name(asked.subject), self.words.name(asked.resource));
        let says = match visit.truth() {
            Truth::True => format!("{who} holds {} on {whereon}", meta.name),
            Truth::False => format!("{who} does not hold {} on {whereon}", meta.name),
            Truth::Unknown => format!("it is unknown whether {who} holds {} on {whereon}", meta.name),
        };
        let mut reason = self.element(ReasonKind::Role, meta, says, visit.truth());
        let mut because = self.below(visit, true);
        if visit.truth() == Truth::False {
            because.extend(self.assigned_at_other_times(asked, role));
            because.extend(self.of_left_groups(asked, role));
        }
        because.extend(self.grants(asked.action, role));
        reason.because = because;
        Self::single_out(&mut reason);
        reason
    }

    /// The assignment that would give the role, had it not ended, or had it begun.
    fn assigned_at_other_times(&self, asked: &ResolvedRequest, role: RoleId) -> Option<Reason> {
        let body = Statement::Holds { holder: asked.subject, role, scope: asked.resource };
        let fact = self.other_times.other_time(body)?;
        Some(Reason { lacking: true, ..plain(ReasonKind::Fact, self.words.assignment_at(fact), Truth::False, false, self.places(fact)) })
    }

    /// The assignment to a group that would give the role, had the subject not left the group; with when that was.
    fn of_left_groups(&self, asked: &ResolvedRequest, role: RoleId) -> Vec<Reason> {
        let Some((assignment, group, left)) = self.other_times.held_by_left_group(asked.subject, role, asked.resource) else {
            return Vec::new();
        };
        let body = Statement::Member { member: asked.subject, group };
        let says = format!("{} is not in {}: {}", self.words.name(asked.subject), self.words.name(group), self.words.when(left, body));
        vec![self.fact(assignment), plain(ReasonKind::Test, says, Truth::False, true, self.places(left))]
    }

    /// How the role comes to grant the action.
    fn grants(&self, action: ActionId, held: RoleId) -> Vec<Reason> {
        let policy = &self.decider.compiled.policy;
        let through = self.decider.compiled.graph.active_grant_path(held, action, &|node| self.decider.in_force(node));
        let mut reasons = Vec::new();
        for inclusion in &through.inclusions {
            let (role, included) = (&policy.roles[inclusion.role].meta, &policy.roles[inclusion.includes].meta);
            let says = format!("{} includes {}", role.name, included.name);
            reasons.push(self.placed(ReasonKind::Inclusion, Some(role.name.clone()), says, inclusion.at, &role.source, role.note.as_ref()));
        }
        for grant in &through.grants {
            let role = &policy.roles[grant.role].meta;
            reasons.push(match grant.by {
                GrantSource::Pattern(span) => {
                    let says = format!("{} grants {}", role.name, self.words.source(span).trim_matches(['"', '\'']));
                    self.placed(ReasonKind::Grant, Some(role.name.clone()), says, span, &role.source, role.note.as_ref())
                }
                GrantSource::Cell { table, row, column, mark } => {
                    let table = &policy.tables[table];
                    let (row, column) = (&table.rows[row as usize], &table.columns[column as usize]);
                    let says = format!("{} has a mark in row \"{}\", column \"{}\"", table.meta.name, row.label, column.label.value);
                    let note = row.note.as_ref().or(table.meta.note.as_ref());
                    self.placed(ReasonKind::Cell, Some(table.meta.name.clone()), says, mark, &table.meta.source, note)
                }
            });
        }
        reasons
    }

    fn placed(
        &self,
        sort: ReasonKind,
        name: Option<String>,
        says: String,
        span: Span,
        source: &[ClaimId],
        note: Option<&String>,
    ) -> Reason {
        let places = vec![self.words.world.sources.place(span)];
        Reason {
            sort,
            name,
            says,
            truth: "true",
            lacking: false,
            places,
            claims: self.claims(source),
            note: note.cloned(),
            because: Vec::new(),
        }
    }

    fn element(&self, sort: ReasonKind, meta: &Metadata, says: String, truth: Truth) -> Reason {
        let reason = self.placed(sort, Some(meta.name.clone()), says, meta.span, &meta.source, meta.note.as_ref());
        Reason { truth: word(truth), ..reason }
    }

    pub(super) fn claims(&self, source: &[ClaimId]) -> Vec<String> {
        source.iter().map(|&claim| self.decider.compiled.policy.claims[claim].meta.name.clone()).collect()
    }

    /// What stands below a step. `wanted`: it is in the way where it is not true (under `not`: where it is not false).
    fn below(&self, visit: TraceNode<'_>, wanted: bool) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = Vec::new();
        // Where each stands, by its hash: one in ten thousand groups has as many reasons.
        let mut seen: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
        // Of an `or` that is so, what is not so says nothing.
        let spent = matches!(visit.step(), TraceStep::Any | TraceStep::Exists) && visit.truth() == Truth::True;
        for below in visit.below().filter(|below| !spent || below.truth() == Truth::True) {
            for reason in self.step(below, wanted) {
                let alike = seen.entry(FxBuildHasher.hash_one(&reason)).or_default();
                if alike.iter().all(|&other| reasons[other] != reason) {
                    alike.push(reasons.len());
                    reasons.push(reason);
                }
            }
        }
        reasons
    }

    fn step(&self, visit: TraceNode<'_>, wanted: bool) -> Vec<Reason> {
        let truth = visit.truth();
        let lacking = (truth == Truth::True) != wanted || truth == Truth::Unknown;
        match visit.step() {
            TraceStep::Any if wanted && truth != Truth::True => self.alternatives(visit),
            TraceStep::All
            | TraceStep::Any
            | TraceStep::Exists
            | TraceStep::Bind(..)
            | TraceStep::Permit(_)
            | TraceStep::Deny(_)
            | TraceStep::Obligation(_)
            | TraceStep::Advice(_) => self.below(visit, wanted),
            TraceStep::Not => self.below(visit, !wanted),
            TraceStep::Held { .. } => self.below(visit, wanted),
            TraceStep::Constant => {
                let says = if truth == Truth::True { "the condition is always true" } else { "the condition is never true" };
                vec![plain(ReasonKind::Test, says.to_owned(), truth, lacking, Vec::new())]
            }
            TraceStep::Toggle(toggle) => {
                let meta = &self.decider.compiled.policy.toggles[toggle].meta;
                let says = format!("toggle {} is {}", meta.name, if truth == Truth::True { "on" } else { "off" });
                vec![Reason { lacking, ..self.element(ReasonKind::Toggle, meta, says, truth) }]
            }
            TraceStep::Implication(implication) => vec![self.implication(implication, visit, wanted)],
            TraceStep::Fact(fact) => vec![self.fact(fact)],
            TraceStep::Absent(entity, attribute) => vec![self.absent(entity, attribute)],
            TraceStep::Missing(missing) => {
                let says = format!("the world does not tell {}", super::datum(self.words.policy, self.words.world, missing));
                vec![plain(ReasonKind::Missing, says, truth, false, Vec::new())]
            }
            TraceStep::Atom { span, shape, operands } => self.test(visit, span, shape, &operands, lacking, wanted),
        }
    }

    /// Branches of an `or` of which none is so, and any would do.
    fn alternatives(&self, visit: TraceNode<'_>) -> Vec<Reason> {
        let branches = self.below(visit, true);
        if branches.len() < 2 || visit.below().count() < 2 {
            return branches;
        }
        let says = if visit.truth() == Truth::False { "none of these is so" } else { "it is unknown whether one of these is so" };
        vec![Reason { because: branches, ..plain(ReasonKind::Test, says.to_owned(), visit.truth(), true, Vec::new()) }]
    }

    fn test(
        &self,
        visit: TraceNode<'_>,
        span: Span,
        form: AtomShape,
        operands: &[crate::eval::TermValue; 3],
        lacking: bool,
        wanted: bool,
    ) -> Vec<Reason> {
        let truth = visit.truth();
        let mut below = self.below(visit, wanted);
        let facts = !below.is_empty() && below.iter().all(|reason| reason.sort == ReasonKind::Fact);
        // What the facts below say in so many words need not be said again, unless it is this that is in the way.
        if truth == Truth::True && facts && !lacking && told_by_facts(form) {
            return below;
        }
        if truth == Truth::True && form == AtomShape::Asked && below.is_empty() {
            return Vec::new();
        }
        let mut says = self.words.test(span, form, operands, truth);
        let mut places = Vec::new();
        let absent = visit.below().find(|below| matches!(below.step(), TraceStep::Absent(..)));
        if let (Truth::False, Some(absent)) = (truth, absent.and_then(|absent| self.step(absent, wanted).pop())) {
            // Where one side is none, nothing else that was read matters.
            let says = format!("{}, so {says}", absent.says);
            return vec![plain(ReasonKind::Test, says, truth, lacking, absent.places)];
        }
        if form == AtomShape::Holds {
            // What an implication lacks is one way to mend it; what is lacking is the role.
            below.iter_mut().for_each(clear);
        }
        if facts && below.len() == 1 && of_values(form, operands) {
            let fact = below.remove(0);
            says = self.words.of_value(visit, span, form, operands, truth, fact.says);
            places = fact.places;
        }
        if truth == Truth::False
            && let Some(body) = self.body(form, operands)
            && let Some(fact) = self.other_times.other_time(body)
        {
            says = format!("{says}: {}", self.words.when(fact, body));
            places = self.places(fact);
        }
        let same = |reason: &Reason| reason.says.strip_prefix(&says).is_some_and(|dates| dates.is_empty() || dates.starts_with(", "));
        if let Some(same) = below.iter().position(|reason| reason.sort == ReasonKind::Fact && same(reason)) {
            let fact = below.remove(same);
            (says, places) = (fact.says, fact.places);
        }
        vec![Reason { because: below, places, ..plain(ReasonKind::Test, says, truth, lacking, Vec::new()) }]
    }

    /// The fact that would have made a test true.
    fn body(&self, form: AtomShape, operands: &[crate::eval::TermValue; 3]) -> Option<Statement> {
        use crate::world::Value;
        let ent = |index: usize| match operands[index] {
            crate::eval::TermValue::Value(Value::Entity(ent)) => Some(ent),
            _ => None,
        };
        match form {
            AtomShape::Relation { relation, was: false } => {
                let mut ends = [EntityId::NONE; 3];
                for (index, end) in ends.iter_mut().enumerate().take(self.words.policy.relations[relation].ends.len()) {
                    *end = ent(index)?;
                }
                Some(Statement::Relation(relation, ends))
            }
            AtomShape::Holds => {
                let role = self.words.world.role_of(ent(1)?, self.words.policy.role_kind)?;
                Some(Statement::Holds { holder: ent(0)?, role, scope: ent(2)? })
            }
            AtomShape::Member | AtomShape::Asked => Some(Statement::Member { member: ent(0)?, group: ent(1)? }),
            _ => None,
        }
    }

    fn implication(&self, implication: ImplicationId, visit: TraceNode<'_>, wanted: bool) -> Reason {
        let declared = &self.decider.compiled.policy.implications[implication];
        let truth = visit.truth();
        let name = &declared.meta.name;
        let unlisted = if declared.listed { "" } else { ", though member listings do not show it" };
        let says = match truth {
            Truth::True => format!("implication {name} gives it{unlisted}"),
            Truth::False => format!("implication {name} does not give it"),
            Truth::Unknown => format!("it is unknown whether implication {name} gives it"),
        };
        let mut because = self.below(visit, wanted);
        if wanted {
            because.extend(self.nothing_found(visit, &declared.condition, &because));
        }
        Reason { because, ..self.element(ReasonKind::Implication, &declared.meta, says, truth) }
    }

    /// What a condition lacks that is false though nothing below it is in the way: nothing was found to which it could apply.
    fn nothing_found(&self, visit: TraceNode<'_>, condition: &Condition, below: &[Reason]) -> Option<Reason> {
        if visit.truth() != Truth::False || any_lacking(below) {
            return None;
        }
        let asked = asked_of_some(&condition.expr)?;
        let says = format!("there is nothing of which `{}` holds", self.words.source(asked));
        Some(plain(ReasonKind::Test, says, Truth::False, true, vec![self.words.world.sources.place(asked)]))
    }

    fn fact(&self, fact: FactId) -> Reason {
        plain(ReasonKind::Fact, self.words.fact(fact), Truth::True, false, self.places(fact))
    }

    /// An attribute that is known to be none: where another one of which exactly one is given is told, that is why.
    fn absent(&self, entity: EntityId, attribute: AttributeId) -> Reason {
        let (policy, world, at) = (self.words.policy, self.words.world, self.words.at);
        let declared = &policy.attributes[attribute];
        let kind = &policy.kinds[declared.kind];
        let says = format!("{} has no {}", self.words.name(entity), declared.name);
        let group = [&kind.exactly_one, &kind.within].into_iter().find(|group| group.contains(&attribute));
        let others = group.into_iter().flatten().filter(|&&other| other != attribute);
        let told = others.flat_map(|&other| world.values(entity, other)).find(|&id| world.fact(id).during.contains(at));
        match told.map(|id| (id, world.fact(id).statement)) {
            Some((id, Statement::Value { attribute: other, value, .. })) => {
                let says = format!("{says} (its {} is {})", policy.attributes[other].name, self.words.value(value));
                plain(ReasonKind::Fact, says, Truth::True, false, self.places(id))
            }
            _ => plain(ReasonKind::Fact, says, Truth::True, false, Vec::new()),
        }
    }

    fn places(&self, fact: FactId) -> Vec<Place> {
        self.words.world.places(fact)
    }

    /// Of nested lacks only the innermost is said to be lacking; one that has none below it lacks by itself.
    fn single_out(reason: &mut Reason) {
        innermost(reason);
        if reason.truth != "true" && !any_lacking(&reason.because) {
            reason.lacking = true;
        }
    }
}

/// Whether a test that is true says no more than the facts on which it rests.
fn told_by_facts(form: AtomShape) -> bool {
    matches!(
        form,
        AtomShape::Relation { .. }
            | AtomShape::Member
            | AtomShape::Holds
            | AtomShape::Within
            | AtomShape::Asked
            | AtomShape::Compare(Op::Eq)
    )
}

/// Whether a test is of values that were read, all of them, and not of facts between entities.
fn of_values(form: AtomShape, operands: &[crate::eval::TermValue; 3]) -> bool {
    let read = |index: usize| matches!(operands[index], crate::eval::TermValue::Value(_));
    match form {
        AtomShape::Is(_) | AtomShape::OneOf | AtomShape::Among => read(0),
        AtomShape::Compare(_) => read(0) && read(1),
        _ => false,
    }
}

/// From the first to the last test of an expression, those under `not` aside.
fn asked_of_some(expr: &Expr) -> Option<Span> {
    match expr {
        Expr::Atom(atom) => Some(atom.span),
        Expr::Exists(_, inner) => asked_of_some(inner),
        Expr::And(parts) | Expr::Or(parts) => {
            let spans = parts.iter().filter_map(asked_of_some);
            spans.reduce(|one, other| Span { start: one.start.min(other.start), ..one.to(other) })
        }
        Expr::True | Expr::False | Expr::Toggle(..) | Expr::Not(_) => None,
    }
}

/// Keeps `lacking` on the innermost nodes alone; says whether there is one.
fn innermost(reason: &mut Reason) -> bool {
    let mut below = false;
    for inner in &mut reason.because {
        below |= innermost(inner);
    }
    if below {
        reason.lacking = false;
    }
    reason.lacking || below
}

/// What is in the way, in words and in its order.
pub(super) fn lacks(way: &Reason) -> Vec<&str> {
    let mut found = Vec::new();
    let mut waiting = vec![way];
    while let Some(reason) = waiting.pop() {
        if reason.lacking {
            found.push(reason.says.as_str());
        }
        waiting.extend(reason.because.iter().rev());
    }
    found
}

fn any_lacking(reasons: &[Reason]) -> bool {
    reasons.iter().any(|reason| reason.lacking || any_lacking(&reason.because))
}

fn clear(reason: &mut Reason) {
    reason.lacking = false;
    reason.because.iter_mut().for_each(clear);
}

fn plain(sort: ReasonKind, says: String, truth: Truth, lacking: bool, places: Vec<Place>) -> Reason {
    Reason { sort, name: None, says, truth: word(truth), lacking, places, claims: Vec::new(), note: None, because: Vec::new() }
}

/// The name of a truth value in answers.
fn word(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "true",
        Truth::False => "false",
        Truth::Unknown => "unknown",
    }
}
