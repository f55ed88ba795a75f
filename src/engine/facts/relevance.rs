//! Relevance: which files are worth a parser, and for which patterns.
//!
//! Each pattern needs groups of things of which a file must hold one each: texts, names of credentials. One
//! group of each pattern is looked for in the first pass over the bytes of every file, with the keywords of
//! token rules; the groups are chosen so that few and rare texts do for all patterns. Only the patterns that
//! may match after that, and only in files that have something to do with them, are asked for the rest.

use std::collections::BTreeSet;
use std::hash::Hash;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::context::FormatPlaces;
use super::few::Few;
use super::literal::stands;
use super::name::{Classes, Mentioned, Mentions};
use super::texts::Texts;
use crate::model::{ClassId, Models};
use crate::rule::{Contexts, Deriving, FactPattern, Group, Literal, Need, Stands, Target};
use crate::syntax::Format;

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

/// What the first pass came upon in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::engine) struct Seen {
    texts: Few,
    names: Mentioned,
    /// Whether token rules found a credential.
    pub(in crate::engine) tokens: bool,
}

/// What each of many patterns needs.
#[derive(Debug, Default)]
pub(in crate::engine) struct Relevance {
    patterns: Vec<Needs>,
    /// The texts that the first pass looks for.
    first: Vec<Literal>,
    mentions: Mentions,
    /// Of each pattern, what a file needs besides.
    required: Vec<Vec<Need>>,
    rest: OnceLock<Rest>,
}

/// What is asked of the files that the first pass lets through; most scans of a few files have none.
#[derive(Debug)]
struct Rest {
    /// Of each need of each pattern, the choices, each of groups.
    needed: Vec<Vec<Vec<Vec<Needed>>>>,
    texts: Texts,
    /// The places of the texts of programs that run commands.
    runs_commands: Vec<usize>,
}

/// What one pattern needs.
#[derive(Debug)]
struct Needs {
    /// What the first pass looks for, as it sees it.
    first: First,
    /// Which formats suit, one bit each.
    formats: u64,
    /// Whether it is over commands, which not every program runs.
    is_command: bool,
}

/// A group that the first pass looks for.
#[derive(Debug)]
struct First {
    known: Known,
    texts: Few,
}

/// A group, with the places of its texts.
#[derive(Debug)]
struct Needed {
    known: Known,
    texts: Vec<usize>,
}

/// The things of a group that are no texts.
#[derive(Clone, Copy, Debug)]
struct Known {
    named: Classes,
    given: Classes,
    tokens: bool,
}

impl Known {
    fn of(group: &Group) -> Self {
        Self {
            named: Classes::of(&group.named),
            given: Classes::of(&group.given),
            tokens: group.tokens,
        }
    }

    /// Whether a text holds one of them.
    fn is_seen(self, seen: &Seen) -> bool {
        self.named.meets(seen.names.named)
            || self.given.meets(seen.names.given)
            || (self.tokens && seen.tokens)
    }
}

/// Things and their places, each once.
struct Places<T> {
    all: Vec<T>,
    known: FxHashMap<T, usize>,
}

impl<T: Clone + Eq + Hash> Places<T> {
    fn new() -> Self {
        Self {
            all: Vec::new(),
            known: FxHashMap::default(),
        }
    }

    fn place(&mut self, thing: &T) -> usize {
        let next = self.all.len();
        *self.known.entry(thing.clone()).or_insert_with(|| {
            self.all.push(thing.clone());
            next
        })
    }
}

impl Relevance {
    pub(super) fn new(
        patterns: &[&FactPattern],
        models: &Arc<Models>,
        contexts: &Contexts,
    ) -> Self {
        let formats = FormatPlaces::new(contexts);
        let deriving = Deriving::new(models);
        let required: Vec<Vec<Need>> = patterns.iter().map(|p| p.required(&deriving)).collect();
        let named = required.iter().flatten().flat_map(|need| &need.choices);
        let named = named
            .flatten()
            .flat_map(|group| group.named.iter().chain(&group.given));
        let named: BTreeSet<ClassId> = named.copied().collect();
        let mentions = Mentions::new(models, named.into_iter().collect());
        let choosing = Choosing {
            models,
            names: mentions.texts(),
            sought: FxHashMap::default(),
        };
        let first = choosing.choose(&required);
        let mut of_first: Places<Literal> = Places::new();
        let mut needs = Vec::new();
        for (pattern, first) in patterns.iter().zip(first) {
            let texts = first.texts.iter().map(|text| of_first.place(text));
            let texts = texts.collect();
            needs.push(Needs {
                first: First {
                    known: Known::of(&first),
                    texts,
                },
                formats: Format::ALL
                    .into_iter()
                    .filter(|format| formats.may_hold(pattern.within, *format))
                    .fold(0, |bits, format| bits | bit(format)),
                is_command: matches!(pattern.target, Target::Command(_)),
            });
        }
        Self {
            patterns: needs,
            mentions,
            first: of_first.all,
            required,
            rest: OnceLock::new(),
        }
    }

    fn rest(&self) -> &Rest {
        let models = self.mentions.models();
        self.rest.get_or_init(|| Rest::new(&self.required, models))
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
        let rest = self.rest();
        let standing = rest.texts.in_text(text);
        let has = |texts: &[usize]| texts.iter().any(|at| standing.has(*at));
        let no_commands = || format == Some(Format::Python) && !has(&rest.runs_commands);
        let holds = |group: &Needed| group.known.is_seen(seen) || has(&group.texts);
        let met =
            |choices: &Vec<Vec<Needed>>| choices.iter().any(|groups| groups.iter().all(holds));
        let fits = |(place, needs): &(usize, &Needs)| {
            let needed = rest.needed.get(*place);
            needed.is_some_and(|needed| needed.iter().all(met))
                && !(needs.is_command && no_commands())
        };
        begun
            .into_iter()
            .filter(fits)
            .map(|(place, _)| place)
            .collect()
    }
}

impl Rest {
    fn new(required: &[Vec<Need>], models: &Models) -> Self {
        let mut literals: Places<Literal> = Places::new();
        let mut places = |texts: &BTreeSet<Literal>| -> Vec<usize> {
            texts.iter().map(|text| literals.place(text)).collect()
        };
        let runs_commands = models.lists.get(RUNS_COMMANDS).iter();
        let runs_commands = runs_commands.map(|text| Literal {
            text: text.as_str().into(),
            stands: Stands::Anywhere,
        });
        let runs_commands = places(&runs_commands.collect());
        // What is rare is looked for first.
        let mut choice = |groups: &Vec<Group>| -> Vec<Needed> {
            let mut groups: Vec<&Group> = groups.iter().collect();
            groups.sort_by_cached_key(|group| group.frequency(models));
            let groups = groups.into_iter().map(|group| Needed {
                known: Known::of(group),
                texts: places(&group.texts),
            });
            groups.collect()
        };
        let mut of_pattern = |needs: &Vec<Need>| {
            let mut needs: Vec<&Need> = needs.iter().collect();
            needs.sort_by_cached_key(|need| need.outline(models).frequency(models));
            let needs = needs.into_iter();
            needs
                .map(|need| need.choices.iter().map(&mut choice).collect())
                .collect()
        };
        Self {
            needed: required.iter().map(&mut of_pattern).collect(),
            runs_commands,
            texts: Texts::new(literals.all, models),
        }
    }
}

impl Needs {
    /// Whether the first pass came upon what it looks for.
    fn has_begun(&self, seen: &Seen) -> bool {
        self.first.known.is_seen(seen) || self.first.texts.meets(seen.texts)
    }
}

/// What it costs to look for one more text in all files, as a number of a million files that are looked at in
/// vain: hardly anything.
const SEARCH: f64 = 20.0;

/// The same for a text that stands everywhere: each place that looks like it is looked at, and in a file there
/// are many.
const STOPS: f64 = 1e7;

/// How often each pattern chooses again, knowing what the others chose.
const ROUNDS: usize = 3;

/// The choice of what the first pass looks for: one need of each pattern, so that together they have few texts,
/// and rare ones. What one looks for, others have for nothing.
struct Choosing<'m> {
    models: &'m Models,
    /// The texts of names, which are looked for in any case, and so are others that begin with one.
    names: &'m [String],
    /// How many patterns look for each text.
    sought: FxHashMap<Literal, usize>,
}

impl Choosing<'_> {
    fn choose(mut self, patterns: &[Vec<Need>]) -> Vec<Group> {
        let mut chosen = vec![Group::default(); patterns.len()];
        let mut order: Vec<usize> = (0..patterns.len()).collect();
        // Those with no choice come first.
        order.sort_by_key(|at| patterns.get(*at).map(Vec::len));
        for at in std::iter::repeat_n(order, ROUNDS).flatten() {
            if let (Some(needs), Some(chosen)) = (patterns.get(at), chosen.get_mut(at)) {
                self.count(chosen, |uses| uses - 1);
                *chosen = self.cheapest(needs);
                self.count(chosen, |uses| uses + 1);
            }
        }
        chosen
    }

    fn count(&mut self, group: &Group, change: impl Fn(usize) -> usize) {
        for literal in &group.texts {
            let uses = self.sought.entry(literal.clone()).or_default();
            *uses = change(*uses);
        }
    }

    /// What is to be looked for: of the cheapest need, one group of each choice.
    fn cheapest(&self, needs: &[Need]) -> Group {
        let outlines = needs.iter().map(|need| self.outline(need));
        let cheapest = outlines.min_by(|(a, _), (b, _)| a.total_cmp(b));
        cheapest.map(|(_, group)| group).unwrap_or_default()
    }

    /// The cheapest group of each choice, and what they cost together.
    fn outline(&self, need: &Need) -> (f64, Group) {
        let mut outline = Group::default();
        let mut costs = 0.0;
        for groups in &need.choices {
            let cost = |group: &Group| -> f64 {
                let known = |literal: &&Literal| {
                    outline.texts.contains(*literal)
                        || self.sought.get(*literal).is_some_and(|uses| *uses > 0)
                };
                let more = group.texts.iter().filter(|literal| !known(literal));
                more.map(|literal| self.cost(literal)).sum()
            };
            let each = groups.iter().map(|group| (cost(group), group));
            if let Some((cost, group)) = each.min_by(|(a, _), (b, _)| a.total_cmp(b)) {
                costs += cost;
                outline = outline.join(group.clone());
            }
        }
        (costs, outline)
    }

    fn cost(&self, literal: &Literal) -> f64 {
        let text = &*literal.text;
        let mut names = self.names.iter();
        let search = match names.any(|name| text.starts_with(name.as_str())) {
            true => 0.0,
            false => SEARCH + STOPS * self.models.bigrams.share(text.as_bytes()),
        };
        self.models.frequency(text) as f64 + search
    }
}

fn bit(format: Format) -> u64 {
    1 << (format as u32)
}
