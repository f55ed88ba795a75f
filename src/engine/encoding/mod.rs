//! Encodings around a token: base64, hexadecimal, UTF-16, UTF-32, escapes, and literals that are split in two.
//!
//! Each encoding has its own keywords, derived from the prefixes of token rules. Where one stands, a small
//! piece of text around it is decoded into a [`Decoded`] that knows the bytes that each of its characters
//! came from. Every piece is bounded, so that no input makes this slow.

mod base64;
mod decoded;
mod escape;
mod hex;
mod prefix;
pub(super) mod run;
mod split;
mod wide;

pub(super) use decoded::Decoded;
pub(super) use prefix::{Prefix, Prefixes};
use wide::Width;

/// A way in which a token can be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Base64; `lead` characters of a group of four stand before the keyword.
    Base64 { lead: usize },
    /// Hexadecimal.
    Hex,
    /// UTF-16 or UTF-32 of either byte order.
    Wide(Width),
    /// Letters that are written as escapes.
    Escape,
    /// Pieces that a program joins, or that a terminal or a logger parted.
    Split,
    /// The second piece of such a token, where the first is its first letter alone.
    Tail,
}

/// The keywords of all encodings of some prefixes.
pub(super) fn keywords(prefixes: &Prefixes) -> Vec<(Vec<u8>, Encoding)> {
    let mut keywords = Vec::new();
    for prefix in prefixes.roots() {
        let all = base64::keywords(prefix)
            .into_iter()
            .map(|(lead, text)| (text, Encoding::Base64 { lead }))
            .chain([Width::Two, Width::Four].map(|width| {
                let keyword = wide::keyword(prefix, width);
                (keyword, Encoding::Wide(width))
            }))
            .chain(
                hex::keywords(prefix)
                    .into_iter()
                    .map(|text| (text, Encoding::Hex)),
            )
            .chain(
                escape::keywords(prefix)
                    .into_iter()
                    .map(|text| (text, Encoding::Escape)),
            )
            .chain(
                split::keywords(prefix)
                    .into_iter()
                    .map(|text| (text, Encoding::Split)),
            )
            .chain(
                split::tail_keywords(prefix)
                    .into_iter()
                    .map(|text| (text, Encoding::Tail)),
            );
        keywords.extend(all);
    }
    keywords
}

impl Encoding {
    /// Whether it puts pieces together.
    pub(super) fn joins(self) -> bool {
        matches!(self, Self::Split | Self::Tail)
    }

    /// Decodes the text around a keyword at `at`, if it really is encoded: in several ways, of which the
    /// first that holds a token is right. `parity` is the text's place in its file.
    pub(super) fn decode(
        self,
        text: &[u8],
        at: usize,
        parity: u64,
        prefixes: &Prefixes,
    ) -> Vec<Decoded> {
        let decoded = match self {
            Self::Base64 { lead } => at
                .checked_sub(lead)
                .and_then(|at| base64::decode(text, at, prefixes)),
            Self::Hex => hex::decode(text, at, prefixes),
            Self::Wide(width) => wide::decode(text, at, (parity, width), prefixes),
            Self::Escape => escape::decode(text, at, prefixes),
            Self::Split => return split::decode(text, at, prefixes),
            Self::Tail => return split::decode_tail(text, at + 1, prefixes),
        };
        decoded.into_iter().collect()
    }
}
