//! The protocol that a planner of schema changes is measured by, for any engine.
//!
//! A fresh database gets the current schema and a few rows, the plan runs, and queries of the test's
//! own compare it with a fresh database of the desired schema. Planning again must be empty, the way
//! back must give the current schema, and rows of columns on both sides keep count and content.

use std::collections::BTreeMap;
use std::path::Path;

/// One change from a public suite.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: String,
    pub dialect: String,
    pub current: String,
    pub desired: String,
    /// Tables, columns, constraints, indexes and policies only.
    pub core: bool,
    /// What the suite says about loading: its keys are in the data's README.
    pub load: serde_json::Value,
    /// Rows that the suite itself puts into the current schema; may be empty.
    pub seed: String,
}

/// Reads `schema/cases.jsonl` of the evaluation data.
///
/// # Panics
/// The file is missing or is not what its README says.
pub fn cases(evaluation: &Path) -> Vec<Case> {
    let path = evaluation.join("schema/cases.jsonl");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|it| panic!("{path:?}: {it}"));
    let case = |line: &str| {
        let it: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
        let text = |name: &str| it[name].as_str().unwrap_or_default().to_owned();
        Case {
            id: text("id"),
            dialect: text("dialect"),
            current: text("current"),
            desired: text("desired"),
            core: it["core"] == true,
            load: it["load"].clone(),
            seed: text("seed"),
        }
    };
    text.lines().map(case).collect()
}

/// One step as `schema plan` prints it.
#[derive(Debug, Clone)]
pub struct PlannedStep {
    pub sql: String,
    /// Number of the transaction; `None` outside of any.
    pub transaction: Option<u32>,
    pub down: Option<String>,
}

/// What a database is made of, one entry for each thing, in words of the test.
pub type Structure = BTreeMap<String, String>;

/// Values of one table: column to the values of all rows, in the order of the rows.
pub type Rows = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// A database that the protocol works on. Dropping it removes it.
pub trait Database {
    /// Runs statements as they are, without a transaction around them.
    ///
    /// # Errors
    /// The engine's message.
    fn run(&mut self, sql: &str) -> Result<(), String>;
    /// Puts a few rows into every table that takes them.
    fn fill(&mut self);
    fn structure(&mut self) -> Structure;
    /// Rows by table and column, sorted so that equal contents compare equal.
    fn rows(&mut self) -> Rows;
    /// Whether two columns of these tables store values alike, by the entries of two structures.
    fn stores_alike(before: &Structure, after: &Structure, table: &str, column: &str) -> bool;
}

/// An engine with the planner under test.
pub trait Subject {
    type Database: Database;

    fn fresh(&mut self) -> Self::Database;
    /// The plan from what a live database holds to the desired schema.
    ///
    /// # Errors
    /// Why there is none.
    fn plan(
        &mut self,
        live: &mut Self::Database,
        desired: &str,
    ) -> Result<Vec<PlannedStep>, String>;
}

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Right,
    /// Right without rows; with them no plan can be (a column that must have a value, and none said).
    RightWhenEmpty(String),
    Refused(String),
    /// A side does not load here.
    Unfit(String),
    /// The plan failed, or ended in something else, or lost rows.
    Wrong(String),
}

/// Runs the protocol on one case.
pub fn judge<S: Subject>(subject: &mut S, case: &Case) -> Verdict {
    match judge_with(subject, case, true) {
        Verdict::Wrong(why) if why.starts_with("apply: ") => {
            match judge_with(subject, case, false) {
                Verdict::Right => Verdict::RightWhenEmpty(why),
                other => Verdict::Wrong(format!("{why}; without rows: {other:?}")),
            }
        }
        verdict => verdict,
    }
}

fn judge_with<S: Subject>(subject: &mut S, case: &Case, has_rows: bool) -> Verdict {
    let mut wanted = subject.fresh();
    let mut live = subject.fresh();
    for (database, sql) in [(&mut wanted, &case.desired), (&mut live, &case.current)] {
        if let Err(message) = database.run(sql) {
            return Verdict::Unfit(message);
        }
    }
    if has_rows {
        // What does not go in stays out.
        let _ = live.run(&case.seed);
        live.fill();
    }
    let (start, target) = (live.structure(), wanted.structure());
    let rows = live.rows();
    let steps = match subject.plan(&mut live, &case.desired) {
        Ok(steps) => steps,
        Err(why) => return Verdict::Refused(why),
    };
    if let Err(message) = run(&mut live, steps.iter().map(|it| (it.sql.as_str(), it.transaction))) {
        return Verdict::Wrong(format!("apply: {message}"));
    }
    match there_and_back(subject, case, &mut live, &steps, [&start, &target], &rows) {
        Ok(()) => Verdict::Right,
        Err(why) => Verdict::Wrong(why),
    }
}

fn there_and_back<S: Subject>(
    subject: &mut S,
    case: &Case,
    live: &mut S::Database,
    steps: &[PlannedStep],
    [start, target]: [&Structure; 2],
    rows: &Rows,
) -> Result<(), String> {
    same("the target", &live.structure(), target)?;
    let after = live.rows();
    kept::<S::Database>(rows, &after, start, target)?;
    let again = subject.plan(live, &case.desired).map_err(|it| format!("plan again: {it}"))?;
    if !again.is_empty() {
        return Err(format!("planning again is not empty: {}", again[0].sql));
    }
    let downs = steps.iter().rev().filter_map(|it| Some((it.down.as_deref()?, it.transaction)));
    run(live, downs).map_err(|it| format!("way back: {it}"))?;
    same("the way back", &live.structure(), start)?;
    kept::<S::Database>(&after, &live.rows(), target, start)
}

/// Runs statements in their transactions.
fn run<'a, D: Database>(
    database: &mut D,
    steps: impl Iterator<Item = (&'a str, Option<u32>)>,
) -> Result<(), String> {
    let act = |database: &mut D| {
        let mut open: Option<u32> = None;
        for (sql, transaction) in steps {
            if open.is_some() && open != transaction {
                database.run("COMMIT")?;
                open = None;
            }
            if transaction.is_some() && open.is_none() {
                database.run("BEGIN")?;
                open = transaction;
            }
            database.run(sql).map_err(|it| format!("{it} in {sql}"))?;
        }
        if open.take().is_some() { database.run("COMMIT") } else { Ok(()) }
    };
    let done = act(database);
    if done.is_err() {
        let _ = database.run("ROLLBACK");
    }
    done
}

fn same(what: &str, found: &Structure, wanted: &Structure) -> Result<(), String> {
    let keys = wanted.keys().chain(found.keys());
    for key in keys {
        let (found, wanted) = (found.get(key), wanted.get(key));
        if found != wanted {
            return Err(format!("{what}: {key} is {found:?}, not {wanted:?}"));
        }
    }
    Ok(())
}

fn kept<D: Database>(
    before: &Rows,
    after: &Rows,
    old: &Structure,
    new: &Structure,
) -> Result<(), String> {
    for (table, columns) in before {
        let Some(now) = after.get(table) else { continue };
        for (column, values) in columns {
            let Some(found) = now.get(column) else { continue };
            if found.len() != values.len() {
                return Err(format!(
                    "rows of {table}: {} of {} are left",
                    found.len(),
                    values.len()
                ));
            }
            if found != values && D::stores_alike(old, new, table, column) {
                return Err(format!("rows of {table}.{column}: {found:?}, not {values:?}"));
            }
        }
    }
    Ok(())
}
