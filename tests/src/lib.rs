//! Harness.

pub mod binary;
pub mod external;
pub mod fuzz;
pub mod lsp_client;
