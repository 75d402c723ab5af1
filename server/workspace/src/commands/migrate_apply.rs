//! `migrate.apply`: runs the pending migrations.

use super::environments::{Database, Remote};
use super::gate::{self, Answers, Judgement};
use super::migrate_plan::{self, MigrationData};
use super::migrations::{self, Specs, Target};
use super::reviews::ReviewData;
use super::schema_promote::Way;
use super::{CommandCx, CommandError, checkpoints, remember, store};
use migrate::run::{self, Described, Ledger};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Applies the migrations that are not applied yet.
    ///
    /// Each is proven on a shadow first, and asks the data for rows that stand in the way. The
    /// database is backed up; each migration and its row of the ledger are one transaction. A run
    /// that was interrupted is finished first. The council is heard before: what it blocks is not
    /// applied unless it is let by with a reason (`override`), and what it asks about has to be
    /// acknowledged. Without `yes` nothing is changed, and the output tells what would be.
    pub(super) static COMMAND = {
        name: "migrate.apply",
        effect: Destructive,
        gate: Human,
        run: run,
    }
}

/// The act's name in the audit log, and what reviews of it are kept under.
const ACT: &str = "migrate.apply";

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// Really do it.
    pub yes: bool,
    /// A SQLite file, made when it is missing, the URL of a PostgreSQL database, or the name of an
    /// environment; the workspace's own database when left out.
    pub url: Option<String>,
    /// On PostgreSQL: go on without a backup and without copies.
    pub accept_no_backup: bool,
    /// Let it by although the council stops it, for this reason, which stays in the audit log.
    #[serde(rename = "override")]
    #[schemars(extend("x-value-name" = "REASON"))]
    pub override_reason: Option<String>,
    /// What the council asks about and is meant: fingerprints of findings, or the digest of the
    /// whole review.
    #[schemars(extend("x-value-name" = "DIGEST"))]
    pub acknowledge: Vec<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Whether it was done; `false` when `yes` was not given.
    pub done: bool,
    /// What would be applied; empty when it was done.
    pub pending: Vec<MigrationData>,
    /// What was applied, in order.
    pub applied: Vec<AppliedData>,
    /// What the council says of it; left out when there was nothing to judge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub council: Option<ReviewData>,
    /// The checkpoint that was made right before; `rollback to` leads back to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AppliedData {
    pub name: String,
    /// `apply`; `baseline` when the database held it already; `rollback` when one that was
    /// interrupted was finished.
    pub kind: &'static str,
    pub n_steps: usize,
    /// The backup that was made right before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// Copies of tables as they were before, in a PostgreSQL database.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<String>,
    /// Questions to the data that were not answered in time, and left to the engine.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unanswered: Vec<String>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When a spec has errors, specs and ledger do not fit, the database is not what the ledger tells,
/// or a migration is refused. Those before it stay applied; the hint says what to do.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let specs = Specs::read(cx)?;
    let database = Database::new(cx, input.url.as_deref())?;
    database.check_backup(input.accept_no_backup)?;
    match database {
        Database::Sqlite(target) => to_file(cx, input, &specs, &target),
        Database::Postgres(remote) => to_server(cx, input, &specs, &remote),
    }
}

fn to_server(
    cx: &CommandCx<'_>,
    input: &Input,
    specs: &Specs,
    remote: &Remote,
) -> Result<Output, CommandError> {
    let answers = Answers {
        override_reason: input.override_reason.as_deref(),
        acknowledge: &input.acknowledge,
    };
    let way = Way { cx, specs, remote, act: ACT };
    let done = way.run(input.yes, input.accept_no_backup, answers)?;
    let applied = done.applied.into_iter().map(|it| AppliedData {
        name: it.name,
        kind: it.kind,
        n_steps: it.n_steps,
        backup: it.backup,
        copies: it.copies,
        unanswered: it.unanswered,
    });
    Ok(Output {
        done: done.done,
        pending: done.pending.into_iter().map(|it| it.migration).collect(),
        applied: applied.collect(),
        council: done.council,
        // It holds nothing of the server: going back to it would not undo this.
        checkpoint: None,
    })
}

fn to_file(
    cx: &CommandCx<'_>,
    input: &Input,
    specs: &Specs,
    target: &Target,
) -> Result<Output, CommandError> {
    let ledger = target.ledger()?;
    let described = specs.describe(&ledger)?;
    if !input.yes {
        let pending = described.migrations.iter().map(migrate_plan::data).collect();
        let council = judge(cx, specs, target, &ledger, &described, None)?.map(|it| it.data);
        return Ok(Output { done: false, pending, applied: Vec::new(), council, checkpoint: None });
    }
    if described.migrations.is_empty() && ledger.running().is_none() && ledger.entries.is_empty() {
        let (pending, applied) = (Vec::new(), Vec::new());
        return Ok(Output { done: true, pending, applied, council: None, checkpoint: None });
    }
    let answers = Answers {
        override_reason: input.override_reason.as_deref(),
        acknowledge: &input.acknowledge,
    };
    store::ensure(cx)?;
    let council = judge(cx, specs, target, &ledger, &described, None)?;
    let council = council.map(|it| it.admit(cx, answers)).transpose()?;
    let Done { applied, checkpoint } = perform(cx, specs, target, &described)?;
    Ok(Output { done: true, pending: Vec::new(), applied, council, checkpoint })
}

/// What an apply has done.
pub(super) struct Done {
    pub(super) applied: Vec<AppliedData>,
    pub(super) checkpoint: Option<String>,
}

/// Applies the pending migrations of `reviewed`, which the council has let by, from the files that
/// have been written since.
///
/// # Errors
/// When the files are not what was reviewed, or a migration is refused.
pub(super) fn admitted(
    cx: &CommandCx<'_>,
    reviewed: &Specs,
    target: &Target,
) -> Result<Done, CommandError> {
    let specs = Specs::read(cx)?;
    let sorted = |it: &Specs| {
        let mut hashes = it.hashes();
        hashes.sort();
        hashes
    };
    if sorted(&specs) != sorted(reviewed) {
        let message = "apply the migrations: a file is not what the council has seen";
        return Err(CommandError::user(message).hint("nothing was applied; run it again"));
    }
    let ledger = target.ledger()?;
    let described = specs.describe(&ledger)?;
    if described.migrations.is_empty() && ledger.running().is_none() && ledger.entries.is_empty() {
        return Ok(Done { applied: Vec::new(), checkpoint: None });
    }
    perform(cx, &specs, target, &described)
}

fn perform(
    cx: &CommandCx<'_>,
    specs: &Specs,
    target: &Target,
    described: &Described,
) -> Result<Done, CommandError> {
    let names: Vec<&str> = described.migrations.iter().map(|it| it.name.as_str()).collect();
    let checkpoint = before(cx, target, &names)?;
    let act = (ACT, names.join(", "));
    let applied = migrations::recorded(cx, target, act, || {
        let refs = migrations::refs(&described.specs);
        let path = target.database.as_path();
        let done = target.with_options(cx, |it| run::apply(path, &refs, &described.migrations, it));
        remember::ran(cx, &specs.files(), &names, done.as_ref().map(|_| ()));
        let done = done?;
        let names: Vec<&str> = done.iter().map(|it| it.name.as_str()).collect();
        let outcome = format!("applied: {}", names.join(", "));
        Ok((done, outcome))
    })?;
    let data = |it: run::Applied| AppliedData {
        name: it.name,
        kind: it.kind.word(),
        n_steps: it.n_steps,
        backup: it.backup,
        copies: Vec::new(),
        unanswered: it.unanswered,
    };
    Ok(Done { applied: applied.into_iter().map(data).collect(), checkpoint })
}

/// What the council says of the migrations that wait; `None` when none does.
pub(super) fn judge(
    cx: &CommandCx<'_>,
    specs: &Specs,
    target: &Target,
    ledger: &Ledger,
    described: &Described,
    also: Option<gate::Change>,
) -> Result<Option<Judgement>, CommandError> {
    let mut changes = changes(cx, specs, ledger, described);
    changes.extend(also);
    if changes.is_empty() {
        return Ok(None);
    }
    let judgement = gate::judge(cx, ACT, &target.subject(cx), &changes)?;
    remember::blocked(cx, &specs.files(), &judgement.blocked());
    Ok(Some(judgement))
}

/// The same before the files of `specs` are written.
pub(super) fn foresee(
    cx: &CommandCx<'_>,
    specs: &Specs,
    target: &Target,
    ledger: &Ledger,
    described: &Described,
    also: Option<gate::Change>,
) -> Result<Option<ReviewData>, CommandError> {
    let mut changes = changes(cx, specs, ledger, described);
    changes.extend(also);
    if changes.is_empty() {
        return Ok(None);
    }
    gate::foresee(cx, ACT, &target.subject(cx), &changes).map(Some)
}

fn changes(
    cx: &CommandCx<'_>,
    specs: &Specs,
    ledger: &Ledger,
    described: &Described,
) -> Vec<gate::Change> {
    let names: Vec<&str> = described.migrations.iter().map(|it| it.name.as_str()).collect();
    match names.as_slice() {
        [] => Vec::new(),
        names => gate::changes(cx, specs, names, &gate::imported_by(ledger)),
    }
}

/// The checkpoint of what there is before the migrations.
fn before(
    cx: &CommandCx<'_>,
    target: &Target,
    names: &[&str],
) -> Result<Option<String>, CommandError> {
    let act = format!("{ACT} {}", names.join(", "));
    checkpoints::before(cx, act.trim_end(), Some(&target.database))
}
