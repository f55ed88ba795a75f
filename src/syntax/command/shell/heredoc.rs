//! The bodies of heredocs.

use super::frame::{Kind, Pending};
use super::reader::Reader;

/// How many heredocs may lie in each other: each is searched for its end.
const MAX_HEREDOCS: usize = 4;

impl Reader<'_> {
    /// Begins the body of the next heredoc that was announced. The reader stands at a line.
    pub(super) fn next_heredoc(&mut self) {
        let Some(pending) = self.top().pending.pop_front() else {
            return;
        };
        let (end, resume) = self.heredoc_end(&pending);
        let start = self.at;
        let fits = self.state.limits.len() < MAX_HEREDOCS;
        if fits && self.open(Kind::Heredoc(pending), start) {
            self.state.limits.push((end, resume));
            self.set_end();
            self.drop_tabs();
        } else {
            self.has_errors = true;
            self.at = resume;
        }
    }

    /// Where a heredoc that begins here ends, and where the line after it begins.
    fn heredoc_end(&mut self, pending: &Pending) -> (usize, usize) {
        let mut start = self.at;
        let in_list = matches!(
            self.top().kind,
            Kind::Subshell | Kind::Substitution | Kind::Backquote
        );
        for line in self.rest().split_inclusive(|byte| *byte == b'\n') {
            let mut content = line.strip_suffix(b"\n").unwrap_or(line);
            content = content.strip_suffix(b"\r").unwrap_or(content);
            while let Some(rest) = content.strip_prefix(b"\t").filter(|_| pending.tabs) {
                content = rest;
            }
            // The closing of a substitution may stand right after the delimiter.
            let is_end = content.strip_prefix(pending.delimiter.as_slice());
            match is_end {
                Some([]) => return (start, start + line.len()),
                Some([b')' | b'`', ..]) if in_list => {
                    let tabs = line.len() - content.len();
                    return (start, start + tabs.min(1) + pending.delimiter.len());
                }
                _ => start += line.len(),
            }
        }
        self.has_errors = true;
        (start, start)
    }

    /// Reads on in the body of a heredoc.
    pub(super) fn heredoc_step(&mut self, byte: u8) {
        let Kind::Heredoc(pending) = &self.top().kind else {
            return;
        };
        let (raw, tabs) = (pending.raw, pending.tabs);
        match byte {
            b'\n' => {
                self.take(1);
                if tabs {
                    self.drop_tabs();
                }
            }
            b'\\' if !raw => self.escape(|next| matches!(next, b'$' | b'`' | b'\\')),
            b'$' | b'`' | b'{' | b'<' if raw => {
                if !self.take_foreign() {
                    self.take(1);
                }
            }
            _ => self.expand_or_take(byte, |byte| {
                matches!(byte, b'\n' | b'\\' | b'$' | b'`' | b'{' | b'<')
            }),
        }
    }

    fn drop_tabs(&mut self) {
        let Kind::Heredoc(Pending { tabs: true, .. }) = self.top().kind else {
            return;
        };
        while self.peek(0) == Some(b'\t') {
            self.at += 1;
        }
    }
}
