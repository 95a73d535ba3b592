//! Conditions without mistakes for a schema: every variable is bound, and every term is of a kind that its place allows.

use super::schema::{DATES, KindIndex, ROLE, ROLES, Relation, Schema, TEXTS};
use super::tape::Tape;
use super::terms::{Root, Type};
use super::variables::{Place, Variable, meet, union};
use delegraph::syntax::{entity, quoted};

/// The most variables and wildcards of a condition.
pub(super) const MAX_VARIABLES: usize = 12;

/// Makes the parts of one condition, which share their variables.
#[derive(Clone, Debug)]
pub struct Conditions<'s> {
    pub schema: &'s Schema,
    /// The kinds of `subject`, if the condition may use it.
    pub subject: Option<Vec<KindIndex>>,
    /// The kinds of `resource`, if the condition may use it.
    pub resource: Option<Vec<KindIndex>>,
    /// The parameters of an event that are entities: name, kinds, and whether it may have many values.
    pub parameters: Vec<(String, Vec<KindIndex>, bool)>,
    /// Further names that are not variables here.
    pub reserved: Vec<String>,
    /// Derived relations and roles that it uses must have a lower level.
    pub level: u8,
    pub variables: Vec<Variable>,
    pub(super) wildcards: usize,
}

fn some_text(tape: &mut Tape) -> String {
    quoted(tape.pick::<&str>(&TEXTS))
}

impl<'s> Conditions<'s> {
    pub fn new(schema: &'s Schema, level: u8) -> Conditions<'s> {
        Conditions {
            schema,
            subject: None,
            resource: None,
            parameters: Vec::new(),
            reserved: Vec::new(),
            level,
            variables: Vec::new(),
            wildcards: 0,
        }
    }

    /// A condition; `negated` if it is inside a `not` or `unless`.
    pub fn condition(&mut self, tape: &mut Tape, negated: bool) -> String {
        self.part(tape, negated, 0, 0)
    }

    /// A part of a condition. `outer` is the operator around it: 0 for none, 1 for `or`, 2 for `and`, 3 for `not`.
    fn part(&mut self, tape: &mut Tape, negated: bool, depth: usize, outer: u8) -> String {
        let branching = usize::from(depth < 3);
        match tape.weighted(&[50, 22 * branching, 20 * branching, 12 * branching]) {
            0 => self.atom(tape, negated),
            3 => {
                let inner = self.part(tape, true, depth + 1, 3);
                format!("not {inner}")
            }
            sort => {
                let (word, own) = if sort == 1 { (" and ", 2) } else { (" or ", 1) };
                let count = 2 + tape.weighted(&[70, 30]);
                let part = |this: &mut Self, tape: &mut Tape| this.part(tape, negated, depth + 1, own);
                let parts = if sort == 1 || negated {
                    (0..count).map(|_| part(self, tape)).collect::<Vec<_>>()
                } else {
                    self.branches(tape, count, part)
                };
                let text = parts.join(word);
                if outer == 0 { text } else { format!("({text})") }
            }
        }
    }

    /// The branches of an `or`. Each binds its own variables, which may have the same names, or leaves fewer kinds to variables that are
    /// bound outside.
    fn branches(&mut self, tape: &mut Tape, count: usize, mut part: impl FnMut(&mut Self, &mut Tape) -> String) -> Vec<String> {
        let outside = self.variables.clone();
        let mut found: Vec<Vec<Variable>> = Vec::new();
        let mut texts = Vec::new();
        for _ in 0..count {
            self.variables.clone_from(&outside);
            // A variable that is not bound yet must be bound outside.
            self.variables.iter_mut().for_each(|variable| variable.hidden |= !variable.bound);
            texts.push(part(self, tape));
            found.push(std::mem::take(&mut self.variables));
        }
        let in_branches = |name: &str| -> Vec<&Variable> { found.iter().flatten().filter(|variable| variable.name == name).collect() };
        for before in outside {
            let after = in_branches(&before.name);
            // A later place must leave it all kinds that it has, or a branch that narrowed it might be left with none.
            let fixed = after.iter().any(|variable| variable.fixed || variable.kinds != before.kinds);
            // A variable loses kinds if every branch leaves it fewer.
            let narrowed = after.iter().all(|variable| variable.kinds != before.kinds);
            let kinds = if narrowed { union(&after) } else { before.kinds.clone() };
            self.variables.push(Variable { kinds, fixed, ..before });
        }
        let mut names: Vec<String> = found.iter().flatten().map(|variable| variable.name.clone()).collect();
        names.sort();
        names.dedup();
        for name in names {
            if self.variables.iter().any(|variable| variable.name == name) {
                continue;
            }
            let all = in_branches(&name);
            let everywhere = all.len() == count && all.iter().all(|variable| variable.bound && !variable.hidden);
            let fixed = all.iter().any(|variable| variable.fixed);
            let kinds = union(&all);
            self.variables.push(Variable { name, kinds, fixed, bound: everywhere, concluded: false, hidden: !everywhere });
        }
        texts
    }

    fn atom(&mut self, tape: &mut Tape, negated: bool) -> String {
        let before = self.variables.clone();
        for _ in 0..8 {
            let atom = match tape.weighted(&[30, 8, 16, 12, 6, 5, 12, 8, 5, 6, 3, 10]) {
                0 => self.relation(tape, negated, false),
                1 => self.relation(tape, negated, true),
                2 => self.holds(tape, negated, false),
                3 => self.member(tape, negated),
                4 => self.among(tape, negated),
                5 => self.one_of(tape, negated),
                6 => self.scalar(tape, negated),
                7 => self.same(tape, negated),
                8 => self.is(tape, negated),
                9 => self.within(tape, negated),
                11 => self.holds(tape, negated, true),
                _ => Some(format!("toggle {}", tape.pick(&self.schema.toggles))),
            };
            if let Some(atom) = atom {
                return atom;
            }
            // Drops the variables of an atom that could not be completed.
            self.variables.clone_from(&before);
        }
        if tape.chance(50) { "true" } else { "false" }.to_owned()
    }

    pub(super) fn may_ask(&self, relation: &Relation) -> bool {
        relation.derived.is_none_or(|level| level < self.level)
    }

    fn relation(&mut self, tape: &mut Tape, negated: bool, was: bool) -> Option<String> {
        let schema = self.schema;
        let known: Vec<&Relation> =
            schema.relations.iter().filter(|relation| self.may_ask(relation) && !(was && relation.derived.is_some())).collect();
        let relation = *tape.pick(&known);
        let mut terms = Vec::new();
        for end in 0..relation.ends.len() {
            terms.push(self.place(tape, &self.end(relation, end), negated, true)?);
        }
        Some(format!("{}{}({})", if was { "was " } else { "" }, relation.name, terms.join(", ")))
    }

    pub(super) fn end(&self, relation: &Relation, end: usize) -> Place {
        let declared = relation.ends[end].clone();
        let covers = relation.covers && end + 1 == relation.ends.len();
        Place { allowed: if covers { self.schema.with_below(&declared) } else { declared.clone() }, declared }
    }

    fn holds(&mut self, tape: &mut Tape, negated: bool, was: bool) -> Option<String> {
        let schema = self.schema;
        // Of the past nothing is derived.
        let all = was || self.level > ROLES || schema.roles.iter().all(|role| !role.given);
        let mut on = schema.scopes();
        let role = if all && tape.chance(15) {
            self.role_variable(tape, negated)?
        } else if all && self.variables.len() + self.wildcards + 3 < MAX_VARIABLES && tape.chance(12) {
            self.wildcards += 1;
            "_".to_owned()
        } else {
            let known: Vec<_> = schema.roles.iter().filter(|role| was || !role.given || self.level > ROLES).collect();
            if known.is_empty() {
                return None;
            }
            let role = *tape.pick(&known);
            on.clone_from(&role.on);
            Schema::role_word(tape, role)
        };
        let holder = self.place(tape, &Place::exactly(&schema.holders()), negated, true)?;
        let allowed = if was { on.clone() } else { schema.with_below(&on) };
        let scope = self.place(tape, &Place { allowed, declared: on }, negated, true)?;
        Some(format!("{}{holder} holds {role} on {scope}", if was { "was " } else { "" }))
    }

    /// A variable after `holds`: `role`, or one that occurs at another place too, since a name that occurs only there is that of a role.
    fn role_variable(&mut self, tape: &mut Tape, negated: bool) -> Option<String> {
        let place = Place::exactly(&[ROLE]);
        let known = self.old_variable(tape, &place, negated);
        known.or_else(|| if negated { None } else { self.declare("role", &place, true) })
    }

    fn member(&mut self, tape: &mut Tape, negated: bool) -> Option<String> {
        let members: Vec<KindIndex> = (0..self.schema.kinds.len()).filter(|&kind| !self.schema.groups_of(kind).is_empty()).collect();
        // The group comes first, since the kinds of members depend on it.
        let groups: Vec<KindIndex> = members.iter().flat_map(|&kind| self.schema.groups_of(kind)).collect();
        let group = self.place(tape, &Place::exactly(&groups), negated, true)?;
        let kinds = if let Some(variable) = self.variables.iter_mut().find(|variable| variable.name == group) {
            // The kinds of members depend on the kinds of the variable.
            variable.fixed = true;
            variable.kinds().to_vec()
        } else if group == "_" {
            groups
        } else {
            // The term may also be of kinds that are not groups.
            meet(&self.kinds_of(&group), &groups)
        };
        let fits = |kind: &KindIndex| !meet(&self.schema.groups_of(*kind), &kinds).is_empty();
        let members: Vec<KindIndex> = members.into_iter().filter(fits).collect();
        if members.is_empty() {
            return None;
        }
        let member = self.place(tape, &Place::exactly(&members), negated, true)?;
        // A member whose text names its kind restricts the kinds of the group.
        let of_kind = (0..self.schema.kinds.len()).find(|&kind| self.schema.kinds[kind].name == member || self.is_of(&member, kind));
        let narrows = of_kind.is_some_and(|kind| !kinds.iter().all(|group| self.schema.groups_of(kind).contains(group)));
        let is_variable = self.variables.iter().any(|variable| variable.name == group);
        if narrows && is_variable { None } else { Some(format!("{member} in {group}")) }
    }

    fn among(&mut self, tape: &mut Tape, negated: bool) -> Option<String> {
        let sets = self.terms(tape, negated, |ty| matches!(ty, Type::Many(_) | Type::ManyTexts));
        let set = self.use_one(tape, &sets)?;
        match &set.ty {
            Type::Many(kinds) => {
                let member = self.place(tape, &Place::exactly(kinds), negated, true)?;
                Some(format!("{member} in {}", set.text))
            }
            _ => Some(format!("{} in {}", some_text(tape), set.text)),
        }
    }

    fn one_of(&mut self, tape: &mut Tape, negated: bool) -> Option<String> {
        if tape.chance(50) {
            let term = self.some_term(tape, negated, |ty| *ty == Type::Texts)?;
            let texts: Vec<String> = tape.at_least_one(&TEXTS, 50).into_iter().map(quoted).collect();
            return Some(format!("{} in [{}]", term.text, texts.join(", ")));
        }
        if negated || tape.chance(40) {
            let term = self.some_term(tape, negated, |ty| matches!(ty, Type::Entity(_)))?;
            let Type::Entity(kinds) = term.ty else { return None };
            if term.hops == 0 && term.root != Root::Given {
                return None;
            }
            let list: Vec<String> = (0..2).map(|_| self.literal(tape, &kinds)).collect();
            return Some(format!("{} in [{}]", term.text, list.join(", ")));
        }
        // A list of entities restricts the kinds of a variable.
        let kinds: Vec<KindIndex> = tape.at_least_one(&[0, 1, 2, 3, 4, 6, ROLE], 25);
        let place = Place::exactly(&kinds);
        let variable = self.old_variable(tape, &place, negated).or_else(|| self.new_variable(tape, &place))?;
        let known = self.variables.iter_mut().find(|known| known.name == variable)?;
        known.fixed = true;
        let kinds = known.kinds().to_vec();
        let list: Vec<String> = kinds.iter().map(|&kind| self.literal(tape, &[kind])).collect();
        Some(format!("{variable} in [{}]", list.join(", ")))
    }

    /// The kinds that a term may have, if it is not a variable by itself.
    fn kinds_of(&self, term: &str) -> Vec<KindIndex> {
        let known = self.terms_from(&self.bases()).into_iter().find(|known| known.text == term);
        match known.map(|known| known.ty) {
            Some(Type::Entity(kinds)) => kinds,
            _ => (0..self.schema.kinds.len()).filter(|&kind| self.is_of(term, kind)).collect(),
        }
    }

    fn is_of(&self, literal: &str, kind: KindIndex) -> bool {
        literal.starts_with(&format!("{}:", self.schema.kinds[kind].name))
    }

    fn scalar(&mut self, tape: &mut Tape, negated: bool) -> Option<String> {
        let equality = *tape.pick(&["==", "!="]);
        let order = *tape.pick(&["<", "<=", ">", ">=", "==", "!="]);
        // `!=` counts as a `not`, so it binds no variable.
        let sort = tape.weighted(&[40, 35, 15, 10, 15]);
        let hidden = negated || (if [0, 3, 4].contains(&sort) { equality } else { order }) == "!=";
        match sort {
            0 => {
                let term = self.some_term(tape, hidden, |ty| *ty == Type::Texts)?;
                if tape.chance(25) {
                    let other = self.some_term(tape, hidden, |ty| *ty == Type::Texts)?;
                    return Some(format!("{} {equality} {}", term.text, other.text));
                }
                Some(format!("{} {equality} {}", term.text, some_text(tape)))
            }
            1 => {
                let term = self.some_term(tape, hidden, |ty| *ty == Type::Number)?;
                let other =
                    if tape.chance(35) { self.some_term(tape, hidden, |ty| *ty == Type::Number)?.text } else { tape.below(4).to_string() };
                Some(format!("{} {order} {other}", term.text))
            }
            2 => {
                let term = self.some_term(tape, hidden, |ty| *ty == Type::Date)?;
                Some(format!("{} {order} {}", tape.pick(&DATES), term.text))
            }
            4 => {
                let term = self.some_term(tape, hidden, |ty| *ty == Type::System)?;
                let known = &self.schema.systems;
                if tape.chance(30) {
                    let systems: Vec<String> = tape.at_least_one(known, 50).into_iter().map(quoted).collect();
                    return Some(format!("{} in [{}]", term.text, systems.join(", ")));
                }
                Some(format!("{} {equality} \"{}\"", term.text, tape.pick(known)))
            }
            _ => {
                let term = self.some_term(tape, hidden, |ty| *ty == Type::Text)?;
                Some(format!("{} {equality} {}", term.text, some_text(tape)))
            }
        }
    }

    fn same(&mut self, tape: &mut Tape, negated: bool) -> Option<String> {
        let op = *tape.pick(&["==", "==", "!="]);
        let negated = negated || op == "!=";
        let left = self.some_term(tape, negated, |ty| matches!(ty, Type::Entity(_)))?;
        let Type::Entity(kinds) = left.ty else { return None };
        if tape.chance(30) {
            return Some(format!("{} {op} {}", left.text, self.literal(tape, &kinds)));
        }
        let right = self.some_term(tape, negated, |ty| matches!(ty, Type::Entity(other) if !meet(other, &kinds).is_empty()))?;
        Some(format!("{} {op} {}", left.text, right.text))
    }

    fn is(&mut self, tape: &mut Tape, negated: bool) -> Option<String> {
        let term = self.some_term(tape, negated, |ty| matches!(ty, Type::Entity(_)))?;
        let Type::Entity(kinds) = term.ty else { return None };
        let kind = *tape.pick(&kinds);
        Some(format!("{} is {}", term.text, self.schema.kinds[kind].name))
    }

    fn within(&mut self, tape: &mut Tape, negated: bool) -> Option<String> {
        let schema = self.schema;
        let (outer, kinds) = if tape.chance(25) {
            let kind = tape.below(4);
            (self.literal(tape, &[kind]), vec![kind])
        } else {
            let outer = self.some_term(tape, negated, |ty| matches!(ty, Type::Entity(_)))?;
            let Type::Entity(kinds) = outer.ty else { return None };
            (outer.text, kinds)
        };
        let below = schema.with_below(&kinds);
        let inner = self.some_term(tape, negated, |ty| matches!(ty, Type::Entity(kinds) if !meet(kinds, &below).is_empty()))?;
        Some(format!("{} within {outer}", inner.text))
    }

    /// An entity of one of the kinds.
    pub(super) fn literal(&self, tape: &mut Tape, kinds: &[KindIndex]) -> String {
        let kind = *tape.pick(kinds);
        if kind == ROLE {
            return format!("role:{}", tape.pick(&self.schema.roles).name);
        }
        let kind = &self.schema.kinds[kind];
        entity(&kind.name, tape.pick::<&str>(&kind.ids))
    }
}
