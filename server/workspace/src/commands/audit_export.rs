//! `audit.export`: the whole audit chain, for other tools.

use super::audit::EntryData;
use super::{CommandCx, CommandError, store};
use catalog::hex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Prints the audit chain as JSON lines, oldest first, with everything that its hashes cover.
    ///
    /// The guide tells how a hash is computed, so that others can verify the export.
    pub(super) static COMMAND = {
        name: "audit.export",
        effect: Read,
        gate: None,
        run: run,
    }
}

/// Entries read at once.
const PAGE: u32 = 10_000;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// Only entries after this number.
    pub after: Option<u32>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Oldest first.
    pub entries: Vec<ExportData>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExportData {
    #[serde(flatten)]
    pub entry: EntryData,
    /// Unix time in milliseconds: what the hash covers.
    pub at_ms: i64,
    /// The hash of the entry before.
    pub prev: String,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no catalog, or it cannot be read.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let catalog = store::existing(cx)?;
    let mut after = i64::from(input.after.unwrap_or(0));
    let mut entries = Vec::new();
    loop {
        let page = catalog.audit_after(after, PAGE).map_err(|it| store::failed(&it))?;
        let Some(last) = page.last() else { return Ok(Output { entries }) };
        after = last.seq;
        entries.extend(page.into_iter().map(|it| {
            let (at_ms, prev) = (it.at.0, hex(&it.prev));
            ExportData { entry: it.into(), at_ms, prev }
        }));
    }
}
