//! `hfscan explain --incident`: what to do after a leak, by kind of credential and by where it was.

use std::fmt::Write as _;

use super::exit::Failure;
use super::prose::{BOLD, prose};
use crate::respond::Api;
use crate::rule::Rule;

/// The steps after a leak of what a rule finds, in these places or, if there are none, in any.
pub(super) fn page(rule: &Rule, places: &[String]) -> Result<String, Failure> {
    let api = Api::built_in()?;
    let id = &rule.meta.id;
    let Some(response) = &rule.meta.response else {
        let failure = Failure::new(format!(
            "`{id}` finds a mistake, and no credential of one kind"
        ));
        return Err(
            failure.help("name the rule that finds the credential, such as in `hfscan rules`")
        );
    };
    let known = |place: &String| {
        api.incidents
            .iter()
            .any(|incident| incident.place == *place)
    };
    if let Some(odd) = places.iter().find(|place| !known(place)) {
        let names: Vec<&str> = api.incidents.iter().map(|i| i.place.as_str()).collect();
        let failure = Failure::new(format!("no steps are known for a leak in `{odd}`"));
        return Err(failure.help(format!("use {}", names.join(", "))));
    }
    let leak = &api.leak;
    let end = if response.revoke {
        &leak.revoke
    } else {
        &leak.by_hand
    };
    let sure = match response.verify {
        Some(_) => &leak.verify,
        None => &leak.not_verified,
    };
    let mut parts: Vec<(String, &[String])> = vec![
        ("End it".to_owned(), end),
        ("Make sure".to_owned(), sure),
        ("Put another in its place".to_owned(), &response.replace),
        ("Find its copies".to_owned(), &leak.copies),
    ];
    let wanted = api.incidents.iter();
    let wanted = wanted.filter(|incident| places.is_empty() || places.contains(&incident.place));
    parts
        .extend(wanted.map(|incident| (format!("If it was {}", incident.title), &*incident.steps)));

    let width = textwrap::termwidth().min(90);
    let mut out = String::new();
    let _ = writeln!(out, "{BOLD}After a leak: {}{BOLD:#} ({id})", response.kind);
    let mut number = 0;
    for (title, steps) in parts {
        let _ = writeln!(out, "\n{BOLD}{title}{BOLD:#}\n");
        let mut lines = String::new();
        for step in steps {
            number += 1;
            let step = step
                .replace("{kind}", &response.kind)
                .replace("{page}", &response.page)
                .replace("{by-hand}", &response.by_hand);
            let _ = writeln!(lines, "{number}. {step}");
        }
        out.push_str(&prose(&lines, width));
    }
    Ok(out)
}
