//! `checkpoint.export`: a checkpoint as an ordinary commit.

use super::checkpoints;
use super::{CommandCx, CommandError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Writes a checkpoint as an ordinary git commit on a new branch.
    ///
    /// What was untracked then is in the commit: look at it before you push it. Empty folders,
    /// databases and unsaved texts have no place in one.
    pub(super) static COMMAND = {
        name: "checkpoint.export",
        effect: Write,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// A checkpoint, or the first letters of its name, or `latest`.
    #[schemars(extend("x-positional" = "ID"))]
    pub id: String,
    /// The name of the branch, which must be new; `checkpoint-ID` when left out.
    #[serde(default)]
    #[schemars(extend("x-value-name" = "NAME"))]
    pub branch: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    pub branch: String,
    pub commit: String,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no repository, or there is a branch of that name.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let failed = |it| checkpoints::failed(&it);
    let all = checkpoints::open(cx, None)?;
    let record = all.find(&input.id).map_err(failed)?;
    let branch = input.branch.clone().unwrap_or_else(|| format!("checkpoint-{}", record.id));
    let commit = all.export(&record, &branch).map_err(failed)?;
    Ok(Output { branch, commit })
}
