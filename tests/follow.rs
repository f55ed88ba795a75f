//! Standard input that someone still writes to.

use std::io::Write as _;
use std::process::{Child, Stdio};
use std::sync::mpsc::Receiver;

use serde_json::Value;

use crate::support::{PATIENCE, Tree, lines_of, token};

/// A scan of standard input that goes on.
struct Live {
    child: Child,
    lines: Receiver<String>,
    _tree: Tree,
}

impl Live {
    fn new() -> Self {
        let tree = Tree::new();
        let mut command = tree.command(["-", "--output-format", "jsonl"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let lines = lines_of(child.stdout.take().unwrap());
        Self {
            child,
            lines,
            _tree: tree,
        }
    }

    fn write(&mut self, text: &str) {
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin.write_all(text.as_bytes()).unwrap();
        stdin.flush().unwrap();
    }

    /// The next finding.
    fn next(&mut self) -> Value {
        let line = self.lines.recv_timeout(PATIENCE).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Ends the stream. Returns the lines that still came, and the exit code.
    fn end(mut self) -> (Vec<String>, Option<i32>) {
        drop(self.child.stdin.take());
        let rest = self.lines.iter().collect();
        (rest, self.child.wait().unwrap().code())
    }
}

#[test]
fn findings_appear_as_they_are_found() {
    let mut live = Live::new();
    live.write("starting\n");
    for n in 1..5 {
        live.write(&format!("step {n}: token={}\n", token(n)));
        let finding = live.next();
        assert_eq!(finding["start"]["line"], n + 1);
        live.write("more");
    }
    assert_eq!(live.end(), (Vec::new(), Some(1)));
}

#[test]
fn what_a_comment_hides_does_not_appear() {
    let mut live = Live::new();
    let comment = "# hfscan: ignore[hf-user-token]";
    live.write(&format!("a {} {comment}\nb {}\n", token(1), token(2)));
    assert_eq!(live.next()["start"]["line"], 2);
    live.write(&format!("# hfscan: ignore[hf-org-token]\n{}\n", token(3)));
    assert_eq!(live.next()["start"]["line"], 4);
    let (rest, code) = live.end();
    assert_eq!(code, Some(1));
    assert_eq!(rest.len(), 1, "{rest:?}");
    assert!(rest[0].contains("unused-ignore"));
}

#[test]
fn a_line_that_has_not_ended_waits() {
    let (head, tail) = (&token(1)[..20], &token(1)[20..]);
    let mut live = Live::new();
    live.write(&format!("first\nx {head}"));
    std::thread::sleep(std::time::Duration::from_millis(200));
    live.write(&format!("{tail}\n"));
    assert_eq!(live.next()["start"]["byte"], 8);
    live.write(&token(2));
    let (rest, _) = live.end();
    assert_eq!(rest.len(), 1);
}
