//! Runs a migration on a copy of the live schema without its rows, there, back, and there again.
//!
//! What it ends in there is what the live database has to hold afterwards, the author's SQL and
//! everything that no spec tells among it.

use super::copies::Copier;
use super::specs::Write;
use super::{OWN_SCHEMA, chain, managed};
use crate::plan::{Back, Change, Step, Transaction};
use crate::postgres::catalog::Catalog;
use crate::postgres::plan::plan;
use crate::postgres::shadow::{Shadow, ShadowError, told};
use crate::run::error::RunError;
use crate::run::sqlite::StoredStep;

/// What a trial has found.
pub(super) struct Tried {
    pub(super) steps: Vec<StoredStep>,
    /// What it ends in.
    pub(super) after: Catalog,
}

/// Statements that make what a catalog holds in an empty database, and nothing where there is
/// nothing.
pub(super) fn script(empty: &Catalog, catalog: &Catalog) -> Result<String, RunError> {
    let attempt = "write down the schema";
    let planned = plan(empty, catalog);
    let planned = planned.map_err(|it| RunError::Engine { attempt, message: it.to_string() })?;
    let steps = planned.steps.into_iter().filter(|it| !it.changes.is_empty());
    Ok(steps.map(|it| it.sql + "\n").collect())
}

/// Loads such statements.
pub(super) fn load(shadow: &mut Shadow, script: &str) -> Result<Catalog, ShadowError> {
    shadow.load(&format!("SET check_function_bodies = off;\n{script}"))?;
    shadow.read().map(managed)
}

/// Tries `steps`, and then `writes`, on a shadow that holds what `live` does; it then holds what the
/// migration ends in.
///
/// # Errors
/// When a step fails there, or the way back does not lead back.
pub(super) fn tried(
    shadow: &mut Shadow,
    name: &str,
    steps: &[Step],
    writes: &[Write],
    copier: &mut Copier,
) -> Result<Tried, RunError> {
    let refuse = |message: String| RunError::Engine {
        attempt: "try a migration on a copy of the schema",
        message: format!("`{name}`: {message}"),
    };
    let failed = |it: ShadowError| refuse(chain(&it));
    let own = format!("CREATE SCHEMA IF NOT EXISTS {OWN_SCHEMA}");
    shadow.client().batch_execute(&own).map_err(|it| refuse(told(&it)))?;
    let start = managed(shadow.read().map_err(failed)?);
    let all = steps.iter().map(|it| (it, None));
    let all = all.chain(writes.iter().map(|it| (&it.step, it.unseed.as_ref())));
    let mut out: Vec<(StoredStep, bool)> = Vec::new();
    let mut run = Run { shadow, open: None };
    for (step, unseed) in all {
        run.turn(step.transaction).map_err(|it| refuse(told(&it)))?;
        let made = copier.steps(run.shadow.client(), step, unseed);
        let made = made.map_err(|it| refuse(told(&it)))?;
        // What a seed refers to may be a row, which is not here.
        let may_lack_rows = step.changes.iter().any(|it| matches!(it, Change::WriteRows(_)));
        for it in made {
            run.step(&it, may_lack_rows).map_err(|it| refuse(told(&it)))?;
            out.push((it, may_lack_rows));
        }
    }
    run.turn(Transaction::Outside).map_err(|it| refuse(told(&it)))?;
    let after = managed(shadow.read().map_err(failed)?);
    if out.iter().all(|it| !matches!(it.0.back, Back::None { .. })) {
        let back = out.iter().rev().filter_map(|it| undoing(&it.0));
        let back: Vec<(StoredStep, bool)> = back.map(|it| (it, false)).collect();
        again(shadow, &back).map_err(|it| refuse(format!("the way back: {}", told(&it))))?;
        let reached = managed(shadow.read().map_err(failed)?);
        let found = start.differences(&reached);
        if !found.is_empty() {
            return Err(refuse(format!("the way back ends elsewhere: {}", found.join("; "))));
        }
        again(shadow, &out).map_err(|it| refuse(format!("the second time: {}", told(&it))))?;
    }
    Ok(Tried { steps: out.into_iter().map(|it| it.0).collect(), after })
}

/// The step that undoes another one, with what restores its losses.
pub(super) fn undoing(step: &StoredStep) -> Option<StoredStep> {
    let sql = match (&step.back, &step.restore) {
        (Back::Exact(sql) | Back::Lossy { sql, .. }, None) => sql.clone(),
        (Back::Exact(sql) | Back::Lossy { sql, .. }, Some(restore)) => format!("{sql}\n{restore}"),
        (Back::NotNeeded | Back::None { .. }, _) => return None,
    };
    Some(StoredStep { sql, back: Back::NotNeeded, restore: None, ..step.clone() })
}

fn again(shadow: &mut Shadow, steps: &[(StoredStep, bool)]) -> Result<(), ::postgres::Error> {
    let mut run = Run { shadow, open: None };
    for (step, may_lack_rows) in steps {
        run.turn(step.transaction)?;
        run.step(step, *may_lack_rows)?;
    }
    run.turn(Transaction::Outside)
}

/// A run on a shadow that is between two transactions or within one.
struct Run<'a> {
    shadow: &'a mut Shadow,
    open: Option<Transaction>,
}

impl Run<'_> {
    /// Ends the transaction unless it is `next`, and begins that.
    fn turn(&mut self, next: Transaction) -> Result<(), ::postgres::Error> {
        if self.open == Some(next) && next != Transaction::Outside {
            return Ok(());
        }
        if let Some(Transaction::Segment(_)) = self.open.replace(next) {
            self.shadow.client().batch_execute("COMMIT")?;
        }
        match next {
            Transaction::Segment(_) => self.shadow.client().batch_execute("BEGIN"),
            Transaction::Outside => Ok(()),
        }
    }

    fn step(&mut self, step: &StoredStep, may_lack_rows: bool) -> Result<(), ::postgres::Error> {
        let client = self.shadow.client();
        if step.transaction == Transaction::Outside {
            for span in crate::postgres::script::statements(&step.sql) {
                client.batch_execute(&step.sql[span])?;
            }
            return Ok(());
        }
        if !may_lack_rows {
            return client.batch_execute(&step.sql);
        }
        client.batch_execute("SAVEPOINT rows")?;
        let done = client.batch_execute(&step.sql);
        let lacks =
            |it: &::postgres::Error| it.code().is_some_and(|it| it.code().starts_with("23"));
        if done.as_ref().is_err_and(lacks) {
            return client.batch_execute("ROLLBACK TO SAVEPOINT rows");
        }
        done
    }
}
