//! `rollback.to`: goes back to a checkpoint.

use super::rollbacks::Asked;
use super::{CommandCx, CommandError, checkpoints};
use checkpoint::{Checkpoints, Kind, Record, Selection};
use schemars::JsonSchema;
use serde::Deserialize;

pub use super::rollbacks::Output;

declare_command! {
    /// Goes back to a checkpoint: files, databases and what the catalog knows.
    ///
    /// Without `yes` nothing is changed, and the output tells what would be, with a digest; give that
    /// as `yes` to do exactly this. A checkpoint is made first, so that `rollback undo` takes it
    /// back. HEAD, branches, index, stash, ignored files and what was not captured are not touched.
    pub(super) static COMMAND = {
        name: "rollback.to",
        effect: Destructive,
        gate: Human,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// A checkpoint, or the first letters of its name, `latest`, or `undo` for the state before the
    /// last rollback.
    #[schemars(extend("x-positional" = "ID"))]
    pub id: String,
    /// Only files; together with the next two, what is named.
    #[serde(default)]
    pub code: bool,
    /// Only the databases of the application.
    #[serde(default)]
    pub database: bool,
    /// Only what the catalog knows; never its audit chain.
    #[serde(default)]
    pub state: bool,
    /// Only these files, and what is below these folders.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Only some hunks of files, as `src/main.rs:1,3`.
    #[serde(default)]
    pub hunks: Vec<String>,
    /// The digest of the preview that is agreed to.
    #[serde(default)]
    #[schemars(extend("x-value-name" = "DIGEST"))]
    pub yes: Option<String>,
    /// Agrees a second time, where more than 500 files change or HEAD has moved.
    #[serde(default)]
    pub again: bool,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no such checkpoint, what would be done is not what was agreed to, or a database
/// stays locked: nothing was then changed. The message says so where it is otherwise.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let mut all = checkpoints::open(cx, None)?;
    asked(cx, &all, input)?.run(cx, &mut all)
}

pub(super) fn asked(
    cx: &CommandCx<'_>,
    all: &Checkpoints<'_>,
    input: &Input,
) -> Result<Asked, CommandError> {
    Ok(Asked {
        target: target(all, &input.id)?,
        after: None,
        selection: selection(cx, input)?,
        yes: input.yes.clone(),
        again: input.again,
    })
}

/// The checkpoint that a user names.
fn target(all: &Checkpoints<'_>, id: &str) -> Result<Record, CommandError> {
    if id != "undo" {
        return all.find(id).map_err(|it| checkpoints::failed(&it));
    }
    let list = all.list().map_err(|it| checkpoints::failed(&it))?;
    let before = list.into_iter().find(|it| it.kind == Kind::BeforeRollback);
    before.ok_or_else(|| {
        CommandError::user("undo the last rollback: there was none")
            .hint("`specwright checkpoint list` names what can be gone back to")
    })
}

fn selection(cx: &CommandCx<'_>, input: &Input) -> Result<Selection, CommandError> {
    let paths: Result<_, _> = input.paths.iter().map(|it| checkpoints::tree_path(cx, it)).collect();
    let hunks: Result<_, _> = input.hunks.iter().map(|it| hunks(cx, it)).collect();
    let (paths, hunks): (Vec<_>, Vec<_>) = (paths?, hunks?);
    let is_narrow = !paths.is_empty() || !hunks.is_empty();
    let is_all = !input.code && !input.database && !input.state;
    Ok(Selection {
        code: input.code || is_all || is_narrow,
        database: input.database || (is_all && !is_narrow),
        state: input.state || (is_all && !is_narrow),
        paths,
        hunks,
    })
}

/// `src/main.rs:1,3`
fn hunks(
    cx: &CommandCx<'_>,
    text: &str,
) -> Result<(checkpoint::TreePath, Vec<usize>), CommandError> {
    let unread = || {
        CommandError::user(format!("read the hunks `{text}`"))
            .hint("write a file, a colon and numbers: `src/main.rs:1,3`")
    };
    let (path, numbers) = text.rsplit_once(':').ok_or_else(unread)?;
    let numbers: Result<Vec<usize>, _> = numbers.split(',').map(str::parse).collect();
    Ok((checkpoints::tree_path(cx, path)?, numbers.map_err(|_| unread())?))
}
