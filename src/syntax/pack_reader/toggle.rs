//! `[toggle.NAME]`

use crate::syntax::toml::Fields;
use crate::syntax::{HeadDecl, ToggleDecl};

pub(super) fn read(fields: &mut Fields<'_>, head: HeadDecl) -> Option<ToggleDecl> {
    fields.need(&["status"]);
    let status = fields.text("status");
    let default = fields.flag("default", false);
    Some(ToggleDecl { head, status: status?, default })
}
