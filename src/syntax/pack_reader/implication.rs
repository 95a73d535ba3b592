//! `[implication.NAME]`

use crate::syntax::toml::Fields;
use crate::syntax::{ImplicationDecl, MetadataDecl};

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> Option<ImplicationDecl> {
    fields.need();
    let condition = fields.condition("if");
    let unless = fields.condition("unless");
    let then = fields.conclusion("then");
    let listed = fields.flag("listed", true);
    then.filter(|_| fields.are_sound()).map(|then| ImplicationDecl { meta, condition, unless, then, listed })
}
