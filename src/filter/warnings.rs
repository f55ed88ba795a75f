//! What a copy could not do, for whoever asked for it.

/// How many lines of one copy are kept.
const MOST: usize = 100;

/// What is to be said of one copy. What was copied is complete all the same, unless it says so.
#[derive(Debug, Default)]
pub struct Said {
    lines: Vec<String>,
    /// How many more there were.
    more: u64,
    /// Whether something of the original is missing.
    lost: bool,
}

/// How much was said at some time.
#[derive(Clone, Copy)]
pub(super) struct Sofar(usize, u64);

impl Said {
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

    /// Says that a part could not be redacted, and was copied as it is.
    pub(super) fn kept(&mut self, name: &str, why: &str) {
        self.line(name, why, "not redacted");
    }

    /// Says that a part was copied up to some place.
    pub(super) fn lost(&mut self, name: &str, why: &str) {
        self.line(name, why, "redacted up to there");
        self.lost = true;
    }

    /// Says why a member could not be read to its end. One in which nothing was found, and all of
    /// which is there, is copied as it is.
    pub(super) fn member(&mut self, name: &str, why: &str, as_it_is: bool) {
        if as_it_is {
            self.kept(name, why);
        } else {
            self.lost(name, why);
        }
    }

    /// Says that from some place on a part was copied as if it were text.
    pub(super) fn damaged(&mut self, name: &str, why: &str) {
        self.line(name, why, "what follows was redacted as text");
    }

    fn line(&mut self, name: &str, why: &str, what: &str) {
        if self.lines.len() >= MOST {
            self.more += 1;
        } else if name.is_empty() {
            self.lines.push(format!("{why}: {what}"));
        } else {
            self.lines.push(format!("{name}: {why}: {what}"));
        }
    }

    pub(super) fn sofar(&self) -> Sofar {
        Sofar(self.lines.len(), self.more)
    }

    /// Takes back what was said since.
    pub(super) fn take_back(&mut self, sofar: Sofar) {
        self.lines.truncate(sofar.0);
        self.more = sofar.1;
    }
}
