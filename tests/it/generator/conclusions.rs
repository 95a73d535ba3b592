//! Conclusions of implications: terms for them, and atoms that bind their variables.

use super::condition::Conditions;
use super::schema::{KindIndex, Relation};
use super::tape::Tape;
use super::terms::{Root, Term, Type};
use super::variables::{Place, meet};

impl Conditions<'_> {
    /// A term for a conclusion: a variable, an attribute of a variable with the name of a kind, or an entity.
    pub fn conclusion_term(&mut self, tape: &mut Tape, kinds: &[KindIndex], attributes: usize) -> Option<String> {
        match tape.weighted(&[50, attributes, 10, 10]) {
            1 => {
                let bearer = tape.below(7);
                let name = self.schema.kinds[bearer].name.clone();
                let known = self.variables.iter().position(|variable| variable.name == name);
                if known.is_none() {
                    self.declare(&name, &Place::exactly(&[bearer]), false)?;
                }
                let base = Term { text: name, ty: Type::Entity(vec![bearer]), root: Root::Given, hops: 0 };
                let fits = |term: &Term| matches!(&term.ty, Type::Entity(found) if !meet(found, kinds).is_empty());
                let terms: Vec<Term> = self.hops(&base).into_iter().filter(fits).collect();
                if terms.is_empty() { None } else { Some(tape.pick(&terms).text.clone()) }
            }
            2 => Some(self.literal(tape, kinds)),
            3 => {
                let name = *tape.pick(&["who", "what", "x"]);
                self.declare(name, &Place::exactly(kinds), false)
            }
            _ => {
                let kind = *tape.pick(kinds);
                let name = self.schema.kinds[kind].name.clone();
                let known = self.variables.iter().any(|variable| variable.name == name);
                if known { Some(name) } else { self.declare(&name, &Place::exactly(&[kind]), false) }
            }
        }
    }

    /// An atom for each variable of the conclusion that is not bound yet; `None` if there is no atom for one of them.
    pub fn binders(&mut self, tape: &mut Tape) -> Option<Vec<String>> {
        let mut atoms = Vec::new();
        for at in 0..self.variables.len() {
            let variable = self.variables[at].clone();
            if !variable.concluded || self.schema.kind_named(&variable.name).is_some() {
                continue;
            }
            let mut places: Vec<(&Relation, usize)> = Vec::new();
            for relation in self.schema.relations.iter().filter(|relation| self.may_ask(relation)) {
                let ends = 0..relation.ends.len();
                let fits = |end: &usize| {
                    let common = meet(&self.end(relation, *end).allowed, variable.kinds());
                    !common.is_empty() && (!variable.fixed || common.len() == variable.kinds().len())
                };
                places.extend(ends.filter(fits).map(|end| (relation, end)));
            }
            if places.is_empty() {
                return None;
            }
            let (relation, own) = *tape.pick(&places);
            let place = self.end(relation, own);
            let kept = &mut self.variables[at];
            kept.kinds = meet(&kept.kinds, &place.allowed);
            kept.bound = true;
            let mut terms = Vec::new();
            for end in 0..relation.ends.len() {
                let place = self.end(relation, end);
                terms.push(if end == own { variable.name.clone() } else { self.place(tape, &place, false, true)? });
            }
            atoms.push(format!("{}({})", relation.name, terms.join(", ")));
        }
        Some(atoms)
    }
}
