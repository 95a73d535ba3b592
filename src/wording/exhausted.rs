//! Why a question was given up.

use super::Words;
use crate::eval::{BUDGET, Exhausted, Limit, MAX_STEPS};
use crate::policy::{Condition, Metadata};
use crate::text::Span;

/// Why a question was given up, and what helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExhaustedText {
    /// The limit, and the condition that reached it.
    pub message: String,
    /// What helps.
    pub help: String,
}

/// The most characters of a condition that are quoted.
const MAX_QUOTED: usize = 100;

impl<'a> Words<'a> {
    /// Says that the question was given up, which limit was reached, and where.
    pub fn exhausted(self, exhausted: Exhausted) -> ExhaustedText {
        let text = self.limit_reached(exhausted);
        ExhaustedText { message: format!("the question was given up: {}", text.message), ..text }
    }

    /// Says that the search for the rows of a list was cut, which limit was reached, and where.
    pub fn cut_search(self, exhausted: Exhausted) -> ExhaustedText {
        let text = self.limit_reached(exhausted);
        ExhaustedText {
            message: format!("the search was cut: there may be more rows, and rows may hold for longer, since {}", text.message),
            ..text
        }
    }

    /// Says which limit was reached, and where.
    pub(super) fn limit_reached(self, exhausted: Exhausted) -> ExhaustedText {
        let limit = match exhausted.limit {
            Limit::Work => format!("it takes more than {BUDGET} units of work"),
            Limit::Steps => format!("its proof has more than {MAX_STEPS} steps"),
        };
        let Some(condition) = exhausted.condition else {
            return ExhaustedText { message: limit, help: "ask about an entity with fewer groups, members or assignments".to_owned() };
        };
        let element = self.element_at(condition).map(|(kind, meta)| format!("{kind} {}, ", meta.name)).unwrap_or_default();
        let text = self.source(condition);
        let quoted = match text.char_indices().nth(MAX_QUOTED) {
            Some((end, _)) => format!("{} …", text[..end].trim_end()),
            None => text,
        };
        let (place, column) = (self.world.sources.place(condition), self.world.sources.column(condition));
        ExhaustedText {
            message: format!("{limit}, in {element}`{quoted}` at {place}:{column}"),
            help:
                "let the condition bind its variables to few entities: by a `member-of` attribute, by `within`, or by an implication that \
                   derives a part of it"
                    .to_owned(),
        }
    }

    /// The element whose condition has this span, with the word for its kind.
    fn element_at(self, span: Span) -> Option<(&'static str, &'a Metadata)> {
        let policy = self.policy;
        let has = |condition: &Condition| {
            condition.expr.span().is_some_and(|own| own.file == span.file && own.start <= span.start && span.end <= own.end)
        };
        let rules = policy.rules.values().map(|rule| ("rule", &rule.meta, &rule.condition));
        let implications = policy.implications.values().map(|implication| ("implication", &implication.meta, &implication.condition));
        let obligations = policy.obligations.values().map(|notice| ("obligation", &notice.meta, &notice.condition));
        let advice = policy.advice.values().map(|notice| ("advice", &notice.meta, &notice.condition));
        let invariants = policy.invariants.values().map(|invariant| ("invariant", &invariant.meta, &invariant.never));
        let events = policy.events.values().flat_map(|event| {
            let effects = event.effects().map(|(_, effect)| &effect.condition);
            std::iter::once(&event.condition).chain(effects).map(move |condition| ("event", &event.meta, condition))
        });
        let mut all = rules.chain(implications).chain(obligations).chain(advice).chain(invariants).chain(events);
        all.find(|(_, _, condition)| has(condition)).map(|(kind, meta, _)| (kind, meta))
    }
}
