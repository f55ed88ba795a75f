//! What the front-end of a programming language says about its trees, for what all of them do alike.

use super::depth::Depth;
use super::source::Source;
use crate::span::Span;
use crate::syntax::Value;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::program::cst::{Id, Tree};

/// A part of a string literal.
#[derive(Debug)]
pub(in crate::syntax) enum Piece {
    /// MappedText as it is written, with escapes resolved.
    Plain(MappedText),
    /// An expression that is put into it.
    Expression(Id),
}

/// A language, and the names of a program in it.
pub(in crate::syntax) trait Language: Default {
    /// What unpacks a list into another.
    const SPREAD: &str;

    /// What joins two expressions by an operator.
    const JOINED: &str;

    /// Whether a text on the left of another operator than `+` is as good as the whole:
    /// `"…" % x`.
    const FORMATS_BY_OPERATOR: bool;

    /// Whether a node stands in a scope that its parent opens.
    fn is_scope_of(tree: &Tree, parent: Id, node: Id) -> bool;

    /// The last part of the name that a call calls, if a node is a call.
    fn called_name(tree: &Tree, node: Id) -> Option<Id>;

    /// The names of a program.
    fn collect(source: &Source<'_, Self>) -> Self;

    /// What an expression stands for, of which a step of the depth was taken.
    fn stands_for(source: &Source<'_, Self>, node: Id, depth: Depth<'_>) -> Value;

    /// The bytes of an expression: those between the quotes, if it is a string.
    fn inner(source: &Source<'_, Self>, node: Id) -> Span;

    /// The parts of a string literal; none if a node is something else.
    fn pieces(source: &Source<'_, Self>, node: Id) -> Option<Vec<Piece>>;

    /// The string that an expression leads to, through names and calls that change nothing else.
    fn followed(source: &Source<'_, Self>, node: Id) -> Id;
}
