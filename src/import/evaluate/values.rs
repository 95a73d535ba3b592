//! The values that an entry needs: those at pointers, what is bound, and what filters make of them.

use super::evaluator::{Evaluator, Fits, Place, Text};
use crate::diag::phrases::{Limit, code, shorten};
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::import::filters::{Filtered, filtered};
use crate::import::gathered::{From, WHOLE};
use crate::import::guid::small_guids;
use crate::import::mapping::{End, Filter, Hole, HoleOf, KindTable, Kinds, Part, Pointer, Template, Test};
use crate::import::reader::{Found, Json};
use crate::syntax::ast::mapping::Mark;

impl Evaluator<'_> {
    pub(super) fn tests(&mut self, tests: &[Test], place: Place<'_, '_>) -> Fits {
        let mut all = Fits::Yes;
        for test in tests {
            match self.test(test, place) {
                Fits::Yes => {}
                Fits::No => return Fits::No,
                Fits::Lost => all = Fits::Lost,
            }
        }
        all
    }

    pub(super) fn test(&mut self, test: &Test, place: Place<'_, '_>) -> Fits {
        let Some(value) = self.tested(&test.pointer, place) else { return Fits::Lost };
        let lower = value.to_lowercase();
        let among = |texts: &[String]| texts.contains(&lower);
        let is_excluded = among(&test.not);
        if !is_excluded && (test.is.is_empty() || among(&test.is)) {
            return Fits::Yes;
        }
        if !is_excluded && test.is_strange(&lower) {
            self.problem(format!("{} is not one of the values that the mapping knows", code(&test.pointer.text)), Some(&value), place);
            return Fits::Lost;
        }
        if !test.pointer.of_item && !place.quiet {
            self.entries.fails(test.place, &value, &lower, From::Row(self.file, place.number, place.list, place.item_number));
        }
        Fits::No
    }

    /// Whether a text is of a form; what it binds is bound.
    pub(super) fn form_of(&mut self, pointer: &Pointer, form: &End, place: Place<'_, '_>) -> Fits {
        let Some(value) = self.tested(pointer, place) else { return Fits::Lost };
        let Some(bound) = form.of_whole(&value) else { return Fits::No };
        for (name, text) in bound {
            self.bound[name.0] = Some((small_guids(text).into_owned(), From::Nothing));
        }
        Fits::Yes
    }

    pub(super) fn unbind_forms<'f>(&mut self, forms: impl Iterator<Item = &'f End>) {
        forms.flat_map(End::names).for_each(|name| self.bound[name.0] = None);
    }

    /// The text, boolean or number at a pointer; empty if it lacks what it may lack. `None` is reported.
    pub(super) fn tested(&mut self, pointer: &Pointer, place: Place<'_, '_>) -> Option<String> {
        let found = Self::value(pointer, place);
        match found {
            Found::Value(Json::Text(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Found::Value(Json::Bool(value)) => Some(value.to_string()),
            Found::Value(Json::Number(number)) => Some(number.clone()),
            Found::Value(Json::Text(_)) | Found::Null if pointer.may >= Mark::Empty => Some(String::new()),
            Found::Absent if pointer.may == Mark::Absent => Some(String::new()),
            found => {
                self.lack(pointer, &found, place);
                None
            }
        }
    }

    /// The kinds for the text at the pointer of a table of kinds.
    pub(super) fn kind_of(&mut self, table: &KindTable, place: Place<'_, '_>) -> Kinds {
        let all = || Kinds::Bound(table.kinds());
        let Some(value) = self.tested(&table.pointer, place) else { return all() };
        let lower = value.to_lowercase();
        if let Some(&(_, kind)) = table.kinds.iter().find(|(known, _)| *known == lower) {
            return Kinds::One(kind);
        }
        let pointer = code(&table.pointer.text);
        // The vendor's word for a principal that is gone is known; any other may be a new kind.
        if lower == "unknown" {
            let what = format!("{pointer} does not say what the principal is, so what it holds is unknown");
            self.report(Code::UnsurePrincipal, what, Some(&value), place);
            return all();
        }
        let what = format!("{pointer} is not a kind of principal that the mapping knows");
        self.problem(what.clone(), Some(&value), place);
        self.problems.help(
            self.file_name,
            &what,
            "add the word to the mapping's `kind`; until then, what the row says is unknown".to_owned(),
        );
        all()
    }

    pub(super) fn value<'r, 't>(pointer: &Pointer, place: Place<'r, 't>) -> Found<'r, 't> {
        if place.is_unread {
            return Found::Unread("");
        }
        if !pointer.of_item {
            return place.row.at(&pointer.steps);
        }
        place.item.map_or(Found::Absent, |item| match item {
            // A type name stands for the item of a list too.
            Json::Text(_) if pointer.steps.is_empty() => Found::Value(item),
            item => item.at(&pointer.steps),
        })
    }

    /// What a text with placeholders comes to. What is lost is reported.
    pub(super) fn text(&mut self, template: &Template, place: Place<'_, '_>) -> Text {
        let mut text = String::new();
        let mut ends = None;
        for part in &template.parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Hole(hole) => match self.hole(hole, place) {
                    Text::Is(value) => text.push_str(&value),
                    // Of several reasons the one that says least is taken.
                    Text::Lost => return Text::Lost,
                    other => ends = ends.or(Some(other)),
                },
            }
        }
        ends.unwrap_or(Text::Is(text))
    }

    pub(super) fn hole(&mut self, hole: &Hole, place: Place<'_, '_>) -> Text {
        let (mut value, pointer) = match &hole.of {
            HoleOf::Captured => match self.captured {
                Some(captured) => (captured.text.clone(), None),
                None if hole.may >= Mark::Empty => return Text::Left,
                None => return Text::Lost,
            },
            HoleOf::Name(name) => match &self.bound[name.0] {
                Some((value, _)) => (value.clone(), None),
                None if hole.may >= Mark::Empty => return Text::Left,
                None if self.source.bindable().any(|bindable| bindable == *name) => return Text::Unbound(*name),
                None => return Text::Lost,
            },
            HoleOf::Pointer(pointer) => match Self::value(pointer, place) {
                Found::Value(Json::Text(text)) if !text.trim().is_empty() => (text.to_string(), Some(pointer)),
                Found::Value(Json::Number(number))
                    if matches!(hole.filters.first(), None | Some(Filter::Names(_))) && number.len() < 20 =>
                {
                    (number.clone(), Some(pointer))
                }
                Found::Value(Json::Text(_)) | Found::Null if pointer.may >= Mark::Empty => return Text::Left,
                Found::Absent if pointer.may == Mark::Absent => return Text::Left,
                found => {
                    self.lack(pointer, &found, place);
                    return Text::Lost;
                }
            },
        };
        for &filter in &hole.filters {
            value = match filtered(self.policy, self.mappings, filter, &value, self.captured.map(|captured| captured.at)) {
                Filtered::Value(value) => value,
                Filtered::Drop => return Text::Dropped,
                Filtered::Not(what) => {
                    let of = match (&hole.of, pointer) {
                        (HoleOf::Name(name), _) => code(format!("{{{}}}", self.mappings.names[name.0])),
                        (_, Some(pointer)) => code(&pointer.text),
                        (_, None) => code("{captured}"),
                    };
                    let what = format!("{of} is {what}");
                    self.problem(what.clone(), Some(&value), place);
                    if matches!(filter, Filter::Date | Filter::NextDay) {
                        let help = "a day is written 2026-01-31; days of another form are read by a filter such as `day:DD.MM.YYYY`";
                        self.problems.help(self.file_name, &what, help.to_owned());
                    }
                    if let Filter::Day(form) = filter
                        && let Some(meant) = self.mappings.day_forms[form].meant(&value)
                    {
                        self.problems.help(self.file_name, &what, format!("did you mean `day:{meant}`?"));
                    }
                    if let Filter::Names(table) = filter {
                        let table = &self.mappings.tables[table];
                        let help = if table.is_header(&value) {
                            "the first line of the table's file is taken for its header: write a header above it".to_owned()
                        } else {
                            let name = &table.name;
                            format!("add it to `[names.{name}]`, or let the table say `missing = \"drop\"` to leave such rows out")
                        };
                        self.problems.help(self.file_name, &what, help);
                    }
                    return Text::Lost;
                }
                Filtered::Error(table) => {
                    let headline = format!("the table of names {} does not have {}", code(table), code(&value));
                    self.errors.push(Diagnostic::nowhere(Code::BadMapping, headline).help("add it, or write `missing = \"unknown\"`"));
                    return Text::Lost;
                }
            };
        }
        Text::Is(small_guids(&value).into_owned())
    }

    /// Reports what a pointer does not find.
    pub(super) fn lack(&mut self, pointer: &Pointer, found: &Found<'_, '_>, place: Place<'_, '_>) {
        let at = code(&pointer.text);
        let what = match found {
            Found::Value(Json::Text(_)) | Found::Null => format!("{at} is empty"),
            Found::Value(value) => format!("{at} is {}, not a string", value.type_name()),
            Found::Absent => format!("{at} is missing"),
            Found::Twice => format!("{at} is there more than once"),
            Found::TypeName => format!("{at} is missing: the name of a type is in its place"),
            Found::Unread(why) => (*why).to_owned(),
        };
        self.problem(what.clone(), None, place);
        let help = match found {
            Found::TypeName => Some("export it again with a greater depth: `ConvertTo-Json -Depth 10`".to_owned()),
            Found::Absent => match Self::meant(pointer, place) {
                Some(meant) => Some(format!("did you mean {}?", code(meant))),
                None => self.entries.is_table().then(|| format!("the row has {}", place.row.keys())),
            },
            _ => None,
        };
        if let Some(help) = help.filter(|_| !place.quiet) {
            self.problems.help(self.file_name, &what, help);
        }
    }

    /// The pointer that may be meant by one that finds nothing: of the keys beside it the nearest.
    fn meant(pointer: &Pointer, place: Place<'_, '_>) -> Option<String> {
        let (last, before) = pointer.steps.split_last()?;
        let above = Pointer { steps: before.to_vec(), ..pointer.clone() };
        let Found::Value(object) = Self::value(&above, place) else { return None };
        let nearest = did_you_mean(last, object.all_keys())?;
        let above = pointer.text.strip_suffix(last.as_str())?;
        Some(format!("{above}{nearest}"))
    }

    /// Reports that a row lacks something.
    pub(super) fn problem(&mut self, what: String, value: Option<&str>, place: Place<'_, '_>) {
        let value_text = value.map(|value| format!(": {}", code(shorten(value, Limit::NAME)))).unwrap_or_default();
        self.lost = Some((place.number, format!("{what}{value_text}")));
        if self.is_unended && what.starts_with("`/") {
            let at = self.gathered.origin(From::Row(self.file, place.number, WHOLE, 0)).unwrap_or_default();
            self.list.breaks(|| format!("{at}, the last row, has no end, and {what}"));
        }
        self.report(Code::BadRow, what, value, place);
    }

    /// Reports something about a row.
    pub(super) fn report(&mut self, problem: Code, what: String, value: Option<&str>, place: Place<'_, '_>) {
        if place.quiet {
            return;
        }
        let (gathered, file) = (&*self.gathered, self.file);
        let at = || gathered.origin(From::Row(file, place.number, place.list, place.item_number)).unwrap_or_default();
        self.problems.add(problem, (self.file_name, place.number), what, value, at);
    }
}
