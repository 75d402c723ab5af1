//! Looks at the workspace folder: what differs from the base commit, and what cannot be captured.
//!
//! Files that git knows to be unchanged are not opened. The others are read once; as long as their
//! properties stay, what was read of them is known from the store.

mod list;
mod read;
mod rules;
mod walk;

pub(crate) use crate::scan::read::{Bytes, Known, content_of, is_content};

use crate::git::{Baseline, Git, GitError, Kind};
use crate::manifest::{Base, Content, Entry, Manifest, Node, Oid, Reason};
use crate::path::TreePath;
use crate::scan::walk::{Candidate, Found};
use crate::stat::Stat;
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::Path;

/// What is too much for a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A file that git does not track.
    pub file_bytes_max: u64,
    /// A file that git tracks.
    pub tracked_bytes_max: u64,
    /// Files below one folder that git does not track.
    pub folder_files_max: usize,
    /// All that is stored for one checkpoint.
    pub bytes_max: u64,
}

impl Default for Limits {
    /// 10 MiB, 100 MiB, 2,000 files, 512 MiB.
    fn default() -> Self {
        Self {
            file_bytes_max: 10 << 20,
            tracked_bytes_max: 100 << 20,
            folder_files_max: 2_000,
            bytes_max: 512 << 20,
        }
    }
}

/// What to look at, and how.
pub(crate) struct Scan<'a> {
    pub(crate) root: &'a Path,
    pub(crate) git: Option<&'a Git>,
    pub(crate) limits: Limits,
    pub(crate) names: Names<'a>,
    /// What was read of files before.
    pub(crate) known: &'a FxHashMap<TreePath, Known>,
    /// The clock of the file system, when the look began.
    pub(crate) now_ns: i64,
}

/// Which names are treated in a way of their own.
pub(crate) struct Names<'a> {
    /// Names of files that hold secrets, and are wanted all the same.
    pub(crate) include: &'a [String],
    /// Paths that are captured in another way, or not at all.
    pub(crate) skip: FxHashSet<TreePath>,
}

/// What a look gave.
pub(crate) struct Scanned {
    pub(crate) manifest: Manifest,
    /// What was read of files this time, to be known the next time.
    pub(crate) known: Vec<(TreePath, Known)>,
}

/// Why the folder could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error("look at the folder `{path}`")]
    Folder { path: String, source: std::io::Error },
    #[error("make a checkpoint of `{path}`: it is a home folder or the root of all files")]
    TooWide { path: String },
    #[error(transparent)]
    Git(#[from] GitError),
}

/// Takes the bytes of a file that differs from the base; called for each file in the order of
/// their paths, with what was read.
pub(crate) trait Keep {
    type Error: From<ScanError>;
    /// Whether the bytes are kept already; they are then not read again.
    fn has(&self, content: &Content) -> Result<bool, Self::Error>;
    fn keep(&mut self, bytes: &Bytes) -> Result<(), Self::Error>;
}

/// Looks without keeping anything.
pub(crate) struct LookOnly;

impl Keep for LookOnly {
    type Error = ScanError;

    fn has(&self, _content: &Content) -> Result<bool, ScanError> {
        Ok(true)
    }

    fn keep(&mut self, _bytes: &Bytes) -> Result<(), ScanError> {
        Ok(())
    }
}

impl Scan<'_> {
    /// Looks at the folder over the commit `head`.
    pub(crate) fn run<K: Keep>(
        &self,
        head: Option<Oid>,
        keep: &mut K,
    ) -> Result<Scanned, K::Error> {
        let (baseline, base) = self.baseline(head).map_err(ScanError::from)?;
        let found = walk::walk(self, &baseline)?;
        let mut out = Scanned { manifest: Manifest::default(), known: Vec::new() };
        out.manifest.base = base;
        let entries = &mut out.manifest.entries;
        for (path, reason, n_bytes) in found.uncaptured {
            entries.insert(path, Entry::Uncaptured { reason, n_bytes });
        }
        for (path, head) in found.nested {
            entries.insert(path, Entry::Nested { head });
        }
        for path in found.empty_folders {
            let is_repository = baseline
                .find(path.as_bytes())
                .is_some_and(|it| matches!(baseline.head(it), Some((Kind::Repository, _))));
            if !is_repository {
                entries.insert(path, Entry::Node(Node::Dir));
            }
        }
        let candidates = within(self.limits, found.candidates, &mut out.manifest);
        self.read(&candidates, &baseline, keep, &mut out)?;
        absent(&baseline, &found.visited, &candidates, &mut out.manifest);
        Ok(out)
    }

    fn baseline(&self, head: Option<Oid>) -> Result<(Baseline, Option<Base>), GitError> {
        let Some(git) = self.git else { return Ok((Baseline::default(), None)) };
        let base = head.map(|it| git.base(it)).transpose()?;
        Ok((git.baseline(head)?, base))
    }

    fn read<K: Keep>(
        &self,
        candidates: &[Candidate],
        baseline: &Baseline,
        keep: &mut K,
        out: &mut Scanned,
    ) -> Result<(), K::Error> {
        for chunk in chunks(candidates) {
            let is_base = |it: &Candidate, node: &Node| is_base(baseline, it, node);
            let all = read::read_all(self, chunk, keep, &is_base)?;
            for (candidate, done) in chunk.iter().zip(all) {
                let path = &candidate.path;
                let node = match done {
                    read::Done::Known(content) => file_node(content, &candidate.stat),
                    read::Done::Read(bytes) => {
                        let node = bytes.node();
                        if !is_base(candidate, &node) {
                            keep.keep(&bytes)?;
                        }
                        out.known.extend(bytes.known(self.now_ns).map(|it| (path.clone(), it)));
                        node
                    }
                    read::Done::Link(target) => Node::Link { target },
                    read::Done::Gone => Node::Absent,
                    read::Done::Failed(reason) => {
                        let n_bytes = candidate.stat.n_bytes;
                        out.manifest
                            .entries
                            .insert(path.clone(), Entry::Uncaptured { reason, n_bytes });
                        continue;
                    }
                };
                let has_base = head_of(baseline, candidate).is_some();
                if !is_base(candidate, &node) && (node.is_present() || has_base) {
                    out.manifest.entries.insert(path.clone(), Entry::Node(node));
                }
            }
        }
        Ok(())
    }
}

/// So many at a time are read at once, and held in memory: 32 MiB, or one file.
fn chunks(mut rest: &[Candidate]) -> impl Iterator<Item = &[Candidate]> {
    const N_BYTES: u64 = 32 << 20;
    std::iter::from_fn(move || {
        let mut n_bytes = 0;
        let fits = |it: &&Candidate| {
            n_bytes += it.stat.n_bytes;
            n_bytes <= N_BYTES
        };
        let n = rest.iter().take_while(fits).count().max(1).min(rest.len());
        let (chunk, others) = rest.split_at(n);
        rest = others;
        (!chunk.is_empty()).then_some(chunk)
    })
}

fn head_of(baseline: &Baseline, candidate: &Candidate) -> Option<(Kind, Oid)> {
    match candidate.tracked {
        Some(number) => baseline.head(number),
        None => baseline.head_only.get(&candidate.path).copied(),
    }
}

fn is_base(baseline: &Baseline, candidate: &Candidate, node: &Node) -> bool {
    head_of(baseline, candidate).is_some_and(|(kind, oid)| kind.is_node(oid, node))
}

/// What the base has and the folder has not.
fn absent(
    baseline: &Baseline,
    visited: &[std::sync::atomic::AtomicBool],
    candidates: &[Candidate],
    manifest: &mut Manifest,
) {
    let is_gone = |it: &usize, visited: &std::sync::atomic::AtomicBool| {
        // The first of a path in conflict stands for all.
        let is_first = *it == baseline.all().start || baseline.path(*it - 1) != baseline.path(*it);
        !visited.load(std::sync::atomic::Ordering::Relaxed)
            && is_first
            && baseline.head(*it).is_some()
    };
    let tracked = baseline.all().zip(visited).filter(|(it, visited)| is_gone(it, visited));
    let mut gone: Vec<TreePath> =
        tracked.filter_map(|(it, _)| TreePath::new(baseline.path(it))).collect();
    let there: FxHashSet<&TreePath> = candidates.iter().map(|it| &it.path).collect();
    gone.extend(baseline.head_only.keys().filter(|it| !there.contains(it)).cloned());
    for path in gone {
        if !manifest.hides(&path) && !manifest.entries.contains_key(&path) {
            manifest.entries.insert(path, Entry::Node(Node::Absent));
        }
    }
}

/// The candidates that fit; the largest of what git does not track go first when all are too much.
fn within(limits: Limits, mut all: Vec<Candidate>, manifest: &mut Manifest) -> Vec<Candidate> {
    let mut refused: Vec<(usize, Reason)> = Vec::new();
    let mut n_bytes: u64 = 0;
    for (index, it) in all.iter().enumerate() {
        let max = if it.is_edited { limits.tracked_bytes_max } else { limits.file_bytes_max };
        if it.stat.n_bytes > max && !it.stat.is_link {
            refused.push((index, Reason::TooLarge));
        } else {
            n_bytes += it.stat.n_bytes;
        }
    }
    if n_bytes > limits.bytes_max {
        let taken: FxHashSet<usize> = refused.iter().map(|it| it.0).collect();
        let mut rest: Vec<usize> = (0..all.len()).filter(|it| !taken.contains(it)).collect();
        rest.sort_by_key(|it| (all[*it].is_edited, std::cmp::Reverse(all[*it].stat.n_bytes)));
        for index in rest {
            if n_bytes <= limits.bytes_max {
                break;
            }
            n_bytes -= all[index].stat.n_bytes;
            refused.push((index, Reason::NoRoom));
        }
    }
    let refused: FxHashMap<usize, Reason> = refused.into_iter().collect();
    let mut index = 0;
    all.retain(|it| {
        let reason = refused.get(&index);
        index += 1;
        if let Some(reason) = reason {
            let entry = Entry::Uncaptured { reason: *reason, n_bytes: it.stat.n_bytes };
            manifest.entries.insert(it.path.clone(), entry);
        }
        reason.is_none()
    });
    all
}

/// Makes the node of content that is known.
fn file_node(content: Content, stat: &Stat) -> Node {
    Node::File { content, mode: stat.mode & 0o777 }
}

/// Whether the folder is one that nobody wants a copy of.
pub(crate) fn is_too_wide(root: &Path, home: Option<&Path>) -> bool {
    let same = |it: &Path| it.canonicalize().is_ok_and(|it| root == it);
    root.parent().is_none() || home.is_some_and(same)
}

impl Found {
    fn sort(&mut self) {
        self.candidates.sort_by(|one, other| one.path.cmp(&other.path));
    }
}
