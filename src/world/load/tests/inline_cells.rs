//! Fast reads agree with the facts, for columns in rows and for sparse ones, and for facts that hold always or for an interval.

use super::{HARBOUR, open, policy};
use crate::policy::{Id, Policy};
use crate::time::Instant;
use crate::world::{EntityId, Fact, Inline, Lookup, Statement, World};
use std::fmt::Write;

/// The harbour with a relation of three ends.
fn pack() -> Policy {
    policy(&[("harbour.toml", HARBOUR), ("towing.toml", "[relation.towed]\nends = [\"ship\", \"quay\", \"person\"]\n")])
}

/// Many quays and people. Few of them have the rare attributes, so that these make sparse columns.
fn lines() -> String {
    let mut text = String::from("{\"entity\":\"port:aarhus\"}\n{\"entity\":\"firm:maersk\"}\n");
    let mut line = |fields: std::fmt::Arguments<'_>| writeln!(text, "{{{fields}}}").expect("a string takes all");
    for crew in 0..12 {
        line(format_args!(
            "\"entity\":\"crew:c{crew}\",\"crews\":[{}]",
            if crew % 4 == 3 { String::new() } else { format!("\"crew:c{}\"", crew + 1) }
        ));
    }
    for quay in 0..300 {
        let outer =
            if quay % 3 == 0 { "\"port\":\"port:aarhus\"".to_owned() } else { format!("\"quay\":\"quay:a-quay-number-{}\"", quay - 1) };
        let depth = if quay % 2 == 0 { format!(",\"depth\":{quay}") } else { String::new() };
        let sign = if quay % 150 == 7 { ",\"sign\":\"Øst\"" } else { "" };
        line(format_args!("\"entity\":\"quay:a-quay-number-{quay}\",{outer}{depth}{sign}"));
    }
    for person in 0..200 {
        let home = if person % 2 == 0 { "\"firm\":\"firm:maersk\"" } else { "\"port\":\"port:aarhus\"" };
        let crews = (0..person % 3).map(|of| format!("\"crew:c{}\"", (person + 5 * of) % 12)).collect::<Vec<_>>().join(",");
        line(format_args!("\"entity\":\"person:p{person}\",{home},\"crews\":[{crews}]"));
        line(format_args!("\"entity\":\"ship:a ship of a name that is too long for its place {person}\",\"owner\":\"person:p{person}\""));
    }
    let ship = |number: u32| format!("ship:\\\"a ship of a name that is too long for its place {number}\\\"");
    for number in 0..60 {
        let during = ["", ",\"since\":\"2020-01-01\"", ",\"until\":\"2021-01-01\"", ",\"since\":\"2019-01-01\",\"until\":\"2020-06-01\""]
            [number as usize % 4];
        let quay = format!("quay:a-quay-number-{}", number % 7);
        line(format_args!("\"fact\":\"berthed({}, {quay})\"{during}", ship(number % 3)));
        line(format_args!("\"fact\":\"berthed({}, {quay})\"{during}", ship(number)));
        line(format_args!("\"fact\":\"closed({quay})\"{during}"));
        line(format_args!("\"fact\":\"towed({}, {quay}, person:p{})\"{during}", ship(number % 4), number % 5));
        line(format_args!("\"fact\":\"person:p{} holds keeper on {quay}\"{during}", number % 9));
        line(format_args!("\"fact\":\"person:p{number} in crew:c{}\"{during}", number % 12));
        if number < 20 {
            let (later, earlier) = (",\"since\":\"2020-01-01\"", ",\"until\":\"2020-01-01\"");
            line(format_args!("\"fact\":\"quay:\\\"a-quay-number-{}\\\".depth == {number}\"{later}", 2 * number + 101));
            line(format_args!("\"fact\":\"quay:\\\"a-quay-number-{}\\\".depth == 7\"{earlier}", 2 * number + 101));
        }
    }
    text
}

/// Compares every fast read at an instant with the facts of the world.
fn compare(policy: &Policy, world: &World, at: Instant) {
    let holding: Vec<Fact> = world.facts().map(|(_, fact)| fact).filter(|fact| fact.during.contains(at)).collect();
    let all: Vec<Statement> = world.facts().map(|(_, fact)| fact.statement).collect();
    for &statement in &all {
        let holds = holding.iter().any(|fact| fact.statement == statement);
        let found = world.find_holding(statement, at);
        assert_eq!(found.is_some(), holds, "{}", world.statement_text(policy, &statement));
        assert!(found.is_none_or(|id| world.fact(id).statement == statement && world.fact(id).during.contains(at)));
    }
    for ent in world.ents() {
        let name = world.name(policy, ent);
        assert_eq!(world.find(world.kind(ent), world.entity(ent).id), Some(ent), "{name}");
        assert_eq!(
            world.kind(ent),
            policy.kinds.iter().map(|(kind, _)| kind).find(|&kind| world.of_kind(kind).any(|own| own == ent)).expect("it has one")
        );
        for (attribute, declared) in
            policy.attributes.iter().filter(|(_, declared)| declared.kind == world.kind(ent) && !declared.many && !declared.member_of)
        {
            let read = match world.read(ent, attribute, at) {
                Lookup::Known(value, _) => Lookup::Known(value, ()),
                Lookup::None => Lookup::None,
                Lookup::Unknown => Lookup::Unknown,
                Lookup::Open => Lookup::Open,
            };
            assert_eq!(world.value(ent, attribute, at), read, "{name}.{}", declared.name);
            let expected = holding.iter().find_map(|fact| match fact.statement {
                Statement::Value { entity, attribute: of, value } if (entity, of) == (ent, attribute) => Some(value),
                _ => None,
            });
            assert_eq!(expected, if let Lookup::Known(value, ()) = read { Some(value) } else { None }, "{name}.{}", declared.name);
        }
        assert_eq!(world.container(ent, at), world.containment(ent, at).map(|(container, _)| container), "{name}");

        let mut groups: Vec<EntityId> = holding
            .iter()
            .filter_map(
                |fact| if let Statement::Member { member, group } = fact.statement { (member == ent).then_some(group) } else { None },
            )
            .collect();
        let mut found = Vec::new();
        let none: Option<()> = world.find_group(ent, at, |_, group| {
            found.push(group);
            None
        });
        assert_eq!(none, None);
        groups.sort();
        found.sort();
        assert_eq!(found, groups, "{name}");
        match world.single_group(ent) {
            Inline::Always(group) => assert_eq!(groups, [group], "{name}"),
            Inline::NoFact => assert_eq!(groups, [], "{name}"),
            Inline::ReadFacts => {}
        }

        let mut held = Vec::new();
        let none: Option<()> = world.find_assignment(ent, at, |id, holder, role| {
            assert_eq!(world.fact(id).statement, Statement::Holds { holder, role, scope: ent });
            held.push(world.fact(id).statement);
            None
        });
        assert_eq!(none, None);
        let on = |statement: &Statement| matches!(statement, Statement::Holds { scope, .. } if *scope == ent);
        let mut expected: Vec<Statement> = holding.iter().map(|fact| fact.statement).filter(on).collect();
        expected.sort();
        held.sort();
        assert_eq!(held, expected, "{name}");

        for (relation, declared) in policy.relations.iter().filter(|(_, declared)| declared.ends.len() == 2) {
            for end in 0..2 {
                let mut others = Vec::new();
                world.each_other_end(relation, end, ent, at, |other| others.push(other));
                let expected = holding.iter().filter_map(|fact| match fact.statement {
                    Statement::Relation(of, ends) if of == relation && ends[end] == ent => Some(ends[1 - end]),
                    _ => None,
                });
                let mut expected: Vec<EntityId> = expected.collect();
                expected.sort();
                others.sort();
                assert_eq!(others, expected, "{name}, end {end} of {}", declared.meta.name);
            }
        }
    }
}

#[test]
fn fast_reads_agree_with_facts() {
    let policy = pack();
    let (world, _, mistakes) = open(&policy, &[&lines()]);
    assert_eq!(mistakes, []);
    for at in ["2019-06-01", "2020-03-01", "2020-06-01", "2022-01-01"] {
        compare(&policy, &world, Instant::parse(at).expect("a date"));
    }
}

#[test]
fn inline_cells_agree_after_updates() {
    let policy = pack();
    let (mut world, _, _) = open(&policy, &[&lines()]);
    let at = Instant::parse("2020-03-01").expect("a date");
    let every_third: Vec<_> = world.facts().step_by(3).collect();
    for (id, fact) in every_third {
        world.assume_end(id, at);
        if let Statement::Member { member, group } = fact.statement {
            let home = world.of_kind(world.kind(group)).next().expect("there is a crew");
            world.add(Fact { statement: Statement::Member { member, group: home }, ..fact }, None);
        }
    }
    compare(&policy, &world, at);
}

#[test]
fn names_of_no_entity_are_not_found() {
    let policy = pack();
    let (world, _, _) = open(&policy, &[&lines()]);
    for (kind, _) in policy.kinds.iter() {
        for id in ["", "p", "p200", "a-quay-number-300", "a ship of a name that is too long for its place", "\0"] {
            assert_eq!(world.find(kind, id), None, "{} {id}", kind.index());
        }
    }
}
