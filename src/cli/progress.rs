//! Progress on a terminal, for scans that take a while.

use std::io::{self, IsTerminal as _};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};

use super::args::When;
use crate::scan::Progress;

/// A scan that ends sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the numbers move.
const TICK: Duration = Duration::from_millis(100);

/// Does something, and meanwhile shows how far it is.
pub(super) fn during<T>(when: When, progress: &Progress, work: impl FnOnce() -> T) -> T {
    let message = || {
        let files = HumanCount(progress.files.load(Ordering::Relaxed));
        let bytes = HumanBytes(progress.bytes.load(Ordering::Relaxed));
        format!("scanned {files} files, {bytes}")
    };
    with(when, message, work)
}

/// The same with a message that says how far it is.
pub(super) fn with<T>(
    when: When,
    message: impl Fn() -> String + Send,
    work: impl FnOnce() -> T,
) -> T {
    let wanted = match when {
        When::Never => false,
        When::Always => true,
        When::Auto => io::stderr().is_terminal(),
    };
    if !wanted {
        return work();
    }
    thread::scope(|scope| {
        let (done, ended) = mpsc::channel::<()>();
        scope.spawn(move || show(message, &ended));
        let result = work();
        drop(done);
        result
    })
}

fn show(message: impl Fn() -> String, ended: &mpsc::Receiver<()>) {
    if ended.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} [{elapsed}]") {
        bar.set_style(style);
    }
    while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        bar.set_message(message());
        bar.tick();
    }
    bar.finish_and_clear();
}
