//! Runs a plan on a live database: one run at a time, segment by segment, up to the wanted schema.
//!
//! Backups are in [`super::dump`]; in which order a run checks, backs up and changes is decided by the
//! caller, which holds the [`Session`] meanwhile.

use super::catalog::{Catalog, unquoted};
use super::live::obstacles;
use super::read;
use super::script::statements;
use super::server::{Server, ServerError};
use super::shadow::told;
use crate::plan::{Plan, Step, Transaction};
use ::postgres::Client;
use ::postgres::error::SqlState;
use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

/// Key of the advisory lock that every run takes: `specwrgt` in ASCII.
pub(crate) const LOCK: i64 = i64::from_be_bytes(*b"specwrgt");
/// How often a run asks for the lock, [`LOCK_PAUSE`] apart: for 5 s.
const N_LOCK_TRIES: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(100);
/// How often a segment is run that cannot have its locks; the pause before it doubles from 200 ms.
const N_TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);

/// Why a plan was not applied, or not wholly.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error("lock the database for schema changes: another run holds the lock")]
    Busy,
    #[error("lock the database for schema changes: {}", told(.0))]
    Lock(#[source] postgres::Error),
    #[error("read the catalog of the database: {}", told(.0))]
    Read(#[source] postgres::Error),
    #[error("the schema of the database is not the one that the plan starts from: {}", .0.join("; "))]
    Drift(Vec<String>),
    #[error("{}", .0.join("; "))]
    Data(Vec<String>),
    #[error("start at step {start_at}: it is not the first of a transaction of the plan")]
    Start { start_at: usize },
    #[error("run step {} of {n_steps}: {message}", .index + 1)]
    Step {
        /// From 0.
        index: usize,
        n_steps: usize,
        message: String,
        /// So many steps, from the first, are committed.
        n_committed: usize,
        /// The connection broke in the commit of the segment at fault: it may be committed as well.
        is_uncertain: bool,
    },
    #[error("the database has another schema than wanted now: {}", .0.join("; "))]
    PostCheck(Vec<String>),
}

/// A connection that holds the lock of schema changes until it is dropped.
pub struct Session {
    client: Client,
}

impl Session {
    /// Connects, and waits 5 s for the lock.
    ///
    /// # Errors
    /// [`ApplyError::Busy`] while another run has it.
    pub fn open(server: &Server) -> Result<Self, ApplyError> {
        let mut client = server.connect(None)?;
        client
            .batch_execute("SET standard_conforming_strings = on; SET client_min_messages = error")
            .map_err(ApplyError::Lock)?;
        let sql = "SELECT pg_try_advisory_lock($1)";
        for _ in 0..N_LOCK_TRIES {
            // Asked for again and again: who sleeps in `pg_advisory_lock` holds a snapshot, on which
            // the other run's CREATE INDEX CONCURRENTLY would wait for ever.
            let row = client.query_one(sql, &[&LOCK]).map_err(ApplyError::Lock)?;
            if row.get(0) {
                return Ok(Self { client });
            }
            std::thread::sleep(LOCK_PAUSE);
        }
        Err(ApplyError::Busy)
    }

    /// What the database holds.
    ///
    /// # Errors
    /// [`ApplyError::Read`] with what the server said.
    pub fn read(&mut self) -> Result<Catalog, ApplyError> {
        read::read(&mut self.client).map_err(ApplyError::Read)
    }

    /// Refuses a database that holds something else than `from`.
    ///
    /// # Errors
    /// [`ApplyError::Drift`] names what differs.
    pub fn check_start(&mut self, from: &Catalog) -> Result<(), ApplyError> {
        let differences = described(&self.read()?, from);
        if differences.is_empty() { Ok(()) } else { Err(ApplyError::Drift(differences)) }
    }

    /// Asks the rows what stands in the way of the steps; see [`obstacles`].
    ///
    /// # Errors
    /// [`ApplyError::Data`] with counts and samples.
    pub fn check_data(&mut self, plan: &Plan) -> Result<(), ApplyError> {
        let refused = obstacles(&mut self.client, plan);
        if refused.is_empty() { Ok(()) } else { Err(ApplyError::Data(refused)) }
    }

    /// Refuses an outcome other than `to`.
    ///
    /// # Errors
    /// [`ApplyError::PostCheck`] names what differs.
    pub fn check_end(&mut self, to: &Catalog) -> Result<(), ApplyError> {
        let differences = described(&self.read()?, to);
        if differences.is_empty() { Ok(()) } else { Err(ApplyError::PostCheck(differences)) }
    }

    /// Runs the steps from `start_at`, counted from 0: each segment in a transaction, which is tried
    /// again when its locks are not to be had, the rest outside.
    ///
    /// # Errors
    /// [`ApplyError::Step`] says how far it came; the segment at fault is rolled back, and an index
    /// that was left half-built is dropped.
    pub fn run(&mut self, plan: &Plan, start_at: usize) -> Result<(), ApplyError> {
        let units = units(&plan.steps);
        if start_at > 0 && !units.iter().any(|it| it.start == start_at) {
            return Err(ApplyError::Start { start_at: start_at + 1 });
        }
        for unit in units.into_iter().filter(|it| it.start >= start_at) {
            self.run_unit(&plan.steps[unit.clone()]).map_err(|fault| ApplyError::Step {
                index: unit.start + fault.index,
                n_steps: plan.steps.len(),
                message: told(&fault.error),
                n_committed: unit.start,
                is_uncertain: fault.is_uncertain,
            })?;
        }
        Ok(())
    }

    fn run_unit(&mut self, steps: &[Step]) -> Result<(), Fault> {
        let is_outside = steps.iter().all(|it| it.transaction == Transaction::Outside);
        for n in 0.. {
            let ran = if is_outside { self.run_outside(steps) } else { self.run_segment(steps) };
            match ran {
                Err(fault) if n + 1 < N_TRIES && fault.is_passing(is_outside) => {
                    std::thread::sleep(PAUSE * 2_u32.pow(n));
                }
                ran => return ran,
            }
        }
        unreachable!("the last try returns")
    }

    fn run_segment(&mut self, steps: &[Step]) -> Result<(), Fault> {
        self.client.batch_execute("BEGIN").map_err(|it| Fault::at(0, it))?;
        for (index, step) in steps.iter().enumerate() {
            if let Err(error) = self.client.batch_execute(&step.sql) {
                // On a lost connection the server does it by itself.
                let _ = self.client.batch_execute("ROLLBACK");
                return Err(Fault::at(index, error));
            }
        }
        // Deferred constraints are asked here, so a COMMIT may be refused like any statement.
        self.client.batch_execute("COMMIT").map_err(|error| Fault {
            index: steps.len() - 1,
            is_uncertain: error.as_db_error().is_none(),
            error,
        })
    }

    fn run_outside(&mut self, steps: &[Step]) -> Result<(), Fault> {
        for (index, step) in steps.iter().enumerate() {
            for span in statements(&step.sql) {
                self.run_alone(&step.sql[span]).map_err(|it| Fault::at(index, it))?;
            }
        }
        Ok(())
    }

    fn run_alone(&mut self, statement: &str) -> Result<(), postgres::Error> {
        let Some(name) = built_index(statement) else {
            return self.client.batch_execute(statement);
        };
        let before = self.invalid_indexes(&name)?;
        let built = self.client.batch_execute(statement);
        if built.is_err() {
            let after = self.invalid_indexes(&name).unwrap_or_default();
            for index in after.difference(&before) {
                // When this fails too, the next plan from the database names the index.
                let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS {index}");
                let _ = self.client.batch_execute(&drop);
            }
        }
        built
    }

    /// Indexes of a name, in any schema, that no query uses: half-built ones.
    fn invalid_indexes(&mut self, name: &str) -> Result<BTreeSet<String>, postgres::Error> {
        let sql = "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relname = $1::text";
        Ok(self.client.query(sql, &[&name])?.iter().map(|it| it.get(0)).collect())
    }
}

/// Where a unit of steps failed, and why.
struct Fault {
    index: usize,
    error: postgres::Error,
    is_uncertain: bool,
}

impl Fault {
    fn at(index: usize, error: postgres::Error) -> Self {
        Self { index, error, is_uncertain: false }
    }

    /// Whether the same may work a moment later.
    fn is_passing(&self, is_outside: bool) -> bool {
        let Some(code) = self.error.code() else { return false };
        let passes = [SqlState::T_R_DEADLOCK_DETECTED, SqlState::T_R_SERIALIZATION_FAILURE];
        // Outside, the time-out is minutes: who waited that long need not wait again.
        passes.contains(code) || (*code == SqlState::LOCK_NOT_AVAILABLE && !is_outside)
    }
}

/// Steps that are durable together: the neighbours of a segment, or one that runs outside.
fn units(steps: &[Step]) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        match out.last_mut() {
            Some(last)
                if step.transaction != Transaction::Outside
                    && steps[last.start].transaction == step.transaction =>
            {
                last.end = index + 1;
            }
            _ => out.push(index..index + 1),
        }
    }
    out
}

/// What differs, told from the database's side.
fn described(found: &Catalog, expected: &Catalog) -> Vec<String> {
    let word = |it: String| {
        it.replace("is only in the first", "is only in the database")
            .replace("is only in the second", "is missing in the database")
    };
    found.differences(expected).into_iter().map(word).collect()
}

/// Drops what an interrupted `CREATE INDEX CONCURRENTLY` of that statement's name has left: no query
/// uses it, and `IF NOT EXISTS` would take it for the index.
pub(crate) fn drop_half_built(client: &mut Client, statement: &str) -> Result<(), postgres::Error> {
    let Some(name) = built_index(statement) else { return Ok(()) };
    let sql = "SELECT c.oid::regclass::text FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
        WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relname = $1::text
          AND pg_catalog.pg_table_is_visible(c.oid)";
    for row in client.query(sql, &[&name])? {
        let index: String = row.get(0);
        client.batch_execute(&format!("DROP INDEX CONCURRENTLY IF EXISTS {index}"))?;
    }
    Ok(())
}

/// The name, without quotes, that `CREATE INDEX CONCURRENTLY` gives.
fn built_index(statement: &str) -> Option<String> {
    let rest = after(statement, "create")?;
    let rest = after(after(rest, "unique").unwrap_or(rest), "index")?;
    let rest = after(rest, "concurrently")?;
    let rest =
        ["if", "not", "exists"].iter().try_fold(rest, |it, word| after(it, word)).unwrap_or(rest);
    let rest = rest.trim_start();
    if rest.starts_with('"') {
        return Some(unquoted(&rest[..quoted_length(rest)?]));
    }
    Some(rest.split_whitespace().next()?.to_lowercase())
}

/// What follows a word at the start of a text.
fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (head, rest) = text.trim_start().split_at_checked(word.len())?;
    let is_whole = rest.starts_with(char::is_whitespace);
    (is_whole && head.eq_ignore_ascii_case(word)).then_some(rest)
}

fn quoted_length(text: &str) -> Option<usize> {
    let mut at = 1;
    loop {
        at += text[at..].find('"')? + 1;
        match text[at..].strip_prefix('"') {
            Some(_) => at += 1,
            None => return Some(at),
        }
    }
}

#[cfg(test)]
mod tests;
