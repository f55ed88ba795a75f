//! The steps in a list of commands: words, operators, comments.

use super::frame::{Kind, Mode};
use super::reader::Reader;

/// Whether a byte may mean something outside of quotes.
fn means(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')'
    ) || matches!(byte, b'\'' | b'"' | b'\\' | b'$' | b'`' | b'{' | b'\0')
}

impl Reader<'_> {
    /// Reads on in a list of commands, or in an array.
    pub(super) fn list_step(&mut self, byte: u8) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\0' => {
                self.end_word();
                self.at += 1;
            }
            b'\n' => self.newline(),
            b'#' if self.top().word.is_none() => {
                let rest = self.rest();
                self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            }
            b'\'' => self.single_quotes(),
            b'"' => self.open_quotes(),
            b'\\' => self.escape(|_| true),
            b'$' | b'`' | b'{' => self.expand_or_take(byte, means),
            b'<' if self.take_foreign() => {}
            b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' => self.operator(byte),
            _ => self.take_run(means),
        }
    }

    fn newline(&mut self) {
        self.end_word();
        self.at += 1;
        let goes_on = self.top().mode == Mode::Test
            && self
                .top()
                .command
                .words
                .last()
                .is_some_and(|word| super::is(word, "&&") || super::is(word, "||"));
        if !goes_on {
            self.end_command();
        }
        self.next_heredoc();
    }

    fn operator(&mut self, byte: u8) {
        let next = self.peek(1);
        if self.top().mode == Mode::Test && byte != b';' {
            return self.test_operator(byte);
        }
        if matches!(self.top().kind, Kind::Array(_)) && byte != b')' {
            // Such a list has no commands: `<`, `&` and their kin are mistakes.
            return self.take(1);
        }
        match (byte, next) {
            (b'<' | b'>', Some(b'(')) => {
                self.word();
                let start = self.at;
                if self.open(Kind::Substitution, start) {
                    self.at += 2;
                } else {
                    self.take(1);
                }
            }
            (b'<' | b'>', _) | (b'&', Some(b'>')) => self.redirection(byte),
            (b'(', _) => self.parenthesis(),
            (b')', _) => self.closing_parenthesis(),
            (b'|', Some(b'|')) | (b'&', Some(b'&')) => self.end_with(2),
            (b'|', _) => self.pipe(),
            (b';', Some(b';' | b'&')) => {
                self.end_with(if self.peek(2) == Some(b'&') { 3 } else { 2 });
                if let Some(in_pattern) = self.top().cases.last_mut() {
                    *in_pattern = true;
                }
            }
            _ => self.end_with(1),
        }
    }

    /// Ends a command by an operator of this length.
    fn end_with(&mut self, length: usize) {
        self.end_word();
        self.end_command();
        self.top().pipe = None;
        self.top().after_group = false;
        self.at += length;
    }

    fn pipe(&mut self) {
        self.end_word();
        self.at += if self.peek(1) == Some(b'&') { 2 } else { 1 };
        if self.top().in_pattern() {
            return;
        }
        self.end_command();
        let last = self.top().last;
        self.top().pipe = last;
        self.top().after_group = false;
        if let Some(draft) = last.and_then(|id| self.drafts.get_mut(id)) {
            draft.is_piped = true;
        }
    }

    /// In `[[ … ]]`, operators compare.
    fn test_operator(&mut self, byte: u8) {
        let doubled = matches!(byte, b'&' | b'|') && self.peek(1) == Some(byte);
        self.end_word();
        self.take(1 + usize::from(doubled));
        self.end_word();
    }

    fn redirection(&mut self, byte: u8) {
        let rest = self.rest();
        let operators: [&[u8]; 12] = [
            b"&>>", b"&>", b"<<<", b"<<-", b"<<", b"<&", b"<>", b">>", b">&", b">|", b"<", b">",
        ];
        let Some(operator) = operators.iter().find(|operator| rest.starts_with(operator)) else {
            return self.take(1);
        };
        let length = operator.len();
        let name = match *operator {
            b">|" => b">",
            other => other,
        };
        let mut name = String::from_utf8_lossy(name).into_owned();
        let start = self.at;
        if byte != b'&'
            && let Some(descriptor) = self.take_descriptor()
        {
            name.insert_str(0, &descriptor);
        }
        self.end_word();
        self.begin_command(start);
        self.at += length;
        self.top().redirect = Some(name);
    }

    /// A number right before an operator is a file descriptor. The usual ones are not named.
    fn take_descriptor(&mut self) -> Option<String> {
        let word = self.top().word.as_ref()?.plain()?;
        if word.is_empty() || word.len() > 3 || !word.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let text = String::from_utf8_lossy(word).into_owned();
        let usual = (text == "1" && self.peek(0) == Some(b'>'))
            || (text == "0" && self.peek(0) == Some(b'<'));
        self.top().word = None;
        (!usual).then_some(text)
    }

    fn parenthesis(&mut self) {
        let at = self.at;
        if self.top().in_pattern() && self.top().word.is_none() {
            self.at += 1;
            return;
        }
        let (after_equals, globs) = match self.top().word.as_ref().and_then(|word| word.plain()) {
            Some(word) => (
                word.ends_with(b"="),
                word.ends_with(b"@") || word.ends_with(b"?") || word.ends_with(b"*"),
            ),
            None => (false, false),
        };
        if after_equals && self.open(Kind::Array(Vec::new()), at) {
            self.at += 1;
            return;
        }
        if globs {
            // An extended pattern, `@(a|b)`: the text matters little.
            let rest = self.rest();
            let length = rest
                .iter()
                .take(200)
                .position(|byte| *byte == b')' || *byte == b'\n');
            return self.take(length.unwrap_or(0) + 1);
        }
        if self.is_function() {
            return;
        }
        let is_program = self.top().at_program();
        if self.peek(1) == Some(b'(') && (is_program || self.top().mode == Mode::Loop) {
            if !self.open(Kind::Arithmetic(0), at) {
                self.at += 2;
            }
            return;
        }
        if !is_program {
            // A command substitution in fish, an error elsewhere.
            self.word();
        }
        let (kind, pipe) = match is_program {
            true => (Kind::Subshell, self.top().pipe.take()),
            false => (Kind::Substitution, None),
        };
        if self.open(kind, at) {
            self.top().pipe = pipe;
        }
        self.at += 1;
    }

    /// Reads the `()` of a function that is defined here.
    fn is_function(&mut self) -> bool {
        let rest = self.rest().get(1..).unwrap_or_default();
        let spaces = rest
            .iter()
            .take(20)
            .take_while(|byte| **byte == b' ')
            .count();
        if rest.get(spaces) != Some(&b')') {
            return false;
        }
        let top = self.top();
        if top.command.words.len() + usize::from(top.word.is_some()) > 1 {
            return false;
        }
        top.word = None;
        top.command = super::frame::Draft::default();
        top.mode = Mode::Command;
        self.at += spaces + 2;
        true
    }

    fn closing_parenthesis(&mut self) {
        self.end_word();
        if self.top().in_pattern() {
            self.at += 1;
            if let Some(in_pattern) = self.top().cases.last_mut() {
                *in_pattern = false;
            }
            return;
        }
        let closes = matches!(
            self.top().kind,
            Kind::Subshell | Kind::Substitution | Kind::Array(_)
        );
        if closes {
            self.end_command();
            self.at += 1;
            self.close();
        } else {
            self.has_errors = true;
            self.end_with(1);
        }
    }
}
