//! A service and a clock for tests.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use super::pace::Clock;
use super::wire::{Broken, Reply, Request, Transport};

/// A clock that moves when somebody sleeps.
#[derive(Default)]
pub(super) struct Still(Mutex<Duration>);

impl Clock for Still {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, time: Duration) {
        // Those who sleep at the same time wake up at the same time.
        let until = self.now() + time;
        let mut now = self.0.lock().unwrap();
        *now = (*now).max(until);
    }

    fn jitter(&self) -> f64 {
        0.7
    }
}

/// A service that answers so many requests in a window.
pub(super) struct Hub<'c> {
    clock: &'c Still,
    limit: u64,
    window: u64,
    with_headers: bool,
    is_there: bool,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    window: u64,
    in_window: u64,
    asked: usize,
    refused: usize,
    answers: BTreeMap<Vec<u8>, usize>,
}

impl<'c> Hub<'c> {
    pub(super) fn limited(clock: &'c Still, limit: u64, window: u64, with_headers: bool) -> Self {
        Self {
            clock,
            limit,
            window,
            with_headers,
            is_there: true,
            seen: Mutex::default(),
        }
    }

    pub(super) fn absent(clock: &'c Still) -> Self {
        Self {
            is_there: false,
            ..Self::limited(clock, 0, 1, false)
        }
    }

    pub(super) fn asked(&self) -> usize {
        self.seen.lock().unwrap().asked
    }

    pub(super) fn refused(&self) -> usize {
        self.seen.lock().unwrap().refused
    }

    pub(super) fn most_answers_to_one(&self) -> usize {
        let seen = self.seen.lock().unwrap();
        seen.answers.values().copied().max().unwrap_or_default()
    }
}

impl Transport for Hub<'_> {
    fn send(&self, request: Request<'_>, _: Duration) -> Result<Reply, Broken> {
        let mut seen = self.seen.lock().unwrap();
        seen.asked += 1;
        if !self.is_there {
            return Err(Broken::Unreachable);
        }
        let now = self.clock.now().as_secs();
        if now / self.window != seen.window {
            seen.window = now / self.window;
            seen.in_window = 0;
        }
        let rest = self.window - now % self.window;
        seen.in_window += 1;
        let left = self.limit.saturating_sub(seen.in_window);
        let header = format!("\"api\";r={left};t={rest}");
        let rate_limit = self.with_headers.then_some(header);
        if seen.in_window > self.limit {
            seen.refused += 1;
            return Ok(Reply {
                status: 429,
                rate_limit,
                ..Reply::default()
            });
        }
        if let Request::Get { bearer, .. } = request {
            *seen.answers.entry(bearer.expose().to_vec()).or_default() += 1;
        }
        Ok(Reply {
            status: 200,
            rate_limit,
            body: br#"{"type": "user", "name": "ada"}"#.to_vec(),
            ..Reply::default()
        })
    }
}
