//! Files that exist to hold credentials, told by their names.

use super::Engine;
use crate::finding::Hit;
use crate::rule::Check;
use crate::rule::names::is_credential_name;
use crate::source::Origin;
use crate::span::Span;

/// How much of a file is looked at, in bytes.
const HEAD: usize = 4096;

impl Engine {
    /// The finding that a file is one of credentials, if it is; `text` is how it begins. It points
    /// at the first line that says something.
    #[must_use]
    pub fn credential_file(&self, text: &[u8], origin: &Origin) -> Option<Hit> {
        let rule = self.check_place(Check::CredentialFile)?;
        let head = text.get(..text.len().min(HEAD)).unwrap_or_default();
        let (kind, at) = kind(&origin.path, head)?;
        let meta = self.meta(rule);
        Some(Hit {
            rule,
            span: at,
            secret: None,
            // Its credentials may be of a kind that no rule knows.
            hide: std::iter::once(0..head.len()).collect(),
            pieces: Vec::new(),
            severity: meta.severity,
            confidence: meta.confidence,
            context: vec![kind.to_owned()],
            help: None,
            condition: None,
        })
    }
}

/// What kind of file of credentials this is, and the line that shows it.
fn kind(path: &str, head: &[u8]) -> Option<(&'static str, Span)> {
    let (folder, name) = path.rsplit_once(['/', '\\']).unwrap_or(("", path));
    let in_folder = |wanted: &str| {
        format!("/{folder}")
            .replace('\\', "/")
            .ends_with(&format!("/{wanted}"))
    };
    match name {
        "stored_tokens" => {
            line(head, &[b"="])?;
            Some(("the tokens of `hf auth login`", line(head, &[b""])?))
        }
        "token" if in_folder(".cache/huggingface") || in_folder(".huggingface") => {
            let at = line(head, &[b""])?;
            let text = head.get(at.clone())?;
            let plain = text.len() >= 8 && text.iter().all(u8::is_ascii_graphic);
            plain.then_some(("the token of `hf auth login`", at))
        }
        ".git-credentials" => Some(("git's stored passwords", line(head, &[b"://"])?)),
        ".netrc" | "_netrc" => {
            let hub = [&b"huggingface.co"[..], b"hf.co"];
            Some((
                "passwords for hosts, Hugging Face among them",
                line(head, &hub)?,
            ))
        }
        "secrets.toml" if in_folder(".streamlit") => {
            let text = std::str::from_utf8(head).ok()?;
            let names_token = text.lines().any(|line| {
                line.split_once('=').is_some_and(|(key, value)| {
                    is_credential_name(key.trim().trim_matches('"'))
                        && value.trim().trim_matches(['"', '\'']).len() >= 8
                })
            });
            let section = text.contains("[huggingface]") || text.contains("[hf]");
            (names_token || section)
                .then(|| line(head, &[b"="]))
                .flatten()
                .map(|at| ("secrets of a Streamlit app", at))
        }
        _ => None,
    }
}

/// The first line with one of some texts in it, without its blanks.
fn line(head: &[u8], wanted: &[&[u8]]) -> Option<Span> {
    let mut start = 0;
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        let text = line.trim_ascii();
        let blanks = line.len() - line.trim_ascii_start().len();
        let holds = |part: &&[u8]| memchr::memmem::find(text, part).is_some();
        if !text.is_empty() && !text.starts_with(b"#") && wanted.iter().any(holds) {
            return Some(start + blanks..start + blanks + text.len());
        }
        start += line.len();
    }
    None
}
