//! `schema.apply`: runs a plan on a live database, after a backup.

use super::gate::{self, Answers};
use super::reviews::ReviewData;
use super::schema::{self, DialectWord, StepData};
use super::{CommandCx, CommandError, ErrorKind, checkpoints, migrations, schema_postgres, store};
use catalog::Act;
use migrate::plan::{Dialect, Plan, Renames};
use migrate::sqlite::{self, ApplyError, Capabilities};
use model::AbsPath;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Runs a plan on a live database: checks the data, backs up, runs, and checks the outcome.
    ///
    /// Give the plan that `schema plan` printed, or the schema that is wanted (`to`), which is then
    /// planned from what the database holds. With `from` a database that holds something else is
    /// refused. The council is heard first: what it blocks is not run unless it is let by with a
    /// reason, and what it asks about has to be acknowledged. A failed plan leaves SQLite as it was, and PostgreSQL where the message says.
    pub(super) static COMMAND = {
        name: "schema.apply",
        effect: Destructive,
        gate: Human,
        run: run,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// `sqlite` or `postgres`.
    pub dialect: DialectWord,
    /// The database: a SQLite file, or the URL of a PostgreSQL server.
    pub url: String,
    /// File with a plan as `schema plan --format json` prints it; `-` reads standard input.
    #[serde(default)]
    pub plan: Option<String>,
    /// The plan itself, in the place of a file.
    #[serde(default)]
    pub plan_json: Option<String>,
    /// SQL file with the schema that the database must have now.
    #[serde(default)]
    pub from: Option<String>,
    /// SQL file with the schema that the database must have afterwards.
    #[serde(default)]
    pub to: Option<String>,
    /// Where the backup goes. When left out, beside a SQLite file; for PostgreSQL in the current
    /// folder.
    #[serde(default)]
    pub backup: Option<String>,
    /// Makes no backup of a PostgreSQL database, whose `pg_dump` is otherwise needed.
    #[serde(default)]
    pub accept_no_backup: bool,
    /// The first step of the plan to run, from 1: for a PostgreSQL plan that failed half-way.
    #[serde(default)]
    pub start_at: Option<u32>,
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
    /// How many steps were run.
    pub n_steps: usize,
    /// The backup that was made; left out when there was nothing to do, or none was wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// What the council says of it; left out when there was nothing to judge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub council: Option<ReviewData>,
    /// The checkpoint that was made right before; `rollback to` leads back to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
}

/// A plan as `schema plan` prints it.
#[derive(Debug, Deserialize)]
struct Printed {
    steps: Vec<StepData>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the plan or a schema cannot be read, the database is not what the plan starts from, its data
/// stands in the way, or the engine refuses a step. The database is then as it was; the message says
/// so where it is not.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    told(cx, &input.url, || apply(cx, input))
}

/// Tells the catalog of the act, where the workspace has one: a database need not belong to one.
fn told(
    cx: &CommandCx<'_>,
    url: &str,
    act: impl FnOnce() -> Result<Output, CommandError>,
) -> Result<Output, CommandError> {
    let found = cx.root.as_ref().map(|root| store::open(cx.system, root));
    let Some(catalog) = found.transpose().map_err(|it| store::refused(&it))?.flatten() else {
        return act();
    };
    let mut catalog = catalog.acting_as(&store::actor(cx));
    let (name, subject) = ("schema.apply".to_owned(), migrations::shown(url));
    let mut record = Act { name, subject, detail: "a plan of the caller".to_owned() };
    catalog.intend(&record).map_err(|it| store::failed(&it))?;
    let done = act();
    record.detail = match &done {
        Ok(it) => format!("steps run: {}", it.n_steps),
        // The message may quote rows, and the chain is never changed.
        Err(_) => "failed".to_owned(),
    };
    let concluded = catalog.conclude(&record);
    let out = done?;
    concluded.map_err(|it| store::failed(&it))?;
    Ok(out)
}

fn apply(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    if input.dialect == DialectWord::Postgres {
        if input.accept_no_backup && input.backup.is_some() {
            let error =
                CommandError::user("back up: `backup` and `accept_no_backup` are both given");
            return Err(error.hint("give one of them"));
        }
        return schema_postgres::apply(cx, input);
    }
    if input.accept_no_backup || input.start_at.is_some() {
        let error = CommandError::user("use `accept_no_backup` or `start_at` on SQLite");
        return Err(
            error.hint("leave it out: there a backup is always made, and a plan is run wholly")
        );
    }
    let file = schema::sqlite_file(cx, &input.url)?;
    let read = |path: &Option<String>| path.as_deref().map(|it| schema::sqlite_schema(cx, it));
    let (from, to) = (read(&input.from).transpose()?, read(&input.to).transpose()?);
    let plan = plan(cx, input, from.as_ref(), to.as_ref())?;
    if plan.steps.is_empty() {
        return Ok(Output { n_steps: 0, backup: None, council: None, checkpoint: None });
    }
    let live = schema::live_sqlite_schema(cx, &input.url)?;
    let council = admit(cx, input, &plan, &statements(&live))?;
    let checkpoint = checkpoint(cx, Some(&file))?;
    let backup = backup_path(cx, input, &file)?;
    sqlite::backup(file.as_path(), backup.as_path()).map_err(|it| failure(&it, &backup))?;
    let applied = sqlite::apply(file.as_path(), &plan, from.as_ref(), to.as_ref());
    let applied = applied.map_err(|it| failure(&it, &backup))?;
    let backup = Some(backup.to_string());
    Ok(Output { n_steps: applied.n_steps, backup, council: Some(council), checkpoint })
}

/// The checkpoint before the plan, where there is a workspace: a database need not belong to one.
pub(super) fn checkpoint(
    cx: &CommandCx<'_>,
    file: Option<&AbsPath>,
) -> Result<Option<String>, CommandError> {
    let found = cx.root.as_ref().map(|root| store::open(cx.system, root));
    match found.transpose().map_err(|it| store::refused(&it))?.flatten() {
        Some(_) => checkpoints::before(cx, "schema.apply", file),
        None => Ok(None),
    }
}

/// Has the plan pass the council, over the schema that `base` makes.
pub(super) fn admit(
    cx: &CommandCx<'_>,
    input: &Input,
    plan: &Plan,
    base: &str,
) -> Result<ReviewData, CommandError> {
    let answers = Answers {
        override_reason: input.override_reason.as_deref(),
        acknowledge: &input.acknowledge,
    };
    let target = migrations::shown(&input.url);
    gate::judge(cx, "schema.apply", &target, &[gate::of_plan(plan, base)])?.admit(cx, answers)
}

/// The statements that make what a SQLite database holds.
fn statements(catalog: &sqlite::Catalog) -> String {
    let tables = catalog.tables.iter().flat_map(|table| {
        let indexes = table.indexes.iter().map(|it| it.sql.0.as_str());
        std::iter::once(table.sql.0.as_str()).chain(indexes)
    });
    let views = catalog.views.iter().map(|it| it.sql.0.as_str());
    let triggers = catalog.triggers.iter().map(|it| it.sql.0.as_str());
    let all = tables.chain(views).chain(triggers).filter(|it| !it.is_empty());
    all.map(|it| format!("{};\n", it.trim_end().trim_end_matches(';'))).collect()
}

fn plan(
    cx: &CommandCx<'_>,
    input: &Input,
    from: Option<&sqlite::Catalog>,
    to: Option<&sqlite::Catalog>,
) -> Result<Plan, CommandError> {
    if let Some(plan) = printed(cx, input, Dialect::Sqlite)? {
        return Ok(plan);
    }
    let Some(to) = to else { return Err(nothing_given()) };
    let live = schema::live_sqlite_schema(cx, &input.url)?;
    let start = from.unwrap_or(&live);
    let engine = Capabilities::bundled();
    let plan = sqlite::plan(start, to, &Renames::default(), engine)
        .map_err(|it| CommandError::user(it.to_string()))?;
    sqlite::prove(start, to, &plan, engine).map_err(|it| CommandError::internal(&it))?;
    Ok(plan)
}

/// The plan that was given as text, if any.
pub(super) fn printed(
    cx: &CommandCx<'_>,
    input: &Input,
    dialect: Dialect,
) -> Result<Option<Plan>, CommandError> {
    let json = match (&input.plan_json, &input.plan) {
        (Some(json), _) => json.clone(),
        (None, Some(path)) => schema::read_text(cx, path)?,
        (None, None) => return Ok(None),
    };
    let printed: Printed = serde_json::from_str(&json).map_err(|error| {
        CommandError::user(format!("read the plan: {error}"))
            .hint("give what `specwright schema plan --format json` prints")
    })?;
    Ok(Some(schema::plan(dialect, printed.steps)))
}

pub(super) fn nothing_given() -> CommandError {
    CommandError::user("apply nothing: neither `plan` nor `to` is given")
        .hint("give the plan that `specwright schema plan` printed")
}

fn backup_path(cx: &CommandCx<'_>, input: &Input, file: &AbsPath) -> Result<AbsPath, CommandError> {
    let path = match &input.backup {
        Some(path) => super::resolve(&cx.cwd, path)?,
        None => {
            let model::Timestamp(millis) = cx.system.now();
            super::resolve(&cx.cwd, &format!("{file}.{millis}.bak"))?
        }
    };
    if cx.system.exists(&path) {
        let error = CommandError::user(format!("back up to `{path}`: there is such a file"));
        return Err(error.hint("name another file with `backup`"));
    }
    Ok(path)
}

fn failure(error: &ApplyError, backup: &AbsPath) -> CommandError {
    let hint = match error {
        ApplyError::Data { .. } => "correct these rows first; nothing was changed".to_owned(),
        ApplyError::Drift(_) => "plan again from the database; nothing was changed".to_owned(),
        ApplyError::Step { .. } => format!("nothing was changed; the backup is `{backup}`"),
        ApplyError::PostCheck(_) => format!("the plan was run; `{backup}` is the state before"),
        _ => "nothing was changed; check permissions and the free space".to_owned(),
    };
    CommandError::new(ErrorKind::User, crate::error_chain(error)).hint(hint)
}
