//! What the reader stands in: lists of commands, expansions, heredocs.

use std::collections::VecDeque;

use crate::span::Span;
use crate::syntax::Setting;
use crate::syntax::command::line::Word;
use crate::syntax::command::word::Builder;

/// A command as it is put together. Spans of it are in the text.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) span: Span,
    pub(super) assignments: Vec<Setting>,
    pub(super) words: Vec<Word>,
    pub(super) redirections: Vec<(String, Target)>,
    /// The draft whose output is piped into this one.
    pub(super) piped_from: Option<usize>,
    /// Whether the output of this one is piped into another.
    pub(super) is_piped: bool,
}

/// What a redirection leads to.
#[derive(Debug)]
pub(super) enum Target {
    Word(Word),
    /// A heredoc, by its number: its text comes later.
    Here(usize),
}

/// Something that was opened and ends at its own closing.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) kind: Kind,
    /// Where it was opened.
    pub(super) start: usize,
    /// The word that is being read.
    pub(super) word: Option<Builder>,
    /// The command that is being read.
    pub(super) command: Draft,
    /// How the words of the command are taken.
    pub(super) mode: Mode,
    /// The `case`s that are open; whether their next word is a pattern.
    pub(super) cases: Vec<bool>,
    /// The operator whose target is the next word.
    pub(super) redirect: Option<String>,
    /// The command whose output goes to the next one.
    pub(super) pipe: Option<usize>,
    /// The command that ended last.
    pub(super) last: Option<usize>,
    /// Whether a group such as `{ … }` has just ended: what follows is for its last command.
    pub(super) after_group: bool,
    /// Heredocs whose bodies begin at the next line.
    pub(super) pending: VecDeque<Pending>,
}

/// What a frame is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// The whole script.
    Script,
    /// `( … )` as a command.
    Subshell,
    /// `$( … )`, `<( … )` in a word.
    Substitution,
    /// Backquotes in a word.
    Backquote,
    /// `${NAME operator word}`; the name, and whether the word is a default.
    Expansion(String, bool),
    /// `$(( … ))` or `(( … ))`, with the depth of parentheses in it.
    Arithmetic(usize),
    /// `NAME=( … )` with the words so far.
    Array(Vec<Word>),
    /// The body of a heredoc.
    Heredoc(Pending),
}

/// How the words of a command are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Mode {
    #[default]
    Command,
    /// `[[ … ]]`: operators are words.
    Test,
    /// `for x in …`, `select`: not a command.
    Loop,
    /// `case word in`: not a command.
    Case,
    /// `function name`.
    Function,
}

/// A heredoc whose operator was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pending {
    pub(super) number: usize,
    pub(super) delimiter: Vec<u8>,
    /// Whether nothing in it is expanded: `<<'EOF'`.
    pub(super) raw: bool,
    /// Whether tabs at the beginning of lines are dropped: `<<-EOF`.
    pub(super) tabs: bool,
}

impl Frame {
    pub(super) fn new(kind: Kind, start: usize) -> Self {
        Self {
            kind,
            start,
            word: None,
            command: Draft::default(),
            mode: Mode::Command,
            cases: Vec::new(),
            redirect: None,
            pipe: None,
            last: None,
            after_group: false,
            pending: VecDeque::new(),
        }
    }

    /// Whether the next word is a pattern of a `case`.
    pub(super) fn in_pattern(&self) -> bool {
        self.cases.last() == Some(&true)
    }

    /// Whether the next word would be the program.
    pub(super) fn at_program(&self) -> bool {
        self.word.is_none() && self.command.words.is_empty() && self.redirect.is_none()
    }
}
