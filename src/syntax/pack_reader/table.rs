//! `[table.NAME]`

use crate::syntax::naming::{self, Naming};
use crate::syntax::toml::Fields;
use crate::syntax::{MetadataDecl, TableDecl};

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> Option<TableDecl> {
    fields.need();
    let system = fields.text("system");
    fields.diagnostics.extend(system.as_ref().and_then(|system| naming::check(system, "system", Naming::Action)));
    let on = fields.text_or_texts("on");
    let rows = fields.pairs("rows");
    let columns = fields.pairs("columns");
    let notes = fields.pairs("notes");
    let grid = fields.grid("grid");
    if on.is_none() || grid.is_none() {
        // The actions of the table are lost with it; their names begin with `system`.
        fields.lost.extend(system.clone());
    }
    Some(TableDecl { meta, system: system?, on: on?, rows, columns, notes, grid: grid? })
}
