//! The new side of assumed changes: facts that are added or removed, and toggles that are turned.

use crate::diag::Diagnostic;
use crate::eval::{Budget, Decider, Truth};
use crate::events::{BrokenInvariant, EventError};
use crate::explain::{self, Refusal};
use crate::plan::{CompiledPolicy, Context};
use crate::policy::{Id, KindSet, Policy};
use crate::query::overlay::Refusals;
use crate::query::{Overlay, assume, lists};
use crate::syntax::{self, Embedded, StringForm};
use crate::text::{Sources, Span};
use crate::world::{self, EntityId, EventRecord, FactSelector, RequestError, ShapePart, Statement, Topic, World};

/// A world as it is, and as it would be.
#[derive(Clone, Debug)]
pub struct WhatIf {
    /// As it is.
    pub old: Overlay,
    /// With the changes.
    pub new: Overlay,
}

/// A change as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadChange<'t> {
    /// A fact begins.
    Add(&'t str),
    /// What fits a pattern ends.
    Remove(&'t str),
    /// A toggle is turned on or off.
    Turn(&'t str, bool),
    /// An event happens: `NAME by=ENTITY key=VALUE`.
    Do(&'t str),
}

/// Why a change cannot be made.
#[derive(Debug)]
pub enum ChangeError {
    /// Its text has mistakes.
    Text {
        /// The files of pack and world, and the text as the last file.
        sources: Sources,
        /// The mistakes.
        diagnostics: Vec<Diagnostic>,
    },
    /// It changes nothing, or names what there is not.
    Request(RequestError),
    /// An event may not happen, or the world that it would leave is not sound.
    Refused(Box<EventRefusal>),
}

/// An event that may not happen.
#[derive(Debug)]
pub struct EventRefusal {
    /// The world in which it was to happen. If `broken` is not empty: the world after it.
    pub world: World,
    /// The event.
    pub event: EventRecord,
    /// Why, with the reasons.
    pub errors: Vec<(EventError, Refusal)>,
    /// What contradicts each other after it.
    pub inconsistent: Vec<Diagnostic>,
    /// The invariants that it would break.
    pub broken: Vec<BrokenInvariant>,
}

impl From<RequestError> for ChangeError {
    fn from(error: RequestError) -> ChangeError {
        ChangeError::Request(error)
    }
}

/// More combinations of entities than these are not looked at for facts that are open.
const MAX_OPEN: usize = 200_000;

impl WhatIf {
    /// Without changes.
    pub fn new(world: &World, context: &Context) -> WhatIf {
        let overlay = Overlay { world: world.clone(), context: context.clone() };
        WhatIf { old: overlay.clone(), new: overlay }
    }

    /// Makes a change, and returns the facts that it adds or removes.
    ///
    /// # Errors
    ///
    /// If the text has mistakes, names what the world does not have or what does not live, or if the change leaves everything as it is: a fact
    /// that holds is added, or a pattern is removed that fits nothing stated and nothing open.
    pub fn make(&mut self, compiled: &CompiledPolicy, change: ReadChange<'_>) -> Result<Vec<Statement>, ChangeError> {
        match change {
            ReadChange::Add(text) => self.add(compiled, text).map(|fact| vec![fact]),
            ReadChange::Remove(text) => self.remove(compiled, text),
            ReadChange::Turn(name, on) => {
                let toggle = assume::toggle(&compiled.policy, name)?;
                if self.new.context.is_on(toggle) == on {
                    let message = format!("toggle `{name}` is {} already", if on { "on" } else { "off" });
                    return Err(RequestError::of_world(message, None).into());
                }
                self.new.context.toggles[toggle.index()] = on;
                Ok(Vec::new())
            }
            ReadChange::Do(text) => self.happen(compiled, text).map(|()| Vec::new()),
        }
    }

    fn add(&mut self, compiled: &CompiledPolicy, text: &str) -> Result<Statement, ChangeError> {
        let policy = &compiled.policy;
        // Both worlds take the texts that are new, so that these have the same number in both.
        read_one(policy, &mut self.old.world, text)?;
        let fact = read_one(policy, &mut self.new.world, text)?;
        self.check_living(policy, fact.about())?;
        if self.new.world.find_holding(fact, self.new.context.at).is_some() {
            let message = format!("`{}` holds already on {}", self.new.world.statement_text(policy, &fact), self.new.context.at);
            return Err(RequestError::of_world(message, None).into());
        }
        self.new.assume(policy, fact, true);
        Ok(fact)
    }

    fn remove(&mut self, compiled: &CompiledPolicy, text: &str) -> Result<Vec<Statement>, ChangeError> {
        let policy = &compiled.policy;
        let failed = |(sources, diagnostics)| ChangeError::Text { sources, diagnostics };
        world::read_pattern(policy, &mut self.old.world, text, "the change").map_err(failed)?;
        let selector = world::read_pattern(policy, &mut self.new.world, text, "the change").map_err(failed)?;
        self.check_living(policy, selector.named().collect::<Vec<_>>().into_iter())?;
        let decider = self.new.decider(compiled);
        let mut found = lists::stated_facts(&decider, &selector);
        found.extend(open_facts(&decider, &selector)?);
        if found.is_empty() {
            return Err(nothing_to_remove(&decider, &selector, text).into());
        }
        for &fact in &found {
            self.new.assume(policy, fact, false);
        }
        Ok(found)
    }

    /// That entities live at the date.
    fn check_living(&self, policy: &Policy, entities: impl Iterator<Item = EntityId>) -> Result<(), RequestError> {
        let Overlay { world, context } = &self.new;
        for ent in entities.filter(|&ent| world.kind(ent) != policy.role_kind) {
            world.living(policy, &policy.kinds[world.kind(ent)].meta.name, world.entity(ent).id, context.at)?;
        }
        Ok(())
    }
}

impl WhatIf {
    /// Lets an event happen on the new side, if it may: its conditions are checked at the dates and under the toggles of that side.
    fn happen(&mut self, compiled: &CompiledPolicy, text: &str) -> Result<(), ChangeError> {
        let policy = &compiled.policy;
        let mut sources = self.new.world.sources.clone();
        let file = sources.add("the event", text.to_owned());
        let source = Embedded { text, span: Span::new(file, 0, text.len()), writing: StringForm::Plain };
        let failed = |diagnostics| ChangeError::Text { sources: sources.clone(), diagnostics };
        let given = syntax::event_request(&source).map_err(|mistake| failed(vec![mistake]))?;
        // The facts that it adds are stated in the text.
        self.new.world.sources = sources.clone();
        let event = world::read_event(policy, &mut self.new.world, &given, self.new.context.at).map_err(failed)?;
        self.old.world.take_names(&self.new.world);
        let before = self.new.world.clone();
        if let Err(refused) = self.new.happen(compiled, &event) {
            let decider = Decider::new(compiled, &refused.world, self.new.context.clone());
            let occurrences = std::slice::from_ref(&event);
            let reasons = |error: EventError| (explain::refusal(&decider, occurrences, &error), error);
            let errors = refused.errors.into_iter().map(reasons).map(|(refusal, error)| (error, refusal)).collect();
            let refused = EventRefusal { world: refused.world.clone(), event, errors, inconsistent: Vec::new(), broken: Vec::new() };
            return Err(ChangeError::Refused(Box::new(refused)));
        }
        let refusals = self.new.refusals(compiled, &before);
        if refusals.is_empty() {
            return Ok(());
        }
        let Refusals { inconsistent, broken } = refusals;
        let refused = EventRefusal { world: self.new.world.clone(), event, errors: Vec::new(), inconsistent, broken };
        Err(ChangeError::Refused(Box::new(refused)))
    }
}

/// Reads a fact.
pub(super) fn read_one(policy: &Policy, world: &mut World, text: &str) -> Result<Statement, ChangeError> {
    let mut sources = world.sources.clone();
    let file = sources.add("the change", text.to_owned());
    let source = Embedded { text, span: Span::new(file, 0, text.len()), writing: StringForm::Plain };
    let failed = |diagnostics| ChangeError::Text { sources: sources.clone(), diagnostics };
    let fact = syntax::fact(&source).map_err(|mistake| failed(vec![mistake]))?;
    let kept = std::mem::replace(&mut world.sources, sources.clone());
    let read = world::read_fact(policy, world, &fact);
    world.sources = kept;
    read.map_err(failed)
}

/// The facts that fit a pattern and that the world leaves open.
fn open_facts(decider: &Decider<'_>, selector: &FactSelector) -> Result<Vec<Statement>, RequestError> {
    let (world, at) = (decider.world, decider.context.at);
    let mut found = Vec::new();
    for shape in &selector.shapes {
        let is_open = |statement: Statement| world.find_holding(statement, at).is_none() && decider.holds_or_may(statement);
        if let Some(statement) = shape.statement() {
            found.extend(is_open(statement).then_some(statement));
            continue;
        }
        if world.openings().of_topic(shape.topic).next().is_none() {
            continue;
        }
        let ranges: Option<Vec<Vec<EntityId>>> =
            (0..3).map(|place| range(decider, selector, shape.topic, shape.parts[place], place)).collect();
        let Some(ranges) = ranges else { continue };
        if ranges.iter().map(Vec::len).try_fold(1usize, usize::checked_mul).is_none_or(|count| count > MAX_OPEN) {
            let message = "the pattern fits too many facts that are open".to_owned();
            return Err(RequestError::of_world(message, Some("name more of its entities".to_owned())));
        }
        for &one in &ranges[0] {
            for &two in &ranges[1] {
                for &three in &ranges[2] {
                    let statement = match shape.topic {
                        Topic::Relation(relation) => Statement::Relation(relation, [one, two, three]),
                        Topic::Holds => match world.role_of(two) {
                            Some(role) => Statement::Holds { holder: one, role, scope: three },
                            None => continue,
                        },
                        Topic::Member => Statement::Member { member: one, group: two },
                        Topic::Value(_) => continue,
                    };
                    if is_open(statement) && decider.fits_pattern(&selector.pattern, shape, statement.parts().map(Some), at) {
                        found.push(statement);
                    }
                }
            }
        }
    }
    found.sort_by(|a, b| world.compare_statements(*a, *b));
    found.dedup();
    Ok(found)
}

/// The entities that may be a part of a fact; `None` of a value.
fn range(decider: &Decider<'_>, selector: &FactSelector, topic: Topic, part: ShapePart, place: usize) -> Option<Vec<EntityId>> {
    let (world, policy) = (decider.world, &decider.compiled.policy);
    let kinds = match (topic, place) {
        (Topic::Value(_), _) => return None,
        (Topic::Relation(relation), place) => policy.relations[relation].ends.get(place).cloned().unwrap_or_default(),
        (Topic::Holds, 0) | (Topic::Member, 0 | 1) => policy.holders(),
        (Topic::Holds, 1) => KindSet::one(policy.role_kind),
        (Topic::Holds, _) => policy.scopes(),
        (Topic::Member, _) => KindSet::default(),
    };
    Some(match part {
        ShapePart::Is(crate::world::Part::Role(role)) => vec![world.role_entity(role)],
        ShapePart::Is(part) => vec![part.entity().unwrap_or(EntityId::NONE)],
        ShapePart::Any if kinds.is_empty() => vec![EntityId::NONE],
        ShapePart::Any if kinds.contains(policy.role_kind) => policy.roles.ids().map(|role| world.role_entity(role)).collect(),
        ShapePart::Any => world.living_of(&kinds, decider.context.at).collect(),
        ShapePart::Variable(variable) => {
            let own = selector.pattern.variables[variable.index()].intersection(&kinds);
            if own.contains(policy.role_kind) {
                policy.roles.ids().map(|role| world.role_entity(role)).collect()
            } else {
                world.living_of(&own, decider.context.at).collect()
            }
        }
    })
}

fn nothing_to_remove(decider: &Decider<'_>, selector: &FactSelector, text: &str) -> RequestError {
    let at = decider.context.at;
    let question = lists::FactsQuestion { pattern: Some(selector), ..lists::FactsQuestion::default() };
    let derived = lists::facts(decider, &question).rows.iter().any(|row| row.truth == Truth::True)
        || selector.shapes.iter().filter_map(crate::world::Shape::statement).any(|statement| {
            !matches!(statement, Statement::Value { .. }) && decider.within(&Budget::default()).evaluate_fact(statement) != Truth::False
        });
    if derived {
        let help = "remove a fact from which it follows; `facts --expand` names them".to_owned();
        return RequestError::of_world(format!("`{text}` fits only facts that follow from other facts"), Some(help));
    }
    RequestError::of_world(format!("nothing that fits `{text}` holds on {at}, and nothing of it is open"), None)
}
