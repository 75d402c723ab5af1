//! `schema.plan`: the steps from one SQL schema to another.

use super::schema::{self, DialectWord, ReasonData, StepData};
use super::schema_lints::{self, Lint, Linted};
use super::{CommandCx, CommandError, schema_postgres};
use migrate::plan::{Refusal, Renames};
use migrate::schema::Schema;
use migrate::sqlite::{self, Capabilities};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

fn of_sqlite(cx: &CommandCx<'_>, input: &Input, renames: &Renames) -> Result<Output, CommandError> {
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
            let error =
                CommandError::user("plan without a start: neither `from` nor `url` is given");
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
    let (mut rows, mut in_the_way) = (None, Vec::new());
    if let Some(url) = &input.url {
        let file = schema::sqlite_file(cx, url)?;
        let failed = |it: &dyn std::error::Error| CommandError::user(crate::error_chain(it));
        in_the_way = sqlite::obstacles(file.as_path(), &plan).map_err(|it| failed(&it))?;
        rows = Some(migrate::run::rows_at_stake(file.as_path(), &plan).map_err(|it| failed(&it))?);
    }
    let tables: Vec<&str> = from.tables.iter().map(|it| it.name.as_str()).collect();
    let (before, after) = (sketch(&from), sketch(&to));
    let linted = Linted { plan: &plan, tables: &tables, before: &before, after: &after, rows };
    let mut lints = linted.lints();
    lints.extend(in_the_way.into_iter().map(schema_lints::in_the_way));
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
    let planned =
        schema_postgres::plan(cx, input.from.as_deref(), &input.to, input.url.as_deref(), renames)?;
    let schema_postgres::Proposal { plan, obstacles, tables, before, after } = match planned {
        Ok(planned) => planned,
        Err(refusal) => return Ok(refused(&refusal)),
    };
    let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
    // The questions were asked; rows of a server are not counted.
    let rows = input.url.as_ref().map(|_| BTreeMap::new());
    let linted = Linted { plan: &plan, tables: &tables, before: &before, after: &after, rows };
    let mut lints = linted.lints();
    lints.extend(obstacles.into_iter().map(schema_lints::in_the_way));
    Ok(Output { steps: Some(schema::steps(&plan)), lints, refused: Vec::new() })
}

/// A catalog as far as the language can say it.
fn sketch(catalog: &sqlite::Catalog) -> Schema {
    let operations = migrate::import::sqlite::import(catalog, "").operations;
    migrate::language::replay(&Schema::default(), &operations).schema
}

fn refused(refusal: &Refusal) -> Output {
    let refused = refusal.reasons.iter().map(ReasonData::from).collect();
    Output { steps: None, lints: Vec::new(), refused }
}

fn renames(input: &Input) -> Result<Renames, CommandError> {
    let bad = |text: &str, form: &str| {
        CommandError::user(format!("read the rename `{text}`"))
            .hint(format!("write it as `{form}`"))
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
