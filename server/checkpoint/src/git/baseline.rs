use super::{Git, GitError, Oid, Result, id, oid};
use crate::manifest::{Content, Node};
use crate::path::TreePath;
use crate::stat::Stat;
use gix::ObjectId;
use gix::index::entry::{Flags, Mode, Stage};
use gix::objs::tree::EntryKind;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// What git knows of the folder: its index, and where that differs from the head.
#[derive(Default)]
pub(crate) struct Baseline {
    pub(crate) tracked: Vec<Tracked>,
    by_path: FxHashMap<Box<[u8]>, u32>,
    /// Folders with something tracked in them.
    folders: FxHashSet<Box<[u8]>>,
    /// In the head and not in the index.
    pub(crate) head_only: BTreeMap<TreePath, (Kind, Oid)>,
}

/// A path of the index.
pub(crate) struct Tracked {
    pub(crate) path: TreePath,
    pub(crate) kind: Kind,
    pub(crate) oid: Oid,
    /// What the file looked like when git compared it; `None` when that is not to be trusted.
    pub(crate) stat: Option<IndexStat>,
    /// What the head has here.
    pub(crate) head: Option<(Kind, Oid)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Executable,
    Link,
    Repository,
}

/// The part of a file's properties that an index keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IndexStat {
    n_bytes: u32,
    mtime: (u32, u32),
    ctime: (u32, u32),
    inode: u32,
}

impl IndexStat {
    #[expect(clippy::cast_possible_truncation, reason = "an index keeps the low half")]
    fn of(stat: &Stat) -> Self {
        let time =
            |ns: i64| (ns.div_euclid(1_000_000_000) as u32, ns.rem_euclid(1_000_000_000) as u32);
        Self {
            n_bytes: stat.n_bytes as u32,
            mtime: time(stat.mtime_ns),
            ctime: time(stat.ctime_ns),
            inode: stat.inode as u32,
        }
    }
}

impl Tracked {
    /// Whether the file is as it was when git read it.
    pub(crate) fn is_unchanged(&self, stat: &Stat) -> bool {
        // Empty entries are what an intent to add leaves, and what a smudged stat looks like.
        let is_file = matches!(self.kind, Kind::File | Kind::Executable) == !stat.is_link;
        is_file && self.stat == Some(IndexStat::of(stat))
    }
}

impl Baseline {
    pub(crate) fn find(&self, path: &[u8]) -> Option<usize> {
        self.by_path.get(path).map(|it| *it as usize)
    }

    pub(crate) fn has_folder(&self, path: &[u8]) -> bool {
        self.folders.contains(path)
    }

    fn push(&mut self, tracked: Tracked) {
        let mut end = tracked.path.as_bytes().len();
        let bytes = tracked.path.as_bytes();
        while let Some(at) = bytes[..end].iter().rposition(|it| *it == b'/') {
            if !self.folders.insert(bytes[..at].into()) {
                break;
            }
            end = at;
        }
        let index = u32::try_from(self.tracked.len()).expect("an index has fewer entries");
        self.by_path.insert(bytes.into(), index);
        self.tracked.push(tracked);
    }
}

impl Kind {
    fn of_index(mode: Mode) -> Self {
        match mode {
            Mode::FILE_EXECUTABLE => Self::Executable,
            Mode::SYMLINK => Self::Link,
            Mode::COMMIT | Mode::DIR => Self::Repository,
            _ => Self::File,
        }
    }

    fn of_entry(mode: gix::objs::tree::EntryMode) -> Self {
        match mode.kind() {
            EntryKind::BlobExecutable => Self::Executable,
            EntryKind::Link => Self::Link,
            EntryKind::Commit | EntryKind::Tree => Self::Repository,
            EntryKind::Blob => Self::File,
        }
    }

    pub(crate) fn of_tree(self) -> EntryKind {
        match self {
            Self::File => EntryKind::Blob,
            Self::Executable => EntryKind::BlobExecutable,
            Self::Link => EntryKind::Link,
            Self::Repository => EntryKind::Commit,
        }
    }

    /// The node that this kind with these bytes is; links need their target from the blob.
    pub(crate) fn is_node(self, oid: Oid, node: &Node) -> bool {
        let has = |content: &Content| content.oid == Some(oid);
        match (self, node) {
            (Self::File, Node::File { content, mode }) => {
                has(content) && !crate::manifest::is_executable(*mode)
            }
            (Self::Executable, Node::File { content, mode }) => {
                has(content) && crate::manifest::is_executable(*mode)
            }
            (Self::Link, Node::Link { target }) => super::blob_id(target) == Some(oid),
            (Self::Repository, Node::Dir) => true,
            _ => false,
        }
    }
}

impl Git {
    /// Reads the index, and compares it with `commit` (the head) folder by folder; folders whose
    /// tree the index knows to be that of the head are not opened.
    pub(crate) fn baseline(&self, commit: Option<Oid>) -> Result<Baseline> {
        let attempt = "read git's index";
        let file = if self.repo.index_path().exists() {
            Some(self.repo.open_index().map_err(GitError::new(attempt))?)
        } else {
            None
        };
        let tree = match commit {
            Some(it) => {
                let found = self.repo.find_commit(id(it)).map_err(GitError::new("read HEAD"))?;
                Some(found.tree_id().map_err(GitError::new("read HEAD"))?.detach())
            }
            None => None,
        };
        let mut out = Baseline::default();
        let Some(index) = file else {
            if let Some(tree) = self.folder(tree)? {
                self.head_only(&mut Vec::new(), tree, &mut out)?;
            }
            return Ok(out);
        };
        let stamp = index.timestamp();
        let entries = match self.prefix.is_empty() {
            true => index.entries(),
            false => index.prefixed_entries(self.prefix.as_slice().into()).unwrap_or_default(),
        };
        for entry in entries {
            let full = entry.path(&index);
            let Some(path) = TreePath::new(&full[self.prefix.len()..]) else { continue };
            let is_plain = entry.stage() == Stage::Unconflicted
                && !entry.flags.contains(Flags::INTENT_TO_ADD)
                && !entry.stat.is_racy(stamp, gix::index::entry::stat::Options::default());
            if entry.stage() != Stage::Unconflicted && out.find(path.as_bytes()).is_some() {
                continue;
            }
            if entry.mode == Mode::DIR {
                // A folder that a sparse checkout leaves out.
                continue;
            }
            let (stat, kind) = (entry.stat, Kind::of_index(entry.mode));
            let stat = IndexStat {
                n_bytes: stat.size,
                mtime: (stat.mtime.secs, stat.mtime.nsecs),
                ctime: (stat.ctime.secs, stat.ctime.nsecs),
                inode: stat.ino,
            };
            let oid = oid(entry.id);
            let head = Some((kind, oid));
            out.push(Tracked { path, kind, oid, stat: is_plain.then_some(stat), head });
        }
        // With a sparse index the tree holds what the entries do not.
        let cache = index.tree().filter(|_| !index.is_sparse());
        let cache = cache.and_then(|it| cached(it, &self.prefix));
        self.against_head(&mut Vec::new(), self.folder(tree)?, cache, &mut out)?;
        Ok(out)
    }

    /// The tree of the workspace folder.
    fn folder(&self, tree: Option<ObjectId>) -> Result<Option<ObjectId>> {
        let Some(tree) = tree else { return Ok(None) };
        if self.prefix.is_empty() {
            return Ok(Some(tree));
        }
        let found = self.entry(tree, &self.prefix[..self.prefix.len() - 1])?;
        Ok(found.filter(|it| it.0.is_tree()).map(|(_, it)| it))
    }

    /// Corrects `head` of what is tracked below `folder`, where the head has something else.
    fn against_head(
        &self,
        folder: &mut Vec<u8>,
        tree: Option<ObjectId>,
        cache: Option<&gix::index::extension::Tree>,
        out: &mut Baseline,
    ) -> Result<()> {
        let is_known = |it: &&gix::index::extension::Tree| it.num_entries.is_some();
        if tree.is_some() && cache.filter(is_known).map(|it| it.id) == tree {
            return Ok(());
        }
        let heads = self.entries(tree)?;
        let below: Vec<usize> = direct(out, folder);
        for index in below {
            let name = out.tracked[index].path.file_name();
            let head = heads.get(name).filter(|(mode, _)| !mode.is_tree());
            out.tracked[index].head = head.map(|(mode, it)| (Kind::of_entry(*mode), oid(*it)));
        }
        let n_bytes = folder.len();
        for (name, (mode, object)) in &heads {
            folder.extend(name);
            if mode.is_tree() {
                let child =
                    cache.and_then(|it| it.children.iter().find(|it| it.name[..] == name[..]));
                let is_tracked = out.has_folder(folder);
                folder.push(b'/');
                if is_tracked {
                    self.against_head(folder, Some(*object), child, out)?;
                } else {
                    self.head_only(folder, *object, out)?;
                }
            } else if out.find(folder).is_none()
                && let Some(path) = TreePath::new(folder)
            {
                out.head_only.insert(path, (Kind::of_entry(*mode), oid(*object)));
            }
            folder.truncate(n_bytes);
        }
        // Folders that only the index has.
        let is_new = |it: &[u8]| heads.get(it).is_none_or(|(mode, _)| !mode.is_tree());
        let news: Vec<Box<[u8]>> = out
            .folders
            .iter()
            .filter(|it| {
                let rest = it.strip_prefix(folder.as_slice());
                rest.is_some_and(|it| !it.contains(&b'/') && is_new(it))
            })
            .cloned()
            .collect();
        for it in news {
            let mut prefix = it.to_vec();
            prefix.push(b'/');
            for tracked in &mut out.tracked {
                if tracked.path.as_bytes().starts_with(&prefix) {
                    tracked.head = None;
                }
            }
        }
        Ok(())
    }

    /// Notes everything of a tree that the index has nothing of.
    fn head_only(&self, folder: &mut Vec<u8>, tree: ObjectId, out: &mut Baseline) -> Result<()> {
        let n_bytes = folder.len();
        for (name, (mode, object)) in self.entries(Some(tree))? {
            folder.extend(&name);
            if mode.is_tree() {
                folder.push(b'/');
                self.head_only(folder, object, out)?;
            } else if let Some(path) = TreePath::new(folder) {
                out.head_only.insert(path, (Kind::of_entry(mode), oid(object)));
            }
            folder.truncate(n_bytes);
        }
        Ok(())
    }
}

/// Indices of what is tracked right in `folder` (empty, or ending in `/`).
fn direct(baseline: &Baseline, folder: &[u8]) -> Vec<usize> {
    // The index is sorted by bytes, so what is below a folder lies together.
    let start = baseline.tracked.partition_point(|it| it.path.as_bytes() < folder);
    let below = baseline.tracked[start..].iter().enumerate();
    below
        .take_while(|(_, it)| it.path.as_bytes().starts_with(folder))
        .filter(|(_, it)| !it.path.as_bytes()[folder.len()..].contains(&b'/'))
        .map(|(at, _)| start + at)
        .collect()
}

/// The index's record of the workspace folder's tree.
fn cached<'a>(
    tree: &'a gix::index::extension::Tree,
    prefix: &[u8],
) -> Option<&'a gix::index::extension::Tree> {
    let mut at = tree;
    for part in prefix.split(|it| *it == b'/').filter(|it| !it.is_empty()) {
        at = at.children.iter().find(|it| it.name[..] == *part)?;
    }
    Some(at)
}
