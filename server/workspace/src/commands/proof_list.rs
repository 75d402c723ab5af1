//! `proof.list`: the proofs of the workspace.

use super::proofs::{self, ProofData};
use super::{CommandCx, CommandError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Lists the proofs of the workspace, newest first.
    pub(super) static COMMAND = {
        name: "proof.list",
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
    pub proofs: Vec<ProofData>,
    /// Folders of proofs that cannot be read, with the reason.
    pub unreadable: Vec<String>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the folder of proofs cannot be read.
pub fn run(cx: &CommandCx<'_>, _input: &Input) -> Result<Output, CommandError> {
    let mut out = Output { proofs: Vec::new(), unreadable: Vec::new() };
    for id in proofs::ids(cx)? {
        match proofs::read_kept(cx, &id) {
            Ok(it) => out.proofs.push(it.data()),
            Err(error) => out.unreadable.push(error.message),
        }
    }
    Ok(out)
}
