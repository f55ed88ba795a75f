//! Names under which Hugging Face credentials go: environment variables, config keys, arguments.

/// Words that may follow `HF_TOKEN` in the name of something that is no credential.
const NOT_ITSELF: [&str; 30] = [
    "PATH",
    "FILE",
    "FILENAME",
    "NAME",
    "ID",
    "IDS",
    "URL",
    "URI",
    "ENV",
    "VAR",
    "VARS",
    "TYPE",
    "LEN",
    "LENGTH",
    "COUNT",
    "SET",
    "EXISTS",
    "REQUIRED",
    "HELP",
    "LINK",
    "PLACEHOLDER",
    "HEADER",
    "REGEX",
    "PATTERN",
    "PREFIX",
    "SIZE",
    "USAGE",
    "INDEX",
    "DIR",
    "REF",
];

/// Words before it that make it a count or a switch.
const NOT_BEFORE: [&str; 14] = [
    "MAX", "NUM", "MIN", "TOTAL", "NO", "DISABLE", "IMPLICIT", "HAS", "USE", "REQUIRE", "REQUIRES",
    "STORED", "IS", "CHECK",
];

/// One of these is in every word that names a credential.
const PARTS: [&[u8; 3]; 5] = [b"tok", b"key", b"pat", b"sec", b"cre"];

/// Whether a name is that of a Hugging Face credential: `HF_TOKEN`, `hub_token`, `hfApiKey`,
/// `NEXT_PUBLIC_HF_TOKEN`, but not `HF_TOKEN_PATH` or `max_hf_tokens`.
#[must_use]
pub fn is_credential_name(name: &str) -> bool {
    // Most names are told from those of credentials without taking them apart.
    let mut parts = name.as_bytes().windows(3);
    let likely = parts.any(|part| PARTS.iter().any(|like| part.eq_ignore_ascii_case(*like)));
    if name.len() > 80 || !likely {
        return false;
    }
    let words = words(name);
    let Some(at) = words.iter().rposition(|word| is_credential_word(word)) else {
        return false;
    };
    let (before, after) = words.split_at(at);
    let word = words.get(at).map(String::as_str).unwrap_or_default();
    let after = after.get(1..).unwrap_or_default();
    if after.iter().any(|w| NOT_ITSELF.contains(&w.as_str()))
        || before.iter().any(|w| NOT_BEFORE.contains(&w.as_str()))
    {
        return false;
    }
    // `hf_key` is one, `hf_primary_key` is not; `hf_token` with anything between is.
    let near = before.len() <= 1 || before.last().is_some_and(|w| is_qualifier(w));
    let surely = word != "KEY" && word != "SECRET" || near || word.len() > 6;
    let after_fits = after.len() <= 2;
    surely
        && after_fits
        && (names_the_hub(before) || names_the_hub(after) || word.starts_with("HF"))
}

/// Beginnings of the names of variables that build tools put into what browsers get.
pub const CLIENT_PREFIXES: [&str; 10] = [
    "NEXT_PUBLIC_",
    "VITE_",
    "REACT_APP_",
    "PUBLIC_",
    "EXPO_PUBLIC_",
    "NUXT_PUBLIC_",
    "GATSBY_",
    "VUE_APP_",
    "NX_PUBLIC_",
    "STORYBOOK_",
];

/// Whether a name is that of a Hugging Face credential which browsers get to see.
#[must_use]
pub fn is_client_name(name: &str) -> bool {
    CLIENT_PREFIXES
        .iter()
        .any(|prefix| name.starts_with(prefix))
        && is_credential_name(name)
}

/// Whether a name may be that of any credential: `TOKEN`, `api_key`, `ACCESS_TOKEN`.
#[must_use]
pub fn is_general_name(name: &str) -> bool {
    let words = words(name);
    let last = words.last().map(String::as_str).unwrap_or_default();
    is_credential_name(name)
        || matches!(
            last,
            "TOKEN" | "APIKEY" | "PAT" | "PASSWORD" | "SECRET" | "CREDENTIAL"
        )
        || last == "KEY"
            && words
                .iter()
                .rev()
                .nth(1)
                .is_some_and(|w| w == "API" || w == "ACCESS")
}

/// Upper-case words of `snake_case`, `kebab-case`, `camelCase` and `SCREAMING_CASE` names.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower_before = false;
    for c in name.chars() {
        let starts = !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && lower_before);
        if starts && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if c.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(c.to_ascii_uppercase());
        }
        lower_before = c.is_ascii_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_credential_word(word: &str) -> bool {
    matches!(
        word,
        "TOKEN"
            | "KEY"
            | "APIKEY"
            | "PAT"
            | "SECRET"
            | "CREDENTIAL"
            | "CREDENTIALS"
            | "HFTOKEN"
            | "ACCESSTOKEN"
            | "APITOKEN"
            | "AUTHTOKEN"
            | "HFKEY"
    )
}

/// Words that stand between the Hub's name and `KEY`.
fn is_qualifier(word: &str) -> bool {
    matches!(
        word,
        "API"
            | "ACCESS"
            | "AUTH"
            | "HUB"
            | "HF"
            | "HUGGINGFACE"
            | "FACE"
            | "SECRET"
            | "WRITE"
            | "READ"
    )
}

fn names_the_hub(words: &[String]) -> bool {
    let hub = |word: &String| {
        matches!(
            word.as_str(),
            "HF" | "HUGGINGFACE" | "HUGGINGFACEHUB" | "HFHUB" | "HUGGINGFACES"
        )
    };
    let last = words.last().map(String::as_str);
    words.iter().any(hub)
        || words.windows(2).any(|pair| pair == ["HUGGING", "FACE"])
        // `hub_token`, `push_to_hub_token`, but not `docker_hub_token`.
        || (last == Some("HUB") && words.iter().all(|w| matches!(w.as_str(), "PUSH" | "TO" | "HUB")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_credentials_and_of_other_things() {
        for yes in [
            "HF_TOKEN",
            "HUGGING_FACE_HUB_TOKEN",
            "HUGGINGFACEHUB_API_TOKEN",
            "HUGGINGFACE_API_KEY",
            "HF_API_KEY",
            "HF_KEY",
            "hf_token",
            "hfToken",
            "hf-token",
            "hub_token",
            "push_to_hub_token",
            "huggingface_token",
            "VITE_HF_ACCESS_TOKEN",
            "NEXT_PUBLIC_HF_TOKEN",
            "TF_VAR_hf_token",
            "UV_SCRIPT_HF_TOKEN",
            "HF_TOKEN_WRITE",
            "HF_TOKEN_2",
            "TOKEN_HF",
            "HF_S3_SECRET_ACCESS_KEY",
            "huggingFaceApiKey",
            "HUGGINGFACE_ACCESS_TOKEN",
            "hf_read_token",
            "--hf-token",
            "MY_HF_TOKEN",
        ] {
            assert!(is_credential_name(yes), "{yes}");
        }
        for no in [
            "TOKEN",
            "token",
            "HF_TOKEN_PATH",
            "HF_STORED_TOKENS_PATH",
            "HF_HUB_DISABLE_IMPLICIT_TOKEN",
            "TOKENIZERS_PARALLELISM",
            "MAX_TOTAL_TOKENS",
            "BOS_TOKEN",
            "PAD_TOKEN",
            "HF_HOME",
            "DOCKERHUB_TOKEN",
            "DOCKER_HUB_TOKEN",
            "GITHUB_TOKEN",
            "hf_token_file",
            "use_hf_token",
            "hf_primary_key",
            "hf_tokenizer",
            "hf_max_tokens",
            "hf_token_ids",
            "pat",
            "key",
            "hub_key_name",
        ] {
            assert!(!is_credential_name(no), "{no}");
        }
        for general in [
            "TOKEN",
            "token",
            "API_KEY",
            "accessToken",
            "HF_TOKEN",
            "password",
        ] {
            assert!(is_general_name(general), "{general}");
        }
        for no in ["TOKENIZER", "MAX_TOKENS", "key", "MODEL_ID"] {
            assert!(!is_general_name(no), "{no}");
        }
    }
}
