//! The variables of a condition, each with its kinds; and the mistakes that are made with them.

use super::bindings::{Binding, BindingMap, KindConflict};
use super::kind_inference::{OccurrenceMap, OccurrenceScan, Occurrences, Parts, read_condition};
use super::{Scope, TypeChecker};
use crate::diag::{Code, Diagnostic};
use crate::policy::kind_set::KindSet;
use crate::policy::variable::{MAX_VARIABLES, VarId, VarSet, Variable};
use crate::syntax::ast::expr::{Effect, Expr, Term};
use crate::text::Span;
use std::collections::BTreeMap;

/// The variables of one condition.
pub(super) struct Variables {
    all: Vec<Variable>,
    named: BTreeMap<String, VarId>,
    /// The kinds of variables in the part that is being typed: in a branch of an `or`, those of the branch.
    kinds: BTreeMap<String, KindSet>,
    /// Variables of the conclusion or the effect's fact, which are bound from outside.
    concluded: VarSet,
    /// The number of `not` and `unless` around the part, in which nothing is bound.
    negated: usize,
    /// Names about which a mistake was reported; terms of them fit everywhere.
    broken: Vec<String>,
    full: bool,
}

impl Variables {
    /// Finds the variables of a condition, and reports what is wrong with them. `text` is what an obligation or advice says.
    pub(super) fn find(
        checker: &mut TypeChecker<'_>,
        scope: Scope<'_>,
        condition: Option<&Expr>,
        unless: Option<&Expr>,
        then: Option<&Expr>,
        text: Option<&str>,
    ) -> Variables {
        let parts = Parts { condition, unless, then, ..Parts::default() };
        let (mut names, bindings) = read_condition(checker, scope, parts);
        for name in text.into_iter().flat_map(in_braces) {
            names.entry(name.to_owned()).and_modify(|found| found.places += 1);
        }
        Variables::settle(checker, scope, names, bindings, false)
    }

    /// Finds the variables of an effect. Those of a fact that is removed range over what holds; those of one added must be bound.
    pub(super) fn of_effect(checker: &mut TypeChecker<'_>, scope: Scope<'_>, effect: &Effect, removes: bool) -> Variables {
        let (condition, days) = (effect.condition.as_ref(), effect.days.as_ref());
        let parts = Parts { condition, unless: None, then: Some(&effect.fact), days, binds_by_fact: removes };
        let (names, bindings) = read_condition(checker, scope, parts);
        Variables::settle(checker, scope, names, bindings, removes)
    }

    /// The variables of a lone term: none may stand in it.
    pub(super) fn of_term(checker: &mut TypeChecker<'_>, scope: Scope<'_>, term: &Term) -> Variables {
        let mut names = OccurrenceMap::new();
        let walk = OccurrenceScan { checker, scope, known: BTreeMap::new() };
        walk.term(&mut names, term);
        for (name, found) in &names {
            let span = found.first.expect("a name was found somewhere");
            let known: Vec<&str> = scope.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
            let diagnostic =
                Diagnostic::new(Code::UnknownParameter, format!("the event has no parameter `{name}`"), span, "not a parameter");
            checker.report(diagnostic.nearest(name, span, known));
        }
        Variables::settle(checker, scope, OccurrenceMap::new(), BindingMap::new(), false)
    }

    fn settle(
        checker: &mut TypeChecker<'_>,
        scope: Scope<'_>,
        names: OccurrenceMap,
        mut bindings: BindingMap,
        binds_by_fact: bool,
    ) -> Variables {
        let mut variables = Variables {
            all: Vec::new(),
            named: BTreeMap::new(),
            kinds: BTreeMap::new(),
            concluded: VarSet::EMPTY,
            negated: 0,
            broken: Vec::new(),
            full: false,
        };
        let known: Vec<String> = names.iter().filter(|(_, found)| found.places > 1).map(|(name, _)| name.clone()).collect();
        let mut found: Vec<(String, Occurrences)> = names.into_iter().collect();
        found.sort_by_key(|(_, found)| found.first);
        for (name, found) in found {
            let span = found.first.expect("a name was found somewhere");
            if found.as_role && !found.elsewhere && name != "role" {
                // It occurs only after `holds`, so it is the name of an unknown role, which the typing of the atom reports.
                continue;
            }
            let binding = bindings.remove(&name).unwrap_or_default();
            let kinds = Variables::kinds_of(checker, scope, &name, &found, binding, binds_by_fact).and_then(|kinds| {
                let is_lone = found.places == 1 && !checker.kinds.contains_key(name.as_str());
                if is_lone { Err(lone(checker, scope, &name, &found, &known)) } else { Ok(kinds) }
            });
            match kinds {
                Ok(kinds) => {
                    if let Some(variable) = variables.push(checker, &name, kinds.clone(), span) {
                        variables.kinds.insert(name.clone(), kinds);
                        variables.named.insert(name, variable);
                        if found.in_conclusion {
                            variables.concluded.insert(variable);
                        }
                    }
                }
                Err(diagnostic) => {
                    checker.report(diagnostic);
                    variables.broken.push(name);
                }
            }
        }
        variables
    }

    fn kinds_of(
        checker: &TypeChecker<'_>,
        scope: Scope<'_>,
        name: &str,
        found: &Occurrences,
        binding: Binding,
        binds_by_fact: bool,
    ) -> Result<KindSet, Diagnostic> {
        let span = found.first.expect("a name was found somewhere");
        let own_kind = checker.kinds.get(name).copied();
        let bound = binding.bound.is_some() || (own_kind.is_some() && found.positive) || (binds_by_fact && found.in_conclusion);
        let bound = bound || (own_kind.is_some() && found.in_conclusion && !found.in_condition);
        if !bound {
            return Err(unbound(checker, scope, name, found, span));
        }
        // What is concluded is given from outside, if the condition binds it at all.
        let concluded = found.concluded_at.filter(|_| !binding.always && own_kind.is_none() && !binds_by_fact);
        let loose = if found.in_conclusion { concluded } else { binding.loose };
        if let Some(loose) = loose {
            let headline = format!("only a branch of an `or` binds the variable `{name}`");
            let diagnostic = Diagnostic::new(Code::UnboundVariable, headline, loose, "not bound here");
            return Err(diagnostic.help(format!("bind `{name}` in every branch in which it stands, or outside the `or`")));
        }
        if let Some(kind) = own_kind {
            return Ok(KindSet::one(kind));
        }
        let kinds = binding.bound.transpose().map_err(|KindConflict { before, first, here, place }| {
            let (before, here) = (checker.kind_names(&before), checker.kind_names(&here));
            let headline = format!("`{name}` stands for {before} in one place and for {here} in another");
            Diagnostic::new(Code::WrongKind, headline, place, format!("{here} here"))
                .and(first, format!("{before} here"))
                .help("use two variables")
        })?;
        Ok(kinds.map_or_else(|| checker.all_kinds.clone(), |(kinds, _)| kinds))
    }

    /// Takes the kinds that a branch of an `or` leaves to the variables that it binds; gives those that they had.
    pub(super) fn narrow(&mut self, checker: &TypeChecker<'_>, scope: Scope<'_>, branch: &Expr) -> BTreeMap<String, KindSet> {
        let before = self.kinds.clone();
        if self.negated > 0 {
            return before;
        }
        for _ in 0..=MAX_VARIABLES {
            let walk = OccurrenceScan { checker, scope, known: self.kinds.clone() };
            for (name, binding) in walk.bindings(branch, false) {
                if checker.kinds.contains_key(name.as_str()) {
                    continue;
                }
                if let (Some(Ok((kinds, _))), Some(known)) = (binding.bound, self.kinds.get_mut(&name)) {
                    let common = known.intersection(&kinds);
                    // Where nothing is left, the typing of the atom reports it.
                    if !common.is_empty() {
                        *known = common;
                    }
                }
            }
            if self.kinds == walk.known {
                break;
            }
        }
        before
    }

    /// Reads on inside `not` or `unless`, or behind it.
    pub(super) fn negate(&mut self, inside: bool) {
        self.negated = if inside { self.negated + 1 } else { self.negated - 1 };
    }

    /// Takes back what [`Variables::narrow`] did.
    pub(super) fn widen(&mut self, before: BTreeMap<String, KindSet>) {
        self.kinds = before;
    }

    fn push(&mut self, checker: &mut TypeChecker<'_>, name: &str, kinds: KindSet, span: Span) -> Option<VarId> {
        if self.all.len() == MAX_VARIABLES {
            if !self.full {
                self.full = true;
                let headline = format!("the condition has more than {MAX_VARIABLES} variables");
                checker.report(
                    Diagnostic::new(Code::TooManyVariables, headline, span, format!("`{name}` is one too many"))
                        .help("give a part of the condition a name by an implication"),
                );
            }
            return None;
        }
        let variable = VarId(u8::try_from(self.all.len()).expect("at most 16"));
        self.all.push(Variable { name: name.to_owned(), kinds, span });
        Some(variable)
    }

    /// A fresh slot for a wildcard; none where the condition is full.
    pub(super) fn wildcard(&mut self, checker: &mut TypeChecker<'_>, kinds: KindSet, span: Span) -> Option<VarId> {
        self.push(checker, "_", kinds, span)
    }

    /// Marks a slot as given from outside.
    pub(super) fn conclude(&mut self, variable: VarId) {
        self.concluded.insert(variable);
    }

    /// The slot of a variable, and the kinds that it has here.
    pub(super) fn variable(&self, name: &str) -> Option<(VarId, &KindSet)> {
        Some((*self.named.get(name)?, self.kinds.get(name)?))
    }

    /// The kinds over which a slot ranges: in a branch of an `or`, those of the other branches too.
    pub(super) fn range(&self, variable: VarId) -> &KindSet {
        &self.all[usize::from(variable.0)].kinds
    }

    /// Whether the name was found to be no role's variable, so that a role's name was meant.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.named.contains_key(name) || self.broken.iter().any(|broken| broken == name)
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The slots given from outside, as bits.
    pub(super) fn concluded(&self) -> VarSet {
        self.concluded
    }

    pub(super) fn into_variables(self) -> Vec<Variable> {
        self.all
    }
}

/// The names in braces in a text.
fn in_braces(text: &str) -> impl Iterator<Item = &str> {
    let inner = text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(inner, _)| inner));
    inner.map(|inner| inner.split('.').next().unwrap_or_default().trim())
}

/// That a variable stands only once, so that it is tied to nothing.
fn lone(checker: &TypeChecker<'_>, scope: Scope<'_>, name: &str, found: &Occurrences, others: &[String]) -> Diagnostic {
    let span = found.first.expect("a name was found somewhere");
    let diagnostic = Diagnostic::new(Code::LoneVariable, format!("the variable `{name}` stands only once"), span, "tied to nothing else");
    let words = [("subject", scope.subject), ("resource", scope.resource)].into_iter().filter(|(_, kinds)| kinds.is_some());
    let known = words.map(|(word, _)| word).chain(scope.parameters.iter().map(|parameter| parameter.name.as_str()));
    let known = known.chain(others.iter().map(String::as_str)).chain(checker.kinds.keys().copied());
    // Of a letter or two every other is near.
    let near = crate::diag::did_you_mean(name, known).filter(|_| name.len() > 2);
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).patch(span, near),
        None if found.listed => diagnostic.help("leave the test out, or let the variable stand elsewhere too"),
        None => diagnostic.help("for \"someone, something\" write `_`").patch(span, "_"),
    }
}

fn unbound(checker: &TypeChecker<'_>, scope: Scope<'_>, name: &str, found: &Occurrences, span: Span) -> Diagnostic {
    let own_kind = checker.kinds.get(name).copied();
    let words = [("subject", scope.subject), ("resource", scope.resource)].into_iter().filter(|(_, kinds)| kinds.is_some());
    let known = words.map(|(word, _)| word).chain(scope.parameters.iter().map(|parameter| parameter.name.as_str()));
    let near = crate::diag::did_you_mean(name, known.chain(checker.kinds.keys().copied()));
    if !found.positive && (found.in_condition || own_kind.is_some()) {
        let headline = format!("`{name}` stands only inside `not`, `!=` or `unless`, where nothing binds it");
        let unbound = Diagnostic::new(Code::NegatedVariable, headline, span, "not bound");
        let bind = format!("bind `{name}` outside (a relation, `holds` or `in` does), or write `_` for \"someone, something\"");
        return match (own_kind, near) {
            (None, Some(near)) => unbound.help(format!("did you mean `{near}`?")).patch(span, near),
            (Some(kind), _) if scope.resource.is_some_and(|kinds| kinds.contains(kind)) => {
                unbound.help(format!("what it is asked of is `resource`; if another was meant, {bind}"))
            }
            (Some(kind), _) if scope.resource.is_some() && scope.subject.is_some_and(|kinds| kinds.contains(kind)) => {
                unbound.help(format!("who asks is `subject`; if another was meant, {bind}"))
            }
            _ => unbound.help(bind),
        };
    }
    let unbound = Diagnostic::new(Code::UnboundVariable, format!("nothing binds the variable `{name}`"), span, "not bound");
    if found.meant_text {
        return unbound.help(format!("a text stands in quotes: `\"{name}\"`")).patch(span, format!("\"{name}\""));
    }
    match near {
        Some(near) => unbound.help(format!("did you mean `{near}`?")).patch(span, near),
        None => {
            unbound.help(format!("give `{name}` a place in a relation, in `holds` or in `in`; or, if a text was meant, write `\"{name}\"`"))
        }
    }
}
