//! SQLite: reads a schema back from the engine, plans a change of it, proves the plan and runs it.
//!
//! [`load`] gives SQL text to an in-memory engine, [`read`] turns what the engine then holds into a
//! [`Catalog`], [`plan`] compares two catalogs, [`prove`] runs the plan there and back on a shadow.
//! Text decides nothing: definitions are compared as structure, and expressions as tokens.

mod alter;
mod annotations;
mod apply;
mod catalog;
mod checks;
mod memo;
mod parallel;
mod planner;
mod proof;
#[cfg(test)]
mod property;
mod read;
mod rebuild;
mod script;
mod shadow;
#[cfg(test)]
mod tests;
mod text;

pub use crate::sqlite::annotations::declared_renames;
pub use crate::sqlite::apply::{Applied, ApplyError, apply, backup, obstacles};
pub use crate::sqlite::catalog::{
    Aside, Catalog, Check, Column, Conflict, ForeignKey, Fragment, Generated, Index, IndexKey,
    KeyColumn, Opaque, PrimaryKey, Table, Trigger, Unique, View,
};
use crate::sqlite::memo::Memo;
pub use crate::sqlite::planner::{Capabilities, plan};
pub use crate::sqlite::proof::{ProofError, prove};
pub use crate::sqlite::read::{ReadError, read};
pub use crate::sqlite::shadow::{LoadError, Stop, load, open_read_only, shadow_of};
pub use crate::sqlite::text::{identifier, literal};

pub(crate) use crate::sqlite::proof::{Trial, differences, run_steps, try_steps};
pub(crate) use crate::sqlite::read::read_definitions;
pub(crate) use crate::sqlite::rebuild::Affinity;
pub(crate) use crate::sqlite::shadow::{ddl, guarded_shadow_of, message};
pub(crate) use crate::sqlite::text::name_start;

/// Why a schema could not be got.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("open the database `{path}`: {message}")]
    Open { path: String, message: String },
}

/// The catalog that SQL text makes.
///
/// # Errors
/// As [`load`] and [`read`].
pub fn catalog_of_sql(sql: &str) -> Result<Catalog, SourceError> {
    /// The text of a file, as it is and with what is pending, of some files.
    const N_SCHEMAS: usize = 16;
    static KNOWN: Memo<String, Catalog> = Memo::new(N_SCHEMAS);
    KNOWN.get(sql.to_owned(), |sql| match script::in_parts(sql) {
        Some(it) => Ok(it),
        None => whole_of_sql(sql),
    })
}

/// The same by one engine, which costs the square of the length.
fn whole_of_sql(sql: &str) -> Result<Catalog, SourceError> {
    Ok(read(&load(sql)?)?)
}

/// The catalog of a database file, which is only read.
///
/// # Errors
/// When there is no such file, or it is no database.
pub fn catalog_of_file(path: &std::path::Path) -> Result<Catalog, SourceError> {
    let opened = open_read_only(path).map_err(|it| SourceError::Open {
        path: path.display().to_string(),
        message: message(&it),
    })?;
    Ok(read(&opened)?)
}

/// Whether a file starts like a SQLite database; `false` when it cannot be read.
#[must_use]
pub fn is_database_file(path: &std::path::Path) -> bool {
    use std::io::Read as _;
    let mut start = [0; 16];
    let read = std::fs::File::open(path).and_then(|mut it| it.read_exact(&mut start));
    read.is_ok() && &start == b"SQLite format 3\0"
}
