//! Brings a live PostgreSQL database to what the migration specs describe, and back.
//!
//! What is applied there is told by a ledger of its own in the schema `_specwright`, which keeps the
//! schema after each migration as a script. The live catalog must equal the last of them. Plans go
//! from spec to spec on one throw-away database; each is then tried on another one that holds what
//! the live one does, with the author's SQL and what no spec tells. A migration runs in its segments;
//! its row of the ledger tells after each how far it has come, and an interrupted one is resumed by
//! the next run. The schema is compared after the last segment, and a red result is undone.

mod adopt;
mod back;
mod copies;
mod ledger;
mod look;
mod rows;
mod segments;
mod specs;
mod trial;

pub use crate::run::postgres::back::Undone;
pub use crate::run::postgres::look::{Differences, ledger};

use crate::language::File;
use crate::plan::{Plan, Step, Transaction};
use crate::postgres::apply::LOCK;
use crate::postgres::catalog::Catalog;
use crate::postgres::dump::Dumper;
use crate::postgres::prove::plan_and_prove;
use crate::postgres::server::Server;
use crate::postgres::shadow::{Shadow, ShadowError, told};
use crate::run::data::Answer;
use crate::run::error::RunError;
use crate::run::journal;
use crate::run::ledger::{Entry, Hash, Kind, Ledger, SpecRef, Status, hash_of_texts, judge};
use crate::run::postgres::copies::{Copier, Extent};
use crate::run::postgres::specs::{Spec, Write};
use crate::run::sqlite::StoredStep;
use crate::run::{Event, Options, Problem};
use ::postgres::Client;
use std::time::Duration;

/// How long to wait between two looks at the lock, in milliseconds.
const PAUSE_MS: u64 = 50;
/// The schema of the ledger and of copies of tables.
pub(super) const OWN_SCHEMA: &str = "_specwright";

/// A migration that is not applied there yet.
#[derive(Debug, Clone)]
pub struct Promotion {
    pub name: String,
    /// [`Kind::Baseline`] when the database holds already what it describes.
    pub kind: Kind,
    pub plan: Plan,
    /// Copies of tables that are made on the way, as SQL spells them.
    pub copies: Vec<String>,
    spec_hash: Hash,
    /// What is run: the plan's steps, the author's, and those that copy.
    steps: Vec<StoredStep>,
    /// Scripts of the schema before and after.
    scripts: [String; 2],
    after: Catalog,
}

/// What was done with one migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promoted {
    pub name: String,
    pub kind: Kind,
    pub n_steps: usize,
    /// The whole database as it was before.
    pub backup: Option<String>,
    /// Copies of tables that were made on the way.
    pub copies: Vec<String>,
    pub unanswered: Vec<String>,
}

/// What the state before a run is kept in.
#[derive(Debug)]
pub enum Backups {
    /// The whole database in a file, and copies of the tables that lose data for the way back.
    Dump(Dumper),
    /// Copies of the tables that are written, beside the ledger.
    Copies,
    /// Nothing: the caller accepted that, or has a backup of his own.
    Nothing,
}

impl Backups {
    fn extent(&self) -> Extent {
        match self {
            Self::Dump(_) => Extent::Lost,
            Self::Copies => Extent::Touched,
            Self::Nothing => Extent::Nothing,
        }
    }

    fn dumper(&self) -> Option<&Dumper> {
        match self {
            Self::Dump(it) => Some(it),
            Self::Copies | Self::Nothing => None,
        }
    }
}

/// A connection, and what the specs say.
pub struct Promoter<'a> {
    client: Client,
    target: Server,
    backups: Backups,
    specs: Vec<Spec>,
    ledger: Ledger,
    options: &'a Options<'a>,
    /// Where schemas are tried; made when it is first needed.
    shadows: Option<Shadows>,
}

/// Two throw-away databases.
struct Shadows {
    /// Goes from spec to spec.
    spec: Shadow,
    /// Holds what the live database does.
    copy: Shadow,
    /// What an empty database holds.
    empty: Catalog,
    /// Keeps a throw-away server alive.
    server: Server,
}

fn engine(attempt: &'static str) -> impl Fn(::postgres::Error) -> RunError {
    move |it| RunError::Engine { attempt, message: told(&it) }
}

fn shadow(attempt: &'static str) -> impl Fn(ShadowError) -> RunError {
    move |it| RunError::Engine { attempt, message: chain(&it) }
}

/// Who reads only, and who waits for the lock first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Nothing is changed; other runs go on meanwhile.
    Look,
    /// Other runs wait until the value is dropped.
    Change,
}

impl<'a> Promoter<'a> {
    /// Connects, takes the lock, and reads the ledger.
    ///
    /// With `accept_no_backup` nothing is kept of the state before; else the programs that write
    /// whole databases to a file are looked for.
    ///
    /// # Errors
    /// [`RunError::Connect`]; [`RunError::Busy`] when another run has the lock;
    /// [`RunError::Ledger`] when the ledger's chain is broken.
    pub fn new(
        url: &str,
        files: &[File<'_>],
        purpose: Purpose,
        accept_no_backup: bool,
        options: &'a Options<'a>,
    ) -> Result<Self, RunError> {
        let attempt = "read the migration specs for PostgreSQL";
        let specs = specs::read(files)
            .map_err(|it| RunError::Engine { attempt, message: specs::described(&it) })?;
        let target = Server::at(url).map_err(|it| RunError::Connect(chain(&it)))?;
        let mut client = target.connect(None).map_err(|it| RunError::Connect(chain(&it)))?;
        // What row security hides from the role must be an error, or it would be lost unseen.
        client
            .batch_execute(
                "SET standard_conforming_strings = on; SET client_min_messages = error;
                 SET row_security = off",
            )
            .map_err(engine("prepare the connection"))?;
        if purpose == Purpose::Change {
            lock(&mut client, options)?;
            (options.hear)(Event::Locked);
        }
        let ledger = ledger::load(&mut client)?;
        if let Some(problem) = ledger.broken() {
            return Err(RunError::Ledger(vec![problem]));
        }
        let backups = if accept_no_backup {
            Backups::Nothing
        } else {
            let major = server_version(&mut client)?.1;
            Dumper::find(options.system, major).map_or(Backups::Copies, Backups::Dump)
        };
        Ok(Self { client, target, backups, specs, ledger, options, shadows: None })
    }

    /// What is applied, and whether a run was interrupted.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// How the state before is kept.
    #[must_use]
    pub fn backups(&self) -> &Backups {
        &self.backups
    }

    /// Plans what is not applied yet, each proven on shadows; changes nothing.
    ///
    /// # Errors
    /// [`RunError::Drift`] when the database is not what its ledger tells, [`RunError::Unknown`] when
    /// it holds what no spec describes, [`RunError::NoBackup`] when nothing could keep its state.
    pub fn plan(&mut self) -> Result<Vec<Promotion>, RunError> {
        if let Some(it) = self.ledger.running() {
            let (migration, steps_done) = (it.name.clone(), it.steps_done);
            return Err(RunError::Interrupted { migration, steps_done, n_steps: it.n_steps });
        }
        let (problems, n_pending) = self.judged();
        if !problems.is_empty() {
            return Err(RunError::Ledger(problems));
        }
        let live = live(&mut self.client)?;
        self.load_expected(&live)?;
        let mut n_applied = self.specs.len() - n_pending;
        let mut out = Vec::new();
        if self.ledger.entries.is_empty() && live.has_tables() {
            out = self.adopted(&live)?;
            n_applied = out.len();
        }
        self.load_specs(n_applied)?;
        for index in n_applied..self.specs.len() {
            let promotion = self.promotion(index, out.len())?;
            out.push(promotion);
        }
        (self.options.hear)(Event::Proven);
        Ok(out)
    }

    /// What does not fit between specs and ledger, and how many specs wait.
    #[must_use]
    pub fn judged(&self) -> (Vec<Problem>, usize) {
        let refs = self.specs.iter().map(|it| SpecRef { name: &it.name, hash: &it.hash });
        let refs: Vec<SpecRef<'_>> = refs.collect();
        let (problems, pending) = judge(&refs, &self.ledger);
        (problems, pending.len())
    }

    fn shadows(&mut self) -> Result<&mut Shadows, RunError> {
        if self.shadows.is_none() {
            let failed = shadow("make a shadow");
            let system = self.options.system;
            let server = Server::find(system).map_err(|it| failed(it.into()))?;
            let mut spec = Shadow::new(&server, system).map_err(&failed)?;
            let copy = Shadow::new(&server, system).map_err(&failed)?;
            let empty = spec.read().map_err(&failed)?;
            self.shadows = Some(Shadows { spec, copy, empty, server });
        }
        Ok(self.shadows.as_mut().expect("it was made just now"))
    }

    /// Makes on a shadow what the ledger tells, or what there is before the first run, and holds the
    /// live schema against it.
    fn load_expected(&mut self, live: &Catalog) -> Result<(), RunError> {
        let is_first = self.ledger.entries.is_empty();
        let expected = self.ledger.expected_ddl().map(str::to_owned);
        let shadows = self.shadows()?;
        let script = match expected {
            Some(it) => it,
            None if is_first => trial::script(&shadows.empty, live)?,
            None => String::new(),
        };
        shadows.copy.clear().map_err(shadow("load what is applied"))?;
        let loaded = trial::load(&mut shadows.copy, &script);
        let found = loaded.map_err(shadow("load what is applied"))?.differences(live);
        if found.is_empty() {
            return Ok(());
        }
        if is_first { Err(RunError::Unknown(found)) } else { Err(RunError::Drift(told_as(&found))) }
    }

    /// Makes on the other shadow what the first specs describe.
    fn load_specs(&mut self, n_applied: usize) -> Result<(), RunError> {
        let ddl = n_applied.checked_sub(1).map(|it| self.specs[it].ddl.clone());
        let shadows = self.shadows()?;
        let failed = shadow("load the applied specs");
        shadows.spec.clear().map_err(&failed)?;
        ddl.map_or(Ok(()), |it| shadows.spec.load(&it)).map_err(&failed)
    }

    /// Plans and tries the spec at `index`, the one at `nth` of those that wait.
    fn promotion(&mut self, index: usize, nth: usize) -> Result<Promotion, RunError> {
        let (extent, system) = (self.backups.extent(), self.options.system);
        let seq = self.next_seq() + i64::try_from(nth).unwrap_or(i64::MAX);
        self.shadows()?;
        let spec = &self.specs[index];
        let shadows = self.shadows.as_mut().expect("they were made just now");
        let failed = |message: String| RunError::Engine {
            attempt: "plan a migration for PostgreSQL",
            message: format!("`{}`: {message}", spec.name),
        };
        let to = {
            let mut other =
                Shadow::new(&shadows.server, system).map_err(|it| failed(chain(&it)))?;
            other.load(&spec.ddl).map_err(|it| failed(chain(&it)))?;
            other.read().map_err(|it| failed(chain(&it)))?
        };
        let mut plan = plan_and_prove(&mut shadows.spec, &to, &spec.renames)
            .map_err(|it| failed(chain(&it)))?;
        let writes = spec.writes();
        refuse_unkept(extent, &spec.name, &writes)?;
        let start = managed(shadows.copy.read().map_err(shadow("read the copy"))?);
        let mut copier = Copier::new(seq, extent);
        let tried = trial::tried(&mut shadows.copy, &spec.name, &plan.steps, &writes, &mut copier)?;
        plan.steps.extend(writes.into_iter().map(|it| it.step));
        let script = |it: &Catalog| trial::script(&shadows.empty, it);
        Ok(Promotion {
            name: spec.name.clone(),
            kind: Kind::Apply,
            plan,
            copies: copier.names(),
            spec_hash: spec.hash.clone(),
            steps: tried.steps,
            scripts: [script(&start)?, script(&tried.after)?],
            after: tried.after,
        })
    }

    fn next_seq(&self) -> i64 {
        self.ledger.entries.last().map_or(1, |it| it.seq + 1)
    }

    /// Finishes an interrupted run, forth or back.
    ///
    /// # Errors
    /// [`RunError::Step`] when it stops again; the ledger tells where.
    pub fn resume(&mut self) -> Result<Option<Promoted>, RunError> {
        let Some(entry) = self.ledger.running().cloned() else { return Ok(None) };
        let steps = self.sound_steps(&entry)?;
        let script = self.script_of(&entry.schema_after)?;
        let shadows = self.shadows()?;
        shadows.copy.clear().map_err(shadow("load the wanted schema"))?;
        let wanted = trial::load(&mut shadows.copy, &script);
        let wanted = wanted.map_err(shadow("load the wanted schema"))?;
        self.finish(&entry, &steps, &wanted)?;
        let (name, n_steps) = (entry.name, steps.len());
        let (kind, backup) = (entry.kind, entry.backup);
        let (copies, unanswered) = (Vec::new(), Vec::new());
        Ok(Some(Promoted { name, kind, n_steps, backup, copies, unanswered }))
    }

    fn script_of(&self, hash: &str) -> Result<String, RunError> {
        let attempt = "read the ledger's schema";
        let message = || format!("the schema {hash} is missing");
        let found = self.ledger.schemas.get(hash).cloned();
        found.ok_or_else(|| RunError::Engine { attempt, message: message() })
    }

    /// The steps of an entry, as they were when it was written.
    fn sound_steps(&mut self, entry: &Entry) -> Result<Vec<StoredStep>, RunError> {
        let steps = ledger::steps(&mut self.client, entry.seq)?;
        if journal::hashes(&steps) == (entry.up_hash.clone(), entry.down_hash.clone()) {
            return Ok(steps);
        }
        Err(RunError::Ledger(vec![Problem::ChangedSteps { name: entry.name.clone() }]))
    }

    /// Applies what [`Promoter::plan`] gave, in order, after a backup.
    ///
    /// # Errors
    /// [`RunError::Data`], [`RunError::Step`], [`RunError::PostCheck`]; migrations before the failed
    /// one stay applied.
    pub fn apply(&mut self, all: &[Promotion]) -> Result<Vec<Promoted>, RunError> {
        // Rows in the way of the first are told before a whole database is written to a file.
        let first = all.first().map(|it| self.ask(it)).transpose()?;
        let backup = if all.iter().any(|it| !it.steps.is_empty()) { self.dump()? } else { None };
        let mut asked = first;
        let mut out = Vec::new();
        for it in all {
            let unanswered = asked.take().map_or_else(|| self.ask(it), Ok)?;
            out.push(self.apply_one(it, backup.as_deref(), unanswered)?);
        }
        Ok(out)
    }

    /// Writes the whole database to a file, where that is how it is kept.
    fn dump(&mut self) -> Result<Option<String>, RunError> {
        let Some(dumper) = self.backups.dumper() else { return Ok(None) };
        let database = self.client.query_one("SELECT current_database()::text", &[]);
        let database: String = database.map_err(engine("back up the database"))?.get(0);
        let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
        let database: String = database.chars().filter(|it| is_plain(*it)).collect();
        let failed = |to: &std::path::Path, message: String| RunError::Backup {
            path: "the PostgreSQL database".to_owned(),
            to: to.display().to_string(),
            message,
        };
        let folder = self.options.backups;
        let to = folder.join(format!("{database}-{}-{}.dump", self.next_seq(), self.now()));
        std::fs::create_dir_all(folder).map_err(|it| failed(&to, it.to_string()))?;
        dumper.dump(&self.target, &to).map_err(|it| failed(&to, chain(&it)))?;
        let name = to.display().to_string();
        (self.options.hear)(Event::BackedUp { to: &name });
        Ok(Some(name))
    }

    fn apply_one(
        &mut self,
        promotion: &Promotion,
        backup: Option<&str>,
        unanswered: Vec<String>,
    ) -> Result<Promoted, RunError> {
        let steps = &promotion.steps;
        let scripts = [promotion.scripts[0].as_str(), promotion.scripts[1].as_str()];
        let (name, hash) = (promotion.name.as_str(), promotion.spec_hash.as_str());
        let entry = self.written((promotion.kind, name, hash), steps, scripts, backup)?;
        self.finish(&entry, steps, &promotion.after)?;
        Ok(Promoted {
            name: promotion.name.clone(),
            kind: promotion.kind,
            n_steps: steps.len(),
            backup: entry.backup,
            copies: promotion.copies.clone(),
            unanswered,
        })
    }

    /// Runs what of an entry is not done, and holds the outcome against what was wanted. A red one is
    /// undone.
    fn finish(
        &mut self,
        entry: &Entry,
        steps: &[StoredStep],
        wanted: &Catalog,
    ) -> Result<(), RunError> {
        if let Err(error) = segments::run(&mut self.client, entry, steps, self.options) {
            // Nothing of it has lasted: it never happened, and its spec may be changed.
            let is_step = matches!(error, RunError::Step { .. });
            if is_step && ledger::forget_unstarted(&mut self.client, entry.seq).is_ok() {
                self.ledger = ledger::load(&mut self.client)?;
            }
            return Err(error);
        }
        let wanted_and_live = wanted.differences(&live(&mut self.client)?);
        let differences = told_as(&wanted_and_live);
        if !differences.is_empty() {
            let migration = entry.name.clone();
            let undone = match entry.kind {
                Kind::Apply => self.undo(entry),
                Kind::Baseline | Kind::Rollback => Ok(()),
            };
            let stays = undone.err().map(|it| format!("it was not undone: {it}"));
            let differences = differences.into_iter().chain(stays).collect();
            return Err(RunError::PostCheck { migration, differences });
        }
        (self.options.hear)(Event::Checked { migration: &entry.name });
        let now = self.now();
        ledger::progress(&mut self.client, entry.seq, steps.len(), Some(now))?;
        self.ledger = ledger::load(&mut self.client)?;
        Ok(())
    }

    /// Asks the rows; texts of what was not answered in time.
    fn ask(&mut self, promotion: &Promotion) -> Result<Vec<String>, RunError> {
        let Options { data_ms_max, system, .. } = *self.options;
        let answers = rows::ask(&mut self.client, &promotion.plan.steps, data_ms_max, system)?;
        let (obstacles, open): (Vec<Answer>, Vec<Answer>) =
            answers.into_iter().partition(Answer::is_obstacle);
        if obstacles.is_empty() {
            return Ok(open.iter().map(ToString::to_string).collect());
        }
        Err(RunError::Data { migration: promotion.name.clone(), answers: obstacles })
    }

    fn now(&self) -> i64 {
        let model::Timestamp(now) = self.options.system.now();
        now
    }

    /// Writes a new entry, of which nothing is done yet.
    fn written(
        &mut self,
        (kind, name, spec_hash): (Kind, &str, &str),
        steps: &[StoredStep],
        scripts: [&str; 2],
        backup: Option<&str>,
    ) -> Result<Entry, RunError> {
        let (up_hash, down_hash) = journal::hashes(steps);
        let mut entry = Entry {
            seq: self.next_seq(),
            kind,
            name: name.to_owned(),
            spec_hash: spec_hash.to_owned(),
            up_hash,
            down_hash,
            prev_hash: self.ledger.head(),
            hash: String::new(),
            schema_before: hash_of_texts([scripts[0]]),
            schema_after: hash_of_texts([scripts[1]]),
            engine_version: server_version(&mut self.client)?.0,
            tool_version: self.options.tool_version.to_owned(),
            started_at_ms: self.now(),
            finished_at_ms: None,
            status: Status::Running,
            backup: backup.map(str::to_owned),
            n_steps: i64::try_from(steps.len()).unwrap_or(i64::MAX),
            steps_done: 0,
        };
        entry.hash = entry.hash_of();
        let client = &mut self.client;
        let failed = engine("write the ledger");
        let written = client
            .batch_execute("BEGIN")
            .map_err(&failed)
            .and_then(|()| ledger::insert(client, &entry, steps, scripts))
            .and_then(|()| client.batch_execute("COMMIT").map_err(&failed));
        // A server that is gone has closed it already.
        written.inspect_err(|_| drop(self.client.batch_execute("ROLLBACK")))?;
        self.ledger.entries.push(entry.clone());
        Ok(entry)
    }

    /// What all specs describe, for showing it.
    #[must_use]
    pub fn wanted_ddl(&self) -> &str {
        self.specs.last().map(|it| it.ddl.as_str()).unwrap_or_default()
    }

    /// What the last promoted spec describes.
    #[must_use]
    pub fn promoted_ddl(&self) -> &str {
        let last = self.ledger.applied().last().map(|it| it.name.clone());
        let spec = self.specs.iter().find(|it| Some(&it.name) == last.as_ref());
        spec.map(|it| it.ddl.as_str()).unwrap_or_default()
    }
}

/// SQL of the author may touch any table: only a whole backup keeps what it does.
fn refuse_unkept(extent: Extent, name: &str, writes: &[Write]) -> Result<(), RunError> {
    use crate::plan::Change;
    let is_raw = |it: &Write| it.step.changes.iter().any(|it| matches!(it, Change::Raw(_)));
    if extent == Extent::Touched && writes.iter().any(is_raw) {
        return Err(RunError::NoBackup {
            migration: name.to_owned(),
            why:
                "it has SQL of yours, which may write any table, and no `pg_dump` of the server's \
                  version or newer was found"
                    .to_owned(),
        });
    }
    Ok(())
}

/// An error and its causes on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut out = error.to_string();
    let mut source = error.source();
    while let Some(it) = source {
        out += &format!(": {it}");
        source = it.source();
    }
    out
}

/// Differences of what is expected, the first, from what is live, the second.
fn told_as(found: &[String]) -> Vec<String> {
    let word = |it: &String| {
        it.replace("is only in the first", "is missing")
            .replace("is only in the second", "was added")
            .replace(" differs", " was changed")
    };
    found.iter().map(word).collect()
}

fn lock(client: &mut Client, options: &Options<'_>) -> Result<(), RunError> {
    let mut ms_left = options.busy_ms;
    loop {
        // Asked for again and again: who sleeps in `pg_advisory_lock` holds a snapshot, on which the
        // other run's CREATE INDEX CONCURRENTLY would wait for ever.
        let row = client.query_one("SELECT pg_try_advisory_lock($1)", &[&LOCK]);
        if row.map_err(engine("take the advisory lock"))?.get::<_, bool>(0) {
            return Ok(());
        }
        if ms_left == 0 {
            let attempt = "change the PostgreSQL database".to_owned();
            return Err(RunError::Busy { attempt, ms: options.busy_ms });
        }
        let pause = PAUSE_MS.min(ms_left);
        std::thread::sleep(Duration::from_millis(pause));
        ms_left -= pause;
    }
}

/// The version in words, and its first number.
fn server_version(client: &mut Client) -> Result<(String, u32), RunError> {
    let sql =
        "SELECT current_setting('server_version'), current_setting('server_version_num')::int4";
    let row = client.query_one(sql, &[]).map_err(engine("ask for the server's version"))?;
    let number: i32 = row.get(1);
    Ok((row.get(0), number.unsigned_abs() / 10_000))
}

/// The live catalog without the ledger.
fn live(client: &mut Client) -> Result<Catalog, RunError> {
    let read = crate::postgres::read::read(client);
    read.map(managed).map_err(engine("read the schema"))
}

/// What of a catalog is not the runner's own.
fn managed(mut catalog: Catalog) -> Catalog {
    catalog.objects.retain(|key, _| key.schema != OWN_SCHEMA && key.name != OWN_SCHEMA);
    catalog
}

fn stored(it: &Step) -> StoredStep {
    StoredStep {
        transaction: it.transaction,
        is_setting: it.transaction == Transaction::Outside && it.changes.is_empty(),
        sql: it.sql.clone(),
        back: it.back.clone(),
        restore: None,
    }
}

#[cfg(all(test, unix))]
mod crash;
#[cfg(test)]
mod tests;
