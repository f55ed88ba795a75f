//! What kind of thing a value is, in the words of the match language.

use super::files;
use crate::engine::literal;
use crate::rule::ValueClass;
use crate::rule::names::{is_client_name, is_credential_name, is_general_name};
use crate::span::{Span, overlap};
use crate::syntax::{Call, Spanned, Value};

/// How deep a value is looked into.
const MAX_DEPTH: usize = 8;

/// Where token rules found credentials, in order.
pub(super) struct Tokens<'a> {
    spans: &'a [Span],
}

impl<'a> Tokens<'a> {
    pub(super) fn new(spans: &'a [Span]) -> Self {
        Self { spans }
    }

    pub(super) fn touch(&self, span: &Span) -> bool {
        self.spans.iter().any(|token| overlap(token, span))
    }
}

/// Whether a value is of a class.
pub(super) fn is(value: &Spanned<Value>, class: ValueClass, tokens: &Tokens<'_>) -> bool {
    let this = &value.value;
    match class {
        ValueClass::Literal => match this {
            Value::Literal(text) => !is_placeholder(text) && !is_unexpanded(text),
            _ => false,
        },
        ValueClass::CredentialName => {
            matches!(this, Value::Literal(text) if is_credential_name(text))
        }
        ValueClass::TokenFile => files::keeps_token(&files::path(this)),
        ValueClass::CredentialFile => files::holds_credentials(&files::path(this)),
        ValueClass::TokenCache => files::is_cache_volume(&files::path(this)),
        ValueClass::CiTokenVariable => holds_ci_variable(this, 0),
        ValueClass::ClientToken => reads_client_token(value, 0),
        ValueClass::Credential => match this {
            Value::Literal(text) => {
                tokens.touch(&value.span)
                    || (!has_token_shape(text) && literal::is_credential(text.as_bytes()))
            }
            _ => false,
        },
        ValueClass::Placeholder => matches!(this, Value::Literal(text) if is_placeholder(text)),
        ValueClass::Unexpanded => matches!(this, Value::Literal(text) if is_unexpanded(text)),
        ValueClass::Empty => match this {
            Value::Null => true,
            Value::Literal(text) => text.trim().is_empty(),
            _ => false,
        },
        ValueClass::Reference => matches!(
            this,
            Value::Environment(..)
                | Value::CiSecret(_)
                | Value::CiVariable(_)
                | Value::CiInput(_)
                | Value::Variable(..)
                | Value::Substitution(_)
                | Value::Call(_)
                | Value::Name(_)
        ),
        ValueClass::Environment => matches!(this, Value::Environment(..)),
        ValueClass::CiSecret => match this {
            Value::CiSecret(_) => true,
            Value::Literal(text) => written_secret(text).is_some_and(|(whole, _)| whole),
            _ => false,
        },
        ValueClass::CiVariable => matches!(this, Value::CiVariable(_)),
        ValueClass::CiTokenInput => {
            matches!(this, Value::CiInput(name) if is_credential_name(name))
        }
        ValueClass::CiInput => matches!(this, Value::CiInput(_)),
        ValueClass::Variable => matches!(this, Value::Variable(..)),
        ValueClass::Substitution => matches!(this, Value::Substitution(_)),
        ValueClass::Call => matches!(this, Value::Call(_)),
        ValueClass::Name => matches!(this, Value::Name(_)),
        ValueClass::WholeEnvironment => holds_environment(this, 0),
        ValueClass::Map => matches!(this, Value::Map(_)),
        ValueClass::List => matches!(this, Value::List(_)),
        ValueClass::Token => yields_token(value, tokens, 0),
        ValueClass::Interpolated => interpolates(this, 0),
        ValueClass::Masking => match this {
            Value::Text(parts) => parts.iter().any(|part| masks(&part.value)),
            value => masks(value),
        },
        ValueClass::True => {
            matches!(this, Value::Literal(text) if matches!(text.as_str(), "true" | "True" | "1" | "yes"))
        }
    }
}

/// The name that a value refers to: of a variable, a secret, a function.
pub(super) fn reference(value: &Value) -> Option<String> {
    match value {
        Value::Environment(name, _) | Value::Variable(name, _) => Some(name.clone()),
        Value::CiSecret(name) | Value::CiVariable(name) | Value::CiInput(name) => {
            Some(name.clone())
        }
        Value::Name(name) => Some(name.clone()),
        Value::Call(call) => Some(call.callee.value.clone()),
        Value::Text(parts) => parts.iter().find_map(|part| reference(&part.value)),
        Value::Literal(text) => written_secret(text).map(|(_, name)| name.to_owned()),
        _ => None,
    }
}

/// Whether a text is the command of a CI system that has what follows masked, and is not shown.
fn masks(value: &Value) -> bool {
    const COMMANDS: [&str; 3] = ["::add-mask::", "##vso[task.setsecret]", "issecret=true"];
    matches!(value, Value::Literal(text) if COMMANDS.iter().any(|command| text.contains(command)))
}

/// Whether a text has the shape of a token: then rules for tokens know whether it is one.
fn has_token_shape(text: &str) -> bool {
    let body = text.strip_prefix("hf_").or(text.strip_prefix("api_org_"));
    body.is_some_and(|body| body.len() == 34 && body.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// A text that stands for a credential that a person is to put there.
fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || (!is_unexpanded(text) && !literal::is_credential(text.as_bytes()))
}

/// `$NAME` or `${NAME}` as a literal: nothing has resolved it.
fn is_unexpanded(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('$') else {
        return false;
    };
    let braced = rest
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    let name = braced.unwrap_or(rest);
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn holds_environment(value: &Value, depth: usize) -> bool {
    match value {
        Value::WholeEnvironment => true,
        Value::Map(entries) if depth < MAX_DEPTH => {
            // One whose token is taken out is none of a token.
            let is_out = |(name, value): &(Spanned<String>, Spanned<Value>)| {
                value.value == Value::Null && is_credential_name(&name.value)
            };
            let whole = |(_, value): &(Spanned<String>, Spanned<Value>)| {
                matches!(value.value, Value::WholeEnvironment)
            };
            entries.iter().any(whole) && !entries.iter().any(is_out)
        }
        Value::Text(parts) | Value::List(parts) if depth < MAX_DEPTH => parts
            .iter()
            .any(|part| holds_environment(&part.value, depth + 1)),
        // `json.dumps(dict(os.environ))`
        Value::Call(call) if depth < MAX_DEPTH => {
            let last = call.callee.value.rsplit('.').next().unwrap_or_default();
            matches!(
                last,
                "dumps" | "dict" | "str" | "repr" | "pformat" | "sorted" | "copy"
            ) && call
                .arguments
                .iter()
                .any(|argument| holds_environment(&argument.value.value, depth + 1))
        }
        _ => false,
    }
}

/// Whether a value holds a variable that browsers get to see.
fn reads_client_token(value: &Spanned<Value>, depth: usize) -> bool {
    if depth == MAX_DEPTH {
        return false;
    }
    let below = |part: &Spanned<Value>| reads_client_token(part, depth + 1);
    match &value.value {
        Value::Environment(name, _) => is_client_name(name),
        Value::Text(parts) | Value::List(parts) => parts.iter().any(below),
        Value::Call(call) => call.arguments.iter().any(|argument| below(&argument.value)),
        _ => false,
    }
}

/// Whether a value is a Hugging Face token, or an expression that yields one.
fn yields_token(value: &Spanned<Value>, tokens: &Tokens<'_>, depth: usize) -> bool {
    if depth == MAX_DEPTH {
        return false;
    }
    let below = |part: &Spanned<Value>| yields_token(part, tokens, depth + 1);
    match &value.value {
        Value::Literal(text) => {
            tokens.touch(&value.span)
                || text.strip_prefix('$').is_some_and(|name| {
                    is_unexpanded(text) && is_credential_name(name.trim_matches(['{', '}']))
                })
        }
        Value::Environment(name, _) | Value::Variable(name, _) => is_credential_name(name),
        Value::CiSecret(name) | Value::CiVariable(name) | Value::CiInput(name) => {
            is_credential_name(name)
        }
        // A bare `token` is mostly one of a language model.
        Value::Name(name) => {
            let last = name.rsplit('.').next().unwrap_or(name);
            let lower = last.to_ascii_lowercase();
            // `hf_key` is mostly one of a configuration.
            let telling = ["token", "api_key", "apikey", "secret"];
            telling.iter().any(|word| lower.contains(word)) && is_credential_name(last)
        }
        Value::Call(call) => {
            gives_token(call)
                || call.arguments.iter().any(|a| {
                    // `str(token)`, `token.strip()`: what is done to a token is one still.
                    keeps_token(&call.callee.value) && below(&a.value)
                })
        }
        Value::Substitution(command) => reads_token(command),
        Value::Text(parts) => parts.iter().any(below),
        _ => false,
    }
}

/// Functions that give the user's token.
fn gives_token(call: &Call) -> bool {
    let callee = call.callee.value.as_str();
    let last = callee.rsplit('.').next().unwrap_or(callee);
    let named = || {
        call.arguments.iter().any(|argument| {
            matches!(&argument.value.value, Value::Literal(name) if is_credential_name(name))
        })
    };
    match last {
        "get_token" => {
            callee == "get_token" || callee.contains("hugging") || callee.contains("HfFolder")
        }
        "get_secret" | "get" | "getenv" => {
            (callee.contains("userdata")
                || callee.contains("UserSecretsClient")
                || callee.contains("secrets")
                || callee.contains("environ")
                || last == "getenv")
                && named()
        }
        _ => false,
    }
}

fn keeps_token(callee: &str) -> bool {
    let last = callee.rsplit('.').next().unwrap_or(callee);
    matches!(
        last,
        "str" | "strip" | "repr" | "format" | "encode" | "decode" | "__getitem__" | "join"
    )
}

/// Commands whose output is the user's token.
fn reads_token(command: &str) -> bool {
    let words: Vec<&str> = command.split_whitespace().collect();
    command.contains("huggingface/token")
        || command.contains(".huggingface/token")
        || words
            .windows(3)
            .any(|w| matches!(w, ["hf", "auth", "token"]))
        || words.iter().any(|word| {
            let file = word.rsplit('/').next().unwrap_or(word);
            word.contains("/run/secrets/") && is_general_name(file)
        })
        || words
            .windows(2)
            .any(|w| w[0].contains("printenv") && is_credential_name(w[1]))
}

/// Whether a plain variable of a CI system, by its name a token, is in a value.
fn holds_ci_variable(value: &Value, depth: usize) -> bool {
    match value {
        Value::CiVariable(name) => is_credential_name(name),
        Value::Text(parts) | Value::List(parts) if depth < MAX_DEPTH => parts
            .iter()
            .any(|part| holds_ci_variable(&part.value, depth + 1)),
        _ => false,
    }
}

/// Whether a CI system puts a secret or variable into a text.
fn interpolates(value: &Value, depth: usize) -> bool {
    match value {
        Value::CiSecret(name) => is_credential_name(name),
        Value::Literal(text) => {
            written_secret(text).is_some_and(|(_, name)| is_credential_name(name))
        }
        Value::Text(parts) | Value::List(parts) if depth < MAX_DEPTH => parts
            .iter()
            .any(|part| interpolates(&part.value, depth + 1)),
        _ => false,
    }
}

/// The first secret that a CI system writes into a literal of a program, `"${{ secrets.X }}"`, and
/// whether that is all of it.
fn written_secret(text: &str) -> Option<(bool, &str)> {
    let (before, rest) = text.split_once("${{")?;
    let (inside, after) = rest.split_once("}}")?;
    let name = inside.trim().strip_prefix("secrets.")?;
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    plain.then_some((before.is_empty() && after.is_empty(), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: Value, class: ValueClass) -> bool {
        is(&Spanned { value, span: 0..1 }, class, &Tokens::new(&[]))
    }

    #[test]
    fn literals() {
        for (text, class) in [
            ("k9Fq2LmZ71bQ", ValueClass::Literal),
            ("hf_...", ValueClass::Placeholder),
            ("hf_abc123...", ValueClass::Placeholder),
            ("", ValueClass::Empty),
            ("$HF_TOKEN", ValueClass::Unexpanded),
            ("${HF_TOKEN}", ValueClass::Token),
        ] {
            assert!(of(Value::Literal(text.into()), class), "{text}");
        }
        assert!(!of(Value::Literal("$HF_TOKEN".into()), ValueClass::Literal));
        assert!(!of(
            Value::Literal("$5.00 fee".into()),
            ValueClass::Unexpanded
        ));
    }

    #[test]
    fn expressions_that_yield_a_token() {
        let yes = [
            Value::Environment("HF_TOKEN".into(), None),
            Value::Variable("HF_TOKEN".into(), None),
            Value::CiSecret("HF_TOKEN".into()),
            Value::Name("args.hf_token".into()),
            Value::Substitution("cat ~/.cache/huggingface/token".into()),
            Value::Substitution("cat /run/secrets/hf_token".into()),
        ];
        for value in yes {
            assert!(of(value.clone(), ValueClass::Token), "{value:?}");
        }
        let no = [
            Value::Name("token".into()),
            Value::Environment("HF_HOME".into(), None),
            Value::Substitution("date".into()),
            Value::Null,
        ];
        for value in no {
            assert!(!of(value.clone(), ValueClass::Token), "{value:?}");
        }
    }
}
