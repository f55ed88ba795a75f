//! Where bytes come from: walked folders, named files, standard input. Knows nothing of rules.

mod git;
mod ignore_files;
mod shown;
mod walk;

pub use shown::{Shown, absolute, path_of};
pub use walk::{Entry, Exclude, Visitor, Walk};
