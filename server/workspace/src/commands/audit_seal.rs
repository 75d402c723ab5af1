//! `audit.seal`: signs where the audit chain stands.

use super::{CommandCx, CommandError, audit, resolve, store};
use catalog::{KeptError, SealKey, Unsealed};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Signs where the audit chain stands, so that a chain that is cut or computed anew shows later.
    ///
    /// The seal is kept in your state folder, where `audit verify` finds it, and printed: keep a copy
    /// where nobody who can write to the workspace can write. The key is made on first use in your
    /// state folder, or given by the variable `SPECWRIGHT_AUDIT_KEY`.
    pub(super) static COMMAND = {
        name: "audit.seal",
        effect: Write,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// A further file for the seal.
    pub out: Option<String>,
    /// Replaces the kept seal even if the chain does not fit it.
    pub anew: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// The seal.
    pub seal: String,
    /// How many entries it covers.
    pub n_entries: i64,
    /// Where it was written.
    pub written: Vec<String>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the chain is empty, broken or not the one that was sealed before, or there is no key.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let root = store::root(cx)?;
    let catalog = store::existing(cx)?;
    if let Err(broken) = catalog.verify().map_err(|it| store::failed(&it))? {
        let error = CommandError::user(format!("seal the audit chain: {broken}"));
        return Err(error.hint("a chain that does not hold is not sealed; see `specwright doctor`"));
    }
    if let Some(path) = audit::kept_seal(cx, root).filter(|_| !input.anew) {
        let kept = catalog::read_seal(cx.system, &path).map_err(|it| unkept(&it))?;
        if let Err(why) = catalog.judge(&kept.seal).map_err(|it| store::failed(&it))? {
            return Err(unfit(&why));
        }
    }
    let seal = catalog.seal().map_err(|it| store::failed(&it))?.ok_or_else(|| {
        CommandError::user("seal the audit chain: it has no entry yet")
            .hint("there is nothing to protect before the first act")
    })?;
    let n_entries = seal.size;
    let key = SealKey::find_or_make(cx.system)
        .map_err(|it| CommandError::user(crate::error_chain(&it)).hint(it.hint()))?;
    let seal = seal.sign(&key);
    let out = input.out.as_deref().map(|it| resolve(&cx.cwd, it)).transpose()?;
    let mut written = Vec::new();
    for path in catalog::kept_seal_path(cx.system, root).into_iter().chain(out) {
        catalog::write_seal(cx.system, &path, &seal).map_err(|it| unkept(&it))?;
        written.push(path.to_string());
    }
    Ok(Output { seal: seal.to_string(), n_entries, written })
}

fn unfit(why: &Unsealed) -> CommandError {
    CommandError::user(format!("seal the audit chain: {why}"))
        .hint("the kept seal is the evidence; look into it first, then `--anew` replaces the seal")
}

pub(super) fn unkept(error: &KeptError) -> CommandError {
    CommandError::user(crate::error_chain(error)).hint("check the path and the permissions")
}
