//! R. `c(…)` and `list(…)` are lists, or maps if something in them has a name; `x$a` is an entry of a
//! map; what a package gives is `package.name`; a pipe gives its left side to the call on its right.

mod adapter;
mod language;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use tree_sitter::Language;

use self::adapter::Adapter;
use self::language::R;
use super::sitter;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;

static GRAMMAR: LazyLock<Language> = LazyLock::new(|| tree_sitter_r::LANGUAGE.into());

/// Lowers a program in R.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let (tree, reading) = sitter::filled(&GRAMMAR, text.bytes(), |tree, root| {
        let adapter = Adapter { text: text.bytes() };
        super::tree::fill(tree, &adapter, std::iter::once(root));
    });
    sink.covers(reading);
    super::lower(text, tree, &R, sink);
}
