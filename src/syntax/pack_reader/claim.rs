//! `[claim.ID]`

use crate::syntax::toml::Fields;
use crate::syntax::{ClaimDecl, HeadDecl};

pub(super) fn read(fields: &mut Fields<'_>, head: HeadDecl) -> Option<ClaimDecl> {
    fields.need(&["text"]);
    let text = fields.text("text");
    let documents = fields.texts("documents");
    Some(ClaimDecl { head, text: text?, documents })
}
