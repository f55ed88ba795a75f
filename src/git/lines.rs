//! Which bytes of a file a change added.

use imara_diff::{Algorithm, Diff, InternedInput, sources::byte_lines};

use crate::span::Span;

/// The largest content that is compared line by line, in bytes. Larger ones are data.
const COMPARED: usize = 16 << 20;

/// What a change added to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Added {
    /// All of it.
    All,
    /// These bytes, in order; none of them empty.
    Spans(Vec<Span>),
    /// That is not known, since the file is too large to be compared.
    Unknown,
}

impl Added {
    /// Whether bytes that are known to be added lie in a span.
    #[must_use]
    pub(crate) fn touches(&self, span: &Span) -> bool {
        match self {
            Self::All => true,
            Self::Unknown => false,
            Self::Spans(spans) => {
                let next = spans.partition_point(|added| added.end <= span.start);
                spans
                    .get(next)
                    .is_some_and(|added| added.start < span.end.max(span.start + 1))
            }
        }
    }

    /// What is added as against both of two contents.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, other) | (other, Self::All) => other,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Spans(some), Self::Spans(others)) => {
                let mut both = Vec::new();
                let (mut a, mut b) = (some.iter().peekable(), others.iter().peekable());
                while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
                    let (start, end) = (x.start.max(y.start), x.end.min(y.end));
                    if start < end {
                        both.push(start..end);
                    }
                    if x.end < y.end {
                        a.next();
                    } else {
                        b.next();
                    }
                }
                Self::Spans(both)
            }
        }
    }
}

/// The lines of `new` that are not in `old`, as Git's diff shows them.
#[must_use]
pub(crate) fn added(old: &[u8], new: &[u8]) -> Added {
    if old.len().max(new.len()) > COMPARED {
        return Added::Unknown;
    }
    let input = InternedInput::new(byte_lines(old), byte_lines(new));
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    let mut starts = vec![0];
    for line in &input.after {
        let length = input.interner[*line].len();
        starts.push(starts.last().copied().unwrap_or(0) + length);
    }
    let at = |line: u32| starts.get(line as usize).copied().unwrap_or(new.len());
    let spans = diff
        .hunks()
        .map(|hunk| at(hunk.after.start)..at(hunk.after.end));
    Added::Spans(spans.filter(|span| !span.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(old: &str, new: &str) -> Vec<String> {
        match added(old.as_bytes(), new.as_bytes()) {
            Added::Spans(spans) => spans.iter().map(|s| new[s.clone()].to_owned()).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn added_and_changed_lines_are_added() {
        assert_eq!(texts("a\nb\nc\n", "a\nx\nb\nC\n"), ["x\n", "C\n"]);
        assert_eq!(texts("", "a\nb"), ["a\nb"]);
        assert_eq!(texts("a\nb\n", "a\n"), [""; 0]);
        assert_eq!(texts("a\nb", "a\nb\n"), ["b\n"]);
    }

    #[test]
    fn what_both_parents_lack_is_added() {
        let (ours, theirs, merged) = ("a\nx\n", "a\ny\n", "a\nx\ny\nz\n");
        let [one, two] = [ours, theirs].map(|base| added(base.as_bytes(), merged.as_bytes()));
        let last = std::iter::once(6..8).collect();
        assert_eq!(one.clone().and(two), Added::Spans(last));
        assert_eq!(one.clone().and(Added::All), one);
        assert_eq!(one.and(Added::Unknown), Added::Unknown);
    }

    #[test]
    fn a_span_touches_what_it_shares_a_byte_with() {
        let added = Added::Spans(vec![5..8, 10..12]);
        for (span, wanted) in [
            (0..5, false),
            (4..6, true),
            (8..10, false),
            (8..20, true),
            (12..14, false),
            (5..5, true),
        ] {
            assert_eq!(added.touches(&span), wanted, "{span:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_not_added_was_there(old in "([ab]\n){0,12}", new in "([abc]\n){0,12}") {
            let Added::Spans(spans) = added(old.as_bytes(), new.as_bytes()) else { unreachable!() };
            let mut kept = String::new();
            for (at, c) in new.char_indices() {
                if !Added::Spans(spans.clone()).touches(&(at..at + 1)) {
                    kept.push(c);
                }
            }
            // It is a subsequence of the old text.
            let mut rest = old.lines();
            prop_assert!(kept.lines().all(|line| rest.any(|l| l == line)));
        }
    }
}
