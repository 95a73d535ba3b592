//! Events: parameters, what they do, create and end.

use super::check;

#[test]
fn a_correct_event_has_no_diagnostics() {
    let reported = check(
        r#"[event.add-device]
does = "customer.view"
on = "customer"
with = { customer = "customer", via = { one-of = ["shop", "portal"] }, days = { type = "number", optional = true } }
creates.device = { customer = 'customer', via = 'via' }
ends = ["customer"]
"#,
    );
    assert_eq!(reported, "");
}

#[test]
fn does_and_on_must_name_an_action_and_its_resource() {
    let reported = check(
        r#"[event.a]
does = "device.vew"
on = "devise"
with = { device = "device" }
if = 'true'
[event.b]
does = "device.view"
with = { device = "device" }
[event.c]
does = "device.view"
on = "site"
with = { site = "site" }
[event.d]
does = "device.view"
on = "devices"
with = { devices = { to = "device", many = true } }
[event.e]
does = "device.view"
on = "days"
with = { days = { type = "number" } }
ends = ["days", "dayz"]
[event.f]
does = "device.view"
on = "device"
with = { customer = "customer" }
creates.device = { customer = 'customer' }
[event.g]
does = "device.view"
on = "device"
with = { device = { to = "device", optional = true } }
"#,
    );
    let expected = r#"
unknown-action: no action is named `device.vew` | 2:9..19 not declared | did you mean `device.view`?
unknown-parameter: the event has no parameter `devise` | 3:7..13 not in `with` or `creates` | did you mean `device`?
missing-key: the event `b` has `does`, but no `on` | 7:9..20 on what? | write `on = "PARAMETER"`: the parameter that is the action's resource
wrong-kind: `site` cannot be the resource of `device.view`: it is of a kind on which the action does not stand | 11:7..11 no resource, 12:10..14 declared here | `on` names a parameter that is one entity, of a kind on which the action stands
wrong-kind: `devices` cannot be the resource of `device.view`: it may have many values | 15:7..14 no resource, 16:10..17 declared here | `on` names a parameter that is one entity, of a kind on which the action stands
wrong-kind: `days` cannot be the resource of `device.view`: it is not an entity | 19:7..11 no resource, 20:10..14 declared here | `on` names a parameter that is one entity, of a kind on which the action stands
wrong-kind: `days` is not an entity, so it cannot end | 21:10..14 no entity, 20:10..14 declared here
unknown-parameter: the event has no parameter `dayz` | 21:18..22 not in `with` or `creates` | did you mean `days`?
wrong-kind: `device` cannot be the resource of `device.view`: it is created by the event | 24:7..13 no resource, 26:9..15 declared here | `on` names a parameter that is one entity, of a kind on which the action stands
wrong-kind: `device` cannot be the resource of `device.view`: it may be left out | 29:7..13 no resource, 30:10..16 declared here | `on` names a parameter that is one entity, of a kind on which the action stands
"#;
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn created_entities_need_known_attributes_and_one_container() {
    let reported = check(
        r#"[event.a]
with = { customer = "customer", other = "site" }
if = 'true'
creates.device = { via = '"shop"' }
creates.site = { customer = 'customer', site = 'other' }
creates.role = {}
creates.zebra = { customer = 'customer' }
creates.group = { nmae = '"x"' }
[event.b]
with = { device = "device", customer = "customer", group = { member-of = "group" } }
if = 'true'
creates.device = { custmer = 'customer' }
"#,
    );
    let expected = r#"
missing-container: the new device lies within nothing | 4:9..15 its container is not given | give it `customer`
two-containers: the new site lies within two things: `customer` and `site` | 5:41..45 the second, 5:18..26 the first | give one of them
wrong-kind: an event cannot create a role | 6:9..13 roles are the pack's
unknown-kind: no kind is named `zebra` | 7:9..14 not declared
unknown-attribute: the kind `group` has no attribute `nmae` | 8:19..23 not declared
wrong-type: the parameter `group` has `member-of` | 10:52..57 a parameter has no `member-of` | write `{ to = "KIND" }`, or `{ to = "KIND", many = true }`
duplicate-element: the event has two parameters named `device` | 12:9..15 `creates` gives it, 10:10..16 `with` gives it | rename the one in `with`
unknown-attribute: the kind `device` has no attribute `custmer` | 12:20..27 not declared | did you mean `customer`?
"#;
    assert_eq!(reported, expected.trim_start());
}

#[test]
fn no_event_gives_or_changes_a_key() {
    let reported = check(
        r#"[kind.badge]
within = "customer"
attributes.number = { type = "text", key = true, optional = true }
[event.a]
with = { customer = "customer", badge = "badge", to = { type = "text" } }
if = 'true'
adds = ['badge.number == to']
removes = ['badge.number == "7" for 3 days']
[event.b]
with = { customer = "customer" }
if = 'true'
creates.badge = { customer = 'customer', number = '"7"' }
"#,
    );
    insta::assert_snapshot!(reported);
}
