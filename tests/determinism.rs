//! The same input gives the same bytes, whatever the number of threads.

use super::support::{FORMATS, Tree, token};

/// Some two hundred files with findings and trouble, and the same text in many of them.
fn tree() -> Tree {
    let tree = Tree::new();
    for n in 0..200_u64 {
        let path = format!("d{}/e{}/f{n}.py", n % 7, n % 3);
        match n % 10 {
            0 => tree.file(
                path,
                format!("x = '{}'\ny = '{}'\n", token(n), token(n + 1)),
            ),
            1 => tree.file(path, format!("x = '{}'\nx = '{0}'\n", token(1))),
            2 => tree.file(
                format!("{path}.gz"),
                [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF],
            ),
            3 => tree.file(path, "x = 1  # hfscan: ignore\n"),
            4 => tree.file(
                path,
                format!("x = '{}'  # hfscan: ignore[hf-user-token]\n", token(n)),
            ),
            5 => tree.file(path, "line of no interest\n".repeat(5000)),
            _ => tree.file(path, "x = 1\n"),
        };
    }
    tree
}

/// Takes out the times, the only values that may differ.
fn without_times(format: &str, bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let timed = |line: &&str| match format {
        "json" => line.trim().starts_with("\"seconds\":"),
        "gitlab" => line.contains("_time\":"),
        "text" => line.trim().starts_with("seconds"),
        _ => false,
    };
    let kept: Vec<&str> = text.lines().filter(|line| !timed(line)).collect();
    assert!(text.lines().count() - kept.len() <= 2);
    kept.join("\n")
}

#[test]
fn threads_and_runs_give_the_same_bytes() {
    let tree = tree();
    for format in FORMATS {
        let args = |threads| {
            [
                ".",
                "missing",
                "d1",
                "--statistics",
                "--output-format",
                format,
                "-j",
                threads,
            ]
        };
        let first = tree.run(args("1"));
        let wanted = without_times(format, &first.expect(2).stdout);
        assert!(wanted.len() > 3000, "{format}: {wanted}");
        for threads in ["1", "2", "8", "8", "0"] {
            let run = tree.run(args(threads));
            assert_eq!(
                without_times(format, &run.stdout),
                wanted,
                "{format} {threads}"
            );
            assert_eq!((run.code, &run.stderr), (first.code, &first.stderr));
        }
    }
}

#[test]
fn findings_are_in_order_of_path_and_place() {
    let tree = tree();
    for args in [&["."][..], &["d3", "d1", "."], &["d6/e0", "d0"]] {
        let places = tree.places(args);
        let mut sorted = places.clone();
        sorted.sort();
        assert_eq!(places, sorted, "{args:?}");
        assert!(places.len() > 10);
    }
}

#[test]
fn a_fingerprint_outlives_edits_around_it() {
    let line = format!("x = '{}'\n", token(1));
    let tree = Tree::with("a.py", line.repeat(2));
    let prints = |tree: &Tree| -> Vec<String> {
        let findings = tree.run(["--output-format", "json"]).findings();
        findings
            .iter()
            .map(|finding| finding["fingerprint"].to_string())
            .collect()
    };
    let before = prints(&tree);
    assert_ne!(before[0], before[1]);
    tree.file("a.py", format!("# new\n\n{line}more()\n    y, {line}"));
    assert_eq!(prints(&tree), before);
    tree.file("a.py", format!("x = '{}'\n", token(2)));
    assert!(!before.contains(&prints(&tree)[0]));
}
