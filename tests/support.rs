//! Trees of files, runs of the binary, and credentials that are made up when a test runs.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// The formats that a report can be written in.
pub(crate) const FORMATS: [&str; 9] = [
    "text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown",
];

/// No run may take longer: one that hangs is killed, and its test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// All files in and below a folder of the checkout, in order; `folder` is relative to its root.
pub(crate) fn files_below(folder: &str) -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let into = if path.is_dir() {
                &mut folders
            } else {
                &mut files
            };
            into.push(path);
        }
    }
    files.sort();
    files
}

/// The files of the built-in rules, in order.
pub(crate) fn built_in_rules() -> Vec<PathBuf> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut files = files_below("rules");
    // Rules lie in folders of families.
    files.retain(|path| !path.starts_with(rules.join("models")) && path.parent() != Some(&rules));
    assert!(files.len() > 5, "the rules are not where they were");
    files
}

/// A temporary folder with files, and a home of its own.
pub(crate) struct Tree {
    root: TempDir,
}

impl Tree {
    /// An empty tree.
    pub(crate) fn new() -> Self {
        let root = tempfile::Builder::new().prefix("hfscan-").tempdir();
        let tree = Self {
            root: root.unwrap(),
        };
        for folder in ["work", "home"] {
            fs::create_dir(tree.root.path().join(folder)).unwrap();
        }
        tree
    }

    /// A tree with one file.
    pub(crate) fn with(path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> Self {
        let tree = Self::new();
        tree.file(path, bytes);
        tree
    }

    /// The folder that hfscan runs in.
    pub(crate) fn root(&self) -> PathBuf {
        self.root.path().join("work")
    }

    /// A path in it.
    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root().join(path)
    }

    /// Writes a file and the folders that it needs.
    pub(crate) fn file(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut file = File::create(&path).unwrap();
        file.write_all(bytes.as_ref()).unwrap();
        path
    }

    /// Reads a file.
    pub(crate) fn read(&self, path: impl AsRef<Path>) -> Vec<u8> {
        fs::read(self.path(path)).unwrap()
    }

    /// Runs hfscan with these arguments.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        self.run_with(args, "")
    }

    /// Runs hfscan with a text on standard input.
    pub(crate) fn run_with<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
        input: impl Into<Vec<u8>>,
    ) -> Run {
        let mut command = assert_cmd::Command::from_std(self.command(args));
        let output = command.write_stdin(input).timeout(PATIENCE).output();
        let output = output.unwrap();
        Run {
            code: output.status.code().expect("the run ended by itself"),
            stdout: output.stdout,
            stderr: output.stderr,
        }
    }

    /// The command of a run, for tests that handle its pipes themselves.
    pub(crate) fn command<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
    ) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hfscan"));
        self.isolate(&mut command).args(args);
        command
    }

    /// Runs Git with a configuration of its own, and returns what it says.
    pub(crate) fn git<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> String {
        let mut command = std::process::Command::new("git");
        self.isolate(&mut command)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "a")
            .env("GIT_AUTHOR_EMAIL", "a@example.com")
            .env("GIT_COMMITTER_NAME", "a")
            .env("GIT_COMMITTER_EMAIL", "a@example.com");
        let output = command.args(args).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout)
            .unwrap()
            .trim_end()
            .to_owned()
    }

    /// Runs in this tree, and knows nothing of who runs the tests.
    fn isolate<'c>(&self, command: &'c mut std::process::Command) -> &'c mut std::process::Command {
        let path = std::env::var_os("PATH").unwrap_or_default();
        command
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.root.path().join("home"))
            .current_dir(self.root())
    }

    /// Scans the tree and returns the findings, as places in files.
    pub(crate) fn places(&self, args: &[&str]) -> Vec<(String, usize, usize)> {
        let mut all = vec!["--output-format", "json"];
        all.extend(args);
        self.run(all).places()
    }

    /// Runs Git, which may fail. It finds hfscan on the path, as hooks do.
    pub(crate) fn try_git<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Run {
        let program = Path::new(env!("CARGO_BIN_EXE_hfscan"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(program.parent().unwrap().to_owned());
        let path = std::env::join_paths(folders.chain(std::env::split_paths(&path)));
        self.git_on(&path.unwrap(), args)
    }

    /// Runs Git, which may fail. It does not find hfscan.
    pub(crate) fn bare_git<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Run {
        // Whoever runs the tests may have an hfscan installed.
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path).filter(|folder| !folder.join("hfscan").exists());
        self.git_on(&std::env::join_paths(folders).unwrap(), args)
    }

    fn git_on<'a>(&self, path: &OsStr, args: impl IntoIterator<Item = &'a str>) -> Run {
        let mut command = std::process::Command::new("git");
        self.isolate(&mut command)
            .env("PATH", path)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "a")
            .env("GIT_AUTHOR_EMAIL", "a@example.com")
            .env("GIT_COMMITTER_NAME", "a")
            .env("GIT_COMMITTER_EMAIL", "a@example.com");
        let output = command.args(args).output().unwrap();
        Run {
            code: output.status.code().expect("the run ended by itself"),
            stdout: output.stdout,
            stderr: output.stderr,
        }
    }
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) stdout: Vec<u8>,
    /// Standard error.
    pub(crate) stderr: Vec<u8>,
}

impl Run {
    /// Standard output as text.
    pub(crate) fn out(&self) -> String {
        String::from_utf8(self.stdout.clone()).expect("output is UTF-8")
    }

    /// Standard error as text.
    pub(crate) fn err(&self) -> String {
        String::from_utf8(self.stderr.clone()).expect("errors are UTF-8")
    }

    /// Asserts the exit code, and shows what was said if it is another one.
    #[track_caller]
    pub(crate) fn expect(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{}\n{}", self.out(), self.err());
        self
    }

    /// Asserts that standard error holds a text.
    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(self.err().contains(text), "no `{text}` in: {}", self.err());
        self
    }

    /// The JSON on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out(), self.err()))
    }

    /// The findings of a report in JSON.
    #[track_caller]
    pub(crate) fn findings(&self) -> Vec<Value> {
        self.json()["findings"].as_array().unwrap().clone()
    }

    /// The findings' files and bytes.
    #[track_caller]
    pub(crate) fn places(&self) -> Vec<(String, usize, usize)> {
        let place = |finding: &Value| {
            let byte = |end: &str| usize::try_from(finding[end]["byte"].as_u64().unwrap()).unwrap();
            let path = finding["path"].as_str().unwrap().to_owned();
            (path, byte("start"), byte("end"))
        };
        self.findings().iter().map(place).collect()
    }

    /// The findings' files and rules.
    #[track_caller]
    pub(crate) fn rules(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let rule = |finding: &Value| (text(&finding["path"]), text(&finding["rule"]));
        self.findings().iter().map(rule).collect()
    }
}

/// Draws letters: the same in every run, others for every seed (splitmix64).
pub(crate) struct Letters(u64);

impl Letters {
    /// Begins with a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xD134_2543_DE82_EF95))
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// So many letters of both cases.
    pub(crate) fn take(&mut self, length: usize) -> String {
        let alphabet: Vec<u8> = (b'a'..=b'z').chain(b'A'..=b'Z').collect();
        let mut draw = || {
            let at = self.next() % alphabet.len() as u64;
            char::from(alphabet[usize::try_from(at).unwrap()])
        };
        (0..length).map(|_| draw()).collect()
    }
}

/// The lines that a program writes, as they come.
pub(crate) fn lines_of(out: std::process::ChildStdout) -> std::sync::mpsc::Receiver<String> {
    let (sender, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let lines = std::io::BufRead::lines(std::io::BufReader::new(out));
        for line in lines.map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    lines
}

/// The user token with this number.
pub(crate) fn token(number: u64) -> String {
    format!("hf_{}", Letters::new(number).take(34))
}

/// A text with user tokens in place of its `@`, and where they lie.
pub(crate) fn plant(text: &str, seed: u64) -> (String, Vec<(usize, usize)>) {
    let mut out = String::new();
    let mut places = Vec::new();
    for (number, piece) in (seed..).zip(text.split('@')) {
        if !out.is_empty() || number > seed {
            let at = out.len();
            out.push_str(&token(number));
            places.push((at, out.len()));
        }
        out.push_str(piece);
    }
    (out, places)
}

/// A scanner in this process, for tests that scan often. All rules are on.
pub(crate) struct Scan(hfscan::Scanner);

impl Scan {
    /// Compiles the built-in rules.
    pub(crate) fn new() -> Self {
        let rules = hfscan::RuleSet::built_in().unwrap();
        Self(hfscan::Scanner::new(&rules, std::time::UNIX_EPOCH))
    }

    /// One that finds all, however unsure, and honours no comment.
    pub(crate) fn all() -> Self {
        Self(Self::new().0.thorough())
    }

    /// Scans a stream.
    pub(crate) fn stream(&self, name: &str, stream: impl std::io::Read + Send) -> hfscan::Outcome {
        let mut outcome = self
            .0
            .scan_stream(name, stream, &hfscan::Progress::default());
        outcome.sort();
        outcome
    }

    /// Scans a stream as one that someone still writes to.
    pub(crate) fn follow(&self, name: &str, stream: impl std::io::Read + Send) -> hfscan::Outcome {
        let progress = hfscan::Progress::default();
        let mut tell = |_: &hfscan::Finding| {};
        let mut outcome = self
            .0
            .follow_stream(name, stream, &progress, Some(&mut tell));
        outcome.sort();
        outcome
    }

    /// The scanner itself.
    pub(crate) fn scanner(&self) -> &hfscan::Scanner {
        &self.0
    }

    /// What would be hidden of a text.
    pub(crate) fn masks(&self, text: &str) -> Vec<hfscan::Mask> {
        self.0.masks(text.as_bytes())
    }

    /// Where tokens are in a text.
    pub(crate) fn places(&self, name: &str, text: &[u8]) -> Vec<(usize, usize)> {
        let outcome = self.stream(name, text);
        assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
        let places = outcome.findings.iter().map(|finding| {
            let byte = |at: u64| usize::try_from(at).unwrap();
            (
                byte(finding.location.start.byte),
                byte(finding.location.end.byte),
            )
        });
        places.collect()
    }
}
