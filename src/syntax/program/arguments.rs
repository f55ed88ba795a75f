//! What calls are given.

use crate::syntax::{Argument, Spanned, Value};

/// An argument without a name.
pub(super) fn positional(value: Spanned<Value>) -> Argument {
    Argument { name: None, value }
}

/// The arguments that a list stands for where it is unpacked; `*` for what is no known list.
pub(super) fn unpacked(value: Spanned<Value>) -> Vec<Argument> {
    match value {
        Spanned {
            value: Value::List(items),
            ..
        } => items.into_iter().map(positional).collect(),
        other => vec![Argument {
            name: Some(Spanned {
                value: "*".to_owned(),
                span: other.span.clone(),
            }),
            value: other,
        }],
    }
}
