//! Embeds every rule file under `rules/` as a sorted table of `(family, id, text)`.
//!
//! `rerun-if-changed` on the folder makes cargo notice rules that are added or removed, which
//! directory-embedding macros do not.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let mut table = String::from("&[\n");
    for family in sorted(&Path::new(&root).join("rules"))? {
        if !family.is_dir() {
            continue;
        }
        for file in sorted(&family)? {
            if file
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                let stem = |path: &Path| path.file_stem().map(|s| s.to_string_lossy().into_owned());
                let family = stem(&family).unwrap_or_default();
                let id = stem(&file).unwrap_or_default();
                // Checkouts may share a folder of artefacts, so that the path of this one is left
                // to the compiler.
                let path = format!("/rules/{family}/{id}.toml");
                let _ = writeln!(
                    table,
                    "({family:?}, {id:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))),",
                );
            }
        }
    }
    table.push_str("]\n");
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo owns the output folder of a build script"
    )]
    fs::write(Path::new(&out).join("rules.rs"), table)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
