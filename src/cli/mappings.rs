//! Reads mappings of imports, and what they extend or name.

use super::Failure;
use super::output::Streams;
use crate::diag::Diagnostic;
use crate::files;
use crate::import::{self, Asked, Mappings};
use crate::policy::Policy;
use crate::text::Sources;

/// The mappings of these names or paths, checked. If they have mistakes, these are printed.
pub(super) fn named(policy: &Policy, sources: &mut Sources, names: &[String], streams: &Streams) -> Result<Mappings, Failure> {
    let (mappings, diagnostics) = checked(policy, sources, names)?;
    streams.warnings(sources, &diagnostics);
    mappings.ok_or(Failure::Reported)
}

/// The mappings of these names or paths, if they have no mistakes, and all that is to be said of them.
pub(super) fn checked(policy: &Policy, sources: &mut Sources, names: &[String]) -> Result<(Option<Mappings>, Vec<Diagnostic>), Failure> {
    let mut named = Vec::new();
    for name in names {
        let found = files::mapping(name, None).map_err(|why| Failure::Say(why, None))?;
        named.push((found.name, found.text));
    }
    let mut load = |asker: &str, asked: Asked<'_>| {
        let found = match asked {
            Asked::Mapping(name) => files::mapping(name, Some(asker)),
            Asked::File(name) => files::beside_mapping(name, asker),
        };
        found.map(|source| (source.name, source.text))
    };
    Ok(import::collect(policy, sources, named, &mut load))
}
