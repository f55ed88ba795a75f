//! What is done with a credential that was found: asking about it, revoking it.

mod client;
mod faults;
mod incident;
mod revoke;
mod server;
mod silence;
mod verify;

use self::server::Hub;
use super::support::{Run, Tree};

/// Runs hfscan with this server as its endpoint, and makes sure that none of these tokens is shown.
fn run(hub: &Hub, tree: &Tree, args: &[&str], input: &str, tokens: &[&str]) -> Run {
    let url = hub.url();
    let mut all = args.to_vec();
    all.extend(["--endpoint", &url]);
    let run = tree.run_with(all, input);
    assert_silent(&run, tokens);
    run
}

/// Makes sure that a run shows no more of tokens than their ends.
#[track_caller]
fn assert_silent(run: &Run, tokens: &[&str]) {
    for token in tokens {
        for out in [run.out(), run.err()] {
            let middle = &token[6..token.len() - 3];
            assert!(!out.contains(middle), "{out}");
        }
    }
}
