//! Arrow: a stream of messages, each a description and a body of buffers. A file of Arrow (Feather) is
//! such a stream between two marks, with a list of places behind it.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read};
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::ByteArrayType;
use arrow_array::{Array, ArrayRef, GenericByteArray, GenericByteViewArray, OffsetSizeTrait};
use arrow_buffer::{ArrowNativeType as _, Buffer};
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{read_dictionary, read_record_batch};
use arrow_ipc::{Message, MessageHeader, root_as_message};
use arrow_schema::{ArrowError, DataType, SchemaRef};

use super::{LARGEST, Reader, SHORTEST, TableText, failed, too_large};
use crate::decode::Budget;

/// The name of the format, for messages.
const NAME: &str = "Arrow";

/// What a file begins with, before its stream.
const MARK: &[u8] = b"ARROW1\0\0";

/// What stands before the length of a message, in all but old streams.
const BEGIN: u32 = u32::MAX;

/// The longest description of a message, in bytes.
const DESCRIPTION: u64 = 16 << 20;

/// How much behind the stream is shown at a time, in bytes.
const BLOCK: u64 = 1 << 20;

/// A buffer whose length is written so is not compressed.
const PLAIN: i64 = -1;

/// Reads a stream, or a file as one.
pub(super) fn read(
    stream: &mut dyn Read,
    budget: &Budget,
    reader: &mut dyn Reader,
) -> io::Result<()> {
    let mut messages = Messages {
        stream,
        at: 0,
        budget,
        schema: None,
        dictionaries: HashMap::new(),
        rows: 0,
    };
    let done = messages.read(reader);
    // What lies behind is shown, whatever was wrong before.
    let rest = messages.rest(reader);
    done.and(rest)
}

struct Messages<'s> {
    stream: &'s mut dyn Read,
    /// How many bytes were read.
    at: u64,
    budget: &'s Budget,
    schema: Option<SchemaRef>,
    dictionaries: HashMap<i64, ArrayRef>,
    /// How many rows were read.
    rows: u64,
}

impl Messages<'_> {
    fn read(&mut self, reader: &mut dyn Reader) -> io::Result<()> {
        let mut word = self.word()?;
        if word.is_some_and(|word| MARK.starts_with(&word.to_le_bytes())) {
            self.word()?;
            word = self.word()?;
            // Some writers fill up to where the first message is to lie.
            while word == Some(0) {
                word = self.word()?;
            }
        }
        while let Some(first) = word {
            let length = match first {
                BEGIN => self.word()?.unwrap_or(0),
                length => length,
            };
            if length == 0 {
                return Ok(());
            }
            self.message(u64::from(length), reader)?;
            word = self.word()?;
        }
        Ok(())
    }

    /// The next four bytes as a number, unless the stream has ended.
    fn word(&mut self) -> io::Result<Option<u32>> {
        let bytes = self.bytes(4)?;
        let word = bytes.first_chunk::<4>();
        Ok(word.map(|word| u32::from_le_bytes(*word)))
    }

    /// As many of the next bytes as there are.
    fn bytes(&mut self, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = (&mut *self.stream).take(length).read_to_end(&mut bytes)?;
        self.at += read as u64;
        Ok(bytes)
    }

    /// The next bytes, which must be there.
    fn exactly(&mut self, length: u64) -> io::Result<Vec<u8>> {
        let bytes = self.bytes(length)?;
        match bytes.len() as u64 == length {
            true => Ok(bytes),
            false => Err(failed(NAME, "the end of it is missing")),
        }
    }

    fn message(&mut self, length: u64, reader: &mut dyn Reader) -> io::Result<()> {
        if length > DESCRIPTION {
            return Err(too_large(NAME, length));
        }
        let at = self.at;
        let description = self.exactly(length)?;
        reader.other(at, &description);
        let message = root_as_message(&description).map_err(|error| failed(NAME, error))?;
        let length = u64::try_from(message.bodyLength());
        let length = length.map_err(|_| failed(NAME, "a body has a negative length"))?;
        if length > LARGEST {
            return Err(too_large(NAME, length));
        }
        let body = self.exactly(length)?;
        self.check(&message, &body)?;
        self.body(&message, &Buffer::from(body), reader)
    }

    /// Fails if the buffers of a body do not lie in it, or are larger than can be.
    fn check(&self, message: &Message<'_>, body: &[u8]) -> io::Result<()> {
        let dictionary = message.header_as_dictionary_batch();
        let dictionary = dictionary.and_then(|dictionary| dictionary.data());
        let Some(batch) = message.header_as_record_batch().or(dictionary) else {
            return Ok(());
        };
        let mut all = 0_u64;
        for buffer in batch.buffers().into_iter().flatten() {
            let (at, length) = (buffer.offset(), buffer.length());
            let place = usize::try_from(at).ok().zip(usize::try_from(length).ok());
            let bytes = place.and_then(|(at, length)| body.get(at..)?.get(..length));
            let bytes = bytes.ok_or_else(|| failed(NAME, "a buffer lies outside of its body"))?;
            let packed = batch.compression().is_some();
            let prefix = bytes.first_chunk::<8>().filter(|_| packed);
            let size = match prefix.map(|prefix| i64::from_le_bytes(*prefix)) {
                None | Some(PLAIN) => bytes.len() as u64,
                Some(size) => u64::try_from(size).unwrap_or(u64::MAX),
            };
            all = all.saturating_add(size);
        }
        if all > LARGEST {
            return Err(too_large(NAME, all));
        }
        self.budget.unpack(all)
    }

    fn body(
        &mut self,
        message: &Message<'_>,
        body: &Buffer,
        reader: &mut dyn Reader,
    ) -> io::Result<()> {
        let version = message.version();
        match message.header_type() {
            MessageHeader::Schema => {
                let schema = message.header_as_schema();
                let schema = schema.ok_or_else(|| failed(NAME, "it has no schema"))?;
                self.schema = Some(Arc::new(try_fb_to_schema(schema).map_err(wrong)?));
            }
            MessageHeader::DictionaryBatch => {
                let (Some(batch), Some(schema)) =
                    (message.header_as_dictionary_batch(), self.schema.as_ref())
                else {
                    return Err(failed(NAME, "it has no schema"));
                };
                let all = &mut self.dictionaries;
                read_dictionary(body, batch, schema, all, &version).map_err(wrong)?;
            }
            MessageHeader::RecordBatch => {
                let (Some(batch), Some(schema)) =
                    (message.header_as_record_batch(), self.schema.clone())
                else {
                    return Err(failed(NAME, "it has no schema"));
                };
                let all = &self.dictionaries;
                let batch = read_record_batch(body, batch, schema, all, None, &version);
                let batch = batch.map_err(wrong)?;
                let schema = batch.schema();
                let mut columns = Columns {
                    reader,
                    first: self.rows,
                    known: HashSet::new(),
                };
                for (field, column) in schema.fields().iter().zip(batch.columns()) {
                    columns.look(field.name(), column, &|row| Some(row));
                }
                self.rows += batch.num_rows() as u64;
            }
            _ => {}
        }
        Ok(())
    }

    /// Shows all that is left.
    fn rest(&mut self, reader: &mut dyn Reader) -> io::Result<()> {
        loop {
            let at = self.at;
            let bytes = self.bytes(BLOCK)?;
            if bytes.is_empty() {
                return Ok(());
            }
            reader.other(at, &bytes);
        }
    }
}

fn wrong(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IpcError(why)
        | ArrowError::ParseError(why)
        | ArrowError::InvalidArgumentError(why) => failed(NAME, why),
        other => failed(NAME, other),
    }
}

/// Tells the row of a batch that an element belongs to.
type Row<'r> = &'r dyn Fn(usize) -> Option<usize>;

/// The columns of a batch.
struct Columns<'r> {
    reader: &'r mut dyn Reader,
    /// How many rows stand before the batch.
    first: u64,
    /// Texts of dictionaries that were shown.
    known: HashSet<usize>,
}

impl Columns<'_> {
    /// Looks at an array, and at those in it.
    fn look(&mut self, name: &str, array: &ArrayRef, row: Row<'_>) {
        match array.data_type() {
            DataType::Utf8 => self.texts(name, array.as_string::<i32>(), (true, row)),
            DataType::LargeUtf8 => self.texts(name, array.as_string::<i64>(), (true, row)),
            DataType::Binary => self.texts(name, array.as_binary::<i32>(), (false, row)),
            DataType::LargeBinary => self.texts(name, array.as_binary::<i64>(), (false, row)),
            DataType::Utf8View => self.views(name, array.as_string_view(), (true, row)),
            DataType::BinaryView => self.views(name, array.as_binary_view(), (false, row)),
            DataType::FixedSizeBinary(_) => {
                let texts = array.as_fixed_size_binary();
                if self.reader.may_hold(texts.value_data()) {
                    let texts = (0..texts.len()).map(|at| (at, texts.value(at)));
                    self.show(name, texts, (false, row));
                }
            }
            DataType::List(_) => {
                let list = array.as_list::<i32>();
                self.look(name, list.values(), &|at| {
                    row(owner(list.value_offsets(), at)?)
                });
            }
            DataType::LargeList(_) => {
                let list = array.as_list::<i64>();
                self.look(name, list.values(), &|at| {
                    row(owner(list.value_offsets(), at)?)
                });
            }
            DataType::FixedSizeList(_, width) => {
                let width = usize::try_from(*width).unwrap_or(0);
                let values = array.as_fixed_size_list().values();
                self.look(name, values, &|at| row(at.checked_div(width)?));
            }
            DataType::Map(_, _) => {
                let map = array.as_map();
                let entries: ArrayRef = Arc::new(map.entries().clone());
                self.look(name, &entries, &|at| row(owner(map.value_offsets(), at)?));
            }
            DataType::Struct(fields) => {
                for (field, column) in fields.iter().zip(array.as_struct().columns()) {
                    self.look(&format!("{name}.{}", field.name()), column, row);
                }
            }
            DataType::Dictionary(_, _) => self.dictionary(name, array, row),
            _ => self.others(name, array),
        }
    }

    /// The texts of a dictionary, at the first row of each.
    fn dictionary(&mut self, name: &str, array: &ArrayRef, row: Row<'_>) {
        let array = array.as_any_dictionary();
        let keys = array.normalized_keys();
        let mut first: HashMap<usize, usize> = HashMap::new();
        for (at, key) in keys.iter().enumerate() {
            first.entry(*key).or_insert(at);
        }
        let place = |key: usize| first.get(&key).and_then(|at| row(*at));
        self.look(name, array.values(), &place);
    }

    /// What stands in unions and the like: somewhere in the column.
    fn others(&mut self, name: &str, array: &ArrayRef) {
        let mut arrays = vec![array.to_data()];
        while let Some(data) = arrays.pop() {
            if !data.data_type().is_primitive() {
                for buffer in data.buffers().iter().filter(|b| b.len() >= SHORTEST) {
                    if self.reader.may_hold(buffer) {
                        let texts = std::iter::once((0, buffer.as_slice()));
                        self.show(name, texts, (false, &|_| None));
                    }
                }
            }
            arrays.extend(data.child_data().iter().cloned());
        }
    }

    fn texts<T: ByteArrayType>(
        &mut self,
        name: &str,
        texts: &GenericByteArray<T>,
        how: (bool, Row<'_>),
    ) {
        if self.reader.may_hold(texts.value_data()) {
            let offsets = texts.value_offsets().windows(2).enumerate();
            let texts = offsets.filter_map(|(at, ends)| {
                let ends = ends[0].as_usize()..ends[1].as_usize();
                Some((at, texts.values().get(ends)?))
            });
            self.show(name, texts, how);
        }
    }

    fn views<T: arrow_array::types::ByteViewType>(
        &mut self,
        name: &str,
        texts: &GenericByteViewArray<T>,
        how: (bool, Row<'_>),
    ) {
        let mut buffers = texts.data_buffers().iter();
        if buffers.any(|buffer| self.reader.may_hold(buffer)) {
            let texts = (0..texts.len()).map(|at| (at, texts.value(at).as_ref()));
            self.show(name, texts, how);
        }
    }

    /// Shows texts, one by one.
    fn show<'t>(
        &mut self,
        name: &str,
        texts: impl Iterator<Item = (usize, &'t [u8])>,
        (is_text, row): (bool, Row<'_>),
    ) {
        for (at, bytes) in texts.filter(|(_, bytes)| bytes.len() >= SHORTEST) {
            if self.known.insert(bytes.as_ptr().addr()) {
                self.reader.cell(TableText {
                    column: name,
                    row: row(at).map(|row| self.first + row as u64 + 1),
                    bytes,
                    is_text,
                });
            }
        }
    }
}

/// The list that an element belongs to, by where each begins.
fn owner<O: OffsetSizeTrait>(offsets: &[O], at: usize) -> Option<usize> {
    offsets
        .partition_point(|offset| offset.as_usize() <= at)
        .checked_sub(1)
}
