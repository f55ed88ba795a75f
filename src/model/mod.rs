//! What the world calls things: credentials, programs and their options, files, CI systems.
//!
//! Models are data, read from `rules/models/*.toml` and from the folder `models` beside users' own rules.
//! Rules name their lists as `@name`. Front-ends and the engine know formats and languages; what a product
//! or a tool calls something they ask here.

mod bigrams;
mod kinds;
mod languages;
mod lists;
mod names;
mod path;
mod programs;
mod spelling;
mod stores;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Deserialize;

use self::kinds::KindFile;
use self::languages::LanguageFile;
use self::stores::StoreFile;
use self::words::{Owner, Words, WordsFile};
use crate::tomlfile::{TomlError, parse};

pub(crate) use bigrams::Bigrams;
pub(crate) use kinds::Kind;
pub(crate) use languages::{Effect, Function, Method, Runner, Vocabulary};
pub(crate) use lists::Lists;
pub(crate) use names::{ClassId, Names};
pub(crate) use path::{Part, PathPattern, any_fits, is_like};
pub(crate) use programs::{Implied, Program, Programs, Wrapper};
pub(crate) use stores::{Holds, Store};

/// A model file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct ModelFile {
    lists: BTreeMap<String, Vec<String>>,
    shapes: BTreeMap<String, Shape>,
    words: WordsFile,
    credentials: BTreeMap<String, CredentialFile>,
    programs: Vec<Program>,
    wrappers: Vec<Wrapper>,
    implied: Vec<Implied>,
    names: BTreeMap<String, String>,
    signs: BTreeMap<String, Vec<String>>,
    images: BTreeMap<String, String>,
    frequency: BTreeMap<String, String>,
    stores: Vec<StoreFile>,
    kinds: Vec<KindFile>,
    languages: BTreeMap<String, LanguageFile>,
}

/// Which names stand in a map: `@job-request`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Shape {
    /// One of these must be there.
    pub(crate) any: Vec<String>,
    /// None of these may be.
    pub(crate) none: Vec<String>,
}

/// A class of credentials.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct CredentialFile {
    /// Names of what it opens, in words of capitals.
    owner: Vec<String>,
    /// Names of that which count only at the beginning.
    leading: Vec<String>,
    /// Names that say what they are though they have no owner in them.
    names: Vec<String>,
    /// What a name must begin with.
    prefixes: Vec<String>,
    /// Calls that give one.
    calls: Vec<String>,
    /// Commands that print one, in words.
    commands: Vec<String>,
    /// Arguments of calls that are one: `hub.**.login.token`.
    given_to: Vec<String>,
    /// Commands, in words, whose option `--token` is one.
    given_in: Vec<String>,
}

/// Where credentials of a class come from, beside variables of their names.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) class: ClassId,
    /// Calls that give one.
    pub(crate) calls: Vec<PathPattern>,
    /// Commands that print one, in words.
    pub(crate) commands: Vec<Vec<String>>,
    /// Arguments of calls that are one.
    pub(crate) given_to: Vec<PathPattern>,
    /// Commands, in words, whose option `--token` is one.
    pub(crate) given_in: Vec<Vec<String>>,
}

/// All models, resolved.
#[derive(Clone, Debug, Default)]
pub(crate) struct Models {
    pub(crate) lists: Lists,
    pub(crate) names: Names,
    pub(crate) programs: Programs,
    /// Programs that start others; the first that fits counts.
    pub(crate) wrappers: Vec<Wrapper>,
    /// Programs that are known by their subcommands.
    pub(crate) implied: Vec<Implied>,
    pub(crate) stores: Vec<Store>,
    /// Kinds of files; of several by path, the first counts.
    pub(crate) kinds: Vec<Kind>,
    pub(crate) sources: Vec<Source>,
    /// Calls that give the credential whose name they are given.
    pub(crate) secret_readers: Vec<PathPattern>,
    /// Calls that give back a text that they are given, or most of it.
    pub(crate) text_functions: Vec<PathPattern>,
    /// Calls that show a map that they are given.
    pub(crate) map_functions: Vec<PathPattern>,
    /// What the functions of a language's programs do, by its name.
    pub(crate) languages: BTreeMap<String, Arc<Vocabulary>>,
    shapes: BTreeMap<String, Shape>,
    other_names: BTreeMap<String, String>,
    signs: BTreeMap<String, Vec<String>>,
    /// The programs that images start.
    images: BTreeMap<String, String>,
    frequency: FxHashMap<String, u64>,
    /// How often bytes follow each other in code.
    pub(crate) bigrams: Bigrams,
}

/// Model files as they are read, before names in them are resolved.
#[derive(Default)]
pub(crate) struct ModelsBuilder {
    lists: Lists,
    words: Words,
    shapes: BTreeMap<String, Shape>,
    credentials: BTreeMap<String, CredentialFile>,
    programs: Vec<Program>,
    stores: Vec<StoreFile>,
    kinds: Vec<KindFile>,
    models: Models,
}

impl ModelsBuilder {
    /// Adds a model file. Lists and credentials of names that are known already grow.
    ///
    /// # Errors
    ///
    /// If the text is no model file.
    pub(crate) fn add(&mut self, path: &Path, text: &str) -> Result<(), TomlError> {
        self.put(path, text, parse(path, text)?)
    }

    /// The same of one that was read already.
    fn put(&mut self, path: &Path, text: &str, file: ModelFile) -> Result<(), TomlError> {
        for (name, texts) in file.lists {
            self.lists.extend(&name, texts);
        }
        for (name, shape) in file.shapes {
            let known = self.shapes.entry(name).or_default();
            known.any.extend(shape.any);
            known.none.extend(shape.none);
        }
        for (name, credential) in file.credentials {
            let known = self.credentials.entry(name).or_default();
            known.owner.extend(credential.owner);
            known.leading.extend(credential.leading);
            known.prefixes.extend(credential.prefixes);
            known.names.extend(credential.names);
            known.calls.extend(credential.calls);
            known.commands.extend(credential.commands);
            known.given_to.extend(credential.given_to);
            known.given_in.extend(credential.given_in);
        }
        self.words.extend(file.words);
        self.models.wrappers.extend(file.wrappers);
        self.models.implied.extend(file.implied);
        self.models.other_names.extend(file.names);
        self.models.signs.extend(file.signs);
        self.models.images.extend(file.images);
        for (number, texts) in &file.frequency {
            let number = number.parse().map_err(|_| {
                let message =
                    format!("`frequency.{number}`: the key is a number of files in a million");
                TomlError::at(path, text, None, message)
            })?;
            let words = texts.split_whitespace();
            self.models
                .frequency
                .extend(words.map(|word| (word.to_owned(), number)));
        }
        self.programs.extend(file.programs);
        self.stores.extend(file.stores);
        self.kinds.extend(file.kinds);
        for (name, language) in file.languages {
            let known = self.models.languages.entry(name).or_default();
            Arc::make_mut(known).add(language);
        }
        Ok(())
    }

    /// Resolves the names in the files.
    ///
    /// # Errors
    ///
    /// If something is named that does not exist.
    pub(crate) fn build(self) -> Result<Models, String> {
        let mut models = self.models;
        models.lists = self.lists;
        models.lists.resolve()?;
        models.names = Names::new(self.words);
        let lists = &models.lists;
        let mut sources = Vec::new();
        for (name, credential) in self.credentials {
            let owner = Owner::new(&credential.owner, &credential.leading);
            let prefixes = expand(lists, &credential.prefixes)?;
            let own = expand(lists, &credential.names)?;
            let class = models.names.add(&name, owner, (prefixes, own));
            sources.push((class, credential));
        }
        for (class, credential) in sources {
            let paths = |texts: &[String]| {
                let texts = expand(lists, texts)?;
                let paths = texts
                    .iter()
                    .map(|text| PathPattern::parse(text, &models.names));
                paths.collect::<Result<Vec<_>, String>>()
            };
            let lines = |texts: &[String]| {
                let texts = expand(lists, texts)?;
                Ok::<_, String>(texts.iter().map(|text| words(text)).collect())
            };
            let source = Source {
                class,
                calls: paths(&credential.calls)?,
                commands: lines(&credential.commands)?,
                given_to: paths(&credential.given_to)?,
                given_in: lines(&credential.given_in)?,
            };
            models.sources.push(source);
        }
        for mut program in self.programs {
            program.name = expand(lists, &program.name)?;
            models.programs.add(&program);
        }
        for wrapper in &mut models.wrappers {
            for texts in wrapper.texts() {
                *texts = expand(lists, texts)?;
            }
        }
        let stores = self.stores.into_iter();
        let stores = stores.map(|store| Store::new(store, &models.names));
        models.stores = stores.collect::<Result<_, _>>()?;
        let kinds = self
            .kinds
            .into_iter()
            .map(|kind| Kind::new(kind, &models.names));
        models.kinds = kinds.collect::<Result<_, _>>()?;
        let paths = |list: &str| {
            let texts = lists.get(list).iter();
            texts
                .map(|text| PathPattern::parse(text, &models.names))
                .collect::<Result<Vec<_>, _>>()
        };
        models.secret_readers = paths("secret-readers")?;
        models.text_functions = paths("text-functions")?;
        models.map_functions = paths("map-functions")?;
        for (name, shape) in self.shapes {
            let shape = Shape {
                any: expand(lists, &shape.any)?,
                none: expand(lists, &shape.none)?,
            };
            models.shapes.insert(name, shape);
        }
        let words = models.frequency.iter();
        models.bigrams = Bigrams::new(words.map(|(word, frequency)| (word.as_str(), *frequency)));
        Ok(models)
    }
}

/// The model files in the binary: name, text.
static BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/models.rs"));

impl ModelsBuilder {
    /// The models in the binary.
    ///
    /// # Errors
    ///
    /// If a file of them is wrong, which a test rules out.
    pub(crate) fn built_in() -> Result<Self, TomlError> {
        let path = |name: &str| PathBuf::from(format!("rules/models/{name}.toml"));
        let files = BUILT_IN
            .par_iter()
            .map(|(name, text)| parse(&path(name), text));
        let files: Result<Vec<ModelFile>, TomlError> = files.collect();
        let mut builder = Self::default();
        for ((name, text), file) in BUILT_IN.iter().zip(files?) {
            builder.put(&path(name), text, file)?;
        }
        Ok(builder)
    }
}

impl Models {
    /// The models in the binary.
    #[cfg(test)]
    pub(crate) fn built_in() -> Result<Self, String> {
        let builder = ModelsBuilder::built_in().map_err(|error| error.to_string())?;
        builder.build()
    }

    /// The shape of a name.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub(crate) fn shape(&self, name: &str) -> Result<&Shape, String> {
        self.shapes
            .get(name)
            .ok_or_else(|| format!("there is no shape `@{name}`"))
    }

    /// What a program or cmdlet is called here, whose name is written in another way.
    pub(crate) fn known_name<'n>(&'n self, name: &'n str) -> &'n str {
        self.other_names.get(name).map_or(name, String::as_str)
    }

    /// Texts of which one may stand in place of a program's name where it runs: other names of it,
    /// subcommands that only it has.
    pub(crate) fn texts_of_program(&self, program: &str) -> Vec<String> {
        let other = self.other_names.iter();
        let other = other.filter(|(_, name)| *name == program);
        let implied = self.implied.iter();
        let implied = implied.filter(|implied| implied.program == program);
        let mut texts: Vec<String> = other.map(|(text, _)| text.clone()).collect();
        texts.extend(implied.flat_map(|implied| implied.verbs.iter().cloned()));
        texts.extend(self.signs.get(program).into_iter().flatten().cloned());
        texts
    }

    /// Whether a call gives the credential whose name it is given.
    pub(crate) fn is_secret_reader(&self, callee: &str) -> bool {
        any_fits(&self.secret_readers, callee, &self.names)
    }

    /// The program that an image starts with the arguments that it is given, if that is known.
    pub(crate) fn program_of_image(&self, image: &str) -> Option<&str> {
        let mut images = self.images.iter();
        let found = images.find(|(like, _)| is_like(like, image));
        found.map(|(_, program)| program.as_str())
    }

    /// In how many of a million files of ordinary code a text stands: as counted, or else a guess from its
    /// length.
    pub(crate) fn frequency(&self, text: &str) -> u64 {
        if let Some(known) = self.frequency.get(text) {
            return *known;
        }
        let word = text.trim_matches(|c: char| !c.is_alphanumeric());
        let known = self.frequency.get(word).copied();
        let frequency = known.unwrap_or(match text.len() {
            0..=3 => 5_000,
            4..=5 => 3_000,
            6..=7 => 1_000,
            8..=11 => 200,
            _ => 30,
        });
        // A mark before or behind a word makes it rarer.
        if word == text {
            frequency
        } else {
            frequency / 10
        }
    }

    /// What kinds of file are called, and what else they are.
    pub(crate) fn kind_names(&self) -> BTreeSet<&str> {
        let names = self.kinds.iter();
        names
            .flat_map(|kind| std::iter::once(&kind.name).chain(&kind.also))
            .map(String::as_str)
            .collect()
    }
}

fn expand(lists: &Lists, texts: &[String]) -> Result<Vec<String>, String> {
    let expanded = texts.iter().map(|text| lists.expand(text));
    Ok(expanded.collect::<Result<Vec<_>, _>>()?.concat())
}

fn words(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}
