//! it

mod fuzz;
mod lsp;
mod lsp_transport;
