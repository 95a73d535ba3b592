//! Table 1 of the Teams Rooms page, cell by cell: the decision, and the cell that the reason names.

use crate::support::{Ask, SHIPPED, deciding, world_of};
use delegraph::explain::ReasonKind;
use delegraph::files;
use delegraph::wording::{ExplanationText, ReasonText};
use std::path::Path;

/// The table as published: what the pack's own copy of it is measured by.
const PUBLISHED: &str = "\
| Feature | Permission | Managed service admin | Site lead | Site tech | Partner admin |
| :- | :- | :- | :- | :- | :- |
| Rooms | View | ✔ | ✔ | ✔ | ✔ |
| | Modify | ✔ | ✔ | ✔ | ✔ |
| | Reset key | ✔ | | | |
| | Download key | ✔ | ✔ | ✔ | |
| | Unenroll | ✔ | ✔ | ✔ | |
| | Create | ✔ | ✔ | | |
| Group management | View | ✔ | ✔ | | ✔ |
| | Modify | ✔ | ✔ | | |
| | Create | ✔ | ✔ | | |
| Update ring management | View | ✔ | ✔ | | ✔ |
| | Modify | ✔ | ✔ | | ✔ |
| Reports | View | ✔ | ✔ | | ✔ |
| | Create customer incident | ✔ | ✔ | ✔ | ✔ |
| Ticket management | View | ✔ | ✔ | ✔ | ✔ |
| | Update | ✔ | ✔ | ✔ | ✔ |
| Pro management settings | View | ✔ | | | |
| | Modify | ✔ | | | |
| Role management | View | ✔ | | | ✔ |
| | Modify | ✔ | | | ✔ |
";

/// Column by column: its header, the role, and who holds it in the world below.
const COLUMNS: [(&str, &str, &str); 4] = [
    ("Managed service admin", "managed-service-administrator", "user:mona@fabrikam"),
    ("Site lead", "site-lead", "user:leo@fabrikam"),
    ("Site tech", "site-tech", "user:tess@fabrikam"),
    ("Partner admin", "primary-admin", "user:rita@contoso"),
];

/// One lies within the other.
const SCOPES: [&str; 3] = ["customer:fabrikam", "site:us", "room:rainier"];

/// A cell of the published table.
struct Cell {
    feature: &'static str,
    permission: &'static str,
    column: usize,
    marked: bool,
}

impl Cell {
    fn action(&self) -> String {
        let feature = match self.feature {
            "Group management" => "groups",
            "Update ring management" => "update-rings",
            "Ticket management" => "tickets",
            "Pro management settings" => "settings",
            "Role management" => "roles",
            other => &other.to_lowercase(),
        };
        format!("teams-rooms.{feature}.{}", self.permission.to_lowercase().replace(' ', "-"))
    }
}

fn cells() -> Vec<Cell> {
    let mut feature = "";
    let mut found = Vec::new();
    for line in PUBLISHED.lines().skip(2) {
        let parts: Vec<&'static str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [label, permission, marks @ ..] = parts.as_slice() else { panic!("{line}") };
        if !label.is_empty() {
            feature = label;
        }
        assert_eq!(marks.len(), COLUMNS.len(), "{line}");
        found.extend(marks.iter().enumerate().map(|(column, mark)| Cell { feature, permission, column, marked: *mark == "✔" }));
    }
    found
}

/// A customer, a site, a room; a user for each role, who holds it on `scope`; all rooms delegated to the partner.
fn world_text(scope: &str) -> String {
    let holds = COLUMNS.iter().map(|(_, role, who)| format!("[[fact]]\nis = '{who} holds {role} on {scope}'\n"));
    format!(
        r#"
[customer.fabrikam]
[partner.contoso]
admin-agents    = "group:contoso/admin-agents"
helpdesk-agents = "group:contoso/helpdesk-agents"
sales-agents    = "group:contoso/sales-agents"
[group."contoso/admin-agents"]
[group."contoso/helpdesk-agents"]
[group."contoso/sales-agents"]
[site.us]
customer = "customer:fabrikam"
[room.rainier]
site = "site:us"
[user."mona@fabrikam"]
customer = "customer:fabrikam"
[user."leo@fabrikam"]
customer = "customer:fabrikam"
[user."tess@fabrikam"]
customer = "customer:fabrikam"
[user."rita@contoso"]
partner = "partner:contoso"
[[fact]]
is = 'rooms-delegated(partner:contoso, customer:fabrikam)'
{}"#,
        holds.collect::<String>()
    )
}

/// The line of the cell's row in the pack's file.
fn line_in_pack(cell: &Cell) -> usize {
    let file = files::read_world(Path::new("policies/teams-rooms.toml")).expect("the pack can be read");
    let mut feature = String::new();
    for (index, line) in file.text.lines().enumerate().filter(|(_, line)| line.starts_with('|')) {
        let parts: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if !parts[0].is_empty() {
            parts[0].clone_into(&mut feature);
        }
        if feature == cell.feature && parts[1] == cell.permission {
            return index + 1;
        }
    }
    panic!("the pack has no row {} / {}", cell.feature, cell.permission)
}

fn cell_of(answer: &ExplanationText) -> Option<&ReasonText> {
    answer.reasons.iter().flat_map(|reason| &reason.because).find(|reason| reason.kind == ReasonKind::Cell)
}

#[test]
fn every_cell_decides_as_published() {
    let cells = cells();
    assert_eq!(cells.len(), 76);
    let mut wrong = Vec::new();
    for (level, scope) in SCOPES.iter().enumerate() {
        let world = world_of(&SHIPPED, &world_text(scope));
        for cell in &cells {
            let (header, _, who) = COLUMNS[cell.column];
            let action = cell.action();
            for (below, resource) in SCOPES.iter().enumerate() {
                let answer = Ask::of("2022-06-09", who, &action, resource).explained(&SHIPPED, &world);
                // A role reaches down from where it is held, never up.
                let expected = if cell.marked && below >= level { "allowed" } else { "not-granted" };
                if answer.outcome != expected {
                    wrong.push(format!("{header} on {scope}: {action} on {resource}: {} and not {expected}", answer.outcome));
                }
                assert!(deciding(&answer).contains(&"TRM-15"), "{action} cites the table");
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_reason_names_row_column_and_line() {
    let world = world_of(&SHIPPED, &world_text("customer:fabrikam"));
    for cell in cells().iter().filter(|cell| cell.marked) {
        let (header, _, who) = COLUMNS[cell.column];
        let answer = Ask::of("2022-06-09", who, &cell.action(), "room:rainier").explained(&SHIPPED, &world);
        let reason = cell_of(&answer).unwrap_or_else(|| panic!("{} names no cell", answer.verdict));
        let row = format!("row \"{} / {}\"", cell.feature, cell.permission);
        assert!(reason.says.contains(&row), "{} does not name {row}", reason.says);
        assert!(reason.says.contains(&format!("column \"{header}\"")), "{} does not name {header}", reason.says);
        let places: Vec<String> = reason.places.iter().map(ToString::to_string).collect();
        assert_eq!(places, [format!("policies/teams-rooms.toml:{}", line_in_pack(cell))]);
    }
}

/// The three rows whose published label is probably wrong say so.
#[test]
fn rows_with_a_doubtful_label_say_so() {
    let world = world_of(&SHIPPED, &world_text("customer:fabrikam"));
    let mut doubtful: Vec<String> = Vec::new();
    for cell in cells().iter().filter(|cell| cell.column == 0) {
        let answer = Ask::of("2022-06-09", COLUMNS[0].2, &cell.action(), "room:rainier").explained(&SHIPPED, &world);
        let note = cell_of(&answer).and_then(|reason| reason.note.as_deref());
        if let Some(note) = note {
            assert!(note.starts_with("Probably ") && note.ends_with("The published label is kept."), "{note}");
            doubtful.push(format!("{} / {}", cell.feature, cell.permission));
        }
    }
    assert_eq!(doubtful, ["Rooms / Create", "Group management / Create", "Reports / Create customer incident"]);
}

/// The list of claims, which has the table, lies beside the checkout where the pack is developed.
#[test]
fn the_table_is_that_of_the_list() {
    let Ok(list) = files::read_world(Path::new("../shared/sources/CLAIMS.md")) else { return };
    assert!(list.text.contains(PUBLISHED));
}
