//! What git knows of the files of a workspace.

use super::{CommandCx, CommandError};
use model::AbsPath;

/// What `git` prints when it is run in `cwd`.
///
/// # Errors
/// When there is no git, or it refuses: in its own words.
pub(super) fn git(
    cx: &CommandCx<'_>,
    cwd: &AbsPath,
    arguments: &[&str],
) -> Result<Vec<u8>, CommandError> {
    let line = format!("run `git {}` in `{cwd}`", arguments.join(" "));
    let output = cx.system.run("git", arguments, cwd);
    let output = output.map_err(|error| CommandError::user(format!("{line}: {error}")))?;
    if output.is_success {
        return Ok(output.stdout);
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let why = stderr.lines().next().unwrap_or("it failed");
    Err(CommandError::user(format!("{line}: {why}")))
}
