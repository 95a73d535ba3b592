//! The walk through a condition: expressions and searches.

use super::code::{Code, Hint, Search};
use super::decide::Decider;
use super::membership::Closure;
use super::record::{Got, Recorder, Step};
use super::truth::Truth;
use crate::policy::{KindSet, MAX_VARIABLES, Term};
use crate::world::{Argument, Body, Ent, Fact, FactId, Value};
use smallvec::{SmallVec, smallvec};

/// How many searches and implications one question may take. A question that needs more cannot be answered, and the answer says so.
pub const FUEL: u64 = 50_000_000;

/// Entities that may stand in a slot: mostly few.
pub(super) type Ents = SmallVec<[Ent; 8]>;

/// Who and what a condition speaks of.
#[derive(Clone, Copy)]
pub(super) struct Frame<'f> {
    pub(super) subject: Ent,
    pub(super) resource: Ent,
    pub(super) variables: [Ent; MAX_VARIABLES],
    /// What an implication is asked: the ends of a relation; or holder, role, scope.
    pub(super) asked: [Ent; 3],
    /// An event's arguments.
    pub(super) arguments: &'f [Argument],
}

impl Frame<'_> {
    pub(super) fn new(subject: Ent, resource: Ent) -> Frame<'static> {
        Frame { subject, resource, variables: [Ent::NOBODY; MAX_VARIABLES], asked: [Ent::NOBODY; 3], arguments: &[] }
    }
}

/// A walk over one world in one scene, told to a recorder.
pub(super) struct Walk<'a, R> {
    pub(super) decider: &'a Decider<'a>,
    pub(super) recorder: R,
    /// The groups of the entity asked about last.
    pub(super) closure: Option<Closure>,
    pub(super) fuel: u64,
}

impl<'a, R: Recorder> Walk<'a, R> {
    pub(super) fn new(decider: &'a Decider<'a>, recorder: R) -> Walk<'a, R> {
        Walk { decider, recorder, closure: None, fuel: FUEL }
    }

    /// What an entity lies within directly, and the fact that says so where that is told to a recorder.
    #[inline]
    pub(super) fn container(&self, ent: Ent) -> Option<(Ent, Option<FactId>)> {
        let (world, at) = (self.decider.world, self.decider.scene.at);
        if R::ALL {
            return world.containment(ent, at).map(|(container, fact)| (container, Some(fact)));
        }
        world.container(ent, at).map(|container| (container, None))
    }

    /// Whether the walk was given up: what it came to means nothing.
    pub(super) fn gave_up(&self) -> bool {
        self.fuel == 0
    }

    /// Takes some fuel; false when there is none left.
    pub(super) fn burn(&mut self) -> bool {
        self.fuel = self.fuel.saturating_sub(1);
        self.fuel > 0
    }

    pub(super) fn code(&mut self, code: &Code, frame: &Frame<'_>) -> Truth {
        match code {
            Code::Constant(value) => {
                let truth = Truth::from(*value);
                self.recorder.leaf(Step::Constant, truth);
                truth
            }
            Code::Toggle(toggle) => {
                let truth = Truth::from(self.decider.scene.is_on(*toggle));
                self.recorder.leaf(Step::Toggle(*toggle), truth);
                truth
            }
            Code::All(parts) => {
                self.recorder.open(Step::All);
                let mut truth = Truth::True;
                for part in parts {
                    truth = truth.and(self.code(part, frame));
                    // What comes after adds nothing: the first that is lacking is told.
                    if truth == Truth::False {
                        break;
                    }
                }
                self.recorder.close(truth);
                truth
            }
            Code::Any(parts) => {
                self.recorder.open(Step::Any);
                let mut truth = Truth::False;
                for part in parts {
                    truth = truth.or(self.code(part, frame));
                    if truth == Truth::True && !R::ALL {
                        break;
                    }
                }
                self.recorder.close(truth);
                truth
            }
            Code::Not(part) => {
                self.recorder.open(Step::Not);
                let truth = !self.code(part, frame);
                self.recorder.close(truth);
                truth
            }
            Code::Some(search) => self.some(search, frame),
            Code::AtomKind(span, test) => self.test(*span, test, frame),
            Code::Asked { term, index, member } => self.asked(term, *index, *member, frame),
        }
    }

    fn some(&mut self, search: &Search, frame: &Frame<'_>) -> Truth {
        self.recorder.open(Step::Some);
        let mut truth = Truth::False;
        let mut inner = *frame;
        for candidate in self.candidates(search, frame) {
            if !self.burn() {
                truth = Truth::Unknown;
                break;
            }
            inner.variables[usize::from(search.variable.0)] = candidate;
            self.recorder.open(Step::Bind(search.variable, candidate));
            let found = self.code(&search.body, &inner);
            if found == Truth::False {
                self.recorder.forget(found);
            } else {
                self.recorder.close(found);
            }
            truth = truth.or(found);
            if truth == Truth::True && !R::ALL {
                break;
            }
        }
        self.recorder.close(truth);
        truth
    }

    /// Living entities of the search's kinds, in order, among which are all for which its body is not false.
    pub(super) fn candidates(&mut self, search: &Search, frame: &Frame<'_>) -> Ents {
        let mut best: Option<Ents> = None;
        for hint in &search.hints {
            if let Some(found) = self.hinted(hint, &search.kinds, frame) {
                if best.as_ref().is_none_or(|best| found.len() < best.len()) {
                    best = Some(found);
                }
                if best.as_ref().is_some_and(|best| best.len() <= 1) {
                    break;
                }
            }
        }
        let (world, at) = (self.decider.world, self.decider.scene.at);
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
    pub(super) fn hinted(&mut self, hint: &Hint, kinds: &KindSet, frame: &Frame<'_>) -> Option<Ents> {
        let (world, at) = (self.decider.world, self.decider.scene.at);
        let entity = |got| match got {
            Got::Value(Value::Entity(ent)) => Some(Some(ent)),
            // A test with a none operand is false, whatever the slot; so is one with a text.
            Got::None | Got::Value(_) => Some(None),
            Got::Unknown => None,
        };
        match hint {
            Hint::Equal(term) => entity(self.quiet(term, frame)).map(|ent| ent.into_iter().collect()),
            Hint::OneOf(terms) => {
                let mut found = Ents::new();
                for term in terms {
                    found.extend(entity(self.quiet(term, frame))?);
                }
                Some(found)
            }
            Hint::Above(term) => Some(entity(self.quiet(term, frame))?.map(|ent| self.chain(ent).into()).unwrap_or_default()),
            Hint::Below(term) => Some(entity(self.quiet(term, frame))?.map(|ent| self.contents(ent, kinds).into()).unwrap_or_default()),
            Hint::GroupsOf(term) => {
                let Some(member) = entity(self.quiet(term, frame))? else { return Some(Ents::new()) };
                self.groups(member).map(Ents::from)
            }
            Hint::Asked => {
                let mut found = self.groups(frame.asked[0])?;
                found.push(frame.asked[0]);
                Some(found.into())
            }
            Hint::MembersOf(term) => {
                let Some(group) = entity(self.quiet(term, frame))? else { return Some(Ents::new()) };
                self.members(group).map(Ents::from)
            }
            Hint::Among(term) => self.told_values(term, frame).map(Ents::from),
            Hint::Related { relation, was, known, end } => {
                if !world.relation_closed(*relation) {
                    return None;
                }
                let declared = &self.decider.engine.policy.relations[*relation];
                let mut best: Option<Ents> = None;
                for (other, term) in known {
                    let Some(value) = entity(self.quiet(term, frame))? else { return Some(Ents::new()) };
                    let covered = declared.covers && other + 1 == declared.ends.len();
                    let scopes: Ents = if covered { self.chain(value).into() } else { smallvec![value] };
                    let mut found = Ents::new();
                    for &scope in &scopes {
                        if declared.ends.len() == 2 && !was {
                            world.each_other_end(*relation, *other, scope, at, |ent| found.push(ent));
                            continue;
                        }
                        found.extend(world.related(*relation, *other, scope).filter_map(|id| match world.fact(id) {
                            Fact { body: Body::Relation(_, ends), during } if during.since <= at => Some(ends[*end]),
                            _ => None,
                        }));
                    }
                    if best.as_ref().is_none_or(|best| found.len() < best.len()) {
                        best = Some(found);
                    }
                }
                best
            }
            Hint::Union(hints) => {
                let mut found = Ents::new();
                for hint in hints {
                    found.extend(self.hinted(hint, kinds, frame)?);
                }
                Some(found)
            }
        }
    }

    /// Reads a term without telling the recorder.
    fn quiet(&mut self, term: &Term, frame: &Frame<'_>) -> Got {
        Walk { decider: self.decider, recorder: super::record::Silent, closure: None, fuel: 1 }.term(term, frame)
    }
}
