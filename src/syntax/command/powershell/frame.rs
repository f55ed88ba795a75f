//! What the reader stands in: blocks, brackets, arguments of calls.

use crate::span::Span;
use crate::syntax::command::line::{Redirected, Word};
use crate::syntax::command::word::Builder;
use crate::syntax::{Setting, Spanned, Value};

/// A command or a setting. Spans of it are in the text.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) span: Span,
    pub(super) setting: Option<Setting>,
    pub(super) words: Vec<Word>,
    pub(super) redirections: Vec<Redirected>,
    /// The draft whose output is piped into this one.
    pub(super) piped_from: Option<usize>,
    /// Whether the output of this one is piped into another.
    pub(super) is_piped: bool,
}

/// Something that was opened and ends at its own closing.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) kind: Kind,
    /// Where it was opened.
    pub(super) start: usize,
    pub(super) mode: Mode,
    /// The word, or the value of the expression, that is being read.
    pub(super) word: Option<Builder>,
    pub(super) quote: Quote,
    /// What the statement is assigned to.
    pub(super) target: Option<Spanned<String>>,
    pub(super) words: Vec<Word>,
    pub(super) redirections: Vec<Redirected>,
    /// The operator whose target is the next word.
    pub(super) redirect: Option<String>,
    /// The bytes of the statement in the text.
    pub(super) span: Span,
    /// Whether the expression is more than texts put together.
    pub(super) odd: bool,
    /// The statement whose output goes to the next one.
    pub(super) pipe: Option<usize>,
    /// Arguments of a call so far; what the statements of brackets give.
    pub(super) values: Vec<Spanned<Value>>,
}

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Script,
    /// `{ … }`
    Block,
    /// `@{ … }`
    Hash,
    /// `( … )`, `$( … )`, `@( … )`
    Brackets,
    /// The arguments of `[Environment]::SetEnvironmentVariable`.
    SetVariable,
}

/// What kind of statement is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// None yet.
    Start,
    Command,
    Expression,
    /// The head of `if`, `function` and their kin.
    Head,
    /// The head of `param`, which ends with its brackets.
    Parameters,
}

impl Mode {
    /// Whether the words of the statement are no command.
    pub(super) fn is_head(self) -> bool {
        matches!(self, Self::Head | Self::Parameters)
    }
}

/// The string that the reader is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    None,
    Double,
    /// `@"` up to a place.
    Here(usize),
}

impl Frame {
    pub(super) fn new(kind: Kind, start: usize) -> Self {
        Self {
            kind,
            start,
            mode: Mode::Start,
            word: None,
            quote: Quote::None,
            target: None,
            words: Vec::new(),
            redirections: Vec::new(),
            redirect: None,
            span: start..start,
            odd: false,
            pipe: None,
            values: Vec::new(),
        }
    }
}
