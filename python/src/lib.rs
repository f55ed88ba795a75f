//! `hfscan._hfscan`: what `import hfscan` is made of in Rust.
//!
//! Python sees credentials masked alone, as reports do: the walls are those of the crate `hfscan`. No message
//! of an exception quotes a scanned text.

mod ffi;
mod path;
mod redaction;
mod scanner;
mod table;
mod values;

use pyo3::prelude::*;

/// The module.
#[pymodule]
fn _hfscan(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // The message of a panic may quote the text that it was about.
    std::panic::set_hook(Box::new(|_| {}));
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<ffi::ArrowArray>()?;
    module.add_class::<scanner::Core>()
}
