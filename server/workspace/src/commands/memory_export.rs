//! `memory.export`: everything that is kept of decisions.

use super::memory::{self, ItemData};
use super::{CommandCx, CommandError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Prints everything that is kept of decisions as JSON lines, newest first.
    pub(super) static COMMAND = {
        name: "memory.export",
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
    pub items: Vec<ItemData>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the memory cannot be read.
pub fn run(cx: &CommandCx<'_>, _input: &Input) -> Result<Output, CommandError> {
    Ok(Output { items: memory::items(cx)?.into_iter().map(ItemData::from).collect() })
}
