//! The command line.

mod commands;
mod exit;
mod output;
mod selection;
