//! delegraph beside cedar-policy and regorus: the same generated world, the same requests, one run.
//!
//! ```text
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- --facts 1000000 --requests 100000
//! ```
//!
//! All engines answer every request and must agree; only then is anything timed. `README.md` beside this says what is measured, how,
//! and what it does not show.

mod actions;
mod bars;
mod cedar;
mod facts;
#[allow(dead_code, reason = "the generator's own, of which this crate needs one part")]
#[path = "../../../examples/generate/landscape/mod.rs"]
mod landscape;
mod load;
mod ours;
mod rego;
mod requests;
mod table;
mod timing;
mod variants;
mod weighing;

use clap::Parser;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: weighing::Counting = weighing::Counting;

/// Measure delegraph beside cedar-policy and regorus
#[derive(Debug, Parser)]
struct Arguments {
    /// About how many facts the world has
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    facts: u64,
    /// How many requests are asked
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    requests: u64,
    /// How often each engine answers all of them
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: u64,
    /// How often each engine loads the world
    #[arg(long, value_name = "N", default_value_t = 3)]
    loads: usize,
    /// Another seed, another world
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// The folder for worlds and packs
    #[arg(long, value_name = "DIR", default_value = "target/peers")]
    out: PathBuf,
    /// Say what an engine keeps for a world, and nothing else: for the run's own use
    #[arg(long, value_name = "ENGINE", hide = true, requires = "world")]
    weigh: Option<String>,
    /// The world to be weighed
    #[arg(long, value_name = "FILE", hide = true)]
    world: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether all engines agree.
fn run(arguments: &Arguments) -> io::Result<bool> {
    if let (Some(engine), Some(world)) = (&arguments.weigh, &arguments.world) {
        println!("{}", weighing::weighed(engine, world, landscape::ASKED_AT)?);
        return Ok(true);
    }
    let field = load::Field::write(arguments.seed, arguments.facts, arguments.requests, &arguments.out.join("world"))?;
    // The effect of the number of facts is seen beside a world of ten thousand.
    let small = load::Field::write(arguments.seed, 10_000, arguments.requests, &arguments.out.join("small"))?;
    let weights = weighing::ENGINES.into_iter().map(|engine| weighing::weigh(engine, &field.world)).collect::<io::Result<Vec<_>>>()?;
    let loaded = load::load(&field, arguments.loads)?;
    let packs = [10, 10_000].map(|rules| ours::pack_with_rules(&arguments.out.join(format!("{rules}-rules")), rules));
    let [few_rules, many_rules] = packs;
    let report = variants::measure(variants::Setting {
        field: &field,
        small: &small,
        loaded,
        weights,
        few_rules: &few_rules?,
        many_rules: &many_rules?,
        rounds: arguments.rounds,
    });
    let Some(report) = report else { return Ok(false) };
    table::print(&report);
    bars::print(&report);
    Ok(true)
}
