//! How explanations look.

use crate::explain::ReasonKind;
use crate::report::text::{Style, render};
use crate::text::Place;
use crate::wording::{ClaimText, DocumentText, ExplanationText, NoticeText, QuestionText, ReasonText, ToggleText};

fn plain(explanation: &ExplanationText, width: usize) -> String {
    render(explanation, &Style { color: false, width, full: false })
}

fn places(list: &str) -> Vec<Place> {
    let place = |text: &str| {
        let (file, line) = text.rsplit_once(':').unwrap();
        Place { file: file.into(), line: line.parse().unwrap(), from: None }
    };
    list.split_whitespace().map(place).collect()
}

fn names(list: &str) -> Vec<String> {
    list.split_whitespace().map(str::to_owned).collect()
}

/// A reason from its kind and name, its sentence, its places, and its claims. The first character of the sentence is its truth value:
/// `+`, `-` or `?`.
fn reason(kind: ReasonKind, name: &str, says: &str, at: &str, claims: &str, because: Vec<ReasonText>) -> ReasonText {
    let (truth, says) = match says.split_at(1) {
        ("+", says) => ("true", says),
        ("-", says) => ("false", says),
        (_, says) => ("unknown", says),
    };
    let name = (!name.is_empty()).then(|| name.to_owned());
    ReasonText {
        kind,
        name,
        says: says.to_owned(),
        truth,
        blocking: false,
        lasting: false,
        places: places(at),
        claims: names(claims),
        note: None,
        because,
        proof: None,
        repeated: false,
        negated: false,
        form: crate::wording::ReasonForm::Plain,
        link: None,
    }
}

fn fact(says: &str, at: &str) -> ReasonText {
    reason(ReasonKind::Fact, "", &format!("+{says}"), at, "", Vec::new())
}

fn blocking(reason: ReasonText) -> ReasonText {
    ReasonText { blocking: true, ..reason }
}

fn claim(id: &str, text: &str, decides: bool) -> ClaimText {
    let document = DocumentText {
        name: "dap-2020".to_owned(),
        title: Some("Obtain permissions to manage a customer's subscription".to_owned()),
        date: Some("2020-06-19".to_owned()),
        locale: Some("ja-JP".to_owned()),
        url: None,
    };
    ClaimText { id: id.to_owned(), text: text.to_owned(), documents: vec![document], note: None, decides }
}

fn answer(outcome: &'static str, verdict: &str) -> ExplanationText {
    let question = QuestionText {
        subject: "user:ann@contoso".to_owned(),
        action: "device.remove".to_owned(),
        title: Some("Remove a device".to_owned()),
        resource: "device:d7".to_owned(),
        at: "2021-06-01".to_owned(),
        policy_at: "2021-06-01".to_owned(),
        toggles: Vec::new(),
        assuming: Vec::new(),
        remarks: Vec::new(),
        is_now: false,
    };
    ExplanationText {
        question,
        decision: outcome == "allowed",
        outcome,
        verdict: verdict.to_owned(),
        answer: String::new(),
        not_listed: Vec::new(),
        absent: None,
        reasons: Vec::new(),
        denies: Vec::new(),
        unknown: Vec::new(),
        obligations: Vec::new(),
        advice: Vec::new(),
        unlisted: Vec::new(),
        switched_off: Vec::new(),
        unknown_roles: Vec::new(),
        claims: Vec::new(),
        toggles: Vec::new(),
        sources: None,
    }
}

fn allowed() -> ExplanationText {
    let dap = vec![
        fact("customer:fabrikam grants partner:contoso delegated admin privileges, from 2019-01-10", "world.toml:31"),
        fact("user:ann@contoso is in group:agents", "world.toml:12 more.toml:7"),
    ];
    let given = "+implication dap-admins gives it, though member listings do not show it";
    let because = vec![
        reason(ReasonKind::Implication, "dap-admins", given, "roles.toml:52", "DAP-1 DAP-2", dap),
        reason(ReasonKind::Grant, "administrator", "+administrator grants device.*", "roles.toml:38", "REL-1", Vec::new()),
    ];
    let role =
        reason(ReasonKind::Role, "administrator", "+user:ann@contoso holds administrator on device:d7", "roles.toml:35", "REL-1", because);
    let kept =
        reason(ReasonKind::Test, "", "-added-by of device:d7 is partner:contoso, not customer:fabrikam", "world.toml:40", "", Vec::new());
    let other = fact("device:d7 lies within customer:fabrikam", "world.toml:39");
    let idle = reason(
        ReasonKind::Rule,
        "customers-own",
        "-rule customers-own does not deny it",
        "devices.toml:9",
        "AP-4",
        vec![other, blocking(kept)],
    );
    let notice = NoticeText {
        general: false,
        name: "tell-them".to_owned(),
        text: "the customer is told".to_owned(),
        claims: names("REL-7"),
        note: None,
        place: places("devices.toml:20").remove(0),
    };
    let toggle = ToggleText {
        name: "removal-needs-dap".to_owned(),
        title: Some("DAP before a removal".to_owned()),
        status: "proposed",
        on: false,
        matters: true,
        claims: names("AP-6"),
        note: Some("Not decided yet.".to_owned()),
    };
    ExplanationText {
        reasons: vec![ReasonText { note: Some("The page lists\n  no single permissions.".to_owned()), ..role }],
        denies: vec![idle],
        unknown_roles: Vec::new(),
        unlisted: vec!["member listings do not show administrator on device:d7 for user:ann@contoso".to_owned()],
        obligations: vec![notice],
        toggles: vec![toggle],
        claims: vec![claim("REL-1", "Administrators remove devices.", true), claim("REL-7", "The customer hears of removals.", false)],
        ..answer("allowed", "ann@contoso can remove device d7, because user:ann@contoso holds administrator on device:d7")
    }
}

#[test]
fn an_allow_shows_its_proof_and_what_it_cites() {
    assert_eq!(
        plain(&allowed(), 80),
        "YES   ann@contoso can remove device d7, because user:ann@contoso holds
      administrator on device:d7

subject   user:ann@contoso
action    device.remove: Remove a device
resource  device:d7
at        2021-06-01
outcome   allowed

allows
└─ ✓ user:ann@contoso holds administrator on device:d7  roles.toml:35 · REL-1
   ├─ ✓ implication dap-admins gives it, though member listings do not show it
   │  │ roles.toml:52 · DAP-1 DAP-2
   │  ├─ ✓ customer:fabrikam grants partner:contoso delegated admin privileges,
   │  │    from 2019-01-10
   │  │    world.toml:31
   │  └─ ✓ user:ann@contoso is in group:agents  world.toml:12, more.toml:7
   └─ ✓ administrator grants device.*  roles.toml:38 · REL-1

denies: none; the one rule that could deny it does not apply
└─ ✗ rule customers-own does not deny it  devices.toml:9 · AP-4
   ├─ ✗ added-by of device:d7 is partner:contoso, not customer:fabrikam
   │    world.toml:40
   └─ and 1 more condition that did not decide it

not listed
  - member listings do not show administrator on device:d7 for user:ann@contoso

obligations
  - the customer is told
    tell-them, devices.toml:20 · REL-7

toggles
  off removal-needs-dap (proposed, AP-6): DAP before a removal

notes
  - role administrator: The page lists no single permissions.
  - toggle removal-needs-dap: Not decided yet.

claims
  REL-1  Administrators remove devices.
         dap-2020

other claims: cited only by obligations, advice and toggles
  REL-7  The customer hears of removals.
         dap-2020

documents
  dap-2020  Obtain permissions to manage a customer's subscription (2020-06-19,
            ja-JP)
"
    );
}

#[test]
fn unknown_denies_fit_a_narrow_page() {
    let missing = reason(ReasonKind::Missing, "", "?the world does not tell device:d7.added-by", "", "", Vec::new());
    let test = reason(ReasonKind::Test, "", "?`resource.added-by is partner` is unknown", "", "", vec![missing.clone()]);
    let way = reason(
        ReasonKind::Rule,
        "partners-own",
        "?it is unknown whether rule partners-own allows it",
        "devices.toml:3",
        "AP-3",
        vec![blocking(test)],
    );
    let test = reason(ReasonKind::Test, "", "?`resource.added-by is customer` is unknown", "", "", vec![missing]);
    let bar = reason(
        ReasonKind::Rule,
        "customers-own",
        "?it is unknown whether rule customers-own denies it",
        "devices.toml:9",
        "AP-4",
        vec![test],
    );
    let unknown = ExplanationText {
        reasons: vec![way],
        denies: vec![blocking(bar)],
        unknown: names("device:d7.added-by"),
        ..answer("unknown", "it is unknown whether ann@contoso can remove device d7: the world does not tell device:d7.added-by")
    };
    assert_eq!(
        plain(&unknown, 40),
        "UNKNOWN  it is unknown whether
      ann@contoso can remove device d7:
      the world does not tell
      device:d7.added-by

subject   user:ann@contoso
action    device.remove: Remove a device
resource  device:d7
at        2021-06-01
outcome   denied (unknown)

unknown: the answer depends on what is
  not known
  ? device:d7.added-by

allows: how far the only way got
└─ ? it is unknown whether rule
   │ partners-own allows it
   │ devices.toml:3 · AP-3
   └─ ? stops here: `resource.added-by
      │ is partner` is unknown
      └─ ? the world does not tell
           device:d7.added-by

denies: none is known to apply; one that
  may apply is enough
└─ ? it is unknown whether rule
   │ customers-own denies it
   │ devices.toml:9 · AP-4
   └─ ? `resource.added-by is customer`
      │ is unknown
      └─ ? the world does not tell
           device:d7.added-by
"
    );
}

#[test]
fn denies_that_apply_come_first() {
    let by = fact("added-by of device:d7 is customer:fabrikam", "world.toml:40");
    let bar = reason(ReasonKind::Rule, "customers-own", "+rule customers-own denies it", "devices.toml:9", "AP-4", vec![by]);
    let idle = reason(ReasonKind::Rule, "weekends", "-rule weekends does not deny it", "devices.toml:30", "", Vec::new());
    let not = reason(ReasonKind::Role, "owner", "-user:ann@contoso does not hold owner on device:d7", "roles.toml:3", "", Vec::new());
    let holds =
        reason(ReasonKind::Role, "administrator", "+user:ann@contoso holds administrator on device:d7", "roles.toml:35", "", Vec::new());
    let mut barred = ExplanationText {
        reasons: vec![holds, blocking(not)],
        denies: vec![idle, blocking(bar)],
        ..answer("barred", "ann@contoso cannot remove device d7, because rule customers-own denies it")
    };
    barred.question.policy_at = "2022-01-01".to_owned();
    barred.question.toggles = names("removal-needs-dap weekends-off");
    assert_eq!(
        plain(&barred, 80),
        "NO    ann@contoso cannot remove device d7, because rule customers-own denies it

subject   user:ann@contoso
action    device.remove: Remove a device
resource  device:d7
at        2021-06-01, under the rules of 2022-01-01
outcome   denied (barred)
turned on removal-needs-dap, weekends-off

denies
├─ ✓ rule customers-own denies it  devices.toml:9 · AP-4
│  └─ ✓ added-by of device:d7 is customer:fabrikam  world.toml:40
└─ ✗ rule weekends does not deny it  devices.toml:30

allows: what would allow it otherwise, then how far other ways got
├─ ✓ user:ann@contoso holds administrator on device:d7  roles.toml:35
└─ ✗ stops here: user:ann@contoso does not hold owner on device:d7  roles.toml:3
"
    );
}

#[test]
fn colour_only_repeats_words_and_glyphs() {
    let colored = render(&allowed(), &Style { color: true, width: 80, full: false });
    assert!(colored.starts_with("\u{1b}[32mYES\u{1b}[0m"), "{colored}");
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain(&allowed(), 80));
    assert!(!plain(&allowed(), 80).contains('\u{1b}'));
}

#[test]
fn long_lists_and_deep_trees_are_bounded() {
    let line = |text: &str| text.lines().filter(|line| line.contains("more")).map(|line| line.trim_start().to_owned()).collect::<Vec<_>>();
    let many = (0..30).map(|number| fact(&format!("person:p{number} is in group:all"), "w.toml:1")).collect();
    let wide = reason(ReasonKind::Rule, "r", "+rule r allows it", "p.toml:1", "", many);
    let wide = plain(&ExplanationText { reasons: vec![wide], ..answer("allowed", "yes") }, 80);
    assert_eq!(line(&wide), ["└─ and 10 more"]);
    let deep = (0..40).fold(fact("a is in b", "w.toml:1"), |inner, _| reason(ReasonKind::Test, "", "+so", "", "", vec![inner]));
    let deep = plain(&ExplanationText { reasons: vec![deep], ..answer("allowed", "yes") }, 80);
    assert_eq!(line(&deep), ["└─ and 17 more, deeper down"]);
}

#[test]
fn names_cannot_act_on_the_terminal() {
    let hostile = fact("user:\u{1b}[2Jmallory\r is in group:\u{202e}b", "w\u{7}.toml:1");
    let shown = plain(&ExplanationText { reasons: vec![hostile], ..answer("allowed", "\u{1b}]0;x\u{7} may") }, 80);
    assert!(shown.chars().all(|character| character == '\n' || !character.is_control()), "{shown}");
    assert!(shown.contains("user:␛[2Jmallory␍ is in group:\u{fffd}b  w␇.toml:1"), "{shown}");
}
