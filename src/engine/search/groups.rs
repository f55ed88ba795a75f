//! How the windows of a sieve are dealt to groups, so that it lets little through in vain.

use crate::model::Bigrams;

/// How many groups there are: a bit for each in either half of an entry of the table.
pub(super) const GROUPS: u32 = u32::BITS / 2;

/// How many pairs of bytes there are.
pub(super) const PAIRS: usize = 1 << u16::BITS;

/// For each pair of bytes, the groups with a window that begins with it, as bits, and in the upper half those with
/// a window that has it behind its first.
pub(super) type Table = [u32; PAIRS];

/// What a window looks for.
pub(super) type Bytes = [u8; 4];

/// Groups of windows.
struct Groups {
    table: Box<Table>,
    shares: [Share; GROUPS as usize],
}

/// How often a place has a pair that windows begin with, and one that they have behind it, from 0 to 1.
#[derive(Clone, Copy, Default)]
struct Share {
    first: f64,
    second: f64,
}

impl Share {
    fn both(self) -> f64 {
        self.first * self.second
    }

    fn plus(self, other: Self) -> Self {
        Self {
            first: self.first + other.first,
            second: self.second + other.second,
        }
    }
}

/// A window that is dealt.
struct Dealt {
    first: u16,
    /// Those of which one stands behind it.
    seconds: Vec<u16>,
    share: Share,
}

impl Dealt {
    /// Takes a window. Where it has no last byte, any may follow.
    fn new((bytes, is_full): (Bytes, bool), bigrams: &Bigrams) -> Self {
        let [a, b, c, d] = bytes;
        let (seconds, second) = match is_full {
            true => (vec![u16::from_le_bytes([c, d])], bigrams.share(&[c, d])),
            false => {
                let any = (0..=u8::MAX).map(|any| u16::from_le_bytes([c, any]));
                (any.collect(), bigrams.share(&[c]))
            }
        };
        Self {
            first: u16::from_le_bytes([a, b]),
            seconds,
            share: Share {
                first: bigrams.share(&[a, b]),
                second,
            },
        }
    }
}

/// Deals windows: what is common first, each to the group that then lets least through.
pub(super) fn deal(windows: impl Iterator<Item = (Bytes, bool)>, bigrams: &Bigrams) -> Box<Table> {
    let windows = windows.map(|window| Dealt::new(window, bigrams));
    let mut windows: Vec<Dealt> = windows.collect();
    windows.sort_by(|a, b| b.share.both().total_cmp(&a.share.both()));
    let table = vec![0; PAIRS].try_into();
    let mut groups = Groups {
        table: table.unwrap_or_else(|_| Box::new([0; PAIRS])),
        shares: Default::default(),
    };
    for window in windows {
        groups.add(&window);
    }
    groups.table
}

impl Groups {
    fn add(&mut self, window: &Dealt) {
        let more = |group: &u32| {
            let before = self.share(*group);
            before.plus(self.added(*group, window)).both() - before.both()
        };
        let costs = (0..GROUPS).map(|group| (more(&group), group));
        let Some((_, group)) = costs.min_by(|(a, _), (b, _)| a.total_cmp(b)) else {
            return;
        };
        let added = self.added(group, window);
        if let Some(share) = self.shares.get_mut(group as usize) {
            *share = share.plus(added);
        }
        self.table[usize::from(window.first)] |= 1 << group;
        for second in &window.seconds {
            self.table[usize::from(*second)] |= 1 << (GROUPS + group);
        }
    }

    fn share(&self, group: u32) -> Share {
        self.shares.get(group as usize).copied().unwrap_or_default()
    }

    /// What a window adds to the share of a group.
    fn added(&self, group: u32, window: &Dealt) -> Share {
        let has = |pair: &u16, bit: u32| self.table[usize::from(*pair)] >> bit & 1 != 0;
        let known = |known: bool, share: f64| if known { 0.0 } else { share };
        let all = window.seconds.iter().all(|pair| has(pair, GROUPS + group));
        Share {
            first: known(has(&window.first, group), window.share.first),
            second: known(all, window.share.second),
        }
    }
}
