//! The copying of a tar archive.

use std::io::{self, BufReader, Read, Write};

use ::tar::Header;

use super::pass::{Tee, length, spool};
use super::{BUFFER, Place, is_damage};
use crate::decode::Tar;
use crate::decode::tar::{BLOCK, Block, Extension, Role};
use crate::filter::{Filter, FilterError};

/// A copy in progress.
struct Copy<'c, 'e, R> {
    filter: &'c mut Filter<'e>,
    tar: Tar<Tee<BufReader<R>>>,
    out: &'c mut dyn Write,
    place: &'c Place<'c>,
    /// Headers that go before the next one.
    pending: Vec<u8>,
    /// What they say of its member.
    extension: Extension,
}

/// Copies a tar archive.
pub(in crate::filter) fn copy(
    filter: &mut Filter<'_>,
    stream: impl Read + Send,
    out: &mut dyn Write,
    place: &Place<'_>,
) -> Result<(), FilterError> {
    let tee = Tee::new(BufReader::with_capacity(BUFFER, stream));
    let copy = Copy {
        filter,
        tar: Tar::new(tee),
        out,
        place,
        pending: Vec::new(),
        extension: Extension::default(),
    };
    copy.run()
}

impl<R: Read + Send> Copy<'_, '_, R> {
    fn run(mut self) -> Result<(), FilterError> {
        loop {
            self.tar.rest().keep();
            let next = self.tar.next_block();
            let read = self.tar.rest().kept().map_err(FilterError::Write)?;
            match next {
                Ok(Some(block)) => self.block(&block)?,
                Ok(None) => {
                    self.release()?;
                    return self.out.flush().map_err(FilterError::Write);
                }
                Err(error) if is_damage(&error) => {
                    // What cannot be told apart any more is text; its places stay.
                    self.release()?;
                    self.filter
                        .said
                        .damaged(&self.place.name, &error.to_string());
                    let rest = read.0.chain(self.tar.rest());
                    return self.filter.fit(rest, self.out);
                }
                Err(error) => return Err(FilterError::Read(error)),
            }
        }
    }

    fn block(&mut self, block: &Block) -> Result<(), FilterError> {
        match block.role {
            Role::File | Role::Sparse => return self.member(block),
            Role::Name | Role::Records | Role::Remark => {
                let header = self.header(&block.bytes, None)?;
                self.pending.extend(header);
                let text = self.tar.text().map_err(FilterError::Read)?;
                self.extension.read(block.role, &text);
                let text = self.filter.fitted(&text)?;
                self.pending.extend(text);
                // An overlong one is not kept, and what it says behind is not known.
                if self.pending.len() > 4 << 20 {
                    self.release()?;
                }
                let mut rest = spool();
                let more = io::copy(&mut self.tar.content(), &mut rest);
                if more.map_err(FilterError::Read)? > 0 {
                    self.release()?;
                    length(&mut rest).map_err(FilterError::Write)?;
                    self.filter.fit(rest, self.out)?;
                }
                let padding = self.tar.padding().map_err(FilterError::Read)?;
                self.pending.extend(padding);
            }
            Role::Bare | Role::Blank => {
                self.release()?;
                self.extension = Extension::default();
                let header = self.header(&block.bytes, None)?;
                self.write(&header)?;
            }
        }
        Ok(())
    }

    fn member(&mut self, block: &Block) -> Result<(), FilterError> {
        let extension = std::mem::take(&mut self.extension);
        self.tar.rest().keep();
        let name = self
            .tar
            .begin(block, &extension)
            .map_err(FilterError::Read)?;
        // The map of a sparse file.
        let (mut map, _) = self.tar.rest().kept().map_err(FilterError::Write)?;
        self.place.budget.member().map_err(FilterError::Read)?;
        if block.role == Role::Sparse || extension.sparse {
            self.release()?;
            let header = self.header(&block.bytes, None)?;
            self.write(&header)?;
            io::copy(&mut map, self.out).map_err(FilterError::Write)?;
            self.filter.fit(self.tar.content(), self.out)?;
            return self.pad();
        }
        let name = self.filter.engine.mask(&name).into_owned();
        let inside = self.place.member(&name);
        if self.place.copied {
            self.tar.rest().keep();
        }
        let before = self.filter.redacted;
        let look = self.filter.look(&mut self.tar.content(), &inside)?;
        let rest = io::copy(&mut self.tar.content(), &mut io::sink());
        let (mut raw, _) = self.tar.rest().kept().map_err(FilterError::Write)?;
        rest.map_err(FilterError::Read)?;
        if let Some(why) = &look.failed {
            self.filter.said.member(&inside.name, why, !look.found);
        }
        if !self.place.copied {
            self.filter.fitted(&block.bytes)?;
            return self.pad();
        }
        if !look.found {
            self.release()?;
            let header = self.header(&block.bytes, None)?;
            self.write(&header)?;
            io::copy(&mut raw, self.out).map_err(FilterError::Write)?;
            return self.pad();
        }
        self.filter.redacted = before;
        let mut copy = spool();
        self.filter.again(&mut raw, &mut copy, &inside, &look)?;
        let now = length(&mut copy).map_err(FilterError::Write)?;
        if let Some(before) = extension.size {
            set_size(&mut self.pending, before, now)?;
        }
        self.release()?;
        let header = self.header(&block.bytes, Some(now))?;
        self.write(&header)?;
        io::copy(&mut copy, self.out).map_err(FilterError::Write)?;
        self.tar.padding().map_err(FilterError::Read)?;
        let padding = now.next_multiple_of(BLOCK as u64) - now;
        io::copy(&mut io::repeat(0).take(padding), self.out).map_err(FilterError::Write)?;
        Ok(())
    }

    /// Writes what fills up the last block of a member, as it is.
    fn pad(&mut self) -> Result<(), FilterError> {
        let padding = self.tar.padding().map_err(FilterError::Read)?;
        self.write(&padding)
    }

    /// A header for a member of this size, if that changes.
    fn header(
        &mut self,
        bytes: &[u8; BLOCK],
        size: Option<u64>,
    ) -> Result<[u8; BLOCK], FilterError> {
        let fitted = self.filter.fitted(bytes)?;
        let Ok(mut block) = <[u8; BLOCK]>::try_from(fitted) else {
            return Ok(*bytes);
        };
        if block == *bytes && size.is_none() {
            return Ok(block);
        }
        let mut header = Header::new_old();
        header.as_mut_bytes().copy_from_slice(&block);
        if let Some(size) = size {
            header.set_size(size);
        }
        header.set_cksum();
        block.copy_from_slice(header.as_bytes());
        Ok(block)
    }

    /// Writes the headers that wait.
    fn release(&mut self) -> Result<(), FilterError> {
        let pending = std::mem::take(&mut self.pending);
        self.write(&pending)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), FilterError> {
        self.out.write_all(bytes).map_err(FilterError::Write)
    }
}

/// Changes the size in a record of pax, which keeps its length.
fn set_size(pending: &mut [u8], old: u64, new: u64) -> Result<(), FilterError> {
    let record = format!("size={old}\n");
    let found = memchr::memmem::rfind(pending, record.as_bytes());
    let place = found.and_then(|at| pending.get_mut(at + 5..at + record.len() - 1));
    let digits = format!("{new:0width$}", width = record.len() - 6);
    match place {
        Some(place) if place.len() == digits.len() => place.copy_from_slice(digits.as_bytes()),
        _ => {
            let message = "tar: a size cannot be changed";
            return Err(FilterError::Read(io::Error::other(message)));
        }
    }
    Ok(())
}
