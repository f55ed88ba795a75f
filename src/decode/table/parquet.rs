//! Parquet: groups of rows, in each the columns, in each the pages.

use std::collections::HashSet;
use std::io::{self, Read as _};
use std::ops::Range;

use parquet::basic::{ConvertedType, Encoding, LogicalType, Type};
use parquet::column::page::Page;
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{ByteArrayType, DataType, FixedLenByteArrayType};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::Length as _;
use parquet::schema::types::ColumnDescriptor;

use super::page::{NAME, Pages, internal};
use super::{Bytes, Reader, SHORTEST, TableText, failed};
use crate::decode::Budget;

/// How many rows are taken apart at a time.
const ROWS: usize = 1024;

/// How much of what is in no column is shown at a time, and how much of that once more; in bytes.
const BLOCK: usize = 1 << 20;
const AGAIN: usize = 4 << 10;

/// Groups that stand between the name of a list or a map and the names in it.
const STRUCTURE: [(&str, &[&str]); 4] = [
    ("list", &["element", "item"]),
    ("bag", &["array_element", "array"]),
    ("key_value", &[]),
    ("array", &[]),
];

/// Reads a file.
pub(super) fn read(bytes: Bytes, budget: &Budget, reader: &mut dyn Reader) -> io::Result<()> {
    let pages = Pages::new(bytes)?;
    let metadata = ParquetMetaDataReader::new()
        .parse_and_finish(&pages)
        .map_err(internal)?;
    let file = Table {
        pages,
        metadata,
        budget,
    };
    file.columns(reader)?;
    file.others(reader)
}

struct Table<'b> {
    pages: Pages,
    metadata: ParquetMetaData,
    budget: &'b Budget,
}

impl Table<'_> {
    /// Shows what of the file is in no column: marks, indexes, and the description at its end.
    fn others(&self, reader: &mut dyn Reader) -> io::Result<()> {
        let groups = self.metadata.row_groups().iter();
        let mut columns = Vec::new();
        for column in groups.flat_map(|group| group.columns()) {
            columns.push(place(column)?);
        }
        columns.sort_by_key(|range| (range.start, range.end));
        columns.push(self.pages.len()..self.pages.len());
        let mut at = 0;
        for column in columns {
            self.other(at..column.start, reader)?;
            at = at.max(column.end);
        }
        Ok(())
    }

    fn other(&self, range: Range<u64>, reader: &mut dyn Reader) -> io::Result<()> {
        let mut at = range.start;
        let mut bytes = Vec::new();
        while at < range.end {
            let again = bytes.len().min(AGAIN);
            bytes.drain(..bytes.len() - again);
            let length = (range.end - at).min(BLOCK as u64);
            let read = self.pages.from(at).take(length).read_to_end(&mut bytes)?;
            self.budget.read(read as u64);
            if read == 0 {
                break;
            }
            reader.other(at - again as u64, &bytes);
            at += read as u64;
        }
        Ok(())
    }

    /// Looks at all columns that hold texts.
    fn columns(&self, reader: &mut dyn Reader) -> io::Result<()> {
        let mut row = 0;
        for group in self.metadata.row_groups() {
            let rows = usize::try_from(group.num_rows());
            let rows = rows.map_err(|_| failed(NAME, "it has a negative number of rows"))?;
            for column in group.columns() {
                let place = place(column)?;
                self.budget.read(place.end.saturating_sub(place.start));
                let fixed = || usize::try_from(column.column_descr().type_length()).unwrap_or(0);
                match column.column_type() {
                    Type::BYTE_ARRAY => {}
                    Type::FIXED_LEN_BYTE_ARRAY if fixed() >= SHORTEST => {}
                    _ => continue,
                }
                if self.may_hold(column, rows, reader)? {
                    let cells = Cells {
                        column,
                        rows,
                        first: row,
                    };
                    match column.column_type() {
                        Type::BYTE_ARRAY => self.cells::<ByteArrayType>(&cells, reader)?,
                        _ => self.cells::<FixedLenByteArrayType>(&cells, reader)?,
                    }
                }
            }
            row += rows as u64;
        }
        Ok(())
    }

    /// Whether the texts of a column may hold what is looked for, without taking them apart.
    fn may_hold(
        &self,
        column: &ColumnChunkMetaData,
        rows: usize,
        reader: &mut dyn Reader,
    ) -> io::Result<bool> {
        let mut pages = self.pages.of(column, rows).map_err(internal)?;
        while let Some((page, size)) = pages.next_packed().map_err(internal)? {
            let whole = match (&page, page.encoding()) {
                (Page::DictionaryPage { .. }, _)
                | (_, Encoding::PLAIN | Encoding::DELTA_LENGTH_BYTE_ARRAY) => true,
                // They refer to the dictionary.
                (_, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY) => false,
                // What texts have in common is left out, or their bytes are mixed.
                _ => return Ok(true),
            };
            if whole {
                let page = pages.unpack(page, size).map_err(internal)?;
                self.budget.unpack(self.pages.take_unpacked())?;
                if reader.may_hold(page.buffer()) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Shows the texts of a column, one by one.
    fn cells<T>(&self, cells: &Cells<'_>, reader: &mut dyn Reader) -> io::Result<()>
    where
        T: DataType,
        T::T: AsRef<[u8]>,
    {
        let descriptor = cells.column.column_descr_ptr();
        let pages = self.pages.of(cells.column, cells.rows).map_err(internal)?;
        let dictionary = pages.dictionary();
        let mut columns = ColumnReaderImpl::<T>::new(descriptor.clone(), Box::new(pages));
        let (mut definitions, mut repetitions) = (Vec::new(), Vec::new());
        let mut values: Vec<T::T> = Vec::new();
        let name = name(&descriptor);
        let is_text = is_text(&descriptor);
        let mut row = cells.first;
        let mut known = HashSet::new();
        // Of texts that share their beginnings, each may be much longer than the page.
        let together = match cells.is_shared() {
            true => 1,
            false => ROWS,
        };
        loop {
            definitions.clear();
            repetitions.clear();
            values.clear();
            let (records, _, levels) = columns
                .read_records(
                    together,
                    Some(&mut definitions),
                    Some(&mut repetitions),
                    &mut values,
                )
                .map_err(internal)?;
            self.budget.unpack(self.pages.take_unpacked())?;
            if records == 0 {
                return Ok(());
            }
            let mut cost = levels as u64;
            let mut rest = values.iter();
            for level in 0..levels {
                row += u64::from(repetitions.get(level).is_none_or(|repeated| *repeated == 0));
                let null = definitions.get(level);
                if null.is_some_and(|level| *level < descriptor.max_def_level()) {
                    continue;
                }
                let Some(value) = rest.next() else {
                    break;
                };
                let bytes = value.as_ref();
                let seen = dictionary.holds(bytes) && !known.insert(bytes.as_ptr_range());
                if bytes.len() >= SHORTEST && !seen {
                    cost += bytes.len() as u64;
                    reader.cell(TableText {
                        column: &name,
                        row: Some(row),
                        bytes,
                        is_text,
                    });
                }
            }
            self.budget.unpack(cost)?;
        }
    }
}

/// Where a column is.
struct Cells<'c> {
    column: &'c ColumnChunkMetaData,
    rows: usize,
    /// How many rows stand before it.
    first: u64,
}

impl Cells<'_> {
    /// Whether texts share their beginnings.
    fn is_shared(&self) -> bool {
        let mut encodings = self.column.encodings();
        encodings.any(|encoding| encoding == Encoding::DELTA_BYTE_ARRAY)
    }
}

/// The bytes of a column in a group of rows.
fn place(column: &ColumnChunkMetaData) -> io::Result<Range<u64>> {
    let start = column
        .dictionary_page_offset()
        .unwrap_or_else(|| column.data_page_offset());
    let place = u64::try_from(start)
        .ok()
        .zip(u64::try_from(column.compressed_size()).ok());
    let place = place.and_then(|(start, length)| Some(start..start.checked_add(length)?));
    place.ok_or_else(|| failed(NAME, "a column is nowhere"))
}

/// The name of a column, as those know it who wrote it.
fn name(column: &ColumnDescriptor) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut parts = column.path().parts().iter().map(String::as_str).peekable();
    while let Some(part) = parts.next() {
        let known = STRUCTURE.iter().find(|(group, _)| *group == part);
        let known = known.filter(|_| !names.is_empty() && column.max_rep_level() > 0);
        let Some((_, inner)) = known else {
            names.push(part);
            continue;
        };
        if !inner.is_empty() {
            parts.next_if(|part| inner.contains(part));
        }
    }
    names.join(".")
}

/// Whether a column says that it is text.
fn is_text(column: &ColumnDescriptor) -> bool {
    let logical = column.logical_type_ref();
    let text = [LogicalType::String, LogicalType::Json, LogicalType::Enum];
    let text = logical.is_some_and(|kind| text.contains(kind));
    let old = [
        ConvertedType::UTF8,
        ConvertedType::JSON,
        ConvertedType::ENUM,
    ];
    text || old.contains(&column.converted_type())
}
