//! HTTP over TLS.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use ureq::http::{Response, header::ToStrError};
use ureq::tls::{RootCerts, TlsConfig};

use super::endpoint::Endpoint;
use super::wire::{Broken, MAX_BODY, Reply, Request, Transport};
use crate::redact::Secret;

/// What the program calls itself.
const AGENT: &str = concat!("hfscan/", env!("CARGO_PKG_VERSION"));

/// A client of one endpoint.
pub(crate) struct Http {
    agent: Agent,
    base: String,
}

impl Http {
    /// A client that trusts the certificates that the system trusts, `SSL_CERT_FILE` and `SSL_CERT_DIR`
    /// among them, and goes through the proxy that the environment names. It follows no redirect, so that
    /// no other host is sent a token. None if the binary has no network.
    pub(crate) fn new(endpoint: &Endpoint) -> Option<Self> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let mut config = Agent::config_builder()
            .https_only(!endpoint.plain)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(AGENT)
            .accept("application/json")
            .tls_config(tls);
        if endpoint.plain {
            // A proxy would read it, and is on another machine.
            config = config.proxy(None);
        }
        Some(Self {
            agent: config.build().new_agent(),
            base: endpoint.base.clone(),
        })
    }

    fn get(&self, path: &str, bearer: &Secret, patience: Duration) -> Result<Reply, Broken> {
        let mut value = b"Bearer ".to_vec();
        value.extend(bearer.expose());
        let mut value = HeaderValue::from_bytes(&value).map_err(|_| Broken::Protocol)?;
        value.set_sensitive(true);
        let request = self.agent.get(format!("{}{path}", self.base));
        let request = request.header(AUTHORIZATION, value);
        let request = request.config().timeout_global(Some(patience)).build();
        read(request.call().map_err(|error| broken(&error))?)
    }

    fn post(
        &self,
        path: &str,
        field: &str,
        secrets: &[Secret],
        patience: Duration,
    ) -> Result<Reply, Broken> {
        let text = |secret: &Secret| String::from_utf8_lossy(secret.expose()).into_owned();
        let list: Vec<String> = secrets.iter().map(text).collect();
        let body = serde_json::json!({ field: list }).to_string();
        let request = self.agent.post(format!("{}{path}", self.base));
        let request = request.header(CONTENT_TYPE, "application/json");
        let request = request.config().timeout_global(Some(patience)).build();
        read(request.send(body).map_err(|error| broken(&error))?)
    }
}

impl Transport for Http {
    fn send(&self, request: Request<'_>, patience: Duration) -> Result<Reply, Broken> {
        match request {
            Request::Get { path, bearer } => self.get(path, bearer, patience),
            Request::Post {
                path,
                field,
                secrets,
            } => self.post(path, field, secrets, patience),
        }
    }
}

/// Reads an answer to its end.
fn read(mut response: Response<ureq::Body>) -> Result<Reply, Broken> {
    let header = |name: &str| {
        let value = response.headers().get(name)?;
        let text: Result<&str, ToStrError> = value.to_str();
        text.ok().map(str::to_owned)
    };
    let reply = Reply {
        status: response.status().as_u16(),
        rate_limit: header("ratelimit"),
        retry_after: header(RETRY_AFTER.as_str()),
        body: Vec::new(),
    };
    let body = response.body_mut().with_config().limit(MAX_BODY);
    let body = body.read_to_vec().map_err(|error| broken(&error))?;
    Ok(Reply { body, ..reply })
}

/// Why there is no answer.
fn broken(error: &ureq::Error) -> Broken {
    match error {
        ureq::Error::Timeout(_) => Broken::Timeout,
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) => Broken::Tls,
        ureq::Error::BodyExceedsLimit(_) => Broken::TooLarge,
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => Broken::Unreachable,
        ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => Broken::Proxy,
        ureq::Error::Io(error) => of_io(error),
        ureq::Error::Protocol(_) => Broken::Dropped,
        _ => Broken::Protocol,
    }
}

fn of_io(error: &io::Error) -> Broken {
    let inner = error.get_ref();
    if inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
        return Broken::Tls;
    }
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Broken::Timeout,
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => Broken::Dropped,
        _ => Broken::Unreachable,
    }
}
