//! What the service is called, where it listens and what its answers mean, as data.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::tomlfile::{TomlError, parse};

/// The data in the binary. No folder of rules adds to it: whoever can name the endpoint gets the tokens.
const TEXT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/hub.toml"));

/// The interface of the service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Api {
    /// The usual endpoint.
    pub(crate) endpoint: String,
    /// The variable of the environment that names another.
    pub(crate) endpoint_variable: String,
    /// How a permission ends that is severe though it is not known.
    pub(crate) severe_ending: String,
    pub(crate) whoami: WhoAmI,
    pub(crate) revoke: Revoke,
    /// Roles of tokens, by the service's name.
    pub(crate) roles: BTreeMap<String, Role>,
    /// Permissions of tokens, by the service's name.
    pub(crate) permissions: BTreeMap<String, Permission>,
    pub(crate) leak: Leak,
    /// What to do after a leak, by where it was.
    #[serde(rename = "incident")]
    pub(crate) incidents: Vec<Incident>,
}

/// How to ask whose a token is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhoAmI {
    pub(crate) path: String,
    /// What a refusal holds if the token was good once.
    pub(crate) expired: String,
}

/// How to have tokens revoked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revoke {
    pub(crate) path: String,
    /// The key of the list of tokens in the body.
    pub(crate) field: String,
    /// The status of an answer that the request was taken.
    pub(crate) accepted: u16,
    /// How many go into a request.
    pub(crate) batch: usize,
    /// The longest that is taken, in bytes.
    pub(crate) longest: usize,
    /// What an answer proves.
    pub(crate) says: String,
}

/// A role of tokens.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Role {
    /// What a token of it can do.
    pub(crate) means: Option<String>,
    /// Whether it can change what others rely on.
    pub(crate) severe: bool,
    /// What would be better.
    pub(crate) advice: Option<String>,
}

/// A permission of tokens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Permission {
    /// The words that its entities follow.
    pub(crate) says: String,
    /// Whether it can change what others rely on.
    #[serde(default)]
    pub(crate) severe: bool,
}

/// What to do after a leak of any credential; Markdown, in which `{kind}`, `{page}` and `{by-hand}` stand for
/// those of its rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Leak {
    /// How whoever finds it ends it.
    pub(crate) revoke: Vec<String>,
    /// How its owner ends it.
    pub(crate) by_hand: Vec<String>,
    /// How to make sure.
    pub(crate) verify: Vec<String>,
    /// The same where nobody can be asked.
    pub(crate) not_verified: Vec<String>,
    /// How to find its copies.
    pub(crate) copies: Vec<String>,
}

/// What to do after a leak in one kind of place.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Incident {
    /// What the command line calls the place.
    pub(crate) place: String,
    /// The same in a heading.
    pub(crate) title: String,
    /// Markdown.
    pub(crate) steps: Vec<String>,
}

impl Api {
    /// Reads the data in the binary.
    ///
    /// # Errors
    ///
    /// If it is wrong, which a test rules out.
    pub(crate) fn built_in() -> Result<Self, TomlError> {
        parse(Path::new("rules/hub.toml"), TEXT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::respond::Endpoint;

    #[test]
    fn the_data_is_sound() {
        let api = Api::built_in().unwrap();
        assert!(Endpoint::parse(&api.endpoint).is_ok());
        assert!(api.revoke.batch > 0 && api.whoami.path.starts_with('/'));
        assert!(api.roles.values().any(|role| role.severe));
    }
}
