//! What one file says about another: that it runs it, that it hands it on.

use std::collections::BTreeSet;
use std::path::Path;

use crate::finding::Runner;
use crate::rule::names::is_credential_name;
use crate::syntax::{FactKind, Format, lower};

/// How many folders above a script a file that it names is looked for in.
const MAX_UP: usize = 6;

/// The largest file of variables that is read, in bytes.
const MAX_VARIABLES: u64 = 1 << 20;

/// Whether such a file runs the script at a path. Commands name scripts by paths of their own, and
/// images have them elsewhere, so that the name decides.
pub(super) fn runs(runs: &BTreeSet<(Runner, String)>, runner: Runner, path: &str) -> bool {
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let script = name(path);
    runs.iter()
        .any(|(by, run)| *by == runner && name(run) == script)
}

/// Whether the file of variables that a script names has a Hugging Face credential in it. It is
/// looked for beside the script, and in the folders above it.
pub(super) fn holds_token(script: Option<&Path>, name: &str) -> bool {
    let relative = Path::new(name);
    if name.is_empty() || relative.is_absolute() || name.contains('$') {
        return false;
    }
    let folders = script.into_iter().flat_map(Path::ancestors).skip(1);
    let found = folders
        .take(MAX_UP)
        .map(|folder| folder.join(relative))
        .find(|file| {
            let data = file.symlink_metadata();
            data.is_ok_and(|data| data.is_file() && data.len() <= MAX_VARIABLES)
        });
    let Some(text) = found.and_then(|file| std::fs::read(file).ok()) else {
        return false;
    };
    let document = lower(Format::Dotenv, &text);
    let names_token = document.facts.iter().any(|fact| match &fact.kind {
        FactKind::Setting(setting) => setting
            .path
            .iter()
            .any(|key| is_credential_name(&key.value)),
        _ => false,
    });
    // A bare name takes the value from the environment.
    let bare = |line: &[u8]| std::str::from_utf8(line.trim_ascii()).is_ok_and(is_credential_name);
    names_token || text.split(|byte| *byte == b'\n').any(bare)
}
