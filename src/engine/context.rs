//! Where a credential sits, read from the text before it.

use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

use crate::model::Models;
use crate::source::Origin;
use crate::span::Span;

/// How much of the text before a credential is read, in bytes.
const REACH: usize = 200;

/// Extensions and names of files that hold settings.
const CONFIG_EXTENSIONS: [&str; 14] = [
    "yaml",
    "yml",
    "toml",
    "json",
    "jsonc",
    "json5",
    "ini",
    "cfg",
    "conf",
    "env",
    "tfvars",
    "properties",
    "hcl",
    "plist",
];

/// What stands before a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Context {
    /// A phrase for a message.
    pub(super) phrase: String,
    /// Whether it says by itself that what follows is a credential.
    pub(super) credential: bool,
}

struct Patterns {
    url: Regex,
    bearer: Regex,
    option: Regex,
    query: Regex,
    fallback: Regex,
    key: Regex,
    call: Regex,
    token_like: Regex,
}

static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
    let ends = |pattern: &str| Regex::new(&format!(r"(?-u)(?:{pattern})$")).ok();
    let quote = r#"(?:[A-Za-z]{0,2}(?:\\*["'`]|\\u0022|%22|&quot;))?"#;
    let ansi = r"(?:\x1b\[[0-9;]*m)*";
    Some(Patterns {
        url: ends(r"[A-Za-z][A-Za-z+.-]*://[^\s/@]{0,80}?")?,
        bearer: ends(r#"(?i)(?:bearer|authorization["']?\s*[:=]\s*["']?(?:token|basic)?)(?:\s|%20)*"#)?,
        option: ends(&format!(r"(?:^|[\s\x22'\[(,])(--?[A-Za-z][A-Za-z0-9_-]{{1,40}})(?:=|\s+|[\x22'],\s*){quote}"))?,
        query: ends(r"[?&]([A-Za-z][A-Za-z0-9_-]{0,40})=")?,
        fallback: ends(&format!(r#"["']([A-Z][A-Z0-9_]{{1,40}})["']\s*,\s*(?:default\s*=\s*)?{quote}"#))?,
        key: ends(&format!(
            r#"([A-Za-z_][A-Za-z0-9_.-]{{0,60}})(?:\\*["'`]|%22)?\]?(?:\s*:\s*[A-Za-z]\w*(?:\[\w+\])?(?:\s*\|\s*None)?)?{ansi}\s*(?::=|=>|=|:|%3[dD]){ansi}\s*(?:[>|][+-]?\s*)?{quote}{ansi}"#
        ))?,
        call: ends(&format!(r"([A-Za-z_][A-Za-z0-9_.]{{0,60}})\(\s*{quote}"))?,
        token_like: Regex::new(r"(?i-u)tok(?:en)?$|tok(?:en)?s?[_-]|token|api_?key|secret|passw|auth|credential|bearer").ok()?,
    })
});

/// Reads the context of a credential.
pub(super) fn read(text: &[u8], span: Span, origin: &Origin, models: &Models) -> Option<Context> {
    let (start, end) = (span.start, span.end);
    let patterns = PATTERNS.as_ref()?;
    let before = text.get(start.saturating_sub(REACH)..start)?;
    // What a flow sequence such as a YAML list puts on earlier lines is no context.
    let before = memchr::memrchr(b'\n', before)
        .and_then(|lf| before.get(lf + 1..))
        .unwrap_or(before);
    let after = text
        .get(end..text.len().min(end + REACH))
        .unwrap_or_default();
    let name = |found: &Captures<'_>| {
        let name = found.get(1).map(|name| name.as_bytes()).unwrap_or_default();
        String::from_utf8_lossy(name).into_owned()
    };
    let token_like =
        |name: &str| patterns.token_like.is_match(name.as_bytes()) || models.names.is_owned(name);
    if let Some(host) = host_after(after).filter(|_| patterns.url.is_match(before)) {
        return credential(format!("in a URL of `{host}`"));
    }
    if patterns.bearer.is_match(before) {
        return credential("in an `Authorization` header".to_owned());
    }
    if let Some(found) = patterns.option.captures(before) {
        let name = name(&found);
        if token_like(&name) {
            return credential(format!("given to `{name}`"));
        }
    }
    if let Some(found) = patterns.query.captures(before) {
        return credential(format!("in the URL parameter `{}`", name(&found)));
    }
    if let Some(found) = patterns.fallback.captures(before) {
        return credential(format!("as the default of `{}`", name(&found)));
    }
    if let Some(found) = patterns.key.captures(before) {
        let name = name(&found);
        let phrase = if is_config(origin) {
            format!("in a config file, key `{name}`")
        } else {
            format!("assigned to `{name}`")
        };
        return Some(Context {
            credential: token_like(&name),
            phrase,
        });
    }
    let found = patterns.call.captures(before)?;
    let name = name(&found);
    Some(Context {
        credential: models
            .lists
            .has("token-takers", name.rsplit('.').next().unwrap_or_default()),
        phrase: format!("passed to `{name}()`"),
    })
}

fn credential(phrase: String) -> Option<Context> {
    Some(Context {
        phrase,
        credential: true,
    })
}

/// The host of a URL whose user part ends here.
fn host_after(after: &[u8]) -> Option<String> {
    let host = after.strip_prefix(b"@")?;
    let length = host
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'))
        .count();
    let host = host.get(..length).filter(|host| !host.is_empty())?;
    Some(String::from_utf8_lossy(host).into_owned())
}

/// Whether a file holds settings rather than code or prose.
fn is_config(origin: &Origin) -> bool {
    let name = origin.name().rsplit('/').next().unwrap_or_default();
    let extension = origin.extension();
    name.starts_with(".env")
        || matches!(
            name,
            ".netrc" | ".git-credentials" | "stored_tokens" | "config"
        )
        || extension.is_some_and(|e| CONFIG_EXTENSIONS.contains(&e.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(file: &str, text: &str) -> Option<(String, bool)> {
        let at = text.find('T')?;
        let context = read(
            text.as_bytes(),
            at..at + 1,
            &Origin::file(file),
            &Models::built_in().unwrap(),
        )?;
        Some((context.phrase, context.credential))
    }

    #[test]
    fn phrases() {
        for (file, text, wanted, credential) in [
            ("a.py", "x = \"T\"", "assigned to `x`", false),
            (
                "a.py",
                "hf_token: str = 'T'",
                "assigned to `hf_token`",
                true,
            ),
            (
                "a.yaml",
                "  hub_token: T",
                "in a config file, key `hub_token`",
                true,
            ),
            (
                "a.json",
                "{\"hub_token\": \"T\"}",
                "in a config file, key `hub_token`",
                true,
            ),
            (
                "a",
                "clone https://user:T@huggingface.co/x",
                "in a URL of `huggingface.co`",
                true,
            ),
            ("a", "https://T@hf.co/x", "in a URL of `hf.co`", true),
            (
                "a",
                "-H \"Authorization: Bearer T\"",
                "in an `Authorization` header",
                true,
            ),
            ("a", "hf download --token T", "given to `--token`", true),
            ("a", "--hub_token=T", "given to `--hub_token`", true),
            (
                "a",
                "get?a=1&hf_token=T&b",
                "in the URL parameter `hf_token`",
                true,
            ),
            (
                "a.py",
                "os.environ.get(\"HF_KEY\", \"T\")",
                "as the default of `HF_KEY`",
                true,
            ),
            ("a.py", "login('T')", "passed to `login()`", true),
            (
                "a.py",
                "huggingface_hub.login(T",
                "passed to `huggingface_hub.login()`",
                true,
            ),
            (
                "a.ipynb",
                "\"token = \\\"T\\\"\"",
                "assigned to `token`",
                true,
            ),
        ] {
            assert_eq!(
                phrase(file, text),
                Some((wanted.to_owned(), credential)),
                "{text}"
            );
        }
        assert_eq!(phrase("a.md", "some prose, T"), None);
    }
}
