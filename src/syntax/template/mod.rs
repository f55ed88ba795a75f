//! References in a text: `${{ secrets.X }}`, `$X`, `${X:-default}`, `${env:X}`.

use super::text::Text;
use super::{Spanned, Value};
use crate::span::Span;

/// The references that a text of some format may hold. `${{ … }}` is read in all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// None but `${{ … }}`: TOML, INI, a quoted string.
    Plain,
    /// `$X`, `${X}`, `${X:-default}`, `$(command)`: shells, compose, `.env`, CI systems.
    /// `${env:X}`, `${localEnv:X}` and `${input:x}` of editors too, and `{{ x }}` of templates.
    Dollar,
    /// What [`Dialect::Dollar`] has, and the directives of template engines, `{{ … }}`, `{% … %}`
    /// and `<% … %>`, which may stand for anything: YAML, JSON and their kin.
    Data,
}

/// How many brackets without an end are looked into. A text that is full of them would cost its
/// length times the reach of each.
const MAX_UNCLOSED: usize = 100;

/// Reads a piece of a text as a value: a literal, one reference, or a [`Value::Text`] of both.
pub(super) fn read(text: &Text, span: Span, dialect: Dialect) -> Spanned<Value> {
    let bytes = text.bytes().get(span.clone()).unwrap_or_default();
    let whole = text.origin(span.clone());
    let mut parts: Vec<Spanned<Value>> = Vec::new();
    let mut literal = 0;
    let mut at = 0;
    let mut unclosed = 0;
    while let Some(ahead) = next_mark(bytes.get(at..).unwrap_or_default()) {
        at += ahead;
        let rest = bytes.get(at..).unwrap_or_default();
        let bracket = rest.starts_with(b"$(") || rest.starts_with(b"${");
        if bracket && unclosed > MAX_UNCLOSED {
            break;
        }
        let found = reference(rest, dialect);
        unclosed += usize::from(bracket && found.is_none());
        match found {
            Some((mut value, length)) => {
                if let Value::Variable(_, Some(default)) = &mut value {
                    // Told from the start of the reference.
                    let from = span.start + at;
                    default.span = text.origin(from + default.span.start..from + default.span.end);
                }
                push_literal(text, span.start, literal..at, &mut parts);
                parts.push(Spanned {
                    value,
                    span: text.origin(span.start + at..span.start + at + length),
                });
                at += length;
                literal = at;
            }
            None => at += 1,
        }
    }
    push_literal(text, span.start, literal..bytes.len(), &mut parts);
    let value = match parts.len() {
        0 => Value::Null,
        1 => parts.remove(0).value,
        _ => Value::Text(parts),
    };
    Spanned { value, span: whole }
}

/// How far it is to a byte that may begin a reference.
fn next_mark(text: &[u8]) -> Option<usize> {
    text.iter()
        .position(|b| matches!(b, b'$' | b'{' | b'%' | b'<'))
}

fn push_literal(text: &Text, from: usize, span: Span, parts: &mut Vec<Spanned<Value>>) {
    let span = span.start + from..span.end + from;
    let bytes = text.bytes().get(span.clone()).unwrap_or_default();
    if !bytes.is_empty() {
        parts.push(Spanned {
            value: Value::Literal(String::from_utf8_lossy(bytes).into_owned()),
            span: text.origin(span),
        });
    }
}

/// The reference that a text begins with, and its length in bytes. The span of its default is one
/// of the reference.
fn reference(text: &[u8], dialect: Dialect) -> Option<(Value, usize)> {
    if let Some(inner) = text.strip_prefix(b"${{") {
        let length = find(inner, b"}}")?;
        return Some((expression(inner.get(..length)?), length + 5));
    }
    if dialect == Dialect::Dollar && text.starts_with(b"{{") {
        let template = foreign(text)?;
        return Some((template.value?, template.length));
    }
    match dialect {
        Dialect::Plain => None,
        Dialect::Dollar => dollar(text),
        Dialect::Data => directive(text).or_else(|| dollar(text)),
    }
}

/// The brackets of directives: of Helm, Go and Jinja; of Jinja; of ERB.
const DIRECTIVES: [(&[u8], &[u8]); 4] = [
    (b"{{", b"}}"),
    (b"{%", b"%}"),
    (b"{#", b"#}"),
    (b"<%", b"%>"),
];

/// The length of the directive of a template engine that a text begins with.
pub(super) fn directive_length(text: &[u8]) -> Option<usize> {
    let (open, close) = DIRECTIVES.iter().find(|(open, _)| text.starts_with(open))?;
    let length = find(text.get(2..)?, close)?;
    // `{{ "{{" }}`, and `{{{ raw }}}` of Mustache.
    let mut end = length + open.len() + close.len();
    if *open == b"{{" && text.get(2) == Some(&b'{') && text.get(end) == Some(&b'}') {
        end += 1;
    }
    Some(end)
}

fn directive(text: &[u8]) -> Option<(Value, usize)> {
    directive_length(text).map(|length| (Value::Unknown, length))
}

fn dollar(text: &[u8]) -> Option<(Value, usize)> {
    let rest = text.strip_prefix(b"$")?;
    if let Some(inner) = rest.strip_prefix(b"(") {
        let length = closing(inner, b'(', b')')?;
        let command = String::from_utf8_lossy(inner.get(..length)?).into_owned();
        return Some((Value::Substitution(command), length + 3));
    }
    let Some(inner) = rest.strip_prefix(b"{") else {
        let name = name(rest)?;
        return Some((Value::Variable(name.to_owned(), None), name.len() + 1));
    };
    let length = closing(inner, b'{', b'}')?;
    let inner = inner.get(..length)?;
    // HOCON's `${?X}` is nothing where there is no X.
    let inner = inner.strip_prefix(b"?").unwrap_or(inner);
    let (scope, after) = match inner.iter().position(|b| *b == b':') {
        Some(colon) if is_scope(inner.get(..colon)?) && name(inner.get(colon + 1..)?).is_some() => {
            (inner.get(..colon)?, inner.get(colon + 1..)?)
        }
        _ => (&b""[..], inner),
    };
    let name = dotted(after)?;
    // A call of Terraform.
    if after.get(name.len()) == Some(&b'(') {
        return Some((Value::Unknown, length + 3));
    }
    let value = match scope {
        b"input" => Value::CiInput(name.to_owned()),
        _ => {
            let default = after.get(name.len()..)?;
            // Spring has a colon alone, where a shell has what to do instead.
            let spring = || {
                let default = default.strip_prefix(b":")?;
                (!default.starts_with(b"?") && !default.starts_with(b"+")).then_some(default)
            };
            let default = [&b":-"[..], b"-", b":="]
                .iter()
                .find_map(|operator| default.strip_prefix(*operator))
                .or_else(spring)
                .filter(|default| !default.is_empty())
                .map(|default| {
                    // It ends where the reference does, but for the bracket.
                    let end = length + 2;
                    Box::new(Spanned {
                        value: Value::Literal(String::from_utf8_lossy(default).into_owned()),
                        span: end - default.len()..end,
                    })
                });
            Value::Variable(name.to_owned(), default)
        }
    };
    Some((value, length + 3))
}

/// Text of a CI system or a template in a document of another language.
pub(super) struct Foreign {
    /// What it stands for; none for a statement such as `{% if x %}`, which gives no text.
    pub(super) value: Option<Value>,
    /// Its length in bytes.
    pub(super) length: usize,
}

/// The foreign expression that a text begins with: `${{ secrets.X }}`, `$[[ inputs.x ]]` of GitLab,
/// `<< parameters.x >>` of CircleCI, `{{ x }}` and `{% … %}` of Jinja and Helm.
pub(super) fn foreign(text: &[u8]) -> Option<Foreign> {
    let of = |value, length| Some(Foreign { value, length });
    match text {
        [b'$', b'{', b'{', ..] => {
            let (value, length) = reference(text, Dialect::Plain)?;
            of(Some(value), length)
        }
        [b'$', b'[', b'[', inner @ ..] => {
            let length = find(inner, b"]]")?;
            of(Some(expression(inner.get(..length)?)), length + 5)
        }
        [b'{', b'{', inner @ ..] => {
            let length = find(line(inner), b"}}")?;
            let inner = inner.get(..length)?;
            let value = (!is_statement(inner)).then(|| template_value(inner));
            of(value, length + 4)
        }
        [b'{', b'%', inner @ ..] => of(None, find(line(inner), b"%}")? + 4),
        [b'<', b'<', inner @ ..] => {
            let length = find(inner.get(..inner.len().min(100))?, b">>")?;
            let path = std::str::from_utf8(inner.get(..length)?).ok()?.trim();
            let known = ["parameters.", "pipeline.", "matrix."];
            let simple = path
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
            let is_input = simple && known.iter().any(|head| path.starts_with(head));
            let last = path.rsplit('.').next().unwrap_or(path).to_owned();
            is_input.then_some(Foreign {
                value: Some(Value::CiInput(last)),
                length: length + 4,
            })
        }
        _ => None,
    }
}

/// The rest of a line, as far as a template may reasonably go.
fn line(text: &[u8]) -> &[u8] {
    let text = text.get(..text.len().min(400)).unwrap_or_default();
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Whether a template has an effect rather than a value.
fn is_statement(inner: &[u8]) -> bool {
    let inner = inner.strip_prefix(b"-").unwrap_or(inner).trim_ascii();
    let word = inner.split(|b| !b.is_ascii_alphanumeric()).next();
    let words: [&[u8]; 8] = [
        b"if",
        b"else",
        b"end",
        b"range",
        b"with",
        b"define",
        b"block",
        b"template",
    ];
    inner.starts_with(b"/*") || word.is_some_and(|word| words.contains(&word))
}

/// What `{{ x }}` stands for: a variable if it is a path, such as `.Values.hf.token`.
fn template_value(inner: &[u8]) -> Value {
    let text = String::from_utf8_lossy(inner);
    let path = text.trim_matches(|c: char| c == '-' || c.is_whitespace());
    // Filters shape a value, they do not make another of it: `{{ .Values.token | quote }}`.
    let path = path.split('|').next().unwrap_or(path).trim();
    let path = path.strip_prefix(['.', '$']).unwrap_or(path);
    let simple = path
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    match simple && !path.is_empty() {
        true => Value::Variable(path.trim_start_matches('.').to_owned(), None),
        false => Value::Unknown,
    }
}

/// What an expression of a workflow (without its braces) stands for.
pub(super) fn expression(inner: &[u8]) -> Value {
    let text = String::from_utf8_lossy(inner);
    let text = text.trim();
    let path = text.replace("['", ".").replace("']", "");
    let last = |path: &str| path.rsplit('.').next().unwrap_or(path).to_owned();
    let simple = path
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    // A plain variable in the second place is one all the same.
    if let Some((first, second)) = path.split_once("||")
        && second.trim_start().starts_with("vars.")
    {
        let part = |text: &str| Spanned {
            value: expression(text.as_bytes()),
            span: 0..0,
        };
        return Value::Text(vec![part(first), part(second)]);
    }
    // `secrets.X || ''` is as good as its first part.
    let head = path.split("||").next().unwrap_or(&path).trim().to_owned();
    match head.split('.').next() {
        Some("secrets") => Value::CiSecret(last(&head)),
        Some("vars") => Value::CiVariable(last(&head)),
        Some("env") if simple => Value::Variable(last(&head), None),
        Some("inputs") => Value::CiInput(last(&head)),
        Some("github") if head.starts_with("github.event.inputs.") => Value::CiInput(last(&head)),
        Some("parameters") => Value::CiInput(last(&head)),
        _ => Value::Unknown,
    }
}

/// Whether what stands before a colon says where a variable is: `env`, `localEnv`, `ssm`. A name in
/// capitals is that of a variable, and what follows it is its default.
fn is_scope(text: &[u8]) -> bool {
    let letters = text.iter().all(|b| b.is_ascii_alphanumeric());
    letters && text.iter().any(u8::is_ascii_lowercase)
}

/// A name, or the path of one: `var.hf_token` of Terraform, `hf.token` of Java.
fn dotted(text: &[u8]) -> Option<&str> {
    let mut length = name(text)?.len();
    while text.get(length) == Some(&b'.')
        && let Some(next) = name(text.get(length + 1..)?)
    {
        length += 1 + next.len();
    }
    std::str::from_utf8(text.get(..length)?).ok()
}

fn name(text: &[u8]) -> Option<&str> {
    let length = text
        .iter()
        .position(|b| !(b.is_ascii_alphanumeric() || *b == b'_'))
        .unwrap_or(text.len());
    let name = std::str::from_utf8(text.get(..length)?).ok()?;
    (!name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit())).then_some(name)
}

fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(text.get(..text.len().min(4096))?, needle)
}

/// The length of a text up to the bracket that closes it.
fn closing(text: &[u8], open: u8, close: u8) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.iter().enumerate().take(4096) {
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return Some(at),
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        let text = Text::whole(text.as_bytes());
        read(&text, 0..text.bytes().len(), Dialect::Dollar).value
    }

    #[test]
    fn references_and_their_kinds() {
        assert_eq!(value("abc"), Value::Literal("abc".into()));
        assert_eq!(value(""), Value::Null);
        assert_eq!(value("${{ secrets.A }}"), Value::CiSecret("A".into()));
        assert_eq!(value("${{secrets['A']}}"), Value::CiSecret("A".into()));
        assert_eq!(value("${{ vars.A }}"), Value::CiVariable("A".into()));
        assert_eq!(
            value("${{ github.event.inputs.t }}"),
            Value::CiInput("t".into())
        );
        assert_eq!(value("$A"), Value::Variable("A".into(), None));
        assert_eq!(value("${localEnv:A}"), Value::Variable("A".into(), None));
        assert_eq!(value("${input:a}"), Value::CiInput("a".into()));
        assert_eq!(value("$(cat f)"), Value::Substitution("cat f".into()));
        let with_default = value("${A:-bc}");
        let Value::Variable(_, Some(default)) = with_default else {
            panic!("{with_default:?}");
        };
        assert_eq!(default.span, 5..7);
        assert!(matches!(value("${A:-b}"), Value::Variable(name, Some(_)) if name == "A"));
        assert!(matches!(value("${A:b}"), Value::Variable(name, Some(_)) if name == "A"));
        assert_eq!(value("${A:?b}"), Value::Variable("A".into(), None));
        assert_eq!(value("${var.a_b}"), Value::Variable("var.a_b".into(), None));
        assert_eq!(value("${?A}"), Value::Variable("A".into(), None));
        assert_eq!(value("${file(\"a\")}"), Value::Unknown);
        assert!(matches!(value("$5 $"), Value::Literal(_)));
    }

    #[test]
    fn directives_stand_for_anything() {
        let data = |text: &str| {
            let text = Text::whole(text.as_bytes());
            read(&text, 0..text.bytes().len(), Dialect::Data).value
        };
        for whole in ["{{ .Values.a }}", "{% raw %}", "<%= a %>", "{{{ a }}}"] {
            assert_eq!(data(whole), Value::Unknown, "{whole}");
        }
        assert!(matches!(data("a {{ b }}"), Value::Text(parts) if parts.len() == 2));
        assert!(matches!(data("{{ a"), Value::Literal(_)));
        assert_eq!(data("${{ secrets.A }}"), Value::CiSecret("A".into()));
        assert_eq!(value("{{ a }}"), Value::Variable("a".into(), None));
    }

    #[test]
    fn brackets_without_an_end_cost_little() {
        let text = "$(${<%{{".repeat(100_000);
        let start = std::time::Instant::now();
        let text = Text::whole(text.as_bytes());
        read(&text, 0..text.bytes().len(), Dialect::Data);
        assert!(start.elapsed().as_secs() < 5);
    }

    #[test]
    fn parts_keep_their_spans() {
        let text = Text::whole(b"Bearer ${{ secrets.A }}!");
        let read = read(&text, 0..text.bytes().len(), Dialect::Plain);
        let Value::Text(parts) = read.value else {
            panic!("{read:?}");
        };
        let spans: Vec<_> = parts.iter().map(|part| part.span.clone()).collect();
        assert_eq!(spans, [0..7, 7..23, 23..24]);
    }
}
