//! The server of these tests speaks as the Hub does: the Hub's own client understands it.

use std::process::Command;

use super::super::support::token;
use super::server::{Answer, Hub, whoami};

/// What the client is asked.
const SCRIPT: &str = r#"
import json, os, sys
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

def ask(token):
    try:
        return HfApi(endpoint=os.environ["HF_ENDPOINT"]).whoami(token=token)
    except HfHubHTTPError as error:
        return {"status": error.response.status_code}

print(json.dumps([ask(token) for token in sys.argv[1:]]))
"#;

/// Runs where `HFSCAN_HUB_PYTHON` names a Python that has `huggingface_hub`, as `.ci/test-hub` does.
#[test]
fn the_client_of_the_hub_agrees() {
    let Some(python) = std::env::var_os("HFSCAN_HUB_PYTHON") else {
        eprintln!(
            "skipped: HFSCAN_HUB_PYTHON names no Python with huggingface_hub; .ci/test-hub does"
        );
        return;
    };
    let [live, dead, expired] = [51, 52, 53].map(token);
    let hub = Hub::start([
        (live.clone(), Answer::Live(whoami("ada", "write"))),
        (expired.clone(), Answer::Expired),
    ]);
    let mut command = Command::new(python);
    command
        .args(["-c", SCRIPT, &live, &dead, &expired])
        .env("HF_ENDPOINT", hub.url())
        .env("HF_HUB_DISABLE_TELEMETRY", "1")
        .env("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
        .env_remove("HF_TOKEN");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let answers: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answers[0]["name"], "ada");
    assert_eq!(answers[0]["auth"]["accessToken"]["role"], "write");
    assert_eq!(answers[1]["status"], 401);
    assert_eq!(answers[2]["status"], 401);
    // The path and the header are those that hfscan uses.
    let seen = hub.seen();
    assert!(
        seen.iter()
            .all(|seen| seen.line == "GET /api/whoami-v2 HTTP/1.1"),
        "{seen:?}"
    );
    assert_eq!(hub.asked(&live), 1);
}
