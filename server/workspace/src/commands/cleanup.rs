//! `workspace.cleanup`: removes what development left behind.

use super::migrations::{self, Target};
use super::{CommandCx, CommandError, store};
use catalog::Act;
use migrate::run::{self, Ledger};
use model::{AbsPath, RelPath, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

declare_command! {
    /// Removes what development left in `.specwright`: written previews, half-made and old backups.
    ///
    /// A backup that a way back needs stays, and so does every file that the ledger of the development
    /// database does not name: it may be of another environment. With `all` the development database
    /// goes too, with all its backups. Catalog, vault, checkpoints, migration specs and other databases
    /// are never touched. Without `yes` nothing is removed, and the output tells what would be.
    pub(super) static COMMAND = {
        name: "workspace.cleanup",
        alias: "cleanup",
        effect: Destructive,
        gate: Human,
        run: run,
    }
}

/// Younger backups stay: 30 days.
const KEEP_DAYS: u32 = 30;
const DAY_MS: i64 = 86_400_000;
/// Folders and files of `.specwright` that are written for the author to look at.
const PREVIEWS: [&str; 2] = ["plans", "context.md"];

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// The development database too, with all its rows and backups.
    pub all: bool,
    /// Backups younger than this many days stay; 30 when left out.
    pub keep_days: Option<u32>,
    /// Really do it.
    pub yes: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Whether it was done; `false` when `yes` was not given.
    pub done: bool,
    /// What is or would be removed.
    pub removed: Vec<FileData>,
    /// Backups that stay though they are old, or not known: with the reason.
    pub kept: Vec<FileData>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FileData {
    /// Below the workspace folder.
    pub file: String,
    pub n_bytes: u64,
    pub why: String,
}

/// Runs the command on typed data.
///
/// # Errors
/// When `.specwright` is a link, a file cannot be removed, or another process uses the database.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let root = store::root(cx)?;
    let folder = store::below(root, store::FOLDER);
    if std::fs::symlink_metadata(folder.as_path()).is_ok_and(|it| it.is_symlink()) {
        let error = CommandError::user(format!("clean `{folder}`: it is a link to another place"));
        return Err(error.hint("remove what is behind it by hand"));
    }
    let found = Found::look(cx, input)?;
    let (removed, kept) = (data(root, &found.removed), data(root, &found.kept));
    if !input.yes || removed.is_empty() {
        return Ok(Output { done: removed.is_empty(), removed, kept });
    }
    let names: Vec<&str> = removed.iter().map(|it| it.file.as_str()).collect();
    told(cx, &names, || found.remove(cx))?;
    Ok(Output { done: true, removed, kept })
}

/// A regular file, and why it goes or stays.
struct Entry {
    path: PathBuf,
    n_bytes: u64,
    why: String,
}

#[derive(Default)]
struct Found {
    removed: Vec<Entry>,
    kept: Vec<Entry>,
    /// Whether the development database is among what goes.
    database: Option<AbsPath>,
}

impl Found {
    fn look(cx: &CommandCx<'_>, input: &Input) -> Result<Self, CommandError> {
        let (root, target) = (store::root(cx)?, Target::new(cx, None)?);
        let mut out = Self::default();
        for name in PREVIEWS {
            let path = store::below(root, &format!("{}/{name}", store::FOLDER));
            out.take_all(path.as_path(), "a written preview");
        }
        if input.all && target.database.as_path().exists() {
            for it in database_files(&target.database) {
                out.take(&it, "the development database");
            }
            out.database = Some(target.database.clone());
        }
        out.backups(cx, input, &target)?;
        out.removed.sort_by(|a, b| a.path.cmp(&b.path));
        out.kept.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(out)
    }

    fn backups(
        &mut self,
        cx: &CommandCx<'_>,
        input: &Input,
        target: &Target,
    ) -> Result<(), CommandError> {
        // A ledger that cannot be read names nothing, and then every backup stays.
        let needed = run::needed_backups(target.database.as_path());
        let known = needed.and_then(|it| Ok((it, run::ledger(target.database.as_path())?)));
        let (needed, ledger) = known.unwrap_or_default();
        let needed: BTreeSet<PathBuf> = needed.into_iter().map(|it| PathBuf::from(it.1)).collect();
        let own = own_backups(&ledger);
        let Timestamp(now) = cx.system.now();
        let keep_ms = i64::from(input.keep_days.unwrap_or(KEEP_DAYS)) * DAY_MS;
        for path in files_of(target.backups.as_path()) {
            let ending = path.extension().and_then(|it| it.to_str());
            let is_own = own.contains(&path);
            let is_old = modified_ms(&path).is_some_and(|it| now - it > keep_ms);
            match ending {
                Some("partial") if is_old => self.take(&path, "a backup that was not finished"),
                Some("db") if is_own && input.all => {
                    self.take(&path, "a backup of the development database");
                }
                Some("db") if is_own && needed.contains(&path) && is_old => {
                    self.keep(&path, "a way back needs it");
                }
                Some("db") if is_own && is_old => self.take(&path, "an old backup"),
                Some("db") if !is_own => {
                    self.keep(&path, "the ledger of the development database does not name it");
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn take(&mut self, path: &Path, why: &str) {
        self.removed.extend(entry(path, why));
    }

    fn keep(&mut self, path: &Path, why: &str) {
        self.kept.extend(entry(path, why));
    }

    /// A file, or the files of a folder; links are not followed.
    fn take_all(&mut self, path: &Path, why: &str) {
        self.take(path, why);
        files_of(path).iter().for_each(|it| self.take(it, why));
    }

    fn remove(&self, cx: &CommandCx<'_>) -> Result<(), CommandError> {
        if let Some(database) = &self.database {
            let target = Target::new(cx, None)?;
            let removed = target.with_options(cx, |it| run::remove(database.as_path(), it));
            removed.map_err(|it| migrations::failure(&it))?;
        }
        for it in &self.removed {
            match std::fs::remove_file(&it.path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    let message = format!("remove `{}`: {error}", it.path.display());
                    return Err(CommandError::user(message).hint("check its permissions"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// A regular file; nothing else is ever removed.
fn entry(path: &Path, why: &str) -> Option<Entry> {
    let metadata = std::fs::symlink_metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    Some(Entry { path: path.to_owned(), n_bytes: metadata.len(), why: why.to_owned() })
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let is_folder = std::fs::symlink_metadata(folder).is_ok_and(|it| it.is_dir());
    let entries = std::fs::read_dir(folder).ok().filter(|_| is_folder);
    entries.into_iter().flatten().flatten().map(|it| it.path()).collect()
}

fn database_files(database: &AbsPath) -> Vec<PathBuf> {
    let file = |ending: &str| PathBuf::from(format!("{database}{ending}"));
    ["", "-wal", "-shm", "-journal"].map(file).to_vec()
}

fn modified_ms(path: &Path) -> Option<i64> {
    let modified = std::fs::metadata(path).ok()?.modified().ok()?;
    i64::try_from(modified.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

fn own_backups(ledger: &Ledger) -> BTreeSet<PathBuf> {
    ledger.entries.iter().filter_map(|it| it.backup.as_ref()).map(PathBuf::from).collect()
}

fn data(root: &AbsPath, entries: &[Entry]) -> Vec<FileData> {
    let below = |path: &Path| {
        let below: Option<RelPath> = AbsPath::new(path).and_then(|it| it.relative_to(root));
        below.map_or_else(|| path.display().to_string(), |it| it.as_str().to_owned())
    };
    let of =
        |it: &Entry| FileData { file: below(&it.path), n_bytes: it.n_bytes, why: it.why.clone() };
    entries.iter().map(of).collect()
}

/// Tells the catalog, where there is one: cleaning up makes none.
fn told(
    cx: &CommandCx<'_>,
    names: &[&str],
    act: impl FnOnce() -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let found = store::open(cx.system, store::root(cx)?).map_err(|it| store::refused(&it))?;
    let Some(catalog) = found else { return act() };
    let mut catalog = catalog.acting_as(&store::actor(cx));
    let mut record = Act {
        name: "workspace.cleanup".to_owned(),
        subject: store::FOLDER.to_owned(),
        detail: names.join(", "),
    };
    catalog.intend(&record).map_err(|it| store::failed(&it))?;
    let done = act();
    record.detail = if done.is_ok() { "removed" } else { "failed" }.to_owned();
    let concluded = catalog.conclude(&record);
    done?;
    concluded.map_err(|it| store::failed(&it))
}
