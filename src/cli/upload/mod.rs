//! `hfscan upload-check`: what `hf upload` would send, before it does.

mod pattern;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum as _;

use self::pattern::Patterns;
use super::args::ScanArgs;
use super::exit::{Exit, Failure, safe};
use super::scan;
use super::upload_args::UploadArgs;
use crate::redact::one_line;
use crate::rule::{Load, RuleSet};

/// The list of what the client always leaves out.
const IGNORED: &str = "upload-ignored";

/// Scans what would be sent.
pub(super) fn run(args: UploadArgs) -> Result<Exit, Failure> {
    let UploadArgs { repo_type, .. } = args;
    let files = sent(&args.folder, &args.include, &args.exclude)?;
    if args.list {
        return list(&args.folder, &files);
    }
    if files.is_empty() {
        let folder = safe(&args.folder.display().to_string());
        let message = format!("nothing in {folder} would be sent");
        return Err(Failure::new(message).help("see --include and --exclude"));
    }
    if !args.quiet {
        let kind = repo_type.to_possible_value();
        let kind = kind.map_or_else(String::new, |kind| kind.get_name().to_owned());
        let mut err = anstream::stderr();
        let _ = writeln!(
            err,
            "files that would be sent to the {kind}: {}",
            files.len()
        );
    }
    scan::run(ScanArgs {
        paths: files.into_iter().map(|(_, path)| path).collect(),
        output_format: args.output_format,
        output_file: args.output_file,
        fail_on: args.fail_on,
        isolated: args.isolated,
        quiet: args.quiet,
        ..ScanArgs::plain()
    })
}

/// Prints the paths in the repository, one a line.
fn list(folder: &Path, files: &[(String, PathBuf)]) -> Result<Exit, Failure> {
    let names = files.iter().map(|(name, _)| match name.is_empty() {
        true => one_line(&folder.to_string_lossy()),
        false => one_line(name),
    });
    let text: String = names.flat_map(|name| [name, "\n".to_owned()]).collect();
    super::print(&text)
}

/// The files that the client would send of a folder, or of one file: how each is called below it, and where it lies.
/// `include` and `exclude` are patterns; without one of the first, all files are wanted.
pub(super) fn sent(
    root: &Path,
    include: &[String],
    exclude: &[String],
) -> Result<Vec<(String, PathBuf)>, Failure> {
    let failed = |error: &io::Error, path: &Path| {
        let path = safe(&path.display().to_string());
        Failure::new(format!("{path} cannot be read: {error}"))
    };
    let about = root.metadata().map_err(|error| failed(&error, root))?;
    if about.is_file() {
        return Ok(vec![(String::new(), root.to_owned())]);
    }
    let set = RuleSet::load(&[], Load::ForScan)?;
    let built_in = set.models().lists.get(IGNORED);
    let too_large = |error: regex::Error| Failure::new(format!("a pattern is too large: {error}"));
    let wanted = Patterns::new(include.iter().map(String::as_str)).map_err(too_large)?;
    let left_out = exclude.iter().chain(built_in).map(String::as_str);
    let left_out = Patterns::new(left_out).map_err(too_large)?;
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = folder.read_dir().map_err(|error| failed(&error, &folder))?;
        for entry in entries {
            let entry = entry.map_err(|error| failed(&error, &folder))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(|error| failed(&error, &path))?;
            if kind.is_dir() {
                folders.push(path);
                continue;
            }
            // The client follows a link to a file, and none to a folder.
            if !path.is_file() {
                continue;
            }
            let name = path.strip_prefix(root).unwrap_or(&path);
            let name = name.to_string_lossy().replace('\\', "/");
            let is_wanted = include.is_empty() || wanted.match_path(&name);
            if is_wanted && !left_out.match_path(&name) {
                files.push((name, path));
            }
        }
    }
    files.sort();
    Ok(files)
}
