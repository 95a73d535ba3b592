//! Values that events set.

use super::condition::Evaluator;
use super::events::Refused;
use super::pack::{Pack, targets};
use super::world::{Entity, Fact, Opening, Time, World};
use delegraph::syntax::ValueDecl;
use delegraph::time::Instant;

/// A value that an event sets, or may set.
#[derive(Clone, Debug)]
pub struct Setting {
    pub entity: Entity,
    pub name: String,
    /// The fact that the attribute has the value.
    pub fact: Fact,
    pub during: Time,
    /// The facts that it replaces: the other values that hold, with those of the other attributes of `exactly-one`.
    replaced: Vec<Fact>,
}

/// Whether the fact gives the attribute of the entity a value.
fn gives(pack: &Pack, (entity, name): (&Entity, &str), fact: &Fact) -> bool {
    match fact {
        Fact::Value(of, own, _) => of == entity && own == name,
        Fact::Member(member, group) => {
            let declared = pack.attribute(&entity.kind, name).map(|attribute| &attribute.value);
            member == entity
                && declared.is_some_and(|value| matches!(value, ValueDecl::MemberOf(_)) && targets(value).contains(&group.kind))
        }
        _ => false,
    }
}

/// The attributes of which only one has a value: those of an `exactly-one`, or the one by itself.
fn together(pack: &Pack, entity: &Entity, name: &str) -> Vec<String> {
    let exactly_one = pack.kind(&entity.kind).map_or(&[][..], |kind| &kind.exactly_one);
    let names: Vec<String> = exactly_one.iter().map(|one| one.value.clone()).collect();
    if names.iter().any(|one| one == name) { names } else { vec![name.to_owned()] }
}

impl Setting {
    /// A value that is set in this world from `at` on, at most until `until`.
    pub fn of(evaluator: &Evaluator<'_>, (entity, name): (Entity, &str), fact: Fact, until: Instant) -> Setting {
        let (pack, world, at) = (evaluator.pack, evaluator.world, evaluator.context.at);
        let names = together(pack, &entity, name);
        let is_own = |known: &Fact| names.iter().any(|name| gives(pack, (&entity, name), known));
        let own: Vec<&(Fact, Time)> = world.facts.iter().filter(|(known, _)| is_own(known)).collect();
        let later = own.iter().map(|(_, during)| *during).filter(|during| at < during.since && during.since < during.until);
        let is_many = super::world::is_many_of(pack, &entity.kind, name);
        let until = if is_many { until } else { later.map(|during| during.since).fold(until, Instant::min) };
        let held = own.iter().filter(|(known, during)| during.contains(at) && *known != fact);
        let replaced = held.map(|(known, _)| known.clone()).collect();
        Setting { name: name.to_owned(), fact, during: Time { since: at, until }, replaced, entity }
    }

    /// Whether the fact gives a value to what is set.
    fn is_of_same(&self, pack: &Pack, fact: &Fact) -> bool {
        together(pack, &self.entity, &self.name).iter().any(|name| gives(pack, (&self.entity, name), fact))
    }

    /// Refuses two values at one instant, if one of them is set.
    pub fn check<'e>(pack: &Pack, sets: &[&Setting], adds: &(impl Iterator<Item = &'e Fact> + Clone)) -> Result<(), Refused> {
        let other = |set: &Setting, fact: &Fact| *fact != set.fact && set.is_of_same(pack, fact);
        let two = |set: &&Setting| sets.iter().any(|own| other(set, &own.fact)) || adds.clone().any(|fact| other(set, fact));
        if sets.iter().any(two) { Err(Refused) } else { Ok(()) }
    }

    /// What it removes.
    pub fn removes(&self) -> &[Fact] {
        &self.replaced
    }

    /// Sets the value. What it replaces is removed already.
    pub fn enact(&self, pack: &Pack, world: &mut World) {
        let at = self.during.since;
        world.facts.push((self.fact.clone(), self.during));
        if super::world::is_many_of(pack, &self.entity.kind, &self.name) {
            let own = (self.entity.clone(), self.name.clone());
            let before = world.whole.iter_mut().filter(|(known, during)| *known == own && during.contains(at) && during.since < at);
            before.for_each(|(_, during)| during.until = at);
            world.whole.push((own, self.during));
        }
    }

    /// Ends facts that hold and state what is set.
    pub fn renew(&self, world: &mut World) {
        let at = self.during.since;
        let own = world.facts.iter_mut().filter(|(known, during)| *known == self.fact && during.contains(at));
        own.for_each(|(_, during)| during.until = at);
    }

    /// Leaves open what it does, since it is unknown whether it is set. `sets` and `adds` are certain, and count more, and so does what is
    /// removed for certain, which is in `removes`.
    pub fn leave_open(&self, pack: &Pack, world: &mut World, sets: &[&Setting], adds: &[&Fact], removes: &[&Fact]) {
        let at = self.during.since;
        let is_set = sets.iter().any(|set| set.is_of_same(pack, &self.fact));
        let given: Vec<&&Fact> = adds.iter().filter(|fact| self.is_of_same(pack, fact)).collect();
        let certain = |fact: &Fact| adds.contains(&fact) || removes.contains(&fact);
        let mut open = Vec::new();
        if !is_set && given.is_empty() {
            // The value itself holds on, as long as either way.
            let ends = self.replaced.iter().map(|fact| (fact, at)).chain([(&self.fact, self.during.until)]);
            for (fact, from) in ends.filter(|(fact, _)| !certain(fact)) {
                for (_, during) in
                    world.facts.iter_mut().filter(|(known, during)| known == fact && during.contains(at) && during.contains(from))
                {
                    open.push((Opening::Fact(fact.clone()), Time { since: from, until: during.until }));
                    during.until = from;
                }
            }
        }
        if !is_set && given.iter().all(|fact| ***fact == self.fact) && !removes.contains(&&self.fact) {
            open.push((Opening::Fact(self.fact.clone()), self.during));
            let ended = world.denials.iter_mut().filter(|(denial, during)| denial.denies(pack, &self.fact) && during.contains(at));
            ended.for_each(|(_, during)| during.until = at);
        }
        world.open.extend(open);
    }

    /// Whether something else than the fact is set for certain, so that the fact is not added perhaps.
    pub fn excludes(&self, pack: &Pack, fact: &Fact) -> bool {
        *fact != self.fact && self.is_of_same(pack, fact)
    }
}
