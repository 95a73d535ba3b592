//! Proofs for foreign checkers: clauses, steps, and what the variables stand for.

use super::report::Certificate;
use super::sat::{Batsat, Cnf, Lit, Proof};
use super::symbolic::{Fact, World};
use super::world_text::Model;
use std::fmt::Write;

/// The variables that stand for a fact or for the life of an entity, each with what it stands for.
pub(super) fn variables(world: &World<'_>, cnf: &Cnf<Batsat>) -> Vec<(i32, String)> {
    let model = Model::of(world, |_| true);
    let entities = (0..world.entities.len()).map(|index| (world.alive[index], format!("{} lives", model.entity(index))));
    let facts = world.facts().iter().map(|(fact, lit)| (*lit, described(&model, *fact)));
    let mut variables: Vec<(i32, String)> =
        entities.chain(facts).filter_map(|(lit, text): (Lit, String)| Some((cnf.variable(lit)?, text))).collect();
    variables.sort_unstable();
    variables
}

/// The proof that a question has no world.
pub(super) fn certificate(question: String, proof: &Proof, variables: Vec<(i32, String)>) -> Certificate {
    let lists = |clauses: &super::sat::Clauses| clauses.iter().map(<[i32]>::to_vec).collect();
    Certificate { question, clauses: lists(&proof.clauses), steps: lists(&proof.steps), variables }
}

fn described(model: &Model<'_, '_>, fact: Fact) -> String {
    let name = |attribute: crate::policy::AttributeId| &model.world.policy.attributes[attribute].name;
    match fact {
        Fact::Member(member, group) => format!("{} in {}", model.entity(member), model.entity(group)),
        Fact::Given(of, attribute) => format!("{}.{} is given", model.entity(of), name(attribute)),
        Fact::Value(of, attribute, value) => format!("{}.{} has {}", model.entity(of), name(attribute), model.value(value, false)),
        Fact::PastRelation(..) | Fact::PastHolds(..) => format!("was {}", model.stated(fact).unwrap_or_default()),
        _ => model.stated(fact).unwrap_or_default(),
    }
}

impl Certificate {
    /// The clauses in DIMACS.
    pub fn dimacs(&self) -> String {
        let most = self.clauses.iter().flatten().map(|lit| lit.unsigned_abs()).max().unwrap_or_default();
        let mut text = format!("c {}\np cnf {most} {}\n", self.question, self.clauses.len());
        self.clauses.iter().for_each(|clause| line(&mut text, clause));
        text
    }

    /// The steps in DRAT, without deletions, up to the empty clause.
    pub fn drat(&self) -> String {
        let mut text = String::new();
        self.steps.iter().for_each(|clause| line(&mut text, clause));
        line(&mut text, &[]);
        text
    }

    /// The variables, one a line.
    pub fn legend(&self) -> String {
        let mut text = String::new();
        for (variable, meaning) in &self.variables {
            let _ = writeln!(text, "{variable} {meaning}");
        }
        text
    }
}

fn line(text: &mut String, clause: &[i32]) {
    for lit in clause {
        let _ = write!(text, "{lit} ");
    }
    text.push_str("0\n");
}
