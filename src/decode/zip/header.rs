//! The header of a member.

use super::open::{LONG, SHORT};

/// The length of a member's header before its name, in bytes.
pub(super) const FIXED: usize = 30;

/// The flag of a member that is encrypted.
const ENCRYPTED: u16 = 1;

/// The flag of a member whose lengths and checksum stand behind its content.
const LATER: u16 = 8;

/// What a 32-bit length says if the true one stands in a field of its own.
pub(super) const WIDE: u64 = u32::MAX as u64;

/// Flags that no archive has.
const UNUSED: u16 = 0b1101_0111_1000_0000;

/// The newest version of the format that there is, times ten, and the number of the last system that
/// it knows.
const NEWEST: (u8, u8) = (63, 19);

/// Whether the header of a member stands here, and not merely its mark: those that do not know zip
/// read past it as past a comment.
pub(in crate::decode) fn begins(bytes: &[u8]) -> bool {
    let Some([b'P', b'K', 3, 4, version, system, f0, f1, m0, m1, ..]) =
        bytes.first_chunk::<FIXED>()
    else {
        return false;
    };
    let method = u16::from_le_bytes([*m0, *m1]);
    *version <= NEWEST.0
        && *system <= NEWEST.1
        && u16::from_le_bytes([*f0, *f1]) & UNUSED == 0
        && matches!(method, 0..=20 | 93..=99)
}

/// The fields of a member's header.
pub(super) struct Header {
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) name: u16,
    pub(super) extra: u16,
    flags: u16,
    packed: u64,
    unpacked: u64,
}

impl Header {
    /// Reads the fields.
    pub(super) fn parse(fields: [u8; FIXED]) -> Self {
        let [
            _,
            _,
            _,
            _,
            _,
            _,
            f0,
            f1,
            m0,
            m1,
            _,
            _,
            _,
            _,
            c0,
            c1,
            c2,
            c3,
            rest @ ..,
        ] = fields;
        let [p0, p1, p2, p3, u0, u1, u2, u3, n0, n1, x0, x1] = rest;
        Self {
            flags: u16::from_le_bytes([f0, f1]),
            method: u16::from_le_bytes([m0, m1]),
            crc: u32::from_le_bytes([c0, c1, c2, c3]),
            packed: u32::from_le_bytes([p0, p1, p2, p3]).into(),
            unpacked: u32::from_le_bytes([u0, u1, u2, u3]).into(),
            name: u16::from_le_bytes([n0, n1]),
            extra: u16::from_le_bytes([x0, x1]),
        }
    }

    /// Whether lengths and checksum stand behind the content.
    pub(super) fn is_later(&self) -> bool {
        self.flags & LATER != 0
    }

    /// The packed length, if it is known before the content.
    pub(super) fn length(&self, extra: &[u8]) -> Option<u64> {
        let packed = self.wide_length(extra);
        // Some writers knew it all the same.
        (!self.is_later() || packed > 0).then_some(packed)
    }

    /// How much stands behind the content, in bytes, if only that shows where it ends: the content
    /// is stored, and its length not known.
    pub(super) fn open(&self, extra: &[u8]) -> Option<usize> {
        let open = self.method == 0 && self.length(extra).is_none();
        let wide = wide_field(extra).is_some();
        open.then_some(if wide { LONG } else { SHORT })
    }

    /// Why the content cannot be read, if it cannot.
    pub(super) fn closed(&self) -> Option<String> {
        if self.flags & ENCRYPTED != 0 {
            Some("encrypted file of a zip archive".to_owned())
        } else if !matches!(self.method, 0 | 8 | 12 | 93 | 95) {
            Some(format!(
                "file of a zip archive with compression method {}",
                self.method
            ))
        } else {
            None
        }
    }

    /// The packed length; that of a large member stands in a field of its own.
    fn wide_length(&self, extra: &[u8]) -> u64 {
        if self.packed != WIDE {
            return self.packed;
        }
        let words = wide_field(extra).unwrap_or_default().as_chunks::<8>().0;
        let at = usize::from(self.unpacked == WIDE);
        words.get(at).map_or(WIDE, |word| u64::from_le_bytes(*word))
    }
}

/// The field for large lengths.
pub(super) fn wide_field(mut extra: &[u8]) -> Option<&[u8]> {
    while let [i0, i1, l0, l1, rest @ ..] = extra {
        let length = usize::from(u16::from_le_bytes([*l0, *l1]));
        if u16::from_le_bytes([*i0, *i1]) == 1 {
            return Some(rest.get(..length).unwrap_or(rest));
        }
        extra = rest.get(length..).unwrap_or_default();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_members_have_a_wide_length() {
        let header = |packed, unpacked| Header {
            flags: 0,
            method: 0,
            crc: 0,
            packed,
            unpacked,
            name: 0,
            extra: 0,
        };
        let mut extra = vec![9, 9, 1, 0, 7, 1, 0, 16, 0];
        extra.extend(5_000_000_000_u64.to_le_bytes());
        extra.extend(4_000_000_000_u64.to_le_bytes());
        assert_eq!(header(WIDE, WIDE).length(&extra), Some(4_000_000_000));
        assert_eq!(header(WIDE, 5).length(&extra), Some(5_000_000_000));
        assert_eq!(header(7, 5).length(&extra), Some(7));
        assert_eq!(header(WIDE, WIDE).length(&[1, 0]), Some(WIDE));
    }
}
