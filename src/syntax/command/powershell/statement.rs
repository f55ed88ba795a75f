//! Statements: where they begin, and what becomes of them.

use super::frame::{Draft, Frame, Kind, Mode};
use super::reader::{Reader, variable};
use crate::syntax::command::line::{Redirected, Word};
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Setting, Spanned, Value};

/// Words before a condition, a name or a block.
const HEADS: [&str; 24] = [
    "if",
    "elseif",
    "else",
    "while",
    "for",
    "foreach",
    "switch",
    "until",
    "do",
    "function",
    "filter",
    "class",
    "enum",
    "param",
    "try",
    "catch",
    "finally",
    "process",
    "begin",
    "end",
    "clean",
    "dynamicparam",
    "trap",
    "workflow",
];

impl Reader<'_> {
    /// Begins a statement; false if only its kind is clear now.
    pub(super) fn begin(&mut self, byte: u8) -> bool {
        self.top().span = self.at..self.at;
        if let Some((name, length)) = self.assigned() {
            self.top().target = Some(name);
            self.at += length;
            return true;
        }
        match byte {
            b'&' | b'.' if self.peek(1).is_some_and(|byte| byte.is_ascii_whitespace()) => {
                self.top().mode = Mode::Command;
                self.at += 1;
                return true;
            }
            b'[' => return self.type_name(),
            b'$' | b'"' | b'\'' | b'@' | b'(' | b'0'..=b'9' | b'-' | b'!' | b'+' | b',' => {
                self.top().mode = Mode::Expression;
            }
            b'{' => {}
            b'}' | b')' => return false,
            _ => {
                let letters = self
                    .rest()
                    .iter()
                    .take(20)
                    .take_while(|b| b.is_ascii_alphabetic());
                let length = letters.count();
                let ends = self
                    .peek(length)
                    .is_none_or(|byte| byte.is_ascii_whitespace() || b"({;".contains(&byte));
                let word = self.rest().get(..length).unwrap_or_default();
                let word = String::from_utf8_lossy(word).to_ascii_lowercase();
                if ends && matches!(word.as_str(), "return" | "throw" | "in") {
                    self.at += length;
                    return true;
                }
                let is_head = ends && HEADS.contains(&word.as_str());
                self.top().mode = match word.as_str() {
                    "param" if ends => Mode::Parameters,
                    _ if is_head => Mode::Head,
                    _ => Mode::Command,
                };
                if is_head {
                    self.at += length;
                    return true;
                }
            }
        }
        false
    }

    /// The name in `$x =`, or `x =` of a hash table, and the length up to the value.
    fn assigned(&mut self) -> Option<(Spanned<String>, usize)> {
        let in_hash = self.top().kind == Kind::Hash;
        let at = self.at;
        let rest = self.rest();
        let (name, length) = match rest {
            [b'$', ..] => variable(rest)?,
            _ if !in_hash => return None,
            [quote @ (b'"' | b'\''), inner @ ..] => {
                let length = inner.iter().take(200).position(|byte| byte == quote)?;
                let value = String::from_utf8_lossy(inner.get(..length)?).into_owned();
                let span = 1..1 + length;
                (Spanned { value, span }, length + 2)
            }
            _ => {
                let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
                let length = rest.iter().take(200).take_while(|byte| word(byte)).count();
                let value = String::from_utf8_lossy(rest.get(..length)?).into_owned();
                let span = 0..length;
                (Spanned { value, span }, length)
            }
        };
        let after = rest.get(length..)?;
        let blanks = after
            .iter()
            .take(200)
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count();
        let operator = match after.get(blanks..)? {
            [b'=', b'=', ..] => return None,
            [b'=', ..] => 1,
            [b'+' | b'?', b'=', ..] => 2,
            [b'?', b'?', b'=', ..] => 3,
            _ => return None,
        };
        let span = self.text.origin(at + name.span.start..at + name.span.end);
        let name = Spanned {
            value: name.value,
            span,
        };
        (length > 0).then_some((name, length + blanks + operator))
    }

    /// Reads `[type]`, and the name of a method of it.
    fn type_name(&mut self) -> bool {
        let rest = self.rest();
        let Some(end) = rest.iter().take(200).position(|byte| *byte == b']') else {
            self.top().mode = Mode::Expression;
            return false;
        };
        let attribute = rest.get(..end).and_then(|head| memchr::memchr(b'(', head));
        if let Some(attribute) = attribute {
            // `[OutputType([bool])]`
            self.top().mode = Mode::Expression;
            self.top().odd = true;
            self.at += attribute;
            return true;
        }
        let method = rest.get(end + 1..).unwrap_or_default();
        let method = method.get(..method.len().min(40)).unwrap_or_default();
        let method = String::from_utf8_lossy(method).to_ascii_lowercase();
        let sets = "::setenvironmentvariable(";
        if method.starts_with(sets) {
            self.at += end + 1;
            self.open(Kind::SetVariable, sets.len());
        } else if method.trim_start().starts_with(['$', '[', '"', '\'', '(']) {
            // A cast.
            self.at += end + 1;
        } else {
            self.top().mode = Mode::Expression;
            self.top().odd = true;
            self.at += end + 1;
        }
        true
    }

    /// Takes an expression whose value goes on into a pipe or a file for the command that it is
    /// short for: `$x | hf` is `Write-Output $x | hf`.
    pub(super) fn write_output(&mut self) {
        let text = self.text;
        let top = self.top();
        let stands_alone = matches!(top.kind, Kind::Script | Kind::Block) && top.target.is_none();
        if top.mode != Mode::Expression || !stands_alone {
            return;
        }
        let Some(word) = top.word.take() else {
            return;
        };
        let mut word = word.finish(text);
        if std::mem::take(&mut top.odd) {
            word.value.value = Value::Unknown;
        }
        let start = word.value.span.start;
        let mut program = MappedText::default();
        program.push(b"Write-Output", start..start);
        top.words.push(Word::literal(program, start..start));
        top.words.push(word);
        top.mode = Mode::Command;
    }

    pub(super) fn redirection(&mut self) {
        self.write_output();
        let doubled = self.peek(1) == Some(b'>');
        let mut operator = if doubled { ">>" } else { ">" }.to_owned();
        let word = self.top().word.as_ref().and_then(|word| word.plain());
        let stream = word.filter(|word| matches!(word, [b'1'..=b'6' | b'*']));
        if let Some(stream) = stream.map(|word| String::from_utf8_lossy(word).into_owned()) {
            self.top().word = None;
            operator.insert_str(0, &stream);
        }
        self.end_word();
        self.at += 1 + usize::from(doubled);
        if self.peek(0) == Some(b'&') {
            // `2>&1` names no file.
            self.at += 1 + usize::from(self.peek(1).is_some_and(|byte| byte.is_ascii_digit()));
            return;
        }
        self.top().redirect = Some(operator);
    }

    /// Ends the word of a command that is being read, if any.
    pub(super) fn end_word(&mut self) {
        if self.top().mode == Mode::Expression {
            return;
        }
        let Some(word) = self.top().word.take() else {
            return;
        };
        let (text, end) = (self.text, self.at);
        let word = word.finish(text);
        let top = self.top();
        top.span.end = end;
        match top.redirect.take() {
            Some(operator) => top.redirections.push(Redirected {
                operator,
                target: word,
            }),
            None => top.words.push(word),
        }
    }

    /// Ends the statement that is being read, if any.
    pub(super) fn end_statement(&mut self) {
        self.end_word();
        let (text, at) = (self.text, self.at);
        let top = self.top();
        let mode = std::mem::replace(&mut top.mode, Mode::Start);
        let odd = std::mem::take(&mut top.odd);
        let word = top.word.take();
        let target = top.target.take();
        top.redirect = None;
        let draft = Draft {
            span: top.span.clone(),
            setting: None,
            words: std::mem::take(&mut top.words),
            redirections: std::mem::take(&mut top.redirections),
            piped_from: top.pipe.take(),
            is_piped: false,
        };
        let value = match mode {
            Mode::Expression => word.map(|word| {
                let mut value = word.finish(text).value;
                if odd {
                    value.value = Value::Unknown;
                }
                value
            }),
            Mode::Command if target.is_some() && !draft.words.is_empty() => {
                let span = draft.span.clone();
                let command = text.slice(&span);
                let command = String::from_utf8_lossy(command).into_owned();
                Some(Spanned {
                    value: Value::Substitution(command),
                    span: text.origin(span),
                })
            }
            _ => None,
        };
        match (target, value) {
            (Some(target), value) => {
                let value = value.unwrap_or(Spanned {
                    value: Value::Unknown,
                    span: target.span.end..target.span.end,
                });
                self.setting(target, value);
            }
            (None, Some(value)) => top.values.push(value),
            (None, None) => {}
        }
        if !draft.words.is_empty() {
            // Two, so that brackets around a command are no value.
            self.drafts.push(draft);
        }
        self.top().span = at..at;
    }

    fn setting(&mut self, name: Spanned<String>, value: Spanned<Value>) {
        let start = name.span.start.min(value.span.start);
        let span = start..value.span.end.max(name.span.end);
        let path = vec![name];
        self.drafts.push(Draft {
            span,
            setting: Some(Setting { path, value }),
            words: Vec::new(),
            redirections: Vec::new(),
            piped_from: None,
            is_piped: false,
        });
    }

    /// Adds what `[Environment]::SetEnvironmentVariable("X", "y")` sets.
    pub(super) fn set_variable(&mut self, frame: &Frame) {
        if let [name, value, ..] = frame.values.as_slice()
            && let Value::Literal(text) = &name.value
        {
            let name = Spanned {
                value: text.clone(),
                span: name.span.clone(),
            };
            self.setting(name, value.clone());
        }
    }
}
