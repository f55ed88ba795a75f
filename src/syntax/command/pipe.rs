//! Commands on their way to facts, with what each leaves to the one that it is piped into.

use std::collections::HashMap;

use super::argv;
use super::line::{Line, Word};
use crate::span::Span;
use crate::syntax::fact_sink::FactSink;

/// A command's place among others, and its pipes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piped {
    /// The number of the command.
    pub(super) id: usize,
    /// The command whose output is piped into it.
    pub(super) from: Option<usize>,
    /// Whether its own output is piped into another.
    pub(super) is_source: bool,
}

/// What commands leave to those that come after them in a pipe: their places among the facts, and what
/// they write.
#[derive(Default)]
pub(super) struct Pipes(HashMap<usize, (Option<usize>, Option<Word>)>);

impl Pipes {
    /// Lowers a command. What is piped into it was lowered before, as it stands before it.
    pub(super) fn lower(&mut self, mut line: Line, piped: Piped, span: Span, sink: &mut FactSink) {
        let source = piped.from.and_then(|from| self.0.remove(&from));
        (line.piped_from, line.input) = source.unwrap_or_default();
        let output = piped.is_source.then(|| argv::output(&line)).flatten();
        let place = argv::lower_line(line, span, sink);
        if piped.is_source {
            self.0.insert(piped.id, (place, output));
        }
    }
}
