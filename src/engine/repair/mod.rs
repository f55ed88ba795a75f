//! Edits that mend a finding, made from what its rule says of them.
//!
//! They speak of bytes of the file as it is. Whether the file is better for them is proved before any is
//! written; here, what cannot be right is left out: a text that another one around it would have to escape,
//! an entry that is not where its map is.

mod image;
mod import;
mod lines;
mod maps;
mod script;
mod set;
#[cfg(test)]
mod testing;

use crate::finding::{Edit, Fix};
use crate::model::is_like;
use crate::rule::{EditRule, FixRule, Slot, WhenRule, compile};
use crate::source::Origin;
use crate::span::Span;
use crate::syntax::{Document, Fact};
use import::import;
pub(super) use maps::{Maps, enclosed};

/// What a fix may look at.
#[derive(Clone, Debug)]
pub(super) struct Site<'a> {
    /// The whole file.
    pub(super) text: &'a [u8],
    pub(super) origin: &'a Origin,
    /// What the file says, and what of it the finding is about; none for credentials, which are only bytes.
    pub(super) document: Option<&'a Document>,
    pub(super) fact: Option<&'a Fact>,
    /// Whether what is found lies in a text in the file, which may be escaped or indented.
    pub(super) is_nested: bool,
    pub(super) subject: Span,
    pub(super) entry: Span,
    pub(super) key: Option<Span>,
    pub(super) value: Option<Span>,
    /// The name of the entry.
    pub(super) name: &'a str,
    /// What else is given, by name.
    pub(super) given: Vec<&'a str>,
    /// Whether nothing else is given in the way of the entry.
    pub(super) is_alone: bool,
    /// The map that holds the entry, and the one beside it that a fix moves it to.
    pub(super) maps: Option<Maps>,
}

impl<'a> Site<'a> {
    /// A credential, and nothing that is known of what surrounds it.
    pub(super) fn of_credential(text: &'a [u8], origin: &'a Origin, span: Span) -> Self {
        Self {
            text,
            origin,
            document: None,
            fact: None,
            is_nested: false,
            subject: span.clone(),
            entry: span.clone(),
            key: None,
            value: Some(span.start.saturating_sub(2)..(span.end + 1).min(text.len())),
            name: "",
            given: Vec::new(),
            is_alone: true,
            maps: None,
        }
    }
}

impl Site<'_> {
    /// The first fix that fits.
    pub(super) fn fix(&self, rules: &[FixRule]) -> Option<Fix<Span>> {
        rules.iter().find_map(|rule| self.fix_by(rule))
    }

    fn fix_by(&self, rule: &FixRule) -> Option<Fix<Span>> {
        let files = &rule.file.0;
        let name = self.origin.name().rsplit('/').next().unwrap_or_default();
        let is_for = files.is_empty() || files.iter().any(|like| is_like(like, name));
        let has_other = self
            .given
            .iter()
            .any(|name| rule.unless.0.iter().any(|other| other == name));
        if !is_for || has_other || (rule.alone && !self.is_alone) {
            return None;
        }
        if !rule.when.iter().all(|when| self.is_as(when)) {
            return None;
        }
        let (import, mut edits) = match &rule.import {
            Some(path) => import(self.text, path, self.entry.start).filter(|_| !self.is_nested)?,
            None => (String::new(), Vec::new()),
        };
        if let Some(to) = &rule.move_to {
            edits.extend(match rule.names {
                true => self.listed(to)?,
                false => self.moved(to)?,
            });
        }
        for edit in &rule.edit {
            let own = self.replaced(edit, &import)?;
            // What is around the text would have to escape them.
            if self.is_nested && !own.iter().all(is_plain) {
                return None;
            }
            edits.extend(own);
        }
        if let Some(drop) = &rule.drop {
            edits.extend(self.dropped(drop)?);
        }
        if let Some(mount) = &rule.mount {
            edits.extend(self.mounted(mount, &edits)?);
        }
        if let Some(set) = &rule.set {
            edits.extend(self.set(set)?);
        }
        edits.sort_by_key(|edit| (edit.at.start, edit.at.end));
        let apart = edits.windows(2).all(|pair| match pair {
            [one, next] => one.at.end <= next.at.start,
            _ => true,
        });
        apart.then(|| Fix {
            says: rule.says.replace("{key}", self.name),
            is_safe: !rule.is_unsafe,
            edits,
        })
    }

    /// The bytes of a part of the finding.
    fn slot(&self, slot: Slot) -> Option<Span> {
        Some(match slot {
            Slot::Subject => self.subject.clone(),
            Slot::Entry => self.entry.clone(),
            Slot::Key => self.key.clone()?,
            Slot::Value => self.value.clone()?,
            Slot::Line => lines::line_at(self.text, self.entry.start).span,
            Slot::File => 0..self.text.len(),
        })
    }

    /// Whether a part looks as it must.
    fn is_as(&self, rule: &WhenRule) -> bool {
        let text = self.slot(rule.at).and_then(|slot| self.text.get(slot));
        let matches = |pattern: &String| {
            let regex = compile(&pattern.replace("{key}", &regex::escape(self.name)));
            text.zip(regex.ok())
                .is_some_and(|(text, regex)| regex.is_match(text))
        };
        rule.is.as_ref().is_none_or(matches) && !rule.not.0.iter().any(matches)
    }

    /// The replacements of one rule; none if nothing fits.
    fn replaced(&self, rule: &EditRule, import: &str) -> Option<Vec<Edit<Span>>> {
        let slot = self.slot(rule.at)?;
        let regex = compile(&rule.from.replace("{key}", &regex::escape(self.name))).ok()?;
        let to = rule
            .to
            .replace("{key}", self.name)
            .replace("{import}", import);
        let text = self.text.get(slot.clone())?;
        let whole = |found: &regex::bytes::Captures<'_>| {
            let range = found.get(0).map_or(0..0, |found| found.range());
            range.start + slot.start..range.end + slot.start
        };
        let is_wanted = |found: &regex::bytes::Captures<'_>| {
            let at = whole(found);
            rule.at != Slot::Line || (at.start <= self.entry.start && self.entry.end <= at.end)
        };
        let most = if rule.at == Slot::File { usize::MAX } else { 1 };
        let found = regex.captures_iter(text).filter(is_wanted).take(most);
        let edits = found.map(|found| {
            let mut new = Vec::new();
            found.expand(to.as_bytes(), &mut new);
            let edit = Edit {
                at: whole(&found),
                text: String::from_utf8(new).ok()?,
            };
            // What stays as it is needs no escapes.
            Some(match rule.at == Slot::Line || self.is_nested {
                true => trimmed(self.text, edit),
                false => edit,
            })
        });
        let edits: Vec<Edit<Span>> = edits.collect::<Option<_>>()?;
        (!edits.is_empty()).then_some(edits)
    }
}

/// Whether a new text needs no escapes wherever it is put.
fn is_plain(edit: &Edit<Span>) -> bool {
    let mut bytes = edit.text.bytes();
    bytes.all(|b| matches!(b, b' '..=b'~') && !matches!(b, b'"' | b'\'' | b'\\'))
}

/// An edit without what it leaves as it is at its ends.
fn trimmed(text: &[u8], edit: Edit<Span>) -> Edit<Span> {
    let old = text.get(edit.at.clone()).unwrap_or_default();
    let new = edit.text.as_bytes();
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let front = (0..=same)
        .rev()
        .find(|at| edit.text.is_char_boundary(*at))
        .unwrap_or(0);
    let most = old.len().min(new.len()) - front;
    let pairs = old.iter().rev().zip(new.iter().rev()).take(most);
    let same = pairs.take_while(|(a, b)| a == b).count();
    let end = (new.len() - same..=new.len()).find(|at| edit.text.is_char_boundary(*at));
    let end = end.unwrap_or(new.len());
    Edit {
        at: edit.at.start + front..edit.at.end - (new.len() - end),
        text: edit.text.get(front..end).unwrap_or_default().to_owned(),
    }
}
