//! The place that tokens are sent to.

use std::net::IpAddr;

/// The origin of a service: `https://`, a host, and perhaps a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Without a slash at its end.
    pub(crate) base: String,
    /// The host with its port, for reports.
    pub(crate) host: String,
    /// Whether it is spoken to without TLS.
    pub(crate) plain: bool,
}

/// Why a text names no endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EndpointError {
    #[error("an endpoint begins with https://")]
    Scheme,
    /// Whoever is on the way would read the tokens.
    #[error(
        "tokens are sent over https:// alone; http:// is for tests on a loopback address (127.0.0.1, [::1])"
    )]
    Plain,
    #[error("an endpoint is https:// and a host, perhaps with a port, and nothing else")]
    Form,
}

impl Endpoint {
    /// Reads an endpoint. `http` is taken for a loopback address alone, where nobody else listens on the
    /// way; a name such as `localhost` might stand for another.
    pub(crate) fn parse(text: &str) -> Result<Self, EndpointError> {
        let text = text.trim().trim_end_matches('/');
        let (scheme, host) = text.split_once("://").ok_or(EndpointError::Scheme)?;
        let plain = match scheme.to_ascii_lowercase().as_str() {
            "https" => false,
            "http" => true,
            _ => return Err(EndpointError::Scheme),
        };
        let (name, port) = parts(host).ok_or(EndpointError::Form)?;
        if port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return Err(EndpointError::Form);
        }
        let address = name.trim_matches(['[', ']']).parse::<IpAddr>();
        if plain && !address.is_ok_and(|address| address.is_loopback()) {
            return Err(EndpointError::Plain);
        }
        let host = host.to_ascii_lowercase();
        let scheme = if plain { "http" } else { "https" };
        Ok(Self {
            base: format!("{scheme}://{host}"),
            host,
            plain,
        })
    }
}

/// The host and the port. Nothing that a URL may have beside them is let through: no user, no path, no query.
fn parts(host: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = host.strip_prefix('[') {
        let (address, rest) = rest.split_once(']')?;
        let known = address
            .bytes()
            .all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'));
        let port = match rest {
            "" => None,
            rest => Some(rest.strip_prefix(':')?),
        };
        return known.then_some((address, port));
    }
    let (name, port) = match host.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (host, None),
    };
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    (!name.is_empty() && name.bytes().all(known)).then_some((name, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_anywhere_and_http_on_this_machine_alone() {
        for good in [
            "https://huggingface.co",
            "HTTPS://Hub.Example.com:8443/",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "https://[2001:db8::1]",
        ] {
            assert!(Endpoint::parse(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("http://huggingface.co", EndpointError::Plain),
            ("http://localhost:80", EndpointError::Plain),
            ("http://127.0.0.1.example.com", EndpointError::Plain),
            ("http://127.0.0.1@example.com", EndpointError::Form),
            ("https://user@example.com", EndpointError::Form),
            ("https://example.com/path", EndpointError::Form),
            ("https://example.com?x", EndpointError::Form),
            ("https://example.com:port", EndpointError::Form),
            ("https://exam ple.com", EndpointError::Form),
            ("https://", EndpointError::Scheme),
            ("ftp://example.com", EndpointError::Scheme),
            ("huggingface.co", EndpointError::Scheme),
            ("", EndpointError::Scheme),
        ] {
            assert_eq!(Endpoint::parse(bad), Err(why), "{bad}");
        }
        let endpoint = Endpoint::parse("https://Hub.Example.com:8443/").unwrap();
        assert_eq!(endpoint.base, "https://hub.example.com:8443");
        assert!(!endpoint.plain);
    }
}
