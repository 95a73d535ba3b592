//! The diagram of an answer: from people by groups, implications, roles and rules to what they may do.

use super::Words;
use super::access::{answers, counted_entities};
use crate::diag::phrases::{all_of, counted};
use crate::eval::Outcome;
use crate::graph::{Diagram, DiagramEdge, DiagramNode, NodeKind, Tone};
use crate::policy::{ActionId, ImplicationId, RoleId, RuleId};
use crate::query::access::{AccessPath, Origin, Way};
use crate::world::{EntityId, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// So many names are in one node.
const FEW: usize = 6;

/// So many paths are drawn: more are not legible.
const MAX_PATHS: usize = 60;

/// What a node stands for. A step of a path belongs to the subjects with whom its path begins, or to the target with which it ends, so that no
/// line leads to what somebody may not do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Subjects(Vec<EntityId>),
    Step(usize, Step),
    Target(Outcome, Vec<ActionId>, Vec<EntityId>),
}

/// What a path leads through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Group(EntityId),
    Implication(ImplicationId),
    Role(RoleId),
    Rule(RuleId),
    Deny(RuleId),
    Fact(Statement),
}

/// A diagram that is being made.
struct Drawing<'w> {
    words: Words<'w>,
    /// Whether paths share how they begin; else they share how they end.
    shares_beginnings: bool,
    nodes: Vec<DiagramNode>,
    known: BTreeMap<Part, usize>,
    edges: BTreeSet<DiagramEdge>,
}

impl Words<'_> {
    /// The diagram of these paths. `left_out` counts the answers that are not among them by a limit, and `remarks` are printed beside it.
    pub fn access_diagram(self, paths: &[AccessPath], left_out: usize, remarks: Vec<String>) -> Diagram {
        let drawn = |shares_beginnings: bool| {
            let (nodes, known, edges) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
            let mut drawing = Drawing { words: self, shares_beginnings, nodes, known, edges };
            paths.iter().take(MAX_PATHS).for_each(|path| drawing.path(path));
            drawing
        };
        let (one, other) = (drawn(true), drawn(false));
        let mut drawing = if other.nodes.len() < one.nodes.len() { other } else { one };
        for remark in remarks {
            drawing.remark(remark);
        }
        if paths.len() > MAX_PATHS {
            drawing.remark(format!("and {} that are not drawn", counted(paths.len() - MAX_PATHS, "other path")));
        }
        if let Some(text) = super::left_out(left_out) {
            drawing.remark(format!("{text} answers, left out by --limit"));
        }
        if paths.is_empty() {
            drawing.remark(answers(0));
        }
        Diagram { edges: once_each(drawing.edges), nodes: drawing.nodes }
    }

    fn few_entities(self, entities: &[EntityId]) -> String {
        let names = few(entities.iter().map(|&ent| self.name(ent)).collect());
        if entities.len() == 1 { names } else { format!("{}\n{names}", counted_entities(self, entities)) }
    }
}

impl Drawing<'_> {
    fn path(&mut self, path: &AccessPath) {
        let tone = tone(path.outcome);
        let subjects = self.node(Part::Subjects(path.subjects.clone()));
        let target = self.node(Part::Target(path.outcome, path.actions.clone(), path.resources.clone()));
        let steps = steps(path);
        if !steps.is_empty() {
            // A way grants what a rule denies all the same.
            let granted = if path.outcome == Outcome::Barred { Tone::Allowed } else { tone };
            self.steps(subjects, target, &steps, &path.facts, granted);
        } else if path.outcome == Outcome::NotGranted {
            self.edge(subjects, target, "nothing grants it", tone);
        } else if path.denied_by.is_empty() {
            self.edge(subjects, target, "", tone);
        }
        for &rule in &path.denied_by {
            let anchor = if self.shares_beginnings { subjects } else { target };
            let deny = self.node(Part::Step(anchor, Step::Deny(rule)));
            self.edge(subjects, deny, "", Tone::Denied);
            self.edges.insert(DiagramEdge { from: deny, to: target, label: "denies".to_owned(), against: true, tone: Tone::Denied });
        }
    }

    fn steps(&mut self, subjects: usize, target: usize, steps: &[Step], facts: &[Statement], tone: Tone) {
        let mut nodes: Vec<usize> = Vec::new();
        if self.shares_beginnings {
            for &step in steps {
                let before = nodes.last().copied().unwrap_or(subjects);
                nodes.push(self.node(Part::Step(before, step)));
            }
        } else {
            for &step in steps.iter().rev() {
                let next = nodes.last().copied().unwrap_or(target);
                nodes.push(self.node(Part::Step(next, step)));
            }
            nodes.reverse();
        }
        let mut here = subjects;
        for (index, (&step, &node)) in steps.iter().zip(&nodes).enumerate() {
            let label = match step {
                Step::Group(_) => "in",
                Step::Role(_) if index > 0 && matches!(steps[index - 1], Step::Implication(_)) => "gives",
                Step::Role(_) => "is assigned",
                _ => "",
            };
            self.edge(here, node, label, tone);
            if matches!(step, Step::Implication(_) | Step::Rule(_)) {
                for &fact in facts {
                    let fact = self.node(Part::Step(node, Step::Fact(fact)));
                    self.edge(fact, node, "", tone);
                }
            }
            here = node;
        }
        self.edge(here, target, "allows", tone);
    }

    fn edge(&mut self, from: usize, to: usize, label: &str, tone: Tone) {
        self.edges.insert(DiagramEdge { from, to, label: label.to_owned(), against: false, tone });
    }

    fn remark(&mut self, text: String) {
        let id = format!("remark {}", self.nodes.len());
        self.nodes.push(DiagramNode { id, word: "", label: text, kind: NodeKind::Remark, focus: false, tone: Tone::Plain });
    }

    fn node(&mut self, part: Part) -> usize {
        if let Some(&index) = self.known.get(&part) {
            return index;
        }
        let (words, policy) = (self.words, self.words.policy);
        let plain = Tone::Plain;
        let (word, label, kind, tone) = match &part {
            Part::Subjects(subjects) => ("", words.few_entities(subjects), NodeKind::Subject, plain),
            Part::Target(outcome, actions, resources) => {
                let actions = few(words.actions(actions, resources));
                let label = format!("{actions}\non {}", words.few_entities(resources));
                (outcome_word(*outcome), label, NodeKind::Action, self::tone(*outcome))
            }
            Part::Step(_, step) => match *step {
                Step::Group(group) => ("", words.name(group), NodeKind::Group, plain),
                Step::Implication(id) => ("implication", policy.implications[id].meta.name.clone(), NodeKind::Implication, plain),
                Step::Role(id) => ("role", policy.roles[id].meta.name.clone(), NodeKind::Role, plain),
                Step::Rule(id) => ("rule", policy.rules[id].meta.name.clone(), NodeKind::Rule, plain),
                Step::Deny(id) => ("rule", policy.rules[id].meta.name.clone(), NodeKind::Rule, Tone::Denied),
                Step::Fact(fact) => ("", words.statement(fact), NodeKind::Fact, plain),
            },
        };
        let index = self.nodes.len();
        let id = format!("{} {index}", label.replace('\n', ", "));
        self.nodes.push(DiagramNode { id, word, label, kind, focus: false, tone });
        self.known.insert(part, index);
        index
    }
}

/// The first few names, a line each, and how many more there are.
fn few(names: Vec<String>) -> String {
    let more = names.len().saturating_sub(FEW);
    let mut lines: Vec<String> = names.into_iter().take(FEW).collect();
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.join("\n")
}

/// The remark that unknown answers depend on these; `None` if there are none.
pub fn open_remark(facts: Vec<String>) -> Option<String> {
    let more = facts.len().saturating_sub(FEW);
    let mut few: Vec<String> = facts.into_iter().take(FEW).collect();
    few.extend((more > 0).then(|| format!("{more} more")));
    (!few.is_empty()).then(|| format!("not known: {}", all_of(few)))
}

/// The edges, sorted. One that is on paths of different outcomes is plain.
fn once_each(edges: BTreeSet<DiagramEdge>) -> Vec<DiagramEdge> {
    let mut found: Vec<DiagramEdge> = Vec::new();
    for edge in edges {
        match found.last_mut() {
            Some(last) if (last.from, last.to, &last.label, last.against) == (edge.from, edge.to, &edge.label, edge.against) => {
                last.tone = Tone::Plain;
            }
            _ => found.push(edge),
        }
    }
    found
}

/// The steps between the subjects and what they may do.
fn steps(path: &AccessPath) -> Vec<Step> {
    let mut steps: Vec<Step> = path.groups.iter().map(|&group| Step::Group(group)).collect();
    match path.way {
        None => {}
        Some(Way::Rule(rule)) => steps.push(Step::Rule(rule)),
        Some(Way::Role { role, origin, .. }) => {
            if let Origin::Implication(implication) = origin {
                steps.push(Step::Implication(implication));
            }
            steps.push(Step::Role(role));
        }
    }
    steps
}

fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Allowed => Tone::Allowed,
        Outcome::Barred | Outcome::NotGranted => Tone::Denied,
        Outcome::Unknown => Tone::Unknown,
    }
}

fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allowed => "allowed",
        Outcome::Barred => "denied",
        Outcome::NotGranted => "denied: not granted",
        Outcome::Unknown => "unknown",
    }
}
