//! The variables of a condition: where they stand, which kinds they may have, what binds them.

use super::{Scope, TypeChecker};
use crate::diag::{Code, Diagnostic};

use crate::policy::kind_set::KindSet;
use crate::policy::value_type::ValueType;
use crate::policy::variable::{MAX_VARIABLES, VarId, VarSet, Variable};
use crate::syntax::ast::expr::{Expr, ExprNode, Op, Term, TermNode};
use crate::text::Span;
use std::collections::BTreeMap;

/// The variables of one condition.
pub(super) struct Variables {
    variables: Vec<Variable>,
    named: BTreeMap<String, VarId>,
    /// Slots that stand in the conclusion or the effect's fact: given from outside.
    concluded: VarSet,
    /// A mistake was told of these; terms of them fit everywhere.
    broken: Vec<String>,
    full: bool,
}

/// What is found of a name on the first reading.
#[derive(Default)]
struct Occurrences {
    first: Option<Span>,
    /// Kinds that the places name, each place by itself.
    named_by: Vec<KindSet>,
    /// The same with all that may lie within them.
    allowed_by: Vec<(KindSet, Span)>,
    positive: bool,
    bound: bool,
    /// Stands where a role's name may stand, and elsewhere.
    as_role: bool,
    elsewhere: bool,
    in_conclusion: bool,
    in_condition: bool,
    /// The attribute or text beside which it stands in a comparison, if it has `one-of` values: then a text was meant.
    meant_text: bool,
}

/// Places that have no kind in common.
struct KindConflict {
    before: KindSet,
    here: KindSet,
    place: Span,
}

impl Occurrences {
    /// The kinds that all places take: those that they name, if they have some in common.
    fn kinds(&self, checker: &TypeChecker<'_>, name: &str) -> Result<KindSet, KindConflict> {
        if let Some(&kind) = checker.kinds.get(name) {
            return Ok(KindSet::one(kind));
        }
        if let [first, rest @ ..] = self.named_by.as_slice() {
            let exact = rest.iter().fold(first.clone(), |kinds, more| kinds.intersection(more));
            if !exact.is_empty() {
                return Ok(exact);
            }
        }
        let mut kinds = checker.all_kinds.clone();
        for (allowed, place) in &self.allowed_by {
            let both = kinds.intersection(allowed);
            if both.is_empty() {
                return Err(KindConflict { before: kinds, here: allowed.clone(), place: *place });
            }
            kinds = both;
        }
        Ok(kinds)
    }
}

/// Where in the condition a part stands.
#[derive(Clone, Copy)]
struct OccurrencePosition {
    negated: bool,
    conclusion: bool,
}

type OccurrenceMap = BTreeMap<String, Occurrences>;

/// Reads the parts of a condition until the kinds of its variables are known: those of one may follow from those of another. Where they never
/// settle, the typing of the terms tells what disagrees.
fn read(checker: &TypeChecker<'_>, scope: Scope<'_>, parts: &[(&Expr, OccurrencePosition)]) -> OccurrenceMap {
    let mut walk = OccurrenceScan { checker, scope, known: BTreeMap::new() };
    let mut names = OccurrenceMap::new();
    for _ in 0..=MAX_VARIABLES {
        names = OccurrenceMap::new();
        for (part, at) in parts {
            walk.expr(&mut names, part, *at);
        }
        let kinds = names.iter().filter_map(|(name, found)| Some((name.clone(), found.kinds(checker, name).ok()?)));
        let kinds: BTreeMap<String, KindSet> = kinds.collect();
        if kinds == walk.known {
            break;
        }
        walk.known = kinds;
    }
    names
}

impl Variables {
    /// Finds the variables of a condition, and tells what is wrong with them.
    pub(super) fn find(
        checker: &mut TypeChecker<'_>,
        scope: Scope<'_>,
        condition: Option<&Expr>,
        unless: Option<&Expr>,
        then: Option<&Expr>,
    ) -> Variables {
        let parts = [(condition, false, false), (unless, true, false), (then, false, true)];
        let parts = parts.into_iter().filter_map(|(part, negated, conclusion)| Some((part?, OccurrencePosition { negated, conclusion })));
        let names = read(checker, scope, &parts.collect::<Vec<_>>());
        Variables::settle(checker, scope, names, false)
    }

    /// Finds the variables of an effect. Those of a fact that is removed range over what holds; those of one added must be bound.
    pub(super) fn of_effect(
        checker: &mut TypeChecker<'_>,
        scope: Scope<'_>,
        fact: &Expr,
        condition: Option<&Expr>,
        removes: bool,
    ) -> Variables {
        let condition = condition.map(|condition| (condition, OccurrencePosition { negated: false, conclusion: false }));
        let fact = (fact, OccurrencePosition { negated: false, conclusion: true });
        let names = read(checker, scope, &condition.into_iter().chain([fact]).collect::<Vec<_>>());
        Variables::settle(checker, scope, names, removes)
    }

    /// The variables of a lone term: none may stand in it.
    pub(super) fn of_term(checker: &mut TypeChecker<'_>, scope: Scope<'_>, term: &Term) -> Variables {
        let mut names = OccurrenceMap::new();
        let walk = OccurrenceScan { checker, scope, known: BTreeMap::new() };
        walk.place(&mut names, term, None, OccurrencePosition { negated: false, conclusion: false });
        for (name, found) in &names {
            let span = found.first.expect("a name was found somewhere");
            let known: Vec<&str> = scope.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
            let told = Diagnostic::new(Code::UnknownParameter, format!("the event has no parameter `{name}`"), span, "not a parameter");
            checker.told(told.nearest(name, span, known));
        }
        Variables::settle(checker, scope, OccurrenceMap::new(), false)
    }

    fn settle(checker: &mut TypeChecker<'_>, scope: Scope<'_>, names: OccurrenceMap, binds_by_fact: bool) -> Variables {
        let mut variables =
            Variables { variables: Vec::new(), named: BTreeMap::new(), concluded: VarSet::EMPTY, broken: Vec::new(), full: false };
        let mut found: Vec<(String, Occurrences)> = names.into_iter().collect();
        found.sort_by_key(|(_, found)| found.first);
        for (name, found) in found {
            let span = found.first.expect("a name was found somewhere");
            if found.as_role && !found.elsewhere && name != "role" {
                // Only ever after `holds`: a role's name that no role has; told where the atom is typed.
                continue;
            }
            match Variables::kinds_of(checker, scope, &name, &found, binds_by_fact) {
                Ok(kinds) => {
                    if let Some(variable) = variables.push(checker, &name, kinds, span) {
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
        binds_by_fact: bool,
    ) -> Result<KindSet, Diagnostic> {
        let span = found.first.expect("a name was found somewhere");
        let own_kind = checker.kinds.get(name).copied();
        let bound = found.bound || (own_kind.is_some() && found.positive) || (binds_by_fact && found.in_conclusion);
        let bound = bound || (own_kind.is_some() && found.in_conclusion && !found.in_condition);
        if !bound {
            return Err(unbound(checker, scope, name, found, span));
        }
        found.kinds(checker, name).map_err(|KindConflict { before, here, place }| {
            let (before, here) = (checker.kind_names(&before), checker.kind_names(&here));
            let headline = format!("`{name}` stands for {before} in one place and for {here} in another");
            Diagnostic::new(Code::WrongKind, headline, place, format!("{here} here"))
                .and(span, format!("{before} here"))
                .help("use two variables")
        })
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

    /// The slot of a variable.
    pub(super) fn variable(&self, name: &str) -> Option<(VarId, &KindSet)> {
        self.named.get(name).map(|&variable| (variable, &self.variables[usize::from(variable.0)].kinds))
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

impl OccurrenceScan<'_, '_, '_> {
    fn expr(&self, names: &mut OccurrenceMap, expr: &Expr, at: OccurrencePosition) {
        match &expr.node {
            ExprNode::Or(parts) | ExprNode::And(parts) => parts.iter().for_each(|part| self.expr(names, part, at)),
            ExprNode::Not(part) => self.expr(names, part, OccurrencePosition { negated: true, ..at }),
            ExprNode::Relation { name, terms, .. } => {
                let relation = self.checker.relations.get(name.value.as_str()).map(|&id| &self.checker.policy.relations[id]);
                for (index, term) in terms.iter().enumerate() {
                    let end = relation.and_then(|relation| relation.ends.get(index).map(|end| (relation, end)));
                    let place = end.map_or_else(
                        || (self.checker.all_kinds.clone(), self.checker.all_kinds.clone()),
                        |(relation, end)| {
                            let covers = relation.covers && index + 1 == relation.ends.len();
                            let allowed = if covers { self.checker.policy.with_below(end) } else { end.clone() };
                            (end.clone(), allowed)
                        },
                    );
                    self.place(names, term, Some(place), at);
                }
            }
            ExprNode::Holds { holder, role, scope } => {
                let holders = self.checker.holders.clone();
                self.place(names, holder, Some((holders.clone(), holders)), at);
                let on = if let Some(&role) = self.checker.roles.get(role.value.as_str()) {
                    self.checker.policy.roles[role].on.clone()
                } else {
                    let found = self.note(names, &role.value, role.span, at);
                    if let Some(found) = found {
                        found.as_role = true;
                        found.bound |= !at.negated && !at.conclusion;
                        let kinds = KindSet::one(self.checker.policy.role_kind);
                        found.named_by.push(kinds.clone());
                        found.allowed_by.push((kinds, role.span));
                    }
                    self.checker.policy.roles.values().fold(KindSet::default(), |all, role| all.union(&role.on))
                };
                let allowed = self.checker.policy.with_below(&on);
                self.place(names, scope, Some((on, allowed)), at);
            }
            ExprNode::Is { term, .. } => self.place(names, term, None, at),
            ExprNode::Within { term, scope } => {
                self.place(names, term, None, at);
                self.place(names, scope, None, at);
            }
            ExprNode::In { term, set } => {
                let (members, groups) = self.membership(term, set);
                self.place(names, term, Some((members.clone(), members)), at);
                self.place(names, set, Some((groups.clone(), groups)), at);
            }
            ExprNode::InList { term, list } => {
                let kind_of = |item: &Term| match &item.node {
                    TermNode::Entity { kind, .. } => self.checker.kinds.get(kind.value.as_str()).copied(),
                    _ => None,
                };
                let kinds: KindSet = list.iter().filter_map(kind_of).collect();
                let place = (!kinds.is_empty()).then(|| (kinds.clone(), kinds));
                self.place(names, term, place, at);
            }
            ExprNode::Compare { left, op, right } => {
                let at = OccurrencePosition { negated: at.negated || *op == Op::Ne, ..at };
                let text = |term: &Term| self.reads_text(term);
                let (left_text, right_text) = (text(left), text(right));
                for (term, other) in [(left, right_text), (right, left_text)] {
                    if let (TermNode::Name(name), true) = (&term.node, other) {
                        if let Some(found) = self.note(names, name, term.span, at) {
                            found.meant_text = true;
                            found.elsewhere = true;
                        }
                    } else {
                        self.place(names, term, None, at);
                    }
                }
            }
            ExprNode::Toggle(_) | ExprNode::Bool(_) => {}
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
        let member_kind = match &term.node {
            TermNode::Name(name) => self.checker.kinds.get(name.as_str()).copied(),
            TermNode::Entity { kind, .. } => self.checker.kinds.get(kind.value.as_str()).copied(),
            _ => None,
        };
        (members, member_kind.map_or(groups, |kind| policy.groups_of(kind)))
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

    /// A term at a place that names kinds, or at one that names none.
    fn place(&self, names: &mut OccurrenceMap, term: &Term, kinds: Option<(KindSet, KindSet)>, at: OccurrencePosition) {
        match &term.node {
            TermNode::Name(name) => {
                let Some(found) = self.note(names, name, term.span, at) else { return };
                found.elsewhere = true;
                if let Some((named, allowed)) = kinds {
                    found.bound |= !at.negated && !at.conclusion;
                    found.named_by.push(named);
                    found.allowed_by.push((allowed, term.span));
                }
            }
            TermNode::Attribute(..) => {
                let mut inner = term;
                while let TermNode::Attribute(next, _) = &inner.node {
                    inner = next;
                }
                self.place(names, inner, None, at);
            }
            _ => {}
        }
    }

    /// Notes where a name stands; nothing where it is a parameter.
    fn note<'n>(&self, names: &'n mut OccurrenceMap, name: &str, span: Span, at: OccurrencePosition) -> Option<&'n mut Occurrences> {
        if self.scope.parameters.iter().any(|parameter| parameter.name == name) {
            return None;
        }
        let found = names.entry(name.to_owned()).or_default();
        found.first = Some(found.first.map_or(span, |first| first.min(span)));
        found.positive |= !at.negated && !at.conclusion;
        found.in_conclusion |= at.conclusion;
        found.in_condition |= !at.conclusion;
        Some(found)
    }
}
