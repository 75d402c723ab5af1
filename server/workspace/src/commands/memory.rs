//! What the commands of the service `memory` share.

use super::{CommandCx, CommandError, audit};
use ::context::memory::{Item, Memory, MemoryError};
use schemars::JsonSchema;
use serde::Serialize;

/// A kept decision.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ItemData {
    pub id: i64,
    /// The workspace's name.
    pub project: String,
    pub migration: String,
    /// The table or other thing that was decided about.
    pub entity: String,
    /// What was done, in the words of migration specs.
    pub act: String,
    pub choice: String,
    /// In the author's words; empty when he gave none.
    pub reason: String,
    /// `applied`, `failed`, `blocked` or `rolled back`.
    pub outcome: &'static str,
    /// Why it ended so; empty when nobody said.
    pub why: String,
    /// In UTC, as RFC 3339 writes it.
    pub at: String,
}

impl From<Item> for ItemData {
    fn from(it: Item) -> Self {
        Self {
            id: it.id,
            project: it.project,
            migration: it.migration,
            entity: it.entity,
            act: it.act,
            choice: it.choice,
            reason: it.reason,
            outcome: it.outcome.word(),
            why: it.why,
            at: audit::rfc_3339(it.at),
        }
    }
}

/// The memory of this user, if anything was ever kept.
pub(super) fn find(cx: &CommandCx<'_>) -> Result<Option<Memory>, CommandError> {
    Memory::find(cx.system).map_err(|it| failed(&it))
}

/// Everything that is kept, newest first.
pub(super) fn items(cx: &CommandCx<'_>) -> Result<Vec<Item>, CommandError> {
    match find(cx)? {
        Some(memory) => memory.list().map_err(|it| failed(&it)),
        None => Ok(Vec::new()),
    }
}

pub(super) fn failed(error: &MemoryError) -> CommandError {
    let hint = "it holds nothing that is needed: remove the file if it is damaged";
    CommandError::user(crate::error_chain(error)).hint(hint)
}
