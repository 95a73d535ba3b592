//! `[role.NAME]`

use crate::syntax::toml::Fields;
use crate::syntax::{MetadataDecl, RoleDecl};

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> Option<RoleDecl> {
    fields.need(&["on"]);
    let on = fields.text_or_texts("on");
    let grants = fields.texts("grants");
    let includes = fields.texts("includes");
    // A role is kept for the elements that name it, but without an `except` that cannot be read it would grant more than was meant.
    fields.spoiled = fields.has_misspelt(&["except"]) && !fields.has("except");
    let except = fields.texts("except");
    on.filter(|_| !fields.spoiled).map(|on| RoleDecl { meta, on, grants, except, includes })
}
