//! What stands on the left of an assignment: names, members, and patterns that take things apart.

use super::source::Source;
use crate::syntax::program::Bound;
use crate::syntax::program::cst::Id;

/// How many keys lead to a part.
const MAX_KEYS: usize = 16;

/// How deep patterns lie in each other.
const MAX_DEPTH: usize = 32;

/// The names and members that a pattern gives something to, and what that is.
pub(super) fn targets(source: &Source<'_>, pattern: Id, bound: Bound) -> Vec<(Id, Bound)> {
    let tree = &source.tree;
    let mut targets = Vec::new();
    let mut left = vec![(pattern, bound, 0)];
    while let Some((pattern, bound, depth)) = left.pop() {
        if depth == MAX_DEPTH {
            continue;
        }
        let mut add = |pattern, bound| left.push((pattern, bound, depth + 1));
        match tree.kind(pattern) {
            "identifier"
            | "shorthand_property_identifier_pattern"
            | "member_expression"
            | "subscript_expression" => targets.push((pattern, bound)),
            "object_pattern" => {
                for item in tree.items(pattern) {
                    if let Some((inner, part)) = member(source, item, &bound) {
                        add(inner, part);
                    }
                }
            }
            "array_pattern" => {
                for (place, item) in tree.items(pattern).enumerate() {
                    add(item, part(&bound, place.to_string(), None));
                }
            }
            "assignment_pattern" => {
                if let Some(inner) = tree.field(pattern, "left") {
                    add(inner, defaulted(bound, tree.field(pattern, "right")));
                }
            }
            "rest_pattern" => {
                if let Some(inner) = tree.only(pattern) {
                    add(inner, Bound::Unknown);
                }
            }
            _ => {
                if let Some(inner) = source.wrapped(pattern) {
                    add(inner, bound);
                }
            }
        }
    }
    // They were found from the last on.
    targets.reverse();
    targets
}

/// What one item of an object pattern gives to which pattern.
fn member(source: &Source<'_>, item: Id, bound: &Bound) -> Option<(Id, Bound)> {
    let tree = &source.tree;
    match tree.kind(item) {
        "shorthand_property_identifier_pattern" => {
            Some((item, part(bound, source.string(item).into_owned(), None)))
        }
        "object_assignment_pattern" => {
            let name = tree.field(item, "left")?;
            let default = tree.field(item, "right");
            Some((name, part(bound, source.string(name).into_owned(), default)))
        }
        "pair_pattern" => {
            let (key, value) = (tree.field(item, "key")?, tree.field(item, "value")?);
            let key = match source.plain(key) {
                Some(text) => String::from_utf8_lossy(text.bytes()).into_owned(),
                None if tree.kind(key) == "computed_property_name" => return None,
                None => source.string(key).into_owned(),
            };
            Some((value, part(bound, key, None)))
        }
        // What is left of an object is as good as all of it.
        "rest_pattern" => Some((tree.only(item)?, bound.clone())),
        _ => None,
    }
}

/// The part of what something is given.
fn part(bound: &Bound, key: String, default: Option<Id>) -> Bound {
    let (whole, mut keys) = match bound {
        Bound::Value(whole) => (*whole, Vec::new()),
        Bound::Part(whole, keys, _) if keys.len() < MAX_KEYS => (*whole, keys.clone()),
        _ => return defaulted(Bound::Unknown, default),
    };
    keys.push(key);
    Bound::Part(whole, keys, default)
}

fn defaulted(bound: Bound, default: Option<Id>) -> Bound {
    match (bound, default) {
        (Bound::Part(whole, keys, None), default) => Bound::Part(whole, keys, default),
        (Bound::Unknown, Some(default)) => Bound::Value(default),
        (bound, _) => bound,
    }
}

/// The thing that `x.a["b"]` is an entry of, and the keys: `this.x` is a thing of its own.
pub(super) fn entry_path(source: &Source<'_>, target: Id) -> Option<(Id, Vec<Id>)> {
    let tree = &source.tree;
    let mut keys = Vec::new();
    let mut holding = target;
    while keys.len() < MAX_KEYS && source.simple(holding).is_none() {
        let key = match tree.kind(holding) {
            "member_expression" => tree.field(holding, "property")?,
            "subscript_expression" => tree.field(holding, "index")?,
            _ => {
                holding = source.wrapped(holding)?;
                continue;
            }
        };
        keys.push(key);
        holding = tree.field(holding, "object")?;
    }
    keys.reverse();
    Some((holding, keys))
}
