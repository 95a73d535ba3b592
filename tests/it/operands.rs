//! An atom with an operand that is unknown is unknown, wherever the evaluator looks for the values of its variables.

use crate::support::outcome;

const PACK: &str = r#"
[kind.customer]

[kind.asset]
within        = "customer"
attributes.by = { to = ["customer", "person"] }

[kind.person]
subject           = true
attributes.home   = { to = "customer" }
attributes.friend = { to = "person" }

[relation.knows]
ends = ["person", "person"]

[relation.meets]
ends = ["person", "person", "person"]

[relation.joins]
ends = ["person", "person", "person"]

[implication.joins]
if   = "meets(a, b, c)"
then = "joins(a, b, c)"

[action.go]
on = "asset"

[role.owner]
on     = "customer"
grants = []

[rule.open]
allow = ["go"]
if    = "true"

[rule.bar]
deny = ["go"]
if   = "CONDITION"
"#;

/// Nobody meets anybody, and nobody holds a role. The friend of bo is not known, and neither is by whom the asset is.
const WORLD: &str = r#"
[customer.c]
[asset.a]
customer = "customer:c"
[person.bo]
home = "customer:c"
[[fact]]
is = "knows(person:bo, person:bo)"
"#;

/// Whether the condition bars access: the outcome of a question that is allowed otherwise.
fn with_condition(condition: &str) -> String {
    let found = outcome(&PACK.replace("CONDITION", condition), WORLD, "person:bo go asset:a");
    found.split(' ').next().unwrap_or_default().to_owned()
}

/// Seen to fail when the facts about the other operands alone were looked for, so that a deny did not bar.
#[test]
fn an_unknown_operand_makes_an_atom_unknown_whatever_is_stated_of_the_others() {
    let unknown = [
        // A hop from another variable,
        "knows(x, y) and meets(x, subject, y.friend)",
        "knows(y, x) and meets(subject, x, y.friend)",
        "knows(y, x) and meets(y.friend, subject, x)",
        "knows(x, y) and was meets(x, subject, y.friend)",
        "knows(x, y) and joins(x, subject, y.friend)",
        // from the variable itself,
        "knows(x, x) and meets(x, subject, x.friend)",
        "knows(x, x) and joins(subject, x, x.friend)",
        "knows(x, x) and was meets(x, subject, x.friend)",
        // or from the resource.
        "knows(x, x) and meets(x, subject, resource.by)",
        // The same where a role is looked for by its holder or scope.
        "subject holds role on resource.by",
        "was subject holds role on resource.by.home",
        "was subject holds _ on resource.by.home",
        "resource.by holds role on resource",
        "resource.by holds _ on resource",
        "knows(y, y) and y.friend holds role on resource",
        "knows(y, y) and y.friend holds owner on resource",
        "knows(y, y) and was y.friend holds role on y.home",
        "knows(x, y) and was x holds role on y.friend.home",
        "knows(x, y) and x holds role on y.friend.home",
    ];
    for condition in unknown {
        assert_eq!(with_condition(condition), "unknown", "{condition}");
    }
}

/// Where all operands are known, the atom is false.
#[test]
fn known_operands_make_an_atom_false_of_which_nothing_is_stated() {
    let not_so = [
        "knows(x, y) and meets(x, subject, y)",
        "knows(x, x) and joins(subject, x, x)",
        "subject holds role on resource",
        "was subject holds role on resource.customer",
        "knows(y, y) and was y holds role on y.home",
        "knows(x, y) and x holds owner on y.home",
    ];
    for condition in not_so {
        assert_eq!(with_condition(condition), "allowed", "{condition}");
    }
}
