//! From a credential that was found to one that is dead: asking the service whether it is live, and having
//! it revoked.
//!
//! Nothing here runs unless the user asked for it. A token goes to one endpoint only, which the command line
//! or the environment of the process names and no scanned file can; in the `Authorization` header, or in the
//! body of a request to revoke it; over TLS; and never along with a redirect.

mod answer;
mod api;
mod apply;
mod ask;
#[cfg_attr(
    not(feature = "network"),
    allow(dead_code, reason = "what speaks HTTP is left out")
)]
mod endpoint;
#[cfg(feature = "network")]
mod http;
#[cfg(not(feature = "network"))]
mod offline;
mod pace;
mod revoke;
#[cfg(test)]
mod testing;
#[cfg_attr(
    not(feature = "network"),
    allow(dead_code, reason = "what speaks HTTP is left out")
)]
mod wire;

pub(crate) use api::Api;
pub(crate) use apply::{apply, hide_unverified};
pub(crate) use ask::{Asker, Question};
pub(crate) use endpoint::Endpoint;
#[cfg(feature = "network")]
pub(crate) use http::Http;
#[cfg(not(feature = "network"))]
pub(crate) use offline::Http;
pub(crate) use pace::{Limits, SystemClock};
pub(crate) use revoke::Sent;
