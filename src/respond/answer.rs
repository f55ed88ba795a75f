//! What an answer says of a token.
//!
//! A wrong "live" or "dead" is worse than none: whatever is not the service's own answer, in a form that is
//! known, says nothing. A status alone is not enough, since a proxy, a portal of a network or another server
//! may have given it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::api::Api;
use super::wire::Reply;
use crate::redact::{Secret, one_line};
use crate::verdict::{Account, Status, Trust, Verdict};

/// The longest name that is shown, in code points.
const LONGEST_NAME: usize = 80;

/// Of so many entities each is named; more are counted.
const NAMED: usize = 3;

/// What to make of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// It says something.
    Verdict(Box<Verdict>),
    /// It says to ask again; why, and whether the limit of the service is the reason.
    Again(String, bool),
}

/// A token that was asked about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) api: &'a Api,
    pub(super) secret: &'a Secret,
    pub(super) trust: Trust,
    pub(super) now: Timestamp,
}

impl Asked<'_> {
    /// Reads an answer.
    pub(super) fn hear(self, reply: &Reply) -> Heard {
        let verdict = match reply.status {
            200 => self.accepted(&reply.body),
            401 => self.refused(&reply.body),
            403 => Verdict::unknown(
                "a policy refuses the request (403), which a live token may meet as well",
            ),
            429 => return Heard::Again("the limit of requests is reached (429)".to_owned(), true),
            408 | 500..=599 => {
                return Heard::Again(format!("the service fails ({})", reply.status), false);
            }
            300..=399 => Verdict::unknown(format!(
                "a redirect ({}), which is not followed",
                reply.status
            )),
            status => Verdict::unknown(format!("the answer {status} says nothing")),
        };
        Heard::Verdict(Box::new(verdict))
    }

    /// 401: dead, if the service itself says so.
    fn refused(self, body: &[u8]) -> Verdict {
        let answer: Option<Value> = serde_json::from_slice(body).ok();
        let Some(error) = answer.as_ref().and_then(|answer| answer["error"].as_str()) else {
            return Verdict::unknown("a refusal (401) that is not in the form of the service");
        };
        if error.contains(&self.api.whoami.expired) {
            return Verdict::new(Status::Dead, Some("expired".to_owned()));
        }
        match self.trust {
            Trust::Sure => Verdict::new(Status::Dead, None),
            Trust::LiveOnly => {
                Verdict::unknown("refused (401), which does not tell for tokens of this kind")
            }
        }
    }

    /// 200: live, if it says whose the token is.
    fn accepted(self, body: &[u8]) -> Verdict {
        let answer: Value = serde_json::from_slice(body).unwrap_or_default();
        let (owner, kind) = (self.text(&answer["name"]), self.text(&answer["type"]));
        let (Some(owner), Some(owner_kind)) = (owner, kind) else {
            return Verdict::unknown("an answer (200) in a form that is not known");
        };
        let token = &answer["auth"]["accessToken"];
        let role = self.text(&token["role"]);
        let known = role.as_ref().and_then(|role| self.api.roles.get(role));
        let (scopes, severe) = self.scopes(&token["fineGrained"]);
        let created = self.text(&token["createdAt"]);
        let age = created.as_ref().and_then(|created| {
            let created: Timestamp = created.parse().ok()?;
            let seconds = self.now.as_second().saturating_sub(created.as_second());
            Some(seconds.max(0) / 86_400)
        });
        let expiry = [&token["expiration"], &answer["auth"]["expiresAt"]];
        let account = Account {
            owner,
            owner_kind,
            name: self.text(&token["displayName"]),
            role_means: known.and_then(|role| role.means.clone()),
            role,
            scopes,
            organizations: self.organizations(&answer["orgs"]),
            created,
            age,
            expires: expiry.into_iter().find_map(|time| self.text(time)),
        };
        Verdict {
            account: Some(account),
            can_write: severe || known.is_some_and(|role| role.severe),
            advice: known.and_then(|role| role.advice.clone()),
            ..Verdict::new(Status::Live, None)
        }
    }

    /// Organizations of the owner, each with the owner's role.
    fn organizations(self, orgs: &Value) -> Vec<(String, Option<String>)> {
        let orgs = orgs.as_array().into_iter().flatten();
        let mut names: Vec<_> = orgs
            .filter_map(|org| Some((self.text(&org["name"])?, self.text(&org["roleInOrg"]))))
            .collect();
        names.sort();
        names
    }

    /// What a fine-grained token may do, in words, and whether any of it is severe.
    fn scopes(self, grained: &Value) -> (Vec<String>, bool) {
        let mut severe = false;
        let mut by_words: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        let mut add = |permission: &Value, kind: &str, name: &str| {
            let Some(permission) = self.text(permission) else {
                return;
            };
            let known = self.api.permissions.get(&permission);
            severe |= known.map_or(permission.ends_with(&self.api.severe_ending), |k| k.severe);
            let words = known.map_or_else(|| format!("has {permission} on"), |k| k.says.clone());
            by_words
                .entry(words)
                .or_default()
                .push((kind.to_owned(), name.to_owned()));
        };
        for permission in grained["global"].as_array().into_iter().flatten() {
            add(permission, "", "its owner");
        }
        for scope in grained["scoped"].as_array().into_iter().flatten() {
            let kind = self.text(&scope["entity"]["type"]).unwrap_or_default();
            let name = self.text(&scope["entity"]["name"]).unwrap_or_default();
            for permission in scope["permissions"].as_array().into_iter().flatten() {
                add(permission, &kind, &name);
            }
        }
        let mut words: Vec<String> = by_words
            .into_iter()
            .map(|(words, entities)| format!("{words} {}", listed(entities)))
            .collect();
        if grained["canReadGatedRepos"] == true {
            words.push("reads public gated repositories".to_owned());
        }
        (words, severe)
    }

    /// A text of the service, as it may be shown: one short line without the token, which an answer might
    /// quote.
    fn text(self, value: &Value) -> Option<String> {
        let text = value.as_str().filter(|text| !text.is_empty())?;
        let whole = String::from_utf8_lossy(self.secret.expose());
        let text = text.replace(&*whole, &self.secret.redacted());
        let mut shown: String = one_line(&text).chars().take(LONGEST_NAME).collect();
        if shown.chars().count() == LONGEST_NAME {
            shown.push('…');
        }
        Some(shown)
    }
}

/// `org acme, models a/b and c/d, 12 datasets`.
fn listed(mut entities: Vec<(String, String)>) -> String {
    entities.sort();
    entities.dedup();
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (kind, name) in entities {
        kinds.entry(kind).or_default().push(name);
    }
    let words = kinds.into_iter().map(|(kind, names)| match names.len() {
        _ if kind.is_empty() => names.join(", "),
        n if n > NAMED => format!("{n} {kind}s"),
        _ => format!("{kind} {}", names.join(", ")),
    });
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hear(status: u16, body: &str) -> Heard {
        hear_of(Trust::Sure, status, body)
    }

    fn hear_of(trust: Trust, status: u16, body: &str) -> Heard {
        let api = Api::built_in().unwrap();
        let asked = Asked {
            api: &api,
            secret: &Secret::with_prefix(b"tok_abcdefghijklmnopqrstuvwxyz", 4),
            trust,
            now: "2026-11-30T00:00:00Z".parse().unwrap(),
        };
        asked.hear(&Reply {
            status,
            body: body.as_bytes().to_vec(),
            ..Reply::default()
        })
    }

    fn verdict(status: u16, body: &str) -> Verdict {
        match hear(status, body) {
            Heard::Verdict(verdict) => *verdict,
            Heard::Again(..) => panic!("it says nothing"),
        }
    }

    #[test]
    fn only_the_services_own_refusal_is_death() {
        let own = json!({"error": "Invalid credentials in Authorization header"}).to_string();
        assert_eq!(verdict(401, &own).status, Status::Dead);
        let expired = json!({"error": "Token is expired"}).to_string();
        assert_eq!(verdict(401, &expired).reason.as_deref(), Some("expired"));
        for odd in ["", "<html>Unauthorized</html>", "[]", "{\"error\":1}", "{"] {
            assert_eq!(verdict(401, odd).status, Status::Unknown, "{odd}");
        }
        let Heard::Verdict(of_ci) = hear_of(Trust::LiveOnly, 401, &own) else {
            panic!("it says nothing");
        };
        assert_eq!(of_ci.status, Status::Unknown);
    }

    #[test]
    fn nothing_else_is_life_or_death() {
        for status in [100, 201, 204, 301, 307, 400, 403, 404, 418] {
            let body = json!({"error": "x", "name": "x", "type": "user"}).to_string();
            assert_eq!(verdict(status, &body).status, Status::Unknown, "{status}");
        }
        for status in [429, 500, 502, 503] {
            assert!(matches!(hear(status, ""), Heard::Again(..)), "{status}");
        }
        for odd in [
            "",
            "{}",
            "<html>",
            "{\"name\":\"x\"}",
            "{\"name\":1,\"type\":\"user\"}",
            "null",
        ] {
            assert_eq!(verdict(200, odd).status, Status::Unknown, "{odd}");
        }
    }

    #[test]
    fn scopes_are_said_in_words() {
        let model = |name: &str| json!({"entity": {"type": "model", "name": name}, "permissions": ["repo.write"]});
        let body = json!({
            "type": "user", "name": "ada",
            "orgs": [{"name": "zeta", "roleInOrg": "read"}, {"name": "acme", "roleInOrg": "admin"}],
            "auth": {"type": "access_token", "accessToken": {
                "displayName": "ci", "role": "fineGrained", "createdAt": "2026-11-20T08:00:00.000Z",
                "fineGrained": {
                    "global": ["inference.serverless.write"], "canReadGatedRepos": true,
                    "scoped": [
                        {"entity": {"type": "org", "name": "acme"}, "permissions": ["repo.write", "made.up"]},
                        model("a/1"), model("a/2"), model("a/3"), model("a/4"),
                    ],
                },
            }},
        });
        let verdict = verdict(200, &body.to_string());
        assert!(verdict.can_write);
        assert_eq!(
            verdict.line(),
            "live: user ada, token \"ci\", role fineGrained; has made.up on org acme; spends inference \
             credits of its owner; writes to 4 models, org acme; reads public gated repositories; owner is \
             in acme (admin), zeta (read); created on 2026-11-20, 9 days ago; never expires"
        );
    }

    #[test]
    fn an_unknown_permission_to_write_is_severe() {
        let body = |permission: &str| {
            json!({"type": "user", "name": "a", "auth": {"accessToken": {"fineGrained": {
                "global": [permission]}}}})
            .to_string()
        };
        assert!(verdict(200, &body("moon.write")).can_write);
        assert!(!verdict(200, &body("moon.read")).can_write);
    }

    #[test]
    fn an_answer_can_neither_steer_nor_leak() {
        let body = json!({
            "type": "user\u{1b}[2J", "name": "tok_abcdefghijklmnopqrstuvwxyz\n::error::x",
            "auth": {"accessToken": {"displayName": "x".repeat(500)}},
        });
        let line = verdict(200, &body.to_string()).line();
        assert!(
            !line.contains("abcdefghij") && !line.contains(char::is_control),
            "{line}"
        );
        assert!(line.len() < 300, "{line}");
    }
}
