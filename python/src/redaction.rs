//! Columns without the credentials in them. What holds none stays the array that it was.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::builder::{BinaryViewBuilder, StringViewBuilder};
use arrow_array::cast::AsArray as _;
use arrow_array::{
    Array, ArrayRef, FixedSizeListArray, GenericBinaryArray, GenericListArray,
    GenericListViewArray, GenericStringArray, MapArray, OffsetSizeTrait,
};
use arrow_schema::{ArrowError, DataType, FieldRef};
use hfscan::Filter;

use crate::path::{Path, rebuilt};
use crate::values::Leaf;

/// Redacts columns.
pub(crate) struct Redaction<'r, 's> {
    /// What redacts a value.
    pub(crate) filter: &'r mut Filter<'s>,
    /// Called after each value with its length; an error stops all.
    pub(crate) pace: &'r mut dyn FnMut(usize) -> Result<(), Stop>,
}

/// What stops a redaction.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Python's own error, such as that the user wants to stop.
    Python(pyo3::PyErr),
    /// A value or a type that cannot be redacted; the text quotes no value.
    Refused(String),
}

impl From<ArrowError> for Stop {
    fn from(error: ArrowError) -> Self {
        Self::Refused(format!("a column cannot be written anew: {error}"))
    }
}

impl Redaction<'_, '_> {
    /// The array without the credentials that lie where a path leads; none if it stays as it is.
    pub(crate) fn array(
        &mut self,
        array: &ArrayRef,
        path: Path<'_>,
    ) -> Result<Option<ArrayRef>, Stop> {
        if let Some(leaf) = Leaf::of(array) {
            return match path.is_all() {
                true => self.leaf(array, &leaf),
                false => Ok(None),
            };
        }
        match array.data_type() {
            DataType::List(field) => self.list::<i32>(array, field, path),
            DataType::LargeList(field) => self.list::<i64>(array, field, path),
            DataType::ListView(field) => self.list_view::<i32>(array, field, path),
            DataType::LargeListView(field) => self.list_view::<i64>(array, field, path),
            DataType::FixedSizeList(field, size) => {
                let list = array.as_fixed_size_list();
                let Some(items) = self.array(list.values(), path)? else {
                    return Ok(None);
                };
                let list = FixedSizeListArray::try_new_with_length(
                    field.clone(),
                    *size,
                    items,
                    list.nulls().cloned(),
                    list.len(),
                )?;
                Ok(Some(Arc::new(list)))
            }
            DataType::Map(field, ordered) => {
                let map = array.as_map();
                let entries: ArrayRef = Arc::new(map.entries().clone());
                let Some(entries) = self.array(&entries, path)? else {
                    return Ok(None);
                };
                let (offsets, nulls) = (map.offsets().clone(), map.nulls().cloned());
                let entries = entries.as_struct().clone();
                let map = MapArray::try_new(field.clone(), offsets, entries, nulls, *ordered)?;
                Ok(Some(Arc::new(map)))
            }
            DataType::Struct(_) => self.fields(array, path),
            DataType::Dictionary(_, _) => {
                let dictionary = array.as_any_dictionary();
                let values = self.array(dictionary.values(), path)?;
                Ok(values.map(|values| dictionary.with_values(values)))
            }
            unsupported @ (DataType::Union(_, _) | DataType::RunEndEncoded(_, _)) => Err(
                Stop::Refused(format!("values of type {unsupported} are not looked into")),
            ),
            _ => Ok(None),
        }
    }

    fn fields(&mut self, array: &ArrayRef, path: Path<'_>) -> Result<Option<ArrayRef>, Stop> {
        let of = array.as_struct();
        let mut columns: Vec<ArrayRef> = of.columns().to_vec();
        let mut changed = false;
        for (field, column) in of.fields().iter().zip(&mut columns) {
            let Some(below) = path.below(field.name()) else {
                continue;
            };
            if let Some(new) = self.array(column, below)? {
                *column = new;
                changed = true;
            }
        }
        if !changed {
            return Ok(None);
        }
        Ok(Some(Arc::new(rebuilt(of, columns)?)))
    }

    fn list<O: OffsetSizeTrait>(
        &mut self,
        array: &ArrayRef,
        field: &FieldRef,
        path: Path<'_>,
    ) -> Result<Option<ArrayRef>, Stop> {
        let list = array.as_list::<O>();
        let Some(items) = self.array(list.values(), path)? else {
            return Ok(None);
        };
        let (offsets, nulls) = (list.offsets().clone(), list.nulls().cloned());
        let list = GenericListArray::<O>::try_new(field.clone(), offsets, items, nulls)?;
        Ok(Some(Arc::new(list)))
    }

    fn list_view<O: OffsetSizeTrait>(
        &mut self,
        array: &ArrayRef,
        field: &FieldRef,
        path: Path<'_>,
    ) -> Result<Option<ArrayRef>, Stop> {
        let list = array.as_list_view::<O>();
        let Some(items) = self.array(list.values(), path)? else {
            return Ok(None);
        };
        let list = GenericListViewArray::<O>::try_new(
            field.clone(),
            list.offsets().clone(),
            list.sizes().clone(),
            items,
            list.nulls().cloned(),
        )?;
        Ok(Some(Arc::new(list)))
    }

    fn leaf(&mut self, array: &ArrayRef, leaf: &Leaf) -> Result<Option<ArrayRef>, Stop> {
        let mut changed: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
        for row in 0..array.len() {
            let Some(bytes) = leaf.get(row) else {
                continue;
            };
            let redacted = self.filter.redact_value(bytes);
            let redacted = redacted.map_err(|error| Stop::Refused(error.to_string()))?;
            changed.extend(redacted.map(|redacted| (row, redacted)));
            (self.pace)(bytes.len())?;
        }
        if changed.is_empty() {
            return Ok(None);
        }
        let values = (0..array.len()).map(|row| match changed.get(&row) {
            Some(redacted) => Some(redacted.as_slice()),
            None => leaf.get(row),
        });
        rewritten(array.data_type(), values).map(Some)
    }
}

/// An array of these values.
fn rewritten<'v>(
    data_type: &DataType,
    values: impl Iterator<Item = Option<&'v [u8]>>,
) -> Result<ArrayRef, Stop> {
    Ok(match data_type {
        DataType::Utf8 => Arc::new(strings::<i32>(values)?),
        DataType::LargeUtf8 => Arc::new(strings::<i64>(values)?),
        DataType::Utf8View => {
            let mut builder = StringViewBuilder::new();
            for value in values {
                builder.append_option(value.map(text).transpose()?);
            }
            Arc::new(builder.finish())
        }
        DataType::Binary => Arc::new(values.collect::<GenericBinaryArray<i32>>()),
        DataType::LargeBinary => Arc::new(values.collect::<GenericBinaryArray<i64>>()),
        DataType::BinaryView => {
            let mut builder = BinaryViewBuilder::new();
            values.for_each(|value| builder.append_option(value));
            Arc::new(builder.finish())
        }
        fixed => {
            let message =
                format!("a value of type {fixed} holds a credential: its length is fixed");
            return Err(Stop::Refused(message));
        }
    })
}

fn strings<'v, O: OffsetSizeTrait>(
    values: impl Iterator<Item = Option<&'v [u8]>>,
) -> Result<GenericStringArray<O>, Stop> {
    let texts: Result<Vec<_>, Stop> = values.map(|value| value.map(text).transpose()).collect();
    Ok(texts?.into_iter().collect())
}

fn text(value: &[u8]) -> Result<&str, Stop> {
    std::str::from_utf8(value)
        .map_err(|_| Stop::Refused("a redacted text is no text any more".to_owned()))
}
