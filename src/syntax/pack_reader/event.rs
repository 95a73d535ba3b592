//! `[event.NAME]`

use super::attribute::{self, Declares};
use crate::syntax::naming::{self, Naming};
use crate::syntax::toml::{Fields, entries, shown};
use crate::syntax::{CreateDecl, EventDecl, MetadataDecl};

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> Option<EventDecl> {
    let does = fields.text("does");
    let on = fields.text("on");
    let done_by = fields.text("done-by");
    let parameters = attribute::read_all(fields, "with", Declares::Parameter);
    let creates = creates(fields);
    let condition = fields.condition("if");
    let adds = fields.effects("adds");
    let removes = fields.effects("removes");
    let sets = fields.effects("sets");
    let ends = fields.texts("ends");
    fields.are_sound().then_some(EventDecl { meta, does, on, done_by, parameters, creates, condition, adds, removes, sets, ends })
}

fn creates(fields: &mut Fields<'_>) -> Vec<CreateDecl> {
    let mut creates = Vec::new();
    for (kind, value) in fields.entries("creates") {
        // It gives the event a parameter of its name.
        fields.diagnostics.extend(naming::reserved(&kind, "parameter", Naming::Parameter));
        let Some(table) = value.table() else {
            fields.spoil(value.wrong_type(&format!("`creates.{}`", shown(&kind.value)), "a table"));
            continue;
        };
        let terms = entries(value.file(), table).into_iter().filter_map(|(name, value)| {
            let term = fields.as_term(value, &name.value)?;
            Some((name, term))
        });
        let attributes = terms.collect();
        creates.push(CreateDecl { kind, attributes });
    }
    creates
}
