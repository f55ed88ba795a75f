//! Patterns over the names of settings, arguments and callees.

use std::fmt;

use serde::Deserialize;

use super::names;

/// A pattern over a path of names: `env.{hf-token}`, `**.environment.*`, `huggingface_hub.**.login`.
///
/// Parts are divided by `.`. `*` is any part, `**` any number of parts, `{a,b}` one of these,
/// `{hf-token}` the name of a Hugging Face credential, `{token}` that of any credential,
/// `{client-token}` that of a Hugging Face credential which browsers see; `*` within a part stands
/// for any characters. Letters count as they are written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PathPattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Any,
    AnyNumber,
    HubCredential,
    Credential,
    ClientCredential,
    /// One of these; the first `*` of each stands for any characters.
    OneOf(Vec<String>),
}

impl PathPattern {
    /// Whether a path fits.
    #[must_use]
    pub fn fits<S: AsRef<str>>(&self, path: &[S]) -> bool {
        fits(&self.parts, path)
    }

    /// Whether every path that fits has the name of a Hugging Face credential in it.
    #[must_use]
    pub fn names_credential(&self) -> bool {
        let names = |part: &Part| matches!(part, Part::HubCredential | Part::ClientCredential);
        self.parts.iter().any(names)
    }

    /// What a text must hold for any of its paths to fit: one of each group. A group is left out
    /// where anything fits, and for names of credentials.
    #[must_use]
    pub fn needles(&self) -> Vec<Vec<String>> {
        let parts = self.parts.iter();
        parts
            .filter_map(|part| match part {
                Part::Any | Part::AnyNumber | Part::HubCredential => None,
                Part::ClientCredential => Some(names::CLIENT_PREFIXES.map(str::to_owned).to_vec()),
                Part::Credential => Some(ANY_NEEDLES.map(str::to_owned).to_vec()),
                Part::OneOf(names) => names.iter().map(|name| longest(name)).collect(),
            })
            .collect()
    }
}

/// One of these is in the name of every credential.
const ANY_NEEDLES: [&str; 12] = [
    "TOKEN",
    "oken",
    "API_KEY",
    "api_key",
    "apiKey",
    "APIKEY",
    "ACCESS_KEY",
    "SECRET",
    "ecret",
    "PAT",
    "assword",
    "PASSWORD",
];

/// The longest piece of a name pattern that any text must hold; none if it is too short to tell.
fn longest(name: &str) -> Option<String> {
    let pieces = name.trim_start_matches('-').split('*');
    let piece = pieces.max_by_key(|piece| piece.len())?;
    let piece = piece.trim_end_matches("()");
    // Words of the inner program of a command have this name; it stands in no file.
    let named = piece != "then" && !piece.bytes().all(|b| b.is_ascii_digit());
    (piece.len() >= 2 && named).then(|| piece.to_owned())
}

fn fits<S: AsRef<str>>(parts: &[Part], path: &[S]) -> bool {
    let Some((part, parts_left)) = parts.split_first() else {
        return path.is_empty();
    };
    if *part == Part::AnyNumber {
        return (0..=path.len()).any(|skip| fits(parts_left, path.get(skip..).unwrap_or_default()));
    }
    let Some((name, path_left)) = path.split_first() else {
        return false;
    };
    let name = name.as_ref();
    let matched = match part {
        Part::Any | Part::AnyNumber => true,
        Part::HubCredential => names::is_credential_name(name),
        Part::Credential => names::is_general_name(name),
        Part::ClientCredential => names::is_client_name(name),
        Part::OneOf(names) => names.iter().any(|wanted| is_like(wanted, name)),
    };
    matched && fits(parts_left, path_left)
}

fn is_like(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, end)) => {
            let rest = name.strip_prefix(start);
            rest.is_some_and(|rest| rest.len() >= end.len() && rest.ends_with(end))
        }
    }
}

impl TryFrom<String> for PathPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut parts = Vec::new();
        for part in text.split('.') {
            let braced = part
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'));
            parts.push(match (part, braced) {
                ("", _) => return Err(format!("path `{text}` has an empty part")),
                ("*", _) => Part::Any,
                ("**", _) => Part::AnyNumber,
                (_, Some("hf-token")) => Part::HubCredential,
                (_, Some("token")) => Part::Credential,
                (_, Some("client-token")) => Part::ClientCredential,
                (_, Some(names)) => Part::OneOf(names.split(',').map(str::to_owned).collect()),
                (name, None) if name.contains(['{', '}', ',']) => {
                    return Err(format!(
                        "path `{text}`: `{name}` is no name, and no `{{a,b}}`"
                    ));
                }
                (name, None) => Part::OneOf(vec![name.to_owned()]),
            });
        }
        let anys = parts
            .iter()
            .filter(|part| **part == Part::AnyNumber)
            .count();
        if anys > 3 {
            return Err(format!("path `{text}` has more than three `**`"));
        }
        Ok(Self { text, parts })
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> PathPattern {
        PathPattern::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn paths() {
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
        ] {
            let path: Vec<&str> = path.split('.').filter(|part| !part.is_empty()).collect();
            assert_eq!(pattern(text).fits(&path), fits, "{text} {path:?}");
        }
    }

    #[test]
    fn faults() {
        for text in ["a..b", "", "a{b", "**.**.**.**"] {
            assert!(PathPattern::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn needles_are_what_every_match_holds() {
        assert_eq!(pattern("**.run_job").needles(), [["run_job"]]);
        assert_eq!(pattern("x.HfApi().{a,bc}").needles(), [["HfApi"]]);
        assert_eq!(pattern("--env").needles(), [["env"]]);
    }
}
