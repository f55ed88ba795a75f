//! Embeds every rule file under `rules/` as a sorted table of `(family, id, text)`, and every model file as
//! one of `(name, text)`.
//!
//! `rerun-if-changed` on the folder makes cargo notice rules that are added or removed, which
//! directory-embedding macros do not.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The folder of the models, beside those of the families.
const MODELS: &str = "models";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let (mut rules, mut models) = (String::from("&[\n"), String::from("&[\n"));
    for folder in sorted(&Path::new(&root).join("rules"))? {
        if !folder.is_dir() {
            continue;
        }
        let family = stem(&folder);
        for file in sorted(&folder)? {
            if file.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            let name = stem(&file);
            // Checkouts may share a folder of artefacts, so that the path of this one is left to the
            // compiler.
            let path = format!("/rules/{family}/{name}.toml");
            let text = format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))");
            let _ = match family.as_str() {
                MODELS => writeln!(models, "({name:?}, {text}),"),
                family => writeln!(rules, "({family:?}, {name:?}, {text}),"),
            };
        }
    }
    write("rules.rs", &(rules + "]\n"))?;
    write("models.rs", &(models + "]\n"))
}

fn stem(path: &Path) -> String {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy());
    stem.unwrap_or_default().into_owned()
}

fn write(name: &str, table: &str) -> io::Result<()> {
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo owns the output folder of a build script"
    )]
    fs::write(Path::new(&out).join(name), table)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
