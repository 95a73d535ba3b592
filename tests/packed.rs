//! Packed worlds: answers as from the files, and damage that is never read wrongly.

use std::path::Path;
use std::process::{Command, Output};

const QUESTIONS: [[&str; 3]; 3] = [
    ["user:marco@proseware", "subscription.manage", "subscription:coho-shop"],
    ["user:marco@proseware", "subscription.view", "subscription:coho-shop"],
    ["user:marco@proseware", "directory.manage", "customer:coho"],
];

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_delegraph")).args(arguments).output().expect("the program runs")
}

fn explain(question: [&str; 3], world: &Path) -> Output {
    let world = world.to_str().expect("a plain path");
    run(&["explain", question[0], question[1], question[2], "--world", world, "--at", "2021-10-22", "--how-to", "none"])
}

fn packed(folder: &Path) -> std::path::PathBuf {
    let out = folder.join("breached");
    let packed = run(&["pack-world", "fixtures/worlds/breached-partner.toml", "--out", out.to_str().expect("a plain path")]);
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    out
}

#[test]
fn a_packed_world_answers_as_its_files_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = packed(folder.path());
    for question in QUESTIONS {
        let (plain, packed) = (explain(question, Path::new("fixtures/worlds/breached-partner.toml")), explain(question, &world));
        assert_eq!(String::from_utf8_lossy(&plain.stdout), String::from_utf8_lossy(&packed.stdout), "{question:?}");
        assert_eq!(String::from_utf8_lossy(&plain.stderr), String::from_utf8_lossy(&packed.stderr), "{question:?}");
        assert_eq!(plain.status, packed.status, "{question:?}");
    }
}

/// A library reads what a program reads, and much faster.
mod flipped {
    use delegraph::eval::{Decider, Scene};
    use delegraph::open;
    use delegraph::syntax::Instant;
    use delegraph::world::{Bytes, Request, World};

    /// Seen to fail when blocks were not checked, and when the header was not.
    #[test]
    fn no_byte_can_change_and_no_end_be_cut_unseen() {
        let engine = open::pack_at(Some("policies".as_ref())).expect("it is there").engine.expect("it is sound");
        let opened = open::world_at(&engine, &["fixtures/worlds/breached-partner.toml".into()]).expect("it is there");
        let mut whole = Vec::new();
        opened.world.expect("it is sound").pack(&engine.policy, &mut whole).expect("memory takes it");

        let at = Instant::parse("2021-10-22").expect("a date");
        let answers = |bytes: Vec<u8>| -> Option<Vec<String>> {
            let world = World::unpack(&engine.policy, Bytes::Held(bytes)).ok()?;
            let mut answers = Vec::new();
            for [subject, action, resource] in super::QUESTIONS {
                let entity = |text: &str| text.split_once(':').map(|(kind, id)| (kind.to_owned(), id.to_owned())).expect("an entity");
                let request = Request { subject: entity(subject), action: action.to_owned(), resource: entity(resource) };
                answers.push(match world.resolve(&engine.policy, &request, at) {
                    Ok(asked) => {
                        let decider = Decider::new(&engine, &world, Scene::at(&engine.policy, at));
                        let record = decider.record(&asked);
                        let explained = delegraph::explain::explain(&decider, &asked, &record);
                        delegraph::report::answer::explained(&explained)
                    }
                    Err(unasked) => unasked.message,
                });
            }
            // What a damaged world said does not count.
            (!world.is_damaged()).then_some(answers)
        };
        let expected = answers(whole.clone()).expect("it is whole");
        let (mut refused, mut same) = (0, 0);
        let mut check = |bytes: Vec<u8>, what: String| match answers(bytes) {
            None => refused += 1,
            Some(answers) => {
                assert_eq!(answers, expected, "{what}");
                same += 1;
            }
        };
        let step = if std::env::var("PROPTEST_CASES").is_ok() { 1 } else { 7 };
        for at in (0..whole.len()).step_by(step) {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            check(bytes, format!("byte {at} flipped"));
        }
        for length in (0..whole.len()).step_by(step * 9) {
            check(whole[..length].to_vec(), format!("cut to {length} bytes"));
        }
        let longer = [whole.as_slice(), &[0]].concat();
        check(longer, "one byte more".to_owned());
        assert!(refused > 100 && same == 0, "{refused} refused, {same} answered: one block holds all of so small a world");
    }
}

#[test]
fn what_cannot_be_used_is_refused_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = packed(folder.path());
    let path = world.to_str().expect("a plain path");
    let told = |arguments: &[&str]| {
        let output = run(arguments);
        let told = String::from_utf8_lossy(&output.stderr).replace(folder.path().to_str().expect("a plain path"), "");
        format!("{} {}{told}", output.status.code().expect("it ended"), String::from_utf8_lossy(&output.stdout))
    };
    let [subject, action, resource] = QUESTIONS[0];
    let decide = |more: &[&str]| told(&[&["decide", subject, action, resource, "--at", "2021-10-22", "--world", path], more].concat());
    assert_eq!(decide(&[]), "0 allow: marco@proseware may manage subscription coho-shop\n");
    assert_eq!(
        decide(&["--world", "fixtures/worlds/life-cycle.toml"]),
        "2 error: `/breached` is a packed world, which stands alone: give no other `--world` beside it\n"
    );
    assert_eq!(
        decide(&["--policies", "fixtures/packs/library"]),
        "2 error: cannot read `/breached`: it was packed with another pack of policies; pack the world again with this one\n"
    );
    let whole = std::fs::read(&world).expect("it was written");
    let damage = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(&world, bytes).expect("it can be written");
    };
    damage(whole.len() - 3);
    let damaged = "it is damaged: some of it is not as it was written; pack the world again\n";
    assert_eq!(decide(&[]), format!("2 error: cannot read `/breached`: {damaged}"));
    damage(16);
    assert_eq!(decide(&[]), "2 error: cannot read `/breached`: it was packed by another version of delegraph; pack the world again\n");
    damage(0);
    assert_eq!(
        decide(&[]),
        "2 error: `/breached` is no world: its name must end in `.toml` or `.ndjson`, or it must be one that `pack-world` wrote, whole\n"
    );
    std::fs::write(&world, &whole[..whole.len() / 2]).expect("it can be written");
    assert_eq!(decide(&[]), format!("2 error: cannot read `/breached`: {damaged}"));
    assert_eq!(
        told(&["pack-world", "fixtures/worlds/life-cycle.toml", "--out", "w.toml"]),
        "2 error: `w.toml` is no name for a packed world\nhelp: leave out `.toml`, which means text\n"
    );
    assert_eq!(
        told(&["pack-world", "fixtures/worlds/life-cycle.toml", "--out", "/"]),
        "2 error: cannot write `/`: it is a folder; name a file in it\n"
    );
}
