//! Promotes migration specs to a live PostgreSQL database.
//!
//! What is applied there is told by a ledger of its own in the schema `_specwright`. Plans start from
//! what the applied specs describe, which the live catalog must equal; both are read back from an
//! engine, the specs' side from a throw-away database. A migration runs in its segments; its row of
//! the ledger tells after each how far it has come, and an interrupted one is resumed by the next
//! run. The schema is compared after the last segment, and a red result is rolled back.

mod ledger;

use crate::language::{self, File, Operation, OperationKind, RawSql};
use crate::plan::{
    Back, Change, DataCheck, Dialect, Lock, LockMode, ObjectId, Part, Plan, Renames, Step,
    Transaction,
};
use crate::policy;
use crate::postgres::catalog::Catalog;
use crate::postgres::prove::plan_and_prove;
use crate::postgres::server::Server;
use crate::postgres::shadow::{Shadow, told};
use crate::render;
use crate::run::data::Answer;
use crate::run::describe::DescribeError;
use crate::run::error::RunError;
use crate::run::journal;
use crate::run::ledger::{
    Entry, Kind, Ledger, SpecRef, Status, hash_of_spec, hash_of_texts, judge,
};
use crate::run::sqlite::StoredStep;
use crate::run::{Event, Options, Problem};
use crate::schema::Schema;
use ::postgres::{Client, SimpleQueryMessage};
use model::Severity;
use std::time::Duration;

/// Key of the advisory lock that runs hold: "SPWR" and "MIGR".
const LOCK: i64 = 0x5350_5752_4d49_4752;
/// How long to wait between two looks at the lock, in milliseconds.
const PAUSE_MS: u64 = 50;
/// The schema of the ledger and of copies of tables.
pub(super) const OWN_SCHEMA: &str = "_specwright";

/// A migration that is not applied there yet.
#[derive(Debug, Clone)]
pub struct Promotion {
    pub name: String,
    pub plan: Plan,
    /// Tables that lose data, which are copied before.
    pub copied: Vec<String>,
}

/// What a promotion did with one migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promoted {
    pub name: String,
    pub kind: Kind,
    pub n_steps: usize,
    /// Copies of tables that were made before.
    pub copies: Vec<String>,
    pub unanswered: Vec<String>,
}

/// Whether tables that lose data are copied first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copies {
    /// Into the schema of the ledger, in the same transaction as the change.
    Make,
    /// Not at all: the caller accepted that, or has a backup of his own.
    Skip,
}

/// A connection that holds the lock, and what the specs say.
pub struct Promoter<'a> {
    client: Client,
    shadow: Shadow,
    /// Keeps a throw-away server alive.
    _server: Server,
    specs: Vec<Spec>,
    ledger: Ledger,
    options: &'a Options<'a>,
}

/// One spec, with the schema after it.
struct Spec {
    name: String,
    hash: String,
    operations: Vec<Operation>,
    renames: Renames,
    ddl: String,
    schema: Schema,
}

fn engine(attempt: &'static str) -> impl Fn(::postgres::Error) -> RunError {
    move |it| RunError::Engine { attempt, message: told(&it) }
}

/// Reads the specs for PostgreSQL.
fn read_specs(files: &[File<'_>]) -> Result<Vec<Spec>, DescribeError> {
    let read = language::read(files);
    let mut diagnostics = read.diagnostics;
    let mut schema = Schema::default();
    let mut out = Vec::new();
    for file in files {
        let of_file = |it: &&Operation| &*it.migration == file.name;
        let operations: Vec<Operation> = read.operations.iter().filter(of_file).cloned().collect();
        let replayed = language::replay(&schema, &operations);
        diagnostics.extend(replayed.diagnostics);
        schema = replayed.schema;
        let mut ddl = render::schema(&schema, Dialect::Postgres).sql();
        let policies = policy::postgres::statements(&schema)
            .map_err(|errors| DescribeError::Policy { migration: file.name.to_owned(), errors })?;
        policies.iter().for_each(|it| ddl += &format!("{}\n", it.sql));
        out.push(Spec {
            name: file.name.to_owned(),
            hash: hash_of_spec(file.text),
            operations,
            renames: replayed.renames,
            ddl,
            schema: schema.clone(),
        });
    }
    if diagnostics.iter().any(|it| it.severity == Severity::Error) {
        return Err(DescribeError::Findings(diagnostics));
    }
    Ok(out)
}

impl<'a> Promoter<'a> {
    /// Connects, takes the lock, and reads the ledger. Needs a server for shadows, which is started
    /// where none is named.
    ///
    /// # Errors
    /// [`RunError::Busy`] when another promotion runs; [`RunError::Ledger`] when specs and ledger
    /// do not fit.
    pub fn new(url: &str, files: &[File<'_>], options: &'a Options<'a>) -> Result<Self, RunError> {
        let attempt = "read the migration specs for PostgreSQL";
        let specs = read_specs(files)
            .map_err(|it| RunError::Engine { attempt, message: described(&it) })?;
        let open = |message: String| RunError::Open { path: "PostgreSQL".to_owned(), message };
        let target = Server::at(url).map_err(|it| open(chain(&it)))?;
        let mut client = target.connect(None).map_err(|it| open(chain(&it)))?;
        lock(&mut client, options)?;
        (options.hear)(Event::Locked);
        let ledger = ledger::load(&mut client)?;
        if let Some(problem) = ledger.broken() {
            return Err(RunError::Ledger(vec![problem]));
        }
        let no_shadow = |message: String| RunError::Engine { attempt: "make a shadow", message };
        let server = Server::find(options.system).map_err(|it| no_shadow(chain(&it)))?;
        let shadow = Shadow::new(&server, options.system).map_err(|it| no_shadow(chain(&it)))?;
        Ok(Self { client, shadow, _server: server, specs, ledger, options })
    }

    /// Names of migrations that are applied, and whether one was interrupted.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Plans what is not applied yet, each proven on a shadow; changes nothing.
    ///
    /// # Errors
    /// [`RunError::Drift`] when the database is not what its ledger tells.
    pub fn plan(&mut self) -> Result<Vec<Promotion>, RunError> {
        if let Some(it) = self.ledger.running() {
            let (migration, steps_done) = (it.name.clone(), it.steps_done);
            return Err(RunError::Interrupted { migration, steps_done, n_steps: it.n_steps });
        }
        let refs: Vec<SpecRef<'_>> =
            self.specs.iter().map(|it| SpecRef { name: &it.name, hash: &it.hash }).collect();
        let (problems, pending) = judge(&refs, &self.ledger);
        if !problems.is_empty() {
            return Err(RunError::Ledger(problems));
        }
        let n_applied = self.specs.len() - pending.len();
        self.start_from(n_applied)?;
        let mut out = Vec::new();
        for index in n_applied..self.specs.len() {
            out.push(self.promotion(index)?);
        }
        (self.options.hear)(Event::Proven);
        Ok(out)
    }

    /// Loads the applied specs into the shadow, and holds the live database against it.
    fn start_from(&mut self, n_applied: usize) -> Result<(), RunError> {
        let broken = |it: crate::postgres::shadow::ShadowError| RunError::Engine {
            attempt: "load the applied specs",
            message: chain(&it),
        };
        self.shadow.clear().map_err(broken)?;
        if let Some(last) = n_applied.checked_sub(1) {
            self.shadow.load(&self.specs[last].ddl).map_err(broken)?;
        }
        let expected = self.shadow.read().map_err(broken)?;
        let live = live(&mut self.client)?;
        let found = expected.differences(&live);
        if found.is_empty() {
            return Ok(());
        }
        if self.ledger.entries.is_empty() {
            return Err(RunError::Unknown(found));
        }
        Err(RunError::Drift(found))
    }

    fn promotion(&mut self, index: usize) -> Result<Promotion, RunError> {
        let spec = &self.specs[index];
        let failed = |message: String| RunError::Engine {
            attempt: "plan a migration for PostgreSQL",
            message: format!("`{}`: {message}", spec.name),
        };
        let to = {
            let mut other =
                Shadow::new(&self._server, self.options.system).map_err(|it| failed(chain(&it)))?;
            other.load(&spec.ddl).map_err(|it| failed(chain(&it)))?;
            other.read().map_err(|it| failed(chain(&it)))?
        };
        let mut plan = plan_and_prove(&mut self.shadow, &to, &spec.renames)
            .map_err(|it| failed(chain(&it)))?;
        let extra = writes(spec);
        for step in &extra {
            self.shadow
                .run_parts(std::iter::once((step.transaction, step.sql.as_str())))
                .map_err(|it| failed(chain(&it)))?;
        }
        plan.steps.extend(extra);
        let mut copied: Vec<String> =
            plan.steps.iter().flat_map(|it| &it.loses).map(|it| it.table.clone()).collect();
        copied.sort();
        copied.dedup();
        copied.retain(|it| !it.is_empty());
        Ok(Promotion { name: spec.name.clone(), plan, copied })
    }

    /// Finishes an interrupted migration.
    ///
    /// # Errors
    /// [`RunError::Step`] when it stops again; the ledger tells where.
    pub fn resume(&mut self) -> Result<Option<Promoted>, RunError> {
        let Some(mut entry) = self.ledger.running().cloned() else { return Ok(None) };
        let steps = ledger::steps(&mut self.client, entry.seq)?;
        self.run(&mut entry, &steps, false)?;
        let spec = self.specs.iter().find(|it| it.name == entry.name && it.hash == entry.spec_hash);
        let ddl = spec
            .map(|it| it.ddl.clone())
            .ok_or_else(|| RunError::Ledger(vec![Problem::Edited { name: entry.name.clone() }]))?;
        let differences = self.differences(&ddl)?;
        if !differences.is_empty() {
            return Err(RunError::PostCheck { migration: entry.name, differences });
        }
        let now = self.now();
        ledger::progress(&mut self.client, entry.seq, steps.len(), Some(now))?;
        self.ledger = ledger::load(&mut self.client)?;
        let kind = entry.kind;
        let (name, n_steps) = (entry.name, steps.len());
        Ok(Some(Promoted { name, kind, n_steps, copies: Vec::new(), unanswered: Vec::new() }))
    }

    /// Applies what [`Promoter::plan`] gave, in order.
    ///
    /// # Errors
    /// [`RunError::Data`], [`RunError::Step`], [`RunError::PostCheck`]; migrations before the failed
    /// one stay applied.
    pub fn apply(&mut self, all: &[Promotion], copies: Copies) -> Result<Vec<Promoted>, RunError> {
        all.iter().map(|it| self.apply_one(it, copies)).collect()
    }

    fn apply_one(&mut self, promotion: &Promotion, copies: Copies) -> Result<Promoted, RunError> {
        let spec = self.specs.iter().find(|it| it.name == promotion.name).ok_or(RunError::Moved)?;
        let (spec_hash, ddl) = (spec.hash.clone(), spec.ddl.clone());
        let unanswered = self.ask(promotion)?;
        let mut steps: Vec<StoredStep> = promotion.plan.steps.iter().map(stored).collect();
        let seq = self.ledger.entries.last().map_or(1, |it| it.seq + 1);
        let names = if copies == Copies::Make { promotion.copied.as_slice() } else { &[] };
        let made: Vec<String> =
            names.iter().map(|it| format!("{OWN_SCHEMA}.\"before_{seq}_{it}\"")).collect();
        for (table, copy) in names.iter().zip(&made) {
            steps.insert(0, copy_step(table, copy));
        }
        let mut entry = self.draft(seq, &promotion.name, &spec_hash, &steps, &ddl);
        self.run(&mut entry, &steps, true)?;
        let differences = self.differences(&ddl)?;
        if !differences.is_empty() {
            self.undo(&entry, &steps)?;
            let migration = promotion.name.clone();
            return Err(RunError::PostCheck { migration, differences });
        }
        (self.options.hear)(Event::Checked { migration: &promotion.name });
        let now = self.now();
        ledger::progress(&mut self.client, seq, steps.len(), Some(now))?;
        self.ledger = ledger::load(&mut self.client)?;
        let (name, n_steps) = (promotion.name.clone(), steps.len());
        Ok(Promoted { name, kind: Kind::Apply, n_steps, copies: made, unanswered })
    }

    /// How the live database differs from what `ddl` makes.
    fn differences(&mut self, ddl: &str) -> Result<Vec<String>, RunError> {
        let broken = |it: crate::postgres::shadow::ShadowError| RunError::Engine {
            attempt: "check the outcome",
            message: chain(&it),
        };
        let mut other = Shadow::new(&self._server, self.options.system).map_err(broken)?;
        other.load(ddl).map_err(broken)?;
        let wanted = other.read().map_err(broken)?;
        Ok(wanted.differences(&live(&mut self.client)?))
    }

    /// Runs the ways back of a migration whose outcome is not the wanted one.
    fn undo(&mut self, entry: &Entry, steps: &[StoredStep]) -> Result<(), RunError> {
        let refuse = |why: String| RunError::NoWayBack {
            migration: entry.name.clone(),
            why,
            backup: entry.backup.clone(),
        };
        let mut ways = Vec::new();
        // All of them are looked at before the first is gone: half a way back is none.
        for step in steps.iter().rev() {
            match &step.back {
                Back::Exact(sql) => ways.push(sql),
                Back::NotNeeded => {}
                Back::Lossy { why, .. } | Back::None { why } => return Err(refuse(why.clone())),
            }
        }
        for sql in ways {
            self.client.batch_execute(sql).map_err(|it| refuse(told(&it)))?;
        }
        ledger::forget(&mut self.client, entry.seq)
    }

    fn ask(&mut self, promotion: &Promotion) -> Result<Vec<String>, RunError> {
        let checks: Vec<&DataCheck> =
            promotion.plan.steps.iter().flat_map(|it| &it.checks).collect();
        let mut answers = Vec::new();
        for it in checks {
            answers.extend(answer(&mut self.client, it, self.options.data_ms_max)?);
        }
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

    fn draft(
        &mut self,
        seq: i64,
        name: &str,
        spec_hash: &str,
        steps: &[StoredStep],
        ddl: &str,
    ) -> Entry {
        let (up_hash, down_hash) = journal::hashes(steps);
        let version = self.client.simple_query("SHOW server_version").ok();
        let version = version.and_then(|it| first_cell(&it)).unwrap_or_default();
        let before = self.ledger.entries.last().map(|it| it.schema_after.clone());
        let mut out = Entry {
            seq,
            kind: Kind::Apply,
            name: name.to_owned(),
            spec_hash: spec_hash.to_owned(),
            up_hash,
            down_hash,
            prev_hash: self.ledger.head(),
            hash: String::new(),
            schema_before: before.unwrap_or_else(|| hash_of_texts([""])),
            schema_after: hash_of_texts([ddl]),
            engine_version: version,
            tool_version: self.options.tool_version.to_owned(),
            started_at_ms: self.now(),
            finished_at_ms: None,
            status: Status::Running,
            backup: None,
            n_steps: i64::try_from(steps.len()).unwrap_or(i64::MAX),
            steps_done: 0,
        };
        out.hash = out.hash_of();
        out
    }

    /// Runs the steps that are not done, in their transactions; a new entry is written first.
    fn run(
        &mut self,
        entry: &mut Entry,
        steps: &[StoredStep],
        is_new: bool,
    ) -> Result<(), RunError> {
        if is_new {
            let client = &mut self.client;
            let written = client
                .batch_execute("BEGIN")
                .map_err(engine("write the ledger"))
                .and_then(|()| ledger::insert(client, entry, steps))
                .and_then(|()| client.batch_execute("COMMIT").map_err(engine("write the ledger")));
            written.inspect_err(|_| abandon(&mut self.client))?;
        }
        let mut at = usize::try_from(entry.steps_done).unwrap_or_default();
        while at < steps.len() {
            let transaction = steps[at].transaction;
            let is_outside = transaction == Transaction::Outside;
            let same = |it: &&StoredStep| !is_outside && it.transaction == transaction;
            let end = at + steps[at..].iter().take_while(same).count().max(1);
            let done = self.group(entry, &steps[at..end], at, is_outside);
            done.inspect_err(|_| abandon(&mut self.client))?;
            at = end;
            (self.options.hear)(Event::Committed { migration: &entry.name, steps_done: at });
        }
        Ok(())
    }

    fn group(
        &mut self,
        entry: &Entry,
        steps: &[StoredStep],
        start: usize,
        is_outside: bool,
    ) -> Result<(), RunError> {
        let sql = |it: &'static str| move |error| engine(it)(error);
        if !is_outside {
            self.client.batch_execute("BEGIN").map_err(sql("begin"))?;
            (self.options.hear)(Event::Begun { migration: &entry.name });
        }
        for (offset, step) in steps.iter().enumerate() {
            self.client.batch_execute(&step.sql).map_err(|error| RunError::Step {
                migration: entry.name.clone(),
                step: start + offset + 1,
                message: told(&error),
                sql: step.sql.clone(),
            })?;
            let index = start + offset;
            (self.options.hear)(Event::Step { migration: &entry.name, index });
        }
        ledger::progress(&mut self.client, entry.seq, start + steps.len(), None)?;
        if !is_outside {
            self.client.batch_execute("COMMIT").map_err(sql("commit"))?;
        }
        Ok(())
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

fn described(error: &DescribeError) -> String {
    match error {
        DescribeError::Findings(all) => {
            let errors = all.iter().filter(|it| it.severity == Severity::Error);
            errors.map(|it| it.message.clone()).collect::<Vec<_>>().join("; ")
        }
        other => chain(other),
    }
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

/// What a failed group leaves open; a server that is gone has closed it already.
fn abandon(client: &mut Client) {
    let _ = client.batch_execute("ROLLBACK");
}

fn lock(client: &mut Client, options: &Options<'_>) -> Result<(), RunError> {
    let mut ms_left = options.busy_ms;
    loop {
        let row = client.query_one("SELECT pg_try_advisory_lock($1)", &[&LOCK]);
        if row.map_err(engine("take the advisory lock"))?.get::<_, bool>(0) {
            return Ok(());
        }
        if ms_left == 0 {
            let attempt = "promote to PostgreSQL".to_owned();
            return Err(RunError::Busy { attempt, ms: options.busy_ms });
        }
        let pause = PAUSE_MS.min(ms_left);
        std::thread::sleep(Duration::from_millis(pause));
        ms_left -= pause;
    }
}

/// The live catalog without the ledger.
fn live(client: &mut Client) -> Result<Catalog, RunError> {
    let read = crate::postgres::read::read(client);
    let mut out = read.map_err(engine("read the schema"))?;
    out.objects.retain(|key, _| key.schema != OWN_SCHEMA && key.name != OWN_SCHEMA);
    Ok(out)
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

fn copy_step(table: &str, copy: &str) -> StoredStep {
    let from = table.split('.').map(crate::expr::quote_ident).collect::<Vec<_>>().join(".");
    StoredStep {
        transaction: Transaction::Segment(0),
        is_setting: false,
        sql: format!("CREATE TABLE {copy} AS TABLE {from};"),
        back: Back::Exact(format!("DROP TABLE {copy};")),
        restore: None,
    }
}

/// Steps that write rows or run SQL of the author, in a transaction of their own at the end.
fn writes(spec: &Spec) -> Vec<Step> {
    const LAST: u32 = 1_000;
    let step = |sql: String, change: Change, table: &str, back: Back| Step {
        changes: vec![change],
        sql,
        transaction: Transaction::Segment(LAST),
        locks: vec![Lock { table: table.to_owned(), mode: LockMode::RowExclusive }],
        rewrite: false,
        scan: false,
        loses: Vec::new(),
        back,
        checks: Vec::new(),
    };
    let mut out = Vec::new();
    for it in &spec.operations {
        match &it.kind {
            OperationKind::Seed(seed) => {
                let statements = render::seed(&spec.schema, seed, Dialect::Postgres);
                let table = &seed.table.value;
                let id = ObjectId { table: table.clone(), part: Part::Rows };
                let why = format!("the rows of `{table}` stay as they were seeded");
                let change = Change::WriteRows(id);
                out.push(step(statements.join("\n"), change, table, Back::None { why }));
            }
            OperationKind::Sql(RawSql { postgres: Some(sql), postgres_down, .. }) => {
                let back = match postgres_down {
                    Some(down) => Back::Exact(down.value.clone()),
                    None => Back::None { why: "the author's SQL has no `down`".to_owned() },
                };
                out.push(step(sql.value.clone(), Change::Raw(sql.value.clone()), "", back));
            }
            _ => {}
        }
    }
    out
}

fn first_cell(messages: &[SimpleQueryMessage]) -> Option<String> {
    let rows = messages.iter().filter_map(|it| match it {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    rows.into_iter().next()
}

/// Asks one question in a read-only transaction; `None` when nothing stands in the way.
fn answer(client: &mut Client, check: &DataCheck, ms_max: u64) -> Result<Option<Answer>, RunError> {
    let mut out = Answer {
        n_rows: None,
        n_all: None,
        samples: Vec::new(),
        complaint: check.complaint.clone(),
        failure: None,
    };
    let begin = format!("BEGIN READ ONLY; SET LOCAL statement_timeout = {ms_max}");
    client.batch_execute(&begin).map_err(engine("ask the data"))?;
    match client.simple_query(&check.count_sql) {
        Ok(it) => out.n_rows = first_cell(&it).and_then(|it| it.parse().ok()),
        Err(error) if error.code() == Some(&::postgres::error::SqlState::QUERY_CANCELED) => {}
        Err(error) => out.failure = Some(told(&error)),
    }
    if out.n_rows.is_some_and(|it| it > 0) {
        let rows = client.simple_query(&check.sample_sql).unwrap_or_default();
        out.samples = rows.iter().filter_map(sample).collect();
    }
    client.batch_execute("ROLLBACK").map_err(engine("ask the data"))?;
    Ok((out.n_rows != Some(0)).then_some(out))
}

fn sample(message: &SimpleQueryMessage) -> Option<String> {
    let SimpleQueryMessage::Row(row) = message else { return None };
    let cells = (0..row.len()).map(|it| row.get(it).unwrap_or("NULL").to_owned());
    Some(cells.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests;
