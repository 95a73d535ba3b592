//! One entry, run.

use super::ask::{self, Ask};
use super::command::command;
use super::compare::{self, GivenUp, Mismatches};
use super::coverage::{Branches, Counts};
use super::host::Host;
use super::lines::Lines;
use super::opened::Opened;
use super::product::{Asking, Product};
use super::report::{Difference, EntryReport, Failure};
use super::setting::{self, label};
use super::snapshot::Snapshot;
use crate::diag::{Code, Diagnostic};
use crate::eval::{Budget, Decider, QueryContext};
use crate::plan::{CompiledPolicy, Context};
use crate::query::Overlay;
use crate::query::assume::PreparedQuestion;
use crate::syntax::suite::{EntryDecl, EntryForm, ExpectedAnswer};
use crate::text::Span;
use crate::wording::Words;
use crate::world::{Request, ResolvedRequest, World};

/// A suite with the policy that is tested: its own, or a changed one with the same ids.
#[derive(Clone, Copy)]
pub(super) struct Bench<'r> {
    pub(super) opened: &'r Opened<'r>,
    pub(super) compiled: &'r CompiledPolicy,
    /// The world, with the same ids as that of the suite.
    pub(super) world: &'r World,
    pub(super) host: &'r dyn Host,
    pub(super) options: &'r Explained<'r>,
    /// If coverage is counted: where branches are.
    pub(super) branches: Option<&'r Branches>,
    /// Whether explanations that are kept are compared.
    pub(super) snapshots: bool,
}

/// What is told of failures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Explained<'o> {
    /// How many failures of each entry have an explanation.
    pub most: usize,
    /// Whether it is the whole explanation.
    pub full: bool,
    /// Its width in columns.
    pub width: usize,
    /// The pack of suites that name none, for commands.
    pub policies: Option<&'o str>,
}

/// The width of explanations that are kept, in columns.
const SNAPSHOT_WIDTH: usize = 80;

/// Of an entry with more requests than these, coverage counts those that its lines name.
const MOST_COVERED: u64 = 20_000;

/// An entry that was run.
pub(super) struct Ran {
    pub(super) report: EntryReport,
    /// The explanation that it keeps.
    pub(super) snapshot: Option<Snapshot>,
    /// What its requests cover, if that is counted.
    pub(super) counts: Counts,
}

impl Bench<'_> {
    /// Runs an entry.
    ///
    /// # Errors
    ///
    /// If it cannot be asked: it has no date, names what is not there, or a request of it was given up.
    pub(super) fn run(self, entry: &EntryDecl) -> Result<Ran, Vec<Diagnostic>> {
        let context = setting::context(self.compiled, &self.opened.document.setting, entry)?;
        match &entry.form {
            EntryForm::Case { subjects, actions, resources, allowed, unknown } => {
                let decider = Decider::new(self.compiled, self.world, context);
                let budget = Budget::default();
                let query = decider.within(&budget);
                let product = Product::of(&query, &Asking::Named(subjects), actions, resources, entry.span)?;
                let lines = [(allowed.as_slice(), ExpectedAnswer::Allowed), (unknown, ExpectedAnswer::Unknown)];
                let lines = Lines::of_case(&query, &product, lines)?;
                self.compared(entry, &query, &product, &lines)
            }
            EntryForm::Who { action, resource, are, unknown } => {
                let decider = Decider::new(self.compiled, self.world, context);
                let budget = Budget::default();
                let query = decider.within(&budget);
                let (actions, resources) = (std::slice::from_ref(action), std::slice::from_ref(resource));
                let product = Product::of(&query, &Asking::All, actions, resources, entry.span)?;
                let names = [(are.as_slice(), ExpectedAnswer::Allowed), (unknown, ExpectedAnswer::Unknown)];
                let lines = Lines::of_who(&query, &product, names)?;
                self.compared(entry, &query, &product, &lines)
            }
            EntryForm::Ask { text, question, is, by, snapshot } => {
                self.asked(entry, &Ask { text, question, is: *is, by }, *snapshot, &context)
            }
        }
    }

    fn report(self, entry: &EntryDecl, requests: u64) -> EntryReport {
        let (place, column) = (self.opened.sources.place(entry.span), self.opened.sources.column(entry.span));
        EntryReport {
            label: label(entry),
            name: entry.name.as_ref().map(|name| name.value.clone()),
            place: (place.line, column),
            requests,
            failures: Vec::new(),
            left_out: 0,
        }
    }

    fn compared(self, entry: &EntryDecl, query: &QueryContext<'_>, product: &Product, lines: &Lines) -> Result<Ran, Vec<Diagnostic>> {
        let decider: &Decider<'_> = query;
        let compared = compare::compare(decider, query, product, lines);
        let Mismatches { kept, left_out } = compared.map_err(|given_up| vec![given_up_at(decider, &given_up, entry.span)])?;
        let mut report = EntryReport { left_out, ..self.report(entry, product.count) };
        for (index, mismatch) in kept.into_iter().enumerate() {
            let request = named(decider, mismatch.request);
            let difference = Difference::Outcome { expected: mismatch.expected, got: mismatch.got };
            let explanation = (index < self.options.most).then(|| {
                let overlay = Overlay { world: self.world.clone(), context: decider.context.clone() };
                PreparedQuestion { request: request.clone(), overlay, assuming: Vec::new(), refused: Vec::new(), is_dated: true }
            });
            let explanation = explanation.and_then(|question| self.explanation(&question));
            report.failures.push(self.failure(entry, request, difference, explanation));
        }
        let mut counts = Counts::default();
        if let Some(branches) = self.branches {
            // Of a big product what its lines name says most.
            let count = |request: ResolvedRequest| counts.count(decider, branches, &request);
            if product.count <= MOST_COVERED {
                product.requests(query).for_each(count);
            } else {
                lines.requests(query).map(|(request, _)| request).for_each(count);
            }
        }
        Ok(Ran { report, snapshot: None, counts })
    }

    fn asked(self, entry: &EntryDecl, ask: &Ask<'_>, keeps: bool, context: &Context) -> Result<Ran, Vec<Diagnostic>> {
        let prepared = ask::prepared(ask, self.compiled, (self.world, &self.opened.sources), context)?;
        let mut differences = ask::differences(ask, self.compiled, &prepared, entry.span)?;
        let mut snapshot = None;
        if let (true, Some(name)) = (keeps && self.snapshots, &entry.name) {
            let Some(now) = self.host.explanation(self.compiled, &prepared, false, SNAPSHOT_WIDTH) else {
                let headline = "the explanation was given up at the limit of its work";
                return Err(vec![Diagnostic::new(Code::BadRequest, headline, entry.span, "")]);
            };
            differences.extend(ask::changed(&self.opened.kept, &name.value, &now));
            snapshot = Some(Snapshot { name: name.value.clone(), question: ask.text.value.clone(), text: now });
        }
        let mut report = self.report(entry, 1);
        // What a snapshot differs in is its explanation.
        let told = |difference: &Difference| !matches!(difference, Difference::Snapshot { .. });
        let explains = self.options.most > 0 && differences.iter().any(told);
        let mut explanation = explains.then(|| self.explanation(&prepared)).flatten();
        for difference in differences {
            let of_this = if told(&difference) { explanation.take() } else { None };
            report.failures.push(self.failure(entry, prepared.request.clone(), difference, of_this));
        }
        let mut counts = Counts::default();
        if let Some(branches) = self.branches {
            let decider = prepared.overlay.decider(self.compiled);
            let asked = decider.world.resolve(&self.compiled.policy, &prepared.request, decider.context.at);
            asked.iter().for_each(|asked| counts.count(&decider, branches, asked));
        }
        Ok(Ran { report, snapshot, counts })
    }

    /// The explanation of a failure.
    fn explanation(self, question: &PreparedQuestion) -> Option<String> {
        self.host.explanation(self.compiled, question, self.options.full, self.options.width)
    }

    fn failure(self, entry: &EntryDecl, request: Request, difference: Difference, explanation: Option<String>) -> Failure {
        let setting = setting::setting(&self.opened.document.setting, &entry.setting);
        let command = command(self.opened.file, &self.opened.document, entry, &setting, &request, self.options.policies);
        Failure { request, difference, explanation, command }
    }
}

/// The mistake of an entry of which a request was given up.
fn given_up_at(decider: &Decider<'_>, GivenUp(request, exhausted): &GivenUp, span: Span) -> Diagnostic {
    let text = Words::of(decider).exhausted(*exhausted);
    let Request { subject, action, resource } = named(decider, *request);
    let label = format!("{}:{} {action} {}:{}", subject.0, subject.1, resource.0, resource.1);
    Diagnostic::new(Code::BadRequest, text.message, span, label).help(text.help)
}

/// The names of a request.
pub(super) fn named(decider: &Decider<'_>, request: ResolvedRequest) -> Request {
    let policy = &decider.compiled.policy;
    let entity = |ent| {
        let entity = decider.world.entity(ent);
        (policy.kinds[entity.kind].meta.name.clone(), entity.id.to_owned())
    };
    Request {
        subject: entity(request.subject),
        action: policy.actions[request.action].meta.name.clone(),
        resource: entity(request.resource),
    }
}
