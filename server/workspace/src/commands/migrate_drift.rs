//! `migrate.drift`: what somebody changed behind the ledger's back.

use super::migrations::{self, Target};
use super::{CommandCx, CommandError};
use migrate::run;
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
    /// A SQLite file; the workspace's own database when left out.
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
    /// Both definitions as a unified diff.
    pub diff: String,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the database cannot be read.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let target = Target::new(cx, input.url.as_deref())?;
    let found = run::drift_of(target.database.as_path()).map_err(|it| migrations::failure(&it))?;
    let data = |it: &run::Drift| {
        let line =
            |it: &Option<String>| it.as_ref().map(|it| format!("{it};\n")).unwrap_or_default();
        let (expected, live) = (line(&it.expected), line(&it.found));
        let diff = similar::TextDiff::from_lines(expected.as_str(), live.as_str());
        let diff = diff.unified_diff().header("ledger", "database").to_string();
        DriftData { message: it.to_string(), diff }
    };
    Ok(Output { ok: found.is_empty(), drift: found.iter().map(data).collect() })
}
