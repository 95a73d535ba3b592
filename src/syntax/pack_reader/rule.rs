//! `[rule.NAME]`

use crate::syntax::toml::Fields;
use crate::syntax::{HeadDecl, RuleDecl};

pub(super) fn read(fields: &mut Fields<'_>, head: HeadDecl) -> Option<RuleDecl> {
    let allow = fields.some_texts("allow");
    let deny = fields.some_texts("deny");
    let condition = fields.condition("if");
    let unless = fields.condition("unless");
    fields.are_sound().then_some(RuleDecl { head, allow, deny, condition, unless })
}
