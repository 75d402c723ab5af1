//! `proof.generate`: states what was done, for others to read and verify.

use super::proofs::span::{Named, Span};
use super::proofs::{self, ProofData, gather, secrets};
use super::{CommandCx, CommandError, store};
use proof::{Proof, Redaction};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Writes a proof of a run: what was asked, changed, reviewed, approved, tested and undone.
    ///
    /// A run is a migration, a provisioning, a promotion or a rollback that the audit chain tells of,
    /// the last one by default; or everything between two entries or checkpoints. The proof is a page
    /// that loads nothing and an in-toto statement below `.specwright/proofs`, redacted before it is
    /// written, and signed when there is a key (`audit seal` makes one).
    pub(super) static COMMAND = {
        name: "proof.generate",
        effect: Write,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// An entry of the audit chain that belongs to the run; the last run when left out.
    pub run: Option<u32>,
    /// Start of a range: the number of an entry, or a checkpoint.
    #[schemars(extend("x-value-name" = "ENTRY"))]
    pub from: Option<String>,
    /// End of a range: the number of an entry, or a checkpoint.
    #[schemars(extend("x-value-name" = "ENTRY"))]
    pub to: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    pub proof: ProofData,
    /// What was made unreadable, with how often.
    pub masked: Vec<MaskedData>,
    /// Why it was not wholly redacted, and so cannot be shared; empty when it was.
    pub problems: Vec<String>,
    /// What one might expect and nobody did.
    pub not_run: Vec<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MaskedData {
    pub kind: String,
    pub n: usize,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no catalog, no such run, or the records of one cannot be read.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let mut catalog = store::existing(cx)?;
    let named = Named { run: input.run, from: input.from.as_deref(), to: input.to.as_deref() };
    let span = Span::find(cx, &catalog, named)?;
    let id = new_id(cx);
    let mut statement = gather::statement(cx, &catalog, &span, &id)?;
    let found = secrets::redactor(cx);
    statement.predicate.redaction = Redaction {
        applied: found.problems.is_empty(),
        problems: found.problems,
        rules: format!(
            "specwright {}, {}",
            env!("CARGO_PKG_VERSION"),
            text::secrets::gitleaks::REVISION
        ),
        ..Redaction::default()
    };
    let statement = found.redactor.statement(&statement);
    let proof = Proof::new(statement, proofs::key(cx)?.as_ref());
    write(cx, &id, &proof)?;
    let detail = format!("sha256 {}", proof.digest());
    catalog.tell("proof.generate", &id, &detail).map_err(|it| store::failed(&it))?;
    let kept = proofs::read_kept(cx, &id)?;
    let predicate = &kept.proof.statement.predicate;
    let masked = predicate.redaction.masked.iter();
    Ok(Output {
        proof: kept.data(),
        masked: masked.map(|it| MaskedData { kind: it.kind.clone(), n: it.n }).collect(),
        problems: predicate.redaction.problems.clone(),
        not_run: predicate.not_run.clone(),
    })
}

/// The envelope last: what has none is no proof yet.
fn write(cx: &CommandCx<'_>, id: &str, proof: &Proof) -> Result<(), CommandError> {
    let root = store::root(cx)?;
    let statement = String::from_utf8_lossy(&proof.envelope.payload).into_owned();
    let files = [
        (proofs::PAGE, proof::page(proof)),
        (proofs::STATEMENT, statement),
        (proofs::ENVELOPE, proof.envelope.to_json()),
    ];
    for (name, text) in files {
        store::write_private(cx.system, root, &proofs::below(id, name), &text)?;
    }
    Ok(())
}

/// `20261121-155000-1a2b3c`: in the order of time, and never the same twice.
fn new_id(cx: &CommandCx<'_>) -> String {
    let now = jiff::Timestamp::from_millisecond(cx.system.now().0).unwrap_or_default();
    format!("{}-{:06x}", now.strftime("%Y%m%d-%H%M%S"), cx.system.random() & 0xff_ffff)
}
