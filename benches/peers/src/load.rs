//! The generated world on disk, and how long each engine takes to load it.

use crate::facts::{self, Things};
use crate::actions::ACTIONS;
use crate::landscape::{ASKED_AT, Plan};
use crate::requests::{self, Request};
use crate::{cedar, ours, rego};
use cedar_policy::Entities;
use delegraph::plan::CompiledPolicy;
use delegraph::world::World;
use regorus::Value;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A generated world and requests about it.
pub struct Field {
    /// Where the world is.
    pub world: PathBuf,
    /// How many facts it has.
    pub facts: u64,
    /// What is asked.
    pub requests: Vec<Request>,
}

impl Field {
    /// Generates them in a folder, as `examples/generate` does.
    pub fn write(seed: u64, facts: u64, count: u64, folder: &Path) -> io::Result<Field> {
        fs::create_dir_all(folder)?;
        let plan = Plan::about(seed, facts, 0);
        let world = folder.join("world.ndjson");
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&world)?);
        let counts = plan.write_world(&mut out)?;
        out.flush()?;
        // A quarter is about actions that the peers' policies do not have.
        let mut asked = Vec::new();
        plan.write_requests(count * 2, &mut asked)?;
        let known = |request: &Request| ACTIONS.iter().any(|action| action.name == request.action);
        let requests = requests::read(&*asked)?.into_iter().filter(known).take(usize::try_from(count).expect("a count"));
        Ok(Field { world, facts: counts.facts, requests: requests.collect() })
    }
}

/// A world as each engine has it.
pub struct Loaded {
    /// The shipped pack.
    pub pack: CompiledPolicy,
    /// delegraph's.
    pub world: World,
    /// Cedar's.
    pub entities: Entities,
    /// regorus's.
    pub data: Value,
    /// How long it took: delegraph from NDJSON, the others from what was read before.
    pub times: [Duration; 3],
}

/// Loads the world so many times by each engine, in turn; the median counts.
pub fn load(field: &Field, times: usize) -> io::Result<Loaded> {
    let pack = ours::pack();
    let things: Things = facts::read(BufReader::new(File::open(&field.world)?), ASKED_AT)?;
    let mut taken: [Vec<Duration>; 3] = Default::default();
    for _ in 1..times {
        drop(black_box(timed(&mut taken[0], || ours::world(&pack, &field.world))));
        drop(black_box(timed(&mut taken[1], || cedar::entities(&things))));
        drop(black_box(timed(&mut taken[2], || rego::data(&things))));
    }
    let world = timed(&mut taken[0], || ours::world(&pack, &field.world));
    let entities = timed(&mut taken[1], || cedar::entities(&things));
    let data = timed(&mut taken[2], || rego::data(&things));
    let times = taken.map(|mut taken| {
        taken.sort();
        taken[taken.len() / 2]
    });
    Ok(Loaded { pack, world, entities, data, times })
}

fn timed<T>(taken: &mut Vec<Duration>, build: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let built = build();
    taken.push(start.elapsed());
    built
}
