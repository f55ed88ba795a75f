//! One file: open it, tell whether it is packed, scan it window by window.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use super::cross_file::Site;
use super::finish::FileScan;
use super::{FindingSink, Outcome, Scanner};
use crate::decode::{self, Budget, Counted};
use crate::git::Pointer;
use crate::problem::{ProblemKind, Unread, UnreadKind};
use crate::redact::one_line;
use crate::source::Origin;
use crate::stream::{Step, Stream, Supply, Window, Windows, ahead};

/// How much of the end of a large file is looked at for that of an archive, in bytes.
const TAIL: i64 = 66 << 10;

/// Opens a file and scans it.
pub(super) fn open(
    scanner: &Scanner,
    windows: &mut Windows,
    path: &Path,
    named: bool,
    outcome: &mut Outcome,
) {
    match File::open(path) {
        Ok(file) => {
            let budget = Budget::default();
            let mut scan = Scan::new(scanner, windows, outcome, &budget);
            scan.site = Some(Site::on_disk(path));
            scan.file = Some(&file);
            scan.named = named;
            let origin = Origin::file(scanner.show(path));
            scan.run(
                origin,
                &mut Supply::Direct(&mut Counted::new(&file, &budget)),
            );
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

/// A file that is to be scanned.
pub(super) struct Input<'a> {
    /// How it is named.
    pub(super) origin: Origin,
    /// Where it lies, if it has a path.
    pub(super) site: Option<Site<'a>>,
}

/// Scans what stands for an open file.
pub(super) fn scan(
    scanner: &Scanner,
    windows: &mut Windows,
    input: Input<'_>,
    stream: &mut Stream<'_>,
    outcome: &mut Outcome,
) {
    let budget = Budget::default();
    let mut scan = Scan::new(scanner, windows, outcome, &budget);
    scan.site = input.site;
    let mut counted = Counted::new(stream, &budget);
    scan.run(input.origin, &mut Supply::Direct(&mut counted));
}

/// Scans a stream.
pub(super) fn stream(scanner: &Scanner, origin: Origin, stream: &mut Stream<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let input = Input { origin, site: None };
    scan(scanner, &mut super::windows(), input, stream, &mut outcome);
    outcome
}

/// Scans a stream that the user named, and whose bytes are to be looked at as they come. `tell` hears
/// of what is found.
pub(super) fn follow(
    scanner: &Scanner,
    origin: Origin,
    stream: &mut Stream<'_>,
    tell: Option<&mut FindingSink<'_>>,
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut windows = super::windows();
    let room = windows.overlap().room();
    let budget = Budget::default();
    let mut counted = Counted::new(stream, &budget);
    let mut scan = Scan::new(scanner, &mut windows, &mut outcome, &budget);
    scan.tell = tell;
    scan.named = true;
    let path = origin.path.clone();
    let followed = ahead(&mut counted, room, true, |supply| scan.run(origin, supply));
    if let Err(error) = followed {
        outcome.fail(path, ProblemKind::Unreadable, io_message(&error));
    }
    outcome
}

/// The scan of one file and of all that is packed in it.
pub(super) struct Scan<'a, 't> {
    pub(super) scanner: &'a Scanner,
    pub(super) windows: &'a mut Windows,
    pub(super) outcome: &'a mut Outcome,
    pub(super) budget: &'a Budget,
    /// Where the file lies.
    pub(super) site: Option<Site<'a>>,
    pub(super) tell: Option<&'a mut FindingSink<'t>>,
    /// The file itself, if it can be read once more.
    file: Option<&'a File>,
    /// Whether the user named this very file.
    named: bool,
    /// The last error that was reported: one failure is met on every level above.
    last_error: String,
}

impl<'a, 't> Scan<'a, 't> {
    fn new(
        scanner: &'a Scanner,
        windows: &'a mut Windows,
        outcome: &'a mut Outcome,
        budget: &'a Budget,
    ) -> Self {
        Self {
            scanner,
            windows,
            outcome,
            budget,
            site: None,
            tell: None,
            file: None,
            named: false,
            last_error: String::new(),
        }
    }

    fn run(&mut self, origin: Origin, supply: &mut Supply<'_>) {
        self.outcome.stats.files += 1;
        self.layer(&Place::new(origin), supply, 0);
    }

    /// Scans a stream, and what is packed in it, at a level of nesting.
    pub(super) fn layer(&mut self, place: &Place, supply: &mut Supply<'_>, depth: usize) {
        let mut window = self.windows.take();
        window.open(supply, self.tell.is_some() && depth == 0);
        if depth == 0 {
            self.outcome.pointers.extend(Pointer::parse(window.bytes()));
        }
        let looks = decode::look(window.bytes(), window.has_ended(), place.origin.name());
        if let Some(kind) = looks.foreign {
            self.unopened(place, kind);
        }
        if looks.packed && depth < decode::DEPTH {
            self.packed(place, window, supply, depth);
            return;
        }
        if looks.packed {
            let message = format!(
                "has archives or compressed files {} deep: what lies deeper was not unpacked",
                decode::DEPTH
            );
            self.fail(place, ProblemKind::Limit, message);
        }
        if let Supply::Direct(stream) = &mut *supply
            && !window.has_ended()
            && self
                .scanner
                .engine
                .needs_whole(&place.origin, window.bytes())
        {
            window.grow(&mut **stream);
        }
        self.text(place, window, supply, depth);
    }

    /// Scans all windows of a stream whose first is open.
    fn text(&mut self, place: &Place, mut window: Window, supply: &mut Supply<'_>, depth: usize) {
        let origin = Arc::new(place.origin.clone());
        let mut file = FileScan::new(self.scanner, origin, self.site);
        let large = !window.has_ended();
        let result = match supply {
            Supply::Direct(stream) if large => {
                let room = self.windows.overlap().room();
                ahead(&mut **stream, room, false, |supply| {
                    self.windows(&mut file, &mut window, supply);
                })
            }
            supply => {
                self.windows(&mut file, &mut window, supply);
                Ok(())
            }
        };
        if let Some(error) = result.err().or_else(|| window.error()) {
            self.cut(place, &error);
        }
        if large && self.ends_with_zip(&window, depth) {
            self.windows.put(window);
            match self.file.filter(|_| depth == 0) {
                Some(again) => self.once_more(place, again, file),
                None => {
                    self.unopened(place, "zip archive behind other bytes");
                    file.finish(self.outcome, self.tell.as_deref_mut());
                }
            }
            return;
        }
        self.windows.put(window);
        file.finish(self.outcome, self.tell.as_deref_mut());
    }

    fn windows(&mut self, file: &mut FileScan<'_>, window: &mut Window, supply: &mut Supply<'_>) {
        loop {
            let fresh = window.fresh();
            self.outcome.stats.bytes += fresh.len() as u64;
            file.take(&window.chunk(), fresh, window.is_whole());
            loop {
                if let Some(tell) = &mut self.tell {
                    file.tell(*tell);
                }
                match window.advance(supply) {
                    Step::More => break,
                    Step::Pause if self.tell.is_some() => {
                        file.preview(&window.chunk(), window.pending());
                    }
                    Step::Pause => {}
                    Step::End => return,
                }
            }
        }
    }

    /// Whether a large text, whose last window is open, ends as a zip archive does.
    fn ends_with_zip(&self, window: &Window, depth: usize) -> bool {
        let Some(mut file) = self.file.filter(|_| depth == 0) else {
            return decode::ends_with_zip(window.bytes());
        };
        let mut tail = Vec::new();
        let read = file
            .seek(SeekFrom::End(-TAIL))
            .and_then(|_| file.read_to_end(&mut tail));
        read.is_ok() && decode::ends_with_zip(&tail)
    }

    /// Notes that a stream could not be read to its end.
    pub(super) fn cut(&mut self, place: &Place, error: &io::Error) {
        let kind = match error.kind() {
            _ if decode::is_spent(error) => ProblemKind::Limit,
            io::ErrorKind::InvalidData => ProblemKind::Undecodable,
            _ => ProblemKind::Unreadable,
        };
        let text = io_message(error);
        if text == self.last_error {
            return;
        }
        self.fail(place, kind, format!("{text}; what came before was scanned"));
        self.last_error = text;
    }

    /// Notes that something packed is not opened. What the user named must not pass for that.
    pub(super) fn unopened(&mut self, place: &Place, kind: &str) {
        self.outcome.stats.unopened += 1;
        self.outcome
            .pass_over(&place.named, UnreadKind::Unopened, kind);
        if self.named {
            let problem = self.outcome.unread.last().map(Unread::problem);
            self.outcome.problems.extend(problem);
        }
    }

    fn fail(&mut self, place: &Place, kind: ProblemKind, message: String) {
        let message = match &place.named.member {
            Some(member) => format!("{member}: {message}"),
            None => message,
        };
        self.outcome.fail(place.named.path.clone(), kind, message);
    }
}

/// What a stream is called.
pub(super) struct Place {
    /// The name that findings have.
    pub(super) origin: Origin,
    /// The file or the archive member that it is, or was unpacked from.
    pub(super) named: Origin,
}

impl Place {
    fn new(origin: Origin) -> Self {
        Self {
            named: origin.clone(),
            origin,
        }
    }

    /// What was compressed.
    pub(super) fn content(&self, name: &str) -> Self {
        Self {
            origin: self.inside(name),
            named: self.named.clone(),
        }
    }

    /// A member of an archive.
    pub(super) fn member(&self, name: &str) -> Self {
        Self::new(self.inside(name))
    }

    fn inside(&self, name: &str) -> Origin {
        let name = one_line(name);
        Origin {
            member: Some(match &self.named.member {
                Some(member) => format!("{member}!{name}"),
                None => name,
            }),
            ..self.named.clone()
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
