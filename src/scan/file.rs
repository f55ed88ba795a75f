//! One file: open, unpack if need be, scan window by window.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use super::finish::FileScan;
use super::window::{Buffers, Window};
use super::{Outcome, Scanner};
use crate::decode::{self, Packing};
use crate::problem::ProblemKind;
use crate::source::Origin;

/// A file that is to be scanned.
pub(super) struct Input<'a> {
    /// How it is named.
    pub(super) origin: Origin,
    /// Where it lies, if it is a file on disk.
    pub(super) path: Option<&'a Path>,
}

/// Opens a file and scans it.
pub(super) fn open(
    scanner: &Scanner,
    buffers: &mut Buffers,
    path: &Path,
    named: bool,
    outcome: &mut Outcome,
) {
    match File::open(path) {
        Ok(mut file) => {
            let input = Input {
                origin: Origin::file(scanner.show(path)),
                path: Some(path),
            };
            scan(scanner, buffers, input, &mut file, outcome);
        }
        Err(error) => {
            let gone = error.kind() == io::ErrorKind::NotFound && !named;
            let kind = if gone {
                ProblemKind::Vanished
            } else {
                ProblemKind::Unreadable
            };
            outcome.fail(scanner.show(path), kind, io_message(&error));
        }
    }
}

/// Scans an open file or stream.
pub(super) fn scan(
    scanner: &Scanner,
    buffers: &mut Buffers,
    input: Input<'_>,
    stream: &mut dyn Read,
    outcome: &mut Outcome,
) {
    let Input { origin, path } = input;
    outcome.stats.files += 1;
    let notebook = origin.extension().as_deref() == Some("ipynb");
    let window = &mut buffers.raw;
    let opened = window.open(stream, notebook);
    let packing = opened
        .is_ok()
        .then(|| decode::sniff(window.bytes()))
        .flatten();
    if let Some(Packing::Unopened(_)) = packing {
        outcome.stats.unopened += 1;
    }
    if packing == Some(Packing::Gzip) {
        let head = window.bytes().to_vec();
        let mut unpacked = decode::gzip(io::Cursor::new(head).chain(stream));
        let member = Origin {
            member: Some(decode::member_name(&origin.path)),
            ..origin
        };
        let window = &mut buffers.unpacked;
        let opened = window.open(&mut unpacked, false);
        let mut file = FileScan::new(scanner, Arc::new(member), path);
        if let Err(error) = windows(window, &mut unpacked, opened, &mut file, outcome) {
            let kind = match error.kind() {
                io::ErrorKind::QuotaExceeded => ProblemKind::Limit,
                _ => ProblemKind::Undecodable,
            };
            let message = format!("gzip: {}; what came before was scanned", io_message(&error));
            outcome.fail(file.origin().path.clone(), kind, message);
        }
        file.finish(outcome);
        return;
    }
    let mut file = FileScan::new(scanner, Arc::new(origin), path);
    if let Err(error) = windows(window, stream, opened, &mut file, outcome) {
        let message = format!("{}; what was read before was scanned", io_message(&error));
        outcome.fail(file.origin().path.clone(), ProblemKind::Unreadable, message);
    }
    file.finish(outcome);
}

/// Scans all windows of a stream whose first was `opened`.
fn windows(
    window: &mut Window,
    stream: &mut dyn Read,
    opened: io::Result<()>,
    file: &mut FileScan<'_>,
    outcome: &mut Outcome,
) -> io::Result<()> {
    let mut result = opened;
    if result.is_err() {
        window.end_here();
    }
    loop {
        let fresh = window.fresh();
        outcome.stats.bytes += fresh.len() as u64;
        file.take(&window.chunk(), fresh, window.is_whole());
        match window.advance(stream) {
            Ok(true) => {}
            Ok(false) => return result,
            Err(error) => {
                result = Err(error);
                window.end_here();
            }
        }
    }
}

/// An I/O error for a person: what, without the code.
pub(super) fn io_message(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_owned()
        }
    }
}
