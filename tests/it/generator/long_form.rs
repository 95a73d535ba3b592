//! The long form of a pack: the same without the keys by which authors write less.

use super::schema::Relation;
use super::{Pack, toml};

impl Pack {
    /// The pack with its actions declared one by one, with what roles grant listed without exceptions, and with implications in place of
    /// `through`.
    pub fn long_form(&self) -> Pack {
        let mut long = self.clone();
        long.elements = self.elements.iter().flat_map(|element| self.without_actions(element)).collect();
        long.elements.iter_mut().for_each(|element| *element = self.without_exceptions(element));
        for relation in self.schema.relations.iter().filter(|relation| !relation.through.is_empty()) {
            long.elements.iter_mut().for_each(|element| *element = Pack::without_through(element, relation));
            long.elements.extend(self.by_groups(relation));
        }
        long
    }

    /// An element that asks for the relation by groups in its conditions. What events add and remove is the relation itself.
    fn without_through(element: &str, relation: &Relation) -> String {
        if element.starts_with(&format!("[relation.{}]\n", relation.name)) {
            return without_lines(element, &["through"]);
        }
        let (called, by_groups) = (format!("{}(", relation.name), format!("{}(", name_by_groups(relation, relation.through.len())));
        let renamed = |text: &str| {
            let mut found = String::new();
            let mut rest = text;
            while let Some(at) = rest.find(&called) {
                let before = &rest[..at];
                found += before;
                let is_whole = !found.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
                found += if is_whole && !found.ends_with("was ") { &by_groups } else { &called };
                rest = &rest[at + called.len()..];
            }
            found + rest
        };
        let lines = element.split_inclusive('\n').map(|line| {
            if ["if = ", "unless = ", "never = "].iter().any(|key| line.starts_with(key)) {
                return renamed(line);
            }
            if ["adds = ", "removes = "].iter().any(|key| line.starts_with(key)) {
                // Each effect is a text of its own, and `where` stands before its condition.
                let effects = line.split("', '").map(|effect| match effect.split_once(" where ") {
                    Some((fact, condition)) => format!("{fact} where {}", renamed(condition)),
                    None => effect.to_owned(),
                });
                return effects.collect::<Vec<_>>().join("', '");
            }
            line.to_owned()
        });
        lines.collect()
    }

    /// The relation by groups, for one end after the other: each is derived from the one before, for the entity itself and for the groups
    /// that it is in.
    fn by_groups(&self, relation: &Relation) -> Vec<String> {
        let mut ends = relation.ends.clone();
        if let (true, Some(last)) = (relation.covers, ends.last_mut()) {
            *last = self.schema.with_below(last);
        }
        let declared: Vec<String> = ends.iter().map(|end| toml::one_or_list(&self.schema.names(end))).collect();
        let mut elements = Vec::new();
        for (step, &end) in relation.through.iter().enumerate() {
            let (before, after) = (name_by_groups(relation, step), name_by_groups(relation, step + 1));
            let terms = |at_end: &str| {
                let terms = (0..ends.len()).map(|index| if index == end { at_end.to_owned() } else { format!("v-{index}") });
                terms.collect::<Vec<_>>().join(", ")
            };
            elements.push(format!("[relation.{after}]\nends = [{}]\n", declared.join(", ")));
            let implication = |at: String, condition: String, own: &str| {
                format!("[implication.{after}-{at}]\nif = '{condition}'\nthen = '{after}({})'\n", terms(own))
            };
            elements.push(implication("itself".to_owned(), format!("{before}({})", terms("v")), "v"));
            for &kind in &ends[end] {
                let is_in_one = self.schema.groups_of(kind).iter().any(|group| ends[end].contains(group));
                if is_in_one {
                    let kind = &self.schema.kinds[kind].name;
                    elements.push(implication(kind.clone(), format!("{kind} in g and {before}({})", terms("g")), kind));
                }
            }
        }
        elements
    }

    /// A kind without `actions`, and the actions.
    fn without_actions(&self, element: &str) -> Vec<String> {
        let Some(kind) = self.schema.kinds.iter().find(|kind| element.starts_with(&format!("[kind.{}]\n", kind.name))) else {
            return vec![element.to_owned()];
        };
        let declared = kind.actions.iter().map(|name| format!("[action.\"{0}.{name}\"]\non = '{0}'\n", kind.name));
        declared.chain([without_lines(element, &["actions"])]).collect()
    }

    /// A role whose `grants` has no pattern that `except` takes an action out of.
    fn without_exceptions(&self, element: &str) -> String {
        if !element.starts_with("[role.") {
            return element.to_owned();
        }
        let patterns = |key: &str| {
            let list = element.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = ")).unwrap_or("[]");
            let inner = list.trim_matches(['[', ']']);
            inner.split(", ").filter(|item| !item.is_empty()).map(toml::read).collect::<Vec<_>>()
        };
        let except = patterns("except");
        let is_excepted = |action: &String| except.iter().any(|pattern| matches(pattern, action));
        let mut grants = Vec::new();
        for grant in patterns("grants") {
            let mut actions = self.matching(&grant);
            if actions.iter().any(is_excepted) {
                actions.retain(|action| !is_excepted(action));
                grants.extend(actions);
            } else {
                grants.push(grant);
            }
        }
        format!("{}grants = {}\n", without_lines(element, &["grants", "except"]), toml::list(&grants))
    }

    /// The names of the actions that a pattern matches.
    pub fn matching(&self, pattern: &str) -> Vec<String> {
        self.schema.actions.iter().filter(|action| matches(pattern, &action.name)).map(|action| action.name.clone()).collect()
    }
}

/// The name of the relation by groups at its first ends of `through`; its own name for none of them.
fn name_by_groups(relation: &Relation, ends: usize) -> String {
    if ends == 0 { relation.name.clone() } else { format!("{}-by-groups-{ends}", relation.name) }
}

/// Whether a pattern matches an action.
fn matches(pattern: &str, action: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == action, |start| action.starts_with(start))
}

/// The element without the lines of these keys.
fn without_lines(element: &str, keys: &[&str]) -> String {
    let is_key = |line: &str| keys.iter().any(|key| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(" = ")));
    element.split_inclusive('\n').filter(|line| !is_key(line)).collect()
}
