//! Diagrams of the graph: of all that decides access, or of the neighbourhood of one node.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::Direction::{self, Incoming, Outgoing};
use petgraph::graph::{EdgeReference, NodeIndex};
use petgraph::visit::EdgeRef;

use super::{Edge, Graph, Node};
use crate::policy::{ActionId, Policy, TableId};

/// The number of edges from the focus to the farthest nodes of a diagram, in either direction: enough to show an event that adds a fact
/// from which an implication derives a role, and few enough for the diagram to be readable.
const MAX_DISTANCE: usize = 3;

/// The number of names that a node of several actions lists.
const LISTED: usize = 24;

/// A diagram: nodes and edges, without their layout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagram {
    /// Nodes, sorted: relations first, actions and claims last.
    pub nodes: Vec<DiagramNode>,
    /// Edges, sorted by the indexes of their nodes.
    pub edges: Vec<DiagramEdge>,
}

/// A node of a diagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiagramNode {
    /// Its full name, unique in the diagram.
    pub id: String,
    /// The word for what it is: `rule`, `claim`.
    pub word: &'static str,
    /// Its names, one a line.
    pub label: String,
    /// The kind of element.
    pub kind: NodeKind,
    /// The diagram is about it.
    pub focus: bool,
    /// What comes of it, in a diagram of an answer.
    pub tone: Tone,
}

/// What a diagram of an answer says of a node or an edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tone {
    /// Nothing.
    #[default]
    Plain,
    /// It is allowed, or allows.
    Allowed,
    /// It is denied, or denies.
    Denied,
    /// It is unknown.
    Unknown,
}

/// The kind of element that a node of a diagram is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// A relation.
    Relation,
    /// A toggle.
    Toggle,
    /// An event.
    Event,
    /// An implication.
    Implication,
    /// A role.
    Role,
    /// A table or a cell of one.
    Table,
    /// A rule.
    Rule,
    /// An action, or several.
    Action,
    /// An obligation, an advice or an invariant.
    Notice,
    /// A claim or a document.
    Source,
    /// Who asks.
    Subject,
    /// A group.
    Group,
    /// A fact.
    Fact,
    /// A remark on the diagram.
    Remark,
}

/// An edge of a diagram.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DiagramEdge {
    /// The index of its first node among the nodes.
    pub from: usize,
    /// The index of its second node.
    pub to: usize,
    /// How the first affects the second, in words.
    pub label: String,
    /// It takes access away instead of giving it.
    pub against: bool,
    /// What comes of it, in a diagram of an answer.
    pub tone: Tone,
}

impl Graph {
    /// A diagram. Without a focus: every action, and the relations, implications, roles, rules and toggles that affect access. With a
    /// focus: what leads to it and what it leads to, up to a distance. Actions with the same edges are one node.
    pub fn view(&self, policy: &Policy, focus: Option<Node>) -> Diagram {
        let mut diagram = DiagramBuilder::default();
        match focus {
            None => self.whole_into(policy, &mut diagram),
            Some(focus) => self.neighbourhood_into(focus, &mut diagram),
        }
        diagram.view(policy, focus)
    }

    fn whole_into(&self, policy: &Policy, diagram: &mut DiagramBuilder) {
        diagram.nodes.extend(policy.actions.ids().map(Node::Action));
        for edge in self.whole.edge_references() {
            let [from, to] = [self.whole[edge.source()], self.whole[edge.target()]];
            if let (Node::Role(_), Node::Cell { table, row, .. }) = (from, to) {
                diagram.edges.insert((from, Node::Action(policy.tables[table].rows[row as usize].action), EdgeStyle::Table(table)));
            } else if decides(from) && decides(to) {
                diagram.edges.insert((from, to, EdgeStyle::of(*edge.weight())));
            }
        }
        diagram.drop_unused_variables();
    }

    fn neighbourhood_into(&self, focus: Node, diagram: &mut DiagramBuilder) {
        diagram.nodes.insert(focus);
        let Some(start) = self.whole.node_indices().find(|&index| self.whole[index] == focus) else { return };
        for direction in [Outgoing, Incoming] {
            let mut seen = BTreeSet::from([start]);
            let mut front = vec![start];
            // One round more than for nodes: it finds edges from the farthest nodes to others that are shown.
            for distance in 0..=MAX_DISTANCE {
                let mut next = Vec::new();
                for edge in front.iter().flat_map(|&index| self.edges_on(focus, index, direction)) {
                    let other = if direction == Outgoing { edge.target() } else { edge.source() };
                    if distance == MAX_DISTANCE && !seen.contains(&other) {
                        continue;
                    }
                    diagram.edges.insert((self.whole[edge.source()], self.whole[edge.target()], EdgeStyle::of(*edge.weight())));
                    if seen.insert(other) {
                        next.push(other);
                    }
                }
                front = next;
            }
        }
    }

    /// The edges that a diagram about `focus` follows from a node.
    fn edges_on(&self, focus: Node, index: NodeIndex, direction: Direction) -> impl Iterator<Item = EdgeReference<'_, Edge>> {
        let node = self.whole[index];
        let leads_on = leads_on(focus, node, direction);
        self.whole.edges_directed(index, direction).filter(move |edge| leads_on && is_followed(focus, node, *edge.weight()))
    }
}

/// Whether a diagram about `focus` shows what is beyond a node. It ends at events, unless it is about one or about the action that one
/// needs, since causes and results of events are another subject; at obligations and advice, which give no access; and where a variable
/// may be any role.
fn leads_on(focus: Node, node: Node, direction: Direction) -> bool {
    match node {
        _ if node == focus => true,
        Node::Event(_) => matches!(focus, Node::Action(_)) && direction == Outgoing,
        Node::Obligation(_) | Node::Advice(_) | Node::Invariant(_) => false,
        Node::AnyRoleDerived => direction == Incoming,
        Node::AnyRoleUsed => direction == Outgoing,
        _ => true,
    }
}

/// Whether a diagram about `focus` follows an edge. Citations are shown only of the focus, since everything cites; a diagram about a
/// claim or document shows only citations.
fn is_followed(focus: Node, at: Node, edge: Edge) -> bool {
    match focus {
        Node::Claim(_) | Node::Document(_) => edge == Edge::Cites,
        _ => edge != Edge::Cites || at == focus,
    }
}

/// Whether a diagram of the whole policy shows the node: what decides access, but neither notices nor how facts change.
fn decides(node: Node) -> bool {
    matches!(
        node,
        Node::Relation(_)
            | Node::Toggle(_)
            | Node::Implication(_)
            | Node::AnyRoleDerived
            | Node::Role(_)
            | Node::AnyRoleUsed
            | Node::Rule(_)
            | Node::Action(_)
    )
}

/// The nodes and edges to be shown.
#[derive(Default)]
struct DiagramBuilder {
    /// Nodes that are shown even without edges.
    nodes: BTreeSet<Node>,
    edges: BTreeSet<(Node, Node, EdgeStyle)>,
}

impl DiagramBuilder {
    /// Drops the nodes for any role that only events use: events may add and use every role, so these nodes say nothing.
    fn drop_unused_variables(&mut self) {
        let derived = self.edges.iter().any(|&(_, to, _)| to == Node::AnyRoleDerived);
        let used = self.edges.iter().any(|&(from, ..)| from == Node::AnyRoleUsed);
        self.edges.retain(|&(from, to, _)| (derived || from != Node::AnyRoleDerived) && (used || to != Node::AnyRoleUsed));
    }

    fn view(mut self, policy: &Policy, focus: Option<Node>) -> Diagram {
        self.nodes.extend(self.edges.iter().flat_map(|&(from, to, _)| [from, to]));
        let classes = self.classes_of_actions(focus);
        let first_of: BTreeMap<Node, Node> =
            classes.values().flat_map(|class| class.iter().map(|&action| (Node::Action(action), Node::Action(class[0])))).collect();
        let representative = |node: Node| first_of.get(&node).copied().unwrap_or(node);
        let nodes: Vec<Node> = self.nodes.iter().copied().filter(|&node| representative(node) == node).collect();
        let edges: BTreeSet<_> =
            self.edges.into_iter().map(|(from, to, style)| (representative(from), representative(to), style)).collect();
        let shown = nodes.iter().map(|&node| match node {
            Node::Action(action) if classes[&action].len() > 1 => several(policy, &classes[&action]),
            _ => DiagramNode {
                id: node.full_name(policy),
                word: node.kind_name(),
                label: node.name(policy),
                kind: kind(node),
                focus: Some(node) == focus,
                tone: Tone::Plain,
            },
        });
        Diagram { nodes: shown.collect(), edges: diagram_edges(policy, &nodes, edges) }
    }

    /// Classes of actions with the same edges, by the first action of each.
    fn classes_of_actions(&self, focus: Option<Node>) -> BTreeMap<ActionId, Vec<ActionId>> {
        let actions = self.nodes.iter().filter_map(|&node| if let Node::Action(action) = node { Some(action) } else { None });
        let mut edges_of: BTreeMap<ActionId, Vec<(bool, Node, EdgeStyle)>> = actions.map(|action| (action, Vec::new())).collect();
        for &(from, to, style) in &self.edges {
            if let Node::Action(action) = to {
                edges_of.entry(action).or_default().push((true, from, style));
            }
            if let Node::Action(action) = from {
                edges_of.entry(action).or_default().push((false, to, style));
            }
        }
        let mut classes: BTreeMap<(bool, EdgeStyles), Vec<ActionId>> = BTreeMap::new();
        for (action, edges) in edges_of {
            classes.entry((focus == Some(Node::Action(action)), edges)).or_default().push(action);
        }
        classes.into_values().map(|class| (class[0], class)).collect()
    }
}

/// All edges of an action: whether it is the second node, the other node, and the style.
type EdgeStyles = Vec<(bool, Node, EdgeStyle)>;

/// The style of an edge: that of an edge of the graph without its span, or of all cells of a table together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum EdgeStyle {
    Words(&'static str, bool),
    Table(TableId),
}

impl EdgeStyle {
    fn of(edge: Edge) -> EdgeStyle {
        EdgeStyle::Words(edge.words(), edge.against())
    }
}

fn diagram_edges(policy: &Policy, nodes: &[Node], edges: BTreeSet<(Node, Node, EdgeStyle)>) -> Vec<DiagramEdge> {
    let index = |node: Node| nodes.binary_search(&node).ok();
    let mut edges: Vec<DiagramEdge> = edges
        .into_iter()
        .filter_map(|(from, to, style)| {
            let (label, against) = match style {
                EdgeStyle::Words(words, against) => (words.to_owned(), against),
                EdgeStyle::Table(table) => (format!("grants, in {}", policy.tables[table].meta.name), false),
            };
            Some(DiagramEdge { from: index(from)?, to: index(to)?, label, against, tone: Tone::Plain })
        })
        .collect();
    edges.sort_unstable();
    edges
}

fn several(policy: &Policy, actions: &[ActionId]) -> DiagramNode {
    let mut names: Vec<String> = actions.iter().take(LISTED).map(|&action| policy.actions[action].meta.name.clone()).collect();
    if actions.len() > LISTED {
        names.push(format!("… and {} more", actions.len() - LISTED));
    }
    DiagramNode {
        id: format!("{} and {} more", Node::Action(actions[0]).full_name(policy), actions.len() - 1),
        word: "actions",
        label: names.join("\n"),
        kind: NodeKind::Action,
        focus: false,
        tone: Tone::Plain,
    }
}

fn kind(node: Node) -> NodeKind {
    match node {
        Node::Relation(_) => NodeKind::Relation,
        Node::Toggle(_) => NodeKind::Toggle,
        Node::Event(_) => NodeKind::Event,
        Node::Implication(_) => NodeKind::Implication,
        Node::AnyRoleDerived | Node::AnyRoleUsed | Node::Role(_) => NodeKind::Role,
        Node::Table(_) | Node::Cell { .. } => NodeKind::Table,
        Node::Rule(_) => NodeKind::Rule,
        Node::Action(_) => NodeKind::Action,
        Node::Obligation(_) | Node::Advice(_) | Node::Invariant(_) => NodeKind::Notice,
        Node::Claim(_) | Node::Document(_) => NodeKind::Source,
    }
}
