//! The command registry: everything that a user or agent can do, declared once.

pub mod detect;
