//! `[document.NAME]`

use crate::syntax::toml::Fields;
use crate::syntax::{DocumentDecl, HeadDecl};

pub(super) fn read(fields: &mut Fields<'_>, head: HeadDecl) -> DocumentDecl {
    let date = fields.date("date");
    let locale = fields.text("locale");
    DocumentDecl { head, date, locale }
}
