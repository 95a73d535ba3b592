//! A suite with its pack and its world.

use super::filter::Filter;
use super::host::{Broken, Host, SuiteFile, SuiteWorld};
use super::setting::label;
use super::snapshot::Kept;
use crate::diag::{Code, Diagnostic};
use crate::plan::CompiledPolicy;
use crate::policy::EventId;
use crate::syntax::suite::{EntryDecl, SuiteDocument};
use crate::syntax::{self, Text};
use crate::text::Sources;
use crate::world::World;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A suite that can be run, or of which some entries can be.
pub(super) struct Opened<'f> {
    pub(super) file: &'f SuiteFile,
    /// Its entries that are run and have no mistake.
    pub(super) document: SuiteDocument,
    /// The mistakes of the others.
    pub(super) mistakes: Vec<Diagnostic>,
    pub(super) compiled: Arc<CompiledPolicy>,
    pub(super) world: World,
    /// The events that happen in the world. If there are some, it would be another one under another policy.
    pub(super) events: BTreeSet<EventId>,
    /// The texts of pack and suite; the spans of `document` and `mistakes` point into them.
    pub(super) sources: Sources,
    /// The explanations that are kept.
    pub(super) kept: Kept,
}

/// The world of a suite under a policy.
///
/// # Errors
///
/// If it cannot be read or has errors.
pub(super) fn world(
    file: &SuiteFile,
    document: &SuiteDocument,
    compiled: &Arc<CompiledPolicy>,
    host: &dyn Host,
) -> Result<SuiteWorld, Broken> {
    let paths: Vec<String> = document.worlds.iter().map(|path| path.value.clone()).collect();
    host.world(file, compiled, &paths, document.world.is_some())
}

/// What cannot be read, as a mistake where the suite names it.
fn at_name(file: &SuiteFile, names: &[Text], broken: Broken) -> Broken {
    let Broken::Message(message, help) = broken else { return broken };
    // A message names the file that cannot be read; of several the one that it names.
    let named = names.iter().find(|name| message.contains(name.value.trim_start_matches("./").trim_end_matches('/')));
    let Some(name) = named.or(names.first()) else { return Broken::Message(message, help) };
    let mistake = Diagnostic::new(Code::BadRequest, message, name.span, "named here");
    Broken::Mistakes(file.sources.clone(), vec![Diagnostic { help, ..mistake }])
}

/// Opens a suite. `None` if the filter takes none of its entries.
///
/// # Errors
///
/// If its file, its pack or its world cannot be read. Mistakes of entries are in the result, so that those which only the world shows are
/// reported with them.
pub(super) fn open<'f>(file: &'f SuiteFile, host: &dyn Host, filter: Option<&Filter>) -> Result<Option<Opened<'f>>, Broken> {
    if let Some(unreadable) = &file.unreadable {
        return Err(unreadable.clone());
    }
    let (document, mut mistakes) = syntax::suite_document(&file.sources, file.file);
    let takes = |entry: &EntryDecl| {
        let name = entry.name.as_ref().map(|name| name.value.as_str());
        filter.is_none_or(|filter| filter.takes(file.name(), &label(entry), name))
    };
    let is_sound = !mistakes.iter().any(Diagnostic::is_error);
    if is_sound && !document.entries.iter().any(takes) {
        return Ok(None);
    }
    let path = document.policies.as_ref().map(|path| path.value.as_str());
    let read = || {
        let compiled = host.policy(file, path).map_err(|broken| at_name(file, document.policies.as_slice(), broken))?;
        let world = world(file, &document, &compiled, host).map_err(|broken| at_name(file, &document.worlds, broken))?;
        Ok((compiled, world))
    };
    let spoilt = mistakes.iter().any(|mistake| mistake.code.spoils_file());
    let (compiled, SuiteWorld { world, events }) = match (is_sound, if spoilt { None } else { Some(read()) }) {
        (_, Some(Ok(read))) => read,
        (true, Some(Err(broken))) => return Err(broken),
        _ => {
            syntax::fit_patches(&file.sources, &mut mistakes);
            return Err(Broken::Mistakes(file.sources.clone(), mistakes));
        }
    };
    // The same suite, with spans beside those of the pack.
    let mut sources = world.sources.clone();
    let here = sources.add(file.name(), file.text().to_owned());
    let (mut document, mistakes) = syntax::suite_document(&sources, here);
    document.entries.retain(takes);
    let mistakes = if is_sound { Vec::new() } else { mistakes };
    let kept = Kept::read(file.kept.as_deref().unwrap_or_default());
    Ok(Some(Opened { file, document, mistakes, compiled, world, events, sources, kept }))
}
