//! Pages of a Parquet file. Their sizes are checked and their bytes unpacked here, for a page may claim any
//! size and hold a bomb.

use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes as Shared;
use parquet::basic::Compression;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;

use super::{Bytes, LARGEST, failed, too_large};

/// The name of the format, for messages.
pub(super) const NAME: &str = "Parquet";

/// How many bytes of a page's header say what size the page has.
const SIZES: usize = 32;

/// What stands before the first numbers of a page's header: the next field, a number.
const NUMBER: u8 = 0x15;

/// A file whose pages are read.
#[derive(Clone)]
pub(super) struct Pages {
    bytes: Arc<Mutex<Bytes>>,
    length: u64,
    /// The size that the last page is to have, unpacked.
    size: Arc<AtomicU64>,
    /// How many bytes were unpacked.
    unpacked: Arc<AtomicU64>,
}

impl Pages {
    pub(super) fn new(bytes: Bytes) -> io::Result<Self> {
        let length = match &bytes {
            Bytes::File(file) => file.metadata()?.len(),
            Bytes::Memory(memory) => memory.len() as u64,
        };
        Ok(Self {
            bytes: Arc::new(Mutex::new(bytes)),
            length,
            size: Arc::default(),
            unpacked: Arc::default(),
        })
    }

    /// How many bytes were unpacked since the last time.
    pub(super) fn take_unpacked(&self) -> u64 {
        self.unpacked.swap(0, Ordering::Relaxed)
    }

    /// Reads what is there of some bytes.
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *bytes {
            Bytes::File(file) => {
                file.seek(SeekFrom::Start(at))?;
                file.read(buffer)
            }
            Bytes::Memory(memory) => {
                let at = usize::try_from(at).unwrap_or(usize::MAX);
                memory.get(at..).unwrap_or_default().read(buffer)
            }
        }
    }

    /// The pages of a column in a group of rows.
    pub(super) fn of(&self, column: &ColumnChunkMetaData, rows: usize) -> Result<Column> {
        // What is not said to be compressed is handed over as it is.
        let packed = column.clone().into_builder();
        let packed = packed.set_compression(Compression::UNCOMPRESSED).build()?;
        Ok(Column {
            pages: self.clone(),
            packed: SerializedPageReader::new(Arc::new(self.clone()), &packed, rows, None)?,
            codec: column.compression(),
            dictionary: Dictionary::default(),
        })
    }
}

impl Length for Pages {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Pages {
    type T = BufReader<At>;

    /// This is asked for where the header of a page begins.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        let mut head = [0; SIZES];
        let read = self.read_at(start, &mut head)?;
        let size = page_size(head.get(..read).unwrap_or_default()).unwrap_or(0);
        if size > LARGEST {
            return Err(external(too_large(NAME, size)));
        }
        self.size.store(size, Ordering::Relaxed);
        Ok(BufReader::new(self.from(start)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Shared> {
        let end = start.checked_add(length as u64);
        if end.is_none_or(|end| end > self.length) {
            return Err(ParquetError::EOF("a part of it is missing".to_owned()));
        }
        if length as u64 > LARGEST {
            return Err(external(too_large(NAME, length as u64)));
        }
        let mut bytes = vec![0; length];
        self.from(start).read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

impl Pages {
    /// The file from a place on.
    pub(super) fn from(&self, at: u64) -> At {
        let pages = self.clone();
        At { pages, at }
    }
}

/// A file from a place on.
pub(super) struct At {
    pages: Pages,
    at: u64,
}

impl Read for At {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.pages.read_at(self.at, buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// The size of a page before it was compressed: the second number of its header.
fn page_size(head: &[u8]) -> Option<u64> {
    let mut rest = head;
    let mut numbers = [0; 2];
    for number in &mut numbers {
        let bytes = rest.strip_prefix(&[NUMBER])?;
        let last = bytes.iter().take(5).position(|byte| byte & 0x80 == 0)?;
        let (bytes, after) = bytes.split_at_checked(last + 1)?;
        let bits = bytes.iter().rev();
        let zigzag = bits.fold(0_u64, |bits, byte| bits << 7 | u64::from(byte & 0x7F));
        *number = zigzag >> 1;
        rest = after;
    }
    Some(numbers[1])
}

/// The pages of one column in one group of rows.
pub(super) struct Column {
    pages: Pages,
    packed: SerializedPageReader<Pages>,
    codec: Compression,
    dictionary: Dictionary,
}

/// The texts that pages of a column may refer to, once they were read.
#[derive(Clone, Default)]
pub(super) struct Dictionary(Arc<Mutex<Shared>>);

impl Dictionary {
    /// Whether some bytes are those of such a text.
    pub(super) fn holds(&self, bytes: &[u8]) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.as_ptr_range().contains(&bytes.as_ptr())
    }
}

impl Column {
    /// What pages may refer to.
    pub(super) fn dictionary(&self) -> Dictionary {
        self.dictionary.clone()
    }

    /// The next page as it is in the file, with the size that it is to have.
    pub(super) fn next_packed(&mut self) -> Result<Option<(Page, usize)>> {
        let page = self.packed.get_next_page()?;
        let size = self.pages.size.load(Ordering::Relaxed);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        Ok(page.map(|page| (page, size)))
    }

    /// A page with its bytes unpacked.
    pub(super) fn unpack(&self, mut page: Page, size: usize) -> Result<Page> {
        let (levels, is_packed) = match &page {
            Page::DataPageV2 {
                def_levels_byte_len,
                rep_levels_byte_len,
                is_compressed,
                ..
            } => (
                *def_levels_byte_len as usize + *rep_levels_byte_len as usize,
                *is_compressed,
            ),
            _ => (0, true),
        };
        let (Page::DataPage { buf, .. }
        | Page::DataPageV2 { buf, .. }
        | Page::DictionaryPage { buf, .. }) = &mut page;
        let size = if is_packed { size } else { buf.len() };
        self.pages
            .unpacked
            .fetch_add(size as u64, Ordering::Relaxed);
        if !is_packed || self.codec == Compression::UNCOMPRESSED {
            return Ok(page);
        }
        let (plain, packed) = buf
            .split_at_checked(levels)
            .filter(|_| levels <= size)
            .ok_or_else(|| ParquetError::EOF("a page is too short".to_owned()))?;
        let mut unpacked = Vec::with_capacity(size);
        unpacked.extend_from_slice(plain);
        // A page of no values may have no bytes.
        if size > levels {
            unpack(self.codec, packed, size - levels, &mut unpacked).map_err(external)?;
        }
        if unpacked.len() != size {
            let why = format!("a page has {} bytes, not {size}", unpacked.len());
            return Err(external(failed(NAME, why)));
        }
        *buf = unpacked.into();
        Ok(page)
    }
}

impl Iterator for Column {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Column {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let Some((page, size)) = self.next_packed()? else {
            return Ok(None);
        };
        let page = self.unpack(page, size)?;
        if let Page::DictionaryPage { buf, .. } = &page {
            let all = &self.dictionary.0;
            *all.lock().unwrap_or_else(PoisonError::into_inner) = buf.clone();
        }
        Ok(Some(page))
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.packed.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.packed.skip_next_page()
    }
}

/// Appends what was packed, which is to be of this size, and no more than that.
fn unpack(codec: Compression, packed: &[u8], size: usize, out: &mut Vec<u8>) -> io::Result<()> {
    let most = size as u64;
    let before = out.len();
    match codec {
        Compression::SNAPPY => {
            if snap::raw::decompress_len(packed)? != size {
                return Err(failed(NAME, "a page has another size than it says"));
            }
            out.resize(before + size, 0);
            let room = out.get_mut(before..).unwrap_or_default();
            snap::raw::Decoder::new().decompress(packed, room)?;
        }
        Compression::GZIP(_) => {
            flate2::read::MultiGzDecoder::new(packed)
                .take(most)
                .read_to_end(out)?;
        }
        Compression::ZSTD(_) => {
            out.extend(zstd::bulk::decompress(packed, size)?);
        }
        Compression::BROTLI(_) => {
            brotli_decompressor::Decompressor::new(packed, 4096)
                .take(most)
                .read_to_end(out)?;
        }
        Compression::LZ4_RAW => out.extend(lz4(packed, size)?),
        Compression::LZ4 => {
            let blocks = lz4_blocks(packed, size).or_else(|| lz4(packed, size).ok());
            match blocks {
                Some(blocks) => out.extend(blocks),
                None => {
                    lz4_flex::frame::FrameDecoder::new(packed)
                        .take(most)
                        .read_to_end(out)?;
                }
            }
        }
        other => return Err(failed(NAME, format!("{other} is not opened"))),
    }
    Ok(())
}

fn lz4(packed: &[u8], size: usize) -> io::Result<Vec<u8>> {
    lz4_flex::block::decompress(packed, size).map_err(|error| failed(NAME, error))
}

/// Blocks of LZ4 as Hadoop writes them, each behind its sizes.
fn lz4_blocks(mut packed: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    while !packed.is_empty() {
        let (length, rest) = packed.split_first_chunk::<4>()?;
        let (packed_length, rest) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let packed_length = usize::try_from(u32::from_be_bytes(*packed_length)).ok()?;
        let (block, rest) = rest.split_at_checked(packed_length)?;
        if length > size - out.len().min(size) {
            return None;
        }
        out.extend(lz4(block, length).ok()?);
        packed = rest;
    }
    (out.len() == size).then_some(out)
}

/// An error of ours, through the reader of the format.
fn external(error: io::Error) -> ParquetError {
    ParquetError::External(Box::new(error))
}

/// An error of the reader of the format.
pub(super) fn internal(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(own) => *own,
            Err(other) => failed(NAME, other),
        },
        ParquetError::General(why) | ParquetError::EOF(why) => failed(NAME, why),
        other => failed(NAME, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_page_is_read() {
        assert_eq!(
            page_size(&[0x15, 0x04, 0x15, 0x80, 0x02, 0x15, 0x10]),
            Some(128)
        );
        let large = [0x15, 0, 0x15, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F];
        assert_eq!(page_size(&large), Some((1 << 31) - 1));
        assert_eq!(page_size(&[0x15, 0x04, 0x25]), None);
        assert_eq!(page_size(&[]), None);
    }

    #[test]
    fn a_bomb_is_no_larger_than_it_says() {
        let zeros = vec![0; 1 << 20];
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        io::Write::write_all(&mut gzip, &zeros).unwrap();
        let gzip = gzip.finish().unwrap();
        let mut out = Vec::new();
        let codec = Compression::GZIP(Default::default());
        unpack(codec, &gzip, 1000, &mut out).unwrap();
        assert_eq!(out.len(), 1000);
        let zstd = zstd::bulk::compress(&zeros, 3).unwrap();
        assert!(unpack(Compression::ZSTD(Default::default()), &zstd, 1000, &mut out).is_err());
    }
}
