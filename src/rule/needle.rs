//! What a file must hold before a pattern over facts may match in it.

use super::class::ValueClass;
use super::fact::FactPattern;
use super::path::PathPattern;

impl FactPattern {
    /// Whether only a file with a Hugging Face credential in it, or the name of one, can match.
    #[must_use]
    pub fn needs_credential(&self) -> bool {
        let named = |paths: &[PathPattern]| {
            !paths.is_empty() && paths.iter().all(PathPattern::names_credential)
        };
        let values = [
            ValueClass::Token,
            ValueClass::CredentialName,
            ValueClass::ClientToken,
            ValueClass::CiTokenVariable,
            ValueClass::CiTokenInput,
            ValueClass::Interpolated,
        ];
        let valued = |given: &[ValueClass]| {
            !given.is_empty() && given.iter().all(|class| values.contains(class))
        };
        [&self.key, &self.argument, &self.given]
            .into_iter()
            .any(|paths| named(paths))
            || valued(&self.value)
            || valued(&self.later)
    }

    /// Whether only a file that gives a literal to the name of a credential can match.
    #[must_use]
    pub fn needs_literal(&self) -> bool {
        self.value == [ValueClass::Credential]
            && [&self.key, &self.argument]
                .into_iter()
                .any(|paths| !paths.is_empty() && paths.iter().all(PathPattern::names_credential))
    }

    /// Groups of literal texts: a file that does not hold one of each group cannot match.
    #[must_use]
    pub fn needles(&self) -> Vec<Vec<String>> {
        let mut groups: Vec<Vec<String>> = self
            .needs
            .iter()
            .map(|group| {
                group
                    .iter()
                    .filter(|text| text.len() >= 2)
                    .cloned()
                    .collect()
            })
            .collect();
        groups.extend(any_of(self.program.iter().map(|program| needle(program))));
        for paths in [
            &self.key,
            &self.callee,
            &self.argument,
            &self.with,
            &self.beside,
            &self.around,
            &self.given,
        ] {
            groups.extend(any_of(paths.iter().map(PathPattern::needles)));
        }
        groups.extend([self.around_holds.clone(), self.contains.clone()]);
        groups.retain(|group| !group.is_empty());
        groups
    }
}

/// What a text must hold to run a program, as a line or as a list of words.
fn needle(program: &str) -> Vec<Vec<String>> {
    let mut words = program.split(' ');
    let first = words.next().unwrap_or_default();
    let name = first.rsplit('/').next().unwrap_or(first);
    let group = match words.next() {
        _ if first == "**" => return Vec::new(),
        // It is a module, too.
        _ if first == "huggingface-cli" => vec![first.to_owned(), "huggingface_cli".to_owned()],
        Some(second) => vec![
            format!("{name} {second}"),
            format!("{name}\""),
            format!("{name}'"),
            format!("- {name}"),
        ],
        // A pipe or a redirection of a PowerShell expression implies it.
        None if name == "Write-Output" => ["Write-Output", "write-output", "$env:", "$Env:"]
            .map(str::to_owned)
            .to_vec(),
        // The names of cmdlets are the same in any letters.
        None if name.starts_with(|c: char| c.is_ascii_uppercase()) && name.contains('-') => {
            vec![name.to_owned(), name.to_ascii_lowercase()]
        }
        None => vec![name.to_owned()],
    };
    vec![group]
}

/// Names of packages and of arguments, which say little of a file: half of all have them.
const COMMON: [&str; 10] = [
    "token",
    "secret",
    "from",
    "push_to_hub",
    "huggingface_hub",
    "huggingface",
    "transformers",
    "diffusers",
    "datasets",
    "streamlit",
];

/// The group of texts that the fewest files hold one of.
#[must_use]
pub fn most_telling(groups: &[Vec<String>]) -> Option<&Vec<String>> {
    let common = |text: &String| COMMON.contains(&text.as_str());
    groups.iter().max_by_key(|group| {
        let shortest = group.iter().map(String::len).min().unwrap_or(0);
        (!group.iter().any(common), shortest)
    })
}

/// What a text must hold to fit one of several, each of which needs one of each of its groups: the
/// most telling group of each, together.
fn any_of(choices: impl Iterator<Item = Vec<Vec<String>>>) -> Vec<Vec<String>> {
    let choices: Vec<_> = choices.collect();
    match choices.as_slice() {
        [] => Vec::new(),
        [only] => only.clone(),
        several => {
            let telling = several.iter().map(|groups| most_telling(groups).cloned());
            let union: Option<Vec<Vec<String>>> = telling.collect();
            union
                .map(|groups| vec![groups.concat()])
                .unwrap_or_default()
        }
    }
}
