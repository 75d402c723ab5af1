//! `audit.verify`: whether the audit chain holds, and is the one that was sealed.

use super::{CommandCx, CommandError, audit, audit_seal, resolve, store};
use catalog::{Catalog, SealKey, SignedSeal, hex};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Verifies the audit chain: every hash, and that it is the chain that was sealed.
    ///
    /// The chain alone shows an entry that was changed or removed in the middle. A seal shows too
    /// that the end was cut off or that all hashes were computed anew. The kept seal of this
    /// workspace is always looked at, and with `seal` another one.
    pub(super) static COMMAND = {
        name: "audit.verify",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// File with a seal.
    #[schemars(extend("x-value-name" = "FILE"))]
    pub seal: Option<String>,
    /// Public key, in hexadecimal, that the seal must be signed with; your own when left out.
    #[schemars(extend("x-value-name" = "HEX"))]
    pub key: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Whether the chain holds and fits every seal.
    pub ok: bool,
    /// How many entries were verified; none where the chain does not hold.
    pub n_entries: i64,
    /// Seals that it was held against.
    pub seals: Vec<SealData>,
    /// What is wrong; empty when all is well.
    pub problems: Vec<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SealData {
    /// The file.
    pub file: String,
    /// How many entries were sealed.
    pub n_entries: i64,
    /// When, in UTC.
    pub at: String,
    /// The public key that signed it.
    pub key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no catalog, it cannot be read, or a seal is none.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let root = store::root(cx)?;
    let catalog = store::existing(cx)?;
    let given = input.seal.as_deref().map(|it| resolve(&cx.cwd, it)).transpose()?;
    let mut seals = Vec::new();
    for path in audit::kept_seal(cx, root).into_iter().chain(given) {
        let signed = catalog::read_seal(cx.system, &path).map_err(|it| audit_seal::unkept(&it))?;
        seals.push((path, signed));
    }
    let mut problems = Vec::new();
    let n_entries = match catalog.verify().map_err(|it| store::failed(&it))? {
        Ok(n_entries) => n_entries,
        Err(broken) => {
            problems.push(broken.to_string());
            0
        }
    };
    let mut out = Vec::new();
    for (path, signed) in seals {
        let problem = judge(cx, &catalog, &signed, input.key.as_deref())?;
        problems.extend(problem.iter().map(|it| format!("`{path}`: {it}")));
        out.push(SealData {
            file: path.to_string(),
            n_entries: signed.seal.size,
            at: audit::rfc_3339(signed.seal.at),
            key: hex(&signed.key),
            problem,
        });
    }
    Ok(Output { ok: problems.is_empty(), n_entries, seals: out, problems })
}

/// What is wrong with a seal, or with the chain under it; nobody is trusted who was not named.
pub(super) fn judge(
    cx: &CommandCx<'_>,
    catalog: &Catalog,
    signed: &SignedSeal,
    trusted: Option<&str>,
) -> Result<Option<String>, CommandError> {
    let signer = hex(&signed.key);
    let is_trusted = match trusted {
        Some(key) => key.eq_ignore_ascii_case(&signer),
        None => SealKey::find(cx.system)
            .map_err(|it| CommandError::user(crate::error_chain(&it)).hint(it.hint()))?
            .is_some_and(|it| it.public() == signed.key),
    };
    if !is_trusted {
        let whose = if trusted.is_some() { "the given one" } else { "yours" };
        return Ok(Some(format!(
            "it is signed with the key {signer}, which is not {whose}; `--key` names a key that you trust"
        )));
    }
    let verdict = catalog.judge(&signed.seal).map_err(|it| store::failed(&it))?;
    Ok(verdict.err().map(|it| it.to_string()))
}
