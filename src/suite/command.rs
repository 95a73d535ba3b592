//! The command that shows the answer to a request whole.

use super::host::SuiteFile;
use super::setting::label;
use crate::syntax::Text;
use crate::syntax::suite::{EntryDecl, EntryForm, SettingDecl, SuiteDocument};
use crate::world::Request;
use std::path::{Path, PathBuf};

/// The words of the command, unquoted. A suite with a world of its own is run again, as that world is in no file of its own.
pub(super) fn command(
    file: &SuiteFile,
    document: &SuiteDocument,
    entry: &EntryDecl,
    setting: &SettingDecl,
    request: &Request,
    policies: Option<&str>,
) -> Vec<String> {
    if document.world.is_some() {
        let mut words: Vec<String> = ["delegraph", "test", file.name(), "--filter", &label(entry), "-v"].map(str::to_owned).into();
        words.extend(option("--policies", policies));
        return words;
    }
    let mut words = vec!["delegraph".to_owned(), "explain".to_owned()];
    let (mut at, mut policy_at) = (setting.at.as_ref(), setting.policy_at.as_ref());
    if let EntryForm::Ask { text, question, .. } = &entry.form {
        words.push(text.value.clone());
        if question.clauses.at.is_some() {
            (at, policy_at) = (None, None);
        }
        policy_at = policy_at.filter(|_| question.clauses.policy_at.is_none());
    } else {
        let entity = |(kind, id): &(String, String)| format!("{kind}:{id}");
        words.extend([entity(&request.subject), request.action.clone(), entity(&request.resource)]);
    }
    let own = document.policies.as_ref().map(|path| beside(file, path));
    words.extend(option("--policies", own.as_deref().or(policies)));
    for world in &document.worlds {
        words.extend(option("--world", Some(&beside(file, world))));
    }
    for (name, date) in [("--at", at), ("--policy-at", policy_at)] {
        words.extend(option(name, date.map(|date| date.value.to_string()).as_deref()));
    }
    for (name, toggles) in [("--with", &setting.with), ("--without", &setting.without)] {
        for toggle in toggles.iter().flatten() {
            words.extend(option(name, Some(&toggle.value)));
        }
    }
    words.push("--full".to_owned());
    words
}

fn option(name: &str, value: Option<&str>) -> Vec<String> {
    value.map(|value| vec![name.to_owned(), value.to_owned()]).unwrap_or_default()
}

/// A path that is relative to the suite, as one that is relative to where the program runs.
fn beside(file: &SuiteFile, path: &Text) -> String {
    let folder = Path::new(file.name()).parent().unwrap_or(Path::new(""));
    let mut whole = PathBuf::new();
    for part in folder.join(&path.value).components() {
        // `a/../b` is `b`, unless `a` leads up itself.
        let leads_up = part.as_os_str() == ".." && whole.file_name().is_some_and(|name| name != "..");
        if leads_up { _ = whole.pop() } else { whole.push(part) }
    }
    whole.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}
