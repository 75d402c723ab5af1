//! The product's API: what a user or agent can see and do, as plain data in and out.
//!
//! Fronts (command line, LSP, later MCP and HTTP) translate and add presentation; every decision is
//! here or below. Knows no protocol and has no async.

pub mod commands;
pub mod discover;
pub mod features;
pub mod migrations;
pub mod resources;
pub mod rules;
pub mod settings;
mod slot;
mod snapshot;
mod state;
pub mod tier;

pub use crate::snapshot::{DocumentKey, Snapshot, SourceInfo, SpecId, SpecView};
pub use crate::state::{Root, Splice, TextEdit, Workspace};

/// An error and its causes on one line, outermost first.
#[must_use]
pub fn error_chain(error: &dyn std::error::Error) -> String {
    let mut out = error.to_string();
    let mut source = error.source();
    while let Some(it) = source {
        out += &format!(": {it}");
        source = it.source();
    }
    out
}
