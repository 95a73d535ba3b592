//! How to turn an answer, in words.
//!
//! The types mirror those of [`query::how_to`](crate::query::how_to), with texts for ids; the renderers of `report` print them.

use super::explanation::{QuestionText, status_name};
use super::{EventText, Labels, Words};
use crate::counterfactual::Change;
use crate::eval::Decider;
use crate::explain::{IssuedNotice, NoticeId};
use crate::policy::{AttributeId, ClaimId, EventId, Metadata};
use crate::query::Overlay;
use crate::query::how_to::{
    ChangeStep, DatedElement, Element, ForeignGroup, HowTo, IneffectiveChange, Keeper, ManualChange, Repair, SideEffect, turning_day,
};
use crate::text::Place;
use crate::time::Instant;
use crate::world::{EntityId, Statement};

/// A [`HowTo`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HowToText {
    /// The question.
    pub question: QuestionText,
    /// `allow` or `revoke`.
    pub goal: &'static str,
    /// The answer is the wanted one already.
    pub already: bool,
    /// The repairs, best first.
    pub repairs: Vec<RepairText>,
    /// How many more repairs were found than are listed.
    pub more: usize,
    /// Obvious changes that would not turn the answer.
    pub ineffective: Vec<IneffectiveText>,
    /// Why no change turns the answer; one sentence for each blocker.
    pub blockers: Vec<String>,
    /// Who may do it instead, or what the action requires.
    pub instead: Option<String>,
    /// What to find out first, sorted by the names of the data.
    pub missing: Vec<MissingText>,
    /// The search reached a limit.
    pub limited: bool,
}

/// A [`Repair`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairText {
    /// The changes.
    pub steps: Vec<ChangeText>,
    /// What else they give or take.
    pub side_effects: Vec<String>,
    /// The claims on which the new answer rests.
    pub claims: Vec<String>,
    /// The entities that others can replace.
    pub replaceable: Vec<String>,
    /// The number of other choices.
    pub others: usize,
    /// The other choices, if they are few.
    pub alternatives: Vec<String>,
}

/// A [`ChangeStep`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeText {
    /// `add`, `remove`, `set`, `turn-on`, `turn-off` or `date`.
    pub change: &'static str,
    /// The fact, as a world file states it; the toggle's name; the date.
    pub what: String,
    /// The same in a sentence, or more about it; may be empty.
    pub says: String,
    /// For a date: the answer on it, in a sentence by itself.
    pub sentence: String,
    /// Where a removed fact is stated.
    pub places: Vec<Place>,
    /// For a toggle: `proposed`, `current`, `retired` or `interpretation`.
    pub status: Option<&'static str>,
    /// For a toggle: the author's note on it.
    pub note: Option<String>,
    /// When an added fact ended, if it held before.
    pub ended: Option<String>,
    /// For a membership: the owner of the group, if that is not the home of the member.
    pub foreign: Option<String>,
    /// The events that make the change.
    pub by: Vec<EventText>,
    /// Who is responsible for the change, if no event makes it.
    pub manual: Option<ManualText>,
}

/// A [`ManualChange`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManualText {
    /// Who is responsible.
    pub who: String,
    /// The same without the owners of a group.
    pub brief: String,
    /// The claims of the role or relation.
    pub claims: Vec<String>,
    /// The names of events that make such changes, but can never make this one.
    pub closed: Vec<String>,
    /// The names of events that make this change and more, by which the answer stays as it is.
    pub self_defeating: Vec<String>,
}

/// An [`IneffectiveChange`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IneffectiveText {
    /// `add` or `remove`.
    pub change: &'static str,
    /// The fact.
    pub what: String,
    /// The answer after the change.
    pub verdict: String,
    /// The claims on which it rests.
    pub claims: Vec<String>,
    /// Obligations and advice that only the answer after the change has.
    pub notices: Vec<String>,
    /// The authors' notes on these, each with its element.
    pub notes: Vec<(String, String)>,
}

/// A missing datum in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingText {
    /// Its name.
    pub datum: String,
    /// The values that it can have, or the fact that it is about.
    pub says: String,
    /// With whom it can be looked up.
    pub with: Vec<String>,
    /// Where the entity that it is about is declared, or where its last value is stated.
    pub place: Option<Place>,
    /// When its last value ended, if it had one.
    pub ended: Option<String>,
}

/// The most owners of a group, and the most holders of a role, that are named.
const MAX_NAMED: usize = 2;

/// Puts the answer of how-to into words. `decider` must be the one that gave the answer and that `words` are of.
pub fn how_to(words: Words<'_>, decider: &Decider<'_>, how: &HowTo) -> HowToText {
    HowToText {
        question: words.question(&how.question),
        goal: if how.allow { "allow" } else { "revoke" },
        already: how.already,
        repairs: how.repairs.iter().map(|repair| words.repair(repair, how.allow)).collect(),
        more: how.more,
        ineffective: how.ineffective.iter().map(|change| ineffective(words, decider, change)).collect(),
        blockers: how.blockers.iter().map(|blocker| words.blocker(blocker)).collect(),
        instead: how.instead.as_ref().map(|instead| words.instead(instead)),
        missing: words.missing_facts(&how.missing),
        limited: how.limited,
    }
}

impl RepairText {
    /// Whether it is another date of the question.
    pub fn is_date(&self) -> bool {
        self.steps.iter().all(|step| step.change == "date")
    }
}

impl ChangeText {
    /// The change as a verb: `add`, `turn on`.
    pub fn verb(&self) -> &'static str {
        match self.change {
            "turn-on" => "turn on",
            "turn-off" => "turn off",
            "date" => "ask",
            verb => verb,
        }
    }
}

impl<'a> Words<'a> {
    fn repair(self, repair: &Repair, allow: bool) -> RepairText {
        RepairText {
            steps: repair.steps.iter().map(|step| self.step(step, allow)).collect(),
            side_effects: repair.side_effects.iter().map(|effect| self.side_effect(effect)).collect(),
            claims: self.claim_names(&repair.claims),
            replaceable: self.names(&repair.replaceable),
            others: repair.others,
            alternatives: repair.alternatives.iter().map(|entities| self.names(entities).join(" and ")).collect(),
        }
    }

    fn step(self, step: &ChangeStep, allow: bool) -> ChangeText {
        let bare = ChangeText {
            change: verb(step.change),
            what: String::new(),
            says: String::new(),
            sentence: String::new(),
            places: step.removed.map(|fact| self.world.places(fact)).unwrap_or_default(),
            status: None,
            note: None,
            ended: step.ended.map(|ended| ended.to_string()),
            foreign: step.foreign.map(|foreign| self.foreign_group(foreign)),
            by: self.events(&step.by),
            manual: step.manual.as_ref().map(|manual| self.manual(manual)),
        };
        match step.change {
            Change::Add(fact) | Change::Remove(fact) | Change::Set(fact) => {
                // An assignment or a membership is readable as it is written.
                let reads_well = matches!(fact, Statement::Holds { .. } | Statement::Member { .. });
                ChangeText {
                    what: self.world.statement_text(self.policy, &fact),
                    says: if reads_well { String::new() } else { self.statement(fact) },
                    ..bare
                }
            }
            Change::Toggle(toggle, _) => {
                let toggle = &self.policy.toggles[toggle];
                ChangeText {
                    what: toggle.meta.name.clone(),
                    says: toggle.meta.title.clone().unwrap_or_default(),
                    status: Some(status_name(toggle.status)),
                    note: toggle.meta.note.clone(),
                    ..bare
                }
            }
            Change::Date { at, .. } => {
                let (what, answer) = self.date(at, allow);
                let begins = step.turning.iter().map(|&dated| format!("; {}", self.dated_element(dated)));
                let sentence = self.dated_answer(at, allow) + &begins.collect::<String>();
                let says: Vec<String> =
                    std::iter::once(answer).chain(step.turning.iter().map(|&dated| self.dated_element(dated))).collect();
                ChangeText { what, says: says.join("; "), sentence, ..bare }
            }
        }
    }

    /// A change of date, and the answer after it.
    fn date(self, at: Instant, allow: bool) -> (String, String) {
        let day = turning_day(at, self.at);
        let answer = if allow { "allowed" } else { "not allowed" };
        if at < self.at {
            let revokes = if allow { "" } else { ": this access began then, and an earlier date takes nothing away" };
            (format!("before {day}"), format!("just before, it was {answer}{revokes}"))
        } else {
            (format!("from {day}"), format!("it is {answer} then"))
        }
    }

    /// The answer on another date, in a sentence.
    fn dated_answer(self, at: Instant, allow: bool) -> String {
        let day = turning_day(at, self.at);
        match (at < self.at, allow) {
            (true, true) => format!("just before {day}, it was allowed"),
            (true, false) => format!("just before {day}, it was not allowed: this access began then"),
            (false, true) => format!("from {day}, it is allowed"),
            (false, false) => format!("from {day}, it is not allowed"),
        }
    }

    fn dated_element(self, dated: DatedElement) -> String {
        let (kind, meta): (&str, &Metadata) = match dated.element {
            Element::Implication(id) => ("implication", &self.policy.implications[id].meta),
            Element::Role(id) => ("role", &self.policy.roles[id].meta),
            Element::Rule(id) => ("rule", &self.policy.rules[id].meta),
            Element::Table(id) => ("table", &self.policy.tables[id].meta),
        };
        format!("{kind} {} {} that day", self.with_claims(meta), if dated.ends { "ends" } else { "begins" })
    }

    /// An element's name with the claims that it cites: `agents-act-alone (AP-4, AP-5)`.
    pub(super) fn with_claims(self, meta: &Metadata) -> String {
        if meta.source.is_empty() {
            return meta.name.clone();
        }
        format!("{} ({})", meta.name, self.claim_names(&meta.source).join(", "))
    }

    /// `of another partner: group:b/admins is partner:b's, and user:ann is partner:a's`.
    fn foreign_group(self, foreign: ForeignGroup) -> String {
        let ForeignGroup { member, home, group, owner } = foreign;
        let kind = &self.policy.kinds[self.world.kind(owner)].meta.name;
        let another = if self.world.kind(owner) == self.world.kind(home) { "another" } else { "a" };
        let [member, home, group, owner] = [member, home, group, owner].map(|entity| self.name(entity));
        format!("of {another} {kind}: {group} is {owner}'s, and {member} is {home}'s")
    }

    fn manual(self, manual: &ManualChange) -> ManualText {
        let (who, claims) = self.keeper(&manual.keeper);
        let names = |events: &[EventId]| events.iter().map(|&event| self.policy.events[event].meta.name.clone()).collect();
        let (closed, self_defeating) = (names(&manual.closed), names(&manual.self_defeating));
        let brief = match &manual.keeper {
            Keeper::Group { group, .. } => format!("whoever keeps {}", self.name(*group)),
            _ => who.clone(),
        };
        ManualText { who, brief, claims: self.claim_names(claims), closed, self_defeating }
    }

    /// Who is responsible for a change, and the claims of its role or relation.
    fn keeper(self, keeper: &Keeper) -> (String, &'a [ClaimId]) {
        match keeper {
            Keeper::Group { group, owners } => {
                let by_attribute = |&(attribute, owner): &(AttributeId, EntityId)| {
                    format!("{} of {}", self.policy.attributes[attribute].name, self.name(owner))
                };
                let owners: Vec<String> = owners.iter().take(MAX_NAMED).map(by_attribute).collect();
                let owners = if owners.is_empty() { String::new() } else { format!(" ({})", owners.join(", ")) };
                (format!("whoever keeps {}{owners}", self.name(*group)), &[])
            }
            Keeper::Assigner { role, scope, owner, holders } => {
                let meta = &self.policy.roles[*role].meta;
                let whose = self.holders(*owner, holders).unwrap_or_else(|| self.of_owner(*owner));
                (format!("whoever assigns {} on {}{whose}", meta.name, self.name(*scope)), &meta.source)
            }
            Keeper::Parties { relation, ends } => {
                let between = self.names(ends).join(" and ");
                (format!("whoever keeps the record of this for {between}"), &self.policy.relations[*relation].meta.source)
            }
            Keeper::Record { entity, owner } => {
                (format!("whoever keeps the record of {}{}", self.name(*entity), self.of_owner(*owner)), &[])
            }
        }
    }

    fn of_owner(self, owner: Option<EntityId>) -> String {
        owner.map(|owner| format!(" (of {})", self.name(owner))).unwrap_or_default()
    }

    /// Who holds the role there already: ` (of customer:coho, whose user:cleo@coho holds it there)`. `None` if nobody does.
    fn holders(self, owner: Option<EntityId>, holders: &[EntityId]) -> Option<String> {
        let names = self.names(&holders[..holders.len().min(MAX_NAMED)]);
        let who = match (names.as_slice(), holders.len() > MAX_NAMED) {
            ([], _) => return None,
            (names, false) => names.join(" and "),
            (names, true) => format!("{} and others", names.join(", ")),
        };
        let hold = if holders.len() == 1 { "holds" } else { "hold" };
        Some(match owner {
            Some(owner) => format!(" (of {}, whose {who} {hold} it there)", self.name(owner)),
            None => format!(" (whose {who} {hold} it)"),
        })
    }

    fn side_effect(self, effect: &SideEffect) -> String {
        match effect {
            SideEffect::Role { role, scope, gives, who } => {
                let (verb, to) = if *gives { ("gives", "to") } else { ("takes", "from") };
                format!("{verb} {} on {} {to} {}", self.policy.roles[*role].meta.name, self.name(*scope), self.subjects(who))
            }
            SideEffect::Action { action, gives: true, who } => {
                format!("lets {} do {}", self.subjects(who), self.policy.actions[*action].meta.name)
            }
            SideEffect::Action { action, gives: false, who } => {
                format!("takes {} from {}", self.policy.actions[*action].meta.name, self.subjects(who))
            }
        }
    }

    fn ineffective(self, change: &IneffectiveChange) -> IneffectiveText {
        let notice = |notice: &IssuedNotice| {
            let declared = notice.declared(self.policy);
            match self.claim_names(&declared.meta.source).as_slice() {
                [] => self.notice_text(notice),
                claims => format!("{} ({})", self.notice_text(notice), claims.join(", ")),
            }
        };
        let note = |notice: &IssuedNotice| {
            let kind = match notice.notice {
                NoticeId::Obligation(_) => "obligation",
                NoticeId::Advice(_) => "advice",
            };
            let meta = &notice.declared(self.policy).meta;
            Some((format!("{kind} {}", meta.name), meta.note.clone()?))
        };
        let deciding = change.explanation.claims.iter().filter(|cited| cited.decides).map(|cited| cited.claim);
        IneffectiveText {
            change: verb(change.change()),
            what: self.world.statement_text(self.policy, &change.fact),
            verdict: self.verdict_because(&change.explanation),
            claims: self.claim_names(&deciding.collect::<Vec<ClaimId>>()),
            notices: change.notices.iter().map(notice).collect(),
            notes: change.notices.iter().filter_map(note).collect(),
        }
    }
}

/// An ineffective change in words. The answer after it rests on facts of the changed world, so that world is made again.
fn ineffective(words: Words<'_>, decider: &Decider<'_>, change: &IneffectiveChange) -> IneffectiveText {
    let overlay = Overlay::of(decider, &[change.change()]);
    let labels = words.labels.map_or_else(Labels::default, Labels::same_form);
    let decider = overlay.decider(decider.compiled);
    Words { labels: words.labels.map(|_| &labels), ..Words::of(&decider) }.ineffective(change)
}

/// The name of a change in answers.
fn verb(change: Change) -> &'static str {
    match change {
        Change::Add(_) => "add",
        Change::Remove(_) => "remove",
        Change::Set(_) => "set",
        Change::Toggle(_, true) => "turn-on",
        Change::Toggle(_, false) => "turn-off",
        Change::Date { .. } => "date",
    }
}
