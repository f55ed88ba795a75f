//! Where a fact stands: what its file is, and which part of it.

use std::collections::BTreeSet;

use super::File;
use crate::model::{Kind, Models, is_like};
use crate::rule::{ContextSet, Contexts, INSTRUCTIONS, SECTIONS};
use crate::source::Origin;
use crate::syntax::{Document, Fact, FactKind, Format, Place, plain_name};

/// How many keys from the root say what a file is.
const DEPTH: usize = 3;

/// What says where facts stand.
#[derive(Clone, Copy)]
pub(super) struct Known<'k> {
    pub(super) models: &'k Models,
    pub(super) contexts: &'k Contexts,
}

/// Whether a file runs scripts that lie in files of their own, by its path alone. Asked of every file of a
/// tree, so that a glance at the name must do for most.
pub(super) fn runs_scripts(path: &str, models: &Models) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).as_bytes();
    let has = |part: &str| {
        let mut parts = name.windows(part.len());
        parts.any(|here| here.eq_ignore_ascii_case(part.as_bytes()))
    };
    let worth_it = has(".yml") || has(".yaml") || has("file") || has(".sh") || has(".bash");
    worth_it && {
        let path = folded(path);
        let name = path.rsplit('/').next().unwrap_or_default();
        by_path(&path, models).is_some_and(|kind| kind.runs_scripts)
            || matches!(
                Format::detect(name, b""),
                Some(Format::Dockerfile | Format::Shell)
            )
    }
}

/// Whether a file is of a kind that models name, by its path alone.
pub(super) fn is_of_kind(path: &str, models: &Models) -> bool {
    by_path(&folded(path), models).is_some()
}

/// A path with `/` alone, one before it, in small letters.
fn folded(path: &str) -> String {
    format!("/{}", path.replace('\\', "/").to_ascii_lowercase())
}

fn by_path<'m>(path: &str, models: &'m Models) -> Option<&'m Kind> {
    let name = plain_name(path.rsplit('/').next().unwrap_or_default());
    models.kinds.iter().find(|kind| kind.is_at(path, name))
}

/// What a whole file is, by its path, its first bytes and what it says.
pub(super) fn of_file(file: File<'_>, document: &Document, known: Known<'_>) -> ContextSet {
    let Known { models, contexts } = known;
    let mut set = ContextSet::default();
    if is_test(file.origin.name(), models) {
        set |= contexts.of("test");
    }
    for kind in kinds(file, document, models) {
        set |= contexts.of(&kind.name);
        for name in &kind.also {
            set |= contexts.of(name);
        }
    }
    set
}

/// The kinds of files that a file is one of.
fn kinds<'m>(file: File<'_>, document: &Document, models: &'m Models) -> Vec<&'m Kind> {
    let path = folded(file.origin.name());
    let keys = first_keys(document);
    // A text about a kind of script shows some of it.
    let prose = matches!(file.format(), Some(Format::Markdown | Format::Notebook));
    let found = models
        .kinds
        .iter()
        .filter(|kind| kind.has_keys(&keys, &models.names) || (!prose && kind.begins(file.text)));
    by_path(&path, models).into_iter().chain(found).collect()
}

/// The names of the kinds that a file is one of, in order.
pub(crate) fn kind_names(
    origin: &Origin,
    text: &[u8],
    document: &Document,
    models: &Models,
) -> Vec<String> {
    let kinds = kinds(File { origin, text }, document, models).into_iter();
    let names: BTreeSet<String> = kinds.map(|kind| kind.name.clone()).collect();
    names.into_iter().collect()
}

fn is_test(path: &str, models: &Models) -> bool {
    let lists = &models.lists;
    let name = path.rsplit('/').next().unwrap_or(path);
    path.split('/').any(|part| lists.has("test-folders", part))
        || lists
            .get("test-files")
            .iter()
            .any(|like| is_like(like, name))
}

/// The first keys of each setting of the document itself, not of those that lie in it.
fn first_keys(document: &Document) -> Vec<Vec<&str>> {
    let own = document.facts.iter().filter_map(|fact| match &fact.kind {
        FactKind::Setting(setting) if fact.place.len() == 1 => Some(setting),
        _ => None,
    });
    let keys = own.map(|setting| {
        let keys = setting.path.iter().take(DEPTH);
        keys.map(|key| key.value.as_str()).collect::<Vec<_>>()
    });
    keys.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Where a fact of a file stands.
pub(super) fn of_fact(fact: &Fact, file: ContextSet, known: Known<'_>) -> ContextSet {
    let contexts = known.contexts;
    let mut set = file;
    let last = fact
        .place
        .iter()
        .rposition(|place| matches!(place, Place::Document(_)));
    for (at, place) in fact.place.iter().enumerate() {
        match place {
            Place::Document(format) => {
                for name in of_format(*format, at == 0, Some(at) == last) {
                    set |= contexts.of(name);
                }
            }
            Place::Instruction(name) => set |= contexts.of(name),
            Place::Key(_) | Place::Cell(_) | Place::Fence(_) | Place::Embedded => {}
        }
    }
    if is_unattended(fact) {
        set |= contexts.of("script");
    }
    set
}

/// Whether a program runs what a fact is of: a command in a file of settings, or one that a program starts.
fn is_unattended(fact: &Fact) -> bool {
    let in_settings = |place: &Place| matches!(place, Place::Key(_));
    match fact.place.as_slice() {
        // A line of data is no setting.
        [Place::Document(Format::JsonLines), ..] => false,
        [
            Place::Document(Format::Python | Format::JavaScript | Format::TypeScript),
            rest @ ..,
        ] => rest.contains(&Place::Embedded),
        places => places.iter().any(in_settings),
    }
}

/// What a format says of a fact: of the file's own (`outer`), of the innermost document (`inner`).
fn of_format(format: Format, outer: bool, inner: bool) -> Vec<&'static str> {
    let mut names = match format {
        Format::Dockerfile => vec!["dockerfile"],
        Format::Notebook => vec!["notebook"],
        Format::Markdown => vec!["markdown"],
        Format::Jenkinsfile => vec!["ci", "jenkins"],
        Format::Python if inner => vec!["python"],
        Format::JavaScript | Format::TypeScript if inner => vec!["javascript"],
        Format::Shell | Format::PowerShell | Format::Batch if inner => vec!["shell"],
        _ if format.is_data() && inner => vec!["config"],
        _ => Vec::new(),
    };
    let script = matches!(
        format,
        Format::Shell
            | Format::Makefile
            | Format::Justfile
            | Format::Apptainer
            | Format::PowerShell
            | Format::Batch
            | Format::Go
            | Format::R
    );
    if outer && script {
        names.push("script");
    }
    names
}

/// Places of facts, by the formats whose files may have them; scripts and fences in them count.
pub(super) struct FormatPlaces {
    anywhere: ContextSet,
    config: ContextSet,
    image: ContextSet,
    sections: ContextSet,
    ci: ContextSet,
    jenkins: ContextSet,
    kinds: ContextSet,
    python: ContextSet,
    javascript: ContextSet,
}

impl FormatPlaces {
    pub(super) fn new(contexts: &Contexts) -> Self {
        let of = |names: &[&str]| {
            let each = names.iter().map(|name| contexts.of(name));
            each.fold(ContextSet::default(), |set, one| set | one)
        };
        Self {
            anywhere: of(&[
                "python",
                "javascript",
                "notebook",
                "markdown",
                "shell",
                "script",
                "test",
                // A script is that of a CI system by the folder that it lies in.
                "ci",
            ]),
            config: of(&["config"]),
            image: of(&["dockerfile"]) | of(&INSTRUCTIONS),
            sections: of(&SECTIONS),
            ci: of(&["ci"]),
            jenkins: of(&["jenkins"]),
            kinds: contexts.of_kinds(),
            python: of(&["python"]),
            javascript: of(&["javascript"]),
        }
    }

    /// Whether a fact that may not stand in some places stands in a file of a format only if it is of a document
    /// in a string.
    pub(super) fn are_embedded(&self, not_within: ContextSet, format: Format) -> bool {
        match format {
            Format::Python => not_within.meets(self.python),
            Format::JavaScript | Format::TypeScript => not_within.meets(self.javascript),
            _ => false,
        }
    }

    /// Whether a fact may stand in one of some places in a file of a format.
    pub(super) fn may_hold(&self, within: ContextSet, format: Format) -> bool {
        let of_format = match format {
            Format::Markdown => self.config | self.image | self.sections | self.jenkins,
            Format::Dockerfile => self.image,
            // A program may hold any of them in a string.
            Format::Python => self.image | self.config,
            Format::JavaScript | Format::TypeScript => self.image | self.config | self.kinds,
            Format::Apptainer => self.sections,
            Format::Jenkinsfile => self.jenkins | self.ci,
            _ => ContextSet::default(),
        };
        within.is_empty() || format.is_data() || within.meets(self.anywhere | of_format)
    }
}
