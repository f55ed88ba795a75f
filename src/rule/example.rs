//! Examples in rule files: generated credentials and marked spans.
//!
//! No rule file holds a text that looks like a token. `${alpha:34}` stands for 34 letters that are
//! the same in every run, and « » mark the bytes that must be reported.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;

use crate::finding::{Confidence, Severity};
use crate::span::Span;

/// Something that a rule must find, or must not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Example {
    /// The text, with `${…}` and « ».
    pub text: String,
    /// The name of the file that it stands for.
    #[serde(default = "default_file")]
    pub file: String,
    /// How its characters are stored.
    #[serde(default)]
    pub encoding: TextEncoding,
    /// Other rules that find something in it, rightly.
    #[serde(default)]
    pub also: Vec<String>,
    /// How bad the marked findings must be.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// How sure the marked findings must be.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// What all fixes together make of the text, unsafe ones among them, with the same `${…}`.
    #[serde(default)]
    pub fixed: Option<String>,
}

fn default_file() -> String {
    "example.txt".to_owned()
}

/// How an example stores its characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum TextEncoding {
    /// UTF-8.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, low byte first, with a byte order mark.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, high byte first, with a byte order mark.
    #[serde(rename = "utf-16be")]
    Utf16Be,
}

/// An example as the engine sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expanded {
    /// The bytes, with credentials and without marks.
    pub bytes: Vec<u8>,
    /// What must be reported.
    pub marks: Vec<Span>,
}

impl Example {
    /// Generates the credentials and takes out the marks.
    ///
    /// # Errors
    ///
    /// If a `${…}` is of no known kind or not closed, or the marks do not pair.
    pub fn expand(&self) -> Result<Expanded, String> {
        let text = expand(&self.text, &mut Letters::default())?;
        let mut bytes = match self.encoding {
            TextEncoding::Utf8 => Vec::new(),
            TextEncoding::Utf16Le => vec![0xFF, 0xFE],
            TextEncoding::Utf16Be => vec![0xFE, 0xFF],
        };
        let mut marks = Vec::new();
        let mut open = None;
        for c in text.chars() {
            match (c, open) {
                ('«', None) => open = Some(bytes.len()),
                ('»', Some(start)) => {
                    marks.push(start..bytes.len());
                    open = None;
                }
                ('«' | '»', _) => return Err("« and » do not pair".to_owned()),
                _ => push(&mut bytes, c, self.encoding),
            }
        }
        match open {
            Some(_) => Err("« is not closed".to_owned()),
            None => Ok(Expanded { bytes, marks }),
        }
    }

    /// The bytes that the fixes must make of it.
    ///
    /// # Errors
    ///
    /// If the text is not of the form.
    pub fn expand_fixed(&self) -> Option<Result<Vec<u8>, String>> {
        let fixed = Self {
            text: self.fixed.clone()?,
            ..self.clone()
        };
        Some(fixed.expand().map(|expanded| expanded.bytes))
    }

    /// The text as it is shown to people: credentials shortened, marks left out.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut out = String::new();
        let mut rest = self.text.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            match split_closed(after) {
                Some((inner, tail)) if generator(inner).is_some() => {
                    out.push('…');
                    rest = tail;
                }
                _ => {
                    out.push_str("${");
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out.replace(['«', '»'], "")
    }
}

fn push(bytes: &mut Vec<u8>, c: char, encoding: TextEncoding) {
    let mut units = [0; 2];
    let bytes_of = match encoding {
        TextEncoding::Utf8 => {
            bytes.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
            return;
        }
        TextEncoding::Utf16Le => u16::to_le_bytes,
        TextEncoding::Utf16Be => u16::to_be_bytes,
    };
    bytes.extend(
        c.encode_utf16(&mut units)
            .iter()
            .copied()
            .flat_map(bytes_of),
    );
}

/// Splits `inner}rest`, where `inner` may hold closed braces.
fn split_closed(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    let at = text.find(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        depth < 0
    })?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Replaces every `${kind:argument}`. Text such as `${HF_TOKEN}`, without a colon, stays.
fn expand(text: &str, letters: &mut Letters) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((inner, tail)) = split_closed(after) else {
            return Err("`${` is not closed".to_owned());
        };
        rest = match generator(inner) {
            Some((kind, argument)) => {
                out.push_str(&generate(kind, argument, letters)?);
                tail
            }
            // There may be one in it: `${TOKEN:-${alpha:34}}`.
            None => {
                out.push_str("${");
                after
            }
        };
    }
    out.push_str(rest);
    Ok(out)
}

/// The kind and the argument of `kind:argument`; none if this is the text's own: `${env:HOME}`.
fn generator(inner: &str) -> Option<(&str, &str)> {
    let (kind, argument) = inner.split_once(':')?;
    let known = matches!(kind, "base64" | "jws")
        || (argument.parse::<usize>().is_ok()
            && kind
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    known.then_some((kind, argument))
}

fn generate(kind: &str, argument: &str, letters: &mut Letters) -> Result<String, String> {
    let alphabet: &[u8] = match kind {
        "alpha" => ALPHA,
        "alnum" => ALNUM,
        "hex" => HEX,
        "base64" => return Ok(STANDARD.encode(expand(argument, letters)?)),
        "jws" => {
            let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA"}"#);
            let payload = URL_SAFE_NO_PAD.encode(argument);
            let signature = letters.take(86, ALNUM);
            return Ok(format!("{header}.{payload}.{signature}"));
        }
        _ => {
            return Err(format!(
                "`${{{kind}:…}}` is not known: use alpha, alnum, hex, base64, jws"
            ));
        }
    };
    let length: usize = argument
        .parse()
        .map_err(|_| format!("`${{{kind}:{argument}}}` needs a number"))?;
    Ok(letters.take(length, alphabet))
}

const ALPHA: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ALNUM: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &[u8] = b"0123456789abcdef";

/// A small generator (splitmix64) with a fixed seed: examples are the same everywhere and always.
struct Letters(u64);

impl Default for Letters {
    fn default() -> Self {
        Self(0x6866_7363_616e)
    }
}

impl Letters {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn take(&mut self, length: usize, alphabet: &[u8]) -> String {
        let mut next = || {
            let at = self.next() % alphabet.len() as u64;
            usize::try_from(at)
                .ok()
                .and_then(|at| alphabet.get(at))
                .copied()
        };
        (0..length).filter_map(|_| next()).map(char::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(text: &str) -> Example {
        toml::from_str(&format!("text = '''{text}'''")).unwrap()
    }

    #[test]
    fn marks_are_bytes_of_the_expanded_text() {
        let expanded = example("é «hf_${alpha:34}»!").expand().unwrap();
        assert_eq!(expanded.marks, vec![3..40]);
        assert_eq!(expanded.bytes.len(), 41);
        assert_eq!(example("a «b").expand().unwrap_err(), "« is not closed");
    }

    #[test]
    fn nested_and_foreign_braces() {
        let expanded = example("${base64:${alpha:3}} ${HF_TOKEN} ${jws:{\"a\":{}}}").expand();
        let text = String::from_utf8(expanded.unwrap().bytes).unwrap();
        assert!(text.contains(" ${HF_TOKEN} eyJ"), "{text}");
        let fault = example("${beta:3}").expand().unwrap_err();
        assert!(fault.starts_with("`${beta:…}`"), "{fault}");
        assert_eq!(example("x=«hf_${alpha:34}»").shown(), "x=hf_…");
    }
}
