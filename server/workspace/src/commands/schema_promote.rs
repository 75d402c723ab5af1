//! `schema.promote`: brings a PostgreSQL database to what the migration specs describe.

use super::gate::{self, Answers, Judgement};
use super::migrate_plan::MigrationData;
use super::migrations::{self, Specs, Target};
use super::reviews::ReviewData;
use super::{CommandCx, CommandError, checkpoints, remember, schema};
use catalog::Act;
use migrate::plan::Back;
use migrate::run::postgres::{Copies, Promoted, Promoter, Promotion};
use migrate::run::{self, Ledger, RunError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Promotes the migration specs to a PostgreSQL database.
    ///
    /// Plans what its ledger does not have yet, each migration proven on a throw-away database, and
    /// shows how the schema changes since the last promotion. Tables that lose data are copied into
    /// the schema `_specwright` first. The schema is read back afterwards, and a result other than
    /// planned is rolled back. A promotion that was interrupted is finished first. The council is
    /// heard before, as it is by `migrate apply`. Without `yes` nothing is changed.
    ///
    /// `to` is a URL, or the name of an environment whose URL is in the variable
    /// `SPECWRIGHT_URL_NAME`: a repository never chooses an endpoint.
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
    /// Where the specs must be applied already: `dev`, the workspace's own database, when left out.
    #[serde(default)]
    #[schemars(extend("x-value-name" = "NAME"))]
    pub from: Option<String>,
    /// The URL of the database, or the name of an environment.
    #[schemars(extend("x-value-name" = "URL"))]
    pub to: String,
    /// Go on without copies of the tables that lose data.
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
    /// Tables that would be copied first.
    pub copied: Vec<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PromotedData {
    pub name: String,
    pub n_steps: usize,
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
    let source = source(cx, input, &specs)?;
    let url = url(cx, &input.to)?;
    source.with_options(cx, |options| {
        let files = specs.files();
        let promoter = Promoter::new(&url, &files, options);
        let mut promoter = promoter.map_err(|it| migrations::failure(&it))?;
        if !input.yes {
            return preview(cx, &input.to, &specs, &mut promoter);
        }
        // What was interrupted has passed the council; what comes after it is judged before.
        let plans = match promoter.ledger().running() {
            Some(_) => Vec::new(),
            None => promoter.plan().map_err(|it| migrations::failure(&it))?,
        };
        let waiting = waiting(&specs, &promoter, &plans);
        let council = judge(cx, &input.to, &specs, promoter.ledger(), &waiting)?;
        let answers = Answers {
            override_reason: input.override_reason.as_deref(),
            acknowledge: &input.acknowledge,
        };
        let council = council.map(|it| it.admit(cx, answers)).transpose()?;
        let copies = if input.accept_no_backup { Copies::Skip } else { Copies::Make };
        let checkpoint = checkpoints::before(cx, "schema.promote", None)?;
        let done = recorded(cx, &input.to, || {
            let mut done = Vec::from_iter(promoter.resume()?);
            let plans = if done.is_empty() { plans } else { promoter.plan()? };
            done.extend(promoter.apply(&plans, copies)?);
            Ok(done)
        })?;
        Ok(Output { council, checkpoint, ..done })
    })
}

/// The database that the specs were tried on.
fn source(cx: &CommandCx<'_>, input: &Input, specs: &Specs) -> Result<Target, CommandError> {
    let url = input.from.as_deref().filter(|it| *it != "dev");
    let target = Target::new(cx, url)?;
    let hashes = specs.hashes();
    let (problems, pending) = run::judge(&migrations::refs(&hashes), &target.ledger()?);
    if !problems.is_empty() {
        return Err(migrations::failure(&RunError::Ledger(problems)));
    }
    match pending.first() {
        None => Ok(target),
        Some(first) => {
            let from = input.from.as_deref().unwrap_or("dev");
            let error =
                CommandError::user(format!("promote `{first}`: it is not applied to `{from}`"));
            Err(error.hint("`specwright migrate apply --yes` applies it there"))
        }
    }
}

/// The URL that `to` is or names.
fn url(cx: &CommandCx<'_>, to: &str) -> Result<String, CommandError> {
    if to.contains("://") {
        return Ok(to.to_owned());
    }
    let plain = |it: char| if it.is_ascii_alphanumeric() { it.to_ascii_uppercase() } else { '_' };
    let name: String = to.chars().map(plain).collect();
    let variable = format!("SPECWRIGHT_URL_{name}");
    cx.system.env(&variable).filter(|it| !it.is_empty()).ok_or_else(|| {
        CommandError::user(format!("promote to `{to}`: the variable {variable} is not set"))
            .hint("set it to the URL of the database, such as postgresql://user@host/name")
    })
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

/// What the council says of the migrations that wait; `None` when none does.
fn judge(
    cx: &CommandCx<'_>,
    to: &str,
    specs: &Specs,
    ledger: &Ledger,
    names: &[String],
) -> Result<Option<Judgement>, CommandError> {
    if names.is_empty() {
        return Ok(None);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let changes = gate::changes(cx, specs, &names, &gate::imported_by(ledger));
    let judgement = gate::judge(cx, "schema.promote", &subject(to), &changes)?;
    remember::blocked(cx, &specs.files(), &judgement.blocked());
    Ok(Some(judgement))
}

/// How the target is called in the catalog: by its name, or by its URL without the password.
fn subject(to: &str) -> String {
    if to.contains("://") { migrations::shown(to) } else { to.to_owned() }
}

fn preview(
    cx: &CommandCx<'_>,
    to: &str,
    specs: &Specs,
    promoter: &mut Promoter<'_>,
) -> Result<Output, CommandError> {
    let interrupted = promoter.ledger().running().map(|it| it.name.clone());
    let plans = match &interrupted {
        // What comes after it is planned once it is finished.
        Some(_) => Vec::new(),
        None => promoter.plan().map_err(|it| migrations::failure(&it))?,
    };
    let (before, after) = (promoter.promoted_ddl().to_owned(), promoter.wanted_ddl().to_owned());
    let diff = similar::TextDiff::from_lines(before.as_str(), after.as_str());
    let diff = diff.unified_diff().header("promoted", "specs").to_string();
    let waiting = waiting(specs, promoter, &plans);
    let council = judge(cx, to, specs, promoter.ledger(), &waiting)?.map(|it| it.data);
    let pending = plans.iter().map(data).collect();
    let (applied, checkpoint) = (Vec::new(), None);
    Ok(Output { done: false, pending, diff, interrupted, applied, council, checkpoint })
}

fn data(it: &Promotion) -> PromotionData {
    let back = it.plan.steps.iter().filter_map(|it| match &it.back {
        Back::Lossy { why, .. } => Some(format!("loses data: {why}")),
        Back::None { why } => Some(format!("cannot be undone: {why}")),
        Back::Exact(_) | Back::NotNeeded => None,
    });
    let (steps, back) = (schema::steps(&it.plan), back.collect());
    let migration = MigrationData { name: it.name.clone(), steps, back };
    PromotionData { migration, copied: it.copied.clone() }
}

/// Runs `act` between its intent and its outcome in the catalog, which never hears a password.
fn recorded(
    cx: &CommandCx<'_>,
    to: &str,
    act: impl FnOnce() -> Result<Vec<Promoted>, RunError>,
) -> Result<Output, CommandError> {
    use super::store;
    let mut catalog = store::acting(cx)?;
    let name = "schema.promote".to_owned();
    let mut record = Act { name, subject: subject(to), detail: "all specs".to_owned() };
    catalog.intend(&record).map_err(|it| store::failed(&it))?;
    let done = act();
    record.detail = match &done {
        Ok(done) => {
            let names: Vec<&str> = done.iter().map(|it| it.name.as_str()).collect();
            format!("promoted: {}", names.join(", "))
        }
        Err(error) => format!("failed: {}", error.kind()),
    };
    let told = catalog.conclude(&record);
    let done = done.map_err(|it| migrations::failure(&it))?;
    told.map_err(|it| store::failed(&it))?;
    let data = |it: Promoted| PromotedData {
        name: it.name,
        n_steps: it.n_steps,
        copies: it.copies,
        unanswered: it.unanswered,
    };
    let applied = done.into_iter().map(data).collect();
    let (pending, diff) = (Vec::new(), String::new());
    let (interrupted, council, checkpoint) = (None, None, None);
    Ok(Output { done: true, pending, diff, interrupted, applied, council, checkpoint })
}
