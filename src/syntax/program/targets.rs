//! What stands on the left of an assignment: names, members, and patterns that take things apart.

use super::bindings::Binding;
use super::source::Program;
use super::tree::{Id, Kind, Role};

/// How many keys lead to a part.
const MAX_KEYS: usize = 16;

/// How deep patterns lie in each other.
const MAX_DEPTH: usize = 32;

/// How many names one value is given to at once, at most.
const MAX_CHAIN: usize = 64;

/// The names and members that a pattern gives something to, and what that is.
pub(super) fn of(program: &Program<'_>, pattern: Id, binding: Binding) -> Vec<(Id, Binding)> {
    let mut targets = Vec::new();
    let mut left = vec![(pattern, binding, 0)];
    while let Some((pattern, binding, depth)) = left.pop() {
        if depth == MAX_DEPTH {
            continue;
        }
        let child = |role| program.child(pattern, role);
        let mut add = |pattern, binding| left.push((pattern, binding, depth + 1));
        match program.kind(pattern) {
            Kind::Name | Kind::Shorthand | Kind::Attribute | Kind::Subscript => {
                targets.push((pattern, binding));
            }
            Kind::MapPattern => {
                for item in program.tree.children(pattern) {
                    if let Some((inner, part)) = member(program, item, &binding) {
                        add(inner, part);
                    }
                }
            }
            Kind::ListPattern => {
                let targets = program.items(Some(pattern));
                for (place, target) in targets.iter().enumerate() {
                    add(*target, item(program, &binding, (place, targets.len())));
                }
            }
            Kind::DefaultPattern => {
                if let Some(target) = child(Role::Target) {
                    add(target, defaulted(binding, child(Role::Value)));
                }
            }
            Kind::RestPattern => {
                if let Some(inner) = child(Role::Value) {
                    add(inner, Binding::Unknown);
                }
            }
            Kind::Wrapped => {
                if let Some(inner) = child(Role::Value) {
                    add(inner, binding);
                }
            }
            _ => {}
        }
    }
    // They were found from the last on.
    targets.reverse();
    targets
}

/// What one of so many items of a list is given.
fn item(program: &Program<'_>, binding: &Binding, (place, of): (usize, usize)) -> Binding {
    if program.language.members_are_entries {
        return part(binding, place.to_string(), None);
    }
    let Binding::Value(value) = binding else {
        return Binding::Unknown;
    };
    let values = match program.kind(*value) {
        Kind::List => program.items(Some(*value)),
        _ => Vec::new(),
    };
    match values.get(place) {
        Some(value) if values.len() == of => Binding::Value(*value),
        None if program.kind(*value) == Kind::Call => part(binding, place.to_string(), None),
        _ => Binding::Unknown,
    }
}

/// What one item of a map's pattern gives to which pattern.
fn member(program: &Program<'_>, item: Id, binding: &Binding) -> Option<(Id, Binding)> {
    let child = |role| program.child(item, role);
    match program.kind(item) {
        Kind::Shorthand => {
            let key = program.string(item).into_owned();
            Some((item, part(binding, key, None)))
        }
        Kind::DefaultPattern => {
            let name = child(Role::Target)?;
            let key = program.string(name).into_owned();
            Some((name, part(binding, key, child(Role::Value))))
        }
        Kind::PairPattern => {
            let (key, value) = (child(Role::Key)?, child(Role::Value)?);
            let key = match (program.plain(key), program.kind(key)) {
                (Some(text), _) => String::from_utf8_lossy(text.bytes()).into_owned(),
                (None, Kind::Key | Kind::Literal) => program.string(key).into_owned(),
                _ => return None,
            };
            Some((value, part(binding, key, None)))
        }
        // What is left of an object is as good as all of it.
        Kind::RestPattern => Some((child(Role::Value)?, binding.clone())),
        _ => None,
    }
}

/// The part of what something is given.
fn part(binding: &Binding, key: String, default: Option<Id>) -> Binding {
    let (whole, mut keys) = match binding {
        Binding::Value(whole) => (*whole, Vec::new()),
        Binding::Part(whole, keys, _) if keys.len() < MAX_KEYS => (*whole, keys.clone()),
        _ => return defaulted(Binding::Unknown, default),
    };
    keys.push(key);
    Binding::Part(whole, keys, default)
}

fn defaulted(binding: Binding, default: Option<Id>) -> Binding {
    match (binding, default) {
        (Binding::Part(whole, keys, None), default) => Binding::Part(whole, keys, default),
        (Binding::Unknown, Some(default)) => Binding::Value(default),
        (binding, _) => binding,
    }
}

/// The named thing that `x.a["b"]` is an entry of, and the keys.
pub(super) fn entry_path(program: &Program<'_>, target: Id) -> Option<(Id, Vec<Id>)> {
    let mut keys = Vec::new();
    let mut holding = target;
    while keys.len() < MAX_KEYS && program.dotted(holding).is_none() {
        let key = match program.kind(holding) {
            Kind::Attribute => program.child(holding, Role::Member)?,
            Kind::Subscript => program.child(holding, Role::Key)?,
            Kind::Wrapped => {
                holding = program.child(holding, Role::Value)?;
                continue;
            }
            _ => return None,
        };
        keys.push(key);
        holding = program.child(holding, Role::Object)?;
    }
    keys.reverse();
    Some((holding, keys))
}

/// The value of `a = b = value`.
pub(super) fn assigned(program: &Program<'_>, value: Id) -> Id {
    let mut at = value;
    for _ in 0..MAX_CHAIN {
        match program.child(at, Role::Value) {
            Some(inner) if program.kind(at) == Kind::Assignment => at = inner,
            _ => break,
        }
    }
    at
}
