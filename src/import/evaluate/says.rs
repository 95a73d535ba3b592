//! What an entry says: entities, facts, what is unknown, warnings.

use super::evaluator::{Evaluator, Place, Said, Text};
use crate::diag::Code;
use crate::diag::phrases::{code, with_article};
use crate::import::gathered::{Declared, From, Line, Statement, Value, WHOLE};
use crate::import::mapping::{Entry, Form, GivenForm, Hole, HoleOf, Kinds, NameId, Part, Says, Shape, Template, TermForm, WhereForm};
use crate::import::terms::{Sort, TermId};
use crate::policy::{AttributeId, KindId, ValueType};
use crate::time::{Instant, Interval};

/// Why a fact is unknown of which a row lacks something.
const LOST: &str = "the row lacks a value, or has one that the mapping does not know";

/// Why all that a row may say is unknown.
const UNREAD: &str = "the row cannot be read";

/// A statement, and what of it is lost.
struct Stated {
    statement: Statement,
    is_lost: bool,
    unbound: Option<NameId>,
}

/// When something holds, and whether that is lost.
struct Time {
    during: Interval,
    days: [bool; 2],
    is_lost: bool,
    needs_capture: bool,
}

impl Time {
    /// Why what has this time is unknown.
    fn why_lost(&self) -> &'static str {
        if self.needs_capture { "when it was exported is not known (`--captured`)" } else { LOST }
    }
}

impl Evaluator<'_> {
    pub(super) fn says(&mut self, entry: &Entry, place: Place<'_, '_>, said: &mut Said) {
        match &entry.says {
            Says::Entity { is: (kinds, id), attributes } => {
                let from = self.from(entry, place);
                match self.text(id, place) {
                    Text::Is(id) => {
                        let entity = self.intern(kinds, &id, said);
                        self.gathered.declared.push(Declared { entity, from, list: self.list_number });
                        for given in attributes {
                            for value in &given.values {
                                self.attribute(entity, &given.attributes, value, from, place, said);
                            }
                        }
                    }
                    Text::Lost => {
                        let place_of_row = self.gathered.origin(from).unwrap_or_default();
                        let of_row = self.lost.as_ref().filter(|(row, _)| *row == place.number);
                        let why = of_row.map(|(_, why)| format!(": {why}")).unwrap_or_default();
                        self.list.breaks(|| format!("{place_of_row} does not name one of its entities{why}"));
                        said.nameless.insert((place.list, place.item_number));
                    }
                    Text::Unbound(_) | Text::Left | Text::Dropped => {}
                }
            }
            Says::Facts { is, since, until } => {
                let time = self.time(since, until, place);
                for form in is {
                    self.fact(form, &time, (since.len(), until.len()), entry, place, said);
                }
            }
            Says::Unknown { is, since, until, why, doubts } => {
                let time = self.time(since, until, place);
                let why = why.as_ref().map_or(Text::Left, |why| self.text(why, place));
                let why = if let Text::Is(why) = why { why } else { String::new() };
                for form in is {
                    self.unknown(form, &time, &why, *doubts, entry, place, said);
                }
            }
            Says::Warn(text) => {
                if let Text::Is(text) = self.text(text, place) {
                    self.report(Code::ImportNote, text, None, place);
                }
            }
        }
    }

    fn fact(&mut self, form: &Form, time: &Time, dates: (usize, usize), entry: &Entry, place: Place<'_, '_>, said: &Said) {
        let Some(stated) = self.statement(form, place, said) else { return };
        if self.is_of_channel(form, &stated, place, said) {
            return;
        }
        let from = self.from(entry, place);
        let mut during = time.during;
        let is_empty = during.is_empty();
        // Of several dates the interval may come to nothing, as of what ended before its last change.
        if is_empty && !time.is_lost && (dates.0 > 1 || dates.1 > 1) {
            return;
        }
        if is_empty && !time.is_lost {
            self.problem("its end is not after its beginning".to_owned(), None, place);
        }
        let why = match stated.unbound {
            Some(name) => format!("{} is not bound for {}", code(&self.mappings.names[name.0]), code(self.file_name)),
            None if place.is_unread => UNREAD.to_owned(),
            None => time.why_lost().to_owned(),
        };
        let is_lost = said.unsure || stated.is_lost || time.is_lost || is_empty;
        if is_lost {
            during = Interval::ALWAYS;
        }
        let why = self.gathered.reason(&why);
        let line = Line { statement: stated.statement, during, days: time.days, from, why };
        if is_lost || stated.unbound.is_some() { self.gathered.unknown.push(line) } else { self.gathered.facts.push(line) }
    }

    /// Whether what a row would say is open by a channel of its list, since the entity of the row cannot be named.
    fn is_of_channel(&self, form: &Form, stated: &Stated, place: Place<'_, '_>, said: &Said) -> bool {
        let is_nameless = || said.nameless.contains(&(WHOLE, 0)) || said.nameless.contains(&(place.list, place.item_number));
        let is_opened = || {
            let channels = self.source.tells.iter().map(|tells| &self.mappings.channels[tells.channel]);
            // Of a role that a row gives to an unnamed holder on an unnamed scope, more is unknown than a channel opens.
            let open = channels.flat_map(|channel| &channel.open).filter(|open| open.shape != Shape::Holds);
            open.into_iter().any(|open| open.is_about(self.policy, form))
        };
        stated.is_lost && is_nameless() && is_opened()
    }

    #[expect(clippy::too_many_arguments, reason = "all of what an entry says")]
    fn unknown(&mut self, form: &Form, time: &Time, why: &str, doubts: bool, entry: &Entry, place: Place<'_, '_>, said: &Said) {
        let Some(stated) = self.statement(form, place, said) else { return };
        if time.during.is_empty() && !time.is_lost || self.is_of_channel(form, &stated, place, said) {
            return;
        }
        let is_lost = time.is_lost || said.unsure || stated.is_lost;
        let why_lost = if place.is_unread { UNREAD } else { time.why_lost() };
        let (during, why) = if is_lost { (Interval::ALWAYS, why_lost) } else { (time.during, why) };
        let (from, why) = (self.from(entry, place), self.gathered.reason(why));
        let line = Line { statement: stated.statement, during, days: time.days, from, why };
        if doubts { self.gathered.doubts.push(line) } else { self.gathered.unknown.push(line) }
    }

    /// An attribute of an entity.
    fn attribute(
        &mut self,
        entity: TermId,
        attributes: &[(KindId, AttributeId)],
        value: &GivenForm,
        from: From,
        place: Place<'_, '_>,
        said: &Said,
    ) {
        let Some(&(_, first)) = attributes.first() else { return };
        let (written, kinds) = match value {
            GivenForm::Entity(kinds, text) => (text, Some(kinds)),
            GivenForm::Plain(text) => (text, None),
        };
        let value = match self.text(written, place) {
            Text::Is(text) => match kinds {
                Some(kinds) => self.intern(kinds, &text, said),
                None => self.plain(first, &text, written.pointer(), place),
            },
            Text::Left | Text::Dropped => return,
            // Within what something lies no row says then.
            Text::Unbound(_) if self.policy.attributes[first].container => return,
            Text::Lost | Text::Unbound(_) => TermId::ANY,
        };
        let value = if said.unsure { TermId::ANY } else { value };
        for &(kind, attribute) in attributes {
            // Of an entity whose kind is found later, the attributes of each kind are kept.
            if self.gathered.terms.kind(entity).is_none_or(|of| of == kind) {
                self.gathered.values.push(Value { entity, attribute, of: value, from });
            }
        }
    }

    /// A text, number or date as the type of the attribute has it; `_` if it is none.
    fn plain(&mut self, attribute: AttributeId, text: &str, pointer: Option<&str>, place: Place<'_, '_>) -> TermId {
        let policy = self.policy;
        let (sort, text) = match &policy.attributes[attribute].value {
            ValueType::Number => (text.parse::<i64>().ok().map(|_| Sort::Written), text.to_owned()),
            ValueType::Date => (Instant::parse(text).ok().map(|_| Sort::Text), text.to_owned()),
            ValueType::OneOf(texts) => {
                let found = texts.iter().find(|&&known| policy.texts[known].eq_ignore_ascii_case(text));
                (found.map(|_| Sort::Text), found.map_or_else(String::new, |&found| policy.texts[found].clone()))
            }
            ValueType::Text | ValueType::Entity(_) => (Some(Sort::Text), text.to_owned()),
        };
        let Some(sort) = sort else {
            let name = &policy.attributes[attribute].name;
            let what = pointer.map_or_else(|| code(name), code);
            self.problem(format!("{what} is not a value of {}", code(name)), Some(&text), place);
            return TermId::ANY;
        };
        self.gathered.terms.add(&sort, &text)
    }

    /// The statement of a form; `None` if it is left out.
    fn statement(&mut self, form: &Form, place: Place<'_, '_>, said: &Said) -> Option<Stated> {
        let mut stated = Stated {
            statement: Statement { shape: form.shape, terms: [TermId::NONE; 3], condition: TermId::NONE },
            is_lost: false,
            unbound: None,
        };
        for (index, term) in form.terms.iter().enumerate() {
            stated.statement.terms[index] = match term {
                TermForm::Any => TermId::ANY,
                TermForm::Role(name) => self.gathered.terms.entity(self.policy.role_kind, name),
                TermForm::Constant(text) | TermForm::Variable(text) => self.gathered.terms.add(&Sort::Written, text),
                TermForm::Entity(_, text) | TermForm::Text(text) => match (self.text(text, place), term) {
                    (Text::Is(text), TermForm::Entity(kinds, _)) => self.intern(kinds, &text, said),
                    (Text::Is(text), _) => self.gathered.terms.add(&Sort::Text, &text),
                    (Text::Lost, _) => {
                        stated.is_lost = true;
                        TermId::ANY
                    }
                    (Text::Unbound(name), _) => {
                        stated.unbound = Some(name);
                        TermId::ANY
                    }
                    (Text::Left | Text::Dropped, _) => return None,
                },
            };
        }
        self.check_role(&mut stated, place);
        if let Some(condition) = &form.condition {
            stated.statement.condition = self.condition(condition, place);
        }
        Some(stated)
    }

    /// A role that cannot be held over what it is said to be held over is a lost value.
    fn check_role(&mut self, stated: &mut Stated, place: Place<'_, '_>) {
        let Statement { shape: Shape::Holds, terms: [_, role, scope], .. } = stated.statement else { return };
        let (terms, policy) = (&self.gathered.terms, self.policy);
        let (Some(id), Some(kind)) = (policy.role_named(terms.text(role)), terms.kind(scope)) else { return };
        if !policy.roles[id].on.contains(kind) {
            let what = format!("the role {} is not held on {}", code(terms.text(role)), with_article(&policy.kinds[kind].meta.name));
            stated.statement.terms[1] = TermId::ANY;
            stated.is_lost = true;
            self.problem(what, None, place);
        }
    }

    /// A `where` with its placeholders filled; none if it lacks a value, so that the pattern fits more.
    fn condition(&mut self, form: &WhereForm, place: Place<'_, '_>) -> TermId {
        let mut texts = Vec::new();
        for (filled, text) in &form.filled {
            let Text::Is(text) = self.text(text, place) else { return TermId::NONE };
            texts.push((filled.clone(), text));
        }
        self.gathered.condition(self.policy, form, &texts)
    }

    /// The entity of this id.
    fn intern(&mut self, kinds: &Kinds, id: &str, said: &Said) -> TermId {
        if *kinds == Kinds::One(self.policy.role_kind) {
            let role = self.policy.role_called(id).map(|role| self.policy.roles[role].meta.name.clone());
            let name = role.unwrap_or_else(|| id.to_lowercase());
            return self.gathered.terms.entity(self.policy.role_kind, &name);
        }
        match (kinds, &said.kinds) {
            (Kinds::Bound(_), Some(kinds)) => self.gathered.terms.add(&Sort::Entity(kinds.clone()), id),
            _ => self.gathered.terms.add(&Sort::Entity(kinds.clone()), id),
        }
    }

    /// When something holds.
    fn time(&mut self, since: &[Template], until: &[Template], place: Place<'_, '_>) -> Time {
        let mut time = Time { during: Interval::ALWAYS, days: [false; 2], is_lost: false, needs_capture: false };
        for (ends, texts) in [(false, since), (true, until)] {
            for template in texts {
                let (at, is_day) = match self.text(template, place) {
                    Text::Is(text) => {
                        let Ok(at) = Instant::parse(&text) else {
                            let what = template.pointer().map_or_else(|| if ends { code("until") } else { code("since") }, code);
                            self.problem(format!("{what} is not a date in the form of RFC 3339, such as 2026-01-31"), Some(&text), place);
                            time.is_lost = true;
                            continue;
                        };
                        (at, text.len() == 10)
                    }
                    Text::Left => continue,
                    Text::Lost | Text::Unbound(_) | Text::Dropped => {
                        if self.captured.is_none() && template.needs_capture() {
                            time.needs_capture = true;
                            let what = "whether it holds is unknown, since when it was exported is not known: say `--captured DATE`";
                            self.report(Code::ImportNote, what.to_owned(), None, place);
                        }
                        time.is_lost = true;
                        continue;
                    }
                };
                let end = if ends { &mut time.during.until } else { &mut time.during.since };
                let is_nearer = if ends { at < *end } else { at > *end };
                if is_nearer {
                    *end = at;
                    time.days[usize::from(ends)] = is_day;
                }
            }
        }
        time
    }

    /// Where what an entry says comes from.
    fn from(&self, entry: &Entry, place: Place<'_, '_>) -> From {
        if !entry.is_of_file {
            return From::Row(self.file, place.number, place.list, place.item_number);
        }
        let bound = entry.names().filter_map(|name| self.bound[name.0].as_ref()).map(|&(_, from)| from);
        bound.min_by_key(|&from| self.gathered.origin(from)).unwrap_or(From::Nothing)
    }
}

impl Template {
    /// The pointer of a text that is one placeholder.
    fn pointer(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Hole(Hole { of: HoleOf::Pointer(pointer), .. })] => Some(&pointer.text),
            _ => None,
        }
    }
}
