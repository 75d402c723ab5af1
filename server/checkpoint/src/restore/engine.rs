use super::moves::{Moves, Stuck};
use super::stage::Stage;
use super::tree::Tree;
use super::{Prepared, Recovered, Restore, Restored};
use crate::capture::{Capture, Captured};
use crate::database::{Incoming, restore_all};
use crate::git::Git;
use crate::manifest::{Entry, Node};
use crate::parallel::in_parts;
use crate::path::TreePath;
use crate::plan::{Kept, Plan, Selection};
use crate::preview::Files;
use crate::store::{Change, DatabaseChange, Journal, JournalState, Kind, Record, Role, StoreError};
use crate::{CheckpointError, Checkpoints, Store};
use rustc_hash::FxHashSet;

type Result<T> = std::result::Result<T, CheckpointError>;

impl Checkpoints<'_> {
    /// Restores a checkpoint, after one of the state now was made.
    ///
    /// # Errors
    /// [`CheckpointError::Changed`]: what would be done is not what was agreed to.
    /// [`CheckpointError::TakenBack`]: it could not go on, and everything is as before.
    /// [`CheckpointError::Interrupted`]: neither way was possible; the next start goes on.
    /// Every other error comes before anything was touched.
    pub fn restore(&mut self, restore: &Restore<'_>) -> Result<Restored> {
        let label = format!("before rollback to {}", restore.target.id);
        self.restore_files(restore, Files::Target, &label)
    }

    /// Undoes what led from `before` to `after` and keeps what was edited since, file by file and
    /// hunk by hunk; a checkpoint of the state now is made first.
    ///
    /// # Errors
    /// Those of [`Self::restore`].
    pub fn undo_between(
        &mut self,
        (before, after): (&Record, &Record),
        buffers: &[(TreePath, String)],
        digest: Option<&str>,
    ) -> Result<Restored> {
        let selection = Selection { code: true, ..Selection::default() };
        let restore = Restore { target: before, selection, buffers, digest, before: None };
        let label = format!("before undoing what was done from {} to {}", before.id, after.id);
        self.restore_files(&restore, Files::Between(before, after), &label)
    }

    pub(crate) fn restore_files(
        &mut self,
        restore: &Restore<'_>,
        files: Files<'_>,
        label: &str,
    ) -> Result<Restored> {
        let _lock = self.place.lock()?;
        self.recover_locked()?;
        let (now, plan) = self.begin(restore, files, label)?;
        let mut out = if plan.is_empty() {
            Restored::nothing(plan.kept)
        } else {
            self.carry_out(now, &plan, restore.target.id.as_str())?
        };
        out.before = restore.before.cloned().or(out.before);
        Ok(out)
    }

    /// Makes a checkpoint of the state now and plans from it.
    ///
    /// There is none when nothing is to be done, or the plan is not what was agreed to.
    fn begin(
        &mut self,
        restore: &Restore<'_>,
        files: Files<'_>,
        label: &str,
    ) -> Result<(Record, Plan)> {
        // `undo` must lead to where an author began, and not to where an editor left off.
        let is_first = restore.before.is_none();
        let kind = if is_first { Kind::BeforeRollback } else { Kind::Automatic };
        let capture = Capture { kind, label, buffers: restore.buffers };
        let Captured { record, is_new } =
            self.capture_locked(&capture, Some(&restore.target.id))?;
        let planned = self.plan(&record, restore, files).and_then(|plan| {
            let found = plan.digest(restore.target.id.as_str());
            match restore.digest {
                Some(expected) if expected != found => {
                    Err(CheckpointError::Changed { expected: expected.to_owned() })
                }
                _ => Ok(plan),
            }
        });
        let is_needed = planned.as_ref().is_ok_and(|it| !it.is_empty());
        if is_new && !is_needed {
            self.drop_checkpoint(&record)?;
        }
        Ok((record, planned?))
    }

    fn drop_checkpoint(&mut self, record: &Record) -> Result<()> {
        let store = self.store_mut()?;
        Ok(store.change("drop the checkpoint", |cx| cx.remove_checkpoint(&record.id))?)
    }

    /// Makes the checkpoint before a rollback that an editor begins, and tells what it can show.
    ///
    /// [`Self::restore`] with this checkpoint as `before` does the rest, and [`Self::dismiss`] ends
    /// it where nothing was done.
    ///
    /// # Errors
    /// Those of [`Self::restore`] that come before anything was touched.
    pub fn prepare(&mut self, restore: &Restore<'_>) -> Result<Prepared> {
        let _lock = self.place.lock()?;
        self.recover_locked()?;
        let label = format!("before rollback to {}", restore.target.id);
        let (before, plan) = self.begin(restore, Files::Target, &label)?;
        let databases = plan.databases.iter().map(|it| it.path.clone()).collect();
        let mut out = Prepared { before, texts: Vec::new(), others: Vec::new(), databases };
        for change in &plan.changes {
            match self.text_change(change, &plan)? {
                Some(it) => out.texts.push(it),
                None => out.others.push(change.path.clone()),
            }
        }
        out.leave_swaps();
        Ok(out)
    }

    /// Drops the checkpoint of [`Self::prepare`], unless files changed since: it then undoes that.
    ///
    /// # Errors
    /// When the folder or the store cannot be read.
    pub fn dismiss(&mut self, before: &Record) -> Result<bool> {
        let _lock = self.place.lock()?;
        let now = self.look()?;
        let then = self.store()?.manifest(before)?;
        let selection = Selection { code: true, ..Selection::default() };
        let git = self.place.git.as_ref();
        let is_same = crate::plan::files(&then, &now.scanned.manifest, git, &selection)?.is_empty();
        if is_same {
            self.drop_checkpoint(before)?;
        }
        Ok(is_same)
    }

    fn plan(&self, before: &Record, restore: &Restore<'_>, files: Files<'_>) -> Result<Plan> {
        let store = self.store()?;
        let from = store.manifest(before)?;
        let (now, then) = (store.databases(&before.id)?, store.databases(&restore.target.id)?);
        let to = store.manifest(restore.target)?;
        self.plan_between((&from, &now), (&to, &then), restore, files)
    }

    fn carry_out(&mut self, before: Record, plan: &Plan, target: &str) -> Result<Restored> {
        let place = &self.place;
        let workspace =
            self.store.as_mut().expect("a checkpoint was made").workspace(&place.root)?;
        let folder = Stage::name(&place.root, place.system.random());
        let mut journal = Journal {
            id: 0,
            pre: before.id.clone(),
            target: target.to_owned(),
            state: JournalState::Staging,
            stage: folder,
        };
        let at = place.system.now();
        let store = self.store.as_mut().expect("a checkpoint was made");
        journal.id = store.change("begin the restore", |cx| {
            for (hash, bytes) in &plan.made {
                cx.add_blob(*hash, bytes)?;
            }
            cx.begin_journal((workspace, at), &journal, &plan.changes, &plan.databases)
        })?;
        if let Err(error) = self.stage(&journal, plan) {
            // The folder is untouched.
            self.abort(&journal)?;
            return Err(error);
        }
        let mut out = self.apply(&journal, &plan.changes, &plan.databases, before)?;
        out.kept.splice(0..0, plan.kept.clone());
        Ok(out)
    }

    /// Writes everything that will be needed, and asks for everything that can be asked for.
    fn stage(&self, journal: &Journal, plan: &Plan) -> Result<()> {
        let store = self.store()?;
        let stage = self.stage_of(journal);
        stage.make(plan.changes.len())?;
        let (root, folder) = (self.place.root.as_path(), store.folder.as_path());
        let has_git = self.place.git.is_some();
        in_parts(plan.changes.len(), |part| -> Result<()> {
            // Neither the store nor the repository can be shared.
            let git = has_git.then(|| Git::discover(root)).flatten();
            let store = Store::open(folder)?;
            part.into_iter()
                .try_for_each(|n| stage.write(n, &plan.changes[n], (&store, git.as_ref())))
        })?;
        for (n, it) in plan.databases.iter().enumerate() {
            if let Some(hash) = it.hash {
                stage.write_database(n, hash, store)?;
            }
            if it.role == Role::Catalog {
                self.check_state(&stage.database(n), it)?;
            }
        }
        let failed = || StoreError::file("open the folder", &self.place.root);
        let mut tree = Tree::open(&self.place.root).map_err(failed())?;
        // One file speaks for its folder.
        let mut folders = FxHashSet::default();
        for it in plan.changes.iter().filter(|it| folders.insert(it.path.parent())) {
            let full = it.path.below(&self.place.root);
            let failed = || StoreError::file("change", &full);
            if !tree.is_writable(&it.path).map_err(failed())? {
                let source = std::io::ErrorKind::PermissionDenied.into();
                return Err(failed()(source).into());
            }
        }
        Ok(stage.sync()?)
    }

    fn abort(&mut self, journal: &Journal) -> Result<()> {
        self.stage_of(journal).remove()?;
        let id = journal.id;
        let store = self.store_mut()?;
        Ok(store.change("end the restore", |cx| cx.advance(id, JournalState::Aborted, None))?)
    }

    fn stage_of(&self, journal: &Journal) -> Stage {
        Stage::new(journal.stage.clone(), &self.place.root, self.place.git.is_some())
    }

    /// Goes from `staging` or `applying` to the end.
    fn apply(
        &mut self,
        journal: &Journal,
        changes: &[Change],
        databases: &[DatabaseChange],
        before: Record,
    ) -> Result<Restored> {
        match self.go_forward(journal, changes, databases) {
            Ok(kept) => self.finish(journal, changes, databases, (before, kept)),
            Err(Halt { error, is_committed: false }) => {
                self.abort(journal)?;
                Err(error)
            }
            Err(Halt { error, is_committed: true }) => {
                let reason = chain(&error);
                match self.go_back(journal, changes, databases) {
                    Ok(()) => Err(CheckpointError::TakenBack { reason }),
                    Err(again) => {
                        let reason = format!("{reason}; then: {}", chain(&again));
                        let id = before.id.to_string();
                        Err(CheckpointError::Interrupted { reason, id })
                    }
                }
            }
        }
    }

    fn go_forward(
        &mut self,
        journal: &Journal,
        changes: &[Change],
        databases: &[DatabaseChange],
    ) -> std::result::Result<Vec<Kept>, Halt> {
        let stage = self.stage_of(journal);
        let was_committed = journal.state == JournalState::Applying;
        let early = |error: CheckpointError| Halt { error, is_committed: was_committed };
        let mut incoming = self.incoming(&stage, databases).map_err(early)?;
        let mut is_committed = was_committed;
        let store = self.store.as_mut().expect("the journal is in it");
        let done = restore_all(&mut incoming, || -> Result<()> {
            if !was_committed {
                store.change("commit the restore", |cx| {
                    cx.advance(journal.id, JournalState::Applying, None)
                })?;
                is_committed = true;
            }
            Ok(())
        });
        drop(incoming);
        done.map_err(|error| Halt { error, is_committed })?;
        let late = |error: CheckpointError| Halt { error, is_committed: true };
        for (n, it) in databases.iter().enumerate().filter(|(_, it)| it.role == Role::Catalog) {
            self.restore_state(&stage.database(n), it).map_err(late)?;
        }
        let failed = || StoreError::file("open the folder", &self.place.root);
        let tree = Tree::open(&self.place.root).map_err(failed()).map_err(|it| late(it.into()))?;
        let mut moves = Moves { tree, stage: &stage, changes, is_resumed: was_committed };
        moves.forward().map_err(|it| late(self.stuck(it)))
    }

    /// The application's databases with the copies that go into them.
    fn incoming(&self, stage: &Stage, databases: &[DatabaseChange]) -> Result<Vec<Incoming>> {
        let apps = databases.iter().enumerate().filter(|(_, it)| it.role == Role::App);
        let open = |(n, it): (usize, &DatabaseChange)| {
            let copy = it.hash.map(|_| stage.database(n));
            Ok(Incoming::new(&it.path.below(&self.place.root), copy.as_deref())?)
        };
        apps.map(open).collect()
    }

    fn stuck(&self, it: Stuck) -> CheckpointError {
        StoreError::file("restore", &it.path.below(&self.place.root))(it.source).into()
    }

    /// Looks at what was displaced, and ends the restore.
    fn finish(
        &mut self,
        journal: &Journal,
        changes: &[Change],
        databases: &[DatabaseChange],
        (before, mut kept): (Record, Vec<Kept>),
    ) -> Result<Restored> {
        let stage = self.stage_of(journal);
        stage.sync()?;
        let late = late_edits(&stage, changes)?;
        let store = self.store.as_mut().expect("the journal is in it");
        store.change("end the restore", |cx| -> Result<()> {
            let mut entries = Vec::new();
            for (path, node, bytes) in &late {
                if let (Node::File { content, .. }, Some(bytes)) = (node, bytes)
                    && let Some(hash) = content.hash
                {
                    cx.add_blob(hash, bytes)?;
                }
                entries.push((path.clone(), Some(Entry::Node(node.clone()))));
            }
            if !entries.is_empty() {
                cx.amend(&before.id, &entries)?;
            }
            Ok(cx.advance(journal.id, JournalState::Done, None)?)
        })?;
        // It is done; a stage that cannot be removed now is removed by the next who comes.
        let _ = stage.remove();
        let is_kept = |path: &TreePath| kept.iter().any(|it| it.path == *path);
        let paths: Vec<TreePath> =
            changes.iter().map(|it| it.path.clone()).filter(|it| !is_kept(it)).collect();
        kept.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(Restored {
            before: Some(before),
            paths,
            databases: databases.iter().map(|it| it.path.clone()).collect(),
            kept,
            edited_meanwhile: late.into_iter().map(|it| it.0).collect(),
        })
    }

    /// Takes back what a restore did to files and databases.
    fn go_back(
        &mut self,
        journal: &Journal,
        changes: &[Change],
        databases: &[DatabaseChange],
    ) -> Result<()> {
        let id = journal.id;
        let store = self.store_mut()?;
        store
            .change("take the restore back", |cx| cx.advance(id, JournalState::Reverting, None))?;
        let stage = self.stage_of(journal);
        let failed = || StoreError::file("open the folder", &self.place.root);
        let tree = Tree::open(&self.place.root).map_err(failed())?;
        let mut moves = Moves { tree, stage: &stage, changes, is_resumed: true };
        moves.backward().map_err(|it| self.stuck(it))?;
        self.databases_back(journal, &stage, databases)?;
        stage.sync()?;
        self.abort(journal)
    }

    fn databases_back(
        &mut self,
        journal: &Journal,
        stage: &Stage,
        databases: &[DatabaseChange],
    ) -> Result<()> {
        let store = self.store()?;
        let then = store.databases(&journal.pre)?;
        let mut back: Vec<DatabaseChange> = Vec::new();
        for (n, it) in databases.iter().enumerate() {
            let hash = then.iter().find(|then| then.path == it.path).and_then(|it| it.hash);
            match hash {
                Some(hash) => {
                    let _ = std::fs::remove_file(stage.database(n));
                    stage.write_database(n, hash, store)?;
                }
                None => drop(std::fs::remove_file(stage.database(n))),
            }
            back.push(DatabaseChange { hash, ..it.clone() });
        }
        let mut incoming = self.incoming(stage, &back)?;
        restore_all(&mut incoming, || Ok::<(), CheckpointError>(()))?;
        drop(incoming);
        for (n, it) in back.iter().enumerate().filter(|(_, it)| it.role == Role::Catalog) {
            self.restore_state(&stage.database(n), it)?;
        }
        Ok(())
    }

    /// Ends a restore that a crash interrupted: forward if it had begun, else not at all.
    ///
    /// # Errors
    /// [`CheckpointError::Interrupted`] and others: it stays open, and the next start tries again.
    pub fn recover(&mut self) -> Result<Option<Recovered>> {
        if self.open_journal()?.is_none() && !Stage::is_left(&self.place.root) {
            return Ok(None);
        }
        let _lock = self.place.lock()?;
        self.recover_locked()
    }

    fn open_journal(&self) -> Result<Option<Journal>> {
        let Some(store) = &self.store else { return Ok(None) };
        match store.find_workspace(&self.place.root)? {
            Some(workspace) => Ok(store.open_journal(workspace)?),
            None => Ok(None),
        }
    }

    pub(crate) fn recover_locked(&mut self) -> Result<Option<Recovered>> {
        let Some(journal) = self.open_journal()? else {
            // One that had ended may not have come to remove its stage.
            Stage::sweep(&self.place.root)?;
            return Ok(None);
        };
        let store = self.store()?;
        let (changes, databases) =
            (store.changes(journal.id)?, store.database_changes(journal.id)?);
        match journal.state {
            JournalState::Applying => {
                let before = self.find(journal.pre.as_str())?;
                match self.apply(&journal, &changes, &databases, before) {
                    Ok(restored) => Ok(Some(Recovered::Finished(Box::new(restored)))),
                    Err(CheckpointError::TakenBack { .. }) => Ok(Some(Recovered::Reverted)),
                    Err(error) => Err(error),
                }
            }
            JournalState::Reverting => {
                self.go_back(&journal, &changes, &databases)?;
                Ok(Some(Recovered::Reverted))
            }
            _ => {
                self.abort(&journal)?;
                Ok(Some(Recovered::Aborted))
            }
        }
    }
}

/// An error, and whether the journal says that the restore goes on.
struct Halt {
    error: CheckpointError,
    is_committed: bool,
}

/// What somebody put in a path during the restore, with its bytes when it is a file.
type LateEdit = (TreePath, Node, Option<Vec<u8>>);

/// Displaced files that are not what the checkpoint before has of them, with their bytes.
fn late_edits(stage: &Stage, changes: &[Change]) -> Result<Vec<LateEdit>> {
    let late = in_parts(changes.len(), |part| {
        let found = part.map(|n| late_edit(stage, n, &changes[n]));
        found.filter_map(Result::transpose).collect::<Result<Vec<LateEdit>>>()
    });
    Ok(late?.into_iter().flatten().collect())
}

fn late_edit(stage: &Stage, n: usize, change: &Change) -> Result<Option<LateEdit>> {
    for displaced in [stage.new_file(n), stage.old(n)] {
        let failed = || StoreError::file("read", &displaced);
        let is = |it: &Node| stage.is_node(&displaced, it).map_err(failed());
        // What was not moved in is still there, and nobody edits it.
        if is(&change.before)? || is(&change.after)? {
            continue;
        }
        let node = stage.node(&displaced).map_err(failed())?;
        if !node.is_present() {
            continue;
        }
        let bytes = match node {
            Node::File { .. } => Some(std::fs::read(&displaced).map_err(failed())?),
            _ => None,
        };
        return Ok(Some((change.path.clone(), node, bytes)));
    }
    Ok(None)
}

fn chain(error: &CheckpointError) -> String {
    let mut out = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(it) = source {
        out += &format!(": {it}");
        source = it.source();
    }
    out
}

impl Restored {
    fn nothing(kept: Vec<Kept>) -> Self {
        Self {
            before: None,
            paths: Vec::new(),
            databases: Vec::new(),
            kept,
            edited_meanwhile: Vec::new(),
        }
    }
}
