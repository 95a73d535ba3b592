//! What answers say about their date, about others, and about what is not known: each sentence is true as it stands.

use crate::support::{SHIPPED, how_to_text, world, world_of};
use delegraph::plan::Context;
use delegraph::report;
use delegraph::time::Instant;
use delegraph::world::World;
use std::process::Command;

/// The whole answer of how-to.
fn how_to(world: &World, at: &str, allow: bool, ask: [&str; 3]) -> String {
    let context = Context::at(&SHIPPED.policy, Instant::parse(at).expect("a date"));
    let style = report::text::Style { color: false, width: 400, full: true };
    report::how_to::render(&how_to_text(&SHIPPED, world, context, ask, allow), &style, false)
}

/// The answer of the program, without capitals and line breaks.
fn printed(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_delegraph")).args(arguments).output().expect("the program runs");
    let text = String::from_utf8(output.stdout).expect("answers are UTF-8");
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Seen to fail when an answer about 2021 said who can do it "today".
#[test]
fn only_an_answer_without_a_date_says_today() {
    let ask = ["user:sally@contoso", "autopilot.profile.create", "customer:northwind"];
    let options = ["--world", "fixtures/worlds/dap-removed.toml", "--with", "autopilot-profiles-need-dap"];
    let quoted = format!("can {}", ask.join(" "));
    for verb in [&["how-to", "allow"][..], &["explain"]] {
        let past = printed(&[verb, &ask, &options, &["--at", "2021-06-01"]].concat());
        assert!(past.contains("on that date, user:tom@tailspin can") || past.contains("on that date, tom@tailspin can"), "{past}");
        assert!(!past.contains("today"), "{past}");
        let dated = printed(&[verb, &[&format!("{quoted} at 2021-06-01")], &options].concat());
        assert!(dated.contains("on that date, ") && !dated.contains("today"), "{dated}");
        for now in [&ask[..], &[&quoted]] {
            let now = printed(&[verb, now, &options].concat());
            assert!(now.contains("today, ") && !now.contains("that date"), "{now}");
        }
    }
}

/// Seen to fail when the rules of 2021 were called those of today.
#[test]
fn rules_of_the_past_are_not_those_of_today() {
    let ask = ["user:tom@tailspin", "autopilot.device.manage", "device:phone-01"];
    let options = ["--world", "fixtures/worlds/dap-removed.toml"];
    let answer = |dates: &[&str]| printed(&[&["how-to", "allow"], &ask[..], &options, dates].concat());
    let possible = ". if the rules were different";
    let says = |dates: &[&str], rules: &str| {
        let answer = answer(dates);
        assert!(answer.contains(&format!("not possible under {rules}{possible}")), "{answer}");
    };
    says(&["--at", "2021-06-01"], "the rules of that date");
    says(&["--at", "2021-06-01", "--policy-at", "2021-05-01"], "the rules of 2021-05-01");
    says(&[], "today's rules");
}

/// Seen to fail when the headings said that it is not possible, though a value that is not known may allow it.
#[test]
fn while_data_are_missing_nothing_is_called_impossible() {
    let removed = world(&SHIPPED, "fixtures/worlds/dap-removed.toml");
    let ask = ["user:alice@contoso", "autopilot.device.manage", "device:attic-01"];
    let answer = how_to(&removed, "2021-06-01", true, ask);
    let heading = "No change of facts is known that allows it; find out the missing data first. If the rules were different";
    assert!(answer.contains(heading) && !answer.contains("Not possible"), "{answer}");
    assert!(answer.contains("why no change is known under the rules as they are"), "{answer}");
    let text = std::fs::read_to_string("fixtures/worlds/dap-removed.toml").expect("the world is there");
    let facts = ["added-by == partner:contoso", "added-via == \"partner-center\""];
    let known = facts.iter().fold(text, |text, fact| format!("{text}\n[[fact]]\nis = 'device:\"attic-01\".{fact}'\n"));
    let answer = how_to(&world_of(&SHIPPED, &known), "2021-06-01", true, ask);
    assert!(answer.starts_with("already allowed"), "{answer}");
}

/// Seen to fail when the answer was "already not allowed".
#[test]
fn what_may_be_allowed_is_not_called_denied() {
    let unread = world(&SHIPPED, "fixtures/worlds/breached-partner-unread.toml");
    let answer = how_to(&unread, "2021-06-01", false, ["user:adele@proseware", "directory.manage", "customer:adatum"]);
    assert!(answer.starts_with("not known to be allowed, nor to be denied: directory.manage"), "{answer}");
    assert!(answer.contains("first find out") && answer.contains("if it is so, the answer is YES"), "{answer}");
}

/// Seen to fail when the answer was that nobody can do it instead.
#[test]
fn nobody_else_is_ruled_out_while_others_are_unknown() {
    let text = |tom: &str| {
        format!(
            "[world]\nnot-imported = ['user.partner']\n[customer.c]\n[partner.p]\n[subscription.s]\ncustomer = 'customer:c'\n\
             [user.ann]\ncustomer = 'customer:c'\n[user.tom]\n{tom}"
        )
    };
    let ask = ["user:ann", "subscription.manage", "subscription:s"];
    let unknown = "[[unknown]]\nis = 'user:tom holds owner on subscription:s'\nwhy = 'nobody looked'\n";
    let all_known = "customer = 'customer:c'\n";
    let says = |world: &str| how_to(&world_of(&SHIPPED, world), "2021-06-01", true, ask);
    let open = says(&format!("{}{unknown}", text(all_known)));
    assert!(open.contains("on that date, nobody else is known to be able to do it"), "{open}");
    let closed = says(&text(all_known));
    assert!(closed.contains("on that date, nobody can do it instead"), "{closed}");
    // What is unknown of the subject itself says nothing of others.
    let own = says(&format!("{}{}", text(all_known), unknown.replace("tom", "ann")));
    assert!(own.contains("on that date, nobody can do it instead"), "{own}");
}

/// Seen to fail when the answer was that nobody can do the event at all, though the subject can.
#[test]
fn an_event_that_makes_another_change_is_not_called_impossible() {
    let rooms = world(&SHIPPED, "fixtures/worlds/rooms-three-continents.toml");
    let answer = how_to(&rooms, "2026-01-01", false, ["user:mei@woodgrove", "teams-rooms.assign-rooms", "customer:woodgrove"]);
    assert!(answer.contains("nobody known can make this change with event remove-rooms-partner"), "{answer}");
    assert!(!answer.contains("can do event"), "{answer}");
}
