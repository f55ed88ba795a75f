//! What the tests of front-ends have in common: facts as short lines, and checks of their spans.

pub(super) mod config;
pub(super) mod python;
pub(super) mod script;
