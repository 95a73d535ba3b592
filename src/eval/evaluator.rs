//! The walk through a condition: expressions and searches.

pub(crate) use super::bindings::Bindings;
use super::budget::Budget;
use super::env::Env;
use super::groups::{GroupClosure, members};
use super::trace::{NoTrace, Recorder, TermValue, TraceStep};
use super::truth::Truth;
use crate::plan::access_path::AccessPath;
use crate::plan::condition::{Exists, Plan};
use crate::policy::{KindSet, Term};
use crate::world::{EntityId, Fact, FactId, Statement};
use smallvec::{SmallVec, smallvec};

/// Entities that may stand in a slot: mostly few.
pub(crate) type Ents = SmallVec<[EntityId; 8]>;

/// A walk over one world in one scene, told to a recorder.
pub(crate) struct Evaluator<'a, R> {
    pub(crate) env: &'a Env<'a>,
    pub(crate) recorder: R,
    /// The groups of the entity asked about last: see [`Evaluator::group_closure`].
    pub(crate) closure: Option<GroupClosure>,
    pub(crate) budget: Budget,
}

impl<'a, R: Recorder> Evaluator<'a, R> {
    pub(crate) fn new(env: &'a impl AsRef<Env<'a>>, recorder: R) -> Evaluator<'a, R> {
        Evaluator { env: env.as_ref(), recorder, closure: None, budget: Budget::full() }
    }

    /// What an entity lies within directly, and the fact that says so where that is told to a recorder.
    #[inline]
    pub(crate) fn container(&self, ent: EntityId) -> Option<(EntityId, Option<FactId>)> {
        let (world, at) = (self.env.world, self.env.context.at);
        if R::EXHAUSTIVE {
            return world.containment(ent, at).map(|(container, fact)| (container, Some(fact)));
        }
        world.container(ent, at).map(|container| (container, None))
    }

    pub(crate) fn plan(&mut self, plan: &Plan, bindings: &Bindings<'_>) -> Truth {
        match plan {
            Plan::Constant(value) => {
                let truth = Truth::from(*value);
                self.recorder.leaf(TraceStep::Constant, truth);
                truth
            }
            Plan::Toggle(toggle) => {
                let truth = Truth::from(self.env.context.is_on(*toggle));
                self.recorder.leaf(TraceStep::Toggle(*toggle), truth);
                truth
            }
            Plan::All(parts) => {
                self.recorder.open(TraceStep::All);
                let mut truth = Truth::True;
                for part in parts {
                    truth = truth.and(self.plan(part, bindings));
                    // What comes after adds nothing: the first that is lacking is told.
                    if truth == Truth::False {
                        break;
                    }
                }
                self.recorder.close(truth);
                truth
            }
            Plan::Any(parts) => {
                self.recorder.open(TraceStep::Any);
                let mut truth = Truth::False;
                for part in parts {
                    truth = truth.or(self.plan(part, bindings));
                    if truth == Truth::True && !R::EXHAUSTIVE {
                        break;
                    }
                }
                self.recorder.close(truth);
                truth
            }
            Plan::Not(part) => {
                self.recorder.open(TraceStep::Not);
                let truth = !self.plan(part, bindings);
                self.recorder.close(truth);
                truth
            }
            Plan::Exists(search) => self.some(search, bindings),
            Plan::Atom(span, test) => self.test(*span, test, bindings),
            Plan::Asked { term, index, member } => self.asked(term, *index, *member, bindings),
        }
    }

    fn some(&mut self, search: &Exists, bindings: &Bindings<'_>) -> Truth {
        self.recorder.open(TraceStep::Some);
        let mut truth = Truth::False;
        let mut inner = *bindings;
        for candidate in self.candidates(search, bindings) {
            if !self.budget.spend() {
                truth = Truth::Unknown;
                break;
            }
            inner.variables[usize::from(search.variable.0)] = candidate;
            self.recorder.open(TraceStep::Bind(search.variable, candidate));
            let found = self.plan(&search.body, &inner);
            if found == Truth::False {
                self.recorder.discard(found);
            } else {
                self.recorder.close(found);
            }
            truth = truth.or(found);
            if truth == Truth::True && !R::EXHAUSTIVE {
                break;
            }
        }
        self.recorder.close(truth);
        truth
    }

    /// Living entities of the search's kinds, in order, among which are all for which its body is not false.
    pub(crate) fn candidates(&mut self, search: &Exists, bindings: &Bindings<'_>) -> Ents {
        let mut best: Option<Ents> = None;
        for access_path in &search.access_paths {
            if let Some(found) = self.follow(access_path, &search.kinds, bindings) {
                if best.as_ref().is_none_or(|best| found.len() < best.len()) {
                    best = Some(found);
                }
                if best.as_ref().is_some_and(|best| best.len() <= 1) {
                    break;
                }
            }
        }
        let (world, at) = (self.env.world, self.env.context.at);
        match best {
            Some(mut found) => {
                found.sort();
                found.dedup();
                found.retain(|&mut ent| search.kinds.contains(world.kind(ent)) && world.lives(ent, at));
                found
            }
            None => search.kinds.iter().flat_map(|kind| world.of_kind(kind)).filter(|&ent| world.lives(ent, at)).collect(),
        }
    }

    /// What a hint names for a slot of these kinds; nothing where it cannot be trusted to name all.
    pub(crate) fn follow(&mut self, access_path: &AccessPath, kinds: &KindSet, bindings: &Bindings<'_>) -> Option<Ents> {
        let (world, at) = (self.env.world, self.env.context.at);
        // An atom with an absent operand, or one that is no entity, is false for every candidate.
        let entity = |value: TermValue| match value.entity() {
            Ok(ent) => Some(Some(ent)),
            Err(Truth::Unknown) => None,
            Err(_) => Some(None),
        };
        match access_path {
            AccessPath::Equal(term) => entity(self.quiet(term, bindings)).map(|ent| ent.into_iter().collect()),
            AccessPath::OneOf(terms) => {
                let mut found = Ents::new();
                for term in terms {
                    found.extend(entity(self.quiet(term, bindings))?);
                }
                Some(found)
            }
            AccessPath::Above(term) => {
                Some(entity(self.quiet(term, bindings))?.map(|ent| world.containers(ent, at).collect()).unwrap_or_default())
            }
            AccessPath::Below(term) => {
                Some(entity(self.quiet(term, bindings))?.map(|ent| self.contents(ent, kinds).into()).unwrap_or_default())
            }
            AccessPath::GroupsOf(term) => {
                let Some(member) = entity(self.quiet(term, bindings))? else { return Some(Ents::new()) };
                self.groups(member).map(Ents::from)
            }
            AccessPath::Asked => {
                let mut found = self.groups(bindings.asked[0])?;
                found.push(bindings.asked[0]);
                Some(found.into())
            }
            AccessPath::MembersOf(term) => {
                let Some(group) = entity(self.quiet(term, bindings))? else { return Some(Ents::new()) };
                members(self.env, group)
            }
            AccessPath::Among(term) => self.told_values(term, bindings).map(Ents::from),
            AccessPath::Related { relation, was, known, end } => {
                if !world.relation_closed(*relation) {
                    return None;
                }
                let declared = &self.env.compiled.policy.relations[*relation];
                let mut best: Option<Ents> = None;
                for (other, term) in known {
                    let Some(value) = entity(self.quiet(term, bindings))? else { return Some(Ents::new()) };
                    let covered = declared.covers && other + 1 == declared.ends.len();
                    let scopes: Ents = if covered { world.containers(value, at).collect() } else { smallvec![value] };
                    let mut found = Ents::new();
                    for &scope in &scopes {
                        if declared.ends.len() == 2 && !was {
                            world.each_other_end(*relation, *other, scope, at, |ent| found.push(ent));
                            continue;
                        }
                        found.extend(world.related(*relation, *other, scope).filter_map(|id| match world.fact(id) {
                            Fact { statement: Statement::Relation(_, ends), during } if during.since <= at => Some(ends[*end]),
                            _ => None,
                        }));
                    }
                    if best.as_ref().is_none_or(|best| found.len() < best.len()) {
                        best = Some(found);
                    }
                }
                best
            }
            AccessPath::Union(access_paths) => {
                let mut found = Ents::new();
                for access_path in access_paths {
                    found.extend(self.follow(access_path, kinds, bindings)?);
                }
                Some(found)
            }
        }
    }

    /// Reads a term without telling the recorder.
    fn quiet(&mut self, term: &Term, bindings: &Bindings<'_>) -> TermValue {
        Evaluator::new(self.env, NoTrace).term(term, bindings)
    }
}
