//! Agents that write code: the hooks that they run, and what they leave behind.
//!
//! What each agent calls its events, fields and files stands in `rules/agents.toml`; here is how such an event is
//! read ([`event`]), answered ([`answer`]) and asked for ([`settings`]), and where transcripts are ([`transcripts`]).
//! Nothing here scans.

mod answer;
mod edit;
mod event;
mod patch;
mod protocol;
mod settings;
mod transcripts;

pub(crate) use answer::Answer;
pub(crate) use edit::{Change, FileEdit};
pub(crate) use event::{Deed, Event, EventError};
pub(crate) use protocol::{Agents, Protocol, Send, Sent};
pub(crate) use settings::{Written, install, uninstall};
pub(crate) use transcripts::Places;
