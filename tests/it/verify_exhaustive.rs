//! The law by which nothing is left to belief: every world of a tiny schema, up to two entities of each kind, put to the ordinary evaluator.

use crate::harness::sources;
use crate::verify_laws::Random;
use crate::verify_pack::Loader;
use delegraph::eval::{Decider, Outcome};
use delegraph::open;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::report;
use delegraph::time::Instant;
use delegraph::verify::{self, Host, Options, Verdict};
use delegraph::world::Request;
use std::fmt::Write;

pub const SCHEMA: &str = r#"
[kind.user]
subject = true

[kind.thing]
attributes.owner = { to = "user", optional = OPTIONAL }

[relation.knows]
ends = ["user", "thing"]

[relation.marked]
ends = ["user", "thing"]

[role.keeper]
on = ["thing"]

[implication.marked]
if   = 'MARKED'
then = 'marked(user, thing)'
"#;

/// The number of actions, and of conditions.
const ACTIONS: usize = 20;

impl Random {
    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }

    /// A condition over these users and things.
    fn condition(&mut self, users: &[&str], things: &[&str], depth: usize) -> String {
        if depth > 0 && self.below(3) > 0 {
            let (one, other) = (self.condition(users, things, depth - 1), self.condition(users, things, depth - 1));
            return match self.below(3) {
                0 => format!("({one} and {other})"),
                1 => format!("({one} or {other})"),
                _ => format!("(not {one} and {other})"),
            };
        }
        let (user, thing) = (self.one(users), self.one(things));
        let atom = match self.below(7) {
            0 => format!("knows({user}, {thing})"),
            1 => format!("marked({user}, {thing})"),
            2 => format!("{user} holds keeper on {thing}"),
            3 => format!("{thing}.owner == {user}"),
            4 => format!("{thing}.owner is user"),
            5 => format!("{thing}.owner != {user}"),
            _ => format!("knows({user}, _)"),
        };
        if self.below(4) == 0 { format!("not ({atom})") } else { atom }
    }

    /// A condition that the language accepts: not one that is never true, or that names something once.
    pub fn rule(&mut self) -> String {
        loop {
            let condition = self.perhaps();
            let schema = SCHEMA.replace("OPTIONAL", "true").replace("MARKED", "knows(user, thing)");
            let text = format!("{schema}[action.\"a.b\"]\non = [\"thing\"]\n[rule.r]\nallow = [\"a.b\"]\nif = '{condition}'");
            if open::pack(sources(&[("pack.toml".to_owned(), text)])).compiled.is_some() {
                return condition;
            }
        }
    }

    /// A condition, perhaps of another user or thing.
    fn perhaps(&mut self) -> String {
        match self.below(6) {
            0 => format!("knows(other, resource) and {}", self.condition(&["subject", "other"], &["resource"], 2)),
            1 => format!("subject holds keeper on it and {}", self.condition(&["subject"], &["resource", "it"], 2)),
            2 => format!("marked(other, it) and {}", self.condition(&["subject", "other"], &["resource", "it"], 2)),
            3 => format!("thing.owner != subject and {}", self.condition(&["subject"], &["resource", "thing"], 2)),
            _ => self.condition(&["subject"], &["resource"], 2),
        }
    }
}

/// What a property says, by the numbers of actions: the action, and the one that has its condition or is implied.
#[derive(Clone, Copy, Debug)]
enum Said {
    Never(usize, usize),
    Always(usize, usize),
    Implies(usize, usize),
}

/// A drawn pack. The action `c.N` is allowed where the condition of that number is true.
fn drawn(random: &mut Random) -> (String, Vec<Said>) {
    let marked = random.one(&[
        "knows(user, thing) and thing.owner == user",
        "user holds keeper on thing and not thing.owner == user",
        "knows(user, thing)",
    ]);
    let mut text = SCHEMA.replace("OPTIONAL", random.one(&["true", "false"])).replace("MARKED", marked);
    let mut said = Vec::new();
    for number in 0..ACTIONS {
        let condition = random.rule();
        let _ = writeln!(text, "[action.\"a.n{number}\"]\non = [\"thing\"]\n[action.\"c.n{number}\"]\non = [\"thing\"]");
        let _ = writeln!(text, "[rule.allow-{number}]\nallow = [\"a.n{number}\"]\nif = '{}'", random.rule());
        if random.below(2) == 0 {
            let _ = writeln!(text, "[rule.deny-{number}]\ndeny = [\"a.n{number}\"]\nif = '{}'", random.rule());
        }
        let _ = writeln!(text, "[rule.c-{number}]\nallow = [\"c.n{number}\"]\nif = '{condition}'");
        let other = random.below(number + 1);
        let (key, claim) = match random.below(3) {
            0 => (format!("never = '{condition}'"), Said::Never(number, number)),
            1 => (format!("always = '{condition}'"), Said::Always(number, number)),
            _ => (format!("implies = [\"a.n{other}\"]"), Said::Implies(number, other)),
        };
        let _ = writeln!(text, "[property.p{number:02}]\nfor = [\"a.n{number}\"]\n{key}");
        said.push(claim);
    }
    (text, said)
}

/// Every world of these numbers of users and things: what is said of each owner, and each fact that holds or not.
fn worlds(users: usize, things: usize) -> impl Iterator<Item = String> {
    let pairs = users * things;
    // Nothing said, said to have none, or one of the users.
    let owners = users + 2;
    let all = (1 << (2 * pairs)) * owners.pow(u32::try_from(things).expect("few"));
    (0..all).map(move |number| {
        let mut text = String::new();
        let (mut owned, facts) = (number >> (2 * pairs), number & ((1 << (2 * pairs)) - 1));
        (0..users).for_each(|user| _ = writeln!(text, "[user.u{user}]"));
        let mut closed = String::new();
        for thing in 0..things {
            let _ = writeln!(text, "[thing.t{thing}]");
            match owned % owners {
                0 => {}
                1 => _ = writeln!(closed, "[[fact]]\nis = 'not thing:\"t{thing}\".owner'"),
                owner => _ = writeln!(text, "owner = \"user:u{}\"", owner - 2),
            }
            owned /= owners;
        }
        text.push_str(&closed);
        for pair in 0..pairs {
            let (user, thing) = (pair % users, pair / users);
            if facts >> (2 * pair) & 1 == 1 {
                let _ = writeln!(text, "[[fact]]\nis = 'knows(user:u{user}, thing:t{thing})'");
            }
            if facts >> (2 * pair) & 2 == 2 {
                let _ = writeln!(text, "[[fact]]\nis = 'user:u{user} holds keeper on thing:t{thing}'");
            }
        }
        text
    })
}

/// By property: whether some world of this size refutes it. Every `every`-th of the largest ones is looked at.
fn refuted_somewhere(compiled: &CompiledPolicy, said: &[Said], every: usize) -> Vec<Option<String>> {
    let at = Instant::parse("2020-01-01").expect("a date");
    let mut refuted = vec![None; said.len()];
    for (users, things) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
        let every = if users * things == 4 { every } else { 1 };
        for text in worlds(users, things).step_by(every) {
            let world = Loader.load(compiled, &text).unwrap_or_else(|refusal| panic!("{}\n{text}", refusal.text));
            let decider = Decider::new(compiled, &world, Context::at(&compiled.policy, at));
            for (user, thing) in (0..users).flat_map(|user| (0..things).map(move |thing| (user, thing))) {
                let allowed = |sort: &str, number: usize| {
                    let name = |kind: &str, id: String| (kind.to_owned(), id);
                    let (subject, resource) = (name("user", format!("u{user}")), name("thing", format!("t{thing}")));
                    let request = Request { subject, action: format!("{sort}.n{number}"), resource };
                    let resolved = world.resolve(&compiled.policy, &request, at).expect("a request");
                    decider.decide(&resolved).outcome == Outcome::Allowed
                };
                for (claim, refuted) in said.iter().zip(&mut refuted).filter(|(_, refuted)| refuted.is_none()) {
                    let found = match *claim {
                        Said::Never(action, condition) => allowed("a", action) && allowed("c", condition),
                        Said::Always(action, condition) => !allowed("a", action) && allowed("c", condition),
                        Said::Implies(action, implied) => allowed("a", action) && !allowed("a", implied),
                    };
                    *refuted = found.then(|| text.clone());
                }
            }
        }
    }
    refuted
}

/// How many entities a world has of a kind.
fn count(world: &str, kind: &str) -> usize {
    world.lines().filter(|line| line.starts_with(&format!("[{kind}."))).count()
}

/// Verdicts are what all worlds up to two of each kind say. `VERIFY_WHOLE` looks at every one of them, for more packs.
#[test]
fn verdicts_are_those_of_all_small_worlds() {
    let whole = std::env::var_os("VERIFY_WHOLE").is_some();
    let (mut refuted, mut proved) = (0, 0);
    for seed in 1..=if whole { 1_000 } else { 3 } {
        let (text, said) = drawn(&mut Random(u64::wrapping_mul(seed, 0x9E37_79B9_7F4A_7C15) | 1));
        let opened = open::pack(sources(&[("pack.toml".to_owned(), text.clone())]));
        let Some(compiled) = opened.compiled else {
            panic!("{}", report::diagnostics::render(&opened.sources, &opened.diagnostics, false, 120))
        };
        let properties: Vec<_> = compiled.policy.properties.ids().collect();
        let reports = verify::verify(&compiled, &properties, Options::default(), &Loader).expect("counterexamples are confirmed");
        let somewhere = refuted_somewhere(&compiled, &said, if whole { 1 } else { 7 });
        for ((report, claim), somewhere) in reports.iter().zip(&said).zip(&somewhere) {
            let shown = || format!("{report:?}\n{claim:?}\n{somewhere:?}\n{text}");
            match report.verdict {
                Verdict::Proved | Verdict::Vacuous => {
                    proved += 1;
                    assert!(somewhere.is_none(), "{}", shown());
                }
                Verdict::Refuted => {
                    refuted += 1;
                    let world = &report.counterexamples[0].world;
                    let is_small =
                        count(world, "user") <= 2 && count(world, "thing") <= 2 && !world.contains("is = 'not thing:\"it\".owner ==");
                    assert!(!whole || !is_small || somewhere.is_some(), "{}", shown());
                }
                Verdict::Bounded => assert!(somewhere.is_none(), "{}", shown()),
                _ => panic!("{}", shown()),
            }
        }
    }
    println!("{refuted} refuted, {proved} proved");
    assert!(refuted > 10 && proved > 2, "{refuted} refuted, {proved} proved");
}
