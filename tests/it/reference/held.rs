//! Membership, relations and roles, and how implications derive them.

use super::condition::{Binding, Env, Evaluator, Read, unnamed_in, with_unless};
use super::judgement::Judgement;
use super::kinds::{Types, terms, variables};
use super::open::unnamed_ends;
use super::pack::{Kinds, Pack, names};
use super::truth::Truth;
use super::world::{Entity, Fact, Value};
use delegraph::syntax::ImplicationDecl;
use delegraph::syntax::ast::expr::{ExprNode, Term, TermNode};
use std::collections::BTreeSet;

/// What stands for an end of a relation: the end itself, or a group that it is or may be in.
#[derive(Clone)]
struct Represented {
    by: Entity,
    is_group: bool,
    /// Whether the end is in the group.
    truth: Truth,
    /// Whether the membership anchors the end, and the group.
    end_anchored: bool,
    group_anchored: bool,
}

impl Evaluator<'_> {
    /// Whether an entity is in a group at any depth, each membership on the way stated or open. The ends are the two.
    pub fn member(&self, member: &Entity, group: &Entity) -> Judgement {
        let asked = (member.clone(), group.clone());
        let known = self.memberships.borrow().get(&asked).cloned();
        known.unwrap_or_else(|| {
            let found = self.member_now(member, group);
            self.memberships.borrow_mut().insert(asked, found.clone());
            found
        })
    }

    fn member_now(&self, member: &Entity, group: &Entity) -> Judgement {
        if member == group {
            // A group is not in itself, but two unnamed groups may be two.
            let nests = self.is_blank(member) && self.pack.all_groups_of(&member.kind).contains(&group.kind);
            let anchored = if self.is_anchor(&Fact::Member(member.clone(), group.clone())) {
                unnamed_ends([(0, member), (1, group)])
            } else {
                BTreeSet::new()
            };
            return Judgement::plain(if nests { Truth::Unknown } else { Truth::False }).anchoring(anchored);
        }
        let groups = self.groups(group);
        let may_be_in_more = self.is_blank(member) || self.opens_memberships();
        let truth = if self.groups_above(member, &groups, Truth::True).contains(group) {
            Truth::True
        } else if may_be_in_more && self.groups_above(member, &groups, Truth::Unknown).contains(group) {
            Truth::Unknown
        } else {
            Truth::False
        };
        let mut anchored = BTreeSet::new();
        if member.is_unnamed() {
            // The first membership on some way.
            let leads = |first: &&Entity| {
                self.is_anchor(&Fact::Member(member.clone(), (*first).clone()))
                    && self.groups_above(first, &groups, Truth::Unknown).contains(group)
            };
            anchored.extend(groups.iter().find(leads).map(|_| "#0".to_owned()));
        }
        if group.is_unnamed() {
            // The last membership on some way.
            let below = self.groups_above(member, &groups, Truth::Unknown);
            let last = below.iter().find(|inner| self.is_anchor(&Fact::Member((*inner).clone(), group.clone())));
            anchored.extend(last.map(|_| "#1".to_owned()));
        }
        Judgement::plain(truth).anchoring(anchored)
    }

    /// The member, and all of the groups in which it is or may be.
    fn groups_above(&self, member: &Entity, groups: &[Entity], least: Truth) -> BTreeSet<Entity> {
        let mut found = BTreeSet::from([member.clone()]);
        loop {
            let step = |from: &Entity, to: &Entity| self.directly_in(from, to) >= least;
            let more: Vec<Entity> = groups.iter().filter(|to| found.iter().any(|from| step(from, to))).cloned().collect();
            let before = found.len();
            found.extend(more);
            if found.len() == before {
                return found;
            }
        }
    }

    /// All living and unnamed groups, and this one, which may be a group that only the policy names.
    fn groups(&self, group: &Entity) -> Vec<Entity> {
        let mut groups = self.living_and_unnamed(&self.pack.every_group());
        if !groups.contains(group) {
            groups.push(group.clone());
        }
        groups
    }

    pub fn directly_in(&self, member: &Entity, group: &Entity) -> Truth {
        let at = self.context.at;
        let fact = Fact::Member(member.clone(), group.clone());
        if self.world.holds(&fact, at) {
            return Truth::True;
        }
        let blank = self.is_blank(member) && self.pack.groups_of(&member.kind).contains(&group.kind) && !self.world.is_gone(group, at);
        if blank || self.may_hold(&fact) { Truth::Unknown } else { Truth::False }
    }

    /// Whether the entity is known to be in no group. A recorded membership of a group in itself does not count.
    pub fn is_in_no_group(&self, member: &Entity) -> bool {
        let groups = self.living_and_unnamed(&self.pack.every_group());
        groups.iter().all(|group| group == member && !self.is_blank(group) || self.directly_in(member, group) == Truth::False)
    }

    /// Whether the relation holds, as a fact or by an implication. If it covers, the last end of the fact may contain this one.
    pub fn relation(&self, name: &str, ends: &[Entity]) -> Judgement {
        self.once(name, ends, || self.relation_now(name, ends))
    }

    fn relation_now(&self, name: &str, ends: &[Entity]) -> Judgement {
        let mut ways = Vec::new();
        for (covered, certainty) in self.covered(name, ends) {
            let fact = Fact::Relation(name.to_owned(), covered.clone());
            let anchored = if self.is_anchor(&fact) { unnamed_in(&covered, ends) } else { BTreeSet::new() };
            let mut here = vec![Judgement::plain(self.direct(&fact)).anchoring(anchored)];
            for implication in self.pack.implications(self.context) {
                // An implication derives only possible facts, although its terms may be of further kinds.
                let of_kind = covered.iter().zip(&self.pack.relation(name).ends).all(|(end, kinds)| Pack::is_one_of(end, kinds));
                if of_kind && matches!(&implication.then.node, ExprNode::Relation { name: given, .. } if given.value == name) {
                    let mut implied = self.implied(implication, &covered);
                    implied.anchored = &implied.anchored & &unnamed_in(&covered, ends);
                    here.push(implied);
                }
            }
            ways.push(Judgement::all([Judgement::plain(certainty), Judgement::any(here)]));
        }
        Judgement::any(ways)
    }

    /// Whether the fact holds, may hold, or does not hold, not counting what follows from others.
    fn direct(&self, fact: &Fact) -> Truth {
        if self.world.holds(fact, self.context.at) {
            Truth::True
        } else if self.may_hold(fact) {
            Truth::Unknown
        } else {
            Truth::False
        }
    }

    /// Whether the relation holds of the ends. At an end of `through` it also holds if it holds of a group that the end is in.
    pub fn relation_by_groups(&self, name: &str, ends: &[Entity]) -> Judgement {
        self.once(&format!("by groups {name}"), ends, || self.relation_by_groups_now(name, ends))
    }

    fn relation_by_groups_now(&self, name: &str, ends: &[Entity]) -> Judgement {
        let mut chosen: Vec<Vec<Represented>> = vec![Vec::new()];
        for (index, end) in ends.iter().enumerate() {
            let options = self.represented(name, index, end, index + 1 == ends.len());
            let with = |before: &[Represented], option: &Represented| [before, std::slice::from_ref(option)].concat();
            chosen = chosen.iter().flat_map(|before| options.iter().map(|option| with(before, option)).collect::<Vec<_>>()).collect();
        }
        let mut ways = Vec::new();
        for options in chosen {
            let standing: Vec<Entity> = options.iter().map(|option| option.by.clone()).collect();
            let relation = self.relation(name, &standing);
            let at = |index: usize| relation.anchored.contains(&format!("#{index}"));
            // A group without a name is a variable that needs an anchor.
            let is_unnamed = |option: &Represented| option.is_group && option.by.is_unnamed();
            if options.iter().enumerate().any(|(index, option)| is_unnamed(option) && !option.group_anchored && !at(index)) {
                continue;
            }
            let anchored =
                options.iter().enumerate().filter(|(index, option)| if option.is_group { option.end_anchored } else { at(*index) });
            let anchored: BTreeSet<String> = anchored.map(|(index, _)| format!("#{index}")).collect();
            let some_unnamed = options.iter().any(is_unnamed);
            let mut way = Judgement::all(options.iter().map(|option| Judgement::plain(option.truth)).chain([relation]));
            way.anchored.clear();
            way.truth = if some_unnamed { self.with_unnamed(way.truth) } else { way.truth };
            ways.push(way.anchoring(anchored));
        }
        Judgement::any(ways)
    }

    /// The ends that a group may represent, where another end is unknown, so that it is unknown whether the relation holds: each is anchored
    /// by its membership.
    pub fn anchored_by_groups(&self, name: &str, ends: &[Read]) -> BTreeSet<String> {
        let is_anchored = |(index, end): (usize, &Read)| {
            let Read::One(Value::Entity(end)) = end else { return false };
            let options = self.represented(name, index, end, index + 1 == ends.len());
            let anchors =
                |option: &Represented| option.is_group && option.end_anchored && (option.group_anchored || !option.by.is_unnamed());
            options.iter().any(anchors)
        };
        let anchored = ends.iter().enumerate().filter(|(index, end)| is_anchored((*index, *end)));
        anchored.map(|(index, _)| format!("#{index}")).collect()
    }

    /// What a relation may be stated of so that it holds of an end: the end itself, and at an end of `through` each group that it is or may be in.
    fn represented(&self, name: &str, index: usize, end: &Entity, last: bool) -> Vec<Represented> {
        let declared = self.pack.relation(name);
        let mut options =
            vec![Represented { by: end.clone(), is_group: false, truth: Truth::True, end_anchored: false, group_anchored: false }];
        if !declared.through.iter().any(|number| number.value == index + 1) {
            return options;
        }
        let kinds = names(&declared.ends[index]);
        let of_members: Kinds = kinds.iter().flat_map(|kind| self.pack.all_groups_of(kind)).collect();
        let groups = kinds.intersection(&of_members).cloned().collect();
        // A covering relation holds of what lies within a member, which is then a variable of its own.
        let apart = declared.covers && last && self.pack.with_below(&kinds) != kinds;
        let members = if apart { self.containers(end) } else { vec![(end.clone(), Truth::True)] };
        let members: Vec<(Entity, Truth)> = members.into_iter().filter(|(member, _)| kinds.contains(&member.kind)).collect();
        for group in self.living_and_unnamed(&groups) {
            let mut option = Represented { by: group, is_group: true, truth: Truth::False, end_anchored: false, group_anchored: false };
            for (member, certainty) in &members {
                let inside = self.member(member, &option.by);
                let anchors = |end: &str| inside.anchored.contains(end);
                let mut truth = inside.truth.min(*certainty);
                if apart && member.is_unnamed() {
                    truth = if anchors("#0") { self.with_unnamed(truth) } else { Truth::False };
                }
                if truth == Truth::False {
                    continue;
                }
                option.truth = option.truth.max(truth);
                option.end_anchored |= !apart && anchors("#0");
                option.group_anchored |= anchors("#1");
            }
            if option.truth != Truth::False {
                options.push(option);
            }
        }
        options
    }

    /// The entity, its containers, and the entities that may contain it, each with whether it does.
    fn containers(&self, entity: &Entity) -> Vec<(Entity, Truth)> {
        let chain = self.world.itself_and_containers(self.pack, entity, self.context.at);
        let unknown = self.living_and_unnamed(&self.unknown_containers(&chain[chain.len() - 1]));
        let known = chain.into_iter().map(|container| (container, Truth::True));
        known.chain(unknown.into_iter().map(|container| (container, Truth::Unknown))).collect()
    }

    /// The ends, and if the relation covers, the ends with each container of the last end in its place.
    pub fn covered(&self, name: &str, ends: &[Entity]) -> Vec<(Vec<Entity>, Truth)> {
        let (last, others) = ends.split_last().expect("a relation has an end");
        let containers = if self.pack.relation(name).covers { self.containers(last) } else { vec![(last.clone(), Truth::True)] };
        containers.into_iter().map(|(last, certainty)| (others.iter().cloned().chain([last]).collect(), certainty)).collect()
    }

    /// Whether the role is held, by itself or through one that includes it.
    pub fn holds(&self, holder: &Entity, role: &str, scope: &Entity) -> Judgement {
        // No role includes one that the pack does not name.
        let unknown = self.pack.role(role).is_none().then(|| role.to_owned());
        Judgement::any(self.pack.includers(role, self.context).iter().chain(&unknown).map(|role| self.holds_itself(holder, role, scope)))
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
        // Nobody knows what a role is that the pack does not name: where it is assigned, it may be held.
        let named = self.pack.role(role);
        let known = Judgement::plain(if named.is_some() { Truth::True } else { Truth::Unknown });
        // Whoever may hold the role over some scope, so that the holder has it too.
        let assigned = self.world.holding(self.context.at).into_iter().filter_map(|fact| match fact {
            Fact::Holds(who, what, _) if what == role => Some(who.clone()),
            _ => None,
        });
        let mut holders: BTreeSet<Entity> = assigned.chain([holder.clone()]).collect();
        if self.opens_roles() {
            holders.extend(self.living_and_unnamed(&self.pack.every_group()));
        }
        let mut ways = Vec::new();
        for (here, certainty) in
            self.containers(scope).into_iter().filter(|(here, _)| named.is_none_or(|role| Pack::is_one_of(here, &role.on)))
        {
            let ends = |who: &Entity| {
                let own = [(0, who, who == holder), (2, &here, here == *scope)];
                unnamed_ends(own.into_iter().filter(|(.., own)| *own).map(|(index, end, _)| (index, end)))
            };
            let mut ways_here = Vec::new();
            for who in &holders {
                let fact = Fact::Holds(who.clone(), role.to_owned(), here.clone());
                let assigned = self.direct(&fact);
                if assigned == Truth::False {
                    continue;
                }
                let anchored = if self.is_anchor(&fact) { ends(who) } else { BTreeSet::new() };
                let is_holder = Judgement::plain(Truth::of(who == holder));
                // Two unnamed groups may be one in the other.
                let mut inside = self.member(holder, who);
                inside.anchored.remove("#1");
                let holds = Judgement::any([is_holder, inside]);
                ways_here.push(Judgement::all([Judgement::plain(assigned).anchoring(anchored), holds, known.clone()]));
            }
            for implication in self.pack.implications(self.context).into_iter().filter(|_| named.is_some()) {
                let gives = |given: &Term| self.pack.named_role(given).is_none_or(|given| given.meta.name.value == role);
                if matches!(&implication.then.node, ExprNode::Holds { role, .. } if gives(role)) {
                    let mut implied = self.implied(implication, &[holder.clone(), Entity::new("role", role), here.clone()]);
                    if here != *scope {
                        implied.anchored.remove("#2");
                    }
                    ways_here.push(implied);
                }
            }
            ways.push(Judgement::all([Judgement::plain(certainty), Judgement::any(ways_here)]));
        }
        Judgement::any(ways)
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
        // `asked` has the role between holder and scope; the terms do not.
        let end = |index: usize| if holds { index * 2 } else { index };
        let name_of = |term: &Term| match &term.node {
            TermNode::Name(name) => Some(name.clone()),
            _ => None,
        };
        // Variables at ends of their own are given; the holder's may be a group of the holder in question.
        let is_given =
            |name: &String| terms(then).iter().enumerate().any(|(at, term)| (!holds || at > 0) && name_of(term).as_ref() == Some(name));
        let mut ways = Vec::new();
        for binding in self.bindings(&concluded, asked) {
            let mut fit = Vec::new();
            let mut anchored = BTreeSet::new();
            let mut seen = BTreeSet::new();
            for (index, term) in terms(then).into_iter().enumerate() {
                let (asked, is_holder) = (&asked[end(index)], holds && index == 0);
                let mut fits = self.fits_end(term, asked, is_holder, &env, &binding);
                // In the group that the holder's variable is.
                if fits.anchored.remove("#1") {
                    anchored.extend(name_of(term));
                }
                // Another term that is the unnamed entity may be another one.
                let is_own = name_of(term).is_some_and(|name| is_holder || seen.insert(name));
                fit.push(if !is_own && self.is_blank(asked) { Judgement { truth: self.with_unnamed(fits.truth), ..fits } } else { fits });
            }
            if let ExprNode::Holds { role, .. } = &then.node {
                let name = role.name().expect("the pack was checked");
                let given = binding.get(name).map_or(name, |role| role.id.as_str());
                fit.push(Judgement::plain(Truth::of(given == asked[1].id)));
            }
            let fit = Judgement::all(fit);
            if fit.truth == Truth::False {
                continue;
            }
            let mut body = self.with_exception(condition, unless, &env, &binding);
            anchored.extend(std::mem::take(&mut body.anchored));
            let needs_anchor = |(name, entity): (&String, &Entity)| {
                let is_holder = holds && name_of(terms(then)[0]).as_ref() == Some(name) && *entity == asked[0];
                entity.is_unnamed() && !is_given(name) && !is_holder
            };
            let mut searched = binding.iter().filter(|(name, entity)| needs_anchor((name, entity))).map(|(name, _)| name).peekable();
            let is_searched = searched.peek().is_some();
            if !searched.all(|name| anchored.contains(name)) {
                continue;
            }
            // The variables of the conclusion are the ends in question, and `subject` is the holder.
            let mut ends: BTreeSet<String> = fit.anchored.clone();
            for (index, term) in terms(then).into_iter().enumerate() {
                let is_end = name_of(term).is_some_and(|name| anchored.contains(&name) && binding[&name] == asked[end(index)]);
                ends.extend(is_end.then(|| format!("#{}", end(index))));
            }
            ends.extend(anchored.contains("subject").then(|| "#0".to_owned()));
            let mut way = Judgement::all([fit, body]);
            way.anchored.clear();
            way.truth = if is_searched { self.with_unnamed(way.truth) } else { way.truth };
            ways.push(way.anchoring(ends));
        }
        Judgement::any(ways)
    }

    /// The bindings of the variables of a conclusion to living entities, to those in question, and to unnamed ones.
    fn bindings(&self, variables: &[(String, Kinds)], asked: &[Entity]) -> Vec<Binding> {
        let mut bindings = vec![Binding::new()];
        for (name, kinds) in variables {
            let mut values = self.living_and_unnamed(kinds);
            values.extend(asked.iter().filter(|end| end.is_unnamed() && kinds.contains(&end.kind)).cloned());
            values.sort();
            values.dedup();
            let with = |binding: &Binding, value: &Entity| {
                let mut binding = binding.clone();
                binding.insert(name.clone(), value.clone());
                binding
            };
            bindings = bindings.iter().flat_map(|binding| values.iter().map(|value| with(binding, value)).collect::<Vec<_>>()).collect();
        }
        bindings
    }

    /// Whether a term of the conclusion is the entity in question. For a `holder` it may also be a group with that entity.
    fn fits_end(&self, term: &Term, asked: &Entity, holder: bool, env: &Env, binding: &Binding) -> Judgement {
        match self.term(term, env, binding) {
            Read::One(Value::Entity(entity)) if entity == *asked => Judgement::plain(Truth::True),
            Read::One(Value::Entity(entity)) if holder => self.member(asked, &entity),
            Read::One(_) | Read::None => Judgement::plain(Truth::False),
            Read::Unknown => {
                // The unknown entity may be the one in question only if it can be of its kind. An entity in no group is not in an unknown one.
                let may_be = env.types.kinds(self.pack, term).contains(&asked.kind);
                let may_be_in = holder && !self.is_in_no_group(asked);
                Judgement::plain(if may_be || may_be_in { Truth::Unknown } else { Truth::False })
            }
        }
    }
}
