//! The loop over the bytes of a script.

use super::frame::{Draft, Frame, Kind};
use crate::syntax::command::line::Word;
use crate::syntax::command::reader;
use crate::syntax::command::word::Builder;
use crate::syntax::mapped_text::MappedText;

/// All commands of a script.
pub(super) struct Script {
    pub(super) drafts: Vec<Draft>,
    /// The bodies of heredocs, by number.
    pub(super) bodies: Vec<Word>,
    pub(super) has_errors: bool,
}

/// The reader of a script.
pub(super) type Reader<'t> = reader::Reader<'t, Frame>;

/// What has to do with heredocs.
#[derive(Default)]
pub(super) struct Heredocs {
    /// Those that are open: where each ends, and where reading goes on after it.
    pub(super) limits: Vec<(usize, usize)>,
    /// Their bodies, by number.
    pub(super) bodies: Vec<Word>,
}

impl reader::Frame for Frame {
    type Draft = Draft;
    type State = Heredocs;

    fn word(&mut self) -> &mut Option<Builder> {
        &mut self.word
    }
}

/// Reads a script.
pub(super) fn read(text: &MappedText) -> Script {
    let mut reader = Reader::new(text, Frame::new(Kind::Script, 0));
    while reader.step() {}
    Script {
        drafts: reader.drafts,
        bodies: reader.state.bodies,
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
        let resume = self.state.limits.pop();
        self.set_end();
        // What is still open within the heredoc, or the script, was never closed.
        while !matches!(self.top().kind, Kind::Heredoc(_) | Kind::Script) {
            self.has_errors = true;
            self.close();
        }
        if let Some((_, resume)) = resume {
            self.close();
            self.at = resume;
            self.next_heredoc();
            return true;
        }
        self.end_word();
        self.end_command();
        false
    }

    /// Opens a frame; false if there are too many.
    pub(super) fn open(&mut self, kind: Kind, start: usize) -> bool {
        let has_room = self.has_room();
        if has_room {
            self.push(Frame::new(kind, start));
        }
        has_room
    }

    /// Says where reading stops: at the end of the innermost heredoc, or of the script.
    pub(super) fn set_end(&mut self) {
        let innermost = self.state.limits.last();
        self.end = innermost.map_or(self.bytes.len(), |(end, _)| *end);
        self.no_single_quote_from = usize::MAX;
    }

    /// The innermost list of commands that is in backquotes, if the reader stands right in it.
    pub(super) fn in_backquotes(&mut self) -> bool {
        self.top().kind == Kind::Backquote
    }
}
