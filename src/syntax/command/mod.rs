//! Command languages, and the command lines that all kinds of file hold: words, the program that they
//! really run, the scripts among them.

pub(super) mod argv;
pub(super) mod batch;
mod invocation;
pub(super) mod justfile;
pub(super) mod line;
pub(super) mod lines;
pub(super) mod makefile;
mod pipe;
pub(super) mod powershell;
pub(super) mod quoted;
mod reader;
mod request;
pub(super) mod shell;
mod variables;
mod word;

pub(crate) use invocation::Invocation;
