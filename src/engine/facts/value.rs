//! What kind of thing a value is, in the words of the match language.

use super::files;
use super::given::Given;
use crate::engine::literal;
use crate::engine::token::Shapes;
use crate::model::{ClassId, Models, PathPattern, any_fits};
use crate::rule::ValueClass;
use crate::span::{Span, overlap};
use crate::syntax::{Call, Spanned, Value};

/// How deep a value is looked into.
const MAX_DEPTH: usize = 8;

/// A credential that a token rule found in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Token {
    pub(in crate::engine) span: Span,
    /// The class that it is of; of any, if its rule says none.
    pub(in crate::engine) class: Option<ClassId>,
}

/// What tells values apart.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a> {
    pub(super) models: &'a Models,
    /// Where token rules found credentials, in order.
    pub(super) tokens: &'a [Token],
    /// What the credentials look like that token rules know.
    pub(super) shapes: &'a Shapes,
    /// Variables of scripts that are given to what takes a credential.
    pub(super) given: &'a Given,
}

impl Judge<'_> {
    /// Whether a token rule found a credential in some bytes.
    pub(super) fn has_token(self, span: &Span) -> bool {
        self.tokens.iter().any(|token| overlap(&token.span, span))
    }

    fn has_token_of(self, span: &Span, class: ClassId) -> bool {
        let of =
            |token: &Token| class == ClassId::ANY || token.class.is_none_or(|known| known == class);
        self.tokens
            .iter()
            .any(|token| overlap(&token.span, span) && of(token))
    }

    fn is_name(self, class: ClassId, name: &str) -> bool {
        self.models.names.is(class, name)
    }

    /// Whether a value is of a class.
    pub(super) fn is(self, value: &Spanned<Value>, class: ValueClass) -> bool {
        let this = &value.value;
        let stores = || {
            let path = files::path(this);
            self.models
                .stores
                .iter()
                .filter(move |store| store.is_at(&path))
        };
        match class {
            ValueClass::Literal => match this {
                Value::Literal(text) => !is_placeholder(text) && !is_unexpanded(text),
                _ => false,
            },
            ValueClass::Credential => match this {
                Value::Literal(text) => {
                    self.has_token(&value.span)
                        // Rules for tokens know whether this is one.
                        || (!self.shapes.fit(text.as_bytes())
                            && literal::is_credential(text.as_bytes()))
                }
                _ => false,
            },
            ValueClass::CiSecret => match this {
                Value::CiSecret(_) => true,
                Value::Literal(text) => written_secret(text).is_some_and(|(whole, _)| whole),
                _ => false,
            },
            ValueClass::WholeEnvironment => self.holds_environment(this, 0),
            ValueClass::Masking => match this {
                Value::Text(parts) => parts.iter().any(|part| self.masks(&part.value)),
                value => self.masks(value),
            },
            ValueClass::CredentialFile => stores().next().is_some(),
            ValueClass::CredentialVolume => {
                let volume = files::path(this);
                let source = volume.split(':').next().unwrap_or_default();
                let stores = &mut self.models.stores.iter();
                source.contains('/')
                    && stores.any(|store| store.is_mounted() && store.is_at(source))
            }
            ValueClass::Yields(class) => self.yields(value, class, 0),
            ValueClass::NameOf(class) => {
                matches!(this, Value::Literal(text) if self.is_name(class, text))
            }
            ValueClass::FileOf(class) => stores().any(|store| store.keeps(class)),
            // Which file that is, and what is in it, is looked up later.
            ValueClass::InFile(_) => true,
            ValueClass::VariableOf(class) => self.reads(value, class, 0),
            ValueClass::CiVariableOf(class) => part(
                this,
                0,
                &|part| matches!(part, Value::CiVariable(name) if self.is_name(class, name)),
            ),
            ValueClass::CiInputOf(class) => {
                matches!(this, Value::CiInput(name) if self.is_name(class, name))
            }
            ValueClass::Interpolated(class) => part(this, 0, &|part| match part {
                Value::CiSecret(name) => self.is_name(class, name),
                Value::Literal(text) => {
                    written_secret(text).is_some_and(|(_, name)| self.is_name(class, name))
                }
                _ => false,
            }),
            class => is_plain(this, class),
        }
    }

    /// Whether a text is the command of a CI system that has what follows masked, and is not shown.
    fn masks(self, value: &Value) -> bool {
        let Value::Literal(text) = value else {
            return false;
        };
        let mut commands = self.models.lists.get("masking-commands").iter();
        commands.any(|command| text.contains(command.as_str()))
    }

    fn holds_environment(self, value: &Value, depth: usize) -> bool {
        match value {
            Value::WholeEnvironment => true,
            Value::Map(entries) if depth < MAX_DEPTH => {
                // One whose token is taken out is none of a token.
                let is_out = |(name, value): &(Spanned<String>, Spanned<Value>)| {
                    value.value == Value::Null && self.models.names.is_any(&name.value)
                };
                let whole = |(_, value): &(Spanned<String>, Spanned<Value>)| {
                    matches!(value.value, Value::WholeEnvironment)
                };
                entries.iter().any(whole) && !entries.iter().any(is_out)
            }
            Value::Text(parts) | Value::List(parts) if depth < MAX_DEPTH => parts
                .iter()
                .any(|part| self.holds_environment(&part.value, depth + 1)),
            // `json.dumps(dict(os.environ))`
            Value::Call(call) if depth < MAX_DEPTH => {
                self.is_call_of(call, &self.models.map_functions)
                    && call
                        .arguments
                        .iter()
                        .any(|argument| self.holds_environment(&argument.value.value, depth + 1))
            }
            _ => false,
        }
    }

    fn is_call_of(self, call: &Call, functions: &[PathPattern]) -> bool {
        any_fits(functions, &call.callee.value, &self.models.names)
    }

    /// Whether a value holds an environment variable of a name of a class.
    fn reads(self, value: &Spanned<Value>, class: ClassId, depth: usize) -> bool {
        if depth == MAX_DEPTH {
            return false;
        }
        let below = |part: &Spanned<Value>| self.reads(part, class, depth + 1);
        match &value.value {
            Value::Environment(name, _) => self.is_name(class, name),
            Value::Text(parts) | Value::List(parts) => parts.iter().any(below),
            Value::Call(call) => call.arguments.iter().any(|argument| below(&argument.value)),
            _ => false,
        }
    }

    /// Whether a value is a credential of a class, or an expression that yields one.
    fn yields(self, value: &Spanned<Value>, class: ClassId, depth: usize) -> bool {
        if depth == MAX_DEPTH {
            return false;
        }
        let below = |part: &Spanned<Value>| self.yields(part, class, depth + 1);
        match &value.value {
            Value::Literal(text) => {
                self.has_token_of(&value.span, class)
                    || text.strip_prefix('$').is_some_and(|name| {
                        is_unexpanded(text) && self.is_name(class, name.trim_matches(['{', '}']))
                    })
            }
            Value::Known(known, _) => self.models.names.class(known) == Ok(class),
            Value::Variable(name, _) => self.is_name(class, name) || self.given.is(class, name),
            Value::Environment(name, _)
            | Value::CiSecret(name)
            | Value::CiVariable(name)
            | Value::CiInput(name) => self.is_name(class, name),
            // A bare `token` is mostly one of a language model.
            Value::Name(name) => {
                let mut parts = name.rsplit('.');
                let last = parts.next().unwrap_or(name);
                let lower = last.to_ascii_lowercase();
                // `hf_key` is mostly one of a configuration.
                let telling = ["token", "api_key", "apikey", "secret"];
                // `secrets["huggingface"]["token"]`
                let of_owner = |holder: &str| {
                    self.models.names.is_owner(class, holder)
                        && self.models.names.is(ClassId::ANY, last)
                };
                telling.iter().any(|word| lower.contains(word))
                    && (self.is_name(class, last) || parts.next().is_some_and(of_owner))
            }
            Value::Call(call) => {
                self.gives(call, class)
                    // `str(token)`, `token.strip()`: what is done to a token is one still.
                    || (self.is_call_of(call, &self.models.text_functions)
                        && call.arguments.iter().any(|argument| below(&argument.value)))
            }
            Value::Substitution(command) => self.prints(command, class),
            Value::Text(parts) => parts.iter().any(below),
            // A map that is put into a text.
            Value::Map(entries) if depth > 0 => entries.iter().any(|(_, value)| below(value)),
            _ => false,
        }
    }

    /// Whether a call gives a credential of a class.
    fn gives(self, call: &Call, class: ClassId) -> bool {
        let mut sources = self.models.sources.iter();
        if sources.any(|source| source.class == class && self.is_call_of(call, &source.calls)) {
            return true;
        }
        let named = |argument: &crate::syntax::Argument| matches!(&argument.value.value, Value::Literal(name) if self.models.names.is_in_path(class, name));
        self.models.is_secret_reader(&call.callee.value) && call.arguments.iter().any(named)
    }

    /// Whether the output of a command is a credential of a class.
    fn prints(self, command: &str, class: ClassId) -> bool {
        let words: Vec<&str> = command.split_whitespace().collect();
        let sources = self
            .models
            .sources
            .iter()
            .filter(|source| source.class == class);
        let mut commands = sources.flat_map(|source| &source.commands);
        let is_run = |wanted: &Vec<String>| words.windows(wanted.len()).any(|here| here == *wanted);
        let lists = &self.models.lists;
        let folders = lists.get("secret-folders");
        let in_folder = |word: &str| folders.iter().any(|folder| word.contains(folder.as_str()));
        let mut stores = self.models.stores.iter();
        // `$(HF_TOKEN)` of Kubernetes and Azure is a variable.
        let is_variable = words.as_slice() == [command] && self.is_name(class, command);
        is_variable
            || commands.any(is_run)
            || stores.any(|store| store.is_read(command, class))
            || words
                .iter()
                .copied()
                .find(|word| in_folder(word))
                .is_some_and(|word| {
                    let file = word.rsplit('/').next().unwrap_or(word);
                    self.is_name(ClassId::ANY, file)
                })
            || words
                .windows(2)
                .any(|pair| pair[0].contains("printenv") && self.is_name(class, pair[1]))
    }
}

/// The name that a value refers to: of a variable, a secret, a function.
pub(super) fn reference(value: &Value) -> Option<String> {
    match value {
        Value::Environment(name, _) | Value::Variable(name, _) => Some(name.clone()),
        Value::CiSecret(name) | Value::CiVariable(name) | Value::CiInput(name) => {
            Some(name.clone())
        }
        Value::Name(name) | Value::Known(_, name) => Some(name.clone()),
        Value::Call(call) => Some(call.callee.value.clone()),
        Value::Text(parts) => parts.iter().find_map(|part| reference(&part.value)),
        Value::Literal(text) => written_secret(text).map(|(_, name)| name.to_owned()),
        _ => None,
    }
}

/// Whether a value, or a part of it, is like this.
fn part(value: &Value, depth: usize, like: &dyn Fn(&Value) -> bool) -> bool {
    match value {
        Value::Text(parts) | Value::List(parts) if depth < MAX_DEPTH => parts
            .iter()
            .any(|inner| part(&inner.value, depth + 1, like)),
        value => like(value),
    }
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

/// The first secret that a CI system writes into a literal of a program, `"${{ secrets.X }}"`, and
/// whether that is all of it.
fn written_secret(text: &str) -> Option<(bool, &str)> {
    let (before, rest) = text.split_once("${{")?;
    let (inside, after) = rest.split_once("}}")?;
    let name = inside.trim().strip_prefix("secrets.")?;
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    plain.then_some((before.is_empty() && after.is_empty(), name))
}

/// Whether a value is of a class that asks for nothing but the value.
fn is_plain(value: &Value, class: ValueClass) -> bool {
    match class {
        ValueClass::Placeholder => matches!(value, Value::Literal(text) if is_placeholder(text)),
        ValueClass::Unexpanded => matches!(value, Value::Literal(text) if is_unexpanded(text)),
        ValueClass::Empty => match value {
            Value::Null => true,
            Value::Literal(text) => text.trim().is_empty(),
            _ => false,
        },
        ValueClass::Reference => matches!(
            value,
            Value::Environment(..)
                | Value::CiSecret(_)
                | Value::CiVariable(_)
                | Value::CiInput(_)
                | Value::Variable(..)
                | Value::Substitution(_)
                | Value::Call(_)
                | Value::Name(_)
                | Value::Known(..)
        ),
        ValueClass::Environment => matches!(value, Value::Environment(..)),
        ValueClass::CiVariable => matches!(value, Value::CiVariable(_)),
        ValueClass::CiInput => matches!(value, Value::CiInput(_)),
        ValueClass::Variable => matches!(value, Value::Variable(..)),
        ValueClass::Substitution => matches!(value, Value::Substitution(_)),
        ValueClass::Call => matches!(value, Value::Call(_)),
        ValueClass::Name => matches!(value, Value::Name(_) | Value::Known(..)),
        ValueClass::Map => matches!(value, Value::Map(_)),
        ValueClass::List => matches!(value, Value::List(_)),
        ValueClass::True => {
            matches!(value, Value::Literal(text) if matches!(text.as_str(), "true" | "True" | "1" | "yes"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: Value, class: &str) -> bool {
        let models = Models::built_in().unwrap();
        let judge = Judge {
            models: &models,
            tokens: &[],
            shapes: &Shapes::default(),
            given: &Given::default(),
        };
        let class = ValueClass::parse(class, &models.names).unwrap();
        judge.is(&Spanned { value, span: 0..1 }, class)
    }

    #[test]
    fn literals() {
        for (text, class) in [
            ("k9Fq2LmZ71bQ", "literal"),
            ("hf_...", "placeholder"),
            ("hf_abc123...", "placeholder"),
            ("", "empty"),
            ("$HF_TOKEN", "unexpanded"),
            ("${HF_TOKEN}", "{hf-token}"),
        ] {
            assert!(of(Value::Literal(text.into()), class), "{text}");
        }
        assert!(!of(Value::Literal("$HF_TOKEN".into()), "literal"));
        assert!(!of(Value::Literal("$5.00 fee".into()), "unexpanded"));
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
            Value::Substitution("hf auth token".into()),
        ];
        for value in yes {
            assert!(of(value.clone(), "{hf-token}"), "{value:?}");
        }
        let no = [
            Value::Name("token".into()),
            Value::Environment("HF_HOME".into(), None),
            Value::Substitution("date".into()),
            Value::Null,
        ];
        for value in no {
            assert!(!of(value.clone(), "{hf-token}"), "{value:?}");
        }
    }
}
