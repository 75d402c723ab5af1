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

/// The latest entries as a page of Markdown, newest first, which reads well as text too.
///
/// # Errors
/// When there is no catalog, or it cannot be read.
pub fn page(cx: &CommandCx<'_>) -> Result<String, CommandError> {
    let output = run(cx, &Input { last: Some(PAGE_ENTRIES_MAX), about: None })?;
    let folder = store::root(cx)?.as_path().file_name().unwrap_or_default().to_string_lossy();
    let mut out = format!(
        "# What happened in {}\n\nNewest first, in UTC. Entries are never changed or deleted: \
         `specwright audit verify` shows whether one was.\n",
        line(&folder)
    );
    for it in &output.entries {
        let when = it.at.replace('T', " ");
        let when = when.split(['.', 'Z']).next().unwrap_or_default();
        let [action, subject, detail, actor] =
            [&it.action, &it.subject, &it.detail, &it.actor].map(|it| line(it));
        let _ = write!(out, "\n{}. **{action}** {subject}\n   {when} by {actor}\n", it.seq);
        if !detail.is_empty() {
            let _ = writeln!(out, "   {detail}");
        }
    }
    Ok(out)
}

/// Text on one line, with hashes cut to what tells them apart.
fn line(text: &str) -> String {
    let is_hash = |it: &str| it.len() >= 32 && it.bytes().all(|it| it.is_ascii_hexdigit());
    let word = |it: &str| match is_hash(it.trim_end_matches([':', ','])) {
        true => format!("{}…{}", &it[..12], if it.ends_with(':') { ":" } else { "" }),
        false => it.to_owned(),
    };
    text.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}
