//! Proofs of runs: what was asked, changed, reviewed, approved, tested and undone, as a statement
//! that programs verify and a page that people read.
//!
//! Pure but for [`publish`]: the facts are gathered above and come as plain data, so that a run of
//! another kind, such as an agent's, is told by the same statement. A [`Statement`] is an in-toto
//! Statement v1 in a DSSE envelope; it is redacted before there are bytes of it, and signed after.
//! What a proof does not prove is said on its page.

mod check;
mod dsse;
mod known;
mod page;
pub mod publish;
mod redact;
mod statement;
mod trust;

pub use crate::check::{Check, State, links, page_check, signature};
pub use crate::dsse::{Envelope, EnvelopeError, PAYLOAD_TYPE, Signature, pae};
pub use crate::known::{is_secret_name, of_environment, of_file};
pub use crate::page::{envelope_of, page};
pub use crate::redact::{Hit, Redactor};
pub use crate::statement::{
    Approval, Asked, Chain, ChangedDatabase, ChangedFile, ChangedTable, Changes, DATA_TYPE, Entry,
    Finding, LedgerRow, Masked, MigrationText, Note, PREDICATE_TYPE, Predicate, Redaction,
    Requirement, Review, Reviewer, Run, Statement, Subject, Test, TestResult, Tool, Undoing,
};
pub use crate::trust::Level;

use sha2::{Digest as _, Sha256};

/// SHA-256 in lower-case hexadecimal, which in-toto calls `sha256`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    catalog::hex(&Sha256::digest(bytes))
}

/// A statement with its envelope.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    pub statement: Statement,
    pub envelope: Envelope,
}

/// Why some bytes are no proof.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("it is neither an envelope nor a page of one")]
    NoEnvelope,
    #[error("its envelope cannot be read")]
    Envelope(#[from] EnvelopeError),
    #[error("its statement cannot be read")]
    Statement(#[source] serde_json::Error),
    #[error("it states something else than a run: `{found}`")]
    Kind { found: String },
}

impl Proof {
    /// A statement as it is, signed with `key` if there is one.
    #[must_use]
    pub fn new(statement: Statement, key: Option<&catalog::SealKey>) -> Self {
        let envelope = Envelope::new(&statement.bytes(), key);
        Self { statement, envelope }
    }

    /// Reads an envelope, or the page that holds one.
    ///
    /// # Errors
    /// [`ReadError`]
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let text = std::str::from_utf8(bytes).map_err(|_| ReadError::NoEnvelope)?;
        let json = match text.trim_start().starts_with('{') {
            true => text.to_owned(),
            false => envelope_of(text).ok_or(ReadError::NoEnvelope)?,
        };
        let envelope = Envelope::read(&json)?;
        let statement: Statement =
            serde_json::from_slice(&envelope.payload).map_err(ReadError::Statement)?;
        if statement.kind != DATA_TYPE || statement.predicate_type != PREDICATE_TYPE {
            let found = format!("{} {}", statement.kind, statement.predicate_type);
            return Err(ReadError::Kind { found });
        }
        Ok(Self { statement, envelope })
    }

    /// What names these bytes, whoever signs them.
    #[must_use]
    pub fn digest(&self) -> String {
        sha256(&self.envelope.payload)
    }
}
