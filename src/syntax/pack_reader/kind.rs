//! `[kind.NAME]`

use super::attribute::{self, Declares};
use crate::syntax::naming::{self, Naming};
use crate::syntax::toml::Fields;
use crate::syntax::{KindDecl, MetadataDecl};

/// A kind is always kept, because many other elements name it.
pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> KindDecl {
    let aka = super::other_names(fields, Naming::KindAka);
    let subject = fields.flag("subject", false);
    let exactly_one = fields.some_texts("exactly-one").unwrap_or_default();
    let within = fields.text_or_texts("within").unwrap_or_default();
    // Each gives the kind an attribute of its name.
    fields.diagnostics.extend(within.iter().filter_map(|name| naming::reserved(name, "attribute", Naming::Attribute)));
    let attributes = attribute::read_all(fields, "attributes", Declares::Attribute);
    let label = fields.text("label");
    let actions = fields.texts("actions");
    for action in &actions {
        fields.diagnostics.extend(naming::check(action, "action", Naming::Action));
    }
    KindDecl { meta, aka, subject, exactly_one, within, attributes, label, actions }
}
