//! The page that lists every code of a diagnostic.

use std::fmt::Write as _;

use crate::diag::{CATALOGUE, Severity};

/// The page, as Markdown.
pub fn page() -> String {
    let mut page = String::from(
        "# Diagnostics\n\n\
         What `delegraph check` and every other verb may say of a pack or a world, by the name that stands in brackets: \
         `error[unknown-role]`. This page is made from the catalogue in the code.\n",
    );
    section(&mut page, "Errors", "A pack or world with an error is not used: no verb answers by it.", Severity::Error);
    section(&mut page, "Warnings", "What is probably not meant. A pack with warnings alone is used.", Severity::Warning);
    page
}

fn section(page: &mut String, title: &str, about: &str, severity: Severity) {
    _ = write!(page, "\n## {title}\n\n{about}\n\n| Code | Meaning, and what to do |\n| :- | :- |\n");
    for entry in CATALOGUE.iter().filter(|entry| entry.severity == severity) {
        _ = writeln!(page, "| `{}` | {} |", entry.name, entry.about.replace('|', "\\|"));
    }
}

#[cfg(test)]
mod tests {
    use super::page;
    use crate::diag::CATALOGUE;

    #[test]
    fn each_code_has_one_line() {
        let page = page();
        for entry in CATALOGUE {
            assert_eq!(page.matches(&format!("\n| `{}` |", entry.name)).count(), 1, "{}", entry.name);
        }
    }
}
