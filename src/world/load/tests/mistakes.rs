//! Mistakes. Each file of `cases` has small worlds, separated by `# ----`, and each of these is added to a world without mistakes. The
//! snapshot shows each small world above its diagnostics.

use super::{added, check};

#[test]
fn each_mistake_has_its_diagnostic() {
    for (name, text) in CASES {
        let shown: Vec<String> = text.split("# ----\n").map(|world| format!("{world}{}", rendered(world))).collect();
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(*name, shown.join("\n")) });
    }
}

fn rendered(world: &str) -> String {
    let lines: Vec<String> = added(world).lines().map(|line| format!("  >> {}", line.replace(" | ", "\n     | "))).collect();
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
fn a_world_without_mistakes_has_no_diagnostics() {
    assert_eq!(check(""), "");
    assert_eq!(added(""), "");
}

#[test]
fn lines_of_json_have_the_same_diagnostics() {
    let lines = r#"{"entity":"firm:maersk"}
{"entity":"shp:emma3"}
{"entity":"ship:emma4","owner":"shp:emma3"}
{"entity":"ship:emma5","owner":["firm:cosco"]}
{"entity":"quay:north","port":"port:aarhus","built":"1999-02-30","depth":"7"}
"#;
    insta::assert_snapshot!(check(lines));
}

#[test]
fn containment_is_a_cycle_only_where_intervals_overlap() {
    let timed = |one: &str, two: &str| {
        format!(
            "[quay.a]\n[quay.b]\n[[fact]]\nis = 'quay:\"a\".quay == quay:b'\n{one}\n[[fact]]\nis = 'quay:\"b\".quay == quay:a'\n{two}\n"
        )
    };
    assert_eq!(added(&timed("until = 2020-01-01", "since = 2020-01-01")), "");
    assert_ne!(added(&timed("until = 2020-01-02", "since = 2020-01-01")), "");
    assert_ne!(added(&timed("since = 2020-01-02", "since = 2019-01-01\nuntil = 2021-01-01")), "");
    assert_eq!(added(&timed("since = 2020-01-02\nuntil = 2020-02-01", "since = 2019-01-01\nuntil = 2020-01-02")), "");
    let parted = "[quay.a]\nport = \"port:aarhus\"\n[[fact]]\nis = 'quay:\"a\".quay == quay:east'\nsince = 2020-01-01\n";
    assert_ne!(added(parted), "");
}

/// Declarations of one entity are taken together; what they cannot both say is shown at both places.
#[test]
fn declarations_that_disagree() {
    let lines = r#"{"entity":"quay:east","port":"port:aarhus","depth":14,"flags":["red"],"sign":"A"}
{"entity":"quay:east","depth":14,"flags":["green"],"sign":"B"}
{"entity":"quay:east","sign":"A"}
{"entity":"person:ida","port":"port:aarhus"}
{"entity":"quay:far"}
{"fact":"quay:\"east\".depth == 15"}"#;
    insta::assert_snapshot!(check(lines));
}
