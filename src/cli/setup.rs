//! What shares a configuration, and the scanner that it asks for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::args::ScanArgs;
use super::exit::Failure;
use super::known;
use crate::config::{ConfigFile, FailOn, PathPatterns};
use crate::engine::Engine;
use crate::finding::{Confidence, Severity};
use crate::input::{Shown, absolute};
use crate::rule::{Load, RuleSet, Selection};
use crate::scan::{Policy, Project, Scanner, Tags, seconds};
use crate::tomlfile::TomlError;

/// What shares one configuration.
pub(super) struct Group {
    pub(super) config: ConfigFile,
    pub(super) paths: Vec<PathBuf>,
}

/// Sorts the paths by the configuration that holds for them.
pub(super) fn groups(args: &ScanArgs) -> Result<Vec<Group>, Failure> {
    if args.isolated || args.config.is_some() {
        let config = args.config.as_deref().map(ConfigFile::read).transpose()?;
        return Ok(vec![Group {
            config: config.unwrap_or_default(),
            paths: args.paths.clone(),
        }]);
    }
    if args.git.any() {
        // One commit has one configuration, wherever its files lie.
        let config = ConfigFile::discover(Path::new("."))?;
        return Ok(vec![Group {
            config: config.unwrap_or_default(),
            paths: args.paths.clone(),
        }]);
    }
    let mut groups: BTreeMap<Option<PathBuf>, Group> = BTreeMap::new();
    // Many named files lie in few folders.
    let mut known: BTreeMap<PathBuf, ConfigFile> = BTreeMap::new();
    for path in &args.paths {
        let is_dir = path.is_dir();
        let folder = if path == Path::new("-") {
            PathBuf::from(".")
        } else if is_dir {
            path.clone()
        } else {
            path.parent().unwrap_or(Path::new("")).to_owned()
        };
        let config = match known.get(&folder) {
            Some(config) => config.clone(),
            None => {
                let start = Path::new(".").join(&folder);
                let found = ConfigFile::discover(&start)?.unwrap_or_default();
                known.entry(folder).or_insert(found).clone()
            }
        };
        groups
            .entry(config.path.clone())
            .or_insert_with(|| Group {
                config,
                paths: Vec::new(),
            })
            .paths
            .push(path.clone());
    }
    Ok(groups.into_values().collect())
}

/// Loads and compiles what the arguments and a configuration ask for.
pub(super) fn compile(
    args: &ScanArgs,
    file: &ConfigFile,
    now: SystemTime,
) -> Result<(Scanner, FailOn), Failure> {
    let config = &file.config;
    let folders = config.rules.iter().map(|folder| file.root.join(folder));
    let folders: Vec<PathBuf> = folders.chain(args.rules.clone()).collect();
    let mut set = RuleSet::load(&folders, Load::ForScan)?;
    let in_config = |error: Failure| match &file.path {
        Some(path) => error.help(format!("see {}", path.display())),
        None => error,
    };
    let selection = Selection {
        select: config.select.clone(),
        ignore: config.ignore.clone(),
    };
    selection
        .resolve(&set)
        .map_err(Failure::from)
        .map_err(in_config)?;
    let names = config
        .severity
        .keys()
        .chain(config.per_path_ignores.values().flatten());
    let names = Selection {
        select: names.cloned().collect(),
        ignore: Vec::new(),
    };
    names
        .resolve(&set)
        .map_err(Failure::from)
        .map_err(in_config)?;
    let mut ignore = config.ignore.clone();
    ignore.extend(args.ignore.iter().cloned());
    let select = if args.select.is_empty() {
        &config.select
    } else {
        &args.select
    };
    let selection = Selection {
        select: select.clone(),
        ignore,
    };
    let enabled = enabled(args, &selection, &mut set)?;
    let path_patterns = |lines: &[String]| {
        let patterns = PathPatterns::new(&file.root, lines.iter().map(String::as_str));
        patterns.map_err(Failure::new).map_err(in_config)
    };
    let mut path_ignores = Vec::new();
    for (pattern, rules) in &config.per_path_ignores {
        let patterns = path_patterns(std::slice::from_ref(pattern))?;
        path_ignores.push((patterns, pattern.clone(), rules.clone()));
    }
    let min_confidence = args.min_confidence.map(Confidence::from);
    let scanner = Scanner {
        engine: Engine::new(&set, enabled, seconds(now)),
        policy: Policy {
            // What is learned of a token may change how bad it is.
            min_severity: match args.verifies() {
                true => Severity::Note,
                false => least_severe(args, file),
            },
            min_confidence: min_confidence
                .or(config.min_confidence)
                .unwrap_or(Confidence::Medium),
            severity: config.severity.clone(),
            path_ignores,
            tokens_only: path_patterns(&config.tokens_only)?,
            honour_comments: !args.ignore_suppressions,
            show_secrets: args.show_secrets,
            keep_secrets: args.verifies(),
            tags: Tags::Never,
        },
        shown: Shown::relative_to(std::env::current_dir().ok()),
    };
    let fail_on = args.fail_on.map(FailOn::from).or(config.fail_on);
    Ok((scanner, fail_on.unwrap_or(FailOn::Warning)))
}

/// The configuration that holds for a folder.
pub(super) fn discover(folder: &Path) -> Result<ConfigFile, TomlError> {
    Ok(ConfigFile::discover(folder)?.unwrap_or_default())
}

/// What holds for the files of a configuration.
pub(super) fn project(
    args: &ScanArgs,
    file: &ConfigFile,
    now: SystemTime,
) -> Result<Project, Failure> {
    let (mut scanner, fail_on) = compile(args, file, now)?;
    let lines = file.config.exclude.iter().map(String::as_str);
    let exclude = match file.config.exclude.is_empty() {
        true => Vec::new(),
        false => vec![PathPatterns::new(&file.root, lines).map_err(Failure::new)?],
    };
    let baseline = file.config.baseline.as_ref();
    let baseline = baseline
        .map(|path| known::read(&file.root.join(path)))
        .transpose()?;
    if let Some(baseline) = &baseline {
        scanner.policy.tags = Tags::Of(baseline.tagged().map(str::to_owned).collect());
    }
    let named = file.config.rules.iter().chain(&file.config.baseline);
    let named = named.map(|path| absolute(&file.root.join(path)));
    Ok(Project {
        scanner,
        exclude,
        baseline,
        fail_on,
        sources: named.chain(file.path.clone()).collect(),
    })
}

/// The least severe findings that are reported.
pub(super) fn least_severe(args: &ScanArgs, file: &ConfigFile) -> Severity {
    let own = args.min_severity.map(Severity::from);
    own.or(file.config.min_severity).unwrap_or(Severity::Note)
}

/// Whether history is searched for credentials alone, since no rules were asked for.
pub(super) fn is_bytes_alone(args: &ScanArgs) -> bool {
    args.git.history.is_some() && args.select.is_empty()
}

/// Which rules report. In history, those that find credentials, unless others are asked for: a mistake
/// in an old version cannot be mended, while a credential in it can be revoked.
fn enabled(
    args: &ScanArgs,
    selection: &Selection,
    set: &mut RuleSet,
) -> Result<Vec<bool>, Failure> {
    let mut enabled = selection.resolve(set)?;
    if is_bytes_alone(args) {
        for (on, rule) in enabled.iter_mut().zip(set.rules()) {
            *on &= rule.token.is_some();
        }
        set.keep_bytes();
    }
    if !enabled.contains(&true) {
        let failure = Failure::new("no rule is left to look for, so nothing would be found");
        return Err(failure.help("select one, or ignore fewer"));
    }
    Ok(enabled)
}
