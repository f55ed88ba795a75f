//! What names were given, and what was done to it since.

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use super::tree::Id;
use crate::syntax::Import;

/// How many changes of a name are looked at, the last ones.
const MAX_CHANGES: usize = 512;

/// What a name was given, or what was done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Binding {
    /// An expression.
    Value(Id),
    /// Something of a type that is written, and no more is known.
    Instance(Id),
    /// An imported thing.
    Import(String),
    /// A function.
    Function(Id),
    /// A class.
    Class(Id),
    /// A parameter of a function.
    Parameter(Parameter),
    /// The entry of an expression at a path of keys, and what stands for it if there is none:
    /// `const { a: { b = c } } = x`
    Part(Id, Vec<String>, Option<Id>),
    /// What a loop gives, turn by turn.
    Each(Each),
    /// Something else.
    Unknown,
    /// An entry was put into it: `x["a"]["b"] = value`.
    Entry(Vec<Id>, Id),
    /// The call `Object.assign(x, …)`.
    Assign(Id),
    /// The call `x.update(…)`.
    Update(Id),
    /// `x |= value`
    Merge(Id),
    /// `x += value`, `x.extend(value)`
    Add(Id),
    /// `x.append(value)`
    Append(Id),
    /// The entry of a key was taken out of it: `del x["a"]`.
    Remove(Id),
}

/// What a loop or comprehension gives to a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Each {
    /// The loop.
    pub(super) of: Id,
    /// What it goes over.
    pub(super) over: Id,
    /// The places in what each turn gives that lead to the name's part.
    pub(super) path: Vec<usize>,
}

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    pub(super) function: Id,
    /// Its place among the arguments of a call; none after `*`.
    pub(super) index: Option<usize>,
    pub(super) default: Option<Id>,
    pub(super) annotation: Option<Id>,
}

/// What a name stands for, as it is known again wherever it is used: a node, and a part of it.
pub(super) type Origin = (Id, String);

/// The names that are given to what takes a credential, with the class of that.
pub(super) type Known = HashMap<Origin, String>;

impl Binding {
    fn is_change(&self) -> bool {
        matches!(
            self,
            Self::Entry(..)
                | Self::Assign(_)
                | Self::Update(_)
                | Self::Merge(_)
                | Self::Add(_)
                | Self::Append(_)
                | Self::Remove(_)
        )
    }
}

#[derive(Clone, Debug)]
struct Bound {
    /// Where it has taken effect.
    at: usize,
    bound: Binding,
    /// The last binding up to this one that is no change, by its place in the list.
    base: Option<usize>,
}

/// What a name stands for at some place.
#[derive(Debug)]
pub(super) struct Resolution<'n> {
    pub(super) base: Option<&'n Binding>,
    /// What was done to it since, in order.
    pub(super) changes: Vec<&'n Binding>,
}

/// The names of a program, also dotted ones such as `self.api`.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) table: Table,
    /// The loop that each node stands in, or the root.
    pub(super) loops: Vec<Id>,
    /// The imports in the order of the program.
    pub(super) imports: Vec<Import>,
}

impl Names {
    /// The loop whose turns a node is run in, if there is one.
    pub(super) fn turns_of(&self, node: Id) -> Option<Id> {
        self.loops.get(node).copied().filter(|of| *of != 0)
    }

    /// What a name of a class stands for: `Config.TOKEN`.
    pub(super) fn of_class(&self, class: Id, name: &str) -> Option<&Binding> {
        self.table.last(class, name)
    }
}

/// What every name is bound to, by its scope.
#[derive(Debug, Default)]
pub(super) struct Table {
    bindings: HashMap<String, FxHashMap<Id, Vec<Bound>>>,
}

impl Table {
    /// Binds a name in a scope from a place on.
    pub(super) fn bind(&mut self, (scope, at): (Id, usize), name: String, bound: Binding) {
        let lists = self.bindings.entry(name).or_default();
        lists.entry(scope).or_default().push(Bound {
            at,
            bound,
            base: None,
        });
    }

    /// Puts all in order, once every name is bound.
    pub(super) fn finish(&mut self) {
        #[expect(
            clippy::iter_over_hash_type,
            reason = "each list is put in order by itself"
        )]
        for scopes in self.bindings.values_mut() {
            for list in scopes.values_mut() {
                list.sort_by_key(|binding| binding.at);
                let mut base = None;
                for (place, binding) in list.iter_mut().enumerate() {
                    if !binding.bound.is_change() {
                        base = Some(place);
                    }
                    binding.base = base;
                }
            }
        }
    }

    /// What a name stands for at a place. `scopes` are those that see it from there, from the
    /// innermost, each with whether it is the use's own: then only what stands before counts.
    pub(super) fn find(
        &self,
        name: &str,
        at: usize,
        scopes: impl Iterator<Item = (Id, bool)>,
    ) -> Option<Resolution<'_>> {
        let lists = self.bindings.get(name)?;
        let mut changes: Vec<&Binding> = Vec::new();
        for (scope, own) in scopes {
            let Some(list) = lists.get(&scope) else {
                continue;
            };
            let mut found = pick(list, at, own);
            found.changes.append(&mut changes);
            if found.base.is_some() {
                return Some(found);
            }
            if list.last().is_some_and(|last| last.base.is_some()) {
                // It is bound in this scope, but later.
                return None;
            }
            changes = found.changes;
        }
        let base = None;
        (!changes.is_empty()).then_some(Resolution { base, changes })
    }

    /// What a name of one scope stands for at a place.
    pub(super) fn find_in(&self, scope: Id, name: &str, at: usize) -> Option<Resolution<'_>> {
        Some(pick(self.bindings.get(name)?.get(&scope)?, at, false))
    }

    /// The last thing that a name was given in a scope.
    pub(super) fn last(&self, scope: Id, name: &str) -> Option<&Binding> {
        let list = self.bindings.get(name)?.get(&scope)?;
        list.iter()
            .rfind(|binding| !binding.bound.is_change())
            .map(|binding| &binding.bound)
    }
}

/// What holds at a place: in the scope of the use, only what stands before it; in one around it,
/// whatever stands before it or else the last.
fn pick(list: &[Bound], at: usize, own: bool) -> Resolution<'_> {
    let before = list.partition_point(|binding| binding.at <= at);
    let base_of = |end: usize| {
        let last = end.checked_sub(1).and_then(|last| list.get(last));
        last.and_then(|binding| binding.base)
    };
    let (base, end) = match base_of(before) {
        Some(base) => (Some(base), before),
        None if own => (None, before),
        None => (base_of(list.len()), list.len()),
    };
    let from = base.map_or(0, |base| base + 1);
    let from = from.max(end.saturating_sub(MAX_CHANGES));
    Resolution {
        base: base
            .and_then(|base| list.get(base))
            .map(|found| &found.bound),
        changes: list
            .get(from..end)
            .unwrap_or_default()
            .iter()
            .map(|binding| &binding.bound)
            .collect(),
    }
}
