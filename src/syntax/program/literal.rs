//! The literal that an expression leads to.

use super::bindings::Binding;
use super::resolve::has;
use super::source::Program;
use super::tree::{Id, Kind, Role};

/// How many names and parts lead to a document.
const MAX_STEPS: usize = 12;

/// The literal that an expression leads to, through names and calls that change nothing else.
pub(super) fn followed(program: &Program<'_>, node: Id) -> Id {
    let mut at = program.bare(node);
    for _ in 0..MAX_STEPS {
        let next = match program.kind(at) {
            Kind::Name | Kind::Shorthand | Kind::Attribute => program.dotted(at).and_then(|name| {
                let found = program.find(&name, at)?;
                match found.base? {
                    Binding::Value(value) if found.changes.is_empty() => Some(*value),
                    _ => None,
                }
            }),
            Kind::Call => same(program, at),
            _ => None,
        };
        match next {
            Some(next) => at = program.bare(next),
            None => break,
        }
    }
    at
}

/// What a call gives back as good as unchanged.
fn same(program: &Program<'_>, call: Id) -> Option<Id> {
    let callee = program.child(call, Role::Callee)?;
    let written = program.string(callee);
    let name = program.child(callee, Role::Member).unwrap_or(callee);
    let name = program.string(name);
    let vocabulary = &program.vocabulary;
    let functions = &vocabulary.text_functions;
    if has(functions, &name) || has(functions, &written) {
        return program.given(call).first().copied();
    }
    let is_method = has(&vocabulary.text_methods, &name);
    is_method.then(|| program.child(callee, Role::Object))?
}
