//! Which entries are run.

/// A pattern of names in which `*` stands for any characters and `?` for one.
#[derive(Clone, Debug)]
pub struct Filter(Vec<char>);

impl Filter {
    /// The filter of a pattern as it is written.
    pub fn new(pattern: &str) -> Filter {
        Filter(pattern.chars().collect())
    }

    /// Whether an entry is run: whether its suite's path or file name, its label (`case 2`) or its name fits.
    pub(super) fn takes(&self, suite: &str, label: &str, name: Option<&str>) -> bool {
        let file = suite.rsplit('/').next().unwrap_or(suite);
        [Some(suite), Some(file), Some(label), name].into_iter().flatten().any(|text| self.fits(text))
    }

    /// Whether the whole text fits. Takes time by the product of both lengths at most.
    fn fits(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut of) = (0, 0);
        // The last `*`, and where in the text what follows it was last tried.
        let mut star: Option<(usize, usize)> = None;
        while at < text.len() {
            match self.0.get(of) {
                Some('*') => {
                    star = Some((of, at));
                    of += 1;
                }
                Some(&c) if c == '?' || c == text[at] => (at, of) = (at + 1, of + 1),
                _ => {
                    let Some((after, tried)) = star else { return false };
                    star = Some((after, tried + 1));
                    (at, of) = (tried + 1, after + 1);
                }
            }
        }
        self.0[of..].iter().all(|&c| c == '*')
    }
}

#[cfg(test)]
mod tests {
    use super::Filter;

    #[test]
    fn stars_and_question_marks_stand_for_characters() {
        let fits = |pattern: &str, text: &str| Filter::new(pattern).fits(text);
        assert!(fits("*", "") && fits("", "") && fits("**a", "ba") && fits("a*b*c", "a-b-b-c") && fits("case ?", "case 2"));
        assert!(!fits("a", "") && !fits("", "a") && !fits("a*b", "a-c") && !fits("case ?", "case 12") && !fits("a*bc", "abcb"));
        assert!(fits(&"*a".repeat(50), &"a".repeat(5000)) && !fits(&"*a".repeat(50), &"b".repeat(5000)));
    }

    #[test]
    fn an_entry_is_called_by_suite_file_label_and_name() {
        let takes = |pattern: &str| Filter::new(pattern).takes("fixtures/access.suite.toml", "ask 3", Some("marco reaches coho"));
        assert!(takes("fixtures/*") && takes("access.*") && takes("ask 3") && takes("*coho"));
        assert!(!takes("access") && !takes("case*"));
    }
}
