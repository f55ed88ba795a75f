//! HCL: Terraform, Packer, Nomad, docker's bake files; HOCON and nginx's blocks as far as they go.
//!
//! The reader is our own. `tree-sitter-hcl` 1.1 takes 1.3 seconds for a megabyte of plain
//! attributes and 10 for one of quotes, and a quote that is not closed, or a directive of a
//! template, costs it all that follows; `hcl-edit` stops at the first error and recurses as deep as
//! the input nests. Here every byte is read a bounded number of times, blocks and lists lie on a
//! stack of the reader's own, and damage ends with its line or its bracket.

mod scan;
#[cfg(test)]
mod tests;
mod value;

use self::scan::Scanner;
use super::tree::{self, Body, Key, NodeId, Tree};
use crate::span::Span;
use crate::syntax::Value;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::{MappedText, trim};

/// The most labels of a block.
const MAX_LABELS: usize = 8;

/// Functions that give what they are given, in another form: what is in them is read as if they
/// were not there.
const TRANSPARENT: [&str; 18] = [
    "base64encode",
    "base64gzip",
    "chomp",
    "coalesce",
    "compact",
    "concat",
    "distinct",
    "flatten",
    "jsonencode",
    "merge",
    "nonsensitive",
    "sensitive",
    "tolist",
    "tomap",
    "toset",
    "trimspace",
    "try",
    "yamlencode",
];

/// Lowers an HCL file.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let mut reader = Reader::new(text);
    while reader.step() {}
    reader.end();
    if reader.has_errors {
        sink.mark_errors();
    }
    tree::lower(&reader.tree, text, sink);
}

struct Reader<'t> {
    text: &'t MappedText,
    scanner: Scanner<'t>,
    at: usize,
    tree: Tree,
    root: NodeId,
    open: Vec<Open>,
    /// How many brackets of each kind are open: one that closes none of its kind is skipped.
    counts: [usize; 3],
    has_errors: bool,
}

/// A bracket that is not closed.
struct Open {
    bracket: Bracket,
    /// The map or list that it holds, or the holder of what a call stands for.
    id: NodeId,
    /// Nodes that end with it.
    ends: Vec<NodeId>,
    /// The name of what a call stands for.
    key: Option<Key>,
    /// Whether it is the block of a variable, whose value is its default.
    is_variable: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    /// A block or an object.
    Brace = 0,
    /// A list.
    Square = 1,
    /// A call of a function that is [`TRANSPARENT`].
    Round = 2,
}

impl<'t> Reader<'t> {
    fn new(text: &'t MappedText) -> Self {
        let mut tree = Tree::default();
        let root = tree.add(None, Key::Root, Body::Map, 0..text.bytes().len());
        let bom = text.bytes().starts_with(b"\xEF\xBB\xBF");
        Self {
            text,
            scanner: Scanner::new(text.bytes()),
            at: if bom { 3 } else { 0 },
            tree,
            root,
            open: Vec::new(),
            counts: [0; 3],
            has_errors: false,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.scanner.bytes.get(self.at).copied()
    }

    /// Reads on. Whether there is more.
    fn step(&mut self) -> bool {
        self.at = self.scanner.skip(self.at);
        let Some(byte) = self.peek() else {
            return false;
        };
        match byte {
            b'}' => self.close(Bracket::Brace),
            b']' => self.close(Bracket::Square),
            b')' => self.close(Bracket::Round),
            _ => match self.open.last().map(|open| open.bracket) {
                None | Some(Bracket::Brace) => self.entry(),
                Some(Bracket::Square | Bracket::Round) => self.element(),
            },
        }
        true
    }

    fn end(&mut self) {
        self.has_errors |= self.scanner.is_cut || !self.open.is_empty();
        while let Some(open) = self.open.pop() {
            self.finish(&open);
        }
    }

    fn finish(&mut self, open: &Open) {
        for id in &open.ends {
            self.tree.end(*id, self.at);
        }
    }

    fn push(&mut self, bracket: Bracket, id: NodeId, ends: Vec<NodeId>) {
        self.at += 1;
        if let Some(count) = self.counts.get_mut(bracket as usize) {
            *count += 1;
        }
        self.open.push(Open {
            bracket,
            id,
            ends,
            key: None,
            is_variable: false,
        });
    }

    /// Closes the innermost bracket of a kind, and what was not closed in it.
    fn close(&mut self, bracket: Bracket) {
        self.at += 1;
        if self.counts.get(bracket as usize) == Some(&0) {
            self.has_errors = true;
            return;
        }
        while let Some(open) = self.open.pop() {
            self.finish(&open);
            if let Some(count) = self.counts.get_mut(open.bracket as usize) {
                *count -= 1;
            }
            if open.bracket == bracket {
                return;
            }
            self.has_errors = true;
        }
    }

    /// The map that entries go to.
    fn holder(&self) -> NodeId {
        self.open.last().map_or(self.root, |open| open.id)
    }

    /// Reads `name = value`, or the head of a block.
    fn entry(&mut self) {
        let start = self.at;
        let words = self.words();
        match self.peek() {
            // HOCON adds to lists by `+=`.
            Some(b'=' | b':' | b'+') if self.sign() > 0 => {
                self.at += self.sign();
                match words.last() {
                    Some(name) => self.attribute(name.clone()),
                    None => self.has_errors = true,
                }
            }
            Some(b'{') if words.is_empty() => {
                let id = self.holder();
                self.push(Bracket::Brace, id, Vec::new());
            }
            Some(b'{') => self.block(&words, start),
            _ => self.unknown(words, start),
        }
    }

    /// The length of the sign between a name and its value that stands here.
    fn sign(&self) -> usize {
        match self.scanner.from(self.at) {
            [b'+', b'=', ..] => 2,
            [b'=' | b':', ..] => 1,
            _ => 0,
        }
    }

    /// The names and strings at the start of an entry, up to the first sign.
    fn words(&mut self) -> Vec<Span> {
        let mut words = Vec::new();
        loop {
            self.at = self.scanner.skip_blanks(self.at);
            let rest = self.scanner.from(self.at);
            let word = match rest.first() {
                _ if words.len() == MAX_LABELS => return words,
                Some(b'"') => {
                    let quoted = self.scanner.quoted(self.at);
                    self.has_errors |= !quoted.is_closed;
                    self.at = quoted.end;
                    quoted.content
                }
                // A name that is an expression.
                Some(b'(') => {
                    let start = self.at;
                    let end = self.scanner.expression(start + 1);
                    let closed = self.scanner.bytes.get(end) == Some(&b')');
                    self.at = end + usize::from(closed);
                    start + 1..end
                }
                _ => {
                    let name = |b: &u8| {
                        b.is_ascii_alphanumeric() || !b.is_ascii() || b"_-.*@$".contains(b)
                    };
                    let length = rest.iter().take_while(|b| name(b)).count();
                    if length == 0 {
                        return words;
                    }
                    self.at += length;
                    self.at - length..self.at
                }
            };
            words.push(word);
        }
    }

    fn key(&self, name: Span) -> Key {
        let bytes = self.scanner.bytes.get(name.clone()).unwrap_or_default();
        let value = String::from_utf8_lossy(bytes).into_owned();
        tree::name(value, self.text.origin(name))
    }

    fn attribute(&mut self, name: Span) {
        let is_default = self.open.last().is_some_and(|open| open.is_variable)
            && self.scanner.bytes.get(name.clone()) == Some(b"default");
        let key = match is_default {
            true => Key::Unnamed,
            false => self.key(name),
        };
        self.at = self.scanner.skip_blanks(self.at);
        self.expression(self.holder(), key);
    }

    /// Opens a block: `resource "type" "name" {`. Each of its words is a map in the last. A block
    /// without labels may be one of several, so it is a list that has no places.
    fn block(&mut self, words: &[Span], start: usize) {
        let mut id = self.holder();
        let mut ends = Vec::new();
        for word in words {
            let alone = words.len() == 1;
            let body = if alone { Body::List } else { Body::Map };
            id = self
                .tree
                .add(Some(id), self.key(word.clone()), body, start..self.at);
            ends.push(id);
            if alone {
                id = self
                    .tree
                    .add(Some(id), Key::Unnamed, Body::Map, start..self.at);
                ends.push(id);
            }
        }
        self.push(Bracket::Brace, id, ends);
        let kind = words
            .first()
            .and_then(|word| self.scanner.bytes.get(word.clone()));
        if let Some(open) = self.open.last_mut() {
            open.is_variable = words.len() == 2 && kind == Some(b"variable");
        }
    }

    /// Passes the rest of a line that is no entry, or opens the block that it heads.
    fn unknown(&mut self, mut words: Vec<Span>, start: usize) {
        self.has_errors = true;
        let rest = self.scanner.from(self.at);
        let length = rest
            .iter()
            .position(|b| matches!(b, b'\n' | b';' | b'{' | b'}'));
        let end = self.at + length.unwrap_or(rest.len());
        let passed = self.at..end;
        self.at = end;
        if self.peek() == Some(b'{') && !words.is_empty() {
            // `location ~ \.php$ {`
            words.push(trim(self.scanner.bytes, passed));
            self.block(&words, start);
        } else if end == start {
            self.at += 1;
        }
    }

    /// Reads an item of a list, or an argument.
    fn element(&mut self) {
        let Some(open) = self.open.last() else {
            return;
        };
        let key = match &open.key {
            Some(key) => key.clone(),
            None => self.tree.next_place(open.id),
        };
        self.expression(open.id, key);
    }

    /// Reads an expression under a key.
    fn expression(&mut self, parent: NodeId, key: Key) {
        let start = self.at;
        let rest = self.scanner.from(start);
        match rest.first() {
            Some(b'{') if !value::is_loop(rest) => {
                let id = self
                    .tree
                    .add(Some(parent), key, Body::Map, start..start + 1);
                return self.push(Bracket::Brace, id, vec![id]);
            }
            Some(b'[') if !value::is_loop(rest) => {
                let id = self
                    .tree
                    .add(Some(parent), key, Body::List, start..start + 1);
                return self.push(Bracket::Square, id, vec![id]);
            }
            _ => {}
        }
        if let Some(length) = transparent(rest) {
            self.at += length;
            self.push(Bracket::Round, parent, Vec::new());
            if let Some(open) = self.open.last_mut() {
                open.key = Some(key);
            }
            return;
        }
        let end = self.scanner.expression(start);
        let span = trim(self.scanner.bytes, start..end);
        self.at = end;
        if span.is_empty() {
            // A sign that is none here is passed.
            self.has_errors = true;
            self.tree
                .add(Some(parent), key, Body::Value(Value::Null), span);
            return;
        }
        let (body, language) = value::body(self, span.clone());
        let id = self.tree.add(Some(parent), key, body, span);
        if let Some(language) = language {
            self.tree.is_in(id, language);
        }
    }
}

/// The length of the name of a [`TRANSPARENT`] function that a call begins with.
fn transparent(text: &[u8]) -> Option<usize> {
    let head = text.get(..text.len().min(20))?;
    let length = memchr::memchr(b'(', head)?;
    let name = std::str::from_utf8(head.get(..length)?).ok()?;
    TRANSPARENT.contains(&name).then_some(length)
}
