//! `[invariant.NAME]`

use crate::syntax::toml::Fields;
use crate::syntax::{InvariantDecl, MetadataDecl};

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> Option<InvariantDecl> {
    fields.need();
    let never = fields.condition("never");
    let warn = fields.flag("warn", false);
    Some(InvariantDecl { meta, never: never?, warn })
}
