//! Laws of lists on generated packs and worlds: a list says of everything what the evaluator says, and leaves nothing out.

use crate::generator::{Case, DATES};
use crate::harness::{self, compiled, law, world_after_events};
use delegraph::eval::{Budget, Decider, Truth};
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::policy::RelationId;
use delegraph::query::lists::{self, EntityPattern, FactsQuestion, Origin, RolePath, RolesQuestion, Subject};
use delegraph::time::Instant;
use delegraph::wording::{FactText, RoleText, Words};
use delegraph::world::{EntityId, Statement, World};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use std::collections::{BTreeMap, BTreeSet};

/// Calls `check` with the world of a case, and with each of its contexts.
fn each_context(mut case: Case, check: impl Fn(&CompiledPolicy, &World, Context) -> TestCaseResult) -> TestCaseResult {
    let compiled = compiled(&case.pack.files())?;
    let Some(world) = world_after_events(&compiled, &mut case)? else { return Ok(()) };
    case.contexts.iter().take(2).try_for_each(|context| check(&compiled, &world, harness::context(&compiled, context)))
}

fn living<'w>(decider: &Decider<'w>) -> impl Iterator<Item = EntityId> + 'w {
    let (world, at) = (decider.world, decider.context.at);
    world.ents().filter(move |&ent| world.lives(ent, at) && !world.entity(ent).id.is_empty())
}

/// For every holder, role and scope, the rows that count on the scope say of the role what the evaluator says: held, unknown or neither.
#[test]
fn rows_of_roles_agree_with_the_evaluator() {
    law(32, 1, |case| {
        each_context(case, |compiled, world, context| {
            let decider = Decider::new(compiled, world, context);
            let policy = &compiled.policy;
            let subjects: Vec<EntityId> = living(&decider).filter(|&ent| policy.kinds[world.kind(ent)].subject).collect();
            for scope in living(&decider).filter(|&ent| world.kind(ent) != policy.role_kind) {
                let on = lists::scopes(&decider, EntityPattern::One(scope), false);
                let question = RolesQuestion { on: Some(on), included: true, ..RolesQuestion::default() };
                let mut said: BTreeMap<(EntityId, EntityId), Truth> = BTreeMap::new();
                for path in &lists::roles(&decider, &question).paths {
                    let known = said.entry((path.holder, path.role)).or_insert(Truth::False);
                    *known = known.or(path.outcome());
                }
                for &holder in &subjects {
                    for (role, _) in policy.roles.iter() {
                        let expected = decider.within(&Budget::default()).evaluate_fact(Statement::Holds { holder, role, scope });
                        let listed = said.get(&(holder, world.role_entity(role))).copied().unwrap_or(Truth::False);
                        let name = |ent| world.name(policy, ent);
                        prop_assert_eq!(
                            listed,
                            expected,
                            "{} holds {} on {} at {}",
                            name(holder),
                            &policy.roles[role].meta.name,
                            name(scope),
                            decider.context.at
                        );
                    }
                }
            }
            Ok(())
        })
    });
}

/// A row is in the list at its `since` and just before its `until`, and on every date between, and not just before `since` and at `until`.
#[test]
fn rows_of_roles_are_there_in_their_interval() {
    law(24, 1, |case| {
        each_context(case, |compiled, world, context| {
            let key = |path: &RolePath| (path.holder, path.origin, path.truth);
            let listed_at = |at: Instant| -> Vec<(EntityId, Origin, Truth)> {
                let decider = Decider::new(compiled, world, Context { at, policy_at: at, ..context.clone() });
                let roles = lists::roles(&decider, &RolesQuestion::default());
                roles.paths.iter().map(key).collect()
            };
            let decider = Decider::new(compiled, world, Context { policy_at: context.at, ..context.clone() });
            let mut roles = lists::roles(&decider, &RolesQuestion::default());
            let mut known: BTreeMap<Instant, Vec<(EntityId, Origin, Truth)>> = BTreeMap::new();
            let mut is_listed = |path: &RolePath, at: Instant| known.entry(at).or_insert_with(|| listed_at(at)).contains(&key(path));
            let paths = std::mem::take(&mut roles.paths);
            for path in paths {
                let during = roles.during(&path);
                let words = Words::of(&decider).role_path(&decider, &path, during);
                prop_assert!(during.contains(decider.context.at), "{:?}", words);
                for date in DATES.iter().map(|date| Instant::parse(date).expect("a date")).chain([during.since, during.until.before()]) {
                    if during.contains(date) && date != Instant::MIN {
                        prop_assert!(is_listed(&path, date), "{:?} is not there on {}", words, date);
                    }
                }
                if during.since != Instant::MIN {
                    prop_assert!(!is_listed(&path, during.since.before()), "{:?} is there before", words);
                }
                if during.until != Instant::MAX {
                    prop_assert!(!is_listed(&path, during.until), "{:?} is there after", words);
                }
            }
            Ok(())
        })
    });
}

/// For all ends that may stand in a derived relation, the rows say what the evaluator says.
#[test]
fn derived_facts_agree_with_the_evaluator() {
    law(32, 1, |case| {
        each_context(case, |compiled, world, context| {
            let decider = Decider::new(compiled, world, context);
            let policy = &compiled.policy;
            let rows = lists::facts(&decider, &FactsQuestion::default()).rows;
            // Nobody knows which entity it is at an end that a row leaves out, so the row does not say that it may be any.
            let said = |relation: RelationId, ends: [EntityId; 3], with_unknown_ends: bool| {
                let is_own = |of: &Subject| match *of {
                    Subject::Derived(own, own_ends) => {
                        let is_end = |(own, end): (&Option<EntityId>, EntityId)| own.map_or(with_unknown_ends, |own| own == end);
                        own == relation && own_ends.iter().zip(ends).all(is_end)
                    }
                    _ => false,
                };
                rows.iter().filter(|row| is_own(&row.subject)).fold(Truth::False, |truth, row| truth.or(row.truth))
            };
            for (relation, declared) in policy.relations.iter().filter(|(_, declared)| !declared.derived_by.is_empty()) {
                let mut tuples: Vec<Vec<EntityId>> = vec![Vec::new()];
                for kinds in &declared.ends {
                    let ends: Vec<EntityId> = living(&decider).filter(|&ent| kinds.contains(world.kind(ent))).collect();
                    tuples = tuples.iter().flat_map(|tuple| ends.iter().map(|&end| [tuple.as_slice(), &[end]].concat())).collect();
                }
                for tuple in tuples.into_iter().take(400) {
                    let mut ends = [EntityId::NONE; 3];
                    ends[..tuple.len()].copy_from_slice(&tuple);
                    let statement = Statement::Relation(relation, ends);
                    let expected = decider.within(&Budget::default()).evaluate_fact(statement);
                    let last = tuple.len() - 1;
                    let covering: Vec<EntityId> =
                        if declared.covers { world.containers(ends[last], decider.context.at).collect() } else { vec![ends[last]] };
                    let listed = |with_unknown_ends: bool| {
                        covering.iter().fold(Truth::False, |truth, &end| {
                            let mut covered = ends;
                            covered[last] = end;
                            truth.or(said(relation, covered, with_unknown_ends))
                        })
                    };
                    let (certain, most) = (listed(false), listed(true));
                    // What is unknown may be so by a pattern, which is a row of its own.
                    let agrees = certain == expected || most == expected || expected == Truth::Unknown && !world.relation_closed(relation);
                    prop_assert!(agrees, "{}: listed {:?}, evaluated {:?}", world.statement_text(policy, &statement), most, expected);
                }
            }
            Ok(())
        })
    });
}

/// A fact has its truth at its `since`, just before its `until`, and between; and not just before `since` and at `until`.
#[test]
fn facts_are_there_in_their_interval() {
    law(24, 1, |case| {
        each_context(case, |compiled, world, context| {
            let listed_at = |at: Instant| -> BTreeSet<(String, bool)> {
                let decider = Decider::new(compiled, world, Context { at, policy_at: at, ..context.clone() });
                let rows = lists::facts(&decider, &FactsQuestion::default()).rows;
                rows.iter().map(|row| (row.subject.text(&decider), row.truth == Truth::True)).collect()
            };
            let decider = Decider::new(compiled, world, Context { policy_at: context.at, ..context.clone() });
            let mut known: BTreeMap<Instant, BTreeSet<(String, bool)>> = BTreeMap::new();
            for row in lists::facts(&decider, &FactsQuestion::default()).rows {
                // Patterns that read alike may follow each other for other reasons.
                if matches!(row.subject, Subject::Pattern(_)) {
                    continue;
                }
                let key = (row.subject.text(&decider), row.truth == Truth::True);
                let mut is_listed = |at: Instant| known.entry(at).or_insert_with(|| listed_at(at)).contains(&key);
                let during = row.during;
                for date in DATES.iter().map(|date| Instant::parse(date).expect("a date")).chain([during.since, during.until.before()]) {
                    if during.contains(date) && date != Instant::MIN {
                        prop_assert!(is_listed(date), "{:?} is not there on {}", key, date);
                    }
                }
                prop_assert!(
                    during.since == Instant::MIN || !is_listed(during.since.before()),
                    "{:?} is there before {}",
                    key,
                    during.since
                );
                prop_assert!(during.until == Instant::MAX || !is_listed(during.until), "{:?} is there on {}", key, during.until);
            }
            Ok(())
        })
    });
}

/// The rows of both lists.
type Rows = (Vec<RoleText>, Vec<FactText>);

/// The order of files and of their elements changes no row but for places.
#[test]
fn shuffling_changes_no_row() {
    law(24, 1, |mut case| {
        let compiled = compiled(&case.pack.files())?;
        let rows = |case: &mut Case| -> Result<Option<Rows>, TestCaseError> {
            let files = case.world.files(&case.pack.schema, &mut case.tape);
            let Some(world) = harness::world(&compiled, &files)? else { return Ok(None) };
            let decider = Decider::new(&compiled, &world, harness::context(&compiled, &case.contexts[0]));
            let words = Words::of(&decider);
            let mut roles = lists::roles(&decider, &RolesQuestion::default());
            let paths = std::mem::take(&mut roles.paths);
            let role_texts = paths.iter().map(|path| words.role_path(&decider, path, roles.during(path))).collect();
            let facts = lists::facts(&decider, &FactsQuestion::default()).rows;
            let bare = |text: FactText| FactText { place: None, ..text };
            Ok(Some((role_texts, facts.iter().map(|row| bare(words.listed_fact(&decider, row, true))).collect())))
        };
        let first = rows(&mut case)?;
        let second = rows(&mut case)?;
        prop_assert_eq!(first, second);
        Ok(())
    });
}
