//! The words in which rules say where a fact stands: in a kind of file, a format, an instruction.

use std::ops::{BitOr, BitOrAssign};

use crate::model::Models;
use crate::tomlfile::suggestion;

/// Places that files and formats give to facts, beside the kinds of files that models name.
const OF_FORMATS: [&str; 10] = [
    "python",
    "javascript",
    "notebook",
    "markdown",
    "dockerfile",
    // The innermost document is a script of a shell.
    "shell",
    // The innermost document is data: YAML, TOML, JSON, INI, `.env`, HCL.
    "config",
    // A script file, run by no person: `.sh`, Slurm, cloud-init, a Makefile; scripts of a package.
    "script",
    // A configuration of any CI system, and scripts in it.
    "ci",
    // A test, or an example of documentation, by its path.
    "test",
];

/// Instructions of Dockerfiles, as they are written.
pub(crate) const INSTRUCTIONS: [&str; 7] =
    ["RUN", "CMD", "ENTRYPOINT", "ENV", "ARG", "COPY", "ADD"];

/// Sections of Apptainer definitions, as they are written.
pub(crate) const SECTIONS: [&str; 6] = [
    "%arguments",
    "%post",
    "%pre",
    "%setup",
    "%test",
    "%appinstall",
];

/// Some of the places where a fact may stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ContextSet(u128);

impl ContextSet {
    /// Whether it has none.
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether two sets have one in common.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for ContextSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for ContextSet {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// The places that rules may name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contexts {
    names: Vec<String>,
}

impl Contexts {
    /// The places of the formats and of the kinds of files of some models.
    ///
    /// # Errors
    ///
    /// If there are too many.
    pub(crate) fn new(models: &Models) -> Result<Self, String> {
        let fixed = OF_FORMATS
            .iter()
            .chain(&INSTRUCTIONS)
            .chain(&SECTIONS)
            .copied();
        let mut names: Vec<String> = Vec::new();
        for name in fixed.chain(models.kind_names()) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        if names.len() > u128::BITS as usize {
            return Err(format!("there are more than {} kinds of files", u128::BITS));
        }
        Ok(Self { names })
    }

    /// The places that are kinds of files.
    pub(crate) fn of_kinds(&self) -> ContextSet {
        let fixed = OF_FORMATS.len() + INSTRUCTIONS.len() + SECTIONS.len();
        let kinds = (fixed..self.names.len()).map(|at| ContextSet(1 << at));
        kinds.fold(ContextSet::default(), |set, kind| set | kind)
    }

    /// The place of a name; none if rules cannot name it.
    pub(crate) fn of(&self, name: &str) -> ContextSet {
        let at = self.names.iter().position(|known| known == name);
        ContextSet(at.map_or(0, |at| 1 << at))
    }

    /// The places of some names.
    ///
    /// # Errors
    ///
    /// If one of them is none.
    pub(crate) fn set(&self, names: &[String]) -> Result<ContextSet, String> {
        let mut set = ContextSet::default();
        for name in names {
            let found = self.of(name);
            if found.is_empty() {
                let known = self.names.iter().map(String::as_str);
                let close = suggestion(name, known, str::to_owned);
                return Err(format!("there is no context `{name}`{close}"));
            }
            set |= found;
        }
        Ok(set)
    }
}
