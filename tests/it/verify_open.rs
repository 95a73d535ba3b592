//! Worlds in which something is not imported: what `verify` proves of them too is refuted by none that is drawn.

use crate::harness::sources;
use crate::verify_exhaustive::SCHEMA;
use crate::verify_laws::Random;
use crate::verify_pack::Loader;
use delegraph::eval::{Decider, Outcome};
use delegraph::open;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::report;
use delegraph::time::Instant;
use delegraph::verify::{self, Host, Options, PropertyReport, Verdict};
use delegraph::world::Request;
use std::collections::BTreeMap;
use std::fmt::Write;

const PROPERTIES: usize = 16;

/// Conditions that no world may make true, or that are taken as true in none: closing a world may make the first three true.
const NEVER: &[&str] = &[
    "knows(user, thing) and not thing.owner == user",
    "user holds keeper on thing and not marked(user, thing)",
    "knows(user, thing) and not user holds keeper on thing",
    "knows(user, thing) and thing.owner == user",
    "user holds keeper on thing and knows(user, thing)",
    "marked(user, thing) and user holds keeper on thing",
];

/// A drawn pack. The action `c.N` is allowed where the condition of the property of that number is true, `c.w` where that of `w` is.
fn drawn(random: &mut Random) -> (String, CompiledPolicy) {
    let of = |random: &mut Random, texts: &[&'static str]| texts[random.below(texts.len())];
    let marked = of(random, &["knows(user, thing) and thing.owner == user", "user holds keeper on thing and not thing.owner == user"]);
    let mut text = SCHEMA.replace("OPTIONAL", of(random, &["true", "false"])).replace("MARKED", marked);
    // Together the third and the fifth forbid `knows` where all is known, and only there.
    let [given, invariant] = if random.below(3) == 0 { [NEVER[2], NEVER[4]] } else { [of(random, NEVER), of(random, NEVER)] };
    let _ = writeln!(text, "[invariant.i]\nnever = '{invariant}'\n[property.w]\nnever = '{given}'");
    let _ = writeln!(text, "[action.\"c.w\"]\non = [\"thing\"]\n[rule.c-w]\nallow = [\"c.w\"]\nif = '{given}'");
    for number in 0..PROPERTIES {
        let _ = writeln!(text, "[action.\"a.n{number}\"]\non = [\"thing\"]\n[action.\"c.n{number}\"]\non = [\"thing\"]");
        let short = |random: &mut Random| of(random, &["knows(subject, resource)", "subject holds keeper on resource"]).to_owned();
        let condition = if random.below(2) == 0 { random.rule() } else { short(random) };
        let _ = writeln!(text, "[rule.c-{number}]\nallow = [\"c.n{number}\"]\nif = '{condition}'");
        let allow = if random.below(2) == 0 { random.rule() } else { short(random) };
        let _ = writeln!(text, "[rule.allow-{number}]\nallow = [\"a.n{number}\"]\nif = '{allow}'");
        if random.below(2) == 0 {
            // Many deny where the property says so, that something is proved.
            let deny = if random.below(3) == 0 { random.rule() } else { condition.clone() };
            let _ = writeln!(text, "[rule.deny-{number}]\ndeny = [\"a.n{number}\"]\nif = '{deny}'");
        }
        let with = of(random, &["", "with = \"deny\"\n"]);
        let given = of(random, &["", "given = [\"w\"]\n"]);
        let _ = writeln!(text, "[property.p{number:02}]\nfor = [\"a.n{number}\"]\nimported = false\nnever = '{condition}'\n{with}{given}");
    }
    let opened = open::pack(sources(&[("pack.toml".to_owned(), text.clone())]));
    let shown = || report::diagnostics::render(&opened.sources, &opened.diagnostics, false, 120);
    let Some(compiled) = opened.compiled else { panic!("{}", shown()) };
    (text, compiled)
}

/// A drawn world of up to two users and things, in which something is left open.
fn world(random: &mut Random) -> (usize, usize, String) {
    let (users, things) = (1 + random.below(2), 1 + random.below(2));
    let names = ["\"knows\"", "\"keeper\"", "\"thing.owner\""];
    let open: Vec<&str> = names.into_iter().filter(|_| random.below(2) == 0).collect();
    let mut text = format!("[world]\nnot-imported = [{}]\n", open.join(", "));
    (0..users).for_each(|user| _ = writeln!(text, "[user.u{user}]"));
    for thing in 0..things {
        let _ = writeln!(text, "[thing.t{thing}]");
        if random.below(2) == 0 {
            let _ = writeln!(text, "owner = \"user:u{}\"", random.below(users));
        }
    }
    if random.below(3) == 0 {
        let patterns = ["knows(_, thing:t0)", "user:u0 holds keeper on _", "knows(user, thing) where thing.owner == user"];
        let _ = writeln!(text, "[[unknown]]\nis = '{}'", patterns[random.below(3)]);
    }
    for (user, thing) in (0..users).flat_map(|user| (0..things).map(move |thing| (user, thing))) {
        for fact in [format!("knows(user:u{user}, thing:t{thing})"), format!("user:u{user} holds keeper on thing:t{thing}")] {
            match random.below(4) {
                0 => _ = writeln!(text, "[[fact]]\nis = '{fact}'"),
                1 => _ = writeln!(text, "[[fact]]\nis = 'not {fact}'"),
                _ => {}
            }
        }
    }
    (users, things, text)
}

/// The outcomes of requests in a world: of the action of each property, and whether its condition is true.
struct Seen {
    outcome: Outcome,
    is_so: bool,
}

/// By property, of each request; `None` if the loader refuses the world, or what is given is true in it.
fn seen(compiled: &CompiledPolicy, (users, things, text): &(usize, usize, String), given: bool) -> Option<Vec<Vec<Seen>>> {
    let at = Instant::parse("2020-01-01").expect("a date");
    let world = Loader.load(compiled, text).ok()?;
    let decider = Decider::new(compiled, &world, Context::at(&compiled.policy, at));
    let outcome = |action: String, user: usize, thing: usize| {
        let name = |kind: &str, id: String| (kind.to_owned(), id);
        let request = Request { subject: name("user", format!("u{user}")), action, resource: name("thing", format!("t{thing}")) };
        decider.decide(&world.resolve(&compiled.policy, &request, at).expect("a request")).outcome
    };
    if given && outcome("c.w".to_owned(), 0, 0) == Outcome::Allowed {
        return None;
    }
    let requests = || (0..*users).flat_map(|user| (0..*things).map(move |thing| (user, thing)));
    let of = |number: usize| {
        let each = requests().map(|(user, thing)| Seen {
            outcome: outcome(format!("a.n{number}"), user, thing),
            is_so: outcome(format!("c.n{number}"), user, thing) == Outcome::Allowed,
        });
        each.collect()
    };
    Some((0..PROPERTIES).map(of).collect())
}

/// Seen to fail when every condition counts as positive. `VERIFY_WHOLE` looks at more.
#[test]
fn what_is_proved_where_something_is_not_imported_is_refuted_by_no_such_world() {
    let (packs, worlds) = if std::env::var_os("VERIFY_WHOLE").is_some() { (300, 3_000) } else { (8, 150) };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 1..=packs {
        let random = &mut Random(u64::wrapping_mul(seed, 0x9E37_79B9_7F4A_7C15) | 1);
        let (pack, compiled) = drawn(random);
        let ids: Vec<_> = compiled.policy.properties.ids().filter(|id| !compiled.policy.properties[*id].is_of_worlds()).collect();
        let reports = verify::verify(&compiled, &ids, Options::default(), &Loader).expect("counterexamples are confirmed");
        reports.iter().for_each(|report| *counts.entry(report.verdict.name()).or_default() += 1);
        for _ in 0..worlds {
            let world = world(random);
            let Some(found) = seen(&compiled, &world, false) else { continue };
            let is_given = seen(&compiled, &world, true).is_some();
            for ((id, report), found) in ids.iter().zip(&reports).zip(found) {
                let is_kept = matches!(report.verdict, Verdict::Proved | Verdict::Vacuous) && report.open_too;
                let counts_here = is_given || report.given.is_empty();
                *counts.entry("unknown").or_default() += found.iter().filter(|seen| seen.outcome == Outcome::Unknown).count();
                let is_wrong = is_kept && counts_here && found.iter().any(|seen| is_refuted(&compiled, *id, report, seen));
                assert!(!is_wrong, "{report:?}\n{}\n{pack}", world.2);
            }
        }
    }
    println!("{counts:?}");
    for (what, least) in [("proved", 10), ("refuted", 10), ("gave-up", 3), ("unknown", 1_000)] {
        assert!(counts.get(what).is_some_and(|count| *count >= least), "too few {what}: {counts:?}");
    }
}

fn is_refuted(compiled: &CompiledPolicy, id: delegraph::policy::PropertyId, report: &PropertyReport, seen: &Seen) -> bool {
    use delegraph::policy::PropertyClaim::Never;
    use delegraph::syntax::WithOutcome;
    let outcome = match &compiled.policy.properties[id].claim {
        Never(_, WithOutcome::Allow) => seen.outcome == Outcome::Allowed,
        Never(_, _) => matches!(seen.outcome, Outcome::Barred | Outcome::NotGranted),
        claim => panic!("{claim:?} of {}", report.property),
    };
    outcome && seen.is_so
}
