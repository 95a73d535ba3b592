//! Attributes that no row gives, since a name that may be bound is not: one warning for each name.

use super::evaluate::Bound;
use super::mapping::{GivenForm, Mappings, NameId, Says, Source};
use crate::diag::phrases::{all_of, all_of_at_most, code};
use crate::diag::{Code, Diagnostic};
use crate::policy::{AttributeId, Hop, Implication, KindId, Policy, Term};
use std::collections::{BTreeMap, BTreeSet};

/// The most elements of the pack, and the most files, that a warning names.
const NAMED: usize = 3;

/// The attributes that are not given, by the name that is not bound, with the files whose rows would give them.
#[derive(Debug, Default)]
pub(super) struct Unbound {
    found: BTreeMap<NameId, (BTreeSet<AttributeId>, Vec<String>)>,
}

impl Unbound {
    /// Adds what a file does not give. An attribute that may be absent is not missed, nor is a home where another one is given.
    pub(super) fn file(&mut self, policy: &Policy, source: &Source, bound: &Bound, file: &str, has_rows: bool) {
        let is_bound = |name: NameId| bound[name.0].is_some();
        for entry in source.entries.iter().filter(|entry| has_rows || entry.is_of_file) {
            let Says::Entity { is: (_, id), attributes } = &entry.says else { continue };
            if !id.names().all(is_bound) {
                continue;
            }
            let given: Vec<(KindId, AttributeId, Vec<NameId>)> = attributes
                .iter()
                .flat_map(|given| {
                    let names: Vec<NameId> = given.values.iter().flat_map(GivenForm::names).filter(|&name| !is_bound(name)).collect();
                    given.attributes.iter().map(move |&(kind, attribute)| (kind, attribute, names.clone()))
                })
                .collect();
            for (kind, attribute, names) in &given {
                let one_of = &policy.kinds[*kind].exactly_one;
                let other =
                    |(of, other, names): &(KindId, AttributeId, Vec<NameId>)| of == kind && one_of.contains(other) && names.is_empty();
                if policy.attributes[*attribute].optional || one_of.contains(attribute) && given.iter().any(other) {
                    continue;
                }
                for name in names.iter().filter(|name| source.may.contains(name)) {
                    let (attributes, files) = self.found.entry(*name).or_default();
                    attributes.insert(*attribute);
                    if files.last().is_none_or(|last| last != file) {
                        files.push(file.to_owned());
                    }
                }
            }
        }
    }

    /// The warnings, by name.
    pub(super) fn diagnostics(self, policy: &Policy, mappings: &Mappings) -> Vec<Diagnostic> {
        let warning = |(name, (attributes, files)): (NameId, (BTreeSet<AttributeId>, Vec<String>))| {
            let name = &mappings.names[name.0];
            let called = |&attribute: &AttributeId| {
                let declared = &policy.attributes[attribute];
                code(format!("{}.{}", policy.kinds[declared.kind].meta.name, declared.name))
            };
            let called: Vec<String> = attributes.iter().map(called).collect();
            let (is, it) = if called.len() == 1 { ("is", "it") } else { ("are", "them") };
            let by = readers(policy, &attributes);
            let by = if by.is_empty() { String::new() } else { format!(", and what depends on {it}: {}", all_of_at_most(by, NAMED)) };
            let files = all_of_at_most(files.iter().map(code), NAMED);
            Diagnostic::nowhere(Code::MissingBinding, format!("{} is not bound for {files}", code(name)))
                .note(format!("{} {is} unknown{by}", all_of(called)))
                .help(format!("bind it: --bind {name}=…"))
        };
        self.found.into_iter().map(warning).collect()
    }
}

impl GivenForm {
    /// The names that give its value.
    fn names(&self) -> impl Iterator<Item = NameId> + '_ {
        let (GivenForm::Entity(_, text) | GivenForm::Plain(text)) = self;
        text.names()
    }
}

/// The implications and rules that read one of the attributes, in words.
fn readers(policy: &Policy, attributes: &BTreeSet<AttributeId>) -> Vec<String> {
    let is_read = |hop: Hop| matches!(hop, Hop::Attribute(attribute) if attributes.contains(&attribute));
    let has = |term: &Term| term.hops().any(|(_, path)| path.iter().any(|(_, hop)| is_read(hop)));
    let reads =
        |implication: &&Implication| implication.condition.expr.any_term(&has) || implication.then.ends().iter().any(|(_, term)| has(term));
    let implications = policy.implications.values().filter(reads);
    let rules = policy.rules.values().filter(|rule| rule.condition.expr.any_term(&has));
    let implications = implications.map(|implication| format!("implication {}", code(&implication.meta.name)));
    implications.chain(rules.map(|rule| format!("rule {}", code(&rule.meta.name)))).collect()
}
