//! Agents that write code: what their hooks ask, and what they leave behind.

mod hooks;
mod install;
mod story;
