//! How a path is shown: relative to the folder that hfscan runs in, with `/`.

use std::path::{Component, Path, PathBuf};

/// Shortens paths.
#[derive(Clone, Debug)]
pub struct Shown {
    here: Option<PathBuf>,
}

impl Shown {
    /// Shows paths relative to a folder, given as an absolute path.
    #[must_use]
    pub fn relative_to(here: Option<PathBuf>) -> Self {
        Self { here }
    }

    /// The path as it is shown. One that does not lie below the folder stays as it was given.
    #[must_use]
    pub fn path(&self, path: &Path) -> String {
        let below = self
            .here
            .as_ref()
            .and_then(|here| path.strip_prefix(here).ok());
        let below = below.unwrap_or(path);
        if let Some(plain) = below.to_str().and_then(plain) {
            return plain.to_owned();
        }
        let mut shown = String::new();
        for component in below.components() {
            let part = match component {
                Component::CurDir => continue,
                Component::RootDir => {
                    shown.push('/');
                    continue;
                }
                other => other.as_os_str().to_string_lossy(),
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

/// What is shown of a path, if it is a part of the path as it stands: so it is with nearly all, and
/// to take a path apart and put it together costs as much as to search a small file.
fn plain(path: &str) -> Option<&str> {
    let plain = path.strip_prefix("./").unwrap_or(path);
    let mut pairs = plain.as_bytes().windows(2);
    let folds = |pair: &[u8]| matches!(pair, b"//" | b"/.");
    let keeps = !plain.is_empty() && !plain.starts_with('.') && !plain.ends_with('/');
    (keeps && !cfg!(windows) && !pairs.any(folds)).then_some(plain)
}

/// A path from the root of the file system, without `.` and `..`. Git follows no links either.
#[must_use]
pub fn absolute(path: &Path) -> PathBuf {
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
        ] {
            assert_eq!(shown.path(Path::new(path)), wanted);
        }
    }
}
