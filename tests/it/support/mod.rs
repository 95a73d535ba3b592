//! What tests of whole worlds share: packs and worlds by their path, questions by their names.

pub mod suite;

use delegraph::diag::Diagnostic;
use delegraph::eval::{Budget, Decider};
use delegraph::explain::explain;
use delegraph::files::Source;
use delegraph::open;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::policy::Id;
use delegraph::query;
use delegraph::report;
use delegraph::report::text::Style;
use delegraph::text::Sources;
use delegraph::time::Instant;
use delegraph::wording::{ExplanationText, HowToText, Labels, SummaryText, Words, how_to};
use delegraph::world::{Request, World};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The shipped pack, made ready once.
pub static SHIPPED: LazyLock<CompiledPolicy> = LazyLock::new(|| compiled("policies"));

/// The pack at a path below the checkout.
pub fn compiled(path: &str) -> CompiledPolicy {
    let pack = open::pack_at(Some(Path::new(path))).expect("the pack can be read");
    pack.compiled.unwrap_or_else(|| panic!("{}", shown(&pack.sources, &pack.diagnostics)))
}

/// The world in a file below the checkout; it has no mistake.
pub fn world(compiled: &CompiledPolicy, path: &str) -> World {
    sound(open::world_at(compiled, &[PathBuf::from(path)]).expect("the world can be read"))
}

/// The world of this text; it has no mistake.
pub fn world_of(compiled: &CompiledPolicy, text: &str) -> World {
    sound(opened(compiled, text))
}

/// A file of this text.
pub fn source(name: &str, text: &str) -> Source {
    Source::of_bytes(name.to_owned(), text.as_bytes().to_vec())
}

/// The pack of this text; it has no error.
pub fn pack_of(text: &str) -> CompiledPolicy {
    let opened = open::pack(vec![source("pack.toml", text)]);
    opened.compiled.unwrap_or_else(|| panic!("{}", shown(&opened.sources, &opened.diagnostics)))
}

/// The mistakes of a pack of this text, one a line: `code: headline; help`.
pub fn mistakes(text: &str) -> String {
    let opened = open::pack(vec![source("pack.toml", text)]);
    listed(&opened.diagnostics)
}

/// The mistakes of a world of this text, one a line: `code: headline; help`.
pub fn world_mistakes(compiled: &CompiledPolicy, text: &str) -> String {
    listed(&opened(compiled, text).diagnostics)
}

fn listed(diagnostics: &[Diagnostic]) -> String {
    let line = |diagnostic: &Diagnostic| {
        let help = diagnostic.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        format!("{}: {}{help}", diagnostic.code.name(), diagnostic.headline)
    };
    diagnostics.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Outcome and missing data of `SUBJECT ACTION RESOURCE` on 2024-02-01, for a pack and a world of these texts.
pub fn outcome(pack: &str, world: &str, question: &str) -> String {
    let compiled = pack_of(pack);
    let world = world_of(&compiled, world);
    let parts: Vec<&str> = question.splitn(3, ' ').collect();
    let explained = Ask::of("2024-02-01", parts[0], parts[1], parts[2]).explained(&compiled, &world);
    format!("{} {}", explained.outcome, explained.unknown.join(", ")).trim().to_owned()
}

/// What becomes of a world of this text.
pub fn opened(compiled: &CompiledPolicy, text: &str) -> open::Opened {
    open::world(compiled, vec![source("world.toml", text)]).expect("the name ends in .toml")
}

/// The facts of a world, one table for each.
pub fn facts(facts: &[&str]) -> String {
    facts.iter().fold(String::new(), |text, fact| text + "[[fact]]\nis = '" + fact + "'\n")
}

fn sound(opened: open::Opened) -> World {
    opened.world.unwrap_or_else(|| panic!("{}", shown(&opened.sources, &opened.diagnostics)))
}

/// Diagnostics as people see them.
pub fn shown(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    report::diagnostics::render(sources, diagnostics, false, 100)
}

/// A question by names.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub at: &'a str,
    pub policy_at: Option<&'a str>,
    pub with: &'a [&'a str],
    pub subject: &'a str,
    pub action: &'a str,
    pub resource: &'a str,
}

impl Ask<'_> {
    /// The question at that date, under the pack's default toggles.
    pub fn of<'a>(at: &'a str, subject: &'a str, action: &'a str, resource: &'a str) -> Ask<'a> {
        Ask { at, policy_at: None, with: &[], subject, action, resource }
    }

    /// The dates and toggles of the question.
    pub fn context(&self, compiled: &CompiledPolicy) -> Context {
        let date = |text| Instant::parse(text).expect("a date");
        let mut context = Context::at(&compiled.policy, date(self.at));
        context.policy_at = self.policy_at.map_or(context.at, date);
        for name in self.with {
            let toggle = compiled.policy.toggle_named(name).unwrap_or_else(|| panic!("no toggle {name}"));
            context.toggles[toggle.index()] = true;
        }
        context
    }

    /// The answer with its proof; or why the question cannot be asked.
    pub fn answer(&self, compiled: &CompiledPolicy, world: &World) -> Result<ExplanationText, String> {
        let entity = |text: &str| text.split_once(':').map(|(kind, id)| (kind.to_owned(), id.to_owned())).expect("kind:id");
        let request = Request { subject: entity(self.subject), action: self.action.to_owned(), resource: entity(self.resource) };
        let decider = Decider::new(compiled, world, self.context(compiled));
        let asked = world.resolve(&compiled.policy, &request, decider.context.at).map_err(|unasked| unasked.message)?;
        let record = decider.record(&asked);
        assert_eq!(decider.decide(&asked), record.decision, "the fast path and the explained one agree on {self:?}");
        Ok(Words::of(&decider).explanation(&explain(&decider.within(&Budget::default()), &asked, &record)))
    }

    /// The answer on one screen, as `explain` prints it, with `most` ways to turn it and without colours.
    pub fn page(&self, compiled: &CompiledPolicy, world: &World, most: usize) -> String {
        let entity = |text: &str| text.split_once(':').map(|(kind, id)| (kind.to_owned(), id.to_owned())).expect("kind:id");
        let request = Request { subject: entity(self.subject), action: self.action.to_owned(), resource: entity(self.resource) };
        let world = &query::how_to::with_new_entities(&compiled.policy, world);
        let decider = Decider::new(compiled, world, self.context(compiled));
        let asked = world.resolve(&compiled.policy, &request, decider.context.at).expect("a question that can be asked");
        let (budget, labels) = (Budget::default(), Labels::without_kinds());
        let (query, words) = (decider.within(&budget), Words::for_people(&decider, &labels));
        let explanation = words.explanation(&explain(&query, &asked, &query.record(&asked)));
        let turn = || how_to(words, &decider, &query::how_to::how_to(&query, &asked, !explanation.decision, Some(most)));
        let how = (most > 0).then(turn);
        let summary = SummaryText::of(&explanation, how.as_ref().map(|how| (how, Some(most))));
        report::summary::render(&summary, None, &Style { color: false, width: 80, full: false })
    }

    /// The answer with its proof.
    pub fn explained(&self, compiled: &CompiledPolicy, world: &World) -> ExplanationText {
        self.answer(compiled, world).unwrap_or_else(|why| panic!("{self:?}: {why}"))
    }
}

/// How to turn an answer, for machines.
pub fn how_to_text(
    compiled: &CompiledPolicy,
    world: &World,
    context: Context,
    [subject, action, resource]: [&str; 3],
    allow: bool,
) -> HowToText {
    let world = query::how_to::with_new_entities(&compiled.policy, world);
    let decider = Decider::new(compiled, &world, context);
    let entity = |text: &str| text.split_once(':').map(|(kind, id)| (kind.to_owned(), id.to_owned())).expect("kind:id");
    let request = Request { subject: entity(subject), action: action.to_owned(), resource: entity(resource) };
    let asked = world.resolve(&compiled.policy, &request, decider.context.at).expect("a question of this world");
    let budget = Budget::default();
    let asking = decider.within(&budget);
    how_to(Words::of(&decider), &asking, &query::how_to::how_to(&asking, &asked, allow, None))
}

/// The claims on which an answer rests.
pub fn deciding(explanation: &ExplanationText) -> Vec<&str> {
    explanation.claims.iter().filter(|claim| claim.decides).map(|claim| claim.id.as_str()).collect()
}
