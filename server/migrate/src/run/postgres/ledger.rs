use super::engine;
use crate::plan::Transaction;
use crate::run::error::RunError;
use crate::run::journal::{back_of, parts};
use crate::run::ledger::{Entry, Kind, Ledger, Status, hash_of_texts};
use crate::run::sqlite::StoredStep;
use ::postgres::{Client, Row};
use std::collections::BTreeMap;

const TABLES: &str = "
CREATE SCHEMA IF NOT EXISTS _specwright;
CREATE TABLE IF NOT EXISTS _specwright.migrations (
    seq bigint PRIMARY KEY CHECK (seq > 0),
    kind text NOT NULL CHECK (kind IN ('apply', 'baseline', 'rollback')),
    name text NOT NULL,
    spec_hash text NOT NULL,
    up_hash text NOT NULL,
    down_hash text NOT NULL,
    prev_hash text NOT NULL UNIQUE,
    hash text NOT NULL UNIQUE,
    schema_before text NOT NULL,
    schema_after text NOT NULL,
    engine_version text NOT NULL,
    tool_version text NOT NULL,
    started_at_ms bigint NOT NULL,
    finished_at_ms bigint,
    status text NOT NULL CHECK (status IN ('running', 'done')),
    backup_ref text,
    n_steps bigint NOT NULL,
    steps_done bigint NOT NULL CHECK (steps_done BETWEEN 0 AND n_steps)
);
CREATE TABLE IF NOT EXISTS _specwright.steps (
    seq bigint NOT NULL,
    position bigint NOT NULL CHECK (position >= 0),
    segment bigint,
    is_setting boolean NOT NULL,
    sql text NOT NULL,
    back text NOT NULL CHECK (back IN ('exact', 'lossy', 'none', 'not-needed')),
    back_sql text,
    back_why text,
    restore_sql text,
    PRIMARY KEY (seq, position)
);
CREATE TABLE IF NOT EXISTS _specwright.schemas (hash text PRIMARY KEY, ddl text NOT NULL)";

/// Reads the whole ledger; an empty one where there is none.
pub(super) fn load(client: &mut Client) -> Result<Ledger, RunError> {
    let attempt = "read the ledger";
    let exists = client
        .query_one("SELECT to_regclass('_specwright.migrations') IS NOT NULL", &[])
        .map_err(engine(attempt))?;
    if !exists.get::<_, bool>(0) {
        return Ok(Ledger::default());
    }
    let rows = client
        .query(
            "SELECT seq, kind, name, spec_hash, up_hash, down_hash, prev_hash, hash, schema_before,
                schema_after, engine_version, tool_version, started_at_ms, finished_at_ms, status,
                backup_ref, n_steps, steps_done
             FROM _specwright.migrations ORDER BY seq",
            &[],
        )
        .map_err(engine(attempt))?;
    let entries = rows.iter().map(entry).collect::<Option<Vec<_>>>();
    let message = "it has words that this version does not know".to_owned();
    let entries = entries.ok_or(RunError::Engine { attempt, message })?;
    let schemas = client.query("SELECT hash, ddl FROM _specwright.schemas", &[]);
    let schemas = schemas.map_err(engine(attempt))?;
    let schemas: BTreeMap<_, _> = schemas.iter().map(|it| (it.get(0), it.get(1))).collect();
    Ok(Ledger { entries, schemas })
}

fn entry(row: &Row) -> Option<Entry> {
    Some(Entry {
        seq: row.get(0),
        kind: Kind::of_word(row.get(1))?,
        name: row.get(2),
        spec_hash: row.get(3),
        up_hash: row.get(4),
        down_hash: row.get(5),
        prev_hash: row.get(6),
        hash: row.get(7),
        schema_before: row.get(8),
        schema_after: row.get(9),
        engine_version: row.get(10),
        tool_version: row.get(11),
        started_at_ms: row.get(12),
        finished_at_ms: row.get(13),
        status: Status::of_word(row.get(14))?,
        backup: row.get(15),
        n_steps: row.get(16),
        steps_done: row.get(17),
    })
}

/// Writes a new row with its steps; to be called in a transaction.
pub(super) fn insert(
    client: &mut Client,
    it: &Entry,
    steps: &[StoredStep],
    schemas: [&str; 2],
) -> Result<(), RunError> {
    let failed = engine("write the ledger");
    client.batch_execute(TABLES).map_err(&failed)?;
    client
        .execute(
            "INSERT INTO _specwright.migrations VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
                $12, $13, $14, $15, $16, $17, $18)",
            &[
                &it.seq,
                &it.kind.word(),
                &it.name,
                &it.spec_hash,
                &it.up_hash,
                &it.down_hash,
                &it.prev_hash,
                &it.hash,
                &it.schema_before,
                &it.schema_after,
                &it.engine_version,
                &it.tool_version,
                &it.started_at_ms,
                &it.finished_at_ms,
                &it.status.word(),
                &it.backup,
                &it.n_steps,
                &it.steps_done,
            ],
        )
        .map_err(&failed)?;
    for (position, step) in (0i64..).zip(steps) {
        let segment = match step.transaction {
            Transaction::Segment(number) => Some(i64::from(number)),
            Transaction::Outside => None,
        };
        let (word, sql, why) = parts(&step.back);
        client
            .execute(
                "INSERT INTO _specwright.steps (seq, position, segment, is_setting, sql, back, back_sql,
                    back_why, restore_sql) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                &[
                    &it.seq,
                    &position,
                    &segment,
                    &step.is_setting,
                    &step.sql,
                    &word,
                    &sql,
                    &why,
                    &step.restore,
                ],
            )
            .map_err(&failed)?;
    }
    for ddl in schemas {
        let sql = "INSERT INTO _specwright.schemas VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
        client.execute(sql, &[&hash_of_texts([ddl]), &ddl]).map_err(&failed)?;
    }
    Ok(())
}

/// Notes how far an entry has come.
pub(super) fn progress(
    client: &mut Client,
    seq: i64,
    steps_done: usize,
    finished_at_ms: Option<i64>,
) -> Result<(), RunError> {
    let status = if finished_at_ms.is_some() { Status::Done } else { Status::Running };
    let steps_done = i64::try_from(steps_done).unwrap_or(i64::MAX);
    client
        .execute(
            "UPDATE _specwright.migrations SET steps_done = $2, status = $3, finished_at_ms = $4
             WHERE seq = $1",
            &[&seq, &steps_done, &status.word(), &finished_at_ms],
        )
        .map(drop)
        .map_err(engine("write the ledger"))
}

/// Removes an entry of which no step was run: it never happened.
pub(super) fn forget_unstarted(client: &mut Client, seq: i64) -> Result<(), RunError> {
    let sql = format!(
        "BEGIN; DELETE FROM _specwright.steps s USING _specwright.migrations m
         WHERE m.seq = {seq} AND s.seq = m.seq AND m.steps_done = 0 AND m.status = 'running';
         DELETE FROM _specwright.migrations
         WHERE seq = {seq} AND steps_done = 0 AND status = 'running'; COMMIT"
    );
    client.batch_execute(&sql).map_err(engine("write the ledger"))
}

/// The steps of an entry as they were written.
pub(super) fn steps(client: &mut Client, seq: i64) -> Result<Vec<StoredStep>, RunError> {
    let rows = client
        .query(
            "SELECT segment, is_setting, sql, back, back_sql, back_why, restore_sql
             FROM _specwright.steps WHERE seq = $1 ORDER BY position",
            &[&seq],
        )
        .map_err(engine("read the ledger"))?;
    let step = |row: &Row| StoredStep {
        transaction: row
            .get::<_, Option<i64>>(0)
            .and_then(|it| u32::try_from(it).ok())
            .map_or(Transaction::Outside, Transaction::Segment),
        is_setting: row.get(1),
        sql: row.get(2),
        back: back_of(row.get(3), row.get(4), row.get(5)),
        restore: row.get(6),
    };
    Ok(rows.iter().map(step).collect())
}
