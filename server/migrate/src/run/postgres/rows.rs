//! What the rows of a live database say: answers to questions, and copies of them on a shadow.

use super::{OWN_SCHEMA, engine};
use crate::plan::{DataCheck, Step};
use crate::postgres::live::is_missing;
use crate::postgres::shadow::{Shadow, told};
use crate::run::data::Answer;
use crate::run::error::RunError;
use ::postgres::error::SqlState;
use ::postgres::{Client, SimpleQueryMessage};
use std::io::Write as _;
use system::System;

/// Asks all questions of `steps`, for `ms_max` milliseconds together; only reads. What stands in no
/// one's way is left out.
pub(super) fn ask<'a>(
    client: &mut Client,
    steps: impl IntoIterator<Item = &'a Step>,
    ms_max: u64,
    system: &dyn System,
) -> Result<Vec<Answer>, RunError> {
    let now = || {
        let model::Timestamp(now) = system.now();
        now
    };
    let end = now().saturating_add_unsigned(ms_max);
    let mut out = Vec::new();
    for check in steps.into_iter().flat_map(|it| &it.checks) {
        let left = u64::try_from(end.saturating_sub(now())).unwrap_or_default();
        out.extend(answer(client, check, left)?);
    }
    Ok(out)
}

/// Asks one question in a read-only transaction; `None` when nothing stands in the way.
fn answer(client: &mut Client, check: &DataCheck, ms_max: u64) -> Result<Option<Answer>, RunError> {
    let mut out = Answer::open(check);
    if ms_max == 0 {
        return Ok(Some(out));
    }
    let begin = format!(
        "BEGIN READ ONLY; SET LOCAL statement_timeout = {ms_max}; SET LOCAL lock_timeout = {ms_max}"
    );
    client.batch_execute(&begin).map_err(engine("ask the data"))?;
    match client.simple_query(&check.count_sql) {
        Ok(it) => out.n_rows = first_cell(&it).and_then(|it| it.parse().ok()),
        Err(error) if is_late(&error) => {}
        Err(error) if error.as_db_error().is_none() => return Err(engine("ask the data")(error)),
        // The migration itself makes or renames it first; the engine will judge.
        Err(error) if is_missing(&error) => out.n_rows = Some(0),
        Err(error) => out.failure = Some(told(&error)),
    }
    if out.n_rows.is_some_and(|it| it > 0) {
        let rows = client.simple_query(&check.sample_sql).unwrap_or_default();
        out.samples = rows.iter().filter_map(sample).collect();
        let table = check.object.table.split('.').map(crate::expr::quote_ident);
        let table = table.collect::<Vec<_>>().join(".");
        let all = client.simple_query(&format!("SELECT count(*) FROM {table}"));
        out.n_all = all.ok().and_then(|it| first_cell(&it)).and_then(|it| it.parse().ok());
    }
    client.batch_execute("ROLLBACK").map_err(engine("ask the data"))?;
    Ok((out.n_rows != Some(0)).then_some(out))
}

fn is_late(error: &::postgres::Error) -> bool {
    let late = [SqlState::QUERY_CANCELED, SqlState::LOCK_NOT_AVAILABLE];
    error.code().is_some_and(|it| late.contains(it))
}

pub(super) fn first_cell(messages: &[SimpleQueryMessage]) -> Option<String> {
    messages.iter().find_map(|it| match it {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    })
}

fn sample(message: &SimpleQueryMessage) -> Option<String> {
    let SimpleQueryMessage::Row(row) = message else { return None };
    let cells = (0..row.len()).map(|it| row.get(it).unwrap_or("NULL").to_owned());
    Some(cells.collect::<Vec<_>>().join("/"))
}

/// Tables with rows of their own, and the columns that can be written.
const TABLES: &str = "SELECT format('%I.%I', n.nspname, c.relname),
        string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attgenerated = ''
    WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND n.nspname <> $1::text AND c.relpersistence <> 't'
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    GROUP BY 1 ORDER BY 1";

/// Copies up to `n_max` rows of each table, all of them without, to a shadow that has the same
/// schema and no rows.
///
/// References are there afterwards, unproven: a sample has not every row that they lead to.
pub(super) fn fill(
    client: &mut Client,
    shadow: &mut Shadow,
    n_max: Option<u32>,
) -> Result<(), RunError> {
    let failed = engine("copy rows to a shadow");
    let loose = "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
            format('ALTER TABLE %s ADD CONSTRAINT %I %s NOT VALID', conrelid::regclass, conname,
                replace(pg_get_constraintdef(oid), ' NOT VALID', ''))
        FROM pg_constraint WHERE contype = 'f' AND conparentid = 0
            AND (SELECT relkind FROM pg_class WHERE oid = conrelid) = 'r'";
    let keys = shadow.client().query(loose, &[]).map_err(&failed)?;
    let quiet = "SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname),
            format('ALTER TABLE %s ENABLE TRIGGER %I', tgrelid::regclass, tgname)
        FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'";
    let triggers = shadow.client().query(quiet, &[]).map_err(&failed)?;
    let all = || keys.iter().chain(&triggers);
    for row in all() {
        shadow.client().batch_execute(row.get(0)).map_err(&failed)?;
    }
    client
        .batch_execute(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL lock_timeout = '5s'",
        )
        .map_err(&failed)?;
    let copied = copy_rows(client, shadow, n_max);
    let ended = client.batch_execute("ROLLBACK").map_err(&failed);
    copied?;
    ended?;
    for row in all() {
        shadow.client().batch_execute(row.get(1)).map_err(&failed)?;
    }
    Ok(())
}

fn copy_rows(client: &mut Client, shadow: &mut Shadow, n_max: Option<u32>) -> Result<(), RunError> {
    let failed = engine("copy rows to a shadow");
    let limit = n_max.map(|it| format!(" LIMIT {it}")).unwrap_or_default();
    for row in client.query(TABLES, &[&OWN_SCHEMA]).map_err(&failed)? {
        let (table, columns): (String, String) = (row.get(0), row.get(1));
        let out = format!("COPY (SELECT {columns} FROM ONLY {table}{limit}) TO STDOUT");
        let mut from = client.copy_out(&out).map_err(&failed)?;
        let into = format!("COPY {table} ({columns}) FROM STDIN");
        let mut to = shadow.client().copy_in(&into).map_err(&failed)?;
        let piped = std::io::copy(&mut from, &mut to).and_then(|_| to.flush());
        piped.map_err(|it| RunError::Engine {
            attempt: "copy rows to a shadow",
            message: format!("`{table}`: {it}"),
        })?;
        to.finish().map_err(&failed)?;
    }
    let sequences = "SELECT format('SELECT setval(%L, %s)', format('%I.%I', schemaname, sequencename), last_value)
        FROM pg_sequences WHERE last_value IS NOT NULL AND schemaname <> $1::text";
    for row in client.query(sequences, &[&OWN_SCHEMA]).map_err(&failed)? {
        let set: String = row.get(0);
        // Those of other roles cannot be seen, and then are not there either.
        let _ = shadow.client().batch_execute(&set);
    }
    Ok(())
}

/// How many rows each table has.
pub(super) fn counts(client: &mut Client) -> Result<Vec<(String, i64)>, RunError> {
    let failed = engine("count rows");
    let tables = client.query(TABLES, &[&OWN_SCHEMA]).map_err(&failed)?;
    let count = |row: &::postgres::Row| {
        let table: String = row.get(0);
        let sql = format!("SELECT count(*) FROM ONLY {table}");
        let n_rows = client.query_one(&sql, &[]).map_err(&failed)?.get(0);
        Ok((table.trim_start_matches("public.").to_owned(), n_rows))
    };
    tables.iter().map(count).collect()
}
