//! Looks at a database file without writing to it.

use crate::plan::Back;
use crate::run::Migration;
use crate::run::data::grouped;
use crate::run::describe::sqlite_ddl;
use crate::run::error::RunError;
use crate::run::journal::{self, failed};
use crate::run::prepare::{Drift, between, drift, prove, schema_of};
use crate::run::sqlite::{Undo, undo_of, way_back};
use crate::schema::Schema;
use crate::sqlite::{Catalog, catalog_of_sql, identifier, message};
use rusqlite::Connection;
use std::path::Path;

/// What undoing a migration would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackPreview {
    pub name: String,
    /// The statements, in order.
    pub steps: Vec<String>,
    /// The backup that lost data comes from.
    pub restored_from: Option<String>,
    /// What is gone afterwards: "the 12 rows of `tags`".
    pub loses: Vec<String>,
}

fn open(path: &Path) -> Result<Connection, RunError> {
    crate::sqlite::open_read_only(path)
        .map_err(|it| RunError::Open { path: path.display().to_string(), message: message(&it) })
}

/// The schema of a database file; an empty one where there is no file.
fn live(path: &Path) -> Result<Catalog, RunError> {
    if !path.exists() {
        return Ok(Catalog::default());
    }
    Ok(schema_of(&open(path)?)?)
}

/// What of the database is not as its ledger tells.
///
/// # Errors
/// When the file cannot be read.
pub fn drift_of(path: &Path) -> Result<Vec<Drift>, RunError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let db = open(path)?;
    let ledger = journal::load(&db)?;
    if ledger.running().is_some() {
        // It is between two schemas, and the run that is resumed looks itself.
        return Ok(Vec::new());
    }
    drift(&ledger, &schema_of(&db)?).map_err(|it| RunError::Engine {
        attempt: "read the ledger's schema",
        message: it.to_string(),
    })
}

/// How the database differs from `wanted`; `expected` is what is wanted.
///
/// # Errors
/// When the file cannot be read, or the schema cannot be written as SQL.
pub fn differences_to(path: &Path, wanted: &Schema) -> Result<Vec<Drift>, RunError> {
    let attempt = "load the schema of the specs";
    let ddl = sqlite_ddl(wanted).map_err(|errors| RunError::Engine {
        attempt,
        message: errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    })?;
    let wanted =
        catalog_of_sql(&ddl).map_err(|it| RunError::Engine { attempt, message: it.to_string() })?;
    Ok(between(&wanted, &live(path)?))
}

/// Runs migrations on an empty shadow of the database's schema, one after the other; tells how the
/// first of them failed, or that the database is not what it may start from.
pub fn try_on_schema(path: &Path, migrations: &[Migration]) -> Vec<String> {
    let mut schema = match live(path) {
        Ok(it) => it,
        Err(error) => return vec![error.to_string()],
    };
    for it in migrations {
        schema = match prove(&schema, it) {
            Ok(after) => after,
            Err(error) => return vec![format!("`{}` on an empty copy: {error}", it.name)],
        };
    }
    Vec::new()
}

/// What a rollback would do.
///
/// # Errors
/// As [`roll_back`](crate::run::roll_back), as far as that can be told without running it.
pub fn preview_back(path: &Path, undo: &Undo) -> Result<Vec<BackPreview>, RunError> {
    if !path.exists() {
        return Err(RunError::NothingToRollBack(format!("there is no `{}`", path.display())));
    }
    let db = open(path)?;
    let ledger = journal::load(&db)?;
    if let Some(problem) = ledger.broken() {
        return Err(RunError::Ledger(vec![problem]));
    }
    let entries = undo_of(&ledger, undo)?;
    let preview = |it: &&crate::run::Entry| -> Result<BackPreview, RunError> {
        let steps = way_back(&db, it)?;
        let restores = journal::steps(&db, it.seq)?.iter().any(|it| it.restore.is_some());
        Ok(BackPreview {
            name: it.name.clone(),
            loses: lost_by(&db, it.seq)?,
            steps: steps.into_iter().map(|it| it.sql).collect(),
            restored_from: it.backup.clone().filter(|_| restores),
        })
    };
    entries.iter().map(preview).collect()
}

/// The backups that rows of applied migrations would come back from, by migration.
///
/// # Errors
/// When the file or its ledger cannot be read.
pub fn needed_backups(path: &Path) -> Result<Vec<(String, String)>, RunError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let db = open(path)?;
    let ledger = journal::load(&db)?;
    let mut out = Vec::new();
    // What was undone half-way needs its backup too.
    for it in ledger.applied().into_iter().chain(ledger.running()) {
        let restores = journal::steps(&db, it.seq)?.iter().any(|it| it.restore.is_some());
        if let Some(backup) = it.backup.clone().filter(|_| restores) {
            out.push((it.name.clone(), backup));
        }
    }
    Ok(out)
}

/// Rows of tables that the entry made, which go with them.
fn lost_by(db: &Connection, seq: i64) -> Result<Vec<String>, RunError> {
    let schema = schema_of(db)?;
    let steps = journal::steps(db, seq)?;
    let backs = steps.iter().filter_map(|it| match &it.back {
        Back::Exact(sql) => Some(sql.as_str()),
        _ => None,
    });
    let backs: Vec<&str> = backs.collect();
    let mut out = Vec::new();
    for table in &schema.tables {
        let name = identifier(&table.name);
        if !backs.contains(&format!("DROP TABLE {name};").as_str()) {
            continue;
        }
        let sql = format!("SELECT count(*) FROM main.{name}");
        let n_rows: i64 = db.query_row(&sql, (), |row| row.get(0)).map_err(failed("count rows"))?;
        if n_rows > 0 {
            out.push(format!("the {} rows of `{}`", grouped(n_rows), table.name));
        }
    }
    Ok(out)
}
