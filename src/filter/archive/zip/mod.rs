//! The copying of a zip archive.

mod directory;
mod fields;

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read, Write};

use self::fields::Sizes;
use super::pass::{Placed, Spool, Summed, Tee, length, spool};
use super::{BUFFER, Look, Place, is_damage};
use crate::decode::{Budget, Member, Zip};
use crate::filter::pack::Packer;
use crate::filter::{Filter, FilterError};

/// The longest text behind a member that is never looked at: its lengths and checksum.
const DESCRIPTOR: u64 = 24;

/// What became of a member.
#[derive(Clone, Copy)]
struct Written {
    /// Where its header is now.
    at: u64,
    /// Its new sizes, if they changed.
    sizes: Option<Sizes>,
}

/// A copy in progress.
struct Copy<'c, 'e, R> {
    filter: &'c mut Filter<'e>,
    zip: Zip<Tee<BufReader<R>>>,
    out: Placed<'c>,
    place: &'c Place<'c>,
    /// What became of each member, by the place where its header was.
    written: BTreeMap<u64, Written>,
    /// What takes the place of the sizes behind the last member, if they changed.
    owed: Option<Sizes>,
}

/// Copies a zip archive.
pub(in crate::filter) fn copy(
    filter: &mut Filter<'_>,
    stream: impl Read + Send,
    out: &mut dyn Write,
    place: &Place<'_>,
) -> Result<(), FilterError> {
    let tee = Tee::new(BufReader::with_capacity(BUFFER, stream));
    let copy = Copy {
        filter,
        zip: Zip::new(tee),
        out: Placed::new(out),
        place,
        written: BTreeMap::new(),
        owed: None,
    };
    copy.run()
}

impl<R: Read + Send> Copy<'_, '_, R> {
    fn run(mut self) -> Result<(), FilterError> {
        loop {
            self.zip.inner().keep();
            let next = self.zip.next_member();
            let (between, read) = self.zip.inner().kept().map_err(FilterError::Write)?;
            let member = match next {
                Ok(member) => member,
                Err(error) if is_damage(&error) => {
                    self.between(between, read)?;
                    let why = error.to_string();
                    self.filter.said.damaged(&self.place.name, &why);
                    return Ok(());
                }
                Err(error) => return Err(FilterError::Read(error)),
            };
            let head = self.zip.head().to_vec();
            self.between(between, read.saturating_sub(head.len() as u64))?;
            match member {
                Some(member) => {
                    self.place.budget.member().map_err(FilterError::Read)?;
                    self.member(&member, head)?;
                }
                None => return self.directory(),
            }
        }
    }

    /// Copies what lies between two members.
    fn between(&mut self, mut bytes: Spool, mut length: u64) -> Result<(), FilterError> {
        if let Some(sizes) = self.owed.take() {
            let mut old = Vec::new();
            let read = (&mut bytes)
                .take(DESCRIPTOR.min(length))
                .read_to_end(&mut old);
            read.map_err(FilterError::Write)?;
            length -= old.len() as u64;
            let (new, rest) = sizes.descriptor(&old);
            self.write(&new)?;
            self.write(&rest)?;
        }
        if length <= DESCRIPTOR {
            io::copy(&mut bytes.take(length), &mut self.out).map_err(FilterError::Write)?;
            return Ok(());
        }
        self.filter.fit(bytes.take(length), &mut self.out)
    }

    fn member(&mut self, member: &Member, head: Vec<u8>) -> Result<(), FilterError> {
        let name = self.filter.engine.mask(&member.name).into_owned();
        let inside = self.place.member(&name);
        let was = self.zip.inner().at - head.len() as u64;
        let mut written = Written {
            at: self.out.at,
            sizes: None,
        };
        let head = fields::fitted(self.filter, head)?;
        if member.gap > 0 {
            let why = format!("{} bytes before it belong to no file", member.gap);
            self.filter.said.kept(&inside.name, &why);
        }
        if let Some(why) = &member.closed {
            self.filter.said.kept(&inside.name, why);
            self.write(&head)?;
            // Otherwise it is what lies before the next one.
            if self.zip.is_sized() {
                self.rest()?;
            }
        } else {
            let before = self.filter.redacted;
            let (look, raw) = self.look(&inside)?;
            let whole = look.failed.is_none() || self.zip.is_sized();
            if let Some(why) = &look.failed {
                self.filter
                    .said
                    .member(&inside.name, why, whole && !look.found);
            }
            if !self.place.copied {
                // Nothing is written.
            } else if !look.found && whole {
                self.write(&head)?;
                self.spooled(raw)?;
            } else {
                self.filter.redacted = before;
                written.sizes = Some(self.redacted(head, raw, &inside, &look)?);
            }
        }
        self.written.insert(was, written);
        Ok(())
    }

    /// Looks at the present member, and keeps what it is packed in.
    fn look(&mut self, inside: &Place<'_>) -> Result<(Look, Spool), FilterError> {
        if self.place.copied {
            self.zip.inner().keep();
        }
        let look = match self.zip.content(self.place.budget) {
            Ok(mut content) => self.filter.look(&mut *content, inside)?,
            Err(error) => Look {
                found: false,
                failed: Some(error.to_string()),
            },
        };
        if self.zip.is_sized() {
            // What was not read; if the archive ends there, the next step says so.
            match io::copy(&mut self.zip.packed(), &mut io::sink()) {
                Err(error) if !is_damage(&error) => return Err(FilterError::Read(error)),
                _ => {}
            }
        }
        let (raw, _) = self.zip.inner().kept().map_err(FilterError::Write)?;
        Ok((look, raw))
    }

    /// Unpacks a member once more, redacts it and packs it again. Returns its new sizes.
    fn redacted(
        &mut self,
        head: Vec<u8>,
        raw: Spool,
        inside: &Place<'_>,
        look: &Look,
    ) -> Result<Sizes, FilterError> {
        let coding = self.zip.coding();
        let budget = Budget::paid();
        let packer = Packer::method(coding.method, spool()).map_err(FilterError::Write)?;
        let mut summed = Summed::new(packer);
        let content = coding.unpack(BufReader::new(raw), &budget);
        match content {
            Ok(mut content) => self
                .filter
                .again(&mut *content, &mut summed, inside, look)?,
            Err(error) if look.failed.is_none() => return Err(FilterError::Read(error)),
            Err(_) => {}
        }
        let (crc, unpacked) = (summed.crc.sum(), summed.length);
        let mut packed = summed.inner.finish().map_err(FilterError::Write)?;
        let sizes = Sizes {
            crc,
            packed: length(&mut packed).map_err(FilterError::Write)?,
            unpacked,
        };
        let (head, later) = sizes.header(head).map_err(FilterError::Write)?;
        self.write(&head)?;
        self.spooled(packed)?;
        if coding.is_open() {
            // What stood behind it was read with it.
            self.write(&sizes.descriptor(&fields::blank(&head)).0)?;
        } else {
            self.owed = later.then_some(sizes);
        }
        Ok(sizes)
    }

    /// Copies what was not read of a member, as it is.
    fn rest(&mut self) -> Result<(), FilterError> {
        let mut packed = self.zip.packed();
        let mut buffer = [0; 8 << 10];
        loop {
            match packed.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(read) => {
                    let bytes = buffer.get(..read).unwrap_or_default();
                    self.out.write_all(bytes).map_err(FilterError::Write)?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The next step says so.
                Err(error) if is_damage(&error) => return Ok(()),
                Err(error) => return Err(FilterError::Read(error)),
            }
        }
    }

    fn spooled(&mut self, mut spool: Spool) -> Result<(), FilterError> {
        let copied = io::copy(&mut spool, &mut self.out);
        copied.map(drop).map_err(FilterError::Write)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), FilterError> {
        self.out.write_all(bytes).map_err(FilterError::Write)
    }
}
