//! `[action."NAME"]`

use crate::syntax::toml::Fields;
use crate::syntax::{ActionDecl, HeadDecl};

pub(super) fn read(fields: &mut Fields<'_>, head: HeadDecl) -> Option<ActionDecl> {
    fields.need(&["on"]);
    let on = fields.some_texts("on");
    Some(ActionDecl { head, on: on? })
}
