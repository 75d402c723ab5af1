//! Dry runs: the same plan, tried on ever more of the real thing.

use crate::plan::{Plan, Step, Transaction};
use crate::run::Options;
use crate::run::data::{self, Answer, grouped};
use crate::run::error::RunError;
use crate::run::prepare::schema_of;
use crate::sqlite::{Catalog, identifier, message, run_steps, shadow_of, try_steps};
use rusqlite::Connection;
use std::path::Path;

/// How much of the real thing a dry run uses; each level includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// The plan itself; nothing is run.
    Static,
    /// On an empty shadow of the schema.
    Schema,
    /// On a shadow with some rows of each table.
    Rows,
    /// And the plan's questions are asked of the live database, which is only read.
    Live,
    /// And the plan is run on a copy of the database, in a transaction that is rolled back there. (What
    /// PostgreSQL runs outside of transactions goes with the copy.)
    Copy,
}

/// What a dry run found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rehearsal {
    /// What stands in the way, or could not be told in time.
    pub answers: Vec<Answer>,
    /// Steps that failed: "with 1,000 rows of each table: NOT NULL constraint failed: posts.title".
    pub failures: Vec<String>,
    /// What the run on the copy did to the number of rows: "posts: 50,000 rows become 48,796".
    pub changed_counts: Vec<String>,
    /// How long the run on the copy took, in milliseconds.
    pub copy_ms: Option<i64>,
}

impl Rehearsal {
    /// Whether nothing was found that would stop the plan.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.failures.is_empty() && !self.answers.iter().any(Answer::is_obstacle)
    }
}

/// Rows of each table that the level `rows` uses.
pub(super) const SAMPLE_ROWS: u32 = 1_000;

/// Tries plans one after the other; the first starts from what the database at `path` holds now.
///
/// The live data is asked for the first of them only: what the others ask about is not there yet.
///
/// # Errors
/// When the database cannot be read, or copied for the highest level.
pub fn rehearse(
    path: &Path,
    plans: &[&Plan],
    level: Level,
    options: &Options<'_>,
) -> Result<Rehearsal, RunError> {
    let mut out = Rehearsal::default();
    let steps = &*joined(plans);
    if steps.is_empty() || level < Level::Rows || !path.exists() {
        return Ok(out);
    }
    let db = crate::sqlite::open_read_only(path)
        .map_err(|it| RunError::Open { path: path.display().to_string(), message: message(&it) })?;
    let live = schema_of(&db)?;
    out.failures.extend(on_rows(&db, &live, steps));
    if level >= Level::Live {
        let first = plans.iter().find(|it| !it.steps.is_empty());
        let questions = first.into_iter().flat_map(|it| &it.steps);
        out.answers = data::ask(&db, questions, options.data_ms_max);
    }
    if level >= Level::Copy {
        on_copy(path, steps, options, &mut out)?;
    }
    Ok(out)
}

/// The steps of all plans, each plan in transactions of its own.
fn joined(plans: &[&Plan]) -> Vec<Step> {
    let mut out: Vec<Step> = Vec::new();
    let mut base = 0;
    for plan in plans {
        let mut last = base;
        for step in &plan.steps {
            let mut step = step.clone();
            if let Transaction::Segment(number) = &mut step.transaction {
                *number += base;
                last = last.max(*number);
            }
            out.push(step);
        }
        base = last;
    }
    out
}

/// Runs the plan on a shadow with some rows; says how it failed.
fn on_rows(db: &Connection, live: &Catalog, steps: &[Step]) -> Option<String> {
    let with =
        |it: String| format!("with {} rows of each table: {it}", grouped(SAMPLE_ROWS.into()));
    let shadow = match shadow_of(live).and_then(|it| copy_rows(db, &it, live).map(|()| it)) {
        Ok(it) => it,
        Err(error) => return Some(with(message(&error))),
    };
    let failed = run_steps(&shadow, steps).err()?;
    Some(with(format!("step {}: {}", failed.0 + 1, message(&failed.1))))
}

pub(super) fn copy_rows(
    db: &Connection,
    shadow: &Connection,
    live: &Catalog,
) -> rusqlite::Result<()> {
    let triggers = rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER;
    shadow.set_db_config(triggers, false)?;
    for table in &live.tables {
        let name = identifier(&table.name);
        let columns = table.columns.iter().filter(|it| it.is_plain());
        let columns: Vec<String> = columns.map(|it| identifier(&it.name)).collect();
        let list = columns.join(", ");
        let marks = vec!["?"; columns.len()].join(", ");
        let mut read =
            db.prepare(&format!("SELECT {list} FROM main.{name} LIMIT {SAMPLE_ROWS}"))?;
        let mut write =
            shadow.prepare(&format!("INSERT INTO main.{name} ({list}) VALUES ({marks})"))?;
        let mut rows = read.query(())?;
        while let Some(row) = rows.next()? {
            let values = (0..columns.len()).map(|it| row.get::<_, rusqlite::types::Value>(it));
            let values: Vec<rusqlite::types::Value> = values.collect::<rusqlite::Result<_>>()?;
            write.execute(rusqlite::params_from_iter(values))?;
        }
    }
    shadow.set_db_config(triggers, true).map(drop)
}

/// Runs the plan on a copy in a transaction that is rolled back; the copy is removed.
fn on_copy(
    path: &Path,
    steps: &[Step],
    options: &Options<'_>,
    out: &mut Rehearsal,
) -> Result<(), RunError> {
    let failed = |it: &dyn std::fmt::Display| RunError::Backup {
        path: path.display().to_string(),
        to: options.backups.display().to_string(),
        message: it.to_string(),
    };
    std::fs::create_dir_all(options.backups).map_err(|it| failed(&it))?;
    let stem = format!("rehearsal-{:016x}", options.system.random());
    let copy = crate::run::backup::make(path, &stem, options)?;
    let tried = try_on(&copy.path, steps, options, out);
    let removed = std::fs::remove_file(&copy.path);
    tried.map_err(|it| failed(&message(&it)))?;
    removed.map_err(|it| failed(&it))
}

fn try_on(
    path: &Path,
    steps: &[Step],
    options: &Options<'_>,
    out: &mut Rehearsal,
) -> rusqlite::Result<()> {
    let db = Connection::open(path)?;
    // The copy is thrown away: nothing of it must last.
    db.pragma_update(None, "synchronous", "OFF")?;
    let (before, n_open_before) = (counts(&db)?, open_references(&db)?);
    let model::Timestamp(start) = options.system.now();
    let ran = try_steps(&db, steps, |db| Ok((counts(db)?, open_references(db)?)));
    let model::Timestamp(end) = options.system.now();
    out.copy_ms = Some(end - start);
    let (after, n_open) = match ran {
        Ok(it) => it,
        Err((index, error)) => {
            out.failures.push(format!("on a copy: step {}: {}", index + 1, message(&error)));
            return Ok(());
        }
    };
    if n_open > n_open_before {
        let n_rows = grouped(n_open - n_open_before);
        out.failures.push(format!("on a copy: {n_rows} references lead to no row at its end"));
    }
    for (table, n_before) in before {
        let n_after = after.iter().find(|it| it.0 == table).map(|it| it.1);
        if n_after.is_some_and(|it| it != n_before) {
            let n_after = grouped(n_after.unwrap_or_default());
            out.changed_counts
                .push(format!("{table}: {} rows become {n_after}", grouped(n_before)));
        }
    }
    Ok(())
}

/// Rows whose reference leads nowhere, which the end of a transaction would refuse; none where the
/// engine does not look at references, or cannot.
fn open_references(db: &Connection) -> rusqlite::Result<i64> {
    let looks: bool = db.pragma_query_value(None, "foreign_keys", |row| row.get(0))?;
    let sql = "SELECT count(*) FROM pragma_foreign_key_check";
    Ok(if looks { db.query_row(sql, (), |row| row.get(0)).unwrap_or_default() } else { 0 })
}

fn counts(db: &Connection) -> rusqlite::Result<Vec<(String, i64)>> {
    let mut statement = db.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         AND name NOT LIKE '\\_specwright\\_%' ESCAPE '\\'",
    )?;
    let names = statement.query_map((), |row| row.get::<_, String>(0))?;
    let mut out = Vec::new();
    for name in names {
        let name = name?;
        let sql = format!("SELECT count(*) FROM main.{}", identifier(&name));
        let n_rows = db.query_row(&sql, (), |row| row.get(0))?;
        out.push((name, n_rows));
    }
    Ok(out)
}
