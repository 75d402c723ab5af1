//! `checkpoint.prune`: removes what the retention gives up.

use super::checkpoints;
use super::{CommandCx, CommandError};
use checkpoint::Retention;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Removes old automatic checkpoints, and gives their disk back at once.
    ///
    /// The newest 20 stay, then one of each hour for a day and one of each day for two weeks; what
    /// was made by hand stays, and what is pinned. Above the quota the oldest go first. The same
    /// happens after each automatic checkpoint.
    pub(super) static COMMAND = {
        name: "checkpoint.prune",
        effect: Destructive,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// How many automatic ones stay; 20 when left out.
    pub keep: Option<u32>,
    /// The quota in MiB; that of `checkpoint.quota-mib` when left out.
    pub quota_mib: Option<u32>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Checkpoints that are gone.
    pub removed: Vec<String>,
    /// How much smaller the store is.
    pub bytes_freed: u64,
    /// What the store takes now.
    pub bytes: u64,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the store cannot be changed.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let standard = checkpoints::retention(cx);
    let retention = Retention {
        n_automatic: input.keep.map_or(standard.n_automatic, |it| it as usize),
        bytes_max: input.quota_mib.map_or(standard.bytes_max, |it| u64::from(it) << 20),
        ..standard
    };
    let mut all = checkpoints::open(cx, None)?;
    let pruned = all.prune(&retention).map_err(|it| checkpoints::failed(&it))?;
    let removed = pruned.removed.iter().map(ToString::to_string).collect();
    Ok(Output { removed, bytes_freed: pruned.n_bytes_freed, bytes: pruned.n_bytes })
}
