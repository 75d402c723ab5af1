use crate::run::Options;
use crate::run::error::RunError;
use crate::run::lock::lock;
use crate::sqlite::message;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Removes a database file for good, with what SQLite keeps beside it; no run and no writer is on it
/// at that moment.
///
/// # Errors
/// [`RunError::Busy`]: nothing was removed. [`RunError::Engine`] when a file cannot be removed.
pub fn remove(path: &Path, options: &Options<'_>) -> Result<(), RunError> {
    let attempt = format!("remove `{}`", path.display());
    let _lock = lock(options, &attempt)?;
    if !path.exists() {
        return Ok(());
    }
    // A file that is no database, or a damaged one, has no writer to wait for.
    if let Ok(db) = Connection::open(path) {
        let _ = db.busy_timeout(Duration::from_millis(options.busy_ms));
        if let Err(error) = db.execute_batch("BEGIN EXCLUSIVE; ROLLBACK") {
            let is_busy = error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy);
            if is_busy {
                return Err(RunError::Busy { attempt, ms: options.busy_ms });
            }
        }
    }
    for file in files(path) {
        if let Err(error) = std::fs::remove_file(&file)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(RunError::Engine {
                attempt: "remove a database",
                message: error.to_string(),
            });
        }
    }
    Ok(())
}

/// Why a database file is damaged; `None` when it is sound, or is not there.
///
/// # Errors
/// [`RunError::Open`] when it cannot be opened at all.
pub fn damage(path: &Path) -> Result<Option<String>, RunError> {
    if !path.exists() {
        return Ok(None);
    }
    let open = |it: &rusqlite::Error| RunError::Open {
        path: path.display().to_string(),
        message: message(it),
    };
    let db = crate::sqlite::open_read_only(path).map_err(|it| open(&it))?;
    let check = db.query_row("PRAGMA quick_check(1)", (), |row| row.get::<_, String>(0));
    match check {
        Ok(verdict) => Ok(Some(verdict).filter(|it| it != "ok")),
        Err(error) => match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
                Ok(Some(message(&error)))
            }
            _ => Err(open(&error)),
        },
    }
}

/// The database last: while it is there, the others belong to it.
fn files(path: &Path) -> Vec<PathBuf> {
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    vec![beside("-journal"), beside("-wal"), beside("-shm"), path.to_owned()]
}
