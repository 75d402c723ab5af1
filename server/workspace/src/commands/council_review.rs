//! `council.review`: what the council says of one migration in SQL, or of those that wait.

use super::gate::{self, Change};
use super::migrations::{Specs, Target};
use super::prompts::{self, RequestData};
use super::reviews::{FindingData, ReachData, ReviewerData};
use super::schema::{DialectWord, read_text};
use super::{CommandCx, CommandError, provisioning, reviews};
use council::{Ground, Part, PartKind, Subject};
use migrate::plan::Dialect;
use model::{Review, SubjectKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Reviews a migration in SQL over the schema that it changes, the migrations that wait, or a change of `forge.yaml`.
    ///
    /// The deterministic reviewers read both texts, judge the net effect, run SQLite in memory on
    /// made-up rows, and say who can do what with which rows. Critical and high findings block; medium
    /// ones ask to be acknowledged where access widens, data can go, or what runs now can fail or wait.
    /// A text that cannot be read is inconclusive, never a pass. Nothing is changed, and nothing leaves
    /// the machine, unless `url` names a PostgreSQL server: there the change is run in a database that is
    /// made for it and dropped again. With `show_prompt` it tells what models would be sent, to the byte and without secrets,
    /// and sends nothing; without `council.models` in your own settings, what each lens would ask.
    pub(super) static COMMAND = {
        name: "council.review",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// SQL file with the schema before; without it every table that is used is taken to be there.
    pub base: Option<String>,
    /// SQL file with the migration; the migrations of the workspace that wait when left out.
    pub migration: Option<String>,
    /// SQL file with the way back.
    pub down: Option<String>,
    /// Specs that the schema must agree with.
    pub spec: Vec<String>,
    /// File of declared resources, `forge/forge.yaml` as it shall be, in the place of a migration;
    /// `base` is then the file before, or what is in force when left out.
    pub resources: Option<String>,
    /// `postgres` or `sqlite`; told from the migration when left out.
    pub engine: Option<DialectWord>,
    /// A PostgreSQL server whose user may make databases, to run the change there on made-up rows. Where
    /// he may do more, as a superuser does, it runs as a role without rights that is made for it.
    pub url: Option<String>,
    /// Tell what models would be sent, and send nothing.
    pub show_prompt: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// `pass`, `needs_acknowledgement`, `inconclusive` or `block`.
    pub verdict: &'static str,
    /// Why it is no pass.
    pub reasons: Vec<String>,
    /// Worst first.
    pub findings: Vec<FindingData>,
    /// Who can do what with rows of tables whose access changes, before and after.
    pub reachability: Vec<ReachData>,
    pub reviewers: Vec<ReviewerData>,
    /// Identifies the change.
    pub subject_hash: String,
    /// Identifies what it starts from.
    pub base_hash: String,
    /// Identifies the rules.
    pub policy_version: String,
    /// With `show_prompt`: one for each change and model reviewer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<Vec<RequestData>>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When a file cannot be read, or no migration waits; what is in a file is never an error.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let changes = match (&input.resources, &input.migration) {
        (Some(path), _) => vec![(path.clone(), gate::of_subject(declared(cx, input, path)?))],
        (None, Some(path)) => vec![(path.clone(), gate::of_subject(subject(cx, input, path)?))],
        (None, None) => waiting(cx, input)?,
    };
    let ground = input.url.as_deref().map(|it| Ground::at(it, cx.system)).transpose();
    let ground = ground.map_err(|it| {
        let hint = "name one as postgresql://user@host/postgres, whose user may make databases; one \
                    who may make roles too has to be let in with a password, not as a user of the machine";
        CommandError::user(it).hint(hint)
    })?;
    let review = |it: &Change| it.review(cx, ground.as_ref());
    let reviews: Vec<Review> = changes.iter().map(|(_, it)| review(it)).collect();
    let review = gate::together(&reviews);
    let requests = input.show_prompt.then(|| prompts::requests(cx, &changes));
    Ok(Output {
        verdict: review.verdict.word(),
        reasons: review.reasons.clone(),
        findings: reviews::findings(&review, &[], cx.system.now()),
        reachability: review.reachability.iter().map(ReachData::from).collect(),
        reviewers: review.runs.iter().map(ReviewerData::from).collect(),
        subject_hash: review.subject_hash,
        base_hash: review.base_hash,
        policy_version: review.policy_version,
        requests,
    })
}

/// A change of declared resources.
fn declared(cx: &CommandCx<'_>, input: &Input, path: &str) -> Result<Subject, CommandError> {
    let others = [&input.migration, &input.down, &input.url].into_iter().flatten();
    if others.chain(&input.spec).next().is_some() || input.engine.is_some() {
        return Err(CommandError::user(format!("review the resources in `{path}`"))
            .hint("review them by themselves: with `--resources FILE` and `--base FILE` alone"));
    }
    let before = match &input.base {
        Some(base) => read_text(cx, base)?,
        None if cx.root.is_some() => provisioning::text_in_force(cx)?,
        None => String::new(),
    };
    Ok(Subject::of_resources(&before, path, &read_text(cx, path)?))
}

/// The texts that the input names.
fn subject(cx: &CommandCx<'_>, input: &Input, migration: &str) -> Result<Subject, CommandError> {
    let mut parts = Vec::new();
    let mut add = |kind: PartKind, name: &str, path: &str| -> Result<(), CommandError> {
        parts.push(Part { kind, name: name.to_owned(), text: read_text(cx, path)? });
        Ok(())
    };
    if let Some(base) = &input.base {
        add(PartKind::Base, "base", base)?;
    }
    add(PartKind::Migration, "migration", migration)?;
    if let Some(down) = &input.down {
        add(PartKind::Down, "down", down)?;
    }
    for spec in &input.spec {
        add(PartKind::Spec, spec, spec)?;
    }
    let dialect = match input.engine {
        Some(DialectWord::Sqlite) => Dialect::Sqlite,
        Some(DialectWord::Postgres) => Dialect::Postgres,
        None => council::dialect_of(&parts),
    };
    Ok(Subject { kind: SubjectKind::MigrationPlan, dialect, parts, is_planned: false })
}

/// The migrations that wait to be applied to the database of the workspace.
fn waiting(cx: &CommandCx<'_>, input: &Input) -> Result<Vec<(String, Change)>, CommandError> {
    let only_for_sql = [&input.base, &input.down].into_iter().flatten().chain(&input.spec).next();
    if only_for_sql.is_some() || input.engine.is_some() {
        return Err(CommandError::user("review a change: there is no `migration`")
            .hint("name its file with `--migration FILE`"));
    }
    let (specs, target) = (Specs::read(cx)?, Target::new(cx, None)?);
    let ledger = target.ledger()?;
    let described = specs.describe(&ledger)?;
    let names: Vec<&str> = described.migrations.iter().map(|it| it.name.as_str()).collect();
    if names.is_empty() {
        return Err(CommandError::user("review the migrations that wait: there is none")
            .hint("name a file with SQL: `specwright council review --migration FILE`"));
    }
    let changes = gate::changes(cx, &specs, &names, &gate::imported_by(&ledger));
    Ok(names.iter().map(|it| (*it).to_owned()).zip(changes).collect())
}
