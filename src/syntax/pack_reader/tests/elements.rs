//! Each element with all its keys.

use super::read;
use crate::syntax::{MetadataDecl, PackDocument, Text, ValueDecl, With};
use crate::text::{Sources, Spanned};
use crate::time::Instant;

fn pack(toml: &str) -> (Sources, PackDocument) {
    let (sources, document, rendered) = read(toml);
    assert_eq!(rendered, "");
    assert!(document.lost.is_empty());
    (sources, document)
}

fn texts(texts: &[Text]) -> String {
    let values: Vec<_> = texts.iter().map(|text| text.value.as_str()).collect();
    values.join(" ")
}

fn pairs(pairs: &[(Text, Text)]) -> String {
    let values: Vec<_> = pairs.iter().map(|(name, text)| format!("{}={}", name.value, text.value)).collect();
    values.join(" ")
}

fn text(text: Option<&Text>) -> String {
    text.map_or("-", |text| &text.value).to_owned()
}

fn meta(meta: &MetadataDecl) -> String {
    let date = |date: &Option<Spanned<Instant>>| date.as_ref().map_or("-".to_owned(), |date| date.value.to_string());
    let (title, note, source) = (text(meta.title.as_ref()), text(meta.note.as_ref()), texts(&meta.source));
    [meta.name.value.clone(), title, note, source, date(&meta.since), date(&meta.until), text(meta.toggle.as_ref())].join(" | ")
}

fn value(value: &ValueDecl) -> String {
    match value {
        ValueDecl::To(kinds) => format!("to {}", texts(kinds)),
        ValueDecl::MemberOf(kinds) => format!("member-of {}", texts(kinds)),
        ValueDecl::OneOf(values) => format!("one-of {}", texts(values)),
        ValueDecl::Text => "text".to_owned(),
        ValueDecl::Number => "number".to_owned(),
        ValueDecl::Date => "date".to_owned(),
    }
}

#[test]
fn metadata_has_the_keys_of_every_element() {
    let (sources, pack) = pack(
        "[rule.desk]
        title = \"The desk\"
        note = 'a remark'
        comment = 'for authors'
        source = [\"D-1\", \"D-2\"]
        since = 2020-01-01
        until = \"2021-01-01T12:00:00Z\"
        toggle = 'door-book'
        allow = ['desk.*']",
    );
    let rule = &pack.rules[0];
    assert_eq!(meta(&rule.meta), "desk | The desk | a remark | D-1 D-2 | 2020-01-01 | 2021-01-01T12:00:00Z | door-book");
    assert_eq!(text(rule.meta.comment.as_ref()), "for authors");
    assert_eq!(sources.slice(rule.meta.name.span), "desk");
    assert_eq!(sources.slice(rule.meta.source[1].span), "D-2");
}

#[test]
fn a_kind_has_attributes_of_each_type() {
    let (sources, pack) = pack(
        "[kind.device]
        subject = true
        exactly-one = ['partner', 'customer']
        within = 'customer'
        attributes.partner = 'partner'
        attributes.added-by = { to = ['partner', 'customer'], history = true }
        attributes.via = { one-of = ['a b', 'c'], optional = true, fixed = true }
        attributes.near = ['site', 'room']
        attributes.groups = { member-of = 'group' }
        attributes.rooms = { to = 'room', many = true }
        attributes.name = { type = 'text' }
        attributes.serial = { type = 'text', key = true }
        attributes.age = { type = 'number' }
        attributes.\"bought\" = { type = 'date' }
        [kind.room]
        within = ['customer', 'site']
        label = 'name'
        actions = ['view', 'keys.Reset_all']",
    );
    let [device, room] = &pack.kinds[..] else { panic!("two kinds") };
    assert!(device.subject);
    assert_eq!((texts(&device.exactly_one), texts(&device.within)), ("partner customer".to_owned(), "customer".to_owned()));
    assert_eq!((room.subject, texts(&room.within)), (false, "customer site".to_owned()));
    assert_eq!((texts(&device.actions), texts(&room.actions)), (String::new(), "view keys.Reset_all".to_owned()));
    assert_eq!((text(device.label.as_ref()), text(room.label.as_ref())), ("-".to_owned(), "name".to_owned()));
    let attributes = device.attributes.iter().map(|attribute| {
        let flags = [
            (attribute.many, " many"),
            (attribute.optional, " optional"),
            (attribute.history, " history"),
            (attribute.fixed, " fixed"),
            (attribute.key, " key"),
        ];
        let flags: String = flags.iter().filter(|flag| flag.0).map(|flag| flag.1).collect();
        format!("{}: {}{flags}", attribute.name.value, value(&attribute.value))
    });
    let attributes = attributes.collect::<Vec<_>>();
    assert_eq!(
        attributes,
        [
            "partner: to partner",
            "added-by: to partner customer history",
            "via: one-of a b c optional fixed",
            "near: to site room",
            "groups: member-of group",
            "rooms: to room many",
            "name: text",
            "serial: text key",
            "age: number",
            "bought: date"
        ]
    );
    assert_eq!(sources.slice(device.attributes[9].name.span), "bought");
}

#[test]
fn a_relation_has_ends() {
    let (sources, pack) = pack(
        "[relation.deputises]\nends = ['person', ['branch', 'room'], \"person\"]\ncovers = true\nthrough = [1, 3]\nsays = '{1} for {3} at {2}'",
    );
    let relation = &pack.relations[0];
    let ends: Vec<_> = relation.ends.iter().map(|end| texts(end)).collect();
    assert_eq!(ends, ["person", "branch room", "person"]);
    assert!(relation.covers);
    assert_eq!(relation.through.iter().map(|end| end.value).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(sources.slice(relation.ends_span), "['person', ['branch', 'room'], \"person\"]");
    assert_eq!(relation.says.as_ref().map(|says| &*says.value), Some("{1} for {3} at {2}"));
}

#[test]
fn on_is_a_text_or_a_list() {
    let grid = "grid = '''\n| a | b |\n| - | - |\n| c | x |\n'''";
    let (_, pack) = pack(&format!(
        "[action.a]\non = 'x'\n[action.b]\non = ['x', 'y']\n[role.r]\non = 'x'\n[role.s]\non = ['x', 'y']\n[kind.k]\nwithin = 'x'\n[kind.l]\nwithin = ['x', 'y']\n[table.t]\nsystem = 's'\non = 'x'\n{grid}\n[table.u]\nsystem = 's'\non = ['x', 'y']\n{grid}"
    ));
    let of = |texts_of: [&[Text]; 2]| texts_of.map(texts);
    for found in [
        of([&pack.actions[0].on, &pack.actions[1].on]),
        of([&pack.roles[0].on, &pack.roles[1].on]),
        of([&pack.kinds[0].within, &pack.kinds[1].within]),
        of([&pack.tables[0].on, &pack.tables[1].on]),
    ] {
        assert_eq!(found, ["x", "x y"]);
    }
}

#[test]
fn a_role_grants_and_includes() {
    let (_, pack) = pack(
        "[role.owner]\non = ['subscription']\ngrants = ['subscription.*']\nexcept = ['subscription.bill']\nincludes = ['reader']\n[role.reader]\non = ['subscription']",
    );
    let [owner, reader] = &pack.roles[..] else { panic!("two roles") };
    assert_eq!([texts(&owner.on), texts(&owner.grants), texts(&owner.includes)], ["subscription", "subscription.*", "reader"]);
    assert_eq!([texts(&owner.except), texts(&reader.except)], ["subscription.bill", ""]);
    assert_eq!([texts(&reader.on), texts(&reader.grants), texts(&reader.includes)], ["subscription", "", ""]);
}

#[test]
fn a_table_has_a_grid() {
    let (sources, pack) = pack(
        "[table.desk]
        system = 'desk'
        on = ['branch']
        rows = { 'Day book' = 'day-book', Loans = 'loans' }
        columns = { \"Page\" = 'page' }
        notes.\"Loans / Issue\" = 'a note'
        grid = '''
| Duty  | Task  | Page |
| :---- | :---- | :--: |
| Loans | Issue |  ✔   |
'''",
    );
    let table = &pack.tables[0];
    assert_eq!([&table.system.value, &texts(&table.on)], ["desk", "branch"]);
    assert_eq!(
        [pairs(&table.rows), pairs(&table.columns), pairs(&table.notes)],
        ["Day book=day-book Loans=loans", "Page=page", "Loans / Issue=a note"]
    );
    assert_eq!(sources.slice(table.rows[0].0.span), "Day book");
    assert!(sources.slice(table.grid.span).starts_with("| Duty"));
}

#[test]
fn an_action_has_a_dotted_name() {
    let (sources, pack) = pack("[action.\"desk.loans.issue\"]\ntitle = 'Issue'\non = ['branch', 'room']");
    assert_eq!((&*pack.actions[0].meta.name.value, texts(&pack.actions[0].on)), ("desk.loans.issue", "branch room".to_owned()));
    assert_eq!(sources.slice(pack.actions[0].meta.name.span), "desk.loans.issue");
}

#[test]
fn a_rule_allows_or_denies() {
    let (sources, pack) = pack("[rule.a]\nallow = ['x.y']\nif = 'true'\nunless = \"false\"\n[rule.b]\ndeny = ['x.*', 'y.z']");
    let [a, b] = &pack.rules[..] else { panic!("two rules") };
    assert_eq!(a.allow.as_deref().map(texts), Some("x.y".to_owned()));
    assert!(a.deny.is_none());
    assert_eq!(a.condition.as_ref().map(|expr| sources.slice(expr.span)), Some("true"));
    assert_eq!(a.unless.as_ref().map(|expr| sources.slice(expr.span)), Some("false"));
    assert_eq!(b.deny.as_deref().map(texts), Some("x.* y.z".to_owned()));
    assert!(b.condition.is_none() && b.unless.is_none() && b.allow.is_none());
}

#[test]
fn an_implication_has_a_conclusion() {
    let (sources, pack) = pack(
        "[implication.a]\nif = 'dap(c, p)'\nunless = 'false'\nthen = 'near(c, p)'\nlisted = false\n[implication.b]\nif = 'dap(c, p)'\nthen = 'near(c, p)'",
    );
    let [a, b] = &pack.implications[..] else { panic!("two implications") };
    assert_eq!(sources.slice(a.then.span), "near(c, p)");
    assert!(a.condition.is_some() && a.unless.is_some() && !a.listed);
    assert!(b.unless.is_none() && b.listed);
}

#[test]
fn toggles_documents_claims_and_invariants_are_read() {
    let (sources, pack) = pack(
        "[toggle.t]\nstatus = 'proposed'\ndefault = true\n[toggle.u]\nstatus = 'current'
        [document.d]\ntitle = 'The page'\ndate = 2019-11-13\nlocale = 'ko-KR'\nurl = 'https://example.com/d'\n[document.e]
        [claim.SUB-1]\ntext = 'It is so.'\ndocuments = ['d']\n[claim.\"4.2\"]\ntext = 'And so.'
        [invariant.i]\nnever = 'owns(a, a)'",
    );
    assert_eq!((&*pack.toggles[0].status.value, pack.toggles[0].default, pack.toggles[1].default), ("proposed", true, false));
    assert_eq!(meta(&pack.documents[0].meta), "d | The page | - |  | - | - | -");
    assert_eq!(pack.documents[0].date.as_ref().map(|date| date.value.to_string()), Some("2019-11-13".to_owned()));
    assert_eq!(pack.documents[0].locale.as_ref().map(|locale| &*locale.value), Some("ko-KR"));
    assert_eq!([&pack.documents[0].url, &pack.documents[1].url].map(|url| text(url.as_ref())), ["https://example.com/d", "-"]);
    assert!(pack.documents[1].date.is_none());
    assert_eq!((&*pack.claims[0].text.value, texts(&pack.claims[0].documents)), ("It is so.", "d".to_owned()));
    assert_eq!(pack.claims[1].meta.name.value, "4.2");
    assert_eq!(sources.slice(pack.invariants[0].never.span), "owns(a, a)");
}

#[test]
fn obligations_and_advice_go_with_decisions() {
    let (_, pack) = pack(
        "[obligation.o]\nfor = ['x.y']\nif = 'true'\nunless = 'false'\ntext = 'wear gloves'\nwith = 'allow'\n[advice.a]\nfor = ['x.*']\ntext = 'ask'\nwith = 'deny'\n[advice.b]\nfor = ['x.*']\ntext = 'look'",
    );
    let with = |with: &Option<Spanned<With>>| with.as_ref().map(|with| with.value);
    assert_eq!((&*pack.obligations[0].text.value, with(&pack.obligations[0].with)), ("wear gloves", Some(With::Allow)));
    assert_eq!((texts(&pack.advice[0].actions), with(&pack.advice[0].with)), ("x.*".to_owned(), Some(With::Deny)));
    assert_eq!(with(&pack.advice[1].with), None);
}

#[test]
fn an_event_has_parameters_and_effects() {
    let (sources, pack) = pack(
        "[event.invite]
        does = 'teams-rooms.invite'
        on = 'customer'
        with = { customer = 'customer', days = { type = 'number' }, rooms = { to = ['site', 'room'], many = true } }
        creates.invitation = { customer = 'customer', expires-in-days = 'days' }
        if = 'true'
        adds = ['open(invitation) for days days', 'names(invitation, scope) where scope in rooms']
        removes = ['closed(customer)']
        ends = ['customer']",
    );
    let event = &pack.events[0];
    assert_eq!([&event.does, &event.on].map(|text| text.as_ref().map(|text| &*text.value)), [Some("teams-rooms.invite"), Some("customer")]);
    let parameters: Vec<_> =
        event.parameters.iter().map(|parameter| format!("{} {}", parameter.name.value, value(&parameter.value))).collect();
    assert_eq!(parameters, ["customer to customer", "days number", "rooms to site room"]);
    assert_eq!(event.creates[0].kind.value, "invitation");
    let terms: Vec<_> = event.creates[0].attributes.iter().map(|(name, term)| (&*name.value, sources.slice(term.span))).collect();
    assert_eq!(terms, [("customer", "customer"), ("expires-in-days", "days")]);
    assert_eq!([event.adds.len(), event.removes.len()], [2, 1]);
    assert_eq!(sources.slice(event.removes[0].span), "closed(customer)");
    assert_eq!(texts(&event.ends), "customer");
    assert!(event.condition.is_some());
}

#[test]
fn elements_are_in_the_order_of_the_file() {
    let (_, pack) = pack("[rule.z]\nallow = ['a']\n[kind.b]\n[rule.a]\nallow = ['a']\n[kind.a]\n[rule.m]\nallow = ['a']");
    let rules: Vec<_> = pack.rules.iter().map(|rule| &*rule.meta.name.value).collect();
    assert_eq!(rules, ["z", "a", "m"]);
}

#[test]
fn a_text_with_escapes_has_its_span() {
    let (sources, pack) = pack("[rule.a]\nallow = ['x']\nif = \"tru\\u0065\"\n[claim.c]\ntext = \"\"\"\nlong\ntext\"\"\"");
    assert_eq!(pack.rules[0].condition.as_ref().map(|expr| sources.slice(expr.span)), Some("tru\\u0065"));
    assert_eq!(sources.slice(pack.claims[0].text.span), "long\ntext");
}
