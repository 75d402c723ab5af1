//! Plans and proves: the plan is run on a shadow, there and back and there again.

use super::catalog::Catalog;
use super::plan::plan;
use super::rename;
use super::shadow::{Shadow, ShadowError};
use crate::plan::{Back, Dialect, Plan, Reason, Refusal, Renames, Step, Transaction};

/// How often a plan may be continued with what the engine left different.
const N_PASSES: usize = 4;

/// Why there is no proven plan.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Shadow(#[from] ShadowError),
}

/// Plans from what `shadow` holds to `to`, and runs the plan on the shadow, which then holds `to`.
///
/// Declared renames run first; then constraints, indexes and sequences whose definition stays and
/// whose name changes are renamed, for that costs nothing. Where the engine's result differs from what was planned (it rewrites
/// some expressions when types change), the plan goes on until nothing differs. After that the ways
/// back are run, the start compared, and the plan run once more.
///
/// # Errors
/// [`ProveError::Refused`] with what cannot be planned, or what came out otherwise than planned.
pub fn plan_and_prove(
    shadow: &mut Shadow,
    to: &Catalog,
    renames: &Renames,
) -> Result<Plan, ProveError> {
    let start = shadow.read()?;
    let mut plan = forth(shadow, &start, to, renames)?;
    let n_statements = plan.steps.iter().filter(|it| !it.changes.is_empty()).count();
    if n_statements == 0 {
        return Ok(Plan { dialect: Dialect::Postgres, steps: Vec::new() });
    }
    back(shadow, &start, &mut plan)?;
    shadow.run(&plan).map_err(|it| unproven("run the plan a second time", &it))?;
    same(&shadow.read()?, to, "the plan, run a second time, leaves differences")?;
    Ok(plan)
}

fn forth(
    shadow: &mut Shadow,
    start: &Catalog,
    to: &Catalog,
    renames: &Renames,
) -> Result<Plan, ProveError> {
    let mut steps: Vec<Step> = Vec::new();
    let mut now = start.clone();
    // Each kind of rename is looked for in what the engine made of the one before.
    let mut rename =
        |drafts: Vec<super::draft::Draft>, now: &mut Catalog| -> Result<(), ProveError> {
            if !drafts.is_empty() {
                let part = Plan { dialect: Dialect::Postgres, steps: super::plan::segment(drafts) };
                shadow.run(&part).map_err(|it| unproven("run the renames", &it))?;
                append(&mut steps, part.steps);
                *now = shadow.read()?;
            }
            Ok(())
        };
    rename(rename::declared(start, to, renames)?, &mut now)?;
    rename(rename::same_definitions(&now, to), &mut now)?;
    for _ in 0..N_PASSES {
        let next = plan(&now, to)?;
        if next.steps.is_empty() {
            return Ok(Plan { dialect: Dialect::Postgres, steps });
        }
        shadow.run(&next).map_err(|it| unproven("run the plan", &it))?;
        append(&mut steps, next.steps);
        now = shadow.read()?;
    }
    same(&now, to, "the plan leaves differences")?;
    Ok(Plan { dialect: Dialect::Postgres, steps })
}

/// Adds steps with segment numbers that go on; a first segment joins a last one of the same kind.
pub(super) fn append(steps: &mut Vec<Step>, more: Vec<Step>) {
    let last = steps.iter().rev().find_map(|it| match it.transaction {
        Transaction::Segment(n) => Some(n),
        Transaction::Outside => None,
    });
    let last = last.unwrap_or(0);
    let joins = steps.last().map(|it| it.transaction) == Some(Transaction::Segment(last))
        && more.first().is_some_and(|it| {
            steps.iter().any(|old| {
                old.transaction == Transaction::Segment(last)
                    && old.changes.is_empty()
                    && old.sql == it.sql
            })
        });
    let shift = if joins { last - 1 } else { last };
    let more = more.into_iter().skip(usize::from(joins));
    steps.extend(more.map(|it| match it.transaction {
        Transaction::Segment(n) => Step { transaction: Transaction::Segment(n + shift), ..it },
        Transaction::Outside => it,
    }));
}

/// Runs the ways back, the last first, and holds the result against the start.
fn back(shadow: &mut Shadow, start: &Catalog, plan: &mut Plan) -> Result<(), ProveError> {
    let mut parts: Vec<(Transaction, String)> = Vec::new();
    for step in plan.steps.iter().rev() {
        match &step.back {
            Back::Exact(sql) | Back::Lossy { sql, .. } => {
                parts.push((step.transaction, sql.clone()));
            }
            Back::NotNeeded => {}
            // No way back is promised; the rest cannot be tried without it. The shadow goes back by
            // a plan of its own.
            Back::None { .. } => return rewind(shadow, start),
        }
    }
    let run = shadow.run_parts(parts.iter().map(|it| (it.0, it.1.as_str())));
    run.map_err(|it| unproven("run the way back", &it))?;
    for _ in 0..N_PASSES {
        let now = shadow.read()?;
        let rest = super::plan::plan(&now, start)?;
        let sql: Vec<String> = rest
            .steps
            .iter()
            .filter(|it| !it.changes.is_empty())
            .map(|it| it.sql.clone())
            .collect();
        if sql.is_empty() {
            return Ok(());
        }
        // What the engine wrote otherwise than it was: put right at the very end of the way back.
        let first =
            plan.steps.iter_mut().find(|it| !it.changes.is_empty()).expect("the plan is not empty");
        let is_plain = rest.steps.iter().all(|it| it.transaction != Transaction::Outside);
        if !is_plain || first.transaction == Transaction::Outside {
            return same(&now, start, "the way back leaves differences");
        }
        shadow.run(&rest).map_err(|it| unproven("finish the way back", &it))?;
        let more = sql.join("\n");
        match &mut first.back {
            Back::Exact(sql) | Back::Lossy { sql, .. } => *sql = format!("{sql}\n{more}"),
            other => *other = Back::Exact(more),
        }
    }
    same(&shadow.read()?, start, "the way back leaves differences")
}

fn rewind(shadow: &mut Shadow, start: &Catalog) -> Result<(), ProveError> {
    let rest = plan(&shadow.read()?, start)?;
    shadow.run(&rest).map_err(|it| unproven("rewind the shadow", &it))?;
    same(&shadow.read()?, start, "rewinding the shadow leaves differences")
}

fn same(now: &Catalog, wanted: &Catalog, what: &str) -> Result<(), ProveError> {
    let differences = now.differences(wanted);
    if differences.is_empty() {
        return Ok(());
    }
    let reasons =
        differences.into_iter().map(|it| Reason { object: None, why: format!("{what}: {it}") });
    Err(Refusal { reasons: reasons.collect() }.into())
}

fn unproven(what: &str, error: &ShadowError) -> Refusal {
    Refusal {
        reasons: vec![Reason { object: None, why: format!("{what} on the shadow: {error}") }],
    }
}
