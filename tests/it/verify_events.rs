//! Properties of worlds and events: what is said to be kept is broken by no event in any small world, put to the ordinary engine of events.

use crate::harness::sources;
use crate::verify_laws::Random;
use crate::verify_pack::Loader;
use delegraph::eval::{Decider, Outcome};
use delegraph::open;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::policy::PropertyId;
use delegraph::report;
use delegraph::time::Instant;
use delegraph::verify::{self, Host, Options, PropertyReport, Verdict};
use delegraph::world::{Request, World};
use std::collections::BTreeMap;
use std::fmt::Write;

const SCHEMA: &str = r#"
[kind.firm]

[kind.group]

[kind.user]
subject = true
attributes.firm   = { to = "firm", optional = true }
attributes.groups = { member-of = "group" }

[kind.thing]
within = "firm"
attributes.owner = { to = "user", optional = OPTIONAL }
attributes.state = { one-of = ["a", "b"] }

[relation.knows]
ends = ["user", "thing"]

[relation.trusted]
ends = ["user"]

[relation.near]
ends = ["user", "thing"]

[implication.near]
if   = 'knows(user, thing) and not trusted(user)'
then = 'near(user, thing)'

[role.keeper]
on     = ["thing", "firm"]
grants = ["use"]

[action.use]
on = ["thing"]

[rule.not-of-strangers]
deny = ["use"]
if   = 'subject.firm != resource.firm'

[invariant.no-trusted-owner]
never = 'INVARIANT'
"#;

const CONDITIONS: &[&str] = &[
    "trusted(subject)",
    "not trusted(who)",
    "subject holds keeper on thing",
    "thing.owner == subject",
    "knows(subject, thing) or trusted(who)",
    "thing.state == \"a\" and not who in crew",
    "not near(who, thing)",
    "who != subject",
];

const ADDS: &[&str] = &[
    "knows(subject, thing)",
    "trusted(who)",
    "who holds keeper on thing",
    "who holds keeper on who.firm",
    "who in crew",
    "knows(user, thing) where trusted(user)",
    "knows(who, each) where each in things",
    "trusted(user) where user.firm == thing.firm",
    "near(who, thing)",
    "thing.owner == who",
    "knows(who, thing) for 3 days",
    "trusted(thing.owner)",
    "crew holds keeper on thing",
    "knows(user, each) where user in crew and each.state == \"a\"",
];

const REMOVES: &[&str] = &[
    "knows(who, thing)",
    "knows(_, thing)",
    "trusted(user) where not user in crew",
    "user holds keeper on thing where user.firm == thing.firm",
    "_ holds keeper on _",
    "who in crew",
    "thing.owner == user",
    "thing.owner == who",
    "knows(user, each) where each.owner == user",
    "near(who, thing)",
    "trusted(thing.owner)",
    "each.state == \"a\" where each in things",
];

const SETS: &[&str] = &[
    "thing.owner == who",
    "thing.state == \"a\"",
    "each.state == \"b\" where each in things",
    "who.groups == crew",
    "thing.owner == each where knows(each, thing) and trusted(each)",
    "who.firm == subject.firm",
];

const ATOMS: &[&str] = &[
    "knows(user, thing)",
    "trusted(user)",
    "thing.owner == user",
    "thing.owner is user",
    "thing.state == \"a\"",
    "user holds keeper on thing",
    "user in group",
    "near(user, thing)",
    "was knows(user, thing)",
    "user.firm == thing.firm",
    "user.firm is firm",
    "knows(_, thing)",
    "near(user, _)",
    "_ holds keeper on thing",
];

impl Random {
    fn atoms(&mut self, depth: usize) -> String {
        if depth > 0 && self.below(4) > 0 {
            let (one, other) = (self.atoms(depth - 1), self.atoms(depth - 1));
            return if self.below(3) == 0 { format!("({one} or {other})") } else { format!("{one} and {other}") };
        }
        let atom = ATOMS[self.below(ATOMS.len())];
        if self.below(3) == 0 { format!("not {atom}") } else { atom.to_owned() }
    }

    /// Up to so many of these, each as a text of TOML.
    fn some(&mut self, of: &[&str], most: usize) -> Vec<String> {
        let count = self.below(most + 1);
        (0..count).map(|_| format!("'{}'", of[self.below(of.len())])).collect()
    }
}

/// A drawn event.
fn event(random: &mut Random, number: usize) -> String {
    let mut text =
        format!("[event.e{number}]\nwith.who = \"user\"\nwith.crew = \"group\"\nwith.things = {{ to = \"thing\", many = true }}\n");
    if random.below(5) == 0 {
        let owner = ["", ", owner = 'who'", ", owner = 'subject'"][random.below(3)];
        let _ = writeln!(text, "creates.thing = {{ firm = 'who.firm', state = '\"a\"'{owner} }}");
    } else {
        text.push_str("with.thing = \"thing\"\n");
        if random.below(4) == 0 {
            text.push_str("does = \"use\"\non = \"thing\"\n");
        }
    }
    if random.below(3) > 0 {
        let _ = writeln!(text, "if = '{}'", CONDITIONS[random.below(CONDITIONS.len())]);
    }
    for (key, of, most) in [("adds", ADDS, 2), ("removes", REMOVES, 1), ("sets", SETS, 1)] {
        let effects = random.some(of, most).join(", ");
        let _ = writeln!(text, "{key} = [{effects}]");
    }
    if random.below(7) == 0 {
        let _ = writeln!(text, "ends = [\"{}\"]", ["who", "crew"][random.below(2)]);
    }
    text
}

const EVENTS: usize = 4;
const PROPERTIES: usize = 8;

fn compiled(text: &str) -> Result<CompiledPolicy, String> {
    let opened = open::pack(sources(&[("pack.toml".to_owned(), text.to_owned())]));
    opened.compiled.ok_or_else(|| report::diagnostics::render(&opened.sources, &opened.diagnostics, false, 120))
}

fn schema(random: &mut Random) -> String {
    let invariant =
        ["thing.owner == user and trusted(user)", "trusted(user) and user in group", "near(user, thing) and thing.owner == user"];
    SCHEMA.replace("OPTIONAL", ["true", "false"][random.below(2)]).replace("INVARIANT", invariant[random.below(3)])
}

/// A drawn pack. The action `c.N` is allowed where the condition of the property `pN` is true.
fn drawn(random: &mut Random) -> (String, CompiledPolicy) {
    let mut text = schema(random);
    let fits = |text: &str, more: &str| compiled(&format!("{text}\n{more}")).is_ok();
    for number in 0..EVENTS {
        let event = std::iter::repeat_with(|| event(random, number)).find(|event| fits(&text, event)).expect("endless");
        let _ = writeln!(text, "{event}");
    }
    for number in 0..PROPERTIES {
        let with = |condition: &str| {
            format!(
                "[property.p{number}]\nnever = '{condition}'\n[action.\"c.n{number}\"]\non = [\"firm\"]\n[rule.c{number}]\nallow = [\"c.n{number}\"]\nif = '{condition}'\n"
            )
        };
        let all = std::iter::repeat_with(|| with(&random.atoms(2)));
        let property = { all }.find(|property| fits(&text, property)).expect("endless");
        let _ = writeln!(text, "{property}");
    }
    let compiled = compiled(&text).unwrap_or_else(|mistake| panic!("{mistake}"));
    (text, compiled)
}

/// A drawn world with an event, up to two entities of each kind.
fn world(random: &mut Random, compiled: &CompiledPolicy) -> String {
    let mut text = String::from("[firm.f0]\n[firm.f1]\n[group.g0]\n[group.g1]\n");
    let one = |random: &mut Random, of: &[&str]| of[random.below(of.len())].to_owned();
    let (users, things) = (1 + random.below(2), random.below(3));
    for user in 0..users {
        let _ = writeln!(text, "[user.u{user}]");
        text.push_str(&one(random, &["", "firm = \"firm:f0\"\n", "firm = \"firm:f1\"\n"]));
        text.push_str(&one(random, &["", "groups = [\"group:g0\"]\n", "groups = [\"group:g1\"]\n"]));
    }
    for thing in 0..things {
        let _ = writeln!(text, "[thing.t{thing}]\nfirm = \"firm:f{}\"", random.below(2));
        text.push_str(&one(random, &["", "state = \"a\"\n", "state = \"b\"\n"]));
        if random.below(2) == 0 {
            let _ = writeln!(text, "owner = \"user:u{}\"", random.below(users));
        }
    }
    let mut fact = |random: &mut Random, one_in: usize, fact: String| {
        if random.below(one_in) == 0 {
            let past = if random.below(4) == 0 { "since = 2020-01-01\nuntil = 2020-05-01\n" } else { "" };
            let _ = writeln!(text, "[[fact]]\nis = '{fact}'\n{past}");
        }
    };
    for user in 0..users {
        fact(random, 2, format!("trusted(user:u{user})"));
        fact(random, 5, format!("user:u{user} holds keeper on firm:f0"));
        for thing in 0..things {
            fact(random, 2, format!("knows(user:u{user}, thing:t{thing})"));
            fact(random, 3, format!("user:u{user} holds keeper on thing:t{thing}"));
        }
    }
    (0..things).for_each(|thing| fact(random, 5, format!("group:g0 holds keeper on thing:t{thing}")));
    let number = random.below(EVENTS);
    let creates = !compiled.policy.events.values().nth(number).expect("an event").creates.is_empty();
    let thing = if creates { "thing:new".to_owned() } else { format!("thing:t{}", random.below(things.max(1))) };
    let all: Vec<String> = (0..things).filter(|_| random.below(2) == 0).map(|thing| format!("\"thing:t{thing}\"")).collect();
    let _ = writeln!(
        text,
        "[[event]]\nat = 2020-06-02\ndo = \"e{number}\"\nby = \"user:u{}\"\nwho = \"user:u{}\"\ncrew = \"group:g{}\"\nthings = [{}]\nthing = \"{thing}\"",
        random.below(users),
        random.below(users),
        random.below(2),
        all.join(", "),
    );
    text
}

/// Whether the condition of each property is true on a date.
fn truths(compiled: &CompiledPolicy, world: &World, at: &str) -> Vec<bool> {
    let at = Instant::parse(at).expect("a date");
    let decider = Decider::new(compiled, world, Context::at(&compiled.policy, at));
    let truth = |number: usize| {
        let name = |kind: &str, id: &str| (kind.to_owned(), id.to_owned());
        // The actor may have ended.
        let asked = ["u0", "u1"].into_iter().find_map(|user| {
            let request = Request { subject: name("user", user), action: format!("c.n{number}"), resource: name("firm", "f0") };
            world.resolve(&compiled.policy, &request, at).ok()
        });
        asked.is_some_and(|asked| decider.decide(&asked).outcome == Outcome::Allowed)
    };
    (0..PROPERTIES).map(truth).collect()
}

fn verified((pack, compiled): (&str, &CompiledPolicy)) -> Vec<PropertyReport> {
    let ids: Vec<PropertyId> = compiled.policy.properties.ids().collect();
    verify::verify(compiled, &ids, Options::default(), &Loader)
        .unwrap_or_else(|wrong| panic!("{pack}\n{} {}\n{}", wrong.property, wrong.says, wrong.world))
}

/// What is kept or assumed, or not broken up to a size, is broken in no small world; what is broken was confirmed. `VERIFY_WHOLE` looks at more.
#[test]
fn no_event_breaks_what_is_said_to_be_kept() {
    let (packs, worlds) = if std::env::var_os("VERIFY_WHOLE").is_some() { (400, 2000) } else { (8, 300) };
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for number in 0..packs {
        let random = &mut Random(number * 2 + 20_200_619);
        let (pack, compiled) = drawn(random);
        let reports = verified((&pack, &compiled));
        reports.iter().for_each(|report| *seen.entry(report.verdict.name()).or_default() += 1);
        for _ in 0..worlds {
            let text = world(random, &compiled);
            let Ok(world) = Loader.load(&compiled, &text) else {
                *seen.entry("refused").or_default() += 1;
                continue;
            };
            *seen.entry("happened").or_default() += 1;
            let (before, after) = (truths(&compiled, &world, "2020-06-01"), truths(&compiled, &world, "2020-06-02"));
            for ((report, before), after) in reports.iter().zip(before).zip(after) {
                if !before && after {
                    *seen.entry("broken in a small world").or_default() += 1;
                    let is_kept = !matches!(report.verdict, Verdict::Broken | Verdict::GaveUp);
                    assert!(
                        !is_kept,
                        "pack {number}: {} is {}\n{pack}\n{text}\n{:?}",
                        report.property,
                        report.verdict.name(),
                        report.bound
                    );
                }
            }
        }
    }
    println!("{seen:?}");
    for (what, least) in [("kept", 3), ("broken", 20), ("happened", 300), ("broken in a small world", 50)] {
        assert!(seen.get(what).is_some_and(|count| *count >= least), "too few {what}: {seen:?}");
    }
}
