//! Required literals: what a file must hold before a pattern over facts may match in it. They are derived
//! from rules and models, so that no list of them is kept by hand.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::class::ValueClass;
use super::find::Find;
use super::pattern::{FactPattern, Target};
use crate::model::{ClassId, Models, Part, PathPattern, Shape, Store};

/// A text that a file must hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Literal {
    /// The text.
    pub(crate) text: Arc<str>,
    /// How it must stand there.
    pub(crate) stands: Stands,
}

/// How a text must stand in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Stands {
    /// Anywhere.
    Anywhere,
    /// Not before more of the same word: `huggingface/token`, but not `huggingface/tokenizers`.
    End,
    /// The same, and not before a key of it: `environ.copy()`, but not `environ["HOME"]`, `environ.get`, `.env.HOME`.
    Whole,
    /// As the last part of a path: before a quote, or what ends the name of a variable.
    Ended,
    /// By itself, not in a longer word.
    Word,
    /// By itself, with what follows a key behind it.
    Key,
    /// By itself, as the name of an argument, or of an entry that is given under its own name.
    Argument,
    /// By itself, as a key that is given a literal.
    Given,
    /// By itself, as the name of a module in a line that imports it.
    Module,
}

/// Things of which a file must hold one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Group {
    /// Whether a credential that a token rule knows will do.
    pub(crate) tokens: bool,
    /// Names of credentials of these classes.
    pub(crate) named: BTreeSet<ClassId>,
    /// Names of credentials of these classes that are given a literal.
    pub(crate) given: BTreeSet<ClassId>,
    /// Texts.
    pub(crate) texts: BTreeSet<Literal>,
}

/// What a file must hold for one of several ways in which something may match: all of these.
type Choice = Vec<Group>;

/// Of several ways in which a pattern may match, what a file must hold: all groups of one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) choices: Vec<Choice>,
}

/// In how many of a million files a text may stand by which a file is taken for one that has a credential.
const RARE: u64 = 10_000;

/// The shortest text that says anything of a file, in bytes.
const SHORTEST: usize = 2;

/// What literals are derived from, with what many patterns have in common: the literals of classes.
pub(crate) struct Deriving<'m> {
    models: &'m Models,
    classes: RefCell<FxHashMap<ValueClass, Rc<[Choice]>>>,
}

impl<'m> Deriving<'m> {
    pub(crate) fn new(models: &'m Models) -> Self {
        Self {
            models,
            classes: RefCell::default(),
        }
    }

    /// What a text must hold for a value to be of a class: one of these.
    fn of_class(&self, class: ValueClass) -> Rc<[Choice]> {
        if let Some(known) = self.classes.borrow().get(&class) {
            return Rc::clone(known);
        }
        let choices: Rc<[Choice]> = of_class(class, self.models).into();
        self.classes.borrow_mut().insert(class, Rc::clone(&choices));
        choices
    }
}

impl Group {
    fn of_texts<T: Into<Arc<str>>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::of(texts, Stands::Anywhere)
    }

    /// Texts that stand by themselves.
    fn of_words<T: Into<Arc<str>>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::of(texts, Stands::Word)
    }

    fn of<T: Into<Arc<str>>>(texts: impl IntoIterator<Item = T>, stands: Stands) -> Self {
        let texts = texts.into_iter().map(Into::into);
        Self {
            texts: texts.map(|text| Literal { text, stands }).collect(),
            ..Self::default()
        }
    }

    fn of_name(class: ClassId, models: &Models) -> Self {
        match class {
            ClassId::ANY => Self::of_texts(models.names.general_texts()),
            class => Self {
                named: BTreeSet::from([class]),
                ..Self::default()
            },
        }
    }

    fn is_empty(&self) -> bool {
        !self.tokens && self.named.is_empty() && self.given.is_empty() && self.texts.is_empty()
    }

    pub(crate) fn join(mut self, other: Self) -> Self {
        self.tokens |= other.tokens;
        self.named.extend(other.named);
        self.given.extend(other.given);
        self.texts.extend(other.texts);
        self
    }

    /// In how many of a million files of ordinary code one of its things stands. Names of credentials are
    /// rare, and are looked for in any case.
    pub(crate) fn frequency(&self, models: &Models) -> u64 {
        let texts = self.texts.iter();
        texts.map(|literal| models.frequency(&literal.text)).sum()
    }
}

/// What a file must hold to fit one of several, each of which needs all of its groups.
fn any_of(choices: impl IntoIterator<Item = Choice>) -> Vec<Need> {
    let choices: Vec<Choice> = choices
        .into_iter()
        .map(|groups| {
            groups
                .into_iter()
                .filter(|group| !group.is_empty())
                .collect()
        })
        .collect();
    if choices.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    match choices.len() {
        0 => Vec::new(),
        // All groups of the only choice are needs of their own.
        1 => choices.into_iter().flatten().map(Need::from).collect(),
        _ => vec![Need { choices }],
    }
}

impl From<Group> for Need {
    fn from(group: Group) -> Self {
        Self {
            choices: vec![vec![group]],
        }
    }
}

impl FactPattern {
    /// What a file must hold: all of this.
    pub(crate) fn required(&self, deriving: &Deriving<'_>) -> Vec<Need> {
        let models = deriving.models;
        let is_data = self.is_of_data && matches!(self.target, Target::Setting);
        let paths = |paths: &[PathPattern]| {
            any_of(
                paths
                    .iter()
                    .map(|path| of_path(path, false, Stands::Word, models)),
            )
        };
        let mut needs = match &self.target {
            Target::Setting => Vec::new(),
            Target::Call(callees) => {
                let of_callee = |callee| of_callee(callee, Stands::Word, models);
                any_of(callees.iter().map(of_callee))
            }
            Target::Command(programs) => {
                any_of(programs.iter().map(|program| of_program(program, models)))
            }
        };
        match self.find.as_slice() {
            [find] => {
                needs.extend(of_find(find, is_data, models).into_iter().map(Need::from));
                needs.extend(any_of(of_classes(&find.is, deriving)));
            }
            found => needs.extend(any_of(found.iter().flat_map(|find| {
                let own = of_find(find, is_data, models);
                let choices = of_classes(&find.is, deriving).into_iter();
                choices.map(move |choice| [&*own, &*choice].concat())
            }))),
        }
        for wanted in [&self.with, &self.beside, &self.given] {
            needs.extend(paths(wanted));
        }
        let Shape { any, .. } = self.shape.clone().unwrap_or_default();
        let mut groups = vec![
            Group::of_words(any),
            Group::of_texts(self.around_holds.iter().cloned()),
        ];
        groups.extend(
            self.needs
                .iter()
                .map(|texts| Group::of_texts(texts.iter().cloned())),
        );
        groups.retain(|group| !group.is_empty());
        needs.extend(groups.into_iter().map(Need::from));
        needs.extend(any_of(of_classes(&self.later, deriving)));
        needs
    }
}

/// What a text must hold for what is found, whatever its value is.
fn of_find(find: &Find, is_data: bool, models: &Models) -> Vec<Group> {
    let is_literal = find.is == [ValueClass::Credential];
    let last = match (is_data, is_literal) {
        (true, true) => Stands::Given,
        _ => Stands::Word,
    };
    let mut groups = of_path(&find.path, is_data, last, models);
    groups.push(Group::of_texts(find.holds.iter().cloned()));
    // A literal that is given to the name of a credential.
    if is_literal && let Some(class) = named(&find.path) {
        groups.push(Group {
            given: BTreeSet::from([class]),
            ..Group::default()
        });
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// The class of credentials that a path has the name of.
fn named(path: &PathPattern) -> Option<ClassId> {
    path.parts().iter().find_map(|part| match part {
        Part::Credential(class) if *class != ClassId::ANY => Some(*class),
        _ => None,
    })
}

/// What a text must hold for any path of a pattern: one group for each part that says something. In data,
/// all but the last part are keys; that may be the name of a pair, and stands as is said.
fn of_path(path: &PathPattern, is_data: bool, at_last: Stands, models: &Models) -> Vec<Group> {
    let last = path.parts().len().saturating_sub(1);
    let of_part = |(at, part): (usize, &Part)| {
        let stands = match at < last {
            true if is_data => Stands::Key,
            true => Stands::Word,
            false => at_last,
        };
        of_part(part, stands, models)
    };
    path.parts()
        .iter()
        .enumerate()
        .filter_map(of_part)
        .collect()
}

/// The same for a callee, which begins with a module, unless that is there without an import.
fn of_callee(callee: &PathPattern, at_last: Stands, models: &Models) -> Vec<Group> {
    let last = callee.parts().len().saturating_sub(1);
    let is_module = match callee.parts() {
        [Part::OneOf(names), _, ..] => names
            .iter()
            .all(|name| !models.lists.has("global-objects", name)),
        _ => false,
    };
    let of_part = |(at, part): (usize, &Part)| {
        let stands = match at {
            0 if is_module => Stands::Module,
            at if at == last => at_last,
            _ => Stands::Word,
        };
        of_part(part, stands, models)
    };
    callee
        .parts()
        .iter()
        .enumerate()
        .filter_map(of_part)
        .collect()
}

fn of_part(part: &Part, stands: Stands, models: &Models) -> Option<Group> {
    match part {
        Part::Any | Part::AnyNumber => None,
        Part::Credential(class) => Some(Group::of_name(*class, models)),
        Part::OneOf(names) => {
            let texts: Option<_> = names.iter().map(|name| longest(name, stands)).collect();
            Some(Group {
                texts: texts?,
                ..Group::default()
            })
        }
    }
}

/// The longest piece of a name that any text must hold; none if it is too short to tell.
fn longest(name: &str, stands: Stands) -> Option<Literal> {
    // The options of PowerShell are the same in any letters.
    if name.starts_with('-') && !name.starts_with("--") && name.len() > 2 {
        return None;
    }
    let piece = name.split('*').max_by_key(|piece| piece.len())?;
    let piece = piece.trim_end_matches("()");
    // Words of the inner program of a command have this name; it stands in no file.
    // The file that a call writes to is an argument that is not written as one.
    let named = !matches!(piece, "then" | "path") && !piece.bytes().all(|b| b.is_ascii_digit());
    (piece.len() >= SHORTEST && named).then(|| Literal {
        text: piece.into(),
        stands: if name.contains('*') {
            Stands::Anywhere
        } else {
            stands
        },
    })
}

/// What a text must hold to run a program: each of its words.
fn of_program(program: &str, models: &Models) -> Vec<Group> {
    if program == "**" {
        return Vec::new();
    }
    let mut words = program.split(' ');
    let first = words.next().unwrap_or_default();
    let name = first.rsplit('/').next().unwrap_or(first);
    let other = Group::of_texts(models.texts_of_program(name));
    let named = Group::of_words([name]).join(other);
    std::iter::once(named)
        .chain(words.map(|word| Group::of_words([word])))
        .collect()
}

/// What a text must hold for a value to be of one of some classes: one of these; nothing, if there are none.
fn of_classes(classes: &[ValueClass], deriving: &Deriving<'_>) -> Vec<Choice> {
    match classes {
        [] => vec![Vec::new()],
        _ => {
            let each = classes.iter().map(|class| deriving.of_class(*class));
            each.flat_map(|choices| choices.to_vec()).collect()
        }
    }
}

fn of_class(class: ValueClass, models: &Models) -> Vec<Choice> {
    let stores = |wanted: &dyn Fn(&Store) -> bool| {
        let stores = models.stores.iter().filter(|store| wanted(store));
        stores.map(of_store).fold(Group::default(), Group::join)
    };
    let named = |class: ClassId| Group::of_name(class, models);
    let listed = |list: &str| Group::of_texts(models.lists.get(list).iter().cloned());
    let all = match class {
        ValueClass::Yields(class) => return yielding(class, models),
        ValueClass::NameOf(class) | ValueClass::VariableOf(class) => vec![named(class)],
        ValueClass::CiVariableOf(class) => vec![named(class), listed("ci-variable-texts")],
        ValueClass::CiInputOf(class) => vec![named(class), listed("ci-input-texts")],
        ValueClass::Interpolated(class) => vec![named(class), listed("ci-secret-texts")],
        ValueClass::FileOf(class) => vec![stores(&|store| store.keeps(class))],
        ValueClass::CredentialFile => vec![stores(&|_| true)],
        ValueClass::CredentialVolume => vec![stores(&|store| store.is_mounted())],
        ValueClass::CiSecret => vec![listed("ci-secret-texts")],
        ValueClass::CiVariable => vec![listed("ci-variable-texts")],
        ValueClass::CiInput => vec![listed("ci-input-texts")],
        ValueClass::WholeEnvironment => vec![Group::of(
            models.lists.get("environment-texts").iter().cloned(),
            Stands::Whole,
        )],
        _ => Vec::new(),
    };
    vec![all]
}

/// What a text must hold for a value to be a credential: a name of one, a credential, a file that keeps one, a
/// command that prints one; or all parts of a call that gives or takes one.
fn yielding(class: ClassId, models: &Models) -> Vec<Choice> {
    let stores = models.stores.iter().filter(|store| store.keeps(class));
    let mut single = Group {
        tokens: true,
        ..Group::of(stores.flat_map(Store::paths), Stands::End)
    };
    let mut calls = Vec::new();
    for source in models.sources.iter().filter(|source| source.class == class) {
        let commands = source.commands.iter().chain(&source.given_in);
        single = single.join(Group::of_texts(commands.map(|words| words.join(" "))));
        let of_call = |call| of_path(call, false, Stands::Word, models);
        calls.extend(source.calls.iter().map(of_call));
        // What stands in too many files says nothing of a credential.
        let is_rare = |call: &Choice| {
            let mut parts = call.iter();
            parts.any(|part| part.frequency(models) < RARE)
        };
        let of_taker = |call| of_callee(call, Stands::Argument, models);
        calls.extend(source.given_to.iter().map(of_taker).filter(is_rare));
    }
    calls.retain(|call| !call.is_empty());
    calls.push(vec![Group::of_name(class, models).join(single)]);
    calls
}

/// What a text must hold to name a file or folder of credentials: its path, with either divider, or the part
/// of it that says most, where a program joins the parts.
fn of_store(store: &Store) -> Group {
    let whole = store
        .paths()
        .flat_map(|path| [path.replace('/', "\\"), path]);
    let parts = store.paths().filter(|path| path.contains('/'));
    let longest = parts.filter_map(|path| {
        let longest = path.split('/').max_by_key(|part| part.len());
        longest.map(str::to_owned)
    });
    Group::of(whole, Stands::End).join(Group::of(longest, Stands::Ended))
}
