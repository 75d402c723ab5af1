//! The product's API: what a user or agent can see and do, as plain data in and out.
//!
//! Fronts (command line, LSP, later MCP and HTTP) translate and add presentation; every decision is
//! here or below. Knows no protocol and has no async.

pub mod commands;
pub mod discover;
pub mod features;
pub mod settings;
mod snapshot;
mod state;

pub use crate::snapshot::{DocumentKey, Snapshot, SpecView};
pub use crate::state::{TextEdit, Workspace};
