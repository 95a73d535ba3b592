//! Packs and worlds as they may be on a disk.

use std::fs;
use std::io::BufRead;
use std::path::Path;

use super::{Source, embedded_pack, open_requests, read_pack, read_world, world_files};
use crate::text::Sources;

/// The names of a pack's files, relative to the folder; or the error.
fn names(folder: &Path) -> String {
    match read_pack(folder) {
        Ok(files) => {
            let names =
                files.iter().map(|file| file.name.strip_prefix(folder.to_str().unwrap()).unwrap().trim_start_matches('/').to_owned());
            names.collect::<Vec<_>>().join(" ")
        }
        Err(failure) => failure.to_string().replace(folder.to_str().unwrap(), "PACK"),
    }
}

fn folder(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    folder
}

#[test]
fn a_pack_is_every_toml_file_below_a_folder_by_name() {
    assert_eq!(
        names(folder(&["b.toml", "a.toml", "sub/c.toml", "README.md", ".hidden.toml", ".git/x.toml", "t.suite.toml", "m.map.toml"]).path()),
        "a.toml b.toml sub/c.toml"
    );
    assert_eq!(names(folder(&[]).path()), "");
}

#[test]
fn a_world_is_every_toml_and_ndjson_below_its_folders_each_once() {
    let folder = folder(&["b.ndjson", "a.toml", "sub/c.toml", "x.suite.toml", "imports/entra.map.toml", "README.md", ".h.toml", "packed"]);
    let whole = folder.path().to_owned();
    let names = |paths: &[&str]| -> String {
        let paths: Vec<std::path::PathBuf> = paths.iter().map(|path| whole.join(path)).collect();
        let shown = |path: std::path::PathBuf| path.strip_prefix(&whole).unwrap().to_str().unwrap().to_owned();
        match world_files(&paths) {
            Ok(files) => files.into_iter().map(shown).collect::<Vec<_>>().join(" "),
            Err(failure) => failure.to_string().replace(whole.to_str().unwrap(), "WORLD"),
        }
    };
    assert_eq!(names(&[""]), "a.toml b.ndjson sub/c.toml");
    assert_eq!(names(&["sub", "a.toml", "", "b.ndjson"]), "sub/c.toml a.toml b.ndjson");
    assert_eq!(names(&["packed"]), "packed");
    assert_eq!(names(&["missing.toml"]), "missing.toml");
    assert_eq!(names(&["imports"]), "`WORLD/imports` is a folder without a world: it has no `.toml` or `.ndjson`");
    assert_eq!(names(&["x.suite.toml"]), "`WORLD/x.suite.toml` is a suite of tests, which belongs to no pack and no world");
    let mapping = read_pack(&whole.join("imports/entra.map.toml")).unwrap_err().to_string();
    assert!(
        mapping.ends_with("entra.map.toml` is a mapping of imports (`import --map` checks it), which belongs to no pack and no world"),
        "{mapping}"
    );
}

#[test]
fn the_ending_of_a_name_may_be_in_capitals() {
    let whole = folder(&["A.CSV", "b.Json", "c.tsv", "d.txt", "e.MAP.toml", "f.NDJSON"]);
    let found = crate::files::exports(&[whole.path().to_owned()]).unwrap();
    assert_eq!(found.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["A.CSV", "b.Json", "c.tsv", "f.NDJSON"]);
    let packs = folder(&["a.TOML", "b.toml", "c.Suite.Toml"]);
    assert_eq!(names(packs.path()), "a.TOML b.toml");
}

#[test]
fn a_file_is_a_pack_of_one() {
    let folder = folder(&["only.toml"]);
    let path = folder.path().join("only.toml");
    let empty = Source { name: path.to_str().unwrap().to_owned(), text: String::new(), not_utf8: None, marked: false };
    assert_eq!(read_pack(&path).unwrap(), [empty]);
}

#[test]
fn errors_name_the_path() {
    let empty = folder(&[]);
    assert_eq!(names(&empty.path().join("missing")), "cannot read `PACK`: No such file or directory");
    let message = read_world(empty.path()).unwrap_err().to_string();
    assert_eq!(message.replace(empty.path().to_str().unwrap(), "FOLDER"), "cannot read `FOLDER`: it is a folder");
    let message = open_requests(empty.path().to_str().unwrap()).err().unwrap().to_string();
    assert!(message.ends_with("it is a folder"), "{message}");
}

#[cfg(unix)]
#[test]
fn links_are_followed_once_and_loops_end() {
    let folder = folder(&["a.toml", "sub/b.toml"]);
    std::os::unix::fs::symlink(folder.path(), folder.path().join("sub/up")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("a.toml"), folder.path().join("z.toml")).unwrap();
    assert_eq!(names(folder.path()), "a.toml sub/b.toml");
    std::os::unix::fs::symlink("nowhere", folder.path().join("broken.toml")).unwrap();
    assert_eq!(names(folder.path()), "cannot read `PACK/broken.toml`: No such file or directory");
}

#[test]
fn folders_that_nest_too_deep_are_refused() {
    let deep = format!("{}a.toml", "d/".repeat(17));
    let message = names(folder(&[&deep]).path());
    assert!(
        message.starts_with("cannot read `PACK/d/d/") && message.ends_with("folders lie more than 16 deep in one another"),
        "{message}"
    );
}

#[test]
fn files_whose_offsets_do_not_fit_are_refused() {
    let folder = folder(&[]);
    let path = folder.path().join("large.ndjson");
    // The file is sparse, so it takes no room on the disk.
    fs::File::create(&path).unwrap().set_len(u64::from(u32::MAX)).unwrap();
    assert!(read_world(&path).unwrap_err().to_string().ends_with("the file is larger than 4 GiB"));
}

#[test]
fn a_byte_order_mark_is_dropped_and_bytes_that_are_not_utf8_are_reported_at_their_place() {
    let check = |bytes: &[u8]| {
        let mut sources = Sources::default();
        let (file, diagnostic) = Source::of_bytes("a.toml".to_owned(), bytes.to_vec()).add_to(&mut sources);
        let reported = diagnostic.map(|diagnostic| format!(" | {} {}", sources.place(diagnostic.labels[0].span), diagnostic.headline));
        format!("{:?}{}", sources.text(file), reported.unwrap_or_default())
    };
    assert_eq!(check(b"a = 1\n"), r#""a = 1\n""#);
    assert_eq!(check(b"\xef\xbb\xbfa = 1\n"), r#""a = 1\n""#);
    assert_eq!(check(b"a = 1\nb = \"\xff\"\n"), "\"a = 1\\nb = \\\"\u{fffd}\\\"\\n\" | a.toml:2 `a.toml` is not UTF-8");
    assert_eq!(check(b"\xef\xbb\xbf\xe9"), "\"\u{fffd}\" | a.toml:1 `a.toml` is not UTF-8");
}

#[test]
fn requests_are_read_line_by_line() {
    let folder = folder(&[]);
    let path = folder.path().join("requests.ndjson");
    fs::write(&path, "{}\n{}").unwrap();
    assert_eq!(open_requests(path.to_str().unwrap()).unwrap().lines().count(), 2);
}

#[test]
fn the_embedded_pack_is_the_folder_of_policies() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let mut read = read_pack(&here).unwrap();
    for file in &mut read {
        file.name = file.name.replace(here.to_str().unwrap(), "policies");
    }
    assert_eq!(read, embedded_pack());
}
