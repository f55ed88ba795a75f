//! What the front-ends of programming languages share: names and what they were given, values put
//! together from others, maps and what is put into them, commands and scripts in strings.

mod arguments;
mod bindings;
pub(super) mod cst;
mod depth;
mod embedded;
pub(super) mod grammar;
pub(super) mod javascript;
mod language;
mod maps;
mod memo;
pub(super) mod python;
mod scripts;
mod source;
mod texts;
mod values;

pub(super) use arguments::{positional, unpacked};
pub(super) use bindings::{Bound, Each, Found, Parameter, Table};
pub(super) use depth::{Depth, Frame};
pub(super) use embedded::{Embedded, command};
pub(super) use language::{Language, Piece};
pub(super) use maps::{
    ANY, Entries, REST, held, merged, named, put, put_all, removed, simplified, with_entry,
};
pub(super) use scripts::{dedented, is_python};
pub(super) use source::Source;
pub(super) use texts::{concatenated, either, formatted, path};
