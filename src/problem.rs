//! What could not be scanned, or not as asked. Trouble with one file is data, not a failure.

/// The kinds of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// It could not be opened or read.
    Unreadable,
    /// It was there when the folder was listed, and gone when it was opened.
    Vanished,
    /// It is compressed or an archive, and could not be decoded to its end.
    Undecodable,
    /// A stated limit ended the scan of it.
    Limit,
    /// A defect of hfscan ended the scan of it.
    Internal,
    /// There was nothing to scan.
    Nothing,
    /// Only what is new was asked for, and nothing is.
    Unchanged,
}

/// One piece of trouble.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The path as it is shown; empty where it concerns the whole scan.
    pub path: String,
    /// What kind of trouble.
    pub kind: ProblemKind,
    /// What happened, for a person, and what to do about it.
    pub message: String,
}

impl Problem {
    /// Whether something that was asked for was left unscanned, so that the scan must not pass. A
    /// file that vanished has nothing left to leak, and a commit that adds nothing leaks nothing.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        !matches!(self.kind, ProblemKind::Vanished | ProblemKind::Unchanged)
    }
}
