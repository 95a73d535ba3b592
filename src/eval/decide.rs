//! The decision: ways, bars, outcome.

use super::engine::Engine;
use super::force::{InForce, Scene};
use super::holds::Roles;
use super::record::{Recorder, Silent, Step, Trace};
use super::truth::Truth;
use super::walk::{Frame, Walk};
use crate::graph::{Node, Permit};
use crate::policy::{ActionId, Id, RoleId, RuleId};
use crate::syntax::With;
use crate::world::{Asked, World};
use std::sync::OnceLock;

/// What a question comes to.
///
/// With W the `or` of all ways in force and D the `or` of all denies in force: D true is barred; else W false is not granted; else W true
/// and D false is allowed; else it is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Some way is true and no deny can be.
    Allowed,
    /// A deny is true, whatever would grant.
    Barred,
    /// No way is true or can be.
    NotGranted,
    /// Data is missing that would decide.
    Unknown,
}

impl Outcome {
    fn of(ways: Truth, bars: Truth) -> Outcome {
        match (ways, bars) {
            (_, Truth::True) => Outcome::Barred,
            (Truth::False, _) => Outcome::NotGranted,
            (Truth::True, Truth::False) => Outcome::Allowed,
            _ => Outcome::Unknown,
        }
    }

    /// Its name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Allowed => "allowed",
            Outcome::Barred => "barred",
            Outcome::NotGranted => "not-granted",
            Outcome::Unknown => "unknown",
        }
    }
}

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What it came to.
    pub outcome: Outcome,
    /// The question needed more than [`super::FUEL`] searches and was given up: there is no answer.
    pub gave_up: bool,
}

impl Decision {
    /// Whether the answer is yes.
    pub fn allowed(self) -> bool {
        self.outcome == Outcome::Allowed && !self.gave_up
    }
}

/// A decision with the walk that led to it.
#[derive(Clone, Debug)]
pub struct Record {
    /// The decision.
    pub decision: Decision,
    /// Every way, then every bar, then every obligation and advice that is told; each root of the trace is one of them.
    pub trace: Trace,
}

/// Answers questions about one world in one scene. Cheap to share between threads.
#[derive(Debug)]
pub struct Decider<'a> {
    /// The policy.
    pub engine: &'a Engine,
    /// The world.
    pub world: &'a World,
    /// Dates and toggles.
    pub scene: Scene,
    pub(super) active: InForce,
    /// By action, prepared when first asked for.
    ways: Vec<OnceLock<Prepared>>,
    /// Some memberships were not imported.
    pub(super) open_groups: bool,
    /// By role: what includes it by roles in force; used only where some role is not in force.
    includers: Option<Vec<OnceLock<Vec<RoleId>>>>,
}

/// What bears on an action in this scene.
#[derive(Debug)]
struct Prepared {
    /// Ways in force, with their index among the action's ways.
    ways: Vec<(usize, Permit)>,
    /// The roles among them.
    roles: Roles,
    /// Denies in force.
    bars: Vec<RuleId>,
}

impl<'a> Decider<'a> {
    /// Makes ready to answer.
    pub fn new(engine: &'a Engine, world: &'a World, scene: Scene) -> Decider<'a> {
        let active = InForce::of(&engine.policy, &scene);
        let whole = active.roles.iter().all(|&role| role);
        let includers = (!whole).then(|| vec![OnceLock::new(); engine.policy.roles.len()]);
        let ways = std::iter::repeat_with(OnceLock::new).take(engine.policy.actions.len()).collect();
        let open_groups = engine.policy.attributes.iter().any(|(id, attribute)| attribute.member_of && !world.attribute_closed(id));
        Decider { engine, world, scene, active, ways, open_groups, includers }
    }

    /// Decides, recording nothing.
    pub fn decide(&self, asked: &Asked) -> Decision {
        self.walk(asked, Silent).0
    }

    /// Decides, recording all.
    pub fn record(&self, asked: &Asked) -> Record {
        let (decision, mut walk) = self.walk(asked, Trace::roomy());
        let tells = |with: Option<With>| with.is_none_or(|with| (with == With::Allow) == decision.allowed());
        let frame = Frame::new(asked.subject, asked.resource);
        for &id in self.engine.graph.obligations(asked.action) {
            if self.active.obligation(id) && tells(self.engine.policy.obligations[id].with) {
                walk.telling(Step::Obligation(id), &self.engine.obligations[id], &frame);
            }
        }
        for &id in self.engine.graph.advice(asked.action) {
            if self.active.advice(id) && tells(self.engine.policy.advice[id].with) {
                walk.telling(Step::Advice(id), &self.engine.advice[id], &frame);
            }
        }
        Record { decision, trace: walk.recorder }
    }

    fn walk<R: Recorder>(&'a self, asked: &Asked, recorder: R) -> (Decision, Walk<'a, R>) {
        self.world.fetch(asked.subject, asked.resource);
        let mut walk = Walk::new(self, recorder);
        let frame = Frame::new(asked.subject, asked.resource);
        let prepared = self.prepared(asked.action);
        let mut bars = Truth::False;
        for &rule in &prepared.bars {
            walk.recorder.open(Step::Bar(rule));
            let truth = walk.code(&self.engine.rules[rule], &frame);
            walk.recorder.close(truth);
            bars = bars.or(truth);
            if bars == Truth::True && !R::ALL {
                break;
            }
        }
        let mut ways = Truth::False;
        let decided = bars == Truth::True && !R::ALL;
        if !R::ALL && !decided {
            // All roles at once: what is assigned over the resource is looked through once, however many roles lead to the action.
            ways = walk.any_held(asked.subject, &prepared.roles, asked.resource);
        }
        let left = if decided || ways == Truth::True { &[] } else { prepared.ways.as_slice() };
        for &(index, way) in left {
            if !R::ALL && matches!(way, Permit::Role(_)) {
                continue;
            }
            walk.recorder.open(Step::Permit(index));
            let truth = match way {
                Permit::Role(role) => walk.held(asked.subject, role, asked.resource),
                Permit::Rule(rule) => walk.code(&self.engine.rules[rule], &frame),
            };
            walk.recorder.close(truth);
            ways = ways.or(truth);
            if ways == Truth::True && !R::ALL {
                break;
            }
        }
        (Decision { outcome: Outcome::of(ways, bars), gave_up: walk.gave_up() }, walk)
    }

    fn prepared(&self, action: ActionId) -> &Prepared {
        self.ways[action.index()].get_or_init(|| {
            let graph = &self.engine.graph;
            let stands = |way: Permit| match way {
                Permit::Rule(rule) => self.active.rule(rule),
                Permit::Role(role) => !graph.active_grant_path(role, action, &|node| self.in_force(node)).grants.is_empty(),
            };
            let ways: Vec<(usize, Permit)> = graph.permits(action).iter().copied().enumerate().filter(|&(_, way)| stands(way)).collect();
            let roles = ways.iter().filter_map(|&(_, way)| match way {
                Permit::Role(role) => Some(role),
                Permit::Rule(_) => None,
            });
            let roles = Roles::of(roles.collect(), self);
            let bars = graph.denies(action).iter().copied().filter(|&rule| self.active.rule(rule)).collect();
            Prepared { ways, roles, bars }
        })
    }

    /// The ways to the action that are in force, each with its index among all ways to it.
    pub fn ways(&self, action: ActionId) -> &[(usize, Permit)] {
        &self.prepared(action).ways
    }

    /// The denies of the action that are in force.
    pub fn bars(&self, action: ActionId) -> &[RuleId] {
        &self.prepared(action).bars
    }

    /// Whether a role, table, rule or implication is in force; other nodes always are.
    pub fn in_force(&self, node: Node) -> bool {
        match node {
            Node::Role(id) => self.active.role(id),
            Node::Table(id) => self.active.table(id),
            Node::Rule(id) => self.active.rule(id),
            Node::Implication(id) => self.active.implication(id),
            _ => true,
        }
    }

    /// The roles that include this one by roles in force, itself among them.
    pub(super) fn includers(&self, role: RoleId) -> &[RoleId] {
        let Some(cached) = &self.includers else { return self.engine.graph.includers(role) };
        cached[role.index()].get_or_init(|| {
            let policy = &self.engine.policy;
            let all = self.engine.graph.includers(role);
            let mut found = vec![role];
            let mut next = 0;
            while let Some(&here) = found.get(next) {
                let more = all.iter().copied().filter(|&id| policy.roles[id].includes.iter().any(|(included, _)| *included == here));
                let more: Vec<RoleId> = more.filter(|&id| self.active.role(id) && !found.contains(&id)).collect();
                found.extend(more);
                next += 1;
            }
            found.retain(|&id| self.active.role(id));
            found.sort();
            found
        })
    }
}

impl<R: Recorder> Walk<'_, R> {
    /// An obligation or advice is told only where its condition is true.
    fn telling(&mut self, step: Step, code: &super::code::Code, frame: &Frame<'_>) {
        self.recorder.open(step);
        let truth = self.code(code, frame);
        if truth == Truth::True {
            self.recorder.close(truth);
        } else {
            self.recorder.forget(truth);
        }
    }
}
