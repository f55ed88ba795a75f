//! HTML and what is written like it: the scripts of pages, and of components of Vue, Svelte and
//! Astro. Attributes, text and comments are silent.

use memchr::memmem;

use crate::span::Span;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Format, Place};

/// The longest tag, in bytes.
const LONGEST_TAG: usize = 4_096;

/// How many scripts of a page are looked at.
const MAX_SCRIPTS: usize = 1_000;

/// Lowers the scripts of a page or component.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let page = text.bytes();
    let mut at = 0;
    // A component of Astro begins with the script that makes it.
    if let Some(script) = fenced(page) {
        at = script.end;
        nested(text, script, Format::TypeScript, sink);
    }
    for _ in 0..MAX_SCRIPTS {
        let Some((format, script)) = next(page, at) else {
            return;
        };
        at = script.end;
        if let Some(format) = format {
            nested(text, script, format, sink);
        }
    }
    sink.mark_errors();
}

fn nested(text: &MappedText, script: Span, format: Format, sink: &mut FactSink) {
    let inner = text.cut(script);
    sink.nested(Place::Embedded, format, &inner);
}

/// What lies between the first two lines of three dashes, if the file begins with one.
fn fenced(page: &[u8]) -> Option<Span> {
    let blank = page.len() - page.trim_ascii_start().len();
    let start = blank + page.get(blank..)?.strip_prefix(b"---").map(|_| 3)?;
    let end = memmem::find(page.get(start..)?, b"\n---")?;
    Some(start..start + end + 1)
}

/// The next script from a place on, with its language if that is known.
fn next(page: &[u8], from: usize) -> Option<(Option<Format>, Span)> {
    let mut at = from;
    loop {
        at += memchr::memchr(b'<', page.get(at..)?)?;
        let rest = page.get(at..)?;
        if rest.starts_with(b"<!--") {
            // A comment that nobody ends hides all that follows.
            at += memmem::find(rest, b"-->")?;
        } else if starts_with(rest, b"<script") {
            break;
        } else {
            // What an attribute holds is no tag.
            let tag = rest.get(1).is_some_and(u8::is_ascii_alphabetic);
            at += tag.then(|| tag_end(rest)).flatten().unwrap_or(1);
        }
    }
    let rest = page.get(at..)?;
    let open = tag_end(rest)?;
    let start = at + open;
    let tag = rest.get(..open)?;
    let body = page.get(start..)?;
    let end = memmem::find_iter(body, b"</")
        .find(|end| starts_with(body.get(*end..).unwrap_or_default(), b"</script"));
    Some((language(tag), start..start + end.unwrap_or(body.len())))
}

/// The length of a tag: `>` in the quotes of an attribute does not end it.
fn tag_end(tag: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in tag.iter().enumerate().take(LONGEST_TAG) {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), _) if open == *byte => quote = None,
            _ => {}
        }
    }
    None
}

/// What a script is written in, none if it is no program: a template, data.
fn language(tag: &[u8]) -> Option<Format> {
    let tag = String::from_utf8_lossy(tag).to_ascii_lowercase();
    let attribute = |name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}="))?;
        let value = rest.trim_start_matches(['"', '\'']);
        value.split(['"', '\'', ' ', '>']).next()
    };
    match (attribute("lang"), attribute("type")) {
        (Some("ts" | "tsx" | "typescript"), _) => Some(Format::TypeScript),
        (Some("js" | "jsx" | "javascript"), _) => Some(Format::JavaScript),
        (Some(_), _) => None,
        (None, None | Some("module" | "text/babel" | "")) => Some(Format::JavaScript),
        (None, Some(kind)) if kind.contains("javascript") => Some(Format::JavaScript),
        (None, Some(_)) => None,
    }
}

fn starts_with(text: &[u8], start: &[u8]) -> bool {
    text.get(..start.len())
        .is_some_and(|found| found.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use crate::syntax::Format;
    use crate::syntax::testing::bears;

    #[test]
    fn hostile_pages_are_borne() {
        bears(Format::Html, 200_000, PIECES);
    }

    const PIECES: &[&str] = &[
        "<",
        "<script>",
        "<script></script>",
        "<!--",
        "<script a='",
        "</",
        "<a \"",
        "</script>",
        "f('a')",
        "<!-- ",
        " -->",
        "<p title='",
        "' lang=\"ts\"",
        "---\n",
        ">",
        " type=\"module\"",
    ];
}
