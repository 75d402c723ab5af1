//! The store: one SQLite file and large contents beside it, readable by the owner alone.
//!
//! All worktrees of a repository share it. It is never rolled back itself.

mod blobs;
mod checkpoints;
mod items;
mod journals;
mod sweep;

pub(crate) use crate::store::checkpoints::New;
pub use crate::store::checkpoints::{CheckpointId, Database, Kind, Record, Role};
pub(crate) use crate::store::journals::{Change, DatabaseChange, Journal, JournalState};

use crate::effect;
use crate::manifest::{Hash, Oid};
use crate::path::TreePath;
use crate::scan::Known;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, TransactionBehavior};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a change waits for another process: 30 s, in which it may make a first checkpoint.
const BUSY: Duration = Duration::from_secs(30);
/// Marks a SQLite file as a store: "SPWC".
const APPLICATION_ID: i64 = 0x5350_5743;
const VERSION: i64 = 1;

/// An open store.
pub(crate) struct Store {
    pub(crate) db: Connection,
    pub(crate) folder: PathBuf,
}

/// Why the store was not read or changed; it is as it was.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{attempt} `{path}`")]
    File { attempt: &'static str, path: String, source: io::Error },
    #[error("{attempt}")]
    Sqlite { attempt: &'static str, source: rusqlite::Error },
    #[error("{attempt}: another process has held the checkpoints for 30 s")]
    Busy { attempt: &'static str },
    #[error("open the checkpoints in `{path}`: {detail}")]
    Refused { path: String, detail: &'static str },
    #[error("read {what}: the store does not have it any more")]
    Missing { what: String },
    #[error("read {what}: its bytes are damaged")]
    Damaged { what: String },
}

impl StoreError {
    pub(crate) fn sql(attempt: &'static str) -> impl FnOnce(rusqlite::Error) -> Self {
        move |source| match source.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                Self::Busy { attempt }
            }
            _ => Self::Sqlite { attempt, source },
        }
    }

    pub(crate) fn file(attempt: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::File { attempt, path, source }
    }
}

pub(crate) type Result<T> = std::result::Result<T, StoreError>;

impl Store {
    /// Opens the store in `folder`, made now when there is none.
    pub(crate) fn create(folder: &Path) -> Result<Self> {
        make_private(folder).map_err(StoreError::file("make the folder", folder))?;
        let file = folder.join("checkpoints.db");
        if !file.exists() {
            // SQLite makes files that others may read, where the umask lets it.
            let made = effect::effect(|| private_file(&file));
            made.map(drop).map_err(StoreError::file("make", &file))?;
        }
        Self::open(folder)
    }

    /// Opens the store if there is one.
    pub(crate) fn find(folder: &Path) -> Result<Option<Self>> {
        if !folder.join("checkpoints.db").exists() {
            return Ok(None);
        }
        Self::open(folder).map(Some)
    }

    /// Opens the store, which must be there.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let attempt = "open the checkpoints";
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let file = folder.join("checkpoints.db");
        let mut db = Connection::open_with_flags(&file, flags).map_err(StoreError::sql(attempt))?;
        db.busy_timeout(BUSY).map_err(StoreError::sql(attempt))?;
        let number = |db: &Connection, name: &str| -> rusqlite::Result<i64> {
            db.query_row(&format!("PRAGMA {name}"), (), |row| row.get(0))
        };
        let refused = |detail| StoreError::Refused { path: file.display().to_string(), detail };
        // Both of one moment: another process may be making the store.
        let moment = db.transaction().map_err(StoreError::sql(attempt))?;
        let read = |name: &str| number(&moment, name).map_err(StoreError::sql(attempt));
        let (application, version) = (read("application_id")?, read("user_version")?);
        drop(moment);
        if application != APPLICATION_ID && (application != 0 || version != 0) {
            return Err(refused("another program's database"));
        }
        if version > VERSION {
            return Err(refused("a newer specwright made it; update this one"));
        }
        Self::prepare(&mut db, version).map_err(StoreError::sql(attempt))?;
        Ok(Self { db, folder: folder.to_owned() })
    }

    fn prepare(db: &mut Connection, version: i64) -> rusqlite::Result<()> {
        if version == 0 {
            // Takes effect only before the first table is made.
            db.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        }
        write_ahead(db)?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "foreign_keys", true)?;
        db.pragma_update(None, "secure_delete", true)?;
        if version == VERSION {
            return Ok(());
        }
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: i64 = tx.query_row("PRAGMA user_version", (), |row| row.get(0))?;
        if version == 0 {
            tx.execute_batch(include_str!("store/schema.sql"))?;
            tx.pragma_update(None, "application_id", APPLICATION_ID)?;
            tx.pragma_update(None, "user_version", VERSION)?;
        }
        tx.commit()
    }

    /// Runs one change; nothing of it holds when `change` fails.
    pub(crate) fn change<T, E: From<StoreError>>(
        &mut self,
        attempt: &'static str,
        change: impl FnOnce(&mut Writing<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let behavior = TransactionBehavior::Immediate;
        let tx = self.db.transaction_with_behavior(behavior).map_err(StoreError::sql(attempt))?;
        let packer = blobs::Packer::default();
        let mut cx = Writing { tx: &tx, folder: &self.folder, packer };
        let out = change(&mut cx)?;
        effect::effect(|| tx.commit().map_err(io::Error::other))
            .map_err(StoreError::file(attempt, &self.folder))?;
        Ok(out)
    }

    /// The number of the workspace folder, which is new when `root` was never seen.
    pub(crate) fn workspace(&mut self, root: &Path) -> Result<i64> {
        if let Some(id) = self.find_workspace(root)? {
            return Ok(id);
        }
        let bytes = crate::path::bytes_of(root.as_os_str());
        self.change("note the workspace", |cx| {
            let sql = "INSERT INTO workspace (root) VALUES (?1) ON CONFLICT DO UPDATE
                       SET root = root RETURNING id";
            cx.tx.query_row(sql, [bytes], |row| row.get(0)).map_err(StoreError::sql("note it"))
        })
    }

    pub(crate) fn find_workspace(&self, root: &Path) -> Result<Option<i64>> {
        let bytes = crate::path::bytes_of(root.as_os_str());
        let sql = "SELECT id FROM workspace WHERE root = ?1";
        let found = self.db.query_row(sql, [bytes], |row| row.get(0)).optional();
        found.map_err(StoreError::sql("look for the workspace"))
    }

    /// What was read of files before.
    pub(crate) fn known(&self, workspace: i64) -> Result<rustc_hash::FxHashMap<TreePath, Known>> {
        let attempt = "read what is known of files";
        let sql = "SELECT path, stat, hash, oid, n_bytes FROM seen WHERE workspace = ?1";
        let mut read = self.db.prepare_cached(sql).map_err(StoreError::sql(attempt))?;
        let mut rows = read.query([workspace]).map_err(StoreError::sql(attempt))?;
        let mut out = rustc_hash::FxHashMap::default();
        while let Some(row) = rows.next().map_err(StoreError::sql(attempt))? {
            let one = || -> rusqlite::Result<_> {
                let path: Vec<u8> = row.get(0)?;
                let content = items::content(row.get(2)?, row.get(3)?, row.get(4)?);
                Ok((TreePath::new(&path), row.get::<_, Vec<u8>>(1)?, content))
            };
            if let (Some(path), stat, Some(content)) = one().map_err(StoreError::sql(attempt))? {
                out.insert(path, Known { stat, content });
            }
        }
        Ok(out)
    }
}

/// A change that is under way.
pub(crate) struct Writing<'a> {
    pub(crate) tx: &'a rusqlite::Transaction<'a>,
    pub(crate) folder: &'a Path,
    packer: blobs::Packer,
}

impl Writing<'_> {
    pub(crate) fn note_known(&self, workspace: i64, all: &[(TreePath, Known)]) -> Result<()> {
        let attempt = "note what was read";
        let sql = "INSERT INTO seen (workspace, path, stat, hash, oid, n_bytes)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET
                   stat = excluded.stat, hash = excluded.hash, oid = excluded.oid,
                   n_bytes = excluded.n_bytes";
        let mut write = self.tx.prepare_cached(sql).map_err(StoreError::sql(attempt))?;
        for (path, known) in all {
            let content = known.content;
            let row = rusqlite::params![
                workspace,
                path.as_bytes(),
                &known.stat,
                items::hash_bytes(content.hash),
                items::oid_bytes(content.oid),
                i64::try_from(content.n_bytes).unwrap_or(i64::MAX),
            ];
            write.execute(row).map_err(StoreError::sql(attempt))?;
        }
        Ok(())
    }
}

/// Switches to a write-ahead log. Two processes that both make the file may meet here, and SQLite
/// does not wait for this lock by itself.
fn write_ahead(db: &Connection) -> rusqlite::Result<()> {
    let mut n_left = 500;
    loop {
        let done = db.query_row("PRAGMA journal_mode = WAL", (), |row| row.get::<_, String>(0));
        let is_busy = |it: &rusqlite::Error| {
            it.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
        };
        match done {
            Err(error) if is_busy(&error) && n_left > 0 => n_left -= 1,
            done => return done.map(drop),
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Makes a folder, and those above it, that only the owner can enter.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    effect::effect(|| builder.create(folder))
}

/// Makes or opens a file that only the owner can read.
pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

pub(crate) fn hash_of(bytes: &[u8]) -> Option<Hash> {
    bytes.try_into().ok().map(Hash)
}

pub(crate) fn oid_of(bytes: &[u8]) -> Option<Oid> {
    bytes.try_into().ok().map(Oid)
}
