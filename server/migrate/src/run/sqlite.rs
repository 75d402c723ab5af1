use crate::plan::{Back, Transaction};
use crate::run::backup::{self, Backup};
use crate::run::data::{self, Answer};
use crate::run::error::RunError;
use crate::run::journal::{self, failed};
use crate::run::ledger::{Entry, Kind, Ledger, Problem, SpecRef, Status, judge};
use crate::run::lock::lock;
use crate::run::prepare::{between, drift, prove, schema_of, text_of};
use crate::run::restore::{self, BACKUP};
use crate::run::{Event, Hash, Migration, Options};
use crate::sqlite::{Catalog, differences, message, run_steps, shadow_of};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// A step as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredStep {
    pub transaction: Transaction,
    /// Sets something of the connection only, and is run again when a run is resumed.
    pub is_setting: bool,
    pub sql: String,
    pub back: Back,
    /// Brings lost data back from the attached backup; runs right after the way back.
    pub restore: Option<String>,
}

/// What was done with one migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub name: String,
    pub kind: Kind,
    pub n_steps: usize,
    pub backup: Option<String>,
    /// Questions to the data that were not answered in time.
    pub unanswered: Vec<String>,
}

/// How one migration was undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolledBack {
    pub name: String,
    /// The backup that lost data was restored from.
    pub restored_from: Option<String>,
    /// The state before the rollback.
    pub backup: String,
}

/// How far to roll back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undo {
    /// The last so many migrations.
    Last(usize),
    /// Everything after the migration of that name; an empty name is everything.
    To(String),
}

/// Reads the ledger of a database file; an empty one where there is neither.
///
/// # Errors
/// [`RunError::Open`], [`RunError::Engine`]
pub fn ledger(path: &Path) -> Result<Ledger, RunError> {
    if !path.exists() {
        return Ok(Ledger::default());
    }
    let db = crate::sqlite::open_read_only(path).map_err(|it| open_error(path, &it))?;
    journal::load(&db)
}

/// Brings a database file to what all `specs` describe, in their order.
///
/// `migrations` are those of them that are not applied yet; the others may be left out. What an earlier run left unfinished is finished first. A missing file is made. Migrations run
/// one by one, each in its own transactions; when one fails, those before it stay applied.
///
/// # Errors
/// [`RunError`]; the ledger then tells where the database stands.
pub fn apply(
    path: &Path,
    specs: &[SpecRef<'_>],
    migrations: &[Migration],
    options: &Options<'_>,
) -> Result<Vec<Applied>, RunError> {
    let attempt = format!("apply to `{}`", path.display());
    let _lock = lock(options, &attempt)?;
    (options.hear)(Event::Locked);
    let db = open(path, options)?;
    let mut out = Vec::new();
    let found = journal::load(&db)?;
    if let Some(entry) = found.running() {
        out.push(resume(path, &db, entry, &found, options)?);
    }
    let ledger = sound_ledger(&db)?;
    let (problems, names) = judge(specs, &ledger);
    if !problems.is_empty() {
        return Err(RunError::Ledger(problems));
    }
    let mut live = undrifted(&db, &ledger)?;
    let find = |name: &&str| migrations.iter().find(|it| it.name == *name);
    let pending: Option<Vec<&Migration>> = names.iter().map(find).collect();
    // Something was rolled back since the caller looked.
    let mut pending = pending.ok_or(RunError::Moved)?;
    let mut head = Head::of(&ledger);
    if ledger.entries.is_empty() && !live.is_empty() {
        let known = pending.iter().rposition(|it| holds(&live, &it.to));
        let Some(last) = known else { return Err(unknown(&live)) };
        for it in pending.drain(..=last) {
            out.push(baseline(path, &db, it, &live, &mut head, options)?);
        }
    }
    let mut proven = Vec::new();
    for it in pending {
        let after = prove(&live, it);
        let after =
            after.map_err(|source| RunError::Proof { migration: it.name.clone(), source })?;
        proven.push((it, std::mem::replace(&mut live, after.clone()), after));
    }
    (options.hear)(Event::Proven);
    for (migration, before, after) in &proven {
        let is_first = migration.name == proven[0].0.name;
        out.push(apply_one(path, &db, (migration, before, after), &mut head, is_first, options)?);
    }
    Ok(out)
}

/// Where the chain of the ledger ends.
struct Head {
    seq: i64,
    hash: Hash,
}

impl Head {
    fn of(ledger: &Ledger) -> Self {
        Self { seq: ledger.entries.last().map_or(0, |it| it.seq), hash: ledger.head() }
    }
}

/// Whether everything of `part` is in `whole`, which may have more.
fn holds(whole: &Catalog, part: &Catalog) -> bool {
    !part.is_empty() && between(part, whole).iter().all(|it| it.expected.is_none())
}

fn unknown(live: &Catalog) -> RunError {
    let tables = live.tables.iter().map(|it| it.name.clone());
    let others = live.views.iter().map(|it| it.name.clone());
    let opaque = live.opaque.iter().map(|it| it.name.clone());
    RunError::Unknown(tables.chain(others).chain(opaque).collect())
}

fn open_error(path: &Path, error: &rusqlite::Error) -> RunError {
    RunError::Open { path: path.display().to_string(), message: message(error) }
}

fn open(path: &Path, options: &Options<'_>) -> Result<Connection, RunError> {
    let is_new = !path.exists();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> rusqlite::Result<Connection> {
        #[cfg_attr(not(test), expect(unused_mut, reason = "tests count its steps"))]
        let mut db = Connection::open_with_flags(path, flags)?;
        db.busy_timeout(Duration::from_millis(options.busy_ms))?;
        #[cfg(test)]
        count_steps(&mut db)?;
        db.query_row("SELECT count(*) FROM sqlite_schema", (), |_| Ok(()))?;
        if is_new {
            let _: String = db.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))?;
        }
        db.pragma_update(None, "synchronous", "FULL")?;
        Ok(db)
    };
    open().map_err(|it| open_error(path, &it))
}

/// How many instructions of the engine's machine this process may run before it ends.
#[cfg(test)]
static N_LEFT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(u64::MAX);

/// Lets this process end as by a kill after so many instructions on a database file.
#[cfg(test)]
pub(super) fn end_after(n_steps: u64) {
    N_LEFT.store(n_steps, std::sync::atomic::Ordering::Relaxed);
}

#[cfg(test)]
fn count_steps(db: &mut Connection) -> rusqlite::Result<()> {
    use std::sync::atomic::Ordering::Relaxed;
    if N_LEFT.load(Relaxed) == u64::MAX {
        return Ok(());
    }
    let count = || {
        if N_LEFT.fetch_sub(1, Relaxed) == 1 {
            std::process::abort();
        }
        false
    };
    db.progress_handler(1, Some(count))
}

fn sound_ledger(db: &Connection) -> Result<Ledger, RunError> {
    let ledger = journal::load(db)?;
    match ledger.broken() {
        Some(problem) => Err(RunError::Ledger(vec![problem])),
        None => Ok(ledger),
    }
}

/// The live schema, held against the ledger.
fn undrifted(db: &Connection, ledger: &Ledger) -> Result<Catalog, RunError> {
    let live = schema_of(db)?;
    let found = drift(ledger, &live).map_err(|it| RunError::Engine {
        attempt: "read the ledger's schema",
        message: it.to_string(),
    })?;
    if found.is_empty() {
        return Ok(live);
    }
    Err(RunError::Drift(found.iter().map(ToString::to_string).collect()))
}

fn stored(migration: &Migration, from: &Catalog, to: &Catalog) -> Vec<StoredStep> {
    let plan = &migration.plan;
    let mut restores = restore::statements(plan, from, to);
    for (index, restore) in &migration.restores {
        restores[*index] = Some(restore.clone());
    }
    let of = |(it, restore): (&crate::plan::Step, Option<String>)| StoredStep {
        transaction: it.transaction,
        is_setting: it.transaction == Transaction::Outside && it.changes.is_empty(),
        sql: it.sql.clone(),
        back: it.back.clone(),
        restore,
    };
    plan.steps.iter().zip(restores).map(of).collect()
}

fn draft(
    kind: Kind,
    (name, spec_hash): (&str, &str),
    head: &Head,
    steps: &[StoredStep],
    [before, after]: [&str; 2],
    options: &Options<'_>,
) -> Entry {
    let (up_hash, down_hash) = journal::hashes(steps);
    let model::Timestamp(now) = options.system.now();
    let mut out = Entry {
        seq: head.seq + 1,
        kind,
        name: name.to_owned(),
        spec_hash: spec_hash.to_owned(),
        up_hash,
        down_hash,
        prev_hash: head.hash.clone(),
        hash: String::new(),
        schema_before: before.to_owned(),
        schema_after: after.to_owned(),
        engine_version: rusqlite::version().to_owned(),
        tool_version: options.tool_version.to_owned(),
        started_at_ms: now,
        finished_at_ms: None,
        status: Status::Running,
        backup: None,
        n_steps: i64::try_from(steps.len()).unwrap_or(i64::MAX),
        steps_done: 0,
    };
    out.hash = out.hash_of();
    out
}

fn baseline(
    path: &Path,
    db: &Connection,
    migration: &Migration,
    live: &Catalog,
    head: &mut Head,
    options: &Options<'_>,
) -> Result<Applied, RunError> {
    let act = Act {
        path,
        db,
        kind: Kind::Baseline,
        name: &migration.name,
        spec_hash: &migration.spec_hash,
        steps: &[],
        before: live,
        after: live,
        needs_backup: false,
        questions: &[],
        options,
    };
    act.run(head)
}

fn apply_one(
    path: &Path,
    db: &Connection,
    (migration, before, after): (&Migration, &Catalog, &Catalog),
    head: &mut Head,
    is_first: bool,
    options: &Options<'_>,
) -> Result<Applied, RunError> {
    let steps = stored(migration, before, after);
    let is_lossy = |it: &StoredStep| matches!(it.back, Back::Lossy { .. } | Back::None { .. });
    // The backup of the first covers those after it, as long as they lose nothing themselves.
    let is_needed = !steps.is_empty() && (is_first || steps.iter().any(is_lossy));
    let act = Act {
        path,
        db,
        kind: Kind::Apply,
        name: &migration.name,
        spec_hash: &migration.spec_hash,
        steps: &steps,
        before,
        after,
        needs_backup: is_needed && !before.is_empty(),
        questions: &migration.plan.steps,
        options,
    };
    act.run(head)
}

/// One entry of the ledger being made true.
struct Act<'a> {
    path: &'a Path,
    db: &'a Connection,
    kind: Kind,
    name: &'a str,
    spec_hash: &'a str,
    steps: &'a [StoredStep],
    before: &'a Catalog,
    after: &'a Catalog,
    needs_backup: bool,
    /// Steps with what must be asked of the data first.
    questions: &'a [crate::plan::Step],
    options: &'a Options<'a>,
}

impl Act<'_> {
    fn run(&self, head: &mut Head) -> Result<Applied, RunError> {
        let ((before_ddl, before), (after_ddl, after)) =
            (text_of(self.before), text_of(self.after));
        let names = (self.name, self.spec_hash);
        let mut entry = draft(self.kind, names, head, self.steps, [&before, &after], self.options);
        let schemas =
            [(before.as_str(), before_ddl.as_str()), (after.as_str(), after_ddl.as_str())];
        let mut unanswered = Vec::new();
        let started = |entry: &mut Entry| {
            if journal::load(self.db)?.head() != head.hash || schema_of(self.db)? != *self.before {
                return Err(RunError::Moved);
            }
            unanswered = self.ask()?;
            if self.needs_backup {
                let backup = self.back_up(entry.seq)?;
                entry.backup = Some(backup.path.display().to_string());
            }
            journal::insert(self.db, entry, self.steps, schemas)
        };
        self.segments(&mut entry, 0, Some(started))?;
        let applied = Applied {
            name: self.name.to_owned(),
            kind: self.kind,
            n_steps: self.steps.len(),
            backup: entry.backup.clone(),
            unanswered,
        };
        *head = Head { seq: entry.seq, hash: entry.hash };
        Ok(applied)
    }

    fn ask(&self) -> Result<Vec<String>, RunError> {
        let answers = data::ask(self.db, self.questions, self.options.data_ms_max);
        let (obstacles, unanswered): (Vec<Answer>, Vec<Answer>) =
            answers.into_iter().partition(Answer::is_obstacle);
        if obstacles.is_empty() {
            return Ok(unanswered.iter().map(ToString::to_string).collect());
        }
        Err(RunError::Data { migration: self.name.to_owned(), answers: obstacles })
    }

    fn back_up(&self, seq: i64) -> Result<Backup, RunError> {
        let stem = self.path.file_stem().map(|it| it.to_string_lossy().into_owned());
        let word = if self.kind == Kind::Rollback { "rollback" } else { "apply" };
        let plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-');
        let name: String = self.name.chars().filter(|it| plain(*it)).take(60).collect();
        let stem = format!("{}-{seq:04}-before-{word}-{name}", stem.unwrap_or_default());
        backup::make(self.path, &stem, self.options)
    }

    /// Runs the steps from `start` on in their transactions. `started` runs in the first of them,
    /// or in one of its own.
    fn segments(
        &self,
        entry: &mut Entry,
        start: usize,
        mut started: Option<impl FnOnce(&mut Entry) -> Result<(), RunError>>,
    ) -> Result<(), RunError> {
        let groups = groups(self.steps);
        let is_work =
            |it: &std::ops::Range<usize>| !self.steps[it.clone()].iter().all(|it| it.is_setting);
        let last = groups.iter().rposition(is_work);
        for (index, group) in groups.iter().enumerate() {
            let is_outside = self.steps[group.start].transaction == Transaction::Outside;
            if !is_work(group) {
                self.steps_of(group.clone())?;
                continue;
            }
            if group.end <= start {
                continue;
            }
            if is_outside {
                if let Some(started) = started.take() {
                    self.in_transaction(|| started(entry))?;
                }
                self.steps_of(group.clone())?;
            }
            let is_last = Some(index) == last;
            self.in_transaction(|| {
                if let Some(started) = started.take() {
                    started(entry)?;
                }
                if !is_outside {
                    self.steps_of(group.clone())?;
                }
                self.note(entry, group.end, is_last)
            })?;
            let steps_done = if is_last { self.steps.len() } else { group.end };
            (self.options.hear)(Event::Committed { migration: self.name, steps_done });
        }
        if let Some(started) = started {
            self.in_transaction(|| {
                started(entry)?;
                self.note(entry, self.steps.len(), true)
            })?;
            let steps_done = self.steps.len();
            (self.options.hear)(Event::Committed { migration: self.name, steps_done });
        }
        Ok(())
    }

    /// Writes how far the run has come; at its end only when the schema is the wanted one.
    fn note(&self, entry: &Entry, end: usize, is_last: bool) -> Result<(), RunError> {
        if !is_last {
            return journal::progress(self.db, entry.seq, end, None);
        }
        let found = schema_of(self.db)?;
        if found != *self.after {
            let migration = self.name.to_owned();
            let differences = between(self.after, &found).iter().map(ToString::to_string).collect();
            return Err(RunError::PostCheck { migration, differences });
        }
        (self.options.hear)(Event::Checked { migration: self.name });
        let model::Timestamp(now) = self.options.system.now();
        journal::progress(self.db, entry.seq, self.steps.len(), Some(now))
    }

    fn steps_of(&self, group: std::ops::Range<usize>) -> Result<(), RunError> {
        for index in group {
            let step = &self.steps[index];
            self.db.execute_batch(&step.sql).map_err(|error| RunError::Step {
                migration: self.name.to_owned(),
                step: index + 1,
                message: message(&error),
                sql: step.sql.clone(),
            })?;
            (self.options.hear)(Event::Step { migration: self.name, index });
        }
        Ok(())
    }

    fn in_transaction(&self, act: impl FnOnce() -> Result<(), RunError>) -> Result<(), RunError> {
        self.db.execute_batch("BEGIN IMMEDIATE").map_err(|it| self.begin_error(&it))?;
        (self.options.hear)(Event::Begun { migration: self.name });
        let done = act().and_then(|()| self.db.execute_batch("COMMIT").map_err(failed("commit")));
        if done.is_err() && !self.db.is_autocommit() {
            // A full disk may have rolled back already; a crash now does it at the next opening.
            let _ = self.db.execute_batch("ROLLBACK");
        }
        done
    }

    fn begin_error(&self, error: &rusqlite::Error) -> RunError {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                let attempt = format!("change `{}`", self.path.display());
                RunError::Busy { attempt, ms: self.options.busy_ms }
            }
            _ => RunError::Engine { attempt: "begin", message: message(error) },
        }
    }
}

/// Neighbours that share a transaction.
fn groups(steps: &[StoredStep]) -> Vec<std::ops::Range<usize>> {
    let mut out: Vec<std::ops::Range<usize>> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let joins = out.last().is_some_and(|it| {
            let first = &steps[it.start];
            first.transaction == step.transaction && step.transaction != Transaction::Outside
        });
        match out.last_mut().filter(|_| joins) {
            Some(last) => last.end = index + 1,
            None => out.push(index..index + 1),
        }
    }
    out
}

/// Finishes what an earlier run has begun.
fn resume(
    path: &Path,
    db: &Connection,
    entry: &Entry,
    ledger: &Ledger,
    options: &Options<'_>,
) -> Result<Applied, RunError> {
    let steps = sound_steps(db, entry)?;
    let after = schema_in(ledger, &entry.schema_after)?;
    if entry.kind == Kind::Rollback {
        let undone =
            ledger.entries.iter().rev().find(|it| it.kind == Kind::Apply && it.name == entry.name);
        if let Some(backup) = undone.and_then(|it| it.backup.as_deref()) {
            attach(db, backup, entry.backup.as_deref(), &entry.name)?;
        }
    }
    let act = Act {
        path,
        db,
        kind: entry.kind,
        name: &entry.name,
        spec_hash: &entry.spec_hash,
        steps: &steps,
        before: &after,
        after: &after,
        needs_backup: false,
        questions: &[],
        options,
    };
    let start = usize::try_from(entry.steps_done).unwrap_or_default();
    let nothing = None::<fn(&mut Entry) -> Result<(), RunError>>;
    act.segments(&mut entry.clone(), start, nothing)?;
    Ok(Applied {
        name: entry.name.clone(),
        kind: entry.kind,
        n_steps: steps.len(),
        backup: entry.backup.clone(),
        unanswered: Vec::new(),
    })
}

/// The steps of an entry, as they were when it was written.
fn sound_steps(db: &Connection, entry: &Entry) -> Result<Vec<StoredStep>, RunError> {
    let steps = journal::steps(db, entry.seq)?;
    if journal::hashes(&steps) == (entry.up_hash.clone(), entry.down_hash.clone()) {
        return Ok(steps);
    }
    Err(RunError::Ledger(vec![Problem::ChangedSteps { name: entry.name.clone() }]))
}

fn schema_in(ledger: &Ledger, hash: &str) -> Result<Catalog, RunError> {
    let attempt = "read the ledger's schema";
    let ddl = ledger.schemas.get(hash).ok_or_else(|| RunError::Engine {
        attempt,
        message: format!("the schema {hash} is missing"),
    })?;
    crate::sqlite::catalog_of_sql(ddl)
        .map_err(|it| RunError::Engine { attempt, message: it.to_string() })
}

/// Undoes migrations by the ways back that the ledger keeps, last first.
///
/// Each is proven on a shadow and run after a backup, with its row of the ledger, as when it was
/// applied. What a way back cannot give back comes from the backup that was made before the
/// migration. An apply that was interrupted counts as the last migration; a rollback that was is
/// finished first, and counts as one.
///
/// # Errors
/// [`RunError::NoWayBack`]: nothing of that migration was undone; those after it were.
pub fn roll_back(
    path: &Path,
    undo: &Undo,
    options: &Options<'_>,
) -> Result<Vec<RolledBack>, RunError> {
    let attempt = format!("roll back `{}`", path.display());
    let _lock = lock(options, &attempt)?;
    (options.hear)(Event::Locked);
    if !path.exists() {
        return Err(RunError::NothingToRollBack(format!("there is no `{}`", path.display())));
    }
    let db = open(path, options)?;
    let mut ledger = sound_ledger(&db)?;
    let (mut out, mut undo) = (Vec::new(), undo.clone());
    if let Some(entry) = ledger.running().filter(|it| it.kind == Kind::Rollback) {
        let done = resume(path, &db, entry, &ledger, options)?;
        let backup = done.backup.unwrap_or_default();
        out.push(RolledBack { name: done.name, restored_from: None, backup });
        ledger = sound_ledger(&db)?;
        let is_all = match &mut undo {
            Undo::Last(n) => {
                *n = n.saturating_sub(1);
                *n == 0
            }
            Undo::To(name) => ledger.applied().last().is_none_or(|it| it.name == *name),
        };
        if is_all {
            return Ok(out);
        }
    }
    let entries = undo_of(&ledger, &undo)?;
    if ledger.running().is_none() {
        undrifted(&db, &ledger)?;
    }
    // Before anything is undone it is clear that all of it can be.
    for it in &entries {
        way_back(&db, it)?;
    }
    let entries: Vec<Entry> = entries.into_iter().cloned().collect();
    for it in &entries {
        out.push(roll_back_one(path, &db, it, options)?);
    }
    Ok(out)
}

/// The entries that a rollback undoes, last first.
///
/// # Errors
/// [`RunError::NothingToRollBack`]
pub fn undo_of<'a>(ledger: &'a Ledger, undo: &Undo) -> Result<Vec<&'a Entry>, RunError> {
    let applied = ledger.applied();
    let running = ledger.running();
    if let Some(it) = running.filter(|it| it.kind != Kind::Apply) {
        return Err(RunError::Interrupted {
            migration: it.name.clone(),
            steps_done: it.steps_done,
            n_steps: it.n_steps,
        });
    }
    let all: Vec<&Entry> = applied.into_iter().chain(running).collect();
    let n_kept = match undo {
        Undo::Last(n) => all.len().saturating_sub(*n),
        Undo::To(name) if name.is_empty() => 0,
        Undo::To(name) => match all.iter().position(|it| it.name == *name) {
            Some(at) => at + 1,
            None => {
                let why = format!("`{name}` is not applied");
                return Err(RunError::NothingToRollBack(why));
            }
        },
    };
    let out: Vec<&Entry> = all[n_kept..].iter().rev().copied().collect();
    if out.is_empty() {
        return Err(RunError::NothingToRollBack("nothing is applied after that".to_owned()));
    }
    Ok(out)
}

/// The steps that undo an entry; the ones that restore data need the backup attached.
pub(super) fn way_back(db: &Connection, entry: &Entry) -> Result<Vec<StoredStep>, RunError> {
    let refuse = |why: String| RunError::no_way_back(entry, why);
    if entry.kind == Kind::Baseline {
        return Err(refuse("the database held it before the first run".to_owned()));
    }
    let steps = sound_steps(db, entry)?;
    let n_done = if entry.status == Status::Done {
        steps.len()
    } else {
        usize::try_from(entry.steps_done).unwrap_or_default()
    };
    let mut out = Vec::new();
    for step in
        steps.iter().enumerate().rev().filter(|(index, it)| *index < n_done || it.is_setting)
    {
        let step = step.1;
        let (sql, restore) = match &step.back {
            Back::Exact(sql) => (sql.clone(), None),
            Back::Lossy { sql, why } => {
                let restore = step.restore.as_deref();
                let restore = restore.ok_or_else(|| refuse(why.clone()))?;
                (sql.clone(), Some(restore))
            }
            Back::None { why } => return Err(refuse(why.clone())),
            Back::NotNeeded => continue,
        };
        let sql = restore.map_or(sql.clone(), |restore| format!("{sql}\n{restore}"));
        out.push(StoredStep { sql, back: Back::NotNeeded, restore: None, ..step.clone() });
    }
    let restores = steps.iter().any(|it| it.restore.is_some());
    if restores && entry.backup.as_deref().is_none_or(|it| !Path::new(it).exists()) {
        let name = entry.backup.as_deref().unwrap_or("no backup");
        return Err(refuse(format!("data was dropped, and the backup is not there: {name}")));
    }
    Ok(out)
}

/// Proves the way back without its restores on an empty shadow of the live schema.
fn prove_back(
    entry: &Entry,
    steps: &[StoredStep],
    before: &Catalog,
    live: &Catalog,
) -> Result<(), RunError> {
    let refuse = |why: String| RunError::no_way_back(entry, why);
    let db = shadow_of(live).map_err(|it| refuse(message(&it)))?;
    let ddl = crate::sqlite::ddl(before);
    // What is restored comes from an empty copy here.
    db.execute_batch(&format!("ATTACH ':memory:' AS {BACKUP}"))
        .map_err(|it| refuse(message(&it)))?;
    fill_backup(&db, &ddl).map_err(|it| refuse(message(&it)))?;
    let plain: Vec<crate::plan::Step> = steps.iter().map(plain_step).collect();
    run_steps(&db, &plain).map_err(|(index, error)| {
        refuse(format!(
            "step {} of the way back failed on a shadow: {}",
            index + 1,
            message(&error)
        ))
    })?;
    let found = schema_of(&db)?;
    if found == *before {
        return Ok(());
    }
    let differences = differences(&found, before).len();
    Err(refuse(format!(
        "the way back ends in another schema on a shadow ({differences} differences)"
    )))
}

/// Gives the attached database the tables of `ddl`, which is run in a database of its own first.
fn fill_backup(db: &Connection, ddl: &str) -> rusqlite::Result<()> {
    let other = Connection::open_in_memory()?;
    other.pragma_update(None, "foreign_keys", false)?;
    other.execute_batch(ddl)?;
    let mut statement = other.prepare(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL
         AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    let tables =
        statement.query_map((), |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    for table in tables {
        let (name, sql) = table?;
        if let Some(at) = crate::sqlite::name_start(&sql) {
            let sql = format!("{}{BACKUP}.{}", &sql[..at], &sql[at..]);
            // A shadow table of a virtual one may be refused, and holds nothing of ours.
            let made = db.execute_batch(&sql);
            debug_assert!(made.is_ok(), "{name}: {made:?}");
        }
    }
    Ok(())
}

fn plain_step(it: &StoredStep) -> crate::plan::Step {
    crate::plan::Step {
        changes: Vec::new(),
        sql: it.sql.clone(),
        transaction: it.transaction,
        locks: Vec::new(),
        rewrite: false,
        scan: false,
        loses: Vec::new(),
        back: Back::NotNeeded,
        checks: Vec::new(),
    }
}

fn attach(db: &Connection, backup: &str, own: Option<&str>, name: &str) -> Result<(), RunError> {
    let refuse = |why: String| RunError::NoWayBack {
        migration: name.to_owned(),
        why: format!("use the backup `{backup}`: {why}"),
        backup: own.map(str::to_owned),
    };
    let sound = || -> rusqlite::Result<String> {
        let copy = crate::sqlite::open_read_only(Path::new(backup))?;
        let verdict: String = copy.query_row("PRAGMA quick_check(1)", (), |row| row.get(0))?;
        db.execute(&format!("ATTACH ?1 AS {BACKUP}"), [backup])?;
        Ok(verdict)
    };
    match sound() {
        Ok(verdict) if verdict == "ok" => Ok(()),
        Ok(verdict) => Err(refuse(verdict)),
        Err(error) => Err(refuse(message(&error))),
    }
}

fn roll_back_one(
    path: &Path,
    db: &Connection,
    entry: &Entry,
    options: &Options<'_>,
) -> Result<RolledBack, RunError> {
    let ledger = sound_ledger(db)?;
    let before = schema_in(&ledger, &entry.schema_before)?;
    let live = schema_of(db)?;
    let steps = way_back(db, entry)?;
    prove_back(entry, &steps, &before, &live)?;
    let restores = journal::steps(db, entry.seq)?.iter().any(|it| it.restore.is_some());
    let source = entry.backup.clone().filter(|_| restores);
    if let Some(source) = &source {
        attach(db, source, Some(source), &entry.name)?;
    }
    let quiet = |is_on: bool| {
        // Triggers of the author must not take a restored row for a new one.
        let config = rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER;
        db.set_db_config(config, is_on).map(drop).map_err(failed("switch triggers"))
    };
    quiet(false)?;
    let act = Act {
        path,
        db,
        kind: Kind::Rollback,
        name: &entry.name,
        spec_hash: &entry.spec_hash,
        steps: &steps,
        before: &live,
        after: &before,
        needs_backup: true,
        questions: &[],
        options,
    };
    let done = act.run(&mut Head::of(&ledger));
    quiet(true)?;
    if source.is_some() {
        db.execute_batch(&format!("DETACH {BACKUP}")).map_err(failed("detach the backup"))?;
    }
    let backup = done?.backup.unwrap_or_default();
    Ok(RolledBack { name: entry.name.clone(), restored_from: source, backup })
}
