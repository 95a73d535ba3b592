//! Mistakes: each file of `cases` holds small worlds, parted by `# ----`, that stand beside one in which all is well; the snapshot shows
//! each with what is told of it.

use super::{beside, check};

#[test]
fn cases() {
    for (name, text) in CASES {
        let shown: Vec<String> = text.split("# ----\n").map(|world| format!("{world}{}", told(world))).collect();
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(*name, shown.join("\n")) });
    }
}

fn told(world: &str) -> String {
    let lines: Vec<String> = beside(world).lines().map(|line| format!("  >> {}", line.replace(" | ", "\n     | "))).collect();
    if lines.is_empty() { String::new() } else { lines.join("\n") + "\n" }
}

macro_rules! cases {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("cases/", $name, ".toml")))),*]
    };
}

const CASES: &[(&str, &str)] =
    cases!["contradictions" "declarations" "events" "facts" "homes-and-containers" "imports" "unknown-names" "values"];

#[test]
fn a_world_without_mistakes_is_silent() {
    assert_eq!(check(""), "");
    assert_eq!(beside(""), "");
}

#[test]
fn lines_of_json() {
    let lines = r#"{"entity":"firm:maersk"}
{"entity":"shp:emma3"}
{"entity":"ship:emma4","owner":"shp:emma3"}
{"entity":"ship:emma5","owner":["firm:cosco"]}
{"entity":"quay:north","port":"port:aarhus","built":"1999-02-30","depth":"7"}
"#;
    insta::assert_snapshot!(check(lines));
}

#[test]
fn containment_that_changes_in_time() {
    let timed = |one: &str, two: &str| {
        format!(
            "[quay.a]\n[quay.b]\n[[fact]]\nis = 'quay:\"a\".quay == quay:b'\n{one}\n[[fact]]\nis = 'quay:\"b\".quay == quay:a'\n{two}\n"
        )
    };
    assert_eq!(beside(&timed("until = 2020-01-01", "since = 2020-01-01")), "");
    assert_ne!(beside(&timed("until = 2020-01-02", "since = 2020-01-01")), "");
    assert_ne!(beside(&timed("since = 2020-01-02", "since = 2019-01-01\nuntil = 2021-01-01")), "");
    assert_eq!(beside(&timed("since = 2020-01-02\nuntil = 2020-02-01", "since = 2019-01-01\nuntil = 2020-01-02")), "");
    let parted = "[quay.a]\nport = \"port:aarhus\"\n[[fact]]\nis = 'quay:\"a\".quay == quay:east'\nsince = 2020-01-01\n";
    assert_ne!(beside(parted), "");
}
