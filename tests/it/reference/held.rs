//! Membership, relations and roles, and how implications derive them.

use super::condition::{Binding, Env, Evaluator, Read, with_unless};
use super::judgement::Judgement;
use super::kinds::{Types, terms, variables};
use super::pack::{Kinds, Pack, names};
use super::truth::Truth;
use super::world::{Entity, Fact, Value};
use delegraph::syntax::ast::expr::{ExprNode, Term};
use delegraph::syntax::{AttributeDecl, ImplicationDecl, ValueDecl};
use std::collections::BTreeSet;

impl Evaluator<'_> {
    /// Whether an entity is in a group at any depth. A membership that was not imported is unknown.
    pub fn member(&self, member: &Entity, group: &Entity) -> Truth {
        let asked = (member.clone(), group.clone());
        let known = self.memberships.borrow().get(&asked).copied();
        known.unwrap_or_else(|| {
            let found = self.member_now(member, group);
            self.memberships.borrow_mut().insert(asked, found);
            found
        })
    }

    fn member_now(&self, member: &Entity, group: &Entity) -> Truth {
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

    /// All living groups, and this one, which may be a group that only the policy names.
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

    /// For each attribute of membership that was not imported, its kinds of groups. Empty if the member does not exist at that time.
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

    /// Whether the entity is known to be in no group. A recorded membership of a group in itself does not count.
    pub fn is_in_no_group(&self, member: &Entity) -> bool {
        let is_member = self
            .world
            .holding(self.context.at)
            .into_iter()
            .any(|fact| matches!(fact, Fact::Member(who, group) if who == member && group != member));
        !is_member && self.open_memberships(member).is_empty()
    }

    /// Whether the relation holds of the ends. At an end of `through` it also holds if it holds of a group that the end is in.
    pub fn relation_by_groups(&self, name: &str, ends: &[Entity]) -> Judgement {
        let declared = self.pack.relation(name);
        let mut chosen: Vec<(Vec<Entity>, Truth)> = vec![(Vec::new(), Truth::True)];
        for (index, end) in ends.iter().enumerate() {
            let mut options = vec![(end.clone(), Truth::True)];
            if declared.through.iter().any(|number| number.value == index + 1) {
                let kinds = names(&declared.ends[index]);
                let of_members: Kinds = kinds.iter().flat_map(|kind| self.pack.all_groups_of(kind)).collect();
                let groups = kinds.intersection(&of_members).cloned().collect();
                // A covering relation holds of what lies within a member.
                let members = if declared.covers && index + 1 == ends.len() {
                    self.world.itself_and_containers(self.pack, end, self.context.at)
                } else {
                    vec![end.clone()]
                };
                let members: Vec<Entity> = members.into_iter().filter(|member| kinds.contains(&member.kind)).collect();
                for group in self.world.living(self.pack, &groups, self.context.at) {
                    let is_in = members.iter().map(|member| self.member(member, &group)).max().unwrap_or(Truth::False);
                    options.push((group, is_in));
                }
            }
            let more = chosen.iter().flat_map(|(before, truth)| {
                options.iter().map(move |(option, own)| ([&before[..], std::slice::from_ref(option)].concat(), (*truth).min(*own)))
            });
            chosen = more.collect();
        }
        let ways = chosen.into_iter().filter(|(_, truth)| *truth != Truth::False);
        Judgement::any(ways.map(|(ends, truth)| Judgement::all([Judgement::plain(truth), self.relation(name, &ends)])))
    }

    /// Whether the relation holds, as a fact or by an implication. If it covers, the last end of the fact may contain this one.
    pub fn relation(&self, name: &str, ends: &[Entity]) -> Judgement {
        self.once(name, ends, || self.relation_now(name, ends))
    }

    fn relation_now(&self, name: &str, ends: &[Entity]) -> Judgement {
        let covered = self.covered(name, ends);
        let mut ways = Vec::new();
        for ends in &covered {
            let holds = self.world.holds(&Fact::Relation(name.to_owned(), ends.clone()), self.context.at);
            ways.push(Judgement::plain(Truth::of(holds)));
            for implication in self.pack.implications(self.context) {
                // An implication derives only possible facts, although its terms may be of further kinds.
                let of_kind = ends.iter().zip(&self.pack.relation(name).ends).all(|(end, kinds)| Pack::is_one_of(end, kinds));
                if of_kind && matches!(&implication.then.node, ExprNode::Relation { name: given, .. } if given.value == name) {
                    ways.push(self.implied(implication, ends));
                }
            }
        }
        let judgement = Judgement::any(ways);
        let open = self.world.is_open(name) && covered.iter().any(|ends| self.is_possible(name, ends));
        if judgement.truth == Truth::False && open { Judgement::plain(Truth::Unknown) } else { judgement }
    }

    /// The ends, and if the relation covers, the ends with each container of the last end in its place.
    pub fn covered(&self, name: &str, ends: &[Entity]) -> Vec<Vec<Entity>> {
        let (last, others) = ends.split_last().expect("a relation has an end");
        let chain = if self.pack.relation(name).covers {
            self.world.itself_and_containers(self.pack, last, self.context.at)
        } else {
            vec![last.clone()]
        };
        chain.into_iter().map(|last| others.iter().cloned().chain([last]).collect()).collect()
    }

    /// Whether such a fact is possible: its ends are of the kinds of the relation, and none is known not to exist.
    pub fn is_possible(&self, name: &str, ends: &[Entity]) -> bool {
        let declared = &self.pack.relation(name).ends;
        ends.iter().zip(declared).all(|(end, kinds)| Pack::is_one_of(end, kinds) && !self.world.is_gone(end, self.context.at))
    }

    /// Whether the role is held, by itself or through one that includes it.
    pub fn holds(&self, holder: &Entity, role: &str, scope: &Entity) -> Judgement {
        Judgement::any(self.pack.includers(role, self.context).iter().map(|role| self.holds_itself(holder, role, scope)))
    }

    /// Whether a role is held, not counting roles that include it: over the scope or a container, by the holder or a group, by assignment or
    /// implication.
    pub fn holds_itself(&self, holder: &Entity, role: &str, scope: &Entity) -> Judgement {
        self.once("holds", &[holder.clone(), Entity::new("role", role), scope.clone()], || self.holds_itself_now(holder, role, scope))
    }

    fn holds_itself_now(&self, holder: &Entity, role: &str, scope: &Entity) -> Judgement {
        // Only subjects and the groups that they may be in hold roles. Another entity holds none, not even through a group.
        if !self.pack.holders().contains(&holder.kind) {
            return Judgement::plain(Truth::False);
        }
        let on = &self.pack.role(role).expect("the pack was checked").on;
        let scopes = self.world.itself_and_containers(self.pack, scope, self.context.at);
        let scopes: Vec<Entity> = scopes.into_iter().filter(|scope| Pack::is_one_of(scope, on)).collect();
        let mut ways = Vec::new();
        for scope in &scopes {
            for fact in self.world.holding(self.context.at) {
                match fact {
                    Fact::Holds(who, what, over) if what == role && over == scope => {
                        let is_holder = Truth::of(who == holder);
                        ways.push(Judgement::plain(is_holder.max(self.member(holder, who))));
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
        let judgement = Judgement::any(ways);
        let possible = |entity: &Entity| !self.world.is_gone(entity, self.context.at);
        let open = self.world.is_open(role) && possible(holder) && possible(scope) && scopes.iter().any(possible);
        if judgement.truth == Truth::False && open { Judgement::plain(Truth::Unknown) } else { judgement }
    }

    /// Whether the implication derives its relation with these ends, or its role with this holder, role and scope.
    fn implied(&self, implication: &ImplicationDecl, asked: &[Entity]) -> Judgement {
        let name = &implication.meta.name.value;
        self.once(&format!("then {name}"), asked, || self.implied_now(implication, asked).by(name))
    }

    /// The result for these entities: found before, or now.
    fn once(&self, of: &str, entities: &[Entity], find: impl FnOnce() -> Judgement) -> Judgement {
        let asked = (of.to_owned(), entities.to_vec());
        let known = self.found.borrow().get(&asked).cloned();
        known.unwrap_or_else(|| {
            let judgement = find();
            self.found.borrow_mut().insert(asked, judgement.clone());
            judgement
        })
    }

    fn implied_now(&self, implication: &ImplicationDecl, asked: &[Entity]) -> Judgement {
        let (condition, unless, then) = (implication.condition.as_ref(), implication.unless.as_ref(), &implication.then);
        let holds = matches!(then.node, ExprNode::Holds { .. });
        let types = self.types(then, || {
            let types = Types { subject: if holds { self.pack.holders().clone() } else { Kinds::new() }, ..Types::default() };
            types.find(self.pack, &with_unless(condition, unless, then), None, &[then])
        });
        // `subject` is the holder in question.
        let env = Env { types, subject: holds.then(|| asked[0].clone()), resource: None, arguments: Vec::new(), negated: false };
        let concluded: Vec<(String, Kinds)> =
            variables(self.pack, then).into_iter().map(|name| (name.clone(), env.types.variables[&name].clone())).collect();
        self.exists(&concluded, &Binding::new(), &mut |binding| {
            let mut fit = Truth::True;
            for (index, term) in terms(then).into_iter().enumerate() {
                // `asked` has the role between holder and scope; the terms do not.
                let asked = if holds { &asked[index * 2] } else { &asked[index] };
                fit = fit.min(self.fits(term, asked, holds && index == 0, &env, binding));
            }
            if let ExprNode::Holds { role, .. } = &then.node {
                let given = binding.get(&role.value).map_or(role.value.as_str(), |role| role.id.as_str());
                fit = fit.min(Truth::of(given == asked[1].id));
            }
            if fit == Truth::False {
                return Judgement::plain(fit);
            }
            Judgement::all([Judgement::plain(fit), self.with_exception(condition, unless, &env, binding)])
        })
    }

    /// Whether a term of the conclusion is the entity in question. For a `holder` it may also be a group with that entity.
    fn fits(&self, term: &Term, asked: &Entity, holder: bool, env: &Env, binding: &Binding) -> Truth {
        match self.term(term, env, binding) {
            Read::One(Value::Entity(entity)) if entity == *asked => Truth::True,
            Read::One(Value::Entity(entity)) if holder => self.member(asked, &entity),
            Read::One(_) | Read::None => Truth::False,
            Read::Unknown => {
                // The unknown entity may be the one in question only if it can be of its kind. An entity in no group is not in an unknown one.
                let may_be = env.types.kinds(self.pack, term).contains(&asked.kind);
                let may_be_in = holder && !self.is_in_no_group(asked);
                if may_be || may_be_in { Truth::Unknown } else { Truth::False }
            }
        }
    }
}
