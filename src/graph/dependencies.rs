//! Implications that rest on one another: what each asks for, and which others give it.

use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;
use rustc_hash::FxHashSet;

use super::cycle::{arrows, components, shortest_cycle};
use super::references::{Reference, Referent, references};
use super::{LONGEST_CHAIN, Node};
use crate::diag::{Code, Diagnostic};
use crate::policy::{Id, ImplicationId, Policy, RelationId, RoleId, RuleId};
use crate::text::Span;

/// From each implication to what it asks for, from there to the implications that give it. What is asked for has nodes of its own, so
/// that many implications that ask for what many others give take few edges. What many give has one as well.
#[derive(Clone, Debug)]
pub(super) struct Dependencies {
    graph: DiGraph<Stage, Link>,
    places: NodeOffsets,
    /// By rule: what it asks for outside `not` and `unless`.
    asked_by_rules: Vec<Vec<Referent>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Implication(ImplicationId),
    Relation,
    /// A role that is to be held, itself or by inclusion.
    Role(RoleId),
    /// A role that is to be held itself.
    RoleExactly(RoleId),
    /// Any role that is to be held.
    AnyRole,
    /// Those who give whichever role.
    GiversOfAny,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    /// An implication asks for it, at this place.
    Asks { at: Span, negated: bool },
    /// It leads on to who gives it.
    GivenBy,
}

/// Where the nodes of each sort begin.
#[derive(Clone, Copy, Debug)]
struct NodeOffsets {
    relations: usize,
    roles: usize,
    exactly: usize,
    any: usize,
    givers_of_any: usize,
}

impl NodeOffsets {
    fn asked(self, asked: Referent) -> Option<NodeIndex> {
        match asked {
            Referent::Relation(relation) => Some(self.relation(relation)),
            Referent::Role(role) => Some(NodeIndex::new(self.roles + role.index())),
            Referent::AnyRole => Some(NodeIndex::new(self.any)),
            Referent::Toggle(_) => None,
        }
    }

    fn relation(self, relation: RelationId) -> NodeIndex {
        NodeIndex::new(self.relations + relation.index())
    }

    fn exactly(self, role: RoleId) -> NodeIndex {
        NodeIndex::new(self.exactly + role.index())
    }

    fn given(self, asked: Referent) -> Option<NodeIndex> {
        match asked {
            Referent::Relation(relation) => Some(self.relation(relation)),
            Referent::Role(role) => Some(self.exactly(role)),
            Referent::AnyRole => Some(NodeIndex::new(self.givers_of_any)),
            Referent::Toggle(_) => None,
        }
    }
}

impl Dependencies {
    pub(super) fn of(policy: &Policy) -> Dependencies {
        let mut graph = DiGraph::new();
        policy.implications.ids().for_each(|id| _ = graph.add_node(Stage::Implication(id)));
        let relations = graph.node_count();
        policy.relations.ids().for_each(|_| _ = graph.add_node(Stage::Relation));
        let roles = graph.node_count();
        policy.roles.ids().for_each(|id| _ = graph.add_node(Stage::Role(id)));
        let exactly = graph.node_count();
        policy.roles.ids().for_each(|id| _ = graph.add_node(Stage::RoleExactly(id)));
        let any = graph.add_node(Stage::AnyRole);
        let givers_of_any = graph.add_node(Stage::GiversOfAny);
        let places = NodeOffsets { relations, roles, exactly, any: any.index(), givers_of_any: givers_of_any.index() };

        for (id, implication) in policy.implications.iter() {
            let from = NodeIndex::new(id.index());
            for Reference { what, at, negated, .. } in references(&implication.condition).filter(|ask| !ask.was) {
                if let Some(to) = places.asked(what) {
                    graph.add_edge(from, to, Link::Asks { at, negated });
                }
            }
            if let Some(given) = places.given((&implication.then).into()) {
                graph.add_edge(given, from, Link::GivenBy);
            }
        }
        for (id, role) in policy.roles.iter() {
            let held = NodeIndex::new(roles + id.index());
            graph.add_edge(any, held, Link::GivenBy);
            graph.add_edge(held, places.exactly(id), Link::GivenBy);
            graph.add_edge(places.exactly(id), givers_of_any, Link::GivenBy);
            for &(included, _) in &role.includes {
                graph.add_edge(NodeIndex::new(roles + included.index()), held, Link::GivenBy);
            }
        }
        graph.add_edge(any, givers_of_any, Link::GivenBy);

        let positive = |condition| references(condition).filter(|ask| !ask.negated && !ask.was).map(|ask| ask.what).collect();
        let asked_by_rules = policy.rules.values().map(|rule| positive(&rule.condition)).collect();
        Dependencies { graph, places, asked_by_rules }
    }

    /// The implications that conclude that this very role is held, or any role, in order.
    pub(super) fn deriving(&self, role: RoleId) -> Vec<ImplicationId> {
        let exact = self.graph.neighbors(self.places.exactly(role));
        let any = self.graph.neighbors(NodeIndex::new(self.places.givers_of_any));
        let mut deriving: Vec<ImplicationId> = exact.chain(any).filter_map(|node| self.implication(node)).collect();
        deriving.sort_unstable();
        deriving
    }

    /// The implications that could give this very role, and on through what they ask for themselves.
    pub(super) fn could_give_role(&self, role: RoleId, in_force: &dyn Fn(Node) -> bool) -> Vec<ImplicationId> {
        self.may_derive(vec![self.places.exactly(role)], in_force)
    }

    /// The implications that could give what a rule asks for outside `not` and `unless`, and on through what they ask for themselves.
    pub(super) fn could_give_rule(&self, rule: RuleId, in_force: &dyn Fn(Node) -> bool) -> Vec<ImplicationId> {
        self.may_derive(self.asked_by_rules[rule.index()].iter().filter_map(|&asked| self.places.asked(asked)).collect(), in_force)
    }

    fn may_derive(&self, start: Vec<NodeIndex>, in_force: &dyn Fn(Node) -> bool) -> Vec<ImplicationId> {
        let mut seen: FxHashSet<NodeIndex> = start.iter().copied().collect();
        let mut found = Vec::new();
        let mut rest = start;
        while let Some(node) = rest.pop() {
            // What is not in force gives nothing, and a role that is not is held by nobody.
            let stands = match self.graph[node] {
                Stage::Implication(id) => in_force(Node::Implication(id)),
                Stage::Role(id) | Stage::RoleExactly(id) => in_force(Node::Role(id)),
                Stage::Relation | Stage::AnyRole | Stage::GiversOfAny => true,
            };
            if !stands {
                continue;
            }
            found.extend(self.implication(node));
            let followed = self.graph.edges(node).filter(|edge| !matches!(edge.weight(), Link::Asks { negated: true, .. }));
            rest.extend(followed.map(|edge| edge.target()).filter(|&target| seen.insert(target)));
        }
        found.sort_unstable();
        found
    }

    /// A diagnostic for each set of implications that rest on one another.
    pub(super) fn cycles(&self, policy: &Policy) -> Vec<Diagnostic> {
        let mut cycles: Vec<(NodeIndex, Diagnostic)> =
            components(&self.graph).into_iter().filter_map(|component| self.cycle(policy, &component)).collect();
        cycles.sort_by_key(|&(first, _)| first);
        cycles.into_iter().map(|(_, diagnostic)| diagnostic).collect()
    }

    /// Roles that include one another are a component too, but of no implication.
    fn cycle(&self, policy: &Policy, component: &[NodeIndex]) -> Option<(NodeIndex, Diagnostic)> {
        let members: FxHashSet<NodeIndex> = component.iter().copied().collect();
        let start = component.iter().copied().filter(|&node| self.implication(node).is_some()).min()?;
        let edges = shortest_cycle(&self.graph, start, |node| members.contains(&node))?;
        let steps = self.steps(&edges);
        let name = |id: ImplicationId| policy.implications[id].meta.name.as_str();
        let names: Vec<&str> = steps.iter().map(|step| name(step.asker)).collect();
        let headline = format!("implications rest on one another in a circle: {}", arrows(&names));
        let (first, rest) = steps.split_first()?;
        let mut diagnostic = Diagnostic::new(Code::ImplicationCycle, headline, first.at, first.label(policy));
        for step in rest {
            diagnostic = diagnostic.and(step.at, step.label(policy));
        }
        let further = component.iter().filter(|&&node| self.implication(node).is_some()).count() - steps.len();
        if further > 0 {
            diagnostic = diagnostic.note(format!("{further} more rest on these and are rested on by them"));
        }
        Some((
            start,
            diagnostic.help("an implication may use derived relations and `holds`, but not what it gives itself, by whatever way"),
        ))
    }

    /// The implications on a path of edges, each with the place where it asks and the next, who gives.
    fn steps(&self, edges: &[EdgeIndex]) -> Vec<Dependency> {
        let mut steps: Vec<Dependency> = Vec::new();
        for &edge in edges {
            let Some((from, to)) = self.graph.edge_endpoints(edge) else { continue };
            if let (Some(asker), Link::Asks { at, negated }) = (self.implication(from), self.graph[edge]) {
                steps.push(Dependency { asker, at, negated, giver: asker });
            }
            if let (Some(giver), Some(step)) = (self.implication(to), steps.last_mut()) {
                step.giver = giver;
            }
        }
        steps
    }

    /// A diagnostic for each implication with which a chain becomes too long. What rests on a cycle is left out: the cycle is told.
    pub(super) fn overlong_chains(&self, policy: &Policy) -> Vec<Diagnostic> {
        let mut depths = vec![0_usize; self.graph.node_count()];
        let mut next = vec![None; self.graph.node_count()];
        let mut overlong = Vec::new();
        for component in components(&self.graph) {
            let &[node] = component.as_slice() else { continue };
            let deepest = self.graph.neighbors(node).max_by_key(|target| (depths[target.index()], std::cmp::Reverse(*target)));
            depths[node.index()] = deepest.map_or(0, |target| depths[target.index()]);
            next[node.index()] = deepest;
            if let Some(implication) = self.implication(node) {
                depths[node.index()] += 1;
                if depths[node.index()] == LONGEST_CHAIN + 1 {
                    overlong.push(implication);
                }
            }
        }
        overlong.sort_unstable();
        overlong.into_iter().map(|implication| self.overlong(policy, implication, &next)).collect()
    }

    fn overlong(&self, policy: &Policy, implication: ImplicationId, next: &[Option<NodeIndex>]) -> Diagnostic {
        let chain = std::iter::successors(Some(NodeIndex::new(implication.index())), |node| next[node.index()]);
        let last = chain.filter_map(|node| self.implication(node)).last().unwrap_or(implication);
        let [top, bottom] = [implication, last].map(|id| &policy.implications[id].meta);
        let headline = format!("implication `{}` rests on a chain of more than {LONGEST_CHAIN}", top.name);
        Diagnostic::new(Code::ImplicationDepth, headline, top.span, format!("{} in a row, this one counted", LONGEST_CHAIN + 1))
            .and(bottom.span, "the chain ends here")
            .help("join some of the implications between these two into one")
    }

    fn implication(&self, node: NodeIndex) -> Option<ImplicationId> {
        match self.graph[node] {
            Stage::Implication(id) => Some(id),
            _ => None,
        }
    }
}

/// One implication resting on another.
struct Dependency {
    asker: ImplicationId,
    at: Span,
    negated: bool,
    giver: ImplicationId,
}

impl Dependency {
    fn label(&self, policy: &Policy) -> String {
        let [asker, giver] = [self.asker, self.giver].map(|id| &policy.implications[id]);
        let what = match (&giver.then).into() {
            Referent::Relation(relation) => format!("`{}`", policy.relations[relation].meta.name),
            Referent::Role(role) => format!("`{}`", policy.roles[role].meta.name),
            Referent::AnyRole | Referent::Toggle(_) => "any role".to_owned(),
        };
        let references = if self.negated { "asks for the lack of this" } else { "asks for this" };
        if self.asker == self.giver {
            return format!("`{}` {references}, and gives {what} itself", asker.meta.name);
        }
        format!("`{}` {references}, and `{}` gives {what}", asker.meta.name, giver.meta.name)
    }
}
