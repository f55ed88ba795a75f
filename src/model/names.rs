//! Classes of credentials, by the names that they go under: `{hf-token}` in rules.

use super::words::{Owner, Words};

use crate::tomlfile::suggestion;

/// A class of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ClassId(usize);

impl ClassId {
    /// Any credential, told by its name alone: `{token}`.
    pub(crate) const ANY: Self = Self(usize::MAX);

    /// The class as a bit; none for that of all credentials. Of very many classes, the last share one.
    pub(crate) fn bit(self) -> u64 {
        match self {
            Self::ANY => 0,
            Self(at) => 1 << at.min(63),
        }
    }
}

/// What rules call the class of all credentials.
const ANY_NAME: &str = "token";

/// The names of credentials.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    words: Words,
    classes: Vec<Class>,
}

#[derive(Clone, Debug)]
struct Class {
    name: String,
    owner: Owner,
    /// What a name must begin with, one of these: `NEXT_PUBLIC_`; anything, if there are none.
    prefixes: Vec<String>,
    /// Names that are one whatever their words.
    own: Vec<String>,
}

impl Names {
    pub(super) fn new(words: Words) -> Self {
        Self {
            words,
            classes: Vec::new(),
        }
    }

    pub(super) fn add(
        &mut self,
        name: &str,
        owner: Owner,
        (prefixes, own): (Vec<String>, Vec<String>),
    ) -> ClassId {
        self.classes.push(Class {
            name: name.to_owned(),
            owner,
            prefixes,
            own,
        });
        ClassId(self.classes.len() - 1)
    }

    /// The class that rules call by this name.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub(crate) fn class(&self, name: &str) -> Result<ClassId, String> {
        if name == ANY_NAME {
            return Ok(ClassId::ANY);
        }
        let at = self.classes.iter().position(|class| class.name == name);
        at.map(ClassId).ok_or_else(|| {
            let names = self.classes.iter().map(|class| class.name.as_str());
            let names = names.chain([ANY_NAME]);
            let close = suggestion(name, names, |close| format!("{{{close}}}"));
            format!("there is no class of credentials `{{{name}}}`{close}")
        })
    }

    /// What rules call a class.
    pub(crate) fn name(&self, class: ClassId) -> &str {
        let class = self.classes.get(class.0);
        class.map_or(ANY_NAME, |class| class.name.as_str())
    }

    /// Whether a name is that of a credential of a class.
    pub(crate) fn is(&self, class: ClassId, name: &str) -> bool {
        let Some(class) = self.classes.get(class.0) else {
            return self.words.is_general(name) || self.is_any(name);
        };
        let begins = class.prefixes.is_empty()
            || class
                .prefixes
                .iter()
                .any(|prefix| name.starts_with(prefix.as_str()));
        (begins && self.words.is_credential(name, &class.owner))
            || class.own.iter().any(|own| own == name)
    }

    /// Whether a part of a path is the name of a credential of a class: `prod/hf-token`.
    pub(crate) fn is_in_path(&self, class: ClassId, path: &str) -> bool {
        path.split(['/', ':']).any(|part| self.is(class, part))
    }

    /// Whether a name is that of the owner of a class and nothing else: `hugging_face`.
    pub(crate) fn is_owner(&self, class: ClassId, name: &str) -> bool {
        let class = self.classes.get(class.0);
        class.is_some_and(|class| class.owner.is_named(name))
    }

    /// Whether a name is that of a credential whose owner is known.
    pub(crate) fn is_any(&self, name: &str) -> bool {
        let classes = self.classes.iter();
        classes
            .filter(|class| class.prefixes.is_empty())
            .any(|class| {
                class.own.iter().any(|own| own == name)
                    || self.words.is_credential(name, &class.owner)
            })
    }

    /// Whether a name has that of an owner in it: `hf`, `huggingface_hub`.
    pub(crate) fn is_owned(&self, name: &str) -> bool {
        self.classes
            .iter()
            .any(|class| class.owner.is_in_name(name))
    }

    /// Names of credentials, one for each way in which an owner is called.
    pub(crate) fn samples(&self) -> Vec<String> {
        let owners = self.classes.iter().flat_map(|class| class.owner.names());
        owners
            .map(|words| format!("{}_TOKEN", words.join("_")))
            .collect()
    }

    /// Texts of which one is in every name of a class; empty for that of all credentials.
    pub(crate) fn texts(&self, class: ClassId) -> Vec<String> {
        match self.classes.get(class.0) {
            None => Vec::new(),
            Some(class) => {
                let mut texts = super::spelling::texts(&class.owner, &self.words);
                texts.extend(class.own.iter().cloned());
                texts
            }
        }
    }

    /// Texts of which one is in the name of every credential, in the ways that names are spelled.
    pub(crate) fn general_texts(&self) -> Vec<String> {
        super::spelling::general_texts(&self.words)
    }
}
