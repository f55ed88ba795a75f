//! How a path is shown: relative to the folder that hfscan runs in, with `/`.
//!
//! Two paths are never shown alike, for findings, fingerprints and baselines know files by this. Bytes that
//! are no text are written as `\xE9`.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use bstr::ByteSlice as _;

/// Shortens paths.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    here: Option<PathBuf>,
}

impl Shown {
    /// Shows paths relative to a folder, given as an absolute path.
    #[must_use]
    pub(crate) fn relative_to(here: Option<PathBuf>) -> Self {
        Self { here }
    }

    /// The path as it is shown. One that does not lie below the folder stays as it was given.
    #[must_use]
    pub(crate) fn path(&self, path: &Path) -> String {
        let below = self
            .here
            .as_ref()
            .and_then(|here| path.strip_prefix(here).ok());
        let below = below.unwrap_or(path);
        if let Some(plain) = below.to_str().and_then(plain) {
            return plain.to_owned();
        }
        let shown = Self::parts(below);
        // What begins so is no file, such as the message of a commit.
        if shown.starts_with('<') {
            return format!("./{shown}");
        }
        shown
    }

    /// A path, put together of its parts.
    fn parts(below: &Path) -> String {
        let mut shown = String::new();
        for component in below.components() {
            let part = match component {
                Component::CurDir => continue,
                Component::RootDir => {
                    shown.push('/');
                    continue;
                }
                other => text(other.as_os_str()),
            };
            if !shown.is_empty() && !shown.ends_with('/') {
                shown.push('/');
            }
            shown.push_str(&part);
        }
        if shown.is_empty() {
            shown.push('.');
        }
        shown
    }
}

/// A name as text. What is no text, or looks like what such a name is written as, is escaped.
fn text(name: &OsStr) -> Cow<'_, str> {
    match name.to_str() {
        Some(text) if !looks_escaped(text) => Cow::Borrowed(text),
        _ => {
            let mut escaped = String::new();
            for chunk in name.as_encoded_bytes().utf8_chunks() {
                escaped.push_str(&chunk.valid().replace('\\', r"\\"));
                for byte in chunk.invalid() {
                    let _ = write!(escaped, "\\x{byte:02X}");
                }
            }
            Cow::Owned(escaped)
        }
    }
}

/// The path that is shown so.
#[must_use]
pub(crate) fn path_of(shown: &str) -> PathBuf {
    if !looks_escaped(shown) {
        return PathBuf::from(shown);
    }
    let parts = shown.split('/').map(|part| {
        if looks_escaped(part) {
            unescape(part)
        } else {
            part.as_bytes().to_owned()
        }
    });
    let bytes: Vec<u8> = parts.collect::<Vec<_>>().join(&b'/');
    bytes.to_path_lossy().into_owned()
}

/// Undoes what [`text`] escapes.
fn unescape(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let digits = after
            .strip_prefix('x')
            .and_then(|after| after.split_at_checked(2));
        let byte =
            digits.and_then(|(digits, after)| Some((u8::from_str_radix(digits, 16).ok()?, after)));
        rest = match (after.strip_prefix('\\'), byte) {
            (Some(after), _) => {
                bytes.push(b'\\');
                after
            }
            (None, Some((byte, after))) => {
                bytes.push(byte);
                after
            }
            (None, None) => {
                bytes.push(b'\\');
                after
            }
        };
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

/// Whether a text holds what a byte is written as.
fn looks_escaped(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some(at) = memchr::memmem::find(rest, br"\x") {
        rest = rest.get(at + 2..).unwrap_or_default();
        let digit = |byte: &u8| byte.is_ascii_hexdigit() && !byte.is_ascii_lowercase();
        if rest.len() > 1 && rest.iter().take(2).all(digit) {
            return true;
        }
    }
    false
}

/// What is shown of a path, if it is a part of the path as it stands: so it is with nearly all, and
/// to take a path apart and put it together costs as much as to search a small file.
fn plain(path: &str) -> Option<&str> {
    let plain = path.strip_prefix("./").unwrap_or(path);
    let mut pairs = plain.as_bytes().windows(2);
    let folds = |pair: &[u8]| matches!(pair, b"//" | b"/.");
    let keeps = !plain.is_empty() && !plain.starts_with(['.', '<']) && !plain.ends_with('/');
    let is_escaped = memchr::memchr(b'\\', plain.as_bytes()).is_some() && looks_escaped(plain);
    (keeps && !cfg!(windows) && !is_escaped && !pairs.any(folds)).then_some(plain)
}

/// A path from the root of the file system, without `.` and `..`. Git follows no links either.
#[must_use]
pub(crate) fn absolute(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in std::path::absolute(path).unwrap_or_default().components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_from_here() {
        let shown = Shown::relative_to(Some(PathBuf::from("/work/repo")));
        for (path, wanted) in [
            ("./src/a.py", "src/a.py"),
            ("src//a.py", "src/a.py"),
            ("/work/repo/src/a.py", "src/a.py"),
            ("/etc/hosts", "/etc/hosts"),
            ("../x", "../x"),
            ("/work/repo", "."),
            ("./.env", ".env"),
            (".", "."),
            ("src/./a.py", "src/a.py"),
            ("src/.env/", "src/.env"),
            ("/", "/"),
            ("<stdin>", "./<stdin>"),
            ("a/<b>", "a/<b>"),
            (r"a\b\x2.py", r"a\b\x2.py"),
        ] {
            assert_eq!(shown.path(Path::new(path)), wanted);
        }
    }

    #[cfg(unix)]
    #[test]
    fn no_two_paths_are_shown_alike() {
        use std::os::unix::ffi::OsStrExt as _;
        let shown = Shown::relative_to(None);
        let path = |bytes: &[u8]| shown.path(Path::new(OsStr::from_bytes(bytes)));
        assert_eq!(path(b"d/caf\xe9.txt"), r"d/caf\xE9.txt");
        assert_eq!(path(br"d/caf\xE9.txt"), r"d/caf\\xE9.txt");
        assert_eq!(path(br"d\/caf\xe9.txt"), r"d\/caf\xe9.txt");
        let pieces: [&[u8]; 6] = [b"a", br"\", b"\xe9", b"x", b"E", b"9"];
        let mut seen = std::collections::BTreeMap::new();
        for number in 0..6_usize.pow(6) {
            let mut at = number;
            let mut bytes = Vec::new();
            for _ in 0..6 {
                bytes.extend_from_slice(pieces[at % 6]);
                at /= 6;
            }
            let at = path_of(&path(&bytes));
            assert_eq!(at.as_os_str().as_bytes(), bytes);
            let other = seen.insert(path(&bytes), bytes.clone());
            assert!(other.is_none_or(|other| other == bytes));
        }
    }
}
