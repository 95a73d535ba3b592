//! Plans of questions with an open end: who may do something, or what may be done by someone.
//!
//! A rule is compiled once with its subject and once with its resource to be found, and an implication that derives a role once from the
//! scope and once from the holder. What such a plan yields are candidates: each is then asked about by itself.

use super::access_path::reached_kinds;
use super::condition::Compiler;
use super::rule::{ConclusionPlan, End};
use super::tree::Plan;
use crate::policy::{
    Atom, AtomKind, Conclusion, Condition, Expr, Id, Implication, ImplicationId, KindSet, MAX_VARIABLES, Op, Path, Policy, Rule,
    RuleEffect, RuleId, Term, TermNode, VarId, VarSet, Variable,
};
use crate::text::Span;

/// The plans of a policy's rules and implications with an open end.
#[derive(Clone, Debug, Default)]
pub(crate) struct FreePlans {
    rules: Vec<[FreeRule; 2]>,
    /// By implication; `None` for one that derives a relation.
    implications: Vec<[Option<RolePlan>; 2]>,
}

/// The end of a question that is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Free {
    /// Who asks.
    Subject,
    /// What is asked about.
    Resource,
}

/// How the candidates for one end of a rule are found.
#[derive(Clone, Debug)]
pub(crate) struct FreeRule {
    /// Finds them; `None` if the condition leads to the end by no path, so that they may be any.
    pub(crate) search: Option<FreePlan>,
    /// What the condition asks of other things, whatever the end is. If this is false, there are none.
    pub(crate) others: Plan,
}

/// A condition as a search for one end of the question.
#[derive(Clone, Debug)]
pub(crate) struct FreePlan {
    /// Searches nested in one another, that for the end among them.
    pub(crate) plan: Plan,
    pub(crate) searches: usize,
    /// The variable that stands for the end.
    pub(crate) variable: VarId,
    /// Hops from the end whose values are searched for. An end for which one of them is unknown is a candidate too.
    pub(crate) hops: Vec<FreeHop>,
    /// The variables of these hops.
    pub(crate) named: VarSet,
}

/// A hop whose value is searched for.
#[derive(Clone, Debug)]
pub(crate) struct FreeHop {
    pub(crate) path: Path,
    /// The search by what is asked without this hop, which finds each end for which the hop is unknown; `None` if that may be any.
    pub(crate) without: Option<Box<FreePlan>>,
}

/// An implication as a search for the roles that it gives over a scope, or to a holder.
#[derive(Clone, Debug)]
pub(crate) struct RolePlan {
    /// Variables that take their values from the known end: the position of the end, the variable, its kinds.
    pub(crate) binds: Vec<(usize, VarId, KindSet)>,
    pub(crate) plan: Plan,
    pub(crate) searches: usize,
    /// Who holds the role.
    pub(crate) holder: Term,
    /// What it is held over.
    pub(crate) scope: Term,
    /// The role, unless the implication names it.
    pub(crate) role: Option<Term>,
    /// The variable that stands for the subject, if the conclusion is about it; else whoever is in the holder is a candidate.
    pub(crate) subject: Option<VarId>,
    /// As [`FreePlan::hops`] and [`FreePlan::named`], of the subject.
    pub(crate) hops: Vec<Path>,
    pub(crate) named: VarSet,
}

impl FreePlans {
    pub(super) fn of(compiler: &Compiler<'_>) -> FreePlans {
        let policy = compiler.policy;
        let both = [Free::Subject, Free::Resource];
        FreePlans {
            rules: policy.rules.values().map(|rule| both.map(|free| compiler.free_rule(rule, free))).collect(),
            implications: policy.implications.values().map(|implication| both.map(|free| compiler.free_role(implication, free))).collect(),
        }
    }

    /// The plan of a rule.
    pub(crate) fn rule(&self, rule: RuleId, free: Free) -> &FreeRule {
        &self.rules[rule.index()][free as usize]
    }

    /// The plan of an implication that derives a role: from the scope if the subject is free, else from the holder.
    pub(crate) fn implication(&self, implication: ImplicationId, free: Free) -> Option<&RolePlan> {
        self.implications[implication.index()][free as usize].as_ref()
    }
}

impl Compiler<'_> {
    fn free_rule(&self, rule: &Rule, free: Free) -> FreeRule {
        let (node, kinds) = match free {
            Free::Subject => (TermNode::Subject, self.policy.subjects()),
            Free::Resource => (TermNode::Resource, resource_kinds(self.policy, rule)),
        };
        let others = without(&rule.condition.expr, &|term| *term.root() == node);
        FreeRule {
            search: (rule.effect == RuleEffect::Allow).then(|| self.search_of(&rule.condition, &node, &kinds, true)).flatten(),
            others: self.condition(&others, &rule.condition.variables, VarSet::EMPTY),
        }
    }

    /// The search for an end of a condition; `None` if the condition leads to the end by no path. `narrow` says to narrow down the ends for
    /// which a hop is unknown.
    fn search_of(&self, condition: &Condition, node: &TermNode, kinds: &KindSet, narrow: bool) -> Option<FreePlan> {
        let mut opened = Opened::of(condition);
        let variable = opened.replace(node, kinds.clone())?;
        let hops = opened.name_hops(self.policy, variable);
        if !opened.condition.expr.free_variables().contains(variable) {
            return None;
        }
        let searches = opened.condition.expr.free_variables().iter().count();
        let hop = |path: Path| {
            let takes = |term: &Term| term.hops().any(|(of, hop)| of.node == *node && *hop == path);
            let weaker = || Condition { expr: without(&condition.expr, &takes), ..condition.clone() };
            let without = narrow.then(|| self.search_of(&weaker(), node, kinds, false)).flatten();
            FreeHop { path, without: without.map(Box::new) }
        };
        let hops = hops.into_iter().map(hop).collect();
        Some(FreePlan { plan: self.with_free(&opened.condition), searches, variable, hops, named: opened.named })
    }

    fn free_role(&self, implication: &Implication, free: Free) -> Option<RolePlan> {
        let Conclusion::Holds { holder, role, scope } = &implication.then else { return None };
        let mut opened = Opened::of(&implication.condition);
        let mut terms = [Some(holder.clone()), role.term().cloned(), Some(scope.clone())];
        let (mut subject, mut hops) = (None, Vec::new());
        let is_subject = |term: &Term| *term.root() == TermNode::Subject;
        if free == Free::Subject && !terms.iter().flatten().any(is_subject) {
            // Whoever is in the holder is a candidate, so what is asked of the subject may be left out.
            opened.condition.expr = without_subject(&opened.condition.expr);
        } else if free == Free::Subject {
            let variable = opened.replace(&TermNode::Subject, self.policy.subjects())?;
            terms.iter_mut().flatten().for_each(|term| replace(term, &TermNode::Subject, variable));
            hops = opened.name_hops(self.policy, variable);
            subject = Some(variable);
        }
        let [Some(holder), role, Some(scope)] = terms else { return None };
        let (holder_end, scope_end) = match free {
            Free::Subject => (End::Wanted, End::Known),
            Free::Resource => (End::Holder, End::Wanted),
        };
        let ends = [(0, &holder, holder_end), (2, &scope, scope_end)].into_iter();
        let ends = ends.chain(role.as_ref().map(|role| (1, role, End::Wanted)));
        let extra = subject.map_or(VarSet::EMPTY, VarSet::from) | opened.named;
        let ConclusionPlan { binds, searched, plan, .. } = self.conclusion_with(&opened.condition, ends, extra);
        Some(RolePlan { binds, plan, searches: searched.iter().count(), holder, scope, role, subject, hops, named: opened.named })
    }
}

pub(super) fn resource_kinds(policy: &Policy, rule: &Rule) -> KindSet {
    let mut kinds = KindSet::default();
    let on = rule.actions.iter().flat_map(|&action| policy.actions[action].on.iter());
    on.for_each(|kind| kinds.insert(kind));
    kinds
}

/// A condition without those of its parts that mention a term: true wherever the condition is true, and not false where it is unknown.
fn without(expr: &Expr, is_term: &dyn Fn(&Term) -> bool) -> Expr {
    let each = |parts: &[Expr]| parts.iter().map(|part| without(part, is_term)).collect();
    match expr {
        Expr::And(parts) => Expr::And(each(parts)),
        Expr::Or(parts) => Expr::Or(each(parts)),
        Expr::Exists(variables, body) => Expr::Exists(variables.clone(), Box::new(without(body, is_term))),
        part if part.any_term(&|term| is_term(term)) => Expr::True,
        part => part.clone(),
    }
}

/// A condition to which variables are added.
struct Opened {
    condition: Condition,
    /// The variables that were added for the values of hops.
    named: VarSet,
}

impl Opened {
    fn of(condition: &Condition) -> Opened {
        Opened { condition: condition.clone(), named: VarSet::EMPTY }
    }

    /// Adds a variable; `None` if the condition has as many as it may have.
    fn add(&mut self, kinds: KindSet, span: Span) -> Option<VarId> {
        add_variable(&mut self.condition, kinds, span)
    }

    /// Puts a new variable in the place of the subject or the resource. `None` if there is no room for one.
    fn replace(&mut self, node: &TermNode, kinds: KindSet) -> Option<VarId> {
        let span = self.condition.expr.span()?;
        let variable = self.add(kinds, span)?;
        self.condition.expr.each_term(&mut |term| replace(term, node, variable));
        Some(variable)
    }

    /// Gives a name to the value of each hop from the variable that an atom asks for which must be true, so that access paths may lead
    /// through it. Returns these hops.
    fn name_hops(&mut self, policy: &Policy, variable: VarId) -> Vec<Path> {
        let mut hops: Vec<Term> = Vec::new();
        required(&self.condition.expr, &mut |atom| {
            for term in atom.kind.terms() {
                for (of, hop) in term.hops().filter(|(of, _)| of.node == TermNode::Variable(variable)) {
                    let hop = Term { span: term.span, node: TermNode::Path(Box::new(of.clone()), hop.clone()) };
                    if !hops.iter().any(|known| known.reads_same(&hop)) {
                        hops.push(hop);
                    }
                }
            }
        });
        hops.into_iter().filter_map(|hop| self.name(policy, &hop)).collect()
    }

    /// Puts a new variable in the place of a term that takes a hop, and adds that both are the same. Returns the hop; `None` if it leads to
    /// something other than one entity, or if there is no room.
    fn name(&mut self, policy: &Policy, hop: &Term) -> Option<Path> {
        let TermNode::Path(_, path) = &hop.node else { return None };
        let variable = self.add(reached_kinds(policy, path)?, hop.span)?;
        self.named.insert(variable);
        self.condition.expr.each_term(&mut |term| replace_term(term, hop, variable));
        let value = Term { span: hop.span, node: TermNode::Variable(variable) };
        let same = Atom { span: hop.span, kind: AtomKind::Compare(hop.clone(), Op::Eq, value), allowed: Vec::new() };
        let before = std::mem::take(&mut self.condition.expr);
        self.condition.expr = Expr::And(before.conjuncts().iter().cloned().chain([Expr::Atom(same)]).collect());
        Some(path.clone())
    }
}

/// Adds a variable that no author wrote; `None` if the condition has as many as it may have.
pub(super) fn add_variable(condition: &mut Condition, kinds: KindSet, span: Span) -> Option<VarId> {
    let index = condition.variables.len();
    let variable = VarId(u8::try_from(index).ok().filter(|_| index < MAX_VARIABLES)?);
    condition.variables.push(Variable { name: "_".to_owned(), unwritten: true, kinds, past: false, span });
    Some(variable)
}

/// Calls `found` with each atom that is not false wherever the condition is not.
fn required(expr: &Expr, found: &mut dyn FnMut(&Atom)) {
    match expr {
        Expr::And(parts) => parts.iter().for_each(|part| required(part, found)),
        Expr::Exists(_, body) => required(body, found),
        Expr::Atom(atom) => found(atom),
        Expr::True | Expr::False | Expr::Toggle(..) | Expr::Or(_) | Expr::Not(_) => {}
    }
}

/// The condition without its parts that are about the subject: it is true wherever the condition is.
fn without_subject(expr: &Expr) -> Expr {
    match expr {
        Expr::And(parts) => Expr::And(parts.iter().map(without_subject).filter(|part| *part != Expr::True).collect()),
        Expr::Exists(variables, body) => {
            let body = without_subject(body);
            let left: Vec<VarId> = variables.iter().copied().filter(|&variable| body.free_variables().contains(variable)).collect();
            if left.is_empty() { body } else { Expr::Exists(left, Box::new(body)) }
        }
        expr if expr.any_term(&|term| *term.root() == TermNode::Subject) => Expr::True,
        expr => expr.clone(),
    }
}

/// Puts the variable in the place of what a term starts from, if it starts from `node`.
pub(super) fn replace(term: &mut Term, node: &TermNode, variable: VarId) {
    match &mut term.node {
        TermNode::Path(of, _) => replace(of, node, variable),
        own if own == node => *own = TermNode::Variable(variable),
        _ => {}
    }
}

/// Puts the variable in the place of a term, or of what it starts from, that reads the same as `hop`.
fn replace_term(term: &mut Term, hop: &Term, variable: VarId) {
    if term.reads_same(hop) {
        term.node = TermNode::Variable(variable);
    } else if let TermNode::Path(of, _) = &mut term.node {
        replace_term(of, hop, variable);
    }
}
