//! `[toggle.NAME]`

use crate::syntax::toml::Fields;
use crate::syntax::{MetadataDecl, ToggleDecl};

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> Option<ToggleDecl> {
    fields.need();
    let status = fields.text("status");
    let default = fields.flag("default", false);
    Some(ToggleDecl { meta, status: status?, default })
}
