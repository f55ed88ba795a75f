//! Single texts of a table, for programs that have it in memory.

use std::sync::Arc;

use super::finish::FileScan;
use super::{Outcome, Scanner};
use crate::engine::{Bounds, Nature};
use crate::source::{Chunk, Origin};

impl Scanner {
    /// Searches one value of a table for credentials, each time that it holds one. As in files with tables,
    /// nothing is parsed or opened, and no comment hides anything: it is data of others. `is_text` says that
    /// words stand apart in it, as they do not in a binary record. What is found is in order.
    #[must_use]
    pub fn scan_value(&self, value: &[u8], is_text: bool) -> Outcome {
        let mut outcome = Outcome::default();
        outcome.stats.bytes = value.len() as u64;
        if !self.engine.may_hold_credential(value) {
            return outcome;
        }
        let nature = Nature {
            is_log: false,
            bounds: match is_text {
                true => Bounds::Words,
                false => Bounds::Mixed,
            },
            begun: true,
        };
        let mut file = FileScan::new(self, Arc::new(Origin::default()), None);
        file.value(&Chunk::whole(value), nature);
        file.finish(&mut outcome, None);
        outcome.sort();
        outcome
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
    fn a_credential_is_found_each_time_and_no_comment_hides_it() {
        let scanner = Scanner::new(&RuleSet::built_in().unwrap(), UNIX_EPOCH);
        let text = format!(
            "é {0} # gitleaks:allow\n{0} # hfscan: ignore[hf-user-token]",
            token('q')
        );
        let outcome = scanner.scan_value(text.as_bytes(), true);
        let starts: Vec<u64> = outcome
            .findings
            .iter()
            .filter(|finding| finding.is_active())
            .map(|finding| finding.location.start.byte)
            .collect();
        assert_eq!(starts, [3, 58]);
        assert!(outcome.problems.is_empty());
        assert!(scanner.scan_value(b"clean", true).findings.is_empty());
    }
}
