//! `audit.log`: the latest entries of the audit chain.

use super::audit::EntryData;
use super::{CommandCx, CommandError, store};
use catalog::AuditEntry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

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
/// Entries of a page.
const PAGE_ENTRIES_MAX: u32 = 200;
/// Longer texts of a page push what is behind them aside.
const WIDTH_MAX: usize = 48;

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

/// The latest entries as a page of Markdown, newest first; its columns stand below each other in the
/// text too.
///
/// # Errors
/// When there is no catalog, or it cannot be read.
pub fn page(cx: &CommandCx<'_>) -> Result<String, CommandError> {
    let output = run(cx, &Input { last: Some(PAGE_ENTRIES_MAX), about: None })?;
    let folder = store::root(cx)?.as_path().file_name().unwrap_or_default().to_string_lossy();
    let mut rows = vec![
        ["entry", "when (UTC)", "what", "to what", "how", "who"].map(str::to_owned),
        std::array::from_fn(|_| "---".to_owned()),
    ];
    for it in &output.entries {
        let when = it.at.replace('T', " ");
        let when = when.split(['.', 'Z']).next().unwrap_or_default();
        let (seq, texts) = (it.seq.to_string(), [&it.action, &it.subject, &it.detail, &it.actor]);
        let [action, subject, detail, actor] = texts.map(|it| cell(it));
        rows.push([seq, when.to_owned(), action, subject, detail, actor]);
    }
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or(0).min(WIDTH_MAX)
    };
    let widths: Vec<usize> = (0..6).map(width).collect();
    let mut out = format!(
        "# What happened in {}\n\nNewest first. Entries are never changed or deleted: \
         `specwright audit verify` shows whether one was.\n\n",
        cell(&folder)
    );
    for row in &rows {
        for (text, width) in row.iter().zip(&widths) {
            let _ = write!(out, "| {text:width$} ");
        }
        out += "|\n";
    }
    Ok(out)
}

/// Text that stays in its cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}
