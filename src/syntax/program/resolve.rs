//! What is called: names with imports and receivers resolved.

use std::borrow::Cow;

use super::bindings::Binding;
use super::source::Program;
use super::tree::{Id, Kind, Role};
use crate::model::Function;
use crate::syntax::Value;

/// How many parts of a callee are resolved, and how many names are followed for it.
const MAX_STEPS: usize = 24;

/// An environment, or a variable of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read<'n> {
    /// The environment.
    pub(super) root: &'n str,
    /// The variable.
    pub(super) name: Option<&'n str>,
    /// Whether everybody is shown it.
    pub(super) is_public: bool,
}

impl Program<'_> {
    /// What an expression is called by: `huggingface_hub.HfApi().run_job`.
    pub(super) fn callee_of(&self, node: Id) -> String {
        self.global(Resolver { program: self }.expression(node, MAX_STEPS))
    }

    /// What a function gives that is called so.
    pub(super) fn function_of(&self, callee: &str) -> Option<Function> {
        self.vocabulary.functions.get(callee).copied()
    }

    /// A member of a module or thing that is called so.
    pub(super) fn member_of(&self, object: &str, member: &str) -> String {
        if member == "default" && self.language.has_default_members {
            object.to_owned()
        } else {
            format!("{object}.{member}")
        }
    }

    /// A name without the global object before it; but for what everybody is shown, which has it
    /// always.
    fn global(&self, name: String) -> String {
        let mut globals = self.language.globals.iter();
        let rest = globals.find_map(|global| name.strip_prefix(global));
        if self.language.globals.is_empty() {
            return name;
        }
        let bare = rest.unwrap_or(&name);
        for public in self.models.lists.get("public-variables") {
            let below = public.split_once('.').map_or("", |(_, below)| below);
            let object = below.split('.').next().unwrap_or_default();
            let is_below = |of: &str| {
                let rest = bare.strip_prefix(of);
                !of.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            if is_below(below) || (rest.is_some() && is_below(object)) {
                let global = public.split('.').next().unwrap_or_default();
                return format!("{global}.{bare}");
            }
        }
        bare.to_owned()
    }

    /// What a resolved name reads from an environment.
    pub(super) fn read<'n>(&'n self, name: &'n str) -> Option<Read<'n>> {
        let have_members = self.language.environments_have_members;
        let public = match have_members {
            true => self.models.lists.get("public-variables"),
            false => &[],
        };
        let own = self.vocabulary.environments.iter();
        let own = own.map(|root| (root.as_str(), false));
        let public = public.iter().map(|root| (root.as_str(), true));
        let (root, rest, is_public) = own.chain(public).find_map(|(root, is_public)| {
            let rest = name.strip_prefix(root)?;
            (rest.is_empty() || rest.starts_with('.')).then_some((root, rest, is_public))
        })?;
        if rest.is_empty() {
            let name = None;
            return Some(Read {
                root,
                name,
                is_public,
            });
        }
        let variable = rest.strip_prefix('.')?;
        let is_function =
            has(&self.vocabulary.environments_of_functions, root) || variable.ends_with("()");
        let is_variable =
            have_members && !variable.is_empty() && !variable.contains('.') && !is_function;
        is_variable.then_some(Read {
            root,
            name: Some(variable),
            is_public,
        })
    }

    /// A resolved name as a value.
    pub(super) fn thing(&self, name: String) -> Value {
        match self.read(&name) {
            _ if name == "?" => Value::Unknown,
            Some(Read {
                is_public: true, ..
            })
            | None => Value::Name(name),
            Some(Read { name: None, .. }) => Value::WholeEnvironment,
            Some(Read {
                name: Some(variable),
                ..
            }) => Value::Environment(variable.to_owned(), None),
        }
    }

    /// The module that a call such as `require("x")` loads.
    pub(super) fn loaded(&self, call: Id) -> Option<String> {
        if self.kind(call) != Kind::Call {
            return None;
        }
        let callee = self.string(self.child(call, Role::Callee)?);
        if !has(&self.vocabulary.loaders, &callee) {
            return None;
        }
        let first = *self.given(call).first()?;
        let text = self.plain(first)?;
        let written = String::from_utf8_lossy(text.bytes());
        Some(super::javascript::imports::module(&written))
    }

    /// The call that holds some of the arguments of a function: `functools.partial`.
    pub(super) fn partial(&self, function: Id) -> Option<Id> {
        let found = self.find(&self.dotted(function)?, function)?;
        let Some(Binding::Value(call)) = found.base else {
            return None;
        };
        let callee = self.child(*call, Role::Callee)?;
        let is_partial = self.kind(*call) == Kind::Call
            && self.function_of(&self.callee_of(callee)) == Some(Function::Partial);
        is_partial.then_some(*call)
    }
}

struct Resolver<'s, 't> {
    program: &'s Program<'t>,
}

impl Resolver<'_, '_> {
    fn expression(&self, node: Id, steps: usize) -> String {
        let budget = &self.program.budget;
        let Some(steps) = steps.checked_sub(1).filter(|_| budget.spend(1)) else {
            return "?".to_owned();
        };
        self.program.callees.get_or((node, steps), budget, || {
            let name = self.written(node, steps);
            if budget.spend_text(name.len()) {
                name
            } else {
                "?".to_owned()
            }
        })
    }

    /// What a child is called by.
    fn child(&self, node: Id, role: Role, steps: usize) -> String {
        let child = self.program.child(node, role);
        child.map_or_else(String::new, |child| self.expression(child, steps))
    }

    fn written(&self, node: Id, steps: usize) -> String {
        let program = self.program;
        let node = program.bare(node);
        let of_type = |name: &str| match program.language.literals_have_types {
            true => name.to_owned(),
            false => "?".to_owned(),
        };
        match program.kind(node) {
            Kind::Name | Kind::Shorthand => self.name(&program.string(node), node, steps),
            Kind::This => program.string(node).into_owned(),
            Kind::Attribute => self.attribute(node, steps),
            Kind::Subscript => {
                let key = program.child(node, Role::Key).map(|key| self.key(key));
                let key = key.as_deref().unwrap_or("*");
                format!("{}.{key}", self.child(node, Role::Object, steps))
            }
            Kind::Call => match program.loaded(node) {
                Some(module) => module,
                None => self.call(node, steps),
            },
            Kind::New => self.child(node, Role::Callee, steps) + "()",
            Kind::Assignment => self.child(node, Role::Value, steps),
            // `Path.home() / "x"`
            Kind::Divide => self.child(node, Role::Left, steps),
            // `window.huggingface?.variables ?? {}`, `api ?? new Api()`
            Kind::Or | Kind::And | Kind::Conditional => {
                self.value(node, steps).unwrap_or_else(|| "?".to_owned())
            }
            Kind::String | Kind::Strings => of_type("str"),
            Kind::List | Kind::Comprehension => of_type("list"),
            Kind::Map | Kind::MapComprehension => of_type("dict"),
            _ => "?".to_owned(),
        }
    }

    fn name(&self, name: &str, node: Id, steps: usize) -> String {
        let program = self.program;
        let found = program.find(name, node);
        let resolved = match found.and_then(|found| found.base) {
            Some(Binding::Import(target)) => Some(target.clone()),
            Some(Binding::Value(value)) => self.value(*value, steps),
            Some(Binding::Part(whole, keys, _)) => {
                match program.loaded(program.bare(*whole)) {
                    Some(module) => Some(program.member_of(&module, &keys.join("."))),
                    None => self
                        .value(*whole, steps)
                        // The first of two that a call gives says nothing.
                        .filter(|_| !keys.iter().any(|key| is_place(key)))
                        .map(|whole| format!("{whole}.{}", keys.join("."))),
                }
            }
            Some(Binding::Instance(annotation)) => self.instance(*annotation, steps),
            Some(Binding::Parameter(parameter)) => parameter
                .annotation
                .and_then(|annotation| self.instance(annotation, steps)),
            _ => None,
        };
        resolved.unwrap_or_else(|| name.to_owned())
    }

    /// What a value is called by, if it has a name.
    fn value(&self, value: Id, steps: usize) -> Option<String> {
        let program = self.program;
        let value = program.bare(value);
        let side = |role| {
            let side = program.child(value, role)?;
            self.value(side, steps.checked_sub(1)?)
        };
        match program.kind(value) {
            Kind::Call => {
                let less = steps.checked_sub(1)?;
                let callee = self.child(value, Role::Callee, less);
                if let Some(Function::Wrapped | Function::Partial) = program.function_of(&callee) {
                    let wrapped = *program.given(value).first()?;
                    return Some(self.expression(wrapped, less));
                }
                Some(self.expression(value, steps))
            }
            Kind::Name
            | Kind::Shorthand
            | Kind::This
            | Kind::Attribute
            | Kind::Subscript
            | Kind::New
            | Kind::Assignment => Some(self.expression(value, steps)),
            // `api = api or HfApi()`
            Kind::Or if program.language.assignment_declares => {
                side(Role::Right).or_else(|| side(Role::Left))
            }
            Kind::Or => side(Role::Left).or_else(|| side(Role::Right)),
            Kind::And => side(Role::Right),
            Kind::Conditional if program.language.assignment_declares => {
                side(Role::Else).or_else(|| side(Role::Then))
            }
            Kind::Conditional => side(Role::Then).or_else(|| side(Role::Else)),
            _ => None,
        }
        .filter(|name| name != "?")
    }

    fn attribute(&self, node: Id, steps: usize) -> String {
        let program = self.program;
        if let Some(dotted) = program.dotted(node)
            && let Some(found) = program.find(&dotted, node)
            && !matches!(found.base, None | Some(Binding::Function(_)))
        {
            return self.name(&dotted, node, steps);
        }
        let member = program
            .child(node, Role::Member)
            .map_or_else(Cow::default, |member| program.string(member));
        program.member_of(&self.child(node, Role::Object, steps), &member)
    }

    fn call(&self, node: Id, steps: usize) -> String {
        let callee = self.child(node, Role::Callee, steps);
        match (
            self.program.function_of(&callee),
            self.program.given(node).as_slice(),
        ) {
            (Some(Function::Attribute), [object, name, ..]) => {
                format!("{}.{}", self.expression(*object, steps), self.key(*name))
            }
            _ => callee + "()",
        }
    }

    /// A key or name given as a string.
    fn key(&self, node: Id) -> String {
        match self.program.plain(node) {
            Some(text) => String::from_utf8_lossy(text.bytes()).into_owned(),
            None if self.program.kind(node) == Kind::Literal => {
                self.program.string(node).into_owned()
            }
            None => "*".to_owned(),
        }
    }

    /// Something of a type: `HfApi`, `Optional[HfApi]`, `"HfApi"`, `HfApi | None`.
    fn instance(&self, annotation: Id, steps: usize) -> Option<String> {
        let program = self.program;
        let mut node = annotation;
        for _ in 0..8 {
            let child = |role| program.child(node, role);
            node = match program.kind(node) {
                Kind::Wrapped => child(Role::Value)?,
                Kind::Merge => child(Role::Left)?,
                Kind::Subscript => {
                    let name = program.string(child(Role::Object)?);
                    wraps(&name).then(|| child(Role::Key))??
                }
                Kind::Name | Kind::Attribute => {
                    return Some(self.expression(node, steps) + "()");
                }
                Kind::String => {
                    let text = program.plain(node)?;
                    let name = String::from_utf8_lossy(text.bytes()).into_owned();
                    return Some(self.name(&name, node, steps.checked_sub(1)?) + "()");
                }
                _ => return None,
            };
        }
        None
    }
}

/// Whether a list has a name.
pub(super) fn has(names: &[String], name: &str) -> bool {
    names.iter().any(|known| known == name)
}

/// Whether a generic type is as good as its first parameter.
fn wraps(name: &str) -> bool {
    matches!(
        name.rsplit('.').next(),
        Some("Optional" | "Annotated" | "Union")
    )
}

fn is_place(key: &str) -> bool {
    key.bytes().all(|b| b.is_ascii_digit())
}
