//! Patches in the form of Codex, which tools take as one text.

use super::edit::{Change, FileEdit};
use super::protocol::PatchMarks;

/// The files that a patch in a text changes; none if there is no patch in it.
pub(super) fn read(text: &str, marks: &PatchMarks) -> Vec<FileEdit> {
    let Some(at) = text.find(&marks.begin) else {
        return Vec::new();
    };
    let lines = text.get(at..).unwrap_or_default().lines().skip(1);
    let mut files: Vec<Draft> = Vec::new();
    for line in lines.take_while(|line| line.trim_end() != marks.end) {
        if let Some(path) = line.strip_prefix(marks.add.as_str()) {
            files.push(Draft::new(path, true));
        } else if let Some(path) = line.strip_prefix(marks.update.as_str()) {
            files.push(Draft::new(path, false));
        } else if line.starts_with(marks.delete.as_str())
            || line.starts_with(marks.end_of_file.as_str())
        {
            continue;
        } else if let Some(file) = files.last_mut() {
            match line.strip_prefix(marks.moved.as_str()) {
                Some(path) => file.moved = Some(path.trim().to_owned()),
                None => file.line(line),
            }
        }
    }
    files.into_iter().map(Draft::finish).collect()
}

/// A file of a patch, as far as it was read.
struct Draft {
    path: String,
    moved: Option<String>,
    is_new: bool,
    done: Vec<(String, String)>,
    old: String,
    new: String,
}

impl Draft {
    fn new(path: &str, is_new: bool) -> Self {
        Self {
            path: path.trim().to_owned(),
            moved: None,
            is_new,
            done: Vec::new(),
            old: String::new(),
            new: String::new(),
        }
    }

    fn line(&mut self, line: &str) {
        if line.starts_with("@@") {
            self.close();
        } else if let Some(added) = line.strip_prefix('+') {
            push(&mut self.new, added);
        } else if let Some(gone) = line.strip_prefix('-') {
            push(&mut self.old, gone);
        } else {
            let kept = line.strip_prefix(' ').unwrap_or(line);
            push(&mut self.old, kept);
            push(&mut self.new, kept);
        }
    }

    /// Ends a hunk.
    fn close(&mut self) {
        let (old, new) = (std::mem::take(&mut self.old), std::mem::take(&mut self.new));
        if old != new {
            self.done.push((old, new));
        }
    }

    fn finish(mut self) -> FileEdit {
        let change = if self.is_new {
            Change::Whole(self.new)
        } else {
            self.close();
            Change::Parts(self.done)
        };
        FileEdit {
            path: self.moved.unwrap_or(self.path),
            change,
        }
    }
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::Agents;

    #[test]
    fn files_are_added_and_changed() {
        let agents = Agents::built_in().unwrap();
        let patch = "apply_patch <<'E'\n*** Begin Patch\n*** Add File: a.py\n+x = 1\n+y = 2\n\
                     *** Update File: b.py\n*** Move to: c.py\n@@ def f\n one\n-two\n+three\n@@\n-four\n\
                     *** Delete File: d.py\n*** End Patch\nE\n";
        let files = read(patch, &agents.patch);
        let parts = vec![
            ("one\ntwo\n".to_owned(), "one\nthree\n".to_owned()),
            ("four\n".to_owned(), String::new()),
        ];
        let wanted = [
            ("a.py", Change::Whole("x = 1\ny = 2\n".to_owned())),
            ("c.py", Change::Parts(parts)),
        ];
        let wanted = wanted.map(|(path, change)| FileEdit {
            path: path.to_owned(),
            change,
        });
        assert_eq!(files, wanted);
        assert!(read("echo hello", &agents.patch).is_empty());
    }
}
