use crate::plan::{Back, Transaction};
use crate::run::error::RunError;
use crate::run::ledger::{Entry, Kind, Ledger, Status, hash_of_texts};
use crate::run::sqlite::StoredStep;
use crate::sqlite::message;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// The ledger's tables. They are the runner's own: no plan and no schema shows them.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS _specwright_migrations (
    seq INTEGER PRIMARY KEY CHECK (seq > 0),
    kind TEXT NOT NULL CHECK (kind IN ('apply', 'baseline', 'rollback')),
    name TEXT NOT NULL,
    spec_hash TEXT NOT NULL,
    up_hash TEXT NOT NULL,
    down_hash TEXT NOT NULL,
    prev_hash TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL UNIQUE,
    schema_before TEXT NOT NULL,
    schema_after TEXT NOT NULL,
    engine_version TEXT NOT NULL,
    tool_version TEXT NOT NULL,
    started_at_ms INTEGER NOT NULL,
    finished_at_ms INTEGER,
    status TEXT NOT NULL CHECK (status IN ('running', 'done')),
    backup_ref TEXT,
    n_steps INTEGER NOT NULL,
    steps_done INTEGER NOT NULL CHECK (steps_done BETWEEN 0 AND n_steps)
);
CREATE TABLE IF NOT EXISTS _specwright_steps (
    seq INTEGER NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 0),
    segment INTEGER,
    is_setting INTEGER NOT NULL CHECK (is_setting IN (0, 1)),
    sql TEXT NOT NULL,
    back TEXT NOT NULL CHECK (back IN ('exact', 'lossy', 'none', 'not-needed')),
    back_sql TEXT,
    back_why TEXT,
    restore_sql TEXT,
    PRIMARY KEY (seq, position)
);
CREATE TABLE IF NOT EXISTS _specwright_schemas (
    hash TEXT PRIMARY KEY,
    ddl TEXT NOT NULL
);";

pub(super) fn failed(attempt: &'static str) -> impl Fn(rusqlite::Error) -> RunError {
    move |it| RunError::Engine { attempt, message: message(&it) }
}

/// Reads the whole ledger; an empty one where there is none.
pub(super) fn load(db: &Connection) -> Result<Ledger, RunError> {
    let load = || -> rusqlite::Result<Ledger> {
        let sql = "SELECT 1 FROM main.sqlite_schema WHERE name = '_specwright_migrations'";
        if db.query_row(sql, (), |_| Ok(())).optional()?.is_none() {
            return Ok(Ledger::default());
        }
        let mut statement = db.prepare(
            "SELECT seq, kind, name, spec_hash, up_hash, down_hash, prev_hash, hash, schema_before,
                    schema_after, engine_version, tool_version, started_at_ms, finished_at_ms,
                    status, backup_ref, n_steps, steps_done
             FROM main._specwright_migrations ORDER BY seq",
        )?;
        let entries = statement.query_map((), entry)?.collect::<rusqlite::Result<_>>()?;
        let mut statement = db.prepare("SELECT hash, ddl FROM main._specwright_schemas")?;
        let schemas = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Ledger { entries, schemas: schemas.collect::<rusqlite::Result<_>>()? })
    };
    load().map_err(failed("read the ledger"))
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let word = |index: usize, word: String| {
        rusqlite::Error::FromSqlConversionFailure(
            index,
            rusqlite::types::Type::Text,
            format!("unknown word `{word}`").into(),
        )
    };
    let (kind, status): (String, String) = (row.get(1)?, row.get(14)?);
    Ok(Entry {
        seq: row.get(0)?,
        kind: Kind::of_word(&kind).ok_or_else(|| word(1, kind))?,
        name: row.get(2)?,
        spec_hash: row.get(3)?,
        up_hash: row.get(4)?,
        down_hash: row.get(5)?,
        prev_hash: row.get(6)?,
        hash: row.get(7)?,
        schema_before: row.get(8)?,
        schema_after: row.get(9)?,
        engine_version: row.get(10)?,
        tool_version: row.get(11)?,
        started_at_ms: row.get(12)?,
        finished_at_ms: row.get(13)?,
        status: Status::of_word(&status).ok_or_else(|| word(14, status))?,
        backup: row.get(15)?,
        n_steps: row.get(16)?,
        steps_done: row.get(17)?,
    })
}

/// Writes a new row with its steps and schemas; to be called in a transaction.
pub(super) fn insert(
    db: &Connection,
    entry: &Entry,
    steps: &[StoredStep],
    schemas: [(&str, &str); 2],
) -> Result<(), RunError> {
    let insert = || -> rusqlite::Result<()> {
        db.execute_batch(TABLES)?;
        db.prepare_cached(
            "INSERT INTO main._specwright_migrations (seq, kind, name, spec_hash, up_hash,
                down_hash, prev_hash, hash, schema_before, schema_after, engine_version,
                tool_version, started_at_ms, finished_at_ms, status, backup_ref, n_steps, steps_done)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        )?
        .execute(params![
            entry.seq,
            entry.kind.word(),
            entry.name,
            entry.spec_hash,
            entry.up_hash,
            entry.down_hash,
            entry.prev_hash,
            entry.hash,
            entry.schema_before,
            entry.schema_after,
            entry.engine_version,
            entry.tool_version,
            entry.started_at_ms,
            entry.finished_at_ms,
            entry.status.word(),
            entry.backup,
            entry.n_steps,
            entry.steps_done,
        ])?;
        for (position, it) in (0i64..).zip(steps) {
            insert_step(db, entry.seq, position, it)?;
        }
        let sql = "INSERT INTO main._specwright_schemas (hash, ddl) VALUES (?1, ?2)
                   ON CONFLICT (hash) DO NOTHING";
        for (hash, ddl) in schemas {
            db.prepare_cached(sql)?.execute((hash, ddl))?;
        }
        Ok(())
    };
    insert().map_err(failed("write the ledger"))
}

fn insert_step(db: &Connection, seq: i64, position: i64, it: &StoredStep) -> rusqlite::Result<()> {
    let segment = match it.transaction {
        Transaction::Segment(number) => Some(number),
        Transaction::Outside => None,
    };
    let (word, sql, why) = parts(&it.back);
    db.prepare_cached(
        "INSERT INTO main._specwright_steps (seq, position, segment, is_setting, sql, back, back_sql,
            back_why, restore_sql)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![seq, position, segment, it.is_setting, it.sql, word, sql, why, it.restore])?;
    Ok(())
}

/// Notes how far an entry has come.
pub(super) fn progress(
    db: &Connection,
    seq: i64,
    steps_done: usize,
    finished_at_ms: Option<i64>,
) -> Result<(), RunError> {
    let status = if finished_at_ms.is_some() { Status::Done } else { Status::Running };
    let sql = "UPDATE main._specwright_migrations
               SET steps_done = ?2, status = ?3, finished_at_ms = ?4 WHERE seq = ?1";
    let steps_done = i64::try_from(steps_done).unwrap_or(i64::MAX);
    let run = db.prepare_cached(sql);
    let run = run.and_then(|mut it| it.execute((seq, steps_done, status.word(), finished_at_ms)));
    run.map(drop).map_err(failed("write the ledger"))
}

/// The steps of an entry as they were written.
pub(super) fn steps(db: &Connection, seq: i64) -> Result<Vec<StoredStep>, RunError> {
    let load = || -> rusqlite::Result<Vec<StoredStep>> {
        let mut statement = db.prepare(
            "SELECT segment, is_setting, sql, back, back_sql, back_why, restore_sql
             FROM main._specwright_steps WHERE seq = ?1 ORDER BY position",
        )?;
        let rows = statement.query_map([seq], |row| {
            let segment: Option<u32> = row.get(0)?;
            let (word, sql, why): (String, Option<String>, Option<String>) =
                (row.get(3)?, row.get(4)?, row.get(5)?);
            Ok(StoredStep {
                transaction: segment.map_or(Transaction::Outside, Transaction::Segment),
                is_setting: row.get(1)?,
                sql: row.get(2)?,
                back: back_of(&word, sql, why),
                restore: row.get(6)?,
            })
        })?;
        rows.collect()
    };
    load().map_err(failed("read the ledger"))
}

pub(super) fn parts(back: &Back) -> (&'static str, Option<&str>, Option<&str>) {
    match back {
        Back::Exact(sql) => ("exact", Some(sql), None),
        Back::Lossy { sql, why } => ("lossy", Some(sql), Some(why)),
        Back::None { why } => ("none", None, Some(why)),
        Back::NotNeeded => ("not-needed", None, None),
    }
}

pub(super) fn back_of(word: &str, sql: Option<String>, why: Option<String>) -> Back {
    match (word, sql) {
        ("exact", Some(sql)) => Back::Exact(sql),
        ("lossy", Some(sql)) => Back::Lossy { sql, why: why.unwrap_or_default() },
        ("not-needed", _) => Back::NotNeeded,
        _ => Back::None { why: why.unwrap_or_default() },
    }
}

/// Hashes of the ways there and back.
pub(super) fn hashes(steps: &[StoredStep]) -> (String, String) {
    let segment = |it: &StoredStep| match it.transaction {
        Transaction::Segment(number) => number.to_string(),
        Transaction::Outside => String::new(),
    };
    let up: Vec<String> = steps.iter().flat_map(|it| [segment(it), it.sql.clone()]).collect();
    let mut down = Vec::new();
    for it in steps {
        let (word, sql, why) = parts(&it.back);
        let restore = it.restore.as_deref().unwrap_or_default();
        down.extend([word, sql.unwrap_or_default(), why.unwrap_or_default(), restore]);
    }
    (hash_of_texts(up.iter().map(String::as_str)), hash_of_texts(down))
}
