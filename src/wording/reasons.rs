//! Reasons in words, with their names, places and claims.

use super::Words;
use crate::diag::phrases::counted;
use crate::eval::{MissingDatum, Truth};
use crate::explain::{AtomReason, Basis, Finding, MissingCause, Reason, ReasonKind};
use crate::graph::Permit;
use crate::policy::{Metadata, RuleEffect};
use crate::text::{Place, Span};
use crate::time::Instant;
use crate::world::{FactId, PatternText, Statement, UncertainChange, UncertainEffect, Value};

/// A [`Reason`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonText {
    /// Its kind.
    pub kind: ReasonKind,
    /// The element's name, if it is about one.
    pub name: Option<String>,
    /// A sentence, which is always true: a part of the policy that is false or unknown is stated as such.
    pub says: String,
    /// `true`, `false` or `unknown`: the truth value of that part of the policy.
    pub truth: &'static str,
    /// See [`Reason::blocking`].
    pub blocking: bool,
    /// See [`Finding::is_lasting`].
    pub lasting: bool,
    /// Where the element, the cell or the fact is defined. A fact may be stated in several files.
    pub places: Vec<Place>,
    /// The names of the claims that the element cites.
    pub claims: Vec<String>,
    /// The author's note on the element.
    pub note: Option<String>,
    /// What it rests on.
    pub because: Vec<ReasonText>,
    /// See [`Reason::proof`].
    pub proof: Option<u32>,
    /// See [`Reason::repeated`].
    pub repeated: bool,
    /// See [`Reason::negated`].
    pub negated: bool,
    /// What sort of sentence it is.
    pub form: ReasonForm,
    /// For a sentence that puts one entity in another, a member or a part: the names of both. Several such sentences make a chain.
    pub link: Option<(String, String)>,
}

/// The sentences of which a short answer makes something else than a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonForm {
    /// Any other sentence.
    Plain,
    /// A deny rule, whether it applies or not.
    Deny,
    /// Any one of the conditions below it is enough, or would be.
    Alternatives,
    /// An implication that would apply, and its `unless` switches it off.
    SwitchedOff,
    /// An implication that would apply, or a permit, and is not in force.
    NotInForce,
    /// An alternative with several parts.
    With,
    /// An assignment that would give a role to others, or elsewhere.
    Elsewhere,
}

/// The element of the policy that a reason is about.
struct NamedElement<'a> {
    meta: &'a Metadata,
    place: Span,
    note: Option<&'a String>,
}

impl<'a> Words<'a> {
    /// A reason and all reasons below it.
    pub fn reason_text(self, reason: &Reason) -> ReasonText {
        let element = self.element(&reason.finding);
        let places = match &element {
            Some(element) => vec![self.world.sources.place(element.place)],
            None => self.places(&reason.finding),
        };
        ReasonText {
            kind: reason.kind(),
            name: element.as_ref().map(|element| element.meta.name.clone()),
            says: self.reason(reason),
            truth: truth_name(reason.truth),
            blocking: reason.blocking,
            lasting: reason.finding.is_lasting(self.policy),
            places,
            claims: element.as_ref().map(|element| self.claim_names(&element.meta.source)).unwrap_or_default(),
            note: element.and_then(|element| element.note.cloned()),
            because: reason.because.iter().map(|below| self.reason_text(below)).collect(),
            proof: reason.proof,
            repeated: reason.repeated,
            negated: reason.negated,
            form: self.form(&reason.finding),
            link: self.link(&reason.finding),
        }
    }

    /// The sentence of a reason by itself.
    pub fn reason(self, reason: &Reason) -> String {
        let truth = reason.truth;
        let policy = self.policy;
        match reason.finding {
            Finding::Role { holder, role, scope } => {
                let (who, role, whereon) = (self.name(holder), &policy.roles[role].meta.name, self.name(scope));
                match truth {
                    Truth::True => format!("{who} holds {role} on {whereon}"),
                    Truth::False => format!("{who} does not hold {role} on {whereon}"),
                    Truth::Unknown => format!("it is unknown whether {who} holds {role} on {whereon}"),
                }
            }
            Finding::Rule(rule) => {
                let rule = &policy.rules[rule];
                let (does, infinitive) = match rule.effect {
                    RuleEffect::Allow => ("allows", "allow"),
                    RuleEffect::Deny => ("denies", "deny"),
                };
                let name = &rule.meta.name;
                match truth {
                    Truth::True => format!("rule {name} {does} it"),
                    Truth::False => format!("rule {name} does not {infinitive} it"),
                    Truth::Unknown => format!("it is unknown whether rule {name} {does} it"),
                }
            }
            Finding::Inclusion { role, includes, .. } => {
                format!("{} includes {}", policy.roles[role].meta.name, policy.roles[includes].meta.name)
            }
            Finding::Grant { role, pattern } => {
                format!("{} grants {}", policy.roles[role].meta.name, self.source(pattern).trim_matches(['"', '\'']))
            }
            Finding::Cell { table, row, column, .. } => {
                let table = &policy.tables[table];
                let (row, column) = (&table.rows[row as usize].label, &table.columns[column as usize].label.value);
                format!("{} has a mark in row \"{row}\", column \"{column}\"", table.meta.name)
            }
            Finding::Implication(implication) => {
                let implication = &policy.implications[implication];
                let name = &implication.meta.name;
                match truth {
                    Truth::True if implication.listed => format!("implication {name} gives it"),
                    Truth::True => format!("implication {name} gives it, though member listings do not show it"),
                    Truth::False => format!("implication {name} does not give it"),
                    Truth::Unknown => format!("it is unknown whether implication {name} gives it"),
                }
            }
            Finding::SwitchedOff(implication) => {
                format!("implication {} would give it, but its `unless` condition excludes it", policy.implications[implication].meta.name)
            }
            Finding::NotInForce(implication, out) => {
                let out = self.out_of_force("it", out);
                format!("implication {} would give it, but {out}", policy.implications[implication].meta.name)
            }
            Finding::Toggle(toggle) => {
                format!("toggle {} is {}", policy.toggles[toggle].meta.name, if truth == Truth::True { "on" } else { "off" })
            }
            Finding::Fact(fact) => self.fact(fact),
            Finding::Absent(absence) => self.absence(absence),
            Finding::AssignmentAt(fact) => self.assignment_at(fact),
            Finding::LeftGroup { member, group, membership } => {
                let when = self.other_time(membership, Some(Statement::Member { member, group }));
                format!("{} is not in {} {when}", self.name(member), self.name(group))
            }
            Finding::Missing(datum, cause) => self.missing(datum, cause),
            Finding::Constant if truth == Truth::True => "the condition is always true".to_owned(),
            Finding::Constant => "the condition is never true".to_owned(),
            Finding::Alternatives if truth == Truth::True => "any one of these is enough".to_owned(),
            Finding::Alternatives if truth == Truth::False => "none of these is true".to_owned(),
            Finding::Alternatives => "it is unknown whether one of these is true".to_owned(),
            Finding::With(entity) => format!("with {}", self.name(entity)),
            Finding::PermitNotInForce(permit, out) => {
                let element = match permit {
                    Permit::Rule(rule) => format!("rule {}", policy.rules[rule].meta.name),
                    Permit::Role(role) => format!("role {}", policy.roles[role].meta.name),
                };
                self.out_of_force(&element, out)
            }
            Finding::HeldByGroup { member, assignment, more } => {
                let statement = self.world.fact(assignment).statement;
                let Statement::Holds { holder, .. } = statement else { return self.fact(assignment) };
                let nor = if more == 0 { String::new() } else { format!(", nor in {} that it is assigned to", others(more, "group")) };
                format!("{}, but {} is not in {}{nor}", self.statement(statement), self.name(member), self.name(holder))
            }
            Finding::HeldNearby { member, assignment, scope, more } => {
                let Statement::Holds { holder, role, scope: nearby } = self.world.fact(assignment).statement else {
                    return self.fact(assignment);
                };
                let by = if holder == member { String::new() } else { format!(" through {}", self.name(holder)) };
                let more = if more == 0 { String::new() } else { format!(" and {}", others(more, "scope")) };
                let (who, role) = (self.name(member), &policy.roles[role].meta.name);
                format!("{who} holds {role} on {}{more}{by}, but not on {}", self.name(nearby), self.name(scope))
            }
            Finding::NothingFound { condition } => format!("there is nothing for which `{}` holds", self.source(condition)),
            Finding::Atom(atom, basis) => self.atom(atom, basis, truth),
        }
    }

    fn link(self, finding: &Finding) -> Option<(String, String)> {
        let names = |inner, outer| Some((self.name(inner), self.name(outer)));
        match *finding {
            Finding::Fact(fact) | Finding::Atom(_, Basis::Restated(fact)) => match self.world.fact(fact).statement {
                Statement::Member { member, group } => names(member, group),
                Statement::Value { entity, attribute, value: Value::Entity(outer) } if self.policy.attributes[attribute].container => {
                    names(entity, outer)
                }
                _ => None,
            },
            Finding::Atom(AtomReason::Member { member: inner, group: outer } | AtomReason::Within { inner, outer }, Basis::Below) => {
                names(inner, outer)
            }
            _ => None,
        }
    }

    fn form(self, finding: &Finding) -> ReasonForm {
        match *finding {
            Finding::Rule(rule) if self.policy.rules[rule].effect == RuleEffect::Deny => ReasonForm::Deny,
            Finding::Alternatives => ReasonForm::Alternatives,
            Finding::With(_) => ReasonForm::With,
            Finding::SwitchedOff(_) => ReasonForm::SwitchedOff,
            Finding::NotInForce(..) | Finding::PermitNotInForce(..) => ReasonForm::NotInForce,
            Finding::HeldByGroup { .. } | Finding::HeldNearby { .. } => ReasonForm::Elsewhere,
            _ => ReasonForm::Plain,
        }
    }

    /// The element that a finding is about, with the place and the note that matter.
    fn element(self, finding: &Finding) -> Option<NamedElement<'a>> {
        let policy = self.policy;
        let element = |meta: &'a Metadata| Some(NamedElement { meta, place: meta.span, note: meta.note.as_ref() });
        match *finding {
            Finding::Role { role, .. } | Finding::PermitNotInForce(Permit::Role(role), _) => element(&policy.roles[role].meta),
            Finding::Rule(rule) | Finding::PermitNotInForce(Permit::Rule(rule), _) => element(&policy.rules[rule].meta),
            Finding::Implication(implication) | Finding::SwitchedOff(implication) | Finding::NotInForce(implication, _) => {
                element(&policy.implications[implication].meta)
            }
            Finding::Toggle(toggle) => element(&policy.toggles[toggle].meta),
            Finding::Inclusion { role, place, .. } | Finding::Grant { role, pattern: place } => {
                let meta = &policy.roles[role].meta;
                Some(NamedElement { meta, place, note: meta.note.as_ref() })
            }
            Finding::Cell { table, row, mark, .. } => {
                let table = &policy.tables[table];
                let note = table.rows[row as usize].note.as_ref().or(table.meta.note.as_ref());
                Some(NamedElement { meta: &table.meta, place: mark, note })
            }
            _ => None,
        }
    }

    /// The places of a finding that is not about an element.
    fn places(self, finding: &Finding) -> Vec<Place> {
        let of_fact = |fact: FactId| self.world.places(fact);
        match *finding {
            Finding::Fact(fact)
            | Finding::AssignmentAt(fact)
            | Finding::HeldByGroup { assignment: fact, .. }
            | Finding::HeldNearby { assignment: fact, .. }
            | Finding::LeftGroup { membership: fact, .. }
            | Finding::Atom(_, Basis::Fact(fact) | Basis::OtherTime(fact) | Basis::Restated(fact)) => of_fact(fact),
            Finding::Absent(absence) | Finding::Atom(_, Basis::Absent(absence) | Basis::NoValue(absence)) => {
                absence.instead.map(of_fact).unwrap_or_default()
            }
            Finding::NothingFound { condition } => vec![self.world.sources.place(condition)],
            Finding::Missing(_, MissingCause::Open(pattern)) => self.world.pattern(pattern).place.clone().into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

impl Words<'_> {
    /// The sentence that a datum is missing, and why.
    fn missing(self, datum: MissingDatum, cause: MissingCause) -> String {
        let what = self.datum(datum);
        match cause {
            MissingCause::NotStated if matches!(datum, MissingDatum::Role(_)) => {
                format!("nobody knows what {what} is: the pack does not name it")
            }
            MissingCause::NotStated => format!("the world does not say {}", self.asked(datum)),
            MissingCause::Ended(named) => {
                let until = self.world.life(named).until;
                format!("the world does not say {} since {} ended on {until}", self.asked(datum), self.name(named))
            }
            MissingCause::Open(pattern) => {
                let pattern = self.world.pattern(pattern);
                let open = match &pattern.text {
                    PatternText::Written(text) if **text == *what => format!("the world leaves {what} open"),
                    PatternText::Written(text) => format!("the pattern `{text}` leaves {what} open"),
                    PatternText::Event(effect) => {
                        format!("it is unknown {}: {}", self.asked(datum), self.uncertain(effect, pattern.during.since))
                    }
                };
                let why = pattern.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
                format!("{open}{why}")
            }
        }
    }

    /// What is asked of a missing datum: `what user:ann.partner is`, `whether dap(customer:c, partner:p) holds`.
    pub(super) fn asked(self, datum: MissingDatum) -> String {
        let what = self.datum(datum);
        match datum {
            MissingDatum::Fact(Statement::Holds { .. }) => format!("whether {what}"),
            MissingDatum::Fact(_) => format!("whether {what} holds"),
            MissingDatum::Attribute(..) | MissingDatum::Role(_) => format!("what {what} is"),
        }
    }

    /// Why a fact is unknown after an event.
    pub(super) fn uncertain(self, effect: &UncertainEffect, at: Instant) -> String {
        let event = &self.policy.events[effect.event].meta.name;
        let did = match effect.change {
            UncertainChange::Added => "added it",
            UncertainChange::Removed => "removed it",
            UncertainChange::Set => "set it",
            UncertainChange::Replaced => "set another value",
        };
        format!("nobody knows whether the event `{event}` {did} on {at}")
    }
}

/// So many others of a thing.
fn others(count: u32, thing: &str) -> String {
    counted(count as usize, &format!("other {thing}"))
}

/// The name of a truth value in answers.
fn truth_name(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "true",
        Truth::False => "false",
        Truth::Unknown => "unknown",
    }
}
