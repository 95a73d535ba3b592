//! The candidates of a list: none is missed where data is missing, and what cannot be is not asked about.

use crate::access_laws::each;
use crate::support::{pack_of, world_of};
use delegraph::eval::{Budget, Decider, Truth};
use delegraph::plan::Context;
use delegraph::query::access::{Selection, Subjects, access_list};
use delegraph::time::Instant;
use std::fmt::Write as _;

const PACK: &str = r#"
[kind.firm]
[kind.client]
[kind.user]
subject = true
attributes.firm = { to = "firm", optional = true }
[kind.device]
attributes.client = "client"
attributes.added-by = "firm"
attributes.sealed = { one-of = ["yes", "no"] }
actions = ["remove", "see", "take"]
[relation.agent]
ends = ["user", "firm"]
[relation.serves]
ends = ["firm", "client"]
[relation.lost]
ends = ["device"]
[rule.remove]
allow = ["device.remove"]
if = 'agent(subject, subject.firm) and serves(subject.firm, resource.client) and resource.added-by == subject.firm'
[rule.see]
allow = ["device.see"]
if = 'agent(subject, subject.firm) and not lost(resource)'
[rule.take]
allow = ["device.take"]
if = 'serves(subject.firm, resource.client) and resource.added-by != firm:g'
[rule.sealed]
deny = ["device.remove"]
if = 'resource.sealed == "yes"'
"#;

/// More devices without a client, without who added them, or without both than are asked about without further search; and so many others
/// that these are not all looked at.
fn world() -> String {
    let mut text = r#"
[firm.f]
[firm.g]
[client.c]
[client.d]
[client.far]
[firm.far]
[user.agent]
firm = "firm:f"
[user.other]
firm = "firm:g"
[user.stranger]
firm = "firm:f"
[user.unknown]
[[fact]]
is = 'agent(user:agent, firm:f)'
[[fact]]
is = 'agent(user:other, firm:g)'
[[fact]]
is = 'serves(firm:f, client:c)'
[[fact]]
is = 'serves(firm:g, client:d)'
[[fact]]
is = 'lost(device:full-0)'
"#
    .to_owned();
    for index in 0..1_000 {
        write!(text, "[device.far-{index}]\nsealed = \"no\"\nclient = \"client:far\"\nadded-by = \"firm:far\"\n").expect("a string");
    }
    for index in 0..40 {
        let (served, sealed) = (if index % 2 == 0 { "c" } else { "d" }, if index % 3 == 0 { "yes" } else { "no" });
        for (name, client, adder) in
            [("full", Some("c"), true), ("no-adder", Some(served), false), ("no-client", None, true), ("neither", None, false)]
        {
            let client = client.map_or(String::new(), |client| format!("client = \"client:{client}\"\n"));
            let adder = if adder { "added-by = \"firm:f\"\n" } else { "" };
            write!(text, "[device.{name}-{index}]\nsealed = \"{sealed}\"\n{client}{adder}").expect("a string");
        }
    }
    text
}

/// Of each rule another path leads to the device: by its client, by who added it, or by neither.
#[test]
fn what_data_is_missing_of_is_asked_about_as_far_as_the_rest_leads_to_it() {
    let pack = pack_of(PACK);
    let world = world_of(&pack, &world());
    let at = Instant::parse("2024-02-01").expect("a date");
    let decider = Decider::new(&pack, &world, Context::at(&pack.policy, at));
    let budget = Budget::default();
    let query = decider.within(&budget);
    let actions: Vec<_> = pack.policy.actions.ids().collect();
    let resources = query.all_resources(&actions);
    let all = Selection { subjects: query.all_subjects(), actions, resources, with_barred: false };
    let mut some = 0;
    for user in ["agent", "other", "stranger", "unknown"] {
        let user = world.named(&pack.policy, "user", user).expect("it is there");
        let own = Selection { subjects: Subjects::These(vec![(user, Truth::True)]), ..all.clone() };
        let listed: Vec<_> = access_list(&decider, &own).map(|row| (row.request, row.outcome)).collect();
        let expected: Vec<_> = each(&decider).into_iter().filter(|(request, _)| request.subject == user).collect();
        assert_eq!(listed, expected);
        some += listed.len();
    }
    let listed: Vec<_> = access_list(&decider, &all).map(|row| (row.request, row.outcome)).collect();
    assert_eq!(listed, each(&decider));
    assert_eq!(listed.len(), some);
    assert!(some > 100, "{some}");
}
