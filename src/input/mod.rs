//! Where bytes come from: walked folders, named files, standard input. Knows nothing of rules.

mod git;
mod shown;
mod walk;

pub use shown::{Shown, absolute};
pub use walk::{Entry, Exclude, Visitor, Walk};
