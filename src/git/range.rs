//! Which commits there are between two points.
//!
//! Commits are looked at from the newest to the oldest, as Git does, until only known ones are left. Where
//! clocks went wrong that may end too early; then a few known commits are taken for new ones, and never a
//! new one for known.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

use gix::hash::ObjectId;

use super::{GitError, Reader};

/// How many known commits in a row are looked at after the last new one, in search of more that are known.
const SLOP: usize = 16;

/// What is known of a commit.
struct Node {
    parents: Vec<ObjectId>,
    time: i64,
    is_known: bool,
    is_queued: bool,
}

/// A walk from new commits and from known ones towards older ones.
struct Walk<'a> {
    reader: &'a Reader,
    nodes: HashMap<ObjectId, Node>,
    queue: BinaryHeap<(i64, ObjectId)>,
    /// How many commits of the queue are new.
    new: usize,
}

impl Reader {
    /// The commits that are reachable from tips and not from ends, parents before children, older
    /// ones first.
    pub(super) fn between(
        &self,
        tips: &[ObjectId],
        ends: &[ObjectId],
    ) -> Result<Vec<ObjectId>, GitError> {
        let mut walk = Walk {
            reader: self,
            nodes: HashMap::new(),
            queue: BinaryHeap::new(),
            new: 0,
        };
        // Ends are known before tips are new, should one be both.
        for (ids, is_known) in [(ends, true), (tips, false)] {
            for id in ids {
                walk.meet(*id, is_known)?;
            }
        }
        walk.run()?;
        Ok(walk.in_order())
    }
}

impl Walk<'_> {
    /// Notes a commit that was come upon.
    fn meet(&mut self, id: ObjectId, is_known: bool) -> Result<(), GitError> {
        if let Some(node) = self.nodes.get(&id) {
            if is_known && !node.is_known {
                self.mark_known(id);
            }
            return Ok(());
        }
        let (parents, time) = self.reader.links(id)?;
        let node = Node {
            parents,
            time,
            is_known,
            is_queued: true,
        };
        self.nodes.insert(id, node);
        self.queue.push((time, id));
        self.new += usize::from(!is_known);
        Ok(())
    }

    /// What was taken for new turns out to be known, and so is all that it was made from.
    fn mark_known(&mut self, id: ObjectId) {
        let mut ids = vec![id];
        while let Some(id) = ids.pop() {
            if let Some(node) = self.nodes.get_mut(&id).filter(|node| !node.is_known) {
                node.is_known = true;
                self.new -= usize::from(node.is_queued);
                ids.extend(&node.parents);
            }
        }
    }

    fn run(&mut self) -> Result<(), GitError> {
        let mut slop = SLOP;
        while let Some((_, id)) = self.queue.pop() {
            let Some(node) = self.nodes.get_mut(&id) else {
                continue;
            };
            node.is_queued = false;
            let (parents, is_known) = (node.parents.clone(), node.is_known);
            self.new -= usize::from(!is_known);
            for parent in parents {
                self.meet(parent, is_known)?;
            }
            slop = if self.new > 0 { SLOP } else { slop - 1 };
            if slop == 0 {
                break;
            }
        }
        Ok(())
    }

    /// The new commits, parents before children, and older ones first where that leaves a choice.
    fn in_order(self) -> Vec<ObjectId> {
        let is_new = |id: &ObjectId| self.nodes.get(id).is_some_and(|node| !node.is_known);
        let mut waits: HashMap<ObjectId, usize> = HashMap::new();
        let mut children: HashMap<ObjectId, Vec<ObjectId>> = HashMap::new();
        let mut ready = BinaryHeap::new();
        let mut new: Vec<_> = self.nodes.iter().collect();
        new.retain(|(_, node)| !node.is_known);
        new.sort_by_key(|(id, _)| **id);
        for (id, node) in new {
            let parents: BTreeSet<_> = node.parents.iter().filter(|id| is_new(id)).collect();
            for parent in &parents {
                children.entry(**parent).or_default().push(*id);
            }
            if parents.is_empty() {
                ready.push(Reverse((node.time, *id)));
            }
            waits.insert(*id, parents.len());
        }
        let mut order = Vec::new();
        while let Some(Reverse((_, id))) = ready.pop() {
            order.push(id);
            for child in children.remove(&id).unwrap_or_default() {
                if let Some(count) = waits.get_mut(&child) {
                    *count -= 1;
                    if *count == 0 {
                        let time = self.nodes.get(&child).map_or(0, |node| node.time);
                        ready.push(Reverse((time, child)));
                    }
                }
            }
        }
        order
    }
}
