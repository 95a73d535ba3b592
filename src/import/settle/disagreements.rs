//! Memberships and ends of which exports disagree: what is doubtful is unknown, and a warning names both places.

use super::{both, warning};
use crate::diag::{Code, Diagnostic};
use crate::import::gathered::{From, Gathered, Line, Statement};
use crate::import::list::List;
use crate::import::mapping::{Mappings, Per, Shape};
use crate::import::shown;
use crate::import::terms::TermId;
use crate::policy::Policy;
use crate::time::Interval;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

/// Why what is doubtful is unknown.
const WHY: &str = "exports disagree about it";

/// How many disagreements a warning names.
const NAMED: usize = 3;

/// Facts and what is unknown, as they are settled.
pub(super) struct Doubts<'a> {
    pub(super) policy: &'a Policy,
    pub(super) gathered: &'a mut Gathered,
    pub(super) facts: &'a mut Vec<Line>,
    pub(super) unknown: &'a mut Vec<Line>,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

impl Doubts<'_> {
    /// Of two complete lists of the members of a group, that one has a member whom the other has not.
    pub(super) fn absent_members(&mut self, mappings: &Mappings, lists: &[List], captured: Option<Interval>) {
        let of_group = complete_lists(self.gathered, mappings, lists);
        if of_group.is_empty() {
            return;
        }
        let list_of_file: FxHashMap<&str, usize> =
            lists.iter().enumerate().flat_map(|(number, list)| list.files.iter().map(move |file| (file.as_str(), number))).collect();
        let list_of = |gathered: &Gathered, line: &Line| match line.from {
            From::Row(file, ..) => list_of_file.get(gathered.files[file as usize].0.as_str()).copied(),
            From::Binding(_) | From::Nothing => None,
        };
        let mut told: FxHashMap<Statement, BTreeSet<usize>> = FxHashMap::default();
        let mut nests: FxHashSet<(usize, TermId)> = FxHashSet::default();
        for line in self.facts.iter().chain(self.unknown.iter()).filter(|line| line.statement.shape == Shape::Member) {
            let [member, group, _] = line.statement.terms;
            if let (true, Some(list)) = (of_group.contains_key(&group), list_of(self.gathered, line)) {
                told.entry(line.statement).or_default().insert(list);
                let is_group = self.gathered.terms.kind(member).is_some_and(|kind| self.policy.groups().contains(kind));
                nests.extend(is_group.then_some((list, group)));
            }
        }
        // A list that has a group in the group may leave to that group whom another list has as well.
        let lacks = |statement: &Statement| {
            let group = statement.terms[1];
            let (has, all) = (told.get(statement)?, of_group.get(&group)?);
            let by = |one: usize, other: usize| lists[one].source != lists[other].source;
            has.iter().filter(|one| all.contains(one)).find_map(|&one| {
                let lacks = |other: &&usize| !has.contains(other) && by(one, **other) && !nests.contains(&(**other, group));
                all.iter().find(lacks).copied()
            })
        };
        let holds_then = |line: &Line| match captured {
            Some(then) => line.during.intersection(then) == then,
            None => line.during == Interval::ALWAYS,
        };
        let mut doubtful: BTreeMap<Statement, (From, usize)> = BTreeMap::new();
        for line in self.facts.iter().filter(|line| line.statement.shape == Shape::Member && holds_then(line)) {
            if let Some(other) = lacks(&line.statement) {
                doubtful.entry(line.statement).or_insert((line.from, other));
            }
        }
        let why = self.gathered.reason(WHY);
        let unknown = &mut *self.unknown;
        self.facts.retain(|line| {
            let is_doubtful = doubtful.contains_key(&line.statement);
            unknown.extend(is_doubtful.then_some(Line { why, ..*line }));
            !is_doubtful
        });
        let place = |(from, other): (From, usize)| {
            let place = self.gathered.origin(from).unwrap_or_default();
            format!("`{place}` has it, and `{}`, which is complete, has not; so it is unknown", lists[other].files[0])
        };
        let found: Vec<(Statement, String)> = doubtful.into_iter().map(|(statement, places)| (statement, place(places))).collect();
        self.report(
            &found,
            "membership is in one complete list and not in another",
            "memberships are in one complete list and not in another",
        );
    }

    /// Memberships that rows have without dates, and that have ended by the capture, or not begun, where rows have dates.
    pub(super) fn ended_members(&mut self, captured: Option<Interval>) {
        let Some(then) = captured else { return };
        let mut of: BTreeMap<Statement, (Vec<Line>, Option<Line>)> = BTreeMap::new();
        for line in self.facts.iter().filter(|line| line.statement.shape == Shape::Member) {
            let (dated, undated) = of.entry(line.statement).or_default();
            if line.during == Interval::ALWAYS {
                *undated = undated.or(Some(*line));
            } else {
                dated.push(*line);
            }
        }
        let why = self.gathered.reason(WHY);
        let mut found = Vec::new();
        for (statement, (dated, undated)) in of {
            let (Some(first), Some(line)) = (dated.first(), undated) else { continue };
            if dated.iter().any(|line| !line.during.intersection(then).is_empty()) {
                continue;
            }
            let ended = dated.iter().filter(|line| line.during.until <= then.since).max_by_key(|line| line.during.until);
            let begins = dated.iter().filter(|line| line.during.since >= then.until).min_by_key(|line| line.during.since);
            let during = Interval {
                since: ended.map_or(Interval::ALWAYS.since, |line| line.during.until),
                until: begins.map_or(Interval::ALWAYS.until, |line| line.during.since),
            };
            let days = [ended.is_some_and(|line| line.days[1]), begins.is_some_and(|line| line.days[0])];
            self.unknown.push(Line { during, days, why, ..line });
            let places = both(self.gathered, line.from, ended.unwrap_or(first).from);
            found.push((statement, format!("{places}; whether it holds at the time of the export is unknown")));
        }
        let (one, many) = (
            "membership is exported, and its dates say that it does not hold then",
            "memberships are exported, and their dates say that they do not hold then",
        );
        self.report(&found, one, many);
    }

    /// Facts that are stated from one beginning to two ends: between these it is unknown whether they hold. The facts are sorted.
    pub(super) fn two_ends(&mut self) {
        let begin_alike = |a: &Line, b: &Line| a.statement == b.statement && a.during.since == b.during.since;
        let why = self.gathered.reason(WHY);
        let (mut kept, mut found) = (Vec::with_capacity(self.facts.len()), Vec::new());
        for lines in self.facts.chunk_by(begin_alike) {
            kept.push(lines[0]);
            let ends: Vec<&Line> = lines[1..].iter().filter(|line| line.during.until > lines[0].during.until).collect();
            let Some(last) = ends.last() else { continue };
            let during = Interval { since: lines[0].during.until, ..last.during };
            let days = [lines[0].days[1], last.days[1]];
            self.unknown.push(Line { during, days, why, ..**last });
            let places = both(self.gathered, lines[0].from, last.from);
            found.push((lines[0].statement, format!("{places}; between both ends it is unknown whether it holds")));
        }
        *self.facts = kept;
        self.report(&found, "fact has two ends for one beginning", "facts have two ends for one beginning");
    }

    /// The warning of what is doubtful, each with its places.
    fn report(&mut self, found: &[(Statement, String)], one: &str, many: &str) {
        if found.is_empty() {
            return;
        }
        let first = &found[..found.len().min(NAMED)];
        let names: Vec<String> = first.iter().map(|(statement, _)| shown::statement(self.policy, self.gathered, statement)).collect();
        let what = warning(Code::ConflictingRows, one, many, &names, found.len());
        self.diagnostics.push(first.iter().fold(what, |what, (_, places)| what.note(places.clone())));
    }
}

/// The complete lists of the members of each group that has lists of several sources.
fn complete_lists(gathered: &Gathered, mappings: &Mappings, lists: &[List]) -> FxHashMap<TermId, Vec<usize>> {
    let mut found: FxHashMap<TermId, Vec<usize>> = FxHashMap::default();
    for (number, list) in lists.iter().enumerate().filter(|(_, list)| list.is_complete()) {
        for (channel, of) in &list.tells {
            let channel = &mappings.channels[*channel];
            let Some(Per::Kind(kind)) = channel.per else { continue };
            let is_of_members = channel.open.iter().any(|form| form.shape == Shape::Member);
            if let (true, Some(group)) = (is_of_members, gathered.terms.find(kind, of)) {
                found.entry(group).or_default().push(number);
            }
        }
    }
    found.retain(|_, numbers| numbers.iter().any(|&number| lists[number].source != lists[numbers[0]].source));
    found
}
