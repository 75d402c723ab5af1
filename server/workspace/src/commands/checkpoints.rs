use super::migrations::Target;
use super::{CommandCx, CommandError, ErrorKind, store};
use crate::snapshot::DocumentKey;
use checkpoint::{
    Capture, CheckpointError, Checkpoints, DatabaseError, FilePreview, Kind, Options, Preview,
    Record, Recovered, Restored, Retention, Role, ScanError, StoreError, TreePath,
};
use model::AbsPath;
use schemars::JsonSchema;
use serde::Serialize;
use std::path::Path;
use system::System;

/// A checkpoint without what it holds.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RecordData {
    pub id: String,
    /// `manual`, `automatic` or `before rollback`.
    pub kind: &'static str,
    pub label: String,
    /// When it was made, in UTC.
    pub at: String,
    /// The commit and branch that were checked out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Where the rollback behind it went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Whether some paths were not captured; `checkpoint show` lists them.
    pub partial: bool,
    pub pinned: bool,
}

/// What would happen to a file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FileData {
    pub path: String,
    /// `add`, `change` or `remove`.
    pub act: &'static str,
    /// What lines do not tell: `link`, `folder`, `binary`, `executable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines_added: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines_removed: Option<usize>,
    /// How many parts of it can be chosen one by one.
    pub hunks: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
}

/// What would happen to a database.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DatabaseData {
    pub path: String,
    /// `app` or `catalog`; of a catalog the audit chain stays.
    pub role: &'static str,
    pub tables: Vec<TableData>,
    /// A unified diff of the statements that make the schema; empty when it stays.
    pub schema: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TableData {
    pub table: String,
    /// Rows now; left out when there is no such table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows_before: Option<u64>,
    /// Rows afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows_after: Option<u64>,
}

/// A path and what there is to say of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NoteData {
    pub path: String,
    /// Reads well after the path.
    pub why: String,
}

/// What a rollback would do.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PreviewData {
    pub checkpoint: RecordData,
    pub files: Vec<FileData>,
    pub databases: Vec<DatabaseData>,
    /// What stays as it is though it differs.
    pub kept: Vec<NoteData>,
    /// What the checkpoint does not hold; it is neither written nor removed.
    pub uncaptured: Vec<NoteData>,
    /// Commits made since; files are restored, branches stay.
    pub commits_since: usize,
    pub head_moved: bool,
    /// Agree to exactly this by giving it as `yes`; left out when there is nothing to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Whether `again` is asked for besides: more than 500 files, or HEAD has moved.
    pub asks_again: bool,
}

/// What a rollback did.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RestoredData {
    /// The checkpoint that undoes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What was written or removed.
    pub files: Vec<String>,
    pub databases: Vec<String>,
    pub kept: Vec<NoteData>,
    /// Edited by somebody during the rollback; the checkpoint before holds the last bytes.
    pub edited_meanwhile: Vec<String>,
}

pub(super) fn record(it: &Record) -> RecordData {
    let at = jiff::Timestamp::from_millisecond(it.at.0).unwrap_or_default();
    RecordData {
        id: it.id.to_string(),
        kind: it.kind.word(),
        label: it.label.clone(),
        at: at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        commit: it.head.commit.map(|it| it.to_string()),
        branch: it.head.name.as_deref().map(|it| it.trim_start_matches("refs/heads/").to_owned()),
        target: it.target.as_ref().map(ToString::to_string),
        partial: it.is_partial,
        pinned: it.pinned_until.is_some(),
    }
}

pub(super) fn file(it: &FilePreview) -> FileData {
    FileData {
        path: it.path.to_string(),
        act: it.act.word(),
        note: it.note,
        lines_added: it.lines.map(|it| it.0),
        lines_removed: it.lines.map(|it| it.1),
        hunks: it.n_hunks,
        diff: it.diff.clone(),
    }
}

pub(super) fn preview(it: &Preview) -> PreviewData {
    let note =
        |path: &TreePath, why: &str| NoteData { path: path.to_string(), why: why.to_owned() };
    PreviewData {
        checkpoint: record(&it.target),
        files: it.files.iter().map(file).collect(),
        databases: it.databases.iter().map(database).collect(),
        kept: it.kept.iter().map(|it| note(&it.path, &it.why)).collect(),
        uncaptured: it.uncaptured.iter().map(|(path, why, _)| note(path, why.word())).collect(),
        commits_since: it.n_commits_since,
        head_moved: it.is_head_moved,
        digest: it.digest.clone(),
        asks_again: it.asks_again(),
    }
}

fn database(it: &checkpoint::DatabasePreview) -> DatabaseData {
    let names: std::collections::BTreeSet<&String> =
        it.before.n_rows.keys().chain(it.after.n_rows.keys()).collect();
    let table = |name: &String| TableData {
        table: name.clone(),
        rows_before: it.before.n_rows.get(name).copied(),
        rows_after: it.after.n_rows.get(name).copied(),
    };
    let (before, after) = (statements(&it.before.schema), statements(&it.after.schema));
    let diff = similar::TextDiff::from_lines(&before, &after);
    DatabaseData {
        path: it.path.to_string(),
        role: it.role.word(),
        tables: names.into_iter().map(table).collect(),
        schema: diff.unified_diff().header("now", "then").to_string(),
    }
}

fn statements(all: &[String]) -> String {
    all.iter().map(|it| format!("{it};\n")).collect()
}

pub(super) fn restored(it: Restored) -> RestoredData {
    let names = |all: &[TreePath]| all.iter().map(ToString::to_string).collect();
    let kept = it.kept.iter().map(|it| NoteData { path: it.path.to_string(), why: it.why.clone() });
    RestoredData {
        before: it.before.as_ref().map(|it| it.id.to_string()),
        files: names(&it.paths),
        databases: names(&it.databases),
        kept: kept.collect(),
        edited_meanwhile: names(&it.edited_meanwhile),
    }
}

/// The checkpoints of the workspace folder, with its own databases and `more`.
pub(super) fn open<'a>(
    cx: &'a CommandCx<'_>,
    more: Option<&AbsPath>,
) -> Result<Checkpoints<'a>, CommandError> {
    let root = store::root(cx)?;
    let mut options =
        Options { include: cx.settings.checkpoint_include.clone(), ..Options::default() };
    let catalog = store::path(root);
    let own = Target::new(cx, None)?.database;
    let mut databases = vec![(Role::Catalog, &catalog), (Role::App, &own)];
    databases.extend(more.filter(|it| **it != own).map(|it| (Role::App, it)));
    for (role, database) in databases {
        // What lies elsewhere has the backups of its migrations alone.
        let Some(path) = database.relative_to(root) else { continue };
        let Some(path) = TreePath::new(path.as_str().as_bytes()) else { continue };
        let added = options.database(root.as_path(), role, path);
        added.map_err(|it| failed(&it.into()))?;
    }
    let mut out = Checkpoints::open(cx.system, root, options).map_err(|it| failed(&it))?;
    out.recover().map_err(|it| failed(&it))?;
    Ok(out)
}

/// What the label of a checkpoint before an apply begins with.
const BEFORE_APPLY: &str = "before migrate.apply ";

/// An apply that can be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastApply {
    /// The checkpoint that was made before it.
    pub id: String,
    /// The migrations that were applied.
    pub migrations: Vec<String>,
}

/// The last apply in the folder, unless it was rolled back since.
#[must_use]
pub fn last_apply(system: &dyn System, root: &AbsPath) -> Option<LastApply> {
    let all = Checkpoints::open(system, root, Options::default()).ok()?.list().ok()?;
    let is_apply = |it: &&Record| it.label.starts_with(BEFORE_APPLY);
    let last = all.iter().find(is_apply)?;
    let is_back = |it: &Record| it.seq > last.seq && it.target.as_ref() == Some(&last.id);
    if all.iter().any(is_back) {
        return None;
    }
    let names = last.label.trim_start_matches(BEFORE_APPLY).split(", ");
    Some(LastApply { id: last.id.to_string(), migrations: names.map(str::to_owned).collect() })
}

/// Ends a rollback in the folder that a crash interrupted; what there is to say about it.
#[must_use]
pub fn recover(system: &dyn System, root: &AbsPath) -> Option<String> {
    let opened = Checkpoints::open(system, root, Options::default());
    match opened.and_then(|mut it| it.recover()) {
        Ok(None | Some(Recovered::Aborted)) => None,
        Ok(Some(Recovered::Finished(_))) => Some("an interrupted rollback was finished".to_owned()),
        Ok(Some(Recovered::Reverted)) => {
            Some("an interrupted rollback could not be finished, and was taken back".to_owned())
        }
        Err(error) => {
            tracing::warn!("recover a rollback: {}", crate::error_chain(&error));
            None
        }
    }
}

/// Makes the checkpoint before an act that changes things; gives its name, and nothing where the
/// user does not want them.
pub(super) fn before(
    cx: &CommandCx<'_>,
    act: &str,
    database: Option<&AbsPath>,
) -> Result<Option<String>, CommandError> {
    if !cx.settings.checkpoint_automatic {
        return Ok(None);
    }
    let more = |it: CommandError| {
        let hint = it.hint.clone().unwrap_or_default();
        let without = "or set `checkpoint.automatic` to false to go on without checkpoints";
        it.hint(format!("{hint}; {without}"))
    };
    let mut checkpoints = open(cx, database).map_err(more)?;
    let buffers = buffers(cx, checkpoints.root());
    let label = format!("before {act}");
    let capture = Capture { kind: Kind::Automatic, label: &label, buffers: &buffers };
    let captured = checkpoints.capture(&capture).map_err(|it| more(failed(&it)))?;
    // A store that cannot be pruned now is pruned the next time.
    if let Err(error) = checkpoints.prune(&retention(cx)) {
        tracing::warn!("prune the checkpoints: {}", crate::error_chain(&error));
    }
    Ok(Some(captured.record.id.to_string()))
}

/// How long checkpoints are kept, by the user's settings.
pub(super) fn retention(cx: &CommandCx<'_>) -> Retention {
    let bytes_max = cx.settings.checkpoint_quota_mib.saturating_mul(1 << 20);
    Retention { bytes_max, ..Retention::default() }
}

/// Texts that an editor shows and that are not on disk.
pub(super) fn buffers(cx: &CommandCx<'_>, root: &Path) -> Vec<(TreePath, String)> {
    let Some(root) = AbsPath::new(root) else { return Vec::new() };
    let mut out = Vec::new();
    for key in cx.snapshot.documents() {
        let DocumentKey::File(path) = &key else { continue };
        let Some(text) = cx.snapshot.open_text(&key) else { continue };
        let saved = crate::discover::read_text(cx.system, path).ok().map(|it| it.text);
        let below = path.relative_to(&root);
        let below = below.and_then(|it| TreePath::new(it.as_str().as_bytes()));
        if saved.as_deref() != Some(&*text) {
            out.extend(below.map(|it| (it, text.to_string())));
        }
    }
    out
}

/// A path below the workspace folder from what a user wrote.
pub(super) fn tree_path(cx: &CommandCx<'_>, path: &str) -> Result<TreePath, CommandError> {
    let root = store::root(cx)?;
    let full = super::resolve(&cx.cwd, path)?;
    let below = full.relative_to(root).and_then(|it| TreePath::new(it.as_str().as_bytes()));
    below.ok_or_else(|| {
        CommandError::user(format!("use `{path}`: it is no path in the workspace folder"))
            .hint("name a file or folder below it, outside of `.git`")
    })
}

pub(super) fn failed(error: &CheckpointError) -> CommandError {
    let (kind, hint) = match error {
        CheckpointError::Unknown { .. } | CheckpointError::Ambiguous { .. } => {
            (ErrorKind::User, "`specwright checkpoint list` names all")
        }
        CheckpointError::AsksAgain => {
            (ErrorKind::User, "look at the preview again, and agree to it with `again` besides")
        }
        CheckpointError::Changed { .. } => {
            (ErrorKind::User, "look at the preview again: something changed since it was made")
        }
        CheckpointError::Locked { .. }
        | CheckpointError::Database(DatabaseError::Busy { .. })
        | CheckpointError::Store(StoreError::Busy { .. }) => {
            (ErrorKind::Busy, "try again when the other process is done")
        }
        CheckpointError::Scan(ScanError::TooWide { .. }) => {
            (ErrorKind::User, "open a project folder")
        }
        CheckpointError::Hunks { .. } => {
            (ErrorKind::User, "the preview counts the hunks of each file")
        }
        CheckpointError::Interrupted { .. } => (
            ErrorKind::Internal,
            "free some disk or correct the permissions; the next command goes on where it stopped",
        ),
        CheckpointError::NoGit => (ErrorKind::User, "there is no repository to write it to"),
        CheckpointError::Unsupported => {
            (ErrorKind::User, "use `checkpoint export`, and take the files from git")
        }
        CheckpointError::Store(StoreError::Missing { .. } | StoreError::Damaged { .. }) => {
            (ErrorKind::Internal, "take another checkpoint; this one cannot be relied on")
        }
        CheckpointError::Git(error) => (ErrorKind::User, error.hint()),
        _ => (ErrorKind::User, "check the permissions and the free space"),
    };
    CommandError::new(kind, crate::error_chain(error)).hint(hint)
}
