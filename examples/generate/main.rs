//! Worlds of the shipped pack, of any size, and questions about them, for measuring.
//!
//! ```text
//! cargo run --release --example generate -- --customers 1000
//! cargo run --release --example generate -- --facts 1000000 --requests 100000 --out /tmp/world
//! ```
//!
//! It writes `world.ndjson` and `requests.ndjson` (`AuthZEN` 1.0, one a line). Same arguments, same bytes. The world has what such worlds
//! have: a few large partners with thousands of customers and a group of everybody, and many small ones; groups in groups, four deep;
//! customers with up to fifty devices from all channels, some of unknown origin; site trees four deep; roles held by users and by groups;
//! relationships, privileges and delegations that ended, began again, or begin later. Every action of the pack is asked, and about half of
//! the questions are to be allowed at 2024-06-01. `docs/measuring.md` says more.

mod landscape;

use clap::Parser;
use landscape::{ASKED_AT, Plan};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Write a world of the shipped pack, and requests about it
#[derive(Debug, Parser)]
struct Arguments {
    /// How many customers the world has [default: 100]
    #[arg(long, value_name = "N", conflicts_with = "facts", value_parser = clap::value_parser!(u32).range(1..=4_000_000))]
    customers: Option<u32>,
    /// About how many facts it has, events aside: relations, roles held, memberships, values of attributes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=200_000_000))]
    facts: Option<u64>,
    /// How many events happen to further customers; all are allowed
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100_000_000))]
    events: u32,
    /// How many requests are written
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    requests: u64,
    /// What all chance hangs on: another seed, another world
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// The folder to write to
    #[arg(long, value_name = "DIR", default_value = "target/generated")]
    out: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match write(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: cannot write to `{}`: {error}", arguments.out.display());
            ExitCode::from(2)
        }
    }
}

fn write(arguments: &Arguments) -> io::Result<()> {
    fs::create_dir_all(&arguments.out)?;
    let plan = match arguments.facts {
        Some(facts) => Plan::about(arguments.seed, facts, arguments.events),
        None => Plan::new(arguments.seed, arguments.customers.unwrap_or(100), arguments.events),
    };
    let world = arguments.out.join("world.ndjson");
    let counts = to_file(&world, |out| plan.write_world(out))?;
    let requests = arguments.out.join("requests.ndjson");
    to_file(&requests, |out| plan.write_requests(arguments.requests, out))?;
    println!("{}: {} facts, {} entities, {} events", world.display(), counts.facts, counts.entities, counts.events);
    println!("  {} customers, {} partners of which {} large", plan.customers, plan.partners, plan.large);
    println!("{}: {}, to be asked at {ASKED_AT}", requests.display(), arguments.requests);
    Ok(())
}

fn to_file<T>(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<T>) -> io::Result<T> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let written = write(&mut out)?;
    out.flush()?;
    Ok(written)
}
