//! Which actions a change can affect: those of which some permit or deny depends on what changed, directly or through what is derived.

use super::changes::{Changed, Changes};
use super::sides::{Side, Sides};
use crate::graph::{GrantSource, Node, Permit};
use crate::plan::CompiledPolicy;
use crate::plan::rule::ends;
use crate::policy::{
    ActionId, AtomKind, AttributeId, Condition, Expr, Hop, ImplicationId, KindSet, Metadata, Policy, RelationId, RoleId, RoleTerm, RuleId,
    Term, TermNode, ToggleId,
};
use crate::world::{Statement, World};
use rustc_hash::FxHashSet;

/// The actions of a side that the changes can affect, in the order of their names.
pub(super) fn affected(sides: Sides<'_>, changes: &Changes, side: Side) -> Vec<ActionId> {
    let decider = sides.decider(side);
    let compiled = decider.compiled;
    let all = compiled.policy.actions.ids();
    if changes.may_be_more {
        return all.collect();
    }
    let touched = Touched::of(&compiled.policy, sides.new.world, changes);
    // The condition of a pattern may read any attribute.
    let patterns = decider.world.has_conditional_patterns() || sides.decider(side.other()).world.has_conditional_patterns();
    if patterns && (!touched.attributes.is_empty() || touched.members || !touched.kinds.is_empty()) {
        return all.collect();
    }
    all.filter(|&action| Footprint::of(compiled, action).meets(&touched)).collect()
}

/// What changed.
#[derive(Default)]
struct Touched {
    relations: FxHashSet<RelationId>,
    roles: FxHashSet<RoleId>,
    attributes: FxHashSet<AttributeId>,
    toggles: FxHashSet<ToggleId>,
    elements: FxHashSet<Node>,
    /// The kinds of entities that began or ended to live.
    kinds: KindSet,
    members: bool,
    containers: bool,
    /// Something of a role that the pack does not name.
    unknown_roles: bool,
}

impl Touched {
    fn of(policy: &Policy, world: &World, changes: &Changes) -> Touched {
        let mut touched = Touched::default();
        for change in &changes.all {
            match change.what {
                Changed::Element(node) => _ = touched.elements.insert(node),
                Changed::Toggle(toggle) => _ = touched.toggles.insert(toggle),
                Changed::Entity(ent) => touched.kinds.insert(world.kind(ent)),
                Changed::Fact(statement) | Changed::NotFact(statement) => match statement {
                    Statement::Relation(relation, _) if relation == policy.unknown_roles => touched.unknown_roles = true,
                    Statement::Relation(relation, _) => _ = touched.relations.insert(relation),
                    Statement::Holds { role, .. } => _ = touched.roles.insert(role),
                    Statement::Member { .. } => touched.members = true,
                    Statement::Value { attribute, .. } => {
                        touched.attributes.extend(policy.exclusive(&attribute));
                        touched.attributes.insert(attribute);
                        touched.containers |= policy.attributes[attribute].container;
                    }
                },
            }
        }
        touched
    }
}

/// What the outcome of an action may depend on.
struct Footprint<'c> {
    compiled: &'c CompiledPolicy,
    relations: FxHashSet<RelationId>,
    roles: FxHashSet<RoleId>,
    implications: FxHashSet<ImplicationId>,
    rules: FxHashSet<RuleId>,
    attributes: FxHashSet<AttributeId>,
    toggles: FxHashSet<ToggleId>,
    elements: FxHashSet<Node>,
    kinds: KindSet,
    members: bool,
    all_roles: bool,
}

impl<'c> Footprint<'c> {
    fn of(compiled: &'c CompiledPolicy, action: ActionId) -> Footprint<'c> {
        let mut footprint = Footprint {
            compiled,
            relations: FxHashSet::default(),
            roles: FxHashSet::default(),
            implications: FxHashSet::default(),
            rules: FxHashSet::default(),
            attributes: FxHashSet::default(),
            toggles: FxHashSet::default(),
            elements: FxHashSet::default(),
            kinds: compiled.policy.subjects().union(&compiled.policy.actions[action].on),
            members: false,
            all_roles: false,
        };
        for &rule in compiled.graph.denies(action) {
            footprint.rule(rule);
        }
        for &permit in compiled.graph.permits(action) {
            match permit {
                Permit::Rule(rule) => footprint.rule(rule),
                Permit::Role(role) => {
                    footprint.role(role);
                    let path = compiled.graph.grant_path(role, action);
                    for grant in path.grants {
                        footprint.named_role(grant.role);
                        if let GrantSource::Cell { table, .. } = grant.by {
                            footprint.element(Node::Table(table), &compiled.policy.tables[table].meta);
                        }
                    }
                    path.inclusions.iter().for_each(|inclusion| footprint.named_role(inclusion.includes));
                }
            }
        }
        footprint
    }

    fn meets(&self, touched: &Touched) -> bool {
        let some_role = !self.roles.is_empty();
        self.relations.iter().any(|relation| touched.relations.contains(relation))
            || self.roles.iter().any(|role| touched.roles.contains(role))
            || self.all_roles && (touched.unknown_roles || !touched.roles.is_empty())
            || self.attributes.iter().any(|attribute| touched.attributes.contains(attribute))
            || self.toggles.iter().any(|toggle| touched.toggles.contains(toggle))
            || self.elements.iter().any(|element| touched.elements.contains(element))
            || self.members && touched.members
            // What lies within what decides where a role counts, and which facts a relation covers.
            || touched.containers && (some_role || !self.relations.is_empty() || !self.rules.is_empty())
            || self.kinds.meets(&touched.kinds)
    }

    fn element(&mut self, node: Node, meta: &Metadata) {
        self.elements.insert(node);
        self.toggles.extend(meta.validity.toggle);
    }

    fn rule(&mut self, rule: RuleId) {
        if self.rules.insert(rule) {
            let declared = &self.compiled.policy.rules[rule];
            self.element(Node::Rule(rule), &declared.meta);
            self.condition(&declared.condition);
        }
    }

    /// That a role is in force.
    fn named_role(&mut self, role: RoleId) {
        self.element(Node::Role(role), &self.compiled.policy.roles[role].meta);
    }

    /// That a role is held, itself or by one that includes it, by the holder or a group.
    fn role(&mut self, role: RoleId) {
        self.members = true;
        self.kinds = self.kinds.union(&self.compiled.holders).union(&self.compiled.policy.scopes());
        let compiled = self.compiled;
        for &includer in compiled.graph.includers(role) {
            if self.roles.insert(includer) {
                self.named_role(includer);
                compiled.graph.rules_deriving(includer).iter().for_each(|&implication| self.implication(implication));
            }
        }
    }

    fn implication(&mut self, implication: ImplicationId) {
        if self.implications.insert(implication) {
            let declared = &self.compiled.policy.implications[implication];
            self.element(Node::Implication(implication), &declared.meta);
            self.condition(&declared.condition);
            for (_, term) in ends(&declared.then) {
                self.term(term);
            }
        }
    }

    fn relation(&mut self, relation: RelationId) {
        if self.relations.insert(relation) {
            let declared = &self.compiled.policy.relations[relation];
            self.members |= declared.through_ends().next().is_some();
            self.kinds = declared.ends.iter().chain(&declared.through).fold(self.kinds.clone(), |all, kinds| all.union(kinds));
            declared.derived_by.iter().for_each(|&implication| self.implication(implication));
        }
    }

    fn condition(&mut self, condition: &Condition) {
        for variable in &condition.variables {
            self.kinds = self.kinds.union(&variable.kinds);
        }
        for (expr, _) in condition.expr.walk() {
            match expr {
                Expr::Toggle(toggle, _) => _ = self.toggles.insert(*toggle),
                Expr::Atom(atom) => self.atom(&atom.kind),
                _ => {}
            }
        }
    }

    fn atom(&mut self, atom: &AtomKind) {
        match atom {
            AtomKind::Relation { relation, .. } => self.relation(*relation),
            AtomKind::Holds { role: RoleTerm::Named(role), .. } => self.role(*role),
            AtomKind::Holds { role: RoleTerm::Term(_), .. } => {
                self.all_roles = true;
                self.compiled.policy.roles.ids().for_each(|role| self.role(role));
            }
            AtomKind::Member(..) => {
                self.members = true;
                self.kinds = self.kinds.union(&self.compiled.holders);
            }
            AtomKind::Is(..) | AtomKind::Within(..) | AtomKind::OneOf(..) | AtomKind::Among(..) | AtomKind::Compare(..) => {}
        }
        atom.terms().into_iter().for_each(|term| self.term(term));
    }

    fn term(&mut self, term: &Term) {
        let policy = &self.compiled.policy;
        if let TermNode::Literal(literal) = term.root() {
            self.kinds.insert(policy.literals[*literal].kind);
        }
        for (_, path) in term.hops() {
            for (_, hop) in path.iter() {
                match hop {
                    Hop::Attribute(attribute) => {
                        self.attributes.insert(attribute);
                        self.members |= policy.attributes[attribute].member_of;
                        // A value that has ended is unknown.
                        self.kinds = policy.attributes[attribute]
                            .value
                            .entity_kinds()
                            .map_or_else(|| self.kinds.clone(), |kinds| self.kinds.union(kinds));
                    }
                    Hop::Above(kind) => self.kinds.insert(kind),
                    Hop::System => {}
                }
            }
        }
    }
}
