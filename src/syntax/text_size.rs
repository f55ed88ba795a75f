//! How much text facts hold, in bytes, so that a file cannot make them hold more than there is room
//! for: a long key stands in the path of all that is below it.

use super::{Argument, Call, FactKind, Place, Setting, Spanned, Value};

/// The text of a fact. Values are no deeper than front-ends make them.
pub(super) fn of_fact(fact: &FactKind, place: &[Place]) -> usize {
    let own = match fact {
        FactKind::Setting(setting) => of_setting(setting),
        FactKind::Call(call) => of_call(call),
        FactKind::Command(command) => {
            let targets = command.redirections.iter().map(|to| of_value(&to.target));
            let assignments = command.assignments.iter().map(of_setting);
            let words = command.words.iter().map(of_value);
            words.chain(assignments).chain(targets).sum()
        }
    };
    own + place.iter().map(of_place).sum::<usize>()
}

fn of_setting(setting: &Setting) -> usize {
    let path: usize = setting.path.iter().map(|key| key.value.len()).sum();
    path + of_value(&setting.value)
}

fn of_call(call: &Call) -> usize {
    let arguments = call.arguments.iter().map(of_argument);
    call.callee.value.len() + arguments.sum::<usize>()
}

fn of_argument(argument: &Argument) -> usize {
    let name = argument.name.as_ref().map_or(0, |name| name.value.len());
    name + of_value(&argument.value)
}

fn of_place(place: &Place) -> usize {
    match place {
        Place::Instruction(text) | Place::Key(text) | Place::Fence(text) => text.len(),
        Place::Document(_) | Place::Cell(_) | Place::Embedded => 0,
    }
}

fn of_value(value: &Spanned<Value>) -> usize {
    match &value.value {
        Value::Literal(text)
        | Value::CiSecret(text)
        | Value::CiVariable(text)
        | Value::CiInput(text)
        | Value::Substitution(text)
        | Value::Name(text) => text.len(),
        Value::Known(class, name) => class.len() + name.len(),
        Value::Environment(name, default) | Value::Variable(name, default) => {
            name.len() + default.as_ref().map_or(0, |default| of_value(default))
        }
        Value::Call(call) => of_call(call),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| key.value.len() + of_value(value))
            .sum(),
        Value::List(parts) | Value::Text(parts) => parts.iter().map(of_value).sum(),
        Value::WholeEnvironment | Value::Null | Value::Unknown => 0,
    }
}
