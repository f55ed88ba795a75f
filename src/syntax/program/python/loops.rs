//! Loops over what is written in the program, turn by turn.

use super::source::Source;
use crate::syntax::program::cst::Id;
use crate::syntax::program::{ANY, Depth, Each, Entries, REST, simplified};
use crate::syntax::{Spanned, Value};

/// How many turns of a loop are gone through.
pub(super) const MAX_TURNS: usize = 32;

impl Source<'_> {
    /// What a loop gives to a name in the turn that is gone through.
    pub(super) fn in_turn(&self, each: &Each, depth: Depth<'_>) -> Value {
        let Some((_, turn)) = depth.turn.filter(|(of, _)| *of == each.of) else {
            return Value::Unknown;
        };
        let turns = self.turns(each.over, depth).into_iter().flatten();
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
    pub(super) fn turns_around(&self, node: Id, depth: Depth<'_>) -> Option<(Id, usize)> {
        let of = self.names.turns_of(node)?;
        let turns = self.turns(self.tree.field(of, "right")?, depth)?;
        Some((of, turns.len())).filter(|(_, turns)| *turns > 0)
    }

    /// What a loop gives turn by turn, if all of it is known.
    fn turns(&self, over: Id, depth: Depth<'_>) -> Option<Vec<Spanned<Value>>> {
        let depth = Depth {
            turn: None,
            left: depth.left.checked_sub(1)?,
            ..depth
        };
        let function = self.tree.field(over, "function");
        let method = function.and_then(|function| self.tree.field(function, "attribute"));
        let given = || self.tree.only(self.tree.field(over, "arguments")?);
        let named = function.map(|function| self.bytes(method.unwrap_or(function)));
        let turns = match (named, method) {
            (Some(part @ (b"items" | b"keys" | b"values")), Some(_)) => {
                let object = self.tree.field(function?, "object")?;
                let Value::Map(entries) = self.value(object, depth) else {
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
            (Some(b"enumerate"), None) => {
                let turns = self.turns(given()?, depth)?.into_iter().enumerate();
                let number = |place: usize, of: &Spanned<Value>| Spanned {
                    value: Value::Literal(place.to_string()),
                    span: of.span.clone(),
                };
                turns
                    .map(|(place, turn)| pair(number(place, &turn), turn))
                    .collect()
            }
            (Some(b"sorted" | b"list" | b"tuple" | b"set" | b"reversed"), None) => {
                self.turns(given()?, depth)?
            }
            _ => match self.value(over, depth) {
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
    pub(super) fn comprehension(&self, node: Id, depth: Depth<'_>) -> Value {
        let mut parts = self.tree.items(node);
        let (Some(element), Some(clause)) = (parts.next(), parts.next()) else {
            return Value::Unknown;
        };
        let Some(over) = self.tree.field(clause, "right") else {
            return Value::Unknown;
        };
        let rest: Vec<Id> = parts.collect();
        let environment = super::callee::resolve(self, over) == "os.environ.items()";
        if environment && rest.is_empty() {
            return Value::WholeEnvironment;
        }
        let nested = rest
            .iter()
            .any(|part| self.tree.kind(*part) == "for_in_clause");
        let turns = self
            .turns(over, depth)
            .filter(|_| !nested && depth.turn.is_none());
        let turns = match &turns {
            Some(turns) => (0..turns.len()).map(|turn| Some((clause, turn))).collect(),
            None => vec![depth.turn],
        };
        let known = turns.len() != 1 || turns.iter().any(Option::is_some);
        let depths = turns.into_iter().map(|turn| Depth { turn, ..depth });
        if self.tree.kind(element) != "pair" {
            let items = depths.map(|depth| self.spanned(element, depth)).collect();
            return if known {
                Value::List(items)
            } else {
                Value::Unknown
            };
        }
        let field = |name| self.tree.field(element, name);
        let (Some(key), Some(value)) = (field("key"), field("value")) else {
            return Value::Unknown;
        };
        let entries: Entries = depths
            .map(|depth| (self.key(key, depth), self.spanned(value, depth)))
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
