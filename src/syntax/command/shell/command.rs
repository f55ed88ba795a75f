//! Words become commands.

use super::frame::{Draft, Kind, Mode, Pending, Target};
use super::reader::Reader;
use super::{empty, is};
use crate::syntax::Spanned;
use crate::syntax::command::invocation::{assignment, literal};
use crate::syntax::command::line::Word;

impl Reader<'_> {
    /// Says that the command, if it is new, begins at a place.
    pub(super) fn begin_command(&mut self, start: usize) {
        let command = &mut self.top().command;
        if command.words.is_empty()
            && command.assignments.is_empty()
            && command.redirections.is_empty()
        {
            command.span = start..start;
        }
    }

    /// Ends the word that is being read, if any.
    pub(super) fn end_word(&mut self) {
        let Some(builder) = self.top().word.take() else {
            return;
        };
        let (text, start, end) = (self.text, builder.start, self.at);
        let plain = builder.plain().is_some();
        let quoted_start = matches!(self.bytes.get(start), Some(b'"' | b'\'' | b'\\'));
        let word = builder.finish(text);
        let top = self.top();
        if let Kind::Array(words) = &mut top.kind {
            words.push(word);
            return;
        }
        if let Some(operator) = top.redirect.take() {
            self.redirect(operator, word, plain);
            self.top().command.span.end = end;
            return;
        }
        if top.in_pattern() {
            if plain && is(&word, "esac") {
                top.cases.pop();
                top.after_group = true;
            }
            return;
        }
        if top.mode == Mode::Function {
            top.mode = Mode::Command;
            return;
        }
        let at_program = top.command.words.is_empty();
        if at_program && plain && top.command.assignments.is_empty() && self.keyword(&word) {
            return;
        }
        self.begin_command(start);
        let top = self.top();
        top.command.span.end = end;
        top.after_group = false;
        let setting = (at_program && !quoted_start)
            .then(|| assignment(&word.value))
            .flatten();
        if let Some(setting) = setting {
            top.command.assignments.push(setting);
            return;
        }
        match top.mode {
            Mode::Case if plain && is(&word, "in") => {
                top.mode = Mode::Command;
                top.command = Draft::default();
                top.cases.push(true);
                return;
            }
            Mode::Command if at_program && plain && is(&word, "[[") => top.mode = Mode::Test,
            Mode::Test if is(&word, "]]") => top.mode = Mode::Command,
            _ => {}
        }
        top.command.words.push(word);
    }

    /// Words that begin or end a compound command. They are not commands themselves.
    fn keyword(&mut self, word: &Word) -> bool {
        let top = self.top();
        match literal(&word.value.value) {
            Some("if" | "then" | "else" | "elif" | "while" | "until" | "do" | "{" | "!") => {
                top.after_group = false;
            }
            Some("not" | "and" | "or" | "begin" | "coproc") => {}
            Some("fi" | "done" | "}" | "end") => top.after_group = true,
            Some("esac") => {
                top.cases.pop();
                top.after_group = true;
            }
            Some("case") => top.mode = Mode::Case,
            Some("for" | "select" | "foreach") => top.mode = Mode::Loop,
            Some("function") => top.mode = Mode::Function,
            _ => return false,
        }
        true
    }

    /// Adds a redirection whose target was read.
    fn redirect(&mut self, operator: String, word: Word, plain: bool) {
        let tabs = operator.ends_with("<<-");
        if !tabs && !operator.ends_with("<<") || operator.ends_with("<<<") {
            let redirection = (operator, Target::Word(word));
            self.top().command.redirections.push(redirection);
            return;
        }
        let number = self.state.bodies.len();
        // Until its body is read, if that ever comes.
        self.state.bodies.push(Word::of(Spanned {
            value: empty(),
            span: word.value.span.clone(),
        }));
        let pending = Pending {
            number,
            delimiter: word.text.bytes().to_vec(),
            raw: !plain,
            tabs,
        };
        let top = self.top();
        top.pending.push_back(pending);
        let operator = operator.trim_end_matches('-').to_owned();
        top.command
            .redirections
            .push((operator, Target::Here(number)));
    }

    /// Ends the command that is being read, if any.
    pub(super) fn end_command(&mut self) {
        let id = self.drafts.len();
        let top = self.top();
        let mode = std::mem::take(&mut top.mode);
        top.redirect = None;
        let command = &mut top.command;
        if command.words.is_empty() && command.assignments.is_empty() {
            let redirections = std::mem::take(&mut command.redirections);
            // `{ … } > file`: it is the last command's, as far as can be said.
            let group = top.last.filter(|_| top.after_group);
            if let Some(draft) = group.and_then(|id| self.drafts.get_mut(id)) {
                draft.redirections.extend(redirections);
            }
            return;
        }
        let mut draft = std::mem::take(command);
        if mode == Mode::Loop || mode == Mode::Case {
            return;
        }
        draft.piped_from = top.pipe.take();
        top.last = Some(id);
        top.after_group = false;
        self.drafts.push(draft);
    }
}
