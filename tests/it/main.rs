//! it

mod corpus;
mod editors;
mod extensions;
mod fuzz;
mod lsp;
mod lsp_transport;
