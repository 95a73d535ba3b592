//! Tables of names in files beside a mapping, and forms of days.

use super::Import;

const MAPPING: &str = r#"
[names.customers]
file = "FILE"

[source.s]
looks-like = ["/id", "/customer"]
  [[source.s.fact]]
  is    = "user:{/id} holds global-administrator on customer:{/customer|customers}"
"#;

fn import(file: &str, text: &str) -> Import {
    Import::by(&MAPPING.replace("FILE", file)).beside(file, text).file("s.csv", "id,customer\na,Woodgrove Bank\n")
}

#[test]
fn names_are_read_from_json_and_from_any_csv() {
    for (file, text) in [
        ("a.csv", "Name,Id\nWoodgrove Bank,w\n"),
        ("b.csv", "\u{feff}Name;Id\r\n woodgrove bank ; w \r\nWoodgrove Bank;w\r\n"),
        ("c.tsv", "Name\tId\nWoodgrove Bank\tw\n"),
        ("d.TXT", "Name|Id\n\"Woodgrove Bank\"|w\n|\n"),
        ("e.json", "{\"WOODGROVE BANK\":\"w\"}"),
    ] {
        let outcome = import(file, text).run();
        assert_eq!(outcome.shown(), "", "{file}");
        assert_eq!(outcome.says("fact"), ["user:a holds global-administrator on customer:w"], "{file}");
    }
}

#[test]
fn a_table_of_names_is_of_one_meaning() {
    for (file, text, said) in [
        ("f.csv", "Name,Id\nWoodgrove Bank,w\nWoodgrove Bank,x\n", "`Woodgrove Bank` stands for `w` and for `x` in the table of `f.csv`"),
        ("g.csv", "Name,Id\nWoodgrove Bank,w\nWOODGROVE BANK ,x\n", "stands for `w` and for `x`"),
        ("h.json", "{\"a\":\"b\",\"A\":\"c\"}", "`A` stands for `b` and for `c`"),
        ("i.json", "{\"a\":\"b\",\"a\":\"c\"}", "`a` stands for `b` and for `c`"),
        ("j.csv", "Name,Id\nWoodgrove Bank,\n", "`Woodgrove Bank` stands for nothing"),
        ("k.csv", "Name,Id\n,w\n", "a name of `w` is empty"),
        ("l.csv", "Name,Id,Note\nWoodgrove Bank,w,x\n", "`l.csv` has 3 columns: a table of names has two"),
        ("m.csv", "Name,Id\nWoodgrove Bank,w,x\n", "row 0 of `m.csv`, counted from 0, has 3 cells, and the header 2"),
        ("n.csv", "Name,Id\nWoodgrove Bank\n", "`Woodgrove Bank` stands for nothing"),
        ("o.csv", "Name,Id\n\"Woodgrove Bank,w\n", "has a quote, opened in line 2"),
        ("p.json", "{\"a\":5}", "`p.json` is not one object of texts"),
        ("q.json", "[]", "`q.json` is not one object of texts"),
    ] {
        let outcome = import(file, text).run();
        assert!(outcome.imported.world.is_none() && outcome.shown().contains(said), "{file}: {}", outcome.shown());
        assert!(!outcome.shown().contains("unknown-filter"), "the table is there: {}", outcome.shown());
    }
}

#[test]
fn a_name_in_the_first_line_of_a_file_without_a_header_is_missed_with_the_reason() {
    let outcome = import("r.csv", "Woodgrove Bank,w\nCoho,c\n").run();
    assert!(outcome.shown().contains("the first line of the table's file is taken for its header"), "{}", outcome.shown());
}

#[test]
fn days_of_other_forms_and_last_days_are_read() {
    let mapping = r#"
[source.s]
looks-like = ["/id", "/from"]
  [[source.s.fact]]
  is    = "user:{/id} in group:g"
  since = "{/from|day:D.M.YYYY}"
  until = "{/through?|day:D.M.YYYY|next-day}"
"#;
    let file =
        "id;from;through\na;1.2.2026;31.12.2026\nb;01.02.2026;28.2.2026\nc;1.2.2026;\nd;2026-02-01;\ne;31.2.2026;\nf;1.2.2026;31.12.9999\n";
    let outcome = Import::by(mapping).file("s.csv", file).run();
    let since = "since 2026-02-01";
    let expected = [
        format!("user:a in group:g {since} until 2027-01-01"),
        format!("user:b in group:g {since} until 2026-03-01"),
        format!("user:c in group:g {since}"),
        format!("user:f in group:g {since} until 9999-12-31"),
    ];
    assert_eq!(outcome.says("fact"), expected);
    assert_eq!(outcome.says("unknown"), ["user:d in group:g", "user:e in group:g"]);
    assert!(outcome.said().contains("`s.csv#/3`: `/from` is not a day of the form D.M.YYYY: `2026-02-01`"), "{}", outcome.said());
    let wrong = Import::by(&mapping.replace("day:D.M.YYYY}", "day:tt.mm.jjjj}")).file("s.csv", file).run().shown();
    assert!(wrong.contains("`tt.mm.jjjj` is no form of a day") && wrong.contains("`day:D.M.YYYY`"), "{wrong}");
}
