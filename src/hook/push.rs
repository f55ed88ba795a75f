//! What is new in a push: the commits that the remote repository does not have yet.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::{HookError, git};

/// The most commits to look for a common ancestor of.
const MOST_BASES: usize = 100;

/// A branch or tag that is pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// What it is to point at.
    pub tip: String,
    /// What it points at on the remote repository, if it is there.
    pub before: Option<String>,
}

/// Commits that are new on the remote repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pushed {
    /// Those up to `tip` that `base` does not reach, and perhaps a few more.
    Since {
        /// What the remote repository has.
        base: String,
        /// The last new commit.
        tip: String,
    },
    /// All up to `tip`.
    All {
        /// The last new commit.
        tip: String,
    },
}

/// Reads what Git tells its pre-push hook: a line `<local ref> <local object> <remote ref> <remote
/// object>` for each branch and tag. What is deleted is left out.
///
/// # Errors
///
/// If a line has another form: nothing that is not understood may pass.
pub fn updates(said: &str) -> Result<Vec<Update>, HookError> {
    let mut all = Vec::new();
    for line in said.lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let [_, tip, _, before] = fields.as_slice() else {
            return Err(HookError::Update(line.to_owned()));
        };
        let is_object =
            |name: &str| name.len() >= 40 && name.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_object(tip) || !is_object(before) {
            return Err(HookError::Update(line.to_owned()));
        }
        let there = |name: &&str| name.bytes().any(|b| b != b'0');
        if there(tip) {
            all.push(Update {
                tip: (*tip).to_owned(),
                before: Some(*before).filter(there).map(str::to_owned),
            });
        }
    }
    Ok(all)
}

/// What is new in an update, by what is known of the remote repository; none if nothing is.
///
/// # Errors
///
/// If Git cannot say.
pub fn pushed(
    here: &Path,
    remote: Option<&OsStr>,
    update: &Update,
) -> Result<Option<Pushed>, HookError> {
    let commit = format!("{}^{{commit}}", update.tip);
    if commit.starts_with('-') {
        return Err(HookError::Update(commit));
    }
    let tip = text(git::ask(
        here,
        ["rev-parse", "--verify", "--quiet", &commit],
    )?)?;
    let tip = tip.trim().to_owned();
    let mut args: Vec<OsString> = ["rev-list", "--boundary", &tip, "--not"]
        .map(OsString::from)
        .to_vec();
    if let Some(before) = &update.before {
        // What was never fetched says nothing about what is new.
        let known = git::ask(here, ["cat-file", "-e", &format!("{before}^{{commit}}")])?;
        if known.is_ok() {
            args.push(before.into());
        }
    }
    let mut remotes = OsString::from("--remotes");
    if let Some(remote) = remote.filter(|remote| !remote.is_empty()) {
        remotes.push("=");
        remotes.push(remote);
    }
    args.push(remotes);
    let listed = text(git::ask(here, args)?)?;
    if listed.is_empty() {
        return Ok(None);
    }
    let bases: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.strip_prefix('-'))
        .collect();
    Ok(Some(match bases.as_slice() {
        [base] => Pushed::Since {
            base: (*base).to_owned(),
            tip,
        },
        // With what they all have in common as the base, nothing new is left out.
        [_, _, ..] if bases.len() <= MOST_BASES => {
            let args = ["merge-base", "--octopus"].iter().chain(&bases);
            match git::ask(here, args)? {
                Ok(base) => Pushed::Since {
                    base: text(Ok(base))?.trim().to_owned(),
                    tip,
                },
                Err(_) => Pushed::All { tip },
            }
        }
        _ => Pushed::All { tip },
    }))
}

/// What Git said, as text.
fn text(said: Result<Vec<u8>, String>) -> Result<String, HookError> {
    let said = said.map_err(HookError::Unknown)?;
    Ok(String::from_utf8_lossy(&said).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_says_of_a_push_is_understood_or_refused() {
        let (one, two, none) = ("1".repeat(40), "2".repeat(64), "0".repeat(40));
        let said = format!(
            "refs/heads/a {one} refs/heads/a {two}\nrefs/heads/b {two} refs/heads/b {none}\n\
             (delete) {none} refs/heads/c {one}\n"
        );
        let update = |tip: &str, before: Option<&str>| Update {
            tip: tip.to_owned(),
            before: before.map(str::to_owned),
        };
        let wanted = vec![update(&one, Some(&two)), update(&two, None)];
        assert_eq!(updates(&said).expect("it is well-formed"), wanted);
        assert_eq!(updates("").expect("nothing is pushed"), []);
        for odd in [
            "x",
            &format!("refs/heads/a {one} refs/heads/a"),
            &format!("refs/heads/a {one} refs/heads/a {two} more"),
            &format!("refs/heads/a --all refs/heads/a {two}"),
            &format!("refs/heads/a {one} refs/heads/a --{two}"),
        ] {
            assert!(updates(odd).is_err(), "{odd}");
        }
    }
}
