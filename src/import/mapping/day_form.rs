//! Forms of days: `DD.MM.YYYY`, `M/D/YYYY`.

use crate::time::Instant;

/// How a day is written: its parts, and what stands between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) struct DayForm {
    /// As the mapping writes it.
    pub(in crate::import) text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// A number of two digits (`DD`), or of one or two (`D`).
    Day(bool),
    /// The same of the month.
    Month(bool),
    /// Four digits.
    Year,
    /// A character.
    Is(char),
}

impl DayForm {
    /// The form of a text with `YYYY`, `MM` or `M`, and `DD` or `D`, each once, and no other letters or digits.
    pub(super) fn of(text: &str) -> Option<DayForm> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let run = rest.chars().take_while(|&c| c == first).count();
            let (part, length) = match (first, run) {
                ('Y', 4) => (Part::Year, 4),
                ('M', 1 | 2) => (Part::Month(run == 2), run),
                ('D', 1 | 2) => (Part::Day(run == 2), run),
                _ if !first.is_alphanumeric() => (Part::Is(first), first.len_utf8()),
                _ => return None,
            };
            parts.push(part);
            rest = &rest[length..];
        }
        let count = |is: fn(&Part) -> bool| parts.iter().filter(|part| is(part)).count();
        let once =
            [count(|part| matches!(part, Part::Day(_))), count(|part| matches!(part, Part::Month(_))), count(|part| *part == Part::Year)];
        // Of two numbers of any length side by side, nobody knows where the one ends.
        let is_open = |part: &Part| matches!(part, Part::Day(false) | Part::Month(false));
        let is_number = |part: &Part| !matches!(part, Part::Is(_));
        let is_unclear = parts.windows(2).any(|pair| is_open(&pair[0]) && is_number(&pair[1]));
        (once == [1, 1, 1] && !is_unclear).then(|| DayForm { text: text.to_owned(), parts })
    }

    /// The day of a text of this form, as `2026-01-31`. Whether there is such a day is not looked at.
    pub(in crate::import) fn day(&self, text: &str) -> Option<String> {
        let (mut year, mut month, mut day) = ("", "", "");
        let mut rest = text;
        for part in &self.parts {
            let (number, least, most) = match part {
                Part::Is(c) => {
                    rest = rest.strip_prefix(*c)?;
                    continue;
                }
                Part::Year => (&mut year, 4, 4),
                Part::Month(two) => (&mut month, 1 + usize::from(*two), 2),
                Part::Day(two) => (&mut day, 1 + usize::from(*two), 2),
            };
            let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
            if digits < least {
                return None;
            }
            (*number, rest) = rest.split_at(digits);
        }
        rest.is_empty().then(|| format!("{year}-{month:0>2}-{day:0>2}"))
    }
}

impl DayForm {
    /// The form that a text may have in place of this one: with one digit for two, and with day and month in each other's place. `None` if there
    /// is no such day in any of them.
    pub(in crate::import) fn meant(&self, text: &str) -> Option<String> {
        let loose = |part: &Part| match part {
            Part::Day(_) => Part::Day(false),
            Part::Month(_) => Part::Month(false),
            other => *other,
        };
        let swapped = |part: &Part| match *part {
            Part::Day(two) => Part::Month(two),
            Part::Month(two) => Part::Day(two),
            other => other,
        };
        let loosened: Vec<Part> = self.parts.iter().map(loose).collect();
        let turned: Vec<Part> = self.parts.iter().map(swapped).collect();
        let both: Vec<Part> = turned.iter().map(loose).collect();
        let forms = [loosened, turned, both].map(|parts| DayForm { text: written(&parts), parts });
        let is_day = |form: &&DayForm| DayForm::of(&form.text).is_some() && form.day(text).is_some_and(|day| Instant::parse(&day).is_ok());
        forms.iter().filter(|form| form.parts != self.parts).find(is_day).map(|form| form.text.clone())
    }
}

/// A form as mappings write it.
fn written(parts: &[Part]) -> String {
    let part = |part: &Part| match part {
        Part::Day(true) => "DD".to_owned(),
        Part::Day(false) => "D".to_owned(),
        Part::Month(true) => "MM".to_owned(),
        Part::Month(false) => "M".to_owned(),
        Part::Year => "YYYY".to_owned(),
        Part::Is(sign) => sign.to_string(),
    };
    parts.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::DayForm;

    fn day(form: &str, text: &str) -> Option<String> {
        DayForm::of(form).unwrap().day(text)
    }

    #[test]
    fn days_are_read_by_their_form() {
        assert_eq!(day("DD.MM.YYYY", "01.02.2026").unwrap(), "2026-02-01");
        assert_eq!(day("D.M.YYYY", "1.12.2026").unwrap(), "2026-12-01");
        assert_eq!(day("M/D/YYYY", "2/1/2026").unwrap(), "2026-02-01");
        assert_eq!(day("YYYYMMDD", "20260201").unwrap(), "2026-02-01");
        for (form, text) in [
            ("DD.MM.YYYY", "1.02.2026"),
            ("DD.MM.YYYY", "01.02.26"),
            ("DD.MM.YYYY", "01.02.2026 "),
            ("DD.MM.YYYY", "01/02/2026"),
            ("D.M.YYYY", "001.2.2026"),
            ("D.M.YYYY", ".2.2026"),
            ("D.M.YYYY", "1.2.20266"),
        ] {
            assert_eq!(day(form, text), None, "{form} {text}");
        }
    }

    #[test]
    fn the_form_that_a_text_has_is_found() {
        let meant = |form: &str, text: &str| DayForm::of(form).unwrap().meant(text);
        assert_eq!(meant("DD.MM.YYYY", "1.3.2026").unwrap(), "D.M.YYYY");
        assert_eq!(meant("MM.DD.YYYY", "31.12.2026").unwrap(), "DD.MM.YYYY");
        assert_eq!(meant("MM/DD/YYYY", "31/1/2026").unwrap(), "D/M/YYYY");
        for text in ["31.02.2026", "x", "2026-01-31"] {
            assert_eq!(meant("DD.MM.YYYY", text), None, "{text}");
        }
    }

    #[test]
    fn forms_have_each_part_once() {
        for form in ["", "DD.MM", "DD.MM.YY", "DD.MM.YYYY hh", "DD.DD.YYYY", "DMYYYY", "DDMYYYY", "dd.mm.yyyy", "DDD.MM.YYYY"] {
            assert_eq!(DayForm::of(form), None, "{form}");
        }
    }
}
