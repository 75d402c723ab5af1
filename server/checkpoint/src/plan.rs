//! What a restore will do: the differences of two states, and nothing that either does not know.

use crate::CheckpointError;
use crate::git::Git;
use crate::manifest::{Entry, Hash, Manifest, Node};
use crate::path::TreePath;
use crate::store::{Change, Database, DatabaseChange, Role};
use std::collections::BTreeSet;

/// The parts of a checkpoint that are restored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    pub code: bool,
    pub database: bool,
    /// What the catalog knows, apart from the audit chain.
    pub state: bool,
    /// These files, and what is below these folders; all when empty.
    pub paths: Vec<TreePath>,
    /// Of these files only some hunks, counted from one as the preview shows them.
    pub hunks: Vec<(TreePath, Vec<usize>)>,
}

impl Selection {
    /// Everything that a checkpoint holds.
    #[must_use]
    pub fn all() -> Self {
        Self { code: true, database: true, state: true, ..Self::default() }
    }

    pub(crate) fn has(&self, path: &TreePath) -> bool {
        let is_named = |it: &TreePath| path.is_within(it);
        let is_all = self.paths.is_empty() && self.hunks.is_empty();
        self.code
            && (is_all
                || self.paths.iter().any(is_named)
                || self.hunks.iter().any(|(it, _)| it == path))
    }
}

/// A path that a restore leaves as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub path: TreePath,
    /// A fragment that reads well after the path.
    pub why: String,
}

/// What is to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) changes: Vec<Change>,
    pub(crate) databases: Vec<DatabaseChange>,
    pub(crate) kept: Vec<Kept>,
    /// Contents that no checkpoint has: parts of two put together.
    pub(crate) made: Vec<(Hash, Vec<u8>)>,
}

impl Plan {
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.databases.is_empty()
    }

    /// Names the plan by all that it does: what was agreed to is what is done.
    pub(crate) fn digest(&self, target: &str) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut add = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        add(target.as_bytes());
        for it in &self.changes {
            add(it.path.as_bytes());
            for node in [&it.before, &it.after] {
                add(key(node).as_bytes());
            }
        }
        for it in &self.databases {
            add(it.path.as_bytes());
            add(it.hash.map(|it| it.to_string()).unwrap_or_default().as_bytes());
        }
        hasher.finalize().to_hex().as_str()[..16].to_owned()
    }
}

fn key(node: &Node) -> String {
    match node {
        Node::Absent => "absent".to_owned(),
        Node::Dir => "dir".to_owned(),
        Node::File { content, mode } => {
            let executable = crate::manifest::is_executable(*mode);
            match (content.oid, content.hash) {
                (Some(oid), _) => format!("file {executable} {oid}"),
                (None, hash) => {
                    let hash = hash.map(|it| it.to_string()).unwrap_or_default();
                    format!("file {executable} {hash}")
                }
            }
        }
        Node::Link { target } => format!("link {target:?}"),
    }
}

/// What `manifest` says of `path`; `None` when it does not know.
pub(crate) fn node(
    manifest: &Manifest,
    git: Option<&Git>,
    path: &TreePath,
) -> Result<Option<Node>, CheckpointError> {
    if manifest.hides(path) {
        return Ok(None);
    }
    if let Some(Entry::Node(node)) = manifest.entries.get(path) {
        return Ok(Some(node.clone()));
    }
    match (manifest.base, git) {
        (Some(base), Some(git)) => Ok(Some(git.node(&base, path)?)),
        _ => Ok(Some(Node::Absent)),
    }
}

/// The way from one state of the folder to another.
pub(crate) fn files(
    from: &Manifest,
    to: &Manifest,
    git: Option<&Git>,
    selection: &Selection,
) -> Result<Plan, CheckpointError> {
    let mut paths: BTreeSet<TreePath> =
        from.entries.keys().chain(to.entries.keys()).cloned().collect();
    if let Some(git) = git {
        let tree = |it: &Manifest| it.base.and_then(|it| it.tree);
        git.differences(tree(from), tree(to), &mut |it| paths.extend(TreePath::new(&it)))?;
    }
    let mut out = Plan::default();
    for path in paths {
        if !selection.has(&path) {
            continue;
        }
        match (node(from, git, &path)?, node(to, git, &path)?) {
            (Some(before), Some(after)) if !before.is_same(&after) => {
                out.changes.push(Change { path, before, after });
            }
            (None, Some(Node::Absent)) | (Some(Node::Absent), None) | (Some(_), Some(_)) => {}
            (None, None) => {}
            (None, Some(_)) => {
                out.kept.push(Kept { path, why: "is not captured as it is now".to_owned() });
            }
            (Some(_), None) => {
                out.kept.push(Kept { path, why: "was not captured then".to_owned() });
            }
        }
    }
    Ok(out)
}

/// The databases that differ.
pub(crate) fn databases(
    from: &[Database],
    to: &[Database],
    is_same_state: bool,
    selection: &Selection,
) -> Vec<DatabaseChange> {
    let mut out = Vec::new();
    for it in to {
        let before = from.iter().find(|from| from.path == it.path).and_then(|it| it.hash);
        let is_wanted = match it.role {
            Role::App => selection.database && before != it.hash,
            // One that was not there has nothing to give.
            Role::Catalog => selection.state && it.hash.is_some() && !is_same_state,
        };
        if is_wanted {
            let (role, path) = (it.role, it.path.clone());
            out.push(DatabaseChange { role, path, hash: it.hash });
        }
    }
    out
}
