//! `[action."NAME"]`

use crate::diag::{Code, Diagnostic};
use crate::syntax::naming::Naming;
use crate::syntax::toml::{Fields, shown};
use crate::syntax::{ActionDecl, MetadataDecl, Text, placeholders};

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> Option<ActionDecl> {
    fields.need();
    let aka = super::other_names(fields, Naming::Action);
    let on = fields.text_or_texts("on");
    if let Some(title) = &meta.title {
        fields.diagnostics.extend(wrong_placeholder(title));
    }
    Some(ActionDecl { meta, aka, on: on? })
}

/// The mistake of a brace in the title that is not `{resource}`.
fn wrong_placeholder(title: &Text) -> Option<Diagnostic> {
    let wrong = placeholders(&title.value).find(|placeholder| placeholder.name() != Some("resource"))?;
    let headline = format!("`{}` in the title of an action stands for nothing", shown(wrong.text));
    let help = "`{resource}` stands for the resource; it is the only name in braces that a title may have";
    Some(Diagnostic::new(Code::UnknownPlaceholder, headline, title.span, "").help(help))
}
