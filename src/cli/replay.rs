//! `delegraph replay`: the events of a world one by one, with the access that each gives and takes.

use super::diff_rows::{count, program_row};
use super::list_options::{FormatOption, ListFormat, ListOptions};
use super::options::{Options, date};
use super::output::Streams;
use super::progress::with_progress;
use super::{Exit, Failure};
use crate::open::{self, Recorded};
use crate::plan::CompiledPolicy;
use crate::policy::{Id, Policy};
use crate::query::diff::{Because, Change, Changes, DiffRow, Difference, Sides, diff_summary};
use crate::query::lists::OpenCounts;
use crate::query::replay::{Replay, ReplaySettings};
use crate::report;
use crate::report::json::diff::DiffCounts;
use crate::report::json::list::line;
use crate::report::json::replay::{self as json, ReplayQuestion, StepJson};
use crate::report::text::Style;
use crate::text::Sources;
use crate::time::Instant;
use crate::wording::{self, HappenedText, Labels, StepText, Words};
use crate::world::EventRecord;
use std::cell::RefCell;
use std::io::Write;
use std::path::PathBuf;

/// Replay the events of a world: who did what, whether they were allowed to, and the access that each gives and takes
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The files of the world, `.toml` or `.ndjson`, or folders of these; several are merged
    #[arg(value_name = "WORLD", required_unless_present = "more")]
    world: Vec<PathBuf>,
    /// Skip an event that cannot happen, and go on without it
    #[arg(long)]
    keep_going: bool,
    /// Also list requests that are denied before and after for different reasons, or exist on one side only
    #[arg(long)]
    all_changes: bool,
    /// Print every name
    #[arg(long)]
    expand: bool,
    #[command(flatten)]
    list: ListOptions,
    #[command(flatten)]
    form: FormatOption,
    /// More of the world
    #[arg(long = "world", id = "more", value_name = "FILE", help_heading = "Common options")]
    more: Vec<PathBuf>,
    /// The pack: a folder of TOML files, or one file [default: `policies` here if it declares a kind, else the built-in pack]
    #[arg(long, value_name = "DIR", help_heading = "Common options")]
    policies: Option<PathBuf>,
    /// The date of the policy at every step [default: that of the step]
    #[arg(long, value_name = "DATE", value_parser = date, help_heading = "Common options")]
    policy_at: Option<Instant>,
    /// Turn this toggle on
    #[arg(long, value_name = "TOGGLE", help_heading = "Common options")]
    with: Vec<String>,
    /// Turn this toggle off
    #[arg(long, value_name = "TOGGLE", help_heading = "Common options")]
    without: Vec<String>,
}

/// A replay that is printed.
struct Printed<'a> {
    compiled: &'a CompiledPolicy,
    replay: &'a Replay<'a>,
    args: &'a Args,
    /// The names of the toggles that are on.
    toggles: Vec<String>,
}

/// What of a step is printed for programs.
struct Step {
    at: Instant,
    rows: Vec<DiffRow>,
    counts: DiffCounts,
}

/// What is counted over all steps.
#[derive(Default)]
struct Total {
    steps: usize,
    counts: DiffCounts,
    /// How many requests were left out.
    left_out: usize,
    given_up: bool,
}

impl Total {
    /// Counts a step.
    fn add(&mut self, counts: DiffCounts) {
        self.steps += 1;
        self.counts.widened += counts.widened;
        self.counts.narrowed += counts.narrowed;
        self.counts.unsure += counts.unsure;
    }
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let options = args.options();
    let compiled = options.compiled(streams)?;
    let policy = &compiled.policy;
    let toggles = options.context(policy)?.toggles;
    let Recorded { world, events, sources, diagnostics } =
        with_progress(|progress| open::recorded_at(&compiled, &options.world, progress))?;
    let Some(world) = world else {
        streams.diagnostics(&sources, &diagnostics);
        return Err(Failure::Reported);
    };
    streams.warnings(&sources, &diagnostics);
    streams.guard(&world);
    if world.is_packed() {
        Streams::note("a packed world does not say which events it had: they are applied already, so time alone passes");
    }
    let on = policy.toggles.iter().filter(|(id, _)| toggles[id.index()]).map(|(_, toggle)| toggle.meta.name.clone()).collect();
    let settings = ReplaySettings { toggles, policy_at: args.policy_at, keep_going: args.keep_going };
    let replay = Replay::of(&compiled, world, events, settings);
    check_sound(&compiled, &replay, &sources, streams)?;
    let printed = Printed { compiled: &compiled, replay: &replay, args, toggles: on };
    let total = match args.form.format {
        ListFormat::Human => printed.for_people(streams)?,
        ListFormat::Json | ListFormat::Ndjson => printed.for_programs(streams)?,
    };
    streams.flush()?;
    if !replay.refused.is_empty() {
        streams.diagnostics(&sources, &wording::refused_events(&compiled, &replay));
    }
    Ok(match (total.given_up, replay.stopped) {
        (true, _) => Exit::NoAnswer,
        (false, Some(_)) => Exit::No,
        (false, None) => Exit::Yes,
    })
}

/// That the world after its events could be loaded. If not, the mistakes are printed.
fn check_sound(compiled: &CompiledPolicy, replay: &Replay<'_>, sources: &Sources, streams: &Streams) -> Result<(), Failure> {
    let mistakes = open::inconsistent(compiled, &replay.world, !replay.events.is_empty(), replay.stopped.unwrap_or(Instant::MAX));
    if mistakes.is_empty() {
        return Ok(());
    }
    streams.diagnostics(sources, &mistakes);
    if mistakes.iter().any(crate::diag::Diagnostic::is_error) { Err(Failure::Reported) } else { Ok(()) }
}

impl Args {
    fn options(&self) -> Options {
        Options {
            policies: self.policies.clone(),
            world: self.world.iter().chain(&self.more).cloned().collect(),
            at: None,
            policy_at: self.policy_at,
            with: self.with.clone(),
            without: self.without.clone(),
        }
    }

    fn lists(&self, row: &DiffRow) -> bool {
        self.list.lists(row.is_unknown())
    }
}

impl<'a> Printed<'a> {
    fn policy(&self) -> &'a Policy {
        &self.compiled.policy
    }

    /// Whether an instant is a step: something happens or is refused, something of the world begins or ends, or access changes.
    fn is_step(&self, at: Instant, changes: &Changes, rows: usize) -> bool {
        let is_eventful = !self.replay.happened_at(at).is_empty() || !self.replay.refused_at(at).is_empty();
        is_eventful || rows > 0 || changes.iter().any(Change::is_of_world)
    }

    /// The events that happened at an instant, in words.
    fn happened(&self, words: Words<'_>, at: Instant) -> Vec<(&'a EventRecord, HappenedText)> {
        let replay = self.replay;
        let text = |happened| words.happened(&replay.world, replay, happened);
        replay.happened_at(at).iter().map(|happened| (&replay.events[happened.event], text(happened))).collect()
    }

    fn for_people(&self, streams: &mut Streams) -> Result<Total, Failure> {
        let style = Style { color: streams.color(), width: Streams::width(), full: self.args.expand };
        let head = wording::replay_text(self.compiled, self.replay, &self.toggles, self.args.policy_at);
        streams.out().write_all(report::replay::head(&head, &style).as_bytes())?;
        let mut total = Total::default();
        let mut left = self.args.list.most().unwrap_or(usize::MAX);
        for at in self.replay.instants() {
            let step = self.replay.compare(at, |sides, changes| self.step_text(at, (sides, changes), &mut left, &mut total));
            if let Some(step) = step {
                streams.out().write_all(report::replay::step(&step, &style).as_bytes())?;
            }
        }
        let DiffCounts { widened, narrowed, unsure } = total.counts;
        let text = wording::replay_total(self.replay, total.steps, [widened, narrowed, unsure]);
        streams.out().write_all(report::replay::tail(&text, &style).as_bytes())?;
        Ok(total)
    }

    /// The step of an instant for people; `None` if it is none. `left` counts the requests that may still be printed.
    fn step_text(&self, at: Instant, (sides, changes): (Sides<'_>, &Changes), left: &mut usize, total: &mut Total) -> Option<StepText> {
        let difference = Difference::new(sides, changes, self.args.all_changes);
        let because = Because::new(sides, changes);
        let summary = diff_summary(sides, &difference, &because, |row| self.args.lists(row), self.args.list.most().map(|_| *left));
        if !self.is_step(at, changes, summary.widened + summary.narrowed + summary.unsure) {
            return None;
        }
        total.add(DiffCounts { widened: summary.widened, narrowed: summary.narrowed, unsure: summary.unsure });
        total.given_up |= summary.given_up > 0;
        let labels = Labels::default();
        let words = Words::for_people(sides.new, &labels);
        *left = left.saturating_sub(summary.widened + summary.narrowed + summary.unsure - summary.left_out);
        total.left_out += summary.left_out;
        let texts = summary.groups.iter().map(|group| words.diff_group(group, &because, None)).collect();
        let access = wording::diff_text(words, &summary, texts, Vec::new());
        let [begins, ends] = wording::begun_and_ended(sides, changes);
        let goes_on = self.replay.going_on_at(at, changes);
        let happened = self.happened(words, at).into_iter().map(|(_, text)| text).collect();
        let refused = wording::refused_at(self.compiled, self.replay, at);
        Some(StepText { at: at.to_string(), happened, refused, begins, ends, goes_on, access })
    }

    fn for_programs(&self, streams: &mut Streams) -> Result<Total, Failure> {
        let mut total = Total::default();
        let (mut steps, mut left_out) = (Vec::new(), 0);
        let mut left = self.args.list.most().unwrap_or(usize::MAX);
        for at in self.replay.instants() {
            let step = self.replay.compare(at, |sides, changes| self.step(at, (sides, changes), &mut left, &mut total.given_up));
            if let Some(step) = step {
                let DiffCounts { widened, narrowed, unsure } = step.counts;
                left_out += widened + narrowed + unsure - step.rows.len();
                total.add(step.counts);
                steps.push(step);
            }
        }
        match self.args.form.format {
            ListFormat::Ndjson => self.lines(&steps, left_out, streams)?,
            ListFormat::Json | ListFormat::Human => self.document(&steps, (total.counts, left_out), streams)?,
        }
        Ok(total)
    }

    /// The rows of an instant; `None` if it is no step. `left` counts the rows that may still be printed.
    fn step(&self, at: Instant, (sides, changes): (Sides<'_>, &Changes), left: &mut usize, given_up: &mut bool) -> Option<Step> {
        let difference = Difference::new(sides, changes, self.args.all_changes);
        let mut step = Step { at, rows: Vec::new(), counts: DiffCounts::default() };
        for row in difference.rows().filter(|row| self.args.lists(row)) {
            count(&mut step.counts, &row);
            *given_up |= row.is_given_up();
            if *left > 0 {
                *left -= 1;
                step.rows.push(row);
            }
        }
        let DiffCounts { widened, narrowed, unsure } = step.counts;
        self.is_step(at, changes, widened + narrowed + unsure).then_some(step)
    }

    /// Calls `write` with each row of a step as programs read it.
    fn each_row(
        &self,
        step: &Step,
        open: &RefCell<OpenCounts>,
        mut write: impl FnMut(json::StepRowJson<'_>) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        let (at, events) = (step.at.to_string(), self.replay.names_at(step.at));
        self.replay.compare(step.at, |sides, changes| {
            let because = Because::new(sides, changes);
            step.rows.iter().try_for_each(|row| write(json::row(program_row(sides, row, &because, open), &at, &events)))
        })
    }

    fn lines(&self, steps: &[Step], left_out: usize, streams: &mut Streams) -> Result<(), Failure> {
        let mut left: usize = steps.iter().map(|step| step.rows.len()).sum();
        let open = RefCell::default();
        for step in steps {
            self.each_row(step, &open, |row| {
                left -= 1;
                line(streams.out(), row, if left == 0 { left_out } else { 0 })
            })?;
        }
        Ok(())
    }

    fn document(&self, steps: &[Step], counts: (DiffCounts, usize), streams: &mut Streams) -> Result<(), Failure> {
        let question = ReplayQuestion {
            verb: "replay",
            world: self.args.options().world.iter().map(|path| path.to_string_lossy().into_owned()).collect(),
            policy_at: self.args.policy_at.map(|at| at.to_string()),
            toggles: &self.toggles,
            keep_going: self.args.keep_going,
        };
        let views: Vec<StepJson> = steps.iter().map(|step| self.step_json(step)).collect();
        let open = RefCell::new(OpenCounts::default());
        let mut rows = Vec::new();
        let mut array = report::json::list::ArrayWriter::default();
        for step in steps {
            self.each_row(step, &open, |row| array.item(&mut rows, &row))?;
        }
        array.end(&mut rows)?;
        let open = self.replay.compare(Instant::MAX, |sides, _| Words::of(sides.new).open(&open.borrow()));
        json::document(streams.out(), &question, counts, &views, &rows, &open)?;
        Ok(())
    }

    fn step_json(&self, step: &Step) -> StepJson {
        self.replay.compare(step.at, |sides, changes| {
            let happened = self.happened(Words::of(sides.new), step.at);
            let refused = wording::refused_at(self.compiled, self.replay, step.at);
            json::step(
                (self.policy(), &self.replay.world),
                step.at.to_string(),
                happened,
                refused,
                (wording::begun_and_ended(sides, changes), self.replay.going_on_at(step.at, changes)),
                step.counts,
            )
        })
    }
}
