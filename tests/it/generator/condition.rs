//! Conditions that are right for a schema: every variable bound, every term of a kind that may stand there.

use super::schema::{DATES, KindAt, ROLE, ROLES, Relation, Schema, TEXTS};
use super::tape::Tape;
use super::terms::{From, Term, Type};
use delegraph::syntax::{entity, quoted};

/// How many variables and wildcards a condition is given at most.
pub(super) const MOST: usize = 12;

/// Makes the parts of one condition, which share their variables.
#[derive(Clone, Debug)]
pub struct Conditions<'s> {
    pub schema: &'s Schema,
    /// The kinds of `subject`, if that may stand here.
    pub subject: Option<Vec<KindAt>>,
    pub resource: Option<Vec<KindAt>>,
    /// An event's parameters of entities: name, kinds, whether there may be many.
    pub parameters: Vec<(String, Vec<KindAt>, bool)>,
    /// Names that are no variables here, besides.
    pub reserved: Vec<String>,
    /// What is asked for must be given below this level.
    pub level: u8,
    pub variables: Vec<Variable>,
    pub(super) wildcards: usize,
}

#[derive(Clone, Debug)]
pub struct Variable {
    pub name: String,
    /// The kinds that may stand at all places that bind it.
    kinds: Vec<KindAt>,
    /// It stands where other kinds would be an error, so its kinds are fixed.
    fixed: bool,
    /// Some place outside `not` binds it, and not in a branch of an `or` alone.
    pub bound: bool,
    /// It stands in a conclusion, where nothing binds it.
    concluded: bool,
    /// It must not stand here: what binds it stands, or will, where this does not see it.
    hidden: bool,
}

impl Variable {
    pub(super) fn kinds(&self) -> &[KindAt] {
        &self.kinds
    }
}

/// What the place of a term says of kinds.
struct Place {
    named: Vec<KindAt>,
    taken: Vec<KindAt>,
}

impl Place {
    fn exactly(kinds: &[KindAt]) -> Place {
        Place { named: kinds.to_vec(), taken: kinds.to_vec() }
    }
}

fn some_text(tape: &mut Tape) -> String {
    quoted(tape.pick::<&str>(&TEXTS))
}

fn union(variables: &[&Variable]) -> Vec<KindAt> {
    let mut all: Vec<KindAt> = variables.iter().flat_map(|variable| variable.kinds.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn meet(a: &[KindAt], b: &[KindAt]) -> Vec<KindAt> {
    a.iter().copied().filter(|kind| b.contains(kind)).collect()
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

    /// A condition, or one that stands inside `not` or `unless`.
    pub fn condition(&mut self, tape: &mut Tape, negated: bool) -> String {
        self.part(tape, negated, 0, 0)
    }

    /// `outer`: 0 nothing, 1 an `or`, 2 an `and`, 3 a `not`.
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

    /// Branches of an `or`: each binds variables of its own, perhaps by the same names, or leaves fewer kinds to those that are bound outside.
    fn branches(&mut self, tape: &mut Tape, count: usize, mut part: impl FnMut(&mut Self, &mut Tape) -> String) -> Vec<String> {
        let outside = self.variables.clone();
        let mut found: Vec<Vec<Variable>> = Vec::new();
        let mut texts = Vec::new();
        for _ in 0..count {
            self.variables.clone_from(&outside);
            // What nothing binds yet must be bound outside.
            self.variables.iter_mut().for_each(|variable| variable.hidden |= !variable.bound);
            texts.push(part(self, tape));
            found.push(std::mem::take(&mut self.variables));
        }
        let in_branches = |name: &str| -> Vec<&Variable> { found.iter().flatten().filter(|variable| variable.name == name).collect() };
        for before in outside {
            let after = in_branches(&before.name);
            let fixed = after.iter().any(|variable| variable.fixed);
            // Kinds are lost where all branches take some away.
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
            let atom = match tape.weighted(&[30, 8, 16, 12, 6, 5, 12, 8, 5, 6, 3]) {
                0 => self.relation(tape, negated, false),
                1 => self.relation(tape, negated, true),
                2 => self.holds(tape, negated),
                3 => self.member(tape, negated),
                4 => self.among(tape, negated),
                5 => self.one_of(tape, negated),
                6 => self.scalar(tape, negated),
                7 => self.same(tape, negated),
                8 => self.is(tape, negated),
                9 => self.within(tape, negated),
                _ => Some(format!("toggle {}", tape.pick(&self.schema.toggles))),
            };
            if let Some(atom) = atom {
                return atom;
            }
            // What an atom declared that came to nothing is not there.
            self.variables.clone_from(&before);
        }
        if tape.chance(50) { "true" } else { "false" }.to_owned()
    }

    fn may_ask(&self, relation: &Relation) -> bool {
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

    fn end(&self, relation: &Relation, end: usize) -> Place {
        let named = relation.ends[end].clone();
        let covers = relation.covers && end + 1 == relation.ends.len();
        Place { taken: if covers { self.schema.with_below(&named) } else { named.clone() }, named }
    }

    fn holds(&mut self, tape: &mut Tape, negated: bool) -> Option<String> {
        let schema = self.schema;
        let all = self.level > ROLES || schema.roles.iter().all(|role| !role.given);
        let mut on: Vec<KindAt> = schema.roles.iter().flat_map(|role| role.on.iter().copied()).collect();
        on.sort_unstable();
        on.dedup();
        let role = if all && tape.chance(15) {
            self.role_variable(tape, negated)?
        } else {
            let known: Vec<_> = schema.roles.iter().filter(|role| !role.given || self.level > ROLES).collect();
            if known.is_empty() {
                return None;
            }
            let role = *tape.pick(&known);
            on.clone_from(&role.on);
            role.name.clone()
        };
        let holder = self.place(tape, &Place::exactly(&schema.holders()), negated, true)?;
        let scope = self.place(tape, &Place { taken: schema.with_below(&on), named: on }, negated, true)?;
        Some(format!("{holder} holds {role} on {scope}"))
    }

    /// A variable after `holds`: one that stands elsewhere too, since a name that only stands there is a role's; or `role`.
    fn role_variable(&mut self, tape: &mut Tape, negated: bool) -> Option<String> {
        let place = Place::exactly(&[ROLE]);
        let known = self.old_variable(tape, &place, negated);
        known.or_else(|| if negated { None } else { self.declare("role", &place, true) })
    }

    fn member(&mut self, tape: &mut Tape, negated: bool) -> Option<String> {
        let members: Vec<KindAt> = (0..self.schema.kinds.len()).filter(|&kind| !self.schema.groups_of(kind).is_empty()).collect();
        // The group first: it says who may be a member.
        let groups: Vec<KindAt> = members.iter().flat_map(|&kind| self.schema.groups_of(kind)).collect();
        let group = self.place(tape, &Place::exactly(&groups), negated, true)?;
        let kinds = if let Some(variable) = self.variables.iter_mut().find(|variable| variable.name == group) {
            // Who may be a member depends on its kinds.
            variable.fixed = true;
            variable.kinds().to_vec()
        } else if group == "_" {
            groups
        } else {
            // It may be of other kinds beside.
            meet(&self.kinds_of(&group), &groups)
        };
        let fits = |kind: &KindAt| !meet(&self.schema.groups_of(*kind), &kinds).is_empty();
        let members: Vec<KindAt> = members.into_iter().filter(fits).collect();
        if members.is_empty() {
            return None;
        }
        let member = self.place(tape, &Place::exactly(&members), negated, true)?;
        // A member whose kind is plain says of which kinds the group is.
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
            if term.steps == 0 && term.from != From::GivenValue {
                return None;
            }
            let list: Vec<String> = (0..2).map(|_| self.literal(tape, &kinds)).collect();
            return Some(format!("{} in [{}]", term.text, list.join(", ")));
        }
        // A list of entities says of which kinds a variable is.
        let kinds: Vec<KindAt> = tape.at_least_one(&[0, 1, 2, 3, 4, 6, ROLE], 25);
        let place = Place::exactly(&kinds);
        let variable = self.old_variable(tape, &place, negated).or_else(|| self.new_variable(tape, &place))?;
        let known = self.variables.iter_mut().find(|known| known.name == variable)?;
        known.fixed = true;
        let kinds = known.kinds().to_vec();
        let list: Vec<String> = kinds.iter().map(|&kind| self.literal(tape, &[kind])).collect();
        Some(format!("{variable} in [{}]", list.join(", ")))
    }

    /// The kinds of entity that a term may be, other than a variable by itself.
    fn kinds_of(&self, term: &str) -> Vec<KindAt> {
        let known = self.terms_from(&self.bases()).into_iter().find(|known| known.text == term);
        match known.map(|known| known.ty) {
            Some(Type::Entity(kinds)) => kinds,
            _ => (0..self.schema.kinds.len()).filter(|&kind| self.is_of(term, kind)).collect(),
        }
    }

    fn is_of(&self, literal: &str, kind: KindAt) -> bool {
        literal.starts_with(&format!("{}:", self.schema.kinds[kind].name))
    }

    fn scalar(&mut self, tape: &mut Tape, negated: bool) -> Option<String> {
        let equality = *tape.pick(&["==", "!="]);
        let order = *tape.pick(&["<", "<=", ">", ">=", "==", "!="]);
        // Not equal is not, too: no variable is bound there.
        let sort = tape.weighted(&[40, 35, 15, 10]);
        let hidden = negated || (if sort == 0 || sort == 3 { equality } else { order }) == "!=";
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
    fn literal(&self, tape: &mut Tape, kinds: &[KindAt]) -> String {
        let kind = *tape.pick(kinds);
        if kind == ROLE {
            return format!("role:{}", tape.pick(&self.schema.roles).name);
        }
        let kind = &self.schema.kinds[kind];
        entity(&kind.name, tape.pick::<&str>(&kind.ids))
    }

    /// What stands at a place: of one of its kinds, at least perhaps.
    fn place(&mut self, tape: &mut Tape, place: &Place, negated: bool, wildcard: bool) -> Option<String> {
        // A conclusion is best about those of whom its condition speaks.
        if !negated
            && self.variables.iter().any(|variable| !variable.bound)
            && tape.chance(50)
            && let Some(name) = self.old_variable(tape, place, negated)
        {
            return Some(name);
        }
        let full = self.variables.len() + self.wildcards >= MOST;
        match tape.weighted(&[34, 20, 14, if wildcard { 14 } else { 0 }, 8, 10]) {
            1 if !full && !negated => self.new_variable(tape, place),
            2 => self.old_variable(tape, place, negated).or_else(|| self.term_at(tape, place, negated)),
            3 if !full => {
                self.wildcards += 1;
                Some("_".to_owned())
            }
            4 => Some(self.literal(tape, &place.named)),
            _ => self
                .term_at(tape, place, negated)
                .or_else(|| self.old_variable(tape, place, negated))
                .or_else(|| if full || negated { Some(self.literal(tape, &place.named)) } else { self.new_variable(tape, place) }),
        }
    }

    fn term_at(&mut self, tape: &mut Tape, place: &Place, negated: bool) -> Option<String> {
        let fits = |ty: &Type| matches!(ty, Type::Entity(kinds) if !meet(kinds, &place.taken).is_empty());
        let mut terms = self.terms(tape, negated, fits);
        // A variable by itself is not fixed by standing here.
        terms.retain(|term| term.steps > 0 || term.from == From::GivenValue);
        self.use_one(tape, &terms).map(|term| term.text)
    }

    fn old_variable(&mut self, tape: &mut Tape, place: &Place, negated: bool) -> Option<String> {
        let fits = |variable: &Variable| {
            let own = variable.kinds();
            if negated {
                // Such a place takes no kind away: the atom is false of what cannot stand there.
                !meet(own, &place.taken).is_empty()
            } else if variable.fixed || self.schema.kind_at(&variable.name).is_some() {
                own.iter().all(|kind| place.taken.contains(kind))
            } else {
                !meet(own, &place.taken).is_empty()
            }
        };
        let usable = |variable: &Variable| (!negated || variable.bound) && !variable.hidden && fits(variable);
        let known: Vec<usize> = (0..self.variables.len()).filter(|&at| usable(&self.variables[at])).collect();
        if known.is_empty() {
            return None;
        }
        let at = *tape.pick(&known);
        let variable = &mut self.variables[at];
        if !negated {
            variable.kinds = meet(&variable.kinds, &place.taken);
            variable.bound = true;
        }
        Some(variable.name.clone())
    }

    fn new_variable(&mut self, tape: &mut Tape, place: &Place) -> Option<String> {
        let of_kind = tape.chance(45);
        let name = if of_kind {
            let below = tape.chance(20);
            let kind = *tape.pick(if below { &place.taken } else { &place.named });
            self.schema.kinds[kind].name.clone()
        } else {
            (*tape.pick(&["x", "y", "z2", "some-one", "days-off", "for-x"])).to_owned()
        };
        self.declare(&name, place, true)
    }

    fn declare(&mut self, name: &str, place: &Place, bound: bool) -> Option<String> {
        if !self.is_free(name) {
            return None;
        }
        let kinds = match self.schema.kind_at(name) {
            Some(kind) if place.taken.contains(&kind) => vec![kind],
            Some(_) => return None,
            None => place.taken.clone(),
        };
        self.variables.push(Variable { name: name.to_owned(), kinds, fixed: false, bound, concluded: !bound, hidden: false });
        Some(name.to_owned())
    }

    pub(super) fn is_free(&self, name: &str) -> bool {
        self.variables.iter().all(|variable| variable.name != name)
            && self.parameters.iter().all(|(parameter, ..)| parameter != name)
            && !self.reserved.iter().any(|reserved| reserved == name)
            && self.schema.roles.iter().all(|role| role.name != name)
    }

    fn some_term(&mut self, tape: &mut Tape, negated: bool, fits: impl Fn(&Type) -> bool) -> Option<Term> {
        let terms = self.terms(tape, negated, fits);
        self.use_one(tape, &terms)
    }

    /// One of the terms; the kinds of the variable in it are fixed from now on.
    fn use_one(&mut self, tape: &mut Tape, terms: &[Term]) -> Option<Term> {
        if terms.is_empty() {
            return None;
        }
        let term = tape.pick(terms).clone();
        match term.from {
            From::Variable(at) => self.variables[at].fixed = true,
            From::New(kind) => {
                let name = self.schema.kinds[kind].name.clone();
                self.variables.push(Variable { name, kinds: vec![kind], fixed: true, bound: true, concluded: false, hidden: false });
            }
            From::GivenValue | From::Literal => {}
        }
        Some(term)
    }

    /// A term for a conclusion: a variable that bears its kind's name or not, an attribute of one, or an entity.
    pub fn concluded(&mut self, tape: &mut Tape, kinds: &[KindAt], attributes: usize) -> Option<String> {
        match tape.weighted(&[50, attributes, 10, 10]) {
            1 => {
                let bearer = tape.below(7);
                let name = self.schema.kinds[bearer].name.clone();
                let known = self.variables.iter().position(|variable| variable.name == name);
                if known.is_none() {
                    self.declare(&name, &Place::exactly(&[bearer]), false)?;
                }
                let base = Term { text: name, ty: Type::Entity(vec![bearer]), from: From::GivenValue, steps: 0 };
                let fits = |term: &Term| matches!(&term.ty, Type::Entity(found) if !meet(found, kinds).is_empty());
                let terms: Vec<Term> = self.steps(&base).into_iter().filter(fits).collect();
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

    /// An atom for each variable of the conclusion that nothing binds yet; nothing where there is none for it.
    pub fn binders(&mut self, tape: &mut Tape) -> Option<Vec<String>> {
        let mut atoms = Vec::new();
        for at in 0..self.variables.len() {
            let variable = self.variables[at].clone();
            if !variable.concluded || self.schema.kind_at(&variable.name).is_some() {
                continue;
            }
            let mut places: Vec<(&Relation, usize)> = Vec::new();
            for relation in self.schema.relations.iter().filter(|relation| self.may_ask(relation)) {
                let ends = 0..relation.ends.len();
                let fits = |end: &usize| {
                    let common = meet(&self.end(relation, *end).taken, variable.kinds());
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
            kept.kinds = meet(&kept.kinds, &place.taken);
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
