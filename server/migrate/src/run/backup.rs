use crate::run::error::RunError;
use crate::run::{Event, Options};
use crate::sqlite::message;
use rusqlite::Connection;
use rusqlite::backup::Backup as Copy;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A sound copy of a database as it was before a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    pub path: PathBuf,
}

/// Copies the committed state of a database that may be in use, and proves the copy.
///
/// The copy is made under a temporary name, checked with `quick_check`, synced, and then gets its
/// name: a file of that name is always whole. It needs no file beside it.
pub(super) fn make(path: &Path, stem: &str, options: &Options<'_>) -> Result<Backup, RunError> {
    let target = free_name(options.backups, stem);
    let partial = target.with_extension("partial");
    let failed = |message: String| RunError::Backup {
        path: path.display().to_string(),
        to: target.display().to_string(),
        message,
    };
    // What a run that was killed has left.
    let _ = std::fs::remove_file(&partial);
    let made = copy(path, &partial).and_then(|()| {
        (options.hear)(Event::Copied);
        publish(&partial, &target).map_err(|it| it.to_string())
    });
    if let Err(message) = made {
        // Half a copy would only be taken for one.
        let _ = std::fs::remove_file(&partial);
        return Err(failed(message));
    }
    (options.hear)(Event::BackedUp { to: &target.display().to_string() });
    Ok(Backup { path: target })
}

fn free_name(folder: &Path, stem: &str) -> PathBuf {
    let mut path = folder.join(format!("{stem}.db"));
    let mut number = 1;
    while path.exists() {
        number += 1;
        path = folder.join(format!("{stem}.{number}.db"));
    }
    path
}

/// Pages that are copied before other readers of the file get their turn.
const PAGES: i32 = 4_096;

fn copy(path: &Path, to: &Path) -> Result<(), String> {
    let attempt = || -> rusqlite::Result<String> {
        let source = crate::sqlite::open_read_only(path)?;
        let mut target = Connection::open(to)?;
        // It is synced as a whole before it gets its name; until then a crash leaves no copy.
        target.pragma_update(None, "synchronous", "OFF")?;
        Copy::new(&source, &mut target)?.run_to_completion(PAGES, Duration::ZERO, None)?;
        // The copy of a database with a write-ahead log would want one too.
        let _: String = target.query_row("PRAGMA journal_mode = DELETE", (), |row| row.get(0))?;
        target.query_row("PRAGMA quick_check(1)", (), |row| row.get(0))
    };
    match attempt() {
        Ok(verdict) if verdict == "ok" => Ok(()),
        Ok(verdict) => Err(format!("the copy is not sound: {verdict}")),
        Err(error) => Err(message(&error)),
    }
}

fn publish(partial: &Path, target: &Path) -> std::io::Result<()> {
    File::open(partial)?.sync_all()?;
    std::fs::rename(partial, target)?;
    #[cfg(unix)]
    if let Some(folder) = target.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
