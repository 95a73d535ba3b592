//! A world in several files, in which entities and facts are repeated.

use super::schema::Schema;
use super::tape::Tape;
use super::world::{Entity, GivenValue, World};

impl World {
    /// The same world as two to four files. Several of them, and several lines of one, declare the same entity: each gives some of its
    /// attributes, and some of the members of its sets. Facts, patterns and names that were not imported are repeated too; each event is in one
    /// file. Some files name entities by keys.
    pub fn split(&self, schema: &Schema, tape: &mut Tape) -> Vec<(String, String)> {
        let count = 2 + tape.below(3);
        // Lines have two places each, so that one file declares an entity twice.
        let mut parts: Vec<(String, World)> = Vec::new();
        for at in 0..count {
            let name = format!("w{at}.{}", if tape.chance(50) { "ndjson" } else { "toml" });
            let lines = name.ends_with('n');
            parts.extend(std::iter::repeat_n((name, World::default()), 1 + usize::from(lines)));
        }
        let all: Vec<usize> = (0..parts.len()).collect();
        for entity in &self.entities {
            let mut places = tape.at_least_one(&all, 40);
            places.sort_unstable();
            for (&part, piece) in places.iter().zip(pieces(entity, places.len(), tape)) {
                parts[part].1.entities.push(piece);
            }
        }
        for fact in &self.facts {
            tape.at_least_one(&all, 20).into_iter().for_each(|part| parts[part].1.facts.push(fact.clone()));
        }
        for event in &self.events {
            let part = *tape.pick(&all);
            parts[part].1.events.push(event.clone());
        }
        for unknown in &self.unknown {
            tape.at_least_one(&all, 20).into_iter().for_each(|part| parts[part].1.unknown.push(unknown.clone()));
        }
        for denial in &self.denials {
            tape.at_least_one(&all, 20).into_iter().for_each(|part| parts[part].1.denials.push(denial.clone()));
        }
        for name in &self.not_imported {
            tape.at_least_one(&all, 20).into_iter().for_each(|part| parts[part].1.not_imported.push(name.clone()));
        }
        for (_, part) in &mut parts {
            if tape.chance(30) {
                self.name_by_keys(schema, tape, part, false);
            }
        }
        let mut files: Vec<(String, String)> = Vec::new();
        for (name, part) in parts {
            let text = part.text(schema, &name);
            match files.last_mut() {
                Some((last, before)) if *last == name => before.push_str(&text),
                _ => files.push((name, text)),
            }
        }
        tape.shuffled(files)
    }
}

/// The declarations of an entity: together they give what it gives.
fn pieces(entity: &Entity, count: usize, tape: &mut Tape) -> Vec<Entity> {
    let mut pieces = vec![Entity { attributes: Vec::new(), ..entity.clone() }; count];
    let all: Vec<usize> = (0..count).collect();
    for (name, given) in &entity.attributes {
        let places = tape.at_least_one(&all, 40);
        let mut shares = vec![given.clone(); places.len()];
        if let GivenValue::List(items) = given {
            shares.fill(GivenValue::List(Vec::new()));
            let own: Vec<usize> = (0..places.len()).collect();
            for item in items {
                for share in tape.at_least_one(&own, 30) {
                    if let GivenValue::List(members) = &mut shares[share] {
                        members.push(item.clone());
                    }
                }
            }
        }
        for (piece, share) in places.into_iter().zip(shares) {
            pieces[piece].attributes.push((name.clone(), share));
        }
    }
    pieces
}
