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
use crate::model::{ClassId, Models, Part, PathPattern, Shape, Source, Store};

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

/// Of several ways in which a pattern may match, what a file must hold: all groups of one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) choices: Vec<Vec<Group>>,
}

/// In how many of a million files a text may stand by which a file is taken for one that has a credential.
const RARE: u64 = 300;

/// The shortest text that says anything of a file, in bytes.
const SHORTEST: usize = 2;

impl Need {
    /// What any file has that has one of the choices: the rarest group of each.
    pub(crate) fn outline(&self, models: &Models) -> Group {
        let rarest = self
            .choices
            .iter()
            .filter_map(|groups| groups.iter().min_by_key(|group| group.frequency(models)));
        rarest.cloned().fold(Group::default(), Group::join)
    }
}

/// What literals are derived from, with what many patterns have in common: the literals of classes.
pub(crate) struct Deriving<'m> {
    models: &'m Models,
    classes: RefCell<FxHashMap<ValueClass, Rc<[Group]>>>,
}

impl<'m> Deriving<'m> {
    pub(crate) fn new(models: &'m Models) -> Self {
        Self {
            models,
            classes: RefCell::default(),
        }
    }

    /// What a text must hold for a value to be of a class.
    fn of_class(&self, class: ValueClass) -> Rc<[Group]> {
        if let Some(known) = self.classes.borrow().get(&class) {
            return Rc::clone(known);
        }
        let groups: Rc<[Group]> = of_class(class, self.models).into();
        self.classes.borrow_mut().insert(class, Rc::clone(&groups));
        groups
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

    fn join(mut self, other: Self) -> Self {
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
fn any_of(choices: impl Iterator<Item = Vec<Group>>) -> Vec<Need> {
    let choices: Vec<Vec<Group>> = choices
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
            Target::Call(callees) => any_of(callees.iter().map(|callee| of_callee(callee, models))),
            Target::Command(programs) => {
                any_of(programs.iter().map(|program| of_program(program, models)))
            }
        };
        let found = self.find.iter();
        needs.extend(any_of(found.map(|find| of_find(find, is_data, deriving))));
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
        groups.extend(of_classes(&self.later, deriving));
        groups.retain(|group| !group.is_empty());
        needs.extend(groups.into_iter().map(Need::from));
        needs
    }
}

fn of_find(find: &Find, is_data: bool, deriving: &Deriving<'_>) -> Vec<Group> {
    let is_literal = find.is == [ValueClass::Credential];
    let last = match (is_data, is_literal) {
        (true, true) => Stands::Given,
        _ => Stands::Word,
    };
    let mut groups = of_path(&find.path, is_data, last, deriving.models);
    groups.extend(of_classes(&find.is, deriving));
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
fn of_callee(callee: &PathPattern, models: &Models) -> Vec<Group> {
    let is_module = match callee.parts() {
        [Part::OneOf(names), _, ..] => names
            .iter()
            .all(|name| !models.lists.has("global-objects", name)),
        _ => false,
    };
    let of_part = |(at, part): (usize, &Part)| {
        let stands = if is_module && at == 0 {
            Stands::Module
        } else {
            Stands::Word
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

/// What a text must hold for a value to be of one of some classes: a group of each, or all of the only one.
fn of_classes(classes: &[ValueClass], deriving: &Deriving<'_>) -> Vec<Group> {
    let each: Vec<Rc<[Group]>> = classes
        .iter()
        .map(|class| deriving.of_class(*class))
        .collect();
    if let [only] = &*each {
        return only.to_vec();
    }
    let rarest = each.iter().map(|groups| {
        let groups = groups.iter();
        groups.min_by_key(|group| group.frequency(deriving.models))
    });
    let rarest: Option<Vec<Group>> = rarest.map(Option::<&Group>::cloned).collect();
    let joined = rarest.map(|groups| groups.into_iter().fold(Group::default(), Group::join));
    joined.into_iter().collect()
}

fn of_class(class: ValueClass, models: &Models) -> Vec<Group> {
    let stores = |wanted: &dyn Fn(&Store) -> bool| {
        let stores = models.stores.iter().filter(|store| wanted(store));
        stores.map(of_store).fold(Group::default(), Group::join)
    };
    let named = |class: ClassId| Group::of_name(class, models);
    let listed = |list: &str| Group::of_texts(models.lists.get(list).iter().cloned());
    match class {
        ValueClass::Yields(class) => {
            let sources = models.sources.iter().filter(|source| source.class == class);
            let stores = models.stores.iter().filter(|store| store.keeps(class));
            let found = Group {
                tokens: true,
                ..Group::of(stores.flat_map(Store::paths), Stands::End)
            };
            let found = sources
                .map(|source| of_source(source, models))
                .fold(found, Group::join);
            vec![named(class).join(found)]
        }
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
    }
}

/// What a text must hold for a credential to come from a source: the rarest part of each call.
fn of_source(source: &Source, models: &Models) -> Group {
    let calls = source.calls.iter().filter_map(|call| {
        let parts = of_path(call, false, Stands::Word, models).into_iter();
        parts.min_by_key(|group| group.frequency(models))
    });
    let commands = source.commands.iter().chain(&source.given_in);
    let commands = commands.map(|words| words.join(" "));
    // What takes a credential under any name; what stands in too many files says nothing of one.
    let takers = source.given_to.iter().filter_map(|call| {
        let parts = of_path(call, false, Stands::Word, models).into_iter();
        let rarest = parts.min_by_key(|group| group.frequency(models))?;
        (rarest.frequency(models) < RARE).then_some(rarest)
    });
    calls
        .chain(takers)
        .fold(Group::of_texts(commands), Group::join)
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
