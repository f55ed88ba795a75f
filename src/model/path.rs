//! Patterns over the names of settings, arguments and callees.

use std::fmt;

use super::names::{ClassId, Names};

/// The most `**` of a pattern: each more multiplies the ways in which a path may fit.
const MAX_ANY_NUMBER: usize = 3;

/// A pattern over a path of names: `env.{hf-token}`, `**.environment.*`, `huggingface_hub.**.login`.
///
/// Parts are divided by `.`. `*` is any part, `**` any number of parts, `{a,b}` one of these,
/// `{hf-token}` the name of a credential of that class, `{token}` that of any credential; `*` within a
/// part stands for any characters. Letters count as they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathPattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// `*`
    Any,
    /// `**`
    AnyNumber,
    /// `{hf-token}`
    Credential(ClassId),
    /// One of these; each `*` stands for any characters.
    OneOf(Vec<String>),
}

impl PathPattern {
    /// Reads a pattern in which no names of lists are left.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub(crate) fn parse(text: &str, names: &Names) -> Result<Self, String> {
        let mut parts = Vec::new();
        for part in text.split('.') {
            let braced = part
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'));
            parts.push(match (part, braced) {
                ("", _) => return Err(format!("path `{text}` has an empty part")),
                ("*", _) => Part::Any,
                ("**", _) => Part::AnyNumber,
                (_, Some(class)) if is_class(class) => Part::Credential(names.class(class)?),
                (_, Some(names)) => Part::OneOf(names.split(',').map(str::to_owned).collect()),
                (name, None) if name.contains(['{', '}', ',']) => {
                    return Err(format!(
                        "path `{text}`: `{name}` is no name, and no `{{a,b}}`"
                    ));
                }
                (name, None) => Part::OneOf(vec![name.to_owned()]),
            });
        }
        let any_number = parts.iter().filter(|part| **part == Part::AnyNumber);
        if any_number.count() > MAX_ANY_NUMBER {
            return Err(format!("path `{text}` has more than three `**`"));
        }
        Ok(Self {
            text: text.to_owned(),
            parts,
        })
    }

    /// Whether a path fits.
    pub(crate) fn fits<S: AsRef<str>>(&self, path: &[S], names: &Names) -> bool {
        fits(&self.parts, path, names)
    }

    /// Whether a path that ends in a name may fit, as far as that tells.
    pub(crate) fn may_end(&self, name: &str, names: &Names) -> bool {
        self.parts.last().is_some_and(|part| part.fits(name, names))
    }

    /// Its parts.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }
}

impl Part {
    /// Whether a name fits, or may be one of those that do.
    fn fits(&self, name: &str, names: &Names) -> bool {
        match self {
            Self::Any | Self::AnyNumber => true,
            Self::Credential(class) => names.is(*class, name),
            Self::OneOf(choices) => choices.iter().any(|choice| is_like(choice, name)),
        }
    }
}

/// Whether a path, with dots between its parts, fits one of some patterns. Most do not even end as one does.
pub(crate) fn any_fits<'p>(
    patterns: impl IntoIterator<Item = &'p PathPattern>,
    path: &str,
    names: &Names,
) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    let mut parts: Vec<&str> = Vec::new();
    let patterns = patterns.into_iter();
    patterns
        .filter(|pattern| pattern.may_end(last, names))
        .any(|pattern| {
            if parts.is_empty() {
                parts.extend(path.split('.'));
            }
            pattern.fits(&parts, names)
        })
}

/// Whether what stands in braces is the name of a class rather than a choice of names.
fn is_class(text: &str) -> bool {
    !text.contains([',', '*'])
}

fn fits<S: AsRef<str>>(parts: &[Part], path: &[S], names: &Names) -> bool {
    let Some((part, parts_left)) = parts.split_first() else {
        return path.is_empty();
    };
    if *part == Part::AnyNumber {
        return (0..=path.len())
            .any(|skip| fits(parts_left, path.get(skip..).unwrap_or_default(), names));
    }
    let Some((name, path_left)) = path.split_first() else {
        return false;
    };
    part.fits(name.as_ref(), names) && fits(parts_left, path_left, names)
}

/// Whether a name is like a text in which each `*` stands for any characters.
pub(crate) fn is_like(pattern: &str, name: &str) -> bool {
    // Nearly all that are held against each other differ in the first letter.
    let first = pattern.as_bytes().first();
    if first != Some(&b'*') && first != name.as_bytes().first() {
        return false;
    }
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut name) = name.strip_prefix(start) else {
        return false;
    };
    let mut pieces = rest.split('*');
    let end = pieces.next_back().unwrap_or_default();
    // The first place of each piece leaves most room for the next.
    for piece in pieces {
        let Some(at) = name.find(piece) else {
            return false;
        };
        name = name.get(at + piece.len()..).unwrap_or_default();
    }
    name.ends_with(end)
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Models;

    fn pattern(text: &str) -> PathPattern {
        PathPattern::parse(text, &Models::built_in().unwrap().names).unwrap()
    }

    #[test]
    fn paths() {
        let models = Models::built_in().unwrap();
        for (text, path, fits) in [
            ("env.{hf-token}", "env.HF_TOKEN", true),
            ("env.{hf-token}", "env.MODEL", false),
            ("env.{hf-token}", "x.env.HF_TOKEN", false),
            ("**.env.{token}", "x.y.env.TOKEN", true),
            ("**", "", true),
            ("a.**.b", "a.b", true),
            ("a.**.b", "a.x.y.b", true),
            ("a.**.b", "a.x.y.c", false),
            ("{a,b*}.*", "bcd.e", true),
            ("NEXT_PUBLIC_*", "NEXT_PUBLIC_X", true),
            ("NEXT_PUBLIC_*", "PUBLIC_X", false),
            ("*b*d*", "abcde", true),
            ("*b*b*", "abcde", false),
            ("a*a", "a", false),
        ] {
            let path: Vec<&str> = path.split('.').filter(|part| !part.is_empty()).collect();
            assert_eq!(
                pattern(text).fits(&path, &models.names),
                fits,
                "{text} {path:?}"
            );
        }
    }

    #[test]
    fn faults() {
        let names = Names::default();
        for text in ["a..b", "", "a{b", "**.**.**.**", "{no-token}"] {
            assert!(PathPattern::parse(text, &names).is_err(), "{text}");
        }
    }
}
