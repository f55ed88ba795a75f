//! What a file would be after an agent changed it.

/// A change of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileEdit {
    /// The file, as the agent names it.
    pub(crate) path: String,
    pub(crate) change: Change,
}

/// How a file is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// All of it is written anew.
    Whole(String),
    /// Texts in it are replaced by others, one after the other.
    Parts(Vec<(String, String)>),
    /// A cell of a notebook is written.
    Cell(String),
}

impl Change {
    /// The file as it would be. Where a text that is to be replaced is not there, what would replace it is all
    /// that is known of the file.
    pub(crate) fn apply(&self, before: Option<&str>) -> String {
        match self {
            Self::Whole(text) | Self::Cell(text) => text.clone(),
            Self::Parts(parts) => {
                let mut text = before.unwrap_or_default().to_owned();
                let mut lost = String::new();
                for (old, new) in parts {
                    if !old.is_empty() && text.contains(old.as_str()) {
                        text = text.replace(old.as_str(), new);
                    } else {
                        lost.push_str(new);
                        lost.push('\n');
                    }
                }
                if before.is_some() && lost.is_empty() {
                    return text;
                }
                text.push_str(if text.is_empty() || text.ends_with('\n') {
                    ""
                } else {
                    "\n"
                });
                text + &lost
            }
        }
    }

    /// Whether what stands in the file now may stand in it afterwards.
    pub(crate) fn keeps(&self) -> bool {
        !matches!(self, Self::Cell(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(pairs: &[(&str, &str)]) -> Change {
        let owned = |(old, new): &(&str, &str)| ((*old).to_owned(), (*new).to_owned());
        Change::Parts(pairs.iter().map(owned).collect())
    }

    #[test]
    fn edits_follow_each_other() {
        let change = parts(&[("a", "b"), ("bb", "c")]);
        assert_eq!(change.apply(Some("ab")), "c");
    }

    #[test]
    fn what_finds_no_place_is_looked_at_all_the_same() {
        assert_eq!(parts(&[("x", "new")]).apply(Some("old")), "old\nnew\n");
        assert_eq!(parts(&[("", "new")]).apply(None), "new\n");
    }
}
