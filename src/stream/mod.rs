//! Streams in bounded memory: a thread that reads ahead, and windows that overlap.

mod supply;
mod window;

pub(crate) use supply::{Overlap, Stream, Supply, ahead};
pub(crate) use window::{Step, Window, Windows};
