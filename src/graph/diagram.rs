//! What a drawing of the graph shows: all that decides access, or the neighbourhood of one node.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::Direction::{self, Incoming, Outgoing};
use petgraph::graph::{EdgeReference, NodeIndex};
use petgraph::visit::EdgeRef;

use super::{Edge, Graph, Node};
use crate::policy::{ActionId, Policy, TableId};

/// How far from its focus a drawing goes, in either direction: far enough to show an event that adds a fact from which an implication
/// gives a role, near enough to be read.
const FAR: usize = 3;

/// How many names a node of several actions lists.
const LISTED: usize = 24;

/// What a drawing shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagram {
    /// Nodes, sorted: relations first, actions and claims last.
    pub nodes: Vec<DiagramNode>,
    /// Edges, sorted by the places of their nodes.
    pub edges: Vec<DiagramEdge>,
}

/// A node of a drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiagramNode {
    /// Its full name, which no other node has.
    pub id: String,
    /// The word for what it is: `rule`, `claim`.
    pub word: &'static str,
    /// Its names, one a line.
    pub label: String,
    /// What it stands for.
    pub kind: NodeKind,
    /// The drawing is about it.
    pub focus: bool,
}

/// What a node of a drawing stands for.
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
}

/// An edge of a drawing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DiagramEdge {
    /// The place of its first node among the nodes.
    pub from: usize,
    /// The place of its second node.
    pub to: usize,
    /// How the first bears on the second, in words.
    pub label: String,
    /// It takes away instead of giving.
    pub against: bool,
}

impl Graph {
    /// What to draw. Of the whole policy: relations, implications, roles, rules, toggles and actions, as far as they bear on access, and
    /// every action. With a focus: what leads to it and what it leads to, as far as can be read. Actions on which the same bears are one
    /// node.
    pub fn view(&self, policy: &Policy, focus: Option<Node>) -> Diagram {
        let mut drawing = DiagramBuilder::default();
        match focus {
            None => self.whole_into(policy, &mut drawing),
            Some(focus) => self.neighbourhood_into(focus, &mut drawing),
        }
        drawing.view(policy, focus)
    }

    fn whole_into(&self, policy: &Policy, drawing: &mut DiagramBuilder) {
        drawing.nodes.extend(policy.actions.ids().map(Node::Action));
        for edge in self.whole.edge_references() {
            let [from, to] = [self.whole[edge.source()], self.whole[edge.target()]];
            if let (Node::Role(_), Node::Cell { table, row, .. }) = (from, to) {
                drawing.edges.insert((from, Node::Action(policy.tables[table].rows[row as usize].action), EdgeStyle::Table(table)));
            } else if decides(from) && decides(to) {
                drawing.edges.insert((from, to, EdgeStyle::of(*edge.weight())));
            }
        }
        drawing.drop_unused_variables();
    }

    fn neighbourhood_into(&self, focus: Node, drawing: &mut DiagramBuilder) {
        drawing.nodes.insert(focus);
        let Some(start) = self.whole.node_indices().find(|&index| self.whole[index] == focus) else { return };
        for direction in [Outgoing, Incoming] {
            let mut seen = BTreeSet::from([start]);
            let mut front = vec![start];
            // Once more than nodes are looked for: the edges from the last ones to those that are shown already.
            for distance in 0..=FAR {
                let mut next = Vec::new();
                for edge in front.iter().flat_map(|&index| self.edges_on(focus, index, direction)) {
                    let other = if direction == Outgoing { edge.target() } else { edge.source() };
                    if distance == FAR && !seen.contains(&other) {
                        continue;
                    }
                    drawing.edges.insert((self.whole[edge.source()], self.whole[edge.target()], EdgeStyle::of(*edge.weight())));
                    if seen.insert(other) {
                        next.push(other);
                    }
                }
                front = next;
            }
        }
    }

    /// The edges over which a drawing about `focus` goes on from a node.
    fn edges_on(&self, focus: Node, index: NodeIndex, direction: Direction) -> impl Iterator<Item = EdgeReference<'_, Edge>> {
        let node = self.whole[index];
        let leads_on = leads_on(focus, node, direction);
        self.whole.edges_directed(index, direction).filter(move |edge| leads_on && is_followed(focus, node, *edge.weight()))
    }
}

/// Whether a drawing about `focus` shows what lies beyond a node. It ends at events, since what brings them about, and what they bring
/// about, is another matter, unless it is about one or about the action that one needs; at obligations and advice, which carry no access;
/// and where a variable may be any role.
fn leads_on(focus: Node, node: Node, direction: Direction) -> bool {
    match node {
        _ if node == focus => true,
        Node::Event(_) => matches!(focus, Node::Action(_)) && direction == Outgoing,
        Node::Obligation(_) | Node::Advice(_) | Node::Invariant(_) => false,
        Node::RoleGiven => direction == Incoming,
        Node::RoleAsked => direction == Outgoing,
        _ => true,
    }
}

/// Citations are shown of the focus alone, since everything cites; a drawing about a claim or a document shows nothing else.
fn is_followed(focus: Node, at: Node, edge: Edge) -> bool {
    match focus {
        Node::Claim(_) | Node::Document(_) => edge == Edge::Cites,
        _ => edge != Edge::Cites || at == focus,
    }
}

/// Whether it belongs in a drawing of the whole: what decides, but neither what is only told, nor how facts come about.
fn decides(node: Node) -> bool {
    matches!(
        node,
        Node::Relation(_)
            | Node::Toggle(_)
            | Node::Implication(_)
            | Node::RoleGiven
            | Node::Role(_)
            | Node::RoleAsked
            | Node::Rule(_)
            | Node::Action(_)
    )
}

/// What is to be drawn.
#[derive(Default)]
struct DiagramBuilder {
    /// Nodes that are drawn even if no edge is.
    nodes: BTreeSet<Node>,
    edges: BTreeSet<(Node, Node, EdgeStyle)>,
}

impl DiagramBuilder {
    /// Every role may be given by an event or asked for by one; where only those do, the nodes for any role say nothing.
    fn drop_unused_variables(&mut self) {
        let given = self.edges.iter().any(|&(_, to, _)| to == Node::RoleGiven);
        let asked = self.edges.iter().any(|&(from, ..)| from == Node::RoleAsked);
        self.edges.retain(|&(from, to, _)| (given || from != Node::RoleGiven) && (asked || to != Node::RoleAsked));
    }

    fn view(mut self, policy: &Policy, focus: Option<Node>) -> Diagram {
        self.nodes.extend(self.edges.iter().flat_map(|&(from, to, _)| [from, to]));
        let classes = self.classes_of_actions(focus);
        let first_of: BTreeMap<Node, Node> =
            classes.values().flat_map(|class| class.iter().map(|&action| (Node::Action(action), Node::Action(class[0])))).collect();
        let stands_for = |node: Node| first_of.get(&node).copied().unwrap_or(node);
        let nodes: Vec<Node> = self.nodes.iter().copied().filter(|&node| stands_for(node) == node).collect();
        let edges: BTreeSet<_> = self.edges.into_iter().map(|(from, to, bearing)| (stands_for(from), stands_for(to), bearing)).collect();
        let drawn = nodes.iter().map(|&node| match node {
            Node::Action(action) if classes[&action].len() > 1 => several(policy, &classes[&action]),
            _ => DiagramNode {
                id: node.full_name(policy),
                word: node.kind_name(),
                label: node.name(policy),
                kind: kind(node),
                focus: Some(node) == focus,
            },
        });
        Diagram { nodes: drawn.collect(), edges: drawn_edges(policy, &nodes, edges) }
    }

    /// The actions that are drawn, each under the first of those that have the same edges.
    fn classes_of_actions(&self, focus: Option<Node>) -> BTreeMap<ActionId, Vec<ActionId>> {
        let actions = self.nodes.iter().filter_map(|&node| if let Node::Action(action) = node { Some(action) } else { None });
        let mut edges_of: BTreeMap<ActionId, Vec<(bool, Node, EdgeStyle)>> = actions.map(|action| (action, Vec::new())).collect();
        for &(from, to, bearing) in &self.edges {
            if let Node::Action(action) = to {
                edges_of.entry(action).or_default().push((true, from, bearing));
            }
            if let Node::Action(action) = from {
                edges_of.entry(action).or_default().push((false, to, bearing));
            }
        }
        let mut classes: BTreeMap<(bool, EdgeStyles), Vec<ActionId>> = BTreeMap::new();
        for (action, edges) in edges_of {
            classes.entry((focus == Some(Node::Action(action)), edges)).or_default().push(action);
        }
        classes.into_values().map(|class| (class[0], class)).collect()
    }
}

/// All edges of an action: whether it is their end, the other node, and how that bears on it.
type EdgeStyles = Vec<(bool, Node, EdgeStyle)>;

/// How one drawn node bears on another: an edge without its place, or the cells of a table taken together.
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

fn drawn_edges(policy: &Policy, nodes: &[Node], edges: BTreeSet<(Node, Node, EdgeStyle)>) -> Vec<DiagramEdge> {
    let place = |node: Node| nodes.binary_search(&node).ok();
    let mut drawn: Vec<DiagramEdge> = edges
        .into_iter()
        .filter_map(|(from, to, bearing)| {
            let (label, against) = match bearing {
                EdgeStyle::Words(words, against) => (words.to_owned(), against),
                EdgeStyle::Table(table) => (format!("grants, by {}", policy.tables[table].meta.name), false),
            };
            Some(DiagramEdge { from: place(from)?, to: place(to)?, label, against })
        })
        .collect();
    drawn.sort_unstable();
    drawn
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
    }
}

fn kind(node: Node) -> NodeKind {
    match node {
        Node::Relation(_) => NodeKind::Relation,
        Node::Toggle(_) => NodeKind::Toggle,
        Node::Event(_) => NodeKind::Event,
        Node::Implication(_) => NodeKind::Implication,
        Node::RoleGiven | Node::RoleAsked | Node::Role(_) => NodeKind::Role,
        Node::Table(_) | Node::Cell { .. } => NodeKind::Table,
        Node::Rule(_) => NodeKind::Rule,
        Node::Action(_) => NodeKind::Action,
        Node::Obligation(_) | Node::Advice(_) | Node::Invariant(_) => NodeKind::Notice,
        Node::Claim(_) | Node::Document(_) => NodeKind::Source,
    }
}
