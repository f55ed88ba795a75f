//! The copying of what is packed.

use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

use super::copy::{Copy, Text};
use super::pack::Packer;
use super::spool::{Again, Spool, kept, pass};
use super::{Filter, FilterError, Place, tar, zip};
use crate::decode::{self, Archive, Compression, Packing, Source, Table, sniff};
use crate::finding::Finding;
use crate::scan::Progress;
use crate::stream::{Stream, Supply, Window};

/// How much is written at a time, in bytes.
const BUFFER: usize = 64 << 10;

impl Filter<'_> {
    /// Copies a packed stream whose first window is open.
    pub(super) fn packed(
        &mut self,
        window: Window,
        supply: &mut Supply<'_>,
        out: &mut dyn Write,
        place: &Place<'_>,
    ) -> Result<(), FilterError> {
        let (head, rest) = self.windows.reopen(window, supply);
        let mut packed: Box<dyn Again + '_> = match place.file {
            Some(file) => Box::new(file),
            None => Box::new(kept(&mut head.chain(rest))?),
        };
        packed.rewind().map_err(FilterError::Read)?;
        let found = self.look(&mut *packed, place);
        if place.check {
            self.redacted += found.credentials;
            return Ok(());
        }
        packed.rewind().map_err(FilterError::Read)?;
        if found.any {
            let before = self.redacted;
            let mut copy = Spool::new().map_err(FilterError::Write)?;
            let written = self.rewrite(&mut *packed, &mut copy, place);
            if !matches!(written, Ok(()) | Err(FilterError::Read(_))) {
                return written;
            }
            if self.redacted == before {
                // It is in what is left out: a frame that decoders skip, a gap.
                self.redacted += found.credentials;
            }
            if self.redacted > before || written.is_err() {
                copy.rewind().map_err(FilterError::Write)?;
                // What lies deeper is scanned with what it lies in.
                if place.depth == 0 {
                    self.verify(&mut copy, place)?;
                }
                pass(&mut copy, out)?;
                return written;
            }
            packed.rewind().map_err(FilterError::Read)?;
        }
        pass(&mut packed, out)
    }

    /// Scans a packed file, and says what of it could not be scanned.
    fn look(&mut self, packed: &mut Stream<'_>, place: &Place<'_>) -> Found {
        let name = place.origin.name();
        let outcome = self.scanner.scan_stream(name, packed, &Progress::default());
        if place.depth == 0 {
            for problem in &outcome.problems {
                self.warnings.kept(&problem.message);
            }
            for unread in &outcome.unread {
                self.warnings.kept(&unread.problem().message);
            }
        }
        let credentials = outcome.findings.iter().filter(|f| is_credential(f)).count();
        Found {
            any: !outcome.findings.is_empty(),
            credentials: credentials as u64,
        }
    }

    /// Fails if a copy holds a credential.
    fn verify(&self, copy: &mut Spool, place: &Place<'_>) -> Result<(), FilterError> {
        let name = place.origin.name();
        let outcome = self
            .scanner
            .scan_stream(name, &mut *copy, &Progress::default());
        if let Some(left) = outcome.findings.iter().find(|f| is_credential(f)) {
            let origin = &left.location.origin;
            let at = left.location.start.byte;
            let member = origin.member.as_deref().unwrap_or(&origin.path);
            return Err(FilterError::Left(format!("{member}, byte {at}")));
        }
        copy.rewind().map_err(FilterError::Write)
    }

    /// Writes a packed file anew: one archive or compressed stream after the other, and what lies
    /// between and behind as it is.
    fn rewrite(
        &mut self,
        packed: &mut dyn Again,
        out: &mut Spool,
        place: &Place<'_>,
    ) -> Result<(), FilterError> {
        let mut at = 0;
        match self.table(packed)? {
            // It may have checksums over its pages.
            Some(kind @ Table::Parquet) => return Err(FilterError::Unopened(kind.name())),
            // What is not compressed is there as it is.
            Some(Table::Arrow) => return self.fit(packed, out, place),
            None => {}
        }
        loop {
            packed
                .seek(SeekFrom::Start(at))
                .map_err(FilterError::Read)?;
            let mut source = Source::new(Vec::new(), Box::new(&mut *packed), None);
            let kind = sniff(source.peek(decode::HEAD));
            match kind {
                Some(Packing::Skippable(length)) => {
                    self.fit(&mut (&mut source).take(length), out, place)?;
                }
                Some(Packing::Compressed(kind)) => {
                    self.compressed(kind, &mut source, out, place)?;
                }
                Some(Packing::Archive(Archive::Tar)) => tar::copy(self, &mut source, out, place)?,
                Some(Packing::Archive(Archive::Ar)) => {
                    return Err(FilterError::Unopened("Debian package"));
                }
                Some(Packing::Host(host)) => return Err(FilterError::Unopened(host.name())),
                _ => {
                    drop(source);
                    return zip::copy(self, packed, at, (out, place));
                }
            }
            if source.peek(1).is_empty() || source.at() == 0 {
                return self.fit(&mut source, out, place);
            }
            at += source.at();
        }
    }

    /// What kind of table a file is.
    fn table(&self, packed: &mut dyn Again) -> Result<Option<Table>, FilterError> {
        let mut head = Vec::new();
        let read = (&mut *packed)
            .take(decode::HEAD as u64)
            .read_to_end(&mut head);
        read.and_then(|_| packed.rewind())
            .map_err(FilterError::Read)?;
        Ok(decode::look(&head, false, "").table)
    }

    fn compressed(
        &mut self,
        kind: Compression,
        source: &mut Source<'_>,
        out: &mut dyn Write,
        place: &Place<'_>,
    ) -> Result<(), FilterError> {
        let header = source.peek(BUFFER).to_vec();
        let name = kind.content_name(place.origin.name());
        let unpacked = decode::unpack(kind, source, place.budget);
        let mut unpacked = unpacked.map_err(FilterError::Read)?;
        let out = BufWriter::with_capacity(BUFFER, out);
        let mut packer = match kind {
            Compression::Gzip => self.gzip(&header, out, place)?,
            _ => Packer::new(kind, out).map_err(FilterError::Write)?,
        };
        let supply = &mut Supply::Direct(&mut *unpacked);
        let copied = self.layer(supply, &mut packer, &place.inside(&name));
        packer.finish().map_err(FilterError::Write)?;
        copied
    }

    /// An encoder of gzip that says of its content what the header of another says.
    fn gzip<'w, W: Write>(
        &mut self,
        header: &[u8],
        out: W,
        place: &Place<'_>,
    ) -> Result<Packer<'w, W>, FilterError> {
        let decoder = flate2::bufread::GzDecoder::new(header);
        let mut builder = flate2::GzBuilder::new();
        if let Some(header) = decoder.header() {
            builder = builder
                .mtime(header.mtime())
                .operating_system(header.operating_system());
            if let Some(extra) = header.extra() {
                builder = builder.extra(self.fitted(extra, place)?);
            }
            if let Some(name) = header.filename() {
                builder = builder.filename(self.fitted(name, place)?);
            }
            if let Some(comment) = header.comment() {
                builder = builder.comment(self.fitted(comment, place)?);
            }
        }
        Ok(Packer::Gzip(
            builder.write(out, flate2::Compression::default()),
        ))
    }

    /// Copies bytes whose number must stay.
    pub(super) fn fit(
        &mut self,
        bytes: &mut Stream<'_>,
        out: &mut dyn Write,
        place: &Place<'_>,
    ) -> Result<(), FilterError> {
        let mut window = self.windows.take();
        let supply = &mut Supply::Direct(bytes);
        window.open(supply, false);
        let text = Text::part(&place.origin);
        let copied = Copy::new(self, out, &text).run(&mut window, supply);
        self.windows.put(window);
        copied
    }

    /// A copy of some bytes, of the same length.
    pub(super) fn fitted(
        &mut self,
        bytes: &[u8],
        place: &Place<'_>,
    ) -> Result<Vec<u8>, FilterError> {
        let mut out = Vec::new();
        self.fit(&mut &*bytes, &mut out, place)?;
        Ok(out)
    }
}

/// What a look at a packed file shows.
struct Found {
    /// Whether there is anything that may have to be redacted.
    any: bool,
    credentials: u64,
}

fn is_credential(finding: &Finding) -> bool {
    finding.secret.is_some()
}
