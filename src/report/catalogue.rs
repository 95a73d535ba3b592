//! The page that lists every code of a diagnostic.

use std::fmt::Write as _;

use crate::diag::{CATALOGUE, Code, Entry, Severity};

/// The section of the page of codes that explains a code, as a path within the documentation.
pub fn page_of(code: Code) -> String {
    format!("docs/diagnostics.md#{}", code.name())
}

/// The first sentence of what a code means.
pub(super) fn first_sentence(about: &str) -> &str {
    about.split_inclusive(". ").next().unwrap_or(about).trim_end()
}

/// The page as Markdown. `example` renders a diagnostic with the code of an entry.
pub fn page(example: impl Fn(&Entry) -> String) -> String {
    let mut page = String::from(
        "# Diagnostics\n\n\
         What `delegraph check` and every other verb may say of a pack or a world, by the name that stands in brackets, such as \
         `error[unknown-role]`. This page is made from the catalogue in the code, and each example from the fixture of the same name in \
         `fixtures/diagnostics`.\n",
    );
    section(&mut page, "Errors", "A pack or world with an error is not used: no verb answers by it.", Severity::Error, &example);
    section(&mut page, "Warnings", "What is probably not meant. A pack with warnings alone is used.", Severity::Warning, &example);
    page
}

fn section(page: &mut String, title: &str, about: &str, severity: Severity, example: &impl Fn(&Entry) -> String) {
    _ = write!(page, "\n## {title}\n\n{about}\n");
    for entry in CATALOGUE.iter().filter(|entry| entry.severity == severity) {
        _ = write!(page, "\n### {}\n\n{}\n\n```text\n{}\n```\n", entry.name, entry.about, example(entry).trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::page;
    use crate::diag::CATALOGUE;

    #[test]
    fn each_code_has_one_section() {
        let page = page(|entry| format!("error[{}]: …\n", entry.name));
        for entry in CATALOGUE {
            assert_eq!(page.matches(&format!("\n### {}\n", entry.name)).count(), 1, "{}", entry.name);
            assert_eq!(page.matches(&format!("\nerror[{}]: …\n```\n", entry.name)).count(), 1, "{}", entry.name);
        }
    }
}
