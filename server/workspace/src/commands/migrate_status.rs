//! `migrate.status`: what is applied and what waits.

use super::environments::{Database, Remote};
use super::migrations::{self, ProblemData, Specs};
use super::{CommandCx, CommandError};
use migrate::run::postgres::Purpose;
use migrate::run::{self, Ledger};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Tells which migrations are applied, which wait, and what does not fit.
    pub(super) static COMMAND = {
        name: "migrate.status",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// A SQLite file, the URL of a PostgreSQL database, or the name of an environment; the
    /// workspace's own database when left out.
    pub url: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Whether specs, ledger and database fit.
    pub ok: bool,
    pub database: String,
    /// First to last.
    pub applied: Vec<EntryData>,
    /// Names of those that wait, in order.
    pub pending: Vec<String>,
    /// A run that did not come to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interrupted: Option<String>,
    /// What does not fit between specs and ledger.
    pub problems: Vec<ProblemData>,
    /// What of the database is not as the ledger tells.
    pub drift: Vec<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EntryData {
    pub name: String,
    /// `apply` or `baseline`.
    pub kind: &'static str,
    /// Unix time in milliseconds.
    pub at_ms: i64,
    /// The backup that was made right before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the specs or the database cannot be read.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let specs = Specs::read(cx)?;
    match Database::new(cx, input.url.as_deref())? {
        Database::Sqlite(target) => {
            let drift = run::drift_of(target.database.as_path());
            let drift = drift.map_err(|it| migrations::failure(&it))?;
            let drift = drift.iter().map(ToString::to_string).collect();
            Ok(told(&specs, &target.ledger()?, target.subject(cx), drift))
        }
        Database::Postgres(remote) => {
            let ledger = remote.ledger()?;
            let drift = drift_of(cx, &specs, &remote);
            let (drift, unseen) = match drift {
                Ok(drift) => (drift, None),
                Err(error) => (Vec::new(), Some(error)),
            };
            let mut out = told(&specs, &ledger, remote.name, drift);
            if let Some(error) = unseen {
                let message = format!("drift was not looked for: {error}");
                let hint = error.hint.unwrap_or_default();
                out.problems.push(ProblemData { spec: None, message, hint });
                out.ok = false;
            }
            Ok(out)
        }
    }
}

/// It needs a server to make schemas on, which the rest does not.
fn drift_of(
    cx: &CommandCx<'_>,
    specs: &Specs,
    remote: &Remote,
) -> Result<Vec<String>, CommandError> {
    remote.connected(cx, specs, (Purpose::Look, true), |it| {
        it.drift().map(|it| it.found).map_err(|it| migrations::failure(&it))
    })
}

fn told(specs: &Specs, ledger: &Ledger, database: String, drift: Vec<String>) -> Output {
    let hashes = specs.hashes();
    let (problems, pending) = run::judge(&migrations::refs(&hashes), ledger);
    let interrupted = ledger.running().map(|it| {
        format!(
            "{} of `{}` after step {} of {}",
            it.kind.word(),
            it.name,
            it.steps_done,
            it.n_steps
        )
    });
    let applied = ledger.applied().into_iter().map(|it| EntryData {
        name: it.name.clone(),
        kind: it.kind.word(),
        at_ms: it.finished_at_ms.unwrap_or(it.started_at_ms),
        backup: it.backup.clone(),
    });
    Output {
        ok: problems.is_empty() && drift.is_empty() && interrupted.is_none(),
        database,
        applied: applied.collect(),
        pending: pending.into_iter().map(str::to_owned).collect(),
        interrupted,
        problems: migrations::problems(&problems),
        drift,
    }
}
