//! Which values of a table are meant: `text`, `messages`, `messages.content`.

use arrow_array::{Array, ArrayRef, StructArray};
use arrow_schema::{DataType, Field, FieldRef};

/// A path below a table or a column, by names of fields. Lists between them are passed through.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path<'p> {
    rest: &'p str,
}

impl<'p> Path<'p> {
    /// The path that a text says; the empty one means all.
    pub(crate) fn new(text: &'p str) -> Self {
        Self { rest: text }
    }

    /// What is left of the path below a field, if it leads there. A name may have dots in it.
    pub(crate) fn below(self, field: &str) -> Option<Self> {
        if self.rest.is_empty() || self.rest == field {
            return Some(Self { rest: "" });
        }
        let rest = self.rest.strip_prefix(field)?.strip_prefix('.')?;
        Some(Self { rest })
    }

    /// Whether it says more than where it is.
    pub(crate) fn is_all(self) -> bool {
        self.rest.is_empty()
    }

    /// Whether it leads to something below a type.
    pub(crate) fn leads_into(self, data_type: &DataType) -> bool {
        match data_type {
            DataType::Struct(fields) => fields.iter().any(|field| self.leads_to(field)),
            DataType::List(field)
            | DataType::LargeList(field)
            | DataType::ListView(field)
            | DataType::LargeListView(field)
            | DataType::FixedSizeList(field, _)
            | DataType::Map(field, _) => self.leads_into(field.data_type()),
            DataType::Dictionary(_, values) => self.leads_into(values),
            DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Utf8View
            | DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView => self.is_all(),
            _ => false,
        }
    }

    fn leads_to(self, field: &Field) -> bool {
        self.below(field.name())
            .is_some_and(|path| path.leads_into(field.data_type()))
    }
}

/// The column of a table by its name.
pub(crate) fn column<'t>(table: &'t StructArray, name: &str) -> Option<&'t ArrayRef> {
    table.column_by_name(name)
}

/// A struct with other columns of the same names.
pub(crate) fn rebuilt(
    table: &StructArray,
    columns: Vec<ArrayRef>,
) -> Result<StructArray, arrow_schema::ArrowError> {
    let fields: Vec<FieldRef> = table.fields().iter().cloned().collect();
    let length = table.len();
    StructArray::try_new_with_length(fields.into(), columns, table.nulls().cloned(), length)
}
