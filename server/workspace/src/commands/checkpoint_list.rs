//! `checkpoint.list`: all checkpoints of the workspace.

use super::checkpoints::{self, RecordData};
use super::{CommandCx, CommandError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Lists the checkpoints of the workspace, the newest first.
    pub(super) static COMMAND = {
        name: "checkpoint.list",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    pub checkpoints: Vec<RecordData>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the store is refused or cannot be read.
pub fn run(cx: &CommandCx<'_>, _input: &Input) -> Result<Output, CommandError> {
    let all = checkpoints::open(cx, None)?.list().map_err(|it| checkpoints::failed(&it))?;
    Ok(Output { checkpoints: all.iter().map(checkpoints::record).collect() })
}
