//! A command line as it is read: its words and redirections, with the texts of them.

use crate::span::Span;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Setting, Spanned, Value};

/// A word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// What the program gets.
    pub(crate) value: Spanned<Value>,
    /// The same as a text that knows the bytes it came from; references in it are as written.
    pub(crate) text: MappedText,
}

impl Word {
    /// A word that is known whole. `span` is in the file.
    pub(crate) fn literal(text: MappedText, span: Span) -> Self {
        let value = Value::Literal(String::from_utf8_lossy(text.bytes()).into_owned());
        Self {
            value: Spanned { value, span },
            text,
        }
    }

    /// A word of which only the value is known.
    pub(crate) fn of(value: Spanned<Value>) -> Self {
        Self {
            value,
            text: MappedText::default(),
        }
    }
}

/// A redirection with the text of its target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Redirected {
    /// As in `Redirection`.
    pub(crate) operator: String,
    /// The file, or the text of a heredoc.
    pub(crate) target: Word,
}

/// A whole command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) assignments: Vec<Setting>,
    pub(crate) words: Vec<Word>,
    pub(crate) redirections: Vec<Redirected>,
    /// The place among the facts of the command that is piped into this one.
    pub(crate) piped_from: Option<usize>,
    /// What that command writes, if it is known.
    pub(crate) input: Option<Word>,
    /// Whether the words were written in a shell. If not, `$X` in them is not expanded.
    pub(crate) in_shell: bool,
}

impl Line {
    /// The last heredoc or here-string.
    pub(super) fn here(&self) -> Option<&Word> {
        self.redirections
            .iter()
            .rfind(|redirected| redirected.operator.starts_with("<<"))
            .map(|redirected| &redirected.target)
    }
}
