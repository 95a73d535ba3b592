//! `[action."NAME"]`

use crate::syntax::toml::Fields;
use crate::syntax::{ActionDecl, MetadataDecl};

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> Option<ActionDecl> {
    fields.need(&["on"]);
    let on = fields.some_texts("on");
    Some(ActionDecl { meta, on: on? })
}
