//! The mistake that two ends of a relation are swapped, both in conditions and in facts.

use crate::diag::{Code, Diagnostic};
use crate::text::{Sources, Span};

/// The mistake that two ends are swapped, if exactly two terms do not fit their ends and each fits the end of the other. `terms` has the
/// span of each term, and `fits(term, end)` is whether a term fits an end.
pub(crate) fn swapped_ends(sources: &Sources, relation: &str, terms: &[Span], fits: impl Fn(usize, usize) -> bool) -> Option<Diagnostic> {
    let wrong: Vec<usize> = (0..terms.len()).filter(|&at| !fits(at, at)).collect();
    let &[first, second] = wrong.as_slice() else { return None };
    if !fits(first, second) || !fits(second, first) {
        return None;
    }
    let (one, two) = (terms[first], terms[second]);
    let between = Span { start: one.end, end: two.start, ..one };
    let text = |span: Span| sources.slice(span);
    let swapped = format!("{}{}{}", text(two), text(between), text(one));
    let headline = format!("the ends of `{relation}` are in the wrong order");
    let diagnostic = Diagnostic::new(Code::WrongKind, headline, one.to(two), "swapped").help("write them the other way round");
    Some(if between.start < between.end { diagnostic.patch(one.to(two), swapped) } else { diagnostic })
}
