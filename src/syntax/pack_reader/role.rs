//! `[role.NAME]`

use crate::syntax::toml::Fields;
use crate::syntax::{HeadDecl, RoleDecl};

pub(super) fn read(fields: &mut Fields<'_>, head: HeadDecl) -> Option<RoleDecl> {
    fields.need(&["on"]);
    let on = fields.some_texts("on");
    let grants = fields.texts("grants");
    let includes = fields.texts("includes");
    Some(RoleDecl { head, on: on?, grants, includes })
}
