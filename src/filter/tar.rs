//! The copying of a tar archive.

use std::io::{self, Read, Seek as _, Write};

use ::tar::{Archive, Builder, EntryType, Header, PaxExtensions};

use super::spool::{Spool, kept};
use super::{Filter, FilterError, Place};
use crate::decode::Source;
use crate::stream::Supply;

/// What headers say of the next member.
#[derive(Default)]
struct Extension {
    /// The headers and their content, which wait until it is known how long that is.
    waiting: Vec<(Header, Vec<u8>)>,
    name: Option<Vec<u8>>,
}

/// The most that such headers may hold, in bytes.
const LONGEST: u64 = 4 << 20;

/// Copies a tar archive. Its headers keep their bytes but for credentials and what those change.
pub(super) fn copy(
    filter: &mut Filter<'_>,
    source: &mut Source<'_>,
    out: &mut dyn Write,
    place: &Place<'_>,
) -> Result<(), FilterError> {
    let mut archive = Archive::new(source);
    let mut builder = Builder::new(out);
    let mut extension = Extension::default();
    let entries = archive.entries().map_err(FilterError::Read)?;
    for entry in entries.raw(true) {
        let mut entry = entry.map_err(damaged)?;
        let header = fitted(filter, entry.header(), place)?;
        let kind = header.entry_type();
        let extends = kind.is_pax_local_extensions()
            || kind.is_pax_global_extensions()
            || kind.is_gnu_longname()
            || kind.is_gnu_longlink();
        if extends {
            let mut content = Vec::new();
            let read = (&mut entry).take(LONGEST).read_to_end(&mut content);
            read.map_err(damaged)?;
            if content.len() as u64 == LONGEST {
                return Err(damaged(io::Error::other("a header is too long")));
            }
            extension.read(kind, &content);
            let content = filter.fitted(&content, place)?;
            extension.waiting.push((header, content));
            continue;
        }
        place.budget.member().map_err(FilterError::Read)?;
        let extension = std::mem::take(&mut extension);
        let name = extension.name.clone();
        let name = name.unwrap_or_else(|| entry.path_bytes().into_owned());
        let name = String::from_utf8_lossy(&name).into_owned();
        let inside = place.inside(&filter.scanner.engine.mask(&name));
        let member = Member { header, extension };
        member.copy(filter, &mut entry, (&mut builder, &inside))?;
    }
    for (header, content) in extension.waiting {
        append(&mut builder, &header, &*content)?;
    }
    let written = builder.into_inner().and_then(Write::flush);
    written.map_err(FilterError::Write)
}

fn damaged(error: io::Error) -> FilterError {
    FilterError::Read(io::Error::new(error.kind(), format!("tar: {error}")))
}

impl Extension {
    /// Reads the name of the next member.
    fn read(&mut self, kind: EntryType, content: &[u8]) {
        if kind.is_gnu_longname() {
            let end = content.iter().position(|byte| *byte == 0);
            self.name = content.get(..end.unwrap_or(content.len())).map(Vec::from);
        } else if kind.is_pax_local_extensions() {
            let fields = PaxExtensions::new(content).filter_map(Result::ok);
            for field in fields.filter(|field| field.key_bytes() == b"path") {
                self.name = Some(field.value_bytes().to_vec());
            }
        }
    }
}

/// A member with what was said of it.
struct Member {
    header: Header,
    extension: Extension,
}

impl Member {
    fn copy<W: Write>(
        mut self,
        filter: &mut Filter<'_>,
        content: &mut dyn Read,
        (builder, inside): (&mut Builder<W>, &Place<'_>),
    ) -> Result<(), FilterError> {
        let mut original = kept(content)?;
        let mut copy = Spool::new().map_err(FilterError::Write)?;
        let before = filter.redacted();
        // What its map of holes says stays true if its length does.
        let copied = if self.header.entry_type() == EntryType::GNUSparse {
            filter.fit(&mut original, &mut copy, inside)
        } else {
            let supply = &mut Supply::Direct(&mut original);
            filter.layer(supply, &mut copy, inside)
        };
        let changed = filter.redacted() > before;
        match copied {
            Err(FilterError::Read(_)) if changed => {
                let name = inside.origin.name();
                filter.warnings.lost(&format!("{name}: what is damaged"));
            }
            Ok(()) | Err(FilterError::Read(_) | FilterError::Unopened(_)) => {}
            Err(error) => return Err(error),
        }
        if !changed {
            copy = original;
        }
        let length = copy
            .seek(io::SeekFrom::End(0))
            .map_err(FilterError::Write)?;
        copy.rewind().map_err(FilterError::Write)?;
        if changed {
            self.resize(length)?;
        }
        for (header, content) in &self.extension.waiting {
            append(builder, header, &**content)?;
        }
        append(builder, &self.header, copy)
    }

    /// Changes the size that is said of the content, wherever that is said.
    fn resize(&mut self, length: u64) -> Result<(), FilterError> {
        let before = self.header.entry_size().unwrap_or_default();
        if before == length {
            return Ok(());
        }
        let waiting = self.extension.waiting.iter_mut();
        for (_, content) in waiting.filter(|(h, _)| h.entry_type().is_pax_local_extensions()) {
            set_size(content, before, length)?;
        }
        self.header.set_size(length);
        self.header.set_cksum();
        Ok(())
    }
}

/// Changes the size in a record of pax, which keeps its length.
fn set_size(records: &mut [u8], before: u64, now: u64) -> Result<(), FilterError> {
    let said = format!(" size={before}\n");
    let Some(at) = memchr::memmem::rfind(records, said.as_bytes()) else {
        return Ok(());
    };
    let digits = records.get_mut(at + 6..at + said.len() - 1);
    let changed = format!("{now:0width$}", width = said.len() - 7);
    match digits {
        Some(digits) if digits.len() == changed.len() => {
            digits.copy_from_slice(changed.as_bytes());
            Ok(())
        }
        _ => Err(damaged(io::Error::other("a size cannot be changed"))),
    }
}

fn append<W: Write>(
    builder: &mut Builder<W>,
    header: &Header,
    content: impl Read,
) -> Result<(), FilterError> {
    builder.append(header, content).map_err(FilterError::Write)
}

/// A header without the credentials in it.
fn fitted(
    filter: &mut Filter<'_>,
    header: &Header,
    place: &Place<'_>,
) -> Result<Header, FilterError> {
    let bytes = filter.fitted(header.as_bytes(), place)?;
    let mut copy = header.clone();
    if bytes != header.as_bytes() {
        copy.as_mut_bytes().copy_from_slice(&bytes);
        copy.set_cksum();
    }
    Ok(copy)
}
