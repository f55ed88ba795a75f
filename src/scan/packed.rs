//! Packed files: their content, and what surrounds it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::ops::Range;
use std::sync::Arc;

use super::Outcome;
use super::file::{Place, Scan};
use super::finish::FileScan;
use super::raw::{HandedOn, Raw};
use crate::decode::{
    self, Ar, Archive, Compression, Counted, Embedded, Host, Member, Packing, Source, Tar, Zip,
    sniff,
};
use crate::finding::Finding;
use crate::stream::{Supply, Window};
use crate::syntax::Format;

/// What a finding says that lies in no content.
const AROUND: &str = ", outside of what is packed: in a name, a comment, a header or a gap";

/// How much of what follows the last archive is read at a time, in bytes.
const STEP: u64 = 1 << 20;

/// The content of one packed file.
struct Opened {
    /// Where the first of it begins, or what it is packed in, if there is any.
    lead: Option<u64>,
}

impl Scan<'_, '_> {
    /// Scans a packed stream whose first window is open: what is packed in it, and its bytes.
    pub(super) fn packed(
        &mut self,
        place: &Place,
        window: Window,
        supply: &mut Supply<'_>,
        depth: usize,
    ) {
        let (head, rest) = self.windows.reopen(window, supply);
        let origin = Arc::new(place.origin.clone());
        let overlap = self.windows.overlap();
        let mut raw = Raw::new(&self.scanner.engine, Arc::clone(&origin), overlap);
        let mut file = FileScan::new(self.scanner, origin, self.site);
        let before = self.outcome.findings.len();
        let waiting = raw.waiting();
        let mut source = Source::new(head, rest, Some(&mut raw));
        let opened = self.segments(place, &mut source, depth, &mut |_| {
            waiting.settle(&mut file);
        });
        self.outcome.stats.bytes += source.at();
        drop(source);
        // A script that an archive follows is a script; the rest of it is none.
        let named = Format::detect(place.origin.name(), &[]).is_some();
        let lead = opened.lead.filter(|_| !named).unwrap_or(0);
        let lead = usize::try_from(lead).unwrap_or(usize::MAX);
        let handed_on = raw.finish(&mut file, lead);
        self.surroundings(file, &handed_on, &opened, before);
    }

    /// Scans a Brotli stream whose first window is open.
    pub(super) fn brotli(
        &mut self,
        place: &Place,
        window: Window,
        supply: &mut Supply<'_>,
        depth: usize,
    ) {
        let (head, rest) = self.windows.reopen(window, supply);
        let name = place.origin.name();
        let name = name.strip_suffix(".br").unwrap_or(name);
        let name = name.rsplit('/').next().unwrap_or(name);
        let stream = head.chain(rest);
        let mut unpacked = decode::unpack_brotli(stream, self.budget);
        let supply = &mut Supply::Direct(&mut *unpacked);
        self.layer(&place.content(name), supply, depth + 1);
    }

    /// Scans what is packed in a file that was scanned as text, since an archive stands at its end.
    pub(super) fn once_more(&mut self, place: &Place, mut again: &File, file: FileScan<'_>) {
        if let Err(error) = again.rewind() {
            self.cut(place, &error);
        }
        let before = self.outcome.findings.len();
        let mut handed_on = HandedOn::default();
        let rest = Box::new(Counted::new(again, self.budget));
        let mut source = Source::new(Vec::new(), rest, Some(&mut handed_on));
        let opened = self.segments(place, &mut source, 0, &mut |_| {});
        drop(source);
        self.surroundings(file, &handed_on, &opened, before);
    }

    /// Opens one archive or compressed stream after the other, and reads on to the end. `settle` is
    /// called now and then.
    fn segments(
        &mut self,
        place: &Place,
        source: &mut Source<'_>,
        depth: usize,
        settle: &mut dyn FnMut(&Source<'_>),
    ) -> Opened {
        let mut opened = Opened { lead: None };
        loop {
            let at = source.at();
            // Of the first, more may have to be seen to know it.
            let head = match at {
                0 => source.at_hand(decode::HEAD),
                _ => source.peek(decode::HEAD),
            };
            let whole = match sniff(head) {
                Some(Packing::Skippable(length)) => source.skip(length).is_ok(),
                Some(Packing::Compressed(kind)) => {
                    opened.lead.get_or_insert(at);
                    let budget = self.budget;
                    match decode::unpack(kind, source, budget) {
                        Ok(mut unpacked) => {
                            let name = kind.content_name(place.origin.name());
                            let supply = &mut Supply::Direct(&mut *unpacked);
                            self.layer(&place.content(&name), supply, depth + 1);
                            ended(&mut *unpacked)
                        }
                        Err(error) => {
                            self.cut(place, &error);
                            false
                        }
                    }
                }
                Some(Packing::Archive(Archive::Tar)) => {
                    opened.lead.get_or_insert(at);
                    self.tar(place, source, depth)
                }
                Some(Packing::Archive(Archive::Ar)) => {
                    opened.lead.get_or_insert(at);
                    self.ar(place, source, depth)
                }
                // What stands around its streams is no less a part of it.
                Some(Packing::Host(host)) => self.embedded(place, (source, host), depth),
                Some(Packing::Foreign(kind)) if at > 0 => {
                    self.unopened(place, kind);
                    false
                }
                _ => {
                    let (first, whole) = self.zip(place, source, depth);
                    opened.lead = opened.lead.or(first);
                    // It has read on to the end, or to another kind.
                    whole
                }
            };
            settle(source);
            if !whole || source.at() == at || source.peek(1).is_empty() {
                break;
            }
        }
        loop {
            match source.skip(STEP) {
                Ok(0) => break,
                Ok(_) => settle(source),
                Err(error) => {
                    self.cut(place, &error);
                    break;
                }
            }
        }
        opened
    }

    /// Scans the members of a tar archive. False if it is damaged.
    fn tar(&mut self, place: &Place, source: &mut Source<'_>, depth: usize) -> bool {
        let mut tar = Tar::new(source);
        loop {
            match self.enter(place, tar.next_member()) {
                Entered::File(inside) => {
                    let content = &mut tar.content();
                    self.layer(&inside, &mut Supply::Direct(content), depth + 1);
                }
                Entered::Skipped => {}
                Entered::End { whole } => return whole,
            }
        }
    }

    /// Scans the members of a Debian package. False if it is damaged.
    fn ar(&mut self, place: &Place, source: &mut Source<'_>, depth: usize) -> bool {
        let mut ar = Ar::new(source);
        loop {
            match self.enter(place, ar.next_member()) {
                Entered::File(inside) => {
                    let content = &mut ar.content();
                    self.layer(&inside, &mut Supply::Direct(content), depth + 1);
                }
                Entered::Skipped => {}
                Entered::End { whole } => return whole,
            }
        }
    }

    /// Scans the streams in a file of another kind. False if it is damaged.
    fn embedded(
        &mut self,
        place: &Place,
        (source, host): (&mut Source<'_>, Host),
        depth: usize,
    ) -> bool {
        let mut streams = Embedded::new(source, host);
        loop {
            let stream = streams.next_stream().map(|name| {
                name.map(|name| Member {
                    name,
                    closed: None,
                    empty: false,
                })
            });
            let inside = match self.enter(place, stream) {
                Entered::File(inside) => inside,
                Entered::Skipped => continue,
                Entered::End { whole } => return whole,
            };
            let source = streams.source();
            match decode::unpack(Compression::Zlib, source, self.budget) {
                Ok(mut unpacked) => {
                    let supply = &mut Supply::Direct(&mut *unpacked);
                    self.layer(&inside, supply, depth + 1);
                }
                Err(error) => self.cut(&inside, &error),
            }
        }
    }

    /// Scans the members of zip archives. Tells where the first of them begins, and whether all could be
    /// read.
    fn zip(&mut self, place: &Place, source: &mut Source<'_>, depth: usize) -> (Option<u64>, bool) {
        let mut zip = Zip::new(source);
        let budget = self.budget;
        loop {
            match self.enter(place, zip.next_member()) {
                Entered::File(inside) => match zip.content(budget) {
                    Ok(mut content) => {
                        self.layer(&inside, &mut Supply::Direct(&mut *content), depth + 1);
                    }
                    Err(error) => self.cut(&inside, &error),
                },
                Entered::Skipped => {}
                Entered::End { whole } => return (zip.first(), whole),
            }
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
            return Entered::End { whole: false };
        }
        for name in member.name.split('/') {
            let archive = &archive.named.path;
            self.scanner
                .scan_name(archive, name.as_bytes(), self.outcome);
        }
        let place = archive.member(&self.scanner.mask_path(&member.name));
        if let Some(kind) = member.closed {
            self.unopened(&place, &kind);
            return Entered::Skipped;
        }
        if member.empty && member.name.ends_with('/') {
            return Entered::Skipped;
        }
        Entered::File(place)
    }

    /// Reports what was found in the bytes of a packed file, unless it was found in its content, which
    /// all findings from a place on are of.
    fn surroundings(
        &mut self,
        file: FileScan<'_>,
        handed_on: &HandedOn,
        opened: &Opened,
        before: usize,
    ) {
        let mut found = Outcome::default();
        file.finish(&mut found, None);
        if opened.lead.is_some_and(|lead| lead > 0) {
            // What follows a script is no part of it that was left out.
            found.stats.unparsed = 0;
            found.unread.clear();
        }
        let content = self.outcome.findings.get(before..).unwrap_or_default();
        let content: BTreeSet<_> = content.iter().map(known_by).collect();
        let leads = |finding: &Finding| opened.lead.is_none_or(|lead| span(finding).start < lead);
        found.findings.retain(|finding| {
            let again = handed_on.holds(&span(finding)) || content.contains(&known_by(finding));
            leads(finding) || !again
        });
        for finding in &mut found.findings {
            if !leads(finding) {
                finding.message.push_str(AROUND);
            }
            if let Some(tell) = self.tell.as_deref_mut().filter(|_| finding.is_active()) {
                tell(finding);
            }
        }
        self.outcome.merge(found);
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

/// Whether a stream has come to its end as it should.
fn ended(stream: &mut dyn Read) -> bool {
    matches!(stream.read(&mut [0]), Ok(0))
}

fn span(finding: &Finding) -> Range<u64> {
    finding.location.start.byte..finding.location.end.byte
}

/// What is the same for what was found twice, packed and unpacked.
fn known_by(finding: &Finding) -> (Arc<str>, Option<String>) {
    let hash = finding.secret.as_ref().and_then(|s| s.sha256.clone());
    (Arc::clone(&finding.rule.id), hash)
}
