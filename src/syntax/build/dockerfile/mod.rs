//! Dockerfiles: `ENV`, `ARG` and `LABEL` are settings, `RUN`, `CMD` and `ENTRYPOINT` hold scripts,
//! `COPY` and `ADD` are commands.
//!
//! The reader is our own. `dockerfile-parser` and its kin give up at the first line that they do not
//! know, so that a template would hide the file. `tree-sitter-containerfile` 0.9 goes on, but reads
//! `ENV A={{ .B }} C=d` as `A=d`, and takes all that follows a heredoc that is never closed for its
//! body. Instructions are lines: here, one that is not understood costs nothing but itself.
//!
//! Flags are settings too, of the instruction and the flag: `RUN --mount=type=secret,id=x` is
//! `RUN.--mount = type=secret,id=x`.

mod lines;
#[cfg(test)]
mod tests;
mod words;

use crate::span::Span;
use crate::syntax::command::argv;
use crate::syntax::command::line::{Line, Redirected, Word};
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::template;
use crate::syntax::template::Dialect;
use crate::syntax::{FactKind, Format, Place, Setting, Spanned, Value};
use lines::Lines;

/// An instruction of a Dockerfile, by its bytes in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Instruction {
    /// Its keyword, in capitals.
    pub name: String,
    /// Where what follows the keyword begins.
    pub body: usize,
    /// All of it, its heredocs included.
    pub span: Span,
}

/// The instructions of a Dockerfile.
#[must_use]
pub(crate) fn instructions(bytes: &[u8]) -> Vec<Instruction> {
    let text = MappedText::whole(bytes);
    let found = Lines::new(&text).map(|instruction| {
        let keyword = instruction.keyword();
        let body = instruction.after(keyword.end);
        let whole = instruction.text.bytes().len();
        Instruction {
            name: name(&instruction, &keyword),
            body: instruction.text.origin(body..body).start,
            span: instruction.text.origin(0..whole),
        }
    });
    found.collect()
}

/// Lowers a Dockerfile.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let mut state = State {
        shell: Format::Shell,
        entrypoint: Vec::new(),
    };
    for instruction in Lines::new(text) {
        let mut keyword = instruction.keyword();
        let mut start = instruction.after(keyword.end);
        if keyword_is(&instruction, &keyword, "ONBUILD") {
            sink.within(Place::Instruction("ONBUILD".to_owned()), |sink| {
                keyword = instruction.word_at(start);
                start = instruction.after(keyword.end);
                read(&instruction, &keyword, start, &mut state, sink);
            });
        } else {
            read(&instruction, &keyword, start, &mut state, sink);
        }
    }
}

fn name(instruction: &lines::Instruction, keyword: &Span) -> String {
    let bytes = instruction.text.bytes().get(keyword.clone());
    String::from_utf8_lossy(bytes.unwrap_or_default()).to_ascii_uppercase()
}

fn keyword_is(instruction: &lines::Instruction, keyword: &Span, expected: &str) -> bool {
    name(instruction, keyword) == expected
}

/// What an instruction means for those after it.
struct State {
    /// What scripts are written in.
    shell: Format,
    /// A shell that waits for its script, `["sh", "-c"]`, which `CMD` gives.
    entrypoint: Vec<Word>,
}

/// An instruction whose keyword is known.
struct Known<'i> {
    text: &'i MappedText,
    instruction: &'i lines::Instruction,
    name: String,
    keyword: Span,
}

fn read(
    instruction: &lines::Instruction,
    keyword: &Span,
    start: usize,
    state: &mut State,
    sink: &mut FactSink,
) {
    let known = Known {
        text: &instruction.text,
        instruction,
        name: name(instruction, keyword),
        keyword: instruction.text.origin(keyword.clone()),
    };
    let place = Place::Instruction(known.name.clone());
    match known.name.as_str() {
        "RUN" | "CMD" | "ENTRYPOINT" => {
            let start = known.flags(start, sink);
            let script = words::json(known.text, start);
            if known.name == "ENTRYPOINT" {
                let words = script.clone().unwrap_or_default();
                let waits = words
                    .last()
                    .is_some_and(|word| word.text.bytes().ends_with(b"c"))
                    && words
                        .last()
                        .is_some_and(|word| word.text.bytes().starts_with(b"-"));
                state.entrypoint = if waits { words } else { Vec::new() };
            }
            match script.filter(|_| known.name == "CMD" && !state.entrypoint.is_empty()) {
                Some(script) => {
                    let mut words = state.entrypoint.clone();
                    words.extend(script);
                    let span = known.span();
                    sink.within(place, |sink| {
                        argv::lower(words, span, sink);
                    });
                }
                None => known.program(start, state.shell, sink),
            }
        }
        "HEALTHCHECK" => {
            let start = known.flags(start, sink);
            let keyword = instruction.word_at(start);
            if keyword_is(instruction, &keyword, "CMD") {
                known.program(instruction.after(keyword.end), state.shell, sink);
            }
        }
        "ENV" | "LABEL" => sink.within(place, |sink| known.pairs(start, sink)),
        "ARG" => sink.within(place, |sink| known.arguments(start, sink)),
        "FROM" => sink.within(place, |sink| {
            state.entrypoint.clear();
            let words = known.words(start);
            let image = words.iter().find(|word| !word.bytes().starts_with(b"--"));
            if let Some(image) = image {
                known.setting(None, value(image), sink);
            }
        }),
        "COPY" | "ADD" => known.copy(start, sink),
        "SHELL" => {
            let words = words::json(known.text, start).unwrap_or_default();
            state.shell = shell_of(&words);
        }
        "USER" | "WORKDIR" | "EXPOSE" | "VOLUME" | "STOPSIGNAL" | "MAINTAINER" => {}
        _ => sink.mark_errors(),
    }
}

/// The language of `RUN` after a `SHELL` instruction.
fn shell_of(words: &[Word]) -> Format {
    let program = words
        .first()
        .map(|word| word.text.bytes().to_ascii_lowercase());
    let program = program.unwrap_or_default();
    let holds = |name: &[u8]| memchr::memmem::find(&program, name).is_some();
    if holds(b"powershell") || holds(b"pwsh") {
        Format::PowerShell
    } else if holds(b"cmd") {
        Format::Batch
    } else if holds(b"python") {
        Format::Python
    } else {
        Format::Shell
    }
}

fn value(word: &MappedText) -> Spanned<Value> {
    template::read(word, 0..word.bytes().len(), Dialect::Dollar)
}

impl Known<'_> {
    fn words(&self, start: usize) -> Vec<MappedText> {
        words::split(self.text, start, self.instruction.escape)
    }

    fn place(&self) -> Place {
        Place::Instruction(self.name.clone())
    }

    /// All of the instruction in the file.
    fn span(&self) -> Span {
        self.text.origin(0..self.text.bytes().len())
    }

    /// Adds a setting of this instruction.
    fn setting(&self, key: Option<Spanned<String>>, value: Spanned<Value>, sink: &mut FactSink) {
        let mut path = vec![Spanned {
            value: self.name.clone(),
            span: self.keyword.clone(),
        }];
        let start = key
            .as_ref()
            .map_or(self.keyword.start, |key| key.span.start);
        let span = start..value.span.end.max(start);
        path.extend(key);
        sink.fact(FactKind::Setting(Setting { path, value }), span);
    }

    /// Reads `--name=value` flags. Where what follows them begins is returned.
    fn flags(&self, mut start: usize, sink: &mut FactSink) -> usize {
        loop {
            let flag = self.instruction.word_at(start);
            let bytes = self.text.slice(&flag);
            if !bytes.starts_with(b"--") {
                return start;
            }
            let equals = bytes.iter().position(|byte| *byte == b'=');
            let name = flag.start..flag.start + equals.unwrap_or(bytes.len());
            let value_start = equals.map_or(flag.end, |equals| flag.start + equals + 1);
            let value = template::read(self.text, value_start..flag.end, Dialect::Dollar);
            sink.within(self.place(), |sink| {
                self.setting(Some(self.text.name(name)), value, sink);
            });
            start = self.instruction.after(flag.end);
        }
    }

    /// `RUN`, `CMD`, `ENTRYPOINT`: a list of words, or a script.
    fn program(&self, start: usize, shell: Format, sink: &mut FactSink) {
        let end = self.text.bytes().len();
        if let Some(words) = words::json(self.text, start) {
            let span = self.text.origin(start..end);
            sink.within(self.place(), |sink| {
                argv::lower(words, span, sink);
            });
            return;
        }
        if let [only] = self.instruction.heredocs.as_slice() {
            let line = start..self.instruction.line_end;
            let rest = self.text.bytes().get(line).unwrap_or_default().trim_ascii();
            if rest.len() == only.word.len() {
                // The heredoc itself is the script; its first line may say of what.
                let body = self.text.cut(only.body.clone());
                let format = Format::detect("", body.bytes()).unwrap_or(shell);
                sink.nested(self.place(), format, &body);
                return;
            }
        }
        let script = self.text.cut(start..end);
        sink.nested(self.place(), shell, &script);
    }

    /// `ENV a=b c=d` and `ENV a b`.
    fn pairs(&self, start: usize, sink: &mut FactSink) {
        let words = self.words(start);
        let modern = words
            .first()
            .is_some_and(|word| word.bytes().contains(&b'='));
        if modern {
            for word in &words {
                self.pair(word, sink);
            }
        } else {
            let key = self.instruction.word_at(start);
            let value_start = self.instruction.after(key.end);
            let end = self.text.bytes().trim_ascii_end().len().max(value_start);
            let value = template::read(self.text, value_start..end, Dialect::Dollar);
            if !key.is_empty() {
                self.setting(Some(self.text.name(key)), value, sink);
            }
        }
    }

    fn arguments(&self, start: usize, sink: &mut FactSink) {
        for word in self.words(start) {
            self.pair(&word, sink);
        }
    }

    /// `name=value`, or a name alone.
    fn pair(&self, word: &MappedText, sink: &mut FactSink) {
        let bytes = word.bytes();
        let equals = bytes.iter().position(|byte| *byte == b'=');
        let name = 0..equals.unwrap_or(bytes.len());
        let key = word.name(name);
        let start = equals.map_or(bytes.len(), |equals| equals + 1);
        let value = template::read(word, start..bytes.len(), Dialect::Dollar);
        self.setting(Some(key), value, sink);
    }

    /// `COPY` and `ADD`, as commands: flags, sources, destination.
    fn copy(&self, start: usize, sink: &mut FactSink) {
        let mut line = Line {
            words: vec![Word::of(Spanned {
                value: Value::Literal(self.name.clone()),
                span: self.keyword.clone(),
            })],
            ..Line::default()
        };
        let mut flags_end = start;
        while self.instruction.word_is_flag(flags_end) {
            let flag = self.instruction.word_at(flags_end);
            let text = self.text.cut(flag.clone());
            line.words.push(word(text));
            flags_end = self.instruction.after(flag.end);
        }
        match words::json(self.text, flags_end) {
            Some(words) => line.words.extend(words),
            None => {
                let end = self.instruction.line_end;
                let paths = self.text.cut(flags_end..end);
                let words = words::split(&paths, 0, self.instruction.escape);
                line.words.extend(words.into_iter().map(word));
            }
        }
        let mut inner = None;
        for heredoc in &self.instruction.heredocs {
            let body = self.text.cut(heredoc.body.clone());
            line.words.retain(|word| word.text.bytes() != heredoc.word);
            let target = Word {
                value: value(&body),
                text: body.clone(),
            };
            line.redirections.push(Redirected {
                operator: "<<".to_owned(),
                target,
            });
            let path = line.words.last().map(|word| word.text.bytes());
            let path = String::from_utf8_lossy(path.unwrap_or_default()).into_owned();
            inner = Format::detect(&path, body.bytes()).map(|format| (format, body));
        }
        sink.within(self.place(), |sink| {
            argv::lower_line(line, self.span(), sink);
            if let Some((format, body)) = inner {
                sink.nested(Place::Embedded, format, &body);
            }
        });
    }
}

fn word(text: MappedText) -> Word {
    Word {
        value: value(&text),
        text,
    }
}
