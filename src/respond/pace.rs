//! When the next request may go out: the limits of the service, and those of this run.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::wire::Reply;

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// So many requests without an answer, one after the other, mean that there is no way to the service.
const HOPELESS: u32 = 6;

/// Time, so that a test can do without.
pub(crate) trait Clock: Sync {
    /// The time since some moment.
    fn now(&self) -> Duration;
    /// Waits.
    fn sleep(&self, time: Duration);
    /// A number from 0 to 1, another each time.
    fn jitter(&self) -> f64;
}

/// The time of the system.
pub(crate) struct SystemClock(Instant);

impl SystemClock {
    /// Begins at zero.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }

    fn jitter(&self) -> f64 {
        getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
    }
}

/// The limits of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How long all of it may take.
    pub(crate) time: Duration,
    /// How long one answer may take.
    pub(crate) answer: Duration,
    /// How many requests may go out.
    pub(crate) requests: u32,
    /// How many at a time.
    pub(crate) at_once: usize,
}

impl Limits {
    /// Those of a run that may take so long.
    pub(crate) fn within(time: Duration) -> Self {
        Self {
            time,
            answer: Duration::from_secs(10).min(time),
            requests: 2000,
            at_once: 4,
        }
    }
}

/// Why no more requests go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stop {
    #[error("the time limit of {0} s ended")]
    Time(u64),
    #[error("the next request may go out in {0} s, after the end of the time limit")]
    Wait(u64),
    #[error("the limit of {0} requests is reached")]
    Requests(u32),
    #[error("{HOPELESS} requests in a row had no answer, and no more were sent")]
    Hopeless,
}

#[derive(Debug, Default)]
struct State {
    /// Nothing goes out before this.
    not_before: Duration,
    /// How many may go out until `window_ends`, if the service said so.
    left: Option<u64>,
    window_ends: Duration,
    in_flight: u64,
    sent: u32,
    unanswered: u32,
}

/// Hands out permissions to send.
#[derive(Debug)]
pub(crate) struct Pacer {
    limits: Limits,
    begun: Duration,
    state: Mutex<State>,
}

impl Pacer {
    pub(crate) fn new(limits: Limits, begun: Duration) -> Self {
        Self {
            limits,
            begun,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a request may go out. Gives how long its answer may take.
    pub(crate) fn permit(&self, clock: &impl Clock) -> Result<Duration, Stop> {
        loop {
            let now = clock.now();
            let wait = {
                let mut state = self.state();
                let wait = state.wait(now);
                let used = now.saturating_sub(self.begun);
                let rest = self.limits.time.saturating_sub(used);
                if state.unanswered >= HOPELESS {
                    return Err(Stop::Hopeless);
                } else if state.sent >= self.limits.requests {
                    return Err(Stop::Requests(self.limits.requests));
                } else if rest.is_zero() {
                    return Err(Stop::Time(self.limits.time.as_secs()));
                } else if wait >= rest {
                    return Err(Stop::Wait(wait.as_secs().max(1)));
                } else if wait.is_zero() {
                    state.left = state.left.map(|left| left.saturating_sub(1));
                    state.in_flight += 1;
                    state.sent += 1;
                    return Ok(self.limits.answer.min(rest));
                }
                wait
            };
            clock.sleep(wait);
        }
    }

    /// Takes note of an answer, or that there is none.
    pub(crate) fn heard(&self, now: Duration, reply: Option<&Reply>) {
        let mut state = self.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        let Some(reply) = reply else {
            state.unanswered += 1;
            return;
        };
        state.unanswered = 0;
        if let Some((left, seconds)) = reply.rate_limit.as_deref().and_then(rate_limit) {
            // Answers overtake each other, and what is on its way counts too.
            let left = left.saturating_sub(state.in_flight);
            let known = state.left.filter(|_| now < state.window_ends);
            state.left = Some(known.map_or(left, |known| known.min(left)));
            state.window_ends = now + Duration::from_secs(seconds);
        }
        let after = reply.retry_after.as_deref();
        if let Some(seconds) = after.and_then(|text| text.trim().parse().ok()) {
            state.not_before = state.not_before.max(now + Duration::from_secs(seconds));
        }
    }

    /// Lets nothing go out for a while, which is longer with each try, and never the same.
    pub(crate) fn back_off(&self, clock: &impl Clock, tries: u32) {
        let pause = Duration::from_secs(1 << tries.min(6)).min(LONGEST_PAUSE);
        let pause = pause.mul_f64(0.5 + clock.jitter() / 2.0);
        let until = clock.now() + pause;
        let mut state = self.state();
        state.not_before = state.not_before.max(until);
    }
}

impl State {
    /// How long to wait.
    fn wait(&mut self, now: Duration) -> Duration {
        if self.left.is_some() && now >= self.window_ends {
            self.left = None;
        }
        let until = match self.left {
            Some(0) => self.not_before.max(self.window_ends),
            _ => self.not_before,
        };
        until.saturating_sub(now)
    }
}

/// How many requests are left, and for how many seconds: `"api";r=49;t=31`. Of several policies the
/// strictest counts.
fn rate_limit(header: &str) -> Option<(u64, u64)> {
    let item = |item: &str| {
        let value = |key: &str| {
            let mut parameters = item.split(';').skip(1).map(str::trim);
            parameters.find_map(|parameter| parameter.strip_prefix(key)?.parse().ok())
        };
        Some((value("r=")?, value("t=").unwrap_or(0)))
    };
    header.split(',').filter_map(item).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_read_as_it_is_documented() {
        assert_eq!(rate_limit("\"api\";r=49;t=31"), Some((49, 31)));
        assert_eq!(
            rate_limit("\"api\"; r=0; t=5, \"ip\";r=7;t=1"),
            Some((0, 5))
        );
        assert_eq!(rate_limit("\"api\";r=3"), Some((3, 0)));
        for odd in ["", "r=1", "\"api\";r=-1;t=2", "\"api\";t=2", ";;;"] {
            assert_eq!(rate_limit(odd), None, "{odd}");
        }
    }
}
