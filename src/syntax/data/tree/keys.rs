//! What the names of keys mean, in whatever style they are written.

use crate::model::Lists;

/// What a key says about its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A script, or a list of them: `run`, `before_script`.
    Script,
    /// A command: an argv if it is a list, a script if it is a string: `command`.
    Argv,
    /// The arguments of a command that stands beside them: `args`.
    Arguments,
    /// Variables of an environment: a map, `NAME=value` items or lines.
    Environment,
    /// Nothing.
    Other,
}

/// The lists of the models, and what their keys say.
const ROLES: [(&str, Role); 4] = [
    ("argument-keys", Role::Arguments),
    ("environment-keys", Role::Environment),
    ("command-keys", Role::Argv),
    ("script-keys", Role::Script),
];

impl Role {
    /// The role of a key.
    pub(crate) fn of(key: &str, lists: &Lists) -> Self {
        let plain = normal(key);
        let role = ROLES.iter().find(|(list, _)| lists.has(list, &plain));
        role.map_or(Self::Other, |(_, role)| *role)
    }
}

/// A key without the marks of its style: `before_script`, `beforeScript` and `before-script` are
/// one. A module's path (`ansible.builtin.shell`) is left out.
pub(crate) fn normal(key: &str) -> String {
    // No key of interest is long, but a file may hold long keys.
    if key.len() > 64 {
        return String::new();
    }
    let last = if key.starts_with("ansible.") || key.starts_with("community.") {
        key.rsplit('.').next().unwrap_or(key)
    } else {
        key
    };
    let kept = last.chars().filter(|c| !matches!(c, '_' | '-'));
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether a text is a name that an environment variable may have.
pub(crate) fn is_variable(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_of_one_name() {
        let models = crate::model::Models::built_in().unwrap();
        for (key, role) in [
            ("before_script", Role::Script),
            ("beforeScript", Role::Script),
            ("ansible.builtin.shell", Role::Script),
            ("build-args", Role::Environment),
            ("postCreateCommand", Role::Argv),
            ("args", Role::Arguments),
            ("description", Role::Other),
            ("shell.sh", Role::Other),
        ] {
            assert_eq!(Role::of(key, &models.lists), role, "{key}");
        }
        assert!(is_variable("_A9") && !is_variable("9A") && !is_variable("--env"));
    }
}
