//! Tables as vendors publish them: each excerpt in `fixtures/tables/` is read or refused, and what is printed is a pack.

use delegraph::diag::Diagnostic;
use delegraph::files::Source;
use delegraph::open;
use delegraph::syntax::{Mark, Matrix, PublishedTable, matrix, published_tables};
use delegraph::text::Sources;
use std::fs;
use std::process::Command;

const KINDS: &str = "[kind.user]\nsubject = true\n[kind.room]\n";

/// The names of the excerpts.
fn excerpts() -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir("fixtures/tables").unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name != "README.md");
    names.sort();
    assert_eq!(names.len(), 11);
    names
}

/// Runs `delegraph table` in the folder of excerpts: the code, then both streams.
fn table(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_delegraph"));
    let output = program.arg("table").args(arguments).current_dir("fixtures/tables").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn tables(text: &str, html: bool) -> (Sources, Vec<PublishedTable>) {
    let mut sources = Sources::default();
    let file = sources.add("page", text.to_owned());
    let tables = published_tables(file, text, html);
    (sources, tables)
}

fn read(text: &str, html: bool) -> Result<(Matrix, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (sources, tables) = tables(text, html);
    assert_eq!(tables.len(), 1);
    matrix(&sources, &tables[0], false)
}

/// Headers, labels and marks, a line a row.
fn shown(read: &Matrix) -> String {
    let mark = |mark: Option<Mark>| match mark {
        Some(Mark::Yes) => "y",
        Some(Mark::No) => "-",
        None => "?",
    };
    let mut lines = vec![read.roles.iter().map(|(role, _)| role.value.as_str()).collect::<Vec<_>>().join(", ")];
    for row in &read.rows {
        lines.push(format!("{}: {}", row.label(), row.cells.iter().map(|cell| mark(cell.mark)).collect::<String>()));
    }
    lines.join("\n")
}

#[test]
fn each_excerpt_is_read_or_refused() {
    for name in excerpts() {
        let (code, out, err) = table(&[&name]);
        let short = name.split('-').next().unwrap();
        insta::assert_snapshot!(format!("table-{short}"), format!("{out}---- {}\n{err}", code.unwrap()));
    }
}

/// The marks are counted in the page as it is written.
#[test]
fn as_many_cells_say_yes_as_marks_are_on_the_page() {
    let mut count = 0;
    for name in excerpts() {
        let page = fs::read_to_string(format!("fixtures/tables/{name}")).unwrap();
        let written: usize = ["&#10004;", ":white_check_mark:", "✔"].iter().map(|mark| page.matches(mark).count()).sum();
        let (sources, tables) = tables(&page, false);
        for table in &tables {
            let Ok((read, _)) = matrix(&sources, table, false) else { continue };
            let yes = read.rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.mark == Some(Mark::Yes)).count();
            assert_eq!(yes, written, "{name}");
            count += 1;
        }
    }
    assert_eq!(count, 7);
}

#[test]
fn what_is_printed_is_a_pack_that_has_the_same_table() {
    for name in excerpts().iter().filter(|name| !name.starts_with("05c")) {
        for turned in [false, true] {
            let mut arguments = vec![name.as_str(), "--on", "room", "--system", "sys", "--name", "t"];
            arguments.extend(turned.then_some("--transpose"));
            let (code, toml, _) = table(&arguments);
            if code == Some(2) || turned && !name.starts_with("20") {
                continue;
            }
            assert_eq!(code, Some(0), "{name}");
            let folder = tempfile::tempdir().unwrap();
            let pack = folder.path().join("pack.toml");
            fs::write(&pack, format!("{KINDS}{toml}")).unwrap();
            let opened = open::pack(vec![Source::of_bytes("pack.toml".to_owned(), fs::read(&pack).unwrap())]);
            let errors: Vec<&Diagnostic> = opened.diagnostics.iter().filter(|mistake| mistake.is_error()).collect();
            assert!(errors.is_empty(), "{name}: {errors:?}");
            let mut arguments = vec!["--compare", name.as_str(), "t", "--policies", pack.to_str().unwrap()];
            arguments.extend(turned.then_some("--transpose"));
            let (code, out, _) = table(&arguments);
            assert!(code == Some(0) && out.contains("no cell differs"), "{name}: {out}");
        }
    }
}

const SMALL: &str = "# Desk\n\nWho may do what.\n\n| Duty | Task | Page | Head |\n| - | - | - | - |\n| Loans | Issue | ✔ | ✔ |\n| | Fine \\| waive | | ✔ |\n";

#[test]
fn html_is_read_as_markdown_is() {
    let html = "<h2>Desk</h2><table><thead><tr><th>Duty<th>Task<th>Page<th>Head</thead>\n\
                <tr><td rowspan=2>Loans</td><td>Issue</td><td colspan='2'>&#x2714;</td></tr>\n\
                <tr><td>Fine | waive<td>&nbsp;<td><b>Yes</b></table>";
    let (of_html, mistakes) = read(html, true).unwrap();
    assert!(mistakes.is_empty(), "{mistakes:?}");
    assert_eq!(shown(&of_html), shown(&read(SMALL, false).unwrap().0));
    assert_eq!(shown(&of_html), "Page, Head\nLoans / Issue: yy\nLoans / Fine | waive: -y");
    let both = format!("{SMALL}\n{html}\n\n```\n{SMALL}```\n\n`<table><tr><td>x</table>`\n");
    let (_, tables) = tables(&both, false);
    let headings: Vec<&str> = tables.iter().map(|table| table.heading.as_ref().unwrap().value.as_str()).collect();
    assert_eq!(headings, ["Desk", "Desk"], "what code shows is no table");
}

#[test]
fn a_cell_that_spans_everything_eats_no_memory() {
    let row = "<tr><td colspan=1000000>x".to_owned() + &"y".repeat(20_000) + "<td rowspan=99999999>z";
    let page = format!("<table>{}</table>", row.repeat(50));
    let (_, tables) = tables(&page, true);
    assert!(tables[0].diagnostics.iter().any(|mistake| mistake.headline.contains("span too many")));
}

#[test]
fn a_mark_that_is_not_known_is_reported_and_stays_as_it_is() {
    let (read, mistakes) = read(&SMALL.replace("| | ✔ |", "| Partly | ✔ |"), false).unwrap();
    assert_eq!(shown(&read), "Page, Head\nLoans / Issue: yy\nLoans / Fine | waive: ?y");
    let said: Vec<String> = mistakes.iter().map(|mistake| format!("{} {}", mistake.code.name(), mistake.headline)).collect();
    assert_eq!(said, ["table-mark the cell of `Loans / Fine | waive` and `Page` has `Partly`, which is not a mark"]);
}

#[test]
fn doubts_are_reported() {
    let said = |text: &str| {
        let mistakes = match read(text, false) {
            Ok((_, mistakes)) | Err(mistakes) => mistakes,
        };
        mistakes.iter().map(|mistake| format!("{}: {}", mistake.severity.name(), mistake.headline)).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(said(SMALL), "");
    assert_eq!(
        said(&SMALL.replace("| Loans |", "| |")),
        "error: the first row of the table has a blank label; error: the first row of the table has a blank label"
    );
    assert_eq!(said(&SMALL.replace("Issue | ✔", "Issue | ")), "warning: nothing is marked for `Page`");
    assert_eq!(said(&SMALL.replace("Fine \\| waive", "Issue")), "error: two rows of the table stand for `Loans / Issue`");
    assert_eq!(said(&SMALL.replace("| Head |", "| Påge |").replace("Page", "Page!")), "error: two columns would be the role `page`");
    assert_eq!(said(&SMALL.replace("✔ |\n", "✔ | more |\n")).matches("error: the row has 5 cells, the header 4").count(), 2);
    assert_eq!(said(&SMALL.replace("Duty", "Role")), "warning: the rows of the table seem to be its roles: their column is headed `Role`");
}

/// The pack's Table 1, as another edition and another language publish it.
#[test]
fn editions_are_compared_with_the_pack() {
    let compare = |file: &str| table(&["--compare", file, "teams-rooms-table-1", "--policies", "../../policies"]);
    for edition in ["01-trm-table1-2022-06-en.check-entity.md", "05c-trm-table1-ko-KR-2022-11.our-source.md"] {
        let (code, out, err) = compare(edition);
        assert!(code == Some(1) && out.contains("76 cells compared: no cell differs") && err.is_empty(), "{out}{err}");
    }
    let (_, out, _) = compare("03-trm-rbac-2020-2023.padded-blank-first-cell.md");
    insta::assert_snapshot!("table-compared", out);
    let page = fs::read_to_string("fixtures/tables/01-trm-table1-2022-06-en.check-entity.md").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.md");
    fs::write(&file, page.replace("||Reset key|&#10004;||||", "||Reset key||No|&#10004;||")).unwrap();
    let (code, out, _) = compare(file.to_str().unwrap());
    let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(code, Some(1));
    assert!(
        out.contains("`Rooms / Reset key` for `MMR Admin` (the role managed-service-administrator): no on the page, yes in the pack"),
        "{out}"
    );
    assert!(out.contains("`Rooms / Reset key` for `Site Tech` (the role site-tech): yes on the page, no in the pack"), "{out}");
    assert!(out.contains("76 cells compared: 2 cells differ"), "{out}");
}

#[test]
fn a_table_of_several_is_named() {
    let file = "24-intune-endpoint-privilege-manager.one-table-per-role.md";
    let (code, out, _) = table(&[file, "--list"]);
    assert!(code == Some(0) && out.lines().count() == 2, "{out}");
    assert!(table(&[file, "--heading", "messages"]).2.contains("md:22:18"));
    assert!(table(&[file, "--heading", "manager"]).2.contains("2 of them below a heading with `manager`"));
    assert!(table(&[file, "--nth", "3"]).2.contains("none with the number 3"));
    let (code, out, _) = table(&[file, "--nth", "1", "--format", "json"]);
    assert!(code == Some(2) && out.contains("\"code\": \"table-syntax\""), "{out}");
}
