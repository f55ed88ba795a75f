//! Documents for people with code in them.

pub(super) mod html;
pub(super) mod markdown;
pub(super) mod notebook;
