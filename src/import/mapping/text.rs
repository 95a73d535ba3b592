//! Texts with placeholders, their names and filters looked up.

use super::build::Builder;
use super::ends::{End, EndPart};
use super::{DayForm, FILTERS, Filter, Hole, HoleOf, NameId, Part, Pointer, Template};
use crate::diag::phrases::{any_of, code};
use crate::diag::{Code, Diagnostic};
use crate::syntax::Text;
use crate::syntax::ast::mapping::{self as ast, HoleSource, Mark, Piece, PointerDecl};
use crate::syntax::placeholders;
use crate::text::Span;

impl Builder<'_> {
    /// A text with placeholders, each checked.
    pub(super) fn template(&mut self, pieces: &[Piece]) -> Template {
        let parts = pieces.iter().filter_map(|piece| match piece {
            Piece::Text(text) => Some(Part::Text(text.clone())),
            Piece::Hole(hole) => self.hole(hole).map(Part::Hole),
        });
        Template { parts: parts.collect() }
    }

    fn hole(&mut self, hole: &ast::Hole) -> Option<Hole> {
        let of = match &hole.of {
            HoleSource::Pointer(pointer) => HoleOf::Pointer(self.pointer(pointer)),
            HoleSource::Name(name, _) if name.value == "captured" => HoleOf::Captured,
            HoleSource::Name(name, _) => HoleOf::Name(self.known_name(name)?),
        };
        let filters: Vec<Filter> = hole.filters.iter().filter_map(|filter| self.filter(filter)).collect();
        (filters.len() == hole.filters.len()).then(|| Hole { of, filters, may: hole.may() })
    }

    /// Notes that the values of a table of names are roles, if an id comes from one.
    pub(super) fn note_role_table(&mut self, id: &Template) {
        if let [Part::Hole(Hole { filters, .. })] = id.parts.as_slice()
            && let Some(&Filter::Names(table)) = filters.last()
        {
            self.role_tables.insert(table);
        }
    }

    fn filter(&mut self, name: &Text) -> Option<Filter> {
        if let Some(form) = name.value.strip_prefix("day:") {
            return self.day_form(form, name);
        }
        let built_in = FILTERS.iter().find(|(known, _)| *known == name.value).map(|&(_, filter)| filter);
        let table = || self.tables.iter().position(|table| table.name == name.value).map(Filter::Names);
        let found = built_in.or_else(table);
        if found.is_none() && self.reported.insert(format!("|{}", name.value)) {
            let diagnostic =
                Diagnostic::new(Code::UnknownFilter, format!("no filter is named `{}`", name.value), name.span, "unknown filter");
            let tables: Vec<String> = self.tables.iter().map(|table| table.name.clone()).collect();
            let known: Vec<&str> = FILTERS.iter().map(|&(known, _)| known).chain(tables.iter().map(String::as_str)).collect();
            let all = any_of(known.iter().copied().chain(["day:DD.MM.YYYY"]).map(code));
            let help = diagnostic.help(format!("write {all}, or a table `[names.NAME]`, which is a filter too"));
            self.report(help.nearest(&name.value, name.span, known));
        }
        found
    }

    /// `day:DD.MM.YYYY`
    fn day_form(&mut self, form: &str, name: &Text) -> Option<Filter> {
        let Some(read) = DayForm::of(form) else {
            let headline = format!("`{form}` is no form of a day");
            let diagnostic = Diagnostic::new(Code::UnknownFilter, headline, name.span, "");
            let help =
                "write `YYYY`, `MM` and `DD`, each once (`M` and `D` may have one digit), and the characters between them: `day:D.M.YYYY`";
            self.report(diagnostic.help(help));
            return None;
        };
        let known = self.day_forms.iter().position(|known| *known == read);
        Some(Filter::Day(known.unwrap_or_else(|| {
            self.day_forms.push(read);
            self.day_forms.len() - 1
        })))
    }

    /// A name that something binds here.
    pub(super) fn known_name(&mut self, name: &Text) -> Option<NameId> {
        let found = self.in_scope.iter().copied().find(|id| self.names[id.0] == name.value);
        if found.is_none() {
            let headline = format!("nothing binds `{}` here", name.value);
            let diagnostic = Diagnostic::new(Code::UnknownPlaceholder, headline, name.span, "unknown name");
            let help = "name it in `needs` or `may`, or bind it with `path`, `urls` or `match`; a value of the row begins with `/`";
            let known: Vec<String> = self.in_scope.iter().map(|id| self.names[id.0].clone()).collect();
            self.report(diagnostic.help(help).nearest(&name.value, name.span, known.iter().map(String::as_str)));
        }
        found
    }

    pub(super) fn pointer(&mut self, pointer: &PointerDecl) -> Pointer {
        if pointer.of_item && !self.has_item {
            let diagnostic = Diagnostic::new(Code::BadPointer, "there is no item here", pointer.span, "begins with `.`");
            self.report(diagnostic.help("`./key` is from the item of `each`; write `/key` for a value of the row"));
        }
        let mut text = if pointer.of_item { ".".to_owned() } else { String::new() };
        pointer.steps.iter().for_each(|step| text.extend(["/", step]));
        Pointer { of_item: pointer.of_item, steps: pointer.steps.clone(), may: pointer.may, text }
    }

    /// The pointer that a text is, from the row.
    pub(super) fn row_pointer(text: &str) -> Pointer {
        let steps = text.trim_start_matches('/').split('/').map(|step| step.replace("~1", "/").replace("~0", "~"));
        Pointer { of_item: false, steps: steps.collect(), may: Mark::Needed, text: text.to_owned() }
    }

    /// The form of a text, whose names it binds.
    pub(super) fn end(&mut self, text: &str, span: Span) -> End {
        let (mut parts, mut end) = (Vec::new(), 0);
        for found in placeholders(text) {
            if found.at > end {
                parts.push(EndPart::Text(text[end..found.at].to_lowercase()));
            }
            end = found.at + found.text.len();
            let name = found.name().unwrap_or_default();
            let (name, whole) = name.strip_suffix('*').map_or((name, false), |name| (name, true));
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
                let headline = format!("`{}` is not a name in braces", found.text);
                let diagnostic = Diagnostic::new(Code::UnknownPlaceholder, headline, span, "");
                let meant = name.to_lowercase();
                let is_name = !meant.is_empty() && meant.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
                let help = if is_name {
                    format!("a name has small letters: write `{{{meant}}}`")
                } else {
                    "write `{name}`, or `{name*}` for a part that may have `/`".to_owned()
                };
                self.report(diagnostic.help(help));
                continue;
            }
            parts.push(EndPart::Name(self.name(name), whole));
        }
        if end < text.len() {
            parts.push(EndPart::Text(text[end..].to_lowercase()));
        }
        End { parts }
    }

    /// The id of a name.
    pub(super) fn name(&mut self, name: &str) -> NameId {
        let known = self.names.iter().position(|known| known == name);
        NameId(known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        }))
    }
}
