//! The lines of one way to an answer: its proof, or what it lacks.

use super::{Mark, SummaryLine, more};
use crate::diag::phrases::{all_of, most_of};
use crate::explain::ReasonKind;
use crate::text::Place;
use crate::wording::{ReasonForm, ReasonText};
use std::collections::BTreeSet;

/// A proof as lines: facts first, then what follows from them. Each sentence is there once.
#[derive(Default)]
pub(super) struct Proof {
    pub(super) lines: Vec<SummaryLine>,
    /// The claims of all elements that it uses.
    pub(super) claims: BTreeSet<String>,
    /// The sentences that are in the lines.
    said: BTreeSet<String>,
}

impl Proof {
    /// A permit or deny that is true, with everything on which it rests.
    pub(super) fn way(&mut self, root: &ReasonText) {
        self.claims.extend(root.claims.iter().cloned());
        let grants: Vec<&ReasonText> = root.because.iter().filter(|below| is_grant(below)).collect();
        let (by, names) = self.below(root);
        let is_rule = root.kind == ReasonKind::Rule;
        // An assignment to the holder on the scope itself says that the role is held.
        let is_assigned = by.is_empty() && names.is_empty() && root.because.len() - grants.len() == 1;
        if is_rule || !is_assigned {
            let mark = if root.form == ReasonForm::Deny { Mark::Unmet } else { Mark::Derived };
            let claims = if is_rule { root.claims.clone() } else { by };
            self.push(SummaryLine { claims, ..SummaryLine::of(root, mark) });
        }
        for grant in grants {
            self.claims.extend(grant.claims.iter().cloned());
            self.push(SummaryLine::of(grant, Mark::Met));
        }
    }

    /// The claims of a reason and of all below it.
    pub(super) fn cite(&mut self, reason: &ReasonText) {
        self.claims.extend(reason.claims.iter().cloned());
        reason.because.iter().for_each(|below| self.cite(below));
    }

    /// What a reason rests on; returns the claims of the implications that give it, and the names of those without claims.
    fn below(&mut self, reason: &ReasonText) -> (Vec<String>, Vec<String>) {
        let (mut by, mut names) = (Vec::new(), Vec::new());
        for below in reason.because.iter().filter(|below| !is_grant(below)) {
            if below.kind == ReasonKind::Implication {
                if below.truth == "true" {
                    by.extend(below.claims.iter().cloned());
                    names.extend(below.name.clone().filter(|_| below.claims.is_empty()));
                    self.claims.extend(below.claims.iter().cloned());
                    let (inner, unsourced) = self.below(below);
                    by.extend(inner);
                    names.extend(unsourced);
                }
            } else if is_met(below) {
                self.part(below);
            }
        }
        for found in [&mut by, &mut names] {
            found.sort();
            found.dedup();
        }
        (by, names)
    }

    /// A condition that is met, or an alternative.
    pub(super) fn part(&mut self, reason: &ReasonText) {
        match reason.form {
            ReasonForm::With => _ = self.below(reason),
            ReasonForm::Alternatives if reason.truth == "true" => self.any_one(reason),
            _ => self.state(reason),
        }
    }

    /// The first alternative in full, and the others a line each.
    fn any_one(&mut self, reason: &ReasonText) {
        const FEW: usize = 2;
        let Some((first, others)) = reason.because.split_first() else { return };
        self.part(first);
        let shown = most_of(others.len(), FEW);
        for other in &others[..shown] {
            let mut own = Proof::default();
            own.part(other);
            self.claims.extend(own.claims);
            let says = all_of(own.lines.iter().map(|line| &line.says));
            let claims = own.lines.iter().flat_map(|line| line.claims.clone()).collect();
            let places = own.lines.into_iter().flat_map(|line| line.places).collect();
            self.lines.push(SummaryLine { places, claims, ..SummaryLine::new(Mark::Met, format!("or: {says}")) });
        }
        let left = more(others.len() - shown, " alternative", " alternatives");
        self.lines.extend(left.map(|says| SummaryLine::new(Mark::Met, says)));
    }

    /// A condition that is met, after what it rests on.
    pub(super) fn state(&mut self, reason: &ReasonText) {
        self.claims.extend(reason.claims.iter().cloned());
        // Of what must not hold, the sentence itself is enough.
        let (by, names) = if reason.truth == "true" { self.below(reason) } else { Default::default() };
        let derived = reason.because.iter().any(|below| below.kind == ReasonKind::Implication && below.truth == "true");
        let mark = if derived { Mark::Derived } else { Mark::Met };
        if reason.truth == "true"
            && reason.link.is_some()
            && reason.places.is_empty()
            && !reason.because.is_empty()
            && names.is_empty()
            && by.is_empty()
        {
            // The chain below says it.
            return;
        }
        let claims = [reason.claims.clone(), by].concat();
        let says = if names.is_empty() { reason.says.clone() } else { format!("{}, through {}", reason.says, all_of(names)) };
        self.push(SummaryLine { says, claims, ..SummaryLine::of(reason, mark) });
    }
}

impl Proof {
    /// Adds a sentence, unless it is there. One that continues a chain is a clause of the line before it.
    fn push(&mut self, line: SummaryLine) {
        if !self.said.insert(line.says.clone()) {
            return;
        }
        if let (Some(last), Some((inner, outer))) = (self.lines.last_mut(), &line.link)
            && let Some((_, end)) = last.link.as_mut().filter(|(_, end)| end == inner)
            && let Some(clause) = line.says.strip_prefix(inner.as_str())
            && (last.mark, line.mark) == (Mark::Met, Mark::Met)
        {
            last.says = format!("{}, which{clause}", last.says);
            last.places.extend(line.places);
            end.clone_from(outer);
            return;
        }
        self.lines.push(line);
    }
}

/// What one way lacks: the nearest alternative of each part that has several.
#[derive(Default)]
pub(super) struct Gap<'r> {
    /// What must be so, and is not.
    pub(super) missing: Vec<SummaryLine>,
    /// What must be known, and is not.
    pub(super) unknown: Vec<SummaryLine>,
    /// What is as it must be.
    pub(super) met: Proof,
    /// The number of alternatives that are left out.
    pub(super) others: usize,
    /// The alternatives to what is missing.
    choices: Vec<&'r ReasonText>,
    /// The number of alternatives in the lines.
    or: usize,
    /// The claims of the elements of the way.
    pub(super) claims: BTreeSet<String>,
}

impl<'r> Gap<'r> {
    pub(super) fn of(root: &'r ReasonText) -> Gap<'r> {
        let mut gap = Gap::default();
        gap.visit(root, None);
        let choices = std::mem::take(&mut gap.choices);
        for choice in choices {
            gap.or(choice);
        }
        // What stands in the way is not in place too.
        let Gap { missing, met, .. } = &mut gap;
        met.lines.retain(|line| {
            missing.iter().all(|other| other.says.strip_prefix(&line.says).is_none_or(|rest| !rest.starts_with(", which must")))
        });
        gap
    }

    /// `by` is the nearest implication above the reason, which gives what the reason is about.
    fn visit(&mut self, reason: &'r ReasonText, by: Option<&ReasonText>) {
        self.claims.extend(reason.claims.iter().cloned());
        if reason.kind == ReasonKind::Missing {
            return keep(&mut self.unknown, SummaryLine::of(reason, Mark::Unknown));
        }
        let rests_on: Vec<&ReasonText> = reason.because.iter().filter(|below| reason.truth == "unknown" && is_open(below)).collect();
        let needed = if reason.blocking && reason.kind != ReasonKind::Rule && rests_on.is_empty() {
            self.blocked(reason, by);
            Vec::new()
        } else if rests_on.is_empty() {
            self.nearest(reason)
        } else {
            rests_on
        };
        let own = if reason.kind == ReasonKind::Implication { Some(reason) } else { by };
        needed.iter().for_each(|below| self.visit(below, own));
        self.in_place(reason);
    }

    /// An alternative: a line, if a single thing is missing for it.
    fn or(&mut self, choice: &'r ReasonText) {
        const FEW: usize = 2;
        let inner = Gap::of(choice);
        match (inner.missing.as_slice(), inner.unknown.len() + inner.others) {
            ([only], 0) if self.or < FEW => {
                self.or += 1;
                self.claims.extend(inner.claims);
                keep(&mut self.missing, SummaryLine { says: format!("nor is the alternative met: {}", only.says), ..only.clone() });
            }
            _ => self.others += 1,
        }
    }

    /// A reason that blocks.
    fn blocked(&mut self, reason: &ReasonText, by: Option<&ReasonText>) {
        let claims = if reason.claims.is_empty() { by.map(|by| by.claims.clone()).unwrap_or_default() } else { reason.claims.clone() };
        let line = |mark| SummaryLine { claims, ..SummaryLine::of(reason, mark) };
        if reason.truth == "unknown" {
            keep(&mut self.unknown, line(Mark::Unknown));
        } else {
            keep(&mut self.missing, since(reason, line(Mark::Unmet)));
            elsewhere(reason).for_each(|line| keep(&mut self.missing, line));
        }
    }

    /// The parts of a reason that have blockers; of alternatives, only the one with the fewest.
    fn nearest(&mut self, reason: &'r ReasonText) -> Vec<&'r ReasonText> {
        let blocked = reason.because.iter().filter(|below| blockers(below) > 0);
        let is_choice = |below: &ReasonText| below.kind == ReasonKind::Implication || reason.form == ReasonForm::Alternatives;
        let (mut choices, mut needed): (Vec<&ReasonText>, Vec<&ReasonText>) = blocked.partition(|below| is_choice(below));
        choices.sort_by_key(|below| (is_idle(below), blockers(below)));
        let mut choices = choices.into_iter();
        needed.extend(choices.next());
        self.choices.extend(choices);
        needed
    }

    /// The parts of a reason that are as they must be: one line each, with the places of all facts below.
    fn in_place(&mut self, reason: &ReasonText) {
        for below in reason.because.iter().filter(|below| blockers(below) == 0) {
            if is_grant(below) {
                self.claims.extend(below.claims.iter().cloned());
            } else if below.form == ReasonForm::Alternatives && below.truth == "true" {
                self.met.part(below);
            } else if is_met(below)
                && below.kind != ReasonKind::Implication
                && reason.form != ReasonForm::Alternatives
                && below.form != ReasonForm::Elsewhere
            {
                let mut proof = Proof::default();
                proof.state(below);
                self.claims.extend(proof.claims);
                let Some(line) = proof.lines.pop() else { continue };
                let mut places: Vec<Place> = proof.lines.into_iter().flat_map(|line| line.places).collect();
                places.retain(|place| self.met.lines.iter().all(|other| !other.places.contains(place)));
                places.splice(0..0, line.places.iter().cloned());
                self.met.push(SummaryLine { places, ..line });
            }
        }
    }
}

/// Whether a reason is an implication that is switched off or not in force.
fn is_idle(reason: &ReasonText) -> bool {
    matches!(reason.form, ReasonForm::SwitchedOff | ReasonForm::NotInForce)
}

/// Whether something stands in the way that no change takes away.
pub(super) fn is_lasting(reason: &ReasonText) -> bool {
    reason.blocking && reason.lasting || reason.because.iter().any(is_lasting)
}

/// Whether a missing datum is at or below a reason that is unknown.
fn is_open(reason: &ReasonText) -> bool {
    reason.kind == ReasonKind::Missing || (reason.truth == "unknown" && reason.because.iter().any(is_open))
}

/// Adds a line unless its sentence is there.
pub(super) fn keep(lines: &mut Vec<SummaryLine>, line: SummaryLine) {
    if lines.iter().all(|other| other.says != line.says) {
        lines.push(line);
    }
}

/// The line of what must not hold, and does, with the facts on which it rests if they are few.
fn since(reason: &ReasonText, line: SummaryLine) -> SummaryLine {
    const FEW: usize = 2;
    let mut proof = Proof::default();
    if reason.negated && reason.truth == "true" {
        proof.below(reason);
    }
    if proof.lines.is_empty() || proof.lines.len() > FEW || proof.lines.iter().any(|fact| fact.says == line.says) {
        // A sentence about a comparison that does not hold says itself what should be.
        let is_fact = reason.negated && reason.truth == "true" && !line.says.starts_with('`');
        return if is_fact { SummaryLine { says: format!("{}, which must not be so", line.says), ..line } } else { line };
    }
    let says = format!("{}, since {}", line.says, all_of(proof.lines.iter().map(|fact| &fact.says)));
    let places = line.places.into_iter().chain(proof.lines.into_iter().flat_map(|fact| fact.places)).collect();
    SummaryLine { says, places, ..line }
}

/// Assignments of the role that is lacking, to others or elsewhere.
pub(super) fn elsewhere(reason: &ReasonText) -> impl Iterator<Item = SummaryLine> {
    reason.because.iter().filter(|below| below.form == ReasonForm::Elsewhere).map(|below| SummaryLine::of(below, Mark::Notice))
}

/// A rule that is not in force, and what it would lack if it were.
pub(super) fn not_in_force(reason: &ReasonText) -> Vec<SummaryLine> {
    let mut lines = vec![SummaryLine::of(reason, Mark::Unmet)];
    let mut waiting: Vec<&ReasonText> = reason.because.iter().rev().collect();
    while let Some(below) = waiting.pop() {
        let is_unmet = below.truth == "false" && !below.negated || below.truth == "true" && below.negated;
        if is_unmet && below.kind == ReasonKind::Test && below.form == ReasonForm::Plain {
            keep(&mut lines, SummaryLine::of(below, Mark::Unmet));
        } else {
            waiting.extend(below.because.iter().rev());
        }
    }
    lines
}

/// What is switched off: each implication, and the claims of it.
pub(super) fn idle(reason: &ReasonText, lines: &mut Vec<SummaryLine>, claims: &mut BTreeSet<String>) {
    if is_idle(reason) {
        claims.extend(reason.claims.iter().cloned());
        lines.push(SummaryLine::of(reason, Mark::Unmet));
        return;
    }
    reason.because.iter().for_each(|below| idle(below, lines, claims));
}

fn is_grant(reason: &ReasonText) -> bool {
    matches!(reason.kind, ReasonKind::Grant | ReasonKind::Cell | ReasonKind::Inclusion)
}

/// Whether a condition is as it must be.
fn is_met(reason: &ReasonText) -> bool {
    match reason.truth {
        "true" => !(reason.negated && reason.blocking),
        "false" => reason.negated,
        _ => false,
    }
}

/// The number of blockers at and below a reason.
fn blockers(reason: &ReasonText) -> usize {
    usize::from(reason.blocking) + reason.because.iter().map(blockers).sum::<usize>()
}
