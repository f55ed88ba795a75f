//! Repositories that are not as they mostly are: each is scanned, or it is said that it was not.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use super::{at, commit, leak, lines, repository};
use crate::support::{Letters, Run, Tree, token};

fn json(tree: &Tree, args: &[&str]) -> Run {
    tree.run([args, &["--output-format", "json"]].concat())
}

fn shell(tree: &Tree, script: &str) {
    let done = Command::new("sh")
        .args(["-ec", script])
        .current_dir(tree.root())
        .status();
    assert!(done.unwrap().success(), "{script}");
}

/// Writes a commit as it is, whatever Git would say to it.
fn raw_commit(tree: &Tree, text: &str) -> String {
    let file = tree.file("../commit", text).display().to_string();
    tree.git(["hash-object", "-t", "commit", "-w", "--literally", &file])
}

#[test]
fn commits_that_are_malformed_are_scanned() {
    for author in ["a 1300000000 +0000", "a <a", "", "a <a@b> later"] {
        let tree = repository();
        let first = commit(&tree, &[("a.py", &leak(1))]);
        let root = tree.git(["rev-parse", "HEAD^{tree}"]);
        let text = format!(
            "tree {root}\nparent {first}\nauthor {author}\ncommitter {author}\n\nuse {}\n",
            token(2)
        );
        let odd = raw_commit(&tree, &text);
        tree.git(["update-ref", "HEAD", &odd]);
        let found = [("<commit message>", 1), ("a.py", 1)];
        assert_eq!(
            lines(json(&tree, &["--history"]).expect(1)),
            at(&found),
            "{author}"
        );
        let since = json(&tree, &["--since", &first]);
        assert_eq!(lines(since.expect(1)), at(&found[..1]), "{author}");
        json(&tree, &["--staged"]).expect(0);
    }
}

#[test]
fn all_of_a_commit_and_of_a_tag_is_scanned() {
    let tree = repository();
    let base = commit(&tree, &[("a.py", "x\n")]);
    let named = token(1);
    tree.git(["config", "user.name", "x"]);
    let root = tree.git(["rev-parse", "HEAD^{tree}"]);
    let text = format!(
        "tree {root}\nparent {base}\nauthor {named} <a@b> 1300000000 +0000\n\
         committer a <a@b> 1300000000 +0000\nmergetag object {base}\n type commit\n tag v\n \n use {}\n\nx\n",
        token(2)
    );
    let odd = raw_commit(&tree, &text);
    tree.git(["update-ref", "HEAD", &odd]);
    for args in [&["--history"][..], &["--since", &base]] {
        let run = json(&tree, args);
        assert_eq!(run.expect(1).findings().len(), 2, "{}", run.out());
        assert!(!run.out().contains(&named));
    }
}

#[test]
fn what_references_name_without_a_commit_is_scanned() {
    let tree = repository();
    commit(&tree, &[("a.py", "x\n")]);
    let blob = tree.git([
        "hash-object",
        "-w",
        &tree.file("../b", leak(1)).display().to_string(),
    ]);
    tree.file("d/c.py", leak(2));
    tree.git(["add", "d"]);
    let folder = tree.git(["write-tree"]);
    tree.git(["rm", "-q", "--cached", "d/c.py"]);
    tree.git(["update-ref", "refs/tags/blob", &blob]);
    tree.git(["update-ref", "refs/tags/tree", &folder]);
    tree.git(["tag", "-a", "inner", "-m", &format!("use {}", token(3))]);
    tree.git(["tag", "-a", "outer", "inner", "-m", "fine"]);
    tree.git(["tag", "-d", "inner"]);
    tree.git(["branch", &format!("tmp/{}", token(4))]);
    let run = json(&tree, &["--history"]);
    let mut paths: Vec<_> = lines(run.expect(1))
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    paths.sort();
    let wanted = [
        "<reference>",
        "<tag message>",
        "refs/tags/blob",
        "refs/tags/tree/d/c.py",
    ];
    assert_eq!(paths, wanted);
    assert!(!run.out().contains(&token(4)));
    assert_eq!(
        lines(json(&tree, &["--history", "tree"]).expect(1)).len(),
        1
    );
}

#[test]
fn both_sides_of_a_symmetric_range_count() {
    let tree = repository();
    commit(&tree, &[("a.py", &leak(1))]);
    tree.git(["checkout", "-q", "-b", "side"]);
    commit(&tree, &[("side.py", &leak(2))]);
    tree.git(["checkout", "-q", "main"]);
    commit(&tree, &[("main.py", &leak(3))]);
    let run = json(&tree, &["--history", "main...side"]);
    assert_eq!(lines(run.expect(1)), at(&[("main.py", 1), ("side.py", 1)]));
    let run = json(&tree, &["--history", "side..main"]);
    assert_eq!(lines(run.expect(1)), at(&[("main.py", 1)]));
}

#[test]
fn credentials_in_names_count_where_they_came() {
    let tree = repository();
    let base = commit(&tree, &[("a.py", "x\n")]);
    tree.file(format!("out_{}.txt", token(1)), "x\n");
    tree.file(format!("{}/b.txt", token(2)), "x\n");
    tree.git(["add", "."]);
    assert_eq!(json(&tree, &["--staged"]).expect(1).findings().len(), 2);
    let brings = commit(&tree, &[]);
    tree.git(["rm", "-rq", "--ignore-unmatch", "."]);
    commit(&tree, &[("a.py", "y\n")]);
    for args in [&["--since", &base][..], &["--history"]] {
        let run = json(&tree, args);
        let found = run.expect(1).findings();
        assert_eq!(found.len(), 2, "{}", run.out());
        assert!(
            found
                .iter()
                .all(|finding| finding["commit"] == brings.as_str())
        );
        assert!(!run.out().contains(&token(1)) && !run.out().contains(&token(2)));
    }
}

/// Whether Git can keep references in tables.
fn has_tables() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("git");
    command
        .args(["init", "-q", "--ref-format=reftable"])
        .current_dir(&folder);
    command.output().is_ok_and(|output| output.status.success())
}

#[test]
fn references_in_tables_are_asked_of_git() {
    if !has_tables() {
        return;
    }
    let tree = Tree::new();
    let git = |args: &str| {
        let name = "-c user.name=a -c user.email=a@example.com";
        shell(&tree, &format!("git {name} {args}"));
    };
    git("init -q -b main --ref-format=reftable");
    tree.file("a.py", "x\n");
    git("add .");
    git("commit -q -m one");
    tree.file("a.py", format!("x\n{}", leak(1)));
    git("add .");
    let found = at(&[("a.py", 2)]);
    assert_eq!(lines(json(&tree, &["--staged"]).expect(1)), found);
    git("commit -q -m two");
    assert_eq!(lines(json(&tree, &["--since", "HEAD~1"]).expect(1)), found);
    assert_eq!(
        lines(json(&tree, &["--history", "main~1..main"]).expect(1)),
        found
    );
    for number in [2, 3] {
        tree.file("a.py", leak(number));
        git("stash -q");
    }
    git(&format!("tag -a v1 -m {}", token(4)));
    assert_eq!(json(&tree, &["--history"]).expect(1).findings().len(), 4);
    // Without Git nothing is known, and nothing passes.
    for args in [&["--staged"][..], &["--history"], &["--since", "main"]] {
        let mut command = tree.command(args);
        let output = command.env("PATH", "/nowhere").output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn what_git_keeps_are_files_or_it_is_said() {
    // What lies in the place of a file, and which scans read that.
    let all: &[&str] = &["--staged", "--history", "."];
    for (path, scans) in [
        (".git/HEAD", all),
        (".git/config", all),
        (".git/index", all),
        (".git/packed-refs", all),
        (".git/shallow", all),
        (".git/MERGE_HEAD", all),
        (".git/objects/info/alternates", all),
        (".git/refs/heads/main", &["--staged", "--history"]),
        (".git/refs/heads/other", &["--history"]),
        (
            ".git/objects/00/0123456789012345678901234567890123456789",
            &["--staged", "--history"],
        ),
        (".git/objects/pack/pack-1.idx", &["--staged", "--history"]),
        (".git/info/exclude", &["."]),
        (".git", all),
    ] {
        for special in ["mkfifo", "ln -s /dev/zero"] {
            let tree = repository();
            commit(&tree, &[("a.py", "x\n")]);
            tree.file(
                path.rsplit_once('/').unwrap_or_default().0.to_owned() + "/.keep",
                "",
            );
            shell(&tree, &format!("rm -rf {path}; {special} {path}"));
            for scan in scans {
                let run = tree.run([scan]);
                run.expect(2);
                let said = run.out() + &run.err();
                let name = Path::new(path).file_name().unwrap().to_str().unwrap();
                assert!(said.contains(name), "{special} {path} {scan}: {said}");
            }
        }
    }
}

#[test]
fn places_are_told_from_the_root_of_the_repository() {
    let tree = repository();
    tree.file("packages/train/a.env", leak(1));
    tree.git(["add", "."]);
    let uri = |args: &[&str], format: &str, place: &str| {
        let mut command = tree.command([args, &["--output-format", format]].concat());
        let output = command
            .current_dir(tree.path("packages/train"))
            .output()
            .unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        report
            .pointer(place)
            .unwrap_or_else(|| panic!("{report}"))
            .clone()
    };
    let sarif = "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri";
    let whole = tree.path("packages/train").display().to_string();
    for args in [&["."][..], &["a.env"], &["../.."], &["--staged"], &[&whole]] {
        assert_eq!(
            uri(args, "sarif", sarif),
            "packages/train/a.env",
            "{args:?}"
        );
        let gitlab = uri(args, "gitlab", "/vulnerabilities/0/location/file");
        assert_eq!(gitlab, "packages/train/a.env", "{args:?}");
    }
    // For people it is told from where they are.
    assert_eq!(uri(&["."], "json", "/findings/0/path"), "a.env");
    let mut command = tree.command([".", "--output-format", "github"]);
    let command = command.current_dir(tree.path("packages/train"));
    let output = command
        .env("GITHUB_WORKSPACE", tree.path("packages"))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("::error file=train/a.env,"), "{said}");
}

#[test]
fn without_a_rule_or_a_file_nothing_passes() {
    let tree = repository();
    commit(&tree, &[("a.py", "x\n")]);
    let all = "tokens,jobs,spaces,login,storage,containers,ci,logs,deprecated,hygiene";
    for args in [&["."][..], &["--staged"], &["--history"]] {
        let run = tree.run([args, &["--ignore", all]].concat());
        run.expect(2).says("no rule is left");
    }
    tree.file("hfscan.toml", "select = ['jobs']\n");
    tree.run(["--history"]).expect(2).says("no rule is left");
    tree.run(["--isolated", "--history", "--", "gone"])
        .expect(2);
    let run = json(&tree, &["--isolated", "--history", "main", "nowhere"]);
    assert_eq!(run.expect(2).json()["errors"][0]["kind"], "nothing");
}

/// Draws a history of commits with their parents, makes it, and gives their names.
fn draw_history(tree: &Tree, draw: &mut Letters, dates: impl Fn(usize, u64) -> u64) -> Vec<String> {
    let root = tree.git(["mktree", "--missing"]);
    let mut ids: Vec<String> = Vec::new();
    for number in 0..40_usize {
        let mut pick = |most: usize| usize::try_from(draw.next() % most as u64).unwrap();
        let mut parents: Vec<usize> = Vec::new();
        if number > 0 {
            for _ in 0..=pick(2) {
                parents.push(number - 1 - pick(number.min(6)));
            }
        }
        parents.sort_unstable();
        parents.dedup();
        let date = dates(number, draw.next());
        let parents = parents.iter().map(|at| format!("parent {}\n", ids[*at]));
        let text = format!(
            "tree {root}\n{}author a <a@b> {date} +0000\ncommitter a <a@b> {date} +0000\n\nuse {}\n",
            parents.collect::<String>(),
            token(number as u64)
        );
        ids.push(raw_commit(tree, &text));
    }
    ids
}

#[test]
fn the_commits_of_a_range_are_those_of_git() {
    let mut draw = Letters::new(7);
    // With clocks that are right, nearly right, equal, and wrong.
    let clocks: [fn(usize, u64) -> u64; 4] = [
        |number, _| 1_600_000_000 + number as u64 * 60,
        |number, draw| 1_600_000_000 + number as u64 * 60 + draw % 200,
        |_, _| 1_600_000_000,
        |_, draw| 1_600_000_000 + draw % 1_000_000,
    ];
    for (kind, dates) in clocks.into_iter().enumerate() {
        let tree = repository();
        let ids = draw_history(&tree, &mut draw, dates);
        for _ in 0..6 {
            let mut pick = || usize::try_from(draw.next() % 40).unwrap();
            let range = format!("{}..{}", ids[pick()], ids[pick()]);
            let wanted = tree.git(["rev-list", &range]);
            let wanted: BTreeSet<String> = wanted.lines().map(str::to_owned).collect();
            let run = json(&tree, &["--history", &range]);
            let found = run.findings();
            let found = found
                .iter()
                .map(|f| f["commit"].as_str().unwrap().to_owned());
            let found: BTreeSet<String> = found.collect();
            assert!(found.is_superset(&wanted), "{kind} {range}");
            assert!(kind == 3 || found == wanted, "{kind} {range}");
        }
    }
}
