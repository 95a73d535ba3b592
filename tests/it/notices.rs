//! Names in braces in the texts of obligations and advice.

use crate::agreement::asked_of_reference;
use crate::harness::{compiled, context, explained, law, reference_context, world_after_events};
use crate::reference;
use crate::support::{Ask, mistakes, pack_of, world_of};
use delegraph::eval::Decider;
use delegraph::protocol::authzen;
use delegraph::report::json::answer;
use delegraph::report::text::{self, Style};
use delegraph::wording::ExplanationText;
use proptest::prelude::*;
use std::cell::Cell;

const SCHEMA: &str = r#"
[kind.user]
subject = true
attributes.level = { type = "number" }

[kind.room]
actions = ["enter"]

[kind.hall]
actions = ["enter"]

[relation.waits]
ends = ["user", ["room", "hall"]]

[relation.keeps]
ends = ["user", "room"]

[relation.shut]
ends = [["room", "hall"]]

[rule.all]
allow = ["*"]
"#;

const WORLD: &str = r"
[user.ann]
level = 1
[user.bea]
level = 2
[user.cyd]
[room.r]
[hall.h]

[[fact]]
is = 'waits(user:cyd, room:r)'
[[fact]]
is = 'waits(user:ann, room:r)'
[[fact]]
is = 'waits(user:bea, room:r)'
[[fact]]
is = 'keeps(user:bea, room:r)'
";

/// A pack with an advice with these keys.
fn pack(advice: &str) -> String {
    format!("{SCHEMA}\n[advice.a]\nfor = [\"room.enter\"]\n{advice}\n")
}

/// The answer whether ann may enter the room, by a pack with an advice with these keys.
fn answered(advice: &str, world: &str) -> ExplanationText {
    let compiled = pack_of(&pack(advice));
    Ask::of("2024-02-01", "user:ann", "room.enter", "room:r").explained(&compiled, &world_of(&compiled, world))
}

/// The texts of the advice with that answer.
fn texts(advice: &str) -> Vec<String> {
    answered(advice, WORLD).advice.into_iter().map(|notice| notice.text).collect()
}

/// Seen to fail when values were not sorted, and when the text was issued for the first values alone.
#[test]
fn a_text_is_issued_once_for_each_value_of_its_names() {
    assert_eq!(
        texts("if = 'waits(user, resource)'\ntext = '{user} waits for {resource}'"),
        ["user:ann waits for room:r", "user:bea waits for room:r", "user:cyd waits for room:r"]
    );
    // The values are in the order of the names in the text.
    assert_eq!(
        texts("if = 'waits(one, resource) and waits(other, resource) and one != other and keeps(_, resource)'\ntext = '{other}, {one}'"),
        [
            "user:ann, user:bea",
            "user:ann, user:cyd",
            "user:bea, user:ann",
            "user:bea, user:cyd",
            "user:cyd, user:ann",
            "user:cyd, user:bea"
        ]
    );
    assert_eq!(texts("text = '{subject} and {subject} at {resource}'"), ["user:ann and user:ann at room:r"]);
    assert_eq!(texts("if = 'keeps(user, resource)'\ntext = '{resource} is kept'"), ["room:r is kept"]);
    assert!(texts("if = 'waits(user, resource)'\nunless = 'keeps(user, resource) or waits(user, resource)'\ntext = '{user}'").is_empty());
}

/// Values of other variables do not repeat a text.
#[test]
fn a_variable_that_is_not_named_is_only_searched_for() {
    assert_eq!(texts("if = 'waits(one, resource) and keeps(other, resource) and one.level >= 1'\ntext = '{other}'"), ["user:bea"]);
}

/// Seen to fail when texts were issued for values for which the condition is unknown.
#[test]
fn a_text_is_not_issued_where_its_condition_is_unknown() {
    // The level of cyd is not given.
    let advice = "if = 'waits(user, resource) and user.level >= 1'\ntext = '{user}'";
    assert_eq!(texts(advice), ["user:ann", "user:bea"]);
    // Whether bea waits is open, and who else waits may be somebody whom the world does not name.
    let open = WORLD.replace("[[fact]]\nis = 'waits(user:bea, room:r)'\n", "[[unknown]]\nis = 'waits(_, room:r)'\n");
    let issued = answered("if = 'waits(user, resource)'\ntext = '{user}'", &open).advice;
    assert_eq!(issued.iter().map(|notice| notice.text.as_str()).collect::<Vec<_>>(), ["user:ann", "user:cyd"]);
}

#[test]
fn a_variable_of_every_branch_may_be_named() {
    assert_eq!(
        texts("if = 'waits(user, resource) and user.level == 1 or keeps(user, resource)'\ntext = '{user}'"),
        ["user:ann", "user:bea"]
    );
    let kinds = "if = 'waits(_, place) and place == resource or shut(place) and place is hall'\ntext = '{place}'";
    assert_eq!(texts(kinds), ["room:r"]);
}

/// The texts are the same in every form of the answer.
#[test]
fn text_and_json_have_each_text() {
    let answer = answered("if = 'waits(user, resource)'\ntext = '{user} waits'", WORLD);
    let expected = ["user:ann waits", "user:bea waits", "user:cyd waits"];
    let line: serde_json::Value = serde_json::from_str(&answer::explained(&answer)).expect("it is JSON");
    assert_eq!(line["context"]["advice"], serde_json::json!(expected));
    let document: serde_json::Value = serde_json::from_str(&answer::document(&answer, None)).expect("it is JSON");
    assert_eq!(document["explanation"]["advice"][1]["text"], expected[1]);
    let page = text::render(&answer, &Style { color: false, width: 80, full: false });
    let advice = page.split_once("\nadvice\n").expect("a section").1.split("\n\n").next().map(str::trim_end);
    // What is said of the advice itself is said once.
    assert_eq!(advice, Some("  - user:ann waits\n  - user:bea waits\n  - user:cyd waits\n    a, pack.toml:24"));
}

#[test]
fn what_the_condition_does_not_bind_is_no_name() {
    let wrong = |advice: &str| mistakes(&pack(advice));
    let stands_for_nothing = |what: &str, help: &str| format!("unknown-placeholder: `{what}` in the text stands for nothing; {help}");
    assert_eq!(wrong("if = 'waits(other, resource)'\ntext = '{othre} waits'"), stands_for_nothing("{othre}", "did you mean `{other}`?"));
    assert_eq!(wrong("text = '{resorce} is shut'"), stands_for_nothing("{resorce}", "did you mean `{resource}`?"));
    let all = "the text may name `{subject}` or `{resource}`";
    // The name of a kind is a variable only where the condition has it.
    assert_eq!(wrong("text = '{hall}'"), stands_for_nothing("{hall}", all));
    assert_eq!(wrong("text = '{}'"), stands_for_nothing("{}", all));
    assert_eq!(wrong("text = 'a } b'"), stands_for_nothing("}", all));
    assert_eq!(wrong("text = 'a {subject'"), stands_for_nothing("{subject", all));
    let attribute = "if = 'waits(other, resource)'\ntext = '{other.level}'";
    assert_eq!(wrong(attribute), stands_for_nothing("{other.level}", "only a name may be in braces: `{other}`"));
    assert_eq!(
        wrong("if = 'waits(other, resource) or shut(resource)'\ntext = '{other}'"),
        "unbound-variable: only a branch of an `or` binds the variable `other`; bind `other` in every branch in which it stands, or outside the `or`"
    );
    // So the name of a kind, although it is bound wherever it stands.
    let kind = wrong("if = 'waits(hall, resource) or shut(hall) or shut(resource)'\ntext = '{hall}'");
    assert!(
        kind.starts_with("unbound-variable: only a branch of an `or` binds the variable `hall`") && kind.lines().count() == 1,
        "{kind}"
    );
    let under_not = wrong("if = 'not waits(other, resource)'\ntext = '{other}'");
    assert!(under_not.starts_with("negated-variable: `other` occurs only inside `not`") && under_not.lines().count() == 1, "{under_not}");
}

/// The program and the reference issue the same texts, in the same order, where relations and roles have advice that names what they bind.
///
/// Seen to fail when
/// - texts were issued for values for which the condition is unknown,
/// - values were not sorted,
/// - the text was issued for the first values alone.
#[test]
fn texts_agree_with_the_reference() {
    let (issued, repeated) = (Cell::new(0), Cell::new(0));
    law(12, 2, |mut case| {
        let schema = &case.pack.schema;
        let advice = |name: &str, condition: &str, text: &str| {
            format!("[advice.of-{name}]\nfor = [\"*\"]\nif = '{condition}'\ntext = 'of {name}: {text}'\n")
        };
        // The reference tries every choice of values, so three names would take long.
        let relations = schema.relations.iter().filter(|relation| relation.ends.len() < 3).map(|relation| {
            let names = &["one", "two"][..relation.ends.len()];
            let text: Vec<String> = names.iter().rev().map(|name| format!("{{{name}}}")).collect();
            advice(&relation.name, &format!("{}({})", relation.name, names.join(", ")), &text.join(" "))
        });
        let roles = schema.roles.iter().take(2).map(|role| {
            advice(&format!("role-{}", role.name), &format!("who holds {} on what", role.name), "{who} for {subject} on {what}, {who}")
        });
        let added: Vec<String> = relations.chain(roles).collect();
        case.pack.elements.extend(added);
        let files = case.pack.files();
        let (compiled, pack) = (compiled(&files)?, reference::pack(&files));
        let Some(ours) = world_after_events(&compiled, &mut case)? else { return Ok(()) };
        let files = case.world.files(&case.pack.schema, &mut case.tape.clone());
        let Some(theirs) = reference::world(&pack, &files) else { return Err(TestCaseError::fail("the reference refuses the world")) };
        for asked in &case.contexts {
            let decider = Decider::new(&compiled, &ours, context(&compiled, asked));
            let questions: Vec<_> = case.questions.iter().filter_map(|question| Some((question, explained(&decider, question)?))).collect();
            let of_reference = asked_of_reference(questions.iter().map(|&(question, _)| question));
            let expected = reference::answers(&pack, &theirs, &reference_context(&pack, asked), &of_reference);
            for ((question, answer), expected) in questions.iter().zip(expected) {
                let texts: Vec<&str> = answer.advice.iter().map(|notice| notice.text.as_str()).collect();
                prop_assert_eq!(&texts, &expected.advice, "program, then reference: {:?} {:?}", question, asked);
                issued.set(issued.get() + texts.len());
                repeated.set(repeated.get() + answer.advice.windows(2).filter(|pair| pair[0].name == pair[1].name).count());
            }
        }
        Ok(())
    });
    assert!(issued.get() > 500 && repeated.get() > 200, "too few are issued: {} {}", issued.get(), repeated.get());
}

/// An obligation is part of the decision: each answer has it, with its reasons or without. Advice needs an explanation.
#[test]
fn a_decision_without_its_reasons_has_its_obligations() {
    let compiled = pack_of(&format!(
        "{SCHEMA}\n[obligation.sign]\nfor = [\"room.enter\"]\nwith = \"allow\"\nif = 'waits(who, resource) and keeps(who, resource)'\n\
         text = \"sign for {{who}}\"\n[advice.a]\nfor = [\"room.enter\"]\ntext = \"mind the step\"\n"
    ));
    let world = world_of(&compiled, WORLD);
    let decider = Decider::new(&compiled, &world, Ask::of("2024-02-01", "user:ann", "room.enter", "room:r").context(&compiled));
    let line = |action: &str, resource: &str| {
        let request = format!(
            r#"{{"subject":{{"type":"user","id":"ann"}},"action":{{"name":"{action}"}},"resource":{{"type":"{resource}","id":"{}"}}}}"#,
            &resource[..1]
        );
        authzen::answer(&decider, request.as_bytes(), false).expect("it is decided").into_owned()
    };
    assert_eq!(line("room.enter", "room"), r#"{"decision":true,"context":{"obligations":["sign for user:bea"]}}"#);
    assert_eq!(line("hall.enter", "hall"), r#"{"decision":true}"#);
}
