use super::moves::{Moves, Stuck, exists};
use super::stage::Stage;
use super::tree::Tree;
use super::{Prepared, Recovered, Restore, Restored};
use crate::capture::{Capture, Captured, State};
use crate::database::{Incoming, restore_all};
use crate::git::Git;
use crate::manifest::{Entry, Manifest, Node};
use crate::parallel::{in_parts, is_alone};
use crate::path::TreePath;
use crate::plan::{self, Kept, Plan, Selection};
use crate::preview::{Files, asks_again};
use crate::store::{Change, DatabaseChange, Journal, JournalState, Kind, Record, Role, StoreError};
use crate::{CheckpointError, Checkpoints, Store};
use rustc_hash::FxHashSet;

type Result<T> = std::result::Result<T, CheckpointError>;

impl Checkpoints<'_> {
    /// Restores a checkpoint, or undoes what was done since, after one of the state now was made.
    ///
    /// # Errors
    /// [`CheckpointError::Changed`]: what would be done is not what was agreed to.
    /// [`CheckpointError::AsksAgain`]: that has to be agreed to a second time.
    /// [`CheckpointError::TakenBack`]: it could not go on, and everything is as before.
    /// [`CheckpointError::Interrupted`]: neither way was possible; the next start goes on.
    /// Every other error comes before anything was touched.
    pub fn restore(&mut self, restore: &Restore<'_>) -> Result<Restored> {
        self.restore_files(restore, Files::of(restore))
    }

    fn restore_files(&mut self, restore: &Restore<'_>, files: Files<'_>) -> Result<Restored> {
        let _lock = self.place.lock()?;
        self.recover_locked()?;
        let (now, plan) = self.begin(restore, files)?;
        if plan.is_empty() {
            return Ok(Restored::nothing(plan.kept));
        }
        self.carry_out(now, &plan, restore.target.id.as_str())
    }

    /// Makes a checkpoint of the state now and plans from it.
    ///
    /// There is none when nothing is to be done, or the plan is not what was agreed to.
    fn begin(&mut self, restore: &Restore<'_>, files: Files<'_>) -> Result<(Record, Plan)> {
        let Restore { target, buffers, .. } = *restore;
        let (kind, label) = match files {
            Files::Target => (Kind::BeforeRollback, format!("before rollback to {}", target.id)),
            Files::Between(before, after) => {
                let label =
                    format!("before undoing what was done from {} to {}", before.id, after.id);
                (Kind::BeforeRollback, label)
            }
            // `undo` must lead to where an author began, and not to where an editor left off.
            Files::Shown(_) => (Kind::Automatic, format!("within rollback to {}", target.id)),
        };
        let capture = Capture { kind, label: &label, buffers };
        let (Captured { record, is_new }, now) = self.capture_locked(&capture, Some(&target.id))?;
        let planned = self.plan(&now, restore, files);
        let planned = planned.and_then(|plan| agreed(restore, &record, plan));
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
    /// [`Self::restore_prepared`] does the rest, and [`Self::dismiss`] ends it where nothing was
    /// done.
    ///
    /// # Errors
    /// Those of [`Self::restore`] that come before anything was touched.
    pub fn prepare(&mut self, restore: &Restore<'_>) -> Result<Prepared> {
        let _lock = self.place.lock()?;
        self.recover_locked()?;
        let (before, plan) = self.begin(restore, Files::of(restore))?;
        let mut out = Prepared {
            target: restore.target.clone(),
            before,
            texts: Vec::new(),
            others: Vec::new(),
            databases: plan.databases.iter().map(|it| it.path.clone()).collect(),
            selection: restore.selection.clone(),
            plan: Plan::default(),
        };
        for change in &plan.changes {
            match self.text_change(change, &plan)? {
                Some(it) => out.texts.push(it),
                None => out.others.push(change.path.clone()),
            }
        }
        out.plan = plan;
        out.leave_swaps();
        Ok(out)
    }

    /// Does what is left of a prepared rollback once an editor has done its part: the texts in
    /// `taken`, and everything that it could not show. What somebody else edited since stays.
    ///
    /// # Errors
    /// Those of [`Self::restore`].
    pub fn restore_prepared(
        &mut self,
        prepared: &Prepared,
        taken: &[TreePath],
        buffers: &[(TreePath, String)],
    ) -> Result<Restored> {
        let paths: Vec<TreePath> = taken.iter().chain(&prepared.others).cloned().collect();
        // No path at all would mean every path.
        let code = !paths.is_empty();
        let selection = Selection { code, paths, hunks: Vec::new(), ..prepared.selection.clone() };
        let restore = Restore { selection, buffers, ..Restore::all(&prepared.target) };
        let mut out = self.restore_files(&restore, Files::Shown(prepared))?;
        out.before = Some(prepared.before.clone());
        out.kept.extend(prepared.plan.kept.iter().cloned());
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
        let is_same = plan::files(&then, &now.state.manifest, git, &selection)?.is_empty();
        if is_same {
            self.drop_checkpoint(before)?;
        }
        Ok(is_same)
    }

    fn plan(&self, now: &State, restore: &Restore<'_>, files: Files<'_>) -> Result<Plan> {
        let (store, target) = (self.store()?, restore.target);
        let to =
            State { manifest: store.manifest(target)?, databases: store.databases(&target.id)? };
        self.plan_between(now, &to, restore, files)
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
        self.stage_files(&stage, &plan.changes)?;
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

    fn stage_files(&self, stage: &Stage, changes: &[Change]) -> Result<()> {
        let (store, git) = (self.store()?, self.place.git.as_ref());
        if is_alone(changes.len()) {
            let mut all = changes.iter().enumerate();
            return all.try_for_each(|(n, it)| stage.write(n, it, (store, git)));
        }
        let (folder, root) = (store.folder.as_path(), self.place.root.as_path());
        let has_git = git.is_some();
        in_parts(changes.len(), |part| -> Result<()> {
            // Neither the store nor the repository can be shared.
            let git = has_git.then(|| Git::discover(root)).flatten();
            let store = Store::open(folder)?;
            part.into_iter().try_for_each(|n| stage.write(n, &changes[n], (&store, git.as_ref())))
        })?;
        Ok(())
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
                // The stage goes last: where it is gone, only the note of the end is missing.
                match exists(&journal.stage) {
                    true => self.go_back(&journal, &changes, &databases)?,
                    false => self.abort(&journal)?,
                }
                Ok(Some(Recovered::Reverted))
            }
            _ => {
                self.abort(&journal)?;
                Ok(Some(Recovered::Aborted))
            }
        }
    }
}

/// The plan, if it is what was agreed to, and as often as it has to be.
fn agreed(restore: &Restore<'_>, now: &Record, plan: Plan) -> Result<Plan> {
    let Some(expected) = restore.digest else { return Ok(plan) };
    if plan.digest(restore.target.id.as_str()) != expected {
        return Err(CheckpointError::Changed { expected: expected.to_owned() });
    }
    let is_head_moved = restore.latest().head != now.head;
    if !restore.again && asks_again(plan.changes.len(), is_head_moved) {
        return Err(CheckpointError::AsksAgain);
    }
    Ok(plan)
}

impl Prepared {
    /// What is left to do where the folder is as `from` says.
    pub(crate) fn plan_from(
        &self,
        from: &Manifest,
        git: Option<&Git>,
        selection: &Selection,
    ) -> Result<Plan> {
        let texts: FxHashSet<&TreePath> = self.texts.iter().map(|it| &it.path).collect();
        let mut out = Plan { made: self.plan.made.clone(), ..Plan::default() };
        for change in self.plan.changes.iter().filter(|it| selection.has(&it.path)) {
            let (path, after) = (change.path.clone(), change.after.clone());
            let why = match plan::node(from, git, &path)? {
                Some(now) if now.is_same(&after) => continue,
                // An editor writes its texts in its own way, with one kind of line end.
                Some(before) if before.is_same(&change.before) || texts.contains(&path) => {
                    out.changes.push(Change { path, before, after });
                    continue;
                }
                Some(_) => "was edited since, and stays",
                None => "is not captured as it is now",
            };
            out.kept.push(Kept { path, why: why.to_owned() });
        }
        Ok(out)
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
        if !exists(&displaced) {
            continue;
        }
        let failed = || StoreError::file("read", &displaced);
        let is = |it: &Node| stage.is_node(&displaced, it).map_err(failed());
        // What was not moved in is still there, and nobody edits it.
        if is(&change.before)? || is(&change.after)? {
            continue;
        }
        let node = stage.node(&displaced).map_err(failed())?;
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
