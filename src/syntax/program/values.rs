//! Expressions as values: what is alike in all languages.

use super::depth::Depth;
use super::language::{Language, Piece};
use super::source::Source;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::program::cst::Id;
use crate::syntax::{Spanned, Value};

impl<N: Language> Source<'_, N> {
    /// An expression with its bytes: those between the quotes, if it is a string.
    pub(in crate::syntax) fn spanned(&self, node: Id, depth: Depth<'_>) -> Spanned<Value> {
        Spanned {
            value: self.value(node, depth),
            span: self.text.origin(N::inner(self, node)),
        }
    }

    /// What an expression stands for.
    pub(in crate::syntax) fn value(&self, node: Id, depth: Depth<'_>) -> Value {
        let Some(left) = depth.left.checked_sub(1).filter(|_| self.budget.spend(1)) else {
            return Value::Unknown;
        };
        let value = N::stands_for(self, node, Depth { left, ..depth });
        match &value {
            Value::Literal(text) | Value::Name(text) if !self.budget.spend_text(text.len()) => {
                Value::Unknown
            }
            _ => value,
        }
    }

    /// What a name was given. Outside of calls that are looked into and of loops, it is the same for
    /// every use of the name.
    pub(in crate::syntax) fn bound_to(&self, node: Id, depth: Depth<'_>) -> Value {
        if depth.frame.is_some() || depth.turn.is_some() {
            return self.value(node, depth);
        }
        let key = (node, depth.left, depth.calls);
        self.values
            .get_or(key, &self.budget, || self.value(node, depth))
    }

    /// A list, with what is unpacked into it.
    pub(in crate::syntax) fn list(&self, node: Id, depth: Depth<'_>) -> Value {
        let mut items = Vec::new();
        for item in self.tree.items(node) {
            if self.tree.kind(item) != N::SPREAD {
                items.push(self.spanned(item, depth));
                continue;
            }
            let Some(inner) = self.tree.only(item) else {
                continue;
            };
            match self.spanned(inner, depth) {
                Spanned {
                    value: Value::List(inner),
                    ..
                } => items.extend(inner),
                other => items.push(other),
            }
        }
        Value::List(items)
    }

    /// The parts of a string literal as values.
    pub(in crate::syntax) fn parts(&self, node: Id, depth: Depth<'_>) -> Vec<Spanned<Value>> {
        let pieces = N::pieces(self, node).unwrap_or_default();
        let part = |piece| match piece {
            Piece::Plain(text) => Spanned {
                value: Value::Literal(String::from_utf8_lossy(text.bytes()).into_owned()),
                span: text.origin(0..text.bytes().len()),
            },
            Piece::Expression(expression) => self.spanned(expression, depth),
        };
        pieces.into_iter().map(part).collect()
    }

    /// The text of a string literal without expressions in it.
    pub(in crate::syntax) fn plain(&self, node: Id) -> Option<MappedText> {
        let mut pieces = N::pieces(self, node)?;
        match (pieces.pop(), pieces.is_empty()) {
            (None, _) => Some(MappedText::default()),
            (Some(Piece::Plain(text)), true) => Some(text),
            _ => None,
        }
    }

    /// A name as it is written, with its bytes.
    pub(in crate::syntax) fn written(&self, name: Id) -> Spanned<String> {
        Spanned {
            value: self.string(name).into_owned(),
            span: self.origin(name),
        }
    }
}
