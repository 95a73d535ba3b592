//! Ids of one kind that people read as one: two spellings in rows make two entities.

use super::{Entities, NAMED_PLACES};
use crate::diag::phrases::{agree, code};
use crate::diag::{Code, Diagnostic};
use crate::import::gathered::Gathered;
use crate::import::terms::TermId;
use crate::policy::{KindId, Policy};
use crate::world::{plain_form, twin_words};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The warnings of entities whose ids are alike.
pub(super) fn twins(policy: &Policy, gathered: &Gathered, entities: &Entities) -> Vec<Diagnostic> {
    let own = |&entity: &TermId| Some((gathered.entity(entity)?, entity));
    let mut odd: BTreeMap<(KindId, String), Vec<TermId>> = BTreeMap::new();
    for ((kind, id), entity) in entities.from.keys().filter_map(own) {
        if let Cow::Owned(plain) = plain_form(id) {
            odd.entry((kind, plain)).or_default().push(entity);
        }
    }
    let mut pairs: Vec<[TermId; 2]> = Vec::new();
    for ((kind, plain), mut alike) in odd {
        alike.extend(gathered.terms.find(kind, &plain).filter(|entity| entities.from.contains_key(entity)));
        alike.sort_by_key(|&entity| gathered.terms.text(entity));
        pairs.extend(alike.windows(2).map(|pair| [pair[1], pair[0]]));
    }
    let warning = |&pair: &[TermId; 2]| {
        let kind = gathered.terms.kind(pair[0])?;
        let (_, headline) = twin_words(&policy.kinds[kind].meta.name, pair.map(|entity| gathered.terms.text(entity)));
        let [later, earlier] = pair.map(|entity| entities.from.get(&entity).and_then(|&from| gathered.origin(from)).unwrap_or_default());
        let diagnostic = Diagnostic::nowhere(Code::TwinIds, headline).note(format!("{} and {}", code(earlier), code(later)));
        Some(diagnostic.help("if they are one, write the id in one way in all rows, or read it by a filter such as `lower`".to_owned()))
    };
    let mut found: Vec<Diagnostic> = pairs.iter().take(NAMED_PLACES).filter_map(warning).collect();
    if let (Some(last), true) = (found.last_mut(), pairs.len() > NAMED_PLACES) {
        let more = pairs.len() - NAMED_PLACES;
        last.notes.push(format!("{more} further {} alike", agree(more, "pair of ids is", "pairs of ids are")));
    }
    found
}
