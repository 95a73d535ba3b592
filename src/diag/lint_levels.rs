//! The severities that a pack sets for its lints.

use super::{Code, Diagnostic, Severity};
use std::collections::BTreeMap;

/// The severity that `[lints]` of a pack sets for each code: an error, a warning, or `None`, by which it is not reported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LintLevels(BTreeMap<Code, Option<Severity>>);

impl LintLevels {
    /// The names of severities, in order.
    pub const NAMES: [&'static str; 3] = ["off", "warn", "error"];

    /// Sets the severity of a code by its name: `off`, `warn` or `error`. Returns whether there is such a severity.
    pub fn set(&mut self, code: Code, level: &str) -> bool {
        let severity = match level {
            "off" => None,
            "warn" => Some(Severity::Warning),
            "error" => Some(Severity::Error),
            _ => return false,
        };
        self.0.insert(code, severity);
        true
    }

    /// Gives diagnostics the severities that are set, and removes those that are off.
    pub fn apply(&self, diagnostics: &mut Vec<Diagnostic>) {
        if self.0.is_empty() {
            return;
        }
        diagnostics.retain_mut(|diagnostic| match self.0.get(&diagnostic.code) {
            None => true,
            Some(None) => false,
            Some(&Some(severity)) => {
                diagnostic.severity = severity;
                true
            }
        });
    }
}
