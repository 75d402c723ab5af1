//! The change, really run: base, made-up rows, migration and way back; SQLite in memory, PostgreSQL
//! on a server that is named for it.
//!
//! The texts are hostile: they reach no file, load nothing, and stop when they take too long or too
//! much room.

pub(crate) mod postgres;
mod rows;

pub(crate) use crate::trial::rows::Kind;

use crate::change::Change;
use crate::sql::{self, RawStatement};
use crate::{PartKind, Subject};
use migrate::plan::Dialect;
use migrate::sqlite::identifier;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error};
use std::collections::BTreeMap;

/// Pages of 4 KiB: 32 MiB.
const PAGES_MAX: u32 = 8_192;
/// The longest value, in bytes.
const VALUE_BYTES_MAX: i32 = 4 << 20;
/// Steps of the engine's machine for the whole trial, in thousands.
const THOUSAND_STEPS_MAX: u32 = 20_000;

/// What happened.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) before: Snapshot,
    pub(crate) after: Result<Snapshot, Failure>,
    /// `None` without a way back, or when the migration failed.
    pub(crate) back: Option<Result<Snapshot, Failure>>,
    /// Views that do not work afterwards, unless they did not before, and why.
    pub(crate) broken: Vec<(String, String)>,
    /// Tables with rows that refer to nothing, and how many.
    pub(crate) orphans: BTreeMap<String, usize>,
}

/// Rows of each table.
pub(crate) type Snapshot = BTreeMap<String, TableRows>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableRows {
    pub(crate) n_rows: usize,
    pub(crate) columns: BTreeMap<String, ColumnValues>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnValues {
    /// That are not null.
    pub(crate) n_present: usize,
    /// Of all values with their row, in whatever order.
    pub(crate) hash: String,
    /// Characters of the longest value.
    pub(crate) n_longest: usize,
}

/// A statement that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// From 0, of the migration's steps or of the way back's statements.
    pub(crate) statement: usize,
    pub(crate) message: String,
}

impl Trial {
    /// Runs a change on rows of that kind.
    ///
    /// # Errors
    /// Why it was not run.
    pub(crate) fn run(subject: &Subject, change: &Change, kind: Kind) -> Result<Self, String> {
        if change.dialect != Dialect::Sqlite {
            return Err(
                "the change is for PostgreSQL, and no server is named to try it on".to_owned()
            );
        }
        if let Some(table) = change.before.tables.iter().find(|it| it.assumed) {
            return Err(missing_table(&table.name));
        }
        let db = open().map_err(|it| format!("open a database in memory: {}", told(&it)))?;
        make_base(&db, subject)?;
        rows::fill(&db, kind).map_err(|it| format!("make up rows: {}", told(&it)))?;
        let before = snapshot(&db)?;
        let unsound = unsound_views(&db)?;
        let statements = change.steps.iter().map(|it| &it.raw);
        if let Err(failure) = run(&db, &change.text, statements) {
            let orphans = BTreeMap::new();
            return Ok(Self {
                before,
                after: Err(failure),
                back: None,
                broken: Vec::new(),
                orphans,
            });
        }
        let after = snapshot(&db)?;
        let broken = broken_views(&db, &unsound);
        let orphans = orphans(&db)?;
        let back = way_back(&db, subject);
        Ok(Self { before, after: Ok(after), back, broken, orphans })
    }
}

/// What the engine says of a statement that it cannot read; names need not be there.
pub(crate) fn syntax_error(sql: &str) -> Option<String> {
    let db = open().ok()?;
    let message = told(&db.prepare(sql).err()?);
    message.contains("syntax error").then_some(message)
}

/// Whether a check lets a constant into a column, as SQL spells both; `None` where it cannot be told.
///
/// SQLite is asked for both engines: of comparisons, lists and lengths both say the same. What it does
/// not know, such as regular expressions, is not told.
pub(crate) fn constant_holds(check: &str, column: &str, constant: &str) -> Option<bool> {
    let check = as_sqlite(check);
    let db = open().ok()?;
    let name = identifier(column);
    let sql = format!("select ({check}) from (select {constant} as {name})");
    let holds: Option<bool> = db.query_row(&sql, (), |row| row.get(0)).ok()?;
    // A check that is null lets a row in.
    Some(holds.unwrap_or(true))
}

/// A condition without PostgreSQL's casts, and with its lists as SQLite has them.
fn as_sqlite(check: &str) -> String {
    let mut out = String::new();
    let mut rest = check;
    while let Some(at) = rest.find("::") {
        out += &rest[..at];
        rest = rest[at + 2..]
            .trim_start_matches(|it: char| it.is_alphanumeric() || "_.[]".contains(it));
    }
    out += rest;
    let out = out.replace("= any((array[", "in((").replace("= any(array[", "in(");
    out.replace("= any ((array[", "in((").replace(']', "").replace("char_length(", "length(")
}

fn missing_table(name: &str) -> String {
    format!("the base has no table `{name}`, which the migration uses")
}

fn open() -> rusqlite::Result<Connection> {
    let mut db = Connection::open_in_memory()?;
    // As in a program that embeds SQLite with its keys on: the default of the one that applies.
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "max_page_count", PAGES_MAX)?;
    db.set_limit(Limit::SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX)?;
    db.authorizer(Some(judge))?;
    let mut n_thousands = 0;
    let count = move || {
        n_thousands += 1;
        n_thousands > THOUSAND_STEPS_MAX
    };
    db.progress_handler(1000, Some(count))?;
    Ok(db)
}

fn judge(context: AuthContext<'_>) -> Authorization {
    const PRAGMAS: [&str; 5] = [
        "writable_schema",
        "max_page_count",
        "temp_store_directory",
        "data_store_directory",
        "trusted_schema",
    ];
    match context.action {
        AuthAction::Attach { .. } | AuthAction::Detach { .. } => Authorization::Deny,
        AuthAction::Pragma { pragma_name, pragma_value: Some(_) }
            if PRAGMAS.iter().any(|it| pragma_name.eq_ignore_ascii_case(it)) =>
        {
            Authorization::Deny
        }
        AuthAction::Function { function_name }
            if ["load_extension", "readfile", "writefile", "edit"]
                .iter()
                .any(|it| function_name.eq_ignore_ascii_case(it)) =>
        {
            Authorization::Deny
        }
        _ => Authorization::Allow,
    }
}

fn make_base(db: &Connection, subject: &Subject) -> Result<(), String> {
    let text = subject.text(PartKind::Base);
    let statements = sql::statements(Dialect::Sqlite, text)
        .map_err(|it| format!("line {} of the base is not SQLite: {}", it.line, it.message))?;
    run(db, text, statements.iter())
        .map_err(|it| format!("the base does not run: {}", it.message))?;
    if db.is_autocommit() { Ok(()) } else { Err("the base leaves a transaction open".to_owned()) }
}

fn run<'s>(
    db: &Connection,
    text: &str,
    statements: impl Iterator<Item = &'s RawStatement>,
) -> Result<(), Failure> {
    for (statement, raw) in statements.enumerate() {
        let sql = text.get(raw.span.range()).unwrap_or_default();
        // It rewrites the file, of which there is none here.
        if raw.tokens.first().is_some_and(|it| it.text == "vacuum") {
            continue;
        }
        if let Err(error) = run_one(db, sql) {
            if !db.is_autocommit() {
                let _ = run_one(db, "rollback");
            }
            return Err(Failure { statement, message: told(&error) });
        }
    }
    Ok(())
}

fn run_one(db: &Connection, sql: &str) -> rusqlite::Result<()> {
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    Ok(())
}

/// The engine's own words, without the text of the statement.
fn told(error: &Error) -> String {
    match error {
        Error::SqlInputError { msg, .. } => msg.clone(),
        Error::SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    }
}

/// Names of tables with rows of their own.
fn tables(db: &Connection) -> rusqlite::Result<Vec<String>> {
    names(
        db,
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name",
    )
}

fn names(db: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = db.prepare(sql)?;
    statement.query_map((), |row| row.get(0))?.collect()
}

fn snapshot(db: &Connection) -> Result<Snapshot, String> {
    let read = || -> rusqlite::Result<Snapshot> {
        tables(db)?.into_iter().map(|name| Ok((name.to_lowercase(), rows_of(db, &name)?))).collect()
    };
    read().map_err(|it| format!("read the rows: {}", told(&it)))
}

fn rows_of(db: &Connection, table: &str) -> rusqlite::Result<TableRows> {
    let mut statement = db.prepare(&format!("select * from {}", identifier(table)))?;
    let names: Vec<String> = statement.column_names().map(str::to_lowercase).collect();
    let key = names.iter().position(|it| it == "id");
    let mut values: Vec<Vec<String>> = vec![Vec::new(); names.len()];
    let mut present = vec![0; names.len()];
    let mut longest = vec![0; names.len()];
    let mut n_rows = 0;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        n_rows += 1;
        // The key tells values of different rows apart, where there is one.
        let of = key.map_or(Ok(String::new()), |at| row.get_ref(at).map(spelling))?;
        for (at, own) in values.iter_mut().enumerate() {
            let value = row.get_ref(at)?;
            let spelt = spelling(value);
            present[at] += usize::from(value != ValueRef::Null);
            longest[at] = longest[at].max(spelt.chars().count());
            own.push(format!("{of}\u{1f}{spelt}"));
        }
    }
    let counts = present.into_iter().zip(longest);
    let columns = names.into_iter().zip(values).zip(counts).map(|((name, mut values), counts)| {
        values.sort();
        let hash = blake3::hash(values.join("\u{1e}").as_bytes()).to_hex().to_string();
        (name, ColumnValues { n_present: counts.0, hash, n_longest: counts.1 })
    });
    Ok(TableRows { n_rows, columns: columns.collect() })
}

/// A value as text: one that only changes its storage class stays what it was.
fn spelling(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "\0".to_owned(),
        ValueRef::Integer(it) => it.to_string(),
        ValueRef::Real(it) => it.to_string(),
        ValueRef::Text(it) | ValueRef::Blob(it) => String::from_utf8_lossy(it).into_owned(),
    }
}

fn unsound_views(db: &Connection) -> Result<Vec<String>, String> {
    let all = names(db, "select name from sqlite_schema where type = 'view'");
    let all = all.map_err(|it| told(&it))?;
    Ok(all.into_iter().filter(|it| read_view(db, it).is_err()).collect())
}

fn read_view(db: &Connection, name: &str) -> rusqlite::Result<()> {
    run_one(db, &format!("select * from {} limit 1", identifier(name)))
}

fn broken_views(db: &Connection, unsound: &[String]) -> Vec<(String, String)> {
    let all = names(db, "select name from sqlite_schema where type = 'view'").unwrap_or_default();
    let others = all.iter().filter(|it| !unsound.contains(it));
    others.filter_map(|it| Some((it.to_lowercase(), told(&read_view(db, it).err()?)))).collect()
}

fn orphans(db: &Connection) -> Result<BTreeMap<String, usize>, String> {
    let mut out = BTreeMap::new();
    let read = names(db, "select \"table\" from pragma_foreign_key_check");
    for table in read.map_err(|it| format!("check foreign keys: {}", told(&it)))? {
        *out.entry(table.to_lowercase()).or_insert(0) += 1;
    }
    Ok(out)
}

fn way_back(db: &Connection, subject: &Subject) -> Option<Result<Snapshot, Failure>> {
    let text = subject.text(PartKind::Down);
    if text.trim().is_empty() {
        return None;
    }
    let failed = |message: String| Failure { statement: 0, message };
    let statements = match sql::statements(Dialect::Sqlite, text) {
        Ok(statements) => statements,
        Err(error) => return Some(Err(failed(format!("line {}: {}", error.line, error.message)))),
    };
    Some(run(db, text, statements.iter()).and_then(|()| snapshot(db).map_err(failed)))
}
