//! Asking about each token once.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use jiff::Timestamp;

use super::answer::{Asked, Heard};
use super::api::Api;
use super::pace::{Clock, Limits, Pacer};
use super::wire::{Broken, Reply, Request, Transport};
use crate::redact::Secret;
use crate::verdict::{Status, Trust, Verdict};

/// How often one token is asked about, unless the service says to come back later.
const MOST_TRIES: u32 = 3;

/// A credential, and what its kind says of asking.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) secret: Secret,
    /// None if there is no way to ask.
    pub(crate) trust: Option<Trust>,
}

/// Asks one service, within the limits of one run.
pub(crate) struct Asker<'a, T, C> {
    pub(super) api: &'a Api,
    /// The host that verdicts name.
    pub(super) host: &'a str,
    pub(super) transport: &'a T,
    pub(super) clock: &'a C,
    pub(super) pacer: Pacer,
    limits: Limits,
    now: Timestamp,
}

impl<'a, T: Transport, C: Clock> Asker<'a, T, C> {
    /// `now` is the time that ages are counted to.
    pub(crate) fn new(
        api: &'a Api,
        host: &'a str,
        carried: (&'a T, &'a C),
        limits: Limits,
    ) -> Self {
        let (transport, clock) = carried;
        Self {
            api,
            host,
            transport,
            clock,
            pacer: Pacer::new(limits, clock.now()),
            limits,
            now: Timestamp::now(),
        }
    }

    /// Asks all questions, some at a time, and answers each in its place. `done` counts them. The questions
    /// are about distinct credentials.
    pub(crate) fn ask_all(&self, questions: &[Question], done: &AtomicUsize) -> Vec<Verdict> {
        let next = AtomicUsize::new(0);
        let none = || Verdict::unknown("it was not asked about");
        let verdicts: Mutex<Vec<Verdict>> = Mutex::new(questions.iter().map(|_| none()).collect());
        let work = || {
            while let Some((place, question)) = {
                let place = next.fetch_add(1, Ordering::Relaxed);
                questions.get(place).map(|question| (place, question))
            } {
                let verdict = self.ask(question);
                let mut verdicts = verdicts.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(known) = verdicts.get_mut(place) {
                    *known = verdict;
                }
                done.fetch_add(1, Ordering::Relaxed);
            }
        };
        thread::scope(|scope| {
            for _ in 0..self.limits.at_once.min(questions.len()) {
                scope.spawn(work);
            }
        });
        verdicts
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, question: &Question) -> Verdict {
        let Some(trust) = question.trust else {
            let reason = "the service answers no question about credentials of this kind";
            return Verdict::new(Status::Unasked, Some(reason.to_owned()));
        };
        let asked = Asked {
            api: self.api,
            secret: &question.secret,
            trust,
            now: self.now,
        };
        let request = Request::Get {
            path: &self.api.whoami.path,
            bearer: &question.secret,
        };
        let verdict = self.send(request, |reply| asked.hear(reply));
        Verdict {
            host: Some(self.host.to_owned()),
            ..verdict
        }
    }

    /// Sends a request until there is an answer that says something, or a limit ends it.
    fn send(&self, request: Request<'_>, hear: impl Fn(&Reply) -> Heard) -> Verdict {
        let mut tries = 0;
        // The first is why a later one is made, and says more than the limit that ends them.
        let mut because: Option<String> = None;
        loop {
            let patience = match self.pacer.permit(self.clock) {
                Ok(patience) => patience,
                Err(stop) => {
                    let because = because.map(|why| format!("{why}; ")).unwrap_or_default();
                    return Verdict::unknown(format!("{because}{stop}"));
                }
            };
            let sent = self.transport.send(request, patience);
            self.pacer.heard(self.clock.now(), sent.as_ref().ok());
            let (why, is_limit) = match sent.map(|reply| hear(&reply)) {
                Ok(Heard::Verdict(verdict)) => return *verdict,
                Ok(Heard::Again(why, is_limit)) => (why, is_limit),
                Err(broken) if broken.may_pass() => (broken.to_string(), false),
                Err(broken) => return Verdict::unknown(broken.to_string()),
            };
            tries += 1;
            if tries >= MOST_TRIES && !is_limit {
                return Verdict::unknown(why);
            }
            because = Some(why);
            self.pacer.back_off(self.clock, tries - 1);
        }
    }

    /// Sends a request that is not a question, until it is taken or a limit ends it.
    pub(super) fn submit(&self, request: Request<'_>, accepted: u16) -> Result<(), String> {
        let mut tries = 0;
        loop {
            let patience = self.pacer.permit(self.clock);
            let patience = patience.map_err(|stop| stop.to_string())?;
            let sent = self.transport.send(request, patience);
            self.pacer.heard(self.clock.now(), sent.as_ref().ok());
            tries += 1;
            let (why, again) = match &sent {
                Ok(reply) if reply.status == accepted => return Ok(()),
                Ok(reply) => {
                    let again = matches!(reply.status, 408 | 429 | 500..=599);
                    (format!("the service answered {}", reply.status), again)
                }
                Err(broken) => (Broken::to_string(broken), broken.may_pass()),
            };
            if !again || tries >= MOST_TRIES {
                return Err(why);
            }
            self.pacer.back_off(self.clock, tries - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use super::*;
    use crate::respond::testing::{Hub, Still};

    fn question(number: usize) -> Question {
        Question {
            secret: Secret::new(format!("token-{number}").as_bytes()),
            trust: Some(Trust::Sure),
        }
    }

    fn ask(hub: &Hub, clock: &Still, number: usize, limits: Limits) -> Vec<Verdict> {
        let api = Api::built_in().unwrap();
        let asker = Asker::new(&api, "hub", (hub, clock), limits);
        let questions: Vec<_> = (0..number).map(question).collect();
        asker.ask_all(&questions, &AtomicUsize::new(0))
    }

    fn count(verdicts: &[Verdict], status: Status) -> usize {
        verdicts
            .iter()
            .filter(|verdict| verdict.status == status)
            .count()
    }

    /// Two hundred tokens, and a service that answers fifty a minute.
    #[test]
    fn a_strict_limit_is_waited_for() {
        for with_headers in [true, false] {
            let clock = Still::default();
            let hub = Hub::limited(&clock, 50, 60, with_headers);
            let verdicts = ask(&hub, &clock, 200, Limits::within(Duration::from_secs(900)));
            assert_eq!(count(&verdicts, Status::Live), 200, "{with_headers}");
            assert_eq!(hub.most_answers_to_one(), 1, "{with_headers}");
            assert!(clock.now() >= Duration::from_secs(180));
            // Whoever counts along is refused by nobody.
            assert!(!with_headers || hub.refused() == 0, "{}", hub.refused());
        }
    }

    #[test]
    fn what_the_time_limit_cuts_off_is_unknown() {
        let clock = Still::default();
        let hub = Hub::limited(&clock, 50, 60, true);
        let verdicts = ask(&hub, &clock, 200, Limits::within(Duration::from_secs(90)));
        assert_eq!(count(&verdicts, Status::Live), 100);
        assert_eq!(count(&verdicts, Status::Unknown), 100);
        assert_eq!(hub.most_answers_to_one(), 1);
        let said = verdicts
            .iter()
            .filter_map(|verdict| verdict.reason.as_deref());
        assert!(said.clone().count() == 100 && said.clone().all(|why| why.contains("time limit")));
    }

    #[test]
    fn a_service_that_is_not_there_is_left_alone() {
        let clock = Still::default();
        let hub = Hub::absent(&clock);
        let verdicts = ask(&hub, &clock, 500, Limits::within(Duration::from_secs(900)));
        assert_eq!(count(&verdicts, Status::Unknown), 500);
        assert!(hub.asked() <= 12, "{}", hub.asked());
    }

    #[test]
    fn the_number_of_requests_is_limited() {
        let clock = Still::default();
        let hub = Hub::limited(&clock, 10_000, 60, true);
        let limits = Limits {
            requests: 30,
            ..Limits::within(Duration::from_secs(900))
        };
        let verdicts = ask(&hub, &clock, 50, limits);
        assert_eq!(count(&verdicts, Status::Live), 30);
        assert_eq!(count(&verdicts, Status::Unknown), 20);
        assert_eq!(hub.asked(), 30);
    }

    #[test]
    fn kinds_without_an_answer_are_not_asked_about() {
        let clock = Still::default();
        let hub = Hub::limited(&clock, 50, 60, true);
        let api = Api::built_in().unwrap();
        let limits = Limits::within(Duration::from_secs(9));
        let asker = Asker::new(&api, "hub", (&hub, &clock), limits);
        let question = Question {
            trust: None,
            ..question(1)
        };
        let verdicts = asker.ask_all(&[question], &AtomicUsize::new(0));
        assert_eq!((verdicts[0].status, hub.asked()), (Status::Unasked, 0));
    }
}
