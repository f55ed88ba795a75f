//! URIs of documents, and the paths that they stand for.

use std::path::PathBuf;

use lsp_types::Uri;
use percent_encoding::percent_decode_str;

/// The path of a document; none if it is in no file.
pub(super) fn path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    // A host may come first.
    let path = rest.get(rest.find('/')?..)?;
    let path = path.split(['?', '#']).next()?;
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    from_bytes(decoded)
}

#[cfg(unix)]
fn from_bytes(bytes: Vec<u8>) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt as _;
    Some(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
}

#[cfg(not(unix))]
fn from_bytes(bytes: Vec<u8>) -> Option<PathBuf> {
    let text = String::from_utf8(bytes).ok()?;
    // `/C:/x`
    let drive = text
        .strip_prefix('/')
        .filter(|rest| rest.get(1..2) == Some(":"));
    Some(PathBuf::from(drive.unwrap_or(&text)))
}

/// A name for a document that is in no file, which tells what it is.
pub(super) fn name(uri: &Uri, language: &str) -> PathBuf {
    let text = uri.as_str();
    let last = text.rsplit(['/', ':']).next().unwrap_or(text);
    let last: String = percent_decode_str(last).decode_utf8_lossy().into_owned();
    match LANGUAGES.iter().find(|(known, _)| *known == language) {
        Some((_, name)) if name.starts_with('.') => PathBuf::from(format!("{last}{name}")),
        Some((_, name)) => PathBuf::from(name),
        None => PathBuf::from(last),
    }
}

/// The path of a document that its editor calls by another name than its text is: JupyterLab hands a notebook over as
/// the program that its cells make.
pub(super) fn as_written(path: PathBuf, language: &str) -> PathBuf {
    const NOTEBOOK: &str = "ipynb";
    let is_notebook = path.extension().is_some_and(|ending| ending == NOTEBOOK);
    let known = LANGUAGES.iter().find(|(known, _)| *known == language);
    match known {
        Some((_, ending)) if is_notebook && ending.starts_with('.') && *ending != ".json" => {
            path.with_extension(format!("{NOTEBOOK}{ending}"))
        }
        _ => path,
    }
}

/// What editors call languages, and the endings of their files, or a file's name.
const LANGUAGES: [(&str, &str); 22] = [
    ("bat", ".bat"),
    ("dockerfile", "Dockerfile"),
    ("dotenv", ".env"),
    ("go", ".go"),
    ("html", ".html"),
    ("ini", ".ini"),
    ("javascript", ".js"),
    ("javascriptreact", ".jsx"),
    ("json", ".json"),
    ("jsonc", ".json"),
    ("makefile", "Makefile"),
    ("markdown", ".md"),
    ("powershell", ".ps1"),
    ("python", ".py"),
    ("r", ".R"),
    ("sh", ".sh"),
    ("shellscript", ".sh"),
    ("terraform", ".tf"),
    ("toml", ".toml"),
    ("typescript", ".ts"),
    ("typescriptreact", ".tsx"),
    ("yaml", ".yaml"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri {
        text.parse().unwrap()
    }

    #[cfg(unix)]
    #[test]
    fn paths_are_decoded() {
        let path = path(&uri("file:///a%20b/%C3%A4.py")).unwrap();
        assert_eq!(path, PathBuf::from("/a b/ä.py"));
        assert_eq!(super::path(&uri("untitled:Untitled-1")), None);
    }

    #[test]
    fn a_notebook_that_is_handed_over_as_a_program_is_one() {
        let path = |language| as_written(PathBuf::from("/a/b.ipynb"), language);
        assert_eq!(path("python"), PathBuf::from("/a/b.ipynb.py"));
        for language in ["json", "jsonc", "x"] {
            assert_eq!(path(language), PathBuf::from("/a/b.ipynb"), "{language}");
        }
        let other = as_written(PathBuf::from("/a/b.yaml"), "python");
        assert_eq!(other, PathBuf::from("/a/b.yaml"));
    }

    #[test]
    fn what_is_in_no_file_has_a_name_that_tells_its_language() {
        let named = |language| name(&uri("untitled:Untitled-1"), language);
        assert_eq!(named("python"), PathBuf::from("Untitled-1.py"));
        assert_eq!(named("dockerfile"), PathBuf::from("Dockerfile"));
        assert_eq!(named("x"), PathBuf::from("Untitled-1"));
    }
}
