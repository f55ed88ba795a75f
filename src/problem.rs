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
    /// It is packed in a way that is not opened.
    Unopened,
    /// A stated limit ended the scan of it.
    Limit,
    /// A defect of hfscan ended the scan of it.
    Internal,
    /// There was nothing to scan.
    Nothing,
    /// Only what is new was asked for, and nothing is.
    Unchanged,
    /// A baseline holds what is there no more.
    Stale,
    /// Whether a credential is live was asked for, and could not be learned.
    Unverified,
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
    /// file that vanished has nothing left to leak, a commit that adds nothing leaks nothing, and a
    /// baseline may be longer than needed.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        !matches!(
            self.kind,
            ProblemKind::Vanished | ProblemKind::Unchanged | ProblemKind::Stale
        )
    }
}

/// Something that was passed over: its bytes were scanned as they are, or not read at all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// The path as it is shown.
    pub path: String,
    /// The place inside an archive.
    pub member: Option<String>,
    /// Why it was passed over.
    pub kind: UnreadKind,
    /// What it is, in a few words.
    pub what: String,
}

/// Why something was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnreadKind {
    /// It is packed in a way that is not opened.
    Unopened,
    /// It is no file: a FIFO, a socket, a device.
    Special,
    /// It is a symbolic link that leads out of what is scanned.
    Link,
    /// It is a submodule whose files are not here, or are not asked for.
    Submodule,
    /// It points at a content that Git LFS does not have here.
    Pointer,
    /// It is too large to be parsed.
    Unparsed,
    /// A part of it could not be parsed.
    PartlyParsed,
}

impl UnreadKind {
    /// The word that the machine-readable formats have for it. It never changes.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unopened => "unopened",
            Self::Special => "special",
            Self::Link => "link",
            Self::Submodule => "submodule",
            Self::Pointer => "pointer",
            Self::Unparsed => "unparsed",
            Self::PartlyParsed => "partly-parsed",
        }
    }

    /// What is true of it, and what to do about it.
    fn says(self) -> &'static str {
        match self {
            Self::Unopened => "is not opened: unpack it, and scan what is in it",
            Self::Special => "is not read",
            Self::Link => "is not followed: name what it leads to",
            Self::Submodule => "not scanned: check out and name what is in it",
            Self::Pointer => "is not here: fetch it with git lfs pull",
            Self::Unparsed => "was not parsed, but searched for tokens alone",
            Self::PartlyParsed => "was parsed in part alone",
        }
    }
}

impl Unread {
    /// The same as a problem, where nothing may be passed over.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let what = format!("{} {}", self.what, self.kind.says());
        Problem {
            path: self.path.clone(),
            kind: ProblemKind::Unopened,
            message: match &self.member {
                Some(member) => format!("{member}: {what}"),
                None => what,
            },
        }
    }
}
