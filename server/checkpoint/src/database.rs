//! Copies of SQLite databases: out of a live one, and back into it.
//!
//! A live file is never replaced: beside an old log the old rows would come back. Copies go out by
//! `VACUUM INTO`, which leaves free pages (and the secrets in them) behind, and back in through the
//! backup interface, as one transaction of the database itself.

use crate::effect;
use crate::stat::Stat;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long to wait for a database that others write to: 5 s.
const BUSY: Duration = Duration::from_secs(5);
/// Above this a copy is made page by page, which is faster: 200 MB.
const VACUUM_BYTES_MAX: u64 = 200_000_000;

/// Why a database was not copied.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("{attempt} `{path}`: it has been locked for 5 s")]
    Busy { attempt: &'static str, path: String },
    #[error("{attempt} `{path}`")]
    Sqlite { attempt: &'static str, path: String, source: rusqlite::Error },
    #[error("{attempt} `{path}`")]
    File { attempt: &'static str, path: String, source: std::io::Error },
}

impl DatabaseError {
    fn new(attempt: &'static str, path: &Path) -> impl FnOnce(rusqlite::Error) -> Self {
        let path = path.display().to_string();
        move |source| match source.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                Self::Busy { attempt, path }
            }
            _ => Self::Sqlite { attempt, path, source },
        }
    }

    fn file(attempt: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::File { attempt, path, source }
    }
}

type Result<T> = std::result::Result<T, DatabaseError>;

/// Holds the writers of some databases; readers go on. Dropping it lets them go.
pub(crate) struct Cut(
    #[expect(dead_code, reason = "its locks are what it is for")] Vec<Connection>,
);

impl Cut {
    pub(crate) fn new(paths: &[PathBuf]) -> Result<Self> {
        let mut held = Vec::new();
        for path in paths.iter().filter(|it| it.exists()) {
            let attempt = "hold the writers of";
            let db = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, attempt)?;
            db.execute_batch("BEGIN IMMEDIATE").map_err(DatabaseError::new(attempt, path))?;
            held.push(db);
        }
        Ok(Self(held))
    }
}

fn open(path: &Path, flags: OpenFlags, attempt: &'static str) -> Result<Connection> {
    let failed = || DatabaseError::new(attempt, path);
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(failed())?;
    db.busy_timeout(BUSY).map_err(failed())?;
    // Closing must not fold the log into the file: a look changes nothing.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(failed())?;
    Ok(db)
}

/// What tells whether a database was written to, without reading it.
pub(crate) fn stamp(path: &Path) -> Option<(Vec<u8>, Stat)> {
    let stat = Stat::new(&fs::symlink_metadata(path).ok()?);
    let mut bytes = stat.to_bytes();
    let mut latest = stat;
    for ending in ["-wal", "-journal"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        if let Ok(metadata) = fs::symlink_metadata(beside) {
            let stat = Stat::new(&metadata);
            // An empty log comes and goes with those who look.
            if stat.n_bytes > 0 {
                bytes.extend(stat.to_bytes());
                latest.mtime_ns = latest.mtime_ns.max(stat.mtime_ns);
                latest.ctime_ns = latest.ctime_ns.max(stat.ctime_ns);
            }
        }
    }
    Some((bytes, latest))
}

/// Writes a copy of the database as it is now to the new file `to`.
pub(crate) fn copy_out(path: &Path, to: &Path) -> Result<()> {
    let attempt = "copy the database";
    let db = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, attempt)?;
    let _ = fs::remove_file(to);
    crate::store::private_file(to).map_err(DatabaseError::file("make", to))?;
    let n_bytes = fs::metadata(path).map_or(0, |it| it.len());
    effect::point().map_err(DatabaseError::file("write", to))?;
    if n_bytes <= VACUUM_BYTES_MAX {
        let name = to.to_string_lossy();
        let done = db.execute("VACUUM INTO ?1", [&*name]);
        done.map_err(DatabaseError::new(attempt, path))?;
    } else {
        let mut copy = Connection::open(to).map_err(DatabaseError::new(attempt, to))?;
        copy.pragma_update(None, "synchronous", "OFF").map_err(DatabaseError::new(attempt, to))?;
        let backup = Backup::new(&db, &mut copy).map_err(DatabaseError::new(attempt, path))?;
        let pause = Duration::from_millis(1);
        backup.run_to_completion(10_000, pause, None).map_err(DatabaseError::new(attempt, path))?;
    }
    Ok(())
}

/// A copy on its way back into a live database.
pub(crate) struct Incoming {
    path: PathBuf,
    from: Connection,
    to: Connection,
}

impl Incoming {
    /// Opens both; without a copy the database will have no tables.
    pub(crate) fn new(path: &Path, copy: Option<&Path>) -> Result<Self> {
        let attempt = "open the database to restore";
        let failed = || DatabaseError::new(attempt, path);
        if let Some(folder) = path.parent() {
            effect::effect(|| fs::create_dir_all(folder))
                .map_err(DatabaseError::file("make the folder", folder))?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let to = open(path, flags, attempt)?;
        let from = match copy {
            Some(copy) => open(copy, OpenFlags::SQLITE_OPEN_READ_ONLY, attempt)?,
            None => {
                let from = Connection::open_in_memory().map_err(failed())?;
                let size: i64 =
                    to.query_row("PRAGMA page_size", (), |row| row.get(0)).map_err(failed())?;
                from.pragma_update(None, "page_size", size).map_err(failed())?;
                from
            }
        };
        Ok(Self { path: path.to_owned(), from, to })
    }
}

/// Locks every database, lets `commit` decide, and then restores them all.
///
/// Whatever can go wrong with a database goes wrong before `commit`.
pub(crate) fn restore_all<T, E: From<DatabaseError>>(
    incoming: &mut [Incoming],
    commit: impl FnOnce() -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    let attempt = "restore the database";
    let mut backups = Vec::new();
    for it in incoming {
        let path = it.path.clone();
        let backup = Backup::new(&it.from, &mut it.to);
        backups.push((backup.map_err(DatabaseError::new(attempt, &path))?, path));
    }
    for (backup, path) in &backups {
        // Copies no page, and takes the lock that the copy needs.
        match backup.step(0).map_err(DatabaseError::new(attempt, path))? {
            StepResult::Busy | StepResult::Locked => {
                return Err(
                    DatabaseError::Busy { attempt, path: path.display().to_string() }.into()
                );
            }
            _ => {}
        }
    }
    let out = commit()?;
    for (backup, path) in &backups {
        effect::point().map_err(DatabaseError::file("restore", path))?;
        match backup.step(-1).map_err(DatabaseError::new(attempt, path))? {
            StepResult::Done => {}
            _ => {
                return Err(
                    DatabaseError::Busy { attempt, path: path.display().to_string() }.into()
                );
            }
        }
        effect::point().map_err(DatabaseError::file("restore", path))?;
    }
    Ok(out)
}

/// What is in a database, in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Rows of each table.
    pub n_rows: BTreeMap<String, u64>,
    /// The statements that make tables, indexes, triggers and views.
    pub schema: Vec<String>,
}

/// Counts the rows of a database that may be in use; nothing in one that is missing.
pub(crate) fn summary(path: &Path) -> Result<Summary> {
    if !path.exists() {
        return Ok(Summary::default());
    }
    let attempt = "look into the database";
    let db = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, attempt)?;
    let read = || -> rusqlite::Result<Summary> {
        let sql = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%'
                   ESCAPE '\\' ORDER BY name";
        let mut out = Summary::default();
        let mut schema = db.prepare(sql)?;
        let mut rows = schema.query(())?;
        while let Some(row) = rows.next()? {
            let (kind, name): (String, String) = (row.get(0)?, row.get(1)?);
            out.schema.extend(row.get::<_, Option<String>>(2)?);
            if kind == "table" {
                let count = format!("SELECT count(*) FROM \"{}\"", name.replace('"', "\"\""));
                // A virtual table of a module that is not here cannot be counted.
                let n: Option<i64> =
                    db.query_row(&count, (), |row| row.get(0)).optional().unwrap_or(None);
                out.n_rows.insert(name, n.unwrap_or(0).unsigned_abs());
            }
        }
        Ok(out)
    };
    read().map_err(DatabaseError::new(attempt, path))
}
