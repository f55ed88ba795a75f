//! What functions do that a language's programs call: its own, and those of usual libraries.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What a model file says of a language.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct LanguageFile {
    functions: BTreeMap<Function, Vec<String>>,
    methods: BTreeMap<Method, Vec<String>>,
    changes: BTreeMap<Effect, Vec<String>>,
    runners: BTreeMap<Runner, Vec<String>>,
    running_methods: BTreeMap<Runner, Vec<String>>,
    environments: Vec<String>,
    environments_of_functions: Vec<String>,
    setters: Vec<String>,
    makers: Vec<String>,
    containers: Vec<String>,
    loaders: Vec<String>,
    writers: Vec<String>,
    writers_to: Vec<String>,
    text_methods: Vec<String>,
    text_functions: Vec<String>,
    templates: Vec<String>,
}

/// The same, ready for use.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vocabulary {
    /// Functions whose results are known.
    pub(crate) functions: BTreeMap<String, Function>,
    /// Methods whose results are known.
    pub(crate) methods: BTreeMap<String, Method>,
    /// Methods that change their object, or what they are given first.
    pub(crate) changes: BTreeMap<String, Effect>,
    /// Functions that run programs.
    pub(crate) runners: BTreeMap<String, Runner>,
    /// Functions and methods of these names that run programs, whatever they belong to.
    pub(crate) running_methods: BTreeMap<String, Runner>,
    /// Objects and modules that hold environment variables.
    pub(crate) environments: Vec<String>,
    /// Those of them whose members are functions and no variables.
    pub(crate) environments_of_functions: Vec<String>,
    /// Methods that are given a key and a value, which are a setting.
    pub(crate) setters: Vec<String>,
    /// Functions whose keywords are settings.
    pub(crate) makers: Vec<String>,
    /// What makes an empty map that is filled by its methods.
    pub(crate) containers: Vec<String>,
    /// Functions that load a module.
    pub(crate) loaders: Vec<String>,
    /// Methods that write to the file that their object is.
    pub(crate) writers: Vec<String>,
    /// Functions that write to a file among what they are given.
    pub(crate) writers_to: Vec<String>,
    /// Methods that give a text as good as unchanged.
    pub(crate) text_methods: Vec<String>,
    /// Functions that give what they are given first as good as unchanged, if it is a text.
    pub(crate) text_functions: Vec<String>,
    /// What stands before a template that is a line of the shell.
    pub(crate) templates: Vec<String>,
}

/// What a function gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Function {
    /// The environment variable of a name, or a default.
    Variable,
    /// All environment variables.
    Environment,
    /// The words of a list.
    Words,
    /// Folders and a file.
    Path,
    /// A map of all that it is given.
    Entries,
    /// A map of what it is given first.
    EntriesOfFirst,
    /// All maps that it is given in one.
    Merged,
    /// What it is given first.
    Same,
    /// What it is given first, written down in another form.
    Written,
    /// A text and what is put into it.
    Formatted,
    /// All that it is given, side by side.
    Joined,
    /// The function that it is given.
    Wrapped,
    /// The function that it is given, with some of its arguments.
    Partial,
    /// What the function gives that it is given, later.
    Deferred,
    /// The attribute of a thing.
    Attribute,
}

/// What a method gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Method {
    /// Its object.
    Same,
    /// Its object, if it is given nothing.
    SameAlone,
    /// The words of its object, which are as good as the text.
    Words,
    /// A part of its object.
    Part,
    /// Its object with one text in the place of another.
    Replaced,
    /// Its object with something put into it.
    Formatted,
    /// Its object and what it is given, side by side.
    Joined,
    /// A list's items, joined by its object.
    JoinedBy,
    /// The object's items, joined.
    JoinedItems,
    /// The entry of a key.
    Entry,
    /// What the options of a command line were given, by their names.
    Options,
    /// The same, and what else there was.
    OptionsAndRest,
}

/// What a method does to its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Effect {
    /// Puts in what it is given.
    Update,
    /// Puts all that it is given into the first of it.
    Assign,
    /// Puts in an entry.
    Entry,
    /// Adds an item.
    Append,
    /// Adds the items of a list.
    Extend,
    /// Takes out an entry.
    Remove,
}

/// What a function runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Runner {
    /// A line of the shell.
    Shell,
    /// A list of words, or a line of the shell.
    Command,
    /// A list of words behind the program.
    CommandBehind,
    /// The words that it is given.
    Words,
    /// The words that it is given, but for the first.
    WordsBehind,
    /// A program and a list of words, or a line of the shell.
    Program,
    /// A program and a map that has the words as `args`.
    ProgramAndOptions,
    /// What a magic of a notebook runs: its name, and its text last.
    Magic,
    /// One text, which is a line of the shell; several, which are words; or a list of them.
    Any,
    /// Lines of the shell, or lists of them.
    Scripts,
}

impl Vocabulary {
    /// Adds what a file says.
    pub(super) fn add(&mut self, file: LanguageFile) {
        extend(&mut self.functions, file.functions);
        extend(&mut self.methods, file.methods);
        extend(&mut self.changes, file.changes);
        extend(&mut self.runners, file.runners);
        extend(&mut self.running_methods, file.running_methods);
        self.environments.extend(file.environments);
        self.environments_of_functions
            .extend(file.environments_of_functions);
        self.setters.extend(file.setters);
        self.makers.extend(file.makers);
        self.containers.extend(file.containers);
        self.loaders.extend(file.loaders);
        self.writers.extend(file.writers);
        self.writers_to.extend(file.writers_to);
        self.text_methods.extend(file.text_methods);
        self.text_functions.extend(file.text_functions);
        self.templates.extend(file.templates);
    }
}

fn extend<T: Copy>(known: &mut BTreeMap<String, T>, given: BTreeMap<T, Vec<String>>) {
    for (what, names) in given {
        known.extend(names.into_iter().map(|name| (name, what)));
    }
}
