//! delegraph: the shipped pack, a world read from NDJSON, and requests by name.

use crate::requests;
use delegraph::eval::Decider;
use delegraph::open;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::time::Instant;
use delegraph::world::{RequestRef, ResolvedRequest, World};
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// The day of the rules, the last before those on GDAP: the peers' policies state these.
const POLICY_AT: &str = "2022-01-31";

/// The shipped pack.
pub fn pack() -> CompiledPolicy {
    compiled(&shipped())
}

fn shipped() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")
}

fn compiled(folder: &Path) -> CompiledPolicy {
    let pack = open::pack_at(Some(folder)).expect("the pack can be read");
    pack.compiled.unwrap_or_else(|| panic!("the pack has errors: {:?}", pack.diagnostics))
}

/// The shipped pack with so many further rules on actions of their own, ten to an action: nine allow and one denies. Written to the
/// folder first.
pub fn pack_with_rules(folder: &Path, rules: usize) -> io::Result<CompiledPolicy> {
    const PER_ACTION: usize = 10;
    fs::create_dir_all(folder)?;
    for file in fs::read_dir(shipped())? {
        let file = file?;
        fs::copy(file.path(), folder.join(file.file_name()))?;
    }
    let mut text = String::new();
    for rule in 0..rules {
        let action = rule / PER_ACTION;
        if rule % PER_ACTION == 0 {
            writeln!(text, "[action.\"other.do-{action}\"]\ntitle = \"Do {action}\"\non = [\"customer\"]\n")
                .expect("a text takes everything");
        }
        let effect = if rule % PER_ACTION == PER_ACTION - 1 {
            format!("deny = [\"other.do-{action}\"]\nunless = 'dap(resource, subject.partner)'")
        } else {
            format!("allow = [\"other.do-{action}\"]\nif = 'reseller(subject.partner, resource) and acts-for(subject, subject.partner)'")
        };
        writeln!(text, "[rule.other-{rule}]\n{effect}\nsource = [\"REL-5\"]\n").expect("a text takes everything");
    }
    fs::write(folder.join("other.toml"), text)?;
    Ok(compiled(folder))
}

/// Reads a world, parsing included.
pub fn world(compiled: &CompiledPolicy, path: &Path) -> World {
    let opened = open::world_at(compiled, &[path.to_owned()]).expect("the world can be read");
    opened.world.unwrap_or_else(|| panic!("the world has errors, the first: {:?}", opened.diagnostics.first()))
}

/// A pack, a world and requests about it.
pub struct Ours<'a> {
    compiled: &'a CompiledPolicy,
    world: &'a World,
    decider: Decider<'a>,
    at: Instant,
    /// The requests by name, one after the other, each as it stands when it has just been read: five names in one text.
    by_name: Vec<([u8; 5], Box<str>)>,
    /// The same by number.
    pub by_number: Vec<ResolvedRequest>,
}

impl<'a> Ours<'a> {
    /// Resolves the requests.
    pub fn new(compiled: &'a CompiledPolicy, world: &'a World, at: &str, requests: &[requests::Request]) -> Ours<'a> {
        let at = Instant::parse(at).expect("a date");
        let policy_at = Instant::parse(POLICY_AT).expect("a date");
        let by_name = requests.iter().map(|request| {
            let (subject, resource) = (&request.subject, &request.resource);
            let names = [subject.kind, &subject.id, &request.action, resource.kind, &resource.id];
            (names.map(|name| u8::try_from(name.len()).expect("short names")), names.concat().into())
        });
        let by_name = by_name.collect();
        let mut ours = Ours {
            compiled,
            world,
            decider: Decider::new(compiled, world, Context { policy_at, ..Context::at(&compiled.policy, at) }),
            at,
            by_name,
            by_number: Vec::new(),
        };
        ours.by_number = (0..requests.len()).map(|request| ours.resolve(request)).collect();
        ours
    }

    fn resolve(&self, request: usize) -> ResolvedRequest {
        let (lengths, mut rest) = (&self.by_name[request].0, &*self.by_name[request].1);
        let [subject_kind, subject, action, resource_kind, resource] = lengths.map(|length| {
            let (name, after) = rest.split_at(usize::from(length));
            rest = after;
            name
        });
        let named = RequestRef { subject: (subject_kind, subject), action, resource: (resource_kind, resource) };
        self.world.resolve_ref(&self.compiled.policy, named, self.at).expect("the world has what it is asked of")
    }

    /// From names to the decision.
    pub fn decide_by_name(&self, request: usize) -> bool {
        self.decider.decide(&self.resolve(request)).allowed()
    }

    /// From numbers to the decision.
    pub fn decide(&self, request: usize) -> bool {
        self.decider.decide(&self.by_number[request]).allowed()
    }

    /// With the trace, which is thrown away.
    pub fn record(&self, request: usize) -> bool {
        self.decider.record(&self.by_number[request]).decision.allowed()
    }
}
