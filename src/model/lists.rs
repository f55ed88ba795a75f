//! Named lists, and their names in texts: `@job-submit`.

use std::collections::{BTreeMap, HashSet};

use crate::tomlfile::suggestion;

/// How deep lists may name each other.
const MAX_DEPTH: usize = 8;

/// The most texts that one text with names of lists may stand for.
const MAX_TEXTS: usize = 4_000;

/// Lists of texts by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lists {
    lists: BTreeMap<String, Vec<String>>,
    /// The same, resolved, for a look-up.
    sets: BTreeMap<String, HashSet<String>>,
}

impl Lists {
    /// Adds texts to a list; the names of lists in them are resolved later.
    pub(super) fn extend(&mut self, name: &str, texts: impl IntoIterator<Item = String>) {
        let list = self.lists.entry(name.to_owned()).or_default();
        for text in texts {
            if !list.contains(&text) {
                list.push(text);
            }
        }
    }

    /// The texts of a list in which no name of another list is left; none if there is no such list.
    pub(crate) fn get(&self, name: &str) -> &[String] {
        self.lists.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether a list has a text.
    pub(crate) fn has(&self, name: &str, text: &str) -> bool {
        self.sets.get(name).is_some_and(|set| set.contains(text))
    }

    /// The names of all lists.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.lists.keys().map(String::as_str)
    }

    /// Resolves the names of lists in all lists.
    ///
    /// # Errors
    ///
    /// If a list is named that does not exist, or lists name each other in a circle.
    pub(super) fn resolve(&mut self) -> Result<(), String> {
        let resolved = self
            .lists
            .iter()
            .map(|(name, texts)| {
                let mut all = Vec::new();
                for text in texts {
                    for text in self.expand_at(text, MAX_DEPTH)? {
                        if !all.contains(&text) {
                            all.push(text);
                        }
                    }
                }
                Ok((name.clone(), all))
            })
            .collect::<Result<_, String>>()?;
        self.lists = resolved;
        let sets = self.lists.iter();
        self.sets = sets
            .map(|(name, texts)| (name.clone(), texts.iter().cloned().collect()))
            .collect();
        Ok(())
    }

    /// The texts that a text with names of lists stands for: one for each choice of their entries.
    ///
    /// # Errors
    ///
    /// If a list is named that does not exist, or there are too many choices.
    pub(crate) fn expand(&self, text: &str) -> Result<Vec<String>, String> {
        self.expand_at(text, MAX_DEPTH)
    }

    fn expand_at(&self, text: &str, depth: usize) -> Result<Vec<String>, String> {
        let Some((before, name, after)) = split(text) else {
            return Ok(vec![text.to_owned()]);
        };
        let Some(list) = self.lists.get(name) else {
            let close = suggestion(name, self.names(), |close| format!("@{close}"));
            return Err(format!("there is no list `@{name}`{close}"));
        };
        if depth == 0 {
            return Err(format!(
                "`@{name}` names itself, or lists are nested too deep"
            ));
        }
        let mut texts = Vec::new();
        let rest = self.expand_at(after, depth)?;
        for entry in list {
            for entry in self.expand_at(entry, depth - 1)? {
                texts.extend(rest.iter().map(|after| format!("{before}{entry}{after}")));
                if texts.len() > MAX_TEXTS {
                    return Err(format!("`{text}` stands for too many texts"));
                }
            }
        }
        Ok(texts)
    }
}

/// Splits a text at the first name of a list. `@` within a word, or before none, is plain text.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let starts = text.match_indices('@').map(|(at, _)| at);
    for at in starts {
        let (before, rest) = (text.get(..at)?, text.get(at + 1..)?);
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let inside = before.ends_with(|c: char| c.is_alphanumeric());
        if end > 0 && !inside && rest.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Some((before, rest.get(..end)?, rest.get(end..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(entries: &[(&str, &[&str])]) -> Lists {
        let mut lists = Lists::default();
        for (name, texts) in entries {
            lists.extend(name, texts.iter().map(|text| (*text).to_owned()));
        }
        lists
    }

    #[test]
    fn names_are_replaced_by_each_entry() {
        let mut lists = lists(&[
            ("env", &["env", "environment"]),
            ("jobs", &["@env", "x.@env"]),
        ]);
        assert_eq!(
            lists.expand("@env.{a}").unwrap(),
            ["env.{a}", "environment.{a}"]
        );
        assert_eq!(lists.expand("a@env").unwrap(), ["a@env"]);
        assert_eq!(lists.expand("@env.@env").unwrap().len(), 4);
        lists.resolve().unwrap();
        assert_eq!(
            lists.get("jobs"),
            ["env", "environment", "x.env", "x.environment"]
        );
        assert_eq!(lists.get("none"), [""; 0]);
    }

    #[test]
    fn faults_are_named() {
        let mut circle = lists(&[("a", &["@b"]), ("b", &["@a"])]);
        assert!(circle.resolve().unwrap_err().contains("names itself"));
        let error = lists(&[("jobs", &["x"])]).expand("@job").unwrap_err();
        assert!(error.ends_with("did you mean `@jobs`?"), "{error}");
    }
}
