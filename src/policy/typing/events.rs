//! Typing of events: their conditions, created entities, and added and removed facts.

use super::types::Type;
use super::variables::Variables;
use super::{Scope, TypeChecker, quantifiers};
use crate::diag::{Code, Diagnostic};
use crate::policy::condition::{AtomKind, Condition, Expr, Hop, Term, TermNode};
use crate::policy::events::{Effect, EffectKind, FactTerm, Lasting, Parameter};
use crate::policy::ids::{AttributeId, KindId};
use crate::policy::kind_set::KindSet;
use crate::policy::value_type::ValueType;
use crate::policy::variable::VarId;
use crate::syntax::ast::expr::{Effect as ParsedEffect, Expr as Written, ExprNode, Op, Term as WrittenTerm};
use crate::syntax::{CreateDecl, EventDecl, Text};
use crate::text::Span;

/// The typed parts of an event.
pub(in crate::policy) struct EventBody {
    /// The condition under which the event may happen.
    pub(in crate::policy) condition: Condition,
    /// For each of the event's `creates`, in their order: the attributes without a mistake.
    pub(in crate::policy) creates: Vec<Vec<(AttributeId, Term)>>,
    /// The facts that it adds.
    pub(in crate::policy) adds: Vec<Effect>,
    /// The facts that it removes.
    pub(in crate::policy) removes: Vec<Effect>,
    /// The values that it sets.
    pub(in crate::policy) sets: Vec<Effect>,
}

/// Whose value it is, the attribute of each kind that this may be, and the value.
type GivenValue = (Term, Vec<(KindId, AttributeId)>, Term);

/// Whether the term gives all values of an attribute with any number of them: a parameter does, and what is read from an attribute.
fn is_set(term: &Term) -> bool {
    match &term.node {
        TermNode::Parameter(_) => true,
        TermNode::Path(_, path) => path.iter().any(|(_, hop)| matches!(hop, Hop::Attribute(_))),
        _ => false,
    }
}

impl TypeChecker<'_> {
    /// Types the parts of an event. `subject` has the kinds of its actor.
    pub(in crate::policy) fn event(&mut self, subject: &KindSet, parameters: &[Parameter], decl: &EventDecl) -> EventBody {
        let place = "an event has parameters; name the one that is meant";
        let scope = Scope { subject: Some(subject), resource: None, parameters, place };
        let condition = self.condition(scope, decl.condition.as_ref(), None, None).condition;
        let creates = decl.creates.iter().map(|create| self.creation(scope, create)).collect();
        let mut effects =
            |kind, effects: &[ParsedEffect]| effects.iter().filter_map(|effect| self.effect(scope, effect, kind)).collect::<Vec<_>>();
        let adds = effects(EffectKind::Adds, &decl.adds);
        let removes = effects(EffectKind::Removes, &decl.removes);
        let sets = effects(EffectKind::Sets, &decl.sets);
        EventBody { condition, creates, adds, removes, sets }
    }

    fn creation(&mut self, scope: Scope<'_>, create: &CreateDecl) -> Vec<(AttributeId, Term)> {
        let Some(kind) = self.policy.kind_named(&create.kind.value) else { return Vec::new() };
        let mut attributes = Vec::new();
        for (name, term) in &create.attributes {
            let variables = Variables::of_term(self, scope, term);
            let typed = self.term(scope, &variables, term);
            let declared = &self.policy.kinds[kind].attributes;
            let Some(&id) = declared.iter().find(|&&id| self.policy.attributes[id].name == name.value) else { continue };
            let Some(typed) = typed else { continue };
            let attribute = &self.policy.attributes[id];
            if typed.many && !attribute.many {
                let misplaced = Diagnostic::new(
                    Code::MisplacedTerm,
                    format!("`{}` holds one value", name.value),
                    typed.term.span,
                    "any number of values",
                );
                self.report(misplaced);
                continue;
            }
            if attribute.many && !is_set(&typed.term) {
                self.no_set(create, name, attribute.member_of, typed.term.span);
                continue;
            }
            if typed.ty.meets(&Type::from(&attribute.value)) {
                attributes.push((id, typed.term));
            } else {
                self.misfit(&name.value, &typed.ty, &attribute.value, typed.term.span);
            }
        }
        attributes
    }

    /// Reports a term that stands for one entity or value where a new entity gets any number of them.
    fn no_set(&mut self, create: &CreateDecl, name: &Text, is_membership: bool, span: Span) {
        let headline = format!("`{}` holds any number of values", name.value);
        let misplaced = Diagnostic::new(Code::MisplacedTerm, headline, span, "neither a parameter nor an attribute");
        let written = self.sources.slice(span).to_owned();
        let kind = &create.kind.value;
        let fact = if is_membership { format!("{kind} in {written}") } else { format!("{kind}.{} == {written}", name.value) };
        self.report(misplaced.help(format!("name a parameter or an attribute; to add one value write `adds = ['{fact}']`")));
    }

    /// Reports a term whose values never fit an attribute.
    pub(super) fn misfit(&mut self, name: &str, ty: &Type, value: &ValueType, span: Span) {
        if let (Type::Of(ValueType::OneOf(given)), ValueType::OneOf(known)) = (ty, value)
            && let [text] = given.as_slice()
        {
            return self.unknown_value(*text, known, span);
        }
        let (given, wanted) = (self.describe(ty), self.describe(&Type::from(value)));
        let is_unknown = ty.may_be(ValueType::is_text) && matches!(value, ValueType::OneOf(_));
        let code = if is_unknown { Code::UnknownValue } else { Code::WrongKind };
        self.report(Diagnostic::new(code, format!("`{name}` is {wanted}, never this"), span, format!("this is {given}")));
    }

    /// Types an effect of this kind.
    fn effect(&mut self, scope: Scope<'_>, effect: &ParsedEffect, kind: EffectKind) -> Option<Effect> {
        let removes = kind == EffectKind::Removes;
        let mut variables = Variables::of_effect(self, scope, effect, removes);
        let condition = match &effect.condition {
            Some(condition) => self.expr(scope, &mut variables, condition),
            None => Expr::True,
        };
        let mut wildcards = Vec::new();
        let fact = match kind {
            EffectKind::Sets => self.set_term(scope, &variables, &effect.fact),
            _ => self.fact_term(scope, &mut variables, &effect.fact, &mut wildcards),
        };
        // An entity of a kind that the fact does not allow is reported when the event happens.
        self.restricted.clear();
        if !removes && !wildcards.is_empty() {
            let bad =
                Diagnostic::new(Code::BadConclusion, "an added fact names nobody in particular", effect.fact.span, "`_` cannot be added");
            self.report(bad.help("name a parameter, or a variable that `where` binds"));
            return None;
        }
        wildcards.iter().for_each(|&variable| variables.conclude(variable));
        let lasts = match &effect.lasts {
            None => None,
            Some(lasts) => {
                let typed = self.single(scope, &variables, &lasts.count)?;
                if !typed.ty.may_be(|value| *value == ValueType::Number) {
                    let what = self.describe(&typed.ty);
                    self.report(Diagnostic::new(Code::MisplacedTerm, "`for` takes a number", lasts.count.span, format!("this is {what}")));
                    return None;
                }
                Some(Lasting { count: typed.term, unit: lasts.unit })
            }
        };
        let fact = fact?;
        let given = variables.concluded();
        let expr = quantifiers::bind(condition, given);
        Some(Effect { span: effect.span, fact, lasts, condition: Condition { expr, variables: variables.into_variables() } })
    }

    fn fact_term(&mut self, scope: Scope<'_>, variables: &mut Variables, fact: &Written, wildcards: &mut Vec<VarId>) -> Option<FactTerm> {
        match &fact.node {
            ExprNode::Relation { was: false, name, terms } => {
                let (relation, terms) = self.relation(scope, variables, name, terms, fact.span, true, wildcards)?;
                Some(FactTerm::Relation(relation, terms))
            }
            ExprNode::Holds { was: false, holder, role, scope: over } => {
                let (holder, role, over) = self.holds(scope, variables, holder, role, over, true, wildcards)?;
                Some(FactTerm::Holds(holder, role, over))
            }
            ExprNode::In { term, set } => match self.membership(scope, variables, term, set, fact.span, wildcards)? {
                AtomKind::Member(member, group) => Some(FactTerm::Member(member, group)),
                _ => self.no_fact(fact),
            },
            ExprNode::Compare { left, op: Op::Eq, right } => {
                let (of, attributes, value) = self.value_term(scope, variables, fact, left, right)?;
                // Membership is one relation, whichever attribute states it.
                if attributes.iter().all(|&(_, attribute)| self.policy.attributes[attribute].member_of) {
                    return Some(FactTerm::Member(of, value));
                }
                Some(FactTerm::Value(of, attributes, value))
            }
            _ => self.no_fact(fact),
        }
    }

    /// Types a value that an event sets.
    fn set_term(&mut self, scope: Scope<'_>, variables: &Variables, fact: &Written) -> Option<FactTerm> {
        let ExprNode::Compare { left, op: Op::Eq, right } = &fact.node else {
            let bad = Diagnostic::new(Code::BadConclusion, "`sets` gives an attribute its value", fact.span, "not a value of an attribute");
            self.report(bad.help("write `term.attribute == value`; what else is to hold or not, `adds` and `removes` name"));
            return None;
        };
        let (of, attributes, value) = self.value_term(scope, variables, fact, left, right)?;
        Some(FactTerm::Value(of, attributes, value))
    }

    /// Types `left == right` as the value of an attribute.
    fn value_term(
        &mut self,
        scope: Scope<'_>,
        variables: &Variables,
        fact: &Written,
        left: &WrittenTerm,
        right: &WrittenTerm,
    ) -> Option<GivenValue> {
        let (left, right) = (self.term(scope, variables, left), self.single(scope, variables, right));
        let (left, right) = (left?, right?);
        let TermNode::Path(of, path) = left.term.node else { return self.no_fact(fact) };
        let mut attributes = Vec::new();
        for (kind, hop) in path.iter() {
            match hop {
                Hop::Attribute(attribute) => attributes.push((kind, attribute)),
                Hop::Above(container) => return self.no_move(fact, container),
                Hop::System => return self.no_fact(fact),
            }
        }
        for &(_, attribute) in &attributes {
            let declared = &self.policy.attributes[attribute];
            if declared.key {
                let headline = format!("`{}` is a key, which no event changes", declared.name);
                let bad = Diagnostic::new(Code::BadConclusion, headline, fact.span, "a key").and(declared.span, "declared here");
                self.report(bad.help("a world gives a key where it declares the entity"));
                return None;
            }
            if !right.ty.meets(&Type::from(&declared.value)) {
                self.misfit(&declared.name.clone(), &right.ty, &declared.value.clone(), right.term.span);
                return None;
            }
        }
        Some((*of, attributes, right.term))
    }

    /// Reports an effect on what a thing lies within.
    fn no_move<T>(&mut self, fact: &Written, container: KindId) -> Option<T> {
        let container = &self.policy.kinds[container].meta.name;
        let headline = format!("`{container}` is what a thing lies within, which no event changes");
        let bad = Diagnostic::new(Code::BadConclusion, headline, fact.span, "cannot be added, removed or set");
        self.report(bad.help("a world says where a thing lies, and since when; an event may `creates` a new one"));
        None
    }

    fn no_fact<T>(&mut self, fact: &Written) -> Option<T> {
        let bad = Diagnostic::new(Code::BadConclusion, "this is not a fact", fact.span, "cannot be added or removed");
        self.report(bad.help("write `relation(term, …)`, `term holds role on term`, `term in group` or `term.attribute == value`"));
        None
    }
}
