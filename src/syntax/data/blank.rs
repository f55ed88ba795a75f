//! A copy of a file that a YAML or TOML parser can read, byte for byte as long as the file.
//!
//! Helm charts, Jinja and ERB templates are no YAML until they are rendered. Their directives are
//! replaced by as many bytes that mean nothing, so that the rest parses and spans hold. So are
//! bytes beyond ASCII: the parser counts characters, and those are then bytes.

use crate::syntax::template;

/// Stands for a byte of a directive until its line is judged. It is in no text.
const DIRECTIVE: u8 = 1;

/// Makes the copy.
pub(crate) fn blank(bytes: &[u8]) -> String {
    let mut copy: Vec<u8> = bytes.iter().copied().map(plain).collect();
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        copy.get_mut(..3).unwrap_or_default().fill(b' ');
    }
    let mut at = 0;
    while let Some(ahead) = memchr::memchr2(b'{', b'<', bytes.get(at..).unwrap_or_default()) {
        at += ahead;
        // `${{ … }}` of a workflow is an ordinary text for YAML.
        let expression = at > 0 && bytes.get(at - 1) == Some(&b'$');
        let length = bytes.get(at..).and_then(template::directive_length);
        match length.filter(|_| !expression) {
            Some(length) => {
                fill(copy.get_mut(at..at + length).unwrap_or_default());
                at += length;
            }
            None => at += if expression { length.unwrap_or(1) } else { 1 },
        }
    }
    for line in copy.split_mut(|b| *b == b'\n') {
        settle(line);
    }
    // Only ASCII is left.
    String::from_utf8(copy).unwrap_or_default()
}

fn plain(byte: u8) -> u8 {
    match byte {
        b'\t' | b'\n' | b'\r' | b' '..=b'~' => byte,
        _ => b'_',
    }
}

fn fill(directive: &mut [u8]) {
    for byte in directive.iter_mut().filter(|b| !matches!(b, b'\n' | b'\r')) {
        *byte = DIRECTIVE;
    }
}

/// Directives alone on a line are nothing (a condition, an include); beside other text they are a
/// part of it. Tabs at the start of a line, which YAML does not allow, indent by one.
fn settle(line: &mut [u8]) {
    let alone = line
        .iter()
        .all(|b| *b == DIRECTIVE || b.is_ascii_whitespace());
    for byte in line.iter_mut().filter(|b| **b == DIRECTIVE) {
        *byte = if alone { b' ' } else { b'x' };
    }
    for byte in line.iter_mut() {
        match byte {
            b'\t' => *byte = b' ',
            _ => break,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_blanked_and_expressions_stay() {
        for (file, expected) in [
            (
                "a: {{ b }}\n{{- if c }}\nd: 1",
                "a: xxxxxxx\n           \nd: 1",
            ),
            ("{{- /* a\nb */ -}}\nc: é", "        \n        \nc: __"),
            ("a: ${{ b }}", "a: ${{ b }}"),
            ("\ta: <%= b %>", " a: xxxxxxxx"),
            ("a: {b: {c: d}}", "a: {b: {c: d}}"),
            ("a: \"{{ b \"c\" }}\"", "a: \"xxxxxxxxxxx\""),
        ] {
            assert_eq!(blank(file.as_bytes()), expected);
        }
    }
}
