//! Where a workspace's checkpoints are, and what there is to look at.

use crate::database::DatabaseError;
use crate::git::{Git, Head};
use crate::path::TreePath;
use crate::scan::{self, Known, Limits, Names, Scan, ScanError};
use crate::stat::Stat;
use crate::store::{self, CheckpointId, Record, Role, Store, StoreError};
use crate::{CheckpointError, effect};
use model::AbsPath;
use rustc_hash::FxHashMap;
use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use system::System;

/// What is captured, and how much of it.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub limits: Limits,
    /// Names of files such as `.env` that are wanted though they may hold secrets.
    pub include: Vec<String>,
    /// In the order in which they are locked.
    pub databases: Vec<(Role, TreePath)>,
}

/// The checkpoints of one workspace folder.
pub struct Checkpoints<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) store: Option<Store>,
}

/// The folder and what belongs to it.
pub(crate) struct Place<'a> {
    pub(crate) root: PathBuf,
    /// Of the store.
    pub(crate) folder: PathBuf,
    pub(crate) git: Option<Git>,
    pub(crate) system: &'a dyn System,
    pub(crate) options: Options,
}

type Result<T> = std::result::Result<T, CheckpointError>;

impl<'a> Checkpoints<'a> {
    /// Finds the checkpoints of the folder `root`; writes nothing.
    ///
    /// # Errors
    /// [`ScanError::TooWide`] for a home folder or the root of all files; [`StoreError::Refused`]
    /// when the store is not one that this version knows.
    pub fn open(system: &'a dyn System, root: &AbsPath, options: Options) -> Result<Self> {
        let path = root.as_path();
        let failed = |source| ScanError::Folder { path: path.display().to_string(), source };
        let root = path.canonicalize().map_err(failed)?;
        let home = system.env("HOME").or_else(|| system.env("USERPROFILE")).map(PathBuf::from);
        if scan::is_too_wide(&root, home.as_deref()) {
            return Err(ScanError::TooWide { path: root.display().to_string() }.into());
        }
        let git = Git::discover(&root);
        let folder = match &git {
            Some(git) => git.common_dir().join("specwright").join("checkpoints"),
            None => state_folder(system, home.as_deref()).join(name_of(&root)).join("checkpoints"),
        };
        let store = Store::find(&folder)?;
        Ok(Self { place: Place { root, folder, git, system, options }, store })
    }

    /// The folder of the store.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.place.folder
    }

    /// The workspace folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.place.root
    }

    /// All checkpoints of the workspace, the newest first.
    ///
    /// # Errors
    /// [`CheckpointError::Store`]
    pub fn list(&self) -> Result<Vec<Record>> {
        let Some(store) = &self.store else { return Ok(Vec::new()) };
        match store.find_workspace(&self.place.root)? {
            Some(workspace) => Ok(store.list(Some(workspace))?),
            None => Ok(Vec::new()),
        }
    }

    /// The checkpoint of that id, of the one whose id begins so, or the newest for `latest`.
    ///
    /// # Errors
    /// [`CheckpointError::Unknown`], [`CheckpointError::Ambiguous`]
    pub fn find(&self, id: &str) -> Result<Record> {
        let all = self.list()?;
        let unknown = || CheckpointError::Unknown { id: id.to_owned() };
        if id == "latest" {
            return all.into_iter().next().ok_or_else(unknown);
        }
        if let Some(exact) = all.iter().find(|it| it.id.as_str() == id) {
            return Ok(exact.clone());
        }
        let mut found =
            all.into_iter().filter(|it| !id.is_empty() && it.id.as_str().starts_with(id));
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            (Some(_), Some(_)) => Err(CheckpointError::Ambiguous { id: id.to_owned() }),
            _ => Err(unknown()),
        }
    }

    /// The store, which must be there: something of it was found before.
    pub(crate) fn store(&self) -> Result<&Store> {
        let missing = || StoreError::Missing { what: "the checkpoints".to_owned() };
        self.store.as_ref().ok_or_else(|| missing().into())
    }

    pub(crate) fn store_mut(&mut self) -> Result<&mut Store> {
        let missing = || StoreError::Missing { what: "the checkpoints".to_owned() };
        self.store.as_mut().ok_or_else(|| missing().into())
    }

    /// The unsaved texts that a checkpoint holds.
    ///
    /// # Errors
    /// [`CheckpointError::Store`]
    pub fn buffers(&self, id: &CheckpointId) -> Result<Vec<(TreePath, String)>> {
        let store = self.store()?;
        let mut out = Vec::new();
        for (path, hash) in store.buffers(id)? {
            out.push((path, String::from_utf8_lossy(&store.blob(hash)?).into_owned()));
        }
        Ok(out)
    }
}

impl Place<'_> {
    /// Keeps other processes from this folder's checkpoints; the system lets go when we end.
    pub(crate) fn lock(&self) -> Result<File> {
        store::make_private(&self.folder)
            .map_err(StoreError::file("make the folder", &self.folder))?;
        let path = self.lock_file();
        let failed = || StoreError::file("lock", &path);
        let file = store::private_file(&path).map_err(failed())?;
        // A restore takes less; whoever takes longer is told of.
        let mut n_left = 100;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if n_left > 0 => n_left -= 1,
                Err(TryLockError::WouldBlock) => {
                    let path = self.root.display().to_string();
                    return Err(CheckpointError::Locked { path });
                }
                Err(TryLockError::Error(error)) => return Err(failed()(error).into()),
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn lock_file(&self) -> PathBuf {
        self.folder.join(format!("{}.lock", name_of(&self.root)))
    }

    /// The time as the file system tells it, which is what files carry.
    pub(crate) fn clock(&self) -> Result<i64> {
        store::make_private(&self.folder)
            .map_err(StoreError::file("make the folder", &self.folder))?;
        let path = self.folder.join(format!("{}.clock", name_of(&self.root)));
        let now = effect::effect(|| {
            let mut file = store::private_file(&path)?;
            file.write_all(b".")?;
            Ok(Stat::new(&file.metadata()?).mtime_ns)
        });
        Ok(now.map_err(StoreError::file("write", &path))?)
    }

    pub(crate) fn head(&self) -> Result<Head> {
        Ok(self.git.as_ref().map(Git::head).transpose()?.unwrap_or_default())
    }

    pub(crate) fn database_files(&self) -> Vec<PathBuf> {
        self.options.databases.iter().map(|(_, path)| path.below(&self.root)).collect()
    }

    pub(crate) fn scan<'s>(
        &'s self,
        known: &'s FxHashMap<TreePath, Known>,
        now_ns: i64,
    ) -> Scan<'s> {
        let mut skip: rustc_hash::FxHashSet<TreePath> =
            TreePath::new(b".specwright").into_iter().collect();
        for (_, path) in &self.options.databases {
            for ending in [&b""[..], b"-wal", b"-shm", b"-journal"] {
                skip.extend(TreePath::new(&[path.as_bytes(), ending].concat()));
            }
        }
        if let Ok(own) = self.folder.strip_prefix(&self.root) {
            skip.extend(TreePath::new(&crate::path::bytes_of(own.as_os_str())));
        }
        Scan {
            root: &self.root,
            git: self.git.as_ref(),
            limits: self.options.limits,
            names: Names { include: &self.options.include, skip },
            known,
            now_ns,
        }
    }
}

impl Options {
    /// Whether a database can be captured: it is a plain file, or missing, below the folder.
    ///
    /// # Errors
    /// Names what is in the way.
    pub fn database(
        &mut self,
        root: &Path,
        role: Role,
        path: TreePath,
    ) -> std::result::Result<(), DatabaseError> {
        let file = path.below(root);
        let is_plain = file.symlink_metadata().map_or(true, |it| it.is_file());
        if !is_plain {
            let source = std::io::Error::other("it is no plain file");
            let path = file.display().to_string();
            return Err(DatabaseError::File { attempt: "capture the database", path, source });
        }
        self.databases.push((role, path));
        Ok(())
    }
}

/// Where programs keep state of the user.
fn state_folder(system: &dyn System, home: Option<&Path>) -> PathBuf {
    let named = ["XDG_STATE_HOME", "LOCALAPPDATA"].iter().find_map(|it| system.env(it));
    let named = named.map(PathBuf::from).filter(|it| it.is_absolute());
    let state = named.or_else(|| home.map(|it| it.join(".local").join("state")));
    state.unwrap_or_else(std::env::temp_dir).join("specwright")
}

/// A folder's name in places that many share.
fn name_of(root: &Path) -> String {
    let hash = blake3::hash(&crate::path::bytes_of(root.as_os_str()));
    hash.to_hex().as_str()[..16].to_owned()
}
