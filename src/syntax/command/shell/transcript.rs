//! Transcripts of a terminal: commands after prompts, and what they printed.

use crate::syntax::mapped_text::MappedText;

/// The commands of a transcript, none if the text is not one.
///
/// Only a text that begins with a prompt is a transcript. `# cmd` is not: it is a comment in any
/// script, and the prompts of root that are seen have more before the `#`.
pub(super) fn commands(text: &MappedText, nested: bool) -> Option<MappedText> {
    let bytes = text.bytes();
    let first = bytes
        .split(|byte| *byte == b'\n')
        .find(|line| !line.trim_ascii().is_empty())?;
    prompt(first, nested)?;
    let mut commands = MappedText::default();
    let mut start = 0;
    let mut goes_on = false;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let length = prompt(line, nested).or(goes_on.then_some(0));
        if let Some(length) = length {
            commands.push_from(text, start + length..start + line.len());
            goes_on = line.trim_ascii_end().ends_with(b"\\");
        }
        start += line.len();
    }
    Some(commands)
}

/// The length of the prompt that a line begins with.
fn prompt(line: &[u8], nested: bool) -> Option<usize> {
    let line = line.get(..line.len().min(120))?;
    let mut at = blanks(line, 0);
    // `(venv) `
    if line.get(at) == Some(&b'(') {
        at += line.get(at..)?.iter().position(|byte| *byte == b')')? + 1;
        at = blanks(line, at);
    }
    // `user@host:~/dir`, `[user@host dir]`
    let host = line.get(at..)?;
    let bracketed = host.first() == Some(&b'[');
    let mut has_host = false;
    if bracketed {
        let length = host.iter().position(|byte| *byte == b']')?;
        has_host = host.get(..length)?.contains(&b'@');
        at += length + 1;
    } else {
        let length = host
            .iter()
            .position(|byte| matches!(byte, b' ' | b'$' | b'#' | b'%'))
            .unwrap_or(0);
        if host.get(..length)?.contains(&b'@') {
            has_host = true;
            at += length;
        } else if length > 0 && host.first() == Some(&b'~') {
            at += length;
        }
    }
    if (bracketed || at > 0) && line.get(at) == Some(&b' ') {
        at = blanks(line, at);
    }
    let rest = line.get(at..)?;
    let signs: &[&[u8]] = match (has_host, nested) {
        (true, _) => &[b"$ ", b"# ", b"% ", b"> "],
        (false, true) => &[b"$ ", b"% ", b"> ", "❯ ".as_bytes(), "➜ ".as_bytes()],
        (false, false) => &[b"$ ", "❯ ".as_bytes(), "➜ ".as_bytes()],
    };
    let sign = signs.iter().find(|sign| rest.starts_with(sign))?;
    Some(at + sign.len())
}

fn blanks(line: &[u8], from: usize) -> usize {
    let blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
    from + line.iter().skip(from).take_while(blank).count()
}
