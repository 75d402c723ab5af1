//! What a restore would do, for people to read before they agree.

use crate::capture::{Now, State};
use crate::database::{self, Summary};
use crate::hunks;
use crate::manifest::{Content, Entry, Hash, Manifest, Node, Reason};
use crate::path::TreePath;
use crate::plan::{self, Kept, Plan, Selection};
use crate::restore::Restore;
#[cfg(unix)]
use crate::restore::{Prepared, TextChange};
use crate::store::{Change, Database, Record, Role};
use crate::{CheckpointError, Checkpoints, StoreError};
use catalog::StateDifference;
use std::fs;
use std::path::PathBuf;

/// More changed files than this are asked for twice.
pub const N_FILES_ASK: usize = 500;
/// Longer files are shown without their lines.
const DIFF_BYTES_MAX: usize = 1 << 20;

/// What happens to the files of a restore.
#[derive(Clone, Copy)]
pub(crate) enum Files<'a> {
    /// They become those of the target.
    Target,
    /// What led from the one checkpoint to the other is undone, and what came later stays.
    Between(&'a Record, &'a Record),
    /// They become what an editor has shown, and may have done in part.
    #[cfg(unix)]
    Shown(&'a Prepared),
}

impl<'a> Files<'a> {
    pub(crate) fn of(restore: &Restore<'a>) -> Self {
        restore.after.map_or(Self::Target, |after| Self::Between(restore.target, after))
    }
}

/// Whether so much has to be agreed to a second time.
pub(crate) fn asks_again(n_files: usize, is_head_moved: bool) -> bool {
    n_files > N_FILES_ASK || is_head_moved
}

/// What a restore would do.
#[derive(Debug, Clone)]
pub struct Preview {
    pub target: Record,
    pub files: Vec<FilePreview>,
    pub databases: Vec<DatabasePreview>,
    /// What stays as it is.
    pub kept: Vec<Kept>,
    /// What the target does not hold.
    pub uncaptured: Vec<(TreePath, Reason, u64)>,
    /// Commits made since, at most 1,000; files are restored, branches stay.
    pub n_commits_since: usize,
    pub is_head_moved: bool,
    /// Names what would be done; `None` when that is nothing.
    pub digest: Option<String>,
}

impl Preview {
    /// Whether a restore of this asks a second time.
    #[must_use]
    pub fn asks_again(&self) -> bool {
        asks_again(self.files.len(), self.is_head_moved)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileAct {
    Add,
    Change,
    Remove,
}

impl FileAct {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Change => "change",
            Self::Remove => "remove",
        }
    }
}

/// What would happen to a file, link or empty folder.
#[derive(Debug, Clone)]
pub struct FilePreview {
    pub path: TreePath,
    pub act: FileAct,
    /// What is not told by lines: `link`, `folder`, `binary`, `executable`.
    pub note: Option<&'static str>,
    /// Lines added and removed; `None` for what is no text.
    pub lines: Option<(usize, usize)>,
    pub n_hunks: usize,
    /// A unified diff.
    pub diff: Option<String>,
}

/// What would happen to a database.
#[derive(Debug, Clone)]
pub struct DatabasePreview {
    pub role: Role,
    pub path: TreePath,
    pub before: Summary,
    pub after: Summary,
}

type Result<T> = std::result::Result<T, CheckpointError>;

impl Checkpoints<'_> {
    /// Tells what [`Self::restore`] would do now. Whether and to what somebody agreed is not asked.
    ///
    /// # Errors
    /// When the folder, a database or the store cannot be read.
    pub fn preview(&self, restore: &Restore<'_>) -> Result<Preview> {
        let (store, target) = (self.store()?, restore.target);
        let now = self.look()?;
        let to =
            State { manifest: store.manifest(target)?, databases: store.databases(&target.id)? };
        let plan = self.plan_between(&now.state, &to, restore, Files::of(restore))?;
        let files: Result<Vec<FilePreview>> =
            plan.changes.iter().map(|it| self.file(it, &plan)).collect();
        let databases: Result<Vec<DatabasePreview>> =
            plan.databases.iter().map(|it| self.database(it.role, &it.path, it.hash)).collect();
        let (n_commits_since, is_head_moved) = self.since(restore.latest(), &now);
        let uncaptured = to.manifest.uncaptured();
        Ok(Preview {
            target: target.clone(),
            files: files?,
            databases: databases?,
            uncaptured: uncaptured.map(|(it, why, n)| (it.clone(), why, n)).collect(),
            n_commits_since,
            is_head_moved,
            digest: (!plan.is_empty()).then(|| plan.digest(target.id.as_str())),
            kept: plan.kept,
        })
    }

    fn since(&self, latest: &Record, now: &Now) -> (usize, bool) {
        let git = self.place.git.as_ref();
        let n = git.map_or(0, |it| it.n_commits(latest.head.commit, now.head.commit, 1_000));
        (n, latest.head != now.head)
    }

    /// The plan from one state to another.
    pub(crate) fn plan_between(
        &self,
        from: &State,
        to: &State,
        restore: &Restore<'_>,
        files: Files<'_>,
    ) -> Result<Plan> {
        let (selection, git) = (&restore.selection, self.place.git.as_ref());
        let mut plan = match files {
            Files::Target => plan::files(&from.manifest, &to.manifest, git, selection)?,
            Files::Between(before, after) => self.undo_plan(&from.manifest, before, after)?,
            #[cfg(unix)]
            Files::Shown(prepared) => prepared.plan_from(&from.manifest, git, selection)?,
        };
        for (path, chosen) in &selection.hunks {
            self.take_hunks(path, chosen, &mut plan)?;
        }
        let is_same_state = !selection.state || self.is_same_state(&to.databases, &mut plan)?;
        plan.databases = plan::databases(&from.databases, &to.databases, is_same_state, selection);
        Ok(plan)
    }

    /// Narrows the change of a file to some hunks.
    fn take_hunks(&self, path: &TreePath, chosen: &[usize], plan: &mut Plan) -> Result<()> {
        let unfit = || CheckpointError::Hunks { path: path.to_string() };
        let index = plan.changes.iter().position(|it| it.path == *path).ok_or_else(unfit)?;
        let change = &plan.changes[index];
        let (Node::File { content: old, mode }, Node::File { content: new, .. }) =
            (&change.before, &change.after)
        else {
            return Err(unfit());
        };
        let (old, new) = (self.bytes(path, old, plan)?, self.bytes(path, new, plan)?);
        let text = hunks::take(&old, &new, chosen).ok_or_else(unfit)?;
        let after = self.made(text, *mode, plan);
        plan.changes[index].after = after;
        Ok(())
    }

    /// A file of bytes that no checkpoint has; the plan carries them.
    fn made(&self, bytes: Vec<u8>, mode: u32, plan: &mut Plan) -> Node {
        let content = crate::scan::content_of(&bytes, self.place.git.is_some());
        plan.made.extend(content.hash.map(|it| (it, bytes)));
        Node::File { content, mode }
    }

    /// What undoes the changes from `before` to `after` in the state `from`.
    fn undo_plan(&self, from: &Manifest, before: &Record, after: &Record) -> Result<Plan> {
        let (store, git) = (self.store()?, self.place.git.as_ref());
        let (a, b) = (store.manifest(before)?, store.manifest(after)?);
        let all = Selection { code: true, ..Selection::default() };
        let recorded = plan::files(&b, &a, git, &all)?;
        let mut out = Plan { kept: recorded.kept, ..Plan::default() };
        for change in recorded.changes {
            let Some(now) = plan::node(from, git, &change.path)? else {
                let why = "is not captured as it is now".to_owned();
                out.kept.push(Kept { path: change.path, why });
                continue;
            };
            if now.is_same(&change.after) {
                continue;
            }
            if now.is_same(&change.before) {
                out.changes.push(Change { before: now, ..change });
                continue;
            }
            let path = change.path.clone();
            let (after, n_left) = match self.merged(&change, &now, &mut out)? {
                Some(it) => it,
                None => (now.clone(), 1),
            };
            if n_left > 0 {
                let why = match after.is_same(&now) {
                    true => "was edited since, and stays".to_owned(),
                    false => format!("keeps {n_left} of the changes: they were edited since"),
                };
                out.kept.push(Kept { path: path.clone(), why });
            }
            if !after.is_same(&now) {
                out.changes.push(Change { path, before: now, after });
            }
        }
        Ok(out)
    }

    /// A file with the recorded change undone by hunks, and how many stay; `None` for what is no
    /// text on all sides.
    fn merged(
        &self,
        recorded: &Change,
        now: &Node,
        plan: &mut Plan,
    ) -> Result<Option<(Node, usize)>> {
        let (
            Node::File { content: left, .. },
            Node::File { content: first, .. },
            Node::File { content: current, mode },
        ) = (&recorded.before, &recorded.after, now)
        else {
            return Ok(None);
        };
        let path = &recorded.path;
        let left = self.bytes(path, left, plan)?;
        let (first, current) = (self.bytes(path, first, plan)?, self.bytes(path, current, plan)?);
        let Some(done) = hunks::undo(&first, &left, &current) else { return Ok(None) };
        let mode = *mode;
        Ok(Some((self.made(done.text, mode, plan), done.n_left)))
    }

    fn is_same_state(&self, then: &[Database], plan: &mut Plan) -> Result<bool> {
        let Some((it, hash)) =
            then.iter().find_map(|it| (it.role == Role::Catalog).then_some(it).zip(it.hash))
        else {
            return Ok(true);
        };
        let live = it.path.below(&self.place.root);
        let copy = self.copied(hash)?;
        match crate::state::compare(&live, &copy.0)? {
            StateDifference::Same => Ok(true),
            StateDifference::Differs => Ok(false),
            StateDifference::Foreign => {
                let why = "stays: the checkpoint is of another catalog".to_owned();
                plan.kept.push(Kept { path: it.path.clone(), why });
                Ok(true)
            }
        }
    }

    /// A database of the store as a file, for as long as the value lives.
    fn copied(&self, hash: Hash) -> Result<Copy> {
        let name = format!("read-{:x}.db", self.place.system.random());
        let copy = Copy(self.place.folder.join(name));
        let failed = || StoreError::file("write", &copy.0);
        let mut file = crate::store::private_file(&copy.0).map_err(failed())?;
        self.store()?.copy_blob(hash, &mut file)?;
        Ok(copy)
    }

    fn database(&self, role: Role, path: &TreePath, hash: Option<Hash>) -> Result<DatabasePreview> {
        let before = database::summary(&path.below(&self.place.root))?;
        let after = match hash {
            Some(hash) => database::summary(&self.copied(hash)?.0)?,
            None => Summary::default(),
        };
        Ok(DatabasePreview { role, path: path.clone(), before, after })
    }

    /// The bytes of a file: as made for the plan, from the store, from git, or from the folder.
    fn bytes(&self, path: &TreePath, content: &Content, plan: &Plan) -> Result<Vec<u8>> {
        let store = self.store()?;
        if let Some(hash) = content.hash {
            if let Some((_, bytes)) = plan.made.iter().find(|(it, _)| *it == hash) {
                return Ok(bytes.clone());
            }
            if store.has_blob(hash)? {
                return Ok(store.blob(hash)?);
            }
        } else if let (Some(git), Some(oid)) = (&self.place.git, content.oid) {
            return Ok(git.read(oid)?);
        }
        let file = path.below(&self.place.root);
        let bytes = fs::read(&file).map_err(StoreError::file("read", &file))?;
        let found = crate::scan::content_of(&bytes, self.place.git.is_some());
        if !found.is_same(content) {
            let what = format!("`{path}` as it was looked at");
            return Err(StoreError::Missing { what }.into());
        }
        Ok(bytes)
    }

    fn file(&self, change: &Change, plan: &Plan) -> Result<FilePreview> {
        let path = change.path.clone();
        let act = match (change.before.is_present(), change.after.is_present()) {
            (false, _) => FileAct::Add,
            (_, false) => FileAct::Remove,
            _ => FileAct::Change,
        };
        let side = |node: &Node| self.side(&path, node, plan);
        let (old, new) = (side(&change.before)?, side(&change.after)?);
        let note = match (&change.before, &change.after) {
            (Node::Link { .. }, _) | (_, Node::Link { .. }) => Some("link"),
            (Node::Dir, _) | (_, Node::Dir) => Some("folder"),
            _ if old == new => Some("executable"),
            _ => None,
        };
        let mut out = FilePreview { path, act, note, lines: None, n_hunks: 0, diff: None };
        let (Some(old), Some(new)) = (old, new) else { return Ok(out) };
        let is_long = old.len().max(new.len()) > DIFF_BYTES_MAX;
        let texts = std::str::from_utf8(&old).ok().zip(std::str::from_utf8(&new).ok());
        match (hunks::lines(&old), hunks::lines(&new), texts) {
            (Some(one), Some(other), Some((old, new))) if !is_long => {
                let all = hunks::hunks(&one, &other);
                let sum = |it: fn(&hunks::Hunk) -> usize| all.iter().map(it).sum();
                out.lines = Some((sum(|it| it.new.len()), sum(|it| it.old.len())));
                out.n_hunks = all.len();
                let name = out.path.to_string();
                let diff = similar::TextDiff::from_lines(old, new);
                let diff = diff
                    .unified_diff()
                    .header(&format!("a/{name}"), &format!("b/{name}"))
                    .to_string();
                out.diff = (!diff.is_empty()).then_some(diff);
            }
            _ => out.note = Some("binary"),
        }
        Ok(out)
    }

    /// The bytes of one side of a change, none of what is absent; `None` for what is no file.
    fn side(&self, path: &TreePath, node: &Node, plan: &Plan) -> Result<Option<Vec<u8>>> {
        match node {
            Node::File { content, .. } => self.bytes(path, content, plan).map(Some),
            Node::Absent => Ok(Some(Vec::new())),
            _ => Ok(None),
        }
    }

    /// A change as two texts; `None` where it is not one of lines alone.
    #[cfg(unix)]
    pub(crate) fn text_change(&self, change: &Change, plan: &Plan) -> Result<Option<TextChange>> {
        let side = |node: &Node| -> Result<Option<Option<String>>> {
            let Some(bytes) = self.side(&change.path, node, plan)? else { return Ok(None) };
            let is_short = bytes.len() <= DIFF_BYTES_MAX && hunks::lines(&bytes).is_some();
            let text = String::from_utf8(bytes).ok().filter(|_| is_short);
            Ok(text.map(|it| node.is_present().then_some(it)))
        };
        let (Some(before), Some(after)) = (side(&change.before)?, side(&change.after)?) else {
            return Ok(None);
        };
        let path = change.path.clone();
        Ok((before != after).then_some(TextChange { path, before, after }))
    }

    /// What a checkpoint holds at a path: the bytes of a file or the target of a link.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn content(&self, record: &Record, path: &TreePath) -> Result<Option<Vec<u8>>> {
        let manifest = self.store()?.manifest(record)?;
        match plan::node(&manifest, self.place.git.as_ref(), path)? {
            Some(Node::File { content, .. }) => {
                self.bytes(path, &content, &Plan::default()).map(Some)
            }
            Some(Node::Link { target }) => Ok(Some(target)),
            _ => Ok(None),
        }
    }

    /// What a checkpoint holds where it differs from its base.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn entries(&self, record: &Record) -> Result<Vec<(TreePath, Entry)>> {
        Ok(self.store()?.manifest(record)?.entries.into_iter().collect())
    }

    /// The databases of a checkpoint, with what is in them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn databases(&self, record: &Record) -> Result<Vec<(Database, Summary)>> {
        let all = self.store()?.databases(&record.id)?;
        let summary = |it: &Database| match it.hash {
            Some(hash) => Ok(database::summary(&self.copied(hash)?.0)?),
            None => Ok(Summary::default()),
        };
        all.into_iter().map(|it| summary(&it).map(|found| (it, found))).collect()
    }

    /// What changed from one checkpoint to another.
    ///
    /// # Errors
    /// When the store or the base cannot be read.
    pub fn diff(&self, from: &Record, to: &Record) -> Result<Vec<FilePreview>> {
        let store = self.store()?;
        let (one, other) = (store.manifest(from)?, store.manifest(to)?);
        let all = Selection { code: true, ..Selection::default() };
        let plan = plan::files(&one, &other, self.place.git.as_ref(), &all)?;
        plan.changes.iter().map(|it| self.file(it, &plan)).collect()
    }
}

/// A file that is removed when nobody looks at it any more, with what SQLite put beside it.
struct Copy(PathBuf);

impl Drop for Copy {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm", "-journal"] {
            let mut name = self.0.as_os_str().to_owned();
            name.push(ending);
            let _ = fs::remove_file(PathBuf::from(name));
        }
    }
}
