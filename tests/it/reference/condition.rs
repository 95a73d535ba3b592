//! Conditions: what each part comes to, for one binding of the variables around it.

use super::judged::Judged;
use super::kinds::{Types, terms, variables};
use super::pack::{Context, Kinds, Pack};
use super::truth::Truth;
use super::world::{Argument, Entity, Fact, Value, World};
use delegraph::syntax::Op;
use delegraph::syntax::ast::expr::{Expr, ExprNode, Term, TermNode};
use delegraph::text::{Span, Spanned};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

/// What stands around a condition.
#[derive(Clone, Debug)]
pub struct Around {
    pub types: Types,
    pub subject: Option<Entity>,
    pub resource: Option<Entity>,
    pub arguments: Vec<(String, Argument)>,
    /// The part stands inside `not`, where nothing binds a variable.
    pub negated: bool,
}

/// For whom each variable stands.
pub type Binding = BTreeMap<String, Entity>;

/// Judges conditions about one world in one scene.
pub struct Evaluator<'a> {
    pub pack: &'a Pack,
    pub world: &'a World,
    pub context: &'a Context,
    /// What implications gave when they were asked before.
    pub(super) given: RefCell<HashMap<(String, Vec<Entity>), Judged>>,
    /// The kinds of variables in branches of `or`, by the place of the branch.
    branches: RefCell<HashMap<Span, Types>>,
}

impl<'a> Evaluator<'a> {
    pub fn new(pack: &'a Pack, world: &'a World, context: &'a Context) -> Evaluator<'a> {
        Evaluator { pack, world, context, given: RefCell::default(), branches: RefCell::default() }
    }

    /// A condition with its exception: `if and not unless`.
    pub fn with_exception(&self, condition: Option<&Expr>, unless: Option<&Expr>, around: &Around, binding: &Binding) -> Judged {
        match condition.or(unless) {
            None => Judged::plain(Truth::True),
            Some(first) => self.judge(&whole(condition, unless, first), around, binding),
        }
    }

    /// What a part of a condition comes to.
    pub fn judge(&self, part: &Expr, around: &Around, binding: &Binding) -> Judged {
        // A variable means "there is one", at the smallest part that holds it: here, if no smaller part holds all places of it. Each
        // branch of an `or` has variables of its own, so that what one of them asks for needs nobody whom only another speaks of.
        let bound_here = |name: &String| {
            let parts = match &part.node {
                ExprNode::Or(_) => return false,
                ExprNode::And(parts) => parts.iter().filter(|part| variables(self.pack, part).contains(name)).count(),
                _ => 2,
            };
            parts > 1 && around.types.variables.contains_key(name) && !binding.contains_key(name)
        };
        let here: Vec<(String, Kinds)> = variables(self.pack, part)
            .into_iter()
            .filter(bound_here)
            .map(|name| (name.clone(), around.types.variables[&name].clone()))
            .collect();
        self.some(&here, binding, &mut |binding| match &part.node {
            ExprNode::Or(parts) => Judged::any(parts.iter().map(|part| self.judge(part, &self.within_branch(part, around), binding))),
            ExprNode::And(parts) => Judged::all(parts.iter().map(|part| self.judge(part, around, binding))),
            // What stands in `not` is not used.
            ExprNode::Not(part) => Judged::plain(!self.judge(part, &Around { negated: true, ..around.clone() }, binding).truth),
            _ => self.with_wildcards(part, around, binding),
        })
    }

    /// What stands around a branch of an `or`.
    fn within_branch(&self, branch: &Expr, around: &Around) -> Around {
        if around.negated {
            return around.clone();
        }
        let mut known = self.branches.borrow_mut();
        let types = known.entry(branch.span).or_insert_with(|| around.types.within_branch(self.pack, branch));
        Around { types: types.clone(), ..around.clone() }
    }

    /// The `or` over all living entities of their kinds.
    pub fn some(&self, variables: &[(String, Kinds)], binding: &Binding, body: &mut dyn FnMut(&Binding) -> Judged) -> Judged {
        let Some(((name, kinds), rest)) = variables.split_first() else { return body(binding) };
        let living = self.world.living(self.pack, kinds, self.context.at);
        let each = living.into_iter().map(|entity| {
            let mut binding = binding.clone();
            binding.insert(name.clone(), entity);
            self.some(rest, &binding, body)
        });
        Judged::any(each.collect::<Vec<_>>())
    }

    /// An atom: each `_` in it is a variable of its own.
    fn with_wildcards(&self, atom: &Expr, around: &Around, binding: &Binding) -> Judged {
        let mut wild: Vec<(String, Kinds)> = Vec::new();
        let places = terms(atom).into_iter().enumerate().filter(|(_, term)| matches!(term.node, TermNode::Any));
        for (index, _) in places {
            wild.push((format!("_{index}"), around.types.wildcard(self.pack, atom, index)));
        }
        if wild.is_empty() {
            return self.atom(atom, around, binding);
        }
        let atom = named_wildcards(atom);
        self.some(&wild, binding, &mut |binding| self.atom(&atom, around, binding))
    }

    fn atom(&self, atom: &Expr, around: &Around, binding: &Binding) -> Judged {
        let one = |term: &Term| self.term(term, around, binding);
        // Something stands where it may not, be the rest known or not.
        let stands = |(index, term): (usize, &Term)| match one(term) {
            Read::One(Value::Entity(entity)) => around.types.may_stand(self.pack, atom, index, &entity.kind),
            _ => true,
        };
        let role_stands = match &atom.node {
            ExprNode::Holds { role, .. } => {
                !matches!(self.role(role, around, binding), Read::One(Value::Entity(role)) if role.kind != "role")
            }
            _ => true,
        };
        let is_placed = matches!(atom.node, ExprNode::Relation { .. } | ExprNode::Holds { .. } | ExprNode::In { .. });
        if is_placed && !(role_stands && terms(atom).into_iter().enumerate().all(stands)) {
            return Judged::plain(Truth::False);
        }
        match &atom.node {
            ExprNode::Bool(so) => Judged::plain(Truth::of(*so)),
            ExprNode::Toggle(name) => Judged::plain(Truth::of(self.context.on.contains(&name.value))),
            ExprNode::Relation { was, name, terms } => match entities(terms.iter().map(one)) {
                Err(truth) => Judged::plain(truth),
                Ok(ends) if *was => Judged::plain(self.was(&name.value, &ends)),
                Ok(ends) => self.relation(&name.value, &ends),
            },
            ExprNode::Holds { holder, role, scope } => {
                let role = self.role(role, around, binding);
                match entities([one(holder), role, one(scope)]) {
                    Err(truth) => Judged::plain(truth),
                    Ok(operands) => self.holds(&operands[0], &operands[1].id, &operands[2]),
                }
            }
            ExprNode::Is { term, kind } => Judged::plain(match entities([one(term)]) {
                Err(truth) => truth,
                Ok(operands) => Truth::of(operands[0].kind == kind.value),
            }),
            ExprNode::Within { term, scope } => Judged::plain(match entities([one(term), one(scope)]) {
                Err(truth) => truth,
                Ok(operands) => Truth::of(self.world.chain(self.pack, &operands[0], self.context.at).contains(&operands[1])),
            }),
            ExprNode::InList { term, list } => Judged::plain(match one(term) {
                Read::None => Truth::False,
                Read::Unknown => Truth::Unknown,
                Read::One(value) => Truth::of(list.iter().any(|item| super::world::constant(item) == value)),
            }),
            ExprNode::In { term, set } => Judged::plain(self.within_set(&one(term), set, around, binding)),
            ExprNode::Compare { left, op: Op::Ne, right } => Judged::plain(!compare(&one(left), Op::Eq, &one(right))),
            ExprNode::Compare { left, op, right } => Judged::plain(compare(&one(left), *op, &one(right))),
            ExprNode::Or(_) | ExprNode::And(_) | ExprNode::Not(_) => unreachable!("not an atom"),
        }
    }

    /// The role after `holds`, as its entity.
    fn role(&self, role: &Spanned<String>, around: &Around, binding: &Binding) -> Read {
        if self.pack.role(&role.value).is_some() {
            return Read::One(Value::Entity(Entity::new("role", &role.value)));
        }
        self.term(&Term { span: role.span, node: TermNode::Name(role.value.clone()) }, around, binding)
    }

    /// `term in set`: a group, or a set of values as told.
    fn within_set(&self, term: &Read, set: &Term, around: &Around, binding: &Binding) -> Truth {
        if !around.types.is_many(self.pack, set) {
            return match (term, self.term(set, around, binding)) {
                (Read::None, _) | (_, Read::None) => Truth::False,
                // One who is in no group is not in an unknown group either.
                (Read::One(Value::Entity(member)), Read::Unknown) if self.is_in_no_group(member) => Truth::False,
                (Read::Unknown, _) | (_, Read::Unknown) => Truth::Unknown,
                (Read::One(Value::Entity(member)), Read::One(Value::Entity(group))) => self.member(member, &group),
                _ => Truth::False,
            };
        }
        match (term, self.set(set, around, binding)) {
            (Read::None, _) | (_, Set::None) => Truth::False,
            // An empty set is none.
            (_, Set::Values { told, complete: true }) if told.is_empty() => Truth::False,
            (Read::Unknown, _) | (_, Set::Unknown) => Truth::Unknown,
            (Read::One(value), Set::Values { told, .. }) if told.contains(value) => Truth::True,
            (_, Set::Values { complete, .. }) => {
                if complete {
                    Truth::False
                } else {
                    Truth::Unknown
                }
            }
        }
    }

    /// Held before, not now.
    fn was(&self, relation: &str, ends: &[Entity]) -> Truth {
        let covered = self.covered(relation, ends);
        let told = covered.iter().any(|ends| self.world.held_before(&Fact::Relation(relation.to_owned(), ends.clone()), self.context.at));
        let may_have_held = self.world.is_open(relation) && covered.iter().any(|ends| self.may_stand(relation, ends));
        let before = if told {
            Truth::True
        } else if may_have_held {
            Truth::Unknown
        } else {
            Truth::False
        };
        before.min(!self.relation(relation, ends).truth)
    }
}

/// What reading a term gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    One(Value),
    /// It is known that there is none.
    None,
    /// The world does not tell.
    Unknown,
}

/// What reading a term of many values gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Set {
    Values {
        told: Vec<Value>,
        /// There are no others.
        complete: bool,
    },
    None,
    Unknown,
}

/// The operands of an atom: with one that is none it is false, else with one that is unknown it is unknown.
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

/// The atom with a name of its own for each `_`.
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

/// `if and not unless` as one condition, which stands where `place` does.
pub fn whole(condition: Option<&Expr>, unless: Option<&Expr>, place: &Expr) -> Expr {
    let mut parts: Vec<Expr> = condition.into_iter().cloned().collect();
    parts.extend(unless.map(|unless| Expr { span: unless.span, node: ExprNode::Not(Box::new(unless.clone())) }));
    Expr { span: place.span, node: ExprNode::And(parts) }
}
