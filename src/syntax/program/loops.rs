//! Loops over what is written in the program, turn by turn.

use super::bindings::Each;
use super::context::EvalContext;
use super::maps::{ANY, Entries, REST, simplified};
use super::source::Program;
use super::tree::{Id, Kind, Role};
use crate::syntax::{Spanned, Value};

/// How many turns of a loop are gone through.
const MAX_TURNS: usize = 32;

impl Program<'_> {
    /// What a loop gives to a name in the turn that is gone through.
    pub(super) fn in_turn(&self, each: &Each, context: EvalContext<'_>) -> Value {
        let Some((_, turn)) = context.turn.filter(|(of, _)| *of == each.of) else {
            return Value::Unknown;
        };
        let turns = self.turns(each.over, context).into_iter().flatten();
        let mut value = turns.map(|given| given.value).nth(turn);
        for place in &each.path {
            value = match value {
                Some(Value::List(items)) => items.into_iter().map(|item| item.value).nth(*place),
                _ => None,
            };
        }
        value.unwrap_or(Value::Unknown)
    }

    /// How many turns of the loop around a node are known.
    pub(super) fn turns_around(&self, node: Id, context: EvalContext<'_>) -> Option<(Id, usize)> {
        let of = self.names.turns_of(node)?;
        let turns = self.turns(self.child(of, Role::Over)?, context)?;
        Some((of, turns.len())).filter(|(_, turns)| *turns > 0)
    }

    /// What a loop gives turn by turn, if all of it is known.
    fn turns(&self, over: Id, context: EvalContext<'_>) -> Option<Vec<Spanned<Value>>> {
        let context = EvalContext {
            turn: None,
            left: context.left.checked_sub(1)?,
            ..context
        };
        let method = self.method(over);
        let function = match method {
            None => self.child(over, Role::Callee).map(|f| self.bytes(f)),
            Some(_) => None,
        };
        let turns = match (method, function) {
            (Some((object, part @ (b"items" | b"keys" | b"values"))), _) => {
                let Value::Map(entries) = self.value(object, context) else {
                    return None;
                };
                entries
                    .into_iter()
                    .filter(|(key, _)| key.value != ANY && key.value != REST)
                    .map(|entry| match part {
                        b"items" => pair(literal(entry.0), entry.1),
                        b"keys" => literal(entry.0),
                        _ => entry.1,
                    })
                    .collect()
            }
            (None, Some(b"enumerate")) => {
                let turns = self.turns(*self.given(over).first()?, context)?;
                let number = |place: usize, of: &Spanned<Value>| Spanned {
                    value: Value::Literal(place.to_string()),
                    span: of.span.clone(),
                };
                turns
                    .into_iter()
                    .enumerate()
                    .map(|(place, turn)| pair(number(place, &turn), turn))
                    .collect()
            }
            (None, Some(b"sorted" | b"list" | b"tuple" | b"set" | b"reversed")) => {
                self.turns(*self.given(over).first()?, context)?
            }
            _ => match self.value(over, context) {
                Value::List(items) => items,
                Value::Map(entries) => {
                    let keys = entries.into_iter().map(|(key, _)| literal(key));
                    keys.collect()
                }
                _ => return None,
            },
        };
        let turns: Vec<_> = turns.into_iter().take(MAX_TURNS).collect();
        self.budget.spend(turns.len()).then_some(turns)
    }

    /// `{k: v for k, v in x}`, `[x for x in y]`: turn by turn, or else as one entry of any key.
    pub(super) fn comprehension(&self, node: Id, context: EvalContext<'_>) -> Value {
        let Some(element) = self.child(node, Role::Element) else {
            return Value::Unknown;
        };
        let rest: Vec<Id> = self.tree.children(node).skip(1).collect();
        let Some((clause, rest)) = rest.split_first() else {
            return Value::Unknown;
        };
        let Some(over) = self.child(*clause, Role::Over) else {
            return Value::Unknown;
        };
        let mut roots = self.vocabulary.environments.iter();
        let items = self.callee_of(over);
        let environment = roots.any(|root| items == format!("{root}.items()"));
        if environment && rest.is_empty() {
            return Value::WholeEnvironment;
        }
        let nested = rest.iter().any(|part| self.kind(*part) == Kind::ForClause);
        let turns = self
            .turns(over, context)
            .filter(|_| !nested && context.turn.is_none());
        let turns = match &turns {
            Some(turns) => (0..turns.len()).map(|turn| Some((*clause, turn))).collect(),
            None => vec![context.turn],
        };
        let known = turns.len() != 1 || turns.iter().any(Option::is_some);
        let contexts = turns
            .into_iter()
            .map(|turn| EvalContext { turn, ..context });
        if self.kind(node) == Kind::Comprehension {
            let items = contexts
                .map(|context| self.spanned(element, context))
                .collect();
            return if known {
                Value::List(items)
            } else {
                Value::Unknown
            };
        }
        let child = |role| self.child(element, role);
        let (Some(key), Some(value)) = (child(Role::Key), child(Role::Value)) else {
            return Value::Unknown;
        };
        let entries: Entries = contexts
            .map(|context| (self.key(key, context), self.spanned(value, context)))
            .collect();
        // Some of the environment is not all of it.
        if environment {
            Value::Unknown
        } else {
            simplified(entries)
        }
    }
}

fn literal(key: Spanned<String>) -> Spanned<Value> {
    Spanned {
        value: Value::Literal(key.value),
        span: key.span,
    }
}

fn pair(first: Spanned<Value>, second: Spanned<Value>) -> Spanned<Value> {
    let span = first.span.clone();
    Spanned {
        value: Value::List(vec![first, second]),
        span,
    }
}
