//! The result of evaluating a part of a condition: its truth value, and the implications that it used.

use super::truth::Truth;
use std::collections::BTreeSet;

/// A truth value, and the names of the implications that were used for it.
///
/// An implication outside `not` is used if it and every part around it are true, for some binding and some branch. For unknown answers
/// "true" means "not false". Both sets are kept, and each is empty for a part that does not have such a truth value itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub truth: Truth,
    /// The implications used if only true parts count.
    pub if_true: BTreeSet<String>,
    /// The implications used if all parts count that are not false.
    pub if_not_false: BTreeSet<String>,
    /// The variables whose values, which are unnamed entities, some part anchors; see `open`. The result of a relation or a role names its
    /// ends `#0` to `#2` instead.
    pub anchored: BTreeSet<String>,
}

impl Judgement {
    /// A truth value that used no implication.
    pub fn plain(truth: Truth) -> Judgement {
        Judgement { truth, if_true: BTreeSet::new(), if_not_false: BTreeSet::new(), anchored: BTreeSet::new() }
    }

    /// The same with these variables anchored, unless it is false.
    pub fn anchoring(mut self, anchored: BTreeSet<String>) -> Judgement {
        if self.truth != Truth::False {
            self.anchored.extend(anchored);
        }
        self
    }

    /// The conjunction. If it is false, no implication was used.
    pub fn all(parts: impl IntoIterator<Item = Judgement>) -> Judgement {
        let mut known = Vec::new();
        for part in parts {
            if part.truth == Truth::False {
                return Judgement::plain(Truth::False);
            }
            known.push(part);
        }
        let parts = known;
        let truth = parts.iter().map(|part| part.truth).min().unwrap_or(Truth::True);
        Judgement {
            truth,
            if_true: if truth == Truth::True { joined(&parts, |part| &part.if_true) } else { BTreeSet::new() },
            if_not_false: joined(&parts, |part| &part.if_not_false),
            anchored: joined(&parts, |part| &part.anchored),
        }
    }

    /// The disjunction. The implications of every branch count.
    pub fn any(parts: impl IntoIterator<Item = Judgement>) -> Judgement {
        let parts: Vec<Judgement> = parts.into_iter().collect();
        let truth = parts.iter().map(|part| part.truth).max().unwrap_or(Truth::False);
        Judgement {
            truth,
            if_true: joined(&parts, |part| &part.if_true),
            if_not_false: joined(&parts, |part| &part.if_not_false),
            anchored: joined(&parts, |part| &part.anchored),
        }
    }

    /// The result of implication `name`, whose condition has this result.
    pub fn by(mut self, name: &str) -> Judgement {
        if self.truth == Truth::True {
            self.if_true.insert(name.to_owned());
        }
        if self.truth != Truth::False {
            self.if_not_false.insert(name.to_owned());
        }
        self
    }
}

fn joined(parts: &[Judgement], of: impl Fn(&Judgement) -> &BTreeSet<String>) -> BTreeSet<String> {
    parts.iter().flat_map(|part| of(part).iter().cloned()).collect()
}
