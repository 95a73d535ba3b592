//! A generated case made ready for the engine and for the reference, and the runner of laws.

mod dependence;

pub use dependence::depended_on;

use crate::generator::{self, Case, Question};
use crate::reference::{self, Answer, File};
use delegraph::eval::Decider;
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

/// Checks a law on so many cases, always the same; or on as many as `PROPTEST_CASES` says, each time others.
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
                // What cites nothing new would hide what matters.
                let elements = text.split("\n\n").filter(|element| !element.trim_start().starts_with("[claim."));
                let _ = writeln!(shown, "--- {name}\n{}", elements.collect::<Vec<_>>().join("\n\n"));
            }
            panic!("{why}\n{shown}--- asked\n{:?}\n{:?}", case.scenes, case.questions);
        }
        Err(why) => panic!("{why}"),
    }
}

/// The mistakes by which a world is refused that is well formed.
const REFUSED: [&str; 6] = ["invariant-broken", "event-refused", "event-clash", "event-term", "event-where", "not-alive"];

pub fn sources(files: &[File]) -> Vec<Source> {
    files.iter().map(|(name, text)| Source::of_bytes(name.clone(), text.clone().into_bytes())).collect()
}

/// The engine of a pack, which is right.
pub fn compiled(files: &[File]) -> Result<CompiledPolicy, TestCaseError> {
    let opened = open::pack(sources(files));
    opened.compiled.ok_or_else(|| TestCaseError::fail(report::diagnostics::render(&opened.sources, &opened.diagnostics, false, 120)))
}

/// The world of these files; nothing if an event may not happen in it or an invariant is broken. It has no other mistake.
pub fn world(compiled: &CompiledPolicy, files: &[File]) -> Result<Option<World>, TestCaseError> {
    let opened = open::world(compiled, sources(files)).map_err(|failure| TestCaseError::fail(failure.to_string()))?;
    let mistakes = || opened.diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    if mistakes().any(|mistake| !REFUSED.contains(&mistake.code.name())) {
        return Err(TestCaseError::fail(report::diagnostics::render(&opened.sources, &opened.diagnostics, false, 120)));
    }
    Ok(opened.world)
}

/// The world of a case with those of its events that may happen, each tried after the ones before it; the others are taken out. Nothing
/// if the world is refused without any.
pub fn happened(compiled: &CompiledPolicy, case: &mut Case) -> Result<Option<World>, TestCaseError> {
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

/// Dates and toggles for the engine.
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
pub fn reference_scene(pack: &reference::Pack, context: &generator::Context) -> reference::Context {
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

/// The question by numbers; nothing if it cannot be asked at that time.
pub fn ask(compiled: &CompiledPolicy, world: &World, context: &Context, question: &Question) -> Option<ResolvedRequest> {
    let request = Request { subject: question.subject.clone(), action: question.action.clone(), resource: question.resource.clone() };
    world.resolve(&compiled.policy, &request, context.at).ok()
}

/// The explained answer; nothing if the question cannot be asked at that time.
pub fn explained(decider: &Decider<'_>, question: &Question) -> Option<ExplanationText> {
    let asked = ask(decider.compiled, decider.world, &decider.context, question)?;
    Some(Words::of(decider).explanation(&explain(decider, &asked, &decider.record(&asked))))
}

/// Of each question whether the answer is yes; nothing where it cannot be asked.
pub fn decisions(compiled: &CompiledPolicy, world: &World, at: &generator::Context, questions: &[Question]) -> Vec<Option<bool>> {
    let decider = Decider::new(compiled, world, context(compiled, at));
    let decided = |question| ask(compiled, world, &decider.context, question).map(|asked| decider.decide(&asked).allowed());
    questions.iter().map(decided).collect()
}

/// An answer without positions.
pub fn bare(mut answer: ExplanationText) -> ExplanationText {
    fn nowhere(reason: &mut ReasonText) {
        reason.places.clear();
        reason.because.iter_mut().for_each(nowhere);
    }
    answer.reasons.iter_mut().chain(&mut answer.denies).for_each(nowhere);
    for notice in answer.obligations.iter_mut().chain(&mut answer.advice) {
        notice.place.file = "".into();
        notice.place.line = 0;
    }
    answer
}

/// What of an answer is laid down.
pub fn answer(explained: &ExplanationText) -> Answer {
    Answer {
        outcome: explained.outcome,
        claims: explained.claims.iter().filter(|claim| claim.decides).map(|claim| claim.id.clone()).collect(),
        obligations: explained.obligations.iter().map(|notice| notice.text.clone()).collect(),
        advice: explained.advice.iter().map(|notice| notice.text.clone()).collect(),
        is_missing_data: !explained.unknown.is_empty(),
    }
}
