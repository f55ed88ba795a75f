//! What no report may show, and where a credential may still be open.

use std::borrow::Cow;

use super::prefilter::Prefilter;
use super::{Bounds, Engine, Input, Nature, Part, open_end};
use crate::finding::Hit;
use crate::redact::{Mask, Secret, printable};
use crate::source::Origin;
use crate::span::Span;

/// Whatever has the shape of a credential may be one.
const OPEN: Nature = Nature {
    is_log: false,
    bounds: Bounds::Open,
    begun: true,
};

impl Engine {
    /// What finds the keywords of all token rules, whatever rules are enabled.
    fn masked_prefilter(&self) -> &Prefilter {
        self.masked.prefilter(self.bigrams())
    }

    /// Every credential that starts within `range` of a text, whatever rules are enabled and however
    /// sure they are. They may lie over each other.
    #[must_use]
    pub(crate) fn credentials(&self, text: &[u8], range: Span, parity: u64) -> Vec<Hit> {
        let input = Input {
            text,
            start: parity,
            origin: &Origin::default(),
            part: Part::Later(Nature::default()),
        };
        // Of what surrounds a text nothing is known here, and what is hidden in vain does no harm.
        let range = (range, OPEN);
        self.pass(self.masked_prefilter(), input, range).hits
    }

    /// Whether something in a text may be a credential, whatever rules are enabled and whatever stands beside
    /// it.
    #[must_use]
    pub(crate) fn may_hold_credential(&self, text: &[u8]) -> bool {
        let input = Input {
            text,
            start: 0,
            origin: &Origin::default(),
            part: Part::Later(Nature::default()),
        };
        let range = (0..text.len(), OPEN);
        let found = self.pass(self.masked_prefilter(), input, range);
        !found.hits.is_empty()
    }

    /// The first place of a text, from `from` on, where a credential may begin that what follows
    /// the text makes one.
    #[must_use]
    pub(crate) fn open_end(&self, text: &[u8], from: usize) -> Option<usize> {
        let mut first = None;
        self.masked_prefilter()
            .find(text, from..text.len(), |at, _| {
                if first.is_none_or(|first| at < first)
                    && open_end::may_continue(text.get(at..).unwrap_or_default(), &self.pairs)
                {
                    first = Some(at);
                }
            });
        first
    }

    /// The parts of a text that no report may show, whatever rules are enabled, in order.
    #[must_use]
    pub(crate) fn masks(&self, text: &[u8], parity: u64) -> Vec<Mask> {
        let mut masks = Vec::new();
        for hit in self.credentials(text, 0..text.len(), parity) {
            let shown = hit.secret.as_ref().map_or("…".to_owned(), Secret::redacted);
            for span in hit.hide {
                let shown = if span == hit.span {
                    shown.clone()
                } else {
                    "…".to_owned()
                };
                masks.push(Mask { span, shown });
            }
        }
        masks.sort_by_key(|mask| (mask.span.start, mask.span.end));
        masks
    }

    /// A text that is safe to show: every credential in it is masked. If there is one, the rest is made printable.
    #[must_use]
    pub(crate) fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.mask_only(text) {
            Cow::Borrowed(same) => Cow::Borrowed(same),
            Cow::Owned(masked) => Cow::Owned(printable(&masked)),
        }
    }

    /// A text with every credential masked, and the rest as it is.
    #[must_use]
    pub(crate) fn mask_only<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let masks = self.masks(text.as_bytes(), 0);
        if masks.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = String::new();
        let mut at = 0;
        for mask in masks {
            out.push_str(text.get(at..mask.span.start).unwrap_or_default());
            if mask.span.end > at {
                out.push_str(&mask.shown);
            }
            at = at.max(mask.span.end);
        }
        out.push_str(text.get(at..).unwrap_or_default());
        Cow::Owned(out)
    }
}
