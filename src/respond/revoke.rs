//! Having tokens revoked.

use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use super::ask::{Asker, Question};
use super::pace::Clock;
use super::wire::{Request, Transport};
use crate::redact::Secret;
use crate::verdict::{Status, Verdict};

/// What is taken is done some time later: how often it is asked whether it is, and how long before each
/// time, in seconds.
const LOOKS: [u64; 4] = [1, 2, 4, 8];

/// What became of a request to revoke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The service took it, which proves nothing.
    Taken,
    /// It did not; why.
    Failed(String),
}

impl<T: Transport, C: Clock> Asker<'_, T, C> {
    /// Whether the service takes a credential of this length.
    pub(crate) fn takes(&self, secret: &Secret) -> bool {
        secret.expose().len() <= self.api.revoke.longest
    }

    /// Asks to revoke all of these, in batches. Says of each whether the request was taken.
    pub(crate) fn revoke(&self, secrets: &[Secret]) -> Vec<Sent> {
        let api = &self.api.revoke;
        let mut all = Vec::new();
        for batch in secrets.chunks(api.batch.max(1)) {
            let request = Request::Post {
                path: &api.path,
                field: &api.field,
                secrets: batch,
            };
            let sent = match self.submit(request, api.accepted) {
                Ok(()) => Sent::Taken,
                Err(why) => Sent::Failed(why),
            };
            all.extend(batch.iter().map(|_| sent.clone()));
        }
        all
    }

    /// Asks whether what was revoked is dead, and again a little later where it is not yet.
    pub(crate) fn look_again(&self, questions: &[Question], done: &AtomicUsize) -> Vec<Verdict> {
        let mut verdicts: Vec<Option<Verdict>> = vec![None; questions.len()];
        for seconds in LOOKS {
            self.clock.sleep(Duration::from_secs(seconds));
            let alive: Vec<usize> = (0..questions.len())
                .filter(|place| {
                    let known = verdicts.get(*place).and_then(Option::as_ref);
                    known.is_none_or(|verdict| verdict.status == Status::Live)
                })
                .collect();
            let asked: Vec<Question> = alive
                .iter()
                .filter_map(|place| questions.get(*place).cloned())
                .collect();
            for (place, verdict) in alive.iter().zip(self.ask_all(&asked, done)) {
                if let Some(known) = verdicts.get_mut(*place) {
                    *known = Some(verdict);
                }
            }
            let is_live = |verdict: &Option<Verdict>| {
                verdict
                    .as_ref()
                    .is_some_and(|verdict| verdict.status == Status::Live)
            };
            if !verdicts.iter().any(is_live) {
                break;
            }
        }
        let none = || Verdict::unknown("it was not asked about");
        verdicts
            .into_iter()
            .map(|verdict| verdict.unwrap_or_else(none))
            .collect()
    }
}
