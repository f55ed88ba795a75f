//! Relevance: which files are worth a parser, and for which patterns.
//!
//! Each pattern needs groups of things of which a file must hold one each: texts, names of credentials. One
//! group of each pattern is looked for in the first pass over the bytes of every file, with the keywords of
//! token rules; the groups are chosen so that few and rare texts do for all patterns. Only the patterns that
//! may match after that, and only in files that have something to do with them, are asked for the rest.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use super::choosing::choose;
use super::context::FormatPlaces;
use super::few::Few;
use super::literal::stands;
use super::name::Mentions;
use super::needed::{Everything, Known, Needed, Required};
use super::seen::Seen;
use super::texts::{InText, Texts};
use crate::model::Models;
use crate::rule::{Contexts, Deriving, FactPattern, Literal, Stands, Target};
use crate::syntax::Format;

/// How far from each other texts may stand that are of one document in a string of a program, in bytes.
const DOCUMENT: usize = 8 << 10;

/// The list of texts of which one is in every Python program that runs commands.
const RUNS_COMMANDS: &str = "python-command-texts";

/// What the first pass looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Note {
    /// A text, by its place.
    Text(usize),
    /// What every name of a credential has in it.
    Name,
}

/// What each of many patterns needs.
#[derive(Debug, Default)]
pub(in crate::engine) struct Relevance {
    patterns: Vec<Needs>,
    mentions: Mentions,
    /// The texts that the first pass looks for.
    first: Vec<Literal>,
    /// All texts, and what finds them in the files that the first pass lets through: most scans of a few files
    /// have none.
    all: Vec<Literal>,
    texts: OnceLock<Texts>,
    /// The places of the texts of programs that run commands.
    runs_commands: Vec<usize>,
}

/// What one pattern needs.
#[derive(Debug)]
struct Needs {
    required: Required,
    /// What the first pass looks for, as it sees it.
    known: Known,
    texts: Few,
    /// Which formats suit, one bit each.
    formats: u64,
    /// Those of them where only a document in a string may have what it is over.
    embedding: u64,
    /// Whether it is over commands, which not every program runs.
    is_command: bool,
}

impl Relevance {
    pub(super) fn new(
        patterns: &[&FactPattern],
        models: &Arc<Models>,
        contexts: &Contexts,
    ) -> Self {
        let formats = FormatPlaces::new(contexts);
        let deriving = Deriving::new(models);
        let mut everything = Everything::new(models);
        let required: Vec<Required> = patterns
            .iter()
            .map(|pattern| everything.required(&pattern.required(&deriving)))
            .collect();
        let runs_commands = models.lists.get(RUNS_COMMANDS).iter().map(|text| {
            everything.place(&Literal {
                text: text.as_str().into(),
                stands: Stands::Anywhere,
            })
        });
        let runs_commands = runs_commands.collect();
        let classes = everything.classes.iter().copied().collect();
        let mentions = Mentions::new(models, classes);
        let first = choose(&required, &everything, mentions.texts(), &models.bigrams);
        let sought: BTreeSet<usize> = first
            .iter()
            .flat_map(|group| &group.texts)
            .copied()
            .collect();
        let sought: Vec<usize> = sought.into_iter().collect();
        let needs = patterns.iter().zip(required).zip(first);
        let needs = needs.map(|((pattern, required), first)| Needs {
            required,
            known: first.known,
            texts: first
                .texts
                .iter()
                .filter_map(|text| sought.binary_search(text).ok())
                .collect(),
            formats: bits(|format| formats.may_hold(pattern.within, format)),
            embedding: bits(|format| formats.are_embedded(pattern.not_within, format)),
            is_command: matches!(pattern.target, Target::Command(_)),
        });
        Self {
            patterns: needs.collect(),
            mentions,
            first: sought
                .iter()
                .filter_map(|at| everything.texts.get(*at))
                .cloned()
                .collect(),
            all: everything.texts,
            texts: OnceLock::new(),
            runs_commands,
        }
    }

    fn texts(&self) -> &Texts {
        let texts = || Texts::new(self.all.clone(), self.mentions.models());
        self.texts.get_or_init(texts)
    }

    /// The texts that the first pass looks for, with what they are.
    pub(in crate::engine) fn first_texts(&self) -> impl Iterator<Item = (&str, Note)> {
        let texts = self.first.iter().enumerate();
        let texts = texts.map(|(at, literal)| (&*literal.text, Note::Text(at)));
        let names = self.mentions.texts().iter();
        texts.chain(names.map(|text| (text.as_str(), Note::Name)))
    }

    /// Takes note of a place where the first pass came upon something.
    pub(in crate::engine) fn note(&self, note: Note, text: &[u8], at: usize, seen: &mut Seen) {
        match note {
            Note::Text(place) => {
                let literal = self.first.get(place);
                if !seen.texts.has(place) && literal.is_some_and(|l| stands(text, at, l)) {
                    seen.texts.add(place);
                }
            }
            Note::Name => self.mentions.read(text, at, &mut seen.names),
        }
    }

    /// Whether any pattern may match in a text, as far as the first pass can tell.
    pub(in crate::engine) fn is_relevant(&self, seen: &Seen) -> bool {
        self.patterns.iter().any(|needs| needs.has_begun(seen))
    }

    /// The places of the patterns that may match in a text of a format, or of any.
    pub(in crate::engine) fn promising(
        &self,
        text: &[u8],
        seen: &Seen,
        format: Option<Format>,
    ) -> Vec<usize> {
        let formats = format.map_or(u64::MAX, bit);
        let patterns = self.patterns.iter().enumerate();
        let begun =
            patterns.filter(|(_, needs)| needs.formats & formats != 0 && needs.has_begun(seen));
        let begun: Vec<(usize, &Needs)> = begun.collect();
        if begun.is_empty() {
            return Vec::new();
        }
        let standing = self.texts().in_text(text);
        let has = |at: &usize| standing.has(*at);
        let no_commands = || format == Some(Format::Python) && !self.runs_commands.iter().any(has);
        let holds = |group: &Needed| group.known.is_seen(seen) || group.texts.iter().any(has);
        let fits = |(_, needs): &(usize, &Needs)| {
            let embedded = needs.embedding & formats != 0 && format.is_some();
            let together = |groups: &[Needed]| {
                groups.iter().all(holds) && (!embedded || are_near(groups, seen, &standing))
            };
            let met = |choices: &Vec<Vec<Needed>>| choices.iter().any(|groups| together(groups));
            needs.required.iter().all(met) && !(needs.is_command && no_commands())
        };
        begun
            .into_iter()
            .filter(fits)
            .map(|(place, _)| place)
            .collect()
    }
}

/// Whether the texts of some groups, which all stand in a program, do so near enough to each other to be of one
/// document in a string of it.
fn are_near(groups: &[Needed], seen: &Seen, standing: &InText<'_>) -> bool {
    let sought = groups.iter().filter(|group| !group.known.is_seen(seen));
    let mut places = sought.map(|group| {
        let places = group.texts.iter().flat_map(|text| standing.places(*text));
        places.collect::<BTreeSet<usize>>()
    });
    let Some(first) = places.next() else {
        return true;
    };
    let others: Vec<BTreeSet<usize>> = places.collect();
    let is_near = |at: &usize| {
        let around = at.saturating_sub(DOCUMENT)..at + DOCUMENT;
        let mut others = others.iter();
        others.all(|places| places.range(around.clone()).next().is_some())
    };
    others.is_empty() || first.iter().any(is_near)
}

impl Needs {
    /// Whether the first pass came upon what it looks for.
    fn has_begun(&self, seen: &Seen) -> bool {
        self.known.is_seen(seen) || self.texts.meets(seen.texts)
    }
}

/// The formats for which something holds, as bits.
fn bits(holds: impl Fn(Format) -> bool) -> u64 {
    let formats = Format::ALL.into_iter().filter(|format| holds(*format));
    formats.fold(0, |bits, format| bits | bit(format))
}

fn bit(format: Format) -> u64 {
    1 << (format as u32)
}
