//! What is to be found out where an answer is unknown: the data that may turn it and no other, with the answer for each thing that they may be.

use crate::support::{Ask, SHIPPED, how_to_text, pack_of, world, world_of};
use delegraph::plan::CompiledPolicy;
use delegraph::wording::MissingText;
use delegraph::world::World;

fn missing(compiled: &CompiledPolicy, world: &World, at: &str, ask: [&str; 3]) -> Vec<MissingText> {
    let context = Ask::of(at, ask[0], ask[1], ask[2]).context(compiled);
    how_to_text(compiled, world, context, ask, true).missing
}

fn shipped(name: &str, at: &str, ask: [&str; 3]) -> Vec<(String, String)> {
    let missing = missing(&SHIPPED, &world(&SHIPPED, &format!("fixtures/worlds/{name}.toml")), at, ask);
    missing.into_iter().map(|datum| (datum.datum, datum.answers.unwrap_or_default())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|&(datum, answers)| (datum.to_owned(), answers.to_owned())).collect()
}

/// Of a home that is not known, each value has its answer, also values that the question does not name.
#[test]
fn every_home_has_its_answer() {
    let ask = ["user:jordan", "teams-rooms.rooms.view", "room:rainier"];
    let expected = [
        ("user:jordan.customer", "if it is customer:woodgrove, the answer is YES; if it is customer:adatum, NO"),
        ("user:jordan.partner", "if it is partner:contoso, the answer is YES; if it is partner:tailspin, NO"),
    ];
    assert_eq!(shipped("rooms-three-continents", "2023-06-01", ask), pairs(&expected));
    let ask = ["user:temp-7", "partner-center.view-customer", "customer:bellows"];
    let expected = [("user:temp-7.partner", "if it is partner:proseware, the answer is NO; one that this world does not name may turn it")];
    assert_eq!(shipped("breached-partner-partial", "2021-10-22", ask), pairs(&expected));
}

/// A datum of which no value turns the answer, whatever the others are, is not to be found out.
#[test]
fn what_decides_nothing_is_not_sought() {
    let ask = ["user:alice@contoso", "autopilot.device.manage", "device:attic-01"];
    let expected =
        [("device:attic-01.added-by", "if it is customer:northwind, the answer is NO; if it is another partner of this world, YES")];
    assert_eq!(shipped("dap-removed", "2021-06-01", ask), pairs(&expected));
}

const PACK: &str = r#"
action.read.on = ["doc"]
action.sign.on = ["doc"]
action.keep.on = ["doc"]
[kind.user]
subject = true
attributes.firm = "firm"
[kind.firm]
[kind.doc]
attributes.state = { one-of = ["draft", "final"] }
attributes.owner = "user"
[relation.trusts]
ends = ["user", "doc"]
[rule.read]
allow = ["read"]
if = 'trusts(subject, resource) and resource.state == "final"'
[rule.sign]
allow = ["sign"]
if = 'trusts(subject, resource) and (resource.state == "final" or resource.state == "draft")'
[rule.keep]
allow = ["keep"]
if = 'resource.owner is user and resource.owner.firm == subject.firm'
"#;

const WORLD: &str = r#"
[firm.f]
[firm.g]
[user.u]
firm = "firm:f"
[user.v]
firm = "firm:f"
[user.w]
[user.x]
firm = "firm:g"
[user.y]
firm = "firm:g"
[user.z]
firm = "firm:g"
[doc.d]
[[unknown]]
is = 'trusts(_, _)'
"#;

/// An answer that stays unknown names what is open still; a datum that matters only once another is known is listed too.
#[test]
fn what_is_open_still_is_named() {
    let (compiled, expect) = (pack_of(PACK), pairs);
    let world = world_of(&compiled, WORLD);
    let of = |action| -> Vec<(String, String)> {
        let missing = missing(&compiled, &world, "2024-02-01", ["user:u", action, "doc:d"]);
        missing.into_iter().map(|datum| (datum.datum, datum.answers.unwrap_or_default())).collect()
    };
    let expected = [
        ("doc:d.state", "if it is \"draft\", the answer is NO; if it is \"final\", UNKNOWN until trusts(user:u, doc:d) is known"),
        ("trusts(user:u, doc:d)", "if it is so, the answer is UNKNOWN until doc:d.state is known; if not, NO"),
    ];
    assert_eq!(of("read"), expect(&expected));
    // Whatever the state is, it allows.
    let expected = [("trusts(user:u, doc:d)", "if it is so, the answer is UNKNOWN until doc:d.state is known; if not, NO")];
    assert_eq!(of("sign"), expect(&expected));
    let expected = [
        (
            "doc:d.owner",
            "if it is user:u or user:v, the answer is YES; if it is user:w, UNKNOWN until user:w.firm is known; if it is another user \
             of this world, NO",
        ),
        ("user:w.firm", "by itself this leaves the answer UNKNOWN until doc:d.owner is known"),
    ];
    assert_eq!(of("keep"), expect(&expected));
}
