//! Arrow in and out of Python: the PyCapsule interface, which moves tables between libraries without copies.
//!
//! This is the only module with `unsafe`: a capsule of the right name holds a pointer to a struct of Arrow's C
//! data interface, and nothing but that name says so.
#![allow(
    unsafe_code,
    reason = "the C data interface of Arrow hands over pointers"
)]

use std::ffi::CStr;
use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type, to_ffi};
use arrow_array::ffi_stream::{ArrayStreamReader, FFI_ArrowArrayStream};
use arrow_array::{Array, ArrayReader, ArrayRef, make_array};
use arrow_schema::{ArrowError, Field, FieldRef};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";
const STREAM: &CStr = c"arrow_array_stream";

/// What is wrong with Arrow data. None of these messages quotes a value.
pub(crate) fn wrong(error: &ArrowError) -> PyErr {
    PyValueError::new_err(format!("Arrow data cannot be exchanged: {error}"))
}

/// A column or a table, in chunks.
pub(crate) struct Chunks {
    /// What it is called, and its type: a struct for a table.
    pub(crate) field: FieldRef,
    /// Its chunks, in order.
    pub(crate) arrays: Vec<ArrayRef>,
}

/// Takes what a library exports.
pub(crate) fn import(object: &Bound<'_, PyAny>) -> PyResult<Chunks> {
    if object.hasattr("__arrow_c_stream__")? {
        return import_stream(&object.call_method0("__arrow_c_stream__")?);
    }
    if object.hasattr("__arrow_c_array__")? {
        return import_array(&object.call_method0("__arrow_c_array__")?);
    }
    let kind = object.get_type();
    let kind = kind.name()?;
    Err(PyTypeError::new_err(format!(
        "{kind} has neither __arrow_c_stream__ nor __arrow_c_array__: pass a table or column of pyarrow, \
         polars, duckdb, datasets or any other library that exchanges Arrow data"
    )))
}

fn import_stream(capsule: &Bound<'_, PyAny>) -> PyResult<Chunks> {
    let capsule = capsule.cast::<PyCapsule>()?;
    let pointer = capsule.pointer_checked(Some(STREAM))?;
    // SAFETY: a capsule of this name holds a valid stream, whose ownership moves to whoever takes it.
    let reader =
        unsafe { ArrayStreamReader::from_raw(pointer.cast::<FFI_ArrowArrayStream>().as_ptr()) };
    let reader = reader.map_err(|error| wrong(&error))?;
    let field = ArrayReader::field(&reader).clone();
    let arrays: Result<Vec<ArrayRef>, ArrowError> = reader.collect();
    let arrays = arrays.map_err(|error| wrong(&error))?;
    Ok(Chunks { field, arrays })
}

fn import_array(pair: &Bound<'_, PyAny>) -> PyResult<Chunks> {
    let pair = pair.cast::<PyTuple>()?;
    let (schema, array) = (pair.get_item(0)?, pair.get_item(1)?);
    let schema = schema.cast::<PyCapsule>()?.pointer_checked(Some(SCHEMA))?;
    let array = array.cast::<PyCapsule>()?.pointer_checked(Some(ARRAY))?;
    // SAFETY: capsules of these names hold a valid schema and a valid array, and ownership moves to whoever
    // takes them.
    let (schema, array) = unsafe {
        (
            FFI_ArrowSchema::from_raw(schema.cast().as_ptr()),
            FFI_ArrowArray::from_raw(array.cast().as_ptr()),
        )
    };
    let field = Field::try_from(&schema).map_err(|error| wrong(&error))?;
    // SAFETY: the schema that came with the array says what it is.
    let data = unsafe { from_ffi_and_data_type(array, field.data_type().clone()) };
    let data = data.map_err(|error| wrong(&error))?;
    Ok(Chunks {
        field: Arc::new(field),
        arrays: vec![make_array(data)],
    })
}

/// A column, or a table as a column of structs, for any library that takes Arrow data.
#[pyclass(frozen, module = "hfscan._hfscan")]
pub(crate) struct ArrowArray {
    field: FieldRef,
    array: ArrayRef,
}

impl ArrowArray {
    pub(crate) fn new(field: FieldRef, array: ArrayRef) -> Self {
        Self { field, array }
    }
}

#[pymethods]
impl ArrowArray {
    fn __len__(&self) -> usize {
        self.array.len()
    }

    fn __repr__(&self) -> String {
        format!("<hfscan.ArrowArray of {} rows>", self.array.len())
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(&*self.field).map_err(|error| wrong(&error))?;
        PyCapsule::new_with_value(py, schema, SCHEMA)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        // Whoever asks for another type gets this one, as the interface allows.
        let _ = requested_schema;
        let (array, _) = to_ffi(&self.array.to_data()).map_err(|error| wrong(&error))?;
        let array = PyCapsule::new_with_value(py, array, ARRAY)?;
        PyTuple::new(py, [self.__arrow_c_schema__(py)?, array])
    }
}
