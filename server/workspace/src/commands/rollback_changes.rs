//! `rollback.changes`: undoes what was done between two checkpoints, under later edits.

use super::{CommandCx, CommandError, checkpoints};
use schemars::JsonSchema;
use serde::Deserialize;

pub use super::rollbacks::Output;

declare_command! {
    /// Undoes what changed between two checkpoints, and keeps what was edited since.
    ///
    /// Files that nobody touched since become what they were before; in others the changes are undone
    /// hunk by hunk where later edits leave them alone. What cannot be undone so stays and is
    /// listed. Databases stay. Without `yes` nothing is changed.
    pub(super) static COMMAND = {
        name: "rollback.changes",
        effect: Destructive,
        gate: Human,
        run: run,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The checkpoint made before the changes.
    #[schemars(extend("x-positional" = "BEFORE"))]
    pub before: String,
    /// The checkpoint made after them.
    #[schemars(extend("x-positional" = "AFTER"))]
    pub after: String,
    /// The digest of the preview that is agreed to.
    #[serde(default)]
    #[schemars(extend("x-value-name" = "DIGEST"))]
    pub yes: Option<String>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no such checkpoint, or what would be done is not what was agreed to.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let failed = |it| checkpoints::failed(&it);
    let mut all = checkpoints::open(cx, None)?;
    let (before, after) =
        (all.find(&input.before).map_err(failed)?, all.find(&input.after).map_err(failed)?);
    let Some(digest) = &input.yes else {
        return Ok(Output::shown(&all.preview_between(&before, &after).map_err(failed)?));
    };
    let buffers = checkpoints::buffers(cx, all.root());
    let restored = all.undo_between((&before, &after), &buffers, Some(digest)).map_err(failed)?;
    Output::done(cx, &format!("of what led from {} to {}", before.id, after.id), restored)
}
