//! `[relation.NAME]`

use crate::diag::{Code, Diagnostic};
use crate::syntax::toml::{Fields, shown};
use crate::syntax::{MetadataDecl, RelationDecl, Text, placeholders};
use crate::text::{Span, Spanned};

const MOST_ENDS: usize = 3;

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> Option<RelationDecl> {
    fields.need();
    let ends = ends(fields);
    let covers = fields.flag("covers", false);
    let count = ends.as_ref().map_or(MOST_ENDS, |(ends, _)| ends.len());
    let through = through(fields, count);
    let says = fields.text("says");
    let (ends, ends_span) = ends?;
    // Whether it covers is a part of what its ends may be.
    if fields.spoiled {
        return None;
    }
    if let Some(says) = &says {
        fields.diagnostics.extend(wrong_placeholder(says, ends.len()));
    }
    through.map(|through| RelationDecl { meta, ends, ends_span, covers, through, says })
}

fn ends(fields: &mut Fields<'_>) -> Option<(Vec<Vec<Text>>, Span)> {
    let value = fields.take("ends")?;
    let Some(items) = value.items() else {
        fields.spoil(value.wrong_type("`ends`", "a list of strings"));
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

/// The ends at which a group represents whoever is in it; `None` after a mistake.
fn through(fields: &mut Fields<'_>, ends: usize) -> Option<Vec<Spanned<usize>>> {
    let Some(value) = fields.take("through") else { return Some(Vec::new()) };
    let wanted = "a list of numbers of ends";
    let Some(items) = value.items() else {
        fields.spoil(value.wrong_type("`through`", wanted).help("write `through = [1]` for the first end"));
        return None;
    };
    let mut through: Vec<Spanned<usize>> = Vec::new();
    let count = items.len();
    for item in items {
        let Some(number) = item.integer() else {
            fields.spoil(item.wrong_type("an item of `through`", "the number of an end"));
            continue;
        };
        match usize::try_from(number).ok().filter(|number| (1..=ends).contains(number)) {
            None => {
                let headline = format!("`through` names end {number}, which the relation does not have");
                let known = match ends {
                    1 => "it has end 1 alone".to_owned(),
                    2 => "it has ends 1 and 2".to_owned(),
                    _ => format!("it has ends 1 to {ends}"),
                };
                fields.spoil(Diagnostic::new(Code::WrongEnds, headline, item.span(), "no such end").help(known));
            }
            Some(number) => match through.iter().find(|known| known.value == number) {
                Some(first) => {
                    let headline = format!("`through` names end {number} twice");
                    let twice = Diagnostic::new(Code::WrongEnds, headline, item.span(), "the second").and(first.span, "the first");
                    fields.spoil(twice.help("remove one of them"));
                }
                None => through.push(Spanned::new(number, item.span())),
            },
        }
    }
    (through.len() == count).then_some(through)
}

/// The mistake of a brace in `says` that is not `{1}` to `{3}`, which are the ends.
fn wrong_placeholder(says: &Text, ends: usize) -> Option<Diagnostic> {
    let is_end = |name: &str| name.parse().is_ok_and(|number: usize| (1..=ends).contains(&number));
    let wrong = placeholders(&says.value).find(|placeholder| !placeholder.name().is_some_and(is_end))?;
    let headline = format!("`{}` in `says` stands for no end", shown(wrong.text));
    let known = if ends == 1 { "`{1}` alone".to_owned() } else { format!("`{{1}}` to `{{{ends}}}`") };
    Some(Diagnostic::new(Code::WrongEnds, headline, says.span, "").help(format!("this relation has {known}")))
}
