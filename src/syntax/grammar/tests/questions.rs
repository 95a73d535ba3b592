use super::{exact, rendered};
use crate::syntax::{QuestionForm, question};

fn check(text: &str) -> String {
    let question = match question(&exact(text)) {
        Ok(question) => question,
        Err(diagnostic) => return rendered(&diagnostic),
    };
    let form = match question.form {
        QuestionForm::Can { subject, action, resource } => format!("{:?} {} {:?}", subject.value, action.value, resource.value),
        QuestionForm::WhoCan { action, resource } => format!("who {} {}", action.value, resource.value),
        QuestionForm::WhatCan { subject, resource } => {
            format!("what {} on {}", subject.value, resource.map_or_else(|| "everything".to_owned(), |resource| resource.value.to_string()))
        }
        QuestionForm::WhoHolds { role, scope } => format!("holds {} {:?}", role.value, scope.value),
    };
    let mut said = vec![form];
    said.extend(question.clauses.at.iter().map(|at| format!("at {}", at.value)));
    said.extend(question.clauses.policy_at.iter().map(|at| format!("policy-at {}", at.value)));
    said.extend(question.clauses.with.iter().map(|toggle| format!("with {}", toggle.value)));
    said.extend(question.clauses.without.iter().map(|toggle| format!("without {}", toggle.value)));
    said.extend(question.clauses.assuming.iter().map(|(holds, fact)| format!("assuming {}{fact}", if *holds { "" } else { "not " })));
    said.join(" ")
}

#[test]
fn questions_are_read() {
    assert_eq!(
        check("can user:alice@contoso autopilot.device.remove device:d7"),
        r#"("user", "alice@contoso") autopilot.device.remove ("device", "d7")"#
    );
    assert_eq!(check(" Can user:a x.y room:b?\n"), r#"("user", "a") x.y ("room", "b")"#);
    assert_eq!(check("can user:a x.in room:\"Map Room?\"?"), r#"("user", "a") x.in ("room", "Map Room?")"#);
    assert_eq!(
        check("can user:a x.y room:b with p without q policy-at 2020-06-19 with r at 2021-01-01T12:00:00Z?"),
        r#"("user", "a") x.y ("room", "b") at 2021-01-01T12:00:00Z policy-at 2020-06-19 with p with r without q"#
    );
    assert_eq!(
        check("can user:a x room:b assuming dap(customer:c, partner:p) assuming not user:a in group:g at 2020-06-19"),
        r#"("user", "a") x ("room", "b") at 2020-06-19 assuming dap(customer:c, partner:p) assuming not user:a in group:g"#
    );
    assert_eq!(
        check("can user:a x room:b assuming user:a holds owner on room:b with t"),
        r#"("user", "a") x ("room", "b") with t assuming user:a holds owner on room:b"#
    );
}

#[test]
fn parts_of_questions_have_their_spans() {
    let text = "can user:a x.y room:\"b c\" at 2020-06-19 with t";
    let question = question(&exact(text)).unwrap();
    let slice = |span: crate::text::Span| &text[span.start as usize..span.end as usize];
    let QuestionForm::Can { subject, action, resource } = question.form else { panic!("{question:?}") };
    assert_eq!([subject.span, action.span, resource.span].map(slice), ["user:a", "x.y", "room:\"b c\""]);
    assert_eq!(slice(question.clauses.at.unwrap().span), "2020-06-19");
    assert_eq!(slice(question.clauses.with[0].span), "t");
}

#[test]
fn mistakes_in_questions_are_reported() {
    assert_eq!(check(""), "expression-syntax 0..0 the question is empty | the question ends here");
    assert_eq!(
        check("may user:a x room:b"),
        "expression-syntax 0..3 no question begins with `may` | the first word | a question is `can SUBJECT ACTION RESOURCE`, `who can ACTION on RESOURCE`, `what can SUBJECT do`, `what can SUBJECT do on RESOURCE` or `who holds ROLE on SCOPE`"
    );
    assert_eq!(
        check("can alice x room:b"),
        "expression-syntax 4..9 expected a subject, such as `user:alice`, after `can` | found `alice` | an entity is `kind:id`"
    );
    assert_eq!(
        check("can user:a élan room:b"),
        "expression-syntax 11..16 expected an action, such as `directory.manage`, after `user:a` | found `élan` | an action's name is segments joined by dots, each a letter of a-z, then letters, digits, `-` and `_`"
    );
    assert_eq!(
        check("can user:a x"),
        "expression-syntax 12..12 expected a resource, such as `customer:fabrikam`, after `x` | the question ends here"
    );
    assert_eq!(
        check("can user:a x. room:b"),
        "expression-syntax 12..13 expected a resource, such as `customer:fabrikam`, after `x` | found `.`"
    );
    assert_eq!(
        check("can user:a x.café room:b"),
        "expression-syntax 11..18 `x.café` is not a name |  | an action's name is segments joined by dots, each a letter of a-z, then letters, digits, `-` and `_`"
    );
    assert_eq!(
        check("can user:a x room:b on 2020-01-01"),
        "expression-syntax 20..22 expected `at`, `policy-at`, `with`, `without`, `assuming` or the end after `room:b` | found `on` | write `at`"
    );
    assert_eq!(
        check("can user:a x room:b at tomorrow"),
        "expression-syntax 23..31 expected a date, such as `2020-06-19`, after `at` | found `tomorrow`"
    );
    assert_eq!(
        check("can user:a x room:b at 2020"),
        "expression-syntax 23..27 expected a date, such as `2020-06-19`, after `at` | found `2020`"
    );
    assert_eq!(
        check("can user:a x room:b at 2020-01-01 at 2020-01-02"),
        "expression-syntax 37..47 `at` occurs twice | the second date | a question has one date"
    );
    assert_eq!(check("can user:a x room:b policy-at 2020-02-30"), "bad-date 30..40 the date `2020-02-30` does not exist | ");
    assert_eq!(
        check("can user:a x room:b with"),
        "expression-syntax 24..24 expected a toggle's name after `with` | the question ends here"
    );
    assert_eq!(check("can user:a x room:b assuming"), "expression-syntax 28..28 expected a fact after `assuming` | the question ends here");
    assert_eq!(
        check("can user:a x room:b assuming a(b) and c(d)"),
        "expression-syntax 34..37 expected `at`, `policy-at`, `with`, `without`, `assuming` or the end after `)` | found `and` | each fact has an `assuming` of its own"
    );
    assert_eq!(
        check("can user:a x room:Map Room"),
        r#"expression-syntax 22..26 expected `at`, `policy-at`, `with`, `without`, `assuming` or the end after `room:Map` | found `Room` | an id with a space stands in quotes: `room:"Map Room"`"#
    );
    assert_eq!(check("can user:\"a x room:b"), "expression-syntax 9..10 the string has no closing quote | opened here");
}

#[test]
fn questions_for_lists_are_read() {
    assert_eq!(check("who can x.y on room:b at 2020-06-19"), "who x.y room:b at 2020-06-19");
    assert_eq!(check("Who can x.* on room:*?"), "who x.* room:*");
    assert_eq!(check("who can x.* on room:\"*\""), r#"who x.* room:"*""#);
    assert_eq!(check("who can * on room:b"), "who * room:b");
    assert_eq!(check("what can user:a do with t"), "what user:a on everything with t");
    assert_eq!(check("What can group:\"g h\" do on room:*"), "what group:g h on room:*");
    assert_eq!(check("what can user:* do on room:b assuming not a(b:c)"), "what user:* on room:b assuming not a(b:c)");
    assert_eq!(check("who holds owner on room:b"), r#"holds owner ("room", "b")"#);
    assert_eq!(check("Who holds role:00-1 on room:\"b c\" with t at 2020-06-19?"), r#"holds 00-1 ("room", "b c") at 2020-06-19 with t"#);
}

#[test]
fn mistakes_in_questions_for_lists_are_reported() {
    let headline = |text: &str| question(&exact(text)).expect_err("it has a mistake").headline;
    assert_eq!(headline("who has owner on room:b"), "expected `can ACTION` or `holds ROLE` after `who`");
    assert_eq!(headline("who holds owner room:b"), "expected `on` after `owner`");
    assert_eq!(headline("who can x.y room:b"), "expected `on` after `x.y`");
    assert_eq!(headline("what may user:a do"), "expected `can` after `what`");
    assert_eq!(headline("what can user:a on room:b"), "expected `do` after `user:a`");
    assert_eq!(headline("what can alice do"), "expected a subject, such as `user:alice`, after `can`");
    assert_eq!(headline("can user:* x.y room:b"), "expected a subject, such as `user:alice`, after `can`");
}
