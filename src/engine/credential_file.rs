//! Files that exist to hold credentials, told by their names.

use super::Engine;
use crate::finding::Hit;
use crate::model::{Holds, Models, Store};
use crate::rule::Check;
use crate::source::Origin;
use crate::span::Span;

/// How much of a file is looked at, in bytes.
const HEAD: usize = 4096;

/// The shortest credential, in bytes.
const SHORTEST: usize = 8;

impl Engine {
    /// The finding that a file is one of credentials, if it is; `text` is how it begins. It points
    /// at the first line that says something.
    pub(super) fn credential_file(&self, text: &[u8], origin: &Origin) -> Option<Hit> {
        let rule = self.check_place(Check::CredentialFile)?;
        let models = self.facts.models();
        let mut stores = models.stores.iter();
        let store = stores.find(|store| store.is_in_tree(&origin.path))?;
        let head = text.get(..text.len().min(HEAD)).unwrap_or_default();
        let at = shown(store, head, models)?;
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
            context: vec![store.what.clone()],
            help: None,
            condition: None,
            fix: None,
        })
    }
}

/// The line that shows that a file is such a store of credentials.
fn shown(store: &Store, head: &[u8], models: &Models) -> Option<Span> {
    let has = |text: &str| lines(head).any(|(_, line)| holds(line, text));
    let needed = |needed: &Holds| match needed {
        Holds::Text(text) => has(text),
        Holds::Key(class) => lines(head).any(|(_, line)| {
            let line = String::from_utf8_lossy(line);
            line.split_once('=').is_some_and(|(key, value)| {
                models.names.is(*class, key.trim().trim_matches('"'))
                    && value.trim().trim_matches(['"', '\'']).len() >= SHORTEST
            })
        }),
    };
    if !store.holds.is_empty() && !store.holds.iter().any(needed) {
        return None;
    }
    let wanted =
        |line: &[u8]| store.line.is_empty() || store.line.iter().any(|text| holds(line, text));
    let (at, line) = lines(head).find(|(_, line)| wanted(line))?;
    let is_word = line.len() >= SHORTEST && line.iter().all(u8::is_ascii_graphic);
    (is_word || !store.one_word).then_some(at)
}

fn holds(line: &[u8], text: &str) -> bool {
    memchr::memmem::find(line, text.as_bytes()).is_some()
}

/// The lines that say something, without their blanks, and where they lie.
fn lines(head: &[u8]) -> impl Iterator<Item = (Span, &[u8])> {
    let mut start = 0;
    head.split_inclusive(|byte| *byte == b'\n')
        .filter_map(move |line| {
            let text = line.trim_ascii();
            let blanks = line.len() - line.trim_ascii_start().len();
            let at = start + blanks..start + blanks + text.len();
            start += line.len();
            (!text.is_empty() && !text.starts_with(b"#")).then_some((at, text))
        })
}
