//! `schema.plan`: the steps from one SQL schema to another.

use super::schema::{self, DialectWord, ReasonData, StepData};
use super::{CommandCx, CommandError, schema_postgres};
use migrate::plan::{Plan, Refusal, Renames};
use migrate::sqlite::{self, Capabilities};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Plans the change from one SQL schema to another, and proves the plan on a shadow.
    ///
    /// Both sides are run in an engine and read back; text is not compared. Each step says in which
    /// transaction it runs, what it locks, rewrites and loses, and how it is undone. What cannot be
    /// planned is refused with reasons. Nothing is changed.
    pub(super) static COMMAND = {
        name: "schema.plan",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// `sqlite` or `postgres`.
    pub dialect: DialectWord,
    /// SQL file with the schema of today, or a SQLite file; the database of `url` when left out.
    #[serde(default)]
    pub from: Option<String>,
    /// SQL file with the schema that is wanted.
    pub to: String,
    /// The live database, whose data the plan's checks are asked of: a SQLite file, or the URL of a
    /// PostgreSQL server.
    #[serde(default)]
    pub url: Option<String>,
    /// Version of the engine that will run the plan, such as `3.53`; SQLite 3.35 when left out,
    /// whose plans every later version runs.
    #[serde(default)]
    pub engine_version: Option<String>,
    /// Tables that changed their name, each as `old=new`.
    #[serde(default)]
    pub rename_table: Vec<String>,
    /// Columns that changed their name, each as `table.old=new` with the table's new name. A comment
    /// `-- @renamed from=old` after a column or a table's name says the same.
    #[serde(default)]
    pub rename_column: Vec<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// In the order in which they run; left out when the change is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<StepData>>,
    /// What to know before it is run.
    pub lints: Vec<Lint>,
    /// Why there is no plan; left out when there is one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<ReasonData>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Lint {
    pub rule: &'static str,
    /// Index of the step, from 0; `null` when it is about the whole plan.
    pub step: Option<usize>,
    pub message: String,
}

/// Runs the command on typed data.
///
/// # Errors
/// When a schema cannot be read, or an option does not fit. A change that cannot be planned is no
/// error but [`Output::refused`].
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let renames = renames(input)?;
    match input.dialect {
        DialectWord::Sqlite => of_sqlite(cx, input, &renames),
        DialectWord::Postgres => of_postgres(cx, input, &renames),
    }
}

fn of_sqlite(
    cx: &CommandCx<'_>,
    input: &Input,
    renames: &Renames,
) -> Result<Output, CommandError> {
    let engine = match &input.engine_version {
        None => Capabilities::PORTABLE,
        Some(version) => Capabilities::of_version(version).ok_or_else(|| {
            CommandError::user(format!("read the engine version `{version}`"))
                .hint("write it as `3.53` or `3.53.1`")
        })?,
    };
    let from = match (&input.from, &input.url) {
        (Some(from), _) => schema::sqlite_schema(cx, from)?,
        (None, Some(url)) => schema::live_sqlite_schema(cx, url)?,
        (None, None) => {
            let error = CommandError::user("plan without a start: neither `from` nor `url` is given");
            return Err(error.hint("an empty file is an empty schema"));
        }
    };
    let to = schema::sqlite_schema(cx, &input.to)?;
    let mut all = sqlite::declared_renames(&from, &to);
    all.tables.retain(|it| !renames.tables.contains(it));
    all.columns.retain(|it| !renames.columns.contains(it));
    all.tables.extend(renames.tables.iter().cloned());
    all.columns.extend(renames.columns.iter().cloned());
    let plan = match sqlite::plan(&from, &to, &all, engine) {
        Ok(plan) => plan,
        Err(refusal) => return Ok(refused(&refusal)),
    };
    if let Err(error) = sqlite::prove(&from, &to, &plan, engine) {
        let why = format!("the plan failed on a shadow: {}", crate::error_chain(&error));
        return Ok(Output {
            steps: None,
            lints: Vec::new(),
            refused: vec![ReasonData { object: None, why }],
        });
    }
    let mut lints = lints(&plan);
    if let Some(url) = &input.url {
        let file = schema::sqlite_file(cx, url)?;
        let obstacles = sqlite::obstacles(file.as_path(), &plan);
        let obstacles = obstacles.map_err(|it| CommandError::user(crate::error_chain(&it)))?;
        let found = obstacles.into_iter();
        lints.extend(found.map(|message| Lint { rule: "data-in-the-way", step: None, message }));
    }
    Ok(Output { steps: Some(schema::steps(&plan)), lints, refused: Vec::new() })
}

fn of_postgres(
    cx: &CommandCx<'_>,
    input: &Input,
    renames: &Renames,
) -> Result<Output, CommandError> {
    if input.engine_version.is_some() {
        let error = CommandError::user("plan for a version of PostgreSQL: the server's own counts");
        return Err(error.hint("leave `engine_version` out"));
    }
    let planned = schema_postgres::plan(cx, input.from.as_deref(), &input.to, input.url.as_deref(), renames)?;
    let (plan, obstacles) = match planned {
        Ok(planned) => planned,
        Err(refusal) => return Ok(refused(&refusal)),
    };
    let mut lints = lints(&plan);
    let found = obstacles.into_iter();
    lints.extend(found.map(|message| Lint { rule: "data-in-the-way", step: None, message }));
    Ok(Output { steps: Some(schema::steps(&plan)), lints, refused: Vec::new() })
}

fn refused(refusal: &Refusal) -> Output {
    let refused = refusal.reasons.iter().map(ReasonData::from).collect();
    Output { steps: None, lints: Vec::new(), refused }
}

/// What the steps themselves say that a reader should not miss.
fn lints(plan: &Plan) -> Vec<Lint> {
    let mut out = Vec::new();
    for (index, step) in plan.steps.iter().enumerate() {
        if !step.loses.is_empty() {
            let names: Vec<String> = step.loses.iter().map(ToString::to_string).collect();
            let message = format!("loses data of {}; back up first", names.join(", "));
            out.push(Lint { rule: "loses-data", step: Some(index), message });
        }
        for check in &step.checks {
            let message = format!("fails if {}", check.complaint);
            out.push(Lint { rule: "depends-on-data", step: Some(index), message });
        }
    }
    out
}

fn renames(input: &Input) -> Result<Renames, CommandError> {
    let bad = |text: &str, form: &str| {
        CommandError::user(format!("read the rename `{text}`")).hint(format!("write it as `{form}`"))
    };
    let mut out = Renames::default();
    for text in &input.rename_table {
        let (old, new) = text.split_once('=').ok_or_else(|| bad(text, "old=new"))?;
        out.tables.push((old.to_owned(), new.to_owned()));
    }
    for text in &input.rename_column {
        let form = "table.old=new";
        let (path, new) = text.split_once('=').ok_or_else(|| bad(text, form))?;
        let (table, old) = path.split_once('.').ok_or_else(|| bad(text, form))?;
        out.columns.push((table.to_owned(), old.to_owned(), new.to_owned()));
    }
    Ok(out)
}
