//! What the front-ends of programming languages share: names and what they were given, values put
//! together from others, maps and what is put into them, commands and scripts in strings.

mod bindings;
mod depth;
mod maps;
mod memo;
mod scripts;
mod texts;

pub(super) use bindings::{Bound, Each, Found, Parameter, Table};
pub(super) use depth::{Budget, Depth, Frame};
pub(super) use maps::{
    ANY, Entries, REST, held, merged, named, put, put_all, removed, simplified, with_entry,
};
pub(super) use memo::Memo;
pub(super) use scripts::{dedented, document_of_argv, identifier, is_python, plain};
pub(super) use texts::{concatenated, either, formatted};
