//! The directory at the end of an archive, which says where each member is.

use std::io::{self, Read, Write as _};

use super::Copy;
use super::fields::{Fields, short};
use crate::filter::FilterError;

/// The length of an entry before its name, in bytes.
const ENTRY: usize = 46;

/// The most that the record of a large archive may hold, in bytes.
const RECORD: u64 = 64 << 10;

/// The places of the directory in a copy.
#[derive(Default)]
struct Places {
    directory: u64,
    /// Of the record of a large archive.
    record: u64,
}

impl<R: Read + Send> Copy<'_, '_, R> {
    /// Copies the directory and what follows.
    pub(super) fn directory(&mut self) -> Result<(), FilterError> {
        let mut places = Places {
            directory: self.out.at,
            record: 0,
        };
        let mut mark = self.zip.head().to_vec();
        loop {
            let read = match mark.as_slice() {
                b"PK\x01\x02" => self.entry(mark),
                b"PK\x06\x06" => self.record(mark, &mut places),
                b"PK\x06\x07" => self.locator(mark, &places),
                b"PK\x05\x06" => {
                    let end = self.end(mark, &places);
                    return self.close(end);
                }
                // What is not known.
                _ => {
                    self.out.write_all(&mark).map_err(FilterError::Write)?;
                    return self.close(Err(FilterError::Read(damaged("its directory is damaged"))));
                }
            };
            if read.is_err() {
                return self.close(read);
            }
            mark = match self.exact(4) {
                Ok(mark) => mark,
                Err(error) => return self.close(Err(error)),
            };
        }
    }

    /// Copies what follows the directory, or what is left of a damaged one.
    fn close(&mut self, result: Result<(), FilterError>) -> Result<(), FilterError> {
        match result {
            Err(FilterError::Read(error)) if super::is_damage(&error) => {
                let why = error.to_string();
                self.filter.said.lost(&self.place.name, &why);
            }
            Err(error) => return Err(error),
            Ok(()) => {}
        }
        self.filter.fit(self.zip.inner(), &mut self.out)?;
        self.out.flush().map_err(FilterError::Write)
    }

    fn entry(&mut self, mut entry: Vec<u8>) -> Result<(), FilterError> {
        entry.extend(self.exact(ENTRY - entry.len())?);
        let lengths = [28, 30, 32].map(|at| usize::from(short(&entry, at)));
        let names = self.exact(lengths.iter().sum())?;
        entry.extend(self.filter.fitted(&names)?);
        let [name, ..] = lengths;
        let mut fields = Fields::new(&mut entry, ENTRY + name);
        let was = fields.wide(42, &[24, 20]);
        let Some(written) = self.written.get(&was) else {
            return Err(FilterError::Read(damaged(
                "its directory names a file that is not there",
            )));
        };
        let sizes = written.sizes;
        let unpacked = sizes.map_or(fields.wide(24, &[]), |sizes| sizes.unpacked);
        let packed = sizes.map_or(fields.wide(20, &[24]), |sizes| sizes.packed);
        let changed = [(24, unpacked), (20, packed), (42, written.at)];
        if self.place.copied {
            for (at, value) in changed {
                fields.set(at, value).map_err(FilterError::Write)?;
            }
        }
        if let Some(sizes) = sizes {
            super::fields::put(&mut entry, 16, sizes.crc);
        }
        self.out.write_all(&entry).map_err(FilterError::Write)
    }

    fn record(&mut self, mut record: Vec<u8>, places: &mut Places) -> Result<(), FilterError> {
        places.record = self.out.at;
        record.extend(self.exact(8)?);
        let length = record
            .get(4..12)
            .and_then(|word| <[u8; 8]>::try_from(word).ok());
        let length = length.map_or(u64::MAX, u64::from_le_bytes);
        if length > RECORD {
            return Err(FilterError::Read(damaged("its directory is damaged")));
        }
        record.extend(self.exact(usize::try_from(length).unwrap_or_default())?);
        if let Some(place) = record.get_mut(48..56) {
            place.copy_from_slice(&places.directory.to_le_bytes());
        }
        self.out.write_all(&record).map_err(FilterError::Write)
    }

    fn locator(&mut self, mut locator: Vec<u8>, places: &Places) -> Result<(), FilterError> {
        locator.extend(self.exact(16)?);
        if let Some(place) = locator.get_mut(8..16) {
            place.copy_from_slice(&places.record.to_le_bytes());
        }
        self.out.write_all(&locator).map_err(FilterError::Write)
    }

    fn end(&mut self, mut end: Vec<u8>, places: &Places) -> Result<(), FilterError> {
        end.extend(self.exact(18)?);
        let none = end.len();
        let mut fields = Fields::new(&mut end, none);
        if fields.get(16) != super::fields::WIDE && self.place.copied {
            let set = fields.set(16, places.directory);
            set.map_err(FilterError::Write)?;
        }
        let comment = self.exact(usize::from(short(&end, 20)))?;
        end.extend(self.filter.fitted(&comment)?);
        self.out.write_all(&end).map_err(FilterError::Write)
    }

    /// The next bytes of the directory.
    fn exact(&mut self, length: usize) -> Result<Vec<u8>, FilterError> {
        let mut bytes = vec![0; length];
        match self.zip.inner().read_exact(&mut bytes) {
            Ok(()) => Ok(bytes),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(FilterError::Read(damaged("it ends within its directory")))
            }
            Err(error) => Err(FilterError::Read(error)),
        }
    }
}

fn damaged(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("zip: {message}"))
}
