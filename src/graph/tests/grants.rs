//! What permits an action, and what may derive that.

use super::sketch::policy;
use crate::graph::{GrantSource, Graph, Node, Permit};
use crate::policy::{ActionId, Id, ImplicationId, Policy, RoleId};

/// What permits the first action: `owner: reader.grants by owner>reader; rule r`.
fn permits(sketch: &str) -> String {
    let policy = policy(sketch);
    let (graph, _) = Graph::build(&policy);
    let action = ActionId::from_index(0);
    let rendered = graph.permits(action).iter().map(|&permit| match permit {
        Permit::Rule(rule) => format!("rule {}", policy.rules[rule].meta.name),
        Permit::Role(held) => grant_path(&policy, &graph, held, &|_| true),
    });
    rendered.collect::<Vec<_>>().join("; ")
}

fn grant_path(policy: &Policy, graph: &Graph, held: RoleId, is_active: &dyn Fn(Node) -> bool) -> String {
    let role = |id: RoleId| policy.roles[id].meta.name.as_str();
    let grant_path = graph.active_grant_path(held, ActionId::from_index(0), is_active);
    let grants = grant_path.grants.iter().map(|grant| {
        assert!(matches!(grant.by, GrantSource::Pattern(_)));
        role(grant.role).to_owned()
    });
    let inclusions = grant_path.inclusions.iter().map(|hierarchy| format!("{}>{}", role(hierarchy.role), role(hierarchy.includes)));
    format!("{}: {}", role(held), grants.chain(inclusions).collect::<Vec<_>>().join(" "))
}

/// The implications that may derive each permit of the first action.
fn may_derive(sketch: &str, inactive: &str) -> String {
    let policy = policy(sketch);
    let (graph, _) = Graph::build(&policy);
    let name = |id: ImplicationId| policy.implications[id].meta.name.as_str();
    let rendered = graph.permits(ActionId::from_index(0)).iter().map(|&permit| {
        let deriving = graph.may_derive_active(permit, &|node| node.name(&policy) != inactive);
        let permit = match permit {
            Permit::Role(role) => &policy.roles[role].meta.name,
            Permit::Rule(rule) => &policy.rules[rule].meta.name,
        };
        format!("{permit}: {}", deriving.into_iter().map(name).collect::<Vec<_>>().join(" "))
    });
    rendered.collect::<Vec<_>>().join("; ")
}

#[test]
fn roles_grant_by_themselves_and_by_inclusion() {
    assert_eq!(permits("role owner grants a.b"), "owner: owner");
    assert_eq!(
        permits("role owner includes reader\nrole reader grants a.b\nrole other includes owner\nrule r allows a.b\nrule s denies a.b"),
        "other: reader other>owner owner>reader; owner: reader owner>reader; reader: reader; rule r"
    );
}

#[test]
fn a_grant_path_has_only_inclusions_on_the_way() {
    assert_eq!(
        permits("role top includes left, right, idle\nrole left includes base\nrole right includes base\nrole base grants a.b\nrole idle"),
        "base: base; left: base left>base; right: base right>base; top: base left>base right>base top>left top>right"
    );
}

#[test]
fn grant_paths_of_cyclic_roles_are_finite() {
    assert_eq!(permits("role a includes b grants a.b\nrole b includes a"), "a: a a>b b>a; b: a a>b b>a");
}

#[test]
fn inactive_elements_lead_nowhere() {
    let policy = policy("role top includes left, right\nrole left includes base\nrole right includes base\nrole base grants a.b");
    let (graph, _) = Graph::build(&policy);
    let without = |name: &str| {
        let name = name.to_owned();
        let is_active = |node: Node| node.name(&policy) != name;
        grant_path(&policy, &graph, RoleId::from_index(3), &is_active)
    };
    assert_eq!(without("left"), "top: base right>base top>right");
    assert_eq!(without("base"), "top: ");
    assert_eq!(without("top"), "top: ");
}

#[test]
fn a_permit_may_be_derived_by_way_of_its_role_or_of_what_its_rule_uses() {
    let sketch = "role owner grants a.b\nrule r allows a.b asks acts, not dap\n\
                  implication i asks acts gives owner\nimplication j asks dap gives acts\nimplication k asks reseller gives dap";
    assert_eq!(may_derive(sketch, ""), "owner: i j k; r: j k");
    assert_eq!(may_derive(sketch, "j"), "owner: i; r: ");
}

#[test]
fn a_used_role_may_be_derived_by_inclusion_but_a_held_one_may_not() {
    let sketch = "role owner includes reader\nrole reader grants a.b\nrule r allows a.b asks reader\nimplication i asks dap gives owner";
    assert_eq!(may_derive(sketch, ""), "owner: i; reader: ; r: i");
    assert_eq!(may_derive(sketch, "owner"), "owner: ; reader: ; r: ");
    assert_eq!(may_derive("role owner grants a.b\nimplication i asks dap gives any", ""), "owner: i");
}

#[test]
fn includers_and_deriving_rules_are_sorted() {
    let policy =
        policy("role a includes b\nrole b includes c\nrole c\nrole d\nimplication i asks x gives b\nimplication j asks x gives any");
    let (graph, _) = Graph::build(&policy);
    let [a, b, c, d] = [0, 1, 2, 3].map(RoleId::from_index);
    assert_eq!(graph.includers(c), [a, b, c]);
    assert_eq!(graph.includers(d), [d]);
    assert_eq!(graph.rules_deriving(b), [0, 1].map(ImplicationId::from_index));
    assert_eq!(graph.rules_deriving(a), [ImplicationId::from_index(1)]);
}
