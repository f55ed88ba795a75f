//! From a tree to facts: a setting for each scalar, and what the shapes around it mean.

use super::walk::Walk;
use super::{Body, NodeId, Tree, commands, pairs, scripts};
use crate::syntax::Coverage;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;

/// How deep a setting may lie. Each setting holds its whole path, so that depth times width costs
/// memory, and no file that a person writes is so deep.
const MAX_DEPTH: usize = 64;

/// Lowers a tree over the text that it was read from.
pub(crate) fn lower(tree: &Tree, text: &MappedText, sink: &mut FactSink) {
    let mut walk = Walk::new(tree, text, sink);
    for id in tree.ids() {
        if walk.sink.is_full() {
            break;
        }
        node(&mut walk, id);
    }
}

fn node(walk: &mut Walk<'_, '_>, id: NodeId) {
    let Some(node) = walk.tree.node(id) else {
        return;
    };
    if node.depth > MAX_DEPTH {
        walk.sink.covers(Coverage::Limited);
        return;
    }
    match node.body {
        Body::Map => {
            pairs::map(walk, id);
            commands::map(walk, id);
        }
        Body::List => {
            pairs::list(walk, id);
            commands::list(walk, id);
        }
        Body::Piece(_) | Body::Decoded(_) | Body::Value(_) => {
            if !walk.taken.contains(&id) {
                let value = walk.value(id);
                walk.setting(walk.path(id), value, walk.whole(id));
                scripts::scalar(walk, id);
            }
        }
    }
}
