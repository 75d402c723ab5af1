//! Makes a checkpoint: one transaction of the store at one moment of folder and databases.

use crate::database::{self, Cut};
use crate::effect;
use crate::git::Head;
use crate::manifest::{Content, Hash, Manifest};
use crate::path::TreePath;
use crate::scan::{Bytes, Keep, Known, LookOnly};
use crate::store::{CheckpointId, Database, Kind, New, Record, StoreError, Writing};
use crate::{CheckpointError, Checkpoints, Place};
use model::Timestamp;
use rustc_hash::FxHashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// How long a checkpoint made before a rollback is kept at least: 30 days.
pub const BEFORE_ROLLBACK_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// What is asked of a checkpoint.
#[derive(Debug, Clone)]
pub struct Capture<'a> {
    pub kind: Kind,
    pub label: &'a str,
    /// Texts of the editor that are not saved, with their files.
    pub buffers: &'a [(TreePath, String)],
}

/// A checkpoint that was made, or the one that holds the same already.
#[derive(Debug, Clone)]
pub struct Captured {
    pub record: Record,
    pub is_new: bool,
}

/// Files and databases at one moment.
pub(crate) struct State {
    pub(crate) manifest: Manifest,
    pub(crate) databases: Vec<Database>,
}

/// How everything is now, which nobody kept.
pub(crate) struct Now {
    pub(crate) head: Head,
    pub(crate) state: State,
}

type Result<T> = std::result::Result<T, CheckpointError>;

impl Checkpoints<'_> {
    /// Makes a checkpoint. An automatic one that would hold what the last does is not made.
    ///
    /// # Errors
    /// [`CheckpointError::Database`] when a database stays locked; [`CheckpointError::Store`] when
    /// there is no room. There is then no checkpoint.
    pub fn capture(&mut self, capture: &Capture<'_>) -> Result<Captured> {
        let _lock = self.place.lock()?;
        self.recover_locked()?;
        Ok(self.capture_locked(capture, None)?.0)
    }

    /// Gives what the checkpoint holds too, which need not be read back.
    pub(crate) fn capture_locked(
        &mut self,
        capture: &Capture<'_>,
        target: Option<&CheckpointId>,
    ) -> Result<(Captured, State)> {
        let place = &self.place;
        let store = match &mut self.store {
            Some(store) => store,
            none => none.insert(crate::Store::create(&place.folder)?),
        };
        let workspace = store.workspace(&place.root)?;
        let now_ns = place.clock()?;
        let known = store.known(workspace)?;
        let head = place.head()?;
        let _cut = Cut::new(&place.database_files())?;
        let copies = Copies(store.folder.join(format!("copy-{workspace}")));
        store.change("write the checkpoint", |cx| -> Result<(Captured, State)> {
            let mut keeper = Keeper { cx };
            let scanned = place.scan(&known, now_ns).run(head.commit, &mut keeper)?;
            let mut fresh = scanned.known;
            let mut databases = Vec::new();
            for (role, path) in &place.options.databases {
                let file = path.below(&place.root);
                let (content, known) = keep_database(cx, &copies, &file, known.get(path), now_ns)?;
                fresh.extend(known.map(|it| (path.clone(), it)));
                databases.push(Database::new(*role, path.clone(), content));
            }
            let mut buffers = Vec::new();
            for (path, text) in capture.buffers {
                let hash = Hash(*blake3::hash(text.as_bytes()).as_bytes());
                cx.add_blob(hash, text.as_bytes())?;
                buffers.push((path.clone(), hash));
            }
            cx.note_known(workspace, &fresh)?;
            let last = if capture.kind == Kind::Automatic { cx.last(workspace)? } else { None };
            if let Some(last) = last
                && cx.is_same(&last, &scanned.manifest, &databases, &buffers)?
            {
                let state = State { manifest: scanned.manifest, databases };
                return Ok((Captured { record: last, is_new: false }, state));
            }
            place.pin(&scanned.manifest)?;
            let (at, id) = (place.system.now(), cx.fresh_id(place.system)?);
            // What makes a rollback undoable outlives the usual retention.
            let is_before = capture.kind == Kind::BeforeRollback;
            let pinned_until = is_before.then_some(Timestamp(at.0 + BEFORE_ROLLBACK_MS));
            cx.add_checkpoint(&New {
                id: &id,
                workspace,
                kind: capture.kind,
                label: capture.label,
                at,
                target,
                head: &head,
                manifest: &scanned.manifest,
                databases: &databases,
                buffers: &buffers,
                pinned_until,
            })?;
            let captured = Captured { record: cx.record(&id)?, is_new: true };
            Ok((captured, State { manifest: scanned.manifest, databases }))
        })
    }

    /// Looks at everything without keeping it. Databases are held and copied as for a checkpoint,
    /// so that what is seen now compares with what a checkpoint holds.
    pub(crate) fn look(&self) -> Result<Now> {
        let place = &self.place;
        let workspace = match &self.store {
            Some(store) => store.find_workspace(&place.root)?,
            None => None,
        };
        let known = match (&self.store, workspace) {
            (Some(store), Some(it)) => store.known(it)?,
            _ => FxHashMap::default(),
        };
        let now_ns = place.clock()?;
        let head = place.head()?;
        let _cut = Cut::new(&place.database_files())?;
        let scanned = place.scan(&known, now_ns).run(head.commit, &mut LookOnly)?;
        let copies = Copies(place.folder.join(format!("look-{:x}", place.system.random())));
        let mut databases = Vec::new();
        for (role, path) in &place.options.databases {
            let file = path.below(&place.root);
            let stamp = database::stamp(&file);
            let known =
                known.get(path).filter(|it| Some(&it.stat) == stamp.as_ref().map(|it| &it.0));
            let content = match (known, stamp) {
                (Some(known), _) => Some(known.content),
                (None, Some(_)) => Some(copies.content(&file)?),
                (None, None) => None,
            };
            databases.push(Database::new(*role, path.clone(), content));
        }
        Ok(Now { head, state: State { manifest: scanned.manifest, databases } })
    }
}

impl Place<'_> {
    /// Keeps the base from being collected, before anything relies on it.
    fn pin(&self, manifest: &Manifest) -> Result<()> {
        let (Some(base), Some(git)) = (manifest.base, &self.git) else { return Ok(()) };
        let failed = || StoreError::file("pin the commit for", &self.folder);
        effect::point().map_err(failed())?;
        git.pin(base.commit)?;
        effect::point().map_err(failed())?;
        Ok(())
    }
}

impl Database {
    fn new(role: crate::Role, path: TreePath, content: Option<Content>) -> Self {
        let n_bytes = content.map_or(0, |it| it.n_bytes);
        Self { role, path, hash: content.and_then(|it| it.hash), n_bytes }
    }
}

/// A folder for copies of databases, gone when it is dropped.
struct Copies(PathBuf);

impl Copies {
    fn take(&self, file: &Path) -> Result<PathBuf> {
        let failed = || StoreError::file("make the folder", &self.0);
        crate::store::make_private(&self.0).map_err(failed())?;
        let to = self.0.join("copy.db");
        database::copy_out(file, &to)?;
        Ok(to)
    }

    fn content(&self, file: &Path) -> Result<Content> {
        let to = self.take(file)?;
        let failed = || StoreError::file("read", &to);
        let mut hasher = blake3::Hasher::new();
        let mut copy = fs::File::open(&to).map_err(failed())?;
        let n_bytes = std::io::copy(&mut copy, &mut hasher).map_err(failed())?;
        let hash = Some(Hash(*hasher.finalize().as_bytes()));
        Ok(Content { hash, oid: None, n_bytes })
    }
}

impl Drop for Copies {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Keeps a copy of a database, unless it is as it was the last time.
fn keep_database(
    cx: &Writing<'_>,
    copies: &Copies,
    file: &Path,
    known: Option<&Known>,
    now_ns: i64,
) -> Result<(Option<Content>, Option<Known>)> {
    let Some((stat, latest)) = database::stamp(file) else { return Ok((None, None)) };
    if let Some(known) = known.filter(|it| it.stat == stat)
        && let Some(hash) = known.content.hash
        && cx.has_blob(hash)?
    {
        return Ok((Some(known.content), None));
    }
    let to = copies.take(file)?;
    let (hash, n_bytes) = cx.add_file(&to)?;
    let content = Content { hash: Some(hash), oid: None, n_bytes };
    Ok((Some(content), latest.is_settled(now_ns).then_some(Known { stat, content })))
}

/// Puts what was read into the store.
struct Keeper<'a, 'b> {
    cx: &'a Writing<'b>,
}

impl Keep for Keeper<'_, '_> {
    type Error = CheckpointError;

    fn has(&self, content: &Content) -> Result<bool> {
        let Some(hash) = content.hash else { return Ok(false) };
        Ok(self.cx.has_blob(hash)?)
    }

    fn keep(&mut self, bytes: &Bytes) -> Result<()> {
        let Some(hash) = bytes.content.hash else { return Ok(()) };
        Ok(self.cx.add_blob(hash, &bytes.bytes)?)
    }
}
