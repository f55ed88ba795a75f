//! Whether letters look drawn at random, as the body of a token is, or put there by a person: a
//! placeholder, an identifier, words.
//!
//! Structure decides, not a list of names. Each test is so strict that nearly no random text fails
//! it: all together drop fewer than 1 of 1,000 random bodies, which a test computes.

use std::collections::BTreeSet;

/// How much likelier each pair of letters is in English words and in code than by chance: one row
/// for the first letter, one character for the second; `m` is "as likely", each step up or down a
/// factor of 2^(1/3). Counted in the identifiers and prose of a few thousand public Python,
/// JavaScript and TypeScript files, without regard to case.
const PAIRS: [&[u8; 26]; 26] = [
    b"dmpnefmamafqnqamaqotkgceia",
    b"sjihqdhgoketffqeamnfsaacka",
    b"qcjesaaqlaoobaueanirlaaaha",
    b"qkjmwffdsadkiinialmjmeeaha",
    b"mgoqjkibhaammrfkktrpdjglea",
    b"qbfdqphfuaaocbsdapjlndaaja",
    b"nhifwfknpaalkmliaqoipdaada",
    b"thkgudaeqacgjgriamjplddaia",
    b"lionmknaaaapmtrkajpqakagaj",
    b"ppfgwdabmqgcfarfaaqaoacaaf",
    b"pklkvjidragkikhkakqjlfjaga",
    b"rhgoufbasaapfdrhafnmngbama",
    b"tmgfubdaqaagmgqqailelabaea",
    b"pdoqqmrbnagggjniagqtiibaba",
    b"ijmodhiaibhooukmasmmpkldaa",
    b"sbfksbcknaaqebrnaslombaaha",
    b"iaefcabacaabaaacafbfyahaaa",
    b"relkvgkaqaihmjqialnoiicala",
    b"mdngthanqahhhfnncipunbgaja",
    b"rklgtgbntaagheojbpnlkcfama",
    b"llkkrhiaoaapnqdoasqrbaaaaa",
    b"tbgbwabauaagiemeaeidaaaaaa",
    b"tdigrgknsachioshapogcadaaa",
    b"ngoiqldeqaciidgsakjvbdclja",
    b"llnoojhfnabmnplualroigiadd",
    b"sffexffioaafkepaaaeemdfajf",
];

/// Keys in the order that a hand finds them.
const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];

/// A run of one letter, of the alphabet or of neighbouring keys that is no accident.
const RUN: usize = 5;
const SEQUENCE: usize = 6;

/// Whether a body of letters and digits looks random.
pub(super) fn is_random(body: &[u8]) -> bool {
    has_mixed_case(body)
        && has_many_characters(body)
        && longest(body, |a, b| a.eq_ignore_ascii_case(&b)) < RUN
        && longest(body, is_next) < SEQUENCE
        && longest(body, |a, b| is_next(b, a)) < SEQUENCE
        && longest(body, is_next_key) < SEQUENCE
        && !has_period(body)
        && !reads_like_words(body)
}

/// The longest run in a text of random characters: of one of them, of the alphabet, of keys.
const FILLER: usize = 8;

/// Whether a text is what a hand puts where a credential would be: one character again and again, the
/// alphabet, a row of keys. No random text of any length is.
pub(super) fn is_filler(text: &[u8]) -> bool {
    longest(text, |a, b| a == b) >= FILLER
        || longest(text, is_next) >= FILLER
        || longest(text, |a, b| is_next(b, a)) >= FILLER
        || longest(text, is_next_key) >= FILLER
        || has_period(text)
}

/// Random letters are as often small as capital. All small, all capital, or a name in one hump has
/// fewer than four changes; 34 random letters do with a chance of 1 in a million.
fn has_mixed_case(body: &[u8]) -> bool {
    let capitals = body.iter().filter(|b| b.is_ascii_uppercase()).count();
    let small = body.iter().filter(|b| b.is_ascii_lowercase()).count();
    case_changes(body) >= 4 && capitals >= 4 && small >= 4
}

fn case_changes(body: &[u8]) -> usize {
    let letters: Vec<bool> = body
        .iter()
        .filter(|b| b.is_ascii_alphabetic())
        .map(u8::is_ascii_uppercase)
        .collect();
    letters.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

/// 34 random letters hold 25 different ones on average, and fewer than 15 practically never.
fn has_many_characters(body: &[u8]) -> bool {
    let distinct: BTreeSet<u8> = body.iter().copied().collect();
    distinct.len() * 34 >= body.len() * 14
}

/// The length of the longest run in which every two neighbours are related.
fn longest(body: &[u8], related: impl Fn(u8, u8) -> bool) -> usize {
    let mut best = usize::from(!body.is_empty());
    let mut run = 1;
    for pair in body.windows(2) {
        run = if related(pair[0], pair[1]) {
            run + 1
        } else {
            1
        };
        best = best.max(run);
    }
    best
}

fn is_next(a: u8, b: u8) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    b == a + 1 || matches!((a, b), (b'z', b'a' | b'0') | (b'9', b'0' | b'a'))
}

fn is_next_key(a: u8, b: u8) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    let rows = ROWS.iter().flat_map(|row| row.windows(2));
    rows.clone().any(|pair| pair[0] == a && pair[1] == b)
}

/// Whether the body is a short piece repeated.
fn has_period(body: &[u8]) -> bool {
    (1..=body.len() / 3).any(|period| {
        let shifted = body.iter().skip(period);
        body.iter()
            .zip(shifted)
            .all(|(a, b)| a.eq_ignore_ascii_case(b))
    })
}

/// Whether the pairs of letters are those of words. The bound lies three and a half standard
/// deviations above the mean of random letters; where the case changes rarely, two and a half.
fn reads_like_words(body: &[u8]) -> bool {
    let at = |b: u8| usize::from(b.to_ascii_lowercase().wrapping_sub(b'a'));
    let mut score = 0_i32;
    let mut pairs = 0_i32;
    for pair in body.windows(2) {
        let row = PAIRS.get(at(pair[0]));
        if let Some(likelihood) = row.and_then(|row| row.get(at(pair[1]))) {
            score += i32::from(*likelihood) - i32::from(b'm');
            pairs += 1;
        }
    }
    let (mean, deviation) = (-4.45, 6.76);
    let bound = |n: f64| mean * f64::from(pairs) + n * deviation * f64::from(pairs).sqrt();
    let score = f64::from(score);
    let few_changes = case_changes(body) * 34 <= body.len() * 9;
    score > bound(3.45) || (few_changes && score > bound(2.6))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// xorshift64*, enough to draw letters.
    fn draw(state: &mut u64, alphabet: &[u8], length: usize) -> Vec<u8> {
        let mut next = || {
            *state ^= *state >> 12;
            *state ^= *state << 25;
            *state ^= *state >> 27;
            let high = (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) as usize;
            alphabet[high % alphabet.len()]
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn fewer_than_one_random_body_in_a_thousand_is_dropped() {
        let letters: Vec<u8> = (b'a'..=b'z').chain(b'A'..=b'Z').collect();
        let alnum: Vec<u8> = letters.iter().copied().chain(b'0'..=b'9').collect();
        for alphabet in [letters, alnum] {
            let (mut state, trials) = (20_261_122, 200_000);
            let dropped = (0..trials)
                .filter(|_| !is_random(&draw(&mut state, &alphabet, 34)))
                .count();
            let per_million = dropped * 1_000_000 / trials;
            println!(
                "{} letters: {per_million} of 1,000,000 dropped",
                alphabet.len()
            );
            assert!(dropped > 0, "a filter that drops nothing was not run");
            assert!(per_million < 1_000, "{per_million} of 1,000,000 dropped");
        }
    }

    #[test]
    fn what_fills_a_place_is_known_at_any_length() {
        for text in [
            "hf_oauth__refresh_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef",
            "key-xxxxxxxxxxxx",
            "hf_qwertyuiop",
            "abcabcabcabc",
            "key-9876543210",
        ] {
            assert!(is_filler(text.as_bytes()), "{text}");
        }
        for text in ["kR4vXq9ZbTmW2sLpYc7NkR4v", "key-defgh1jkl"] {
            assert!(!is_filler(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_people_write_is_not_random() {
        for body in [
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
            "abcdefghijklmnopqrstuvwxyzabcdefgh",
            "abcdefghijklmnopqrstuvwxyzABCDEFGH",
            "AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGh",
            "qwertyuiopasdfghjklzxcvbnmQWERTYUI",
            "abcABCabcABCabcABCabcABCabcABCabcA",
            "xXxXxXxXxXxXxXxXxXxXxXxXxXxXxXxXxX",
            "requiredCharacteristicTypesForDisp",
            "YourHuggingFaceTokenGoesRightHereO",
            "ReplaceThisWithYourHuggingFaceToke",
            "VotreTokenHuggingFaceIciRemplacezM",
            "SuaChaveAquiSubstituaPorSuaChaveOk",
            "callhfprocessorzDeepseekVLVMultiMo",
            "getQuantizedModelWeightsFromCheckp",
            "llavaNextVideoSevenBInstructTransf",
            "servingcelldescriptorhprioritylist",
            "FAKETOKENFORTESTINGPURPOSESONLYXXX",
            "TESTtestTESTtestTESTtestTESTtestTE",
            "abcdXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
            "1234567890abcdefghijklmnopqrstuvwx",
            "3f2a9c0d1e4b5a6978877665544332211f",
            "EXAMPLEexampleEXAMPLEexampleEXAMPL",
        ] {
            assert!(!is_random(body.as_bytes()), "{body}");
        }
    }
}
