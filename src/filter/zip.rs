//! The copying of a zip archive.
//!
//! What a credential is found in is written anew by the `zip` crate, as its directory names it; a member
//! without one keeps its bytes, packed as they were. Members that the directory does not name are left
//! out: nobody who trusts it misses them, and what is in them does not pass.

use std::io::{self, Read, Seek, SeekFrom};

use ::zip::read::ZipFile;
use ::zip::result::ZipError;
use ::zip::write::FullFileOptions;
use ::zip::{ZipArchive, ZipWriter};

use super::spool::{Again, Spool, pass};
use super::{Filter, FilterError, Place};
use crate::decode::end_of_zip;
use crate::stream::Supply;

/// How much may stand behind a member that belongs to it: its lengths and checksum, in bytes.
const DESCRIPTOR: u64 = 24;

/// The field for lengths that are too large for the others. It is written anew.
const LARGE: u16 = 1;

/// Copies what lies from a place on: a zip archive with what stands before and behind it, or else bytes
/// of no kind.
pub(super) fn copy(
    filter: &mut Filter<'_>,
    packed: &mut dyn Again,
    at: u64,
    (out, place): (&mut Spool, &Place<'_>),
) -> Result<(), FilterError> {
    let Some(end) = end(packed, at).map_err(FilterError::Read)? else {
        packed
            .seek(SeekFrom::Start(at))
            .map_err(FilterError::Read)?;
        return filter.fit(&mut &mut *packed, out, place);
    };
    let mut archive = open(Part::new(packed, at, end))?;
    let first = check(filter, &mut archive)?;
    if first > 0 {
        let part = &mut Part::new(packed, at, at + first);
        filter.layer(&mut Supply::Direct(part), out, &place.part())?;
    }
    let mut archive = open(Part::new(packed, at, end))?;
    let comment = filter.fitted(archive.comment(), place)?;
    let mut writer = ZipWriter::new(&mut *out);
    for number in 0..archive.len() {
        place.budget.member().map_err(FilterError::Read)?;
        member(filter, &mut archive, number, (&mut writer, place))?;
    }
    let written = writer
        .set_raw_comment(comment.into())
        .and_then(|()| writer.finish().map(drop));
    written.map_err(failed)?;
    let rest = &mut Part::new(packed, end, u64::MAX);
    filter.layer(&mut Supply::Direct(rest), out, &place.part())
}

fn open<R: Read + Seek>(part: R) -> Result<ZipArchive<R>, FilterError> {
    ZipArchive::new(part).map_err(unreadable)
}

fn unreadable(error: ZipError) -> FilterError {
    FilterError::Read(io::Error::new(
        io::ErrorKind::InvalidData,
        format!("zip: {error}"),
    ))
}

fn failed(error: ZipError) -> FilterError {
    FilterError::Write(error.into())
}

/// Where the last archive ends that begins at a place or behind it.
fn end(packed: &mut dyn Again, at: u64) -> io::Result<Option<u64>> {
    let length = packed.seek(SeekFrom::End(0))?;
    let from = length.saturating_sub(66 << 10).max(at);
    let mut tail = Vec::new();
    packed.seek(SeekFrom::Start(from))?;
    packed.read_to_end(&mut tail)?;
    Ok(end_of_zip(&tail).map(|end| from + end as u64))
}

/// Says what the directory of an archive does not name, and returns where its first member begins.
fn check<R: Read + Seek>(
    filter: &mut Filter<'_>,
    archive: &mut ZipArchive<R>,
) -> Result<u64, FilterError> {
    let mut members = Vec::new();
    for number in 0..archive.len() {
        let file = archive.by_index_raw(number).map_err(unreadable)?;
        let start = file.data_start().unwrap_or(file.header_start());
        members.push((file.header_start(), start + file.compressed_size()));
    }
    members.sort_unstable();
    let directory = archive.central_directory_start();
    let first = members.first().map_or(directory, |(start, _)| *start);
    members.push((directory, directory));
    let unnamed: u64 = members
        .windows(2)
        .filter_map(|pair| match pair {
            [(_, end), (start, _)] => start.checked_sub(*end).filter(|gap| *gap > DESCRIPTOR),
            _ => None,
        })
        .sum();
    if unnamed > 0 {
        let what = format!("zip: {unnamed} bytes that its directory does not name");
        filter.warnings.lost(&what);
    }
    if archive.has_duplicate_names() {
        filter
            .warnings
            .lost("zip: files that have the name of another");
    }
    Ok(first)
}

fn member<R: Read + Seek + Send>(
    filter: &mut Filter<'_>,
    archive: &mut ZipArchive<R>,
    number: usize,
    (writer, place): (&mut ZipWriter<&mut Spool>, &Place<'_>),
) -> Result<(), FilterError> {
    let file = archive.by_index_raw(number).map_err(unreadable)?;
    let name = file.name_raw().to_vec();
    let fitted = filter.fitted(&name, place)?;
    let comment = filter.fitted(file.comment_raw(), place)?;
    let renamed = fitted != name;
    let same = !renamed && comment == file.comment_raw();
    drop(file);
    let shown = filter
        .scanner
        .engine
        .mask(&String::from_utf8_lossy(&name))
        .into_owned();
    let inside = place.inside(&shown);
    let mut copy = Spool::new().map_err(FilterError::Write)?;
    let before = filter.redacted();
    let copied = match archive.by_index(number) {
        Ok(mut file) => {
            let supply = &mut Supply::Direct(&mut file);
            filter.layer(supply, &mut copy, &inside)
        }
        // It is encrypted, or packed in a way that is not opened; that was said.
        Err(_) => Ok(()),
    };
    let changed = filter.redacted() > before;
    match copied {
        Err(FilterError::Read(_)) if changed => {
            filter.warnings.lost(&format!("{shown}: what is damaged"));
        }
        Ok(()) | Err(FilterError::Read(_) | FilterError::Unopened(_)) => {}
        Err(error) => return Err(error),
    }
    let file = archive.by_index_raw(number).map_err(unreadable)?;
    if same && !changed {
        return writer.raw_copy_file(file).map_err(failed);
    }
    let name = String::from_utf8_lossy(&fitted).into_owned();
    if !changed && renamed {
        return writer.raw_copy_file_rename(file, name).map_err(failed);
    }
    let options = options(&file, &comment, &mut copy)?;
    writer.start_file(name, options).map_err(failed)?;
    pass(&mut copy, writer)
}

/// What is said of a member beside its content.
fn options<R: Read>(
    file: &ZipFile<'_, R>,
    comment: &[u8],
    content: &mut Spool,
) -> Result<FullFileOptions<'static, 'static>, FilterError> {
    let length = content.seek(SeekFrom::End(0)).map_err(FilterError::Write)?;
    content.rewind().map_err(FilterError::Write)?;
    let mut options = file.options().into_full_options();
    options = options.large_file(length >= u64::from(u32::MAX));
    if !comment.is_empty() {
        options = options.with_file_comment(String::from_utf8_lossy(comment));
    }
    let fields = file.extra_data().unwrap_or_default();
    let mut rest = fields.as_slice();
    while let [i0, i1, l0, l1, more @ ..] = rest {
        let length = usize::from(u16::from_le_bytes([*l0, *l1])).min(more.len());
        let (field, behind) = more.split_at(length);
        let id = u16::from_le_bytes([*i0, *i1]);
        if id != LARGE {
            options.add_extra_field(id, field, false).map_err(failed)?;
        }
        rest = behind;
    }
    Ok(options)
}

/// A part of a file, as a file of its own.
struct Part<'p> {
    inner: &'p mut dyn Again,
    start: u64,
    end: u64,
    /// Where it is read next.
    at: u64,
}

impl<'p> Part<'p> {
    fn new(inner: &'p mut dyn Again, start: u64, end: u64) -> Self {
        Self {
            inner,
            start,
            end,
            at: start,
        }
    }
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.seek(SeekFrom::Start(self.at))?;
        let left = self.end.saturating_sub(self.at);
        let read = (&mut *self.inner).take(left).read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Part<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(at) => self.start.checked_add(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
        };
        let place = place.filter(|place| *place >= self.start);
        let before = io::Error::new(io::ErrorKind::InvalidInput, "a place before the beginning");
        self.at = place.ok_or(before)?;
        Ok(self.at - self.start)
    }
}
