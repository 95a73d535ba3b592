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
    use crate::landscape;
    use delegraph::eval::{Budget, Decider};
    use delegraph::explain;
    use delegraph::files::Source;
    use delegraph::open;
    use delegraph::plan::{CompiledPolicy, Context};
    use delegraph::time::Instant;
    use delegraph::wording::Words;
    use delegraph::world::{Request, World};

    /// Bytes of a packed world, and what is asked of it.
    struct Packed {
        compiled: CompiledPolicy,
        bytes: Vec<u8>,
        at: Instant,
        questions: Vec<Request>,
    }

    impl Packed {
        fn of(world: &[Source], at: &str, questions: Vec<Request>) -> Packed {
            let compiled = open::pack_at(Some("policies".as_ref())).expect("it is there").compiled.expect("it is sound");
            let opened = open::world(&compiled, world.to_vec()).expect("worlds by their names");
            let mut bytes = Vec::new();
            opened.world.expect("it is sound").pack(&compiled.policy, &mut bytes).expect("memory takes it");
            Packed { compiled, bytes, at: Instant::parse(at).expect("a date"), questions }
        }

        /// The answers of such bytes; nothing if they are refused.
        fn answers(&self, bytes: &[u8]) -> Option<Vec<String>> {
            let policy = &self.compiled.policy;
            let world = World::unpack(policy, bytes.into()).ok()?;
            let decider = Decider::new(&self.compiled, &world, Context::at(policy, self.at));
            let answer = |request| match world.resolve(policy, request, self.at) {
                Ok(asked) => {
                    let explained = Words::of(&decider).explanation(&explain::explain(
                        &decider.within(&Budget::default()),
                        &asked,
                        &decider.record(&asked),
                    ));
                    delegraph::report::json::answer::explained(&explained)
                }
                Err(unasked) => unasked.message,
            };
            let answers = self.questions.iter().map(answer).collect();
            // What a damaged world said does not count.
            (!world.is_damaged()).then_some(answers)
        }

        /// How many of these bytes are refused, and how many answer; all that answer do so as the whole does.
        fn sweep(&self, damaged: impl Iterator<Item = (String, Vec<u8>)>) -> (usize, usize) {
            let expected = self.answers(&self.bytes).expect("it is whole");
            let (mut refused, mut same) = (0, 0);
            for (what, bytes) in damaged {
                match self.answers(&bytes) {
                    None => refused += 1,
                    Some(answers) => {
                        assert_eq!(answers, expected, "{what}");
                        same += 1;
                    }
                }
            }
            (refused, same)
        }

        fn flipped(&self, step: usize) -> impl Iterator<Item = (String, Vec<u8>)> {
            (0..self.bytes.len()).step_by(step).map(|at| {
                let mut bytes = self.bytes.clone();
                bytes[at] ^= 1 << (at % 8);
                (format!("byte {at} flipped"), bytes)
            })
        }

        fn cut(&self, step: usize) -> impl Iterator<Item = (String, Vec<u8>)> {
            let longer = [self.bytes.as_slice(), &[0]].concat();
            let cut = (0..self.bytes.len()).step_by(step).map(|length| (format!("cut to {length} bytes"), self.bytes[..length].to_vec()));
            cut.chain([("one byte more".to_owned(), longer)])
        }
    }

    fn request([subject, action, resource]: [&str; 3]) -> Request {
        let entity = |text: &str| text.split_once(':').map(|(kind, id)| (kind.to_owned(), id.to_owned())).expect("an entity");
        Request { subject: entity(subject), action: action.to_owned(), resource: entity(resource) }
    }

    /// Seen to fail when blocks were not checked, and when the header was not.
    #[test]
    fn no_byte_can_change_and_no_end_be_cut_unseen() {
        let file = delegraph::files::read_world("fixtures/worlds/breached-partner.toml".as_ref()).expect("it is there");
        let packed = Packed::of(&[file], "2021-10-22", super::QUESTIONS.map(request).to_vec());
        let step = if std::env::var("PROPTEST_CASES").is_ok() { 1 } else { 7 };
        let (refused, same) = packed.sweep(packed.flipped(step).chain(packed.cut(9 * step)));
        assert!(refused > 100 && same == 0, "{refused} refused, {same} answered: one block holds all of so small a world");
    }

    /// A world of many blocks, of which a question reads a few: the others may be damaged, and nobody is the worse for it.
    #[test]
    fn what_is_not_read_is_not_checked() {
        let plan = landscape::Plan::about(3, 30_000, 0);
        let (mut world, mut requests) = (Vec::new(), Vec::new());
        plan.write_world(&mut world).expect("memory takes it");
        plan.write_requests(3, &mut requests).expect("memory takes it");
        let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
        let questions = String::from_utf8(requests).expect("plain text");
        let questions = questions.lines().map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
            let entity = |key: &str| (text(&line[key]["type"]), text(&line[key]["id"]));
            Request { subject: entity("subject"), action: text(&line["action"]["name"]), resource: entity("resource") }
        });
        let packed = Packed::of(&[Source::of_bytes("world.ndjson".to_owned(), world)], landscape::ASKED_AT, questions.collect());
        let step = packed.bytes.len() / if std::env::var("PROPTEST_CASES").is_ok() { 5_000 } else { 80 };
        let (refused, same) = packed.sweep(packed.flipped(step));
        assert!(refused > 20 && same > 5, "{refused} refused, {same} answered");
        assert_eq!(packed.sweep(packed.cut(step)).1, 0, "what is cut is never read");
    }
}

#[test]
fn what_cannot_be_used_is_refused_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = packed(folder.path());
    let path = world.to_str().expect("a plain path");
    let run = |arguments: &[&str]| {
        let output = run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr).replace(folder.path().to_str().expect("a plain path"), "");
        format!("{} {}{errors}", output.status.code().expect("it ended"), String::from_utf8_lossy(&output.stdout))
    };
    let [subject, action, resource] = QUESTIONS[0];
    let decide = |more: &[&str]| run(&[&["decide", subject, action, resource, "--at", "2021-10-22", "--world", path], more].concat());
    assert_eq!(decide(&[]).lines().next(), Some("0 allow: marco@proseware can manage subscription coho-shop and its resources"));
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
    let damaged = "it is damaged: some of it is not as `pack-world` writes it; pack the world again\n";
    assert_eq!(decide(&[]), format!("2 error: cannot read `/breached`: {damaged}"));
    damage(16);
    assert_eq!(decide(&[]), "2 error: cannot read `/breached`: it was packed by another version of delegraph; pack the world again\n");
    damage(0);
    assert_eq!(
        decide(&[]),
        "2 error: `/breached` is not a world: its name must end in `.toml` or `.ndjson`, or it must be one that `pack-world` wrote, whole\n"
    );
    std::fs::write(&world, &whole[..whole.len() / 2]).expect("it can be written");
    assert_eq!(decide(&[]), format!("2 error: cannot read `/breached`: {damaged}"));
    assert_eq!(
        run(&["pack-world", "fixtures/worlds/life-cycle.toml", "--out", "w.toml"]),
        "2 error: `w.toml` is not a valid name for a packed world\nhelp: leave out `.toml`, which means text\n"
    );
    assert_eq!(
        run(&["pack-world", "fixtures/worlds/life-cycle.toml", "--out", "/"]),
        "2 error: cannot write `/`: it is a folder; name a file in it\n"
    );
    if cfg!(unix) {
        // Refused before the world is looked at.
        assert_eq!(
            run(&["pack-world", "missing.toml", "--out", "/dev/null"]),
            "2 error: cannot write `/dev/null`: it is a device; name a regular file, or one that is not there yet\n"
        );
    }
}

/// Seen to fail when the fingerprint was a hash of the pack's texts, and when it left out rules.
#[test]
fn a_packed_world_is_bound_to_the_meaning_of_its_pack() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = packed(folder.path());
    let policies = folder.path().join("policies");
    std::fs::create_dir(&policies).expect("it can be made");
    for file in std::fs::read_dir("policies").expect("it is there") {
        let file = file.expect("it can be read").path();
        std::fs::copy(&file, policies.join(file.file_name().expect("a name"))).expect("it can be copied");
    }
    let [subject, action, resource] = QUESTIONS[0];
    let (path, pack) = (world.to_str().expect("a plain path"), policies.to_str().expect("a plain path"));
    let code = || run(&["decide", subject, action, resource, "--at", "2021-10-22", "--world", path, "--policies", pack]).status.code();
    assert_eq!(code(), Some(0));
    let further = |text: &str| std::fs::write(policies.join("further.toml"), text).expect("it can be written");
    further("# A remark.\n[claim.OURS-1]\ntext = \"ours\"\n");
    assert_eq!(code(), Some(0));
    further("[rule.ours]\ndeny = [\"subscription.manage\"]\nif = 'dap(resource.customer, subject.partner)'\n");
    assert_eq!(code(), Some(2));
}

/// Seen to fail when the files of exports were not packed.
#[test]
fn a_packed_world_says_of_which_exports_it_was_made() {
    use delegraph::files::read_world;
    use delegraph::world::{ExportFile, World};
    let compiled = delegraph::open::pack_at(Some("policies".as_ref())).expect("it is there").compiled.expect("it is sound");
    let file = read_world("fixtures/worlds/names.ndjson".as_ref()).expect("it is there");
    let more = "[world]\nsources = [{ file = \"members.json\", captured = 2026-11-27 }, { file = \"az.json\" }]\n";
    let more = delegraph::files::Source::of_bytes("more.toml".to_owned(), more.into());
    let world = delegraph::open::world(&compiled, vec![file, more]).expect("worlds by their names").world.expect("it is sound");
    let mut bytes = Vec::new();
    world.pack(&compiled.policy, &mut bytes).expect("memory takes it");
    let packed = World::unpack(&compiled.policy, bytes.as_slice().into()).expect("it was packed just now");
    let shown = |export: &ExportFile| {
        let captured = export.captured.map_or("-".to_owned(), |at| at.to_string());
        format!("{} {} {captured}", export.file, export.sha256.as_ref().map_or("-", |sha256| &sha256[..4]))
    };
    let exports: Vec<String> = packed.exports().iter().map(shown).collect();
    assert_eq!(exports, ["az.json - -", "members.json - 2026-11-27", "members.json 6c1f 2026-11-28"]);
    assert_eq!(packed.exports(), world.exports());
}
