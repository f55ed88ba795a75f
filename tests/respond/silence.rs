//! Nothing opens a socket unless the user asks for it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::super::support::{Tree, token};
use super::server::Hub;

/// The system calls that have to do with the network, as strace sees them; none where it is not there, or
/// may not look.
fn calls(tree: &Tree, args: &[&str]) -> Option<String> {
    let trace = tree.path("trace.txt");
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-e", "trace=%network", "-o"])
        .arg(&trace)
        .arg(env!("CARGO_BIN_EXE_hfscan"))
        .args(args)
        .current_dir(tree.root())
        .stdin(Stdio::null());
    let output = command.output().ok()?;
    let seen = fs::read_to_string(&trace).ok()?;
    let _ = fs::remove_file(&trace);
    // A trace that is not allowed ends with what strace says, and without hfscan's own exit code.
    (output.status.code().is_some_and(|code| code <= 2) && !seen.contains("ptrace")).then_some(seen)
}

fn sockets(calls: &str) -> Vec<&str> {
    calls
        .lines()
        .filter(|line| line.contains("socket(") || line.contains("connect("))
        .collect()
}

#[cfg(target_os = "linux")]
#[test]
fn no_socket_is_opened_unless_it_is_asked_for() {
    let token = token(41);
    let tree = Tree::with(
        ".env",
        format!("HF_TOKEN={token}\nHF_ENDPOINT=https://example.com\n"),
    );
    tree.file("list.txt", &token);
    tree.git(["init", "-q"]);
    tree.git(["add", "-A"]);
    tree.git(["commit", "-qm", "x"]);
    let hub = Hub::start([]);
    let url = hub.url();
    // The trace must be able to show what it is to rule out.
    let Some(seen) = calls(&tree, &["verify", "list.txt", "--endpoint", &url]) else {
        eprintln!(
            "strace is not there: /proc is looked at instead, which sees what is open at one moment"
        );
        return by_proc(&tree);
    };
    assert!(!sockets(&seen).is_empty(), "{seen}");
    for args in [
        &["."][..],
        &[".", "--output-format", "sarif"],
        &["--history"],
        &["--staged"],
        &["redact", ".env"],
        &["baseline", "."],
        &["explain", "hf-user-token", "--incident"],
        &["rules"],
        &["revoke", "no-such-file"],
        &["verify", "no-such-file"],
    ] {
        let seen = calls(&tree, args).expect("strace worked before");
        assert_eq!(sockets(&seen), [""; 0], "{args:?}");
    }
}

/// The sockets that are open while a scan waits for more of its input.
fn by_proc(tree: &Tree) {
    let mut command = tree.command(["-", "--output-format", "jsonl"]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let folder = format!("/proc/{}/fd", child.id());
    let open = fs::read_dir(Path::new(&folder)).unwrap().flatten();
    let links: Vec<_> = open
        .filter_map(|entry| fs::read_link(entry.path()).ok())
        .collect();
    drop(child.stdin.take());
    child.wait().unwrap();
    let is_socket = |link: &std::path::PathBuf| link.to_string_lossy().starts_with("socket:");
    assert!(!links.iter().any(is_socket), "{links:?}");
}
