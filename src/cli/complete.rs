//! Completion of arguments by shells: verbs and options, and the names of the pack and of the worlds that are named on the line.

use super::output::Streams;
use super::{Exit, Failure};
use crate::files;
use crate::open;
use crate::plan::CompiledPolicy;
use crate::policy::{KindSet, Policy};
use crate::query::elements::{self, ElementSort};
use crate::world::World;
use clap::builder::PossibleValuesParser;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::PathBuf;

/// The variable by which a shell asks for completions.
const VARIABLE: &str = "COMPLETE";

/// A bigger world is not read for completions, in bytes: whoever presses a key waits for it.
const LARGEST_WORLD: u64 = 16 << 20;

/// The most entities that are offered.
const MOST_ENTITIES: usize = 500;

/// Print a script that teaches a shell to complete arguments: `source <(delegraph completions bash)`
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    #[arg(value_name = "SHELL", value_parser = PossibleValuesParser::new(["bash", "elvish", "fish", "powershell", "zsh"]))]
    shell: String,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let shells = Shells::builtins();
    let Some(shell) = shells.completer(&args.shell) else {
        return Err(Failure::Say(format!("no shell is named `{}`", args.shell), None));
    };
    let name = env!("CARGO_PKG_NAME");
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, name, name, name, &mut script)?;
    if args.shell == "bash" {
        script.extend_from_slice(include_bytes!("colons.bash"));
    }
    streams.out().write_all(&script)?;
    Ok(Exit::Yes)
}

/// Answers a shell that asks for completions, and returns whether one did.
pub(super) fn answered(command: impl Fn() -> clap::Command, given: &[OsString]) -> bool {
    let current = std::env::current_dir().ok();
    let answered = CompleteEnv::with_factory(command).var(VARIABLE).try_complete(given.iter().cloned(), current.as_deref());
    match answered {
        Ok(answered) => answered,
        Err(error) => {
            let _ = error.print();
            true
        }
    }
}

/// The toggles of the pack.
pub(super) fn toggles() -> ArgValueCompleter {
    of_pack(|policy| policy.toggles.values().map(|toggle| toggle.meta.name.clone()).collect())
}

/// The actions of the pack.
pub(super) fn actions() -> ArgValueCompleter {
    of_pack(|policy| policy.actions.values().map(|action| action.meta.name.clone()).collect())
}

/// The properties of the pack.
pub(super) fn properties() -> ArgValueCompleter {
    of_pack(|policy| policy.properties.values().map(|property| property.meta.name.clone()).collect())
}

/// The actions of the pack; after a sort of elements, the names of its elements.
pub(super) fn actions_or_names() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let sort = word_before().as_deref().and_then(ElementSort::named);
        let pack = pack();
        let names = pack.as_ref().map(|pack| match sort {
            Some(sort) => elements::elements(&pack.policy, sort).into_iter().map(|one| one.meta(&pack.policy).name.clone()).collect(),
            None => pack.policy.actions.values().map(|action| action.meta.name.clone()).collect(),
        });
        matching(current, names.unwrap_or_default())
    })
}

/// Entities that may ask, and the sorts of elements.
pub(super) fn subjects_or_sorts() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let mut found = entities_of(current, Policy::subjects);
        found.extend(matching(current, ElementSort::ALL.map(|sort| sort.name().to_owned()).to_vec()));
        found
    })
}

/// The word before the one that is completed.
fn word_before() -> Option<String> {
    let words: Vec<OsString> = std::env::args_os().skip_while(|word| word != "--").skip(1).collect();
    let index = std::env::var("_CLAP_COMPLETE_INDEX").ok().and_then(|index| index.parse().ok());
    let index: usize = index.unwrap_or_else(|| words.len().saturating_sub(1));
    words.get(index.checked_sub(1)?)?.to_str().map(str::to_owned)
}

/// The roles of the pack.
pub(super) fn roles() -> ArgValueCompleter {
    of_pack(|policy| policy.role_names().map(str::to_owned).collect())
}

/// The codes of diagnostics.
pub(super) fn codes() -> ArgValueCompleter {
    let names = || crate::diag::CATALOGUE.iter().map(|entry| entry.name.to_owned()).collect();
    ArgValueCompleter::new(move |current: &OsStr| matching(current, names()))
}

/// Entities that may ask.
pub(super) fn subjects() -> ArgValueCompleter {
    of_world(Policy::subjects)
}

/// Entities of kinds on which an action may be asked.
pub(super) fn resources() -> ArgValueCompleter {
    of_world(|policy| policy.actions.values().fold(KindSet::default(), |kinds, action| kinds.union(&action.on)))
}

fn of_pack(names: fn(&Policy) -> Vec<String>) -> ArgValueCompleter {
    ArgValueCompleter::new(move |current: &OsStr| {
        let pack = pack();
        matching(current, pack.as_ref().map(|pack| names(&pack.policy)).unwrap_or_default())
    })
}

fn of_world(kinds: fn(&Policy) -> KindSet) -> ArgValueCompleter {
    ArgValueCompleter::new(move |current: &OsStr| entities_of(current, kinds))
}

/// The entities of these kinds, and the kinds of which the world has none.
fn entities_of(current: &OsStr, kinds: fn(&Policy) -> KindSet) -> Vec<CompletionCandidate> {
    let Some(pack) = pack() else { return Vec::new() };
    let kinds = kinds(&pack.policy);
    let entities = world(&pack).map(|world| entities(&pack.policy, &world, &kinds, current)).unwrap_or_default();
    let is_kind = |kind: &&str| !entities.iter().any(|entity| entity.starts_with(&format!("{kind}:")));
    let names = kinds.iter().map(|kind| pack.policy.kinds[kind].meta.name.as_str());
    let kinds: Vec<String> = names.filter(is_kind).map(|kind| format!("{kind}:")).collect();
    matching(current, entities.into_iter().chain(kinds).collect())
}

fn entities(policy: &Policy, world: &World, kinds: &KindSet, current: &OsStr) -> Vec<String> {
    let current = current.to_string_lossy();
    let named = kinds.iter().flat_map(|kind| {
        let name = &policy.kinds[kind].meta.name;
        world.of_kind(kind).map(move |entity| format!("{name}:{}", world.entity(entity).id))
    });
    named.filter(|name| name.starts_with(&*current)).take(MOST_ENTITIES).collect()
}

fn matching(current: &OsStr, names: Vec<String>) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy();
    names.into_iter().filter(|name| name.starts_with(&*current)).map(CompletionCandidate::new).collect()
}

/// The pack that the line names, or the one that is found; `None` if it has errors.
fn pack() -> Option<CompiledPolicy> {
    let path = values_of(&["--policies"]).pop();
    open::pack_at(path.as_deref()).ok()?.compiled
}

/// The world that the line names.
fn world(pack: &CompiledPolicy) -> Option<World> {
    let paths = values_of(&["--world"]);
    let size: u64 = files::stamps(&paths).iter().map(|(_, _, size)| size).sum();
    if size > LARGEST_WORLD {
        return None;
    }
    open::world_at(pack, &paths).ok()?.world
}

/// The values of options on the line that is completed.
fn values_of(options: &[&str]) -> Vec<PathBuf> {
    let words: Vec<OsString> = std::env::args_os().collect();
    let after = words.windows(2).filter(|pair| options.iter().any(|option| pair[0] == *option)).map(|pair| PathBuf::from(&pair[1]));
    let joined = words.iter().filter_map(|word| {
        let (option, value) = word.to_str()?.split_once('=')?;
        options.contains(&option).then(|| PathBuf::from(value))
    });
    after.chain(joined).collect()
}
