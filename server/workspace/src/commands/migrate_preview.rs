//! `migrate.preview`: what migration specs will do on both engines, without a database.

use super::migrations::Specs;
use super::{CommandCx, CommandError};
use crate::DocumentKey;
use crate::migrations::preview::{self, Summary};
use crate::migrations::{Migration, Migrations, plan};
use model::RelPath;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spec::Document;

declare_command! {
    /// Shows what migration specs will do on both engines, and how the schema changes.
    ///
    /// Each operation with its steps, locks and losses on SQLite and on PostgreSQL. No database is asked, so that rows are not known and nothing is proven; `migrate.plan` tries
    /// what waits. What an editor has open counts as it is there.
    pub(super) static COMMAND = {
        name: "migrate.preview",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// Migration specs by name or path, such as `0004_add_posts`; the last one when left out.
    #[schemars(extend("x-positional" = "SPEC"))]
    pub specs: Vec<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    pub migrations: Vec<PreviewData>,
}

/// One migration spec.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PreviewData {
    pub name: String,
    /// Whether parts of it are refused; it cannot be applied then, and they are not in the plan.
    pub refused: bool,
    pub operations: Vec<OperationData>,
    /// The whole plan and the change of the schema, as SQL with comments.
    pub text: String,
}

/// What one operation does.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OperationData {
    /// `add_table posts`
    pub title: String,
    pub sqlite: SideData,
    pub postgres: SideData,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SideData {
    /// A few words: `2 steps, rebuilds posts`.
    pub summary: String,
    /// The statements; left out where there are none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sql: String,
    /// What to know besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the specs cannot be read, or there is none of that name.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let set = read(cx)?;
    let wanted: Vec<&Migration> = if input.specs.is_empty() {
        set.files.last().map(|it| &**it).into_iter().collect()
    } else {
        input.specs.iter().map(|it| find(&set, it)).collect::<Result<_, _>>()?
    };
    Ok(Output { migrations: wanted.into_iter().map(data).collect() })
}

/// All migration specs of the workspace, with unsaved texts over those on disk.
fn read(cx: &CommandCx<'_>) -> Result<Migrations, CommandError> {
    let specs = Specs::read(cx)?;
    let documents = specs.paths().into_iter().map(|(path, text)| {
        let shown = cx.snapshot.open_text(&DocumentKey::File(path.clone()));
        let below = cx.root.as_ref().and_then(|it| path.relative_to(it));
        Document::unread(below, shown.unwrap_or_else(|| text.into()))
    });
    let documents: Vec<Document> = documents.collect();
    Ok(Migrations::read(&documents, &cx.settings.levels(), &Migrations::default()))
}

/// The spec of that name, with or without folder and ending.
fn find<'s>(set: &'s Migrations, wanted: &str) -> Result<&'s Migration, CommandError> {
    let name = RelPath::new(wanted.trim_start_matches(['/', '\\']));
    let name = name.as_ref().map_or(wanted, RelPath::file_name);
    let stem = name.strip_suffix(".yaml").or(name.strip_suffix(".yml")).unwrap_or(name);
    let found = set.files.iter().find(|it| it.name == stem);
    found.map(|it| &**it).ok_or_else(|| {
        let names: Vec<&str> = set.files.iter().map(|it| it.name.as_str()).collect();
        let hint = match names.as_slice() {
            [] => "there are no migration specs in forge/migrations".to_owned(),
            names => format!("there are {}", names.join(", ")),
        };
        CommandError::user(format!("preview `{wanted}`: there is no such migration spec"))
            .hint(hint)
    })
}

fn data(file: &Migration) -> PreviewData {
    let operations = file.operations.iter().enumerate().map(|(index, it)| {
        let [sqlite, postgres] = file.preview().sides();
        OperationData {
            title: preview::title(it),
            sqlite: side(sqlite.summary(file, index)),
            postgres: side(postgres.summary(file, index)),
        }
    });
    PreviewData {
        name: file.name.clone(),
        refused: file.is_refused,
        operations: operations.collect(),
        text: plan::text(file),
    }
}

fn side(it: Summary) -> SideData {
    SideData { summary: it.words, sql: it.sql, notes: it.notes }
}
