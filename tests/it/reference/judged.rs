//! What a part of a condition comes to, with the implications that it used.

use super::truth::Truth;
use std::collections::BTreeSet;

/// A truth value, and the names of the implications used on the way to it.
///
/// An implication is used if it is true in a binding and a branch in which all that stands around it is true too, outside `not`. For
/// answers that are unknown "true" reads "not false". So both are kept, and a part that is itself not so has used nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub truth: Truth,
    /// Used where only true counts.
    pub if_true: BTreeSet<String>,
    /// Used where all counts that is not false.
    pub if_open: BTreeSet<String>,
}

impl Judged {
    /// A test that used no implication.
    pub fn plain(truth: Truth) -> Judged {
        Judged { truth, if_true: BTreeSet::new(), if_open: BTreeSet::new() }
    }

    /// All of them. One that is false has used nothing, nor has what stands beside it.
    pub fn all(parts: impl IntoIterator<Item = Judged>) -> Judged {
        let parts: Vec<Judged> = parts.into_iter().collect();
        let truth = parts.iter().map(|part| part.truth).min().unwrap_or(Truth::True);
        Judged {
            truth,
            if_true: if truth == Truth::True { joined(&parts, |part| &part.if_true) } else { BTreeSet::new() },
            if_open: if truth == Truth::False { BTreeSet::new() } else { joined(&parts, |part| &part.if_open) },
        }
    }

    /// One of them: each branch that is so counts.
    pub fn any(parts: impl IntoIterator<Item = Judged>) -> Judged {
        let parts: Vec<Judged> = parts.into_iter().collect();
        let truth = parts.iter().map(|part| part.truth).max().unwrap_or(Truth::False);
        Judged { truth, if_true: joined(&parts, |part| &part.if_true), if_open: joined(&parts, |part| &part.if_open) }
    }

    /// What implication `name` gives, its condition being this.
    pub fn by(mut self, name: &str) -> Judged {
        if self.truth == Truth::True {
            self.if_true.insert(name.to_owned());
        }
        if self.truth != Truth::False {
            self.if_open.insert(name.to_owned());
        }
        self
    }
}

fn joined(parts: &[Judged], of: impl Fn(&Judged) -> &BTreeSet<String>) -> BTreeSet<String> {
    parts.iter().flat_map(|part| of(part).iter().cloned()).collect()
}
