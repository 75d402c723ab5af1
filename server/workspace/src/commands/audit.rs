//! What the commands of the service `audit` share.

use super::CommandCx;
use catalog::{AuditEntry, hex};
use model::{AbsPath, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// An entry of the chain.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EntryData {
    /// From 1, without gaps.
    pub seq: i64,
    /// In UTC, as RFC 3339 writes it.
    pub at: String,
    pub actor: String,
    /// `noun.verb`; an act on something outside of the catalog has an `.intent` and an `.outcome`.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    pub detail: String,
    pub hash: String,
}

impl From<AuditEntry> for EntryData {
    fn from(it: AuditEntry) -> Self {
        Self {
            seq: it.seq,
            at: rfc_3339(it.at),
            actor: it.actor,
            action: it.action,
            subject: it.subject,
            detail: it.detail,
            hash: hex(&it.hash),
        }
    }
}

/// `2026-11-21T12:26:33Z`; a moment that no calendar has stays a number.
pub(super) fn rfc_3339(Timestamp(ms): Timestamp) -> String {
    let moment = jiff::Timestamp::from_millisecond(ms);
    moment.map_or_else(|_| ms.to_string(), |it| it.to_string())
}

/// The file in which the last seal of this workspace is kept, if there is one.
pub(super) fn kept_seal(cx: &CommandCx<'_>, root: &AbsPath) -> Option<AbsPath> {
    catalog::kept_seal_path(cx.system, root).filter(|it| cx.system.exists(it))
}
