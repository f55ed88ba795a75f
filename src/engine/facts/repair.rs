//! What a fix may look at of a match: the fact, what is found in it, and what stands around that.

use super::entry::{Entry, with_quotes};
use super::match_context::MatchContext;
use super::view::TargetView;
use crate::engine::repair::{Maps, Site, enclosed};
use crate::finding::Fix;
use crate::rule::FixRule;
use crate::span::Span;
use crate::syntax::{Fact, FactKind, Setting, Value};

/// How to mend what is found in the fact `at` a place of the document, and reported at some bytes.
pub(super) fn fix(
    rules: &[FixRule],
    context: &MatchContext<'_>,
    (entry, target): (Option<&Entry>, &TargetView),
    (at, pointed): (usize, &Span),
) -> Option<Fix<Span>> {
    if rules.is_empty() {
        return None;
    }
    let fact = context.document.facts.get(at)?;
    let text = context.file.text;
    let path = entry.map_or(&[][..], |entry| &entry.path);
    let (maps, others) = match &fact.kind {
        FactKind::Setting(setting) => (
            maps_of_setting(context, fact, setting).filter(|_| path.len() == setting.path.len()),
            settings_beside(context, fact, setting).count(),
        ),
        _ => {
            let parent = path.split_last().map(|(_, parent)| parent);
            let entries = target.entries.iter();
            let others = entries.filter(|other| {
                other.path.len() == path.len() && other.path.split_last().map(|(_, p)| p) == parent
            });
            (maps_of_entry(target, path), others.count())
        }
    };
    let given = target
        .entries
        .iter()
        .filter_map(|other| match &*other.path {
            [name] => Some(name.as_str()),
            _ => None,
        });
    let site = Site {
        text,
        origin: context.file.origin,
        document: Some(context.document),
        fact: Some(fact),
        is_nested: context.is_nested(pointed.start),
        subject: match &fact.kind {
            FactKind::Setting(_) => fact.span.clone(),
            _ => target.span.clone(),
        },
        entry: pointed.clone(),
        key: entry.and_then(|entry| entry.key.clone()),
        value: entry.map(|entry| with_quotes(text, entry.value.span.clone())),
        name: path.last().map_or("", String::as_str),
        given: given.collect(),
        is_alone: others == 1,
        maps,
    };
    site.fix(rules)
}

/// The map that holds an entry of a call, and what is beside it.
fn maps_of_entry(target: &TargetView, path: &[String]) -> Option<Maps> {
    let (_, parent) = path.split_last()?;
    let mut entries = target.entries.iter();
    let holder = entries.find(|other| other.path == parent)?;
    let (_, above) = holder.path.split_last()?;
    let beside = target.entries.iter().filter_map(|other| {
        let name = other.path.strip_prefix(above)?;
        let is_map = matches!(other.value.value, Value::Map(_));
        let span = is_map.then(|| other.value.span.clone());
        (name.len() == 1).then(|| (name.concat(), span))
    });
    Some(Maps {
        name: holder.key.clone()?,
        own: holder.value.span.clone(),
        above: None,
        beside: beside.collect(),
    })
}

/// The map that holds a setting of a file of data, and what is beside it. Only their names are known, and
/// where those end.
fn maps_of_setting(context: &MatchContext<'_>, fact: &Fact, setting: &Setting) -> Option<Maps> {
    let text = context.file.text;
    let depth = setting.path.len().checked_sub(2)?;
    let name = setting.path.get(depth)?.span.clone();
    let own = enclosed(text, &name);
    let mut beside: Vec<(String, Option<Span>)> = Vec::new();
    for other in settings_in(context, fact, setting.path.get(..depth)?) {
        if let Some(key) = other.path.get(depth)
            && !beside.iter().any(|(name, _)| *name == key.value)
        {
            let span = enclosed(text, &key.span).filter(|_| other.path.len() > depth + 1);
            beside.push((key.value.clone(), span));
        }
    }
    let above = depth
        .checked_sub(1)
        .and_then(|above| setting.path.get(above));
    Some(Maps {
        own: own.unwrap_or(name.end..name.end),
        name,
        above: above.map(|key| key.span.clone()),
        beside,
    })
}

/// The settings in the same map as one.
fn settings_beside<'c>(
    context: &'c MatchContext<'_>,
    fact: &'c Fact,
    setting: &'c Setting,
) -> impl Iterator<Item = &'c Setting> {
    let parent = setting
        .path
        .split_last()
        .map_or(&[][..], |(_, parent)| parent);
    settings_in(context, fact, parent)
}

/// The settings below a path, in the same document as a fact.
fn settings_in<'c>(
    context: &'c MatchContext<'_>,
    fact: &'c Fact,
    path: &'c [crate::syntax::Spanned<String>],
) -> impl Iterator<Item = &'c Setting> {
    context.document.facts.iter().filter_map(move |other| {
        let FactKind::Setting(setting) = &other.kind else {
            return None;
        };
        let mut pairs = setting.path.iter().zip(path);
        let is_below = setting.path.len() > path.len()
            && other.place == fact.place
            && pairs.all(|(own, wanted)| own.value == wanted.value);
        is_below.then_some(setting)
    })
}
