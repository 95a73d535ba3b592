//! `[rule.NAME]`

use crate::syntax::toml::Fields;
use crate::syntax::{MetadataDecl, RuleDecl};

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> Option<RuleDecl> {
    let allow = fields.some_texts("allow");
    let deny = fields.some_texts("deny");
    let condition = fields.condition("if");
    let unless = fields.condition("unless");
    fields.are_sound().then_some(RuleDecl { meta, allow, deny, condition, unless })
}
