//! What no file was read of: unknown in the world, or named as what counts as absent, but never without a trace.

use super::tenant::{CONTOSO, NOW, SUBSCRIPTION, asked_of, user};
use super::{Import, Outcome, fixture, tenant};
use delegraph::import::ChannelState;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

pub(super) const PARTNER: &str = "partner:8777b240-c6f0-4469-9e98-a3205431b836";

/// The tenant without some of its files.
pub(super) fn without(files: &[&str]) -> Import {
    let mut import = tenant();
    for file in files {
        import.files.remove(*file).expect("the tenant has the file");
        let bindings = import.bindings.take().unwrap();
        let header = format!("[\"{file}\"]");
        let mut parts = bindings.split("\n[");
        let for_all = parts.next().unwrap();
        let others = parts.filter(|part| !part.starts_with(&header[1..]));
        let kept = [for_all].into_iter().chain(others).collect::<Vec<_>>().join("\n[");
        // Nothing else uses these.
        let is_used = |line: &&str| *file != "delegatedAdminRelationships.json" || !line.contains("-agents");
        import.bindings = Some(kept.lines().filter(is_used).collect::<Vec<_>>().join("\n"));
    }
    import
}

pub(super) fn state(outcome: &Outcome, channel: &str, of: &str) -> (ChannelState, bool) {
    let row = outcome.imported.channels.iter().find(|row| row.channel == channel && row.of.as_deref() == Some(of));
    let Some(row) = row else { panic!("no row {channel} {of}:\n{}", outcome.channels()) };
    (row.state, row.is_open)
}

fn world(import: &Import) -> String {
    import.run().text()
}

#[test]
fn each_export_that_is_not_read_is_unknown_and_has_a_row() {
    let all = tenant().run();
    let cases = [
        ("az-role-assignments.json", "grants", SUBSCRIPTION, format!("_ holds _ on {SUBSCRIPTION}")),
        ("customers.json", "customers", PARTNER, format!("reseller({PARTNER}, _)")),
        ("pim-eligible.json", "eligible", "group:11110000-0000-4000-8000-000000000003", String::new()),
        ("delegatedAdminRelationships.json", "relationships", PARTNER, format!("active(gdap) where gdap.partner == {PARTNER}")),
        ("acc-a.json", "assignments", "gdap:aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa-8777b240-c6f0-4469-9e98-a3205431b836", String::new()),
        ("members-hd.json", "members", "group:11110000-0000-4000-8000-000000000001", String::new()),
    ];
    for (file, channel, of, open) in cases {
        assert_eq!(state(&all, channel, of), (ChannelState::LookedAt, false), "{channel}");
        let outcome = without(&[file]).run();
        assert_eq!(state(&outcome, channel, of), (ChannelState::NotLookedAt, true), "{channel}");
        let (before, unknown) = (all.says("unknown"), outcome.says("unknown"));
        let new = unknown.iter().filter(|line| !before.contains(line));
        assert!(new.clone().any(|line| open.is_empty() && line.contains(of) || *line == open), "{file}: {new:?}");
        outcome.world();
    }
}

#[test]
fn what_the_missing_exports_would_have_said_is_unknown_in_answers() {
    let world = world(&without(&["az-role-assignments.json", "customers.json", "pim-eligible.json"]));
    let who = asked_of(&world, &["who-can", "subscription.manage", SUBSCRIPTION, "--at", NOW]);
    assert!(who.contains("Unknown") && who.contains("az role assignment list"), "{who}");
    let reseller = asked_of(&world, &["facts", "reseller(_,_)", "--at", NOW, "--format", "ndjson"]);
    assert!(reseller.contains("\"truth\":\"unknown\""), "{reseller}");
    let eligible = asked_of(&world, &["facts", "eligible(_,_)", "--at", NOW, "--format", "ndjson"]);
    assert!(eligible.contains("\"truth\":\"unknown\""), "{eligible}");
}

/// What was imported stays as sure as it was.
#[test]
fn no_fact_is_less_sure_for_a_file_that_is_missing() {
    let all = tenant().run().says("fact");
    for file in ["az-role-assignments.json", "customers.json", "pim-eligible.json", "members-hd.json"] {
        let facts = without(&[file]).run().says("fact");
        assert!(facts.len() < all.len() && facts.iter().all(|fact| all.contains(fact)), "{file}");
    }
}

#[test]
fn a_partner_that_is_bound_is_open_though_no_file_is_about_it() {
    let bindings = "partner = \"8777b240-c6f0-4469-9e98-a3205431b836\"";
    let organization = "{\"id\":\"52eaad04-13a2-4a2f-9ce8-93a294fadf36\",\"assignedPlans\":[],\"businessPhones\":[],\"countryLetterCode\":\"x\",\"displayName\":\"Contoso\"}";
    let outcome = Import::of(&["partners"]).file("o.json", organization).bindings(bindings).run();
    assert_eq!(state(&outcome, "dap", PARTNER), (ChannelState::NotLookedAt, true), "{}", outcome.said());
    assert!(outcome.says("unknown").contains(&format!("dap(_, {PARTNER})")));
}

/// Roles in the customer's own directory.
mod directory_roles {
    use super::*;

    const ID: &str = "52eaad04-13a2-4a2f-9ce8-93a294fadf36";
    const GLOBAL: &str = "62e90394-69f5-4237-9190-012177145e10";

    fn list(next: &str) -> String {
        let row = |user: &str| {
            format!(
                "{{\"principalId\":\"{user}\",\"roleDefinitionId\":\"{GLOBAL}\",\"directoryScopeId\":\"/\",\"principal\":{{\"@odata.type\":\"#microsoft.graph.user\"}}}}"
            )
        };
        format!("{{\"value\":[{}]{next}}}", row("44440000-0000-4000-8000-000000000009"))
    }

    fn with(list: &str) -> Outcome {
        tenant().file("dirroles.json", list).bind(&format!("dirroles.json:customer={ID}")).run()
    }

    #[test]
    fn a_complete_list_is_looked_at_and_one_that_is_cut_is_unknown() {
        let complete = with(&list(""));
        assert_eq!(state(&complete, "directory-roles", CONTOSO), (ChannelState::LookedAt, false));
        assert!(complete.says("unknown").iter().all(|line| !line.contains(&format!("holds _ on {CONTOSO}"))));
        let cut = with(&list(",\"@odata.nextLink\":\"https://x/y?$skiptoken=1\""));
        assert_eq!(state(&cut, "directory-roles", CONTOSO), (ChannelState::Incomplete, true));
        assert!(cut.says("unknown").contains(&format!("user holds _ on {CONTOSO} where user.customer == {CONTOSO}")));
        cut.world();
    }

    #[test]
    fn those_of_a_customer_that_is_bound_are_unknown_if_nothing_is_read() {
        let bound = tenant().bind(&format!("directory={ID}")).run();
        assert_eq!(state(&bound, "directory-roles", CONTOSO), (ChannelState::NotLookedAt, true));
        let world = bound.text();
        let own = "user:44440000-0000-4000-8000-000000000001";
        let says = asked_of(&world, &["explain", own, "directory.manage", CONTOSO, "--at", NOW]);
        assert!(says.contains("UNKNOWN") && says.contains("open: no complete export of"), "{says}");
    }

    #[test]
    fn a_list_that_does_not_say_its_customer_may_be_of_any() {
        let unbound = tenant().file("dirroles.json", list("")).run();
        assert!(unbound.said().contains("`dirroles.json` does not say its `customer`"));
        assert_eq!(state(&unbound, "directory-roles", CONTOSO), (ChannelState::Incomplete, true));
        assert!(!unbound.text().lines().next().unwrap().contains("\"roles in the customer's own directory"), "{}", unbound.text());
        unbound.world();
    }

    /// IMPORTS.md: they are not opened, and named in the table.
    #[test]
    fn those_of_other_customers_count_as_absent_and_the_world_says_so() {
        let outcome = tenant().run();
        assert_eq!(state(&outcome, "directory-roles", CONTOSO), (ChannelState::NotLookedAt, false));
        let world = outcome.text();
        let says = asked_of(&world, &["facts", "--unknown", "--at", NOW]);
        assert!(says.contains("counts as absent") && says.contains("roles in the customer's own directory"), "{says}");
        // One customer of three is looked at.
        let one = with(&list("")).text();
        assert!(one.lines().next().unwrap().contains("roles in the customer's own directory (2 of 3)"), "{one}");
    }
}

#[test]
fn the_world_says_what_its_exports_do_not_show() {
    let world = world(&tenant());
    let lacks =
        ["delegations of Azure Lighthouse", "deny assignments in Azure", "grants that a list without --include-inherited does not show"];
    let (facts, json, explained) = (
        asked_of(&world, &["facts", "--unknown", "--at", NOW]),
        asked_of(&world, &["facts", "--format", "json", "--at", NOW]),
        asked_of(&world, &["explain", &user(1), "directory.read", CONTOSO, "--at", NOW, "--full", "--how-to", "none"]),
    );
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    for lack in lacks {
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(one_line(&facts).contains(lack), "{facts}");
        assert!(json["taken-as-absent"].as_array().unwrap().iter().any(|item| item == lack), "{json}");
        assert!(one_line(&explained).contains(lack), "{explained}");
    }
}

#[test]
fn a_packed_world_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let [text, packed] = ["world.ndjson", "packed"].map(|name| folder.path().join(name));
    fs::write(&text, world(&tenant())).unwrap();
    let run = |arguments: &[&OsStr]| {
        let output = Command::new(env!("CARGO_BIN_EXE_delegraph")).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["pack-world".as_ref(), text.as_ref(), "--out".as_ref(), packed.as_ref()]);
    let listed = |path: &Path| {
        let page = run(&["facts".as_ref(), "--unknown".as_ref(), "--at".as_ref(), NOW.as_ref(), "--world".as_ref(), path.as_ref()]);
        page.split_once("counts as absent").expect("some things do").1.to_owned()
    };
    assert_eq!(listed(&text), listed(&packed));
}

#[test]
fn the_table_says_by_which_sort_of_list_members_were_looked_at() {
    let outcome = tenant().run();
    let by = |group: &str| {
        let of = format!("group:11110000-0000-4000-8000-{group}");
        let row = outcome.imported.channels.iter().find(|row| row.channel == "members" && row.of.as_deref() == Some(&of));
        row.unwrap().by.clone()
    };
    assert_eq!((by("000000000001"), by("000000000003")), (vec!["members".to_owned()], vec!["pim-active".to_owned()]));
    let table = delegraph::report::import::table(&outcome.imported.channels);
    let line = table.lines().find(|line| line.contains("000000000003") && line.starts_with("members")).unwrap();
    assert!(line.ends_with("1 row in pim-active.json, by pim-active"), "{table}");
}

/// Azure grants are looked at for each subscription that a list names.
#[test]
fn a_list_of_one_subscription_says_nothing_of_another() {
    let other = "b925f2f7-5c63-4b7b-8799-25a5f97bc3b2";
    let accounts = String::from_utf8(fixture("tenant-export/az-account-list.json")).unwrap();
    let second = accounts.trim().replace("A925F2F7-5C63-4B7B-8799-25A5F97BC3B2", other);
    let outcome = tenant().file("second.json", &second).run();
    assert_eq!(state(&outcome, "grants", SUBSCRIPTION), (ChannelState::LookedAt, false));
    assert_eq!(state(&outcome, "grants", &format!("subscription:{other}")), (ChannelState::NotLookedAt, true));
    // An empty list of it is bound.
    let outcome = tenant()
        .file("second.json", &second)
        .file("empty.json", "[]")
        .bind("empty.json:source=role-assignments")
        .bind("empty.json:tenant=52eaad04-13a2-4a2f-9ce8-93a294fadf36")
        .bind(&format!("empty.json:subscription={other}"))
        .run();
    assert_eq!(state(&outcome, "grants", &format!("subscription:{other}")), (ChannelState::LookedAt, false), "{}", outcome.said());
}

#[test]
fn a_guest_among_the_members_has_another_home() {
    let row = |id: u8, kind: &str| {
        format!("{{\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"{}\",\"userType\":\"{kind}\"}}", &user(id)["user:".len()..])
    };
    let list = format!("{{\"value\":[{},{}]}}", row(8, "Guest"), row(9, "Member"));
    let outcome = tenant().file("more.json", list).bind("more.json:group=11110000-0000-4000-8000-000000000005").run();
    let line = |id: u8| outcome.lines("entity").into_iter().find(|line| line.contains(&user(id))).unwrap();
    assert!(!line(8).contains("partner") && line(9).contains(PARTNER), "{} {}", line(8), line(9));
    assert!(outcome.said().contains("a guest is a user of its own"), "{}", outcome.said());
}

#[test]
fn a_channel_is_absent_unless_something_else_than_what_it_is_of_is_bound() {
    let mapping = |channel: &str| format!("[channel.c]\n{channel}\n[source.s]\nlooks-like = [\"/a\"]\n");
    let said = |channel: &str| Import::by(&mapping(channel)).file("s.json", "[{\"a\":1}]").run().said();
    let open = "open = 'reseller(_, _)'\nwhy = \"w\"\nabsent-unless = \"x\"";
    assert!(said(&format!("per = \"binding:partner\"\n{open}")).contains("stands in a channel of what is bound"));
    assert!(said("absent-unless = \"x\"").contains("missing-key"));
    assert!(!said(&format!("per = \"partner\"\n{open}")).contains("bad-mapping"));
}
