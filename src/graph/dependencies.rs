//! The dependency graph of implications: what the condition of each uses, and which implications derive that.

use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use rustc_hash::FxHashSet;

use super::cycle::{arrows, components, shortest_cycle};
use super::references::{Referent, references};
use super::{LONGEST_CHAIN, Node};
use crate::diag::{Code, Diagnostic};
use crate::policy::{Conclusion, Id, ImplicationId, KindId, KindSet, Policy, RelationId, RoleId, RuleId};
use crate::text::Span;

/// Edges run from each implication to what its condition uses, and from there to the implications that derive it. What is used has nodes
/// of its own, so the number of edges is linear where many implications use what many others derive.
#[derive(Clone, Debug)]
pub(super) struct Dependencies {
    graph: DiGraph<Stage, Link>,
    offsets: NodeOffsets,
    /// By rule: what its condition uses outside `not` and `unless`.
    used_by_rules: Vec<Vec<Referent>>,
    /// The same by implication.
    used_by_implications: Vec<Vec<Referent>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Implication(ImplicationId),
    Relation,
    /// A role that must be held over a scope of some kind, itself or by inclusion.
    Role(RoleId),
    /// A role that must be held itself over a scope of some kind.
    RoleExactly(RoleId),
    /// Any role that must be held over a scope of some kind.
    AnyRole,
    /// Implications that derive a role given by a variable over a scope of some kind.
    DerivingAny,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    /// The condition of an implication uses it, at this span.
    Uses { at: Span, negated: bool },
    /// Leads on to what derives it.
    DerivedBy,
}

/// The index of the first node of each stage. Stages of roles have a node for each kind of scope, those of one role side by side: a role
/// on one kind and the same role on another rest on different things.
#[derive(Clone, Copy, Debug)]
struct NodeOffsets {
    kinds: usize,
    relations: usize,
    roles: usize,
    exactly: usize,
    any: usize,
    deriving_any: usize,
}

impl NodeOffsets {
    /// The nodes of what a condition uses. `scopes`: the kinds of the scope of a role, and of all that may contain it.
    fn used(self, used: Referent, scopes: &KindSet) -> Vec<NodeIndex> {
        match used {
            Referent::Relation(relation) => vec![self.relation(relation)],
            Referent::Role(role) => scopes.iter().map(|kind| self.role(role, kind)).collect(),
            Referent::AnyRole => scopes.iter().map(|kind| NodeIndex::new(self.any + kind.index())).collect(),
            Referent::Toggle(_) => Vec::new(),
        }
    }

    fn relation(self, relation: RelationId) -> NodeIndex {
        NodeIndex::new(self.relations + relation.index())
    }

    fn role(self, role: RoleId, kind: KindId) -> NodeIndex {
        NodeIndex::new(self.roles + role.index() * self.kinds + kind.index())
    }

    fn exactly(self, role: RoleId, kind: KindId) -> NodeIndex {
        NodeIndex::new(self.exactly + role.index() * self.kinds + kind.index())
    }

    /// The nodes of a role over scopes of any kind.
    fn exactly_on_any(self, role: RoleId) -> impl Iterator<Item = NodeIndex> {
        (0..self.kinds).map(move |kind| self.exactly(role, KindId::from_index(kind)))
    }

    fn deriving_any(self) -> impl Iterator<Item = NodeIndex> {
        (0..self.kinds).map(move |kind| NodeIndex::new(self.deriving_any + kind))
    }

    /// The nodes of what a conclusion derives. `scopes`: the kinds of the scope of a role.
    fn derived(self, derived: Referent, scopes: &KindSet) -> Vec<NodeIndex> {
        match derived {
            Referent::Relation(relation) => vec![self.relation(relation)],
            Referent::Role(role) => scopes.iter().map(|kind| self.exactly(role, kind)).collect(),
            Referent::AnyRole => scopes.iter().map(|kind| NodeIndex::new(self.deriving_any + kind.index())).collect(),
            Referent::Toggle(_) => Vec::new(),
        }
    }
}

impl Dependencies {
    pub(super) fn of(policy: &Policy) -> Dependencies {
        let mut graph = DiGraph::new();
        let kinds: Vec<KindId> = policy.kinds.ids().collect();
        policy.implications.ids().for_each(|id| _ = graph.add_node(Stage::Implication(id)));
        let relations = graph.node_count();
        policy.relations.ids().for_each(|_| _ = graph.add_node(Stage::Relation));
        let roles = graph.node_count();
        policy.roles.ids().for_each(|id| kinds.iter().for_each(|_| _ = graph.add_node(Stage::Role(id))));
        let exactly = graph.node_count();
        policy.roles.ids().for_each(|id| kinds.iter().for_each(|_| _ = graph.add_node(Stage::RoleExactly(id))));
        let any = graph.node_count();
        kinds.iter().for_each(|_| _ = graph.add_node(Stage::AnyRole));
        let deriving_any = graph.node_count();
        kinds.iter().for_each(|_| _ = graph.add_node(Stage::DerivingAny));
        let offsets = NodeOffsets { kinds: kinds.len(), relations, roles, exactly, any, deriving_any };

        for (id, implication) in policy.implications.iter() {
            let from = NodeIndex::new(id.index());
            let variables = &implication.condition.variables;
            for reference in references(&implication.condition).filter(|reference| !reference.was) {
                let scopes = reference.scope.map_or_else(KindSet::default, |scope| policy.kinds_in_implication(scope, variables));
                for to in offsets.used(reference.what, &policy.with_above(&scopes)) {
                    graph.add_edge(from, to, Link::Uses { at: reference.at, negated: reference.negated });
                }
            }
            let scopes = match &implication.then {
                Conclusion::Holds { scope, .. } => policy.kinds_in_implication(scope, variables),
                Conclusion::Relation { .. } => KindSet::default(),
            };
            for derived in offsets.derived((&implication.then).into(), &scopes) {
                graph.add_edge(derived, from, Link::DerivedBy);
            }
        }
        for &kind in &kinds {
            let (any, deriving_any) = (NodeIndex::new(any + kind.index()), NodeIndex::new(deriving_any + kind.index()));
            for (id, role) in policy.roles.iter() {
                let held = offsets.role(id, kind);
                graph.add_edge(any, held, Link::DerivedBy);
                graph.add_edge(held, offsets.exactly(id, kind), Link::DerivedBy);
                graph.add_edge(offsets.exactly(id, kind), deriving_any, Link::DerivedBy);
                for &(included, _) in &role.includes {
                    graph.add_edge(offsets.role(included, kind), held, Link::DerivedBy);
                }
            }
            graph.add_edge(any, deriving_any, Link::DerivedBy);
        }

        let positive = |condition| references(condition).filter(|used| !used.negated && !used.was).map(|used| used.what).collect();
        let used_by_rules = policy.rules.values().map(|rule| positive(&rule.condition)).collect();
        let used_by_implications = policy.implications.values().map(|implication| positive(&implication.condition)).collect();
        Dependencies { graph, offsets, used_by_rules, used_by_implications }
    }

    /// The implications whose conclusion is that this role is held, or one given by a variable, in order.
    pub(super) fn deriving(&self, role: RoleId) -> Vec<ImplicationId> {
        let nodes = self.offsets.exactly_on_any(role).chain(self.offsets.deriving_any());
        let mut deriving: Vec<ImplicationId> =
            nodes.flat_map(|node| self.graph.neighbors(node)).filter_map(|node| self.implication(node)).collect();
        deriving.sort_unstable();
        deriving.dedup();
        deriving
    }

    /// The implications that may derive this role, and in turn those that may derive what their conditions use.
    pub(super) fn may_derive_role(&self, role: RoleId, is_active: &dyn Fn(Node) -> bool) -> Vec<ImplicationId> {
        self.may_derive(self.offsets.exactly_on_any(role).collect(), is_active)
    }

    /// The implications that may derive what a rule uses outside `not` and `unless`, and in turn those that may derive what their
    /// conditions use.
    pub(super) fn may_derive_for_rule(&self, rule: RuleId, is_active: &dyn Fn(Node) -> bool) -> Vec<ImplicationId> {
        self.may_derive(self.nodes_on_any(&self.used_by_rules[rule.index()]), is_active)
    }

    /// The nodes of what is used, roles over scopes of any kind.
    fn nodes_on_any(&self, used: &[Referent]) -> Vec<NodeIndex> {
        let every: KindSet = (0..self.offsets.kinds).map(KindId::from_index).collect();
        used.iter().flat_map(|&used| self.offsets.used(used, &every)).collect()
    }

    /// The implications on the paths from the nodes, in order. What may derive a role depends on the role alone, whatever the
    /// kind of its scope.
    fn may_derive(&self, start: Vec<NodeIndex>, is_active: &dyn Fn(Node) -> bool) -> Vec<ImplicationId> {
        let mut seen: FxHashSet<NodeIndex> = start.iter().copied().collect();
        let mut found = Vec::new();
        let mut rest = start;
        while let Some(node) = rest.pop() {
            // Implications that are not in force derive nothing, and nobody holds a role that is not.
            let active = match self.graph[node] {
                Stage::Implication(id) => is_active(Node::Implication(id)),
                Stage::Role(id) | Stage::RoleExactly(id) => is_active(Node::Role(id)),
                Stage::Relation | Stage::AnyRole | Stage::DerivingAny => true,
            };
            if !active {
                continue;
            }
            let next = match self.implication(node) {
                Some(id) => {
                    found.push(id);
                    self.nodes_on_any(&self.used_by_implications[id.index()])
                }
                None => self.graph.neighbors(node).collect(),
            };
            rest.extend(next.into_iter().filter(|&target| seen.insert(target)));
        }
        found.sort_unstable();
        found
    }

    /// A diagnostic for each set of implications that depend on one another.
    pub(super) fn cycles(&self, policy: &Policy) -> Vec<Diagnostic> {
        let mut cycles: Vec<(NodeIndex, Diagnostic)> =
            components(&self.graph).into_iter().filter_map(|component| self.cycle(policy, &component)).collect();
        cycles.sort_by_key(|&(first, _)| first);
        cycles.into_iter().map(|(_, diagnostic)| diagnostic).collect()
    }

    /// `None` for a component without implications: roles that include one another are one too.
    fn cycle(&self, policy: &Policy, component: &[NodeIndex]) -> Option<(NodeIndex, Diagnostic)> {
        let members: FxHashSet<NodeIndex> = component.iter().copied().collect();
        let start = component.iter().copied().filter(|&node| self.implication(node).is_some()).min()?;
        let edges = shortest_cycle(&self.graph, start, |node| members.contains(&node))?;
        let steps = self.steps(&edges);
        let name = |id: ImplicationId| policy.implications[id].meta.name.as_str();
        let names: Vec<&str> = steps.iter().map(|step| name(step.user)).collect();
        let headline = format!("implications depend on one another in a circle: {}", arrows(&names));
        let (first, rest) = steps.split_first()?;
        let mut diagnostic = Diagnostic::new(Code::ImplicationCycle, headline, first.at, first.label(policy));
        for step in rest {
            diagnostic = diagnostic.and(step.at, step.label(policy));
        }
        let further = component.iter().filter(|&&node| self.implication(node).is_some()).count() - steps.len();
        if further > 0 {
            diagnostic = diagnostic.note(format!("{further} more depend on these, and these on them"));
        }
        Some((start, diagnostic.help(RECURSION)))
    }

    /// The implications on a path of edges, each with the span of what it uses and the next one, which derives it.
    fn steps(&self, edges: &[EdgeIndex]) -> Vec<Dependency> {
        let mut steps: Vec<Dependency> = Vec::new();
        for &edge in edges {
            let Some((from, to)) = self.graph.edge_endpoints(edge) else { continue };
            if let (Some(user), Link::Uses { at, negated }) = (self.implication(from), self.graph[edge]) {
                steps.push(Dependency { user, at, negated, provider: user });
            }
            if let (Some(provider), Some(step)) = (self.implication(to), steps.last_mut()) {
                step.provider = provider;
            }
        }
        steps
    }

    /// A diagnostic for each implication with which a chain becomes too long; not for those that depend on a cycle, which is reported.
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
        let headline = format!("implication `{}` rests on a chain of more than {LONGEST_CHAIN} implications", top.name);
        Diagnostic::new(Code::ImplicationDepth, headline, top.span, format!("{} in a row, counting this one", LONGEST_CHAIN + 1))
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

/// What is done instead of recursion, which the language does not have.
const RECURSION: &str = "implications cannot be recursive, alone or together. For chains of any length, use a group \
                         (`member-of`, with `in`), a container (`within`) or `includes` of roles; otherwise base one of them on a \
                         relation that is only stated as facts";

/// The use by one implication of what another derives.
struct Dependency {
    user: ImplicationId,
    at: Span,
    negated: bool,
    provider: ImplicationId,
}

impl Dependency {
    fn label(&self, policy: &Policy) -> String {
        let [user, provider] = [self.user, self.provider].map(|id| &policy.implications[id]);
        let what = match (&provider.then).into() {
            Referent::Relation(relation) => format!("`{}`", policy.relations[relation].meta.name),
            Referent::Role(role) => format!("`{}`", policy.roles[role].meta.name),
            Referent::AnyRole | Referent::Toggle(_) => "any role".to_owned(),
        };
        let uses = if self.negated { "needs this not to hold" } else { "needs this" };
        if self.user == self.provider {
            return format!("`{}` {uses}, and derives {what} itself", user.meta.name);
        }
        format!("`{}` {uses}, and `{}` derives {what}", user.meta.name, provider.meta.name)
    }
}
