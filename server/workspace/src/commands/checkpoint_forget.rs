//! `checkpoint.forget`: removes a path's bytes from every checkpoint.

use super::checkpoints;
use super::{CommandCx, CommandError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Removes what checkpoints hold of a file or folder, for good.
    ///
    /// For a secret that came into one. Rollbacks leave the path alone from then on. What you have
    /// committed stays in git. Without `yes` nothing is changed.
    pub(super) static COMMAND = {
        name: "checkpoint.forget",
        effect: Destructive,
        gate: Human,
        run: run,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// A file or folder of the workspace.
    #[schemars(extend("x-positional" = "PATH"))]
    pub path: String,
    /// Really do it: it cannot be undone.
    #[serde(default)]
    pub yes: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    pub done: bool,
    pub path: String,
    /// States of paths that were forgotten.
    pub n_forgotten: usize,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the path is outside of the workspace, or the store cannot be changed.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let path = checkpoints::tree_path(cx, &input.path)?;
    let mut all = checkpoints::open(cx, None)?;
    let n_forgotten = match input.yes {
        true => all.forget(&path).map_err(|it| checkpoints::failed(&it))?,
        false => 0,
    };
    Ok(Output { done: input.yes, path: path.to_string(), n_forgotten })
}
