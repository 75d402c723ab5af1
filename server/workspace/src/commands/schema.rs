//! What the commands of the service `schema` share: where a schema comes from, and steps as data.

use super::{CommandCx, CommandError, ErrorKind, resolve};
use migrate::plan::{
    Back, DataCheck, Dialect, Lock, LockMode, ObjectId, Part, Plan, Reason, Transaction,
};
use migrate::sqlite::Catalog;
use model::AbsPath;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The largest SQL file or plan that is read: 64 MiB.
const BYTES_MAX: u64 = 64 << 20;

/// A database language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DialectWord {
    Sqlite,
    Postgres,
}

/// One step of a plan.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct StepData {
    /// Complete statements.
    pub sql: String,
    /// Number of the transaction, from 1; `null` for a step that runs in none.
    pub transaction: Option<u32>,
    #[serde(default)]
    pub locks: Vec<LockData>,
    /// Whether every row of a table is written again.
    #[serde(default)]
    pub rewrite: bool,
    /// Whether every row of a table is read.
    #[serde(default)]
    pub scan: bool,
    /// Whether data is gone afterwards, or may come back changed.
    #[serde(default)]
    pub loses_data: bool,
    /// What is lost.
    #[serde(default)]
    pub loses: Vec<String>,
    /// Statements that undo the step; run in reverse order they give the old schema back.
    pub down: Option<String>,
    /// What the way back does not give back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down_loses: Option<String>,
    /// What the step does, one fragment for each change; empty for a step that only prepares.
    #[serde(default)]
    pub why: Vec<String>,
    /// Questions to the live data that must count no row.
    #[serde(default)]
    pub checks: Vec<CheckData>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct LockData {
    pub table: String,
    /// The word of PostgreSQL's documentation; `DATABASE WRITE` on SQLite.
    pub mode: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CheckData {
    /// Returns the number of rows that stand in the way.
    pub count_sql: String,
    /// Returns a few of them.
    pub sample_sql: String,
    /// What is wrong with them, to follow the count.
    pub complaint: String,
}

/// Why there is no plan.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReasonData {
    /// What it is about, when it is one thing.
    pub object: Option<String>,
    pub why: String,
}

impl From<&Reason> for ReasonData {
    fn from(it: &Reason) -> Self {
        Self { object: it.object.as_ref().map(ToString::to_string), why: it.why.clone() }
    }
}

/// The steps of a plan as data.
pub(super) fn steps(plan: &Plan) -> Vec<StepData> {
    let of = |it: &migrate::plan::Step| {
        let (down, down_loses) = match &it.back {
            Back::Exact(sql) => (Some(sql.clone()), None),
            Back::Lossy { sql, why } => (Some(sql.clone()), Some(why.clone())),
            Back::None { why } => (None, Some(why.clone())),
            Back::NotNeeded => (None, None),
        };
        StepData {
            sql: it.sql.clone(),
            transaction: match it.transaction {
                Transaction::Segment(number) => Some(number),
                Transaction::Outside => None,
            },
            locks: it.locks.iter().map(lock).collect(),
            rewrite: it.rewrite,
            scan: it.scan,
            loses_data: !it.loses.is_empty(),
            loses: it.loses.iter().map(ToString::to_string).collect(),
            down,
            down_loses,
            why: it.changes.iter().map(ToString::to_string).collect(),
            checks: it.checks.iter().map(check).collect(),
        }
    };
    plan.steps.iter().map(of).collect()
}

fn lock(it: &Lock) -> LockData {
    LockData { table: it.table.clone(), mode: it.mode.word().to_owned() }
}

fn check(it: &DataCheck) -> CheckData {
    CheckData {
        count_sql: it.count_sql.clone(),
        sample_sql: it.sample_sql.clone(),
        complaint: it.complaint.clone(),
    }
}

/// A plan from what [`steps`] made of it: enough to run it.
pub(super) fn plan(dialect: Dialect, steps: Vec<StepData>) -> Plan {
    let of = |it: StepData| migrate::plan::Step {
        changes: Vec::new(),
        sql: it.sql,
        transaction: it.transaction.map_or(Transaction::Outside, Transaction::Segment),
        locks: it
            .locks
            .iter()
            .map(|it| Lock { table: it.table.clone(), mode: LockMode::Database })
            .collect(),
        rewrite: it.rewrite,
        scan: it.scan,
        loses: Vec::new(),
        back: match it.down {
            Some(sql) => Back::Exact(sql),
            None => Back::None { why: "the plan names no way back".to_owned() },
        },
        checks: it.checks.into_iter().map(data_check).collect(),
    };
    Plan { dialect, steps: steps.into_iter().map(of).collect() }
}

fn data_check(it: CheckData) -> DataCheck {
    DataCheck {
        count_sql: it.count_sql,
        sample_sql: it.sample_sql,
        complaint: it.complaint,
        object: ObjectId { table: String::new(), part: Part::Rows },
    }
}

/// Reads a file of SQL, or the schema of a SQLite database file.
pub(super) fn sqlite_schema(cx: &CommandCx<'_>, path: &str) -> Result<Catalog, CommandError> {
    let file = resolve(&cx.cwd, path)?;
    let read = if migrate::sqlite::is_database_file(file.as_path()) {
        migrate::sqlite::catalog_of_file(file.as_path())
    } else {
        migrate::sqlite::catalog_of_sql(&text(read(cx, &file, path)?, path)?)
    };
    read.map_err(|it| schema_error(path, &it))
}

/// The schema of a live SQLite database.
pub(super) fn live_sqlite_schema(cx: &CommandCx<'_>, url: &str) -> Result<Catalog, CommandError> {
    let file = sqlite_file(cx, url)?;
    migrate::sqlite::catalog_of_file(file.as_path()).map_err(|it| schema_error(url, &it))
}

/// The file that a URL or path names: `app.db`, `sqlite:app.db`, `sqlite:///srv/app.db`.
pub(super) fn sqlite_file(cx: &CommandCx<'_>, url: &str) -> Result<AbsPath, CommandError> {
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    let path = path.strip_prefix("//").unwrap_or(path);
    let file = resolve(&cx.cwd, path)?;
    if !Path::is_file(file.as_path()) {
        let error = CommandError::user(format!("open the database `{url}`: there is no such file"));
        return Err(error.hint("give the path of a SQLite file"));
    }
    Ok(file)
}

fn schema_error(path: &str, error: &migrate::sqlite::SourceError) -> CommandError {
    CommandError::user(format!("read the schema `{path}`: {}", crate::error_chain(error)))
        .hint("the text must run in SQLite as it is; see `sqlite3 :memory: < FILE`")
}

/// The text of a file that a user named.
pub(super) fn read_text(cx: &CommandCx<'_>, path: &str) -> Result<String, CommandError> {
    let file = resolve(&cx.cwd, path)?;
    text(read(cx, &file, path)?, path)
}

fn read(cx: &CommandCx<'_>, file: &AbsPath, path: &str) -> Result<Vec<u8>, CommandError> {
    cx.system.read(file, BYTES_MAX).map_err(|error| {
        CommandError::new(ErrorKind::User, format!("read `{path}`: {error}"))
            .hint("check the spelling; paths start at the current folder")
    })
}

fn text(bytes: Vec<u8>, path: &str) -> Result<String, CommandError> {
    let text = String::from_utf8(bytes).map_err(|_| {
        CommandError::user(format!("read `{path}`: it is not valid UTF-8")).hint("save it as UTF-8")
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}
