//! A policy made ready to decide: its graph, and its conditions as code.

use super::condition::{Compiler, Plan, RulePlan};
use crate::diag::Diagnostic;
use crate::graph::Graph;
use crate::policy::{
    AdviceId, Arena, AttributeId, Conclusion, Condition, Effect, EventId, ImplicationId, InvariantId, KindSet, ObligationId, Policy,
    RuleId, Term, TermNode, ValueType, VarId,
};

/// A policy made ready to decide. Building it finds what only the graph can see: cycles.
#[derive(Clone, Debug)]
pub struct CompiledPolicy {
    /// The policy.
    pub policy: Policy,
    /// Its graph.
    pub graph: Graph,
    pub(crate) rules: Arena<RuleId, Plan>,
    pub(crate) implications: Arena<ImplicationId, RulePlan>,
    pub(crate) obligations: Arena<ObligationId, Plan>,
    pub(crate) advice: Arena<AdviceId, Plan>,
    pub(crate) invariants: Arena<InvariantId, Plan>,
    pub(crate) events: Arena<EventId, EventPlan>,
    /// Of each `member-of` attribute: the kinds of groups that it leads to, at any depth.
    pub(crate) leads_to: Arena<AttributeId, KindSet>,
    /// The kinds whose entities can hold a role.
    pub(crate) holders: KindSet,
}

/// An event ready to happen.
#[derive(Clone, Debug)]
pub(crate) struct EventPlan {
    pub(crate) condition: Plan,
    pub(crate) adds: Vec<EffectPlan>,
    pub(crate) removes: Vec<EffectPlan>,
}

/// A change whose bindings can be had one by one: the slots of its fact in the order of the search, innermost last.
#[derive(Clone, Debug)]
pub(crate) struct EffectPlan {
    /// A search whose innermost body is the rest of the condition.
    pub(crate) plan: Plan,
    /// The slots that the fact has.
    pub(crate) variables: Vec<VarId>,
}

impl CompiledPolicy {
    /// Makes a policy ready. With errors (cycles among roles or implications) the engine must not be asked.
    pub fn new(policy: Policy) -> (CompiledPolicy, Vec<Diagnostic>) {
        let (graph, diagnostics) = Graph::build(&policy);
        let compiler = Compiler { policy: &policy };
        let whole = |condition: &Condition| compiler.condition(&condition.expr, &condition.variables, 0);
        let rules = policy.rules.values().map(|rule| whole(&rule.condition)).collect();
        let implications =
            policy.implications.values().map(|implication| rule_plan(&compiler, &implication.condition, &implication.then)).collect();
        let obligations = policy.obligations.values().map(|telling| whole(&telling.condition)).collect();
        let advice = policy.advice.values().map(|telling| whole(&telling.condition)).collect();
        let invariants = policy.invariants.values().map(|invariant| whole(&invariant.never)).collect();
        let changes = |changes: &[Effect]| changes.iter().map(|change| effect_plan(&compiler, change)).collect();
        let events = policy.events.values().map(|event| EventPlan {
            condition: whole(&event.condition),
            adds: changes(&event.adds),
            removes: changes(&event.removes),
        });
        let events = events.collect();
        let leads_to = policy.attributes.values().map(|attribute| match (&attribute.value, attribute.member_of) {
            (ValueType::Entity(to), true) => to.iter().fold(to.clone(), |all, kind| all.union(&policy.groups_of(kind))),
            _ => KindSet::default(),
        });
        let leads_to = leads_to.collect();
        let holders = policy.holders();
        (CompiledPolicy { policy, graph, rules, implications, obligations, advice, invariants, events, leads_to, holders }, diagnostics)
    }
}

fn rule_plan(compiler: &Compiler<'_>, condition: &Condition, then: &Conclusion) -> RulePlan {
    // What is asked: the ends of the relation; or holder, role, scope.
    let terms: Vec<(usize, &Term)> = match then {
        Conclusion::Relation { terms, .. } => terms.iter().enumerate().collect(),
        Conclusion::Holds { holder, role, scope } => {
            let role = role.term().map(|term| (1, term));
            [(0, holder)].into_iter().chain(role).chain([(2, scope)]).collect()
        }
    };
    let holds = matches!(then, Conclusion::Holds { .. });
    let mut binds: Vec<(usize, VarId, KindSet)> = Vec::new();
    let mut parts = Vec::new();
    let (mut bound, mut wanted) = (0u32, 0u32);
    for (index, term) in terms {
        let member = holds && index == 0;
        match term.node {
            // A holder that is a variable is still one of a group's members or the group: it is searched for.
            TermNode::Variable(variable) if !member && bound & variable.bit() == 0 => {
                bound |= variable.bit();
                binds.push((index, variable, condition.variables[usize::from(variable.0)].kinds.clone()));
            }
            _ => parts.push(Plan::Asked { term: term.clone(), index, member }),
        }
        wanted |= term.variables();
    }
    let free = wanted & !bound;
    match &condition.expr {
        crate::policy::Expr::And(all) => parts.extend(all.iter().map(|part| compiler.condition(part, &condition.variables, bound | free))),
        expr => parts.push(compiler.condition(expr, &condition.variables, bound | free)),
    }
    RulePlan { binds, plan: compiler.search(free, parts, &condition.variables, bound) }
}

fn effect_plan(compiler: &Compiler<'_>, change: &Effect) -> EffectPlan {
    use crate::policy::{FactTerm, RoleTerm};
    let role = |role: &RoleTerm| role.term().map_or(0, Term::variables);
    let wanted = match &change.fact {
        FactTerm::Relation(_, terms) => terms.iter().fold(0, |bits, term| bits | term.variables()),
        FactTerm::Holds(holder, held, scope) => holder.variables() | role(held) | scope.variables(),
        FactTerm::Member(member, group) => member.variables() | group.variables(),
        FactTerm::Value(of, _, value) => of.variables() | value.variables(),
    } | change.days.as_ref().map_or(0, Term::variables);
    let variables = &change.condition.variables;
    let parts = match &change.condition.expr {
        crate::policy::Expr::And(all) => all.iter().map(|part| compiler.condition(part, variables, wanted)).collect(),
        expr => vec![compiler.condition(expr, variables, wanted)],
    };
    let plan = compiler.search(wanted, parts, variables, 0);
    EffectPlan { plan, variables: VarId::of_bits(wanted).collect() }
}
