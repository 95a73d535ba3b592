//! What the tests of one source know together: a value that one of them does not know is known to none.

use super::{KindTable, Source, Test};
use crate::policy::KindId;

impl Source {
    /// Lets each test know which values the tests of the same place know.
    pub(super) fn share_known_values(&mut self) {
        type Place = (Option<String>, Vec<String>);
        let of_entries = self.entries.iter_mut().map(|entry| (entry.each.as_ref().map(|each| each.text.clone()), &mut entry.when));
        let of_row = self.tells.iter_mut().map(|tells| &mut tells.when).chain([&mut self.only]).map(|tests| (None, tests));
        let mut tests: Vec<(Place, &mut Test)> = Vec::new();
        for (each, of_one) in of_entries.chain(of_row) {
            for test in of_one {
                let list = if test.pointer.of_item { each.clone() } else { None };
                tests.push(((list, test.pointer.steps.clone()), test));
            }
        }
        let mut places: Vec<Place> = Vec::new();
        for (place, test) in &mut tests {
            test.place = places.iter().position(|known| known == place).unwrap_or_else(|| {
                places.push(place.clone());
                self.tested.push((test.pointer.text.clone(), Vec::new()));
                places.len() - 1
            });
            let named = [test.is.as_slice(), &test.not, test.others.as_deref().unwrap_or_default()].concat();
            self.tested[test.place].1.extend(named);
        }
        let known = |test: &Test| Some([test.is.as_slice(), &test.not, test.others.as_deref()?].concat());
        let known: Vec<(usize, Vec<String>)> = tests.iter().filter_map(|(_, test)| Some((test.place, known(test)?))).collect();
        for (_, test) in tests {
            let of_place = known.iter().filter(|(place, _)| *place == test.place);
            test.known_beside = of_place.map(|(_, values)| values.clone()).collect();
        }
    }
}

impl KindTable {
    /// The kinds, each once.
    pub(in crate::import) fn kinds(&self) -> Vec<KindId> {
        let mut kinds: Vec<KindId> = self.kinds.iter().map(|&(_, kind)| kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

impl Test {
    /// Whether it, or a test beside it, does not know a value, in small letters. Then nobody knows what a row with it says.
    pub(in crate::import) fn is_strange(&self, value: &str) -> bool {
        let among = |texts: &[String]| texts.iter().any(|text| text == value);
        let own = self.others.as_ref().is_some_and(|others| !among(&self.is) && !among(&self.not) && !among(others));
        own || self.others.is_none() && self.known_beside.iter().any(|known| !among(known))
    }
}
