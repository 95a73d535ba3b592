//! Runs laws on generated cases, and prepares these for the program and for the reference.

mod dependence;

pub use dependence::depended_on;

use crate::generator::{self, Case, Question};
use crate::reference::{self, Answer, File};
use delegraph::eval::{Budget, Decider};
use delegraph::explain::explain;
use delegraph::files::Source;
use delegraph::open;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::policy::Id;
use delegraph::report;
use delegraph::time::Instant;
use delegraph::wording::{ExplanationText, ReasonText, Words};
use delegraph::world::{Request, ResolvedRequest, World};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseResult, TestError, TestRunner};
use std::fmt::Write;

/// Checks a law on this number of cases, which are the same in every run. If `PROPTEST_CASES` is set, it is the number of cases, and they
/// differ in every run.
pub fn law(cases: u32, questions: usize, check: impl Fn(Case) -> TestCaseResult) {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let mut config = ProptestConfig { failure_persistence: None, max_shrink_iters: 4000, ..ProptestConfig::default() };
    config.cases = asked.unwrap_or(cases);
    if asked.is_none() {
        config.rng_seed = RngSeed::Fixed(20_200_619);
    }
    let outcome = TestRunner::new(config).run(&generator::cases(questions), check);
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(why, mut case)) => {
            let world = case.world.files(&case.pack.schema, &mut case.tape);
            let mut shown = String::new();
            for (name, text) in case.pack.files().into_iter().chain(world) {
                // Claims are omitted, since there are many and they matter little.
                let elements = text.split("\n\n").filter(|element| !element.trim_start().starts_with("[claim."));
                let _ = writeln!(shown, "--- {name}\n{}", elements.collect::<Vec<_>>().join("\n\n"));
            }
            panic!("{why}\n{shown}--- asked\n{:?}\n{:?}", case.contexts, case.questions);
        }
        Err(why) => panic!("{why}"),
    }
}

/// The mistakes for which a well-formed world is refused.
const REFUSED: [&str; 6] = ["invariant-broken", "event-refused", "event-clash", "event-term", "stated-both-ways", "not-alive"];

pub fn sources(files: &[File]) -> Vec<Source> {
    files.iter().map(|(name, text)| Source::of_bytes(name.clone(), text.clone().into_bytes())).collect()
}

/// The compiled pack, which must have no mistake.
pub fn compiled(files: &[File]) -> Result<CompiledPolicy, TestCaseError> {
    let opened = open::pack(sources(files));
    opened.compiled.ok_or_else(|| TestCaseError::fail(report::diagnostics::render(&opened.sources, &opened.diagnostics, false, 120)))
}

/// The world of these files; `None` if an event cannot happen or an invariant is broken. Any other mistake is an error.
pub fn world(compiled: &CompiledPolicy, files: &[File]) -> Result<Option<World>, TestCaseError> {
    let opened = open::world(compiled, sources(files)).map_err(|failure| TestCaseError::fail(failure.to_string()))?;
    let mistakes = || opened.diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    if mistakes().any(|mistake| !REFUSED.contains(&mistake.code.name())) {
        return Err(TestCaseError::fail(report::diagnostics::render(&opened.sources, &opened.diagnostics, false, 120)));
    }
    Ok(opened.world)
}

/// The world of a case after its events. Events that cannot happen are removed from the case. `None` if the world is refused without any
/// event.
pub fn world_after_events(compiled: &CompiledPolicy, case: &mut Case) -> Result<Option<World>, TestCaseError> {
    let load = |case: &Case| world(compiled, &case.world.files(&case.pack.schema, &mut case.tape.clone()));
    let events = std::mem::take(&mut case.world.events);
    let mut found = load(case)?;
    for event in if found.is_some() { events } else { Vec::new() } {
        case.world.events.push(event);
        match load(case)? {
            None => _ = case.world.events.pop(),
            more => found = more,
        }
    }
    Ok(found)
}

/// The world as it is when it is packed and opened.
pub fn repacked(compiled: &CompiledPolicy, world: &World) -> World {
    let mut bytes = Vec::new();
    world.pack(&compiled.policy, &mut bytes).expect("memory takes it");
    World::unpack(&compiled.policy, bytes.as_slice().into()).expect("it was packed just now")
}

/// Dates and toggles for the program.
pub fn context(compiled: &CompiledPolicy, context: &generator::Context) -> Context {
    let date = |text| Instant::parse(text).expect("a date");
    let mut found = Context { policy_at: date(context.policy_at), ..Context::at(&compiled.policy, date(context.at)) };
    for (name, on) in &context.toggles {
        let toggle = compiled.policy.toggle_named(name).expect("a toggle");
        found.toggles[toggle.index()] = *on;
    }
    found
}

/// Dates and toggles for the reference.
pub fn reference_context(pack: &reference::Pack, context: &generator::Context) -> reference::Context {
    let date = |text| Instant::parse(text).expect("a date");
    let mut found = pack.context(date(context.at));
    found.policy_at = date(context.policy_at);
    for (name, on) in &context.toggles {
        if *on {
            found.on.insert(name.clone())
        } else {
            found.on.remove(name)
        };
    }
    found
}

/// The question with ids; `None` if it cannot be asked at that time.
pub fn ask(compiled: &CompiledPolicy, world: &World, context: &Context, question: &Question) -> Option<ResolvedRequest> {
    let request = Request { subject: question.subject.clone(), action: question.action.clone(), resource: question.resource.clone() };
    world.resolve(&compiled.policy, &request, context.at).ok()
}

/// The explained answer; `None` if the question cannot be asked at that time.
pub fn explained(decider: &Decider<'_>, question: &Question) -> Option<ExplanationText> {
    let asked = ask(decider.compiled, decider.world, &decider.context, question)?;
    Some(Words::of(decider).explanation(&explain(&decider.within(&Budget::default()), &asked, &decider.record(&asked))))
}

/// For each question, whether the answer is yes; `None` if it cannot be asked.
pub fn decisions(compiled: &CompiledPolicy, world: &World, at: &generator::Context, questions: &[Question]) -> Vec<Option<bool>> {
    let decider = Decider::new(compiled, world, context(compiled, at));
    let decided = |question| ask(compiled, world, &decider.context, question).map(|asked| decider.decide(&asked).allowed());
    questions.iter().map(decided).collect()
}

/// An answer without places.
pub fn bare(mut answer: ExplanationText) -> ExplanationText {
    fn nowhere(reason: &mut ReasonText) {
        reason.places.clear();
        reason.because.iter_mut().for_each(nowhere);
    }
    let ways = answer.reasons.iter_mut().chain(&mut answer.denies).chain(&mut answer.switched_off);
    ways.chain(&mut answer.unknown_roles).for_each(nowhere);
    for notice in answer.obligations.iter_mut().chain(&mut answer.advice) {
        notice.place.file = "".into();
        notice.place.line = 0;
    }
    answer
}

/// The parts of an answer that the language defines.
pub fn answer(explained: &ExplanationText) -> Answer {
    Answer {
        outcome: explained.outcome,
        claims: explained.claims.iter().filter(|claim| claim.decides).map(|claim| claim.id.clone()).collect(),
        obligations: explained.obligations.iter().map(|notice| notice.text.clone()).collect(),
        advice: explained.advice.iter().map(|notice| notice.text.clone()).collect(),
        is_missing_data: !explained.unknown.is_empty(),
    }
}
