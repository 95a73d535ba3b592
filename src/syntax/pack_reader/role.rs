//! `[role.NAME]`

use crate::syntax::toml::Fields;
use crate::syntax::{MetadataDecl, RoleDecl};

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> Option<RoleDecl> {
    fields.need(&["on"]);
    let on = fields.text_or_texts("on");
    let grants = fields.texts("grants");
    let includes = fields.texts("includes");
    Some(RoleDecl { meta, on: on?, grants, includes })
}
