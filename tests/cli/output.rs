//! Where the report goes, and how much of it there is.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use crate::support::{FORMATS, Tree, token};

#[test]
fn a_report_goes_to_a_file() {
    let tree = Tree::with("a.py", token(1));
    for format in FORMATS {
        let direct = tree.run(["a.py", "--output-format", format]);
        let run = tree.run(["a.py", "--output-format", format, "-o", "report"]);
        assert_eq!(run.expect(1).out(), "", "{format}");
        run.says("Found 1 error in 1 file");
        // These tell the time.
        if format != "gitlab" && format != "json" {
            assert_eq!(tree.read("report"), direct.stdout, "{format}");
        }
        assert!(!tree.read("report").is_empty());
    }
    let run = tree.run(["a.py", "-o", "no/such/folder/report"]);
    run.expect(2).says("cannot write no/such/folder/report");
    tree.run(["a.py", "-o", "/dev/stdout"]).expect(1);
}

#[test]
fn a_report_that_cannot_be_written_leaves_the_old_one() {
    let tree = Tree::with("a.py", token(1));
    tree.file("report", "old");
    tree.run(["a.py", "-o", "report", "--select", "nothing"])
        .expect(2);
    assert_eq!(tree.read("report"), b"old");
}

#[test]
fn concise_is_a_line_a_finding() {
    let tree = Tree::with("a.py", format!("x = '{}'\ny = '{}'\n", token(1), token(2)));
    for flag in ["--output-format", "--format", "-f"] {
        let run = tree.run(["a.py", "missing", flag, "concise"]);
        let out = run.expect(2).out();
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.len(), 4, "{out}");
        assert!(
            lines[0].starts_with("a.py:1:6: error[hf-user-token]: "),
            "{out}"
        );
        assert!(
            lines[1].starts_with("a.py:2:6: error[hf-user-token]: "),
            "{out}"
        );
        assert_eq!(lines[2], "missing: problem: no such file or folder");
        assert!(lines[3].starts_with("Found 2 errors in 1 file"), "{out}");
    }
}

#[test]
fn what_to_do_is_said_once() {
    let tree = Tree::with("a.py", format!("x = '{}'\ny = '{}'\n", token(1), token(2)));
    let run = tree.run(["a.py"]);
    let out = run.expect(1).out();
    assert_eq!(out.matches("error[hf-user-token]").count(), 2, "{out}");
    assert_eq!(out.matches("= help: ").count(), 1, "{out}");
}

#[test]
fn more_than_verbose_is_verbose() {
    let tree = Tree::with("a.py", "x = 1");
    for flags in [&["-v"][..], &["-vv"], &["-v", "--verbose"]] {
        tree.run(flags)
            .expect(0)
            .says("configuration: none; rules: ");
    }
}

#[test]
fn quiet_leaves_out_the_summary_alone() {
    let tree = Tree::with("a.py", token(1));
    let run = tree.run(["a.py", "-q"]);
    assert!(run.expect(1).out().contains("hf-user-token"));
    assert!(!run.out().contains("Found"), "{}", run.out());
    let clean = tree.run(["a.py", "-q", "--select", "hygiene"]);
    assert_eq!(clean.expect(0).out() + &clean.err(), "");
    let broken = tree.run(["missing", "-q"]);
    assert!(broken.expect(2).out().contains("missing"));
    let file = tree.run(["a.py", "missing", "-q", "-o", "report"]);
    file.expect(2).says("missing");
}

#[test]
fn verbose_says_what_is_used() {
    let tree = Tree::with("a.py", "x");
    tree.run(["-v"])
        .expect(0)
        .says("configuration: none; rules: ");
    tree.file("hfscan.toml", "select = ['hf-user-token']");
    let run = tree.run(["-v"]);
    run.expect(0).says("hfscan.toml; rules: 1\n");
    assert!(!run.out().contains("configuration"));
}

#[test]
fn statistics_count() {
    let tree = Tree::with("a.py", format!("{} {}\n", token(1), token(2)));
    tree.file("b.py", "x = 1  # hfscan: ignore\n");
    let out = tree.run(["--statistics"]).expect(1).out();
    let row = |name: &str| {
        let words = out
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>());
        let mut rows = words.filter(|words| words.contains(&name) && words.len() == 2);
        let row = rows
            .next_back()
            .unwrap_or_else(|| panic!("no {name} in {out}"));
        row.iter().find_map(|word| word.parse::<u64>().ok())
    };
    assert_eq!(row("hf-user-token"), Some(2));
    assert_eq!(row("bare-ignore"), Some(1));
    assert_eq!(row("files"), Some(2));
    assert!(!tree.run(["."]).out().contains("special files not read"));
}

#[test]
fn colours_are_for_those_who_ask() {
    let tree = Tree::with("a.py", token(1));
    for format in FORMATS {
        for color in ["auto", "never"] {
            let run = tree.run(["--output-format", format, "--color", color]);
            assert!(!run.expect(1).out().contains('\x1b'), "{format} {color}");
        }
        let run = tree.run(["--output-format", format, "--color", "always"]);
        assert_eq!(run.expect(1).out().contains('\x1b'), format == "text");
    }
}

#[test]
fn progress_is_no_part_of_the_report() {
    let tree = Tree::with("a.py", token(1));
    let plain = tree.run(["."]);
    assert_eq!(tree.run(["--progress", "always"]).stdout, plain.stdout);
    assert_eq!(plain.err(), "");
}

#[test]
fn a_reader_may_leave_early() {
    let tree = Tree::new();
    let lines: String = (0..3000).map(|n| format!("x = '{}'\n", token(n))).collect();
    tree.file("a.py", lines);
    for format in FORMATS {
        let mut command = tree.command(["a.py", "--output-format", format]);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line).unwrap();
        drop(reader);
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1), "{format}: {said}");
        assert!(!said.contains("cannot write"), "{format}: {said}");
    }
}

#[test]
fn secrets_are_shown_on_ones_own_machine_only() {
    let tree = Tree::with("a.py", token(1));
    for format in FORMATS {
        let run = tree.run(["--show-secrets", "--output-format", format]);
        let own = ["text", "json"].contains(&format);
        run.expect(if own { 1 } else { 2 });
        assert_eq!(run.out().contains(&token(1)), own, "{format}");
        if !own {
            run.says("--show-secrets is refused");
            assert_eq!(run.out(), "");
        }
    }
}

#[test]
fn standard_input_has_the_name_that_it_is_given() {
    let tree = Tree::with("a.py", token(2));
    let args = ["-", "--output-format", "json"];
    let run = tree.run_with(args, token(1));
    assert_eq!(run.expect(1).places(), [("<stdin>".to_owned(), 0, 37)]);
    let named = tree.run_with(
        ["-", "--output-format", "json", "--stdin-filename", "x.log"],
        token(1),
    );
    assert_eq!(named.places()[0].0, "x.log");
    let both = tree.run_with(["-", "a.py", "--output-format", "json"], token(1));
    assert_eq!(both.places().len(), 2);
}
