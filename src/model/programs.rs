//! Programs and their options: what belongs to them on a command line, and what to a program that they
//! start.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// A program, or several of like options, as a model file says it. What several entries say of one program
/// adds up.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Program {
    /// The programs with their subcommands: `hf jobs run`.
    pub(super) name: Vec<String>,
    /// After so many operands, all words are those of another program.
    #[serde(default)]
    pub(crate) operands: Option<usize>,
    /// What options are for, by role: `env`, `secret`, `token`.
    #[serde(default)]
    options: BTreeMap<String, Vec<String>>,
    /// Roles of options that are the program's own also behind its operands.
    #[serde(default)]
    late: Vec<String>,
    /// Roles of such options that are no fact there: they do nothing wrong.
    #[serde(default)]
    late_silent: Vec<String>,
    /// Options that take no value, beside those of most programs.
    #[serde(default)]
    flags: Vec<String>,
    /// Whether the last operand is written to, and so none of what it takes.
    #[serde(default)]
    pub(crate) has_destination: bool,
}

impl Program {
    /// Whether a word is an option of some of the roles: `--env`, `--env=A=1`.
    fn has(&self, roles: &[String], word: &str) -> bool {
        let name = word.split('=').next().unwrap_or(word);
        let options = roles.iter().filter_map(|role| self.options.get(role));
        options.flatten().any(|option| option == name)
    }

    /// Whether an option behind the operands is still the program's.
    pub(crate) fn is_late(&self, word: &str) -> bool {
        self.has(&self.late, word)
    }

    /// Whether an option behind the operands is still the program's, and does nothing wrong there.
    pub(crate) fn is_silent(&self, word: &str) -> bool {
        self.has(&self.late_silent, word)
    }

    fn merge(&mut self, other: &Self) {
        self.operands = other.operands.or(self.operands);
        for (role, options) in &other.options {
            let known = self.options.entry(role.clone()).or_default();
            known.extend(options.iter().cloned());
        }
        self.late.extend(other.late.iter().cloned());
        self.late_silent.extend(other.late_silent.iter().cloned());
        self.flags.extend(other.flags.iter().cloned());
        self.has_destination |= other.has_destination;
    }

    /// Whether an option of its own takes no value.
    pub(crate) fn is_flag(&self, option: &str) -> bool {
        self.flags.iter().any(|flag| flag == option)
    }
}

/// All programs that are known, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Programs {
    by_name: BTreeMap<String, Program>,
    handing: BTreeSet<String>,
}

/// Roles of options that hand a variable to what is run.
const HANDING: [&str; 2] = ["env", "secret"];

impl Programs {
    pub(super) fn add(&mut self, program: &Program) {
        for name in &program.name {
            self.by_name.entry(name.clone()).or_default().merge(program);
        }
        for role in HANDING {
            let options = program.options.get(role).into_iter().flatten();
            self.handing.extend(options.cloned());
        }
    }

    /// The program of a name with its subcommands.
    pub(crate) fn get(&self, name: &str) -> Option<&Program> {
        self.by_name.get(name)
    }

    /// The options that some programs have for a role.
    pub(crate) fn options(&self, names: &[String], role: &str) -> BTreeSet<&str> {
        let programs = names.iter().filter_map(|name| self.get(name));
        let options = programs.filter_map(|program| program.options.get(role));
        options.flatten().map(String::as_str).collect()
    }

    /// Whether an option hands a variable to what some program runs.
    pub(crate) fn is_handing(&self, option: &str) -> bool {
        self.handing.contains(option)
    }
}

/// A program that only starts another one: `sudo`, `timeout 5`, `docker run IMAGE`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Wrapper {
    /// Its names.
    pub(super) name: Vec<String>,
    /// The words after the name that make it one, if it has other uses. The first that fits counts.
    #[serde(default)]
    verbs: Vec<String>,
    /// Options that take the next word as their value; all others stand alone.
    #[serde(default)]
    valued: Vec<String>,
    /// In place of that, options that stand alone; all others take a value.
    #[serde(default)]
    alone: Vec<String>,
    /// Whether the inner program comes after `--`, and only there.
    #[serde(default)]
    pub(crate) dashes: bool,
    /// How many operands stand before the inner program: a container, a duration.
    #[serde(default)]
    pub(crate) operands: usize,
    /// Whether `NAME=value` words before the inner program are given to it.
    #[serde(default)]
    pub(crate) assigns: bool,
    /// Options with which it starts nothing: `command -v`.
    #[serde(default)]
    asks: Vec<String>,
}

impl Wrapper {
    /// Its lists, in which names of other lists may stand.
    pub(super) fn texts(&mut self) -> [&mut Vec<String>; 3] {
        [&mut self.name, &mut self.valued, &mut self.alone]
    }

    /// Whether a program of this name is one.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.iter().any(|known| known == name)
    }

    /// The words after the name that make it one; the empty text, if it is always one.
    pub(crate) fn verbs(&self) -> impl Iterator<Item = &str> {
        let always = self.verbs.is_empty().then_some("");
        self.verbs.iter().map(String::as_str).chain(always)
    }

    /// Whether an option takes the next word as its value.
    pub(crate) fn takes_value(&self, option: &str) -> bool {
        let is = |known: &[String]| known.iter().any(|known| known == option);
        if self.alone.is_empty() {
            return is(&self.valued);
        }
        // `-n4` holds its value; `-n` does not.
        let short = !option.starts_with("--");
        let holds = option.contains('=') || (short && option.len() > 2);
        !holds && !is(&self.alone)
    }

    /// Whether an option makes it a question, which starts nothing.
    pub(crate) fn asks(&self, option: &str) -> bool {
        self.asks.iter().any(|known| known == option)
    }
}

/// A program that is known by its subcommands where its name is a variable: `$HF jobs run`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Implied {
    /// The program.
    pub(crate) program: String,
    /// The subcommands that only it has.
    pub(super) verbs: Vec<String>,
    /// If they are not enough: what the variable's name must be like, in small letters.
    #[serde(default)]
    variable: Vec<String>,
}

impl Implied {
    /// Whether a variable stands for the program, before these two words.
    pub(crate) fn is(&self, variable: Option<&str>, words: [&str; 2]) -> bool {
        let like = |name: &str| {
            let name = name.to_ascii_lowercase();
            let mut patterns = self.variable.iter();
            patterns.any(|pattern| super::path::is_like(pattern, &name))
        };
        let named = self.variable.is_empty() || variable.is_some_and(like);
        named && self.verbs.iter().any(|verb| verb.split(' ').eq(words))
    }
}
