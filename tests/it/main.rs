//! Whole journeys, through the real binary where one is needed.

mod audit;
mod catalog;
mod checkpoint;
mod cli;
mod corpus;
mod council;
mod council_trial;
mod editors;
mod extensions;
mod fuzz;
mod generated;
mod lsp;
mod lsp_late;
mod lsp_migrations;
mod lsp_process;
mod lsp_rollback;
mod lsp_state;
mod lsp_transport;
mod migrate;
mod models;
mod ops;
mod proof;
mod provision;
mod schema_cases;
mod schema_cases_postgres;
mod tidy;
