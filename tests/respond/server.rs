//! A server that plays the documented interface of the Hub, with the faults that a network and a service
//! may have. It listens on a loopback address alone.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// How the server answers about one token.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// It is live; the whole answer.
    Live(Value),
    /// It is not known.
    Dead,
    /// It was known once.
    Expired,
    /// Nothing but a status.
    Status(u16),
    /// A status and a body of any kind.
    Body(u16, &'static str),
    /// So many refusals with the headers of a limit, then life.
    Limited(u32),
    /// An answer that never ends, a byte at a time.
    Slow,
    /// An answer that is too large.
    Huge,
    /// Somewhere else.
    Redirect(String),
    /// The connection ends in the middle of the answer.
    Dropped,
}

/// A request, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

#[derive(Default)]
struct State {
    answers: BTreeMap<String, Answer>,
    seen: Vec<Seen>,
    revoked: BTreeSet<String>,
    /// Whether requests to revoke are taken and forgotten.
    forgets: bool,
    /// The status of answers to requests to revoke.
    revoke_status: u16,
}

/// The server.
pub(crate) struct Hub {
    state: Arc<Mutex<State>>,
    port: u16,
}

/// What the Hub says of a live token of this role.
pub(crate) fn whoami(name: &str, role: &str) -> Value {
    json!({
        "type": "user", "id": "5f", "name": name, "fullname": "Somebody", "email": "somebody@example.com",
        "emailVerified": true, "canPay": false, "isPro": false, "periodEnd": null, "avatarUrl": "/a.svg",
        "orgs": [{
            "type": "org", "id": "6f", "name": "acme", "fullname": "Acme", "email": null, "canPay": true,
            "periodEnd": null, "avatarUrl": "/b.svg", "roleInOrg": "admin", "isEnterprise": false,
        }],
        "auth": {
            "type": "access_token",
            "accessToken": {"displayName": "laptop", "role": role, "createdAt": "2024-05-01T12:00:00.000Z"},
        },
    })
}

impl Hub {
    /// Starts one that knows these tokens; any other is dead.
    pub(crate) fn start(answers: impl IntoIterator<Item = (String, Answer)>) -> Self {
        Self::serve(answers, |stream, state| answer(stream, &state))
    }

    /// The same with a layer around each connection.
    pub(crate) fn with_tls(
        answers: impl IntoIterator<Item = (String, Answer)>,
        config: Arc<rustls::ServerConfig>,
    ) -> Self {
        Self::serve(answers, move |mut stream, state| {
            let Ok(mut session) = rustls::ServerConnection::new(Arc::clone(&config)) else {
                return;
            };
            answer(rustls::Stream::new(&mut session, &mut stream), &state);
            session.send_close_notify();
            let _ = session.complete_io(&mut stream);
        })
    }

    fn serve(
        answers: impl IntoIterator<Item = (String, Answer)>,
        handle: impl Fn(TcpStream, Arc<Mutex<State>>) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State {
            answers: answers.into_iter().collect(),
            revoke_status: 202,
            ..State::default()
        }));
        let (shared, handle) = (Arc::clone(&state), Arc::new(handle));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (state, handle) = (Arc::clone(&shared), Arc::clone(&handle));
                let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
                thread::spawn(move || handle(stream, state));
            }
        });
        Self { state, port }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Takes requests to revoke, and revokes nothing.
    pub(crate) fn forget(&self) {
        self.state().forgets = true;
    }

    /// Answers requests to revoke with this status.
    pub(crate) fn refuse_to_revoke(&self, status: u16) {
        self.state().revoke_status = status;
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Its endpoint without TLS.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// All requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.state().seen.clone()
    }

    /// How often it was asked about a token.
    pub(crate) fn asked(&self, token: &str) -> usize {
        let bearer = format!("Bearer {token}");
        let seen = self.seen();
        let about = seen
            .iter()
            .filter(|seen| seen.headers.get("authorization") == Some(&bearer));
        about.count()
    }

    pub(crate) fn revoked(&self) -> Vec<String> {
        self.state().revoked.iter().cloned().collect()
    }
}

/// Reads a request.
fn read(stream: &mut impl Read) -> Option<Seen> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if head.len() > 64 << 10 || stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let line = lines.next()?.to_owned();
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    if headers
        .get("transfer-encoding")
        .is_some_and(|how| how == "chunked")
    {
        return None;
    }
    stream.read_exact(&mut body).ok()?;
    Some(Seen {
        line,
        headers,
        body,
    })
}

/// Answers one request.
fn answer(mut stream: impl Read + Write, state: &Mutex<State>) {
    let Some(seen) = read(&mut stream) else {
        return;
    };
    let _ = match reply(&seen, state) {
        Reply::Whole(status, headers, body) => whole(&mut stream, status, &headers, &body),
        Reply::Slow => slow(&mut stream),
        Reply::Dropped => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"type\":")
        }
    };
    let _ = stream.flush();
}

enum Reply {
    Whole(u16, String, Vec<u8>),
    Slow,
    Dropped,
}

/// A refusal as the Hub words it.
fn refusal(words: &str) -> Reply {
    Reply::Whole(
        401,
        String::new(),
        json!({ "error": words }).to_string().into_bytes(),
    )
}

fn reply(seen: &Seen, state: &Mutex<State>) -> Reply {
    let mut state = state.lock().unwrap();
    state.seen.push(seen.clone());
    if seen.line.starts_with("POST /api/credentials/revoke ") {
        let body: Value = serde_json::from_slice(&seen.body).unwrap_or_default();
        let list = body["credentials"].as_array().cloned().unwrap_or_default();
        if state.revoke_status == 202 && !state.forgets {
            let names = list.iter().filter_map(Value::as_str).map(str::to_owned);
            state.revoked.extend(names);
        }
        return Reply::Whole(state.revoke_status, String::new(), Vec::new());
    }
    if !seen.line.starts_with("GET /api/whoami-v2 ") {
        return Reply::Whole(404, String::new(), b"{\"error\":\"Not found\"}".to_vec());
    }
    let bearer = seen
        .headers
        .get("authorization")
        .and_then(|value| value.strip_prefix("Bearer "));
    let token = bearer.unwrap_or_default().to_owned();
    if state.revoked.contains(&token) {
        return refusal("Invalid credentials in Authorization header");
    }
    let limited = |left: u32, seconds: u32| format!("RateLimit: \"api\";r={left};t={seconds}\r\n");
    let json = |value: &Value| value.to_string().into_bytes();
    match state.answers.get(&token).cloned() {
        Some(Answer::Live(value)) => Reply::Whole(200, limited(5000, 60), json(&value)),
        None | Some(Answer::Dead) => refusal("Invalid credentials in Authorization header"),
        Some(Answer::Expired) => refusal("User Access Token \"laptop\" is expired"),
        Some(Answer::Status(status)) => Reply::Whole(status, String::new(), Vec::new()),
        Some(Answer::Body(status, body)) => Reply::Whole(status, String::new(), body.into()),
        Some(Answer::Limited(0)) => {
            Reply::Whole(200, limited(5000, 60), json(&whoami("ada", "read")))
        }
        Some(Answer::Limited(more)) => {
            state.answers.insert(token, Answer::Limited(more - 1));
            Reply::Whole(429, limited(0, 1), b"{\"error\":\"too many\"}".to_vec())
        }
        Some(Answer::Slow) => Reply::Slow,
        Some(Answer::Huge) => Reply::Whole(200, String::new(), vec![b' '; 8 << 20]),
        Some(Answer::Redirect(to)) => Reply::Whole(307, format!("Location: {to}\r\n"), Vec::new()),
        Some(Answer::Dropped) => Reply::Dropped,
    }
}

fn whole(stream: &mut impl Write, status: u16, headers: &str, body: &[u8]) -> io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{headers}\
         Connection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)
}

fn slow(stream: &mut impl Write) -> io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nConnection: close\r\n\r\n")?;
    for _ in 0..100 {
        stream.write_all(b" ")?;
        stream.flush()?;
        thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}
