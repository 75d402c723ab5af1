//! `checkpoint.pin`: keeps a checkpoint from being pruned.

use super::checkpoints::{self, RecordData};
use super::{CommandCx, CommandError};
use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Keeps a checkpoint from being pruned, or leaves it to the retention again.
    pub(super) static COMMAND = {
        name: "checkpoint.pin",
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
    /// Only for so many days.
    #[serde(default)]
    pub days: Option<u32>,
    /// Leaves it to the retention.
    #[serde(default)]
    pub off: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    pub checkpoint: RecordData,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no such checkpoint.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let failed = |it| checkpoints::failed(&it);
    let mut all = checkpoints::open(cx, None)?;
    let record = all.find(&input.id).map_err(failed)?;
    let until = match (input.off, input.days) {
        (true, _) => None,
        (false, Some(days)) => Some(Timestamp(cx.system.now().0 + i64::from(days) * DAY_MS)),
        (false, None) => Some(Timestamp(i64::MAX)),
    };
    all.pin(&record.id, until).map_err(failed)?;
    let record = all.find(record.id.as_str()).map_err(failed)?;
    Ok(Output { checkpoint: checkpoints::record(&record) })
}
