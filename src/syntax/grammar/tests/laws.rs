//! Laws: printed text parses to the same tree, and no text makes a grammar panic or point outside the text.

use super::exact;
use crate::diag::Diagnostic;
use crate::syntax::ast::expr::{Effect, Expr, ExprNode, FactPattern, Lasting, Op, Pattern, StatedFact, Term, TermNode};
use crate::syntax::{Embedded, StringForm, condition, effect, entity, fact, grid, mark, pattern, question, stated_fact, term};
use crate::text::{FileId, Span, Spanned};
use crate::time::{Instant, TimeUnit};
use proptest::prelude::*;
use proptest::sample::select;

/// The span of every node: with an unknown writing all spans are the same, so that trees compare without them.
const HERE: Span = Span { file: FileId(0), start: 0, end: 0 };

fn anywhere(text: &str) -> Embedded<'_> {
    Embedded { text, span: HERE, writing: StringForm::Unknown }
}

fn spanned(text: String) -> Spanned<String> {
    Spanned::new(text, HERE)
}

fn any_name() -> BoxedStrategy<String> {
    prop_oneof!["[a-z][a-z0-9]{0,3}(-[a-z0-9]{1,3}){0,2}", select(vec!["days", "for-all", "where", "role", "x"]).prop_map(str::to_owned)]
        .boxed()
}

fn free_name() -> BoxedStrategy<String> {
    let reserved =
        ["and", "or", "not", "holds", "on", "in", "within", "is", "toggle", "was", "where", "for", "true", "false", "subject", "resource"];
    any_name().prop_filter("reserved", move |name| !reserved.contains(&name.as_str())).boxed()
}

/// The name of a kind, or an `aka`.
fn kind_word() -> BoxedStrategy<String> {
    prop_oneof![free_name(), "[A-Z][A-Za-z0-9_-]{0,6}".boxed(), "[a-z][a-z]{0,3}_[A-Za-z0-9_-]{0,6}".boxed()].boxed()
}

fn any_id() -> BoxedStrategy<String> {
    prop_oneof!["[a-zé회0-9_.@/+#:$~-]{0,8}", any::<String>()].boxed()
}

fn any_date() -> impl Strategy<Value = Instant> {
    let epoch = Instant::parse("1970-01-01").unwrap();
    (-600_000_i64..2_000_000, any::<bool>())
        .prop_map(move |(days, before)| epoch.plus(days, TimeUnit::Days).map_or(epoch, |date| if before { date.before() } else { date }))
}

fn literal() -> BoxedStrategy<Term> {
    let node = prop_oneof![
        (kind_word(), any_id()).prop_map(|(kind, id)| TermNode::Entity { kind: spanned(kind), id }),
        any::<String>().prop_map(TermNode::Text),
        (0..=i64::MAX).prop_map(TermNode::Number),
        any_date().prop_map(TermNode::Date),
    ];
    node.prop_map(|node| Term { span: HERE, node }).boxed()
}

fn any_term() -> BoxedStrategy<Term> {
    let base = prop_oneof![
        Just(TermNode::Subject),
        Just(TermNode::Resource),
        free_name().prop_map(TermNode::Name),
        (kind_word(), any_id()).prop_map(|(kind, id)| TermNode::Entity { kind: spanned(kind), id }),
    ];
    let stepped = (base, prop::collection::vec(any_name(), 0..4)).prop_map(|(node, steps)| {
        let attribute = |term, step| Term { span: HERE, node: TermNode::Attribute(Box::new(term), spanned(step)) };
        steps.into_iter().fold(Term { span: HERE, node }, attribute)
    });
    prop_oneof![3 => stepped, 1 => literal(), 1 => Just(Term { span: HERE, node: TermNode::Any })].boxed()
}

/// What stands after `holds`.
fn any_role() -> BoxedStrategy<Term> {
    let node = prop_oneof![
        3 => free_name().prop_map(TermNode::Name),
        1 => any_id().prop_map(|id| TermNode::Entity { kind: spanned("role".to_owned()), id }),
        1 => Just(TermNode::Any),
    ];
    node.prop_map(|node| Term { span: HERE, node }).boxed()
}

fn any_atom() -> BoxedStrategy<Expr> {
    let ops = select(vec![Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge]);
    let node = prop_oneof![
        (any::<bool>(), free_name(), prop::collection::vec(any_term(), 1..4)).prop_map(|(was, name, terms)| ExprNode::Relation {
            was,
            name: spanned(name),
            terms
        }),
        (any::<bool>(), any_term(), any_role(), any_term()).prop_map(|(was, holder, role, scope)| ExprNode::Holds {
            was,
            holder,
            role: Box::new(role),
            scope
        }),
        (any_term(), free_name()).prop_map(|(term, kind)| ExprNode::Is { term, kind: spanned(kind) }),
        (any_term(), any_term()).prop_map(|(term, scope)| ExprNode::Within { term, scope }),
        (any_term(), any_term()).prop_map(|(term, set)| ExprNode::In { term, set }),
        (any_term(), prop::collection::vec(literal(), 1..4)).prop_map(|(term, list)| ExprNode::InList { term, list }),
        (any_term(), ops, any_term()).prop_map(|(left, op, right)| ExprNode::Compare { left, op, right }),
        any_name().prop_map(|name| ExprNode::Toggle(spanned(name))),
        any::<bool>().prop_map(ExprNode::Bool),
    ];
    node.prop_map(|node| Expr { span: HERE, node }).boxed()
}

fn any_fact_pattern() -> BoxedStrategy<FactPattern> {
    let of = any_term().prop_filter("has attributes", |term| {
        matches!(term.node, TermNode::Subject | TermNode::Resource | TermNode::Name(_) | TermNode::Attribute(..) | TermNode::Entity { .. })
    });
    let attribute = (of, any_name()).prop_map(|(of, name)| TermNode::Attribute(Box::new(of), spanned(name)));
    prop_oneof![any_atom().prop_map(FactPattern::Fact), attribute.prop_map(|node| FactPattern::Attribute(Term { span: HERE, node })),]
        .boxed()
}

fn any_expr() -> BoxedStrategy<Expr> {
    any_atom()
        .prop_recursive(6, 40, 4, |inner| {
            let some = || prop::collection::vec(inner.clone(), 2..4);
            let node = prop_oneof![
                some().prop_map(ExprNode::Or),
                some().prop_map(ExprNode::And),
                inner.clone().prop_map(|negated| ExprNode::Not(Box::new(negated))),
            ];
            node.prop_map(|node| Expr { span: HERE, node })
        })
        .boxed()
}

/// Conditions as people write them: with unneeded parentheses, blanks and line breaks anywhere, and operators in any order.
fn loosely_written() -> impl Strategy<Value = String> {
    let atoms = vec![
        "true",
        "toggle t-1",
        "was dap(x, _)",
        "was  x.y holds r  on _",
        "dap( user:\"a b\" , user:a.b )",
        "user:\"a.b\".c-d == user:\"\\u00e9\\n\"",
        "x.y>=3",
        "x.y<= 2020-06-19",
        "x.y < 2020-06-19T12:30:00+02:00",
        "x.y != resource",
        "subject holds r on x",
        "x is kind",
        "resource within site:s/1",
        "x in subject.groups",
        "x.y in [ \"a\",3 , user:é ]",
    ];
    select(atoms).prop_map(str::to_owned).prop_recursive(5, 24, 3, |inner| {
        let blank = || select(vec![" ", "  ", "\n", " \n\t"]);
        let bracketed = (inner.clone(), any::<bool>()).prop_map(|(part, is_bare)| if is_bare { part } else { format!("({part})") });
        let joined = (prop::collection::vec((bracketed.clone(), select(vec!["and", "or"]), blank(), blank()), 1..3), bracketed.clone());
        prop_oneof![
            3 => joined.prop_map(|(parts, last)| {
                parts.into_iter().map(|(part, word, before, after)| part + before + word + after).collect::<String>() + &last
            }),
            1 => (blank(), bracketed).prop_map(|(blank, part)| format!("not{blank}{part}")),
            1 => (blank(), inner).prop_map(|(blank, part)| format!("({blank}{part}{blank})")),
        ]
    })
}

/// Words, signs and fragments of real conditions, tables and questions, in any order.
fn soup() -> impl Strategy<Value = String> {
    let scraps = vec![
        "and",
        "or",
        "not",
        "holds",
        "on",
        "in",
        "within",
        "is",
        "toggle",
        "was",
        "true",
        "subject",
        "resource",
        "x",
        "a-b",
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        "==",
        "<",
        ">=",
        "!=",
        "=",
        "_",
        "\"",
        "\\",
        "\"a b\"",
        "\"\\ud83d\"",
        "user:",
        "user:a.b",
        "user:\"é\"",
        ".x",
        "3",
        "30d",
        "2020-06-19",
        "2021-02-29",
        "é",
        "회",
        "-",
        "'",
        "#",
        "\n",
        "\u{a0}",
        " ",
        " ",
        " ",
        "|",
        "|",
        "\n|",
        "\n| - | - |\n",
        "> ",
        "&#10004;",
        "&",
        "<",
        "<sup>",
        "</sup>",
        "<br/>",
        "![",
        "](",
        "**",
        "\\|",
        "¹",
        "Can",
        "can",
        "at",
        "with",
        "assuming",
        "?",
        "for",
        "days",
        "where",
    ];
    prop::collection::vec(select(scraps), 0..40).prop_map(|scraps| scraps.concat())
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![1 => ".{0,200}", 1 => prop::collection::vec(any::<char>(), 0..200).prop_map(String::from_iter), 3 => soup()]
}

/// Checks that labels are within the text, at boundaries of characters, and that messages fit on a line.
fn check_diagnostic(diagnostic: &Diagnostic, text: &str) {
    for label in &diagnostic.labels {
        assert!(text.get(label.span.start as usize..label.span.end as usize).is_some(), "{diagnostic:?}");
    }
    assert!(!diagnostic.headline.contains(|c: char| c.is_control()), "{diagnostic:?}");
    assert!(diagnostic.headline.chars().count() < 200, "{diagnostic:?}");
}

proptest! {
    /// Seen to fail when a group was printed without its parentheses.
    #[test]
    fn printed_conditions_parse_to_the_same_tree(expr in any_expr()) {
        let text = expr.to_string();
        prop_assert_eq!(condition(&anywhere(&text)), Ok(expr), "{}", text);
    }

    /// Seen to fail when `was` was not printed, and when an id before a dot had no quotes.
    #[test]
    fn printed_facts_and_terms_parse_to_the_same_tree(atom in any_atom(), one in any_term()) {
        let text = atom.to_string();
        prop_assert_eq!(fact(&anywhere(&text)), Ok(atom), "{}", text);
        let text = one.to_string();
        prop_assert_eq!(term(&anywhere(&text)), Ok(one), "{}", text);
    }

    /// Seen to fail when the days were not printed, and when hours were printed as days.
    #[test]
    fn printed_effects_parse_to_the_same_tree(fact in any_atom(), count in prop::option::of(any_term()), hours: bool, condition in prop::option::of(any_expr())) {
        let unit = if hours { TimeUnit::Hours } else { TimeUnit::Days };
        let one = Effect { span: HERE, fact, lasts: count.map(|count| Lasting { count, unit }), condition };
        let text = one.to_string();
        prop_assert_eq!(effect(&anywhere(&text)), Ok(one), "{}", text);
    }

    /// Seen to fail when `where` was not printed, and when an attribute alone was read as the beginning of a comparison.
    #[test]
    fn printed_patterns_parse_to_the_same_tree(fact in any_fact_pattern(), condition in prop::option::of(any_expr())) {
        let one = Pattern { span: HERE, fact, condition };
        let text = one.to_string();
        prop_assert_eq!(pattern(&anywhere(&text)), Ok(one), "{}", text);
    }

    /// Seen to fail when `not` was not printed.
    #[test]
    fn printed_stated_facts_parse_to_the_same_tree(holds in any_atom(), not in any_fact_pattern()) {
        for one in [StatedFact::Holds(holds.clone()), StatedFact::HoldsNot(not.clone())] {
            let text = one.to_string();
            prop_assert_eq!(stated_fact(&anywhere(&text)), Ok(one), "{}", text);
        }
    }

    /// Seen to fail when ids were printed without quotes.
    #[test]
    fn printed_entities_parse_to_the_same_tree(kind in free_name(), id in any_id()) {
        let text = entity(&kind, &id);
        let node = TermNode::Entity { kind: spanned(kind), id };
        prop_assert_eq!(term(&anywhere(&text)), Ok(Term { span: HERE, node }), "{}", text);
    }

    /// Seen to fail when the span of a cell began a byte too late, and when a fragment was marked at its first byte only.
    #[test]
    fn nothing_panics(text in any_text()) {
        let source = exact(&text);
        let mistakes =
            [condition(&source).err(), fact(&source).err(), effect(&source).err(), term(&source).err(), question(&source).err()];
        let more = [pattern(&source).err(), stated_fact(&source).err()];
        for diagnostic in mistakes.iter().chain(&more).flatten() {
            check_diagnostic(diagnostic, &text);
        }
        let (grid, diagnostics) = grid(&source);
        for diagnostic in &diagnostics {
            check_diagnostic(diagnostic, &text);
        }
        prop_assert!(!diagnostics.is_empty() || !grid.rows.is_empty());
        for cell in grid.rows.iter().flat_map(|row| &row.cells) {
            prop_assert!(text.get(cell.span.start as usize..cell.span.end as usize).is_some());
        }
        prop_assert!(grid.rows.iter().all(|row| row.cells.len() == grid.headers.len()));
        let _ = mark(&text);
    }

    /// Seen to fail when a group was printed without its parentheses, when `>=` was printed as `>`, and when an id before a dot had no quotes.
    #[test]
    fn parsed_conditions_print_to_the_same_tree(text in loosely_written()) {
        let expr = condition(&anywhere(&text));
        prop_assert!(expr.is_ok(), "{text}: {expr:?}");
        let printed = expr.as_ref().map(Expr::to_string).unwrap_or_default();
        prop_assert_eq!(condition(&anywhere(&printed)), expr, "{}", printed);
    }
}
