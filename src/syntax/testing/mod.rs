//! What the tests of front-ends have in common: facts as short lines, and checks of their spans.

pub(super) mod config;
pub(super) mod python;
pub(super) mod script;

use std::sync::{Arc, LazyLock};

use crate::model::Models;
use crate::syntax::{Document, Format};

pub(super) static MODELS: LazyLock<Arc<Models>> =
    LazyLock::new(|| Arc::new(Models::built_in().unwrap()));

/// Lowers a file with the models in the binary.
pub(in crate::syntax) fn lower(format: Format, bytes: &[u8]) -> Document {
    crate::syntax::lower(format, bytes, &MODELS)
}
