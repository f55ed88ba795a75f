//! Installing hooks in the settings of an agent, and taking them out.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::agent::{Protocol, Written, install as add, uninstall as take};
use crate::cli::agents::home;
use crate::cli::exit::{Exit, Failure, safe};
use crate::cli::print;
use crate::regular;

/// Adds the hooks.
pub(super) fn install(protocol: &Protocol, user: bool, closed: bool) -> Result<Exit, Failure> {
    let path = file(protocol, user)?;
    let before = read(&path)?;
    let program = program(user);
    let written = add(protocol, before.as_deref(), &program, closed);
    let written = written.map_err(|error| untouched(&path, &error.to_string(), protocol))?;
    let done = match &written {
        Written::Same | Written::Nothing => "In place already:",
        Written::Text(text) => {
            write(&path, text).map_err(|error| untouched(&path, &error.to_string(), protocol))?;
            "Installed"
        }
    };
    let fails = match closed {
        true => "What it cannot check is refused (it fails closed)",
        false => {
            "What it cannot check passes, and is said (it fails open; --fail-closed changes that)"
        }
    };
    let mut said = format!(
        "{done} {}: {} asks hfscan before it uses a tool, and after\n{fails}\n",
        shown(&path),
        protocol.title
    );
    if let Some(note) = protocol.note() {
        said.push_str(&format!("Note: {note}\n"));
    }
    print(&said)
}

/// Takes them out again.
pub(super) fn uninstall(protocol: &Protocol, user: bool) -> Result<Exit, Failure> {
    let path = file(protocol, user)?;
    let Some(before) = read(&path)? else {
        return print(&format!("There is no {}\n", shown(&path)));
    };
    let written = take(protocol, &before);
    let written = written.map_err(|error| untouched(&path, &error.to_string(), protocol))?;
    let done = match &written {
        Written::Same => "There is no hook of hfscan in",
        Written::Nothing => "Removed",
        Written::Text(_) => "Removed hfscan from",
    };
    let changed = match &written {
        Written::Same => Ok(()),
        Written::Nothing => std::fs::remove_file(&path),
        Written::Text(text) => write(&path, text),
    };
    changed.map_err(|error| untouched(&path, &error.to_string(), protocol))?;
    print(&format!("{done} {}\n", shown(&path)))
}

fn file(protocol: &Protocol, user: bool) -> Result<PathBuf, Failure> {
    let home = home().ok_or_else(|| Failure::new("there is no home folder"));
    let here = PathBuf::from(".");
    let home = match user {
        true => home?,
        false => home.unwrap_or_default(),
    };
    let project = (!user).then_some(here.as_path());
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    Ok(protocol.settings_file(project, &home, variable))
}

/// How hooks call hfscan. A project is shared with others, who have it elsewhere; an agent may be started where the
/// user's own paths do not hold.
fn program(user: bool) -> String {
    let own = std::env::current_exe().ok().filter(|_| user);
    let own = own.as_deref().and_then(Path::to_str);
    let Some(own) = own else {
        return env!("CARGO_PKG_NAME").to_owned();
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:\\".contains(c);
    match own.chars().all(plain) {
        true => own.to_owned(),
        false if cfg!(windows) => format!("\"{own}\""),
        false => format!("'{}'", own.replace('\'', r"'\''")),
    }
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    let there = regular::check_if_there(path, regular::TEXT);
    let text = there.and_then(|there| match there {
        Some(_) => regular::read_text(path, regular::TEXT).map(Some),
        None => Ok(None),
    });
    text.map_err(|error| Failure::new(format!("cannot read {}: {error}", shown(path))))
}

/// Writes a settings file: all of it, or nothing. A link stays one.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let kept = target.metadata().map(|meta| meta.permissions());
        let mode = kept.unwrap_or_else(|_| std::fs::Permissions::from_mode(0o644));
        file.as_file().set_permissions(mode)?;
    }
    file.persist(&target).map(drop).map_err(|error| error.error)
}

fn untouched(path: &Path, why: &str, protocol: &Protocol) -> Failure {
    let message = format!("{} stays as it is: {why}", path.display());
    Failure::new(message).help(format!(
        "mend it, or add the hook by hand: {}",
        protocol.read_on
    ))
}

fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    safe(&path.display().to_string())
}
