//! Markdown: its fences, by their languages, and its front matter. Prose, comments and indented
//! code are silent.

use pulldown_cmark::{CodeBlockKind, Event, MetadataBlockKind, Options, Parser, Tag, TagEnd};

use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Format, Place};

/// Lowers the fences of a document.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let plain = readable(text.bytes());
    let options = Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    // What is open: its language and its text.
    let mut open: Option<(Fence, MappedText)> = None;
    for (event, span) in Parser::new_ext(&plain, options).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                open = Some((Fence::Code(language(&info)), MappedText::default()));
            }
            Event::Start(Tag::MetadataBlock(MetadataBlockKind::YamlStyle)) => {
                open = Some((Fence::FrontMatter, MappedText::default()));
            }
            Event::Text(_) => {
                if let Some((_, body)) = &mut open {
                    body.push_from(text, span);
                }
            }
            Event::End(TagEnd::CodeBlock | TagEnd::MetadataBlock(_)) => {
                if let Some((fence, body)) = open.take() {
                    fence.lower(&body, sink);
                }
            }
            _ => {}
        }
    }
}

enum Fence {
    /// With its language, or nothing.
    Code(String),
    FrontMatter,
}

impl Fence {
    fn lower(self, body: &MappedText, sink: &mut FactSink) {
        let language = match self {
            Self::FrontMatter => {
                let place = Place::Fence("front matter".to_owned());
                sink.nested(place, Format::Yaml, body);
                return;
            }
            Self::Code(language) => language,
        };
        let format = Format::of_language(&language);
        let session = match format {
            None | Some(Format::Shell) => session(body, format.is_none()),
            _ => None,
        };
        let format = match (&session, language.as_str()) {
            (Some(_), _) => Some(Format::Shell),
            (None, _) => format,
        };
        if let Some(format) = format {
            let body = session.as_ref().unwrap_or(body);
            sink.nested(Place::Fence(language), format, body);
        }
    }
}

/// The language that a fence names: `python`, `{python}`, `{.python .numberLines}`, `bash copy`.
fn language(info: &str) -> String {
    let info = info.trim_start_matches(['{', '.', ' ']);
    let end = info.find(|c: char| c.is_whitespace() || "{},:;".contains(c));
    let name = match end {
        Some(end) => info.get(..end).unwrap_or_default(),
        None => info,
    };
    name.to_ascii_lowercase()
}

/// The commands of a session, `$ command`, without what they print. Without a language, the first
/// line must be a command.
fn session(body: &MappedText, guess: bool) -> Option<MappedText> {
    let mut lines = body.bytes().split_inclusive(|b| *b == b'\n');
    let is_prompt = |line: &[u8]| line.trim_ascii_start().starts_with(b"$ ");
    let found = if guess {
        lines
            .find(|line| !line.trim_ascii().is_empty())
            .is_some_and(is_prompt)
    } else {
        lines.any(is_prompt)
    };
    if !found {
        return None;
    }
    let mut commands = MappedText::default();
    let mut at = 0;
    let mut continued = false;
    for line in body.bytes().split_inclusive(|b| *b == b'\n') {
        let indent = line.len() - line.trim_ascii_start().len();
        let end = at + line.len();
        let command = if continued {
            Some(at)
        } else {
            is_prompt(line).then_some(at + indent + 2)
        };
        if let Some(start) = command {
            commands.push_from(body, start..end);
            continued = line.trim_ascii_end().ends_with(b"\\");
        }
        at = end;
    }
    Some(commands)
}

/// The document as text of the same length: bytes that are none are question marks.
fn readable(bytes: &[u8]) -> String {
    let mut plain = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        plain.push_str(chunk.valid());
        plain.extend(chunk.invalid().iter().map(|_| '?'));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::testing::bears;

    #[test]
    fn sessions() {
        let text = |body: &str, guess| {
            session(&MappedText::whole(body.as_bytes()), guess)
                .map(|text| String::from_utf8_lossy(text.bytes()).into_owned())
        };
        assert_eq!(
            text("$ hf auth \\\n  login\nout\n$ ls\n", true).as_deref(),
            Some("hf auth \\\n  login\nls\n")
        );
        assert_eq!(text("out\n$ ls\n", true), None);
        assert_eq!(text("# x\n$ ls\n", false).as_deref(), Some("ls\n"));
        assert_eq!(text("ls\n", false), None);
    }

    #[test]
    fn hostile_documents_are_borne() {
        bears(Format::Markdown, 100_000, PIECES);
    }

    const PIECES: &[&str] = &[
        ">",
        "- ",
        "```\n",
        "*_",
        "<!-- ",
        "a\n",
        "```python\n",
        "f('a')",
        "---\n",
        "<!--",
        "-->",
        "  ",
        "\t",
        "> ",
        "~~~~",
        "$ hf x\n",
        ">>> f(1)\n",
        "a: b\n",
    ];
}
