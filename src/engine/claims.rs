//! What a JSON web token says of itself, read without asking anyone.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The longest claim that is shown, in code points.
const SHOWN: usize = 120;

/// The claims that matter to whoever finds the token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Claims {
    /// Phrases for a message, such as "scope `read-repos`".
    pub(super) phrases: Vec<String>,
    /// Whether it had expired at the time it was held against.
    pub(super) expired: bool,
}

/// Reads the payload of a token that ends in `header.payload.signature`.
pub(super) fn read(token: &[u8], now: i64) -> Option<Claims> {
    let payload = token.split(|b| *b == b'.').nth(1)?;
    let payload: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    let mut claims = Claims::default();
    for name in ["scope", "aud", "sub"] {
        let shown = match payload.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(texts)) => {
                let texts: Vec<&str> = texts.iter().filter_map(Value::as_str).collect();
                texts.join(" ")
            }
            _ => continue,
        };
        let shown: String = shown.chars().filter(|c| *c != '`').take(SHOWN).collect();
        claims.phrases.push(format!("{name} `{shown}`"));
    }
    let expiry = payload
        .get("exp")
        .and_then(|exp| exp.as_i64().or(exp.as_f64().map(trunc)));
    if let Some(expiry) = expiry {
        claims.expired = expiry <= now;
        let verb = if claims.expired { "expired" } else { "expires" };
        if let Ok(at) = jiff::Timestamp::from_second(expiry) {
            claims
                .phrases
                .push(format!("{verb} on {}", at.strftime("%Y-%m-%d %H:%M UTC")));
        }
    }
    Some(claims)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a date is whole seconds; saturation is fine"
)]
fn trunc(seconds: f64) -> i64 {
    seconds as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_read_and_held_against_the_clock() {
        let token = |payload: &str| format!("hf_oauth_eyJ.{}.sig", URL_SAFE_NO_PAD.encode(payload));
        let text = token(r#"{"scope":"openid inference-api","aud":["a","b"],"exp":1700000000}"#);
        let claims = read(text.as_bytes(), 1_700_000_001).unwrap();
        assert!(claims.expired);
        assert_eq!(
            claims.phrases,
            [
                "scope `openid inference-api`",
                "aud `a b`",
                "expired on 2023-11-14 22:13 UTC"
            ]
        );
        assert!(!read(text.as_bytes(), 1_699_999_999).unwrap().expired);
        assert_eq!(read(token("no json").as_bytes(), 0), None);
        assert_eq!(read(b"hf_oauth_eyJ", 0), None);
        let far = token(r#"{"exp":1e300}"#);
        assert!(!read(far.as_bytes(), 0).unwrap().expired);
    }
}
