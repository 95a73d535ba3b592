//! `[invariant.NAME]`

use crate::syntax::toml::Fields;
use crate::syntax::{HeadDecl, InvariantDecl};

pub(super) fn read(fields: &mut Fields<'_>, head: HeadDecl) -> Option<InvariantDecl> {
    fields.need(&["never"]);
    let never = fields.condition("never");
    Some(InvariantDecl { head, never: never? })
}
