//! What becomes of a frame when it is closed.

use super::frame::{Frame, Kind};
use super::reader::Reader;
use crate::syntax::Value;

impl Reader<'_> {
    /// Closes the innermost frame. The reader stands after its closing, but for a backquote.
    pub(super) fn close(&mut self) {
        let is_list = matches!(
            self.top().kind,
            Kind::Subshell | Kind::Substitution | Kind::Backquote | Kind::Array(_)
        );
        if is_list {
            self.end_word();
            self.end_command();
        }
        let Some(mut frame) = self.pop() else { return };
        if frame.kind == Kind::Backquote && self.peek(0) == Some(b'`') {
            self.at += 1;
        }
        self.top().pending.append(&mut frame.pending);
        match frame.kind.clone() {
            Kind::Script => {}
            Kind::Subshell => {
                let top = self.top();
                top.last = frame.last.or(top.last);
                top.after_group = true;
            }
            Kind::Substitution | Kind::Backquote => {
                let value = match self.shallow() {
                    true => Value::Substitution(self.inner_text(&frame)),
                    false => Value::Unknown,
                };
                self.refer(value, frame.start);
            }
            Kind::Expansion(name, default) => self.close_expansion(name, default, frame),
            Kind::Arithmetic(_) => {
                // As a command it gives nothing.
                if self.bytes.get(frame.start) == Some(&b'$') {
                    self.refer(Value::Unknown, frame.start);
                } else {
                    self.top().after_group = true;
                }
            }
            Kind::Array(words) => {
                let values = words.into_iter().map(|word| word.value).collect();
                let value = match self.shallow() {
                    true => Value::List(values),
                    false => Value::Unknown,
                };
                self.refer(value, frame.start);
            }
            Kind::Heredoc(pending) => {
                let body = frame.word.unwrap_or_default().finish(self.text);
                if let Some(found) = self.state.bodies.get_mut(pending.number) {
                    *found = body;
                }
            }
        }
    }

    fn close_expansion(&mut self, name: String, default: bool, frame: Frame) {
        let value = match name.is_empty() {
            true => Value::Unknown,
            false => {
                let text = self.text;
                let default = frame
                    .word
                    .filter(|_| default && self.shallow())
                    .map(|word| Box::new(word.finish(text).value));
                Value::Variable(name, default)
            }
        };
        self.refer(value, frame.start);
    }

    /// What stands between the brackets of a substitution.
    fn inner_text(&self, frame: &Frame) -> String {
        // A backquote, or the parenthesis of fish, stands alone.
        let alone = matches!(self.bytes.get(frame.start), Some(b'`' | b'('));
        let opening = if alone { 1 } else { 2 };
        let end = self.at.saturating_sub(1).max(frame.start + opening);
        let inner = self.bytes.get(frame.start + opening..end);
        String::from_utf8_lossy(inner.unwrap_or_default())
            .trim()
            .to_owned()
    }
}
