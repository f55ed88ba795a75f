//! Definition files of Apptainer and Singularity: a header, and sections most of which are scripts.
//!
//! There is no parser of them on its own. A section begins at `%name` at the start of a line; each
//! line is read once.

use crate::span::Span;
use crate::syntax::command::argv;
use crate::syntax::command::line::Word;
use crate::syntax::data::dotenv;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::{MappedText, trim};
use crate::syntax::template;
use crate::syntax::template::Dialect;
use crate::syntax::{FactKind, Format, Place, Setting};

/// How much of a file is looked at for its header, in bytes.
const HEAD: usize = 4096;

/// The keyword that a definition, and each stage of it, begins with.
const BOOTSTRAP: &[u8] = b"bootstrap:";

/// What a section holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    /// `Key: value` lines, before any section.
    Header,
    Script,
    /// `NAME=value` lines.
    Arguments,
    /// Lines of what is copied from where to where.
    Files,
    /// MappedText for people.
    Prose,
}

/// A section. Spans are in the text.
struct Section {
    content: Content,
    /// Its keyword, with the sign.
    name: String,
    /// What stands behind the keyword.
    options: Span,
    /// The lines after the keyword's.
    body: Span,
}

/// Whether a file of such a name begins as a definition does.
pub(crate) fn is_definition(name: &str, head: &[u8]) -> bool {
    let named = [".def", ".recipe", ".singularity", ".apptainer"];
    let named = named.iter().any(|ending| name.ends_with(ending))
        || ["singularity", "apptainer"]
            .iter()
            .any(|start| name.starts_with(start));
    let head = head.get(..head.len().min(HEAD)).unwrap_or_default();
    named && head.split(|byte| *byte == b'\n').any(is_header)
}

fn is_header(line: &[u8]) -> bool {
    let keyword = line.get(..BOOTSTRAP.len());
    keyword.is_some_and(|keyword| keyword.eq_ignore_ascii_case(BOOTSTRAP))
}

/// Lowers a definition.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    for section in sections(text.bytes()) {
        let place = Place::Instruction(section.name.clone());
        match section.content {
            Content::Header => header(text, section.body, sink),
            Content::Script => {
                let script = text.cut(section.body.clone());
                let format = format(text, &section);
                sink.nested(place, format, &script);
            }
            Content::Arguments => sink.within(place, |sink| {
                arguments(text, section.body, sink);
            }),
            Content::Files => sink.within(place, |sink| {
                files(text, &section, sink);
            }),
            Content::Prose => {}
        }
    }
}

/// Divides a file.
fn sections(bytes: &[u8]) -> Vec<Section> {
    let mut sections = vec![Section {
        content: Content::Header,
        name: String::new(),
        options: 0..0,
        body: 0..0,
    }];
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |length| length + 1);
        let line = rest.get(..length).unwrap_or_default();
        if let Some((content, name)) = keyword(line) {
            let options = at + name.len()..at + length;
            sections.push(Section {
                content,
                name,
                options,
                body: at + length..at + length,
            });
        } else if is_header(line) {
            sections.push(Section {
                content: Content::Header,
                name: String::new(),
                options: at..at,
                body: at..at + length,
            });
        } else if let Some(section) = sections.last_mut() {
            section.body.end = at + length;
        }
        at += length;
    }
    sections
}

/// The keyword of a section that a line begins with.
fn keyword(line: &[u8]) -> Option<(Content, String)> {
    if line.first() != Some(&b'%') {
        return None;
    }
    let word = line.split(u8::is_ascii_whitespace).next()?;
    let name = std::str::from_utf8(word).ok()?.to_ascii_lowercase();
    let content = match name.as_str() {
        "%pre" | "%setup" | "%post" | "%environment" | "%runscript" | "%startscript" | "%test"
        | "%appinstall" | "%appenv" | "%apprun" | "%appstart" | "%apptest" => Content::Script,
        "%arguments" => Content::Arguments,
        "%files" | "%appfiles" => Content::Files,
        "%labels" | "%help" | "%applabels" | "%apphelp" => Content::Prose,
        // A heredoc may hold `%%bash`.
        _ => return None,
    };
    Some((content, name))
}

/// What a section is written in: `%post -c /bin/bash`, or its first line.
fn format(text: &MappedText, section: &Section) -> Format {
    let slice = |span: &Span| text.slice(span);
    let options = String::from_utf8_lossy(slice(&section.options)).into_owned();
    let program = options.split_whitespace().skip_while(|word| *word != "-c");
    let program = program.skip(1).flat_map(|path| path.rsplit('/')).next();
    let body = slice(&section.body).trim_ascii_start();
    program
        .and_then(Format::of_language)
        .or_else(|| Format::detect("", body))
        .unwrap_or(Format::Shell)
}

/// `From: image`
fn header(text: &MappedText, span: Span, sink: &mut FactSink) {
    for line in lines(text, span) {
        let bytes = text.slice(&line);
        let Some(colon) = memchr::memchr(b':', bytes) else {
            continue;
        };
        let key = trim(text.bytes(), line.start..line.start + colon);
        let value = trim(text.bytes(), line.start + colon + 1..line.end);
        if !key.is_empty() && bytes.first() != Some(&b'#') {
            let path = vec![text.name(key)];
            let value = template::read(text, value, Dialect::Dollar);
            sink.fact(
                FactKind::Setting(Setting { path, value }),
                text.origin(line),
            );
        }
    }
}

/// `NAME=value` of `%arguments`.
fn arguments(text: &MappedText, span: Span, sink: &mut FactSink) {
    for entry in dotenv::entries(text, span) {
        if entry.is_assignment {
            let setting = Setting {
                path: vec![entry.name],
                value: entry.value,
            };
            sink.fact(FactKind::Setting(setting), entry.span);
        }
    }
}

/// Each line of `%files` as a command: `%files from to`.
fn files(text: &MappedText, section: &Section, sink: &mut FactSink) {
    for line in lines(text, section.body.clone()) {
        let bytes = text.slice(&line);
        if bytes.is_empty() || bytes.first() == Some(&b'#') {
            continue;
        }
        let start = text.origin(line.clone()).start;
        let mut program = MappedText::default();
        program.push(section.name.as_bytes(), start..start);
        let mut words = vec![Word::literal(program, start..start)];
        let mut at = line.start;
        for word in bytes.split(u8::is_ascii_whitespace) {
            let span = at..at + word.len();
            at = span.end + 1;
            if !word.is_empty() {
                let piece = text.cut(span.clone());
                words.push(Word::literal(piece, text.origin(span)));
            }
        }
        argv::lower(words, text.origin(line), sink);
    }
}

/// The lines of a piece, without blanks around them.
fn lines(text: &MappedText, span: Span) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = span.start;
    let bytes = text.slice(&span);
    for line in bytes.split(|byte| *byte == b'\n') {
        found.push(trim(text.bytes(), start..start + line.len()));
        start += line.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::is_definition;
    use crate::syntax::Format;
    use crate::syntax::testing::bears;

    #[test]
    fn names_and_heads() {
        for (name, head, is) in [
            ("eval.def", "# c\nBootStrap: docker\n", true),
            ("singularity.gpu", "bootstrap: docker\n", true),
            ("eval.def", "EXPORTS\n", false),
            ("a.txt", "Bootstrap: docker\n", false),
        ] {
            assert_eq!(is_definition(name, head.as_bytes()), is, "{name}");
        }
    }

    #[test]
    fn hostile_files_are_borne() {
        bears(Format::Apptainer, 100_000, PIECES);
    }

    const PIECES: &[&str] = &[
        "%post\n",
        "%files\n",
        "%",
        "Bootstrap: ",
        "%post -c ",
        "%post\n$(",
        "%arguments\n'",
        "%files a\n \0",
        "%post",
        "%files",
        "%arguments",
        "%help",
        "%environment",
        " -c python",
        "\n  ",
        "Bootstrap: a",
        "From",
        "A=b",
        "$(",
        "{{ a }}",
        "<<E\n",
        "E\n",
        "#!/bin/sh",
    ];
}
