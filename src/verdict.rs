//! What can be done about a credential, and what its service says of it.

use serde::Deserialize;

/// What can be done about credentials of one kind, as their rule says it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Response {
    /// What one is called: `user access token`.
    pub kind: String,
    /// Whether the service says of one whether it is live; never asked, if this is missing.
    #[serde(default)]
    pub verify: Option<Trust>,
    /// Whether whoever finds one can have it revoked.
    #[serde(default)]
    pub revoke: bool,
    /// The page where its owner ends it.
    pub page: String,
    /// What to do on that page.
    pub by_hand: String,
    /// What takes its place, step by step.
    pub replace: Vec<String>,
}

/// Which answers about a kind of credentials can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trust {
    /// All.
    Sure,
    /// That it is live. A refusal may mean that it opens something else.
    LiveOnly,
}

/// What is known of whether a credential opens anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// The service accepts it.
    Live,
    /// It was asked about, and no answer says whether it is live.
    Unknown,
    /// There is no way to ask about one of its kind.
    Unasked,
    /// It is published for tests, and opens nothing; nobody was asked.
    Published,
    /// The service refuses it.
    Dead,
}

impl Status {
    /// The word that users and machines see. It never changes.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Unknown => "unknown",
            Self::Unasked => "not-asked",
            Self::Published => "published",
            Self::Dead => "dead",
        }
    }
}

/// What is known of a credential. It holds no secret, and no text of the service that is not freed of what
/// could steer a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is live.
    pub status: Status,
    /// Why that is said, in a few words.
    pub reason: Option<String>,
    /// The host that was asked.
    pub host: Option<String>,
    /// Whose it is, if it is live.
    pub account: Option<Account>,
    /// Whether it can change things that others rely on.
    pub can_write: bool,
    /// What would be a better credential for the same use.
    pub advice: Option<String>,
}

/// Whose a credential is, and what it opens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The name of its owner.
    pub owner: String,
    /// What that is: `user`, `org`, `app`.
    pub owner_kind: String,
    /// What the owner calls the credential.
    pub name: Option<String>,
    /// Its role, as the service calls it.
    pub role: Option<String>,
    /// What that means, in words.
    pub role_means: Option<String>,
    /// What it may do, in words.
    pub scopes: Vec<String>,
    /// Organizations of the owner, each with the owner's role in it.
    pub organizations: Vec<(String, Option<String>)>,
    /// When it was made, in the form of ISO 8601.
    pub created: Option<String>,
    /// How old it is, in whole days.
    pub age: Option<i64>,
    /// When it expires, in the form of ISO 8601.
    pub expires: Option<String>,
}

impl Verdict {
    /// One without an account.
    #[must_use]
    pub fn new(status: Status, reason: Option<String>) -> Self {
        Self {
            status,
            reason,
            host: None,
            account: None,
            can_write: false,
            advice: None,
        }
    }

    /// One that nothing is known of.
    #[must_use]
    pub fn unknown(reason: impl Into<String>) -> Self {
        Self::new(Status::Unknown, Some(reason.into()))
    }

    /// All of it in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let mut line = self.status.as_str().replace('-', " ");
        if let Some(host) = &self.host {
            line.push_str(&format!(" at {host}"));
        }
        if let Some(reason) = &self.reason {
            line.push_str(&format!(": {reason}"));
        }
        if let Some(account) = &self.account {
            line.push_str(&format!(": {}", account.parts().join("; ")));
        }
        if let Some(advice) = &self.advice {
            line.push_str(&format!("; {advice}"));
        }
        line
    }
}

impl Account {
    /// What is known, in words.
    fn parts(&self) -> Vec<String> {
        let mut who = format!("{} {}", self.owner_kind, self.owner);
        if let Some(name) = &self.name {
            who.push_str(&format!(", token \"{name}\""));
        }
        if let Some(role) = &self.role {
            who.push_str(&format!(", role {role}"));
        }
        let mut parts = vec![who];
        parts.extend(self.role_means.clone());
        parts.extend(self.scopes.iter().cloned());
        if !self.organizations.is_empty() {
            let name = |(name, role): &(String, Option<String>)| match role {
                Some(role) => format!("{name} ({role})"),
                None => name.clone(),
            };
            let names: Vec<String> = self.organizations.iter().map(name).collect();
            parts.push(format!("owner is in {}", names.join(", ")));
        }
        let day = |time: &String| time.split('T').next().unwrap_or_default().to_owned();
        if let Some(created) = &self.created {
            let age = self.age.map(|days| format!(", {days} days ago"));
            let (day, age) = (day(created), age.unwrap_or_default());
            parts.push(format!("created on {day}{age}"));
        }
        match &self.expires {
            Some(expires) => parts.push(format!("expires on {}", day(expires))),
            None if self.created.is_some() => parts.push("never expires".to_owned()),
            None => {}
        }
        parts
    }
}
