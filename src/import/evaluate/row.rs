//! The entries of a source, for a row and for the items of lists in it.

use super::evaluator::{Evaluator, Fits, Place, Said, Text};
use crate::diag::Code;
use crate::diag::phrases::code;
use crate::import::gathered::{From, WHOLE};
use crate::import::mapping::{Entry, Pointer, Says};
use crate::import::reader::{Found, Json};
use crate::syntax::ast::mapping::Mark;
use rustc_hash::FxHashSet;

/// An entry with forms of texts, for a row or an item, and the pointers whose text is not of its form.
type Formed<'e, 'r, 't> = (&'e Entry, Place<'r, 't>, Vec<&'e Pointer>);

impl Evaluator<'_> {
    /// What the file says whatever its rows are.
    pub(in crate::import) fn file(&mut self) {
        let source = self.source;
        let nothing = Json::Null;
        let place = Place { row: &nothing, number: 0, item: None, list: WHOLE, item_number: 0, is_unread: false, quiet: true };
        for entry in source.entries.iter().filter(|entry| entry.is_of_file) {
            self.says(entry, place, &mut Said::default());
        }
        self.close(place);
    }

    /// A row that cannot be read: all that a row may say is unknown.
    pub(in crate::import) fn unreadable(&mut self, number: u32, why: &str) {
        self.list.rows += 1;
        let file = self.file;
        let gathered = &*self.gathered;
        let place = || gathered.origin(From::Row(file, number, WHOLE, 0)).unwrap_or_default();
        self.list.breaks(|| format!("{} cannot be read", place()));
        self.problems.add(Code::BadRow, (self.file_name, number), format!("the row {why}"), None, place);
        let nothing = Json::Null;
        let place = Place { row: &nothing, number, item: None, list: WHOLE, item_number: 0, is_unread: true, quiet: true };
        let mut said = Said { unsure: true, ..Said::default() };
        said.kinds = self.source.kind.as_ref().map(|table| self.kind_of(table, place));
        self.says_all(place, &mut said);
    }

    /// What a row says.
    pub(in crate::import) fn row(&mut self, number: u32, row: &Json<'_>) {
        self.list.rows += 1;
        // A row of blanks says nothing.
        if matches!(row, Json::Null) {
            self.list.passed_over += 1;
            return;
        }
        let mut place = Place { row, number, item: None, list: WHOLE, item_number: 0, is_unread: false, quiet: false };
        let source = self.source;
        // Where cells are lost, rows may be.
        if row.cut().is_some() {
            self.report_cut(place);
        }
        self.close(Place { quiet: true, ..place });
        let mut said = Said::default();
        match self.tests(&source.only, place) {
            Fits::Yes => {}
            Fits::Lost => said.unsure = true,
            Fits::No => {
                self.list.passed_over += 1;
                return;
            }
        }
        for (pointer, form) in &source.forms {
            match self.form_of(pointer, form, place) {
                Fits::Yes => {}
                Fits::Lost => said.unsure = true,
                Fits::No => {
                    self.list.passed_over += 1;
                    return;
                }
            }
        }
        if let Some(table) = &source.kind {
            said.kinds = Some(self.kind_of(table, place));
        }
        // What else a row lacks says nothing new where it is not known what the row is.
        place.quiet |= said.unsure;
        self.says_all(place, &mut said);
        self.unbind_forms(source.forms.iter().map(|(_, form)| form));
    }

    /// A row that is too short for its table: its list is incomplete, whether or not an entry needs what it lacks.
    fn report_cut(&mut self, place: Place<'_, '_>) {
        let at = self.gathered.origin(From::Row(self.file, place.number, WHOLE, 0)).unwrap_or_default();
        let why = place.row.cut().unwrap_or_default().to_owned();
        self.list.breaks(|| format!("{at}: {why}"));
        self.problem(why.clone(), None, place);
        let help = "cells or rows may be lost, as in a file that is cut: export it again";
        self.problems.help(self.file_name, &why, help.to_owned());
    }

    /// What the entries of the source say of a row.
    fn says_all(&mut self, place: Place<'_, '_>, said: &mut Said) {
        let source = self.source;
        // Whether the entity of a row has a name decides how much of the row's facts is open.
        let mut formed = Vec::new();
        for of_entity in [true, false] {
            for entry in source.entries.iter().filter(|entry| !entry.is_of_file && matches!(entry.says, Says::Entity { .. }) == of_entity) {
                self.entry(entry, place, said, &mut formed);
            }
        }
        self.unmatched(&formed, said);
    }

    /// Closes the channels that the list is about.
    fn close(&mut self, place: Place<'_, '_>) {
        let source = self.source;
        for tells in &source.tells {
            let fits = self.tests(&tells.when, place) == Fits::Yes
                && tells.forms.iter().all(|(pointer, form)| self.form_of(pointer, form, place) == Fits::Yes);
            if fits && let Text::Is(of) = self.text(&tells.of, place) {
                self.list.tells.insert((tells.channel, of));
            }
            self.unbind_forms(tells.forms.iter().map(|(_, form)| form));
        }
    }

    /// What an entry says of a row, or of each item of a list in it. What entries with forms say is added to `formed`.
    fn entry<'e, 'r, 't>(&mut self, entry: &'e Entry, place: Place<'r, 't>, said: &mut Said, formed: &mut Vec<Formed<'e, 'r, 't>>) {
        let Some(each) = &entry.each else { return self.item(entry, place, said, formed) };
        let list = u16::try_from(self.gathered.lists.number(&each.text)).unwrap_or(WHOLE);
        match Self::value(each, place) {
            Found::Value(Json::List(items)) => {
                for (number, item) in items.iter().enumerate() {
                    let item_number = u32::try_from(number).unwrap_or(u32::MAX);
                    self.item(entry, Place { item: Some(item), list, item_number, ..place }, said, formed);
                }
            }
            Found::Null if each.may >= Mark::Empty => {}
            Found::Absent if each.may == Mark::Absent => {}
            found => {
                // Whether a row of another sort has such a list does not matter.
                if entry
                    .when
                    .iter()
                    .filter(|test| !test.pointer.of_item)
                    .any(|test| self.test(test, Place { quiet: true, ..place }) == Fits::No)
                {
                    return;
                }
                self.lack(each, &found, place);
                self.item(entry, place, said, formed);
            }
        }
    }

    /// What an entry says of a row, or of an item.
    fn item<'e, 'r, 't>(&mut self, entry: &'e Entry, place: Place<'r, 't>, said: &mut Said, formed: &mut Vec<Formed<'e, 'r, 't>>) {
        let (kinds, unsure) = (said.kinds.clone(), said.unsure);
        match self.tests(&entry.when, place) {
            Fits::No => return,
            Fits::Lost => said.unsure = true,
            Fits::Yes => {}
        }
        self.entries.fits(entry.number);
        let mut misses = Vec::new();
        for (pointer, form) in &entry.forms {
            match self.form_of(pointer, form, place) {
                Fits::Yes => {}
                Fits::Lost => said.unsure = true,
                Fits::No => misses.push(pointer),
            }
        }
        let fits = misses.is_empty();
        if !entry.forms.is_empty() {
            formed.push((entry, place, misses));
        }
        if fits {
            let place = Place { quiet: place.quiet || said.unsure, ..place };
            if let Some(table) = &entry.kind {
                said.kinds = Some(self.kind_of(table, place));
            }
            self.says(entry, place, said);
        }
        self.unbind_forms(entry.forms.iter().map(|(_, form)| form));
        (said.kinds, said.unsure) = (kinds, unsure);
    }

    /// A text of which no entry has the form is a lost value: the facts that need it are unknown.
    fn unmatched(&mut self, formed: &[Formed<'_, '_, '_>], said: &mut Said) {
        let of = |place: &Place<'_, '_>, pointer: &Pointer| (place.list, place.item_number, pointer.text.clone());
        let fitting = formed.iter().flat_map(|(entry, at, misses)| {
            let fits = entry.forms.iter().map(|(pointer, _)| pointer).filter(|pointer| !misses.contains(pointer));
            fits.map(move |pointer| of(at, pointer))
        });
        let fitted: FxHashSet<(u16, u32, String)> = fitting.collect();
        let mut reported: FxHashSet<(u16, u32, String)> = FxHashSet::default();
        for (entry, at, misses) in formed.iter().filter(|(_, _, misses)| !misses.is_empty()) {
            let mut lost = true;
            for pointer in misses {
                let key = of(at, pointer);
                if fitted.contains(&key) {
                    lost = false;
                } else if reported.insert(key) {
                    let value = match Self::value(pointer, *at) {
                        Found::Value(Json::Text(text)) => Some(text.to_string()),
                        _ => None,
                    };
                    self.problem(format!("{} has none of the forms that the mapping knows", code(&pointer.text)), value.as_deref(), *at);
                }
            }
            if lost && matches!(entry.says, Says::Facts { .. }) {
                let (kinds, unsure) = (said.kinds.clone(), std::mem::replace(&mut said.unsure, true));
                let place = Place { quiet: true, ..*at };
                if let Some(table) = &entry.kind {
                    said.kinds = Some(self.kind_of(table, place));
                }
                self.says(entry, place, said);
                (said.kinds, said.unsure) = (kinds, unsure);
            }
        }
    }
}
