//! What a migration spec will do on both engines, told without a database: what changes of the
//! schemas before and after is loaded into an in-memory SQLite, and written down as PostgreSQL would hold
//! it; both planners compare. Nothing is known of rows; plans are proven when they are applied.

use super::focus::focus;
use super::{Migration, touch};
use migrate::language::{Operation, OperationKind};
use migrate::plan::{Back, Dialect, LockMode, Plan, Refusal, Step, Transaction};
use migrate::policy;
use migrate::postgres::described::{describe, plan_described};
use migrate::render;
use migrate::schema::Schema;
use migrate::sqlite::{self, Capabilities, Catalog};
use std::collections::BTreeSet;
use std::fmt::Display;

/// Both sides of a file.
#[derive(Debug)]
pub struct Preview {
    pub sqlite: Side,
    pub postgres: Side,
}

/// A file on one engine.
#[derive(Debug)]
pub struct Side {
    pub dialect: Dialect,
    /// Why there is none, in words.
    pub plan: Result<Plan, String>,
    /// For each step of the plan the operations, by index, that asked for it; none for settings.
    pub causes: Vec<Vec<usize>>,
}

/// One operation on one engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// A few words: `2 steps, rebuilds posts`.
    pub words: String,
    /// Statements, or what stands for them.
    pub sql: String,
    /// What to know besides, a line each.
    pub notes: Vec<String>,
}

impl Preview {
    pub(super) fn new(file: &Migration) -> Self {
        let (before, after) = focus(&file.before, &file.after);
        let sqlite = (|| {
            let (from, to) = (sqlite_catalog(&before)?, sqlite_catalog(&after)?);
            sqlite::plan(&from, &to, &file.renames, Capabilities::bundled()).map_err(|it| why(&it))
        })();
        let postgres = (|| {
            let described = |it| describe(it).map_err(|it| joined(&it));
            let (from, to) = (described(&before)?, described(&after)?);
            plan_described(&from, &to, &file.renames).map_err(|it| why(&it))
        })();
        let side = |dialect, plan| side_of_plan(file, dialect, plan);
        Self { sqlite: side(Dialect::Sqlite, sqlite), postgres: side(Dialect::Postgres, postgres) }
    }

    #[must_use]
    pub fn sides(&self) -> [&Side; 2] {
        [&self.sqlite, &self.postgres]
    }
}

/// A plan with the operations that asked for each of its steps.
pub(super) fn side_of_plan(file: &Migration, dialect: Dialect, plan: Result<Plan, String>) -> Side {
    let steps = plan.as_ref().map(|it| it.steps.as_slice()).unwrap_or_default();
    let causes = steps.iter().map(|it| touch::causes(file, it)).collect();
    Side { dialect, plan, causes }
}

/// What an in-memory SQLite holds for a schema; the message when it refuses the DDL.
fn sqlite_catalog(schema: &Schema) -> Result<Catalog, String> {
    let script = policy::script(schema, Dialect::Sqlite).map_err(|it| joined(&it))?;
    sqlite::catalog_of_sql(&script.sql()).map_err(|it| crate::error_chain(&it))
}

fn joined<T: Display>(errors: &[T]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The engine's name as people write it.
#[must_use]
pub fn engine(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "SQLite",
        Dialect::Postgres => "PostgreSQL",
    }
}

impl Side {
    /// What operation `index` of `file` does here.
    #[must_use]
    pub fn summary(&self, file: &Migration, index: usize) -> Summary {
        let operation = &file.operations[index];
        match &operation.kind {
            OperationKind::Seed(it) => {
                let rows = render::seed(&file.after, it, self.dialect);
                let words = format!("writes {}", counted(rows.len(), "row"));
                return Summary { words, sql: rows.join("\n"), notes: Vec::new() };
            }
            OperationKind::Sql(it) => {
                let (sql, down) = match self.dialect {
                    Dialect::Sqlite => (&it.sqlite, &it.sqlite_down),
                    Dialect::Postgres => (&it.postgres, &it.postgres_down),
                };
                let Some(sql) = sql else { return nothing() };
                let back = if down.is_some() { "with" } else { "without" };
                return Summary {
                    words: "your SQL, not checked".to_owned(),
                    sql: sql.value.clone(),
                    notes: vec![format!("{back} a way back")],
                };
            }
            _ => {}
        }
        let plan = match &self.plan {
            Ok(plan) => plan,
            Err(why) => {
                let (words, notes) = ("cannot be planned".to_owned(), vec![why.clone()]);
                return Summary { words, sql: String::new(), notes };
            }
        };
        let steps = plan.steps.iter().zip(&self.causes);
        let own: Vec<&Step> = steps.filter(|it| it.1.contains(&index)).map(|it| it.0).collect();
        if own.is_empty() {
            return nothing();
        }
        self.summary_of(file, &own)
    }

    fn summary_of(&self, file: &Migration, steps: &[&Step]) -> Summary {
        let existed = |table: &str| file.before.table(table).is_some();
        let mut words = vec![counted(steps.len(), "step")];
        let rewritten: BTreeSet<&str> = steps
            .iter()
            .filter(|it| it.rewrite)
            .flat_map(|it| it.changes.iter().filter_map(migrate::plan::Change::table))
            .filter(|it| existed(it))
            .collect();
        let verb = if self.dialect == Dialect::Sqlite { "rebuilds" } else { "rewrites" };
        words.extend(rewritten.iter().map(|it| format!("{verb} {it}")));
        // A lock on a table that is made here holds up nobody.
        let locks = steps.iter().flat_map(|it| &it.locks).filter(|it| existed(&it.table));
        let strongest = locks.filter(|it| it.mode != LockMode::Database).max_by_key(|it| it.mode);
        if let Some(lock) = strongest.filter(|it| it.mode >= LockMode::ShareUpdateExclusive) {
            words.push(format!("{} on {}", lock.mode.word(), lock.table));
        }
        let outside = steps.iter().filter(|it| it.transaction == Transaction::Outside).count();
        if outside > 0 && self.dialect == Dialect::Postgres {
            words.push(format!("{outside} outside a transaction"));
        }
        let losses: BTreeSet<String> =
            steps.iter().flat_map(|it| &it.loses).map(ToString::to_string).collect();
        words.extend(losses.iter().map(|it| format!("loses {it}")));
        let mut notes: Vec<String> = Vec::new();
        for step in steps {
            let note = match &step.back {
                Back::Lossy { why, .. } => format!("way back: only the schema, {why}"),
                Back::None { why } => format!("no way back: {why}"),
                Back::Exact(_) | Back::NotNeeded => continue,
            };
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        if steps.iter().any(|it| matches!(it.back, Back::None { .. })) {
            words.push("no way back".to_owned());
        }
        let checks: BTreeSet<String> =
            steps.iter().flat_map(|it| &it.checks).map(|it| it.complaint.clone()).collect();
        notes.extend(checks.iter().map(|it| format!("refused while {it}")));
        let sql: Vec<&str> = steps.iter().map(|it| it.sql.as_str()).collect();
        Summary { words: words.join(", "), sql: sql.join("\n"), notes }
    }
}

/// What is known of an operation, on one line: `SQLite: 1 step | PostgreSQL: 2 steps`.
#[must_use]
pub fn line(file: &Migration, index: usize) -> String {
    let preview = file.preview();
    let sides = preview.sides().map(|it| {
        let words = it.summary(file, index).words;
        format!("{}: {words}", engine(it.dialect))
    });
    sides.join(" | ")
}

/// The same at length, as Markdown with the statements.
#[must_use]
pub fn card(file: &Migration, index: usize) -> String {
    let mut out = String::new();
    for side in file.preview().sides() {
        let it = side.summary(file, index);
        out += &format!("**{}**: {}\n\n", engine(side.dialect), it.words);
        out.extend(it.notes.iter().map(|it| format!("- {it}\n")));
        if !it.notes.is_empty() {
            out.push('\n');
        }
        if !it.sql.is_empty() {
            out += &format!("{}\n\n", fenced(&it.sql));
        }
    }
    out + "Planned without a database: rows are not known, and PostgreSQL was not asked."
}

/// SQL in a fence that no text in it closes.
fn fenced(sql: &str) -> String {
    let mut fence = "```".to_owned();
    while sql.contains(&fence) {
        fence.push('`');
    }
    format!("{fence}sql\n{}\n{fence}", sql.trim_end())
}

/// The operation's name with what it is about: `add_table posts`.
#[must_use]
pub fn title(operation: &Operation) -> String {
    let word = touch::keyword(&operation.kind);
    match touch::about(&operation.kind) {
        Some(about) => format!("{word} {about}"),
        None => word.to_owned(),
    }
}

fn nothing() -> Summary {
    Summary { words: "nothing to do".to_owned(), sql: String::new(), notes: Vec::new() }
}

fn counted(n: usize, word: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {word}{plural}")
}

fn why(refusal: &Refusal) -> String {
    refusal.reasons.iter().map(|it| it.why.as_str()).collect::<Vec<_>>().join("; ")
}
