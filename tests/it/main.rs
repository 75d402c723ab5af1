//! it

mod corpus;
mod extensions;
mod fuzz;
mod lsp;
mod lsp_process;
mod lsp_transport;
