//! What the fuzz targets share.

use std::sync::LazyLock;
use std::time::UNIX_EPOCH;

use hfscan::{RuleSet, Scanner};

/// A scanner with the built-in rules.
pub static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    let rules = RuleSet::built_in().expect("the rules are good");
    Scanner::new(&rules, UNIX_EPOCH)
});
