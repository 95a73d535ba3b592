//! `[obligation.NAME]` and `[advice.NAME]`

use crate::diag::{Code, Diagnostic};
use crate::syntax::toml::{Fields, shown};
use crate::syntax::{MetadataDecl, NoticeDecl, With};
use crate::text::Spanned;

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> Option<NoticeDecl> {
    fields.need();
    let actions = fields.some_texts("for");
    let condition = fields.condition("if");
    let unless = fields.condition("unless");
    let text = fields.text("text");
    let with = with(fields);
    let (actions, text) = (actions?, text?);
    fields.are_sound().then_some(NoticeDecl { meta, actions, condition, unless, text, with })
}

fn with(fields: &mut Fields<'_>) -> Option<Spanned<With>> {
    let text = fields.text("with")?;
    match text.value.as_str() {
        "allow" => Some(Spanned::new(With::Allow, text.span)),
        "deny" => Some(Spanned::new(With::Deny, text.span)),
        other => {
            let headline = format!("`{}` is not a decision", shown(other));
            let diagnostic = Diagnostic::new(Code::WrongType, headline, text.span, "expected `allow` or `deny`");
            fields.spoil(diagnostic.nearest(other, text.span, ["allow", "deny"]));
            None
        }
    }
}
