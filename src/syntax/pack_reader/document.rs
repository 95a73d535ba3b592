//! `[document.NAME]`

use crate::syntax::toml::Fields;
use crate::syntax::{DocumentDecl, MetadataDecl};

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> DocumentDecl {
    let date = fields.date("date");
    let locale = fields.text("locale");
    let url = fields.text("url");
    DocumentDecl { meta, date, locale, url }
}
