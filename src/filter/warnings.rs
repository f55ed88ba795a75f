//! What a copy could not do, for whoever asked for it.

/// How many lines of one copy are kept.
const MOST: usize = 100;

/// What is to be said of one copy. What was copied is complete all the same, unless it says so.
#[derive(Debug, Default)]
pub struct Warnings {
    lines: Vec<String>,
    /// How many more there were.
    more: u64,
    /// Whether something of the original is missing.
    lost: bool,
}

impl Warnings {
    /// The lines, in order.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// How many more there are that were not kept.
    #[must_use]
    pub fn more(&self) -> u64 {
        self.more
    }

    /// Whether something of the original is missing in the copy.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.lost
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Says that something could not be redacted, and was copied as it is.
    pub(super) fn kept(&mut self, what: &str) {
        self.line(format!("{what}: not redacted"));
    }

    /// Says that something is missing in the copy.
    pub(super) fn lost(&mut self, what: &str) {
        self.line(format!("{what}: left out"));
        self.lost = true;
    }

    fn line(&mut self, line: String) {
        if self.lines.len() < MOST {
            self.lines.push(line);
        } else {
            self.more += 1;
        }
    }
}
