//! Schema change: reads migration specs, plans them for SQLite and PostgreSQL, proves and runs them.
//!
//! The way of a change: [`language`] reads a migration spec and replays it over a [`schema::Schema`];
//! the schema renders to plain DDL of a dialect; an engine loads it (an in-memory SQLite, a throw-away
//! PostgreSQL database) and is read back as a catalog; catalogs are compared and become a
//! [`plan::Plan`]. SQL text is never compared. What is asked of a user, and when, is decided above.

pub mod expr;
mod finding;
pub mod import;
pub mod language;
pub mod lint;
pub mod plan;
pub mod policy;
pub mod postgres;
pub mod render;
pub mod rules;
pub mod run;
pub mod schema;
pub mod sqlite;
