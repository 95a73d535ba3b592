//! Obligations and advice, some with names in braces in their texts.

use super::lone_variables::bound_outright;
use super::pack::{Pack, if_and_unless};
use super::schema::KindIndex;
use super::tape::Tape;
use super::toml;

impl Pack {
    /// Adds an obligation or an advice, sometimes.
    pub(super) fn notice(&mut self, tape: &mut Tape, sort: &str, at: usize) {
        if !tape.chance(60) {
            return;
        }
        let (patterns, on) = self.patterns(tape);
        let (condition, names) = self.condition_with_names(tape, on);
        let named = names.iter().fold(String::new(), |text, name| text + &format!(" for {{{name}}}"));
        let mut text =
            format!("[{sort}.{sort}-{at}]\nfor = {}\ntext = \"{sort} {at} is issued{named}\"\n{condition}", toml::list(&patterns));
        if tape.chance(50) {
            text += &format!("with = \"{}\"\n", tape.pick(&["allow", "deny"]));
        }
        text += &self.metadata(tape, true);
        self.elements.push(text);
    }

    /// The condition of an obligation or advice, sometimes, and names that its text may have in braces.
    fn condition_with_names(&self, tape: &mut Tape, on: Vec<KindIndex>) -> (String, Vec<String>) {
        let mut names = vec!["subject".to_owned(), "resource".to_owned()];
        names.retain(|_| tape.chance(15));
        if !tape.chance(80) {
            return (String::new(), names);
        }
        let (conditions, [condition, unless]) = self.drawn_conditions(tape, on, 20);
        let mut bound = bound_outright(&condition);
        bound.retain(|_| tape.chance(50));
        bound.truncate(2);
        // A place in braces counts, so the variable may occur once in the condition.
        let mentioned = bound.iter().map(|name| format!("{name} == {name}")).collect::<Vec<_>>().join(" and ");
        let [condition, unless, _] = conditions.without_lone_variables([condition, unless, mentioned]);
        names.extend(bound);
        (if_and_unless(&[condition, unless]), names)
    }
}
