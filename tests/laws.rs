//! Laws that hold for every pack and world, over generated ones, beside a reference evaluator that follows the text of the design with
//! sets and loops. `PROPTEST_CASES` says how many; a failure prints the pack and the world to which it shrank.
//!
//! Of each law is told a break of the evaluator at which it was seen to fail.

mod generator;
mod reference;

use delegraph::eval::{Decider, Engine, Scene};
use delegraph::explain::{Explanation, Reason, explain};
use delegraph::files::Source;
use delegraph::open;
use delegraph::policy::Id;
use delegraph::query::Overlay;
use delegraph::query::how_to::how_to;
use delegraph::syntax::{self, Embedded, Instant, Writing};
use delegraph::text::Span;
use delegraph::world::{Asked, Request, World, read_fact};
use generator::{Case, Question};
use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};
use std::collections::BTreeSet;

/// Of how many packs and worlds each law is asked, unless `PROPTEST_CASES` says another number.
const CASES: u32 = 48;

type Files = Vec<(String, String)>;

/// A pack and a world, made ready.
struct Ready {
    engine: Engine,
    world: World,
}

fn sources(files: &Files) -> Vec<Source> {
    files.iter().map(|(name, text)| Source::of_bytes(name.clone(), text.clone().into_bytes())).collect()
}

/// The pack of these files, which is right, and the world, unless an event of it is refused or an invariant broken.
fn ready(pack: &Files, world: &Files) -> Result<Option<Ready>, TestCaseError> {
    let opened = open::pack(sources(pack));
    let errors: Vec<&str> = opened.diagnostics.iter().filter(|told| told.is_error()).map(|told| told.headline.as_str()).collect();
    let Some(engine) = opened.engine else { return Err(TestCaseError::fail(format!("the pack is not right: {errors:?}"))) };
    let world = open::world(&engine, sources(world)).expect("names end as those of worlds do").world;
    Ok(world.map(|world| Ready { engine, world }))
}

impl Ready {
    fn scene(&self, scene: &generator::Scene) -> Scene {
        let date = |text| Instant::parse(text).expect("a date");
        let mut made = Scene { policy_at: date(scene.policy_at), ..Scene::at(&self.engine.policy, date(scene.at)) };
        for (name, on) in &scene.toggles {
            let toggle = self.engine.policy.toggles.iter().find(|(_, toggle)| toggle.head.name == *name).expect("a toggle").0;
            made.toggles[toggle.index()] = *on;
        }
        made
    }

    fn decider(&self, scene: &generator::Scene) -> Decider<'_> {
        Decider::new(&self.engine, &self.world, self.scene(scene))
    }

    /// The question by numbers, if both live then.
    fn asked(&self, decider: &Decider<'_>, question: &Question) -> Option<Asked> {
        let Question { subject, action, resource } = question.clone();
        self.world.resolve(&self.engine.policy, &Request { subject, action, resource }, decider.scene.at).ok()
    }

    /// For each scene and question: whether it is allowed; nothing where it cannot be asked.
    fn allowed(&self, case: &Case) -> Vec<Option<bool>> {
        let mut all = Vec::new();
        for scene in &case.scenes {
            let decider = self.decider(scene);
            all.extend(case.questions.iter().map(|question| self.asked(&decider, question).map(|asked| decider.decide(&asked).allowed())));
        }
        all
    }

    fn explained(&self, case: &Case) -> Vec<Option<Explanation>> {
        let mut all = Vec::new();
        for scene in &case.scenes {
            let decider = self.decider(scene);
            all.extend(case.questions.iter().map(|question| {
                let asked = self.asked(&decider, question)?;
                Some(bare(explain(&decider, &asked, &decider.record(&asked))))
            }));
        }
        all
    }
}

/// An explanation without positions.
fn bare(mut answer: Explanation) -> Explanation {
    fn nowhere(reason: &mut Reason) {
        reason.places.clear();
        reason.because.iter_mut().for_each(nowhere);
    }
    answer.reasons.iter_mut().chain(&mut answer.denies).for_each(nowhere);
    for telling in answer.obligations.iter_mut().chain(&mut answer.advice) {
        telling.place.file = "".into();
        telling.place.line = 0;
    }
    answer
}

/// Asks a law of many cases.
fn law(of: impl Fn(&mut Case) -> Result<(), TestCaseError>) {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    let mut runner = TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() });
    match runner.run(&generator::cases(16), |mut case| of(&mut case)) {
        Ok(()) => {}
        Err(TestError::Fail(why, mut case)) => {
            let mut files = case.pack.files();
            files.extend(case.world.files(&case.pack.schema, &mut case.tape));
            let files: Vec<String> = files.into_iter().map(|(name, text)| format!("#### {name}\n{text}")).collect();
            panic!("{why}\n{}\n{:?}\n{:?}", files.join("\n"), case.scenes, case.questions);
        }
        Err(error) => panic!("{error}"),
    }
}

/// Decided, explained and by the reference: one answer, the same outcome, claims, obligations and advice, and data missing or not.
///
/// Seen to fail when `holds` left out the groups that a holder is in by another group, when `was` forgot that a fact must have ended, and
/// when a deny that is unknown did not bar.
#[test]
fn an_answer_is_the_reference_evaluators() {
    law(|case| {
        let (pack, world) = (case.pack.files(), case.world.files(&case.pack.schema, &mut case.tape));
        let plain_pack = reference::pack(&pack);
        let plain_world = reference::world(&plain_pack, &world);
        let ready = ready(&pack, &world)?;
        prop_assert_eq!(ready.is_some(), plain_world.is_some(), "one of them refuses the world");
        let (Some(ready), Some(plain_world)) = (ready, plain_world) else { return Ok(()) };
        for scene in &case.scenes {
            let decider = ready.decider(scene);
            let mut plain = plain_pack.scene(decider.scene.at);
            plain.policy_at = decider.scene.policy_at;
            for (name, on) in &scene.toggles {
                if *on {
                    plain.on.insert(name.clone());
                } else {
                    plain.on.remove(name);
                }
            }
            for question in &case.questions {
                let Some(asked) = ready.asked(&decider, question) else { continue };
                let entity = |(kind, id): &(String, String)| reference::Entity::new(kind, id);
                let plainly = reference::Question {
                    subject: entity(&question.subject),
                    action: question.action.clone(),
                    resource: entity(&question.resource),
                };
                let expected = reference::answer(&plain_pack, &plain_world, &plain, &plainly);
                let record = decider.record(&asked);
                prop_assert_eq!(decider.decide(&asked), record.decision);
                let explained = explain(&decider, &asked, &record);
                let texts = |tellings: &[delegraph::explain::Telling]| tellings.iter().map(|telling| telling.text.clone()).collect();
                let given = reference::Answer {
                    outcome: explained.outcome,
                    claims: explained.claims.iter().filter(|claim| claim.decides).map(|claim| claim.id.clone()).collect(),
                    obligations: texts(&explained.obligations),
                    advice: texts(&explained.advice),
                    lacks_data: !explained.unknown.is_empty(),
                };
                prop_assert_eq!(given, expected, "{:?} in {:?}", question, scene);
            }
        }
        Ok(())
    });
}

/// Many threads at once give the answers of one.
///
/// Seen to fail when the groups of whoever was asked about last were kept in the decider instead of the walk, without their owner.
#[test]
fn threads_change_no_answer() {
    law(|case| {
        let world = case.world.files(&case.pack.schema, &mut case.tape);
        let Some(ready) = ready(&case.pack.files(), &world)? else { return Ok(()) };
        for scene in &case.scenes {
            let decider = ready.decider(scene);
            let asked: Vec<Asked> = case.questions.iter().filter_map(|question| ready.asked(&decider, question)).collect();
            let alone: Vec<_> = asked.iter().map(|asked| ready.decider(scene).decide(asked)).collect();
            for threads in [2, 3] {
                let size = asked.len().div_ceil(threads).max(1);
                let together: Vec<_> = std::thread::scope(|scope| {
                    let chunks = asked.chunks(size).map(|chunk| {
                        let decider = &decider;
                        scope.spawn(move || chunk.iter().map(|asked| decider.decide(asked)).collect::<Vec<_>>())
                    });
                    chunks.collect::<Vec<_>>().into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
                });
                prop_assert_eq!(&together, &alone);
            }
        }
        Ok(())
    });
}

/// One deny more allows nothing that was not allowed.
///
/// Seen to fail when denies were taken together by `and`.
#[test]
fn a_deny_more_allows_nothing() {
    law(|case| {
        let world = case.world.files(&case.pack.schema, &mut case.tape);
        let mut more = case.pack.clone();
        let deny = more.rule_element(&mut case.tape.part(128), "deny", "one-more");
        // Its claims are none of the pack's.
        let deny: Vec<&str> = deny.lines().filter(|line| !line.starts_with("source")).collect();
        more.elements = case.pack.elements.clone();
        more.elements.push(deny.join("\n"));
        let (Some(before), Some(after)) = (ready(&case.pack.files(), &world)?, ready(&more.files(), &world)?) else { return Ok(()) };
        for (before, after) in before.allowed(case).into_iter().zip(after.allowed(case)) {
            prop_assert!(before == Some(true) || after != Some(true));
        }
        Ok(())
    });
}

/// A fact more takes nothing away, if no deny, `not`, `!=`, `unless` or `was` depends on it.
///
/// Seen to fail when `or` took the least of its branches.
#[test]
fn a_fact_more_takes_nothing_away() {
    law(|case| {
        let whole = case.world.files(&case.pack.schema, &mut case.tape.clone());
        let Some(with) = ready(&case.pack.files(), &whole)? else { return Ok(()) };
        let positive = |fact: &generator::Fact| only_gives(&case.pack.elements, &fact.about);
        let Some(at) = case.world.facts.iter().position(positive) else { return Ok(()) };
        let mut less = case.world.clone();
        less.facts.remove(at);
        let Some(without) = ready(&case.pack.files(), &less.files(&case.pack.schema, &mut case.tape))? else { return Ok(()) };
        for (with, without) in with.allowed(case).into_iter().zip(without.allowed(case)) {
            prop_assert!(without != Some(true) || with == Some(true), "without {:?}", case.world.facts[at]);
        }
        Ok(())
    });
}

/// Whether a relation or role stands only where it can open something, by the text of the elements, through all that it leads to.
fn only_gives(elements: &[String], about: &str) -> bool {
    let declared = |sort: &str, name: &str| elements.iter().any(|element| element.starts_with(&format!("[{sort}.{name}]")));
    if !declared("relation", about) && !declared("role", about) {
        return false;
    }
    let words = |text: &str| -> BTreeSet<String> {
        text.split(|letter: char| !letter.is_alphanumeric() && letter != '-').map(str::to_owned).collect()
    };
    let mut names = BTreeSet::from([about.to_owned()]);
    loop {
        let before = names.len();
        for element in elements.iter().filter(|element| !element.starts_with("[relation.") && !element.starts_with("[claim.")) {
            let found = words(element);
            if names.is_disjoint(&found) {
                continue;
            }
            let turned = ["not", "unless", "was", "never", "deny"].iter().any(|word| found.contains(*word)) || element.contains("!=");
            // A variable of kind role may come to any of them.
            if turned || element.starts_with("[invariant.") || element.starts_with("[event.") || found.contains("role") {
                return false;
            }
            let header = element.split(']').next().unwrap_or("").trim_start_matches('[');
            if let Some(role) = header.strip_prefix("role.") {
                names.insert(role.to_owned());
            }
            if let Some(then) = element.lines().find_map(|line| line.strip_prefix("then")) {
                names.extend(words(then).into_iter().filter(|word| declared("relation", word) || declared("role", word)));
            }
        }
        if names.len() == before {
            return true;
        }
    }
}

/// What is not known any more (it is not known to be absent) opens nothing.
///
/// Seen to fail when a deny barred only where it is true, and when the told facts of what is not imported were taken for all.
#[test]
fn what_is_unknown_opens_nothing() {
    law(|case| {
        let known = case.world.files(&case.pack.schema, &mut case.tape.clone());
        let names: Vec<String> =
            case.world.facts.iter().map(|fact| fact.about.clone()).filter(|about| about != "in" && !about.contains('.')).collect();
        if names.is_empty() {
            return Ok(());
        }
        let lost = case.tape.pick(&names).clone();
        let mut less = case.world.clone();
        less.facts.retain(|fact| fact.about != lost);
        less.not_imported.push(lost.clone());
        let less = less.files(&case.pack.schema, &mut case.tape);
        let (Some(known), Some(unknown)) = (ready(&case.pack.files(), &known)?, ready(&case.pack.files(), &less)?) else { return Ok(()) };
        for (known, unknown) in known.allowed(case).into_iter().zip(unknown.allowed(case)) {
            prop_assert!(unknown != Some(true) || known == Some(true), "without {lost}");
        }
        Ok(())
    });
}

/// Elements, entities and facts in another order, and in other files, give the same answers in the same words.
///
/// Seen to fail when rules were numbered in the order in which they were read.
#[test]
fn order_changes_nothing() {
    law(|case| {
        let world = case.world.files(&case.pack.schema, &mut case.tape.clone());
        let Some(written) = ready(&case.pack.files(), &world)? else { return Ok(()) };
        let mut shuffled = case.clone();
        shuffled.pack.elements = case.tape.shuffled(shuffled.pack.elements);
        shuffled.world.entities = case.tape.shuffled(shuffled.world.entities);
        shuffled.world.facts = case.tape.shuffled(shuffled.world.facts);
        shuffled.world.events = case.tape.shuffled(shuffled.world.events);
        let world = shuffled.world.files(&case.pack.schema, &mut case.tape);
        let Some(ready) = ready(&shuffled.pack.files(), &world)? else { return Err(TestCaseError::fail("refused in another order")) };
        for (written, shuffled) in written.explained(case).into_iter().zip(ready.explained(case)) {
            prop_assert_eq!(written, shuffled);
        }
        Ok(())
    });
}

/// What is yet to begin does not bear on an answer.
///
/// Seen to fail when facts counted from their beginning on only by their end.
#[test]
fn the_future_bears_on_nothing() {
    law(|case| {
        case.world.events.clear();
        let whole = case.world.files(&case.pack.schema, &mut case.tape.clone());
        let Some(whole) = ready(&case.pack.files(), &whole)? else { return Ok(()) };
        for scene in case.scenes.clone() {
            let at = Instant::parse(scene.at).expect("a date");
            let mut cut = case.world.clone();
            cut.facts.retain(|fact| fact.since.is_none_or(|since| Instant::parse(since).expect("a date") <= at));
            let Some(cut) = ready(&case.pack.files(), &cut.files(&case.pack.schema, &mut case.tape.clone()))? else { continue };
            let alone = Case { scenes: vec![scene], ..case.clone() };
            prop_assert_eq!(whole.allowed(&alone), cut.allowed(&alone));
        }
        Ok(())
    });
}

/// What `how-to` tells turns the answer when it is done as it is told, and no part of it does.
///
/// Seen to fail when candidates were told without being tried, and when only single changes were left out to see whether the rest will do.
#[test]
fn what_how_to_tells_turns_the_answer() {
    law(|case| {
        let world = case.world.files(&case.pack.schema, &mut case.tape);
        let Some(ready) = ready(&case.pack.files(), &world)? else { return Ok(()) };
        for scene in &case.scenes {
            let decider = ready.decider(scene);
            for asked in case.questions.iter().take(6).filter_map(|question| ready.asked(&decider, question)) {
                let allow = !decider.decide(&asked).allowed();
                for way in how_to(&decider, &asked, allow, None).ways {
                    if way.changes.iter().any(|step| step.change == "date") {
                        continue;
                    }
                    let count = way.changes.len();
                    for part in 0..1u32 << count {
                        let steps = way.changes.iter().enumerate().filter(|(at, _)| part & (1 << at) != 0).map(|(_, step)| step);
                        let turned = done(&ready, &decider, &asked, steps)? == allow;
                        prop_assert_eq!(turned, part + 1 == 1 << count, "{:?}, part {:b}", &way.changes, part);
                    }
                }
            }
        }
        Ok(())
    });
}

/// Whether the question is allowed after the changes, read from the words in which they are told.
fn done<'s>(
    ready: &Ready,
    decider: &Decider<'_>,
    asked: &Asked,
    steps: impl Iterator<Item = &'s delegraph::query::how_to::Step>,
) -> Result<bool, TestCaseError> {
    let policy = &ready.engine.policy;
    let mut overlay = Overlay { world: ready.world.clone(), scene: decider.scene.clone() };
    for step in steps {
        if let Some(on) = match step.change {
            "turn-on" => Some(true),
            "turn-off" => Some(false),
            _ => None,
        } {
            let toggle = policy.toggles.iter().find(|(_, toggle)| toggle.head.name == step.what).expect("a toggle").0;
            overlay.scene.toggles[toggle.index()] = on;
            continue;
        }
        let file = overlay.world.sources.add("told", step.what.clone());
        let span = Span::new(file, 0, step.what.len());
        let fact = syntax::fact(&Embedded { text: &step.what, span, writing: Writing::Plain });
        let fact = fact.map_err(|told| TestCaseError::fail(format!("`{}`: {}", step.what, told.headline)))?;
        let body = read_fact(policy, &mut overlay.world, &fact);
        let body = body.map_err(|told| TestCaseError::fail(format!("`{}`: {}", step.what, told[0].headline)))?;
        overlay.assume(policy, body, step.change != "remove");
    }
    Ok(overlay.decider(&ready.engine).decide(asked).allowed())
}
