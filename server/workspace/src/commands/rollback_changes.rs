//! `rollback.changes`: undoes what was done between two checkpoints, under later edits.

use super::rollbacks::Asked;
use super::{CommandCx, CommandError, checkpoints};
use checkpoint::{Checkpoints, Selection};
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
    /// Agrees a second time, where more than 500 files change or HEAD has moved since the changes.
    #[serde(default)]
    pub again: bool,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no such checkpoint, or what would be done is not what was agreed to.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let mut all = checkpoints::open(cx, None)?;
    asked(&all, input)?.run(cx, &mut all)
}

pub(super) fn asked(all: &Checkpoints<'_>, input: &Input) -> Result<Asked, CommandError> {
    let find = |id: &str| all.find(id).map_err(|it| checkpoints::failed(&it));
    Ok(Asked {
        target: find(&input.before)?,
        after: Some(find(&input.after)?),
        selection: Selection { code: true, ..Selection::default() },
        yes: input.yes.clone(),
        again: input.again,
    })
}
