//! `[claim.ID]`

use crate::syntax::toml::Fields;
use crate::syntax::{ClaimDecl, MetadataDecl};

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> Option<ClaimDecl> {
    fields.need();
    let text = fields.text("text");
    let documents = fields.texts("documents");
    Some(ClaimDecl { meta, text: text?, documents })
}
