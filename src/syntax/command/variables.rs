//! Variables of languages that write scripts for a shell: of Make, of just.
//!
//! A variable becomes a template, `{{.X}}`, which every reader takes for a variable, also in single quotes:
//! these languages know nothing of those in a script.

use std::collections::HashMap;

use crate::span::Span;
use crate::syntax::mapped_text::MappedText;

/// How long a name may be, in bytes, so that a template of it is still taken for one.
const MAX_NAME: usize = 200;

/// How long the value of a variable may be, in bytes, to stand for a program.
const MAX_PROGRAM: usize = 100;

/// Stands for what is not known.
pub(super) const UNKNOWN: &[u8] = b"{{ $() }}";

/// The variables of a file that are nothing but a text.
pub(super) struct Variables {
    /// What names have beside letters and digits.
    signs: &'static [u8],
    plain: HashMap<String, String>,
}

impl Variables {
    /// No variable yet.
    pub(super) fn new(signs: &'static [u8]) -> Self {
        Self {
            signs,
            plain: HashMap::new(),
        }
    }

    /// Notes what a variable is given; false if it was given something before.
    pub(super) fn add(&mut self, name: &[u8], value: &[u8]) -> bool {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        self.plain.insert(text(name), text(value)).is_none()
    }

    /// Forgets a variable.
    pub(super) fn remove(&mut self, name: &str) {
        self.plain.remove(name);
    }

    /// Whether a value may stand for a program: one that is short, with none of some bytes in it.
    pub(super) fn may_be_program(value: &[u8], odd: &[u8]) -> bool {
        value.len() <= MAX_PROGRAM && !value.iter().any(|byte| odd.contains(byte))
    }

    /// Adds what a name stands for: a template or, where a program stands, the text that says which.
    pub(super) fn write(&self, name: &[u8], is_program: bool, origin: Span, out: &mut MappedText) {
        let is_sign = |byte: &u8| byte.is_ascii_alphanumeric() || self.signs.contains(byte);
        if name.is_empty() || name.len() > MAX_NAME || !name.iter().all(is_sign) {
            return out.push(UNKNOWN, origin);
        }
        if is_program && let Some(program) = self.plain.get(&*String::from_utf8_lossy(name)) {
            // What program is run is in the variable: `$(COMPOSE) build`, `{{ compose }} build`.
            return out.push(program.as_bytes(), origin);
        }
        out.push(&[b"{{.", name, b"}}"].concat(), origin);
    }
}
