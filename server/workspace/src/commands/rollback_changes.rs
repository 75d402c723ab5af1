//! `rollback.changes`: undoes what was done between two checkpoints, under later edits.

use super::checkpoints::{self, PreviewData, RestoredData};
use super::{CommandCx, CommandError, rollback_to};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Whether it was done; `false` when it was not agreed to.
    pub done: bool,
    /// What would be done; left out when it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<PreviewData>,
    /// What was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restored: Option<RestoredData>,
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
        let preview = all.preview_between(&before, &after).map_err(failed)?;
        let preview = Some(checkpoints::preview(&preview));
        return Ok(Output { done: false, preview, restored: None });
    };
    let buffers = checkpoints::buffers(cx, all.root());
    let restored = all.undo_between((&before, &after), &buffers, Some(digest)).map_err(failed)?;
    rollback_to::told(cx, &format!("of what led from {} to {}", before.id, after.id), &restored)?;
    Ok(Output { done: true, preview: None, restored: Some(checkpoints::restored(restored)) })
}
