use super::{exact, rendered};
use crate::syntax::{Embedded, Grid, Mark, StringForm, grid, mark, plain};
use crate::text::{FileId, Span};

/// The headers, then a line for each row (marks as `Y` and `n`, other cells as they are), then the diagnostics.
fn check(text: &str) -> String {
    let (grid, diagnostics) = grid(&exact(text));
    let mut lines = Vec::new();
    if !grid.headers.is_empty() {
        lines.push(cells(grid.headers.iter().map(|header| header.value.clone())));
    }
    lines.extend(grid.rows.iter().map(|row| cells(row.cells.iter().map(|cell| marked(&cell.value)))));
    lines.extend(diagnostics.iter().map(|diagnostic| format!("! {}", rendered(diagnostic))));
    lines.join("\n")
}

fn cells(cells: impl Iterator<Item = String>) -> String {
    cells.collect::<Vec<_>>().join(";")
}

fn marked(cell: &str) -> String {
    match mark(cell) {
        Some(Mark::Yes) => "Y".into(),
        Some(Mark::No) => "n".into(),
        None => cell.into(),
    }
}

#[test]
fn tables_are_read_as_vendors_write_them() {
    let entity = "|Feature|Permission|**MMR Admin**|**Site Lead**|\n| :- | :- | :- | :- |\n|Rooms|View| &#10004;|&#10004;|\n||Reset key|&#10004;||\n";
    assert_eq!(check(entity), "Feature;Permission;MMR Admin;Site Lead\nRooms;View;Y;Y\nn;Reset key;Y;n");
    let padded = "|Features |Site Lead  |Site Tech  |\n|---------|---------|---------|\n|Reset key         |&#10004;   |         ||\n";
    assert!(check(padded).contains("the row has 4 cells, the header 3"));
    let padded =
        "\n|Features |Lead  |Tech  |\n|---------|:---------:|---------:|\n|Reset key         |&#10004;   |         |\n|    |  ✔️|No|\n\n";
    assert_eq!(check(padded), "Features;Lead;Tech\nReset key;Y;n\nn;Y;n");
    let shortcodes = "| Role | Password Admin |\n| ------ | ------ |\n| Global Admin | :white_check_mark:\\* |\n| User<br/>(no admin role, but member of a [role-assignable group](groups-concept.md)) | &nbsp; |\n";
    assert_eq!(check(shortcodes), "Role;Password Admin\nGlobal Admin;Y\nUser (no admin role, but member of a role-assignable group);n");
    let quoted = "> [!div class=\"mx-tableFixed\"]\n> | Built-in role | ID |\n> | --- | --- |\n> | <a name='owner'></a>[Owner](./privileged.md#owner) | 8e3 |\n";
    assert_eq!(check(quoted), "Built-in role;ID\nOwner;8e3");
    let image =
        "| Actions | Description |\n|-|-|\n| users/update | Reset<br/>[![Privileged label icon.](../media/label.png)](privileged.md) |\n";
    assert_eq!(check(image), "Actions;Description\nusers/update;Reset");
    let footnotes = "|Role|Exchange<br/>PowerShell|\n|---|:---:|\n|[Global Administrator](/entra/x#y)¹ ²|✔¹|\n";
    assert_eq!(check(footnotes), "Role;Exchange PowerShell\nGlobal Administrator;Y");
    let prose = "## Messages\n\nManagers (of some kind) manage.\n\n| A | B |\n| - | - |\n| x | ✔ |\n\nA | B: see above.\n";
    assert_eq!(check(prose), "A;B\nY;Y");
    let windows = "| A | B |\r\n| - | - |\r\n| Read | ✔ |\r\n";
    assert_eq!(check(windows), "A;B\nRead;Y");
    let korean = "|기능|**파트너 관리자**|\n|:-|:-|\n|객실|x|\n";
    assert_eq!(check(korean), "기능;파트너 관리자\n객실;Y");
}

#[test]
fn outer_bars_may_be_left_out() {
    assert_eq!(check("A | B\n- | -\nRead | ✔\n"), "A;B\nRead;Y");
    assert_eq!(check("| A | B\n| - | -\n| Read | ✔\n| Write |\n").lines().count(), 4);
    assert_eq!(check("A | B |\n- | - |\nRead | |\n"), "A;B\nRead;n");
}

#[test]
fn a_cell_may_have_a_bar() {
    assert_eq!(check("| A | B |\n|-|-|\n| read \\| write | x |\n"), "A;B\nread | write;Y");
    assert_eq!(
        check("| A | B |\n|-|-|\n| read | write | x |\n"),
        "A;B\nread;write\n! table-ragged 16..36 the row has 3 cells, the header 2 | 3 cells + 0..9 2 cells | a `|` inside a cell is written `\\|`"
    );
}

#[test]
fn spans_are_those_of_the_cells() {
    let text = "> | **A** | B |\n> |-|-|\n> |  R |  |\n> || ✔ |";
    let (grid, _) = grid(&exact(text));
    let slice = |span: Span| &text[span.start as usize..span.end as usize];
    let all = |texts: &[crate::syntax::Text]| texts.iter().map(|text| slice(text.span)).collect::<Vec<_>>().join(";");
    assert_eq!(all(&grid.headers), "**A**;B");
    assert_eq!(all(&grid.rows[0].cells), "R;|");
    assert_eq!(all(&grid.rows[1].cells), "|;✔");
    assert_eq!(slice(grid.rows[0].span), "|  R |  |");
    assert_eq!(grid.rows[1].cells[0].span.start as usize, text.rfind("||").unwrap() + 1);

    let whole = Span::new(FileId(2), 5, 6);
    let (Grid { rows, .. }, _) = crate::syntax::grammar::grid(&Embedded { text, span: whole, writing: StringForm::Unknown });
    assert_eq!((rows[0].span, rows[0].cells[0].span), (whole, whole));
}

#[test]
fn a_text_without_a_table_is_reported() {
    let help = "a table is a header row, a row of dashes such as `| - | - |`, then rows";
    assert_eq!(check(""), format!("! table-syntax 0..0 the grid holds no table |  | {help}"));
    assert_eq!(check("A table.\n"), format!("! table-syntax 0..9 the grid holds no table |  | {help}"));
    assert_eq!(check("| A |\n"), format!("! table-syntax 0..5 expected a row of dashes under the header | the header | {help}"));
    assert_eq!(
        check("| A |\n| x |\n"),
        format!("! table-syntax 6..11 expected a row of dashes under the header | found this row | {help}")
    );
    assert_eq!(check("| - |\n| x |\n"), format!("! table-syntax 0..5 the table has no header | nothing stands above | {help}"));
    assert_eq!(check("| A |\n| - |\n"), "A\n! table-syntax 6..11 the table has no rows | nothing follows");
}

#[test]
fn no_row_is_lost_silently() {
    let stray = |text| check(text).lines().last().unwrap().to_owned();
    let help = "a blank line or prose ends a table: remove what stands between";
    let outside = |place| format!("! table-syntax {place} the row belongs to no table | outside the table | {help}");
    assert_eq!(stray("| A | B |\n|-|-|\n| r | x |\n\n| s | x |\n"), outside("27..36"));
    assert_eq!(stray("A | B\n-|-\nr | x\n\ns | x\n"), outside("17..22"));
    assert_eq!(stray("| s | x |\n| A | B |\n|-|-|\n| r | x |\n"), outside("0..9"));
    let two = "| A | B |\n|-|-|\n| r | x |\n| A | C |\n|-|-|\n| s | x |\n";
    let expected = "! table-syntax 26..35 two tables in one grid | the second + 0..9 the first | give each a table of its own";
    assert_eq!(check(two), format!("A;B\nr;Y\n{expected}"));
    assert!(check("| A | B |\n|-|-|\n|-|-|\n| r | x |\n").contains("two tables in one grid"));
}

#[test]
fn all_ragged_rows_are_reported() {
    let text = "| A | B | C |\n|-|-|\n| r | x |\n| s |\n| t | x | x |\n";
    assert_eq!(
        check(text),
        "A;B;C\nr;Y;n\ns;n;n\nt;Y;Y\n\
         ! table-ragged 14..19 the row of dashes has 2 cells, the header 3 | 2 cells + 0..13 3 cells | add the missing cells: a blank cell needs its `|` too\n\
         ! table-ragged 20..29 the row has 2 cells, the header 3 | 2 cells + 0..13 3 cells | add the missing cells: a blank cell needs its `|` too\n\
         ! table-ragged 30..35 the row has 1 cell, the header 3 | 1 cell + 0..13 3 cells | add the missing cells: a blank cell needs its `|` too"
    );
    assert_eq!(
        check("| A | A |\n|-|-|\n| r | x |\n").lines().last(),
        Some("! table-syntax 6..7 two columns have the header `A` | the second + 2..3 the first")
    );
    assert_eq!(check("| | | A |\n|-|-|-|\n| r | s | x |\n"), ";;A\nr;s;Y");
}

#[test]
fn size_is_bounded() {
    let rows = |count: usize| format!("| A |\n|-|\n{}", "| x |\n".repeat(count));
    assert_eq!(grid(&exact(&rows(10_000))).1.len(), 0);
    let (table, diagnostics) = grid(&exact(&rows(10_001)));
    assert_eq!((table.rows.len(), diagnostics.len(), diagnostics[0].code.name()), (10_000, 1, "too-long"));
    let row = |count: usize, cell: &dyn Fn(usize) -> String| (0..count).map(cell).collect::<Vec<_>>().join("|");
    let columns =
        |count| format!("|{}|\n|{}|\n|{}|\n", row(count, &|at| format!("c{at}")), row(count, &|_| "-".into()), row(count, &|_| "x".into()));
    assert_eq!(grid(&exact(&columns(1_000))).1.len(), 0);
    assert_eq!(grid(&exact(&columns(1_001))).1[0].code.name(), "too-long");
    // Cells for which a naive parser would look ahead again and again.
    for scrap in ["[", "](", "![", "<sup>", "<a ", "&", "\\", "**", "[a](b", "<", "_"] {
        let text = format!("| A |\n|-|\n| {} |\n", scrap.repeat(50_000));
        assert_eq!(grid(&exact(&text)).0.rows.len(), 1, "{scrap}");
    }
}

#[test]
fn marks_are_read() {
    let yes = "✔ ✔️ ✓ ☑ ☑️ ✅ x X Yes YES yes &#10004; &#x2714; &#10004;&#65039; &check; :white_check_mark: :heavy_check_mark: ✔¹ ✔\\* ✔* x† Yes² **Yes** `x` [x] <b>✔</b> ![Yes](a.png) ✔<sup>1</sup>";
    for cell in yes.split(' ') {
        assert_eq!(mark(cell), Some(Mark::Yes), "{cell}");
    }
    assert_eq!(mark("✔ <sup>1, 2</sup>"), Some(Mark::Yes));
    for cell in ["", " ", "\u{a0}", "&nbsp;", "&nbsp;&nbsp;", "No", "NO", "no¹", "❌", "✘", ":x:", "-", "–", "—", "<br/>", "☐"] {
        assert_eq!(mark(cell), Some(Mark::No), "{cell}");
    }
    for cell in ["maybe", "Yes, if asked", "*", "¹", "<sup>1</sup>", "![](media/yes.png)", "![Partly](a.png)", "xx", "?", "0", "×", "Y"] {
        assert_eq!(mark(cell), None, "{cell}");
    }
}

#[test]
fn cells_are_read_as_plain_text() {
    let cases = [
        (" **Site** Lead ", "Site Lead"),
        ("__Site Lead__", "Site Lead"),
        ("*`Site Lead`*", "Site Lead"),
        ("[**Site Lead**](a.md)", "Site Lead"),
        ("[a [b](c) d](e)", "a b d"),
        ("[a] (b) ](c)", "[a] (b) ](c)"),
        ("Lead<sup>2</sup>", "Lead"),
        ("a&amp;b &lt; c", "a&b < c"),
        ("&bogus; &#0; &", "&bogus; &#0; &"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<!-- hidden -->shown<br>here", "shown here"),
        ("<https://example.org>", "<https://example.org>"),
        ("microsoft.directory/users/*", "microsoft.directory/users/*"),
        ("Lead*", "Lead"),
        ("snake_case_name", "snake_case_name"),
        ("a\\_b \\\\ \\x", "a_b \\ \\x"),
        ("![](media/yes.png)", "image yes.png"),
        ("**", "**"),
        ("é\u{200b}\u{feff} 회의실", "é 회의실"),
    ];
    for (cell, shown) in cases {
        assert_eq!(plain(cell), shown, "{cell}");
    }
}
