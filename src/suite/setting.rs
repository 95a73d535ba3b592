//! The dates and toggles of an entry.

use crate::diag::{Code, Diagnostic, Patch};
use crate::plan::{CompiledPolicy, Context};
use crate::policy::Id;
use crate::query::assume;
use crate::syntax::Text;
use crate::syntax::suite::{EntryDecl, EntryForm, SettingDecl};
use crate::text::{Sources, Span};
use crate::time::Instant;
use crate::world::RequestError;

/// The dates and toggles of an entry: its own, else those of the suite. The clauses of its question are not among them.
pub(super) fn setting<'d>(suite: &'d SettingDecl, entry: &'d SettingDecl) -> SettingDecl {
    let own = entry.clone();
    SettingDecl {
        at: own.at.or_else(|| suite.at.clone()),
        policy_at: own.policy_at.or_else(|| suite.policy_at.clone()),
        with: own.with.or_else(|| suite.with.clone()),
        without: own.without.or_else(|| suite.without.clone()),
    }
}

/// The context of an entry, whose question may replace it in part.
///
/// # Errors
///
/// If it has no date, a toggle is unknown, or one is both on and off.
pub(super) fn context(compiled: &CompiledPolicy, suite: &SettingDecl, entry: &EntryDecl) -> Result<Context, Vec<Diagnostic>> {
    let policy = &compiled.policy;
    let setting = setting(suite, &entry.setting);
    let of_question = match &entry.form {
        EntryForm::Ask { question, .. } => question.clauses.at.as_ref(),
        _ => None,
    };
    let mut mistakes = Vec::new();
    let at = of_question.or(setting.at.as_ref()).map(|at| at.value);
    if at.is_none() {
        let headline = format!("{} has no date", title(entry));
        let undated = Diagnostic::new(Code::UndatedEntry, headline, entry.span, "neither here nor on the suite");
        mistakes.push(undated.help("write `at = 2021-10-22`, here or at the top of the suite"));
    }
    let at = at.unwrap_or(Instant::MIN);
    let mut context = Context::at(policy, at);
    context.policy_at = setting.policy_at.as_ref().map_or(at, |policy_at| policy_at.value);
    // The toggles of the entry are set last, so that they win.
    for layer in [suite, &entry.setting] {
        let replaced = |own: bool| own && std::ptr::eq(layer, suite);
        let with = layer.with.as_deref().filter(|_| !replaced(entry.setting.with.is_some())).unwrap_or_default();
        let without = layer.without.as_deref().filter(|_| !replaced(entry.setting.without.is_some())).unwrap_or_default();
        for (names, on) in [(with, true), (without, false)] {
            for name in names {
                match assume::toggle(policy, &name.value) {
                    Ok(toggle) => context.toggles[toggle.index()] = on,
                    Err(error) => mistakes.push(bad_request(error, name.span)),
                }
            }
        }
        mistakes.extend(both(with, without));
    }
    if mistakes.is_empty() { Ok(context) } else { Err(mistakes) }
}

/// The mistake of a toggle that is both on and off.
fn both(with: &[Text], without: &[Text]) -> Option<Diagnostic> {
    let off = without.iter().find(|off| with.iter().any(|on| on.value == off.value))?;
    let on = with.iter().find(|on| on.value == off.value)?;
    let headline = format!("toggle `{}` cannot be both on and off", off.value);
    Some(Diagnostic::new(Code::BadRequest, headline, off.span, "off here").and(on.span, "on here"))
}

/// What diagnostics call an entry.
fn title(entry: &EntryDecl) -> String {
    match &entry.name {
        Some(name) => format!("entry `{}`", name.value),
        None => format!("entry `{}` {}", entry.form.noun(), entry.number),
    }
}

/// The form and number of an entry: `case 2`.
pub(super) fn label(entry: &EntryDecl) -> String {
    format!("{} {}", entry.form.noun(), entry.number)
}

/// The mistake of something that is named in a suite and cannot be asked about.
pub(super) fn bad_request(error: RequestError, span: Span) -> Diagnostic {
    let label = error.unknown.as_ref().map(|unknown| format!("no `{}`", unknown.name)).unwrap_or_default();
    let mut diagnostic = Diagnostic::new(Code::BadRequest, error.message, span, label);
    diagnostic.patch = error.unknown.and_then(|unknown| unknown.certain).map(|replacement| Patch { span, replacement });
    // A suite names its world itself.
    let help = error.help.map(|help| help.replace("; give a world with `--world FILE`", ""));
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// The mistake at the unknown name itself, where it is written once in the text that is asked; without an edit where it is not found.
pub(super) fn narrowed(sources: &Sources, mistake: Diagnostic) -> Diagnostic {
    let mut narrow = mistake;
    let Some(label) = narrow.labels.first_mut().filter(|_| narrow.code == Code::BadRequest) else { return narrow };
    let Some(name) = label.text.strip_prefix("no `").and_then(|text| text.strip_suffix('`')) else { return narrow };
    let written: Vec<usize> = sources.slice(label.span).match_indices(name).map(|(at, _)| at).collect();
    let [at] = written.as_slice() else {
        narrow.patch = None;
        return narrow;
    };
    let start = label.span.start as usize + at;
    label.span = Span::new(label.span.file, start, start + name.len());
    if let Some(patch) = &mut narrow.patch {
        patch.span = label.span;
    }
    narrow
}
