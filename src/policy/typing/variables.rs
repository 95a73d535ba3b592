//! The variables of a condition: where they stand, which kinds they may have, what binds them.

use super::{Scope, TypeChecker};
use crate::diag::{Code, Diagnostic};

use crate::policy::kind_set::KindSet;
use crate::policy::value_type::ValueType;
use crate::policy::variable::{MAX_VARIABLES, VarId, VarSet, Variable};
use crate::syntax::ast::expr::{Effect, Expr, ExprNode, Op, Term, TermNode};
use crate::text::Span;
use std::collections::BTreeMap;

/// The variables of one condition.
pub(super) struct Variables {
    variables: Vec<Variable>,
    named: BTreeMap<String, VarId>,
    /// The kinds of variables where the reading stands: in a branch of an `or` those of the branch.
    kinds: BTreeMap<String, KindSet>,
    /// Slots that stand in the conclusion or the effect's fact: given from outside.
    concluded: VarSet,
    /// How many `not` and `unless` stand around: in them nothing is bound.
    negated: usize,
    /// A mistake was told of these; terms of them fit everywhere.
    broken: Vec<String>,
    full: bool,
}

/// What is found of a name on the first reading.
#[derive(Default)]
struct Occurrences {
    first: Option<Span>,
    /// At how many places it stands.
    places: usize,
    positive: bool,
    /// Stands where a role's name may stand, and elsewhere.
    as_role: bool,
    elsewhere: bool,
    in_conclusion: bool,
    in_condition: bool,
    /// Where it stands first in the conclusion.
    concluded_at: Option<Span>,
    /// It stands left of a list, where `_` cannot.
    listed: bool,
    /// The attribute or text beside which it stands in a comparison, if it has `one-of` values: then a text was meant.
    meant_text: bool,
}

/// How a part of a condition binds a variable.
#[derive(Clone, Default)]
struct Binding {
    /// The kinds that may stand at the places that bind it, and one of these places; nothing where no place does.
    bound: Option<Result<(KindSet, Span), KindConflict>>,
    /// It is bound wherever the part is true.
    always: bool,
    /// Where in the part nothing binds it, unless something outside does.
    loose: Option<Span>,
}

/// How a part of a condition binds each of its variables.
type Bindings = BTreeMap<String, Binding>;

/// Places that have no kind in common.
#[derive(Clone)]
struct KindConflict {
    before: KindSet,
    first: Span,
    here: KindSet,
    place: Span,
}

/// What may stand at both places.
fn both(one: Result<(KindSet, Span), KindConflict>, other: Result<(KindSet, Span), KindConflict>) -> Result<(KindSet, Span), KindConflict> {
    let ((before, first), (here, place)) = (one?, other?);
    let common = before.intersection(&here);
    if common.is_empty() { Err(KindConflict { before, first, here, place }) } else { Ok((common, first)) }
}

/// What may stand at either place.
fn either(
    one: Result<(KindSet, Span), KindConflict>,
    other: Result<(KindSet, Span), KindConflict>,
) -> Result<(KindSet, Span), KindConflict> {
    let ((before, first), (here, _)) = (one?, other?);
    Ok((before.union(&here), first))
}

impl Binding {
    /// The same of all parts of an `and`: what one of them always binds is bound in the others too.
    fn of_all(parts: Vec<Binding>) -> Binding {
        let always = parts.iter().any(|part| part.always);
        let loose = if always { None } else { parts.iter().filter_map(|part| part.loose).min() };
        let (bind, others): (Vec<Binding>, Vec<Binding>) = parts.into_iter().partition(|part| part.always);
        let bound = bind.into_iter().filter_map(|part| part.bound).reduce(both);
        Binding { bound: if always { bound } else { others.into_iter().filter_map(|part| part.bound).reduce(either) }, always, loose }
    }

    /// The same of the branches of an `or`, which are so many: each in which it stands must bind it.
    fn of_branches(parts: Vec<Binding>, count: usize) -> Binding {
        Binding {
            always: parts.len() == count && parts.iter().all(|part| part.always),
            loose: parts.iter().filter_map(|part| part.loose).min(),
            bound: parts.into_iter().filter_map(|part| part.bound).reduce(either),
        }
    }
}

/// Each name's parts together.
fn gathered(all: impl Iterator<Item = Bindings>, join: impl Fn(Vec<Binding>) -> Binding) -> Bindings {
    let mut parts: BTreeMap<String, Vec<Binding>> = BTreeMap::new();
    for (name, binding) in all.flatten() {
        parts.entry(name).or_default().push(binding);
    }
    parts.into_iter().map(|(name, parts)| (name, join(parts))).collect()
}

/// Where in the condition a part stands.
#[derive(Clone, Copy)]
struct OccurrencePosition {
    negated: bool,
    conclusion: bool,
}

const POSITIVE: OccurrencePosition = OccurrencePosition { negated: false, conclusion: false };
const NEGATED: OccurrencePosition = OccurrencePosition { negated: true, conclusion: false };
const CONCLUDED: OccurrencePosition = OccurrencePosition { negated: false, conclusion: true };

type OccurrenceMap = BTreeMap<String, Occurrences>;

/// The parts of a condition in which variables stand.
#[derive(Clone, Copy, Default)]
struct Parts<'e> {
    condition: Option<&'e Expr>,
    unless: Option<&'e Expr>,
    /// What follows, or the fact of an effect.
    then: Option<&'e Expr>,
    /// For how many days an effect holds.
    days: Option<&'e Term>,
    /// The variables of `then` range over what holds.
    binds_by_fact: bool,
}

/// Reads the parts of a condition until the kinds of its variables are known: those of one may follow from those of another. Where they never
/// settle, the typing of the terms tells what disagrees.
fn read(checker: &TypeChecker<'_>, scope: Scope<'_>, parts: Parts<'_>) -> (OccurrenceMap, Bindings) {
    let mut walk = OccurrenceScan { checker, scope, known: BTreeMap::new() };
    let mut names = OccurrenceMap::new();
    for (part, at) in [(parts.condition, POSITIVE), (parts.unless, NEGATED), (parts.then, CONCLUDED)] {
        part.into_iter().for_each(|part| walk.expr(&mut names, part, at));
    }
    parts.days.into_iter().for_each(|days| walk.term(&mut names, days));
    let mut bindings = Bindings::new();
    for _ in 0..=MAX_VARIABLES {
        let own = parts.condition.map(|part| walk.bindings(part, false));
        let unless = parts.unless.map(|part| walk.bindings(part, true));
        let fact = parts.then.filter(|_| parts.binds_by_fact).map(|fact| walk.bindings_by_fact(fact));
        bindings = gathered(own.into_iter().chain(unless).chain(fact), Binding::of_all);
        let known = walk.kinds_of(&bindings);
        if known == walk.known {
            break;
        }
        walk.known = known;
    }
    (names, bindings)
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
        let (mut names, bindings) = read(checker, scope, parts);
        for name in text.into_iter().flat_map(in_braces) {
            names.entry(name.to_owned()).and_modify(|found| found.places += 1);
        }
        Variables::settle(checker, scope, names, bindings, false)
    }

    /// Finds the variables of an effect. Those of a fact that is removed range over what holds; those of one added must be bound.
    pub(super) fn of_effect(checker: &mut TypeChecker<'_>, scope: Scope<'_>, effect: &Effect, removes: bool) -> Variables {
        let (condition, days) = (effect.condition.as_ref(), effect.days.as_ref());
        let parts = Parts { condition, unless: None, then: Some(&effect.fact), days, binds_by_fact: removes };
        let (names, bindings) = read(checker, scope, parts);
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
            let told = Diagnostic::new(Code::UnknownParameter, format!("the event has no parameter `{name}`"), span, "not a parameter");
            checker.told(told.nearest(name, span, known));
        }
        Variables::settle(checker, scope, OccurrenceMap::new(), Bindings::new(), false)
    }

    fn settle(
        checker: &mut TypeChecker<'_>,
        scope: Scope<'_>,
        names: OccurrenceMap,
        mut bindings: Bindings,
        binds_by_fact: bool,
    ) -> Variables {
        let mut variables = Variables {
            variables: Vec::new(),
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
                // Only ever after `holds`: a role's name that no role has; told where the atom is typed.
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
                    checker.told(diagnostic);
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
            let told = Diagnostic::new(Code::UnboundVariable, headline, loose, "not bound here");
            return Err(told.help(format!("bind `{name}` in every branch in which it stands, or outside the `or`")));
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
        if self.variables.len() == MAX_VARIABLES {
            if !self.full {
                self.full = true;
                let headline = format!("the condition has more than {MAX_VARIABLES} variables");
                checker.told(
                    Diagnostic::new(Code::TooManyVariables, headline, span, format!("`{name}` is one too many"))
                        .help("give a part of the condition a name by an implication"),
                );
            }
            return None;
        }
        let variable = VarId(u8::try_from(self.variables.len()).expect("at most 16"));
        self.variables.push(Variable { name: name.to_owned(), kinds, span });
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
        &self.variables[usize::from(variable.0)].kinds
    }

    /// Whether the name was found to be no role's variable, so that a role's name was meant.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.named.contains_key(name) || self.broken.iter().any(|broken| broken == name)
    }

    pub(super) fn len(&self) -> usize {
        self.variables.len()
    }

    /// The slots given from outside, as bits.
    pub(super) fn concluded(&self) -> VarSet {
        self.concluded
    }

    pub(super) fn into_variables(self) -> Vec<Variable> {
        self.variables
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
    let told = Diagnostic::new(Code::LoneVariable, format!("the variable `{name}` stands only once"), span, "tied to nothing else");
    let words = [("subject", scope.subject), ("resource", scope.resource)].into_iter().filter(|(_, kinds)| kinds.is_some());
    let known = words.map(|(word, _)| word).chain(scope.parameters.iter().map(|parameter| parameter.name.as_str()));
    let known = known.chain(others.iter().map(String::as_str)).chain(checker.kinds.keys().copied());
    // Of a letter or two every other is near.
    let near = crate::diag::did_you_mean(name, known).filter(|_| name.len() > 2);
    match near {
        Some(near) => told.help(format!("did you mean `{near}`?")).patch(span, near),
        None if found.listed => told.help("leave the test out, or let the variable stand elsewhere too"),
        None => told.help("for \"someone, something\" write `_`").patch(span, "_"),
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

/// What a term may be.
#[derive(Default)]
struct TermKinds {
    kinds: KindSet,
    /// It holds any number of values.
    many: bool,
}

fn entities(value: &ValueType) -> KindSet {
    match value {
        ValueType::Entity(kinds) => kinds.clone(),
        _ => KindSet::default(),
    }
}

/// The first reading.
struct OccurrenceScan<'t, 'p, 's> {
    checker: &'t TypeChecker<'p>,
    scope: Scope<'s>,
    /// The kinds of variables, as far as they are known; else any.
    known: BTreeMap<String, KindSet>,
}

/// A place of an atom at which a variable stands.
struct VariablePlace<'e> {
    name: &'e str,
    span: Span,
    /// The kinds that may stand there; nothing where the place says nothing of kinds.
    kinds: Option<KindSet>,
    sort: PlaceSort,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PlaceSort {
    Plain,
    /// After `holds`.
    Role,
    /// Left of a list.
    Listed,
    /// Beside an attribute or text of `one-of` values: then a text was meant.
    Text,
}

impl OccurrenceScan<'_, '_, '_> {
    /// Notes where names stand.
    fn expr(&self, names: &mut OccurrenceMap, expr: &Expr, at: OccurrencePosition) {
        match &expr.node {
            ExprNode::Or(parts) | ExprNode::And(parts) => parts.iter().for_each(|part| self.expr(names, part, at)),
            ExprNode::Not(part) => self.expr(names, part, OccurrencePosition { negated: true, ..at }),
            atom => {
                let at = OccurrencePosition { negated: at.negated || is_unequal(atom), ..at };
                for place in self.places(expr, at.conclusion) {
                    OccurrenceScan::note(names, &place, at);
                }
            }
        }
    }

    /// Notes a name in a term by itself.
    fn term(&self, names: &mut OccurrenceMap, term: &Term) {
        if let Some(place) = self.place(term, None, PlaceSort::Plain) {
            OccurrenceScan::note(names, &place, POSITIVE);
        }
    }

    /// The kinds of variables that these bindings leave.
    fn kinds_of(&self, bindings: &Bindings) -> BTreeMap<String, KindSet> {
        let kinds = bindings.iter().filter_map(|(name, binding)| {
            let kinds = match self.checker.kinds.get(name.as_str()) {
                Some(&kind) => KindSet::one(kind),
                None => binding.bound.clone()?.ok()?.0,
            };
            Some((name.clone(), kinds))
        });
        kinds.collect()
    }

    /// How a part binds its variables.
    fn bindings(&self, expr: &Expr, negated: bool) -> Bindings {
        match &expr.node {
            ExprNode::And(parts) => gathered(parts.iter().map(|part| self.bindings(part, negated)), Binding::of_all),
            ExprNode::Or(parts) => {
                gathered(parts.iter().map(|part| self.bindings(part, negated)), |found| Binding::of_branches(found, parts.len()))
            }
            ExprNode::Not(part) => self.bindings(part, true),
            atom => self.bindings_of_atom(expr, negated || is_unequal(atom), false),
        }
    }

    /// How the fact that an event removes binds its variables, which range over what holds.
    fn bindings_by_fact(&self, fact: &Expr) -> Bindings {
        let mut bindings = self.bindings_of_atom(fact, false, true);
        bindings.values_mut().for_each(|binding| (binding.always, binding.loose) = (true, None));
        bindings
    }

    fn bindings_of_atom(&self, atom: &Expr, negated: bool, exact: bool) -> Bindings {
        let mut bindings = Bindings::new();
        for VariablePlace { name, span, kinds, .. } in self.places(atom, exact) {
            let binding = bindings.entry(name.to_owned()).or_default();
            binding.loose = Some(binding.loose.map_or(span, |first| first.min(span)));
            if negated {
                continue;
            }
            // The name of a kind binds wherever it stands.
            binding.always |= kinds.is_some() || self.checker.kinds.contains_key(name);
            if let Some(kinds) = kinds {
                let here = Ok((kinds, span));
                binding.bound = Some(binding.bound.take().map_or(here.clone(), |before| both(before, here)));
            }
        }
        bindings.values_mut().filter(|binding| binding.always).for_each(|binding| binding.loose = None);
        bindings
    }

    /// The places of an atom at which variables stand. `exact`: of a fact, which takes what its places name, not what lies within that.
    fn places<'e>(&self, atom: &'e Expr, exact: bool) -> Vec<VariablePlace<'e>> {
        let policy = self.checker.policy;
        let and_below = |kinds: &KindSet| if exact { kinds.clone() } else { policy.with_below(kinds) };
        let plain = |term, kinds| self.place(term, kinds, PlaceSort::Plain);
        match &atom.node {
            ExprNode::Relation { name, terms, .. } => {
                let relation = self.checker.relations.get(name.value.as_str()).map(|&id| &policy.relations[id]);
                let kinds = |index: usize| {
                    let end = relation.and_then(|relation| relation.ends.get(index).map(|end| (relation, end)));
                    end.map_or_else(
                        || self.checker.all_kinds.clone(),
                        |(relation, end)| if relation.covers && index + 1 == relation.ends.len() { and_below(end) } else { end.clone() },
                    )
                };
                terms.iter().enumerate().filter_map(|(index, term)| plain(term, Some(kinds(index)))).collect()
            }
            ExprNode::Holds { holder, role, scope } => {
                let named = self.checker.roles.get(role.value.as_str()).map(|&role| policy.roles[role].on.clone());
                let kinds = Some(KindSet::one(policy.role_kind));
                let is_variable = named.is_none() && !self.is_parameter(&role.value);
                let variable = is_variable.then(|| VariablePlace { name: &role.value, span: role.span, kinds, sort: PlaceSort::Role });
                let on = named.unwrap_or_else(|| policy.roles.values().fold(KindSet::default(), |all, role| all.union(&role.on)));
                let holder = plain(holder, Some(self.checker.holders.clone()));
                holder.into_iter().chain(variable).chain(plain(scope, Some(and_below(&on)))).collect()
            }
            ExprNode::Is { term, .. } => plain(term, None).into_iter().collect(),
            ExprNode::Within { term, scope } => plain(term, None).into_iter().chain(plain(scope, None)).collect(),
            ExprNode::In { term, set } => {
                let (members, groups) = self.membership(term, set);
                plain(term, Some(members)).into_iter().chain(plain(set, Some(groups))).collect()
            }
            ExprNode::InList { term, list } => {
                let kind_of = |item: &Term| match &item.node {
                    TermNode::Entity { kind, .. } => self.checker.kinds.get(kind.value.as_str()).copied(),
                    _ => None,
                };
                let kinds: KindSet = list.iter().filter_map(kind_of).collect();
                self.place(term, (!kinds.is_empty()).then_some(kinds), PlaceSort::Listed).into_iter().collect()
            }
            ExprNode::Compare { left, right, .. } => {
                let sort = |beside: &Term| if self.reads_text(beside) { PlaceSort::Text } else { PlaceSort::Plain };
                let left_place = self.place(left, None, sort(right));
                left_place.into_iter().chain(self.place(right, None, sort(left))).collect()
            }
            ExprNode::Or(_) | ExprNode::And(_) | ExprNode::Not(_) | ExprNode::Toggle(_) | ExprNode::Bool(_) => Vec::new(),
        }
    }

    fn is_parameter(&self, name: &str) -> bool {
        self.scope.parameters.iter().any(|parameter| parameter.name == name)
    }

    /// The place of the variable with which a term begins; of one of which an attribute is read, it says nothing of kinds.
    fn place<'e>(&self, term: &'e Term, kinds: Option<KindSet>, sort: PlaceSort) -> Option<VariablePlace<'e>> {
        match &term.node {
            TermNode::Name(name) => (!self.is_parameter(name)).then_some(VariablePlace { name, span: term.span, kinds, sort }),
            TermNode::Attribute(of, _) => self.place(of, None, PlaceSort::Plain),
            _ => None,
        }
    }

    /// Who may be a member of what stands right of `in`, and what whoever stands left may be a member of.
    fn membership(&self, term: &Term, set: &Term) -> (KindSet, KindSet) {
        let policy = self.checker.policy;
        let TermKinds { kinds, many } = self.reach(set);
        // `x in y.attribute`: an attribute that holds many entities tells the kinds of x.
        if many && !kinds.is_empty() {
            return (kinds.clone(), kinds);
        }
        let groups = policy.groups();
        let members_of =
            |target: &KindSet| -> KindSet { policy.kinds.ids().filter(|&kind| policy.groups_of(kind).meets(target)).collect() };
        // Where nothing can be a member, that is told when the atom is typed.
        let members = Some(members_of(&kinds)).filter(|members| !members.is_empty()).unwrap_or_else(|| members_of(&groups));
        (members, self.checker.groups_of_named(self.scope, term))
    }

    /// The kinds of entity that a term may be, as far as the kinds of variables are known; none where it is something else.
    fn reach(&self, term: &Term) -> TermKinds {
        let policy = self.checker.policy;
        let of = |kinds: KindSet| TermKinds { kinds, many: false };
        match &term.node {
            TermNode::Subject => of(self.scope.subject.cloned().unwrap_or_default()),
            TermNode::Resource => of(self.scope.resource.cloned().unwrap_or_default()),
            TermNode::Name(name) => match self.scope.parameters.iter().find(|parameter| parameter.name == *name) {
                Some(parameter) => TermKinds { kinds: entities(&parameter.value), many: parameter.many },
                None => of(self.known.get(name).unwrap_or(&self.checker.all_kinds).clone()),
            },
            TermNode::Entity { kind, .. } => of(self.checker.kinds.get(kind.value.as_str()).copied().into_iter().collect()),
            TermNode::Attribute(base, name) => {
                let target = self.checker.kinds.get(name.value.as_str()).copied();
                let mut reach = TermKinds::default();
                for kind in self.reach(base).kinds.iter() {
                    let declared = &policy.kinds[kind];
                    if let Some(target) = target.filter(|&target| target == kind || declared.above.contains(target)) {
                        reach.kinds.insert(target);
                        continue;
                    }
                    let own = declared.attributes.iter().map(|&attribute| &policy.attributes[attribute]);
                    for attribute in own.filter(|attribute| attribute.name == name.value) {
                        reach.many |= attribute.many;
                        reach.kinds = reach.kinds.union(&entities(&attribute.value));
                    }
                }
                reach
            }
            TermNode::Text(_) | TermNode::Number(_) | TermNode::Date(_) | TermNode::Any => TermKinds::default(),
        }
    }

    /// Whether the term reads an attribute that holds texts.
    fn reads_text(&self, term: &Term) -> bool {
        let TermNode::Attribute(_, name) = &term.node else { return false };
        let attributes = self.checker.policy.attributes.values();
        attributes
            .into_iter()
            .any(|attribute| attribute.name == name.value && matches!(attribute.value, ValueType::OneOf(_) | ValueType::Text))
    }

    /// Notes that a name stands at a place.
    fn note(names: &mut OccurrenceMap, place: &VariablePlace<'_>, at: OccurrencePosition) {
        let found = names.entry(place.name.to_owned()).or_default();
        found.places += 1;
        found.first = Some(found.first.map_or(place.span, |first| first.min(place.span)));
        found.positive |= !at.negated && !at.conclusion;
        found.in_conclusion |= at.conclusion;
        found.in_condition |= !at.conclusion;
        found.as_role |= place.sort == PlaceSort::Role;
        found.elsewhere |= place.sort != PlaceSort::Role;
        found.listed |= place.sort == PlaceSort::Listed;
        found.meant_text |= place.sort == PlaceSort::Text;
        if at.conclusion {
            found.concluded_at = Some(found.concluded_at.map_or(place.span, |first| first.min(place.span)));
        }
    }
}

/// Whether it is `!=`, which is a `not`.
fn is_unequal(atom: &ExprNode) -> bool {
    matches!(atom, ExprNode::Compare { op: Op::Ne, .. })
}
