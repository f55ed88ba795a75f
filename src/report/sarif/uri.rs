//! Paths as the URIs of SARIF.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_sarif::sarif::ArtifactLocation;

use super::ROOT;

/// What a segment of a path escapes: all that RFC 3986 does not allow there, and the colon, which
/// in a first segment would read as the end of a scheme.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b'@');

/// The location of a file: relative to the root where its path is, else absolute.
pub(super) fn artifact(path: &str) -> ArtifactLocation {
    let mut location = ArtifactLocation::builder().uri(uri(path)).build();
    if absolute(path).is_none() {
        location.uri_base_id = Some(ROOT.to_owned());
    }
    location
}

/// A path as a URI.
fn uri(path: &str) -> String {
    match absolute(path) {
        Some((drive, rest)) => format!("file:///{drive}{}", encode(rest)),
        // An empty reference would mean the root itself in some readers and the log in others.
        None if path.is_empty() => ".".to_owned(),
        None => encode(path),
    }
}

/// An absolute path, split into its Windows drive (`C:/`), if any, and the rest.
fn absolute(path: &str) -> Option<(&str, &str)> {
    if let Some(rest) = path.strip_prefix('/') {
        return Some(("", rest));
    }
    let (drive, rest) = path.split_at_checked(3)?;
    let is_drive = drive.ends_with(":/") && drive.starts_with(|c: char| c.is_ascii_alphabetic());
    is_drive.then_some((drive, rest))
}

/// Encodes every segment of a path.
fn encode(path: &str) -> String {
    path.split('/')
        .map(|segment| utf8_percent_encode(segment, SEGMENT).to_string())
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_become_uris() {
        for (path, expected) in [
            ("src/train.py", "src/train.py"),
            ("a b/c#d?e%f.py", "a%20b/c%23d%3Fe%25f.py"),
            ("app/(group)/[id]/page.tsx", "app/(group)/%5Bid%5D/page.tsx"),
            ("a:b", "a%3Ab"),
            ("é\n\u{1b}\u{fffd}", "%C3%A9%0A%1B%EF%BF%BD"),
            ("../up", "../up"),
            ("back\\slash", "back%5Cslash"),
            ("", "."),
            ("/etc/a b", "file:///etc/a%20b"),
            ("C:/Users/x", "file:///C:/Users/x"),
            ("<stdin>", "%3Cstdin%3E"),
        ] {
            assert_eq!(uri(path), expected);
            let relative = !expected.starts_with("file:");
            assert_eq!(artifact(path).uri_base_id.is_some(), relative);
        }
    }

    proptest! {
        #[test]
        fn encoding_loses_nothing(path: String) {
            let encoded = encode(&path);
            prop_assert!(encoded.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert!(!encoded.contains(['#', '?', ':', '\\']));
            let decoded = percent_decode_str(&encoded).decode_utf8().expect("UTF-8");
            prop_assert_eq!(decoded, path);
        }
    }
}
