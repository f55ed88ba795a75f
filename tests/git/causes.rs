//! Why something was not scanned: for each cause, what is said, and what the exit code is. The page on
//! limits says the same.

use std::process::Command;

use super::{commit, repository};
use crate::support::Tree;

/// What is done in a repository with one commit, which scan then runs, its exit code, and what it says.
type Cause = (&'static str, &'static [&'static str], i32, &'static str);

/// How many bytes make a file too large, written by the shell without taking room.
const LARGE: &str = "truncate -s 5M";

const CAUSES: [Cause; 33] = [
    ("true", &["--staged"], 0, "nothing is staged"),
    ("true", &["--since", "HEAD"], 0, "there is no commit since"),
    (
        "true",
        &["--since", "gone"],
        2,
        "there is no commit `gone` here",
    ),
    (
        "true",
        &["--history", "gone"],
        2,
        "there is no revision or range `gone` here",
    ),
    (
        "true",
        &["--history", "HEAD..HEAD"],
        0,
        "the range holds no commit",
    ),
    (
        "rm -r .git",
        &["--staged"],
        2,
        "there is no Git repository here",
    ),
    (
        "rm .git/index",
        &["--staged"],
        2,
        "there is no index of Git",
    ),
    ("rm .git/index", &["."], 2, "cannot read Git's index"),
    (
        "echo DIRC >.git/index",
        &["--staged"],
        2,
        "cannot read Git's index",
    ),
    (
        "echo DIRC >.git/index",
        &["."],
        2,
        "cannot read Git's index",
    ),
    (
        "mkdir empty",
        &["empty"],
        2,
        "there is no file to scan in empty",
    ),
    (
        "mkdir empty",
        &["empty", "a.py"],
        2,
        "there is no file to scan in it",
    ),
    ("true", &["gone.py", "a.py"], 2, "no such file or folder"),
    ("mkfifo p", &["."], 0, "1 special file not read"),
    ("ln -s a.py l", &["."], 0, "1 symbolic link not followed"),
    (
        "true",
        &[".", "--ignore", "ALL"],
        2,
        "no rule is left to look for",
    ),
    (
        "true",
        &["--history", "--ignore", "ALL"],
        2,
        "no rule is left to look for",
    ),
    (
        "git submodule -q add ./. sub",
        &["--staged"],
        0,
        "1 submodule not scanned",
    ),
    (
        "git submodule -q add ./. sub; rm -r sub",
        &["."],
        0,
        "1 submodule not scanned",
    ),
    (
        "git submodule -q add ./. sub; git commit -qm x",
        &["--history"],
        0,
        "1 submodule not scanned",
    ),
    ("POINTER >m.bin", &["."], 0, "1 Git LFS file not here"),
    (
        "POINTER >m.bin; git add .",
        &["--staged"],
        2,
        "the content of the Git LFS file m.bin is not here",
    ),
    (
        "POINTER >m.bin; git add .; git commit -qm x",
        &["--since", "HEAD~1"],
        2,
        "the content of the Git LFS file",
    ),
    (
        "POINTER >m.bin; git add .; git commit -qm x",
        &["--history"],
        2,
        "the content of the Git LFS file",
    ),
    ("LARGE hfscan.toml", &["."], 2, "it is larger than 4 MiB"),
    ("mkfifo hfscan.toml", &["."], 2, "it is no regular file"),
    (
        "mkfifo b",
        &[".", "--baseline", "b"],
        2,
        "cannot read the baseline: it is no regular file",
    ),
    (
        "LARGE .gitignore",
        &["."],
        2,
        "it is larger than 256 KiB; so nothing in its folder was taken for ignored",
    ),
    (
        "LARGE .git/HEAD",
        &["--staged"],
        2,
        "it is larger than 64 KiB",
    ),
    (
        "LARGE .git/config",
        &["--history"],
        2,
        "it is larger than 4 MiB",
    ),
    (
        "true",
        &["hook", "run", "pre-receive"],
        2,
        "nothing says what is pushed",
    ),
    (
        "true",
        &["hook", "run", "pre-push"],
        0,
        "Nothing is pushed that is not there already",
    ),
    (
        "rm -r .git/objects/??",
        &["--staged"],
        2,
        "cannot read the commit",
    ),
];

/// All families of rules.
const ALL: &str = "tokens,jobs,spaces,login,storage,containers,ci,logs,deprecated,hygiene";

fn shell(tree: &Tree, script: &str) {
    let id = "0a".repeat(32);
    let pointer = format!(
        "printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:{id}\\nsize 7\\n'"
    );
    let script = script.replace("LARGE", LARGE).replace("POINTER", &pointer);
    let git = "git() { command git -c user.name=a -c user.email=a@example.com \
               -c protocol.file.allow=always \"$@\"; }";
    let mut command = Command::new("sh");
    command.args(["-ec", &format!("{git}\n{script}")]);
    let done = command.current_dir(tree.root()).output().unwrap();
    assert!(done.status.success(), "{script}: {done:?}");
}

#[test]
fn each_is_said_and_has_its_code() {
    for (script, args, code, said) in CAUSES {
        let tree = repository();
        commit(&tree, &[("a.py", "x = 1\n")]);
        shell(&tree, script);
        let args = args.iter().map(|arg| if *arg == "ALL" { ALL } else { arg });
        let run = tree.run(args.clone());
        let all = run.out() + &run.err();
        let what = format!("{script}; hfscan {}", args.collect::<Vec<_>>().join(" "));
        assert_eq!(run.code, code, "{what}\n{all}");
        assert!(all.contains(said), "{what}\nno `{said}` in: {all}");
        // What is no pass does not read like one.
        assert!(
            code == 0 || !all.contains("No leaks found"),
            "{what}\n{all}"
        );
    }
}

#[test]
fn the_page_on_limits_says_the_same() {
    let page = include_str!("../../docs/limits.md");
    // What is only a mistake in the command is no limit.
    let mistakes = [
        "gone",
        "no such file",
        "no Git repository",
        "the range",
        "Nothing is pushed",
    ];
    let causes = CAUSES.iter().map(|(.., said)| *said);
    for said in causes.filter(|said| !mistakes.iter().any(|mistake| said.contains(mistake))) {
        let words: Vec<&str> = said.split(' ').collect();
        let known = words[..words.len().min(4)].join(" ");
        assert!(page.contains(&known), "the page does not say `{known}`");
    }
}
