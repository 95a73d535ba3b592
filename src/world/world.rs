//! The world itself: a base of sorted facts and the delta on top of it; entities, texts and facts by id.

use super::added_entities::{AddedEntity, KindEntities};
use super::delta::Delta;
use super::ids::{EntityId, FactId, Symbol};
use super::model::{ClosedWorld, Entity, ExportFile, Fact, Statement};
use super::open::{Denials, Openings};
use super::packed::container::Archive;
use super::store::cells::Cells;
use super::store::column::id_of;
use super::store::entities::{EntityRecord, EntityTable, Probe};
use super::store::facts::FactStore;
use super::store::given_sets::GivenSets;
use super::store::interner::Interner;
use super::store::key_table::KeyTable;
use super::store::lacking_cache::LackingCache;
use super::store::list_key::KeyLayout;
use super::store::origins::Origins;
use super::store::provenance::StatedAt;
use crate::policy::{AttributeId, Id, KindId, LiteralId, Policy, RoleId};
use crate::text::{Place, Sources, Span};
use crate::time::{Instant, Interval};
use std::sync::Arc;

/// Entities, and facts about them, each for an interval. Made by [`load`](super::load()) or [`World::unpack`].
///
/// Single facts can be added and ended, at a cost that does not grow with the world; after that reads of what they touch are slower, until
/// [`World::compact`]. A
/// clone is cheap, since it shares the base: it can be an overlay in which facts are assumed.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// The policy's files, then those in which facts are stated.
    pub sources: Sources,
    pub(super) entities: Arc<EntityTable>,
    pub(super) texts: Interner,
    /// The entities that the policy names, by [`LiteralId`].
    pub(super) literals: Vec<EntityId>,
    /// The entities of the roles of the policy, by [`RoleId`].
    pub(super) roles: Arc<Vec<EntityId>>,
    /// The base.
    pub(super) store: Arc<FactStore>,
    /// The changes since the base was made.
    pub(super) delta: Delta,
    /// By attribute: how it is read if no value is given.
    pub(super) absent_values: Vec<ClosedWorld>,
    /// What is left open.
    pub(super) open: Arc<Openings>,
    /// What is stated not to hold.
    pub(super) denials: Arc<Denials>,
    /// By relation and role: whether no pattern leaves facts of it open, at any time.
    pub(super) closed_relations: Vec<bool>,
    pub(super) closed_roles: Vec<bool>,
    /// By attribute: whether no pattern leaves values of it open, at any time, and none is denied.
    pub(super) closed_attributes: Vec<bool>,
    /// The keys of entities.
    pub(super) keys: Arc<KeyTable>,
    /// Where lines of the world's files say that they come from.
    pub(super) origins: Arc<Origins>,
    /// The count of lines in the files before each file, while the texts of the world's files are in memory.
    pub(super) lines_before: Arc<Vec<u32>>,
    /// The files of exports from which the world was made, as it says.
    pub(super) exports: Arc<Vec<ExportFile>>,
    /// Whether no pattern leaves memberships open.
    pub(super) closed_memberships: bool,
    /// Whether no pattern leaves open within what an entity lies.
    pub(super) closed_containers: bool,
    /// Whether some entity ends at some time.
    pub(super) some_end: bool,
    /// Which sets of `many` attributes are given.
    pub(super) sets: Arc<GivenSets>,
    /// By kind: the attributes that name the container of an entity.
    pub(super) container_attributes: Arc<Vec<Vec<AttributeId>>>,
    /// Where the inline cells of the base are.
    pub(super) cells: Arc<Cells>,
    /// The entities of the base that lack an attribute.
    pub(super) lacking: Arc<LackingCache>,
    /// The keys of lists and cells that the policy determines.
    pub(super) layout: Arc<KeyLayout>,
    /// The packed world from which it was opened.
    pub(super) archive: Option<Arc<Archive>>,
}

impl World {
    /// A world without facts. It has the roles of the policy, the entities and texts that the policy names, and `entities`, given in any
    /// order. If two entities have the same name, the first is kept; the loader reports the other.
    pub(super) fn new(policy: &Policy, sources: Sources, mut entities: Vec<EntityRecord>) -> World {
        let roles = policy.roles.values().map(|role| EntityRecord {
            kind: policy.role_kind,
            id: role.meta.name.as_str().into(),
            life: Interval::ALWAYS,
            declared: false,
            place: None,
        });
        entities.extend(roles);
        let never = Interval { since: Instant::MAX, until: Instant::MAX };
        let named = policy.literals.values();
        entities.extend(named.map(|literal| EntityRecord {
            kind: literal.kind,
            id: literal.id.as_str().into(),
            life: never,
            declared: false,
            place: None,
        }));
        let entities = EntityTable::of(entities, policy.kinds.len());
        World::with_entities(policy, sources, entities).expect("the entities that the policy names were put in")
    }

    /// A world with these entities and without facts; `None` if a role of the policy or an entity that it names is not
    /// among them.
    pub(super) fn with_entities(policy: &Policy, sources: Sources, entities: EntityTable) -> Option<World> {
        let literals: Option<Vec<EntityId>> = policy.literals.values().map(|literal| entities.search(literal.kind, &literal.id)).collect();
        let roles: Option<Vec<EntityId>> = policy.roles.values().map(|role| entities.search(policy.role_kind, &role.meta.name)).collect();
        let mut world = World {
            sources,
            roles: Arc::new(roles?),
            sets: Arc::new(GivenSets::of_policy(policy, entities.of_kind())),
            some_end: entities.some_end(),
            entities: Arc::new(entities),
            texts: Interner::of_policy(policy),
            literals: literals?,
            closed_relations: vec![true; policy.relations.len()],
            closed_roles: vec![true; policy.roles.len()],
            closed_attributes: vec![true; policy.attributes.len()],
            closed_memberships: true,
            closed_containers: true,
            container_attributes: Arc::new(policy.kinds.values().map(|kind| kind.within.clone()).collect()),
            layout: Arc::new(KeyLayout::of_policy(policy)),
            ..World::default()
        };
        world.set_store(FactStore::default());
        Some(world)
    }

    /// Sets the base.
    pub(super) fn set_store(&mut self, store: FactStore) {
        self.cells = Arc::new(Cells::of(&store, &self.layout, &self.container_attributes, self.closed_attributes.len()));
        self.store = Arc::new(store);
        self.lacking = Arc::new(LackingCache::of(self.closed_attributes.len()));
    }

    /// The entity of this kind and id, which may be one that only the policy names.
    pub fn find(&self, kind: KindId, id: &str) -> Option<EntityId> {
        if id.is_empty() {
            return None;
        }
        self.find_at(&self.entities.look_up(kind, id))
    }

    /// Whether the id is one of this world: a changed clone may have more entities.
    pub(crate) fn has(&self, ent: EntityId) -> bool {
        (ent.0 as usize) < self.entities.len() + self.delta.entities().count()
    }

    /// The entity that was looked up.
    #[inline]
    pub(super) fn find_at(&self, lookup: &Probe<'_>) -> Option<EntityId> {
        self.entities.indexed(lookup).or_else(|| self.find_not_indexed(lookup.kind, lookup.id))
    }

    #[inline(never)]
    fn find_not_indexed(&self, kind: KindId, id: &str) -> Option<EntityId> {
        let added = self.delta.entities().find(kind, id).map(|index| EntityId(id_of(self.entities.len() + index)));
        added.or_else(|| self.entities.search(kind, id))
    }

    /// An entity by its id.
    pub fn entity(&self, ent: EntityId) -> Entity<'_> {
        let life = self.life(ent);
        match self.added_entity(ent) {
            Some(added) => Entity { kind: added.kind, id: &added.id, life, declared: added.declared },
            None => Entity { kind: self.kind(ent), id: self.entities.id(ent), life, declared: self.is_declared(ent) },
        }
    }

    /// Where an entity is declared; `None` once the texts of the world's files were dropped.
    pub fn declared_at(&self, ent: EntityId) -> Option<Span> {
        match self.added_entity(ent) {
            Some(added) => added.place,
            None => self.entities.spans.get(ent.0 as usize).copied().flatten().or_else(|| self.delta.entities().declared_at(ent)),
        }
    }

    /// Where an entity is declared.
    pub fn declared_in(&self, ent: EntityId) -> Option<Place> {
        match self.declared_at(ent) {
            Some(span) => self.place(StatedAt::Span(span)),
            None => self.place(StatedAt::Line(self.entities.lines.get(ent.0 as usize))),
        }
    }

    /// The kind of an entity.
    #[inline]
    pub fn kind(&self, ent: EntityId) -> KindId {
        self.entities.quick_kind(ent).unwrap_or_else(|| self.slow_kind(ent))
    }

    #[inline(never)]
    fn slow_kind(&self, ent: EntityId) -> KindId {
        match self.added_entity(ent) {
            Some(added) => added.kind,
            // `EntityId::NONE` is beyond all kinds, and gets the last one.
            None => KindId::from_index(self.entities.slow_kind(ent).index().min(self.entities.of_kind().len().saturating_sub(1))),
        }
    }

    /// An entity that was added since the base was made; `None` if it is in the base.
    pub(super) fn added_entity(&self, ent: EntityId) -> Option<&AddedEntity> {
        self.delta.entities().get((ent.0 as usize).checked_sub(self.entities.len())?)
    }

    /// When an entity lives.
    #[inline]
    pub fn life(&self, ent: EntityId) -> Interval {
        self.delta.life(ent).unwrap_or_else(|| self.entities.life(ent))
    }

    /// Whether the entity lives at no time: an event may create it.
    pub(crate) fn is_unborn(&self, ent: EntityId) -> bool {
        self.life(ent).since == Instant::MAX
    }

    /// Whether the entity lives at `at`.
    #[inline]
    pub fn lives(&self, ent: EntityId, at: Instant) -> bool {
        self.life(ent).contains(at)
    }

    /// Whether the entity is known not to live at `at`: it is declared, and was not created yet or has ended. An entity that only the
    /// policy names is not known to be dead.
    pub fn is_dead(&self, ent: EntityId, at: Instant) -> bool {
        !self.lives(ent, at) && self.is_declared(ent)
    }

    /// Whether a file of the world declares it, or it was added since.
    pub(super) fn is_declared(&self, ent: EntityId) -> bool {
        self.entities.is_declared(ent)
            || self.added_entity(ent).is_some_and(|added| added.declared)
            || self.delta.entities().is_declared(ent)
    }

    /// Whether the entity lived and has ended at `at`.
    #[inline]
    pub(crate) fn has_ended(&self, ent: EntityId, at: Instant) -> bool {
        self.some_end && self.ended_before(ent, at)
    }

    #[inline(never)]
    fn ended_before(&self, ent: EntityId, at: Instant) -> bool {
        ent != EntityId::NONE && self.life(ent).has_ended(at)
    }

    /// All entities of a kind in the order of their names, living or not.
    pub fn of_kind(&self, kind: KindId) -> KindEntities<'_> {
        self.delta.entities().of_kind(kind, self.entities.of_kind()[kind.index()].clone())
    }

    /// All entities of the world's files and of the policy, in the order of their ids.
    pub fn ents(&self) -> impl ExactSizeIterator<Item = EntityId> + use<> {
        (0..id_of(self.entities.len() + self.delta.entities().count())).map(EntityId)
    }

    /// The entity of a role.
    #[inline]
    pub fn role_entity(&self, role: RoleId) -> EntityId {
        self.roles[role.index()]
    }

    /// The role whose entity this is; `None` if the entity is not of the kind `role`, or is a role that the policy does not name.
    pub fn role_of(&self, ent: EntityId) -> Option<RoleId> {
        // Roles and their entities are both in the order of names.
        self.roles.binary_search(&ent).ok().map(RoleId::from_index)
    }

    /// Whether this is a role that the policy does not name.
    pub fn is_unknown_role(&self, policy: &Policy, ent: EntityId) -> bool {
        self.kind(ent) == policy.role_kind && self.role_of(ent).is_none()
    }

    /// The statement that a role is held, by the entity of the role.
    pub fn assignment(&self, policy: &Policy, holder: EntityId, role: EntityId, scope: EntityId) -> Statement {
        match self.role_of(role) {
            Some(role) => Statement::Holds { holder, role, scope },
            None => Statement::Relation(policy.unknown_roles, [holder, role, scope]),
        }
    }

    /// The entity of a literal of the policy.
    pub fn literal(&self, literal: LiteralId) -> EntityId {
        self.literals[literal.index()]
    }

    /// A text by its symbol.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.texts.text(symbol)
    }

    /// The symbol of a text; a new one if the text is new.
    pub fn intern(&mut self, text: &str) -> Symbol {
        self.texts.intern(text)
    }

    /// The symbol of a text; `None` if the text is new.
    pub(crate) fn find_text(&self, text: &str) -> Option<Symbol> {
        self.texts.find(text)
    }

    /// A fact by its id.
    #[inline]
    pub fn fact(&self, id: FactId) -> Fact {
        if let Some(index) = self.added_index(id) {
            return self.delta.added(index).fact;
        }
        let fact = self.store.fact(id.0);
        match self.delta.interval(id) {
            Some(during) => Fact { during, ..fact },
            None => fact,
        }
    }

    /// How many facts there are, including those that hold at no time any more.
    pub fn count(&self) -> usize {
        self.store.len() + self.delta.added_count()
    }

    /// All facts with their ids, those of the base in the order of their statements.
    pub fn facts(&self) -> impl ExactSizeIterator<Item = (FactId, Fact)> {
        (0..self.count()).map(|at| FactId(id_of(at))).map(|id| (id, self.fact(id)))
    }

    /// The spans at which a fact is stated; none once the texts of the world's files were dropped.
    pub fn spans(&self, id: FactId) -> impl Iterator<Item = Span> {
        let in_base = self.is_stated_in_base(id).then(|| self.store.places.spans(id.0));
        in_base.into_iter().flatten().chain(self.added_place(id))
    }

    /// The places at which a fact is stated; none if it is assumed, or assumed to end. A fact that an event added is stated where the event
    /// is recorded.
    pub fn places(&self, id: FactId) -> Vec<Place> {
        self.stated_at(id).filter_map(|stated| self.place(stated)).collect()
    }

    fn stated_at(&self, id: FactId) -> impl Iterator<Item = StatedAt> {
        let in_base = self.is_stated_in_base(id).then(|| self.store.places.stated_at(id.0));
        in_base.into_iter().flatten().chain(self.added_place(id).map(StatedAt::Span))
    }

    /// The file and line of what is stated, and where the line says that it comes from.
    fn place(&self, stated: StatedAt) -> Option<Place> {
        let (place, line) = match stated {
            StatedAt::Line(line) => (self.store.places.line(line)?, line),
            StatedAt::Span(span) => return Some(self.place_of(span)),
        };
        Some(Place { from: self.origins.get(line).map(Into::into), ..place })
    }

    /// The file and line of a span in a file of the world, and where the line says that it comes from.
    pub(super) fn place_of(&self, span: Span) -> Place {
        let place = self.sources.place(span);
        let line = self.lines_before.get(span.file.0 as usize).map(|before| before + place.line);
        Place { from: line.and_then(|line| self.origins.get(line)).map(Into::into), ..place }
    }

    /// The files of exports from which the world was made, as its files say (`sources`), in the order of their names.
    pub fn exports(&self) -> &[ExportFile] {
        &self.exports
    }

    /// Whether a fact is assumed, or assumed to end: no file states it.
    pub fn is_assumed(&self, id: FactId) -> bool {
        self.stated_at(id).next().is_none()
    }

    pub(super) fn is_stated_in_base(&self, id: FactId) -> bool {
        self.added_index(id).is_none() && !self.delta.is_assumed_to_end(id)
    }

    pub(super) fn added_place(&self, id: FactId) -> Option<Span> {
        self.delta.added(self.added_index(id)?).place?.span()
    }

    /// The index of a fact among those added; `None` if it is in the base.
    #[inline]
    pub(super) fn added_index(&self, id: FactId) -> Option<usize> {
        (id.0 as usize).checked_sub(self.store.len())
    }
}
