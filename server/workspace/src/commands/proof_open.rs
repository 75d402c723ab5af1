//! `proof.open`: where the page of a proof is.

use super::proofs::{self, ProofData};
use super::{CommandCx, CommandError};
use schemars::JsonSchema;
use serde::Serialize;

pub use super::proofs::Input;

declare_command! {
    /// Opens the page of a proof in the browser, and tells where it is.
    ///
    /// The page is drawn anew from the statement, so that what is shown is what was stated.
    pub(super) static COMMAND = {
        name: "proof.open",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    pub proof: ProofData,
    /// The page, for fronts to open.
    pub open: String,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no such proof.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let kept = proofs::find(cx, input.id.as_deref())?;
    let page = proof::page(&kept.proof);
    let path = kept.file(proofs::PAGE);
    if proofs::bytes(cx, &path).is_ok_and(|it| it == page.as_bytes()) {
        return Ok(Output { proof: kept.data(), open: path.to_string() });
    }
    let root = super::store::root(cx)?;
    super::store::write_private(cx.system, root, &proofs::below(&kept.id, proofs::PAGE), &page)?;
    Ok(Output { proof: kept.data(), open: path.to_string() })
}
