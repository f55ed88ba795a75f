//! One file: open, unpack what is packed, scan window by window.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use super::cross_file::Site;
use super::finish::FileScan;
use super::{FindingSink, Outcome, Scanner};
use crate::decode::{self, Archive, Budget, Counted, Member, Packing, Tar, Zip};
use crate::problem::ProblemKind;
use crate::redact::printable;
use crate::source::Origin;
use crate::stream::{Failing, Step, Stream, Supply, Window, Windows, ahead};

/// The size of the buffer before an archive, in bytes.
const BUFFER: usize = 128 << 10;

/// Opens a file and scans it.
pub(super) fn open(
    scanner: &Scanner,
    windows: &mut Windows,
    path: &Path,
    named: bool,
    outcome: &mut Outcome,
) {
    match File::open(path) {
        Ok(mut file) => {
            let origin = Origin::file(scanner.show(path));
            let site = Some(Site::on_disk(path));
            let input = Input { origin, site };
            scan(scanner, windows, input, &mut file, outcome);
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

/// Scans an open file, or what stands for one.
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
    scan.file(input.origin, &mut Supply::Direct(&mut counted));
}

/// Scans a stream.
pub(super) fn stream(scanner: &Scanner, origin: Origin, stream: &mut Stream<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut windows = Windows::default();
    let budget = Budget::default();
    let mut counted = Counted::new(stream, &budget);
    let mut scan = Scan::new(scanner, &mut windows, &mut outcome, &budget);
    scan.file(origin, &mut Supply::Direct(&mut counted));
    outcome
}

/// Scans a stream whose bytes are to be looked at as they come. `tell` hears of what is found.
pub(super) fn follow(
    scanner: &Scanner,
    origin: Origin,
    stream: &mut Stream<'_>,
    tell: Option<&mut FindingSink<'_>>,
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut windows = Windows::default();
    let budget = Budget::default();
    let mut counted = Counted::new(stream, &budget);
    let mut scan = Scan::new(scanner, &mut windows, &mut outcome, &budget);
    scan.tell = tell;
    let path = origin.path.clone();
    if let Err(error) = ahead(&mut counted, true, |supply| scan.file(origin, supply)) {
        outcome.fail(path, ProblemKind::Unreadable, io_message(&error));
    }
    outcome
}

/// The scan of one file and of all that is packed in it.
struct Scan<'a, 't> {
    scanner: &'a Scanner,
    windows: &'a mut Windows,
    outcome: &'a mut Outcome,
    budget: &'a Budget,
    /// Where the file lies.
    site: Option<Site<'a>>,
    tell: Option<&'a mut FindingSink<'t>>,
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
            last_error: String::new(),
        }
    }

    fn file(&mut self, origin: Origin, supply: &mut Supply<'_>) {
        self.outcome.stats.files += 1;
        self.layer(Place::new(origin), supply, 0);
    }

    /// Scans a stream, and what is packed in it, at a level of nesting.
    fn layer(&mut self, place: Place, supply: &mut Supply<'_>, depth: usize) {
        let mut window = self.windows.take();
        window.open(supply, self.tell.is_some() && depth == 0);
        match decode::sniff(window.bytes()) {
            Some(Packing::Unopened) => self.outcome.stats.unopened += 1,
            Some(packing) if depth < decode::DEPTH => {
                let failed = window.error();
                let head = io::Cursor::new(window.bytes().to_vec());
                let rest: Box<Stream<'_>> = match failed {
                    Some(error) => Box::new(Failing::new(error)),
                    None if window.has_ended() => Box::new(io::empty()),
                    None => Box::new(supply),
                };
                self.windows.put(window);
                self.packed(place, packing, head.chain(rest), depth);
                return;
            }
            Some(_) => {
                let message = format!(
                    "has archives or compressed files {} deep: what lies deeper was not unpacked",
                    decode::DEPTH
                );
                self.fail(&place, ProblemKind::Limit, message);
            }
            None => {}
        }
        if let (Supply::Direct(stream), Some("ipynb")) =
            (&mut *supply, place.origin.extension().as_deref())
        {
            window.grow(&mut **stream);
        }
        self.text(place, window, supply);
    }

    /// Opens what is packed.
    fn packed(&mut self, place: Place, packing: Packing, stream: impl Read + Send, depth: usize) {
        let budget = self.budget;
        match packing {
            Packing::Compressed(kind) => match decode::unpack(kind, stream, budget) {
                Ok(mut unpacked) => {
                    let content = place.content(&kind.content_name(place.origin.name()));
                    self.layer(content, &mut Supply::Direct(&mut *unpacked), depth + 1);
                }
                Err(error) => self.cut(&place, &error),
            },
            Packing::Archive(Archive::Tar) => {
                let mut tar = Tar::new(BufReader::with_capacity(BUFFER, stream));
                let whole = loop {
                    match self.enter(&place, tar.next_member()) {
                        Entered::File(inside) => {
                            let content = &mut tar.content();
                            self.layer(inside, &mut Supply::Direct(content), depth + 1);
                        }
                        Entered::Skipped => {}
                        Entered::End { whole } => break whole,
                    }
                };
                if !whole {
                    // What cannot be told apart any more is scanned as it is.
                    let rest = place.member("rest of the archive");
                    self.raw(rest, &mut Supply::Direct(tar.rest()));
                }
            }
            Packing::Archive(Archive::Zip) => {
                let mut zip = Zip::new(BufReader::with_capacity(BUFFER, stream));
                loop {
                    match self.enter(&place, zip.next_member()) {
                        Entered::File(inside) => match zip.content(budget) {
                            Ok(mut content) => {
                                self.layer(inside, &mut Supply::Direct(&mut *content), depth + 1);
                            }
                            Err(error) => self.cut(&inside, &error),
                        },
                        Entered::Skipped => {}
                        Entered::End { .. } => return,
                    }
                }
            }
            Packing::Unopened => {}
        }
    }

    /// Takes note of the next member of an archive.
    fn enter(&mut self, archive: &Place, next: io::Result<Option<Member>>) -> Entered {
        let member = match next {
            Ok(Some(member)) => member,
            Ok(None) => return Entered::End { whole: true },
            Err(error) => {
                self.cut(archive, &error);
                return Entered::End { whole: false };
            }
        };
        if let Err(error) = self.budget.member() {
            self.cut(archive, &error);
            return Entered::End { whole: true };
        }
        let place = archive.member(&self.scanner.engine.mask(&member.name));
        if member.gap > 0 {
            let message = format!(
                "{} bytes before it belong to no file: not scanned",
                member.gap
            );
            self.fail(&place, ProblemKind::Undecodable, message);
        }
        if let Some(why) = member.closed {
            self.fail(
                &place,
                ProblemKind::Undecodable,
                format!("{why}: not scanned"),
            );
            return Entered::Skipped;
        }
        if member.name.ends_with('/') {
            return Entered::Skipped;
        }
        Entered::File(place)
    }

    /// Scans a stream as it is.
    fn raw(&mut self, place: Place, supply: &mut Supply<'_>) {
        let mut window = self.windows.take();
        window.open(supply, false);
        self.text(place, window, supply);
    }

    /// Scans all windows of a stream whose first is open.
    fn text(&mut self, place: Place, mut window: Window, supply: &mut Supply<'_>) {
        let origin = Arc::new(place.origin.clone());
        let mut file = FileScan::new(self.scanner, origin, self.site);
        let result = match supply {
            Supply::Direct(stream) if !window.has_ended() => {
                ahead(&mut **stream, false, |supply| {
                    self.windows(&mut file, &mut window, supply);
                })
            }
            supply => {
                self.windows(&mut file, &mut window, supply);
                Ok(())
            }
        };
        if let Some(error) = result.err().or_else(|| window.error()) {
            self.cut(&place, &error);
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

    /// Notes that a stream could not be read to its end.
    fn cut(&mut self, place: &Place, error: &io::Error) {
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

    fn fail(&mut self, place: &Place, kind: ProblemKind, message: String) {
        let message = match &place.named.member {
            Some(member) => format!("{member}: {message}"),
            None => message,
        };
        self.outcome.fail(place.named.path.clone(), kind, message);
    }
}

/// What the next member of an archive is to the scan.
enum Entered {
    /// A file.
    File(Place),
    /// Nothing to scan.
    Skipped,
    /// There is no more, and the archive was read to its end or not.
    End { whole: bool },
}

/// What a stream is called.
struct Place {
    /// The name that findings have.
    origin: Origin,
    /// The file or the archive member that it is, or was unpacked from.
    named: Origin,
}

impl Place {
    fn new(origin: Origin) -> Self {
        Self {
            named: origin.clone(),
            origin,
        }
    }

    /// What was compressed.
    fn content(&self, name: &str) -> Self {
        Self {
            origin: self.inside(name),
            named: self.named.clone(),
        }
    }

    /// A member of an archive.
    fn member(&self, name: &str) -> Self {
        Self::new(self.inside(name))
    }

    fn inside(&self, name: &str) -> Origin {
        let name = printable(name);
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
