//! `delegraph explain`: the answer with its proof, and what would change it.

use super::options::{Options, RequestArgs, unprepared};
use super::output::Streams;
use super::{Exit, Failure};
use crate::eval::{Budget, Outcome};
use crate::explain;
use crate::plan::{CompiledPolicy, Context};
use crate::query::assume::{self, PreparedQuestion};
use crate::query::how_to;
use crate::query::{Overlay, access};
use crate::report;
use crate::wording::{self, Labels, SummaryText, Words};
use crate::world::World;
use std::io::{BufRead, Write};

/// Decide, show the proof, and list changes that would reverse the answer; or explain an element of the pack, such as `rule NAME`
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) request: RequestArgs,
    /// Answer questions from a file, one per line; blank lines and lines that begin with `#` are skipped; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["subject", "action", "resource"])]
    questions: Option<String>,
    /// How many ways to reverse the answer are listed at the end: `all`, `none` or a number [default: 3; `all` with `--full`]
    #[arg(long, value_name = "COUNT", value_parser = count)]
    how_to: Option<WayLimit>,
    /// Show the sentences of the claims that the answer uses; JSON has them always
    #[arg(long)]
    claims: bool,
    /// Show everything: all ways, denies, notes, claims and documents, lists without a limit, all ways to reverse the answer, and the exports from which the world was made
    #[arg(long)]
    full: bool,
    /// The form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Common options")]
    pub(super) format: ExplainFormat,
    #[command(flatten)]
    pub(super) options: Options,
}

/// The formats of `explain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ExplainFormat {
    /// For people
    Human,
    /// For programs
    Json,
    /// A drawing for Graphviz
    Dot,
    /// A drawing for Mermaid
    Mermaid,
}

/// How many ways to turn the answer are listed, if neither `--how-to` nor `--full` says it.
const DEFAULT_WAYS: usize = 3;

/// How many ways to turn the answer are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WayLimit {
    All,
    Most(usize),
}

fn count(text: &str) -> Result<WayLimit, String> {
    match text {
        "all" => Ok(WayLimit::All),
        "none" => Ok(WayLimit::Most(0)),
        number => number.parse().map(WayLimit::Most).map_err(|_| "write `all`, `none` or a number".to_owned()),
    }
}

/// What of an answer is shown, and how.
#[derive(Clone, Copy)]
pub(super) struct Form {
    how_to: Option<WayLimit>,
    claims: bool,
    full: bool,
    format: ExplainFormat,
    color: bool,
    width: usize,
}

impl Form {
    /// For people: what fits one screen, or all of it.
    pub(super) fn plain(full: bool, width: usize) -> Form {
        Form { how_to: None, claims: false, full, format: ExplainFormat::Human, color: false, width }
    }
}

impl Args {
    fn form(&self, color: bool) -> Form {
        let Args { how_to, claims, full, format, .. } = *self;
        Form { how_to, claims, full, format, color, width: Streams::width() }
    }
}

/// Answers a question, or many.
pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let compiled = args.options.compiled(streams)?;
    if let Some(file) = &args.questions {
        if !matches!(args.format, ExplainFormat::Human | ExplainFormat::Json) {
            return Err(Failure::Say("a drawing is of one question".to_owned(), Some("leave out `--questions`".to_owned())));
        }
        let context = args.options.context(&compiled.policy)?;
        let questions = crate::files::open_requests(file)?;
        let world = args.options.world(&compiled, streams)?;
        return many(args, &compiled, &world, &context, questions, streams);
    }
    let question = args.request.prepared(&args.options, &compiled, streams)?;
    if args.format == ExplainFormat::Dot || args.format == ExplainFormat::Mermaid {
        return drawn(args, &compiled, &question, streams);
    }
    let (text, allowed) = answer(args.form(streams.color()), &compiled, &question)?;
    streams.out().write_all(text.as_bytes())?;
    Ok(if allowed { Exit::Yes } else { Exit::No })
}

/// Draws the answer.
fn drawn(args: &Args, compiled: &CompiledPolicy, question: &PreparedQuestion, streams: &mut Streams) -> Result<Exit, Failure> {
    let decider = question.overlay.decider(compiled);
    let asked = decider.world.resolve(&compiled.policy, &question.request, decider.context.at)?;
    let budget = Budget::default();
    let record = decider.within(&budget).record(&asked);
    if let Some(exhausted) = budget.exhausted() {
        return Err(Words::of(&decider).exhausted(exhausted).into());
    }
    let labels = Labels::default();
    let words = Words::for_people(&decider, &labels);
    let mut remarks = vec![words.list_question(&decider.context, question.assuming.clone()).asked()];
    if record.decision.outcome == Outcome::Unknown {
        let missing = explain::missing(decider.world, &record);
        remarks.extend(wording::open_remark(missing.into_iter().map(|datum| words.datum(datum)).collect()));
    }
    let diagram = words.access_diagram(&access::request_paths(&decider, &asked, &record), 0, remarks);
    let text = if args.format == ExplainFormat::Dot { report::dot::render(&diagram) } else { report::mermaid::render(&diagram) };
    streams.out().write_all(text.as_bytes())?;
    Ok(if record.decision.allowed() { Exit::Yes } else { Exit::No })
}

/// Answers questions line by line. If one cannot be answered, the reason is printed and the next is read; the exit code is then 2.
fn many(
    args: &Args,
    compiled: &CompiledPolicy,
    world: &World,
    context: &Context,
    mut questions: Box<dyn BufRead + Send>,
    streams: &mut Streams,
) -> Result<Exit, Failure> {
    let mut exit = Exit::Yes;
    let (mut line, mut number) = (String::new(), 0u32);
    loop {
        line.clear();
        let length = questions.read_line(&mut line).map_err(|error| Failure::Say(format!("cannot read the questions: {error}"), None))?;
        if length == 0 {
            return Ok(exit);
        }
        number += 1;
        let question = line.trim();
        if question.is_empty() || question.starts_with('#') {
            continue;
        }
        if args.format == ExplainFormat::Human {
            writeln!(streams.out(), "> {}", report::visible(question))?;
            // Its mistakes go to standard error, and must come after it.
            streams.flush()?;
        }
        let prepared = prepare(args, compiled, (world, context), question, &format!("question {number}"), streams);
        let answered = prepared.and_then(|prepared| answer(args.form(streams.color()), compiled, &prepared));
        match answered {
            Ok((text, _)) => writeln!(streams.out(), "{}", text.trim_end_matches('\n'))?,
            Err(Failure::Say(message, help)) => {
                Streams::error(&message, help.as_deref());
                exit = Exit::NoAnswer;
            }
            Err(Failure::Misfit(message, help)) => {
                Streams::error(&message, help.as_deref());
                streams.doubt_pack();
                exit = Exit::NoAnswer;
            }
            Err(Failure::Reported) => exit = Exit::NoAnswer,
            Err(failure) => return Err(failure),
        }
        if args.format == ExplainFormat::Human {
            writeln!(streams.out())?;
        }
        streams.flush()?;
    }
}

/// Prepares a question; its mistakes are printed.
fn prepare(
    args: &Args,
    compiled: &CompiledPolicy,
    (world, context): (&World, &Context),
    question: &str,
    name: &str,
    streams: &Streams,
) -> Result<PreparedQuestion, Failure> {
    let prepared = assume::prepare(compiled, world, context, question, name).map_err(|error| unprepared(error, streams))?;
    Ok(PreparedQuestion { is_dated: prepared.is_dated || args.options.at.is_some(), ..prepared })
}

/// The answer as text, and whether it is allowed.
pub(super) fn answer(form: Form, compiled: &CompiledPolicy, question: &PreparedQuestion) -> Result<(String, bool), Failure> {
    let Form { color, width, full, .. } = form;
    let overlay = Overlay { world: how_to::with_new_entities(&compiled.policy, &question.overlay.world), ..question.overlay.clone() };
    let decider = overlay.decider(compiled);
    let asked = decider.world.resolve(&compiled.policy, &question.request, decider.context.at)?;
    let budget = Budget::default();
    let query = decider.within(&budget);
    let explanation = explain::explain(&query, &asked, &query.record(&asked));
    if let Some(exhausted) = budget.exhausted() {
        return Err(Words::of(&decider).exhausted(exhausted).into());
    }
    let short = form.format == ExplainFormat::Human && !full;
    let labels = if short { Labels::without_kinds() } else { Labels::default() };
    let words = if form.format == ExplainFormat::Human { Words::for_people(&decider, &labels) } else { Words::of(&decider) };
    let words = words.asked_now(!question.is_dated);
    let mut explanation = words.explanation(&explanation);
    explanation.question.assuming.clone_from(&question.assuming);
    explanation.question.remarks.splice(0..0, question.refused.iter().map(|&invariant| words.refused(invariant)));
    if full {
        explanation.sources = Some(words.exports());
    }
    let most = match form.how_to.unwrap_or(if full { WayLimit::All } else { WayLimit::Most(DEFAULT_WAYS) }) {
        WayLimit::All => None,
        WayLimit::Most(most) => Some(most),
    };
    let mut how = (most != Some(0)).then(|| wording::how_to(words, &decider, &how_to::how_to(&query, &asked, !explanation.decision, most)));
    if let Some(how) = &mut how {
        how.question.assuming.clone_from(&question.assuming);
    }
    let style = report::text::Style { color, width, full };
    let text = match form.format {
        ExplainFormat::Human if short => {
            let summary = SummaryText::of(&explanation, how.as_ref().map(|how| (how, most)));
            report::summary::render(&summary, form.claims.then_some(&explanation.claims), &style)
        }
        ExplainFormat::Human => {
            let (page, notes) = report::text::page(&explanation, &style);
            page + &how.map(|how| report::how_to::ending(&how, &style, notes)).unwrap_or_default()
        }
        _ => report::json::answer::document(&explanation, how.as_ref()),
    };
    Ok((text, explanation.decision))
}
