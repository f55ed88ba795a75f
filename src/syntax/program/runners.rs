//! Functions that run commands: those that models name, and those of the program that hand one of their
//! parameters to such a function.

use std::collections::HashMap;

use super::bindings::Binding;
use super::source::Program;
use super::tree::{Id, Kind, Role};
use crate::model::Runner;

/// What a function runs that is called so, by whatever name the notebook has.
pub(super) fn runner(program: &Program<'_>, callee: &str) -> Option<Runner> {
    let vocabulary = &program.vocabulary;
    let callee = callee.strip_prefix("IPython.").unwrap_or(callee);
    let notebook = callee.strip_prefix("get_ipython.get_ipython()");
    let known = match notebook {
        Some(rest) => vocabulary.runners.get(&format!("get_ipython(){rest}")),
        None => vocabulary.runners.get(callee),
    };
    let method = || {
        let name = callee.rsplit('.').next().unwrap_or(callee);
        vocabulary.running_methods.get(name)
    };
    known.or_else(method).copied()
}

/// The functions of a program that run what they are given.
#[derive(Debug, Default)]
pub(super) struct Runners {
    /// By the function: its parameter, the place of that, and what is done with it.
    functions: HashMap<Id, (String, Option<usize>, Runner)>,
}

impl Runners {
    /// Those of a program whose names are read.
    pub(super) fn new(program: &Program<'_>) -> Self {
        let mut runners = Self::default();
        for node in 0..program.tree.len() {
            if program.kind(node) == Kind::Call {
                runners.read(program, node);
            }
        }
        runners
    }

    fn read(&mut self, program: &Program<'_>, call: Id) -> Option<()> {
        let function = program.child(call, Role::Callee)?;
        let given = program.given(call);
        let first = program.given_value(*given.first()?);
        if program.kind(first) != Kind::Name {
            return None;
        }
        let runners = &program.vocabulary.runners;
        let runner = *runners.get(&program.callee_of(function))?;
        if !matches!(runner, Runner::Shell | Runner::Command) {
            return None;
        }
        let name = program.string(first).into_owned();
        let Binding::Parameter(parameter) = program.find(&name, first)?.base? else {
            return None;
        };
        let entry = (name, parameter.index, runner);
        self.functions.insert(parameter.function, entry);
        Some(())
    }

    /// What a call of such a function runs, and how.
    pub(super) fn of(&self, program: &Program<'_>, call: Id) -> Option<(Runner, Id)> {
        if self.functions.is_empty() {
            return None;
        }
        let function = program.child(call, Role::Callee)?;
        let found = program.find(&program.dotted(function)?, function)?;
        let Binding::Function(definition) = found.base? else {
            return None;
        };
        let (name, index, runner) = self.functions.get(definition)?;
        let given = program.given(call);
        let keyword = given.iter().find(|argument| {
            let keyword = program.child(**argument, Role::Name);
            keyword.is_some_and(|keyword| program.bytes(keyword) == name.as_bytes())
        });
        let placed = || index.and_then(|index| given.get(index));
        let argument = *keyword.or_else(placed)?;
        Some((*runner, program.given_value(argument)))
    }
}
