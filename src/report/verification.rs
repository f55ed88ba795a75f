//! A verdict as machines read it. A field is added, never renamed.

use serde::Serialize;

use crate::redact::one_line;
use crate::verdict::Verdict;

/// What is known of a credential.
#[derive(Serialize)]
pub(crate) struct Verification<'v> {
    status: &'static str,
    reason: Option<&'v str>,
    host: Option<&'v str>,
    owner: Option<&'v str>,
    owner_type: Option<&'v str>,
    token_name: Option<&'v str>,
    role: Option<&'v str>,
    can_write: bool,
    scopes: Vec<&'v str>,
    organizations: Vec<Organization<'v>>,
    created_at: Option<&'v str>,
    age_days: Option<i64>,
    expires_at: Option<&'v str>,
    advice: Option<&'v str>,
}

#[derive(Serialize)]
struct Organization<'v> {
    name: &'v str,
    role: Option<&'v str>,
}

impl<'v> From<&'v Verdict> for Verification<'v> {
    fn from(verdict: &'v Verdict) -> Self {
        let account = verdict.account.as_ref();
        let organizations = account.map_or(&[][..], |account| &account.organizations);
        let organization = |(name, role): &'v (String, Option<String>)| Organization {
            name,
            role: role.as_deref(),
        };
        let scopes = account.map_or(&[][..], |account| &account.scopes);
        Self {
            status: verdict.status.as_str(),
            reason: verdict.reason.as_deref(),
            host: verdict.host.as_deref(),
            owner: account.map(|account| &*account.owner),
            owner_type: account.map(|account| &*account.owner_kind),
            token_name: account.and_then(|account| account.name.as_deref()),
            role: account.and_then(|account| account.role.as_deref()),
            can_write: verdict.can_write,
            scopes: scopes.iter().map(String::as_str).collect(),
            organizations: organizations.iter().map(organization).collect(),
            created_at: account.and_then(|account| account.created.as_deref()),
            age_days: account.and_then(|account| account.age),
            expires_at: account.and_then(|account| account.expires.as_deref()),
            advice: verdict.advice.as_deref(),
        }
    }
}

/// The same in a line for people, after a text; nothing if nothing is known.
pub(super) fn after(text: &str, verdict: Option<&Verdict>) -> String {
    match verdict {
        Some(verdict) => format!("{text} [{}]", one_line(&verdict.line())),
        None => text.to_owned(),
    }
}
