//! The kinds of variables and terms.
//!
//! A variable with the name of a kind is of that kind. Any other variable may be of the kinds that all places allow which bind it outside
//! `not` and `unless`. If branches of an `or` each bind it, it has in each branch the kinds of that branch. Other places do not restrict
//! its kinds: there an atom is false for an entity of a kind that the place does not allow.

use super::pack::{Kinds, Pack, is_many, names, targets};
use delegraph::syntax::AttributeDecl;
use delegraph::syntax::ast::expr::{Expr, ExprNode, Term, TermNode};
use std::collections::{BTreeMap, BTreeSet};

/// The kinds of subject, resource, parameters and variables of a condition.
#[derive(Clone, Debug, Default)]
pub struct Types {
    pub subject: Kinds,
    pub resource: Kinds,
    pub parameters: BTreeMap<String, AttributeDecl>,
    pub variables: BTreeMap<String, Kinds>,
    /// The variables that range over what has ended too: those that stand in `was` outside `not`, and in no fact.
    pub past: BTreeSet<String>,
}

/// A variable with its range.
#[derive(Clone, Debug)]
pub struct Ranging {
    pub name: String,
    pub kinds: Kinds,
    /// Whether it ranges over what has ended too.
    pub past: bool,
}

/// The kinds of a place in an atom.
struct Place {
    /// The kinds that the schema declares for it.
    declared: Kinds,
    /// The kinds that it allows: these, and maybe those of entities within them.
    allowed: Kinds,
}

/// How a part of a condition binds a variable.
struct Bound {
    /// The kinds that the part leaves to the variable.
    kinds: Kinds,
    /// Whether the variable is bound wherever the part is true.
    always: bool,
}

impl Types {
    /// Finds the kinds of the variables of a condition. A `fact` that an event removes binds its variables; `conclusions` bind none.
    pub fn find(mut self, pack: &Pack, condition: &Expr, fact: Option<&Expr>, conclusions: &[&Expr]) -> Types {
        let all = [condition].into_iter().chain(fact).chain(conclusions.iter().copied());
        let mut found: BTreeSet<String> = all.flat_map(|part| variables(pack, part)).collect();
        found.retain(|name| !self.parameters.contains_key(name));
        self.variables = found.into_iter().map(|name| (name, pack.every_kind())).collect();
        self.past = asked_before(condition);
        let facts = fact.into_iter().chain(conclusions.iter().copied());
        facts.flat_map(|fact| variables(pack, fact)).for_each(|name| _ = self.past.remove(&name));
        // The kinds of one variable may follow from those of another, so this repeats until they no longer change.
        loop {
            let of = |name: &String| {
                if pack.every_kind().contains(name) {
                    return Kinds::from([name.clone()]);
                }
                let mut kinds = self.bound(pack, condition, name).map_or_else(|| pack.every_kind(), |bound| bound.kinds);
                for place in fact.into_iter().flat_map(|fact| self.places_of(pack, fact, name)) {
                    // In a fact, a place does not allow the kinds within the declared ones.
                    kinds.retain(|kind| place.declared.contains(kind));
                }
                kinds
            };
            let next = self.variables.keys().map(|name| (name.clone(), of(name))).collect();
            if self.variables == next {
                return self;
            }
            self.variables = next;
        }
    }

    /// The variable with its range; `None` if it is a parameter.
    pub fn ranging(&self, name: &str) -> Option<Ranging> {
        let kinds = self.variables.get(name)?.clone();
        Some(Ranging { name: name.to_owned(), kinds, past: self.past.contains(name) })
    }

    /// The types inside a branch of an `or`, which has its own kinds for the variables that it binds.
    pub fn within_branch(&self, pack: &Pack, branch: &Expr) -> Types {
        let mut types = self.clone();
        loop {
            let before = types.variables.clone();
            for (name, kinds) in &mut types.variables {
                let own = if pack.every_kind().contains(name) {
                    None
                } else {
                    Types { variables: before.clone(), ..self.clone() }.bound(pack, branch, name)
                };
                // A branch that may be true without binding it takes no kind away.
                if let Some(own) = own.filter(|own| own.always) {
                    kinds.retain(|kind| own.kinds.contains(kind));
                }
            }
            if types.variables == before {
                return types;
            }
        }
    }

    /// How a part of a condition binds a variable, if it does.
    fn bound(&self, pack: &Pack, part: &Expr, name: &str) -> Option<Bound> {
        let each = |parts: &[Expr]| -> Vec<Option<Bound>> { parts.iter().map(|part| self.bound(pack, part, name)).collect() };
        let either = |all: Vec<Bound>| all.into_iter().reduce(|a, b| Bound { kinds: &a.kinds | &b.kinds, always: a.always && b.always });
        match &part.node {
            ExprNode::Not(_) => None,
            ExprNode::Or(parts) => {
                let branches = each(parts);
                let all = branches.iter().all(Option::is_some);
                either(branches.into_iter().flatten().collect()).map(|bound| Bound { always: all && bound.always, ..bound })
            }
            ExprNode::And(parts) => {
                let (always, others): (Vec<Bound>, Vec<Bound>) = each(parts).into_iter().flatten().partition(|bound| bound.always);
                let all = always.into_iter().reduce(|a, b| Bound { kinds: &a.kinds & &b.kinds, always: true });
                all.or_else(|| either(others))
            }
            _ => {
                let allowed = self.places_of(pack, part, name).into_iter().map(|place| place.allowed);
                allowed.reduce(|a, b| &a & &b).map(|kinds| Bound { kinds, always: true })
            }
        }
    }

    /// Whether an entity of this kind is allowed as the term of this index.
    pub fn allows(&self, pack: &Pack, atom: &Expr, index: usize, kind: &str) -> bool {
        // The same as by `place`, without making the sets of its kinds.
        match &atom.node {
            ExprNode::Relation { name, terms, .. } => {
                let relation = pack.relation(&name.value);
                let is_end = |end: &str| relation.ends[index].iter().any(|own| own.value == end);
                let covers = relation.covers && index + 1 == terms.len();
                is_end(kind) || covers && relation.ends[index].iter().any(|own| pack.may_lie_within(kind, &own.value))
            }
            ExprNode::Holds { .. } if index == 0 => pack.holders().contains(kind),
            _ => self.place(pack, atom, index).is_none_or(|place| place.allowed.contains(kind)),
        }
    }

    /// The places of an atom where the variable occurs by itself.
    fn places_of(&self, pack: &Pack, atom: &Expr, name: &str) -> Vec<Place> {
        let mut places = Vec::new();
        for (index, term) in terms(atom).into_iter().enumerate() {
            if matches!(&term.node, TermNode::Name(own) if own == name) {
                places.extend(self.place(pack, atom, index));
            }
        }
        if matches!(&atom.node, ExprNode::Holds { role, .. } if role.name() == Some(name)) {
            let role = Kinds::from(["role".to_owned()]);
            places.push(Place { declared: role.clone(), allowed: role });
        }
        places
    }

    /// The kinds that an atom allows as the term of this index.
    pub fn allowed(&self, pack: &Pack, atom: &Expr, index: usize) -> Kinds {
        self.place(pack, atom, index).expect("the pack was checked").allowed
    }

    /// The kinds over which a `_` ranges as the term of this index.
    pub fn wildcard(&self, pack: &Pack, atom: &Expr, index: usize) -> Kinds {
        self.place(pack, atom, index).expect("the pack was checked").declared
    }

    /// The place of the term of this index; `None` if it does not restrict kinds.
    fn place(&self, pack: &Pack, atom: &Expr, index: usize) -> Option<Place> {
        let exactly = |kinds: Kinds| Some(Place { declared: kinds.clone(), allowed: kinds });
        let and_below = |kinds: Kinds| Some(Place { allowed: pack.with_below(&kinds), declared: kinds });
        match &atom.node {
            ExprNode::Relation { name, terms, .. } => {
                let relation = pack.relation(&name.value);
                let end = names(&relation.ends[index]);
                if relation.covers && index + 1 == terms.len() { and_below(end) } else { exactly(end) }
            }
            ExprNode::Holds { .. } if index == 0 => exactly(pack.holders().clone()),
            ExprNode::Holds { was, role, .. } => {
                let roles = pack.all.roles.iter().filter(|known| role.name() == Some(&known.meta.name.value));
                let on: Kinds = roles.flat_map(|role| names(&role.on)).collect();
                // A variable may be any role.
                let on = if on.is_empty() { pack.all.roles.iter().flat_map(|role| names(&role.on)).collect() } else { on };
                if *was { exactly(on) } else { and_below(on) }
            }
            ExprNode::In { term, set } => {
                if self.is_many(pack, set) {
                    return if index == 0 { exactly(self.kinds(pack, set)) } else { None };
                }
                // Left: the kinds of members of the groups on the right. Right: the kinds of groups that the left side may be in, if its
                // text names its kind.
                if index == 0 {
                    let groups = self.kinds(pack, set);
                    return exactly(pack.members_of(&if groups.is_empty() { pack.every_group() } else { groups }));
                }
                let members = self.named_kind(pack, term).unwrap_or_else(|| pack.every_kind());
                exactly(members.iter().flat_map(|kind| pack.all_groups_of(kind)).collect())
            }
            ExprNode::InList { list, .. } => {
                let kind = |term: &Term| match &term.node {
                    TermNode::Entity { kind, .. } => Some(kind.value.clone()),
                    _ => None,
                };
                let kinds: Kinds = list.iter().filter_map(kind).collect();
                if kinds.is_empty() { None } else { exactly(kinds) }
            }
            _ => None,
        }
    }

    /// The kind of a literal entity, or of a variable with the name of a kind.
    fn named_kind(&self, pack: &Pack, term: &Term) -> Option<Kinds> {
        match &term.node {
            TermNode::Entity { kind, .. } => Some(Kinds::from([kind.value.clone()])),
            TermNode::Name(name) if pack.every_kind().contains(name) && !self.parameters.contains_key(name) => {
                Some(Kinds::from([name.clone()]))
            }
            _ => None,
        }
    }

    /// The kinds that a term may have; empty if it is not an entity.
    pub fn kinds(&self, pack: &Pack, term: &Term) -> Kinds {
        match &term.node {
            TermNode::Subject => self.subject.clone(),
            TermNode::Resource => self.resource.clone(),
            TermNode::Name(name) => match self.parameters.get(name) {
                Some(parameter) => targets(&parameter.value),
                None => self.variables.get(name).cloned().unwrap_or_default(),
            },
            TermNode::Entity { kind, .. } => Kinds::from([kind.value.clone()]),
            TermNode::Attribute(of, name) => {
                let step = |kind: &String| {
                    if *kind == name.value || pack.may_lie_within(kind, &name.value) {
                        return Kinds::from([name.value.clone()]);
                    }
                    pack.attribute(kind, &name.value).map(|attribute| targets(&attribute.value)).unwrap_or_default()
                };
                self.kinds(pack, of).iter().flat_map(step).collect()
            }
            TermNode::Text(_) | TermNode::Number(_) | TermNode::Date(_) | TermNode::Any => Kinds::new(),
        }
    }

    /// Whether the term has any number of values.
    pub fn is_many(&self, pack: &Pack, term: &Term) -> bool {
        match &term.node {
            TermNode::Name(name) => self.parameters.get(name).is_some_and(is_many),
            TermNode::Attribute(of, name) => self.kinds(pack, of).iter().any(|kind| pack.attribute(kind, &name.value).is_some_and(is_many)),
            _ => false,
        }
    }
}

/// The atoms of a condition.
fn atoms(condition: &Expr) -> Vec<&Expr> {
    match &condition.node {
        ExprNode::Or(parts) | ExprNode::And(parts) => parts.iter().flat_map(atoms).collect(),
        ExprNode::Not(part) => atoms(part),
        _ => vec![condition],
    }
}

/// The variables that stand by themselves in an atom with `was` outside `not`.
fn asked_before(condition: &Expr) -> BTreeSet<String> {
    match &condition.node {
        ExprNode::Or(parts) | ExprNode::And(parts) => parts.iter().flat_map(asked_before).collect(),
        ExprNode::Not(_) => BTreeSet::new(),
        _ if is_past(condition) => {
            let name = |term: &Term| if let TermNode::Name(name) = &term.node { Some(name.clone()) } else { None };
            terms(condition).into_iter().filter_map(name).collect()
        }
        _ => BTreeSet::new(),
    }
}

/// Whether the atom is asked of the past.
pub fn is_past(atom: &Expr) -> bool {
    matches!(atom.node, ExprNode::Relation { was: true, .. } | ExprNode::Holds { was: true, .. })
}

/// The terms of an atom, in order.
pub fn terms(atom: &Expr) -> Vec<&Term> {
    match &atom.node {
        ExprNode::Relation { terms, .. } => terms.iter().collect(),
        ExprNode::Holds { holder, scope, .. } => vec![holder, scope],
        ExprNode::Is { term, .. } | ExprNode::InList { term, .. } => vec![term],
        ExprNode::Within { term, scope } => vec![term, scope],
        ExprNode::In { term, set } => vec![term, set],
        ExprNode::Compare { left, right, .. } => vec![left, right],
        ExprNode::Or(_) | ExprNode::And(_) | ExprNode::Not(_) | ExprNode::Toggle(_) | ExprNode::Bool(_) => Vec::new(),
    }
}

/// The names of variables and parameters in a condition.
pub fn variables(pack: &Pack, condition: &Expr) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for atom in atoms(condition) {
        for mut term in terms(atom) {
            while let TermNode::Attribute(of, _) = &term.node {
                term = of;
            }
            if let TermNode::Name(name) = &term.node {
                found.insert(name.clone());
            }
        }
        // The name after `holds` is a role or else a variable.
        if let ExprNode::Holds { role, .. } = &atom.node
            && pack.named_role(role).is_none()
        {
            found.extend(role.name().map(str::to_owned));
        }
    }
    found
}
