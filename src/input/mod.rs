//! Where bytes come from: walked folders, named files, standard input. Knows nothing of rules.

mod git;
mod ignore_files;
mod shown;
mod walk;

pub(crate) use shown::{Shown, absolute, path_of};
pub(crate) use walk::{Entry, Exclude, Visitor, Walk};
