//! An answer that fits a screen: what an [`ExplanationText`] and a [`HowToText`] state in full, chosen and cut for people.
//!
//! Nothing is decided here, and what is left out is counted: "and 3 more ways, in --full".
//!
//! - `ways`: the lines of one proof, and what is missing for one way
//! - `barred`: which rules deny it, and whether anything would allow it without them
//! - `roles`: that none of the roles that grant the action is held
//! - `turning`: how to turn the answer

mod barred;
mod roles;
mod turning;
mod ways;

pub use turning::{SummaryTurn, TurningLine, TurningWay};

use self::roles::{is_barren, no_role};
use self::ways::{Gap, Proof, keep};
use super::{ExplanationText, HowToText, NoticeText, ReasonForm, ReasonText};
use crate::diag::phrases::{agree, all_of, most_of};
use crate::explain::ReasonKind;
use crate::text::Place;
use std::collections::BTreeSet;

/// A short answer, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryText {
    /// `YES`, `NO` or `UNKNOWN`.
    pub word: &'static str,
    /// The answer in a sentence.
    pub answer: String,
    /// The date, the action, a remark on the outcome, the toggles that are on.
    pub about: Vec<String>,
    /// The assumptions of the question.
    pub assuming: Vec<String>,
    /// Remarks on it.
    pub asked: Vec<String>,
    /// Why, or what is missing; what is in place. None is empty.
    pub sections: Vec<SummarySection>,
    /// Sentences about what no listing shows, and which toggles matter.
    pub remarks: Vec<String>,
    /// Obligations, then advice that bears on this answer, each with its claims.
    pub notices: Vec<SummaryLine>,
    /// How to turn the answer.
    pub turn: Option<SummaryTurn>,
    /// The claims of everything above, sorted.
    pub claims: Vec<String>,
}

/// A part of a short answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummarySection {
    /// Its title.
    pub title: String,
    /// Its lines.
    pub lines: Vec<SummaryLine>,
    /// Sentences at its end.
    pub closing: Vec<String>,
}

/// A sentence of a short answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryLine {
    /// Its mark.
    pub mark: Mark,
    /// The sentence.
    pub says: String,
    /// Where a fact is stated.
    pub places: Vec<Place>,
    /// The claims of the elements from which it follows.
    pub claims: Vec<String>,
    /// See [`ReasonText::link`].
    link: Option<(String, String)>,
}

/// The mark of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is as the answer or the way needs it.
    Met,
    /// It is not.
    Unmet,
    /// It is not known.
    Unknown,
    /// It follows from the lines above.
    Derived,
    /// It must be done or observed.
    Obligation,
    /// It is something to know.
    Notice,
}

/// The most lines of what is in place.
const MAX_IN_PLACE: usize = 4;
/// The most data that are listed as not known.
const MAX_UNKNOWN: usize = 3;
/// The most other ways, and the most denies, with a line each; one more if nothing else would be left.
const MAX_OTHERS: usize = 2;
/// The most pieces of advice, and the most sentences about listings.
const MAX_REMARKS: usize = 2;

impl SummaryText {
    /// The short form of an explanation, with how to turn it, in so many ways at most.
    pub fn of(explanation: &ExplanationText, how: Option<(&HowToText, Option<usize>)>) -> SummaryText {
        let mut summary = SummaryText {
            word: explanation.word(),
            answer: explanation.answer.clone(),
            about: about(explanation),
            assuming: explanation.question.assuming.clone(),
            asked: explanation.question.remarks.clone(),
            sections: Vec::new(),
            remarks: Vec::new(),
            notices: Vec::new(),
            turn: how.map(|(how, most)| SummaryTurn::of(how, most)),
            claims: Vec::new(),
        };
        let mut claims = BTreeSet::new();
        match explanation.outcome {
            "allowed" => summary.allowed(explanation, &mut claims),
            "barred" => summary.barred(explanation, &mut claims),
            "unknown" => summary.unknown(explanation, &mut claims),
            _ => summary.not_granted(explanation, &mut claims),
        }
        summary.idle(explanation, &mut claims);
        if explanation.decision {
            summary.remarks.extend(unlisted(&explanation.not_listed));
        }
        summary.remarks.extend(toggles(explanation));
        summary.remarks.extend(explanation.absent.as_ref().map(|absent| format!("{}.", upper_first(absent))));
        summary.notices = notices(explanation);
        claims.extend(summary.notices.iter().flat_map(|notice| notice.claims.clone()));
        summary.claims = claims.into_iter().collect();
        summary
    }

    fn section(&mut self, title: impl Into<String>, lines: Vec<SummaryLine>, closing: Vec<String>) {
        if !lines.is_empty() || !closing.is_empty() {
            self.sections.push(SummarySection { title: title.into(), lines, closing });
        }
    }

    /// The first way in full, and the others by name.
    fn allowed(&mut self, explanation: &ExplanationText, claims: &mut BTreeSet<String>) {
        let mut proof = Proof::default();
        let mut closing = Vec::new();
        if let Some((first, others)) = explanation.reasons.split_first() {
            proof.way(first);
            let shown = most_of(others.len(), MAX_OTHERS);
            for other in &others[..shown] {
                claims.extend(other.claims.iter().cloned());
                let line = SummaryLine { says: format!("{}, by itself", other.says), ..SummaryLine::of(other, Mark::Derived) };
                proof.lines.push(line);
            }
            closing.extend(more(others.len() - shown, " way", " ways"));
        }
        let denies = &explanation.denies;
        let shown = most_of(denies.len(), MAX_OTHERS);
        for deny in &denies[..shown] {
            claims.extend(deny.claims.iter().cloned());
            proof.lines.push(SummaryLine::of(deny, Mark::Met));
        }
        match (shown, denies.len()) {
            (0, _) => closing.push("No rule denies it.".to_owned()),
            (_, all) => closing.extend(more(all - shown, " rule that does not deny it", " rules that do not deny it")),
        }
        claims.extend(proof.claims);
        self.section("Why", proof.lines, closing);
    }

    /// What the nearest way lacks, what of it is in place, and the other ways by name.
    fn not_granted(&mut self, explanation: &ExplanationText, claims: &mut BTreeSet<String>) {
        let (barren, ways): (Vec<&ReasonText>, Vec<&ReasonText>) = explanation.reasons.iter().partition(|permit| is_barren(permit));
        let mut closing = Vec::new();
        let is_open = |way: &ReasonText| barren.is_empty() || !ways::is_lasting(way);
        let Some((nearest, others)) = ways.split_first().filter(|(nearest, _)| is_open(nearest)) else {
            let lines = no_role(explanation, &barren, claims);
            if lines.is_empty() {
                let is_later = explanation.switched_off.iter().any(is_out_of_force);
                let grants =
                    if is_later { "Nothing that is in force grants this action." } else { "Nothing in the policy grants this action." };
                closing.push(grants.to_owned());
            }
            other_ways(&ways, &mut closing, claims);
            return self.section("Missing", lines, closing);
        };
        let gap = Gap::of(nearest);
        claims.extend(gap.claims.iter().cloned());
        other_ways(others, &mut closing, claims);
        closing.extend(no_role(explanation, &barren, claims).into_iter().map(|line| format!("Also, {}.", line.says)));
        if explanation.reasons.len() == 1 {
            closing.push("No other rule or role grants this.".to_owned());
        }
        let title = format!("Missing, for {}", way_name(nearest));
        let alternatives = more(gap.others, " alternative", " alternatives");
        let missing = [gap.missing, gap.unknown].concat();
        let (in_place, cut) = cut_lines(gap.met.lines);
        closing.splice(0..0, cut);
        if in_place.is_empty() {
            self.section(title, missing, alternatives.into_iter().chain(closing).collect());
        } else {
            self.section(title, missing, alternatives.into_iter().collect());
            self.section("In place", in_place, closing);
        }
    }

    /// What is not known, and what is in place.
    fn unknown(&mut self, explanation: &ExplanationText, claims: &mut BTreeSet<String>) {
        let open = |reason: &&ReasonText| reason.truth == "unknown";
        let (mut unknown, mut met): (Vec<SummaryLine>, Vec<SummaryLine>) = Default::default();
        let mut closing = Vec::new();
        for permit in explanation.reasons.iter().filter(open) {
            let gap = Gap::of(permit);
            claims.extend(gap.claims);
            gap.unknown.into_iter().for_each(|line| keep(&mut unknown, line));
            gap.met.lines.into_iter().for_each(|line| keep(&mut met, line));
        }
        if let Some(permit) = explanation.reasons.iter().find(|permit| permit.truth == "true") {
            let mut proof = Proof::default();
            proof.way(permit);
            claims.extend(proof.claims);
            proof.lines.into_iter().for_each(|line| keep(&mut met, line));
        }
        for deny in explanation.denies.iter().filter(open) {
            let gap = Gap::of(deny);
            claims.extend(gap.claims);
            gap.unknown.into_iter().for_each(|line| keep(&mut unknown, line));
            closing.push(format!("{}; until that is known, treat the answer as NO.", upper_first(&deny.says)));
        }
        closing.extend(cut_unknown(&mut unknown));
        self.section("Not known", unknown, closing);
        let (in_place, cut) = cut_lines(met);
        self.section("In place", in_place, cut.into_iter().collect());
    }

    /// What is switched off, and roles that the policy does not name.
    fn idle(&mut self, explanation: &ExplanationText, claims: &mut BTreeSet<String>) {
        let (later, off): (Vec<&ReasonText>, Vec<&ReasonText>) =
            explanation.switched_off.iter().partition(|reason| is_out_of_force(reason));
        // Beside ways that are in force, those are for the full answer.
        let later = if explanation.reasons.is_empty() { later } else { Vec::new() };
        let shown = most_of(later.len(), MAX_OTHERS);
        claims.extend(later[..shown].iter().flat_map(|rule| rule.claims.clone()));
        let lines = later[..shown].iter().flat_map(|rule| ways::not_in_force(rule)).collect();
        let closing = more(later.len() - shown, " rule that is not in force", " rules that are not in force");
        self.section("Not in force", lines, closing.into_iter().collect());
        let mut lines = Vec::new();
        for reason in off {
            ways::idle(reason, &mut lines, claims);
        }
        let shown = most_of(lines.len(), MAX_OTHERS);
        let closing = more(lines.len() - shown, " that is switched off", " that are switched off");
        lines.truncate(shown);
        self.section("Switched off", lines, closing.into_iter().collect());
        let roles: Vec<SummaryLine> = explanation.unknown_roles.iter().map(|held| SummaryLine::of(held, Mark::Unknown)).collect();
        let shown = most_of(roles.len(), MAX_OTHERS);
        let closing = more(roles.len() - shown, " role", " roles");
        self.section("Roles that the pack does not name", roles[..shown].to_vec(), closing.into_iter().collect());
    }
}

impl SummaryLine {
    /// A sentence that no fact or element states.
    fn new(mark: Mark, says: String) -> SummaryLine {
        SummaryLine { mark, says, places: Vec::new(), claims: Vec::new(), link: None }
    }

    /// The sentence of a reason.
    fn of(reason: &ReasonText, mark: Mark) -> SummaryLine {
        // A short answer has the places of facts alone, and not those of elements.
        let places = if reason.name.is_some() { Vec::new() } else { reason.places.clone() };
        SummaryLine { mark, says: reason.says.clone(), places, claims: reason.claims.clone(), link: reason.link.clone() }
    }
}

/// The second line.
fn about(explanation: &ExplanationText) -> Vec<String> {
    let question = &explanation.question;
    let mut about = vec![question.at.clone(), question.action.clone()];
    if question.at != question.policy_at {
        about.push(format!("rules of {}", question.policy_at));
    }
    match explanation.outcome {
        "barred" => about.push("a rule denies it".to_owned()),
        "unknown" => about.push("treat it as NO until known".to_owned()),
        "not-granted" if explanation.denies.iter().all(|deny| deny.truth == "false") => {
            about.push("neither granted nor denied".to_owned());
        }
        "not-granted" => about.push("not granted".to_owned()),
        _ => {}
    }
    if !question.toggles.is_empty() {
        about.push(format!("with {}", question.toggles.join(", ")));
    }
    about
}

/// Whether a reason is a rule that begins later or ended.
fn is_out_of_force(reason: &ReasonText) -> bool {
    reason.form == ReasonForm::NotInForce && reason.kind == ReasonKind::Rule
}

/// What the other ways lack, by name.
fn other_ways(others: &[&ReasonText], closing: &mut Vec<String>, claims: &mut BTreeSet<String>) {
    let shown = most_of(others.len(), MAX_OTHERS);
    for other in &others[..shown] {
        let gap = Gap::of(other);
        claims.extend(gap.claims.iter().cloned());
        let lacks: Vec<&str> = gap.missing.iter().chain(&gap.unknown).map(|line| line.says.as_str()).collect();
        let way = other.name.as_deref().unwrap_or(&other.says);
        closing.push(format!("Not through {way} either: {}.", all_of(lacks)));
    }
    closing.extend(more(others.len() - shown, " way that does not grant it", " ways that do not grant it"));
}

/// What a way is called: `rule partner-serves-customer`, `owner on fab-prod`.
fn way_name(way: &ReasonText) -> String {
    let name = way.name.as_deref().unwrap_or_default();
    let kind = if way.kind == ReasonKind::Rule { "rule" } else { "role" };
    format!("{kind} {name}")
}

/// Which toggles turn the outcome or are named by its reasons, and are off; those that are on are in the second line.
fn toggles(explanation: &ExplanationText) -> Option<String> {
    let off: Vec<&str> =
        explanation.toggles.iter().filter(|toggle| !toggle.on && toggle.matters).map(|toggle| toggle.name.as_str()).collect();
    let shown = most_of(off.len(), MAX_REMARKS);
    let left = more(off.len() - shown, "", "").map(|more| format!(" ({more})")).unwrap_or_default();
    let names = if shown == off.len() { all_of(&off) } else { off[..shown].join(", ") };
    match off.len() {
        0 => None,
        1 => Some(format!("Toggle {names}, which matters here, is off.")),
        _ => Some(format!("Toggles {names}{left}, which matter here, are off.")),
    }
}

/// All obligations, and the first advice that bears on the answer.
fn notices(explanation: &ExplanationText) -> Vec<SummaryLine> {
    let line =
        |notice: &NoticeText, mark: Mark| SummaryLine { claims: notice.claims.clone(), ..SummaryLine::new(mark, notice.text.clone()) };
    let mut lines: Vec<SummaryLine> = explanation.obligations.iter().map(|notice| line(notice, Mark::Obligation)).collect();
    // Advice about the subject alone does not bear on a denial.
    let mut advice: Vec<&NoticeText> = explanation.advice.iter().filter(|notice| explanation.decision || !notice.general).collect();
    advice.sort_by_key(|notice| notice.general);
    let shown = advice.len().min(if explanation.decision { 1 } else { MAX_REMARKS });
    lines.extend(advice[..shown].iter().map(|notice| line(notice, Mark::Notice)));
    if let Some(says) = more(advice.len() - shown, " piece of advice", " pieces of advice") {
        lines.push(SummaryLine::new(Mark::Notice, says));
    }
    lines
}

/// The first lines of what is in place, and how many there are more.
fn cut_lines(mut lines: Vec<SummaryLine>) -> (Vec<SummaryLine>, Option<String>) {
    let shown = most_of(lines.len(), MAX_IN_PLACE);
    let cut = more(lines.len() - shown, " fact", " facts");
    lines.truncate(shown);
    (lines, cut)
}

/// Cuts the lines of what is not known, and says how many there are more.
fn cut_unknown(lines: &mut Vec<SummaryLine>) -> Option<String> {
    let shown = most_of(lines.len(), MAX_UNKNOWN);
    let cut = more(lines.len() - shown, " datum", " data");
    lines.truncate(shown);
    cut
}

/// What no listing shows.
fn unlisted(texts: &[String]) -> Vec<String> {
    let shown = most_of(texts.len(), MAX_REMARKS);
    let kept = texts[..shown].iter().map(|text| format!("{text}."));
    kept.chain(more(texts.len() - shown, " that no listing shows", " that no listing shows")).collect()
}

/// How many are left out, if some are: `and 3 more ways, in --full`. `one` and `many` are the words after the count.
fn more(count: usize, one: &str, many: &str) -> Option<String> {
    (count > 0).then(|| format!("and {count} more{}, in --full", agree(count, one, many)))
}

fn upper_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
