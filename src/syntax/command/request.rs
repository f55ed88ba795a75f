//! The bodies that command-line clients send to a server: `curl -d '{…}'`, `curl --json @- <<EOF`.

use super::invocation::Invocation;
use super::line::{Line, Word};
use crate::syntax::Format;
use crate::syntax::mapped_text::MappedText;

/// Options of curl, wget and httpie that take a body.
const OPTIONS: [&str; 10] = [
    "-d",
    "--data",
    "--data-raw",
    "--data-binary",
    "--data-ascii",
    "--data-urlencode",
    "--json",
    "--post-data",
    "--body-data",
    "--raw",
];

/// The JSON that a client sends, from its arguments or from what it reads.
pub(crate) fn body(
    effective: &Invocation<'_>,
    arguments: &[Word],
    line: &Line,
) -> Option<(Format, MappedText)> {
    let name = effective.program.trim_end_matches(".exe");
    if !matches!(name, "curl" | "wget" | "http" | "https" | "xh" | "curlie") {
        return None;
    }
    let given = arguments.iter().enumerate().find_map(|(at, word)| {
        let bytes = word.text.bytes();
        let length = bytes.len();
        if OPTIONS.iter().any(|option| option.as_bytes() == bytes) {
            let next = arguments.get(at + 1)?;
            return Some((&next.text, 0));
        }
        // `-d'{…}'`, `--json={…}`.
        let option = OPTIONS
            .iter()
            .find(|option| bytes.starts_with(option.as_bytes()))?;
        let joined = bytes.get(option.len()) == Some(&b'=');
        let short = !option.starts_with("--");
        let start = option.len() + usize::from(joined);
        (joined || short).then_some((&word.text, start.min(length)))
    });
    let (text, start) = match given {
        Some((text, start)) => (text, start),
        // httpie reads its body from a pipe by itself.
        None if name.starts_with("http") || name == "xh" => (&line.input.as_ref()?.text, 0),
        None => return None,
    };
    let mut sent = MappedText::default();
    match text.bytes().get(start..).unwrap_or_default() {
        b"@-" | b"@/dev/stdin" => {
            let read = &line.here().or(line.input.as_ref())?.text;
            sent.push_from(read, 0..read.bytes().len());
        }
        _ => sent.push_from(text, start..text.bytes().len()),
    }
    let json = matches!(sent.bytes().trim_ascii_start(), [b'{' | b'[', ..]);
    json.then_some((Format::Json, sent))
}
