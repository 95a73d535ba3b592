//! Entries that no row fits, and what else of a mapping or an export looks like a slip.

use super::Import;

const REGISTER: &str = r#"
[source.register]
looks-like = ["/sort", "/who", "/where"]
  [[source.register.fact]]
  when = { "/sort" = ["member"] }
  is   = "user:{/who} in group:{/where}"
  [[source.register.fact]]
  when = { "/sort" = { is = ["owner"], others = ["member"] } }
  is   = "user:{/who} in group:owners"
  until = "{/until??|date}"
"#;

fn said(mapping: &str, file: &str) -> String {
    let name = if file.starts_with('[') { "r.json" } else { "r.csv" };
    Import::by(mapping).file(name, file).run().shown()
}

#[test]
fn an_entry_that_no_row_of_a_table_fits_is_a_warning() {
    let rows = "sort,who,where\nmember,a,g\nowner,b,g\n";
    assert_eq!(said(REGISTER, rows), "");
    let misspelt =
        said(&REGISTER.replace("is = [\"owner\"], others = [\"member\"]", "is = [\"ownr\"], others = [\"member\", \"owner\"]"), rows);
    assert!(misspelt.contains("warning[idle-entry]: no row fits an entry of `register`"), "{misspelt}");
    assert!(misspelt.contains("did you mean `owner` in place of `ownr`?"), "{misspelt}");
    let column = said(&REGISTER.replace("\"/sort\" = [\"member\"]", "\"/srot??\" = [\"member\"]"), rows);
    assert!(column.contains("rows have nothing in `/srot`") && column.contains("did you mean the column `sort`?"), "{column}");
    let json = "[{\"sort\":\"member\",\"who\":\"a\",\"where\":\"g\"}]";
    assert_eq!(said(REGISTER, json), "", "an export of a vendor need not have rows of each sort");
}

#[test]
fn a_value_that_is_nearly_one_that_an_entry_wants_is_a_warning() {
    let open = REGISTER.replace("{ is = [\"owner\"], others = [\"member\"] }", "[\"owner\"]");
    let rows = "sort,who,where\nmember,a,g\nowner,b,g\nmembre,c,g\nbot,d,g\n";
    let slip = said(&open, rows);
    assert!(slip.contains("warning[idle-entry]: `r.csv#/2`: no entry of `register` knows `membre` in `/sort`"), "{slip}");
    assert!(slip.contains("did you mean `member`?") && !slip.contains("`bot`"), "{slip}");
    let json = "[{\"sort\":\"membre\",\"who\":\"a\",\"where\":\"g\"}]";
    assert!(said(&open, json).contains("did you mean `membre` in place of `member`?"), "{}", said(&open, json));
}

#[test]
fn an_optional_column_that_is_nearly_called_like_another_one_is_a_warning() {
    let rows = "sort,who,where,untill\nmember,a,g,2026-01-01\nowner,b,g,2026-01-01\n";
    let column = said(REGISTER, rows);
    assert!(column.contains("warning[idle-entry]: `r.csv` has no column `until`") && column.contains("did you mean `untill`?"), "{column}");
}
