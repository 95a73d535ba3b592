//! The elements of a pack by what they are, and those that bear on an action.

use crate::graph::{Edge, GrantSource, Node, Permit};
use crate::plan::CompiledPolicy;
use crate::policy::{ActionId, Arena, Conclusion, Id, KindSet, Metadata, Policy, Role, RoleTerm};
use std::collections::BTreeSet;

/// What an element is. In the order in which elements are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ElementSort {
    /// `[kind.NAME]`
    Kind,
    /// `[relation.NAME]`
    Relation,
    /// `[action."NAME"]`, or a row of a table.
    Action,
    /// `[role.NAME]`
    Role,
    /// `[table.NAME]`
    Table,
    /// `[rule.NAME]`
    Rule,
    /// `[implication.NAME]`
    Implication,
    /// `[toggle.NAME]`
    Toggle,
    /// `[obligation.NAME]`
    Obligation,
    /// `[advice.NAME]`
    Advice,
    /// `[event.NAME]`
    Event,
    /// `[invariant.NAME]`
    Invariant,
    /// `[property.NAME]`
    Property,
    /// `[claim.ID]`
    Claim,
    /// `[document.NAME]`
    Document,
}

impl ElementSort {
    /// All of them, in the order in which elements are listed.
    pub const ALL: [ElementSort; 15] = [
        ElementSort::Kind,
        ElementSort::Relation,
        ElementSort::Action,
        ElementSort::Role,
        ElementSort::Table,
        ElementSort::Rule,
        ElementSort::Implication,
        ElementSort::Toggle,
        ElementSort::Obligation,
        ElementSort::Advice,
        ElementSort::Event,
        ElementSort::Invariant,
        ElementSort::Property,
        ElementSort::Claim,
        ElementSort::Document,
    ];

    /// Its name, as a pack writes it: `rule`.
    pub fn name(self) -> &'static str {
        match self {
            ElementSort::Kind => "kind",
            ElementSort::Relation => "relation",
            ElementSort::Action => "action",
            ElementSort::Role => "role",
            ElementSort::Table => "table",
            ElementSort::Rule => "rule",
            ElementSort::Implication => "implication",
            ElementSort::Toggle => "toggle",
            ElementSort::Obligation => "obligation",
            ElementSort::Advice => "advice",
            ElementSort::Event => "event",
            ElementSort::Invariant => "invariant",
            ElementSort::Property => "property",
            ElementSort::Claim => "claim",
            ElementSort::Document => "document",
        }
    }

    /// The name of several: `rules`; `advice` has no other.
    pub fn plural(self) -> &'static str {
        match self {
            ElementSort::Kind => "kinds",
            ElementSort::Relation => "relations",
            ElementSort::Action => "actions",
            ElementSort::Role => "roles",
            ElementSort::Table => "tables",
            ElementSort::Rule => "rules",
            ElementSort::Implication => "implications",
            ElementSort::Toggle => "toggles",
            ElementSort::Obligation => "obligations",
            ElementSort::Advice => "advice",
            ElementSort::Event => "events",
            ElementSort::Invariant => "invariants",
            ElementSort::Property => "properties",
            ElementSort::Claim => "claims",
            ElementSort::Document => "documents",
        }
    }

    /// The sort of that name, in the singular or the plural.
    pub fn named(name: &str) -> Option<ElementSort> {
        ElementSort::ALL.into_iter().find(|sort| sort.name() == name || sort.plural() == name)
    }
}

/// An element of a pack: its sort, and its index among the elements of that sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Element {
    /// What it is.
    pub sort: ElementSort,
    /// Its index among the elements of its sort, which are in the order of their names.
    pub index: usize,
}

impl Element {
    /// The element of this id.
    fn of(sort: ElementSort, id: impl Id) -> Element {
        Element { sort, index: id.index() }
    }

    /// Its name and the texts about it.
    pub fn meta(self, policy: &Policy) -> &Metadata {
        fn at<I: Id, T>(arena: &Arena<I, T>, index: usize) -> &T {
            &arena[I::from_index(index)]
        }
        match self.sort {
            ElementSort::Kind => &at(&policy.kinds, self.index).meta,
            ElementSort::Relation => &at(&policy.relations, self.index).meta,
            ElementSort::Action => &at(&policy.actions, self.index).meta,
            ElementSort::Role => &at(&policy.roles, self.index).meta,
            ElementSort::Table => &at(&policy.tables, self.index).meta,
            ElementSort::Rule => &at(&policy.rules, self.index).meta,
            ElementSort::Implication => &at(&policy.implications, self.index).meta,
            ElementSort::Toggle => &at(&policy.toggles, self.index).meta,
            ElementSort::Obligation => &at(&policy.obligations, self.index).meta,
            ElementSort::Advice => &at(&policy.advice, self.index).meta,
            ElementSort::Event => &at(&policy.events, self.index).meta,
            ElementSort::Invariant => &at(&policy.invariants, self.index).meta,
            ElementSort::Property => &at(&policy.properties, self.index).meta,
            ElementSort::Claim => &at(&policy.claims, self.index).meta,
            ElementSort::Document => &at(&policy.documents, self.index).meta,
        }
    }

    /// Its node in the graph; `None` for a kind or a property.
    fn node(self) -> Option<Node> {
        fn id<I: Id>(index: usize) -> I {
            I::from_index(index)
        }
        Some(match self.sort {
            ElementSort::Kind | ElementSort::Property => return None,
            ElementSort::Relation => Node::Relation(id(self.index)),
            ElementSort::Action => Node::Action(id(self.index)),
            ElementSort::Role => Node::Role(id(self.index)),
            ElementSort::Table => Node::Table(id(self.index)),
            ElementSort::Rule => Node::Rule(id(self.index)),
            ElementSort::Implication => Node::Implication(id(self.index)),
            ElementSort::Toggle => Node::Toggle(id(self.index)),
            ElementSort::Obligation => Node::Obligation(id(self.index)),
            ElementSort::Advice => Node::Advice(id(self.index)),
            ElementSort::Event => Node::Event(id(self.index)),
            ElementSort::Invariant => Node::Invariant(id(self.index)),
            ElementSort::Claim => Node::Claim(id(self.index)),
            ElementSort::Document => Node::Document(id(self.index)),
        })
    }

    /// The element of a node. A cell stands for its table; a variable for any role is none.
    fn of_node(node: Node) -> Option<Element> {
        Some(match node {
            Node::Relation(id) => Element::of(ElementSort::Relation, id),
            Node::Toggle(id) => Element::of(ElementSort::Toggle, id),
            Node::Event(id) => Element::of(ElementSort::Event, id),
            Node::Implication(id) => Element::of(ElementSort::Implication, id),
            Node::Role(id) => Element::of(ElementSort::Role, id),
            Node::Table(id) | Node::Cell { table: id, .. } => Element::of(ElementSort::Table, id),
            Node::Rule(id) => Element::of(ElementSort::Rule, id),
            Node::Action(id) => Element::of(ElementSort::Action, id),
            Node::Obligation(id) => Element::of(ElementSort::Obligation, id),
            Node::Advice(id) => Element::of(ElementSort::Advice, id),
            Node::Invariant(id) => Element::of(ElementSort::Invariant, id),
            Node::Claim(id) => Element::of(ElementSort::Claim, id),
            Node::Document(id) => Element::of(ElementSort::Document, id),
            Node::AnyRoleDerived | Node::AnyRoleUsed => return None,
        })
    }
}

/// The elements of a sort, in the order of their names. The kind `role`, which every pack has, is not among them.
pub fn elements(policy: &Policy, sort: ElementSort) -> Vec<Element> {
    let count = match sort {
        ElementSort::Kind => {
            let declared = policy.kinds.ids().filter(|&kind| kind != policy.role_kind);
            return declared.map(|kind| Element::of(sort, kind)).collect();
        }
        ElementSort::Relation => return policy.declared_relations().map(|(relation, _)| Element::of(sort, relation)).collect(),
        ElementSort::Action => policy.actions.len(),
        ElementSort::Role => policy.roles.len(),
        ElementSort::Table => policy.tables.len(),
        ElementSort::Rule => policy.rules.len(),
        ElementSort::Implication => policy.implications.len(),
        ElementSort::Toggle => policy.toggles.len(),
        ElementSort::Obligation => policy.obligations.len(),
        ElementSort::Advice => policy.advice.len(),
        ElementSort::Event => policy.events.len(),
        ElementSort::Invariant => policy.invariants.len(),
        ElementSort::Property => policy.properties.len(),
        ElementSort::Claim => policy.claims.len(),
        ElementSort::Document => policy.documents.len(),
    };
    (0..count).map(|index| Element { sort, index }).collect()
}

/// The element of a sort and a name; kinds, actions and roles also by the other names that requests may use.
pub fn element_named(policy: &Policy, sort: ElementSort, name: &str) -> Option<Element> {
    let found = elements(policy, sort).into_iter().find(|element| element.meta(policy).name == name);
    found.or_else(|| match sort {
        ElementSort::Kind => policy.kind_called(name).filter(|&kind| kind != policy.role_kind).map(|kind| Element::of(sort, kind)),
        ElementSort::Action => policy.action_called(name).map(|action| Element::of(sort, action)),
        ElementSort::Role => policy.role_called(name).map(|role| Element::of(sort, role)),
        _ => None,
    })
}

/// The elements on which the answer about an action may rest, and those that go with it: what grants, allows and denies it, at any depth; what
/// these ask; obligations, advice, the events that need the action; and the claims of all these with their documents.
pub fn elements_for(compiled: &CompiledPolicy, action: ActionId) -> BTreeSet<Element> {
    let (policy, graph) = (&compiled.policy, &compiled.graph);
    let mut found = BTreeSet::from([Element::of(ElementSort::Action, action)]);
    for &permit in graph.permits(action) {
        match permit {
            Permit::Rule(rule) => _ = found.insert(Element::of(ElementSort::Rule, rule)),
            Permit::Role(role) => {
                found.insert(Element::of(ElementSort::Role, role));
                for grant in graph.grant_path(role, action).grants {
                    if let GrantSource::Cell { table, .. } = grant.by {
                        found.insert(Element::of(ElementSort::Table, table));
                    }
                }
            }
        }
    }
    found.extend(graph.denies(action).iter().map(|&rule| Element::of(ElementSort::Rule, rule)));
    found.extend(graph.implications(policy, action).into_iter().map(|id| Element::of(ElementSort::Implication, id)));
    found.extend(graph.toggles(policy, action).into_iter().map(|id| Element::of(ElementSort::Toggle, id)));
    found.extend(graph.obligations(action).iter().map(|&id| Element::of(ElementSort::Obligation, id)));
    found.extend(graph.advice(action).iter().map(|&id| Element::of(ElementSort::Advice, id)));
    let before: Vec<Element> = found.iter().copied().collect();
    for element in before {
        for (edge, other) in preceding(compiled, element) {
            // What is asked, but not the roles and relations that only share a table or a rule with the action.
            if matches!(edge, Edge::Uses { .. }) {
                found.insert(other);
            }
        }
    }
    let events = following(compiled, Element::of(ElementSort::Action, action)).into_iter();
    found.extend(events.filter(|(edge, _)| *edge == Edge::Does).map(|(_, event)| event));
    let kinds = policy.actions[action].on.iter().chain(policy.subjects().iter().collect::<Vec<_>>());
    found.extend(kinds.map(|kind| Element::of(ElementSort::Kind, kind)));
    let claims: Vec<Element> = found.iter().flat_map(|element| claims(policy, *element)).collect();
    let documents = claims.iter().flat_map(|claim| documents(policy, *claim));
    found.extend(documents.collect::<Vec<Element>>());
    found.extend(claims);
    found
}

/// The claims that an element cites.
pub fn claims(policy: &Policy, element: Element) -> Vec<Element> {
    element.meta(policy).source.iter().map(|&claim| Element::of(ElementSort::Claim, claim)).collect()
}

fn documents(policy: &Policy, claim: Element) -> Vec<Element> {
    let claim = policy.claims.values().nth(claim.index);
    claim.into_iter().flat_map(|claim| &claim.documents).map(|&document| Element::of(ElementSort::Document, document)).collect()
}

/// The elements that affect an element, each with how: once, in the order of elements.
pub fn preceding(compiled: &CompiledPolicy, element: Element) -> Vec<(Edge, Element)> {
    let nodes = element.node().map(|node| compiled.graph.preceding(node)).unwrap_or_default();
    others(element, nodes)
}

/// The elements that an element affects, each with how: once, in the order of elements.
pub fn following(compiled: &CompiledPolicy, element: Element) -> Vec<(Edge, Element)> {
    let nodes = element.node().map(|node| compiled.graph.following(node)).unwrap_or_default();
    others(element, nodes)
}

fn others(element: Element, nodes: Vec<(Edge, Node)>) -> Vec<(Edge, Element)> {
    let found = nodes.into_iter().filter_map(|(edge, node)| Some((edge, Element::of_node(node)?)));
    let mut found: Vec<(Edge, Element)> = found.filter(|(_, other)| *other != element).collect();
    found.sort_by_key(|&(edge, other)| (edge.words(), other));
    found.dedup_by_key(|(edge, other)| (edge.words(), *other));
    found
}

/// The elements whose declaration names a kind: actions and roles on it, relations with it at an end, and kinds with an attribute of it.
pub fn declared_with(policy: &Policy, kind: Element) -> Vec<Element> {
    let Some(kind) = policy.kinds.ids().nth(kind.index) else { return Vec::new() };
    let on = |set: &KindSet| set.contains(kind);
    let attributes = policy.attributes.values().filter(|attribute| attribute.value.entity_kinds().is_some_and(on));
    let kinds: BTreeSet<Element> = attributes.map(|attribute| Element::of(ElementSort::Kind, attribute.kind)).collect();
    let relations = policy.declared_relations().filter(|(_, relation)| relation.ends.iter().any(on));
    let actions = policy.actions.iter().filter(|(_, action)| on(&action.on));
    let roles = policy.roles.iter().filter(|(_, role)| on(&role.on));
    kinds
        .into_iter()
        .chain(relations.map(|(id, _)| Element::of(ElementSort::Relation, id)))
        .chain(actions.map(|(id, _)| Element::of(ElementSort::Action, id)))
        .chain(roles.map(|(id, _)| Element::of(ElementSort::Role, id)))
        .collect()
}

/// The names by which a suite of tests asks about an element: its own, and those of the actions that it is about.
pub fn asked_names(compiled: &CompiledPolicy, element: Element) -> BTreeSet<&str> {
    let policy = &compiled.policy;
    let resting = match element.sort {
        // Such an element is about no action itself: those whose answers may rest on it are meant.
        ElementSort::Relation | ElementSort::Kind => {
            policy.actions.ids().filter(|&action| elements_for(compiled, action).contains(&element)).collect()
        }
        _ => about(policy, element),
    };
    let about = resting.into_iter().map(|action| policy.actions[action].meta.name.as_str());
    about.chain([element.meta(policy).name.as_str()]).collect()
}

/// The actions that an element is about: what it allows, denies, grants or goes with; of an implication, what the role grants that it gives.
fn about(policy: &Policy, element: Element) -> Vec<ActionId> {
    let granted = |role: &Role| role.grants.iter().map(|&(action, _)| action).collect();
    match element.sort {
        ElementSort::Rule => policy.rules[Id::from_index(element.index)].actions.clone(),
        ElementSort::Obligation => policy.obligations[Id::from_index(element.index)].actions.clone(),
        ElementSort::Advice => policy.advice[Id::from_index(element.index)].actions.clone(),
        ElementSort::Table => policy.tables[Id::from_index(element.index)].rows.iter().map(|row| row.action).collect(),
        ElementSort::Role => granted(&policy.roles[Id::from_index(element.index)]),
        ElementSort::Property => policy.properties[Id::from_index(element.index)].actions.clone().unwrap_or_default(),
        ElementSort::Event => policy.events[Id::from_index(element.index)].does.map(|(action, _)| action).into_iter().collect(),
        ElementSort::Implication => match &policy.implications[Id::from_index(element.index)].then {
            Conclusion::Holds { role: RoleTerm::Named(role), .. } => granted(&policy.roles[*role]),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
