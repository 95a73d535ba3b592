//! Mappings that are wrong, and those that are shipped.

use super::Import;
use delegraph::files::embedded_mappings;

#[test]
fn shipped_mappings_have_no_mistake() {
    assert_eq!(embedded_mappings(), ["azure", "azurehound", "csv", "partners", "roadrecon"]);
    for name in embedded_mappings() {
        let outcome = Import::of(&[name]).file("x.json", "[{\"x\":1}]").run();
        assert!(outcome.said().lines().all(|line| line.starts_with("unfit-export")), "{name}: {}", outcome.shown());
    }
    let all = Import::of(&embedded_mappings()).file("x.json", "[{\"x\":1}]").run();
    assert!(all.said().lines().all(|line| line.starts_with("unfit-export")), "{}", all.shown());
}

/// A mapping with many mistakes, each with its place and, where it can be guessed, what was meant.
const WRONG: &str = r#"
[channel.members]
per  = "gruop"
open = 'user in group:{id} where user.partnr == partner:{partner}'
why  = "no export"

[channel.open]
open = 'dap(_, _)'

[names.roles]
values  = { "Helpdesk" = "helpdesk-administrator" }
missing = "dorp"

[source.s]
looks-like = ["id"]
neds       = ["group"]
tells      = { member = "{group}" }
only       = { "/status" = { are = ["active"] } }

  [[source.s.entity]]
  is     = "usr:{/id|giud}"
  groups = "group:g"

  [[source.s.entity]]
  is      = "user:{/id|roels}"
  parnter = "partner:{partner}"
  upn     = 5

  [[source.s.entity]]
  is       = "device:{/id}"
  added-by = "group:{/group}"
  added-via = "intnue"

  [[source.s.fact]]
  is    = "user:{/id} in gruop:{./group}"
  sinse = "{/since|instant}"

  [[source.s.fact]]
  is = "reseler(partner:{/p}, customer:{/c})"

  [[source.s.fact]]
  is = "{kind}:{/id} holds owner on subscription:{/s}"

  [[source.s.fact]]
  is = "not dap(customer:{/c}, partner:{})"

  [[source.s.unknown]]
  doubts = "_ holds _ on subscription where subscription.customer == customer:{/c}"

[extends]
"#;

#[test]
fn every_mistake_is_reported_with_its_place() {
    insta::assert_snapshot!(Import::by(WRONG).file("x.json", "[]").run().shown());
}

#[test]
fn two_mappings_with_one_source_are_an_error_unless_one_extends_the_other() {
    let source = "[source.members]\nlooks-like = [\"/id\"]\n[[source.members.fact]]\nis = \"user:{/id} in group:own\"\n";
    let mut both = Import::of(&["partners"]).file("x.json", "[{\"id\":\"a\"}]");
    both.own.push(("own.map.toml".to_owned(), source.to_owned()));
    let said = both.run().shown();
    assert!(said.contains("`imports/partners.map.toml` and `own.map.toml` both have a source `members`"), "{said}");
    let extends = Import::by(&format!("extends = \"partners\"\n{source}")).file("x.json", "[{\"id\":\"a\"}]").run();
    assert_eq!(extends.says("fact"), ["user:a in group:own"]);
    let missing = Import::by("extends = \"partner\"\n").file("x.json", "[]").run().shown();
    assert!(missing.contains("did you mean `partners`?"), "{missing}");
}

#[test]
fn a_mapping_of_ones_own_reads_a_list_of_ones_own() {
    let list = "Technician,Name,Group,Since,Until\n\
        22220000-0000-4000-8000-000000000001,alice@proseware.com,11110000-0000-4000-8000-000000000001,2026-02-01,\n\
        22220000-0000-4000-8000-000000000002,bob@proseware.com,11110000-0000-4000-8000-000000000001,,2026-12-31\n\
        22220000-0000-4000-8000-000000000003,carol@proseware.com,11110000-0000-4000-8000-000000000001,soon,\n";
    let outcome = Import::of(&["csv"]).file("team.csv", list).bind("partner=8777b240-c6f0-4469-9e98-a3205431b836").run();
    let member = |user: u8| format!("user:22220000-0000-4000-8000-00000000000{user} in group:11110000-0000-4000-8000-000000000001");
    assert_eq!(outcome.says("fact"), [format!("{} since 2026-02-01", member(1)), format!("{} until 2026-12-31", member(2))]);
    assert_eq!(outcome.says("unknown"), [member(3)]);
    assert!(outcome.said().contains("`/Since` is not a day: `soon`"), "{}", outcome.said());
    outcome.world();
}

/// What `sqlite3 -json` prints of the tables of `ROADrecon`.
#[test]
fn tables_of_roadrecon_are_read() {
    let user = |digit: u8| format!("22220000-0000-4000-8000-00000000000{digit}");
    let group = "11110000-0000-4000-8000-000000000001";
    let users = format!(
        "[{{\"objectId\":\"{}\",\"userPrincipalName\":\"a@x\",\"userType\":\"Member\"}},\n{{\"objectId\":\"{}\",\"userPrincipalName\":\"b@x\",\"userType\":\"Guest\"}}]",
        user(1),
        user(2)
    );
    let members = format!(
        "[{{\"groupId\":\"{group}\",\"member\":\"{}\",\"kind\":\"User\"}},\n{{\"groupId\":\"11110000-0000-4000-8000-000000000002\",\"member\":null,\"kind\":\"User\"}}]",
        user(1)
    );
    let roles = format!("[{{\"role\":\"62e90394-69f5-4237-9190-012177145e10\",\"holder\":\"{group}\",\"kind\":\"Group\"}}]");
    let outcome = Import::of(&["roadrecon"])
        .file("users.json", users)
        .file("members.json", members)
        .file("roles.json", roles)
        .bind("customer=52eaad04-13a2-4a2f-9ce8-93a294fadf36")
        .run();
    let customer = "customer:52eaad04-13a2-4a2f-9ce8-93a294fadf36";
    let expected = [
        format!("group:{group} holds global-administrator on {customer}"),
        format!("guest-of(user:{}, {customer})", user(2)),
        format!("user:{} in group:{group}", user(1)),
    ];
    assert_eq!(outcome.says("fact"), expected);
    assert!(
        outcome.channels().lines().filter(|line| line.starts_with("members ") && line.contains(" looked at 2/0")).count() == 2,
        "{}",
        outcome.channels()
    );
    outcome.world();
}

/// The blocks of a page that are of a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let text = std::fs::read_to_string(page).unwrap();
    let start = format!("```{language}\n");
    text.split(&start).skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_example_of_the_guide_runs_as_it_is() {
    let (mapping, list) = (blocks("docs/mappings.md", "toml").remove(0), blocks("docs/mappings.md", "text").remove(0));
    let partner = "8777b240-c6f0-4469-9e98-a3205431b836";
    let outcome = Import::by(&mapping).file("list.csv", &list).bind(&format!("partner={partner}")).strict().run();
    assert_eq!(outcome.shown(), "");
    let member = "user:22220000-0000-4000-8000-000000000001 in group:11110000-0000-4000-8000-000000000001 since 2026-02-01";
    assert_eq!(outcome.says("fact"), [member]);
    assert_eq!(outcome.channels(), "members group:11110000-0000-4000-8000-000000000001 looked at 1/0");
    let shipped = Import::of(&["csv"]).file("list.csv", &list).bind(&format!("partner={partner}")).run();
    assert_eq!(outcome.text(), shipped.text(), "it is the mapping that is built in");
}

#[test]
fn a_source_of_which_no_file_could_be_is_a_mistake() {
    let mapping = "[source.reg]\nlooks-like = [\"/id\"]\n[[source.reg.entity]]\nis = \"user:{/id}\"\n\
        [[source.rge.fact]]\nis = \"user:{/id} in group:g\"\n";
    let outcome = Import::by(mapping).file("x.json", "[{\"id\":\"a\"}]").run();
    assert!(outcome.imported.world.is_none());
    let said = outcome.shown();
    assert!(said.contains("the source `rge` has neither `looks-like` nor `path`") && said.contains("did you mean `reg`?"), "{said}");
}

#[test]
fn what_is_unknown_to_a_mapping_is_reported_once_with_what_there_is() {
    let fact = |text: &str| format!("[[source.s.fact]]\nis = \"{text}\"\n");
    let twice = ["user:{/id|lowercase} in group:g", "user:{/id|lowercase} in group:h"].map(fact).concat();
    let said = Import::by(&format!("[source.s]\nlooks-like = [\"/id\"]\n{twice}")).file("x.json", "[]").run().shown();
    assert_eq!(said.matches("no filter is named `lowercase`").count(), 1, "{said}");
    assert!(said.contains("`lower`") && said.contains("`next-day`") && said.contains("`day:DD.MM.YYYY`"), "{said}");
    let kinds = "[source.s]\nlooks-like = [\"/id\"]\n[[source.s.entity]]\nis = \"client:{/id}\"\n[[source.s.entity]]\nis = \"user:{/id}\"\nfoo = \"x\"\n";
    let said = Import::by(kinds).file("x.json", "[]").run().shown();
    assert!(
        said.contains("the pack has `app`, `change-request`") && said.contains("user may have `customer`, `partner` or `upn`"),
        "{said}"
    );
}
