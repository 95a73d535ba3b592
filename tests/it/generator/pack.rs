//! Packs without mistakes, as lists of elements. Each element is a piece of TOML that can be in any file.

use super::condition::Conditions;
use super::schema::{Action, DATES, DeclaredBy, HIGH, KindIndex, LOW, ROLE, ROLES, Schema, TABLES, TOP, aka};
use super::tape::Tape;
use super::toml;
use delegraph::files::Source;

/// A pack: its schema, and its elements as TOML.
#[derive(Clone, Debug, Default)]
pub struct Pack {
    pub schema: Schema,
    pub elements: Vec<String>,
    claims: usize,
}

impl Pack {
    pub fn generate(tape: &mut Tape) -> Pack {
        let mut pack = Pack { schema: Schema::generate(&mut tape.part(384)), ..Pack::default() };
        let schema_elements = pack.schema.elements(&mut tape.part(16));
        pack.elements.extend(schema_elements);
        pack.tables(&mut tape.part(96));
        pack.actions();
        let implications = pack.conclusions(&mut tape.part(32));
        super::roles::generate(&mut pack, &mut tape.part(96));
        for (at, then) in implications.into_iter().enumerate() {
            pack.implication(&mut tape.part(160), at, &then);
        }
        for at in 0..4 {
            pack.rule(&mut tape.part(128), "allow", at);
        }
        for at in 0..3 {
            pack.rule(&mut tape.part(128), "deny", at);
        }
        for sort in ["obligation", "advice"] {
            for at in 0..2 {
                pack.notice(&mut tape.part(96), sort, at);
            }
        }
        pack.invariant(&mut tape.part(96));
        super::events::generate(&mut pack, tape);
        pack.toggles(&mut tape.part(8));
        pack.role_of_another_kind(&mut tape.part(8));
        pack.documents();
        pack
    }

    /// The elements in files.
    pub fn files(&self) -> Vec<(String, String)> {
        let halves = self.elements.len() / 2;
        let file = |name: &str, elements: &[String]| (name.to_owned(), elements.join("\n"));
        vec![file("schema.toml", &self.elements[..halves]), file("rules.toml", &self.elements[halves..])]
    }

    /// Removes most denies, and most of `not` and `unless`.
    pub fn soften(&mut self, tape: &mut Tape) {
        self.elements.retain(|element| !element.starts_with("[rule.deny-") || tape.chance(20));
        for at in 0..self.elements.len() {
            let element = &self.elements[at];
            if !element.contains("\nif = ") || element.starts_with("[event.") || tape.chance(20) {
                continue;
            }
            // A variable that occurred in both `if` and `unless` may now occur only once.
            let text = |key: &str| element.lines().find_map(|line| line.strip_prefix(key)).map(toml::read).unwrap_or_default();
            let conditions = Conditions::new(&self.schema, TOP);
            let [condition, then] = conditions.without_lone_variables([text("if = ").replace("not ", ""), text("then = ")]);
            let softened = element.lines().filter(|line| !line.starts_with("unless = ")).map(|line| {
                if line.starts_with("if = ") {
                    format!("if = {}\n", toml::text(&condition))
                } else if line.starts_with("then = ") {
                    format!("then = {}\n", toml::text(&then))
                } else {
                    format!("{line}\n")
                }
            });
            let softened = softened.collect();
            let before = std::mem::replace(&mut self.elements[at], softened);
            // Places that were inside a `not` now restrict the kinds of variables, and may leave none.
            if !self.is_right() {
                self.elements[at] = before;
            }
        }
    }

    /// Whether the pack has no mistake.
    fn is_right(&self) -> bool {
        let source = |(name, text): (String, String)| Source::of_bytes(name, text.into_bytes());
        delegraph::open::pack(self.files().into_iter().map(source).collect()).compiled.is_some()
    }

    /// The claims, dates, toggle and remarks of an element. Most elements have a claim that no other element cites.
    pub fn metadata(&mut self, tape: &mut Tape, timed: bool) -> String {
        let mut text = String::new();
        if timed && tape.chance(22) {
            text += &match tape.weighted(&[35, 25, 15, 25]) {
                0 => format!("toggle = '{}'\n", tape.pick(&self.schema.toggles)),
                1 => format!("since = {}\n", tape.pick(&DATES)),
                2 => format!("since = {}\nuntil = {}\n", DATES[0], DATES[1 + tape.below(4)]),
                _ => format!("until = {}\n", tape.pick(&DATES)),
            };
        }
        if tape.chance(15) {
            text += "title = \"A title\"\nnote = \"a remark, with `marks`\"\ncomment = \"for authors\"\n";
        }
        let mut claims = vec![format!("C-{}", self.claims)];
        self.claims += 1;
        if tape.chance(15) {
            claims.push("C-0".to_owned());
        }
        if !tape.chance(6) {
            text += &format!("source = {}\n", toml::list(&claims));
        }
        text
    }

    fn actions(&mut self) {
        let declared: Vec<&Action> = self.schema.actions.iter().filter(|action| action.by == DeclaredBy::Element).collect();
        let elements = declared.into_iter().map(|action| {
            let on = toml::one_or_list(&self.schema.names(&action.on));
            format!("[action.\"{}\"]\naka = [{}]\non = {on}\n", action.name, toml::text(&aka(&action.name)))
        });
        let elements: Vec<String> = elements.collect();
        self.elements.extend(elements);
    }

    fn tables(&mut self, tape: &mut Tape) {
        let mut with_system: Vec<String> =
            self.schema.roles.iter().filter(|role| role.system.is_some()).map(|role| role.name.clone()).collect();
        let own = with_system.clone();
        let mut systems: Vec<&str> = self.schema.roles.iter().filter_map(|role| role.system).collect();
        for (at, system) in TABLES.into_iter().enumerate() {
            if !tape.chance(55) {
                continue;
            }
            let roles: Vec<String> = self.schema.roles.iter().map(|role| role.name.clone()).collect();
            let mut roles = tape.at_least_one(&roles, 50);
            // A role without a system of its own stands in tables of one system.
            roles.retain(|role| own.contains(role) || !with_system.contains(role));
            if roles.is_empty() {
                continue;
            }
            with_system.extend(roles.iter().cloned());
            systems.push(system);
            let on = tape.at_least_one(&[0, 1, 2], 45);
            let mut grid = String::from("| Feature | *Permission* |");
            for role in &roles {
                grid += &format!(" **{}** |", role.to_uppercase());
            }
            grid += &format!("\n| :- | - |{}\n", " :-: |".repeat(roles.len()));
            for (row, name) in [("**Rooms / All**", "View"), ("", "Reset key"), ("Tickets & more", "View")] {
                grid += &format!("| {row} | {name} |");
                for _ in &roles {
                    grid += &format!(" {} |", tape.pick(&["", "✔", "x", "No", "&#10004;", ":white_check_mark:", "&nbsp;"]));
                }
                grid.push('\n');
            }
            let columns: Vec<String> = roles.iter().map(|role| format!("\"{}\" = \"{role}\"", role.to_uppercase())).collect();
            let metadata = self.metadata(tape, true);
            self.elements.push(format!(
                "[table.t-{at}]\nsystem = \"{system}\"\non = {}\nrows = {{ \"Tickets & more\" = \"tickets\" }}\ncolumns = {{ {} }}\nnotes.\"Rooms / All / View\" = \"a note\"\n{metadata}grid = '''\n{grid}'''\n",
                toml::one_or_list(&self.schema.names(&on)),
                columns.join(", "),
            ));
            for name in ["rooms-all.view", "rooms-all.reset-key", "tickets.view"] {
                self.schema.actions.push(Action { name: format!("{system}.{name}"), on: on.clone(), by: DeclaredBy::Table });
            }
        }
        if self.schema.roles.iter().all(|role| with_system.contains(&role.name)) {
            self.schema.systems = systems;
        }
    }

    /// The conclusions of the implications. They are chosen before the conditions, which may use only relations and roles of a lower level.
    fn conclusions(&mut self, tape: &mut Tape) -> Vec<Conclusion> {
        let mut conclusions = Vec::new();
        for level in [LOW, LOW, ROLES, ROLES, HIGH, HIGH] {
            if !tape.chance(75) {
                continue;
            }
            if level != ROLES {
                conclusions.push(Conclusion::Relation(level));
                continue;
            }
            let any = tape.chance(12);
            let role = tape.below(self.schema.roles.len());
            conclusions.push(Conclusion::Role(if any { None } else { Some(role) }));
        }
        // An implication also gives the roles that its role includes.
        let given = |role: usize| {
            conclusions.iter().any(|conclusion| match conclusion {
                Conclusion::Relation(_) => false,
                Conclusion::Role(None) => true,
                Conclusion::Role(Some(giver)) => self.includes(*giver, role),
            })
        };
        let given: Vec<bool> = (0..self.schema.roles.len()).map(given).collect();
        self.schema.roles.iter_mut().zip(given).for_each(|(role, given)| role.given = given);
        // A relation that no implication derives has recorded facts.
        for level in [LOW, HIGH] {
            if !conclusions.iter().any(|conclusion| matches!(conclusion, Conclusion::Relation(own) if *own == level)) {
                self.schema
                    .relations
                    .iter_mut()
                    .filter(|relation| relation.derived == Some(level))
                    .for_each(|relation| relation.derived = None);
            }
        }
        conclusions
    }

    fn includes(&self, role: usize, included: usize) -> bool {
        role == included || self.schema.roles[role].includes.iter().any(|&next| self.includes(next, included))
    }

    fn implication(&mut self, tape: &mut Tape, at: usize, conclusion: &Conclusion) {
        let schema = self.schema.clone();
        let level = match conclusion {
            Conclusion::Relation(level) => *level,
            Conclusion::Role(_) => ROLES,
        };
        let mut conditions = Conditions::new(&schema, level);
        if matches!(conclusion, Conclusion::Role(_)) {
            conditions.subject = Some(schema.holders());
        }
        let Some(then) = self.then(tape, &mut conditions, conclusion) else { return self.plain_implication(at, conclusion) };
        let mut condition = conditions.condition(tape, false);
        let unless = tape.chance(25).then(|| conditions.condition(tape, true));
        let Some(binders) = conditions.binders(tape) else { return self.plain_implication(at, conclusion) };
        if !binders.is_empty() {
            condition = format!("{} and ({condition})", binders.join(" and "));
        }
        let [condition, unless, then] = conditions.without_lone_variables([condition, unless.unwrap_or_default(), then]);
        let mut text = format!("[implication.i-{at}]\nif = {}\nthen = {}\n", toml::text(&condition), toml::text(&then));
        if !unless.is_empty() {
            text += &format!("unless = {}\n", toml::text(&unless));
        }
        if tape.chance(15) {
            text += "listed = false\n";
        }
        text += &self.metadata(tape, true);
        self.elements.push(text);
    }

    fn then(&self, tape: &mut Tape, conditions: &mut Conditions<'_>, conclusion: &Conclusion) -> Option<String> {
        match conclusion {
            Conclusion::Relation(level) => {
                let relation = self.schema.relations.iter().find(|relation| relation.derived == Some(*level))?;
                let mut terms = Vec::new();
                for end in &relation.ends {
                    terms.push(conditions.conclusion_term(tape, end, 15)?);
                }
                Some(format!("{}({})", relation.name, terms.join(", ")))
            }
            Conclusion::Role(role) => {
                let holder =
                    if tape.chance(12) { "subject".to_owned() } else { conditions.conclusion_term(tape, &self.schema.holders(), 45)? };
                let (role, on) = match role {
                    Some(role) => (self.schema.roles[*role].name.clone(), self.schema.roles[*role].on.clone()),
                    None => ("role".to_owned(), joined(self.schema.roles.iter().map(|role| &role.on))),
                };
                let scope = conditions.conclusion_term(tape, &on, 20)?;
                if role == "role" && !conditions.variables.iter().any(|variable| variable.name == "role") {
                    conditions.conclusion_term(&mut Tape::default(), &[ROLE], 0)?;
                }
                Some(format!("{holder} holds {role} on {scope}"))
            }
        }
    }

    /// An implication from a role on one kind to the same role on another, which is no circle: nothing of the other kind contains the one.
    fn role_of_another_kind(&mut self, tape: &mut Tape) {
        let mut pairs = Vec::new();
        for role in &self.schema.roles {
            for &from in &role.on {
                let apart = |to: &&KindIndex| **to != from && !self.schema.may_lie_within(from, **to);
                pairs.extend(role.on.iter().filter(apart).map(|&to| (role.name.clone(), from, to)));
            }
        }
        if pairs.is_empty() || !tape.chance(30) {
            return;
        }
        let (role, from, to) = tape.pick(&pairs).clone();
        let holder = *tape.pick(&self.schema.holders());
        let [holder, from, to] = [holder, from, to].map(|kind| self.schema.kinds[kind].name.clone());
        let metadata = self.metadata(tape, true);
        let text = format!("if = '{holder} holds {role} on {from}'\nthen = '{holder} holds {role} on {to}'\n");
        self.elements.push(format!("[implication.i-other-kind]\n{text}{metadata}"));
    }

    /// A simple implication, for when no conclusion was found: it holds for all entities if a toggle is on.
    fn plain_implication(&mut self, at: usize, conclusion: &Conclusion) {
        let then = match conclusion {
            Conclusion::Relation(level) => {
                let relation =
                    self.schema.relations.iter().find(|relation| relation.derived == Some(*level)).expect("an implication derives it");
                let ends = relation.ends.iter().map(|end| self.schema.kinds[end[0]].name.clone());
                format!("{}({})", relation.name, ends.collect::<Vec<_>>().join(", "))
            }
            Conclusion::Role(role) => {
                let role = &self.schema.roles[role.unwrap_or(0)];
                let [holder, scope] = [self.schema.holders()[0], role.on[0]].map(|kind| self.schema.kinds[kind].name.clone());
                format!("{holder} holds {} on {scope}", role.name)
            }
        };
        let metadata = self.metadata(&mut Tape::default(), false);
        self.elements.push(format!("[implication.i-{at}]\nif = 'toggle strict'\nthen = '{then}'\n{metadata}"));
    }

    /// Actions or patterns, and the kinds of resources of the actions that they match.
    pub fn patterns(&self, tape: &mut Tape) -> (Vec<String>, Vec<KindIndex>) {
        let mut known: Vec<String> = self.schema.actions.iter().map(|action| action.name.clone()).collect();
        known.extend(["*", "w.*", "v.*", "v.a.*"].map(str::to_owned));
        let patterns = tape.at_least_one(&known, 15);
        let matched = |action: &&Action| {
            patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
                Some(beginning) => action.name.starts_with(beginning),
                None => action.name == *pattern,
            })
        };
        let on = joined(self.schema.actions.iter().filter(matched).map(|action| &action.on));
        (patterns, on)
    }

    /// Adds a rule of this effect and number, sometimes.
    fn rule(&mut self, tape: &mut Tape, effect: &str, at: usize) {
        if tape.chance(if effect == "allow" { 85 } else { 60 }) {
            let rule = self.rule_element(tape, effect, &format!("{effect}-{at}"));
            self.elements.push(rule);
        }
    }

    /// Adds a rule of this effect and name, with its claims.
    pub fn add_rule(&mut self, tape: &mut Tape, effect: &str, name: &str) {
        let known = self.claims;
        let rule = self.rule_element(tape, effect, name);
        self.elements.push(rule);
        self.elements.extend((known..self.claims).map(claim));
    }

    fn rule_element(&mut self, tape: &mut Tape, effect: &str, name: &str) -> String {
        let (patterns, on) = self.patterns(tape);
        let conditions = self.conditions(tape, on, if effect == "allow" { 25 } else { 55 });
        let metadata = self.metadata(tape, true);
        format!("[rule.{name}]\n{effect} = {}\n{conditions}{metadata}", toml::list(&patterns))
    }

    /// `if` and `unless` of a rule, obligation or advice.
    fn conditions(&self, tape: &mut Tape, on: Vec<KindIndex>, unless: usize) -> String {
        let (conditions, drawn) = self.drawn_conditions(tape, on, unless);
        if_and_unless(&conditions.without_lone_variables(drawn))
    }

    /// `if` and `unless`, empty if there is none. They may have variables that occur only once.
    pub(super) fn drawn_conditions(&self, tape: &mut Tape, on: Vec<KindIndex>, unless: usize) -> (Conditions<'_>, [String; 2]) {
        let mut conditions = Conditions::new(&self.schema, TOP);
        conditions.subject = Some(self.schema.subjects());
        conditions.resource = Some(on);
        let condition = conditions.condition(tape, false);
        let unless = if tape.chance(unless) { conditions.condition(tape, true) } else { String::new() };
        (conditions, [condition, unless])
    }

    fn invariant(&mut self, tape: &mut Tape) {
        if !tape.chance(30) {
            return;
        }
        let mut conditions = Conditions::new(&self.schema, TOP);
        // The condition must be rare, or every world would break the invariant.
        let parts: Vec<String> = (0..3).map(|_| conditions.condition(tape, false)).collect();
        let never = parts.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(" and ");
        let [never] = conditions.without_lone_variables([never]);
        let metadata = self.metadata(tape, false);
        let warn = if tape.chance(30) { "warn = true\n" } else { "" };
        self.elements.push(format!("[invariant.never-this]\nnever = {}\n{warn}{metadata}", toml::text(&never)));
    }

    fn toggles(&mut self, tape: &mut Tape) {
        for name in self.schema.toggles.clone() {
            let status = *tape.pick(&["proposed", "current", "retired", "interpretation"]);
            let default = tape.chance(50);
            let metadata = self.metadata(&mut Tape::default(), false);
            self.elements.push(format!("[toggle.{name}]\nstatus = \"{status}\"\ndefault = {default}\n{metadata}"));
        }
    }

    fn documents(&mut self) {
        self.elements.push("[document.manual]\ntitle = \"The manual\"\ndate = 2020-06-19\nlocale = \"en-GB\"\n".to_owned());
        self.elements.extend((0..self.claims.max(1)).map(claim));
    }
}

/// `if` and `unless` as lines of TOML; `unless` may be empty.
pub(super) fn if_and_unless([condition, unless]: &[String; 2]) -> String {
    let mut text = format!("if = {}\n", toml::text(condition));
    if !unless.is_empty() {
        text += &format!("unless = {}\n", toml::text(unless));
    }
    text
}

fn claim(number: usize) -> String {
    format!("[claim.C-{number}]\ntext = \"Sentence {number}.\"\ndocuments = [\"manual\"]\n")
}

/// All kinds of several lists.
fn joined<'k>(lists: impl Iterator<Item = &'k Vec<KindIndex>>) -> Vec<KindIndex> {
    let mut all: Vec<KindIndex> = lists.flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What an implication derives.
#[derive(Clone, Debug)]
enum Conclusion {
    /// The derived relation of this level.
    Relation(u8),
    /// A role; `None` for the variable `role`.
    Role(Option<usize>),
}
