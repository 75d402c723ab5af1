//! Runs plans on live databases, and back: ledger, lock, backup, segments, post-checks.
//!
//! A run is a chain of [`Migration`]s that somebody above has read and planned. Each is proven on a
//! shadow of the live schema, then run in its transactions together with its row of the ledger, so
//! that a crash at any moment leaves the database before or after a step, and the ledger says which.
//! What a user is asked before that, and how it is told, is decided above.

mod backup;
#[cfg(all(test, unix))]
mod crash;
mod data;
mod describe;
mod error;
mod journal;
mod ledger;
mod lock;
mod look;
pub mod postgres;
mod prepare;
mod rehearse;
mod remove;
mod restore;
mod sqlite;
mod standing;
#[cfg(test)]
mod tests;
mod trial;

pub use crate::run::backup::Backup;
pub use crate::run::data::Answer;
pub(crate) use crate::run::data::grouped;
pub use crate::run::describe::{DescribeError, Described, Draft, describe, sqlite_ddl};
pub use crate::run::error::RunError;
pub use crate::run::ledger::{
    Entry, Hash, Kind, Ledger, Problem, SpecRef, Status, hash_of_spec, judge,
};
pub use crate::run::look::{
    BackPreview, differences_to, drift_of, needed_backups, preview_back, try_on_schema,
};
pub use crate::run::prepare::{Drift, drift};
pub use crate::run::rehearse::{Level, Rehearsal, rehearse};
pub use crate::run::remove::{damage, remove};
pub use crate::run::sqlite::{
    Applied, RolledBack, StoredStep, Undo, apply, ledger, roll_back, undo_of,
};
pub use crate::run::standing::Standing;
pub use crate::run::trial::{
    Facts, Failure, Limits, TrialError, ask_about, rows_at_stake, try_on_rows, try_on_schema_of,
};

use crate::plan::Plan;
use crate::sqlite::Catalog;
use std::collections::BTreeMap;
use std::path::Path;
use system::System;

/// Names that start like this belong to the runner; they are no part of a schema.
pub const OWN: &str = "_specwright_";

/// One migration, planned from the schema that the specs before it describe.
#[derive(Debug, Clone)]
pub struct Migration {
    /// The file's name without its ending: `0004_add_posts`.
    pub name: String,
    pub spec_hash: Hash,
    /// What the migrations before it end in.
    pub from: Catalog,
    /// What it ends in. Steps with SQL of the author may end in something else.
    pub to: Catalog,
    pub plan: Plan,
    /// What undoes steps that write rows, by their index, from the attached backup.
    pub restores: BTreeMap<usize, String>,
}

/// What a run may use, and what it is held to.
pub struct Options<'a> {
    pub system: &'a dyn System,
    /// Folder of backups and the lock file; made when it is missing.
    pub backups: &'a Path,
    /// Of this program, for the ledger.
    pub tool_version: &'a str,
    /// How long the questions to the data of one migration may take together, in milliseconds.
    pub data_ms_max: u64,
    /// How long to wait for another run or writer, in milliseconds.
    pub busy_ms: u64,
    /// Hears what happens, in order, after it happened.
    pub hear: &'a (dyn Fn(Event<'_>) + Sync),
}

impl Options<'_> {
    /// 2 s: beyond that the engine's own refusal must do.
    pub const DATA_MS: u64 = 2_000;
    /// 5 s
    pub const BUSY_MS: u64 = 5_000;
}

/// Moments of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// No other run can start.
    Locked,
    /// All migrations did on a shadow what they were made for.
    Proven,
    /// The database takes no other writer.
    Begun {
        migration: &'a str,
    },
    /// The copy is complete and sound, under a temporary name.
    Copied,
    BackedUp {
        to: &'a str,
    },
    /// Step `index`, from 0, has run.
    Step {
        migration: &'a str,
        index: usize,
    },
    /// The database holds what was wanted; nothing is committed yet.
    Checked {
        migration: &'a str,
    },
    /// The steps before `steps_done` are durable.
    Committed {
        migration: &'a str,
        steps_done: usize,
    },
}
