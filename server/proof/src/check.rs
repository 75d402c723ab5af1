//! What can be checked of a proof with nothing but the proof, and keys that are trusted.

use crate::statement::Entry;
use crate::{Proof, page};
use catalog::AuditEntry;
use model::Timestamp;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// `signature`, `links`, `page` and others.
    pub name: &'static str,
    pub state: State,
    /// A sentence without a full stop.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Holds,
    Fails,
    /// Not wrong, and not as it was then.
    Differs,
    /// It could not be looked at; never to be read as right.
    Unchecked,
}

impl State {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::Differs => "differs",
            Self::Unchecked => "unchecked",
        }
    }
}

impl Check {
    #[must_use]
    pub fn new(name: &'static str, state: State, detail: impl Into<String>) -> Self {
        Self { name, state, detail: detail.into() }
    }
}

/// Whether the bytes are signed, and by a key among `trusted` (in hexadecimal).
#[must_use]
pub fn signature(proof: &Proof, trusted: &[String]) -> Check {
    let check = |state, detail: String| Check::new("signature", state, detail);
    let signatures = &proof.envelope.signatures;
    if signatures.is_empty() {
        let detail = "there is none: whoever has the file can change it";
        return check(State::Unchecked, detail.to_owned());
    }
    if let Some(bad) = signatures.iter().find(|it| !proof.envelope.is_signed_by(it)) {
        return check(State::Fails, format!("it is not one of these bytes by the key {}", bad.key));
    }
    let is_trusted = |key: &str| trusted.iter().any(|it| it.eq_ignore_ascii_case(key));
    match signatures.iter().find(|it| is_trusted(&it.key)) {
        Some(it) => check(State::Holds, format!("by the key {}, which you trust", it.key)),
        None => {
            let key = &signatures[0].key;
            let detail = format!(
                "by the key {key}, which is neither yours nor named; `--key` names a key that you trust"
            );
            check(State::Unchecked, detail)
        }
    }
}

/// Whether each entry of the chain has the hash that it says, and follows the one before it.
#[must_use]
pub fn links(proof: &Proof) -> Check {
    let check = |state, detail: String| Check::new("links", state, detail);
    let entries = &proof.statement.predicate.chain.entries;
    let mut n_redacted = 0;
    let mut last: Option<&Entry> = None;
    for it in entries {
        if last.is_some_and(|last| last.hash != it.prev || last.seq + 1 != it.seq) {
            let detail = format!("entry {} does not follow the one before it", it.seq);
            return check(State::Fails, detail);
        }
        if it.redacted {
            n_redacted += 1;
        } else if recomputed(it).is_none_or(|hash| hash != it.hash) {
            let detail = format!("entry {} does not have the hash that it says", it.seq);
            return check(State::Fails, detail);
        }
        last = Some(it);
    }
    match (entries.len(), n_redacted) {
        (0, _) => check(State::Unchecked, "no entry of the audit chain is told".to_owned()),
        (n, 0) => check(State::Holds, format!("{n} entries fit each other")),
        (n, hidden) => check(
            State::Holds,
            format!(
                "{n} entries fit each other; the hashes of {hidden} with redacted parts are taken as they are"
            ),
        ),
    }
}

fn recomputed(it: &Entry) -> Option<String> {
    let entry = AuditEntry {
        seq: it.seq,
        at: Timestamp(it.at_ms),
        actor: it.actor.clone(),
        action: it.action.clone(),
        subject: it.subject.clone(),
        detail: it.detail.clone(),
        prev: catalog::unhex(&it.prev)?,
        hash: [0; 32],
    };
    Some(catalog::hex(&entry.hash_of()))
}

/// Whether a page shows what the statement says, and nothing else.
#[must_use]
pub fn page_check(proof: &Proof, html: &str) -> Check {
    let tool = &proof.statement.predicate.tool.version;
    if html == page(proof) {
        Check::new("page", State::Holds, "it shows the statement and nothing else")
    } else if tool != env!("CARGO_PKG_VERSION") {
        let detail = format!("version {tool} drew it, which this one cannot repeat");
        Check::new("page", State::Unchecked, detail)
    } else {
        Check::new("page", State::Fails, "it is not what the statement is drawn as")
    }
}
