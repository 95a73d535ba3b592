//! What-if and diff, on worlds that are made for one sentence each.

use crate::support::{pack_of, world_of};
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::query::diff::{Because, ChangeError, Changes, Difference, Direction, ReadChange, Sides, WhatIf};
use delegraph::time::Instant;
use delegraph::world::World;
use std::fmt::Write as _;
use std::sync::LazyLock;

const PACK_TEXT: &str = r#"
[kind.firm]
attributes.admins = "team"
[kind.client]
[kind.room]
within = "client"
[kind.team]
attributes.teams = { member-of = "team" }
[kind.user]
subject = true
exactly-one = ["firm", "client"]
attributes.firm = "firm"
attributes.client = "client"
attributes.teams = { member-of = "team" }
[relation.dap]
ends = ["client", "firm"]
[relation.locked]
ends = ["client"]
[action."client.view"]
on = "client"
[action."room.open"]
on = ["room"]
[action."firm.leave"]
on = "firm"
[role.manager]
on = ["client", "room"]
grants = ["client.*", "room.open"]
[implication.dap-admins]
if = 'dap(client, firm)'
then = 'firm.admins holds manager on client'
[rule.own]
allow = ["client.view"]
if = 'subject.client == resource'
[rule.leave]
allow = ["firm.leave"]
if = 'subject.firm == resource'
[rule.locked-out]
deny = ["client.view"]
if = 'locked(resource)'
[toggle.no-rooms]
status = "proposed"
default = false
[rule.rooms-shut]
toggle = "no-rooms"
deny = ["room.open"]
if = 'true'
[rule.late]
deny = ["room.open"]
if = 'true'
since = 2024-06-01
"#;

static PACK: LazyLock<CompiledPolicy> = LazyLock::new(|| pack_of(PACK_TEXT));

const WORLD: &str = r#"
[firm.f]
admins = "team:admins"
[client.c]
[client.d]
[room.r]
client = "client:c"
[team.admins]
[team.inner]
teams = ["team:admins"]
[user.ann]
firm = "firm:f"
teams = ["team:inner"]
[user.bob]
firm = "firm:f"
[user.cleo]
client = "client:c"
[[fact]]
is = 'dap(client:c, firm:f)'
until = 2024-03-01
[[fact]]
is = 'dap(client:c, firm:f)'
since = 2025-01-01
"#;

fn at(date: &str) -> Context {
    Context::at(&PACK.policy, Instant::parse(date).expect("a date"))
}

/// The rows: `SUBJECT ACTION RESOURCE OLD NEW because NAMES`.
fn rows(sides: Sides<'_>, all_changes: bool) -> Vec<String> {
    let changes = Changes::between(sides);
    let because = Because::new(sides, &changes);
    let difference = Difference::new(sides, &changes, all_changes);
    let row = |row: delegraph::query::diff::DiffRow| {
        let (side, request) = row.request();
        let decider = sides.decider(side);
        let name = |ent| decider.world.name(&decider.compiled.policy, ent);
        let action = &decider.compiled.policy.actions[request.action].meta.name;
        let cause = because.of(&row);
        let more = if cause.at_least { " at least" } else { "" };
        let (subject, resource) = (name(request.subject), name(request.resource));
        format!("{subject} {action} {resource} {} {} because{more} {}", row.old.name(), row.new.name(), cause.names.join("; "))
    };
    difference.rows().map(row).collect()
}

fn made(world: &World, date: &str, changes: &[ReadChange<'_>]) -> Result<WhatIf, String> {
    let mut what_if = WhatIf::new(world, &at(date));
    for &change in changes {
        what_if.make(&PACK, change).map_err(|error| match error {
            ChangeError::Request(error) => format!("{}; {}", error.message, error.help.unwrap_or_default()),
            ChangeError::Text { diagnostics, .. } => diagnostics[0].headline.clone(),
            ChangeError::Refused(refused) => format!("refused: {} errors", refused.errors.len()),
        })?;
    }
    Ok(what_if)
}

fn what_if(world: &str, date: &str, changes: &[ReadChange<'_>]) -> Vec<String> {
    let world = world_of(&PACK, &format!("{WORLD}{world}"));
    let what_if = made(&world, date, changes).unwrap_or_else(|why| panic!("{why}"));
    let (old, new) = (what_if.old.decider(&PACK), what_if.new.decider(&PACK));
    rows(Sides::of_one_world(&old, &new), false)
}

fn refused(world: &str, changes: &[ReadChange<'_>]) -> String {
    let world = world_of(&PACK, &format!("{WORLD}{world}"));
    made(&world, "2024-02-01", changes).expect_err("it changes nothing")
}

fn diff(old: Context, new: Context, all_changes: bool) -> Vec<String> {
    let world = world_of(&PACK, WORLD);
    let (old, new) = (delegraph::eval::Decider::new(&PACK, &world, old), delegraph::eval::Decider::new(&PACK, &world, new));
    rows(Sides::of_one_world(&old, &new), all_changes)
}

#[test]
fn a_removed_fact_takes_what_rested_on_it() {
    let expected = [
        "user:ann client.view client:c allowed not-granted because not dap(client:c, firm:f)",
        "user:ann room.open room:r allowed not-granted because not dap(client:c, firm:f)",
    ];
    assert_eq!(what_if("", "2024-02-01", &[ReadChange::Remove("dap(client:c, firm:f)")]), expected);
    assert_eq!(what_if("", "2024-02-01", &[ReadChange::Remove("dap(_, firm:f)")]), expected);
}

#[test]
fn a_removed_fact_is_gone_for_good() {
    let world = world_of(&PACK, WORLD);
    let what_if = made(&world, "2024-02-01", &[ReadChange::Remove("dap(client:c, firm:f)")]).expect("it holds");
    let later = delegraph::eval::Decider::new(&PACK, &what_if.new.world, at("2025-06-01"));
    let before = delegraph::eval::Decider::new(&PACK, &world, at("2025-06-01"));
    let found = rows(Sides::of_one_world(&before, &later), false);
    // A rule bars the room since 2024-06-01.
    assert_eq!(found, ["user:ann client.view client:c allowed not-granted because not dap(client:c, firm:f)"]);
}

#[test]
fn an_added_fact_gives_access_and_a_bar_takes_it() {
    let found = what_if("", "2024-02-01", &[ReadChange::Add("user:bob holds manager on client:d")]);
    assert_eq!(found, ["user:bob client.view client:d not-granted allowed because user:bob holds manager on client:d"]);
    let found = what_if("", "2024-02-01", &[ReadChange::Add("locked(client:c)")]);
    let expected = [
        "user:ann client.view client:c allowed barred because locked(client:c)",
        "user:cleo client.view client:c allowed barred because locked(client:c)",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_toggle_is_named_where_it_is_turned() {
    let found = what_if("", "2024-02-01", &[ReadChange::Turn("no-rooms", true)]);
    assert_eq!(found, ["user:ann room.open room:r allowed barred because toggle:no-rooms"]);
}

#[test]
fn the_cause_is_the_smallest_set_and_the_first_of_these() {
    // Either is enough to shut the room; the toggle is named before facts.
    let both = [ReadChange::Remove("dap(client:c, firm:f)"), ReadChange::Turn("no-rooms", true)];
    let found = what_if("", "2024-02-01", &both);
    let expected = [
        "user:ann client.view client:c allowed not-granted because not dap(client:c, firm:f)",
        "user:ann room.open room:r allowed barred because toggle:no-rooms",
    ];
    assert_eq!(found, expected);
    // Two ways to the client must both end.
    let held = "[[fact]]\nis = 'user:ann holds manager on client:c'\n";
    let both = [ReadChange::Remove("dap(client:c, firm:f)"), ReadChange::Remove("user:ann holds manager on client:c")];
    let found = what_if(held, "2024-02-01", &both);
    let names = "not dap(client:c, firm:f); not user:ann holds manager on client:c";
    assert_eq!(found[0], format!("user:ann client.view client:c allowed not-granted because {names}"));
    assert!(what_if(held, "2024-02-01", &both[..1]).is_empty());
}

#[test]
fn an_open_fact_is_told_to_hold_or_not_to() {
    let open = "[[unknown]]\nis = 'dap(client:d, firm:f)'\n";
    let found = what_if(open, "2024-02-01", &[ReadChange::Remove("dap(client:d, _)")]);
    assert_eq!(found, ["user:ann client.view client:d unknown not-granted because not dap(client:d, firm:f)"]);
    let found = what_if(open, "2024-02-01", &[ReadChange::Add("dap(client:d, firm:f)")]);
    assert_eq!(found, ["user:ann client.view client:d unknown allowed because dap(client:d, firm:f)"]);
}

#[test]
fn a_change_that_changes_nothing_is_an_error() {
    let message = refused("", &[ReadChange::Remove("dap(client:d, _)")]);
    assert!(message.contains("nothing that fits"), "{message}");
    let message = refused("", &[ReadChange::Remove("team:admins holds manager on client:c")]);
    assert!(message.contains("follow from other facts"), "{message}");
    let message = refused("", &[ReadChange::Add("dap(client:c, firm:f)")]);
    assert!(message.contains("holds already"), "{message}");
    let message = refused("", &[ReadChange::Turn("no-rooms", false)]);
    assert!(message.contains("off already"), "{message}");
    let message = refused("", &[ReadChange::Add("dap(client:c, firm:nobody)")]);
    assert!(message.contains("firm:nobody"), "{message}");
}

#[test]
fn dates_are_compared_by_facts_and_by_editions() {
    let expected = [
        "user:ann client.view client:c allowed not-granted because not dap(client:c, firm:f)",
        // The rule alone bars it, and a rule is named before a fact.
        "user:ann room.open room:r allowed barred because rule:late",
    ];
    assert_eq!(diff(at("2024-02-01"), at("2024-07-01"), false), expected);
    let by_rules = Context { policy_at: at("2024-07-01").policy_at, ..at("2024-02-01") };
    assert_eq!(diff(at("2024-02-01"), by_rules.clone(), false), expected[1..]);
    // Nobody else may open a room; that a rule bars it now is a change only if all are asked for.
    let all = diff(at("2024-02-01"), by_rules, true);
    let barred = |who: &str| format!("{who} room.open room:r not-granted barred because rule:late");
    assert_eq!(all, [expected[1].to_owned(), barred("user:bob"), barred("user:cleo")]);
}

#[test]
fn packs_and_worlds_are_compared_by_names() {
    let other = pack_of(
        &PACK_TEXT
            .replace("[action.\"firm.leave\"]\non = \"firm\"\n", "")
            .replace("[rule.leave]\nallow = [\"firm.leave\"]\nif = 'subject.firm == resource'\n", ""),
    );
    let (old_world, new_world) = (world_of(&other, WORLD), world_of(&PACK, &WORLD.replace("[user.bob]", "[user.zoe]")));
    let context = at("2024-02-01");
    let old = delegraph::eval::Decider::new(&other, &old_world, Context::at(&other.policy, context.at));
    let new = delegraph::eval::Decider::new(&PACK, &new_world, context);
    let found = rows(Sides::of_two_worlds(&old, &new), false);
    let expected = [
        "user:ann firm.leave firm:f absent allowed because at least rule:leave; action:firm.leave",
        "user:zoe firm.leave firm:f absent allowed because at least rule:leave; action:firm.leave; entity:user:zoe; user:\"zoe\".firm == firm:f",
    ];
    assert_eq!(found, expected);
}

#[test]
fn widened_is_allowed_now_and_narrowed_was() {
    let world = world_of(&PACK, WORLD);
    let what_if = made(&world, "2024-02-01", &[ReadChange::Remove("dap(client:c, _)")]).expect("it holds");
    let (old, new) = (what_if.old.decider(&PACK), what_if.new.decider(&PACK));
    let directions = |sides: Sides<'_>| {
        let changes = Changes::between(sides);
        Difference::new(sides, &changes, false).rows().map(|row| row.direction()).collect::<Vec<_>>()
    };
    assert_eq!(directions(Sides::of_one_world(&old, &new)), [Direction::Narrowed; 2]);
    assert_eq!(directions(Sides::of_one_world(&new, &old)), [Direction::Widened; 2]);
}

/// What those who lose access may still do is worked out at a hundred places, and it is said at how many it is not.
#[test]
fn survivors_beyond_the_hundredth_place_are_said_to_be_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let of = |clients: usize, format: &str| {
        let mut world =
            "[firm.f]\nadmins = \"team:admins\"\n[team.admins]\n[user.ann]\nfirm = \"firm:f\"\nteams = [\"team:admins\"]\n".to_owned();
        for client in 0..clients {
            write!(world, "[client.c{client}]\n[[fact]]\nis = 'dap(client:c{client}, firm:f)'\n").expect("a string");
        }
        let [pack, file] = ["pack.toml", "world.toml"].map(|name| folder.path().join(name));
        std::fs::write(&pack, PACK_TEXT).expect("it can be written");
        std::fs::write(&file, world).expect("it can be written");
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_delegraph"))
            .args(["what-if", "--remove", "user:ann in team:admins", "--at", "2024-01-01", "--format", format])
            .args([std::ffi::OsStr::new("--policies"), pack.as_ref(), std::ffi::OsStr::new("--world"), file.as_ref()])
            .output()
            .expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    for format in ["human", "markdown"] {
        let (whole, cut) = (of(100, format), of(102, format));
        assert!(whole.contains("100 narrowed") && !whole.contains("worked out"), "{whole}");
        assert!(cut.contains("at 2 further places was not worked out"), "{cut}");
    }
}
