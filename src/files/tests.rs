//! Files and folders beside each other.

use super::{
    calls::{exchange_in_steps, is_unsupported},
    *,
};
use sha2::{Digest, Sha256};
use std::{fs, io, io::Write, path::Path};

fn names(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_there_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let mut file = AtomicFile::create(&path).unwrap();
    let mut other = AtomicFile::create(&path).unwrap();
    file.write_all(b"half").unwrap();
    other.write_all(b"whole").unwrap();
    let both = names(folder.path());
    assert!(both.len() == 2 && both.iter().all(|name| name.starts_with("a.csv.")), "{both:?}");
    drop(file);
    other.publish().unwrap();
    assert_eq!(names(folder.path()), ["a.csv"]);
    write(&path, b"another").unwrap();
    assert_eq!(names(folder.path()), ["a.csv"]);
    assert_eq!(fs::read(&path).unwrap(), b"another");
}

#[test]
fn a_folder_takes_the_place_of_the_one_before() {
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("runs").join("r1");
    for text in ["one", "two"] {
        let folder = AtomicDir::create(&path).unwrap();
        folder.write("text", text).unwrap();
        assert_eq!(path.exists(), text == "two");
        let same = |old: &Path| fs::read_to_string(old.join("text")).unwrap() == "one";
        assert_eq!(folder.publish(same).unwrap(), path);
        assert_eq!(fs::read_to_string(path.join("text")).unwrap(), text);
        assert_eq!(names(&out.path().join("runs")), ["r1"]);
    }
}

#[test]
fn what_is_not_known_keeps_its_place() {
    let out = tempfile::tempdir().unwrap();
    let (path, elsewhere) = (out.path().join("r1"), out.path().join("elsewhere"));
    let refused = |what: &str| {
        let folder = AtomicDir::create(&path).unwrap();
        folder.write("text", "new").unwrap();
        let cause = folder.publish(|_| false).unwrap_err();
        assert_eq!(cause.status(), 7, "{what}: {cause}");
    };
    fs::create_dir(&path).unwrap();
    refused("an empty folder");
    fs::write(path.join("mine"), "kept").unwrap();
    refused("a folder");
    assert_eq!(fs::read_to_string(path.join("mine")).unwrap(), "kept");
    fs::rename(&path, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    let folder = AtomicDir::create(&path).unwrap();
    assert_eq!(folder.publish(|_| true).unwrap_err().status(), 7, "a link");
    fs::remove_file(&path).unwrap();
    fs::write(&path, "a file").unwrap();
    refused("a file");
    assert_eq!(names(out.path()), ["elsewhere", "r1"]);
    assert_eq!(names(&elsewhere), ["mine"]);
}

#[test]
fn two_folders_of_one_name_are_written_at_once() {
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("r1");
    let (one, two) = (AtomicDir::create(&path).unwrap(), AtomicDir::create(&path).unwrap());
    for (folder, text) in [(&one, "one"), (&two, "two")] {
        folder.write("a", text).unwrap();
        folder.write("b", text).unwrap();
    }
    one.publish(|_| true).unwrap();
    two.publish(|_| true).unwrap();
    assert_eq!(names(out.path()), ["r1"]);
    assert_eq!([fs::read(path.join("a")).unwrap(), fs::read(path.join("b")).unwrap()], [b"two", b"two"]);
    assert_eq!(new_folder(&path).unwrap_err().status(), 7);
}

#[test]
fn what_was_written_is_known_without_reading_it() {
    let out = tempfile::tempdir().unwrap();
    let folder = AtomicDir::create(&out.path().join("r1")).unwrap();
    folder.write("b", "text").unwrap();
    folder.write("a", "").unwrap();
    drop(folder.file("c").unwrap());
    let written = folder.written();
    let shown: Vec<_> = written.iter().map(|one| (one.name.as_str(), one.bytes)).collect();
    assert_eq!(shown, [("a", 0), ("b", 4)]);
    assert_eq!(written[1].sha256[..], Sha256::digest(b"text")[..]);
    drop(folder);
    assert!(names(out.path()).is_empty());
}

#[test]
fn a_file_system_without_an_exchange_takes_two_steps() {
    assert!(is_unsupported(&io::Error::from(rustix::io::Errno::INVAL)));
    assert!(is_unsupported(&io::Error::from(rustix::io::Errno::NOSYS)));
    assert!(is_unsupported(&io::Error::from(rustix::io::Errno::NOTSUP)));
    assert!(!is_unsupported(&io::Error::from(rustix::io::Errno::NOSPC)));
    let out = tempfile::tempdir().unwrap();
    let [new, path, between] = ["new", "path", "between"].map(|name| out.path().join(name));
    fs::create_dir(&new).unwrap();
    fs::write(&path, "old").unwrap();
    exchange_in_steps(&new, &path, &between).unwrap();
    assert_eq!(names(out.path()), ["between", "path"]);
    assert!(is_folder(&path));
    // Nothing takes the place of what is there: it comes back.
    assert!(exchange_in_steps(&new, &path, &out.path().join("3")).is_err());
    assert_eq!(names(out.path()), ["between", "path"]);
}

#[test]
fn nobody_else_can_read_them() {
    use std::os::unix::fs::PermissionsExt;
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("r1");
    let folder = AtomicDir::create(&path).unwrap();
    folder.write("text", "secret").unwrap();
    folder.publish(|_| true).unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(&path.join("text"))), (0o700, 0o600));
}

#[test]
fn a_folder_has_one_writer_and_no_rests_of_killed_ones() {
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("chunks");
    fs::create_dir(&path).unwrap();
    for name in ["a.csv.0123abcd.part", "a.csv.part", "a.csv", "notes.0123abcz.part"] {
        fs::write(path.join(name), "").unwrap();
    }
    let owned = own_folder(&path).unwrap();
    assert_eq!(names(&path), ["a.csv", "a.csv.part", "notes.0123abcz.part"]);
    assert_eq!(own_folder(&path).unwrap_err().status(), 6);
    drop(owned);
    own_folder(&path).unwrap();
}
