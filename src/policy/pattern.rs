//! Patterns of facts: a world says of them that nobody knows which of their facts hold.

use super::condition::{Condition, Literal, Term};
use super::events::FactTerm;
use super::ids::{AttributeId, KindId};
use super::lint;
use super::model::Policy;
use super::typing::TypeChecker;
use crate::diag::{Code, Diagnostic};
use crate::syntax;
use crate::text::Sources;

/// A typed pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The fact.
    pub fact: PatternFact,
    /// The condition on its variables. Each variable of it is one of the fact, and each `_` of the fact is one too.
    pub condition: Condition,
}

/// The fact of a pattern.
#[derive(Clone, Debug)]
pub enum PatternFact {
    /// A fact, whose terms are variables and constants.
    Fact(FactTerm),
    /// `term.attribute`, with the attribute of that name for each kind that the term may have: any value of it.
    Attribute(Term, Vec<(KindId, AttributeId)>),
}

/// Types the patterns of a world against a policy that is resolved.
///
/// Patterns may name texts and entities that the policy does not name. Their ids follow those of the policy, and [`PatternTyper::finish`]
/// returns what they stand for.
pub struct PatternTyper<'a>(TypeChecker<'a>, &'a Policy);

impl<'a> PatternTyper<'a> {
    /// `sources` has the policy's files and the world's.
    pub fn new(policy: &'a Policy, sources: &'a Sources) -> PatternTyper<'a> {
        PatternTyper(TypeChecker::of_world(policy, sources), policy)
    }

    /// The same where so many entities are literals already: those of the policy, and those of the patterns of a world.
    pub(crate) fn after(policy: &'a Policy, sources: &'a Sources, literals: usize) -> PatternTyper<'a> {
        PatternTyper(TypeChecker::of_world(policy, sources).after(literals), policy)
    }

    /// Types a pattern; `None` if it has mistakes.
    pub fn pattern(&mut self, pattern: &syntax::ast::expr::Pattern) -> Option<Pattern> {
        let typed = self.0.pattern(pattern)?;
        if let Some(condition) = pattern.condition.as_ref().filter(|_| lint::never_true(self.1, &typed.condition)) {
            let headline = "no fact can fit the pattern: its `where` is never true";
            self.0.report(Diagnostic::new(Code::BadPattern, headline, condition.span, "never true"));
            return None;
        }
        Some(typed)
    }

    /// The texts and entities that the policy does not name, and all mistakes.
    pub fn finish(self) -> (Vec<String>, Vec<Literal>, Vec<Diagnostic>) {
        let known = self.0.policy_texts();
        let (mut texts, literals, diagnostics) = self.0.finish();
        (texts.split_off(known), literals, diagnostics)
    }
}
