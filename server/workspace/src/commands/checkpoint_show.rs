//! `checkpoint.show`: what one checkpoint holds.

use super::checkpoints::{self, NoteData, RecordData, TableData};
use super::{CommandCx, CommandError};
use checkpoint::{Entry, Node};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Shows what a checkpoint holds, or a file as it was then.
    pub(super) static COMMAND = {
        name: "checkpoint.show",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// A checkpoint, or the first letters of its name, or `latest`.
    #[schemars(extend("x-positional" = "ID"))]
    pub id: String,
    /// Shows this file as it was then.
    #[serde(default)]
    pub file: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    pub checkpoint: RecordData,
    /// Paths where it differs from the commit that it lies over; `why` says how.
    pub entries: Vec<NoteData>,
    /// Paths that were not captured, with the reason.
    pub uncaptured: Vec<NoteData>,
    pub databases: Vec<CapturedDatabase>,
    /// Files with unsaved texts of the editor.
    pub unsaved: Vec<String>,
    /// The file that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CapturedDatabase {
    pub path: String,
    pub role: &'static str,
    /// Whether there was one.
    pub present: bool,
    pub tables: Vec<TableData>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no such checkpoint, or no such text in it.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let failed = |it| checkpoints::failed(&it);
    let all = checkpoints::open(cx, None)?;
    let record = all.find(&input.id).map_err(failed)?;
    let text = input.file.as_ref().map(|file| text(cx, &all, &record, file)).transpose()?;
    let (mut entries, mut uncaptured) = (Vec::new(), Vec::new());
    for (path, entry) in all.entries(&record).map_err(failed)? {
        let path = path.to_string();
        match entry {
            Entry::Uncaptured { reason, .. } => {
                uncaptured.push(NoteData { path, why: reason.word().to_owned() });
            }
            other => entries.push(NoteData { path, why: in_words(&other) }),
        }
    }
    let databases = all.databases(&record).map_err(failed)?;
    let databases = databases.into_iter().map(|(it, summary)| CapturedDatabase {
        path: it.path.to_string(),
        role: it.role.word(),
        present: it.hash.is_some(),
        tables: summary
            .n_rows
            .into_iter()
            .map(|(table, n)| TableData { table, rows_before: None, rows_after: Some(n) })
            .collect(),
    });
    let unsaved = all.buffers(&record.id).map_err(failed)?;
    Ok(Output {
        entries,
        uncaptured,
        databases: databases.collect(),
        unsaved: unsaved.into_iter().map(|(path, _)| path.to_string()).collect(),
        text,
        checkpoint: checkpoints::record(&record),
    })
}

fn text(
    cx: &CommandCx<'_>,
    all: &checkpoint::Checkpoints<'_>,
    record: &checkpoint::Record,
    file: &str,
) -> Result<String, CommandError> {
    let path = checkpoints::tree_path(cx, file)?;
    let bytes = all.content(record, &path).map_err(|it| checkpoints::failed(&it))?;
    let missing = || {
        CommandError::user(format!("show `{file}`: the checkpoint has no such file"))
            .hint("`specwright checkpoint show` without a file lists what it has")
    };
    String::from_utf8(bytes.ok_or_else(missing)?).map_err(|_| {
        CommandError::user(format!("show `{file}`: it is no text"))
            .hint("roll back to the checkpoint with `--paths` to get the file")
    })
}

fn in_words(entry: &Entry) -> String {
    match entry {
        Entry::Node(Node::Absent) => "removed".to_owned(),
        Entry::Node(Node::Dir) => "empty folder".to_owned(),
        Entry::Node(Node::File { content, .. }) => format!("file of {} bytes", content.n_bytes),
        Entry::Node(Node::Link { target }) => {
            format!("link to {}", String::from_utf8_lossy(target))
        }
        Entry::Nested { head: Some(head) } => format!("repository at {head}"),
        Entry::Nested { head: None } => "repository without commits".to_owned(),
        Entry::Uncaptured { reason, .. } => reason.word().to_owned(),
    }
}
