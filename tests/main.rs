//! Tests that run hfscan as its users do.

#![allow(clippy::unwrap_used, clippy::string_slice, reason = "test helpers")]

mod agents;
mod architecture;
mod cli;
mod config;
mod day;
mod decoding;
mod determinism;
mod docs;
mod exit_codes;
mod facts;
mod follow;
mod git;
mod guides;
mod hook;
mod leaks;
mod logs;
mod lsp;
mod mcp;
mod misuse;
mod placeholders;
mod programs;
mod promises;
mod proptests;
mod providers;
mod receive;
mod redact;
mod repair;
mod reports;
mod respond;
mod rules;
mod scripts;
mod support;
mod suppression;
mod upload_check;
mod versions;
mod walk;
