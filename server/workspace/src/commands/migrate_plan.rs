//! `migrate.plan`: what applying the pending migrations would do.

use super::environments::{Database, Remote};
use super::migrations::{self, ProblemData, Specs, Target};
use super::schema::{self, StepData};
use super::{CommandCx, CommandError};
use migrate::run::postgres::Purpose;
use migrate::run::{self, Level, Rehearsal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Plans the migrations that are not applied yet, and tries them without changing anything.
    ///
    /// The level says how much of the real thing is used: `static` only plans; `schema` runs the plan
    /// on an empty copy of the schema, there and back; `rows` on one with up to 1,000 rows of each
    /// table; `live` asks the database for rows that stand in the way, read only and for two
    /// seconds at most; `copy` runs the plan on a whole copy, which needs as much room again. Each
    /// level includes those before it. A PostgreSQL database is planned for on a throw-away server,
    /// so that there `static` is the same as `schema`.
    pub(super) static COMMAND = {
        name: "migrate.plan",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// How far to try: `static`, `schema`, `rows`, `live` or `copy`; `live` when left out.
    pub level: Option<LevelWord>,
    /// A SQLite file, the URL of a PostgreSQL database, or the name of an environment; the
    /// workspace's own database when left out.
    pub url: Option<String>,
}

/// How much of the real thing a dry run uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LevelWord {
    Static,
    Schema,
    Rows,
    Live,
    Copy,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Whether everything could be applied as far as was tried.
    pub ok: bool,
    /// In the order in which they would be applied.
    pub migrations: Vec<MigrationData>,
    /// Rows that stand in the way, steps that failed, and questions that were not answered in time.
    pub evidence: Vec<String>,
    /// How the numbers of rows change, by the run on a copy.
    pub changed_counts: Vec<String>,
    /// How long the run on a copy took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_ms: Option<i64>,
    /// What does not fit between specs and ledger.
    pub problems: Vec<ProblemData>,
}

/// A migration that is not applied yet.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MigrationData {
    pub name: String,
    pub steps: Vec<StepData>,
    /// What rolling it back needs or cannot do; left out when the way back is exact.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub back: Vec<String>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When a spec has errors, a change cannot be planned, or the database cannot be read.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let (specs, level) = (Specs::read(cx)?, level(input.level));
    match Database::new(cx, input.url.as_deref())? {
        Database::Sqlite(target) => tried(cx, &specs, &target, level),
        Database::Postgres(remote) => tried_there(cx, &specs, &remote, level),
    }
}

fn tried_there(
    cx: &CommandCx<'_>,
    specs: &Specs,
    remote: &Remote,
    level: Level,
) -> Result<Output, CommandError> {
    remote.connected(cx, specs, (Purpose::Look, true), |promoter| {
        let (problems, _) = promoter.judged();
        if !problems.is_empty() {
            let problems = migrations::problems(&problems);
            return Ok(output(Vec::new(), Vec::new(), Rehearsal::default(), problems));
        }
        let planned = promoter.plan().map_err(|it| migrations::failure(&it))?;
        let tried = promoter.rehearse(&planned, level).map_err(|it| migrations::failure(&it))?;
        let data = planned.iter().map(|it| MigrationData {
            name: it.name.clone(),
            steps: schema::steps(&it.plan),
            back: back(&it.plan),
        });
        Ok(output(data.collect(), Vec::new(), tried, Vec::new()))
    })
}

fn output(
    migrations: Vec<MigrationData>,
    mut evidence: Vec<String>,
    tried: Rehearsal,
    problems: Vec<ProblemData>,
) -> Output {
    let is_clean = evidence.is_empty() && tried.is_clean();
    evidence.extend(tried.failures);
    evidence.extend(tried.answers.iter().map(ToString::to_string));
    Output {
        ok: is_clean && problems.is_empty(),
        migrations,
        evidence,
        changed_counts: tried.changed_counts,
        copy_ms: tried.copy_ms,
        problems,
    }
}

/// Plans those of `specs` that are not applied, and tries them as far as `level` says.
pub(super) fn tried(
    cx: &CommandCx<'_>,
    specs: &Specs,
    target: &Target,
    level: Level,
) -> Result<Output, CommandError> {
    let ledger = target.ledger()?;
    let described = specs.describe(&ledger)?;
    let (problems, _) = run::judge(&migrations::refs(&described.specs), &ledger);
    let plans: Vec<_> = described.migrations.iter().map(|it| &it.plan).collect();
    let tried = target.with_options(cx, |it| {
        let mut evidence = Vec::new();
        if level >= Level::Schema {
            evidence.extend(run::try_on_schema(target.database.as_path(), &described.migrations));
        }
        let path = target.database.as_path();
        run::rehearse(path, &plans, level, it).map(|it| (evidence, it))
    });
    let (evidence, tried) = tried.map_err(|it| migrations::failure(&it))?;
    let data = described.migrations.iter().map(data).collect();
    Ok(output(data, evidence, tried, migrations::problems(&problems)))
}

fn level(word: Option<LevelWord>) -> Level {
    match word {
        Some(LevelWord::Static) => Level::Static,
        Some(LevelWord::Schema) => Level::Schema,
        Some(LevelWord::Rows) => Level::Rows,
        Some(LevelWord::Live) | None => Level::Live,
        Some(LevelWord::Copy) => Level::Copy,
    }
}

pub(super) fn data(it: &run::Migration) -> MigrationData {
    MigrationData { name: it.name.clone(), steps: schema::steps(&it.plan), back: back(&it.plan) }
}

fn back(plan: &migrate::plan::Plan) -> Vec<String> {
    use migrate::plan::Back;
    let back = plan.steps.iter().filter_map(|it| match &it.back {
        Back::Lossy { why, .. } => Some(format!("needs the backup: {why}")),
        Back::None { why } => Some(format!("cannot be undone: {why}")),
        Back::Exact(_) | Back::NotNeeded => None,
    });
    back.collect()
}
