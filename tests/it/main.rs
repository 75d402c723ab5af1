//! it

mod corpus;
mod fuzz;
mod lsp;
mod lsp_transport;
