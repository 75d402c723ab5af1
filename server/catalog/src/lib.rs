//! What is remembered of a workspace: one SQLite file, forward-only migrations, an audit chain.
//!
//! SQL and table names stay in this crate. Every change is one `BEGIN IMMEDIATE` transaction that
//! also appends to the audit chain, so processes that share the file never fork it, and a crash
//! leaves the state before or after a change. Texts of specs are not kept, only their hashes: a
//! spec may hold a secret. What a resource was declared as is kept without what may be one.

mod acts;
mod audit;
mod council;
#[cfg(test)]
mod crash;
mod open;
mod resources;
mod restore;
mod rules;
mod seal;
mod seal_kept;
mod seal_key;
mod snapshots;

pub use crate::acts::Act;
pub use crate::audit::{AuditEntry, Broken, DETAIL_BYTES_MAX};
pub use crate::council::{CouncilCall, ReviewRecord, StoredFinding, StoredReview, Suppression};
pub use crate::open::OpenError;
pub use crate::resources::ResourceRecord;
pub use crate::restore::{RestoreError, StateDifference, compare_state, restore_state};
pub use crate::rules::RuleSetting;
pub use crate::seal::{Seal, SealError, SignedSeal, Unsealed, hex, is_signed, unhex};
pub use crate::seal_kept::{KeptError, kept_seal_path, read_seal, write_seal};
pub use crate::seal_key::{KEY_VARIABLE, KeyError, SealKey};
pub use crate::snapshots::{DocumentRecord, Snapshot};

use model::AbsPath;
use rusqlite::{Connection, TransactionBehavior};
use std::sync::Arc;
use system::System;

/// How long a change waits for another process: 5 s.
pub const BUSY_MS: u32 = 5_000;

/// Name of the file below the workspace's `.specwright`.
pub const FILE_NAME: &str = "catalog.db";

/// An open catalog.
#[derive(Debug)]
pub struct Catalog {
    db: Connection,
    system: Arc<dyn System>,
    /// Who acts through this handle, in audit entries.
    actor: String,
}

/// Why a read or change failed; the catalog is as it was.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error("{attempt}: another process has held the catalog for {BUSY_MS} ms")]
    Busy { attempt: &'static str },
    #[error("{attempt}")]
    Sqlite { attempt: &'static str, source: rusqlite::Error },
}

impl Catalog {
    /// Opens the catalog at `path`, made new when there is none.
    ///
    /// # Errors
    /// [`OpenError::Newer`], [`OpenError::NotACatalog`], [`OpenError::Damaged`]: the file was not
    /// changed; go on without it.
    pub fn open(path: &AbsPath, system: Arc<dyn System>, actor: &str) -> Result<Self, OpenError> {
        let db = open::open(path)?;
        Ok(Self { db, system, actor: actor.to_owned() })
    }

    /// A catalog that lives as long as the handle: for a folder that has none yet.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn in_memory(system: Arc<dyn System>, actor: &str) -> Result<Self, OpenError> {
        Ok(Self { db: open::in_memory()?, system, actor: actor.to_owned() })
    }

    /// The same catalog, with another to act through it.
    #[must_use]
    pub fn acting_as(self, actor: &str) -> Self {
        Self { actor: actor.to_owned(), ..self }
    }

    /// A number that changes when another process changed the catalog; for polling.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn data_version(&self) -> Result<i64, CatalogError> {
        let read = self.db.query_row("PRAGMA data_version", (), |row| row.get(0));
        read.map_err(|source| CatalogError::new("read the catalog's data version", source))
    }

    /// Runs one change with its audit entry; nothing of it holds when `change` fails.
    fn change<T>(
        &mut self,
        attempt: &'static str,
        change: impl FnOnce(&rusqlite::Transaction<'_>, &audit::Author<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, CatalogError> {
        let author = audit::Author { actor: &self.actor, now: self.system.now() };
        let run = |db: &mut Connection| {
            let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let out = change(&tx, &author)?;
            tx.commit()?;
            Ok(out)
        };
        run(&mut self.db).map_err(|source| CatalogError::new(attempt, source))
    }
}

impl CatalogError {
    fn new(attempt: &'static str, source: rusqlite::Error) -> Self {
        match source.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                Self::Busy { attempt }
            }
            _ => Self::Sqlite { attempt, source },
        }
    }
}
