//! Replays of worlds that are made for one sentence each.

use crate::support::{pack_of, source};
use delegraph::open::{self, Progress};
use delegraph::plan::CompiledPolicy;
use delegraph::policy::Id;
use delegraph::query::diff::{Because, Difference};
use delegraph::query::replay::{Replay, ReplaySettings};
use delegraph::time::Instant;
use delegraph::wording;
use std::sync::LazyLock;

static PACK: LazyLock<CompiledPolicy> = LazyLock::new(|| {
    pack_of(
        r#"
[kind.club]
[kind.key]
within = "club"
attributes.code = { type = "number", optional = true }
[kind.user]
subject = true
attributes.club = { to = "club", optional = true }
[relation.member]
ends = ["user", "club"]
[relation.chair]
ends = ["user", "club"]
[relation.guest]
ends = ["user", "club"]
[action."club.enter"]
on = "club"
[action."club.vote"]
on = "club"
[action."club.run"]
on = "club"
[action."key.use"]
on = "key"
[rule.enter]
allow = ["club.enter"]
if = 'member(subject, resource) or guest(subject, resource)'
[rule.vote]
allow = ["club.vote"]
if = 'member(subject, resource)'
since = 2021-01-01
[rule.run]
allow = ["club.run"]
if = 'chair(subject, resource)'
[rule.keys]
allow = ["key.use"]
if = 'member(subject, resource.club)'
[rule.strict]
toggle = "strict"
deny = ["club.run"]
if = 'not member(subject, resource)'
[toggle.strict]
status = "proposed"
default = false
[obligation.minutes]
for = ["club.run"]
with = "allow"
text = "write it into the minutes of {resource}"
[event.join]
does = "club.run"
on = "club"
with = { club = "club", who = "user" }
if = 'not member(who, club)'
adds = ['member(who, club)']
[event.leave]
with = { club = "club" }
if = 'member(subject, club)'
removes = ['member(subject, club)']
[event.invite]
with = { club = "club", who = "user", days = { type = "number" } }
if = 'member(subject, club)'
adds = ['guest(who, club) for days days']
[event.cut-key]
with = { club = "club", code = { type = "number", optional = true } }
if = 'member(subject, club)'
creates.key = { club = 'club', code = 'code' }
[event.lose-key]
with = { key = "key" }
if = 'member(subject, key.club)'
ends = ["key"]
"#,
    )
});

const PEOPLE: &str = r"
[club.chess]
[user.ann]
[user.bob]
[user.cyd]
[[fact]]
is = 'chair(user:ann, club:chess)'
";

fn event(at: &str, name: &str, by: &str, more: &str) -> String {
    format!("[[event]]\nat = {at}\ndo = \"{name}\"\nby = \"user:{by}\"\n{more}\n")
}

fn join(at: &str, by: &str, who: &str) -> String {
    event(at, "join", by, &format!("club = \"club:chess\"\nwho = \"user:{who}\""))
}

const CHESS: &str = "club = \"club:chess\"";

fn replay(world: &str, change: impl FnOnce(&mut ReplaySettings)) -> Replay<'static> {
    let files = vec![source("world.toml", &format!("{PEOPLE}{world}"))];
    let recorded = open::recorded(&PACK, files, &Progress::default()).expect("the name ends in .toml");
    let world = recorded.world.unwrap_or_else(|| panic!("{}", crate::support::shown(&recorded.sources, &recorded.diagnostics)));
    let mut settings = ReplaySettings::of(&PACK.policy);
    change(&mut settings);
    Replay::of(&PACK, world, recorded.events, settings)
}

/// Each instant: what happened, what was refused, and the rows as `SUBJECT ACTION OLD NEW because NAMES`.
fn shown(replay: &Replay<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for at in replay.instants() {
        let refused: Vec<String> =
            wording::refused_at(&PACK, replay, at).into_iter().map(|(event, why)| format!("refused {event}: {why}")).collect();
        lines.push([vec![at.to_string()], replay.names_at(at).into_iter().map(str::to_owned).collect(), refused].concat().join(" "));
        replay.compare(at, |sides, changes| {
            let because = Because::new(sides, changes);
            for row in Difference::new(sides, changes, false).rows() {
                let (_, request) = row.request();
                let (policy, world) = (&PACK.policy, sides.new.world);
                let (subject, action) = (world.name(policy, request.subject), &policy.actions[request.action].meta.name);
                let (old, new, cause) = (row.old.name(), row.new.name(), because.of(&row).names.join("; "));
                lines.push(format!("  {subject} {action} {} {old} {new} because {cause}", world.name(policy, request.resource)));
            }
        });
    }
    lines
}

#[test]
fn each_event_is_a_step_with_what_it_gives_and_takes() {
    let events = [join("2022-01-01", "ann", "bob"), event("2022-02-01", "leave", "bob", CHESS)].concat();
    let expected = [
        "2022-01-01 join",
        "  user:bob club.enter club:chess not-granted allowed because member(user:bob, club:chess)",
        "  user:bob club.vote club:chess not-granted allowed because member(user:bob, club:chess)",
        "2022-02-01 leave",
        "  user:bob club.enter club:chess allowed not-granted because not member(user:bob, club:chess)",
        "  user:bob club.vote club:chess allowed not-granted because not member(user:bob, club:chess)",
    ];
    assert_eq!(shown(&replay(&events, |_| {})), expected);
}

#[test]
fn time_alone_ends_facts_and_changes_rules() {
    let invited = event("2020-12-30", "invite", "bob", "club = \"club:chess\"\nwho = \"user:cyd\"\ndays = 5");
    let events = [join("2020-06-01", "ann", "bob"), invited].concat();
    let expected = [
        "2020-06-01 join",
        "  user:bob club.enter club:chess not-granted allowed because member(user:bob, club:chess)",
        "2020-12-30 invite",
        "  user:cyd club.enter club:chess not-granted allowed because guest(user:cyd, club:chess)",
        "2021-01-01",
        "  user:bob club.vote club:chess not-granted allowed because rule:vote",
        "2021-01-04",
        "  user:cyd club.enter club:chess allowed not-granted because not guest(user:cyd, club:chess)",
    ];
    assert_eq!(shown(&replay(&events, |_| {})), expected);
    let rules_of_2022 = |settings: &mut ReplaySettings| settings.policy_at = Instant::parse("2022-01-01").ok();
    let fixed = shown(&replay(&events, rules_of_2022));
    assert_eq!(fixed[2], "  user:bob club.vote club:chess not-granted allowed because member(user:bob, club:chess)");
    assert!(!fixed.iter().any(|line| line == "2021-01-01"), "{fixed:?}");
}

#[test]
fn a_refused_event_ends_the_replay_with_its_reason() {
    let events = [join("2022-01-01", "ann", "bob"), join("2022-01-02", "bob", "cyd"), join("2022-01-03", "ann", "cyd")].concat();
    let stopped = replay(&format!("{events}[[fact]]\nis = 'guest(user:cyd, club:chess)'\nsince = 2022-01-02\n"), |_| {});
    assert_eq!(stopped.stopped, Instant::parse("2022-01-02").ok());
    let lines = shown(&stopped);
    assert_eq!(lines.len(), 4, "{lines:?}");
    let refused = "2022-01-02 refused join by=user:bob club=club:chess who=user:cyd: bob cannot run club chess, because nothing grants it: \
                   it is not true that chair(user:bob, club:chess)";
    assert_eq!(lines[3], refused);
}

#[test]
fn what_rests_on_a_skipped_event_may_be_refused_too() {
    let key = |name: &str| format!("key = \"key:{name}\"");
    let events = [
        join("2022-01-01", "bob", "cyd"),
        event("2022-01-02", "cut-key", "cyd", &format!("{CHESS}\n{}", key("one"))),
        event("2022-01-03", "lose-key", "ann", &key("one")),
        join("2022-01-04", "ann", "ann"),
        event("2022-01-05", "cut-key", "ann", &format!("{CHESS}\n{}", key("two"))),
    ];
    let told = "[[fact]]\nis = 'key:\"one\".code == 7'\nsince = 2022-01-02\n";
    let replay = replay(&[&events.concat(), told].concat(), |settings| settings.keep_going = true);
    let lines = shown(&replay);
    let headers: Vec<&str> =
        lines.iter().filter(|line| !line.starts_with(' ')).map(|line| line.split(": ").next().unwrap_or(line)).collect();
    let expected = [
        "2022-01-01 refused join by=user:bob club=club:chess who=user:cyd",
        "2022-01-02 refused cut-key by=user:cyd club=club:chess key=key:one",
        "2022-01-03 refused lose-key by=user:ann key=key:one",
        "2022-01-04 join",
        "2022-01-05 cut-key",
    ];
    assert_eq!(headers, expected);
    assert_eq!(lines.last().unwrap(), "  user:ann key.use key:two absent allowed because entity:key:two; key:\"two\".club == club:chess");
    let refusals = wording::refused_events(&PACK, &replay);
    assert!(refusals[2].headline.contains("the event that creates it did not happen"), "{}", refusals[2].headline);
}

#[test]
fn events_of_one_instant_are_one_step_and_forbid_each_other_as_in_a_world() {
    let both = [join("2022-01-01", "ann", "bob"), join("2022-01-01", "ann", "cyd")].concat();
    let lines = shown(&replay(&both, |_| {}));
    assert_eq!(lines[0], "2022-01-01 join join");
    assert_eq!(lines.len(), 5);
    // Bob leaves and is told to join: the fact would both begin and end.
    let events = [join("2022-01-01", "ann", "bob"), event("2022-02-01", "leave", "bob", CHESS), join("2022-02-01", "ann", "bob")].concat();
    let lines = shown(&replay(&events, |settings| settings.keep_going = true));
    let at: Vec<&String> = lines.iter().filter(|line| line.starts_with("2022-02-01")).collect();
    assert_eq!(at.len(), 1, "{lines:?}");
    assert!(at[0].starts_with("2022-02-01 leave refused join by=user:ann"), "{}", at[0]);
}

#[test]
fn events_are_checked_under_the_toggles_of_the_replay() {
    let events = join("2022-01-01", "ann", "bob");
    assert!(replay(&events, |_| {}).refused.is_empty());
    let strict = PACK.policy.toggle_named("strict").expect("it is declared");
    let refused = replay(&events, |settings| settings.toggles[strict.index()] = true);
    assert_eq!(refused.refused.len(), 1);
    assert!(shown(&refused)[0].contains("rule strict denies it"), "{:?}", shown(&refused));
}

#[test]
fn obligations_are_those_of_who_does_the_event() {
    let replay = replay(&join("2022-01-01", "ann", "bob"), |_| {});
    let happened = &replay.happened_at(Instant::parse("2022-01-01").expect("a date"))[0];
    assert_eq!(happened.obligations.len(), 1);
    assert!(happened.advice.is_empty());
}

#[test]
fn what_is_left_open_for_a_time_is_a_step_where_it_turns_answers() {
    let open = "[[unknown]]\nis = 'member(_, club:chess)'\nsince = 2022-01-01\nuntil = 2022-02-01\n";
    let lines = shown(&replay(open, |_| {}));
    assert_eq!(lines[0], "2022-01-01");
    assert!(lines[1].starts_with("  user:ann club.enter club:chess not-granted unknown"), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("  user:ann club.vote club:chess unknown not-granted")), "{lines:?}");
}
