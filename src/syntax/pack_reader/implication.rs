//! `[implication.NAME]`

use crate::syntax::toml::Fields;
use crate::syntax::{HeadDecl, ImplicationDecl};

pub(super) fn read(fields: &mut Fields<'_>, head: HeadDecl) -> Option<ImplicationDecl> {
    fields.need(&["then"]);
    let condition = fields.condition("if");
    let unless = fields.condition("unless");
    let then = fields.conclusion("then");
    let listed = fields.flag("listed", true);
    then.filter(|_| fields.are_sound()).map(|then| ImplicationDecl { head, condition, unless, then, listed })
}
