//! The rules of the language, sentence by sentence, each with the test that shows it. The tests that follow the table are those that no other
//! file has.
//!
//! | sentence | test |
//! | :- | :- |
//! | A variable ranges over every kind that may stand at all of the places outside `not` and `unless` where it is bound. | `a_place_inside_not_does_not_restrict_kinds` |
//! | Where branches of an `or` each bind it, it ranges in each branch over that branch's kinds. | `each_branch_of_an_or_has_its_own_kinds` |
//! | An atom in which something stands that may not stand there is false. | `an_atom_with_an_entity_of_a_wrong_kind_is_false` |
//! | One that is false for every kind is an error. | `an_atom_that_is_false_for_every_kind_is_an_error` |
//! | For `holds … on x` and the last end of a covering relation, what lies within may stand too. | `scopes_and_covered_ends_allow_contained_kinds` |
//! | `==`, `is`, `within` and `.attribute` are no places. | `comparisons_kinds_containers_and_attributes_are_no_places` |
//! | A variable must be bound in every branch in which it stands, or outside the `or`. | `a_variable_must_be_bound_in_every_branch_in_which_it_occurs` |
//! | A name after `holds` that is neither a role nor `role` is a variable only if it stands elsewhere too. | `a_name_after_holds_is_a_variable_only_if_it_stands_elsewhere` |
//! | A variable that stands once, and does not bear a kind's name, is an error. | `a_variable_that_occurs_once_is_an_error` |
//! | One that stands once in an effect is an error too; help says `_`, or names what is near. | `a_variable_that_occurs_once_is_an_error` |
//! | A parameter of the event is no variable. | `a_variable_that_occurs_once_is_an_error` |
//! | A variable that stands once in a pattern is an error. | `a_variable_that_stands_once_in_a_pattern_is_an_error` |
//! | The braces of a `text` count. | `what_the_condition_does_not_bind_is_no_name` |
//! | `_` stands only in relations, `holds` and `in`, and has no attributes. | `a_wildcard_stands_only_in_relations_holds_and_in` |
//! | `_ holds R on x` is each holder in turn. | `a_wildcard_is_each_holder_in_turn` |
//! | `subject` in an implication is the left side of the `holds` that asks, never the group through which the role is held. | `subject_in_an_implication_is_who_asks_and_not_the_group` |
//! | Its kinds are those that may hold roles. | `the_kinds_of_subject_in_an_implication_are_those_that_hold_roles` |
//! | The place in `then` takes what a stated fact takes. | `a_conclusion_takes_what_a_fact_takes` |
//! | A variable of the head that `if` does not bind is an error. | `a_conclusion_takes_what_a_fact_takes` |
//! | A role on one kind may imply the same role on another; only a true circle is an error. | `a_role_on_one_kind_may_imply_the_same_role_on_another` |
//! | What is asked of a role is asked of every role that includes it. | `deriving_a_role_derives_the_roles_it_includes` |
//! | A kind within itself cannot be asked for its parent by `x.KIND`. | `a_step_to_the_own_kind_is_the_thing_itself` |
//! | A fact fits a pattern unless its `where` is false of it. | `a_fact_fits_unless_where_is_false_of_it` |
//! | A fact of which `where` is unknown fits too. | `a_fact_fits_unless_where_is_false_of_it` |
//! | What `where` reads counts as stated facts leave it. | `where_reads_what_is_stated` |
//! | `where` asks attributes, `in` a list or set, `is` and `within`, nothing else. | `where_asks_attributes_lists_kinds_and_containers` |
//! | Patterns opened by a `where` in a ring are an error. | `patterns_that_open_one_another_are_an_error` |
//! | A pattern also stands for entities that the world does not name. | `a_pattern_also_stands_for_entities_without_a_name` |
//! | An entity that the world does not name is printed as `_`. | `a_pattern_also_stands_for_entities_without_a_name` |
//! | A pattern that no fact can fit is an error. | `a_pattern_that_no_fact_can_fit_is_a_mistake` |
//! | `TERM.attribute` leaves open whatever it could be, none too where it is optional. | `a_pattern_of_an_attribute_leaves_open_all_that_it_could_be` |
//! | `TERM.attribute == VALUE` leaves open that value alone. | `a_pattern_of_an_attribute_leaves_open_all_that_it_could_be` |
//! | A stated value closes a single attribute. | `a_value_that_is_stated_or_denied_closes_an_attribute` |
//! | `not d.a == v` closes one value, `not d.a` says that it has none. | `a_value_that_is_stated_or_denied_closes_an_attribute` |
//! | Stated to hold and not to hold at one instant is an error. | `a_fact_is_not_stated_both_ways_at_one_time` |
//! | From the instant of a `removes` the fact is stated not to hold, if it was stated or open. | `an_event_closes_what_it_removes_and_states_what_it_adds` |
//! | An event's `adds` ends a `not`. | `an_event_closes_what_it_removes_and_states_what_it_adds` |
//! | A `not` that an event made ends also where the fact is stated from a later instant. | `an_event_closes_what_it_removes_and_states_what_it_adds` |
//! | The variables of a `removes` range over what holds or may hold. | `a_removal_ranges_over_what_holds_or_may` |
//! | A fact added `for` a term is open again after it if a pattern covers it. | `a_fact_added_for_a_term_is_open_again_after_it` |
//! | A set is given by the line of its entity; facts state single members and close nothing. | `a_recorded_member_does_not_complete_a_set` |
//! | A set is given by `sets`. | `a_set_that_is_set_is_whole` |
//! | Of an `optional` or `member-of` set what is stated is all the members, but for what a pattern opens. | `a_recorded_member_does_not_complete_a_set` |
//! | A set that is not given is unknown. | `a_set_that_is_not_given_is_unknown` |
//! | Given `[]` by one file and not by another: given. | `an_empty_set_in_one_file_is_given` |
//! | "Given", "both" and "neither" are meant at each instant. | `given_is_meant_at_each_instant` |
//! | One who is in no group is in no unknown group. | `who_is_in_no_group_is_in_no_unknown_group` |
//! | One who is in no group holds no role through one. | `who_is_in_no_group_holds_no_role_through_one` |
//! | A world in which no membership is stated, and none is open, is a warning. | `a_world_without_memberships_is_warned_of_unless_a_pattern_leaves_them_open` |
//! | An attribute that names an entity that has ended is unknown, also an optional one. | `an_attribute_that_names_what_has_ended_is_unknown` |
//! | The reason says that it has ended. | `an_attribute_that_names_what_has_ended_is_unknown` |
//! | `was` is unknown if it may have held before and may not hold now. | `was_asks_of_what_may_have_held` |
//! | `was` looks at facts as written; only `covers` counts. | `was_looks_at_facts_as_written_and_covers_alone_counts` |
//! | `was x holds R on y`: the very holder, role and scope. | `a_role_was_held_if_its_assignment_ended` |
//! | Variables in `was` range over what lived then as well. | `what_has_ended_counts_in_the_past` |
//! | A binding for which an effect's `where` is unknown leaves its fact unknown. | `an_effect_with_an_unknown_where_leaves_its_fact_open` |
//! | In `creates` an unknown term is an error; a none term leaves the attribute out, or is an error if it is not `optional`. | `an_event_creates_with_values_that_are_known` |
//! | `for TERM` of zero, none, unknown, or past the year 9999 is an error. | `a_term_of_no_days_or_past_the_calendar_is_an_error` |
//! | What `sets` sets holds until it is set again, in place of whatever held. | `what_is_set_replaces_what_held` |
//! | What is set ends where a value stated for later begins. | `a_value_for_later_ends_what_is_set` |
//! | On a `many` attribute the set becomes the member that is set. | `a_set_becomes_what_is_set` |
//! | After a `sets` with `for` nothing is stated. | `after_its_term_nothing_is_stated` |
//! | Where one of `exactly-one` is set, the other ends too. | `of_exactly_one_the_other_ends_too` |
//! | Two values that are set in one instant are an error. | `two_values_at_one_instant_are_an_error` |
//! | Events of one instant: each is checked again on the world with the effects of all others. | `an_event_must_also_be_possible_after_the_others_of_its_instant` |
//! | Invariants hold at every instant at which something in the world begins or ends. | `any_change_of_what_it_reads_counts` |
//! | Invariants hold at every instant at which something in the pack begins or ends. | `an_invariant_is_checked_where_the_pack_changes` |
//! | Invariants hold under the default toggles of the pack. | `an_invariant_holds_under_the_default_toggles` |
//! | An aka is matched by no action pattern. | `an_aka_is_matched_by_no_action_pattern_and_packs_do_not_use_it` |
//! | If a condition reads `role.system`, every role must have one. | `a_role_has_its_own_system_or_that_of_its_tables` |
//! | A role without `system` has that of the tables in whose columns it stands; two different ones are an error. | `a_role_of_two_systems_is_an_error` |
//! | A system that no role or table has is a comparison that can never be true. | `no_role_is_of_a_system_that_none_has` |
//! | A role is written as a name, an id, a variable or `_`. | `a_role_is_called_by_its_name_and_its_ids_in_facts_and_conditions` |
//! | An id that is another role's name or id is an error. | `an_id_names_one_role` |
//! | Ids of roles are compared without case. | `a_role_is_called_by_its_ids_without_case` |
//! | An id that no role has is an unknown role on that scope, and refuses nothing. | `an_unknown_role_is_unknown_to_those_who_ask_for_any_role_and_refuses_nothing` |
//! | An aka is a word of letters, digits, `_` and `-`, an action's of such segments, and no word of the world format. | `an_aka_is_a_word_that_the_world_format_does_not_use` |
//! | An aka stands before `:` in facts, heads world tables and entity lines. | `an_aka_means_the_name_and_is_never_printed` |
//! | An aka may be no other name of its element. | `an_aka_may_be_no_other_name_of_its_element` |
//! | Keys are unique over all key attributes of the kind and over all time. | `a_key_names_one_entity` |
//! | Keys are given on the entity's own line only. | `keys_are_given_where_their_entity_is_declared` |
//! | An id wins over a key. | `an_id_wins_over_a_key` |
//! | A key that is another entity's id is a warning. | `an_id_wins_over_a_key` |
//! | What a pack names is an id. | `an_id_wins_over_a_key` |
//! | A key is one text. | `a_key_is_one_text` |
//! | `through`: a user and each group on the way may be bound by a variable there. | `a_user_and_each_group_on_the_way_may_be_bound_by_a_variable_there` |
//! | A kind that may be in such a group and is not named there may not stand there. | `a_kind_that_may_be_in_such_a_group_and_is_not_named_there_may_not_stand_there` |
//! | An end whose kinds are no groups of one another is an error. | `an_end_whose_kinds_are_no_groups_of_one_another_is_an_error` |
//! | `except` takes actions out of `grants` alone; one that takes nothing out is an error. | `except_takes_actions_out_of_grants_alone_not_out_of_table_cells_and_one_that_takes_nothing_out_is_an_error` |
//! | `where` and `for` are reserved. | `where_and_for_are_reserved` |

use crate::support::{Ask, mistakes, outcome, pack_of, source, world_mistakes, world_of};
use delegraph::open;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Every test of the table is a test of some file.
///
/// Seen to fail when a name in the table was misspelt.
#[test]
fn each_sentence_has_a_test() {
    let mut tests: BTreeSet<String> = BTreeSet::new();
    let mut folders = vec![PathBuf::from("src"), PathBuf::from("tests/it")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is readable") {
            let path = entry.expect("the entry is readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                tests.extend(tests_in(&path));
            }
        }
    }
    let rows: Vec<(&str, &str)> = include_str!("language.rs").lines().filter_map(row).collect();
    assert!(rows.len() > 80, "the table has its rows: {}", rows.len());
    let missing: Vec<&(&str, &str)> = rows.iter().filter(|(_, test)| !tests.contains(*test)).collect();
    assert!(missing.is_empty(), "no such test: {missing:#?}");
    let sentences: BTreeSet<&str> = rows.iter().map(|(sentence, _)| *sentence).collect();
    assert_eq!(sentences.len(), rows.len(), "a sentence has one row");
}

/// Sentence and test of a row of the table.
fn row(line: &str) -> Option<(&str, &str)> {
    let (sentence, test) = line.strip_prefix("//! | ")?.strip_suffix(" |")?.rsplit_once(" | ")?;
    Some((sentence, test.strip_prefix('`')?.strip_suffix('`')?))
}

/// The names of the tests in a file.
fn tests_in(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).expect("the file is readable");
    let functions = text.split("#[test]").skip(1).filter_map(|after| after.split_once("fn ")?.1.split_once('('));
    functions.map(|(name, _)| name.to_owned()).collect()
}

const SCHEMA: &str = r#"
[kind.user]
subject = true
attributes.groups = { member-of = "group" }
attributes.level = { type = "number", optional = true }
attributes.tags = { one-of = ["a", "b"], many = true }
[kind.group]
[kind.site]
within = ["site", "firm"]
[kind.firm]
actions = ["see"]
[kind.room]
within = "site"
actions = ["see", "use"]
attributes.colour = { one-of = ["red", "blue"], optional = true }
attributes.size = { type = "number" }
[relation.waits]
ends = ["user", "room"]
[relation.shut]
ends = [["site", "room"]]
covers = true
[role.keeper]
on = ["site", "room"]
grants = ["room.use"]
[role.head]
on = ["site"]
includes = ["keeper"]
"#;

const WORLD: &str = r#"
[firm.f]
[site.s]
firm = "firm:f"
[site.t]
site = "site:s"
[room.r]
site = "site:t"
[group.g]
[user.u]
groups = ["group:g"]
[user.v]
"#;

/// The schema with more elements.
fn with(elements: &str) -> String {
    format!("{SCHEMA}{elements}\n")
}

/// The schema with a rule that allows to see a room.
fn rule(condition: &str) -> String {
    with(&format!("[rule.r]\nallow = [\"room.see\"]\n{condition}"))
}

/// The answer whether `u` may see the room by such a rule, in the world with more of it.
fn see(condition: &str, more: &str) -> String {
    outcome(&rule(&format!("if = '{condition}'")), &format!("{WORLD}{more}"), "user:u room.see room:r")
}

/// The mistakes of the schema with such a rule.
fn wrong(condition: &str) -> String {
    mistakes(&rule(&format!("if = '{condition}'")))
}

fn fact(fact: &str) -> String {
    format!("[[fact]]\nis = '{fact}'\n")
}

fn unknown(pattern: &str) -> String {
    format!("[[unknown]]\nis = '{pattern}'\n")
}

#[test]
fn an_atom_that_is_false_for_every_kind_is_an_error() {
    assert!(wrong("shut(subject)").starts_with("wrong-kind: "), "{}", wrong("shut(subject)"));
    assert!(wrong("waits(resource, resource)").starts_with("wrong-kind: "));
    assert_eq!(wrong("shut(resource)"), "");
}

#[test]
fn comparisons_kinds_containers_and_attributes_are_no_places() {
    for condition in
        ["x == resource and x != subject", "x is room and x is site", "x within resource and resource within x", "x.size == x.size"]
    {
        assert!(wrong(condition).starts_with("unbound-variable: nothing binds the variable `x`"), "{condition}: {}", wrong(condition));
    }
    assert_eq!(wrong("shut(x) and x is site and resource within x"), "");
}

#[test]
fn a_name_after_holds_is_a_variable_only_if_it_stands_elsewhere() {
    let misspelt = wrong("subject holds keepr on resource");
    assert!(misspelt.starts_with("unknown-role: ") && misspelt.contains("did you mean `keeper`?"), "{misspelt}");
    assert_eq!(wrong("subject holds any on resource and any in [role:keeper, role:head]"), "");
    assert_eq!(wrong("subject holds role on resource"), "");
}

#[test]
fn a_wildcard_stands_only_in_relations_holds_and_in() {
    for condition in ["_ == subject", "_ is room", "_ within resource", "_.size == 1", "waits(_.level, resource)", "_ in [room:r]"] {
        let (misplaced, syntax) = ("misplaced-term: `_` cannot stand here", "expression-syntax: `_`");
        assert!(wrong(condition).starts_with(misplaced) || wrong(condition).starts_with(syntax), "{condition}: {}", wrong(condition));
    }
    for condition in ["waits(_, resource)", "_ holds keeper on resource", "_ in group:g"] {
        assert_eq!(wrong(condition), "", "{condition}");
    }
}

#[test]
fn a_wildcard_is_each_holder_in_turn() {
    let condition = "_ holds keeper on resource";
    assert_eq!(see(condition, ""), "not-granted");
    assert_eq!(see(condition, &fact("user:v holds head on site:s")), "allowed");
    assert_eq!(see(condition, &fact("group:g holds keeper on room:r")), "allowed");
    assert!(see(condition, &unknown("_ holds keeper on room:r")).starts_with("unknown "));
}

#[test]
fn subject_in_an_implication_is_who_asks_and_not_the_group() {
    let pack = with(
        "[relation.entrusted]\nends = ['group', 'room']\n[relation.suspended]\nends = [['user', 'group']]\n\
         [implication.i]\nif = 'entrusted(group, room) and not suspended(subject)'\nthen = 'group holds keeper on room'\n\
         [rule.r]\nallow = ['room.see']\nif = 'subject holds keeper on resource'",
    );
    let ask = |more: &str| outcome(&pack, &format!("{WORLD}{}{more}", fact("entrusted(group:g, room:r)")), "user:u room.see room:r");
    assert_eq!(ask(""), "allowed");
    assert_eq!(ask(&fact("suspended(user:u)")), "not-granted");
    assert_eq!(ask(&fact("suspended(group:g)")), "allowed");
}

#[test]
fn the_kinds_of_subject_in_an_implication_are_those_that_hold_roles() {
    let implication = |condition: &str| {
        mistakes(&with(&format!("[implication.i]\nif = 'shut(room) and {condition}'\nthen = 'user holds keeper on room'")))
    };
    assert_eq!(implication("subject is group"), "");
    assert_eq!(implication("subject is user"), "");
    assert!(implication("subject is room").starts_with("never-true-comparison: "), "{}", implication("subject is room"));
}

#[test]
fn a_conclusion_takes_what_a_fact_takes() {
    let implication = |condition: &str, then: &str| {
        mistakes(&with(&format!("[relation.had]\nends = ['user', 'room']\n[implication.i]\nif = '{condition}'\nthen = '{then}'")))
    };
    assert_eq!(implication("waits(who, room)", "had(who, room)"), "");
    assert!(implication("waits(who, what)", "had(what, who)").starts_with("wrong-kind: "));
    // Of a covering relation the last end is what the schema names, and not what lies within.
    assert!(implication("waits(who, what)", "who holds head on what").starts_with("wrong-kind: "));
    assert!(implication("shut(room)", "had(who, room)").starts_with("unbound-variable: nothing binds the variable `who`"));
}

#[test]
fn a_step_to_the_own_kind_is_the_thing_itself() {
    let of_site = |condition: &str| {
        let pack = with(&format!("[action.enter]\non = ['site']\n[rule.r]\nallow = ['enter']\nif = '{condition}'"));
        outcome(&pack, WORLD, "user:u enter site:t")
    };
    assert_eq!(of_site("resource.site == resource"), "allowed");
    assert_eq!(of_site("resource.site == site:s"), "not-granted");
    assert_eq!(of_site("resource within site:s"), "allowed");
}

#[test]
fn where_asks_attributes_lists_kinds_and_containers() {
    let compiled = pack_of(&rule("if = 'waits(subject, resource)'"));
    let wrong = |pattern: &str| world_mistakes(&compiled, &format!("{WORLD}{}", unknown(pattern)));
    for pattern in [
        "waits(_, room) where room.size == 1",
        "waits(_, room) where room.size in [1, 2]",
        "waits(user, _) where \"a\" in user.tags",
        "waits(_, room) where room within site:s",
        "shut(what) where what is room",
    ] {
        assert_eq!(wrong(pattern), "", "{pattern}");
    }
    for pattern in [
        "waits(user, room) where waits(user, room)",
        "waits(user, room) where user holds keeper on room",
        "waits(user, _) where user in group:g",
    ] {
        assert!(wrong(pattern).starts_with("bad-pattern: `where` cannot ask about "), "{pattern}: {}", wrong(pattern));
    }
}

#[test]
fn patterns_that_open_one_another_are_an_error() {
    let compiled = pack_of(&rule("if = 'waits(subject, resource)'"));
    let ring = unknown("room.size where room.colour == \"red\"") + &unknown("room.colour where room.size == 1");
    assert!(world_mistakes(&compiled, &format!("{WORLD}{ring}")).starts_with("pattern-cycle: "));
}

#[test]
fn a_pattern_of_an_attribute_leaves_open_all_that_it_could_be() {
    let red = "resource.colour == \"red\"";
    assert_eq!(see(red, ""), "not-granted");
    assert_eq!(see(red, &unknown("room.colour")), "unknown room:r.colour");
    assert_eq!(see(&format!("not ({red})"), &unknown("room.colour")), "unknown room:r.colour");
    assert_eq!(see(red, &unknown("room.colour == \"blue\"")), "not-granted");
    assert_eq!(see("resource.colour == \"blue\"", &unknown("room.colour == \"blue\"")), "unknown room:r.colour");
}

#[test]
fn a_value_that_is_stated_or_denied_closes_an_attribute() {
    let (open, red) = (unknown("room.colour"), "resource.colour == \"red\"");
    assert_eq!(see(red, &(open.clone() + &fact("room:\"r\".colour == \"blue\""))), "not-granted");
    assert_eq!(see(red, &(open.clone() + &fact("not room:\"r\".colour == \"red\""))), "not-granted");
    assert_eq!(see("resource.colour == \"blue\"", &(open.clone() + &fact("not room:\"r\".colour == \"red\""))), "unknown room:r.colour");
    assert_eq!(see("resource.colour == \"blue\"", &(open + &fact("not room:\"r\".colour"))), "not-granted");
}

#[test]
fn an_empty_set_in_one_file_is_given() {
    let compiled = pack_of(&rule("if = '\"a\" in subject.tags'"));
    let opened = |other: &str| {
        let files = vec![source("one.toml", WORLD), source("two.toml", other)];
        let world = open::world(&compiled, files).expect("names that end in .toml").world.expect("no mistake");
        Ask::of("2024-02-01", "user:u", "room.see", "room:r").explained(&compiled, &world).outcome
    };
    assert_eq!(opened("[user.u]\n"), "unknown");
    assert_eq!(opened("[user.u]\ntags = []\n"), "not-granted");
}

/// The schema with an event, and the outcome at a date.
fn after_event(event: &str, world: &str, condition: &str, at: &str) -> String {
    let compiled = pack_of(&with(&format!("{event}\n[rule.r]\nallow = ['room.see']\nif = '{condition}'")));
    let world = world_of(&compiled, &format!("{WORLD}{world}"));
    Ask::of(at, "user:u", "room.see", "room:r").explained(&compiled, &world).outcome.to_owned()
}

const QUEUE: &str = "[event.queue]\nif = 'true'\nwith = { room = 'room', days = { type = 'number', optional = true } }\nadds = ['waits(subject, room) for days days']";

fn queued(days: &str) -> String {
    format!("[[event]]\nat = 2024-01-01\ndo = 'queue'\nby = 'user:u'\nroom = 'room:r'\n{days}\n")
}

#[test]
fn a_fact_added_for_a_term_is_open_again_after_it() {
    let ask = |world: &str, at: &str| after_event(QUEUE, world, "waits(subject, resource)", at);
    let world = queued("days = 10") + &unknown("waits(_, _)");
    assert_eq!(["2023-12-31", "2024-01-05", "2024-01-11"].map(|at| ask(&world, at)), ["unknown", "allowed", "unknown"]);
    assert_eq!(ask(&queued("days = 10"), "2024-01-11"), "not-granted");
}

#[test]
fn a_term_of_no_days_or_past_the_calendar_is_an_error() {
    let compiled = pack_of(&with(QUEUE));
    for days in ["days = 0", "", "days = 4000000"] {
        let wrong = world_mistakes(&compiled, &format!("{WORLD}{}", queued(days)));
        assert!(wrong.starts_with("event-term: "), "{days}: {wrong}");
    }
    let by_attribute =
        pack_of(&with("[event.queue]\nif = 'true'\nwith = { room = 'room' }\nadds = ['waits(subject, room) for room.size days']"));
    let wrong = world_mistakes(&by_attribute, &format!("{WORLD}{}", queued("")));
    assert!(wrong.starts_with("event-term: ") && wrong.contains("unknown"), "{wrong}");
    assert_eq!(world_mistakes(&compiled, &format!("{WORLD}{}", queued("days = 1"))), "");
}

#[test]
fn an_event_creates_with_values_that_are_known() {
    let build = |attributes: &str| {
        with(&format!(
            "[event.build]\nif = 'true'\nwith = {{ site = 'site', model = 'room' }}\ncreates.room = {{ site = 'site', {attributes} }}"
        ))
    };
    let world = |more: &str| {
        format!(
            "{WORLD}{more}[[event]]\nat = 2024-01-01\ndo = 'build'\nby = 'user:u'\nsite = 'site:t'\nmodel = 'room:r'\nroom = 'room:new'\n"
        )
    };
    let wrong = |pack: &str, more: &str| world_mistakes(&pack_of(pack), &world(more));
    let (size, colour) = (build("size = 'model.size'"), build("size = '1', colour = 'model.colour'"));
    // The size of the model is not given, and its colour is none.
    assert!(wrong(&size, "").starts_with("event-term: "), "{}", wrong(&size, ""));
    assert_eq!(wrong(&size, &fact("room:\"r\".size == 3")), "");
    assert_eq!(wrong(&colour, ""), "");
    let absent = build("size = 'site.size'").replace(
        "within = [\"site\", \"firm\"]",
        "within = [\"site\", \"firm\"]\nattributes.size = { type = \"number\", optional = true }",
    );
    assert!(wrong(&absent, "").starts_with("event-term: "), "{}", wrong(&absent, ""));
}

#[test]
fn was_looks_at_facts_as_written_and_covers_alone_counts() {
    let past = |fact: &str| format!("[[fact]]\nis = '{fact}'\nuntil = 2021-01-01\n");
    let shut = "was shut(resource)";
    assert_eq!(see(shut, &past("shut(room:r)")), "allowed");
    // The site covers its rooms.
    assert_eq!(see(shut, &past("shut(site:s)")), "allowed");
    assert_eq!(see(shut, &fact("shut(site:s)")), "not-granted");
    let through = with(
        "[relation.invited]\nends = [['user', 'group'], 'room']\nthrough = [1]\n[rule.r]\nallow = ['room.see']\nif = 'was invited(subject, resource)'",
    );
    let ask = |more: &str| outcome(&through, &format!("{WORLD}{more}"), "user:u room.see room:r");
    assert_eq!(ask(&past("invited(group:g, room:r)")), "not-granted");
    assert_eq!(ask(&past("invited(user:u, room:r)")), "allowed");
}

#[test]
fn an_invariant_is_checked_where_the_pack_changes() {
    let pack = |since: &str| {
        pack_of(&with(&format!(
            "[relation.busy]\nends = ['room']\n[implication.i]\nif = 'waits(_, room)'\nthen = 'busy(room)'\nsince = {since}\n\
             [invariant.never-both]\nnever = 'busy(room) and shut(room)'"
        )))
    };
    let world = |until: &str| format!("{WORLD}{}until = {until}\n{}", fact("waits(user:u, room:r)"), fact("shut(room:r)"));
    let wrong = world_mistakes(&pack("2023-01-01"), &world("2024-01-01"));
    assert!(wrong.starts_with("invariant-broken: "), "{wrong}");
    assert_eq!(world_mistakes(&pack("2024-01-01"), &world("2024-01-01")), "");
}

#[test]
fn a_variable_that_stands_once_in_a_pattern_is_an_error() {
    let lone = world_mistakes(&pack_of(SCHEMA), &format!("{WORLD}{}", unknown("waits(whoever, room:r)")));
    assert!(lone.starts_with("lone-variable: ") && lone.contains("write `_`"), "{lone}");
    for right in ["waits(_, room:r)", "waits(user, room:r)", "waits(who, room:r) where who in [user:u, user:v]"] {
        assert_eq!(world_mistakes(&pack_of(SCHEMA), &format!("{WORLD}{}", unknown(right))), "", "{right}");
    }
}

/// The colour of the room is open too, but it is stated nowhere, so `where` is unknown of it, and the fact fits.
#[test]
fn where_reads_what_is_stated() {
    let waits = unknown("waits(_, room) where room.colour == \"red\"");
    let missing = "unknown waits(user:u, room:r)";
    let colour = |colour: &str| fact(&format!("room:\"r\".colour == \"{colour}\""));
    let see = |more: &str| see("waits(subject, resource)", more);
    assert_eq!(see(&format!("{waits}{}", colour("red"))), missing);
    assert_eq!(see(&format!("{waits}{}", colour("blue"))), "not-granted");
    assert_eq!(see(&waits), "not-granted", "an optional colour that is not given is none");
    assert_eq!(see(&format!("{waits}{}", unknown("room.colour"))), missing);
    assert_eq!(see(&format!("{waits}{}{}", unknown("room.colour"), colour("blue"))), "not-granted");
}

#[test]
fn a_removal_ranges_over_what_holds_or_may() {
    let pack = with(
        "[event.clear]\nwith = { room = 'room' }\nremoves = ['waits(user, room)']\n\
         [rule.r]\nallow = [\"room.see\"]\nif = 'waits(subject, resource)'",
    );
    let clear = "[[event]]\nat = 2023-01-01\ndo = 'clear'\nby = 'user:v'\nroom = 'room:r'\n";
    let see = |more: &str| outcome(&pack, &format!("{WORLD}{more}"), "user:u room.see room:r");
    let (stated, open) = (fact("waits(user:u, room:r)"), unknown("waits(_, room:r)"));
    assert_eq!([see(&stated), see(&open)], ["allowed", "unknown waits(user:u, room:r)"]);
    assert_eq!([see(&format!("{stated}{clear}")), see(&format!("{open}{clear}"))], ["not-granted", "not-granted"]);
}

/// A desk belongs to a firm, and later to a site: never to both, and always to one.
#[test]
fn given_is_meant_at_each_instant() {
    let pack = with("[kind.desk]\nexactly-one = ['firm', 'site']\nattributes = { firm = { to = 'firm' }, site = { to = 'site' } }");
    let compiled = pack_of(&pack);
    let given = |firm: &str, site: &str| {
        let [firm, site] = [(firm, "firm == firm:f"), (site, "site == site:s")]
            .map(|(time, value)| format!("{}{time}\n", fact(&format!("desk:\"d\".{value}"))));
        format!("{WORLD}[desk.d]\n{firm}{site}")
    };
    assert_eq!(world_mistakes(&compiled, &given("until = 2023-01-01", "since = 2023-01-01")), "");
    let both = world_mistakes(&compiled, &given("until = 2023-01-02", "since = 2023-01-01"));
    assert!(both.starts_with("two-homes: "), "{both}");
    // While neither is given, both are unknown; while one is, the other is none.
    let asks = |condition: &str, at: &str| {
        let rule = format!("{pack}\n[rule.r]\nallow = ['room.see']\nif = '{condition}'");
        let compiled = pack_of(&rule);
        let opened = world_of(&compiled, &given("until = 2023-01-01", "since = 2023-02-01"));
        Ask::of(at, "user:u", "room.see", "room:r").explained(&compiled, &opened).outcome
    };
    let conditions = ["desk:\"d\".firm == firm:f", "desk:\"d\".site == site:s"];
    let at = |date: &str| conditions.map(|condition| asks(condition, date).to_string());
    assert_eq!(at("2022-12-31"), ["allowed", "not-granted"]);
    assert_eq!(at("2023-01-15"), ["unknown", "unknown"]);
    assert_eq!(at("2023-02-15"), ["not-granted", "allowed"]);
}

#[test]
fn who_is_in_no_group_holds_no_role_through_one() {
    let condition = "subject holds keeper on resource";
    let some_group = unknown("group holds keeper on room:r");
    let of_v = |more: &str| {
        let pack = rule(&format!("if = '{condition}'"));
        outcome(&pack, &format!("{WORLD}{some_group}{more}"), "user:v room.see room:r")
    };
    assert!(see(condition, &some_group).starts_with("unknown "), "`user:u` is in a group");
    assert_eq!(of_v(""), "not-granted");
    assert!(of_v(&unknown("user:v in _")).starts_with("unknown "));
}

#[test]
fn an_invariant_holds_under_the_default_toggles() {
    let pack = |default: &str| {
        pack_of(&with(&format!(
            "[toggle.strict]\nstatus = 'proposed'\ndefault = {default}\n\
             [invariant.never-both]\nnever = 'waits(_, room) and shut(room) and toggle strict'"
        )))
    };
    let world = format!("{WORLD}{}{}", fact("waits(user:u, room:r)"), fact("shut(room:r)"));
    assert!(world_mistakes(&pack("true"), &world).starts_with("invariant-broken: "));
    assert_eq!(world_mistakes(&pack("false"), &world), "");
}

#[test]
fn a_role_of_two_systems_is_an_error() {
    let table = |name: &str, system: &str| {
        format!(
            "[table.{name}]\nsystem = '{system}'\non = 'room'\ncolumns = {{ Keeper = 'keeper' }}\n\
             grid = \"\"\"\n| Task {name} | Keeper |\n| - | - |\n| Look | x |\n\"\"\"\n"
        )
    };
    let reads = "[rule.r]\nallow = [\"room.see\"]\nif = 'subject holds role on resource and role.system == \"desk\"'";
    let head = "[role.head]\non = [\"site\"]\nincludes = [\"keeper\"]";
    let pack = |tables: &str| mistakes(&with(&format!("{tables}{reads}")).replace(head, &format!("{head}\nsystem = 'desk'")));
    assert_eq!(pack(&table("one", "desk")), "");
    let two = pack(&format!("{}{}", table("one", "desk"), table("two", "door")));
    assert!(two.starts_with("ambiguous-system: "), "{two}");
}

#[test]
fn an_aka_is_a_word_that_the_world_format_does_not_use() {
    let kind = |aka: &str| mistakes(&with(&format!("[kind.desk]\naka = ['{aka}']")));
    for right in ["Desk", "desk_2", "writing-desk"] {
        assert_eq!(kind(right), "", "{right}");
    }
    for wrong in ["2desk", "desk.a", "a b", "-desk", "", "fact", "event", "unknown", "world", "entity"] {
        assert_ne!(kind(wrong), "", "{wrong:?}");
    }
    let action = |aka: &str| mistakes(&with(&format!("[action.dust]\non = 'room'\naka = ['{aka}']")));
    assert_eq!([action("can_dust_room"), action("rooms.DUST"), action("a-b.c_d")], ["", "", ""]);
    for wrong in ["rooms..dust", ".dust", "dust.", "2.dust", "dust room"] {
        assert_ne!(action(wrong), "", "{wrong:?}");
    }
}

#[test]
fn where_and_for_are_reserved() {
    for word in ["where", "for"] {
        assert!(mistakes(&with(&format!("[relation.{word}]\nends = ['room']"))).starts_with("reserved-name: "), "{word}");
        assert_ne!(wrong(&format!("waits({word}, resource) and waits({word}, resource)")), "", "{word}");
    }
}
