//! Roles held, for people: by role and where it comes from, then by the groups through which it is held.

use super::layout::{PageWriter, Piece, piece, prose, whole};
use super::list;
use super::palette::Paint;
use super::text::Style;
use crate::diag::phrases::counted;
use crate::wording::{ListQuestionText, OpenText, RoleText};
use std::collections::{BTreeMap, BTreeSet};

/// The list. `style.full` prints each row, and names all holders and scopes.
pub fn render(question: &ListQuestionText, rows: &[RoleText], left_out: usize, open: &[OpenText], style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    headline(&mut page, question, rows);
    if style.full {
        page.gap();
        rows.iter().for_each(|row| one(&mut page, row));
    } else {
        groups(&mut page, rows);
    }
    list::cut(&mut page, left_out);
    list::open(&mut page, open);
    page.into_text()
}

fn headline(page: &mut PageWriter, question: &ListQuestionText, rows: &[RoleText]) {
    let count = |text: fn(&RoleText) -> &str| rows.iter().map(text).collect::<BTreeSet<_>>().len();
    let asked = format!(" ({})", question.asked());
    if rows.is_empty() {
        return page.paragraph(&[], "", &[piece(Paint::Title, "no role is held"), piece(Paint::Plain, &asked)]);
    }
    let holders = counted(count(|row| &row.holder), "holder");
    let (roles, scopes) = (counted(count(|row| &row.role), "role"), counted(count(|row| &row.scope), "scope"));
    let unknown = match rows.iter().filter(|row| !row.held).count() {
        0 => String::new(),
        unknown => format!(", {unknown} unknown"),
    };
    let says = format!("{holders}, {roles}, {scopes}");
    let paths = format!(": {}{unknown}{asked}", counted(rows.len(), "row"));
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

/// Scopes of rows that are alike, each with its holders.
type Alike<'r> = BTreeMap<(bool, String, String), BTreeMap<&'r str, BTreeSet<&'r str>>>;

fn groups(page: &mut PageWriter, rows: &[RoleText]) {
    let mut by_origin: BTreeMap<(&str, String), Alike<'_>> = BTreeMap::new();
    for row in rows {
        let alike = by_origin.entry((&row.role, row.origin())).or_default();
        let scopes = alike.entry((!row.held, row.through(), dates(row))).or_default();
        scopes.entry(&row.scope).or_default().insert(&row.holder);
    }
    for ((role, origin), alike) in by_origin {
        page.gap();
        let all: BTreeSet<&str> = alike.values().flat_map(BTreeMap::values).flatten().copied().collect();
        let count = format!(" {origin}: {}", counted(all.len(), "holder"));
        page.paragraph(&[], "", &[piece(Paint::Title, role), piece(Paint::Plain, &count)]);
        for ((unknown, through, dates), scopes) in alike {
            let mut by_holders: BTreeMap<BTreeSet<&str>, Vec<&str>> = BTreeMap::new();
            scopes.into_iter().for_each(|(scope, holders)| by_holders.entry(holders).or_default().push(scope));
            let mut by_scopes: Vec<_> = by_holders.into_iter().map(|(holders, scopes)| (scopes, holders)).collect();
            by_scopes.sort();
            for (scopes, holders) in by_scopes {
                let maybe = if unknown { "perhaps " } else { "" };
                let mut body = vec![piece(Paint::Plain, &format!("{maybe}{through}, on "))];
                names(page, &mut body, &scopes);
                body.push(piece(Paint::Plain, &format!("{dates}: ")));
                names(page, &mut body, &holders.into_iter().collect::<Vec<_>>());
                page.paragraph(&[whole(Paint::Plain, "  "), mark(!unknown)], "    ", &body);
            }
        }
    }
}

/// Adds names, with their number if there are several; of very many only the first.
fn names(page: &PageWriter, body: &mut Vec<Piece>, names: &[&str]) {
    if names.len() > 3 {
        body.push(prose(&format!("{} (", names.len())));
    }
    for (index, name) in names.iter().take(page.max_items).enumerate() {
        if index > 0 {
            body.push(piece(Paint::Plain, ", "));
        }
        body.push(whole(Paint::Plain, name));
    }
    if names.len() > page.max_items {
        body.push(piece(Paint::Plain, &format!(" and {} more", names.len() - page.max_items)));
    }
    if names.len() > 3 {
        body.push(piece(Paint::Plain, ")"));
    }
}
