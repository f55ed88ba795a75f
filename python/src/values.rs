//! The texts of a column, row by row, however deep in lists and structs they lie.

use std::cell::RefCell;
use std::ops::Range;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, OffsetSizeTrait};
use arrow_buffer::{ArrowNativeType as _, NullBuffer, OffsetBuffer};
use arrow_schema::DataType;

use crate::path::Path;

/// A step on the way from a row to a text in it.
#[derive(Clone, Debug)]
pub(crate) enum Step<'n> {
    /// A field of a struct.
    Field(&'n str),
    /// An item of a list, from 0.
    Item(usize),
}

/// Steps as a person writes them: `messages[2].content`.
pub(crate) fn written(steps: &[Step<'_>]) -> String {
    let mut out = String::new();
    for step in steps {
        match step {
            Step::Field(name) if out.is_empty() => out.push_str(name),
            Step::Field(name) => {
                out.push('.');
                out.push_str(name);
            }
            Step::Item(item) => out.push_str(&format!("[{item}]")),
        }
    }
    out
}

/// A text of a row.
pub(crate) struct Value<'n, 's> {
    /// Its bytes.
    pub(crate) bytes: &'n [u8],
    /// Whether Arrow says that it is text.
    pub(crate) is_text: bool,
    /// The way to it.
    pub(crate) steps: &'s [Step<'n>],
}

/// Looks at values, and says whether something is in one. What is to stop all is an error.
pub(crate) type Look<'l, E> = dyn FnMut(&Value<'_, '_>) -> Result<bool, E> + 'l;

/// A column, or a part of one, that holds texts.
pub(crate) enum Values {
    /// Texts or bytes.
    Leaf(Leaf),
    /// Texts that a row names by number.
    Dictionary {
        /// The number of each row.
        keys: Vec<Option<usize>>,
        /// What the numbers stand for.
        values: Box<Self>,
        /// Those in which nothing is.
        clean: RefCell<Vec<bool>>,
    },
    /// Lists.
    List {
        /// Which items each row has.
        ranges: Ranges,
        /// The rows that are null.
        nulls: Option<NullBuffer>,
        /// The items.
        items: Box<Self>,
    },
    /// Structs.
    Struct {
        /// The rows that are null.
        nulls: Option<NullBuffer>,
        /// The fields that hold texts.
        fields: Vec<(String, Self)>,
    },
}

/// An array of texts or bytes.
pub(crate) struct Leaf {
    array: ArrayRef,
    is_text: bool,
    get: fn(&ArrayRef, usize) -> &[u8],
}

/// Which items each row of a list has.
pub(crate) enum Ranges {
    /// By where each begins.
    Small(OffsetBuffer<i32>),
    /// The same for long ones.
    Large(OffsetBuffer<i64>),
    /// By where each begins and how long it is.
    View(Vec<Range<usize>>),
    /// All have as many.
    Fixed(usize),
}

impl Ranges {
    fn of(&self, row: usize) -> Range<usize> {
        match self {
            Self::Small(offsets) => between(offsets, row),
            Self::Large(offsets) => between(offsets, row),
            Self::View(ranges) => ranges.get(row).cloned().unwrap_or(0..0),
            Self::Fixed(size) => row * size..(row + 1) * size,
        }
    }
}

fn between<O: OffsetSizeTrait>(offsets: &OffsetBuffer<O>, row: usize) -> Range<usize> {
    match (offsets.get(row), offsets.get(row + 1)) {
        (Some(start), Some(end)) => start.as_usize()..end.as_usize(),
        _ => 0..0,
    }
}

impl Values {
    /// The texts of an array that a path leads to; none if there are none. An error names a type that is not
    /// looked into.
    pub(crate) fn of(array: &ArrayRef, path: Path<'_>) -> Result<Option<Self>, String> {
        if let Some(leaf) = Leaf::of(array) {
            return Ok(path.is_all().then_some(Self::Leaf(leaf)));
        }
        let nulls = array.nulls().cloned();
        let list = |ranges, items: &ArrayRef| {
            let items = Self::of(items, path)?.map(Box::new);
            Ok(items.map(|items| Self::List {
                ranges,
                nulls: array.nulls().cloned(),
                items,
            }))
        };
        match array.data_type() {
            DataType::List(_) => {
                let of = array.as_list::<i32>();
                list(Ranges::Small(of.offsets().clone()), of.values())
            }
            DataType::LargeList(_) => {
                let of = array.as_list::<i64>();
                list(Ranges::Large(of.offsets().clone()), of.values())
            }
            DataType::ListView(_) => {
                let of = array.as_list_view::<i32>();
                let ranges = views(of.offsets(), of.sizes());
                list(ranges, of.values())
            }
            DataType::LargeListView(_) => {
                let of = array.as_list_view::<i64>();
                list(views(of.offsets(), of.sizes()), of.values())
            }
            DataType::FixedSizeList(_, _) => {
                let of = array.as_fixed_size_list();
                let size = of.value_length().as_usize();
                list(Ranges::Fixed(size), of.values())
            }
            DataType::Map(_, _) => {
                let of = array.as_map();
                let entries: ArrayRef = std::sync::Arc::new(of.entries().clone());
                list(Ranges::Small(of.offsets().clone()), &entries)
            }
            DataType::Struct(_) => {
                let of = array.as_struct();
                let mut fields = Vec::new();
                for (field, column) in of.fields().iter().zip(of.columns()) {
                    let Some(below) = path.below(field.name()) else {
                        continue;
                    };
                    if let Some(values) = Self::of(column, below)? {
                        fields.push((field.name().clone(), values));
                    }
                }
                Ok((!fields.is_empty()).then_some(Self::Struct { nulls, fields }))
            }
            DataType::Dictionary(_, _) => Self::dictionary(array, path),
            unsupported @ (DataType::Union(_, _) | DataType::RunEndEncoded(_, _)) => {
                Err(format!("values of type {unsupported} are not looked into"))
            }
            _ => Ok(None),
        }
    }

    fn dictionary(array: &ArrayRef, path: Path<'_>) -> Result<Option<Self>, String> {
        let (keys, values) = keys(array);
        let length = values.len();
        let values = Self::of(values, path)?.map(Box::new);
        Ok(values.map(|values| Self::Dictionary {
            keys,
            values,
            clean: RefCell::new(vec![false; length]),
        }))
    }

    /// Looks at all texts of a row.
    pub(crate) fn visit<'n, E>(
        &'n self,
        row: usize,
        steps: &mut Vec<Step<'n>>,
        look: &mut Look<'_, E>,
    ) -> Result<bool, E> {
        match self {
            Self::Leaf(leaf) => leaf.visit(row, steps, look),
            Self::Dictionary {
                keys,
                values,
                clean,
            } => {
                let Some(Some(key)) = keys.get(row) else {
                    return Ok(false);
                };
                if clean.borrow().get(*key).copied().unwrap_or(false) {
                    return Ok(false);
                }
                let found = values.visit(*key, steps, look)?;
                if let Some(known) = clean.borrow_mut().get_mut(*key) {
                    *known = !found;
                }
                Ok(found)
            }
            Self::List {
                ranges,
                nulls,
                items,
            } => {
                if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
                    return Ok(false);
                }
                let mut found = false;
                for (number, item) in ranges.of(row).enumerate() {
                    steps.push(Step::Item(number));
                    found |= items.visit(item, steps, look)?;
                    steps.pop();
                }
                Ok(found)
            }
            Self::Struct { nulls, fields } => {
                if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
                    return Ok(false);
                }
                let mut found = false;
                for (name, values) in fields {
                    steps.push(Step::Field(name));
                    found |= values.visit(row, steps, look)?;
                    steps.pop();
                }
                Ok(found)
            }
        }
    }
}

impl Leaf {
    pub(crate) fn of(array: &ArrayRef) -> Option<Self> {
        let get: fn(&ArrayRef, usize) -> &[u8] = match array.data_type() {
            DataType::Utf8 => |array, row| array.as_string::<i32>().value(row).as_bytes(),
            DataType::LargeUtf8 => |array, row| array.as_string::<i64>().value(row).as_bytes(),
            DataType::Utf8View => |array, row| array.as_string_view().value(row).as_bytes(),
            DataType::Binary => |array, row| array.as_binary::<i32>().value(row),
            DataType::LargeBinary => |array, row| array.as_binary::<i64>().value(row),
            DataType::BinaryView => |array, row| array.as_binary_view().value(row),
            DataType::FixedSizeBinary(_) => |array, row| array.as_fixed_size_binary().value(row),
            _ => return None,
        };
        let is_text = matches!(
            array.data_type(),
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
        );
        Some(Self {
            array: array.clone(),
            is_text,
            get,
        })
    }

    /// The bytes of a row, if it is not null.
    pub(crate) fn get(&self, row: usize) -> Option<&[u8]> {
        (row < self.array.len() && self.array.is_valid(row)).then(|| (self.get)(&self.array, row))
    }

    fn visit<'n, E>(
        &'n self,
        row: usize,
        steps: &[Step<'n>],
        look: &mut Look<'_, E>,
    ) -> Result<bool, E> {
        let Some(bytes) = self.get(row) else {
            return Ok(false);
        };
        look(&Value {
            bytes,
            is_text: self.is_text,
            steps,
        })
    }
}

fn views<O: OffsetSizeTrait>(offsets: &[O], sizes: &[O]) -> Ranges {
    let pairs = offsets.iter().zip(sizes);
    Ranges::View(
        pairs
            .map(|(start, size)| start.as_usize()..start.as_usize() + size.as_usize())
            .collect(),
    )
}

/// The keys of a dictionary, null where a row is, and what they stand for.
fn keys(array: &ArrayRef) -> (Vec<Option<usize>>, &ArrayRef) {
    fn of<K: ArrowDictionaryKeyType>(array: &ArrayRef) -> (Vec<Option<usize>>, &ArrayRef) {
        let dictionary = array.as_dictionary::<K>();
        let keys = (0..dictionary.len())
            .map(|row| dictionary.key(row))
            .collect();
        (keys, dictionary.values())
    }
    let DataType::Dictionary(key, _) = array.data_type() else {
        return (Vec::new(), array);
    };
    match **key {
        DataType::Int8 => of::<Int8Type>(array),
        DataType::Int16 => of::<Int16Type>(array),
        DataType::Int32 => of::<Int32Type>(array),
        DataType::UInt8 => of::<UInt8Type>(array),
        DataType::UInt16 => of::<UInt16Type>(array),
        DataType::UInt32 => of::<UInt32Type>(array),
        DataType::UInt64 => of::<UInt64Type>(array),
        _ => of::<Int64Type>(array),
    }
}
