use super::exact;
use crate::syntax::ast::expr::{Expr, ExprNode, Term, TermNode};
use crate::syntax::{Embedded, StringForm, condition, effect, fact, term};
use crate::text::{FileId, Span};

/// The tree, with every form in parentheses.
fn check(text: &str) -> String {
    condition(&exact(text)).map_or_else(|mistake| format!("error: {}", mistake.headline), |expr| tree(&expr))
}

fn tree(expr: &Expr) -> String {
    let all = |operands: &[Expr]| operands.iter().map(tree).collect::<Vec<_>>().join(" ");
    match &expr.node {
        ExprNode::Or(operands) => format!("(or {})", all(operands)),
        ExprNode::And(operands) => format!("(and {})", all(operands)),
        ExprNode::Not(negated) => format!("(not {})", tree(negated)),
        ExprNode::Relation { was, name, terms } => format!("({}{}{})", if *was { "was " } else { "" }, name.value, each(terms)),
        ExprNode::Holds { was, holder, role, scope } => {
            format!("({}holds {} {} {})", if *was { "was " } else { "" }, leaf(holder), leaf(role), leaf(scope))
        }
        ExprNode::Is { term, kind } => format!("(is {} {})", leaf(term), kind.value),
        ExprNode::Within { term, scope } => format!("(within {} {})", leaf(term), leaf(scope)),
        ExprNode::In { term, set } => format!("(in {} {})", leaf(term), leaf(set)),
        ExprNode::InList { term, list } => format!("(list {}{})", leaf(term), each(list)),
        ExprNode::Compare { left, op, right } => format!("({op} {} {})", leaf(left), leaf(right)),
        ExprNode::Toggle(name) => format!("(toggle {})", name.value),
        ExprNode::Bool(value) => value.to_string(),
    }
}

fn each(terms: &[Term]) -> String {
    terms.iter().flat_map(|term| [" ".to_owned(), leaf(term)]).collect()
}

fn leaf(term: &Term) -> String {
    match &term.node {
        TermNode::Subject => "SUBJECT".into(),
        TermNode::Resource => "RESOURCE".into(),
        TermNode::Name(name) => name.clone(),
        TermNode::Attribute(term, attribute) => format!("{}->{}", leaf(term), attribute.value),
        TermNode::Entity { kind, id } => format!("<{} {id}>", kind.value),
        TermNode::Text(text) => format!("{text:?}"),
        TermNode::Number(number) => number.to_string(),
        TermNode::Date(date) => format!("@{date}"),
        TermNode::Any => "_".into(),
    }
}

#[test]
fn atoms_are_parsed() {
    assert_eq!(check("true"), "true");
    assert_eq!(check("dap(customer, partner)"), "(dap customer partner)");
    assert_eq!(check("dap (customer,partner)"), "(dap customer partner)");
    assert_eq!(check("open(_)"), "(open _)");
    assert_eq!(check("was subject.boss holds owner on site:s"), "(was holds SUBJECT->boss owner <site s>)");
    assert_eq!(check("was on-loan(resource, subject)"), "(was on-loan RESOURCE SUBJECT)");
    assert_eq!(check("subject holds owner on resource"), "(holds SUBJECT owner RESOURCE)");
    assert_eq!(check("partner.admin-agents holds role on _"), "(holds partner->admin-agents role _)");
    assert_eq!(check("resource.added-by is customer"), "(is RESOURCE->added-by customer)");
    assert_eq!(check("x is role"), "(is x role)");
    assert_eq!(check("scope within resource.customer"), "(within scope RESOURCE->customer)");
    assert_eq!(check("user in partner.admin-agents"), "(in user partner->admin-agents)");
    assert_eq!(check("\"la\"in resource.languages"), "(in \"la\" RESOURCE->languages)");
    assert_eq!(check("role in [role:page, role:curator]"), "(list role <role page> <role curator>)");
    assert_eq!(check("x in [\"a\",1,2020-06-19,user:a]"), "(list x \"a\" 1 @2020-06-19 <user a>)");
    assert_eq!(check("toggle autopilot-profiles-need-dap"), "(toggle autopilot-profiles-need-dap)");
    assert_eq!(check("toggle in"), "(toggle in)");
    assert_eq!(check("a == b and a!=b and a<b and a<=b and a>b and a>=b"), "(and (== a b) (!= a b) (< a b) (<= a b) (> a b) (>= a b))");
    assert_eq!(check("x.in == x.role"), "(== x->in x->role)");
    assert_eq!(check("subject.works-at.library==resource . library"), "(== SUBJECT->works-at->library RESOURCE->library)");
    assert_eq!(check("hours == days and by == at"), "(and (== hours days) (== by at))");
    for word in ["for", "where"] {
        assert!(check(&format!("{word} == days")).starts_with("error"), "{word}");
        assert!(check(&format!("r({word})")).starts_with("error"), "{word}");
        assert!(check(&format!("x holds {word} on y")).starts_with("error"), "{word}");
    }
}

#[test]
fn entities_are_parsed() {
    assert_eq!(check("r(user:alice@contoso.com)"), "(r <user alice@contoso.com>)");
    assert_eq!(check("r(user:a.b:c/d+e#f$g~h_i-j.)"), "(r <user a.b:c/d+e#f$g~h_i-j.>)");
    assert_eq!(check("r(room:회의실-1,room:Zürich)"), "(r <room 회의실-1> <room Zürich>)");
    assert_eq!(check("device:\"d7\".added-by == customer:x"), "(== <device d7>->added-by <customer x>)");
    assert_eq!(check("device:d7.added-by == customer:x"), "(== <device d7.added-by> <customer x>)");
    assert_eq!(check("branch:\"Old Mill\".steward == subject"), "(== <branch Old Mill>->steward SUBJECT)");
    assert_eq!(check("role:owner == x"), "(== <role owner> x)");
    assert_eq!(check("user:\"\" == x"), "(== <user > x)");
    assert_eq!(check("x==user:1"), "(== x <user 1>)");
}

#[test]
fn texts_are_parsed() {
    assert_eq!(check(r#"x == "a \"b\" \\ \/ \n\t""#), r#"(== x "a \"b\" \\ / \n\t")"#);
    assert_eq!(check(r#"x == "\u00e9\ud83d\ude00""#), "(== x \"é😀\")");
    assert_eq!(check(r#"x == "\b\f\r\u0000""#), r#"(== x "\u{8}\u{c}\r\0")"#);
    assert_eq!(check(r#"x == user:"\u00e9""#), "(== x <user é>)");
}

#[test]
fn numbers_and_dates_are_parsed() {
    assert_eq!(check("x == 9223372036854775807"), "(== x 9223372036854775807)");
    assert_eq!(check("x == 007"), "(== x 7)");
    assert_eq!(check("x<2020-06-19"), "(< x @2020-06-19)");
    assert_eq!(check("x < 2020-06-19T12:00:00.5+09:00"), "(< x @2020-06-19T03:00:00.5Z)");
    assert_eq!(check("(x < 3)"), "(< x 3)");
    assert_eq!(check("3<x"), "(< 3 x)");
    assert_eq!(check("3<=x"), "(<= 3 x)");
}

#[test]
fn and_binds_tighter_than_or() {
    assert_eq!(check("true or false and true"), "(or true (and false true))");
    assert_eq!(check("not a == b and true"), "(and (not (== a b)) true)");
    assert_eq!(check("not not true"), "(not (not true))");
    assert_eq!(check("not(true or false)"), "(not (or true false))");
    assert_eq!(check("true and false and true"), "(and true false true)");
    assert_eq!(check("true and (false and true)"), "(and true (and false true))");
    assert_eq!(check("(true and false) and true"), "(and (and true false) true)");
    assert_eq!(check("(true or false) and (r(a) or true)"), "(and (or true false) (or (r a) true))");
    assert_eq!(check("((true))"), "true");
    assert_eq!(check("\n  true\n  and\r\n\tfalse\n"), "(and true false)");
}

#[test]
fn depth_is_bounded() {
    let nested = |open: &str, close: &str, depth: usize| format!("{}true{}", open.repeat(depth), close.repeat(depth));
    assert!(condition(&exact(&nested("(", ")", 64))).is_ok());
    assert!(condition(&exact(&nested("not ", "", 64))).is_ok());
    assert!(condition(&exact(&nested("not (", ")", 32))).is_ok());
    for text in
        [nested("(", ")", 65), nested("not ", "", 65), nested("(", "", 65_000), nested("not ", "", 16_000), nested("not(", "", 16_000)]
    {
        assert_eq!(condition(&exact(&text)).unwrap_err().code.name(), "expression-depth");
    }
    for text in [nested("(", ")", 100_000), nested("not ", "", 100_000)] {
        assert_eq!(condition(&exact(&text)).unwrap_err().code.name(), "too-long");
    }
    let chain = |steps: usize| format!("x{} == y", ".a".repeat(steps));
    assert!(condition(&exact(&chain(64))).is_ok());
    assert_eq!(condition(&exact(&chain(65))).unwrap_err().code.name(), "expression-depth");
    let side_by_side = vec!["true"; 8_000].join(" or ");
    assert!(condition(&exact(&side_by_side)).is_ok());
}

#[test]
fn every_node_has_its_span() {
    let text = "  (a or b(user:x.y)) and not  subject.home.\n town == \"é\"  ";
    let source = Embedded { text, span: Span::new(FileId(3), 100, 100 + text.len()), writing: StringForm::Plain };
    let slice = |span: Span| {
        assert_eq!(span.file, FileId(3));
        &text[span.start as usize - 100..span.end as usize - 100]
    };
    assert!(condition(&source).is_err(), "`a` alone is not a condition");
    let text = text.replace("a or", "a(_)or");
    let source = Embedded { text: &text, ..source.clone() };
    let slice = |span: Span| {
        let _ = slice;
        &text[span.start as usize - 100..span.end as usize - 100]
    };
    let Expr { span, node: ExprNode::And(operands) } = condition(&source).unwrap() else { panic!() };
    assert_eq!(slice(span), text.trim());
    assert_eq!(slice(operands[0].span), "(a(_)or b(user:x.y))");
    assert_eq!(slice(operands[1].span), "not  subject.home.\n town == \"é\"");
    let ExprNode::Not(negated) = &operands[1].node else { panic!() };
    let ExprNode::Compare { left, right, .. } = &negated.node else { panic!() };
    assert_eq!(slice(left.span), "subject.home.\n town");
    assert_eq!(slice(right.span), "\"é\"");
    let TermNode::Attribute(home, town) = &left.node else { panic!() };
    assert_eq!((slice(home.span), slice(town.span)), ("subject.home", "town"));

    let whole = Span::new(FileId(1), 7, 9);
    let expr = condition(&Embedded { text: "dap(a, b)", span: whole, writing: StringForm::Unknown }).unwrap();
    let ExprNode::Relation { name, terms, .. } = expr.node else { panic!() };
    assert!([expr.span, name.span, terms[1].span].iter().all(|&span| span == whole));
}

#[test]
fn facts_effects_and_terms_are_parsed() {
    let atom = |text| fact(&exact(text)).map_or_else(|mistake| format!("error: {}", mistake.headline), |expr| tree(&expr));
    assert_eq!(atom("dap(customer:fabrikam, partner:contoso)"), "(dap <customer fabrikam> <partner contoso>)");
    assert_eq!(
        atom("group:contoso/admins holds owner on subscription:fab-prod"),
        "(holds <group contoso/admins> owner <subscription fab-prod>)"
    );
    assert_eq!(atom("user:a in group:b"), "(in <user a> <group b>)");
    assert_eq!(atom("true and true"), "error: expected the end after `true`");
    assert_eq!(atom("not r(user:a)"), "error: expected a fact");

    let parts = |text| {
        effect(&exact(text)).map_or_else(
            |mistake| format!("error: {}", mistake.headline),
            |effect| {
                let lasts =
                    effect.lasts.as_ref().map_or(String::new(), |lasts| format!(" for {} {}", leaf(&lasts.count), lasts.unit.name()));
                let condition = effect.condition.as_ref().map_or(String::new(), |condition| format!(" where {}", tree(condition)));
                format!("{}{lasts}{condition}", tree(&effect.fact))
            },
        )
    };
    assert_eq!(parts("open(invitation) for days days"), "(open invitation) for days days");
    assert_eq!(parts("open(invitation) for hours hours"), "(open invitation) for hours hours");
    assert_eq!(parts("in-force(card) for 365 days"), "(in-force card) for 365 days");
    assert_eq!(
        parts("names(invitation, scope) where scope in rooms and scope within customer"),
        "(names invitation scope) where (and (in scope rooms) (within scope customer))"
    );
    assert_eq!(parts("r(x) for x.days days where true or false"), "(r x) for x->days days where (or true false)");
    assert_eq!(parts("admin holds primary-admin on scope"), "(holds admin primary-admin scope)");
    assert_eq!(parts("r(x) where true for 3 days"), "error: expected `and`, `or` or the end after `true`");

    let one = |text| term(&exact(text)).map_or_else(|mistake| format!("error: {}", mistake.headline), |term| leaf(&term));
    assert_eq!(one("customer"), "customer");
    assert_eq!(one(" subject.partner "), "SUBJECT->partner");
    assert_eq!(one("days == 3"), "error: expected the end after `days`");
}
