//! What the tests of front-ends have in common: files that nobody wrote to be read. What front-ends
//! make of files that somebody did write is in `fixtures/facts`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};

use super::{Asked, Call, Document, FactKind, Format, Setting, Spanned, Value};
use crate::model::Models;
use crate::span::Span;

pub(super) static MODELS: LazyLock<Arc<Models>> =
    LazyLock::new(|| Arc::new(Models::built_in().unwrap()));

/// Lowers a file with the models in the binary.
pub(in crate::syntax) fn lower(format: Format, bytes: &[u8]) -> Document {
    super::lower(format, bytes, &MODELS, Asked::all())
}

/// Lowers a file, and fails if a span of a fact is not one of the file.
pub(super) fn checked(format: Format, bytes: &[u8]) -> Document {
    let document = lower(format, bytes);
    for fact in &document.facts {
        let mut parts = Parts {
            spans: vec![fact.span.clone()],
            ..Parts::default()
        };
        match &fact.kind {
            FactKind::Setting(setting) => parts.setting(setting),
            FactKind::Call(call) => parts.call(call),
            FactKind::Command(command) => {
                assert!(!command.words.is_empty(), "{fact:?} has no words");
                command.assignments.iter().for_each(|s| parts.setting(s));
                parts.values.extend(&command.words);
                let targets = command.redirections.iter().map(|to| &to.target);
                parts.values.extend(targets);
            }
        }
        for span in parts.all() {
            let inside = span.start <= span.end && span.end <= bytes.len();
            assert!(inside, "{span:?} of {} bytes, in {fact:?}", bytes.len());
        }
    }
    document
}

/// The parts of a fact.
#[derive(Default)]
struct Parts<'a> {
    spans: Vec<Span>,
    /// Values whose spans are not among `spans` yet.
    values: Vec<&'a Spanned<Value>>,
}

impl<'a> Parts<'a> {
    fn setting(&mut self, setting: &'a Setting) {
        let keys = setting.path.iter().map(|key| key.span.clone());
        self.spans.extend(keys);
        self.values.push(&setting.value);
    }

    fn call(&mut self, call: &'a Call) {
        self.spans.push(call.callee.span.clone());
        for argument in &call.arguments {
            self.spans
                .extend(argument.name.iter().map(|name| name.span.clone()));
            self.values.push(&argument.value);
        }
    }

    fn all(mut self) -> Vec<Span> {
        while let Some(value) = self.values.pop() {
            self.spans.push(value.span.clone());
            match &value.value {
                Value::Text(parts) | Value::List(parts) => self.values.extend(parts),
                Value::Map(entries) => {
                    for (key, value) in entries {
                        self.spans.push(key.span.clone());
                        self.values.push(value);
                    }
                }
                Value::Call(call) => self.call(call),
                Value::Environment(_, Some(default)) | Value::Variable(_, Some(default)) => {
                    self.values.push(default);
                }
                _ => {}
            }
        }
        self.spans
    }
}

/// What may mean something in any format.
const SIGNS: [&str; 21] = [
    "\n", "\r\n", " ", "\"", "'", "`", "\\", "(", ")", "[", "]", "{", "}", ",", ":", "=", "#", "a",
    "é", "\0", "\u{feff}",
];

/// Lowers pieces of a format, and signs that all formats share: each over and over, up to so many bytes, and
/// all of them in any order.
pub(super) fn bears(format: Format, length: usize, pieces: &[&'static str]) {
    let pieces = [&SIGNS, pieces].concat();
    for piece in &pieces {
        checked(format, piece.repeat(length / piece.len()).as_bytes());
    }
    check(&vec(select(pieces), 0..40), |pieces| {
        checked(format, pieces.concat().as_bytes());
    });
}

/// Fails with the smallest input that `test` fails with.
fn check<S: Strategy>(inputs: &S, test: impl Fn(S::Value)) {
    let config = Config {
        cases: 400,
        failure_persistence: None,
        ..Config::default()
    };
    let run = TestRunner::new(config).run(inputs, |input| {
        test(input);
        Ok(())
    });
    if let Err(error) = run {
        panic!("{error}");
    }
}

/// A file of `fixtures/facts`.
#[derive(Clone)]
struct Fixture {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl fmt::Debug for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())
    }
}

impl Fixture {
    fn format(&self) -> Format {
        let format = Format::detect(&self.path.to_string_lossy(), &self.bytes);
        format.unwrap_or_else(|| panic!("{self:?} has no format"))
    }
}

/// All files of `fixtures/facts`.
fn fixtures() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/facts");
    let mut folders = vec![root];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|ending| ending != "facts") {
                let bytes = std::fs::read(&path).unwrap();
                files.push(Fixture { path, bytes });
            }
        }
    }
    files
}

#[test]
fn any_bytes_are_borne() {
    let inputs = (select(&Format::ALL), vec(any::<u8>(), 0..300));
    check(&inputs, |(format, bytes)| {
        checked(format, &bytes);
    });
}

#[test]
fn damaged_files_are_borne() {
    let signs = "[\\[\\](){}<>'\"`\\\\\n\r\t !%#$&*|=.,:;@/aé-]{0,6}";
    let with = prop_oneof![signs.prop_map(String::into_bytes), vec(any::<u8>(), 0..6)];
    let inputs = (
        select(fixtures()),
        any::<prop::sample::Index>(),
        0..40_usize,
        with,
    );
    check(&inputs, |(fixture, at, length, with)| {
        let mut bytes = fixture.bytes.clone();
        let at = at.index(bytes.len());
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, with);
        checked(fixture.format(), &bytes);
    });
}

#[test]
fn cut_files_are_borne() {
    let inputs = (select(fixtures()), any::<prop::sample::Index>());
    check(&inputs, |(fixture, at)| {
        let end = at.index(fixture.bytes.len());
        checked(fixture.format(), &fixture.bytes[..end]);
    });
}
