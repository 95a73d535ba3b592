//! How long `how-to` takes on requests that are denied.
//!
//! ```text
//! cargo run --release --example generate -- --facts 100000
//! cargo run --release --example how_to_latency
//! ```
//!
//! It asks the first requests of a file that are denied, one after the other, what would allow them, and prints the median, the 99th
//! percentile, the slowest, how often the search reached its limit and how often it found a way; by family of actions too.

use clap::Parser;
use delegraph::eval::{Budget, Decider};
use delegraph::open;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::query::how_to::how_to;
use delegraph::time::Instant as Date;
use delegraph::world::{Request, ResolvedRequest, World};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Measure `how-to allow` on denied requests
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder that `generate` wrote to
    #[arg(value_name = "DIR", default_value = "target/generated")]
    folder: PathBuf,
    /// How many denied requests are asked
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    requests: usize,
    /// The date at which they are asked
    #[arg(long, value_name = "DATE", default_value = "2024-06-01", value_parser = Date::parse)]
    at: Date,
    /// Print the slowest requests too, so many
    #[arg(long, value_name = "N", default_value_t = 0)]
    slowest: usize,
}

/// What one answer took.
struct Sample {
    took: Duration,
    limited: bool,
    ways: usize,
    line: String,
    action: String,
}

fn main() -> ExitCode {
    match measure(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

fn measure(arguments: &Arguments) -> Result<(), String> {
    let pack = open::pack_at(None).map_err(|failure| failure.to_string())?;
    let compiled = pack.compiled.ok_or("the pack has errors: run `delegraph check`")?;
    let file = arguments.folder.join("world.ndjson");
    let started = now();
    let opened = open::world_at(&compiled, &[file]).map_err(|failure| failure.to_string())?;
    let world = opened.world.ok_or("the world has errors: run `delegraph check`")?;
    println!("world: {} facts, loaded in {:.2?}", world.facts().len(), started.elapsed());

    let decider = Decider::new(&compiled, &world, Context::at(&compiled.policy, arguments.at));
    let requests = denied(&compiled, &world, &decider, &arguments.folder.join("requests.ndjson"), arguments.requests)
        .map_err(|error| format!("cannot read the requests: {error}"))?;
    let mut samples: Vec<Sample> = Vec::with_capacity(requests.len());
    for (action, line, asked) in requests {
        let started = now();
        let answer = how_to(&decider.within(&Budget::default()), &asked, true, None);
        samples.push(Sample { took: started.elapsed(), limited: answer.limited, ways: answer.ways.len(), line, action });
    }
    report(samples, arguments.slowest);
    Ok(())
}

/// The first requests that are denied, so many.
fn denied(
    compiled: &CompiledPolicy,
    world: &World,
    decider: &Decider<'_>,
    file: &Path,
    wanted: usize,
) -> io::Result<Vec<(String, String, ResolvedRequest)>> {
    let mut found = Vec::new();
    for line in BufReader::new(File::open(file)?).lines() {
        let line = line?;
        let Some(request) = request(&line) else { continue };
        let Ok(asked) = world.resolve(&compiled.policy, &request, decider.context.at) else { continue };
        if !decider.decide(&asked).allowed() {
            found.push((request.action, line, asked));
        }
        if found.len() == wanted {
            break;
        }
    }
    Ok(found)
}

fn request(line: &str) -> Option<Request> {
    let line: Value = serde_json::from_str(line).ok()?;
    let text = |of: &str, key: &str| line.get(of)?.get(key)?.as_str().map(str::to_owned);
    let entity = |of: &str| Some((text(of, "type")?, text(of, "id")?));
    Some(Request { subject: entity("subject")?, action: text("action", "name")?, resource: entity("resource")? })
}

fn report(mut samples: Vec<Sample>, slowest: usize) {
    samples.sort_by_key(|sample| sample.took);
    println!("{:<24} {:>6} {:>10} {:>10} {:>10} {:>8} {:>8}", "", "asked", "median", "p99", "slowest", "limited", "no way");
    let mut families: BTreeMap<&str, Vec<&Sample>> = BTreeMap::new();
    for sample in &samples {
        let family = sample.action.split_once('.').map_or("", |(family, _)| family);
        families.entry(family).or_default().push(sample);
    }
    for (family, samples) in families {
        row(family, &samples);
    }
    row("all", &samples.iter().collect::<Vec<_>>());
    for sample in samples.iter().rev().take(slowest) {
        println!("{:.1?} {}", sample.took, sample.line);
    }
}

/// A line about samples that are sorted by how long they took.
fn row(name: &str, samples: &[&Sample]) {
    let Some(last) = samples.last() else { return };
    let took = |of_a_hundred: usize| samples[(samples.len() - 1) * of_a_hundred / 100].took;
    let count = |counts: fn(&Sample) -> bool| samples.iter().filter(|sample| counts(sample)).count();
    println!(
        "{name:<24} {:>6} {:>10.1?} {:>10.1?} {:>10.1?} {:>8} {:>8}",
        samples.len(),
        took(50),
        took(99),
        last.took,
        count(|sample| sample.limited),
        count(|sample| sample.ways == 0),
    );
}

#[expect(clippy::disallowed_methods, reason = "to measure is to ask the clock")]
fn now() -> Instant {
    Instant::now()
}
