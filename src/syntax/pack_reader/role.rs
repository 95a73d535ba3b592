//! `[role.NAME]`

use crate::syntax::naming::{self, Naming};
use crate::syntax::toml::Fields;
use crate::syntax::{MetadataDecl, RoleDecl};

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> Option<RoleDecl> {
    fields.need();
    let on = fields.text_or_texts("on");
    let grants = fields.texts("grants");
    let includes = fields.texts("includes");
    let ids = fields.texts("ids");
    let system = fields.text("system");
    fields.diagnostics.extend(system.as_ref().and_then(|system| naming::check(system, "system", Naming::Action)));
    // A role is kept for the elements that name it, but without an `except` that cannot be read it would grant more than was meant.
    fields.spoiled = fields.has_misspelt(&["except"]) && !fields.has("except");
    let except = fields.texts("except");
    on.filter(|_| !fields.spoiled).map(|on| RoleDecl { meta, on, grants, except, includes, ids, system })
}
