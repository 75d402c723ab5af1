use super::{Git, GitError, Oid, Result, id, oid};
use crate::manifest::{Content, Node};
use crate::path::TreePath;
use crate::stat::Stat;
use gix::ObjectId;
use gix::index::Entry;
use gix::index::entry::{Flags, Mode, Stage};
use gix::objs::tree::EntryKind;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::ops::Range;

/// What git knows of the folder: its index, and where that differs from the head.
///
/// Paths of the index are numbers, in the order of their bytes; nothing of it is copied.
#[derive(Default)]
pub(crate) struct Baseline {
    index: Option<gix::index::File>,
    /// The numbers of what lies in the workspace folder.
    all: Range<usize>,
    /// How many bytes of a path lead to the workspace folder.
    n_prefix: usize,
    /// What the head has where that is not what the index has.
    heads: FxHashMap<usize, Option<(Kind, Oid)>>,
    /// In the head and not in the index.
    pub(crate) head_only: BTreeMap<TreePath, (Kind, Oid)>,
}

/// What the index has right in a folder, by name.
pub(crate) type Children<'a> = FxHashMap<&'a [u8], Child>;

/// What the index has under one name; both only while a conflict is open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Child {
    pub(crate) tracked: Option<usize>,
    /// What lies below the folder of that name.
    pub(crate) below: Range<usize>,
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
struct IndexStat {
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

    fn kept(stat: &gix::index::entry::Stat) -> Self {
        Self {
            n_bytes: stat.size,
            mtime: (stat.mtime.secs, stat.mtime.nsecs),
            ctime: (stat.ctime.secs, stat.ctime.nsecs),
            inode: stat.ino,
        }
    }
}

impl Baseline {
    /// The numbers of all paths; those of a path in conflict and of folders that a sparse checkout
    /// leaves out are among them.
    pub(crate) fn all(&self) -> Range<usize> {
        self.all.clone()
    }

    fn entry(&self, number: usize) -> &Entry {
        &self.index.as_ref().expect("numbers are of its entries").entries()[number]
    }

    /// Below the workspace folder.
    pub(crate) fn path(&self, number: usize) -> &[u8] {
        let index = self.index.as_ref().expect("numbers are of its entries");
        &self.entry(number).path(index)[self.n_prefix..]
    }

    pub(crate) fn kind(&self, number: usize) -> Kind {
        Kind::of_index(self.entry(number).mode)
    }

    /// What the head has here.
    pub(crate) fn head(&self, number: usize) -> Option<(Kind, Oid)> {
        if let Some(head) = self.heads.get(&number) {
            return *head;
        }
        let entry = self.entry(number);
        // Folders that a sparse checkout leaves out are not looked at.
        (entry.mode != Mode::DIR).then(|| (Kind::of_index(entry.mode), oid(entry.id)))
    }

    /// Whether the head has just what the index has.
    pub(crate) fn is_head(&self, number: usize) -> bool {
        let entry = self.entry(number);
        let own = || Some((Kind::of_index(entry.mode), oid(entry.id)));
        self.heads.get(&number).is_none_or(|it| *it == own())
    }

    /// Whether the file is as it was when git read it.
    pub(crate) fn is_unchanged(&self, number: usize, stat: &Stat) -> bool {
        let entry = self.entry(number);
        let is_link = entry.mode == Mode::SYMLINK;
        let is_file = !is_link && !matches!(entry.mode, Mode::COMMIT | Mode::DIR);
        // Empty entries are what an intent to add leaves, and what a smudged stat looks like.
        let is_plain =
            entry.stage() == Stage::Unconflicted && !entry.flags.contains(Flags::INTENT_TO_ADD);
        is_file != stat.is_link
            && is_plain
            && IndexStat::of(stat) == IndexStat::kept(&entry.stat)
            && !self.is_racy(entry)
    }

    /// Whether the file may have changed after git looked, within one tick of the clock.
    fn is_racy(&self, entry: &Entry) -> bool {
        let options = gix::index::entry::stat::Options::default();
        self.index.as_ref().is_none_or(|it| entry.stat.is_racy(it.timestamp(), options))
    }

    pub(crate) fn find(&self, path: &[u8]) -> Option<usize> {
        let index = self.index.as_ref()?;
        let is_before = |it: &Entry| it.path(index)[self.n_prefix..] < *path;
        let at = self.all.start + index.entries()[self.all()].partition_point(is_before);
        (self.all.contains(&at) && self.path(at) == path).then_some(at)
    }

    /// What is right in a folder whose paths are `within`, and whose own has so many bytes with its
    /// `/`.
    pub(crate) fn children(&self, within: Range<usize>, n_bytes: usize) -> Children<'_> {
        let mut out = Children::default();
        out.reserve(within.len().min(64));
        let mut at = within.start;
        while at < within.end {
            let rest = &self.path(at)[n_bytes..];
            match rest.iter().position(|it| *it == b'/') {
                Some(end) => {
                    let folder = &self.path(at)[..n_bytes + end + 1];
                    let is_within = |it: usize| self.path(it).starts_with(folder);
                    let end_at = gallop(at..within.end, is_within);
                    out.entry(&rest[..end]).or_default().below = at..end_at;
                    at = end_at;
                }
                None => {
                    // The first of a path in conflict stands for all.
                    let is_dir = self.entry(at).mode == Mode::DIR;
                    let child = out.entry(rest).or_default();
                    child.tracked = child.tracked.or((!is_dir).then_some(at));
                    at += 1;
                }
            }
        }
        out
    }
}

/// The end of those at the start of `range` that `fits`, where it fits no other.
fn gallop(range: Range<usize>, fits: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut step) = (range.start, 1);
    while low + step < range.end && fits(low + step) {
        low += step;
        step *= 2;
    }
    let mut high = (low + step).min(range.end);
    // `low` fits, and `high` does not or is the end.
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if fits(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
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
        let tree = match commit {
            Some(it) => {
                let found = self.repo.find_commit(id(it)).map_err(GitError::new("read HEAD"))?;
                Some(found.tree_id().map_err(GitError::new("read HEAD"))?.detach())
            }
            None => None,
        };
        let tree = self.folder(tree)?;
        let mut out = Baseline { index: self.index()?, ..Baseline::default() };
        let Some(index) = &out.index else {
            if let Some(tree) = tree {
                self.head_only(&mut Vec::new(), tree, &mut out)?;
            }
            return Ok(out);
        };
        out.all = index.prefixed_entries_range(self.prefix.as_slice().into()).unwrap_or_default();
        out.n_prefix = self.prefix.len();
        // With a sparse index the tree holds what the entries do not.
        let cache = index.tree().filter(|_| !index.is_sparse());
        let cache = cache.and_then(|it| cached(it, &self.prefix)).cloned();
        let all = out.all();
        self.against_head((&mut Vec::new(), all), tree, cache.as_ref(), &mut out)?;
        Ok(out)
    }

    /// The index without a look at its checksum, which git itself looks at only when asked to check
    /// the repository.
    fn index(&self) -> Result<Option<gix::index::File>> {
        let path = self.repo.index_path();
        if !path.exists() {
            return Ok(None);
        }
        let options = gix::index::decode::Options::default();
        let read = gix::index::File::at(path, self.repo.object_hash(), true, options);
        let mut file = read.map_err(GitError::new("read git's index"))?;
        let is_sorted = file.entries().is_sorted_by(|one, other| {
            (one.path(&file), one.stage_raw()) <= (other.path(&file), other.stage_raw())
        });
        if !is_sorted {
            // Git never writes one so; ours are found by their order.
            file.sort_entries();
        }
        Ok(Some(file))
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

    /// Corrects `head` of what is tracked below `folder` (those numbers), where the head has
    /// something else.
    fn against_head(
        &self,
        (folder, within): (&mut Vec<u8>, Range<usize>),
        tree: Option<ObjectId>,
        cache: Option<&gix::index::extension::Tree>,
        out: &mut Baseline,
    ) -> Result<()> {
        let is_known = |it: &&gix::index::extension::Tree| it.num_entries.is_some();
        if tree.is_some() && cache.filter(is_known).map(|it| it.id) == tree {
            return Ok(());
        }
        let heads = self.entries(tree)?;
        let children = out.children(within, folder.len());
        let own = |name: &Vec<u8>| children.get(name.as_slice()).cloned().unwrap_or_default();
        let own: Vec<Child> = heads.keys().map(own).collect();
        let mut news: Vec<Range<usize>> = Vec::new();
        let mut found: Vec<(usize, Option<(Kind, Oid)>)> = Vec::new();
        for (name, child) in children {
            let head = heads.get(name);
            let is_tree = head.is_some_and(|(mode, _)| mode.is_tree());
            if !child.below.is_empty() && !is_tree {
                news.push(child.below);
            }
            if let Some(number) = child.tracked {
                let head = head.filter(|_| !is_tree);
                found.push((number, head.map(|(mode, it)| (Kind::of_entry(*mode), oid(*it)))));
            }
        }
        out.heads.extend(found);
        // Folders that only the index has.
        out.heads.extend(news.into_iter().flatten().map(|it| (it, None)));
        let n_bytes = folder.len();
        for ((name, (mode, object)), own) in heads.iter().zip(own) {
            folder.extend(name);
            if mode.is_tree() {
                let child =
                    cache.and_then(|it| it.children.iter().find(|it| it.name[..] == name[..]));
                folder.push(b'/');
                if own.below.is_empty() {
                    self.head_only(folder, *object, out)?;
                } else {
                    self.against_head((folder, own.below), Some(*object), child, out)?;
                }
            } else if own.tracked.is_none()
                && let Some(path) = TreePath::new(folder)
            {
                out.head_only.insert(path, (Kind::of_entry(*mode), oid(*object)));
            }
            folder.truncate(n_bytes);
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
