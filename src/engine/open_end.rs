//! Whether a text that goes on later may still hold a credential in its last lines.

/// So near its end, a key pair may lack its other half, in bytes.
const PAIR: usize = 1024;

/// A piece of a token that is this far from the end of the text is not joined to what follows, in
/// bytes.
const FAR: usize = 4096;

/// A line of so many bytes may be full.
const FULL: usize = 64;

/// Whether the text from a keyword on may be the beginning of a credential: its word, or quotes and
/// operators behind that, reach the end of the last or the last but one line.
pub(super) fn may_continue(text: &[u8], pairs: &[Vec<u8>]) -> bool {
    if text.len() > FAR {
        return false;
    }
    if text.len() < PAIR && pairs.iter().any(|keyword| text.starts_with(keyword)) {
        return true;
    }
    let mut lines = text.split_inclusive(|b| *b == b'\n');
    let first = lines.next().unwrap_or_default();
    let rest = lines.next().unwrap_or_default();
    if lines.next().is_some() && !is_joined(first, rest) {
        return false;
    }
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    // The word ends, and no other follows it on its line; a record of JSON has keys there.
    let behind = first.iter().skip_while(|b| is_word(b));
    let mut words = behind.clone().filter(|b| is_word(b));
    words.next().is_none() || behind.clone().next() == Some(&b'"')
}

/// Whether a line without a blank goes on with a full one, as long texts that are wrapped do.
fn is_joined(first: &[u8], second: &[u8]) -> bool {
    let blank = |line: &[u8]| line.iter().any(|b| matches!(b, b' ' | b'\t'));
    !blank(first) && second.len() >= FULL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_go_on() {
        let pairs = [b"HFAK".to_vec()];
        for text in [
            "hf_abc",
            "hf_abc\n",
            "hf_abc\" + \\\n",
            "hf\n",
            "hf_abc\",\"stream\":\"stdout\"}\n",
            "hf_abc\n20:31 def\n",
            "HFAK and so on\nand so on\n",
        ] {
            assert!(may_continue(text.as_bytes(), &pairs), "{text:?}");
        }
        for text in ["hf_hub_download is here\n", "hf_a b", "hf_abc\nx\ny\n"] {
            assert!(!may_continue(text.as_bytes(), &pairs), "{text:?}");
        }
    }
}
