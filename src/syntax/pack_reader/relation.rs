//! `[relation.NAME]`

use crate::diag::{Code, Diagnostic};
use crate::syntax::toml::{Fields, shown};
use crate::syntax::{MetadataDecl, RelationDecl, Text, placeholders};
use crate::text::Span;

const MOST_ENDS: usize = 3;

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> Option<RelationDecl> {
    fields.need(&["ends"]);
    let ends = ends(fields);
    let covers = fields.flag("covers", false);
    let says = fields.text("says");
    let (ends, ends_span) = ends?;
    if let Some(says) = &says {
        fields.diagnostics.extend(wrong_placeholder(says, ends.len()));
    }
    Some(RelationDecl { meta, ends, ends_span, covers, says })
}

fn ends(fields: &mut Fields<'_>) -> Option<(Vec<Vec<Text>>, Span)> {
    let value = fields.take("ends")?;
    let Some(items) = value.items() else {
        fields.spoil(value.wrong_type("`ends`", "a list of texts"));
        return None;
    };
    let count = items.len();
    if !(1..=MOST_ENDS).contains(&count) {
        let ends = if count == 0 { "no end".to_owned() } else { format!("{count} ends") };
        let headline = format!("a relation has one to three ends, and this has {ends}");
        fields.spoil(Diagnostic::new(Code::WrongEnds, headline, value.span(), ends));
        return None;
    }
    let ends: Vec<_> = items.filter_map(|end| fields.as_text_or_texts(end, "ends")).collect();
    (ends.len() == count).then_some((ends, value.span()))
}

/// The mistake of a brace in `says` that is not `{1}` to `{3}`, which are the ends.
fn wrong_placeholder(says: &Text, ends: usize) -> Option<Diagnostic> {
    let is_end = |name: &str| name.parse().is_ok_and(|number: usize| (1..=ends).contains(&number));
    let wrong = placeholders(&says.value).find(|placeholder| !placeholder.name().is_some_and(is_end))?;
    let headline = format!("`{}` in `says` stands for no end", shown(wrong.text));
    let known = if ends == 1 { "`{1}` alone".to_owned() } else { format!("`{{1}}` to `{{{ends}}}`") };
    Some(Diagnostic::new(Code::WrongEnds, headline, says.span, "").help(format!("this relation has {known}")))
}
