//! `audit.log`: the latest entries of the audit chain.

use super::audit::EntryData;
use super::{CommandCx, CommandError, store};
use catalog::AuditEntry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Lists the latest acts that the audit chain tells of, newest first.
    ///
    /// Each change of state is told there: by whom, when, to what, and how it ended. What is done to
    /// a database has two entries, one before and one after.
    pub(super) static COMMAND = {
        name: "audit.log",
        effect: Read,
        gate: None,
        run: run,
    }
}

/// Entries that are told when no number is given.
const LAST: u32 = 20;
/// Entries that are looked through for one word.
const LOOKED_AT_MAX: u32 = 100_000;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// How many entries; 20 when left out.
    pub last: Option<u32>,
    /// Only entries whose actor, action, subject or detail hold this text.
    pub about: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    pub entries: Vec<EntryData>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no catalog, or it cannot be read.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let catalog = store::existing(cx)?;
    let last = input.last.unwrap_or(LAST);
    let n_max = if input.about.is_some() { LOOKED_AT_MAX } else { last };
    let found = catalog.audit(n_max).map_err(|it| store::failed(&it))?;
    let holds = |it: &AuditEntry| match &input.about {
        None => true,
        Some(text) => {
            [&it.actor, &it.action, &it.subject, &it.detail].iter().any(|it| it.contains(text))
        }
    };
    let entries = found.into_iter().filter(holds).take(last as usize).map(EntryData::from);
    Ok(Output { entries: entries.collect() })
}
