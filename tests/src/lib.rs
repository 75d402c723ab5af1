//! Harness.

pub mod fuzz;
pub mod lsp_client;
