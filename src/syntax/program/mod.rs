//! Programming languages. An adapter each fills one kind of tree ([`tree`]); one evaluator reads it:
//! what names were given ([`names`]), what things are called ([`resolve`]), what expressions stand for
//! ([`eval`]), and what of that is a fact ([`facts`]).
//!
//! Names are followed within one file: a name stands for what it was given last before its use, in the
//! same scope or one around it, with what was put into it since. A value's bytes are those of the use;
//! the entries of a map or list that a name stands for have the bytes where they stand.

mod arguments;
mod bindings;
mod calls;
mod commands;
mod context;
mod credentials;
mod embedded;
mod eval;
mod facts;
mod further;
pub(super) mod go;
pub(super) mod javascript;
mod language;
mod literal;
mod loops;
mod maps;
mod memo;
mod names;
mod objects;
pub(super) mod python;
pub(super) mod r;
mod resolve;
mod runners;
mod scripts;
mod sitter;
mod source;
mod strings;
mod targets;
mod texts;
mod tree;

use self::facts::Facts;
use self::language::Language;
use self::source::Program;
use self::tree::Tree;
use super::fact_sink::FactSink;
use super::mapped_text::MappedText;

/// Lowers a program whose tree is filled.
fn lower(text: &MappedText, tree: Tree, language: &'static Language, sink: &mut FactSink) {
    let nodes = 0..tree.len();
    let program = read(text, tree, language, sink);
    let mut facts = Facts::new(&program);
    for node in nodes {
        facts.visit(node, sink);
    }
}

/// Reads what the names of a program stand for; its imports are facts of their own.
fn read<'t>(
    text: &'t MappedText,
    tree: Tree,
    language: &'static Language,
    sink: &mut FactSink,
) -> Program<'t> {
    let mut program = Program::new(text, tree, language, sink.models());
    program.names = names::of(&program);
    program.known = credentials::given(&program);
    for import in &program.names.imports {
        sink.import(import.clone());
    }
    program
}
