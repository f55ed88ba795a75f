//! The redaction of single texts that a program has in memory.

use std::io;

use super::copy::{Copy, Text};
use super::marks::Marks;
use super::{Filter, FilterError, Warnings};
use crate::scan::{Scanner, windows};
use crate::source::Origin;
use crate::stream::Supply;

impl<'s> Filter<'s> {
    /// A filter whose marks depend on the credential and the key alone, so that whoever works with the same
    /// key elsewhere makes the same ones. Without a key, marks have no name, and say nothing of which
    /// credentials are alike.
    #[must_use]
    pub fn stateless(scanner: &'s Scanner, key: Option<[u8; 32]>) -> Self {
        Self {
            scanner,
            marks: key.map_or(Marks::Nameless, Marks::Keyed),
            windows: windows(),
            redacted: 0,
            warnings: Warnings::default(),
        }
    }

    /// A value of a table without the credentials in it; none if it holds none. Whatever it looks like, it is
    /// not opened, as [`Scanner::scan_value`] does not.
    ///
    /// # Errors
    ///
    /// If a credential would be left.
    pub fn redact_value(&mut self, value: &[u8]) -> Result<Option<Vec<u8>>, FilterError> {
        if !self.scanner.engine.may_hold_credential(value) {
            return Ok(None);
        }
        let mut stream = io::Cursor::new(value);
        let supply = &mut Supply::Direct(&mut stream);
        let mut window = self.windows.take();
        window.open(supply, false);
        let origin = Origin::default();
        let before = self.redacted;
        let mut out = Vec::with_capacity(value.len());
        let copied = Copy::new(self, &mut out, &Text::value(&origin)).run(&mut window, supply);
        self.windows.put(window);
        copied?;
        Ok((self.redacted > before).then_some(out))
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::rule::RuleSet;

    fn token(last: char) -> String {
        format!("hf_{}{last}", "CJXDCGLmlZGEONYlgCtjfIZSOcMzCPVNP")
    }

    #[test]
    fn marks_depend_on_the_credential_and_the_key_alone() {
        let scanner = Scanner::new(&RuleSet::built_in().unwrap(), UNIX_EPOCH);
        let redacted = |key, text: &str| {
            let mut filter = Filter::stateless(&scanner, key);
            let new = filter.redact_value(text.as_bytes()).unwrap();
            new.map(|new| String::from_utf8(new).unwrap())
        };
        assert_eq!(redacted(None, "clean"), None);
        let (one, other) = (token('q'), token('w'));
        let both = format!("{other} {one}");
        assert_eq!(
            redacted(None, &both).as_deref(),
            Some("hf_[redacted] hf_[redacted]")
        );
        let key = Some([7; 32]);
        let alone = redacted(key, &one).unwrap();
        assert_eq!(alone.len(), "hf_[redacted:]".len() + 16);
        assert!(redacted(key, &both).unwrap().ends_with(&alone));
        assert_ne!(redacted(Some([8; 32]), &one).unwrap(), alone);
    }
}
