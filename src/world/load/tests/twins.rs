//! Ids that people take for one, in whole worlds.

use super::{HARBOUR, added, check, open, policy, print};
use std::fmt::Write;

#[test]
fn twins_of_a_kind_have_a_warning_with_both_places() {
    assert_eq!(
        added("[ship.Emma]\nowner = 'firm:maersk'\n"),
        "twin-ids: `ship:Emma` and `ship:emma` differ only in capitals | <Emma> `ship:Emma` | <emma> `ship:emma` \
         | if they are one, write the id in one way; if they are two, give one of them an id that cannot be mistaken"
    );
    assert_eq!(added("[firm.emma]\n"), "", "they are of two kinds");
    assert_eq!(added("[ship.emma2]\nowner = 'firm:maersk'\n"), "");
    let three = added("[crew.Tugs]\n[crew.\"tugs \"]\n");
    let headlines: Vec<&str> = three.lines().filter_map(|line| line.split(" | ").next()).collect();
    let expected = ["`crew:Tugs` and `crew:tugs` differ only in capitals", "`crew:tugs ` and `crew:tugs` differ only in blanks at an end"];
    assert_eq!(headlines, expected.map(|headline| format!("twin-ids: {headline}")));
    let created = check("{\"entity\":\"crew:TUGS\"}\n{\"entity\":\"crew:t\\u200bugs\"}\n");
    assert!(created.contains("`crew:TUGS` and `crew:tugs` differ only in capitals"), "{created}");
    assert!(created.contains("`crew:t\\u{200b}ugs` and `crew:tugs` differ only in characters that are not seen"), "{created}");
}

/// Seen to fail when ids that only the policy names were passed over.
#[test]
fn an_id_that_the_pack_names_has_twins() {
    let policy = policy(&[("harbour.toml", HARBOUR), ("more.toml", "[rule.r]\nallow = ['*']\nif = 'subject in crew:pilots'\n")]);
    let (world, _, diagnostics) = open(&policy, &["[crew.Pilots]\n"]);
    let expected = "twin-ids: `crew:Pilots` and `crew:pilots` differ only in capitals | <Pilots> `crew:Pilots` \
                    | note: the pack names `crew:pilots` | if they are one, ";
    assert!(print(&world, &diagnostics).starts_with(expected), "{}", print(&world, &diagnostics));
    assert_eq!(open(&policy, &["[crew.pilots]\n"]).2, []);
    assert_eq!(open(&policy, &["[crew.others]\n"]).2, []);
}

#[test]
fn of_many_twins_some_are_reported_and_all_are_counted() {
    let policy = policy(&[("harbour.toml", HARBOUR)]);
    let mut lines = String::new();
    for number in 0..5_000 {
        let _ = writeln!(lines, "{{\"entity\":\"crew:c{number}\"}}\n{{\"entity\":\"crew:C{number}\"}}");
    }
    let (_, _, diagnostics) = open(&policy, &[&lines]);
    assert_eq!(diagnostics.len(), 20);
    let notes: Vec<&String> = diagnostics.iter().flat_map(|twins| &twins.notes).collect();
    assert_eq!(notes, ["4980 further pairs of ids of kind `crew` are alike"]);
}
