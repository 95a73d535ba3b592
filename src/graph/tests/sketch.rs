//! Policies sketched in a few words, one element a line.
//!
//! ```text
//! role owner includes reader grants a.b
//! implication i asks dap, not acts-for, owner, any gives reader
//! rule r allows a.b asks dap
//! event e adds dap
//! ```
//!
//! A name after `asks` or `gives` is a role if a line declares one of that name, any role if it is `any`, a relation otherwise.

use std::collections::BTreeSet;

use crate::policy::{
    Action, ActionId, Arena, Atom, AtomKind, Conclusion, Condition, Effect, Event, Expr, FactTerm, Id, Implication, Kind, KindId, KindSet,
    Metadata, Policy, Relation, RelationId, Role, RoleId, RoleTerm, Rule, RuleEffect, Term, TermNode, Toggle, VarId,
};
use crate::text::{FileId, Sources, Span};

struct SketchLine<'a> {
    sort: &'a str,
    name: SketchWord<'a>,
    /// The words after `includes`, `grants` and the like, with whether `not` is before them.
    parts: Vec<(&'a str, Vec<(bool, SketchWord<'a>)>)>,
}

type SketchWord<'a> = (&'a str, Span);

impl<'a> SketchLine<'a> {
    fn read(line: &'a str, at: usize) -> SketchLine<'a> {
        let mut words = line.split([' ', ',']).filter(|word| !word.is_empty()).map(|word| {
            let start = at + word.as_ptr() as usize - line.as_ptr() as usize;
            (word, Span::new(FileId(0), start, start + word.len()))
        });
        let (sort, name) = (words.next().unwrap().0, words.next().unwrap());
        let mut parts: Vec<(&str, Vec<(bool, SketchWord)>)> = Vec::new();
        let mut negated = false;
        for word in words {
            match word.0 {
                "includes" | "grants" | "asks" | "gives" | "allows" | "denies" | "adds" | "needs" | "toggle" => {
                    parts.push((word.0, Vec::new()));
                }
                "not" => negated = true,
                _ => parts.last_mut().unwrap().1.push((std::mem::take(&mut negated), word)),
            }
        }
        SketchLine { sort, name, parts }
    }

    fn part(&self, key: &str) -> impl Iterator<Item = (bool, SketchWord<'a>)> {
        let key = key.to_owned();
        self.parts.iter().filter(move |(part, _)| *part == key).flat_map(|(_, words)| words.iter().copied())
    }
}

struct SketchNames<'a> {
    roles: Vec<&'a str>,
    relations: Vec<&'a str>,
    actions: Vec<&'a str>,
    toggles: Vec<&'a str>,
}

impl SketchNames<'_> {
    fn role(&self, name: &str) -> Option<RoleTerm> {
        let any = || RoleTerm::Term(Term { span: Span::new(FileId(0), 0, 0), node: TermNode::Variable(VarId(0)) });
        if name == "any" { Some(any()) } else { position(&self.roles, name).map(|at| RoleTerm::Named(RoleId::from_index(at))) }
    }

    fn relation(&self, name: &str) -> RelationId {
        RelationId::from_index(position(&self.relations, name).unwrap())
    }

    fn condition(&self, line: &SketchLine) -> Condition {
        let term = |span| Term { span, node: TermNode::Subject };
        let parts = line.part("asks").map(|(negated, (name, span))| {
            let test = match self.role(name) {
                Some(role) => AtomKind::Holds { was: false, holder: term(span), role, scope: term(span) },
                None => AtomKind::Relation { relation: self.relation(name), was: false, terms: Vec::new() },
            };
            let atom = Expr::Atom(Atom { span, kind: test, allowed: Vec::new() });
            if negated { Expr::Not(Box::new(atom)) } else { atom }
        });
        Condition { expr: Expr::And(parts.collect()), variables: Vec::new() }
    }

    fn actions(&self, line: &SketchLine, key: &str) -> Vec<(ActionId, Span)> {
        line.part(key).map(|(_, (name, span))| (ActionId::from_index(position(&self.actions, name).unwrap()), span)).collect()
    }

    fn meta(&self, line: &SketchLine) -> Metadata {
        let mut meta = bare_metadata(line.name.0, line.name.1);
        meta.validity.toggle = line.part("toggle").next().map(|(_, (name, _))| Id::from_index(position(&self.toggles, name).unwrap()));
        meta
    }
}

fn position(names: &[&str], name: &str) -> Option<usize> {
    names.binary_search(&name).ok()
}

fn bare_metadata(name: &str, span: Span) -> Metadata {
    Metadata {
        name: name.to_owned(),
        span,
        title: None,
        note: None,
        equivalent: None,
        source: Vec::new(),
        validity: crate::policy::Validity::default(),
    }
}

/// The policy of a sketch.
pub(super) fn policy(sketch: &str) -> Policy {
    let mut sources = Sources::default();
    sources.add("sketch", sketch.to_owned());
    let mut lines: Vec<SketchLine> = sketch
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| SketchLine::read(line, line.as_ptr() as usize - sketch.as_ptr() as usize))
        .collect();
    lines.sort_by_key(|line| line.name.0);

    let of = |sort: &str| -> Vec<&SketchLine> { lines.iter().filter(|line| line.sort == sort).collect() };
    let roles: Vec<&str> = of("role").iter().map(|line| line.name.0).collect();
    let words = |keys: &[&str]| -> Vec<&str> {
        let words: BTreeSet<&str> =
            keys.iter().flat_map(|key| lines.iter().flat_map(|line| line.part(key))).map(|(_, word)| word.0).collect();
        words.into_iter().collect()
    };
    let mut relations = words(&["asks", "gives", "adds"]);
    relations.retain(|name| *name != "any" && !roles.contains(name));
    let names = SketchNames { roles, relations, actions: words(&["grants", "allows", "denies", "needs"]), toggles: words(&["toggle"]) };

    let nowhere = Span::new(FileId(0), 0, 0);
    let declared_role = |line: &&SketchLine| Role {
        meta: names.meta(line),
        on: KindSet::one(KindId::from_index(0)),
        grants: names.actions(line, "grants"),
        system: None,
        includes: line
            .part("includes")
            .map(|(_, (name, span))| (RoleId::from_index(position(&names.roles, name).unwrap()), span))
            .collect(),
    };
    let declared_implication = |line: &&SketchLine| {
        let (_, (given, span)) = line.part("gives").next().unwrap();
        let term = Term { span, node: TermNode::Subject };
        let then = match names.role(given) {
            Some(role) => Conclusion::Holds { holder: term.clone(), role, scope: term },
            None => Conclusion::Relation { relation: names.relation(given), terms: Vec::new() },
        };
        Implication { meta: names.meta(line), listed: true, condition: names.condition(line), switched_off: None, then }
    };
    let made_rule = |line: &&SketchLine| {
        let allowed = names.actions(line, "allows");
        let effect = if allowed.is_empty() { RuleEffect::Deny } else { RuleEffect::Allow };
        let actions = if allowed.is_empty() { names.actions(line, "denies") } else { allowed };
        Rule {
            meta: names.meta(line),
            effect,
            actions: actions.into_iter().map(|(action, _)| action).collect(),
            condition: names.condition(line),
        }
    };
    let declared_event = |line: &&SketchLine| {
        let adds = line.part("adds").map(|(_, (name, span))| {
            let term = Term { span, node: TermNode::Subject };
            let fact = match names.role(name) {
                Some(role) => FactTerm::Holds(term.clone(), role, term),
                None => FactTerm::Relation(names.relation(name), Vec::new()),
            };
            Effect { span, fact, lasts: None, condition: Condition::default() }
        });
        Event {
            meta: names.meta(line),
            does: names.actions(line, "needs").first().map(|&(action, _)| (action, 0)),
            done_by: None,
            parameters: Vec::new(),
            creates: Vec::new(),
            condition: names.condition(line),
            adds: adds.collect(),
            removes: Vec::new(),
            sets: Vec::new(),
            ends: Vec::new(),
        }
    };
    let declared_relation = |name: &&str| Relation {
        meta: bare_metadata(name, nowhere),
        ends: Vec::new(),
        covers: false,
        through: Default::default(),
        says: None,
        derived_by: Vec::new(),
    };
    // One kind, whose entities ask, hold roles, and have roles held over them.
    let kind = Kind {
        aka: Vec::new(),
        meta: bare_metadata("thing", nowhere),
        subject: true,
        attributes: Vec::new(),
        label: None,
        exactly_one: Vec::new(),
        within: Vec::new(),
        above: KindSet::default(),
        below: KindSet::default(),
    };
    Policy {
        kinds: [kind].into_iter().collect(),
        roles: of("role").iter().map(declared_role).collect(),
        implications: of("implication").iter().map(declared_implication).collect(),
        rules: of("rule").iter().map(made_rule).collect(),
        events: of("event").iter().map(declared_event).collect(),
        unknown_roles: RelationId::from_index(names.relations.len()),
        relations: names.relations.iter().map(declared_relation).collect(),
        actions: names
            .actions
            .iter()
            .map(|name| Action { meta: bare_metadata(name, nowhere), aka: Vec::new(), on: KindSet::default() })
            .collect(),
        toggles: toggles(&names),
        sources,
        ..Policy::default()
    }
}

fn toggles(names: &SketchNames) -> Arena<crate::policy::ToggleId, Toggle> {
    let nowhere = Span::new(FileId(0), 0, 0);
    let toggle = |name: &&str| Toggle { meta: bare_metadata(name, nowhere), status: crate::policy::Status::Proposed, default: false };
    names.toggles.iter().map(toggle).collect()
}
