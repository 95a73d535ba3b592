//! The shipped pack: free of mistakes, complete, and the same in the binary and on the disk.

use crate::support::{SHIPPED, compiled, shown};
use delegraph::policy::{ClaimId, Metadata};
use delegraph::time::Instant;
use delegraph::{files, open};
use std::collections::BTreeSet;
use std::path::Path;

/// The claims of each document family, by their number.
const CLAIMS: &[(&str, u32)] = &[("REL", 12), ("DAP", 6), ("SUB", 5), ("AP", 7), ("TRM", 24), ("GDAP", 20)];

/// Every action of the domain, with the kinds on which it stands.
const ACTIONS: &[(&str, &str, &str)] = &[
    ("partner-center", "request-relationship view-customer provision-service provision-subscription", "customer"),
    ("partner-center", "renew-subscription manage-account", "customer"),
    ("support", "open-request", "customer"),
    ("partner-relationships", "view remove-dap", "customer"),
    ("directory", "sign-in read manage reset-password assign-role", "customer"),
    ("office365", "sign-in administer", "customer"),
    ("teams-admin-center", "sign-in", "customer"),
    ("teams", "call-quality.view", "customer"),
    ("subscription", "view manage add-assignment remove-assignment", "subscription"),
    ("autopilot", "profile.create profile.update profile.delete", "customer profile"),
    ("autopilot", "profile.apply profile.unapply device.view device.manage device.remove", "device"),
    ("autopilot", "device.add", "customer"),
    ("teams-rooms", "rooms.view rooms.modify rooms.reset-key rooms.download-key rooms.unenroll rooms.create", "customer room site"),
    ("teams-rooms", "groups.view groups.modify groups.create update-rings.view update-rings.modify", "customer room site"),
    ("teams-rooms", "reports.view reports.create-customer-incident tickets.view tickets.update", "customer room site"),
    ("teams-rooms", "settings.view settings.modify roles.view roles.modify", "customer room site"),
    ("teams-rooms", "invite-partner remove-partner assign-rooms approve-change", "customer"),
    ("teams-rooms", "accept-invitation", "invitation"),
];

const TOGGLES: [&str; 10] = [
    "approval-grants-dap",
    "autopilot-bar-only-without-dap",
    "autopilot-dap-lifts-customer-bar",
    "autopilot-dap-lifts-profile-bar",
    "autopilot-profiles-need-dap",
    "autopilot-removal-needs-dap",
    "dap-overrides-gdap",
    "gdap-never-extends",
    "teams-rooms-manual-approval",
    "teams-rooms-tenant-administrators-accept",
];

const KINDS: [&str; 15] = [
    "app",
    "change-request",
    "customer",
    "device",
    "gdap",
    "group",
    "invitation",
    "partner",
    "profile",
    "resource-group",
    "role",
    "room",
    "site",
    "subscription",
    "user",
];

fn claim_ids() -> BTreeSet<String> {
    CLAIMS.iter().flat_map(|(family, count)| (1..=*count).map(move |number| format!("{family}-{number}"))).collect()
}

#[test]
fn the_pack_has_neither_error_nor_warning() {
    let pack = open::pack_at(Some(Path::new("policies"))).expect("the pack can be read");
    assert!(pack.diagnostics.is_empty(), "{}", shown(&pack.sources, &pack.diagnostics));
}

#[test]
fn the_pack_in_the_binary_is_the_pack_on_the_disk() {
    let on_disk = files::read_pack(Path::new("policies")).expect("the pack can be read");
    assert_eq!(files::embedded_pack(), on_disk);
}

#[test]
fn every_claim_is_there_and_is_cited() {
    let policy = &SHIPPED.policy;
    let there: BTreeSet<String> = policy.claims.values().map(|claim| claim.meta.name.clone()).collect();
    assert_eq!(there, claim_ids());
    assert_eq!(there.len(), 74);
    let cited: BTreeSet<ClaimId> = heads().into_iter().flat_map(|meta| meta.source.iter().copied()).collect();
    let uncited: Vec<&str> =
        policy.claims.iter().filter(|(id, _)| !cited.contains(id)).map(|(_, claim)| claim.meta.name.as_str()).collect();
    assert!(uncited.is_empty(), "nothing cites {uncited:?}");
    assert!(policy.claims.values().all(|claim| !claim.documents.is_empty()), "every claim says where it stands");
}

/// All elements that may cite claims.
fn heads() -> Vec<&'static Metadata> {
    let policy = &SHIPPED.policy;
    let mut heads: Vec<&Metadata> = Vec::new();
    heads.extend(policy.roles.values().map(|role| &role.meta));
    heads.extend(policy.tables.values().map(|table| &table.meta));
    heads.extend(policy.rules.values().map(|rule| &rule.meta));
    heads.extend(policy.implications.values().map(|implication| &implication.meta));
    heads.extend(policy.toggles.values().map(|toggle| &toggle.meta));
    heads.extend(policy.obligations.values().map(|obligation| &obligation.meta));
    heads.extend(policy.advice.values().map(|advice| &advice.meta));
    heads.extend(policy.invariants.values().map(|invariant| &invariant.meta));
    heads.extend(policy.events.values().map(|event| &event.meta));
    heads
}

/// The list of claims lies beside the checkout where the pack is developed.
#[test]
fn the_claims_are_those_of_the_list() {
    let lists = ["CLAIMS.md", "GDAP-CLAIMS.md"].map(|name| files::read_world(&Path::new("../shared/sources").join(name)));
    let [Ok(list), Ok(more)] = lists else { return };
    let first_cell = |line: &str| line.strip_prefix("| ").and_then(|rest| rest.split(" |").next()).map(str::to_owned);
    let is_id = |cell: &String| CLAIMS.iter().any(|(family, _)| cell.strip_prefix(family).is_some_and(|rest| rest.starts_with('-')));
    let in_bold = |line: &str| line.strip_prefix("* **").and_then(|rest| rest.split("**").next()).map(str::to_owned);
    let id = |line: &str| first_cell(line).or_else(|| in_bold(line));
    let listed: BTreeSet<String> = list.text.lines().chain(more.text.lines()).filter_map(id).filter(is_id).collect();
    assert_eq!(listed, claim_ids());
}

#[test]
fn every_action_stands_on_its_kinds() {
    let policy = &SHIPPED.policy;
    let expected: BTreeSet<(String, String)> = ACTIONS
        .iter()
        .flat_map(|(system, names, on)| names.split(' ').map(move |name| (format!("{system}.{name}"), (*on).to_owned())))
        .collect();
    let kinds = |on: &delegraph::policy::KindSet| on.iter().map(|kind| policy.kinds[kind].meta.name.as_str()).collect::<Vec<_>>().join(" ");
    let there: BTreeSet<(String, String)> = policy.actions.values().map(|action| (action.meta.name.clone(), kinds(&action.on))).collect();
    assert_eq!(there, expected);
}

#[test]
fn kinds_and_toggles_are_those_of_the_domain() {
    let policy = &SHIPPED.policy;
    let kinds: Vec<&str> = policy.kinds.values().map(|kind| kind.meta.name.as_str()).collect();
    assert_eq!(kinds, KINDS);
    let asking: Vec<&str> = policy.subjects().iter().map(|kind| policy.kinds[kind].meta.name.as_str()).collect();
    assert_eq!(asking, ["app", "user"]);
    let toggles: Vec<&str> = policy.toggles.values().map(|toggle| toggle.meta.name.as_str()).collect();
    assert_eq!(toggles, TOGGLES);
    assert!(policy.toggles.values().all(|toggle| !toggle.default), "all are off unless turned on");
}

/// Of the five pages, REL-3 alone takes the date of the edition that brought it. What is dated later is GDAP, or ends by it; but
/// for the advice that a question is about a day before the page.
#[test]
fn no_rule_but_the_one_on_roles_is_dated_before_gdap() {
    let [gdap, azure] = ["2022-02-01", "2023-08-10"].map(|date| Instant::parse(date).expect("a date"));
    let (mut early, mut ended) = (Vec::new(), Vec::new());
    for meta in heads().into_iter().filter(|meta| !matches!(&*meta.name, "before-the-first-page" | "before-the-page-on-rooms")) {
        let (since, until) = (meta.validity.since, meta.validity.until);
        if since.is_some_and(|since| since < gdap) || until.is_some_and(|until| until < gdap) {
            early.push(meta.name.as_str());
        } else if until.is_some() {
            assert!(until == Some(gdap) || until == Some(azure), "{}", meta.name);
            ended.push(meta.name.as_str());
        }
    }
    assert_eq!(early, ["agents-act", "any-user-acts"]);
    // The first two go on beside GDAP, with an exception.
    assert_eq!(
        ended,
        [
            "dap-admin-agents",
            "dap-helpdesk-agents",
            "dap-closes-no-subscription",
            "dap-opens-no-subscription",
            "roles-of-groups-stay",
            "roles-of-users-stay"
        ]
    );
}

#[test]
fn the_pack_of_another_domain_has_no_mistake_either() {
    let pack = open::pack_at(Some(Path::new("fixtures/packs/library"))).expect("the pack can be read");
    assert!(pack.diagnostics.is_empty(), "{}", shown(&pack.sources, &pack.diagnostics));
    crate::support::world(&compiled("fixtures/packs/library"), "fixtures/packs/library-world.toml");
}
