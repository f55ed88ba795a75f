//! How names are spelled, as far as it helps to find them in a text: `HF_TOKEN`, `hfToken`.

use std::collections::BTreeSet;

use super::words::{Owner, Words};

/// From this many letters on, a word is rare enough to be looked for without its first letter, which
/// may be large or small.
const LONG: usize = 5;

/// Texts of which one is in every name of a credential of an owner.
pub(super) fn texts(owner: &Owner, words: &Words) -> Vec<String> {
    let mut texts = BTreeSet::new();
    for name in owner.names() {
        if let Some(longest) = name.iter().max_by_key(|word| word.len()) {
            texts.extend(spelled(longest));
        }
    }
    for name in owner.leading() {
        // The word for the credential follows.
        let Some(last) = name.last() else { continue };
        let lower = last.to_ascii_lowercase();
        texts.extend([format!("{last}_"), format!("{lower}_"), format!("{lower}-")]);
        texts.extend(words.credential().filter_map(|word| {
            let initial = word.chars().next()?;
            Some(format!("{lower}{initial}"))
        }));
    }
    without_longer(texts)
}

/// Texts of which one is in the name of every credential: its last word.
pub(super) fn general_texts(words: &Words) -> Vec<String> {
    without_longer(words.general_endings().flat_map(spelled).collect())
}

/// A word in capitals, in small letters, and with a capital first.
fn spelled(word: &str) -> Vec<String> {
    let lower = word.to_ascii_lowercase();
    let mut chars = lower.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    let rest = chars.as_str();
    if word.len() >= LONG {
        return vec![word.to_owned(), rest.to_owned()];
    }
    let capital: String = first.into_iter().chain(rest.chars()).collect();
    vec![word.to_owned(), lower.clone(), capital]
}

/// Leaves out texts that hold another one.
fn without_longer(texts: BTreeSet<String>) -> Vec<String> {
    let shorter = |text: &String| {
        let mut others = texts.iter().filter(|other| *other != text);
        others.any(|other| text.contains(other.as_str()))
    };
    let kept = texts.iter().filter(|text| !shorter(text));
    kept.cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_holds_one_of_the_texts_of_its_owner() {
        let owner = Owner::new(
            &[
                "HF".to_owned(),
                "HUGGING FACE".to_owned(),
                "HUGGINGFACE".to_owned(),
            ],
            &["PUSH TO HUB".to_owned()],
        );
        let texts = texts(&owner, &Words::default());
        assert_eq!(
            texts,
            [
                "HF", "HUB_", "HUGGING", "Hf", "hf", "hub-", "hub_", "ugging"
            ]
        );
    }
}
