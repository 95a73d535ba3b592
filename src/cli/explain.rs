//! `delegraph explain`: the answer with its proof, and how to turn it.

use super::options::{Format, Options, request, toggle};
use super::output::Streams;
use super::{Exit, Failure};
use crate::diag::Diagnostic;
use crate::eval::Truth;
use crate::explain;
use crate::plan::{CompiledPolicy, Context};
use crate::policy::Id;
use crate::protocol::EXHAUSTED;
use crate::query::{Overlay, how_to};
use crate::report;
use crate::syntax::{self, Embedded, ParsedQuestion};
use crate::text::{Sources, Span};
use crate::world::{self, Request, World};
use std::io::{BufRead, Write};

/// Answer with the proof, and how to turn the answer
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Who asks, such as `user:alice@contoso`; or a whole question, such as "can user:alice@contoso subscription.manage
    /// subscription:fab-prod at 2020-07-01 assuming not dap(customer:fabrikam, partner:contoso)"
    #[arg(value_name = "SUBJECT | QUESTION", required_unless_present = "questions")]
    subject: Option<String>,
    /// What, such as `subscription.manage`
    #[arg(value_name = "ACTION", requires = "resource")]
    action: Option<String>,
    /// To what, such as `subscription:fab-prod`
    #[arg(value_name = "RESOURCE")]
    resource: Option<String>,
    /// Answer questions from a file, one a line; blank lines and lines that begin with `#` are passed over; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["subject", "action", "resource"])]
    questions: Option<String>,
    /// How many ways to turn the answer are told at the end: `all`, `none` or a number
    #[arg(long, value_name = "COUNT", default_value = "3", value_parser = count)]
    how_to: Count,
    /// In which form to answer
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Common options")]
    format: Format,
    #[command(flatten)]
    options: Options,
}

/// How many ways are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    All,
    Most(usize),
}

fn count(text: &str) -> Result<Count, String> {
    match text {
        "all" => Ok(Count::All),
        "none" => Ok(Count::Most(0)),
        number => number.parse().map(Count::Most).map_err(|_| "write `all`, `none` or a number".to_owned()),
    }
}

/// A question that can be asked: the request, and the world and scene in which.
struct PreparedQuestion {
    request: Request,
    overlay: Overlay,
    /// What the overlay assumes, for the answer to tell.
    assuming: Vec<String>,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let compiled = args.options.compiled(streams)?;
    let context = args.options.context(&compiled.policy)?;
    if let Some(file) = &args.questions {
        let questions = crate::files::open_requests(file)?;
        let world = args.options.world(&compiled, streams)?;
        return many(args, &compiled, &world, &context, questions, streams);
    }
    let put = match (&args.subject, &args.action, &args.resource) {
        (Some(subject), Some(action), Some(resource)) => {
            let request = request(subject, action, resource)?;
            let world = args.options.world(&compiled, streams)?;
            PreparedQuestion { request, overlay: Overlay { world, context }, assuming: Vec::new() }
        }
        (Some(question), None, None) => {
            let world = args.options.world(&compiled, streams)?;
            let (sources, question) = read(&world, question, "question");
            let question = question.map_err(|told| {
                streams.diagnostics(&sources, &[told]);
                Failure::Told
            })?;
            match put(&compiled, &world, &context, &question, &sources)? {
                Ok(put) => put,
                Err(told) => {
                    streams.diagnostics(&sources, &told);
                    return Err(Failure::Told);
                }
            }
        }
        _ => return Err(Failure::Say("a subject, an action and a resource are needed, or one question in quotes".to_owned(), None)),
    };
    let (text, allowed) = answer(args, &compiled, &put, streams.color())?;
    streams.out().write_all(text.as_bytes())?;
    Ok(if allowed { Exit::Yes } else { Exit::No })
}

/// Answers questions line by line. One that cannot be answered is told, and the next is read; the exit code says that there was one.
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
        if args.format == Format::Human {
            writeln!(streams.out(), "> {}", report::visible(question))?;
            // What is wrong with it is told after it.
            streams.flush()?;
        }
        let answered = match read(world, question, &format!("question {number}")) {
            (sources, Err(told)) => {
                streams.diagnostics(&sources, &[told]);
                Err(Failure::Told)
            }
            (sources, Ok(question)) => match put(compiled, world, context, &question, &sources) {
                Ok(Ok(put)) => answer(args, compiled, &put, streams.color()),
                Ok(Err(told)) => {
                    streams.diagnostics(&sources, &told);
                    Err(Failure::Told)
                }
                Err(failure) => Err(failure),
            },
        };
        match answered {
            Ok((text, _)) => writeln!(streams.out(), "{}", text.trim_end_matches('\n'))?,
            Err(Failure::Say(message, help)) => {
                Streams::error(&message, help.as_deref());
                exit = Exit::NoAnswer;
            }
            Err(Failure::Told) => exit = Exit::NoAnswer,
            Err(failure) => return Err(failure),
        }
        if args.format == Format::Human {
            writeln!(streams.out())?;
        }
        streams.flush()?;
    }
}

/// Reads a question. Mistakes point into it, and into the files of pack and world beside it.
fn read(world: &World, text: &str, name: &str) -> (Sources, Result<ParsedQuestion, Diagnostic>) {
    let mut sources = world.sources.clone();
    let file = sources.add(name, text.to_owned());
    let span = Span::new(file, 0, text.len());
    let question = syntax::question(&Embedded { text, span, writing: syntax::StringForm::Plain });
    (sources, question)
}

/// Puts a question to the world: its dates and toggles before those of the options, its assumptions as an overlay.
fn put(
    compiled: &CompiledPolicy,
    world: &World,
    context: &Context,
    question: &ParsedQuestion,
    sources: &Sources,
) -> Result<Result<PreparedQuestion, Vec<Diagnostic>>, Failure> {
    let mut context = context.clone();
    if let Some(at) = &question.at {
        context.at = at.value;
        context.policy_at = at.value;
    }
    if let Some(policy_at) = &question.policy_at {
        context.policy_at = policy_at.value;
    }
    for (names, on) in [(&question.with, true), (&question.without, false)] {
        for name in names {
            context.toggles[toggle(&compiled.policy, &name.value)?.index()] = on;
        }
    }
    let mut overlay = Overlay { world: world.clone(), context };
    // Assumptions stand in the question.
    overlay.world.sources = sources.clone();
    let (mut told, mut assuming, mut untrue) = (Vec::new(), Vec::new(), Vec::new());
    for (holds, fact) in &question.assuming {
        match world::read_fact(&compiled.policy, &mut overlay.world, fact) {
            Ok(body) => {
                assuming.push(format!("{}{}", if *holds { "" } else { "not " }, overlay.world.statement_text(&compiled.policy, &body)));
                overlay.assume(&compiled.policy, body, *holds);
                untrue.extend((!holds).then_some(body));
            }
            Err(mistakes) => told.extend(mistakes),
        }
    }
    if !told.is_empty() {
        return Ok(Err(told));
    }
    let decider = overlay.decider(compiled);
    if let Some(left) = untrue.into_iter().find(|&body| decider.evaluate_fact(body) != Truth::False) {
        let message =
            format!("assuming not `{}` leaves it as it is: it follows from other facts", world.statement_text(&compiled.policy, &left));
        return Err(Failure::Say(message, Some("assume not one of the facts from which it follows; `explain` tells them".to_owned())));
    }
    let (subject, resource) = (question.subject.value.clone(), question.resource.value.clone());
    Ok(Ok(PreparedQuestion { request: Request { subject, action: question.action.value.clone(), resource }, overlay, assuming }))
}

/// The answer as text, and whether it is yes.
fn answer(args: &Args, compiled: &CompiledPolicy, put: &PreparedQuestion, color: bool) -> Result<(String, bool), Failure> {
    let decider = put.overlay.decider(compiled);
    let asked = decider.world.resolve(&compiled.policy, &put.request, decider.context.at)?;
    let record = decider.record(&asked);
    if record.decision.exhausted {
        return Err(Failure::Say(EXHAUSTED.to_owned(), None));
    }
    let mut explanation = explain::explain(&decider, &asked, &record);
    explanation.question.assuming.clone_from(&put.assuming);
    let most = match args.how_to {
        Count::All => None,
        Count::Most(most) => Some(most),
    };
    let mut how = (most != Some(0)).then(|| how_to::how_to(&decider, &asked, !explanation.decision, most));
    if let Some(how) = &mut how {
        how.question.assuming.clone_from(&put.assuming);
    }
    let style = report::text::Style { color, width: Streams::width() };
    let text = match args.format {
        Format::Human => {
            report::text::render(&explanation, &style) + &how.map(|how| report::how_to::ending(&how, &style)).unwrap_or_default()
        }
        Format::Json => report::json::answer::document(&explanation, how.as_ref()),
    };
    Ok((text, explanation.decision))
}
