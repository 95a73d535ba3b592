//! Facts of a list, in words.

use super::Words;
use crate::eval::{Decider, MissingDatum, Truth};
use crate::query::lists::{FactRow, From, OpenItem, Subject};
use crate::time::Interval;
use crate::world::Statement;

/// A row of `facts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactText {
    /// The fact, or the pattern or attribute that is open.
    pub fact: String,
    /// What sort of fact it is: a relation's name, `holds`, `in`, or an attribute's name.
    pub sort: String,
    /// Whether it holds; else that is unknown.
    pub holds: bool,
    /// Why that is unknown, where the world says so.
    pub why: Option<String>,
    /// The place where it is stated or left open; `None` for what an implication derives, and what is not stated.
    pub place: Option<String>,
    /// The implication that derives it.
    pub implication: Option<String>,
    /// The stated facts on which it rests, if that was asked.
    pub rests_on: Option<Vec<String>>,
    /// When it is so.
    pub during: Interval,
    /// The same in words; `None` if always.
    pub dates: Option<String>,
}

impl Words<'_> {
    /// A row; `expanded` with the facts on which it rests.
    pub fn listed_fact(self, decider: &Decider<'_>, row: &FactRow, expanded: bool) -> FactText {
        let (place, implication) = match (row.from, row.subject) {
            (From::Stated(id), _) => (self.world.places(id).into_iter().min(), None),
            (From::Implied(implication), _) => (None, Some(self.policy.implications[implication].meta.name.clone())),
            (From::Left, Subject::Pattern(pattern)) => (self.world.pattern(pattern).place.clone(), None),
            (From::Left, _) => (None, None),
        };
        let statements = |statements: Vec<Statement>| statements.iter().map(|fact| self.world.statement_text(self.policy, fact)).collect();
        FactText {
            fact: row.subject.text(decider),
            sort: self.sort(row.subject),
            holds: row.truth == Truth::True,
            why: self.why_unknown(decider, row),
            place: place.map(|place| place.to_string()),
            rests_on: (expanded && implication.is_some()).then(|| statements(row.rests_on(decider))),
            implication,
            during: row.during,
            dates: match row.from {
                From::Stated(id) => self.dates_of(id),
                From::Implied(_) | From::Left => super::facts::dates(row.during),
            },
        }
    }

    fn sort(self, subject: Subject) -> String {
        match subject {
            Subject::Fact(Statement::Relation(relation, _)) if relation == self.policy.unknown_roles => "holds".to_owned(),
            Subject::Fact(Statement::Relation(relation, _)) | Subject::Derived(relation, _) => {
                self.policy.relations[relation].meta.name.clone()
            }
            Subject::Fact(Statement::Holds { .. }) => "holds".to_owned(),
            Subject::Fact(Statement::Member { .. }) => "in".to_owned(),
            Subject::Fact(Statement::Value { attribute, .. }) | Subject::Missing(_, attribute) => {
                self.policy.attributes[attribute].name.clone()
            }
            Subject::Pattern(_) => "left open".to_owned(),
        }
    }

    /// Why it is unknown: the words of the world, or the data that is missing.
    fn why_unknown(self, decider: &Decider<'_>, row: &FactRow) -> Option<String> {
        if let Subject::Pattern(pattern) = row.subject {
            return self.why_open(pattern);
        }
        let item = |datum: MissingDatum| match OpenItem::of(decider, datum) {
            OpenItem::Pattern(pattern) => self.world.pattern_text(self.policy, pattern),
            OpenItem::Datum(datum) => self.open_datum(datum),
        };
        let mut items: Vec<String> = row.missing(decider).into_iter().map(item).collect();
        items.sort();
        items.dedup();
        (!items.is_empty()).then(|| items.join(", "))
    }
}
