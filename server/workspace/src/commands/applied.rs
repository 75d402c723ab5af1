//! What is applied in a workspace, read from its database, ledger and specs, for those who tell of it.

use super::migrations::{self, Specs, Target};
use super::{COMMANDS, CommandCx, CommandError, declared, store};
use ::context::backend::{Backend, Column, Table};
use migrate::import::sqlite::import;
use migrate::language::{self, DROPPED, File, Operation};
use migrate::run::{self, Drift, Ledger};
use migrate::schema::{self, Access, Schema};
use migrate::sqlite;
use std::collections::BTreeSet;
use std::path::Path;

/// The tables of the workspace's database.
#[derive(Default)]
pub(super) struct Applied {
    pub(super) schema: Schema,
    /// Tables of which only the database is known, and so not who may see their rows.
    pub(super) unknown: BTreeSet<String>,
    /// What the database holds otherwise than the applied specs say.
    pub(super) caution: Option<String>,
}

impl Applied {
    /// Reads the workspace's own database: in the words of the migration specs that are applied, and
    /// where it holds something else, as it holds it.
    pub(super) fn read(cx: &CommandCx<'_>) -> Result<Self, CommandError> {
        let target = Target::new(cx, None)?;
        let path = target.database.as_path();
        if !path.exists() {
            return Ok(Self::default());
        }
        let told = described(cx, &target.ledger()?);
        let differences = match &told {
            Some(told) => run::differences_to(path, told).map_err(|it| migrations::failure(&it))?,
            None => Vec::new(),
        };
        match told {
            Some(told) if differences.is_empty() => {
                Ok(Self { schema: visible(told), ..Self::default() })
            }
            told => {
                let live = live(path)?;
                Ok(Self::joined(told, live, &differences))
            }
        }
    }

    /// What the specs say, and in place of what differs what the database holds.
    fn joined(told: Option<Schema>, live: Schema, differences: &[Drift]) -> Self {
        let objects: Vec<&str> = differences.iter().map(|it| it.object.as_str()).collect();
        let differs = |name: &str| objects.iter().any(|it| it.strip_prefix("table ") == Some(name));
        let caution = match told.is_some() {
            true => format!("the database is not as the applied specs say: {}", objects.join(", ")),
            false => {
                "the applied specs are gone or edited; told as the database holds it".to_owned()
            }
        };
        let mut schema = told.unwrap_or_default();
        schema.tables.retain(|it| !differs(&it.name));
        let mut unknown = BTreeSet::new();
        for table in live.tables {
            if schema.table(&table.name).is_none() {
                unknown.insert(table.name.clone());
                schema.tables.push(table);
            }
        }
        Self { schema: visible(schema), unknown, caution: Some(caution) }
    }
}

/// What a database file holds, as far as the language can say it.
fn live(path: &Path) -> Result<Schema, CommandError> {
    let mut live =
        sqlite::catalog_of_file(path).map_err(|it| CommandError::user(crate::error_chain(&it)))?;
    live.tables.retain(|it| !it.name.starts_with(run::OWN));
    let imported = import(&live, "live");
    Ok(language::replay(&Schema::default(), &imported.operations).schema)
}

/// What the specs that the ledger names describe; `None` when one is gone, edited or not readable.
fn described(cx: &CommandCx<'_>, ledger: &Ledger) -> Option<Schema> {
    let specs = Specs::read(cx).ok()?;
    let hashes = specs.hashes();
    let applied = ledger.applied();
    let is_applied = |name: &str| {
        let known = hashes.iter().find(|it| it.0 == name);
        applied
            .iter()
            .find(|it| it.name == name)
            .map(|it| known.is_some_and(|k| k.1 == it.spec_hash))
    };
    let files = specs.files();
    let mut own: Vec<File<'_>> = Vec::new();
    for file in files {
        match is_applied(file.name) {
            Some(true) => own.push(file),
            Some(false) => return None,
            None => {}
        }
    }
    if own.len() != applied.len() {
        return None;
    }
    let read = language::read(&own);
    let mut schema = Schema::default();
    for file in &own {
        let of_file = |it: &&Operation| &*it.migration == file.name;
        let operations: Vec<Operation> = read.operations.iter().filter(of_file).cloned().collect();
        schema = language::replay(&schema, &operations).schema;
    }
    Some(schema)
}

/// Without what was dropped softly.
fn visible(mut schema: Schema) -> Schema {
    schema.tables.retain(|it| !it.name.starts_with(DROPPED));
    for table in &mut schema.tables {
        table.columns.retain(|it| !it.name.starts_with(DROPPED));
    }
    schema
}

/// The applied backend, as the semantic layer takes it.
pub(super) fn backend(cx: &CommandCx<'_>) -> Result<Backend, CommandError> {
    let root = store::root(cx)?;
    let applied = Applied::read(cx)?;
    let name = root.as_path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    let tables = applied.schema.tables.iter().map(|it| {
        let mut table = table(it);
        if applied.unknown.contains(&it.name) {
            table.access = String::new();
        }
        table
    });
    let tools = COMMANDS.iter().map(|it| format!("{} {}", it.service(), it.verb()));
    Ok(Backend {
        name,
        environment: "dev".to_owned(),
        caution: applied.caution,
        tables: tables.collect(),
        resources: declared::applied(cx)?,
        tools: tools.collect(),
    })
}

/// A table in the words of the language.
pub(super) fn table(it: &schema::Table) -> Table {
    let policies = it.policies.iter().map(|it| {
        let commands: Vec<&str> = it.commands.iter().map(|it| migrate::policy::word(*it)).collect();
        format!("{} for {}", it.name, commands.join(" "))
    });
    Table {
        name: it.name.clone(),
        columns: it.columns.iter().map(|column| self::column(it, column)).collect(),
        access: access(&it.access),
        policies: policies.collect(),
    }
}

fn column(table: &schema::Table, it: &schema::Column) -> Column {
    Column {
        name: it.name.clone(),
        kind: language::type_text(&it.kind),
        is_key: table.primary_key.contains(&it.name),
        is_nullable: it.nullable,
        is_unique: it.unique,
        references: it.references.as_ref().map(|it| (it.table.clone(), it.column.clone())),
    }
}

/// As the migration language says it.
pub(super) fn access(it: &Access) -> String {
    match it {
        Access::Public => "public".to_owned(),
        Access::Deny => "deny".to_owned(),
        Access::OwnRow { column } => format!("own-row({column})"),
        Access::OwnOrPublic { column, flag: None } => format!("own-or-public({column})"),
        Access::OwnOrPublic { column, flag: Some(flag) } => {
            format!("own-or-public({column}, {flag})")
        }
        Access::MemberOf { table, via } => format!("member-of({table} via {via})"),
        Access::Role(role) => format!("role({role})"),
        Access::Expr(expr) => expr.to_string(),
    }
}
