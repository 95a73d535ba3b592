//! Answers beside the pages: what each finding of a second reading of them says must come out, and what the answer must say.

use crate::support::{Ask, SHIPPED, deciding, world};
use delegraph::wording::ExplanationText;
use delegraph::world::World;

/// A question, its outcome, and pieces of text of which each must be in an obligation or advice of the answer, or be a claim on which
/// it rests. A piece that begins with `!` must be in none.
type Row<'a> = (&'a str, &'a str, &'a [&'a str]);

/// The question `SUBJECT ACTION RESOURCE at DATE [with TOGGLE]…`, asked of the shipped pack.
fn asked(world: &World, question: &str) -> ExplanationText {
    let words: Vec<&str> = question.split(' ').collect();
    let [subject, action, resource, "at", at, rest @ ..] = &words[..] else { panic!("not a question: {question}") };
    let with: Vec<&str> = rest.chunks(2).map(|pair| pair[1]).collect();
    Ask { with: &with, ..Ask::of(at, subject, action, resource) }.explained(&SHIPPED, world)
}

/// Whether the answer says this: in a notice, or as a claim that decides.
fn says(answer: &ExplanationText, piece: &str) -> bool {
    let mut notices = answer.obligations.iter().chain(&answer.advice);
    notices.any(|notice| notice.text.contains(piece)) || deciding(answer).contains(&piece)
}

fn check(world: &World, rows: &[Row]) {
    let mut wrong = String::new();
    for (question, outcome, pieces) in rows {
        let answer = asked(world, question);
        if answer.outcome != *outcome {
            wrong += &format!("{question}: {}, not {outcome}\n", answer.outcome);
        }
        for piece in *pieces {
            let (piece, expected) = piece.strip_prefix('!').map_or((*piece, true), |piece| (piece, false));
            if says(&answer, piece) != expected {
                let said: Vec<&str> = answer.obligations.iter().chain(&answer.advice).map(|notice| notice.text.as_str()).collect();
                wrong += &format!("{question}: {piece:?} is {}said: {said:#?} {:?}\n", if expected { "not " } else { "" }, deciding(&answer));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn northwind() -> World {
    world(&SHIPPED, "fixtures/worlds/dap-removed.toml")
}

/// The bars speak of partners: a customer's own users are not granted, and are told that the page is not about them.
#[test]
fn the_autopilot_bars_are_for_users_of_partners() {
    let silent = "says nothing of the customer's own users";
    check(
        &northwind(),
        &[
            ("user:greta@northwind autopilot.device.manage device:phone-01 at 2021-06-01", "not-granted", &[silent, "!AP-4"]),
            ("user:greta@northwind autopilot.device.remove device:phone-01 at 2021-06-01", "not-granted", &[silent, "!AP-4"]),
            ("user:greta@northwind autopilot.profile.apply device:phone-01 at 2021-06-01", "not-granted", &[silent, "!AP-4"]),
            (
                "user:greta@northwind autopilot.profile.update profile:office at 2021-06-01 with autopilot-profiles-need-dap",
                "not-granted",
                &[silent, "!AP-5"],
            ),
            (
                "user:greta@northwind autopilot.device.remove device:desk-01 at 2021-06-01 with autopilot-removal-needs-dap",
                "not-granted",
                &[silent, "!AP-6"],
            ),
            ("user:tom@tailspin autopilot.device.manage device:phone-01 at 2021-06-01", "barred", &["AP-4", "!own users"]),
            ("user:lou@litware autopilot.device.manage device:phone-01 at 2021-06-01", "barred", &["AP-4"]),
            ("user:hugo@contoso autopilot.device.remove device:shop-01 at 2021-06-01", "barred", &["AP-4"]),
        ],
    );
}

/// A bar from Partner Center is no bar elsewhere, and a partner with delegated admin privileges is elsewhere too.
#[test]
fn a_barred_global_administrator_is_told_of_the_rest() {
    let elsewhere = "user:tom@tailspin is Global Administrator of customer:northwind all the same";
    check(
        &northwind(),
        &[
            ("user:tom@tailspin autopilot.device.manage device:phone-01 at 2021-06-01", "barred", &[elsewhere]),
            ("user:tom@tailspin autopilot.profile.apply device:phone-01 at 2021-06-01", "barred", &[elsewhere]),
            ("user:alice@contoso autopilot.device.manage device:phone-01 at 2021-06-01", "barred", &["!all the same"]),
            ("user:alice@contoso autopilot.device.manage device:phone-01 at 2021-01-31", "barred", &["alice@contoso is Global"]),
            ("user:tom@tailspin directory.manage customer:northwind at 2021-06-01", "allowed", &[]),
        ],
    );
}

/// The second readings of AP-4, AP-5 and AP-6, each with and without delegated admin privileges.
#[test]
fn each_second_reading_opens_what_it_speaks_of() {
    let mut wrong = String::new();
    let (profiles, removal) = ("autopilot-profiles-need-dap", "autopilot-removal-needs-dap");
    let (of_4, of_5, of_6) = ("autopilot-bar-only-without-dap", "autopilot-dap-lifts-profile-bar", "autopilot-dap-lifts-customer-bar");
    let world = northwind();
    let actions = ["device.manage", "profile.apply", "profile.unapply", "device.remove"];
    // What tom, who has delegated admin privileges, may do on a phone that the customer added.
    for (toggles, allowed) in [
        (&[][..], &[][..]),
        (&[profiles, removal], &[]),
        (&[of_5, of_6], &[]),
        (&[profiles, of_6], &[]),
        (&[profiles, of_5], &["profile.apply", "profile.unapply"]),
        (&[removal, of_6], &["device.remove"]),
        (&[profiles, of_5, removal, of_6], &["profile.apply", "profile.unapply", "device.remove"]),
        (&[of_4], &actions),
        (&[of_4, profiles, removal], &actions),
    ] {
        let with: String = toggles.iter().map(|toggle| format!(" with {toggle}")).collect();
        for action in actions {
            for device in ["shop-01", "school-02", "phone-01"] {
                let question = |who: &str| format!("{who} autopilot.{action} device:{device} at 2021-06-01{with}");
                let expected = if allowed.contains(&action) { "allowed" } else { "barred" };
                for (who, expected) in [("user:tom@tailspin", expected), ("user:alice@contoso", "barred"), ("user:greta@northwind", "not-granted")] {
                    let answer = asked(&world, &question(who)).outcome;
                    if answer != expected {
                        wrong += &format!("{}: {answer}, not {expected}\n", question(who));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
