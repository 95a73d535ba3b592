//! What holds between entities: membership, relations, roles, and what implications give.

use super::condition::{Around, Binding, Evaluator, Read, whole};
use super::judged::Judged;
use super::kinds::{Types, terms, variables};
use super::pack::{Kinds, Pack, names};
use super::truth::Truth;
use super::world::{Entity, Fact, Value};
use delegraph::syntax::ast::expr::{ExprNode, Term};
use delegraph::syntax::{AttributeDecl, ImplicationDecl, ValueDecl};
use std::collections::BTreeSet;

impl Evaluator<'_> {
    /// Whether the one is in the other, at any depth: from group to group, by memberships that are told, or that nobody imported.
    pub fn member(&self, member: &Entity, group: &Entity) -> Truth {
        // A group is not in itself.
        if member == group {
            return Truth::False;
        }
        let reaches = |least: Truth| {
            let mut found = BTreeSet::from([member.clone()]);
            loop {
                let step = |from: &Entity, to: &Entity| self.directly_in(from, to) >= least;
                let groups: Vec<Entity> = self.groups(group).into_iter().filter(|to| found.iter().any(|from| step(from, to))).collect();
                let before = found.len();
                found.extend(groups);
                if found.len() == before {
                    return found.contains(group);
                }
            }
        };
        if reaches(Truth::True) {
            Truth::True
        } else if reaches(Truth::Unknown) {
            Truth::Unknown
        } else {
            Truth::False
        }
    }

    /// Every group that lives, and this one, which may be one that only the policy names.
    fn groups(&self, group: &Entity) -> Vec<Entity> {
        let living = self.world.living(self.pack, &self.pack.every_group(), self.context.at);
        living.into_iter().chain([group.clone()]).collect()
    }

    fn directly_in(&self, member: &Entity, group: &Entity) -> Truth {
        if self.world.holds(&Fact::Member(member.clone(), group.clone()), self.context.at) {
            return Truth::True;
        }
        let gone = self.world.is_gone(group, self.context.at);
        let open = self.open_memberships(member).iter().any(|groups| groups.contains(&group.kind));
        Truth::False.max(if open && !gone { Truth::Unknown } else { Truth::False })
    }

    /// The kinds of groups that those attributes of membership name that nobody imported; of one who does not exist then, none.
    fn open_memberships(&self, member: &Entity) -> Vec<Kinds> {
        if self.world.is_gone(member, self.context.at) {
            return Vec::new();
        }
        let attributes: &[AttributeDecl] = self.pack.kind(&member.kind).map_or(&[], |kind| &kind.attributes);
        let open = |attribute: &&AttributeDecl| self.world.is_open(&format!("{}.{}", member.kind, attribute.name.value));
        let groups = |attribute: &AttributeDecl| match &attribute.value {
            ValueDecl::MemberOf(kinds) => Some(names(kinds)),
            _ => None,
        };
        attributes.iter().filter(open).filter_map(groups).collect()
    }

    /// Whether it is known to be in no group at all; a group is not in itself, whatever is told.
    pub fn is_in_no_group(&self, member: &Entity) -> bool {
        let told = self
            .world
            .holding(self.context.at)
            .into_iter()
            .any(|fact| matches!(fact, Fact::Member(who, group) if who == member && group != member));
        !told && self.open_memberships(member).is_empty()
    }

    /// Whether the relation holds: told, or derived; one that covers, of what its last end lies within.
    pub fn relation(&self, name: &str, ends: &[Entity]) -> Judged {
        let covered = self.covered(name, ends);
        let mut ways = Vec::new();
        for ends in &covered {
            let told = self.world.holds(&Fact::Relation(name.to_owned(), ends.clone()), self.context.at);
            ways.push(Judged::plain(Truth::of(told)));
            for implication in self.pack.implications(self.context) {
                // It gives only what could be told: its terms may be of other kinds too.
                let of_kind = ends.iter().zip(&self.pack.relation(name).ends).all(|(end, kinds)| Pack::is_one_of(end, kinds));
                if of_kind && matches!(&implication.then.node, ExprNode::Relation { name: given, .. } if given.value == name) {
                    ways.push(self.implied(implication, ends));
                }
            }
        }
        let judged = Judged::any(ways);
        let open = self.world.is_open(name) && covered.iter().any(|ends| self.may_stand(name, ends));
        if judged.truth == Truth::False && open { Judged::plain(Truth::Unknown) } else { judged }
    }

    /// The ends; and, where the relation covers, with each entity in place of the last that it lies within.
    pub fn covered(&self, name: &str, ends: &[Entity]) -> Vec<Vec<Entity>> {
        let (last, others) = ends.split_last().expect("a relation has an end");
        let chain = if self.pack.relation(name).covers { self.world.chain(self.pack, last, self.context.at) } else { vec![last.clone()] };
        chain.into_iter().map(|last| others.iter().cloned().chain([last]).collect()).collect()
    }

    /// Whether there can be such a fact: all ends are of the relation's kinds, and none is known not to exist.
    pub fn may_stand(&self, name: &str, ends: &[Entity]) -> bool {
        let declared = &self.pack.relation(name).ends;
        ends.iter().zip(declared).all(|(end, kinds)| Pack::is_one_of(end, kinds) && !self.world.is_gone(end, self.context.at))
    }

    /// Whether the role is held, by itself or through one that includes it.
    pub fn holds(&self, holder: &Entity, role: &str, scope: &Entity) -> Judged {
        Judged::any(self.pack.includers(role, self.context).iter().map(|role| self.holds_itself(holder, role, scope)))
    }

    /// Whether this very role is held: over the scope or what that lies within, by the holder or a group, by assignment or implication.
    pub fn holds_itself(&self, holder: &Entity, role: &str, scope: &Entity) -> Judged {
        // Roles are held by subjects, and by whatever these are members of; nothing else holds one, through a group either.
        if !self.pack.holders().contains(&holder.kind) {
            return Judged::plain(Truth::False);
        }
        let on = &self.pack.role(role).expect("the pack was checked").on;
        let scopes = self.world.chain(self.pack, scope, self.context.at);
        let scopes: Vec<Entity> = scopes.into_iter().filter(|scope| Pack::is_one_of(scope, on)).collect();
        let mut ways = Vec::new();
        for scope in &scopes {
            for fact in self.world.holding(self.context.at) {
                match fact {
                    Fact::Holds(who, what, over) if what == role && over == scope => {
                        let is_holder = Truth::of(who == holder);
                        ways.push(Judged::plain(is_holder.max(self.member(holder, who))));
                    }
                    _ => {}
                }
            }
            for implication in self.pack.implications(self.context) {
                let gives = |given: &str| given == role || self.pack.role(given).is_none();
                if matches!(&implication.then.node, ExprNode::Holds { role, .. } if gives(&role.value)) {
                    ways.push(self.implied(implication, &[holder.clone(), Entity::new("role", role), scope.clone()]));
                }
            }
        }
        let judged = Judged::any(ways);
        let possible = |entity: &Entity| !self.world.is_gone(entity, self.context.at);
        let open = self.world.is_open(role) && possible(holder) && possible(scope) && scopes.iter().any(possible);
        if judged.truth == Truth::False && open { Judged::plain(Truth::Unknown) } else { judged }
    }

    /// Whether the implication gives what is asked: these ends of its relation; or holder, role and scope.
    fn implied(&self, implication: &ImplicationDecl, asked: &[Entity]) -> Judged {
        let key = (implication.meta.name.value.clone(), asked.to_vec());
        if let Some(known) = self.given.borrow().get(&key) {
            return known.clone();
        }
        let judged = self.implied_now(implication, asked).by(&implication.meta.name.value);
        self.given.borrow_mut().insert(key, judged.clone());
        judged
    }

    fn implied_now(&self, implication: &ImplicationDecl, asked: &[Entity]) -> Judged {
        let (condition, unless, then) = (implication.condition.as_ref(), implication.unless.as_ref(), &implication.then);
        let holds = matches!(then.node, ExprNode::Holds { .. });
        let types = Types { subject: if holds { self.pack.holders() } else { Kinds::new() }, ..Types::default() };
        let types = types.find(self.pack, &whole(condition, unless, then), None, &[then]);
        // `subject` is the one of whom the holding is asked.
        let around = Around { types, subject: holds.then(|| asked[0].clone()), resource: None, arguments: Vec::new(), negated: false };
        let concluded: Vec<(String, Kinds)> =
            variables(self.pack, then).into_iter().map(|name| (name.clone(), around.types.variables[&name].clone())).collect();
        self.some(&concluded, &Binding::new(), &mut |binding| {
            let mut fit = Truth::True;
            for (index, term) in terms(then).into_iter().enumerate() {
                // Between holder and scope stands the role.
                let asked = if holds { &asked[index * 2] } else { &asked[index] };
                fit = fit.min(self.fits(term, asked, holds && index == 0, &around, binding));
            }
            if let ExprNode::Holds { role, .. } = &then.node {
                let given = binding.get(&role.value).map_or(role.value.as_str(), |role| role.id.as_str());
                fit = fit.min(Truth::of(given == asked[1].id));
            }
            if fit == Truth::False {
                return Judged::plain(fit);
            }
            Judged::all([Judged::plain(fit), self.with_exception(condition, unless, &around, binding)])
        })
    }

    /// Whether the conclusion's term is whom was asked; a holder is also whoever is in the group that it names.
    fn fits(&self, term: &Term, asked: &Entity, holder: bool, around: &Around, binding: &Binding) -> Truth {
        match self.term(term, around, binding) {
            Read::One(Value::Entity(entity)) if entity == *asked => Truth::True,
            Read::One(Value::Entity(entity)) if holder => self.member(asked, &entity),
            Read::One(_) | Read::None => Truth::False,
            Read::Unknown => {
                // It may be whom was asked only if it can be of that kind; who is in no group is not in an unknown one.
                let may_be = around.types.kinds(self.pack, term).contains(&asked.kind);
                let may_be_in = holder && !self.is_in_no_group(asked);
                if may_be || may_be_in { Truth::Unknown } else { Truth::False }
            }
        }
    }
}
