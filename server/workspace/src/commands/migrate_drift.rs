//! `migrate.drift`: what somebody changed behind the ledger's back.

use super::environments::{Database, Remote};
use super::migrations::{self, Specs, Target};
use super::{CommandCx, CommandError};
use migrate::run;
use migrate::run::postgres::{Differences, Purpose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Compares the schema of the database with what the ledger tells.
    pub(super) static COMMAND = {
        name: "migrate.drift",
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
    /// Whether nothing differs.
    pub ok: bool,
    pub drift: Vec<DriftData>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DriftData {
    /// `table posts was changed`
    pub message: String,
    /// Both definitions as a unified diff; of a PostgreSQL database the first entry has the diff of
    /// the whole schema.
    pub diff: String,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the database cannot be read.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    match Database::new(cx, input.url.as_deref())? {
        Database::Sqlite(target) => of_file(&target),
        Database::Postgres(remote) => of_server(cx, &remote),
    }
}

fn of_file(target: &Target) -> Result<Output, CommandError> {
    let found = run::drift_of(target.database.as_path()).map_err(|it| migrations::failure(&it))?;
    let data = |it: &run::Drift| {
        let line =
            |it: &Option<String>| it.as_ref().map(|it| format!("{it};\n")).unwrap_or_default();
        let diff = unified(&line(&it.expected), &line(&it.found), ["ledger", "database"]);
        DriftData { message: it.to_string(), diff }
    };
    Ok(Output { ok: found.is_empty(), drift: found.iter().map(data).collect() })
}

fn of_server(cx: &CommandCx<'_>, remote: &Remote) -> Result<Output, CommandError> {
    let specs = Specs::read(cx)?;
    let Differences { found, scripts } =
        remote.connected(cx, &specs, (Purpose::Look, true), |it| {
            it.drift().map_err(|it| migrations::failure(&it))
        })?;
    let mut diff = Some(unified(&scripts[0], &scripts[1], ["ledger", "database"]));
    let data = |message| DriftData { message, diff: diff.take().unwrap_or_default() };
    Ok(Output { ok: found.is_empty(), drift: found.into_iter().map(data).collect() })
}

pub(super) fn unified(from: &str, to: &str, names: [&str; 2]) -> String {
    let diff = similar::TextDiff::from_lines(from, to);
    diff.unified_diff().header(names[0], names[1]).to_string()
}
