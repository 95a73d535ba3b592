//! Worlds and requests to measure on: of the shipped pack, written by the generator of `examples/generate`.

#[path = "../../examples/generate/landscape/mod.rs"]
#[allow(dead_code, reason = "shared with the generator")]
mod landscape;

use delegraph::eval::Decider;
use delegraph::files::Source;
use delegraph::open;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::time::Instant;
use delegraph::world::{Request, ResolvedRequest, World};
use landscape::{ASKED_AT, Plan};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// How many requests are made about each world.
const REQUESTS: u64 = 20_000;

/// A world made ready, and requests about it.
#[allow(dead_code, reason = "each measurement needs a part")]
pub struct Ready {
    pub compiled: CompiledPolicy,
    pub world: World,
    pub requests: Vec<Request>,
    /// The requests by number, each with its answer.
    pub asked: Vec<(ResolvedRequest, bool)>,
}

#[allow(dead_code, reason = "each measurement needs a part")]
impl Ready {
    /// Answers questions at the date for which the requests were made.
    pub fn decider(&self) -> Decider<'_> {
        Decider::new(&self.compiled, &self.world, Context::at(&self.compiled.policy, date()))
    }

    /// The requests of which this is true.
    pub fn those(&self, which: impl Fn(&str, bool) -> bool) -> Vec<ResolvedRequest> {
        let unify_fact = self.requests.iter().zip(&self.asked);
        unify_fact.filter(|(request, (_, allowed))| which(&request.action, *allowed)).map(|(_, (asked, _))| *asked).collect()
    }
}

/// The date at which requests are asked.
pub fn date() -> Instant {
    Instant::parse(ASKED_AT).expect("a date")
}

/// The shipped pack, with further elements beside it.
pub fn compiled(further: String) -> CompiledPolicy {
    let mut files = delegraph::files::read_pack("policies".as_ref()).expect("the pack is here");
    files.push(Source::of_bytes("further.toml".to_owned(), further.into_bytes()));
    open::pack(files).compiled.expect("the pack is sound")
}

/// A world of about so many facts, as its file has it, with so many events.
pub fn text(facts: u64, events: u32) -> Vec<u8> {
    let mut out = Vec::new();
    Plan::about(1, facts, events).write_world(&mut out).expect("memory takes it");
    out
}

/// The world of a file.
pub fn load(compiled: &CompiledPolicy, text: Vec<u8>) -> World {
    let opened = open::world(compiled, vec![Source::of_bytes("world.ndjson".to_owned(), text)]).expect("a world by its name");
    opened.world.expect("the world is sound")
}

/// A world of about so many facts, made once.
pub fn of(facts: u64) -> &'static Ready {
    static MADE: Mutex<BTreeMap<u64, &'static Ready>> = Mutex::new(BTreeMap::new());
    MADE.lock().expect("nobody panics").entry(facts).or_insert_with(|| Box::leak(Box::new(ready(compiled(String::new()), facts))))
}

/// A world of about so many facts, with requests about it, under a pack.
pub fn ready(compiled: CompiledPolicy, facts: u64) -> Ready {
    let world = load(&compiled, text(facts, 0));
    with_requests(compiled, world, facts)
}

/// The same under the shipped pack, packed into a file and opened from it.
#[allow(dead_code, reason = "one measurement needs it")]
pub fn packed(facts: u64) -> Ready {
    let compiled = compiled(String::new());
    let file = std::env::temp_dir().join(format!("delegraph-bench-{}-{facts}.packed", std::process::id()));
    let out = std::fs::File::create(&file).expect("a file can be written");
    load(&compiled, text(facts, 0)).pack(&compiled.policy, &mut std::io::BufWriter::new(out)).expect("the disk takes it");
    let opened = open::world_at(&compiled, std::slice::from_ref(&file)).expect("a world by its name");
    std::fs::remove_file(&file).expect("it is there");
    let world = opened.world.expect("the world is sound");
    with_requests(compiled, world, facts)
}

fn with_requests(compiled: CompiledPolicy, world: World, facts: u64) -> Ready {
    let mut lines = Vec::new();
    Plan::about(1, facts, 0).write_requests(REQUESTS, &mut lines).expect("memory takes it");
    let lines = String::from_utf8(lines).expect("plain text");
    let requests: Vec<Request> = lines.lines().map(request).collect();
    let decider = Decider::new(&compiled, &world, Context::at(&compiled.policy, date()));
    let resolve = |request| world.resolve(&compiled.policy, request, date()).expect("it can be asked");
    let asked = requests.iter().map(resolve).map(|asked| (asked, decider.decide(&asked).allowed())).collect();
    drop(decider);
    Ready { compiled, world, requests, asked }
}

fn request(line: &str) -> Request {
    let line: Value = serde_json::from_str(line).expect("a line of JSON");
    let text = |of: &str, key: &str| line[of][key].as_str().expect("a text").to_owned();
    Request {
        subject: (text("subject", "type"), text("subject", "id")),
        action: text("action", "name"),
        resource: (text("resource", "type"), text("resource", "id")),
    }
}
