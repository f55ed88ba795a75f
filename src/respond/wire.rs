//! What goes over the wire, whatever carries it.

use std::time::Duration;

use crate::redact::Secret;

/// The largest answer that is read, in bytes.
pub(crate) const MAX_BODY: u64 = 1 << 20;

/// A request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Request<'r> {
    /// Asks for what belongs to a token, which goes into the `Authorization` header.
    Get {
        /// The path, from `/`.
        path: &'r str,
        /// The token.
        bearer: &'r Secret,
    },
    /// Sends credentials.
    Post {
        /// The path, from `/`.
        path: &'r str,
        /// The key of the list of them in the body, which is JSON.
        field: &'r str,
        /// The credentials.
        secrets: &'r [Secret],
    },
}

/// An answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    /// The status of HTTP.
    pub(crate) status: u16,
    /// The header `RateLimit`.
    pub(crate) rate_limit: Option<String>,
    /// The header `Retry-After`.
    pub(crate) retry_after: Option<String>,
    /// What came with it, up to [`MAX_BODY`].
    pub(crate) body: Vec<u8>,
}

/// Why there is no answer. None holds a text of the library below, which might quote a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Broken {
    #[error("no answer in time")]
    Timeout,
    #[error("the certificate of the host is not trusted, or is another's")]
    Tls,
    #[error("no connection")]
    Unreachable,
    #[error("the connection ended before the answer did")]
    Dropped,
    #[error("the answer is larger than 1 MiB")]
    TooLarge,
    #[error("the answer is no HTTP")]
    Protocol,
    #[error("the proxy of the environment does not let the request through")]
    Proxy,
}

impl Broken {
    /// Whether the next try may fare better.
    pub(crate) fn may_pass(self) -> bool {
        matches!(self, Self::Timeout | Self::Unreachable | Self::Dropped)
    }
}

/// What carries requests.
pub(crate) trait Transport: Sync {
    /// Sends a request, and waits no longer than so long for all of the answer.
    fn send(&self, request: Request<'_>, patience: Duration) -> Result<Reply, Broken>;
}
