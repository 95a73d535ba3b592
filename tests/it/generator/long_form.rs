//! The long form of a pack: the same without the keys by which authors write less.

use super::{Pack, toml};

impl Pack {
    /// The pack with its actions declared one by one, and with what roles grant listed without exceptions.
    pub fn long_form(&self) -> Pack {
        let mut long = self.clone();
        long.elements = self.elements.iter().flat_map(|element| self.without_actions(element)).collect();
        long.elements.iter_mut().for_each(|element| *element = self.without_exceptions(element));
        long
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

/// Whether a pattern matches an action.
fn matches(pattern: &str, action: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == action, |start| action.starts_with(start))
}

/// The element without the lines of these keys.
fn without_lines(element: &str, keys: &[&str]) -> String {
    let is_key = |line: &str| keys.iter().any(|key| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(" = ")));
    element.split_inclusive('\n').filter(|line| !is_key(line)).collect()
}
