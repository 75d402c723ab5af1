//! The folder beside the user's files where contents wait, and where displaced ones are kept.

use crate::CheckpointError;
use crate::effect::effect;
use crate::git::Git;
use crate::manifest::{Content, Hash, Node, is_executable};
use crate::parallel::shared;
use crate::path::{TreePath, bytes_of, os_of};
use crate::stat::Stat;
use crate::store::{Change, Store, StoreError, make_private, private_file};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

/// So many files lie in one folder: threads that work in the same wait for each other.
const N_EACH: usize = 64;
/// So many threads remove a stage. They wait for the disk, each for its own file: where freed blocks
/// are discarded at once, that is a millisecond a file.
const N_REMOVING: usize = 16;
/// The folder of everything that belongs to this machine; ignored by git.
const PRIVATE: &str = ".specwright";

pub(super) struct Stage {
    pub(super) folder: PathBuf,
    root: PathBuf,
    has_git: bool,
}

impl Stage {
    /// Names a stage that does not exist yet, on the file system of the workspace folder.
    pub(super) fn name(root: &Path, number: u128) -> PathBuf {
        root.join(PRIVATE).join(format!("restore-{:08x}", number as u32))
    }

    pub(super) fn new(folder: PathBuf, root: &Path, has_git: bool) -> Self {
        Self { folder, root: root.to_owned(), has_git }
    }

    pub(super) fn new_file(&self, n: usize) -> PathBuf {
        self.folder.join(format!("new/{}/{n}", n / N_EACH))
    }

    /// What was at the place of change `n`, where that is not in the place of its new file.
    pub(super) fn old(&self, n: usize) -> PathBuf {
        self.folder.join(format!("old/{}/{n}", n / N_EACH))
    }

    pub(super) fn database(&self, n: usize) -> PathBuf {
        self.folder.join(format!("database-{n}"))
    }

    pub(super) fn in_folder(&self, path: &TreePath) -> PathBuf {
        path.below(&self.root)
    }

    /// Makes the folders for so many changes.
    pub(super) fn make(&self, n_changes: usize) -> Result<(), StoreError> {
        let failed = || StoreError::file("make the folder", &self.folder);
        let private = self.root.join(PRIVATE);
        make_private(&private).map_err(failed())?;
        let stat = |it: &Path| fs::symlink_metadata(it).map(|it| (it.is_dir(), Stat::new(&it)));
        let (is_folder, own) = stat(&private).map_err(failed())?;
        let (_, root) = stat(&self.root).map_err(failed())?;
        if !is_folder || own.device != root.device {
            let source = io::Error::other(
                "`.specwright` must be a folder on the file system of the workspace",
            );
            return Err(failed()(source));
        }
        let ignore = private.join(".gitignore");
        if !ignore.exists() {
            effect(|| fs::write(&ignore, "*\n")).map_err(failed())?;
        }
        for part in 0..n_changes.div_ceil(N_EACH).max(1) {
            for it in ["new", "old"] {
                make_private(&self.folder.join(format!("{it}/{part}"))).map_err(failed())?;
            }
        }
        Ok(())
    }

    /// Writes what change `n` puts into the folder.
    pub(super) fn write(
        &self,
        n: usize,
        change: &Change,
        (store, git): (&Store, Option<&Git>),
    ) -> Result<(), CheckpointError> {
        let to = self.new_file(n);
        let failed = || StoreError::file("write", &to);
        match &change.after {
            Node::Absent | Node::Dir => {}
            Node::Link { target } => effect(|| symlink(os_of(target), &to)).map_err(failed())?,
            Node::File { content, mode } => {
                let bytes = bytes_of_content(content, store, git)?;
                let mode = wanted_mode(*mode, content, &change.before);
                effect(|| {
                    let mut file = private_file(&to)?;
                    file.write_all(&bytes)?;
                    file.set_permissions(fs::Permissions::from_mode(mode))
                })
                .map_err(failed())?;
            }
        }
        Ok(())
    }

    pub(super) fn write_database(
        &self,
        n: usize,
        hash: Hash,
        store: &Store,
    ) -> Result<(), CheckpointError> {
        let to = self.database(n);
        let failed = || StoreError::file("write", &to);
        let mut file = effect(|| private_file(&to)).map_err(failed())?;
        store.copy_blob(hash, &mut file)?;
        effect(|| file.flush()).map_err(failed())?;
        Ok(())
    }

    /// Brings everything that was written to the disk.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        let synced = effect(|| {
            let folder = File::open(&self.folder)?;
            #[cfg(target_os = "linux")]
            rustix::fs::syncfs(&folder)?;
            #[cfg(not(target_os = "linux"))]
            {
                drop(folder);
                rustix::fs::sync();
            }
            Ok(())
        });
        synced.map_err(StoreError::file("write to the disk", &self.folder))
    }

    pub(super) fn remove(&self) -> Result<(), StoreError> {
        let removed = effect(|| match remove_all(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        });
        removed.map_err(StoreError::file("remove", &self.folder))
    }

    /// Whether some restore left its stage.
    pub(super) fn is_left(root: &Path) -> bool {
        !Self::left(root).is_empty()
    }

    /// Removes stages that no restore needs any more.
    pub(super) fn sweep(root: &Path) -> Result<(), StoreError> {
        Self::left(root).into_iter().try_for_each(|it| Self::new(it, root, false).remove())
    }

    fn left(root: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(root.join(PRIVATE)).into_iter().flatten().flatten();
        let is_stage = |it: &fs::DirEntry| {
            it.file_name().to_string_lossy().starts_with("restore-")
                && it.file_type().is_ok_and(|it| it.is_dir())
        };
        entries.filter(is_stage).map(|it| it.path()).collect()
    }

    /// Whether the file at `path` is what `node` says; the same as asking for its node, and cheaper.
    pub(super) fn is_node(&self, path: &Path, node: &Node) -> io::Result<bool> {
        let Node::File { content, mode } = node else { return Ok(self.node(path)?.is_same(node)) };
        let metadata = match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            metadata => metadata?,
        };
        let is_alike = metadata.is_file()
            && (metadata.len() == content.n_bytes || content.hash.is_none())
            && is_executable(Stat::new(&metadata).mode) == is_executable(*mode);
        Ok(is_alike && crate::scan::is_content(&fs::read(path)?, content))
    }

    /// What is at `path`.
    pub(super) fn node(&self, path: &Path) -> io::Result<Node> {
        let metadata = match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Node::Absent),
            metadata => metadata?,
        };
        if metadata.is_symlink() {
            return Ok(Node::Link { target: bytes_of(fs::read_link(path)?.as_os_str()) });
        }
        if metadata.is_dir() {
            return Ok(Node::Dir);
        }
        let content = crate::scan::content_of(&fs::read(path)?, self.has_git);
        Ok(Node::File { content, mode: Stat::new(&metadata).mode & 0o777 })
    }
}

/// Removes a stage, with the files of some folders at a time.
fn remove_all(folder: &Path) -> io::Result<()> {
    let mut parts = Vec::new();
    for it in ["new", "old"] {
        for part in fs::read_dir(folder.join(it)).into_iter().flatten() {
            parts.push(part?.path());
        }
    }
    shared(parts.len(), N_REMOVING, |it| parts[it].iter().try_for_each(fs::remove_dir_all))?;
    fs::remove_dir_all(folder)
}

/// The bytes of a file, from the store or from git.
pub(crate) fn bytes_of_content(
    content: &Content,
    store: &Store,
    git: Option<&Git>,
) -> Result<Vec<u8>, CheckpointError> {
    match (content.hash, content.oid, git) {
        (Some(hash), ..) => Ok(store.blob(hash)?),
        (None, Some(oid), Some(git)) => Ok(git.read(oid)?),
        _ => Err(StoreError::Missing { what: "a content that only git had".to_owned() }.into()),
    }
}

/// Git knows of one bit only; the others stay as they are on disk.
fn wanted_mode(mode: u32, content: &Content, before: &Node) -> u32 {
    match before {
        Node::File { mode: now, .. } if content.hash.is_none() => {
            let readers = (now & 0o444) >> 2;
            if is_executable(mode) { now | readers } else { now & !0o111 }
        }
        _ => mode,
    }
}
