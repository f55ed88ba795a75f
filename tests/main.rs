//! Tests that run hfscan as its users do.

#![allow(clippy::unwrap_used, reason = "a failing helper fails its test")]

mod docs;
