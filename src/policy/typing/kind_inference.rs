//! The first reading of a condition: where its variables occur, what binds them, and which kinds they may have.
//!
//! The kinds of one variable may follow from those of another, so a condition is read again until they no longer change.

use super::bindings::{Binding, BindingMap, both, gathered};
use super::{Scope, TypeChecker};
use crate::policy::kind_set::KindSet;
use crate::policy::variable::MAX_VARIABLES;
use crate::syntax::ast::expr::{Expr, ExprNode, Op, Term, TermNode};
use crate::text::Span;
use std::collections::BTreeMap;

/// How and where a name occurs in a condition.
#[derive(Default)]
pub(super) struct Occurrences {
    /// Its first place.
    pub(super) first: Option<Span>,
    /// The number of places.
    pub(super) places: usize,
    /// It occurs in the condition outside `not`, `!=` and `unless`.
    pub(super) positive: bool,
    /// It occurs after `holds`, where a role may be named.
    pub(super) as_role: bool,
    /// It occurs at another place than after `holds`.
    pub(super) elsewhere: bool,
    /// It occurs in the conclusion of an implication, or in the fact of an effect.
    pub(super) in_conclusion: bool,
    /// It occurs outside of those.
    pub(super) in_condition: bool,
    /// Its first place in the conclusion.
    pub(super) concluded_at: Option<Span>,
    /// It occurs left of `in` and a list, where `_` is not allowed.
    pub(super) listed: bool,
    /// The text of an obligation or advice that has it in braces.
    pub(super) in_text: Option<Span>,
    /// It is compared with an attribute that holds texts, so a text was probably meant.
    pub(super) meant_text: bool,
}

/// The position of a part in a condition.
#[derive(Clone, Copy)]
struct OccurrencePosition {
    negated: bool,
    conclusion: bool,
}

const POSITIVE: OccurrencePosition = OccurrencePosition { negated: false, conclusion: false };
const NEGATED: OccurrencePosition = OccurrencePosition { negated: true, conclusion: false };
const CONCLUDED: OccurrencePosition = OccurrencePosition { negated: false, conclusion: true };

pub(super) type OccurrenceMap = BTreeMap<String, Occurrences>;

/// The parts of a condition in which variables may occur.
#[derive(Clone, Copy, Default)]
pub(super) struct Parts<'e> {
    pub(super) condition: Option<&'e Expr>,
    pub(super) unless: Option<&'e Expr>,
    /// The conclusion of an implication, or the fact of an effect.
    pub(super) then: Option<&'e Expr>,
    /// The number of days or hours for which an effect adds its fact.
    pub(super) lasting: Option<&'e Term>,
    /// The variables of `then` range over the facts that hold, as in a removal.
    pub(super) binds_by_fact: bool,
}

/// Reads the parts of a condition until the kinds of its variables no longer change. If they change in every round, the typing of the terms
/// reports the conflict.
pub(super) fn read_condition(checker: &TypeChecker<'_>, scope: Scope<'_>, parts: Parts<'_>) -> (OccurrenceMap, BindingMap) {
    let mut scan = OccurrenceScan { checker, scope, known: BTreeMap::new() };
    let mut names = OccurrenceMap::new();
    for (part, at) in [(parts.condition, POSITIVE), (parts.unless, NEGATED), (parts.then, CONCLUDED)] {
        part.into_iter().for_each(|part| scan.expr(&mut names, part, at));
    }
    parts.lasting.into_iter().for_each(|count| scan.term(&mut names, count));
    let mut bindings = BindingMap::new();
    for _ in 0..=MAX_VARIABLES {
        let own = parts.condition.map(|part| scan.bindings(part, false));
        let unless = parts.unless.map(|part| scan.bindings(part, true));
        let fact = parts.then.filter(|_| parts.binds_by_fact).map(|fact| scan.bindings_by_fact(fact));
        bindings = gathered(own.into_iter().chain(unless).chain(fact), Binding::of_all);
        let known = scan.kinds_of(&bindings);
        if known == scan.known {
            break;
        }
        scan.known = known;
    }
    (names, bindings)
}

/// The kinds that a term may have.
#[derive(Default)]
struct TermKinds {
    kinds: KindSet,
    /// It has any number of values.
    many: bool,
}

/// Finds the variables of a condition.
pub(super) struct OccurrenceScan<'t, 'p, 's> {
    pub(super) checker: &'t TypeChecker<'p>,
    pub(super) scope: Scope<'s>,
    /// The kinds of variables as known so far. A variable that is not in it may have any kind.
    pub(super) known: BTreeMap<String, KindSet>,
}

/// A place of an atom where a variable occurs.
struct VariablePlace<'e> {
    name: &'e str,
    span: Span,
    /// The kinds that the place allows; `None` if it does not restrict kinds.
    kinds: Option<KindSet>,
    sort: PlaceSort,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PlaceSort {
    Plain,
    /// After `holds`.
    Role,
    /// Left of `in` and a list.
    Listed,
    /// Compared with an attribute that holds texts, or sought in one.
    Text,
}

impl OccurrenceScan<'_, '_, '_> {
    /// Records where names occur.
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

    /// Records the variable of a term that is in no atom.
    pub(super) fn term(&self, names: &mut OccurrenceMap, term: &Term) {
        if let Some(place) = self.place(term, None, PlaceSort::Plain) {
            OccurrenceScan::note(names, &place, POSITIVE);
        }
    }

    /// The kinds that these bindings leave to each variable.
    fn kinds_of(&self, bindings: &BindingMap) -> BTreeMap<String, KindSet> {
        let kinds = bindings.iter().filter_map(|(name, binding)| {
            let kinds = match self.checker.policy.kind_named(name) {
                Some(kind) => KindSet::one(kind),
                None => binding.bound.clone()?.ok()?.0,
            };
            Some((name.clone(), kinds))
        });
        kinds.collect()
    }

    /// How a part binds its variables.
    pub(super) fn bindings(&self, expr: &Expr, negated: bool) -> BindingMap {
        match &expr.node {
            ExprNode::And(parts) => gathered(parts.iter().map(|part| self.bindings(part, negated)), Binding::of_all),
            ExprNode::Or(parts) => {
                gathered(parts.iter().map(|part| self.bindings(part, negated)), |found| Binding::of_branches(found, parts.len()))
            }
            ExprNode::Not(part) => self.bindings(part, true),
            atom => self.bindings_of_atom(expr, negated || is_unequal(atom), false),
        }
    }

    /// How the fact that an event removes binds its variables, which range over the facts that hold.
    fn bindings_by_fact(&self, fact: &Expr) -> BindingMap {
        let mut bindings = self.bindings_of_atom(fact, false, true);
        bindings.values_mut().for_each(|binding| (binding.always, binding.loose) = (true, None));
        bindings
    }

    fn bindings_of_atom(&self, atom: &Expr, negated: bool, exact: bool) -> BindingMap {
        let mut bindings = BindingMap::new();
        for VariablePlace { name, span, kinds, .. } in self.places(atom, exact) {
            let binding = bindings.entry(name.to_owned()).or_default();
            binding.loose = Some(binding.loose.map_or(span, |first| first.min(span)));
            if negated {
                continue;
            }
            // A variable with the name of a kind is bound wherever it occurs.
            binding.always |= kinds.is_some() || self.checker.policy.kind_named(name).is_some();
            if let Some(kinds) = kinds {
                let here = Ok((kinds, span));
                binding.bound = Some(binding.bound.take().map_or(here.clone(), |before| both(before, here)));
            }
        }
        bindings.values_mut().filter(|binding| binding.always).for_each(|binding| binding.loose = None);
        bindings
    }

    /// The places of an atom where variables occur. In a fact (`exact`) a place allows the kinds that the schema names, but not the kinds
    /// within them.
    fn places<'e>(&self, atom: &'e Expr, exact: bool) -> Vec<VariablePlace<'e>> {
        let policy = self.checker.policy;
        let and_below = |kinds: &KindSet| if exact { kinds.clone() } else { policy.with_below(kinds) };
        let plain = |term, kinds| self.place(term, kinds, PlaceSort::Plain);
        match &atom.node {
            ExprNode::Relation { name, terms, .. } => {
                let relation = policy.relation_named(&name.value).map(|id| &policy.relations[id]);
                let kinds = |index: usize| {
                    let end = relation.and_then(|relation| relation.ends.get(index).map(|end| (relation, end)));
                    end.map_or_else(
                        || self.checker.all_kinds.clone(),
                        |(relation, end)| if relation.covers && index + 1 == relation.ends.len() { and_below(end) } else { end.clone() },
                    )
                };
                terms.iter().enumerate().filter_map(|(index, term)| plain(term, Some(kinds(index)))).collect()
            }
            ExprNode::Holds { was, holder, role, scope } => {
                let named = policy.written_role(role);
                let kinds = Some(KindSet::one(policy.role_kind));
                let variable = if named.is_none() { self.place(role, kinds, PlaceSort::Role) } else { None };
                let on = named.map_or_else(|| policy.scopes(), |role| policy.roles[role].on.clone());
                let holder = plain(holder, Some(self.checker.holders.clone()));
                // Only facts have a past, and their scope is of the role's kinds.
                let over = if *was { on } else { and_below(&on) };
                holder.into_iter().chain(variable).chain(plain(scope, Some(over))).collect()
            }
            ExprNode::Is { term, .. } => plain(term, None).into_iter().collect(),
            ExprNode::Within { term, scope } => plain(term, None).into_iter().chain(plain(scope, None)).collect(),
            ExprNode::In { term, set } => {
                if self.reads_text(set) && self.reach(set).kinds.is_empty() {
                    return self.place(term, None, PlaceSort::Text).into_iter().chain(plain(set, None)).collect();
                }
                let (members, groups) = self.membership(term, set);
                plain(term, Some(members)).into_iter().chain(plain(set, Some(groups))).collect()
            }
            ExprNode::InList { term, list } => {
                let kind_of = |item: &Term| match &item.node {
                    TermNode::Entity { kind, .. } => self.checker.policy.kind_named(&kind.value),
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

    /// The place of the variable with which a term begins. The place restricts the kinds of the variable only if the term is the variable
    /// itself, and not one of its attributes.
    fn place<'e>(&self, term: &'e Term, kinds: Option<KindSet>, sort: PlaceSort) -> Option<VariablePlace<'e>> {
        match &term.node {
            TermNode::Name(name) => (!self.is_parameter(name)).then_some(VariablePlace { name, span: term.span, kinds, sort }),
            TermNode::Attribute(of, _) => self.place(of, None, PlaceSort::Plain),
            _ => None,
        }
    }

    /// For `term in set`: the kinds that may be members of the set, and the kinds of groups in which the term may be.
    fn membership(&self, term: &Term, set: &Term) -> (KindSet, KindSet) {
        let policy = self.checker.policy;
        let TermKinds { kinds, many } = self.reach(set);
        // `x in y.attribute`: an attribute that holds many entities gives the kinds of x.
        if many && !kinds.is_empty() {
            return (kinds.clone(), kinds);
        }
        let groups = policy.groups();
        let members_of =
            |target: &KindSet| -> KindSet { policy.kinds.ids().filter(|&kind| policy.groups_of(kind).meets(target)).collect() };
        // If no kind can be a member, the typing of the atom reports it.
        let members = Some(members_of(&kinds)).filter(|members| !members.is_empty()).unwrap_or_else(|| members_of(&groups));
        (members, self.checker.groups_of_named(self.scope, term))
    }

    /// The kinds that a term may have, by the kinds of variables as known so far; empty if it is not an entity.
    fn reach(&self, term: &Term) -> TermKinds {
        let policy = self.checker.policy;
        let of = |kinds: KindSet| TermKinds { kinds, many: false };
        match &term.node {
            TermNode::Subject => of(self.scope.subject.cloned().unwrap_or_default()),
            TermNode::Resource => of(self.scope.resource.cloned().unwrap_or_default()),
            TermNode::Name(name) => match self.scope.parameters.iter().find(|parameter| parameter.name == *name) {
                Some(parameter) => TermKinds { kinds: parameter.value.entity_kinds().cloned().unwrap_or_default(), many: parameter.many },
                None => of(self.known.get(name).unwrap_or(&self.checker.all_kinds).clone()),
            },
            TermNode::Entity { kind, .. } => of(self.checker.policy.kind_named(&kind.value).into_iter().collect()),
            TermNode::Attribute(base, name) => {
                let target = self.checker.policy.kind_named(&name.value);
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
                        if let Some(kinds) = attribute.value.entity_kinds() {
                            reach.kinds = reach.kinds.union(kinds);
                        }
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
        attributes.into_iter().any(|attribute| attribute.name == name.value && attribute.value.is_text())
    }

    /// Records an occurrence of a name.
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

/// Whether the atom is `!=`, which counts as a `not`.
fn is_unequal(atom: &ExprNode) -> bool {
    matches!(atom, ExprNode::Compare { op: Op::Ne, .. })
}
