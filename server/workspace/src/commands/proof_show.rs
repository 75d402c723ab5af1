//! `proof.show`: what a proof states.

use super::proofs::{self, ProofData};
use super::{CommandCx, CommandError};
use schemars::JsonSchema;
use serde::Serialize;

pub use super::proofs::Input;

declare_command! {
    /// Shows what a proof states, without verifying it.
    pub(super) static COMMAND = {
        name: "proof.show",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    pub proof: ProofData,
    /// The in-toto statement.
    pub statement: serde_json::Value,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no such proof.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let kept = proofs::find(cx, input.id.as_deref())?;
    let statement = serde_json::to_value(&kept.proof.statement).expect("keys are strings");
    Ok(Output { proof: kept.data(), statement })
}
