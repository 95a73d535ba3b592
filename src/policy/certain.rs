//! The part of a policy with mistakes that is certain.

use super::model::Policy;
use super::rules::Conclusion;

impl Policy {
    /// The policy with the implications alone of which a mistake can have changed nothing that circles of implications depend on.
    pub(crate) fn with_certain_implications(&self) -> Policy {
        let written = self.implications.values().zip(&self.usage.implications);
        let certain = written.filter(|(implication, spans)| {
            let guessed = self.usage.doubts_kinds && matches!(implication.then, Conclusion::Holds { .. });
            !guessed && !spans.iter().any(|&span| self.usage.mistaken(span))
        });
        let implications = certain.map(|(implication, _)| implication.clone()).collect();
        Policy { implications, ..self.clone() }
    }
}
