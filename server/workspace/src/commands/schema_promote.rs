//! `schema.promote`: brings a PostgreSQL database to what the migration specs describe.

use super::environments::{Database, Remote};
use super::gate::{self, Answers, Judgement};
use super::migrate_plan::MigrationData;
use super::migrations::{self, Specs};
use super::reviews::ReviewData;
use super::{CommandCx, CommandError, checkpoints, remember, schema, store};
use migrate::plan::Back;
use migrate::run::postgres::{Backups, Promoted, Promoter, Promotion, Purpose};
use migrate::run::{self, Ledger, RunError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Promotes the migration specs to a PostgreSQL database.
    ///
    /// Plans what its ledger does not have yet, each migration proven on a throw-away database, and
    /// shows how the schema changes since the last promotion. The whole database is written to a file
    /// first where `pg_dump` is found, and tables that lose data are copied into the schema
    /// `_specwright`; without `pg_dump` every table that is written is copied. The schema is read back
    /// afterwards, and a result other than planned is undone, with its data. A promotion that was
    /// interrupted is finished first. The council is heard before, as it is by `migrate apply`.
    /// Without `yes` nothing is changed.
    ///
    /// `to` is a URL, or the name of an environment: of the setting `environments`, or one whose URL
    /// is in the variable `SPECWRIGHT_URL_NAME`. No file holds the URL itself.
    pub(super) static COMMAND = {
        name: "schema.promote",
        alias: "promote",
        effect: External,
        gate: Human,
        run: run,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Where the specs must be applied already: `dev`, the workspace's own database, when left out;
    /// else an environment, a URL or a SQLite file.
    #[serde(default)]
    #[schemars(extend("x-value-name" = "NAME"))]
    pub from: Option<String>,
    /// The URL of the database, or the name of an environment.
    #[schemars(extend("x-value-name" = "URL"))]
    pub to: String,
    /// Go on without a backup and without copies; what is lost then has no way back.
    #[serde(default)]
    pub accept_no_backup: bool,
    /// Really do it.
    #[serde(default)]
    pub yes: bool,
    /// Let it by although the council stops it, for this reason, which stays in the audit log.
    #[serde(default, rename = "override")]
    #[schemars(extend("x-value-name" = "REASON"))]
    pub override_reason: Option<String>,
    /// What the council asks about and is meant: fingerprints of findings, or the digest of the
    /// whole review.
    #[serde(default)]
    #[schemars(extend("x-value-name" = "DIGEST"))]
    pub acknowledge: Vec<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Whether it was done; `false` when `yes` was not given.
    pub done: bool,
    /// What would be applied; empty when it was done.
    pub pending: Vec<PromotionData>,
    /// How the schema changes since the last promotion, as a unified diff of its DDL.
    pub diff: String,
    /// How the state before is kept; empty when it was done.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub backup: &'static str,
    /// A promotion that did not come to its end, and would be finished first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interrupted: Option<String>,
    /// What was applied, in order.
    pub applied: Vec<PromotedData>,
    /// What the council says of it; left out when there was nothing to judge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub council: Option<ReviewData>,
    /// The checkpoint of this workspace that was made right before; the server is not in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PromotionData {
    #[serde(flatten)]
    pub migration: MigrationData,
    /// Whether the database has it already, and nothing of it would be run.
    pub is_baseline: bool,
    /// Copies of tables that would be made on the way.
    pub copied: Vec<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PromotedData {
    pub name: String,
    /// `apply`; `baseline` when the database held it already; `rollback` when an interrupted one was
    /// finished.
    pub kind: &'static str,
    pub n_steps: usize,
    /// The file with the whole database as it was before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// Copies of tables as they were before.
    pub copies: Vec<String>,
    /// Questions to the data that were not answered in time, and left to the engine.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unanswered: Vec<String>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the specs are not applied to `from`, the database cannot be reached or is not what its
/// ledger tells, or a migration is refused.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let specs = Specs::read(cx)?;
    applied_to_source(cx, input, &specs)?;
    let remote = Remote::named(cx, &input.to)?;
    let answers = Answers {
        override_reason: input.override_reason.as_deref(),
        acknowledge: &input.acknowledge,
    };
    let (act, is_done) = ("schema.promote", input.yes);
    Way { cx, specs: &specs, remote: &remote, act }.run(is_done, input.accept_no_backup, answers)
}

/// Refuses specs that were not tried on the database they come from.
fn applied_to_source(cx: &CommandCx<'_>, input: &Input, specs: &Specs) -> Result<(), CommandError> {
    let from = input.from.as_deref().unwrap_or("dev");
    let hashes = specs.hashes();
    let ledger = Database::new(cx, Some(from))?.ledger()?;
    let (problems, pending) = run::judge(&migrations::refs(&hashes), &ledger);
    if !problems.is_empty() {
        return Err(migrations::failure(&RunError::Ledger(problems)));
    }
    let Some(first) = pending.first() else { return Ok(()) };
    let error = CommandError::user(format!("promote `{first}`: it is not applied to `{from}`"));
    Err(error.hint(if input.from.is_none() || from == "dev" {
        "`specwright migrate apply --yes` applies it there".to_owned()
    } else {
        format!("`specwright promote --to {from}` brings it there first")
    }))
}

/// The specs on their way to a PostgreSQL database.
pub(super) struct Way<'a> {
    pub(super) cx: &'a CommandCx<'a>,
    pub(super) specs: &'a Specs,
    pub(super) remote: &'a Remote,
    /// The act's name in the audit log, and what reviews of it are kept under.
    pub(super) act: &'static str,
}

impl Way<'_> {
    /// Does it, or shows what would be done.
    pub(super) fn run(
        &self,
        is_meant: bool,
        accept_no_backup: bool,
        answers: Answers<'_>,
    ) -> Result<Output, CommandError> {
        let purpose = if is_meant { Purpose::Change } else { Purpose::Look };
        self.remote.connected(self.cx, self.specs, (purpose, accept_no_backup), |promoter| {
            if is_meant { self.perform(promoter, answers) } else { self.preview(promoter) }
        })
    }

    fn perform(
        &self,
        promoter: &mut Promoter<'_>,
        answers: Answers<'_>,
    ) -> Result<Output, CommandError> {
        let cx = self.cx;
        // What was interrupted has passed the council; what comes after it is judged before.
        let plans = match promoter.ledger().running() {
            Some(_) => Vec::new(),
            None => promoter.plan().map_err(|it| migrations::failure(&it))?,
        };
        let waiting = waiting(self.specs, promoter, &plans);
        store::ensure(cx)?;
        let council = self.judge(promoter.ledger(), &waiting)?;
        let council = council.map(|it| it.admit(cx, answers)).transpose()?;
        let checkpoint = checkpoints::before(cx, self.act, None)?;
        let intent = (self.act, waiting.join(", "));
        let applied = self.remote.recorded(cx, promoter, intent, |promoter| {
            let mut done = Vec::from_iter(promoter.resume()?);
            let plans = if done.is_empty() { plans } else { promoter.plan()? };
            done.extend(promoter.apply(&plans)?);
            let names: Vec<&str> = done.iter().map(|it| it.name.as_str()).collect();
            let outcome = format!("applied: {}", names.join(", "));
            Ok((done, outcome))
        })?;
        let applied = applied.into_iter().map(done).collect();
        let (pending, diff, backup, interrupted) = (Vec::new(), String::new(), "", None);
        Ok(Output { done: true, pending, diff, backup, interrupted, applied, council, checkpoint })
    }

    fn preview(&self, promoter: &mut Promoter<'_>) -> Result<Output, CommandError> {
        let interrupted = promoter.ledger().running().map(|it| it.name.clone());
        let plans = match &interrupted {
            // What comes after it is planned once it is finished.
            Some(_) => Vec::new(),
            None => promoter.plan().map_err(|it| migrations::failure(&it))?,
        };
        let (before, after) =
            (promoter.promoted_ddl().to_owned(), promoter.wanted_ddl().to_owned());
        let diff = similar::TextDiff::from_lines(before.as_str(), after.as_str());
        let diff = diff.unified_diff().header("promoted", "specs").to_string();
        let waiting = waiting(self.specs, promoter, &plans);
        let council = self.judge(promoter.ledger(), &waiting)?.map(|it| it.data);
        let backup = match promoter.backups() {
            Backups::Dump(_) => "pg_dump writes the whole database to a file",
            Backups::Copies => "tables that are written are copied: no `pg_dump` was found",
            Backups::Nothing => "none",
        };
        let pending = plans.iter().map(data).collect();
        let (applied, checkpoint) = (Vec::new(), None);
        Ok(Output { done: false, pending, diff, backup, interrupted, applied, council, checkpoint })
    }

    /// What the council says of the migrations that wait; `None` when none does.
    fn judge(&self, ledger: &Ledger, names: &[String]) -> Result<Option<Judgement>, CommandError> {
        if names.is_empty() {
            return Ok(None);
        }
        let (cx, specs) = (self.cx, self.specs);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let changes = gate::changes(cx, specs, &names, &gate::imported_by(ledger));
        let judgement = gate::judge(cx, self.act, &self.remote.name, &changes)?;
        remember::blocked(cx, &specs.files(), &judgement.blocked());
        Ok(Some(judgement))
    }
}

/// The migrations that are not promoted yet. After an interrupted one nothing can be planned, so that
/// all which the ledger does not have count.
fn waiting(specs: &Specs, promoter: &Promoter<'_>, plans: &[Promotion]) -> Vec<String> {
    if promoter.ledger().running().is_none() {
        return plans.iter().map(|it| it.name.clone()).collect();
    }
    let ledger = promoter.ledger();
    let is_known = |name: &str| ledger.entries.iter().any(|it| it.name == name);
    specs.hashes().into_iter().map(|(name, _)| name).filter(|it| !is_known(it)).collect()
}

fn data(it: &Promotion) -> PromotionData {
    let back = it.plan.steps.iter().filter_map(|it| match &it.back {
        Back::Lossy { why, .. } => Some(format!("needs the copies: {why}")),
        Back::None { why } => Some(format!("cannot be undone: {why}")),
        Back::Exact(_) | Back::NotNeeded => None,
    });
    let (steps, back) = (schema::steps(&it.plan), back.collect());
    let migration = MigrationData { name: it.name.clone(), steps, back };
    let is_baseline = it.kind == run::Kind::Baseline;
    PromotionData { migration, is_baseline, copied: it.copies.clone() }
}

fn done(it: Promoted) -> PromotedData {
    PromotedData {
        name: it.name,
        kind: it.kind.word(),
        n_steps: it.n_steps,
        backup: it.backup,
        copies: it.copies,
        unanswered: it.unanswered,
    }
}
