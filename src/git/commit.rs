//! Commits and tags, read so that a malformed one is read as well: what others wrote may lack an e-mail
//! address, or a date, and is pushed all the same.

use bstr::{BString, ByteSlice as _};
use gix::hash::ObjectId;

use super::{GitError, Reader};

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Commit {
    /// Its name, in hex.
    pub id: String,
    /// When its author made it, in the form of ISO 8601; none if it does not say.
    pub date: Option<String>,
    /// What stands above its message, but for the names of other objects: who made it, signatures, the
    /// messages of tags that it merges.
    pub header: BString,
    /// What it says.
    pub message: BString,
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
}

/// What a commit names, and what follows it.
struct Links<'a> {
    tree: ObjectId,
    parents: Vec<ObjectId>,
    /// The rest of what stands above the message.
    header: &'a [u8],
    message: &'a [u8],
}

impl<'a> Links<'a> {
    /// Reads a commit; none if it names no tree.
    fn parse(data: &'a [u8]) -> Option<Self> {
        let (mut header, message) = parts(data);
        let tree = name(&mut header, b"tree ")?;
        let parents = std::iter::from_fn(|| name(&mut header, b"parent ")).collect();
        Some(Self {
            tree,
            parents,
            header,
            message,
        })
    }

    /// When something was done to it: the line that begins with a word.
    fn time(&self, key: &[u8]) -> Option<gix::date::Time> {
        let mut lines = self.header.lines();
        time(lines.find_map(|line| line.strip_prefix(key))?)
    }

    /// When it was committed, in seconds.
    fn committed(&self) -> i64 {
        let time = self.time(b"committer ").or_else(|| self.time(b"author "));
        time.map_or(0, |time| time.seconds)
    }
}

/// Takes the first line, if it begins with a word and goes on with the name of an object.
fn name(header: &mut &[u8], key: &[u8]) -> Option<ObjectId> {
    let (line, rest) = header.split_once_str("\n").unwrap_or((header, b""));
    let id = ObjectId::from_hex(line.strip_prefix(key)?.trim_ascii_end()).ok()?;
    *header = rest;
    Some(id)
}

impl Commit {
    fn parse(id: ObjectId, data: &[u8]) -> Option<Self> {
        let links = Links::parse(data)?;
        let date = links.time(b"author ");
        Some(Self {
            id: id.to_string(),
            date: date.and_then(|time| time.format(gix::date::time::format::ISO8601_STRICT).ok()),
            header: links.header.into(),
            message: links.message.into(),
            tree: links.tree,
            parents: links.parents,
        })
    }
}

/// What stands above a message, and the message.
fn parts(data: &[u8]) -> (&[u8], &[u8]) {
    match data.split_once_str("\n\n") {
        Some((header, message)) => (header, message),
        None => (data, b""),
    }
}

/// The time at the end of a line that says who made something.
fn time(line: &[u8]) -> Option<gix::date::Time> {
    let words = line.rsplitn_str(3, " ");
    let mut words = words.filter_map(|word| word.to_str().ok());
    let zone: i32 = words.next()?.trim_end().parse().ok()?;
    let seconds = words.next()?.parse().ok()?;
    let offset = (zone / 100 * 60 + zone % 100).checked_mul(60)?;
    Some(gix::date::Time { seconds, offset })
}

fn no_tree(id: ObjectId) -> GitError {
    GitError::new(format!("cannot read the commit {id}: it names no tree"))
}

impl Reader {
    /// Reads a commit.
    ///
    /// # Errors
    ///
    /// If it is not there, or damaged.
    pub(crate) fn commit(&self, id: ObjectId) -> Result<Commit, GitError> {
        let data = self.commit_data(id)?;
        let mut commit = Commit::parse(id, &data).ok_or_else(|| no_tree(id))?;
        if self.shallow.contains(&id) {
            commit.parents.clear();
        }
        Ok(commit)
    }

    /// What a commit was made from, and when.
    pub(super) fn links(&self, id: ObjectId) -> Result<(Vec<ObjectId>, i64), GitError> {
        let data = self.commit_data(id)?;
        let links = Links::parse(&data).ok_or_else(|| no_tree(id))?;
        let time = links.committed();
        let is_cut = self.shallow.contains(&id);
        Ok((if is_cut { Vec::new() } else { links.parents }, time))
    }

    /// The tree of a commit.
    pub(super) fn tree_of(&self, id: ObjectId) -> Result<ObjectId, GitError> {
        let data = self.commit_data(id)?;
        Ok(Links::parse(&data).ok_or_else(|| no_tree(id))?.tree)
    }

    fn commit_data(&self, id: ObjectId) -> Result<Vec<u8>, GitError> {
        let data = self.blob(id);
        data.map_err(|error| GitError::because(&format!("cannot read the commit {id}"), &error))
    }

    /// The message of a tag, and what stands above it.
    ///
    /// # Errors
    ///
    /// If it is not there, or damaged.
    pub(crate) fn tag(&self, id: ObjectId) -> Result<(BString, BString), GitError> {
        let data = self.blob(id)?;
        let (header, message) = parts(&data);
        let lines = header.split_inclusive(|byte| *byte == b'\n');
        let header = lines.filter(|line| !line.starts_with(b"object "));
        let header = header.collect::<Vec<_>>().concat();
        Ok((header.into(), message.into()))
    }

    /// What a tag names.
    pub(super) fn target(&self, tag: ObjectId) -> Result<ObjectId, GitError> {
        let data = self.blob(tag)?;
        let line = data.lines().next();
        let id = line.and_then(|line| ObjectId::from_hex(line.strip_prefix(b"object ")?).ok());
        id.ok_or_else(|| GitError::new(format!("cannot read the tag {tag}: it names no object")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_commits_are_read() {
        let id = ObjectId::null(gix::hash::Kind::Sha1);
        let (tree, parent) = ("a".repeat(40), "b".repeat(40));
        let text = |author: &str| {
            format!("tree {tree}\nparent {parent}\nauthor {author}\ncommitter {author}\n\nhello\n")
        };
        let read = |author: &str| Commit::parse(id, text(author).as_bytes()).unwrap();
        let whole = read("a <a@b> 1300000000 +0130");
        assert_eq!(whole.date.as_deref(), Some("2011-03-13T08:36:40+01:30"));
        for author in [
            "a 1300000000 +0130",
            "a <a 1300000000 +0130",
            "1300000000 +0130",
        ] {
            let odd = read(author);
            assert_eq!(odd.date, whole.date);
            assert_eq!(
                (odd.message, odd.parents),
                (whole.message.clone(), whole.parents.clone())
            );
        }
        for author in ["", "a <b>", "a <b> x +0000", "\u{ff}"] {
            let odd = read(author);
            assert_eq!((odd.date, odd.tree), (None, whole.tree));
        }
        assert_eq!(Commit::parse(id, b"parent x\n\n"), None);
    }
}
