//! Paths of files in which credentials are kept.

use crate::syntax::Value;

/// How deep a value is looked into for a path.
const MAX_DEPTH: usize = 8;

/// A value as a path, with `$NAME` for what is not known; empty if it is none.
pub(super) fn path(value: &Value) -> String {
    let mut path = String::new();
    write(value, 0, &mut path);
    path
}

fn write(value: &Value, depth: usize, into: &mut String) {
    if depth == MAX_DEPTH {
        return;
    }
    match value {
        Value::Literal(text) => into.push_str(text),
        Value::Variable(name, _) | Value::Environment(name, _) | Value::Name(name) => {
            into.push('$');
            into.push_str(name);
        }
        Value::Text(parts) => {
            for part in parts {
                write(&part.value, depth + 1, into);
            }
        }
        // `expanduser("~/x")`, `Path("x")`, `join("~", "x")`.
        Value::Call(call) => {
            for (place, argument) in call.arguments.iter().enumerate() {
                if place > 0 {
                    into.push('/');
                }
                write(&argument.value.value, depth + 1, into);
            }
        }
        // `(Join-Path $HOME ".cache\\huggingface\\token")`
        Value::Substitution(command) => {
            let mut words = command.split_whitespace();
            let joins = |word: &str| word.eq_ignore_ascii_case("join-path");
            if words.next().is_some_and(joins) {
                for word in words.filter(|word| !word.starts_with('-')) {
                    into.push('/');
                    into.push_str(word.trim_matches(['"', '\'']));
                }
            }
        }
        _ => {}
    }
}

/// Whether a path is one where a token is kept: of Hugging Face tools, of git, of netrc.
pub(super) fn keeps_token(path: &str) -> bool {
    let path = path.replace('\\', "/");
    let path = path.trim_end_matches('/');
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    match name {
        "token" => {
            folder.ends_with("huggingface")
                || folder.ends_with("HF_HOME")
                || folder.ends_with("hf_home")
        }
        "stored_tokens" | ".git-credentials" => true,
        ".netrc" | "_netrc" => true,
        _ => path.ends_with("HF_TOKEN_PATH"),
    }
}

/// Whether a path is one of a file, or of a folder of caches, with credentials in it.
pub(super) fn holds_credentials(path: &str) -> bool {
    keeps_token(path)
        || path.ends_with(".streamlit/secrets.toml")
        || path.trim_end_matches('/').ends_with(".cache/huggingface")
}

/// Whether a volume shows a container the folder with the token of a person's login.
pub(super) fn is_cache_volume(volume: &str) -> bool {
    let source = volume.split(':').next().unwrap_or(volume);
    source.contains('/') && source.trim_end_matches('/').ends_with(".cache/huggingface")
}
