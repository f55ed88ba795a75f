//! Any bytes as a file of Git's own: its index, a pack, a reference, a commit. A scan of what is staged and of the
//! history ends, without a panic.

#![no_main]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use hfscan::internals::run_with;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

/// Files of `.git` that the input replaces.
const FILES: [&str; 6] = ["index", "HEAD", "packed-refs", "refs/heads/main", "config", "shallow"];

/// A repository with one commit, which is packed.
static ORIGINAL: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("a.py"), "a = 1\n").expect("a file");
    for arguments in [
        &["init", "-q", "-b", "main"][..],
        &["add", "."],
        &["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "a"],
        &["gc", "-q"],
    ] {
        let done = Command::new("git").args(arguments).current_dir(folder.path()).status();
        assert!(done.expect("git").success());
    }
    folder
});

fuzz_target!(|input: &[u8]| {
    let Some((number, bytes)) = input.split_first() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(ORIGINAL.path(), folder.path());
    let git = folder.path().join(".git");
    let number = usize::from(*number);
    match FILES.get(number % (FILES.len() + 1)) {
        Some(file) => fs::write(git.join(file), bytes).expect("a file"),
        None => {
            for entry in fs::read_dir(git.join("objects/pack")).expect("packs") {
                let path = entry.expect("an entry").path();
                if path.extension().is_some_and(|kind| kind == "pack") {
                    fs::remove_file(&path).expect("it is there");
                    fs::write(&path, bytes).expect("a file");
                }
            }
        }
    }
    let folder = folder.path().to_str().expect("a path in UTF-8");
    for kind in ["--staged", "--history"] {
        run_with(["hfscan", "--isolated", kind, folder]);
    }
});

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).expect("a file")),
        }
    }
}
