//! Evaluates conditions, each part for one binding of the variables that are bound outside of it.

use super::judgement::Judgement;
use super::kinds::{Ranging, Types, is_past, terms, variables};
use super::open::unnamed_ends;
use super::pack::{Context, Kinds, Pack};
use super::truth::Truth;
use super::world::{Argument, Entity, Fact, Value, World, attribute_fact};
use delegraph::syntax::Op;
use delegraph::syntax::ast::expr::{Expr, ExprNode, Term, TermNode};
use delegraph::text::Span;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The values and types that a condition is evaluated with.
#[derive(Clone, Debug)]
pub struct Env {
    pub types: Types,
    pub subject: Option<Entity>,
    pub resource: Option<Entity>,
    pub arguments: Vec<(String, Argument)>,
    /// Whether the part is inside a `not`, where no variable is bound.
    pub negated: bool,
}

/// The entity of each variable.
pub type Binding = BTreeMap<String, Entity>;

/// Evaluates conditions in one world and one context.
pub struct Evaluator<'a> {
    pub pack: &'a Pack,
    pub world: &'a World,
    pub context: &'a Context,
    /// The results for relations, roles and implications, by what was asked and of which entities.
    pub(super) found: RefCell<FxHashMap<(String, Vec<Entity>), Judgement>>,
    /// Who is in which group.
    pub(super) memberships: RefCell<FxHashMap<(Entity, Entity), Judgement>>,
    /// The types inside each branch of an `or`, by the span of the branch.
    branches: RefCell<FxHashMap<Span, Types>>,
    /// The types of a whole condition, by the span of its first part.
    conditions: RefCell<FxHashMap<Span, Types>>,
    /// The variables of each part of a condition, by its span.
    variables: RefCell<FxHashMap<Span, BTreeSet<String>>>,
}

impl<'a> Evaluator<'a> {
    pub fn new(pack: &'a Pack, world: &'a World, context: &'a Context) -> Evaluator<'a> {
        world.forget();
        Evaluator::of_same(pack, world, context)
    }

    /// An evaluator of a world that did not change since another one was made for it.
    pub(super) fn of_same(pack: &'a Pack, world: &'a World, context: &'a Context) -> Evaluator<'a> {
        Evaluator {
            pack,
            world,
            context,
            found: RefCell::default(),
            memberships: RefCell::default(),
            branches: RefCell::default(),
            conditions: RefCell::default(),
            variables: RefCell::default(),
        }
    }

    /// A condition with its exception: `if and not unless`.
    pub fn with_exception(&self, condition: Option<&Expr>, unless: Option<&Expr>, env: &Env, binding: &Binding) -> Judgement {
        match condition.or(unless) {
            None => Judgement::plain(Truth::True),
            Some(first) => self.judge(&with_unless(condition, unless, first), env, binding),
        }
    }

    /// Evaluates a part of a condition.
    pub fn judge(&self, part: &Expr, env: &Env, binding: &Binding) -> Judgement {
        // A variable is quantified at the smallest part that has all its places: here, if no smaller part has them. The branches of an `or`
        // are quantified separately, so a branch needs no value for a variable that occurs only in another branch.
        let bound_here = |name: &String| {
            let parts = match &part.node {
                // Inside a `not` only a `_` after `holds` is a variable of its own.
                ExprNode::Or(_) | ExprNode::Not(_) => return false,
                ExprNode::And(parts) => parts.iter().filter(|part| self.variables(part).contains(name)).count(),
                _ => 2,
            };
            parts > 1 && env.types.variables.contains_key(name) && !binding.contains_key(name)
        };
        let all = self.variables(part);
        let here: Vec<Ranging> = all.into_iter().filter(bound_here).filter_map(|name| env.types.ranging(&name)).collect();
        self.exists(&here, binding, &mut |binding| match &part.node {
            ExprNode::Or(parts) => Judgement::any(parts.iter().map(|part| self.judge(part, &self.within_branch(part, env), binding))),
            ExprNode::And(parts) => Judgement::all(parts.iter().map(|part| self.judge(part, env, binding))),
            // An implication inside a `not` does not count as used.
            ExprNode::Not(part) => Judgement::plain(!self.judge(part, &Env { negated: true, ..env.clone() }, binding).truth),
            _ => self.with_wildcards(part, env, binding),
        })
    }

    /// The types of a condition, found once.
    pub fn types(&self, first: &Expr, find: impl FnOnce() -> Types) -> Types {
        if let Some(known) = self.conditions.borrow().get(&first.span) {
            return known.clone();
        }
        let types = find();
        self.conditions.borrow_mut().insert(first.span, types.clone());
        types
    }

    /// The variables of a part of a condition, found once.
    fn variables(&self, part: &Expr) -> BTreeSet<String> {
        // A condition that was put together, with its exception or of an event's effect, has the span of something else.
        if let ExprNode::And(parts) = &part.node
            && !matches!(&parts[..], [first, .., last] if first.span.to(last.span) == part.span)
        {
            return variables(self.pack, part);
        }
        let mut known = self.variables.borrow_mut();
        known.entry(part.span).or_insert_with(|| variables(self.pack, part)).clone()
    }

    /// The environment of a branch of an `or`.
    fn within_branch(&self, branch: &Expr, env: &Env) -> Env {
        if env.negated {
            return env.clone();
        }
        let mut known = self.branches.borrow_mut();
        let types = known.entry(branch.span).or_insert_with(|| env.types.within_branch(self.pack, branch));
        Env { types: types.clone(), ..env.clone() }
    }

    /// The disjunction of `body` over all entities in the ranges of the variables, and over the unnamed ones that some part of it anchors.
    pub fn exists(&self, variables: &[Ranging], binding: &Binding, body: &mut dyn FnMut(&Binding) -> Judgement) -> Judgement {
        let Some((Ranging { name, kinds, past }, rest)) = variables.split_first() else { return body(binding) };
        let mut each = Vec::new();
        let ended = if *past { self.world.ended(kinds, self.context.at) } else { Vec::new() };
        for entity in self.living_and_unnamed(kinds).into_iter().chain(ended) {
            let mut inner = binding.clone();
            inner.insert(name.clone(), entity.clone());
            let mut found = self.exists(rest, &inner, body);
            let anchored = found.anchored.remove(name);
            if !entity.is_unnamed() {
                each.push(found);
            } else if anchored {
                each.push(Judgement { truth: self.with_unnamed(found.truth), ..found });
            }
        }
        Judgement::any(each)
    }

    /// The truth of a condition for a binding to an unnamed entity.
    pub fn with_unnamed(&self, truth: Truth) -> Truth {
        if self.world.is_complete { truth } else { truth.min(Truth::Unknown) }
    }

    /// Evaluates an atom. Each `_` in it is a variable of its own.
    fn with_wildcards(&self, atom: &Expr, env: &Env, binding: &Binding) -> Judgement {
        let mut wild: Vec<Ranging> = Vec::new();
        let places = terms(atom).into_iter().enumerate().filter(|(_, term)| matches!(term.node, TermNode::Any));
        for (index, _) in places {
            let kinds = env.types.wildcard(self.pack, atom, index);
            wild.push(Ranging { name: format!("_{index}"), kinds, past: is_past(atom) });
        }
        if wild.is_empty() {
            return self.atom(atom, env, binding);
        }
        let atom = named_wildcards(atom);
        self.exists(&wild, binding, &mut |binding| self.atom(&atom, env, binding))
    }

    fn atom(&self, atom: &Expr, env: &Env, binding: &Binding) -> Judgement {
        let one = |term: &Term| self.term(term, env, binding);
        // An atom is false if an entity is of a kind that its place does not allow, even if other terms are unknown.
        let is_allowed = |(index, term): (usize, &Term)| match one(term) {
            Read::One(Value::Entity(entity)) => env.types.allows(self.pack, atom, index, &entity.kind),
            _ => true,
        };
        let role_is_allowed = match &atom.node {
            ExprNode::Holds { role, .. } => !matches!(self.role(role, env, binding), Read::One(Value::Entity(role)) if role.kind != "role"),
            _ => true,
        };
        let has_typed_places = matches!(atom.node, ExprNode::Relation { .. } | ExprNode::Holds { .. } | ExprNode::In { .. });
        if has_typed_places && !(role_is_allowed && terms(atom).into_iter().enumerate().all(is_allowed)) {
            return Judgement::plain(Truth::False);
        }
        match &atom.node {
            ExprNode::Bool(value) => Judgement::plain(Truth::of(*value)),
            ExprNode::Toggle(name) => Judgement::plain(Truth::of(self.context.on.contains(&name.value))),
            ExprNode::Relation { was, name, terms } => match entities(terms.iter().map(one)) {
                Err(Truth::Unknown) => {
                    let ends: Vec<Read> = terms.iter().map(one).collect();
                    let kinds = |index: usize| env.types.allowed(self.pack, atom, index);
                    let asked =
                        |ends: &[Entity]| if *was { self.was(&name.value, ends) } else { self.relation_by_groups(&name.value, ends) };
                    let mut anchored = self.anchored_with_unknown(&ends, &kinds, &asked);
                    anchored.extend(if *was { BTreeSet::new() } else { self.anchored_by_groups(&name.value, &ends) });
                    named_ends(Judgement::plain(Truth::Unknown).anchoring(anchored), terms.iter())
                }
                Err(truth) => Judgement::plain(truth),
                Ok(ends) if *was => named_ends(self.was(&name.value, &ends), terms.iter()),
                Ok(ends) => named_ends(self.relation_by_groups(&name.value, &ends), terms.iter()),
            },
            ExprNode::Holds { was, holder, role, scope } => {
                let operands = [one(holder), self.role(role, env, binding), one(scope)];
                let asked = |operands: &[Entity]| {
                    if *was {
                        let fact = Fact::Holds(operands[0].clone(), operands[1].id.clone(), operands[2].clone());
                        return self.was_stated(&fact, &[&operands[0], &operands[0], &operands[2]]);
                    }
                    self.holds(&operands[0], &operands[1].id, &operands[2])
                };
                // The role is never unnamed.
                let judgement = match entities(operands.clone()) {
                    Err(Truth::Unknown) if operands[1] != Read::Unknown => {
                        let kinds = |index: usize| env.types.allowed(self.pack, atom, index.min(1));
                        Judgement::plain(Truth::Unknown).anchoring(self.anchored_with_unknown(&operands, &kinds, &asked))
                    }
                    Err(truth) => Judgement::plain(truth),
                    Ok(operands) => asked(&operands),
                };
                named_ends(judgement, [holder, holder, scope])
            }
            ExprNode::Is { term, kind } => Judgement::plain(match entities([one(term)]) {
                Err(truth) => truth,
                Ok(operands) => Truth::of(operands[0].kind == kind.value),
            }),
            ExprNode::Within { term, scope } => Judgement::plain(match entities([one(term), one(scope)]) {
                Err(truth) => truth,
                Ok(operands) => self.within(&operands[0], &operands[1]),
            }),
            ExprNode::InList { term, list } => Judgement::plain(match one(term) {
                Read::Unknown if list.iter().any(|item| self.may_have(term, &super::world::constant(item), env, binding)) => Truth::Unknown,
                Read::None | Read::Unknown => Truth::False,
                Read::One(value) => Truth::of(list.iter().any(|item| super::world::constant(item) == value)),
            }),
            ExprNode::In { term, set } => named_ends(self.within_set(&one(term), set, env, binding), [term, set]),
            ExprNode::Compare { left, op: Op::Ne, right } => Judgement::plain(!self.compare((left, Op::Eq, right), env, binding)),
            ExprNode::Compare { left, op, right } => Judgement::plain(self.compare((left, *op, right), env, binding)),
            ExprNode::Or(_) | ExprNode::And(_) | ExprNode::Not(_) => unreachable!("not an atom"),
        }
    }

    fn compare(&self, (left, op, right): (&Term, Op, &Term), env: &Env, binding: &Binding) -> Truth {
        let (one, two) = (self.term(left, env, binding), self.term(right, env, binding));
        let impossible = match (&one, &two) {
            (Read::Unknown, Read::One(value)) => !self.may_have(left, value, env, binding),
            (Read::One(value), Read::Unknown) => !self.may_have(right, value, env, binding),
            // Two unnamed entities may be the same or not.
            (Read::One(Value::Entity(a)), Read::One(Value::Entity(b))) if a == b && self.is_blank(a) => return Truth::Unknown,
            _ => false,
        };
        if op == Op::Eq && impossible { Truth::False } else { compare(&one, op, &two) }
    }

    /// Whether a term whose value is unknown may have this value.
    fn may_have(&self, term: &Term, value: &Value, env: &Env, binding: &Binding) -> bool {
        let TermNode::Attribute(of, name) = &term.node else { return true };
        match self.term(of, env, binding) {
            Read::One(Value::Entity(entity)) if !self.pack.is_container_hop(&entity.kind, &name.value) => {
                self.may_be(&entity, &name.value, value)
            }
            _ => true,
        }
    }

    /// Whether `inner` is `outer` or lies within it.
    fn within(&self, inner: &Entity, outer: &Entity) -> Truth {
        let chain = self.world.itself_and_containers(self.pack, inner, self.context.at);
        if inner == outer && self.is_blank(inner) {
            return Truth::Unknown;
        }
        let unknown = self.unknown_containers(&chain[chain.len() - 1]);
        if chain.contains(outer) {
            Truth::True
        } else if unknown.contains(&outer.kind) && !self.world.is_gone(outer, self.context.at) {
            Truth::Unknown
        } else {
            Truth::False
        }
    }

    /// The ends that are anchored, where another one is unknown: with some entity in its place.
    fn anchored_with_unknown(
        &self,
        ends: &[Read],
        kinds: &dyn Fn(usize) -> Kinds,
        asked: &dyn Fn(&[Entity]) -> Judgement,
    ) -> BTreeSet<String> {
        let Some(unknown) = ends.iter().position(|end| *end == Read::Unknown) else {
            return entities(ends.iter().cloned()).map(|ends| asked(&ends).anchored).unwrap_or_default();
        };
        let mut anchored = BTreeSet::new();
        for entity in self.living_and_unnamed(&kinds(unknown)) {
            let mut filled = ends.to_vec();
            filled[unknown] = Read::One(Value::Entity(entity));
            anchored.extend(self.anchored_with_unknown(&filled, kinds, asked));
        }
        anchored.remove(&format!("#{unknown}"));
        anchored
    }

    /// The role after `holds`, as its entity.
    fn role(&self, role: &Term, env: &Env, binding: &Binding) -> Read {
        match self.pack.named_role(role) {
            Some(named) => Read::One(Value::Entity(Entity::new("role", &named.meta.name.value))),
            None => self.term(role, env, binding),
        }
    }

    /// Evaluates `term in set`, for a group or for a set of values. The ends are the term and the group.
    fn within_set(&self, term: &Read, set: &Term, env: &Env, binding: &Binding) -> Judgement {
        if !env.types.is_many(self.pack, set) {
            return match (term, self.term(set, env, binding)) {
                (Read::None, _) | (_, Read::None) => Judgement::plain(Truth::False),
                // An entity that is in no group is not in an unknown group either.
                (Read::One(Value::Entity(member)), Read::Unknown) if self.is_in_no_group(member) => Judgement::plain(Truth::False),
                (one @ Read::Unknown, other) | (one, other @ Read::Unknown) => {
                    let kinds = |index: usize| if index == 0 { self.pack.every_kind() } else { self.pack.every_group() };
                    let asked = |ends: &[Entity]| self.member(&ends[0], &ends[1]);
                    Judgement::plain(Truth::Unknown).anchoring(self.anchored_with_unknown(&[one.clone(), other], &kinds, &asked))
                }
                (Read::One(Value::Entity(member)), Read::One(Value::Entity(group))) => self.member(member, &group),
                _ => Judgement::plain(Truth::False),
            };
        }
        match (term, self.set(set, env, binding)) {
            (Read::None, _) | (_, Set::None) => Judgement::plain(Truth::False),
            // No value is in an empty set, so an unknown one is not either.
            (_, Set::Values { values, open: None }) if values.is_empty() => Judgement::plain(Truth::False),
            (Read::Unknown, _) | (_, Set::Unknown) => Judgement::plain(Truth::Unknown),
            (Read::One(value), Set::Values { values, open }) => {
                let open = open.filter(|(entity, name)| self.may_contain(entity, name, value));
                let truth = match open {
                    _ if values.contains(value) => Truth::True,
                    Some(_) => Truth::Unknown,
                    None => Truth::False,
                };
                let mut anchored = BTreeSet::new();
                if let (Value::Entity(member), TermNode::Attribute(of, name)) = (value, &set.node)
                    && let Read::One(Value::Entity(bearer)) = self.term(of, env, binding)
                    && self.is_anchor(&attribute_fact(self.pack, &bearer, &name.value, value.clone()))
                {
                    anchored = unnamed_ends([(0, member)]);
                }
                Judgement::plain(truth).anchoring(anchored)
            }
        }
    }

    /// Whether the fact held before, by what the world states and leaves open.
    fn before(&self, fact: &Fact) -> Truth {
        if self.world.held_before(fact, self.context.at) {
            Truth::True
        } else if self.may_have_held(fact) {
            Truth::Unknown
        } else {
            Truth::False
        }
    }

    /// Evaluates `was holder holds role on scope`: this very fact held before and does not hold now. The ends are those of the atom.
    fn was_stated(&self, fact: &Fact, ends: &[&Entity]) -> Judgement {
        // Nobody knows what a role is that the pack does not name.
        let is_named = !matches!(fact, Fact::Holds(_, role, _) if self.pack.role(role).is_none());
        let before = self.before(fact).min(if is_named { Truth::True } else { Truth::Unknown });
        let now = if self.world.holds(fact, self.context.at) {
            Truth::True
        } else if self.may_hold(fact) {
            Truth::Unknown
        } else {
            Truth::False
        };
        let unnamed = if before == Truth::Unknown { unnamed_ends(ends.iter().copied().enumerate()) } else { BTreeSet::new() };
        Judgement::all([Judgement::plain(before).anchoring(unnamed), Judgement::plain(!now)])
    }

    /// Evaluates `was relation(…)`: the relation held before and does not hold now.
    fn was(&self, relation: &str, ends: &[Entity]) -> Judgement {
        let before = self.covered(relation, ends).into_iter().map(|(covered, certainty)| {
            let truth = self.before(&Fact::Relation(relation.to_owned(), covered.clone()));
            let anchored = if truth == Truth::Unknown { unnamed_in(&covered, ends) } else { BTreeSet::new() };
            Judgement::plain(truth.min(certainty)).anchoring(anchored)
        });
        let now = Judgement::plain(!self.relation(relation, ends).truth);
        Judgement::all([Judgement::any(before), now])
    }
}

/// The unnamed ends of a fact, where it is about the same ends as the atom.
pub fn unnamed_in(fact: &[Entity], ends: &[Entity]) -> BTreeSet<String> {
    unnamed_ends(fact.iter().zip(ends).enumerate().filter(|(_, (own, end))| own == end).map(|(index, (own, _))| (index, own)))
}

/// The result of an atom: an anchored end is the variable at that end.
fn named_ends<'t>(judgement: Judgement, terms: impl IntoIterator<Item = &'t Term>) -> Judgement {
    let name = |(index, term): (usize, &Term)| match &term.node {
        _ if !judgement.anchored.contains(&format!("#{index}")) => None,
        TermNode::Name(name) => Some(name.clone()),
        TermNode::Subject => Some("subject".to_owned()),
        _ => None,
    };
    let anchored = terms.into_iter().enumerate().filter_map(name).collect();
    Judgement { anchored, ..judgement }
}

/// The result of reading a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    One(Value),
    /// It is known to have no value.
    None,
    /// The world does not have its value.
    Unknown,
}

/// The result of reading a term with many values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Set {
    Values {
        values: Vec<Value>,
        /// The entity and its attribute, if there may be more values.
        open: Option<(Entity, String)>,
    },
    None,
    Unknown,
}

/// The operands of an atom as entities. If an operand has no value the atom is false; else if one is unknown it is unknown.
pub fn entities(operands: impl IntoIterator<Item = Read>) -> Result<Vec<Entity>, Truth> {
    let operands: Vec<Read> = operands.into_iter().collect();
    if operands.contains(&Read::None) {
        return Err(Truth::False);
    }
    let entity = |operand| match operand {
        Read::One(Value::Entity(entity)) => Ok(entity),
        Read::One(_) => Err(Truth::False),
        Read::None | Read::Unknown => Err(Truth::Unknown),
    };
    operands.into_iter().map(entity).collect()
}

fn compare(left: &Read, op: Op, right: &Read) -> Truth {
    let (left, right) = match (left, right) {
        (Read::None, _) | (_, Read::None) => return Truth::False,
        (Read::Unknown, _) | (_, Read::Unknown) => return Truth::Unknown,
        (Read::One(left), Read::One(right)) => (left, right),
    };
    let ordered = matches!((left, right), (Value::Number(_), Value::Number(_)) | (Value::Date(_), Value::Date(_)));
    Truth::of(match op {
        Op::Eq | Op::Ne => left == right,
        Op::Lt => ordered && left < right,
        Op::Le => ordered && left <= right,
        Op::Gt => ordered && left > right,
        Op::Ge => ordered && left >= right,
    })
}

/// The atom with a variable for each `_`.
fn named_wildcards(atom: &Expr) -> Expr {
    let mut atom = atom.clone();
    let terms: Vec<&mut Term> = match &mut atom.node {
        ExprNode::Relation { terms, .. } => terms.iter_mut().collect(),
        ExprNode::Holds { holder, scope, .. } => vec![holder, scope],
        ExprNode::In { term, set } => vec![term, set],
        _ => Vec::new(),
    };
    for (index, term) in terms.into_iter().enumerate() {
        if matches!(term.node, TermNode::Any) {
            term.node = TermNode::Name(format!("_{index}"));
        }
    }
    atom
}

/// `if and not unless` as one condition, with the span of `place`.
pub fn with_unless(condition: Option<&Expr>, unless: Option<&Expr>, place: &Expr) -> Expr {
    let mut parts: Vec<Expr> = condition.into_iter().cloned().collect();
    parts.extend(unless.map(|unless| Expr { span: unless.span, node: ExprNode::Not(Box::new(unless.clone())) }));
    Expr { span: place.span, node: ExprNode::And(parts) }
}
