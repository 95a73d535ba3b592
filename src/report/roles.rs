//! Roles held, for people: by role and where it comes from, then by the groups through which it is held.

use super::layout::{PageWriter, Piece, piece, whole};
use super::list::{self, LeftOut};
use super::palette::Paint;
use super::text::Style;
use crate::diag::phrases::{counted, most_of};
use crate::wording::{ListQuestionText, OpenText, RoleText};
use std::collections::{BTreeMap, BTreeSet};
use unicode_width::UnicodeWidthStr as _;

/// The greatest width of a column of scopes.
const MAX_COLUMN: usize = 40;

/// The list. `style.full` prints each row, and names all holders and scopes.
pub fn render(question: &ListQuestionText, rows: &[RoleText], left_out: LeftOut, open: &[OpenText], style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    headline(&mut page, question, rows, left_out);
    if style.full {
        page.gap();
        rows.iter().for_each(|row| one(&mut page, row));
    } else {
        groups(&mut page, rows);
    }
    list::cut(&mut page, left_out.cut);
    list::open(&mut page, open);
    page.into_text()
}

fn headline(page: &mut PageWriter, question: &ListQuestionText, rows: &[RoleText], left_out: LeftOut) {
    let count = |text: fn(&RoleText) -> &str| rows.iter().map(text).collect::<BTreeSet<_>>().len();
    let asked = format!(" ({})", question.asked());
    if rows.is_empty() {
        let none = left_out.no_row("no such role is held");
        return page.paragraph(&[], "", &[piece(Paint::Title, &none), piece(Paint::Plain, &asked)]);
    }
    let holders = counted(count(|row| &row.holder), "holder");
    let (roles, scopes) = (counted(count(|row| &row.role), "role"), counted(count(|row| &row.scope), "scope"));
    let unknown = match rows.iter().filter(|row| !row.held).count() {
        0 => String::new(),
        unknown => format!(", {unknown} unknown"),
    };
    let says = format!("{holders}, {roles}, {scopes}");
    let paths = format!(": {}{unknown}{}{asked}", list::of_all(rows.len(), left_out.cut, "row"), left_out.others());
    page.paragraph(&[], "", &[piece(Paint::Title, &says), piece(Paint::Plain, &paths)]);
}

/// A row by itself.
fn one(page: &mut PageWriter, row: &RoleText) {
    let body = [
        whole(Paint::Plain, &row.holder),
        piece(Paint::Plain, if row.held { " holds " } else { " may hold " }),
        piece(Paint::Title, &row.role),
        piece(Paint::Plain, " on "),
        whole(Paint::Plain, &row.scope),
        piece(Paint::Plain, &format!(", {}, {}{}", row.through(), row.origin(), dates(row))),
    ];
    page.paragraph(&[mark(row.held)], "  ", &body);
}

fn mark(held: bool) -> Piece {
    if held { whole(Paint::Yes, "✓ ") } else { whole(Paint::Doubt, "? ") }
}

fn dates(row: &RoleText) -> String {
    row.dates.as_ref().map(|dates| format!(", {dates}")).unwrap_or_default()
}

/// Rows that are alike but for their scopes and dates: whether they are unknown, to whom the role is given, and all who hold it by that.
type Alike<'r> = (bool, Option<&'r str>, BTreeSet<&'r str>);

fn groups(page: &mut PageWriter, rows: &[RoleText]) {
    let mut by_origin: BTreeMap<(&str, String), Vec<&RoleText>> = BTreeMap::new();
    rows.iter().for_each(|row| by_origin.entry((&row.role, row.origin())).or_default().push(row));
    for ((role, origin), rows) in by_origin {
        page.gap();
        let count = |text: fn(&RoleText) -> &str| rows.iter().map(|row| text(row)).collect::<BTreeSet<_>>().len();
        let (holders, scopes) = (count(|row| &row.holder), count(|row| &row.scope));
        let counts = format!(" {origin}: {} on {}", counted(holders, "holder"), counted(scopes, "scope"));
        page.paragraph(&[], "  ", &[piece(Paint::Title, role), piece(Paint::Plain, &counts)]);
        for ((unknown, receiver, holders), scopes) in alike(&rows) {
            let mut body: Vec<Piece> =
                receiver.into_iter().flat_map(|group| [whole(Paint::Plain, group), piece(Paint::Plain, ": ")]).collect();
            names(page, &mut body, &holders.into_iter().collect::<Vec<_>>());
            if let [(scope, dates)] = scopes.as_slice() {
                let dates = if dates.is_empty() { String::new() } else { format!(", {dates}") };
                body.extend([piece(Paint::Plain, ", on "), whole(Paint::Plain, scope), piece(Paint::Plain, &dates)]);
                page.paragraph(&[whole(Paint::Plain, "  "), mark(!unknown)], "    ", &body);
                continue;
            }
            page.paragraph(&[whole(Paint::Plain, "  "), mark(!unknown)], "    ", &body);
            let column = scopes.iter().map(|(scope, _)| scope.width()).max().unwrap_or(0).min(MAX_COLUMN);
            let most = most_of(scopes.len(), page.max_items);
            for (scope, dates) in scopes.iter().take(most) {
                let dates = format!("{}  {dates}", " ".repeat(column.saturating_sub(scope.width())));
                page.paragraph(&[whole(Paint::Plain, "      on "), whole(Paint::Plain, scope), whole(Paint::Plain, &dates)], "", &[]);
            }
            if scopes.len() > most {
                let more = format!("and {} more, which --expand prints", scopes.len() - most);
                page.paragraph(&[whole(Paint::Plain, "      ")], "      ", &[piece(Paint::Doubt, &more)]);
            }
        }
    }
}

/// The rows in groups that are alike, each with its scopes and their dates.
fn alike<'r>(rows: &[&'r RoleText]) -> BTreeMap<Alike<'r>, Vec<(&'r str, String)>> {
    let mut holders: BTreeMap<(bool, Option<&str>, &str, String), BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        let receiver = row.via.last().map(String::as_str);
        holders.entry((!row.held, receiver, &row.scope, row.dates.clone().unwrap_or_default())).or_default().insert(&row.holder);
    }
    let mut alike: BTreeMap<Alike<'r>, Vec<(&'r str, String)>> = BTreeMap::new();
    for ((unknown, receiver, scope, dates), holders) in holders {
        alike.entry((unknown, receiver, holders)).or_default().push((scope, dates));
    }
    alike
}

/// Adds names; of very many only the first.
fn names(page: &PageWriter, body: &mut Vec<Piece>, names: &[&str]) {
    let most = most_of(names.len(), page.max_items);
    for (index, name) in names.iter().take(most).enumerate() {
        if index > 0 {
            body.push(piece(Paint::Plain, ", "));
        }
        body.push(whole(Paint::Plain, name));
    }
    if names.len() > most {
        body.push(piece(Paint::Plain, &format!(" and {} more, which --expand prints", names.len() - most)));
    }
}
