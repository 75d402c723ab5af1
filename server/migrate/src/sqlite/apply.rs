use crate::plan::{DataCheck, Plan};
use crate::sqlite::catalog::Catalog;
use crate::sqlite::proof::{differences, run_steps};
use crate::sqlite::read::{ReadError, read};
use crate::sqlite::shadow::message;
use rusqlite::backup::Backup;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// How long to wait for another writer, in milliseconds.
const BUSY_MS: u64 = 5_000;
/// Pages that a backup copies before it lets writers in.
const BACKUP_PAGES: i32 = 4_096;

/// Why a plan was not applied. The database is as it was, unless the message says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    #[error("open the database `{path}`: {message}")]
    Open { path: String, message: String },
    #[error("back up `{path}` to `{to}`: {message}")]
    Backup { path: String, to: String, message: String },
    #[error("{}", refused.join("; "))]
    Data { refused: Vec<String> },
    #[error("the schema of the database is not the one that the plan starts from: {}", .0.join("; "))]
    Drift(Vec<String>),
    #[error("run step {index}: {message}")]
    Step { index: usize, message: String, sql: String },
    #[error("the database has another schema than planned now: {}", .0.join("; "))]
    PostCheck(Vec<String>),
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub n_steps: usize,
}

/// Copies a database that may be in use, and checks the copy.
///
/// # Errors
/// When either file cannot be opened, the disk is full, or the copy is not sound. An incomplete copy
/// is left for its caller to remove.
pub fn backup(path: &Path, to: &Path) -> Result<(), ApplyError> {
    let failed = |it: rusqlite::Error| ApplyError::Backup {
        path: path.display().to_string(),
        to: to.display().to_string(),
        message: message(&it),
    };
    let source = crate::sqlite::open_read_only(path).map_err(failed)?;
    let mut target = Connection::open(to).map_err(failed)?;
    {
        let copy = Backup::new(&source, &mut target).map_err(failed)?;
        copy.run_to_completion(BACKUP_PAGES, Duration::ZERO, None).map_err(failed)?;
    }
    let verdict: String =
        target.query_row("PRAGMA quick_check(1)", (), |row| row.get(0)).map_err(failed)?;
    if verdict != "ok" {
        return Err(ApplyError::Backup {
            path: path.display().to_string(),
            to: to.display().to_string(),
            message: verdict,
        });
    }
    Ok(())
}

/// Runs a plan on a database file: checks the data, runs the segments, checks the outcome.
///
/// `from` and `to` are what the plan was made for, where that is known: a database that is not in
/// the one is refused, and one that did not end in the other is told.
///
/// # Errors
/// [`ApplyError::Data`] lists what stands in the way, with counts and samples. A failed step rolls
/// its segment back; a SQLite plan has one.
pub fn apply(
    path: &Path,
    plan: &Plan,
    from: Option<&Catalog>,
    to: Option<&Catalog>,
) -> Result<Applied, ApplyError> {
    let db = open(path)?;
    if let Some(from) = from {
        let found = read(&db)?;
        if found != *from {
            return Err(ApplyError::Drift(differences(&found, from)));
        }
    }
    let refused = complaints(&db, plan.steps.iter().flat_map(|it| &it.checks));
    if !refused.is_empty() {
        return Err(ApplyError::Data { refused });
    }
    run_steps(&db, &plan.steps).map_err(|(index, error)| ApplyError::Step {
        index: index + 1,
        message: message(&error),
        sql: plan.steps.get(index).map(|it| it.sql.clone()).unwrap_or_default(),
    })?;
    if let Some(to) = to {
        let found = read(&db)?;
        if found != *to {
            return Err(ApplyError::PostCheck(differences(&found, to)));
        }
    }
    Ok(Applied { n_steps: plan.steps.len() })
}

/// What of the live data stands in the way of a plan, each with a count and a sample. Reads only.
///
/// # Errors
/// When the file cannot be opened.
pub fn obstacles(path: &Path, plan: &Plan) -> Result<Vec<String>, ApplyError> {
    let db = crate::sqlite::open_read_only(path).map_err(|it| ApplyError::Open {
        path: path.display().to_string(),
        message: message(&it),
    })?;
    Ok(complaints(&db, plan.steps.iter().flat_map(|it| &it.checks)))
}

fn open(path: &Path) -> Result<Connection, ApplyError> {
    let failed = |it: rusqlite::Error| ApplyError::Open {
        path: path.display().to_string(),
        message: message(&it),
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(failed)?;
    db.busy_timeout(Duration::from_millis(BUSY_MS)).map_err(failed)?;
    db.query_row("SELECT count(*) FROM sqlite_schema", (), |_| Ok(())).map_err(failed)?;
    Ok(db)
}

/// Asks the data; each answer that stands in the way is one text with a count and a sample.
pub(super) fn complaints<'a>(
    db: &Connection,
    checks: impl Iterator<Item = &'a DataCheck>,
) -> Vec<String> {
    checks.filter_map(|it| complaint(db, it)).collect()
}

fn complaint(db: &Connection, check: &DataCheck) -> Option<String> {
    let count: rusqlite::Result<i64> = db.query_row(&check.count_sql, (), |row| row.get(0));
    match count {
        Ok(0) => None,
        Ok(n_rows) => {
            let sample = sample(db, &check.sample_sql).unwrap_or_default().join(", ");
            let sample = if sample.is_empty() { sample } else { format!(" (such as {sample})") };
            Some(format!("{n_rows} {}{sample}", check.complaint))
        }
        Err(error) => Some(format!("ask whether {}: {}", check.complaint, message(&error))),
    }
}

fn sample(db: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = db.prepare(sql)?;
    let n_columns = statement.column_count();
    let rows = statement.query_map((), |row| {
        let cells = (0..n_columns).map(|it| row.get_ref(it).map(shown));
        Ok(cells.collect::<rusqlite::Result<Vec<_>>>()?.join("/"))
    })?;
    rows.collect()
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(it) => it.to_string(),
        ValueRef::Real(it) => it.to_string(),
        ValueRef::Text(it) => {
            let text = String::from_utf8_lossy(it);
            format!("'{}'", text.chars().take(40).collect::<String>())
        }
        ValueRef::Blob(it) => format!("{} bytes", it.len()),
    }
}
