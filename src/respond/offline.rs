//! What stands in place of HTTP in a binary that is built without it.

use std::time::Duration;

use super::endpoint::Endpoint;
use super::wire::{Broken, Reply, Request, Transport};

/// A client that cannot be.
pub(crate) enum Http {}

impl Http {
    /// There is none.
    pub(crate) fn new(_: &Endpoint) -> Option<Self> {
        None
    }
}

impl Transport for Http {
    fn send(&self, _: Request<'_>, _: Duration) -> Result<Reply, Broken> {
        match *self {}
    }
}
