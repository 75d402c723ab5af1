//! What is read of git, and the one thing that is written: refs that keep the user's own commits.
//!
//! Everything goes through the library: no process, no hook, no filter and no variable of the
//! environment takes part. The index is read and never written.

mod baseline;

pub(crate) use crate::git::baseline::{Baseline, Child, Kind};

use crate::manifest::{Base, Content, Node, Oid};
use crate::path::{TreePath, bytes_of};
use gix::ObjectId;
use gix::bstr::{BString, ByteSlice as _};
use gix::objs::tree::EntryMode;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The refs that keep base commits alive; each is named by its commit.
pub const PINS: &str = "refs/specwright/base/";

/// A fault of the repository, in the library's words.
#[derive(Debug, thiserror::Error)]
#[error("{attempt}: {detail}")]
pub struct GitError {
    attempt: String,
    detail: String,
    /// What the user can do.
    hint: &'static str,
}

impl GitError {
    fn new(attempt: impl Into<String>) -> impl FnOnce(gix::Error) -> Self {
        move |error| Self::of(&attempt.into(), error.to_string())
    }

    fn of(attempt: &str, detail: impl Into<String>) -> Self {
        let hint = "check the permissions and the free space";
        Self { attempt: attempt.to_owned(), detail: detail.into(), hint }
    }

    /// What the user can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        self.hint
    }
}

type Result<T> = std::result::Result<T, GitError>;

/// A path of a commit with the file that stands there from now on; `None` when it goes.
pub(crate) type TreeChange = (TreePath, Option<(Kind, Vec<u8>)>);

/// The repository that a workspace folder lies in.
pub(crate) struct Git {
    repo: gix::Repository,
    /// The folder's place in the worktree: empty, or `some/folder/`.
    prefix: Vec<u8>,
    /// The folder that was looked into last: the next path often lies there too.
    last: RefCell<Option<LastFolder>>,
}

/// A folder of a tree, with what is right in it.
struct LastFolder {
    tree: ObjectId,
    path: Option<TreePath>,
    entries: Entries,
}

type Entries = BTreeMap<Vec<u8>, (EntryMode, ObjectId)>;

/// Where the repository stood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    pub commit: Option<Oid>,
    /// `refs/heads/main`; `None` when detached.
    pub name: Option<String>,
}

impl Git {
    /// The repository around `root`; `None` when there is none that can be read.
    pub(crate) fn discover(root: &Path) -> Option<Self> {
        let mut repo = gix::discover(root).ok()?;
        repo.object_cache_size_if_unset(4 << 20);
        let worktree = repo.workdir()?.canonicalize().ok()?;
        let below = root.canonicalize().ok()?;
        let below = below.strip_prefix(&worktree).ok()?;
        let mut prefix = Vec::new();
        for part in below.iter() {
            prefix.extend(bytes_of(part));
            prefix.push(b'/');
        }
        Some(Self { repo, prefix, last: RefCell::new(None) })
    }

    /// The folder that all worktrees of the repository share.
    pub(crate) fn common_dir(&self) -> PathBuf {
        let path = self.repo.common_dir();
        path.canonicalize().unwrap_or_else(|_| path.to_owned())
    }

    pub(crate) fn worktree(&self) -> &Path {
        self.repo.workdir().unwrap_or_else(|| self.repo.git_dir())
    }

    pub(crate) fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    pub(crate) fn head(&self) -> Result<Head> {
        let head = self.repo.head().map_err(GitError::new("read HEAD"))?;
        let name = head.referent_name().map(|it| it.as_bstr().to_string());
        let commit = head.id().map(|it| oid(it.detach()));
        // A tag may stand between; only commits are bases.
        let commit = commit.filter(|it| self.repo.find_commit(id(*it)).is_ok());
        Ok(Head { commit, name })
    }

    /// The base that `commit` makes for this folder.
    pub(crate) fn base(&self, commit: Oid) -> Result<Base> {
        let attempt = || format!("read the commit {commit}");
        let found = self.repo.find_commit(id(commit)).map_err(GitError::new(attempt()))?;
        let tree = found.tree_id().map_err(GitError::new(attempt()))?.detach();
        if self.prefix.is_empty() {
            return Ok(Base { commit, tree: Some(oid(tree)) });
        }
        let folder = &self.prefix[..self.prefix.len() - 1];
        let below = self.entry(tree, folder)?.filter(|it| it.0.is_tree());
        Ok(Base { commit, tree: below.map(|(_, it)| oid(it)) })
    }

    fn entry(&self, tree: ObjectId, path: &[u8]) -> Result<Option<(EntryMode, ObjectId)>> {
        let attempt = || format!("read the tree {tree}");
        let tree = self.repo.find_tree(tree).map_err(GitError::new(attempt()))?;
        let parts = path.split(|it| *it == b'/').map(BString::from);
        let found = tree.lookup_entry(parts).map_err(GitError::new(attempt()))?;
        Ok(found.map(|it| (it.mode(), it.object_id())))
    }

    /// What the base has at `path`; folders with something in them are [`Node::Absent`], like those
    /// of a manifest.
    pub(crate) fn node(&self, base: &Base, path: &TreePath) -> Result<Node> {
        let Some(tree) = base.tree.map(id) else { return Ok(Node::Absent) };
        let parent = path.parent();
        let is_last = |it: &LastFolder| it.tree == tree && it.path == parent;
        let mut last = self.last.borrow_mut();
        if !last.as_ref().is_some_and(is_last) {
            let folder = match &parent {
                Some(parent) => {
                    let found = self.entry(tree, parent.as_bytes())?;
                    found.filter(|it| it.0.is_tree()).map(|it| it.1)
                }
                None => Some(tree),
            };
            let entries = self.entries(folder)?;
            *last = Some(LastFolder { tree, path: parent, entries });
        }
        let found = last.as_ref().and_then(|it| it.entries.get(path.file_name()));
        found.map_or(Ok(Node::Absent), |(mode, object)| self.node_of(*mode, *object))
    }

    fn node_of(&self, mode: EntryMode, object: ObjectId) -> Result<Node> {
        if mode.is_tree() {
            return Ok(Node::Absent);
        }
        if mode.is_commit() {
            return Ok(Node::Dir);
        }
        if mode.is_link() {
            return Ok(Node::Link { target: self.read(oid(object))? });
        }
        let content = Content { hash: None, oid: Some(oid(object)), n_bytes: 0 };
        let mode = if mode.is_executable() { 0o755 } else { 0o644 };
        Ok(Node::File { content, mode })
    }

    /// Calls `hear` with each path at which two bases differ.
    pub(crate) fn differences(
        &self,
        one: Option<Oid>,
        other: Option<Oid>,
        hear: &mut dyn FnMut(Vec<u8>),
    ) -> Result<()> {
        self.compare(&mut Vec::new(), one.map(id), other.map(id), hear)
    }

    fn compare(
        &self,
        prefix: &mut Vec<u8>,
        one: Option<ObjectId>,
        other: Option<ObjectId>,
        hear: &mut dyn FnMut(Vec<u8>),
    ) -> Result<()> {
        if one == other {
            return Ok(());
        }
        let (ones, others) = (self.entries(one)?, self.entries(other)?);
        let names: std::collections::BTreeSet<&Vec<u8>> =
            ones.keys().chain(others.keys()).collect();
        for name in names {
            let (one, other) = (ones.get(name), others.get(name));
            if one == other {
                continue;
            }
            let n_bytes = prefix.len();
            prefix.extend(name);
            let is_leaf = |it: Option<&(EntryMode, ObjectId)>| it.is_some_and(|it| !it.0.is_tree());
            if is_leaf(one) || is_leaf(other) {
                hear(prefix.clone());
            }
            let tree = |it: Option<&(EntryMode, ObjectId)>| {
                it.filter(|it| it.0.is_tree()).map(|(_, object)| *object)
            };
            let (one, other) = (tree(one), tree(other));
            prefix.push(b'/');
            self.compare(prefix, one, other, hear)?;
            prefix.truncate(n_bytes);
        }
        Ok(())
    }

    fn entries(&self, tree: Option<ObjectId>) -> Result<Entries> {
        let Some(tree) = tree else { return Ok(Entries::new()) };
        let attempt = || format!("read the tree {tree}");
        let found = self.repo.find_tree(tree).map_err(GitError::new(attempt()))?;
        let decoded = found.decode().map_err(GitError::new(attempt()))?;
        let entry = |it: &gix::objs::tree::EntryRef<'_>| {
            (it.filename.to_vec(), (it.mode, it.oid.to_owned()))
        };
        Ok(decoded.entries.iter().map(entry).collect())
    }

    /// The bytes of a blob.
    pub(crate) fn read(&self, blob: Oid) -> Result<Vec<u8>> {
        let found = self.repo.find_object(id(blob));
        let found = found.map_err(GitError::new(format!("read the blob {blob}")))?;
        Ok(found.detach().data)
    }

    /// How many commits `to` has that `from` has not, at most `max`.
    pub(crate) fn n_commits(&self, from: Option<Oid>, to: Option<Oid>, max: usize) -> usize {
        let Some(to) = to else { return 0 };
        let walk = self.repo.rev_walk([id(to)]).with_hidden(from.map(id));
        walk.all().map_or(0, |it| it.take(max).filter(std::result::Result::is_ok).count())
    }

    /// Keeps a commit of the user from being collected.
    pub(crate) fn pin(&self, commit: Oid) -> Result<()> {
        use gix::refs::transaction::PreviousValue;
        let name = format!("{PINS}{commit}");
        if self.repo.try_find_reference(name.as_str()).ok().flatten().is_some() {
            return Ok(());
        }
        let made = self.repo.reference(name.as_str(), id(commit), PreviousValue::Any, "");
        made.map(drop).map_err(GitError::new(format!("make the ref {name}")))
    }

    pub(crate) fn unpin(&self, commit: Oid) -> Result<()> {
        let name = format!("{PINS}{commit}");
        let failed = || GitError::new(format!("delete the ref {name}"));
        match self.repo.try_find_reference(name.as_str()).map_err(failed())? {
            Some(found) => found.delete().map_err(failed()),
            None => Ok(()),
        }
    }

    /// The commits that are pinned.
    pub(crate) fn pinned(&self) -> Result<Vec<Oid>> {
        let failed = || GitError::new(format!("list the refs below {PINS}"));
        let platform = self.repo.references().map_err(failed())?;
        let all = platform.prefixed(PINS).map_err(failed())?;
        let name = |it: &gix::Reference<'_>| {
            let name = it.name().as_bstr().strip_prefix(PINS.as_bytes())?;
            ObjectId::from_hex(name).ok().map(oid)
        };
        Ok(all.flatten().filter_map(|it| name(&it)).collect())
    }

    /// Whether the file system keeps executable bits.
    pub(crate) fn trusts_modes(&self) -> bool {
        self.repo.config_snapshot().boolean("core.fileMode").unwrap_or(true)
    }

    /// Whether checkouts may write other bytes than those of the blob, whatever the attributes say.
    pub(crate) fn converts_all(&self) -> bool {
        let config = self.repo.config_snapshot();
        let crlf = config.string("core.autocrlf");
        crlf.is_some_and(|it| !it.eq_ignore_ascii_case(b"false"))
            || config.string("core.attributesFile").is_some()
    }

    /// `info/exclude` and `info/attributes` of the repository.
    pub(crate) fn info(&self, name: &str) -> PathBuf {
        self.repo.common_dir().join("info").join(name)
    }

    /// Writes a commit over the base, with `changes` to its tree, and a branch that must be new.
    pub(crate) fn commit(
        &self,
        base: Option<Base>,
        changes: &mut dyn Iterator<Item = Result<TreeChange>>,
        (branch, message): (&str, &str),
    ) -> Result<Oid> {
        use gix::refs::transaction::PreviousValue;
        let attempt = || format!("write the branch {branch}");
        let failed = || GitError::new(attempt());
        let name = format!("refs/heads/{branch}");
        let is_taken = self.repo.try_find_reference(name.as_str()).map_err(failed())?.is_some();
        if is_taken {
            let hint = "give a name that no branch has";
            let taken = GitError::of(&attempt(), "there is a branch of that name");
            return Err(GitError { hint, ..taken });
        }
        if self.repo.author().is_none() || self.repo.committer().is_none() {
            let hint = "set `git config user.name` and `git config user.email`";
            let unknown = GitError::of(&attempt(), "git does not know who commits");
            return Err(GitError { hint, ..unknown });
        }
        let parent = base.map(|it| id(it.commit));
        let tree = match parent {
            Some(it) => {
                let commit = self.repo.find_commit(it).map_err(failed())?;
                commit.tree_id().map_err(failed())?.detach()
            }
            None => self.repo.empty_tree().id().detach(),
        };
        let mut editor = self.repo.edit_tree(tree).map_err(failed())?;
        for change in changes {
            let (path, content) = change?;
            let full = [self.prefix.as_slice(), path.as_bytes()].concat();
            let full = full.as_bstr();
            match content {
                Some((kind, bytes)) => {
                    let blob = self.repo.write_blob(bytes).map_err(failed())?.detach();
                    editor.upsert(full, kind.of_tree(), blob).map_err(failed())?;
                }
                None => drop(editor.remove(full).map_err(failed())?),
            }
        }
        let tree = editor.write().map_err(failed())?.detach();
        let commit = self.repo.new_commit(message, tree, parent).map_err(failed())?;
        let commit = commit.id().detach();
        let made = self.repo.reference(name.as_str(), commit, PreviousValue::MustNotExist, "");
        made.map_err(failed())?;
        Ok(oid(commit))
    }
}

/// Where the head of a repository inside the folder is.
pub(crate) fn head_of(folder: &Path) -> Option<String> {
    let repo = gix::open(folder).ok()?;
    repo.head_id().ok().map(|it| it.to_string())
}

/// The name that git gives to a blob of these bytes.
pub(crate) fn blob_id(bytes: &[u8]) -> Option<Oid> {
    let id = gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, bytes).ok()?;
    Some(oid(id))
}

fn oid(id: ObjectId) -> Oid {
    let mut out = [0; 20];
    out.copy_from_slice(&id.as_slice()[..20]);
    Oid(out)
}

fn id(oid: Oid) -> ObjectId {
    ObjectId::from_bytes_or_panic(&oid.0)
}
