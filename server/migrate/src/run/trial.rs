//! Tries a migration while its author types.
//!
//! Nobody has agreed to run it: what it holds runs on guarded shadows only, the live database is
//! read and nothing else, and both end as soon as the next keystroke makes them pointless.

use crate::plan::{Plan, Step};
use crate::run::data::{Answer, answer, count, in_time, in_time_unless};
use crate::run::error::RunError;
use crate::run::prepare::{prove_on, schema_of};
use crate::run::rehearse::{SAMPLE_ROWS, copy_rows};
use crate::run::{Migration, Options, grouped};
use crate::sqlite::{
    Catalog, ProofError, Stop, guarded_shadow_of, identifier, message, open_read_only, run_steps,
};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::Path;

/// What a trial is held to.
#[derive(Clone)]
pub struct Limits {
    /// How long the questions to the live data may take together, in milliseconds.
    pub ms_max: u64,
    pub stop: Stop,
}

/// Why a trial told nothing.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    #[error("the trial was no longer wanted")]
    Stopped,
    #[error(transparent)]
    Run(#[from] RunError),
}

/// Why a migration would fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Index of the step; `None` when it is about the whole plan.
    pub step: Option<usize>,
    /// A fragment: "with 1,000 rows of each table: NOT NULL constraint failed: posts.title".
    pub message: String,
}

/// What the live database says of a migration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// How many rows the tables have that the plan rewrites or empties, as far as they were counted.
    pub rows: BTreeMap<String, i64>,
    /// Index of the step, and what stands in its way or could not be told in time.
    pub answers: Vec<(usize, Answer)>,
}

/// Proves a migration on an empty shadow of `start`, there and back; `None` when all is well.
///
/// # Errors
/// [`TrialError::Stopped`]
pub fn try_on_schema_of(
    start: &Catalog,
    migration: &Migration,
    limits: &Limits,
) -> Result<Option<Failure>, TrialError> {
    let shadow = |of: &Catalog| guarded_shadow_of(of, limits.stop.clone());
    let Err(error) = prove_on(&shadow, start, migration) else { return Ok(None) };
    if (limits.stop)() {
        return Err(TrialError::Stopped);
    }
    let step = match &error {
        ProofError::Step { way: "way there" | "second way there", index, .. } => Some(index - 1),
        _ => None,
    };
    let message = match error {
        ProofError::Step { way: "way there", message, .. } => message,
        other => other.to_string(),
    };
    Ok(Some(Failure { step, message }))
}

/// Runs migrations one after the other on a shadow of the live schema with some rows of each table;
/// tells which of them fails, by its index.
///
/// # Errors
/// When the trial is stopped, or the file cannot be read.
pub fn try_on_rows(
    path: &Path,
    migrations: &[&Migration],
    limits: &Limits,
) -> Result<Option<(usize, Failure)>, TrialError> {
    let db = open(path)?;
    let live = schema_of(&db).map_err(RunError::Read)?;
    let stop = || (limits.stop)();
    let shadow = in_time_unless(&db, limits.ms_max, &stop, || {
        let shadow = guarded_shadow_of(&live, limits.stop.clone())?;
        copy_rows(&db, &shadow, &live)?;
        Ok(shadow)
    });
    if stop() {
        return Err(TrialError::Stopped);
    }
    // Rows that this engine cannot copy, or not in time, tell nothing of the migration.
    let Ok::<_, rusqlite::Error>(shadow) = shadow else { return Ok(None) };
    for (number, it) in migrations.iter().enumerate() {
        let Err((index, error)) = run_steps(&shadow, &it.plan.steps) else { continue };
        if stop() {
            return Err(TrialError::Stopped);
        }
        let n_rows = grouped(SAMPLE_ROWS.into());
        let message = format!("with up to {n_rows} rows of each table: {}", message(&error));
        return Ok(Some((number, Failure { step: Some(index), message })));
    }
    Ok(None)
}

/// Asks the live database how many rows a migration is about, and its plan's questions; only reads.
///
/// With `is_next` the migration of the plan is the first that waits: a question that cannot be asked is then
/// told, since the runner could not ask it either. Else what it asks about may not be there yet.
///
/// # Errors
/// When the trial is stopped, or the file cannot be read.
pub fn ask_about(
    path: &Path,
    plan: &Plan,
    is_next: bool,
    limits: &Limits,
) -> Result<Facts, TrialError> {
    let db = open(path)?;
    let stop = || (limits.stop)();
    let facts = in_time_unless(&db, limits.ms_max, &stop, || facts(&db, plan, is_next));
    if stop() { Err(TrialError::Stopped) } else { Ok(facts) }
}

/// How many rows the tables of a file have that a plan rewrites or empties; those that cannot be
/// counted in time are left out.
///
/// # Errors
/// When the file cannot be read.
pub fn rows_at_stake(path: &Path, plan: &Plan) -> Result<BTreeMap<String, i64>, RunError> {
    let db = open(path)?;
    Ok(in_time(&db, Options::DATA_MS, || rows_of(&db, plan)))
}

fn rows_of(db: &Connection, plan: &Plan) -> BTreeMap<String, i64> {
    let mut out = BTreeMap::new();
    for table in plan.steps.iter().flat_map(heavy_tables) {
        if out.contains_key(table) {
            continue;
        }
        let sql = format!("SELECT count(*) FROM main.{}", identifier(table));
        if let Ok(n_rows) = count(db, &sql) {
            out.insert(table.to_owned(), n_rows);
        }
    }
    out
}

fn facts(db: &Connection, plan: &Plan, is_next: bool) -> Facts {
    let mut out = Facts { rows: rows_of(db, plan), answers: Vec::new() };
    for (index, step) in plan.steps.iter().enumerate() {
        let answers = step.checks.iter().map(|it| answer(db, it));
        let told = answers.filter(|it| {
            let is_asked = it.failure.is_none() || is_next;
            is_asked && (it.is_obstacle() || it.n_rows.is_none())
        });
        out.answers.extend(told.map(|it| (index, it)));
    }
    out
}

/// The tables whose rows a step writes again or takes away.
fn heavy_tables(step: &Step) -> impl Iterator<Item = &str> {
    let is_rewritten = step.rewrite;
    let rewritten = step.changes.iter().filter(move |_| is_rewritten);
    let lost = step.loses.iter().map(|it| it.table.as_str());
    rewritten.filter_map(|it| it.table()).chain(lost)
}

fn open(path: &Path) -> Result<Connection, RunError> {
    let db = open_read_only(path)
        .and_then(|db| db.pragma_update(None, "trusted_schema", false).map(|()| db));
    db.map_err(|it| RunError::Open { path: path.display().to_string(), message: message(&it) })
}
