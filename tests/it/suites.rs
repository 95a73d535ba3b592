//! Suites of policy tests: the shipped ones pass, and a suite fails exactly where an answer is not the expected one.

use crate::hard;
use crate::support::suite::{TestHost, file, run_with, shipped};
use crate::support::{self, SHIPPED};
use delegraph::eval::{Decider, Outcome};
use delegraph::files::Source;
use delegraph::open;
use delegraph::plan::Context;
use delegraph::suite::{self, Broken, Difference, Explained, Filter, Options, Report, SuiteFile};
use delegraph::time::Instant;
use delegraph::world::Request;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

fn run(text: &str) -> Report {
    run_with(&shipped(), text, &Options { explained: Explained { most: 2, width: 76, ..Explained::default() }, ..Options::default() })
}

/// The failures as `ENTRY REQUEST: expected X, got Y`.
fn failures(report: &Report) -> Vec<String> {
    let suite = &report.suites[0];
    assert!(suite.broken.is_none(), "{:?}", suite.broken);
    let entries = suite.entries.iter().flat_map(|entry| entry.failures.iter().map(move |failure| (entry, failure)));
    entries
        .map(|(entry, failure)| {
            let Request { subject, action, resource } = &failure.request;
            let what = match &failure.difference {
                Difference::Outcome { expected, got } => format!("expected {}, got {}", expected.name(), got.name()),
                Difference::Claims { missing, got } => format!("without {missing:?}, by {got:?}"),
                Difference::Snapshot { kept, now } => format!("kept {kept:?}, now {now:?}"),
            };
            format!("{}: {} {action} {}: {what}", entry.label, subject.1, resource.1)
        })
        .collect()
}

const WORLD: &str = r#"
at = 2021-10-22

[world]
not-imported = []
[world.partner.contoso]
admin-agents = "group:agents"
[world.group.agents]
[world.user.ann]
partner = "partner:contoso"
groups = ["group:agents"]
[world.user.bob]
partner = "partner:contoso"
[world.user."max m"]
partner = "partner:contoso"
groups = ["group:agents"]
[world.customer.one]
[world.customer.two]
[world.customer.three]
[[world.fact]]
is = 'dap(customer:one, partner:contoso)'
[[world.unknown]]
is = 'dap(customer:three, partner:contoso)'
"#;

fn with_world(entries: &str) -> String {
    format!("{WORLD}\n{entries}")
}

/// What no entry can notice is explained by a comment of its element.
#[test]
fn the_shipped_suites_pass_cover_all_and_notice_every_change() {
    let arguments = ["test", "--fail-under", "100", "--mutate", "--format", "json"];
    let output = Command::new(env!("CARGO_BIN_EXE_delegraph")).args(arguments).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{report:#} {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(report["rows"], serde_json::json!([]));
    assert!(report["passed"].as_u64() > Some(300), "{report:#}");
    for part in ["coverage", "mutation"] {
        let mut packs: Vec<&str> = report[part].as_array().unwrap().iter().filter_map(|row| row["pack"].as_str()).collect();
        packs.dedup();
        assert_eq!(packs, ["policies", "fixtures/packs/library"], "{part}");
    }
}

/// The cookbook's suites notice every change of its packs.
#[test]
fn the_suites_of_the_cookbook_cover_all_and_notice_every_change() {
    let arguments = ["test", "docs/cookbook.in", "--fail-under", "100", "--mutate"];
    let output = Command::new(env!("CARGO_BIN_EXE_delegraph")).args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

/// The failures of a case over every user and customer.
fn case(lines: &str) -> Vec<String> {
    let product = "[[case]]\nsubjects = ['user:*']\nactions = ['directory.manage']\nresources = ['customer:*']";
    failures(&run(&with_world(&format!("{product}\n{lines}"))))
}

/// Seen to fail when what no line names was not compared.
#[test]
fn a_case_fails_where_access_is_wider_and_where_it_is_narrower() {
    let right = "allowed = ['user:ann directory.manage customer:one', 'user:\"max m\" directory.* customer:one']\n\
                 unknown = ['group:agents * customer:three']";
    assert_eq!(case(right), [""; 0]);
    let wrong = "allowed = ['user:ann directory.manage customer:one', 'user:bob directory.manage customer:one']\n\
                 unknown = ['user:ann directory.manage customer:three', 'user:ann directory.manage customer:two']";
    assert_eq!(
        case(wrong),
        [
            "case 1: ann directory.manage two: expected unknown, got not-granted",
            "case 1: bob directory.manage one: expected allowed, got not-granted",
            "case 1: max m directory.manage one: expected denied, got allowed",
            "case 1: max m directory.manage three: expected denied, got unknown",
        ]
    );
    assert_eq!(case(&right.replace("unknown =", "# unknown =")).len(), 2, "an unknown answer is no denial");
    assert_eq!(case("allowed = ['user:* directory.manage customer:*', 'user:ann * customer:one']").len(), 7, "each request fails once");
}

#[test]
fn a_who_fails_when_anyone_is_missing_and_when_anyone_is_extra() {
    let who = |of: &str| failures(&run(&with_world(&format!("[[who]]\naction = 'directory.manage'\nresource = 'customer:{of}"))));
    assert_eq!(who("one'\nare = ['user:ann', 'user:max m']"), [""; 0]);
    assert_eq!(who("one'\nare = ['group:agents']"), [""; 0]);
    assert_eq!(who("three'\nare = []\nunknown = ['group:agents']"), [""; 0]);
    assert_eq!(
        who("one'\nare = ['user:ann', 'user:bob']"),
        [
            "who 1: bob directory.manage one: expected allowed, got not-granted",
            "who 1: max m directory.manage one: expected denied, got allowed",
        ]
    );
    assert_eq!(
        who("three'\nare = ['user:ann']\nunknown = ['user:max m']"),
        ["who 1: ann directory.manage three: expected allowed, got unknown"]
    );
}

#[test]
fn an_ask_compares_answer_claims_and_explanation() {
    let ask = |question: &str, keys: &str| {
        failures(&run(&with_world(&format!("[[ask]]\nname = 'a'\nquestion = 'can user:ann directory.manage customer:{question}'\n{keys}"))))
    };
    assert_eq!(ask("one", "is = 'allowed'\nby = ['DAP-2']"), [""; 0]);
    assert_eq!(ask("two", "is = 'denied'"), [""; 0]);
    assert_eq!(ask("two", "is = 'barred'"), ["ask 1: ann directory.manage two: expected barred, got not-granted"]);
    assert_eq!(ask("three", "is = 'denied'"), ["ask 1: ann directory.manage three: expected denied, got unknown"]);
    assert_eq!(ask("three", "is = 'unknown'"), [""; 0]);
    assert_eq!(ask("one at 2015-01-01", "is = 'allowed'"), [""; 0], "its own date wins");
    assert_eq!(ask("one assuming not dap(customer:one, partner:contoso)", "is = 'not-granted'"), [""; 0]);
    let claims = ask("one", "by = ['SUB-1']");
    assert!(claims[0].starts_with("ask 1: ann directory.manage one: without [\"SUB-1\"], by [\"DAP-1\", "), "{claims:?}");
    let kept = "ask 1: ann directory.manage one: kept None, now \"allowed in 80 columns\\n\"";
    assert_eq!(ask("one", "snapshot = true"), [kept]);
}

/// What an entry gives replaces what the suite gives, key by key; a toggle of the entry wins.
#[test]
fn an_entry_replaces_dates_and_toggles_of_its_suite() {
    let ask = |suite: &str, entry: &str| {
        let world = WORLD.replace("at = 2021-10-22\n", &format!("at = 2021-10-22\n{suite}\n"));
        let world = world.replace("[[world.unknown]]", "[[world.fact]]\nis = 'reseller(partner:contoso, customer:two)'\n[[world.unknown]]");
        let entry = format!("[[ask]]\nquestion = 'can user:ann directory.manage customer:two'\nis = 'allowed'\n{entry}");
        failures(&run(&format!("{world}\n{entry}"))).is_empty()
    };
    assert!(ask("with = ['approval-grants-dap']", ""), "the toggle is that of the suite");
    assert!(!ask("with = ['approval-grants-dap']", "with = []"));
    assert!(!ask("with = ['approval-grants-dap']", "without = ['approval-grants-dap']"));
    assert!(ask("without = ['approval-grants-dap']", "with = ['approval-grants-dap']"));
}

#[test]
fn snapshots_are_compared_kept_and_removed() {
    let ask =
        |number: u32| format!("[[ask]]\nname = 's{number}'\nquestion = 'can user:ann directory.manage customer:one'\nsnapshot = true\n");
    let text = with_world(&(ask(1) + &ask(2)));
    let run = |kept: Option<&str>, filter: Option<&str>, update| {
        let filter = filter.map(Filter::new);
        let options = Options { filter: filter.as_ref(), update, ..Options::default() };
        let suites = [SuiteFile { kept: kept.map(str::to_owned), ..file("a.suite.toml", &text) }];
        suite::run(&suites, &shipped(), &options)
    };
    let first = run(None, None, true);
    assert_eq!(first.counts(), (2, 0, 0));
    let kept = first.suites[0].kept.clone().expect("both are new");
    assert!(kept.starts_with("──── s1 ────\n> can user:ann directory.manage customer:one\nallowed in 80 columns\n"), "{kept}");
    let again = run(Some(&kept), None, true);
    assert_eq!((again.counts(), &again.suites[0].kept), ((2, 0, 0), &None), "nothing changed");
    let changed = kept.replacen("allowed", "denied", 1) + "\n──── old ────\n> can\nno\n";
    let report = run(Some(&changed), None, false);
    assert_eq!(report.counts(), (1, 1, 0));
    let changes: Vec<(&str, bool)> = report.suites[0].snapshots.iter().map(|change| (change.name.as_str(), change.now.is_some())).collect();
    assert_eq!(changes, [("s1", true), ("old", false)]);
    assert_eq!(run(Some(&changed), None, true).suites[0].kept.as_ref(), Some(&kept));
    let in_part = run(Some(&changed), Some("s1"), true).suites[0].kept.clone().expect("one of them was run and changed");
    assert!(in_part.starts_with(kept.as_str()) && in_part.contains("──── old ────"), "others stay: {in_part}");
}

#[test]
fn a_request_that_is_given_up_breaks_its_suite() {
    let pack = open::pack(vec![Source::of_bytes("pack.toml".to_owned(), hard::CLIQUE.as_bytes().to_vec())]);
    let host = TestHost(Arc::new(pack.compiled.expect("no error")));
    let mut text = "at = 2024-01-01\n".to_owned();
    for line in hard::layered(60).lines() {
        // `[node.n1]` and `[[fact]]` of a world of its own file.
        let line = line.replace("[[fact]]", "[[world.fact]]");
        _ = writeln!(
            text,
            "{}",
            line.strip_prefix("[node.").map_or(line.replace("[user.u]", "[world.user.u]"), |id| format!("[world.node.{id}"))
        );
    }
    for entry in [
        "[[case]]\nsubjects = ['user:u']\nactions = ['node.read']\nresources = ['node:n0']",
        "[[case]]\nsubjects = ['user:u']\nactions = ['node.read']\nresources = ['node:n0']\nallowed = ['user:u node.read node:n0']",
        "[[ask]]\nquestion = 'can user:u node.read node:n0'\nis = 'denied'",
    ] {
        let report = run_with(&host, &format!("{text}{entry}"), &Options::default());
        let Some(Broken::Mistakes(_, mistakes)) = &report.suites[0].broken else { panic!("{entry}: {:?}", report.suites[0].entries) };
        assert!(mistakes[0].headline.starts_with("the question was given up"), "{}", mistakes[0].headline);
    }
}

/// A product is bounded before anything of it is asked, and what it names too.
#[test]
fn a_product_that_is_too_big_is_refused() {
    let mut text = "at = 2021-10-22\n[world.partner.contoso]\n".to_owned();
    for number in 0..3200 {
        _ = writeln!(text, "[world.user.u{number}]\npartner = 'partner:contoso'\n[world.customer.c{number}]");
    }
    let first = |lines: &str| {
        let entry = format!("{text}[[case]]\nsubjects = ['user:*']\nactions = ['directory.manage']\n{lines}");
        match run(&entry).suites.remove(0).broken {
            Some(Broken::Mistakes(_, mistakes)) => mistakes[0].headline.clone(),
            other => format!("{other:?}"),
        }
    };
    assert_eq!(first("resources = ['customer:*']"), "the entry has 10240000 requests, and at most 10000000 are tested at once");
    let few: Vec<String> = (0..400).map(|number| format!("'customer:c{number}'")).collect();
    let few = format!("resources = [{}]", few.join(", "));
    assert_eq!(first(&few), "None", "a product of which nothing is allowed");
    let named = first(&format!("{few}\nunknown = ['user:* * customer:*']"));
    assert_eq!(named, "the lines of the entry name 1280000 requests, and at most 1000000 are tested at once");
}

/// A case agrees with the decision on each of its requests, whatever it expects.
#[test]
fn a_case_agrees_with_each_decision() {
    let world = support::world(&SHIPPED, "fixtures/worlds/breached-partner.toml");
    let at = Instant::parse("2021-10-22").unwrap();
    let decider = Decider::new(&SHIPPED, &world, Context::at(&SHIPPED.policy, at));
    let setting = "at = 2021-10-22\nworlds = ['fixtures/worlds/breached-partner.toml']";
    let product = "subjects = ['user:*']\nactions = ['*']\nresources = ['customer:*', 'subscription:*']";
    let report = run(&format!("{setting}\n[[case]]\n{product}"));
    let entry = &report.suites[0].entries[0];
    let policy = &SHIPPED.policy;
    let of = |kinds: &[&str]| -> Vec<_> {
        kinds.iter().flat_map(|kind| world.of_kind(policy.kind_named(kind).unwrap())).filter(|&entity| world.lives(entity, at)).collect()
    };
    let (mut asked, mut found) = (0, Vec::new());
    for &subject in &of(&["user"]) {
        for (action, declared) in policy.actions.iter() {
            for &resource in of(&["customer", "subscription"]).iter().filter(|&&resource| declared.on.contains(world.kind(resource))) {
                asked += 1;
                let outcome = decider.decide(&delegraph::world::ResolvedRequest { subject, action, resource }).outcome;
                if matches!(outcome, Outcome::Allowed | Outcome::Unknown) {
                    found.push((subject, declared.meta.name.as_str(), resource));
                }
            }
        }
    }
    assert_eq!(entry.requests, asked);
    assert_eq!(entry.failures.len() + entry.left_out, found.len());
    assert!(asked > 1000 && found.len() > 100);
}

/// The same bytes, whatever the threads; a broken suite does not stop the others.
#[test]
fn formats_do_not_depend_on_threads() {
    let folder = tempfile::tempdir().unwrap();
    let world = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/worlds/breached-partner.toml");
    let suite = format!(
        "worlds = ['{}']\nat = 2021-10-22\n[[case]]\nname = 'a <b> & \"c\": d, e %'\nsubjects = ['partner:proseware']\nactions = ['directory.*']\nresources = ['customer:*']\n",
        world.display()
    );
    fs::write(folder.path().join("b.suite.toml"), suite).unwrap();
    fs::write(folder.path().join("a.suite.toml"), "[[case]]\n").unwrap();
    let out = |format: &str, threads: &str| {
        let arguments = ["test", ".", "--format", format, "--threads", threads];
        let output = Command::new(env!("CARGO_BIN_EXE_delegraph")).args(arguments).current_dir(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stdout).unwrap()
    };
    for format in ["human", "json", "junit", "github"] {
        assert_eq!(out(format, "1"), out(format, "4"), "{format}");
    }
    let json: serde_json::Value = serde_json::from_str(&out("json", "2")).unwrap();
    assert_eq!((&json["passed"], &json["failed"], &json["broken"]), (&0.into(), &1.into(), &1.into()));
    let row = &json["rows"][0];
    let keys: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys.len(), 6, "{keys:?}");
    assert_eq!((&row["entry"], &row["expected"], &row["got"]), (&"case 1".into(), &"denied".into(), &"allowed".into()));
    let junit = out("junit", "2");
    assert!(junit.contains("name=\"case 1: a &lt;b&gt; &amp; &quot;c&quot;: d, e %\""), "{junit}");
    let github = out("github", "2");
    assert!(github.contains("::error file=b.suite.toml,line=3,col=1,title=case 1%3A a <b> & \"c\"%3A d%2C e %25::"), "{github}");
    assert!(github.contains("::error file=a.suite.toml,line=1,col=1,title=missing-key::a case must have `subjects`%0A"), "{github}");
}
