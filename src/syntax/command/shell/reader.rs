//! The loop over the bytes of a script.

use super::frame::{Draft, Frame, Kind};
use crate::syntax::command::line::Word;
use crate::syntax::command::word::Builder;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::template;

/// How deep brackets of all kinds may lie in each other. What is deeper is read as plain text.
const MAX_NESTING: usize = 128;

/// How deep references are kept with their text. Each level holds the text of those within it.
const MAX_RECORDED: usize = 12;

/// All commands of a script.
pub(super) struct Script {
    pub(super) drafts: Vec<Draft>,
    /// The bodies of heredocs, by number.
    pub(super) bodies: Vec<Word>,
    pub(super) has_errors: bool,
}

/// The state of reading one script.
pub(super) struct Reader<'t> {
    pub(super) text: &'t MappedText,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    /// The heredocs that are open: where each ends, and where reading goes on after it.
    pub(super) limits: Vec<(usize, usize)>,
    /// From where on no single quote comes before the limit.
    pub(super) no_single_quote_from: usize,
    frames: Vec<Frame>,
    bottom: Frame,
    pub(super) drafts: Vec<Draft>,
    pub(super) bodies: Vec<Word>,
    pub(super) has_errors: bool,
}

/// Reads a script.
pub(super) fn read(text: &MappedText) -> Script {
    let mut reader = Reader {
        text,
        bytes: text.bytes(),
        at: 0,
        limits: Vec::new(),
        no_single_quote_from: usize::MAX,
        frames: Vec::new(),
        bottom: Frame::new(Kind::Script, 0),
        drafts: Vec::new(),
        bodies: Vec::new(),
        has_errors: false,
    };
    if reader.bytes.starts_with(b"\xef\xbb\xbf") {
        reader.at = 3;
    }
    while reader.step() {}
    Script {
        drafts: reader.drafts,
        bodies: reader.bodies,
        has_errors: reader.has_errors,
    }
}

impl Reader<'_> {
    /// Reads something; each step goes forward or closes something. False at the end.
    fn step(&mut self) -> bool {
        let Some(byte) = self.peek(0) else {
            return self.end();
        };
        let quoted = self.top().word.as_ref().is_some_and(|word| word.quoted);
        match self.top().kind {
            Kind::Heredoc(_) => self.heredoc_step(byte),
            Kind::Expansion(..) if !quoted => self.expansion_step(byte),
            Kind::Arithmetic(_) if !quoted => self.arithmetic_step(byte),
            _ if quoted => self.quoted_step(byte),
            _ => self.list_step(byte),
        }
        true
    }

    /// Goes on after a heredoc, or ends the script.
    fn end(&mut self) -> bool {
        let resume = self.limits.pop();
        // What is still open within the heredoc, or the script, was never closed.
        while !matches!(self.top().kind, Kind::Heredoc(_) | Kind::Script) {
            self.has_errors = true;
            self.close();
        }
        if let Some((_, resume)) = resume {
            self.close();
            self.at = resume;
            self.no_single_quote_from = usize::MAX;
            self.next_heredoc();
            return true;
        }
        self.end_word();
        self.end_command();
        false
    }

    /// The innermost frame.
    pub(super) fn top(&mut self) -> &mut Frame {
        self.frames.last_mut().unwrap_or(&mut self.bottom)
    }

    /// Opens a frame; false if there are too many.
    pub(super) fn open(&mut self, kind: Kind, start: usize) -> bool {
        if self.frames.len() == MAX_NESTING {
            self.has_errors = true;
            return false;
        }
        self.frames.push(Frame::new(kind, start));
        true
    }

    /// Takes the innermost frame off.
    pub(super) fn pop(&mut self) -> Option<Frame> {
        self.frames.pop()
    }

    /// Whether the frames are few enough to keep the text of a reference.
    pub(super) fn shallow(&self) -> bool {
        self.frames.len() < MAX_RECORDED
    }

    /// The innermost list of commands that is in backquotes, if the reader stands right in it.
    pub(super) fn in_backquotes(&mut self) -> bool {
        self.top().kind == Kind::Backquote
    }

    /// Where reading stops for now.
    pub(super) fn limit(&self) -> usize {
        self.limits.last().map_or(self.bytes.len(), |(end, _)| *end)
    }

    /// The byte `ahead` of here.
    pub(super) fn peek(&self, ahead: usize) -> Option<u8> {
        let at = self.at + ahead;
        (at < self.limit())
            .then(|| self.bytes.get(at).copied())
            .flatten()
    }

    /// What is left.
    pub(super) fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..self.limit()).unwrap_or_default()
    }

    /// The word that is being read, perhaps a new one.
    pub(super) fn word(&mut self) -> &mut Builder {
        let at = self.at;
        self.top().word.get_or_insert_with(|| Builder::new(at))
    }

    /// Adds the next bytes to the word as they are.
    pub(super) fn take(&mut self, length: usize) {
        let end = (self.at + length).min(self.limit());
        let (text, bytes, span) = (self.text, self.bytes, self.at..end);
        self.word()
            .literal(text, bytes.get(span.clone()).unwrap_or_default(), span);
        self.at = end;
    }

    /// Adds the next bytes up to one that may mean something.
    pub(super) fn take_run(&mut self, means: fn(u8) -> bool) {
        let rest = self.rest();
        let plain = rest.iter().skip(1).position(|byte| means(*byte));
        self.take(plain.map_or(rest.len(), |plain| plain + 1));
    }

    /// Takes an expression of a CI system or a template, which is none of the shell's own.
    pub(super) fn take_foreign(&mut self) -> bool {
        let Some(foreign) = template::foreign(self.rest()) else {
            return false;
        };
        let span = self.at..self.at + foreign.length;
        if let Some(value) = foreign.value {
            let (text, shallow) = (self.text, self.shallow());
            self.word().reference(text, value, span.clone(), shallow);
        }
        self.at = span.end;
        true
    }
}
