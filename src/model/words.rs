//! The words that names are made of: `HF_TOKEN`, `hub_token` and `hfApiKey` name a credential,
//! `HF_TOKEN_PATH` and `max_hf_tokens` do not.

use std::collections::BTreeSet;

use serde::Deserialize;

/// The longest name that is looked at, in bytes.
const LONGEST: usize = 80;

/// The longest word that says by itself that it is about a credential, in letters: longer ones that
/// say little alone (`KEY`) are compounds.
const SHORT: usize = 6;

/// The words of names, whatever they are names of. All in capitals.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct WordsFile {
    /// Words that name a credential, beside the name of what it opens: `TOKEN`.
    credential: Vec<String>,
    /// Those of them that need a qualifier near: `KEY`.
    weak: Vec<String>,
    /// Words that stand between the owner and a weak word: `API`.
    qualifier: Vec<String>,
    /// Words after it, of something about a credential: `PATH`.
    about: Vec<String>,
    /// Words before it, of a count or a switch: `MAX`, `USE`.
    before: Vec<String>,
    /// Last words of the names of any credential: `TOKEN`, `API KEY`.
    general: Vec<String>,
}

/// The same, ready for use.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    credential: BTreeSet<String>,
    weak: BTreeSet<String>,
    qualifier: BTreeSet<String>,
    about: BTreeSet<String>,
    before: BTreeSet<String>,
    general: Vec<Vec<String>>,
    /// Three letters, one of which is in each word for a credential; in lower case.
    parts: Vec<[u8; 3]>,
}

/// Whose credentials a name may be of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owner {
    /// Its names, in words: `HUGGING FACE`.
    names: Vec<Vec<String>>,
    /// Words that are its name if they are all that comes before the credential: `PUSH TO HUB`.
    leading: Vec<Vec<String>>,
}

impl Words {
    pub(super) fn extend(&mut self, file: WordsFile) {
        for word in &file.credential {
            let lower = word.to_ascii_lowercase();
            let known = |part: &[u8; 3]| lower.as_bytes().windows(3).any(|three| three == part);
            if !self.parts.iter().any(known)
                && let Some(part) = lower.as_bytes().first_chunk::<3>()
            {
                self.parts.push(*part);
            }
        }
        self.credential.extend(file.credential);
        self.weak.extend(file.weak);
        self.qualifier.extend(file.qualifier);
        self.about.extend(file.about);
        self.before.extend(file.before);
        self.general
            .extend(file.general.iter().map(|name| parted(name)));
    }

    /// The words for a credential.
    pub(crate) fn credential(&self) -> impl Iterator<Item = &str> {
        self.credential.iter().map(String::as_str)
    }

    /// The last words of the names of any credential.
    pub(super) fn general_endings(&self) -> impl Iterator<Item = &str> {
        self.general
            .iter()
            .filter_map(|ending| ending.last())
            .map(String::as_str)
    }

    /// Whether a name is that of a credential of this owner.
    pub(crate) fn is_credential(&self, name: &str, owner: &Owner) -> bool {
        // Most names are told from those of credentials without taking them apart.
        let mut threes = name.as_bytes().windows(3);
        let likely = threes.any(|three| {
            self.parts
                .iter()
                .any(|part| three.eq_ignore_ascii_case(part))
        });
        if name.len() > LONGEST || !likely {
            return false;
        }
        let words = words(name);
        let glued = |word: &String| {
            owner
                .glued(word)
                .is_some_and(|word| self.credential.contains(word))
        };
        let is_credential = |word: &String| self.credential.contains(word) || glued(word);
        let Some(at) = words.iter().rposition(is_credential) else {
            return false;
        };
        let (before, rest) = words.split_at(at);
        let Some((word, after)) = rest.split_first() else {
            return false;
        };
        if after.iter().any(|word| self.about.contains(word))
            || before.iter().any(|word| self.before.contains(word))
        {
            return false;
        }
        // `hf_key` is one, `hf_primary_key` is not; `hf_token` with anything between is.
        let qualifies = |word: &String| self.qualifier.contains(word) || owner.has_word(word);
        let near = before.len() <= 1 || before.last().is_some_and(qualifies);
        let surely = !self.weak.contains(word) || near || word.len() > SHORT;
        surely && after.len() <= 2 && (owner.is_in(before) || owner.is_in(after) || glued(word))
    }

    /// Whether a name may be that of any credential: `TOKEN`, `api_key`, `ACCESS_TOKEN`.
    pub(crate) fn is_general(&self, name: &str) -> bool {
        let words = words(name);
        self.general.iter().any(|ending| words.ends_with(ending))
    }
}

impl Owner {
    /// An owner of these names, each of words with blanks between.
    pub(super) fn new(names: &[String], leading: &[String]) -> Self {
        let parted = |names: &[String]| names.iter().map(|name| parted(name)).collect();
        Self {
            names: parted(names),
            leading: parted(leading),
        }
    }

    /// Its names, in words.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Vec<String>> {
        self.names.iter()
    }

    /// What it is called at the beginning of a name, in words.
    pub(crate) fn leading(&self) -> impl Iterator<Item = &Vec<String>> {
        self.leading.iter()
    }

    /// Whether one of its names is in a name.
    pub(super) fn is_in_name(&self, name: &str) -> bool {
        name.len() <= LONGEST && self.is_in(&words(name))
    }

    /// Whether a name is one of its names and nothing else.
    pub(super) fn is_named(&self, name: &str) -> bool {
        name.len() <= LONGEST && self.names.contains(&words(name))
    }

    fn has_word(&self, word: &String) -> bool {
        self.names.iter().any(|name| name.contains(word))
    }

    fn is_in(&self, words: &[String]) -> bool {
        let named = |name: &Vec<String>| {
            let mut places = words.windows(name.len().max(1));
            places.any(|here| here == name.as_slice())
        };
        self.names.iter().any(named) || self.leading.iter().any(|name| name == words)
    }

    /// What follows the owner's name within a word: `TOKEN` of `HFTOKEN`.
    fn glued<'w>(&self, word: &'w str) -> Option<&'w str> {
        let single = self.names.iter().filter(|name| name.len() == 1).flatten();
        let mut rests = single.filter_map(|name| word.strip_prefix(name.as_str()));
        rests.next()
    }
}

fn parted(name: &str) -> Vec<String> {
    name.split_ascii_whitespace().map(str::to_owned).collect()
}

/// Upper-case words of `snake_case`, `kebab-case`, `camelCase` and `SCREAMING_CASE` names.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower_before = false;
    for c in name.chars() {
        let starts = !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && lower_before);
        if starts && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if c.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(c.to_ascii_uppercase());
        }
        lower_before = c.is_ascii_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}
