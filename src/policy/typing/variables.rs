//! The variables of a condition, each with its kinds, and the mistakes about them.

use super::bindings::{Binding, BindingMap, KindConflict};
use super::kind_inference::{OccurrenceMap, OccurrenceScan, Occurrences, Parts, read_condition};
use super::{Scope, TypeChecker};
use crate::diag::{Code, Diagnostic};
use crate::policy::condition::{Term as Typed, TermNode};
use crate::policy::kind_set::KindSet;
use crate::policy::variable::{MAX_VARIABLES, VarId, VarSet, Variable};
use crate::syntax::ast::expr::{Effect, Expr, Term};
use crate::syntax::{Placeholder, Text, placeholders};
use crate::text::Span;
use std::collections::BTreeMap;

/// The variables of one condition.
pub(super) struct Variables {
    all: Vec<Variable>,
    named: BTreeMap<String, VarId>,
    /// The kinds of variables in the part that is being typed. A branch of an `or` may leave a variable fewer kinds.
    kinds: BTreeMap<String, KindSet>,
    /// The variables of the conclusion, of the effect's fact or of the text. They are bound from outside.
    concluded: VarSet,
    /// The number of `not` and `unless` around the part that is being typed. No variable is bound inside one.
    negated: usize,
    /// Names about which a mistake was reported. Their terms cause no further mistakes.
    broken: Vec<String>,
    /// Whether it was reported that there are too many variables.
    full: bool,
    /// The variables that no author writes: by their slot, which [`Variables::unwritten`] describes.
    unwritten: [Option<VarId>; 4],
}

impl Variables {
    /// Finds the variables of a condition, and reports what is wrong with them. `text` is that of an obligation or advice.
    pub(super) fn find(
        checker: &mut TypeChecker<'_>,
        scope: Scope<'_>,
        condition: Option<&Expr>,
        unless: Option<&Expr>,
        then: Option<&Expr>,
        text: Option<&Text>,
    ) -> Variables {
        let parts = Parts { condition, unless, then, ..Parts::default() };
        let (mut names, bindings) = read_condition(checker, scope, parts);
        if let Some(text) = text {
            mentioned_in(text, &mut names);
        }
        Variables::checked(checker, scope, names, bindings, false)
    }

    /// Finds the variables of an effect. The variables of a removed fact range over the facts that hold; `where` must bind those of an
    /// added fact.
    pub(super) fn of_effect(checker: &mut TypeChecker<'_>, scope: Scope<'_>, effect: &Effect, removes: bool) -> Variables {
        let (condition, lasting) = (effect.condition.as_ref(), effect.lasts.as_ref().map(|lasts| &lasts.count));
        let parts = Parts { condition, unless: None, then: Some(&effect.fact), lasting, binds_by_fact: removes };
        let (names, bindings) = read_condition(checker, scope, parts);
        Variables::checked(checker, scope, names, bindings, removes)
    }

    /// The variables of a term outside conditions. It may have none; each is reported as an unknown parameter.
    pub(super) fn of_term(checker: &mut TypeChecker<'_>, scope: Scope<'_>, term: &Term) -> Variables {
        let mut names = OccurrenceMap::new();
        let scan = OccurrenceScan { checker, scope, known: BTreeMap::new() };
        scan.term(&mut names, term);
        for (name, found) in &names {
            let span = found.first.expect("a name was found somewhere");
            let known: Vec<&str> = scope.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
            let diagnostic =
                Diagnostic::new(Code::UnknownParameter, format!("the event has no parameter `{name}`"), span, "not a parameter");
            checker.report(diagnostic.nearest(name, span, known));
        }
        Variables::checked(checker, scope, OccurrenceMap::new(), BindingMap::new(), false)
    }

    /// Checks the variables that were found, and numbers those without a mistake in the order of their first places.
    fn checked(
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
            unwritten: [None; 4],
        };
        let known: Vec<String> = names.iter().filter(|(_, found)| found.places > 1).map(|(name, _)| name.clone()).collect();
        let mut found: Vec<(String, Occurrences)> = names.into_iter().collect();
        found.sort_by_key(|(_, found)| found.first);
        for (name, found) in found {
            let span = found.first.expect("a name was found somewhere");
            if found.as_role && !found.elsewhere && name != "role" {
                // It occurs only after `holds`, so it is the name of an unknown role. The typing of the atom reports it.
                continue;
            }
            let binding = bindings.remove(&name).unwrap_or_default();
            let kinds = Variables::kinds_of(checker, scope, &name, &found, binding, binds_by_fact).and_then(|kinds| {
                let is_lone = found.places == 1 && checker.policy.kind_named(&name).is_none();
                if is_lone { Err(lone(checker, scope, &name, &found, &known)) } else { Ok(kinds) }
            });
            match kinds {
                Ok(kinds) => {
                    if let Some(variable) = variables.push(checker, &name, kinds.clone(), span) {
                        variables.kinds.insert(name.clone(), kinds);
                        variables.named.insert(name, variable);
                        if found.in_conclusion || found.in_text.is_some() {
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

    /// The kinds of a variable, or the mistake about it.
    fn kinds_of(
        checker: &TypeChecker<'_>,
        scope: Scope<'_>,
        name: &str,
        found: &Occurrences,
        binding: Binding,
        binds_by_fact: bool,
    ) -> Result<KindSet, Diagnostic> {
        let span = found.first.expect("a name was found somewhere");
        let own_kind = checker.policy.kind_named(name);
        let bound = binding.bound.is_some() || (own_kind.is_some() && found.positive) || (binds_by_fact && found.in_conclusion);
        let bound = bound || (own_kind.is_some() && found.in_conclusion && !found.in_condition);
        if !bound {
            return Err(unbound(checker, scope, name, found, span));
        }
        // A variable of the conclusion is given from outside, so the condition need not bind it in every branch.
        let concluded = found.concluded_at.filter(|_| !binding.always && own_kind.is_none() && !binds_by_fact);
        let loose = if found.in_conclusion { concluded } else { binding.loose.or(found.in_text.filter(|_| !binding.always)) };
        if let Some(loose) = loose {
            let headline = format!("only a branch of an `or` binds the variable `{name}`");
            let diagnostic = Diagnostic::new(Code::UnboundVariable, headline, loose, "not bound here");
            return Err(diagnostic.help(format!("bind `{name}` in every branch in which it stands, or outside the `or`")));
        }
        if let Some(kind) = own_kind {
            return Ok(KindSet::one(kind));
        }
        let kinds = binding.bound.transpose().map_err(|KindConflict { before, first, here, place }| {
            let (before, here) = (checker.list_kinds(&before), checker.list_kinds(&here));
            let headline = format!("`{name}` stands for {before} in one place and for {here} in another");
            Diagnostic::new(Code::WrongKind, headline, place, format!("{here} here"))
                .and(first, format!("{before} here"))
                .help("use two variables")
        })?;
        Ok(kinds.map_or_else(|| checker.all_kinds.clone(), |(kinds, _)| kinds))
    }

    /// Narrows variables to the kinds that a branch of an `or` leaves to them. Returns the kinds before, for [`Variables::widen`].
    pub(super) fn narrow(&mut self, checker: &TypeChecker<'_>, scope: Scope<'_>, branch: &Expr) -> BTreeMap<String, KindSet> {
        let before = self.kinds.clone();
        if self.negated > 0 {
            return before;
        }
        for _ in 0..=MAX_VARIABLES {
            let scan = OccurrenceScan { checker, scope, known: self.kinds.clone() };
            for (name, binding) in scan.bindings(branch, false) {
                // A branch that is true without binding the variable leaves it all its kinds.
                if !binding.always || checker.policy.kind_named(&name).is_some() {
                    continue;
                }
                if let (Some(Ok((kinds, _))), Some(known)) = (binding.bound, self.kinds.get_mut(&name)) {
                    let common = known.intersection(&kinds);
                    // If no kind is left, the typing of the atom reports it.
                    if !common.is_empty() {
                        *known = common;
                    }
                }
            }
            if self.kinds == scan.known {
                break;
            }
        }
        before
    }

    /// Enters a `not` or `unless` (`inside`), or leaves it.
    pub(super) fn negate(&mut self, inside: bool) {
        self.negated = if inside { self.negated + 1 } else { self.negated - 1 };
    }

    /// Undoes [`Variables::narrow`].
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
                        .help("give a part of the condition a name through an implication"),
                );
            }
            return None;
        }
        let variable = VarId(u8::try_from(self.all.len()).expect("at most 16"));
        self.all.push(Variable { name: name.to_owned(), unwritten: false, kinds, past: false, span });
        Some(variable)
    }

    /// A new variable for a wildcard; `None` if the condition has too many variables.
    pub(super) fn wildcard(&mut self, checker: &mut TypeChecker<'_>, kinds: KindSet, span: Span) -> Option<VarId> {
        self.push(checker, "_", kinds, span)
    }

    /// A variable that no author writes: the group at an end of a relation (slots 0 to 2), or the entity within whose group an end lies
    /// (slot 3). All atoms share them, since each binds them for itself. `None` if the condition has too many variables.
    pub(super) fn unwritten(&mut self, checker: &mut TypeChecker<'_>, slot: usize, kinds: KindSet, span: Span) -> Option<VarId> {
        if self.unwritten[slot].is_none() {
            let variable = self.push(checker, "_", kinds, span)?;
            self.all[variable.index()].unwritten = true;
            self.unwritten[slot] = Some(variable);
        }
        self.unwritten[slot]
    }

    /// Lets the terms that are variables range over what has ended too. A name must be at a place that binds it. What is given from outside
    /// lives: nothing is concluded or stated of what has ended.
    pub(super) fn reach_back<'t>(&mut self, terms: impl IntoIterator<Item = &'t Typed>) {
        for term in terms {
            if let TermNode::Variable(variable) = term.node
                && (self.is_wildcard(variable) || self.negated == 0 && !self.concluded.contains(variable))
            {
                self.all[variable.index()].past = true;
            }
        }
    }

    /// Marks a variable as given from outside.
    pub(super) fn conclude(&mut self, variable: VarId) {
        self.concluded.insert(variable);
    }

    /// The variable of that name, with its kinds in the part that is being typed.
    pub(super) fn variable(&self, name: &str) -> Option<(VarId, &KindSet)> {
        Some((*self.named.get(name)?, self.kinds.get(name)?))
    }

    /// The kinds over which a variable ranges in the whole condition; in a branch of an `or` it may have fewer.
    pub(super) fn range(&self, variable: VarId) -> &KindSet {
        &self.all[usize::from(variable.0)].kinds
    }

    /// Whether a variable is a wildcard, or one that no author writes.
    pub(super) fn is_wildcard(&self, variable: VarId) -> bool {
        self.all[usize::from(variable.0)].name == "_"
    }

    /// The names of the variables without a mistake that an author writes, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.named.keys().map(String::as_str)
    }

    /// Whether the condition has a variable of that name, with or without a mistake.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.named.contains_key(name) || self.broken.iter().any(|broken| broken == name)
    }

    /// The variables that are given from outside.
    pub(super) fn concluded(&self) -> VarSet {
        self.concluded
    }

    pub(super) fn into_variables(self) -> Vec<Variable> {
        self.all
    }
}

/// Notes which variables the text of an obligation or advice has in braces.
fn mentioned_in(text: &Text, names: &mut OccurrenceMap) {
    for placeholder in placeholders(&text.value) {
        match variable_in(&placeholder) {
            Some("subject" | "resource") => {}
            name => match name.and_then(|name| names.get_mut(name)) {
                Some(found) => {
                    found.places += 1;
                    found.in_text = Some(text.span);
                }
                // It may be a misspelt variable of the condition, which then occurs twice.
                None => names.values_mut().for_each(|found| found.places += 1),
            },
        }
    }
}

/// The variable that a placeholder names, if it is one; also where more than the name of the variable is in the braces.
pub(super) fn variable_in<'t>(placeholder: &Placeholder<'t>) -> Option<&'t str> {
    placeholder.name()?.split('.').next().map(str::trim)
}

/// The mistake that a variable occurs only once, so nothing else depends on its value.
fn lone(checker: &TypeChecker<'_>, scope: Scope<'_>, name: &str, found: &Occurrences, others: &[String]) -> Diagnostic {
    let span = found.first.expect("a name was found somewhere");
    let diagnostic = Diagnostic::new(Code::LoneVariable, format!("the variable `{name}` occurs only once"), span, "tied to nothing else");
    let words = [("subject", scope.subject), ("resource", scope.resource)].into_iter().filter(|(_, kinds)| kinds.is_some());
    let known = words.map(|(word, _)| word).chain(scope.parameters.iter().map(|parameter| parameter.name.as_str()));
    let known = known.chain(others.iter().map(String::as_str)).chain(checker.kind_names());
    // Every other name of one or two letters would count as near.
    let near = crate::diag::nearest(name, known).filter(|_| name.len() > 2);
    match near {
        _ if found.meant_text => diagnostic.help(format!("strings need quotes: `\"{name}\"`")).patch(span, format!("\"{name}\"")),
        Some(near) => diagnostic.meant(&near, span, str::to_owned),
        None if found.listed => diagnostic.help("leave the test out, or let the variable stand elsewhere too"),
        None => diagnostic.help("for \"someone, something\" write `_`").patch(span, "_"),
    }
}

/// What is written instead of a word of another language that this one does not have.
fn foreign(name: &str) -> Option<&'static str> {
    match name {
        "now" | "today" => Some(
            "a condition does not ask for the time: everything is as of `--at`. Give facts and rules `since` and `until`, or an event's \
             fact `for N days`",
        ),
        "context" | "env" | "environment" | "request" => Some(
            "a request has no context: whatever a condition asks for is a fact or an attribute of the world, and a question may add it \
             by `assuming`",
        ),
        "principal" => Some("who asks is `subject`"),
        "null" | "none" | "nil" => {
            Some("no value is null; `x.a == x.a` is true where `x.a` has a value, and `not x.a == x.a` where it has none")
        }
        _ => None,
    }
}

/// The mistake that no place binds a variable.
fn unbound(checker: &TypeChecker<'_>, scope: Scope<'_>, name: &str, found: &Occurrences, span: Span) -> Diagnostic {
    let own_kind = checker.policy.kind_named(name);
    let words = [("subject", scope.subject), ("resource", scope.resource)].into_iter().filter(|(_, kinds)| kinds.is_some());
    let known = words.map(|(word, _)| word).chain(scope.parameters.iter().map(|parameter| parameter.name.as_str()));
    let near = crate::diag::nearest(name, known.chain(checker.kind_names()));
    if !found.positive && (found.in_condition || own_kind.is_some()) {
        let headline = format!("`{name}` occurs only inside `not`, `!=` or `unless`, where nothing binds it");
        let unbound = Diagnostic::new(Code::NegatedVariable, headline, span, "not bound");
        let bind = format!("bind `{name}` outside (a relation, `holds` or `in` does), or write `_` for \"someone, something\"");
        return match (own_kind, near) {
            (None, Some(near)) => unbound.meant(&near, span, str::to_owned),
            (Some(kind), _) if scope.resource.is_some_and(|kinds| kinds.contains(kind)) => {
                unbound.help(format!("what the request is about is `resource`; if another was meant, {bind}"))
            }
            (Some(kind), _) if scope.resource.is_some() && scope.subject.is_some_and(|kinds| kinds.contains(kind)) => {
                unbound.help(format!("who asks is `subject`; if another was meant, {bind}"))
            }
            _ if found.places > 1 => unbound.help(format!(
                "bind `{name}` outside; or, for \"there is no such `{name}`\", derive through an implication that there is one, such as \
                 `then = 'found(resource)'`, and write `not found(resource)`"
            )),
            _ => unbound.help(bind),
        };
    }
    let unbound = Diagnostic::new(Code::UnboundVariable, format!("nothing binds the variable `{name}`"), span, "not bound");
    if let Some(help) = foreign(name) {
        return unbound.help(help);
    }
    if found.meant_text && found.places > 1 {
        return unbound.help(format!(
            "a variable is an entity, never a string: compare the attributes with each other, `a.name == b.name`; if the text `{name}` \
             itself was meant, write `\"{name}\"`"
        ));
    }
    if found.meant_text {
        return unbound.help(format!("strings need quotes: `\"{name}\"`")).patch(span, format!("\"{name}\""));
    }
    match near {
        Some(near) => unbound.meant(&near, span, str::to_owned),
        None => unbound
            .help(format!("give `{name}` a place in a relation, in `holds` or in `in`; or, if a string was meant, write `\"{name}\"`")),
    }
}
