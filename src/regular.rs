//! Files that hfscan itself reads, such as configurations and what Git keeps: regular ones alone, up to a
//! limit. What a repository brings may be a device, a FIFO, a folder, or without end.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

/// The longest text that people write for hfscan, such as a configuration or rules, in bytes.
pub(crate) const TEXT: u64 = 4 << 20;

/// Reads a file of at most `most` bytes. Links are followed.
///
/// # Errors
///
/// If it cannot be read, is no regular file, or is larger.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    // To open a FIFO would wait for its other end.
    check(path, most)?;
    let file = File::open(path)?;
    fits(&file.metadata()?, most)?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(too_large(most));
    }
    Ok(bytes)
}

/// The same for a text, without the mark that some editors begin it with.
///
/// # Errors
///
/// Also if it is not UTF-8.
pub(crate) fn read_text(path: &Path, most: u64) -> io::Result<String> {
    let mut text = String::from_utf8(read(path, most)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// Whether a file could be read; its metadata.
///
/// # Errors
///
/// If there is none, or it is no regular file, or larger than `most` bytes.
pub(crate) fn check(path: &Path, most: u64) -> io::Result<Metadata> {
    let data = path.metadata()?;
    fits(&data, most)?;
    Ok(data)
}

/// The same, where there need be no file at all.
///
/// # Errors
///
/// If there is something that cannot be read as a file.
pub(crate) fn check_if_there(path: &Path, most: u64) -> io::Result<Option<Metadata>> {
    match check(path, most) {
        Ok(data) => Ok(Some(data)),
        Err(error) if is_absent(&error) => match path.symlink_metadata() {
            Ok(_) => Err(io::Error::other("it is a link that leads nowhere")),
            Err(_) => Ok(None),
        },
        Err(error) => Err(error),
    }
}

/// Whether a link leads out of the repository that it lies in, or out of its folder where there is none.
pub(crate) fn leads_out(link: &Path) -> bool {
    let folder = link.parent().unwrap_or(Path::new(""));
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let Ok(folder) = folder.canonicalize() else {
        return true;
    };
    let mut above = folder.ancestors();
    let top = above.find(|folder| folder.join(".git").exists());
    let real = link.canonicalize();
    real.is_ok_and(|real| !real.starts_with(top.unwrap_or(&folder)))
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn fits(data: &Metadata, most: u64) -> io::Result<()> {
    if !data.is_file() {
        let what = if data.is_dir() {
            "it is a folder"
        } else {
            "it is no regular file"
        };
        return Err(io::Error::other(what));
    }
    if data.len() > most {
        return Err(too_large(most));
    }
    Ok(())
}

fn too_large(most: u64) -> io::Error {
    let limit = if most >= 1 << 20 {
        format!("{} MiB", most >> 20)
    } else {
        format!("{} KiB", most >> 10)
    };
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it is larger than {limit}"),
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn only_files_of_a_fair_size_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        assert!(read(&path, 4).is_err());
        assert!(check_if_there(&path, 4).unwrap().is_none());
        File::create(&path).unwrap().write_all(b"1234").unwrap();
        assert_eq!(read(&path, 4).unwrap(), b"1234");
        for (path, most, said) in [
            (path.as_path(), 3, "it is larger than 0 KiB"),
            (folder.path(), 4, "it is a folder"),
            (Path::new("/dev/zero"), 4, "it is no regular file"),
        ] {
            assert_eq!(read(path, most).unwrap_err().to_string(), said);
            assert!(check_if_there(path, most).is_err());
        }
    }

    #[test]
    fn a_mark_before_a_text_is_no_part_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let mut file = File::create(&path).unwrap();
        file.write_all("\u{feff}a\u{feff}".as_bytes()).unwrap();
        assert_eq!(read_text(&path, 99).unwrap(), "a\u{feff}");
        file.write_all(b"\xff").unwrap();
        assert!(read_text(&path, 99).is_err());
    }
}
