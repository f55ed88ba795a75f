//! Reading TOML files that people write: errors that name the file, the line and the likely cure.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::span::Span;

/// What is wrong with a TOML file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct TomlError {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1, if it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for TomlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl TomlError {
    /// An error at some bytes of a file's text.
    #[must_use]
    pub(crate) fn at(
        path: &Path,
        text: &str,
        span: Option<Span>,
        message: impl Into<String>,
    ) -> Self {
        let line = span.map(|span| {
            let before = text.as_bytes().get(..span.start).unwrap_or_default();
            memchr::memchr_iter(b'\n', before).count() + 1
        });
        Self {
            path: path.to_owned(),
            line,
            message: message.into(),
        }
    }
}

/// Parses a TOML text into a type that refuses unknown keys.
///
/// # Errors
///
/// If the text is no TOML, or does not fit the type; an unknown key comes with a suggestion.
pub fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, TomlError> {
    toml::from_str(text).map_err(|error| {
        let message = with_suggestion(error.message());
        TomlError::at(path, text, error.span(), message)
    })
}

/// Adds "did you mean" to serde's message about an unknown key or value.
fn with_suggestion(message: &str) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let unknown = message
        .starts_with("unknown ")
        .then(|| names.next())
        .flatten();
    let suggestion = unknown.map(|name| suggestion(name, names, str::to_owned));
    format!("{message}{}", suggestion.unwrap_or_default())
}

/// What a message about an unknown name ends with: the known name that is nearest, as `shown` writes it;
/// empty, if none is near.
pub(crate) fn suggestion<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
    shown: impl Fn(&'a str) -> String,
) -> String {
    closest(written, known).map_or_else(String::new, |close| {
        format!("; did you mean `{}`?", shown(close))
    })
}

/// The known name that is nearest to what was written, if one is near at all.
#[must_use]
pub(crate) fn closest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    known
        .into_iter()
        .filter(|name| strsim::jaro_winkler(written, name) > 0.8)
        // Names that begin alike are near by that measure already: the fewest letters to change decide.
        .min_by_key(|name| strsim::damerau_levenshtein(written, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Config {
        #[serde(default, rename = "min-severity")]
        _severity: String,
        #[serde(default, rename = "select")]
        _select: Vec<String>,
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_a_suggestion() {
        let error = parse::<Config>(Path::new("x.toml"), "select = []\nmin-severty = 'note'\n");
        let error = error.map_err(|e| e.to_string()).unwrap_err();
        assert!(
            error.starts_with("x.toml:2: unknown field `min-severty`"),
            "{error}"
        );
        assert!(error.ends_with("did you mean `min-severity`?"), "{error}");
    }
}
