//! Setting a variable elsewhere in a file, for what is left when a command is taken out.

use super::Site;
use super::lines::{ending, line_at};
use super::script::begins;
use crate::finding::Edit;
use crate::rule::{SetRule, compile};
use crate::span::Span;
use crate::syntax::{FactKind, Place};

impl Site<'_> {
    /// The settings of the document that has the script, or the finding itself: their keys and their bytes.
    pub(super) fn settings(&self) -> impl Iterator<Item = (Vec<(&str, Span)>, Span)> {
        let depth = self.fact.map_or(0, |fact| match fact.kind {
            FactKind::Command(_) => fact.place.len().saturating_sub(2),
            _ => fact.place.len(),
        });
        let place = self.fact.and_then(|fact| fact.place.get(..depth));
        let facts = self.document.iter().flat_map(|document| &document.facts);
        facts.filter_map(move |fact| match &fact.kind {
            FactKind::Setting(setting) if Some(fact.place.as_slice()) == place => {
                let keys = setting.path.iter();
                let keys = keys.map(|key| (key.value.as_str(), key.span.clone()));
                Some((keys.collect(), fact.span.clone()))
            }
            _ => None,
        })
    }

    /// Sets what a rule says, unless it is set.
    pub(super) fn set(&self, rule: &SetRule) -> Option<Vec<Edit<Span>>> {
        let place = self.fact?.place.as_slice();
        let [_, Place::Key(script), Place::Document(_)] = place else {
            return None;
        };
        let regex = compile(&rule.from).ok()?;
        let found = regex.captures(self.text.get(self.subject.clone())?)?;
        let expand = |text: &str| {
            let mut new = Vec::new();
            found.expand(text.as_bytes(), &mut new);
            String::from_utf8(new).ok()
        };
        let path = filled(&rule.path, script);
        let mut known = rule.given.0.iter().map(|path| filled(path, script));
        if self.value_of(&path).is_some() || known.any(|path| self.value_of(&path).is_some()) {
            return Some(Vec::new());
        }
        let value = match &rule.to {
            Some(to) => expand(to)?,
            None => rule.of.0.iter().find_map(|path| {
                let path = expand(&filled(path, script).join("."))?;
                let path: Vec<String> = path.split('.').map(str::to_owned).collect();
                self.value_of(&path)
            })?,
        };
        self.inserted(&path, script, &value).map(|edit| vec![edit])
    }

    /// What a setting of this path says, on its line.
    fn value_of(&self, path: &[String]) -> Option<String> {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let mut settings = self.settings();
        let (keys, _) =
            settings.find(|(keys, _)| begins(keys, &names) && keys.len() == names.len())?;
        let (_, key) = keys.last()?;
        let line = line_at(self.text, key.end);
        let rest = std::str::from_utf8(self.text.get(key.end..line.span.end)?).ok()?;
        let value = rest
            .trim_start_matches(['"', '\''])
            .trim()
            .strip_prefix(':')?;
        let value = value.split(" #").next().unwrap_or_default().trim();
        Some(value.to_owned())
    }

    /// Puts a setting first in its map, or the map before what stands beside it.
    fn inserted(&self, path: &[String], script: &str, value: &str) -> Option<Edit<Span>> {
        let (name, holder) = path.split_last()?;
        let (map, above) = holder.split_last()?;
        let names: Vec<&str> = holder.iter().map(String::as_str).collect();
        let is_in = |(keys, _): &(Vec<(&str, Span)>, Span)| {
            begins(keys, &names) && keys.len() > names.len()
        };
        let end = ending(self.text);
        // The key that the new text goes before.
        let (at, is_new) = match self.settings().find(is_in) {
            Some((keys, _)) => (keys.get(names.len())?.1.clone(), false),
            None => {
                let script: Vec<&str> = script.split('.').take(above.len() + 1).collect();
                let mut settings = self.settings();
                let (keys, _) = settings.find(|(keys, _)| begins(keys, &script))?;
                (keys.get(above.len())?.1.clone(), true)
            }
        };
        let line = line_at(self.text, at.start);
        let indent = line.indent(self.text);
        if line.span.start + indent.len() != at.start {
            return None;
        }
        let text = match is_new {
            true => format!("{indent}{map}:{end}{indent}  {name}: {value}{end}"),
            false => format!("{indent}{name}: {value}{end}"),
        };
        let at = line.span.start..line.span.start;
        Some(Edit { at, text })
    }
}

/// A path with what stands in that of a script in place of each `*`.
fn filled(path: &str, script: &str) -> Vec<String> {
    let own: Vec<&str> = script.split('.').collect();
    let names = path.split('.').enumerate();
    let names = names.map(|(at, name)| match name {
        "*" => own.get(at).copied().unwrap_or(name),
        _ => name,
    });
    names.map(str::to_owned).collect()
}
