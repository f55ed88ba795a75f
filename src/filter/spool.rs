//! Bytes for later: in memory, or in a file that no one else can read.

use std::io::{self, Read, Seek, SeekFrom, Write};

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit as _, StreamCipher as _, StreamCipherSeek as _};
use tempfile::SpooledTempFile;

use super::FilterError;

/// What is kept in memory, in bytes. More goes to a file that has no name.
const IN_MEMORY: usize = 8 << 20;

/// How much is copied at a time, in bytes.
const BUFFER: usize = 64 << 10;

/// How many bytes are encrypted at a time.
const PIECE: usize = 8 << 10;

/// A packed file that can be read once more.
pub(super) trait Again: Read + Seek + Send {}

impl<T: Read + Seek + Send> Again for T {}

/// Bytes for later, as in a file. They may hold credentials, so they are encrypted, with a key that is
/// nowhere but here.
pub(super) struct Spool {
    file: SpooledTempFile,
    /// At the same place as the file.
    cipher: ChaCha20,
}

impl Spool {
    /// Room for bytes.
    pub(super) fn new() -> io::Result<Self> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(io::Error::other)?;
        Ok(Self {
            file: SpooledTempFile::new(IN_MEMORY),
            // A key that is used once needs no nonce.
            cipher: ChaCha20::new(&key.into(), &[0; 12].into()),
        })
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut piece = [0; PIECE];
        let taken = bytes.len().min(PIECE);
        let (Some(piece), Some(bytes)) = (piece.get_mut(..taken), bytes.get(..taken)) else {
            return Ok(0);
        };
        piece.copy_from_slice(bytes);
        self.cipher
            .try_apply_keystream(piece)
            .map_err(io::Error::other)?;
        // In part written would be in part encrypted for the wrong place.
        self.file.write_all(piece)?;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Read for Spool {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        let bytes = buffer.get_mut(..read).unwrap_or_default();
        self.cipher
            .try_apply_keystream(bytes)
            .map_err(io::Error::other)?;
        Ok(read)
    }
}

impl Seek for Spool {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = self.file.seek(to)?;
        self.cipher.try_seek(place).map_err(io::Error::other)?;
        Ok(place)
    }
}

/// Keeps all of a stream.
pub(super) fn kept(stream: &mut dyn Read) -> Result<Spool, FilterError> {
    let mut spool = Spool::new().map_err(FilterError::Write)?;
    let mut buffer = vec![0; BUFFER];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => spool
                .write_all(buffer.get(..read).unwrap_or_default())
                .map_err(FilterError::Write)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(FilterError::Read(error)),
        }
    }
    spool.rewind().map_err(FilterError::Write)?;
    Ok(spool)
}

/// Copies all of a stream as it is.
pub(super) fn pass(stream: &mut dyn Read, out: &mut dyn Write) -> Result<(), FilterError> {
    let copied = io::copy(stream, out).and_then(|_| out.flush());
    copied.map_err(FilterError::Write)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_is_not_to_be_read_meanwhile() {
        let mut text = "one secret, ".repeat(IN_MEMORY / 10).into_bytes();
        let mut spool = Spool::new().unwrap();
        io::copy(&mut &text[..], &mut spool).unwrap();
        assert!(spool.file.is_rolled());
        let mut kept = vec![0; 1 << 16];
        spool.file.rewind().unwrap();
        spool.file.read_exact(&mut kept).unwrap();
        assert!(memchr::memmem::find(&kept, b"secret").is_none());
        for at in [0, 77, 99_999] {
            text[at..at + 5].copy_from_slice(b"other");
            spool.seek(SeekFrom::Start(at as u64)).unwrap();
            spool.write_all(b"other").unwrap();
            let mut back = Vec::new();
            spool.rewind().unwrap();
            spool.read_to_end(&mut back).unwrap();
            assert!(back == text);
        }
    }
}
