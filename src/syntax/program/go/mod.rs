//! Go. Environment variables, commands and literals are read as in the other languages; what a package
//! gives is named by the path of the package: `os/exec.Command`.

mod adapter;
mod language;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use tree_sitter::Language;

use self::adapter::Adapter;
use self::language::GO;
use super::sitter;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;

static GRAMMAR: LazyLock<Language> = LazyLock::new(|| tree_sitter_go::LANGUAGE.into());

/// Lowers a program in Go.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let (tree, reading) = sitter::filled(&GRAMMAR, text.bytes(), |tree, root| {
        let adapter = Adapter { text: text.bytes() };
        super::tree::fill(tree, &adapter, std::iter::once(root));
    });
    sink.covers(reading);
    super::lower(text, tree, &GO, sink);
}
