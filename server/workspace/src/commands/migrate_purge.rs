//! `migrate.purge`: says for good what was dropped softly.

use super::migrations::{FOLDER, Specs, Target};
use super::{CommandCx, CommandError, FileEdit, TextPatch, store};
use migrate::language::{self, DROPPED, Operation, OperationKind, Spanned};
use migrate::schema::{Origin, Schema};
use model::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Writes a migration spec that drops for good what earlier ones dropped softly.
    ///
    /// Nothing is dropped yet: apply the new spec for that. Until then a rollback gives everything
    /// back without a backup.
    pub(super) static COMMAND = {
        name: "migrate.purge",
        effect: Write,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// The new file; empty when nothing is dropped softly.
    pub edits: Vec<FileEdit>,
    /// What there is to say when there is nothing to write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When a spec has errors.
pub fn run(cx: &CommandCx<'_>, _input: &Input) -> Result<Output, CommandError> {
    let (specs, target) = (Specs::read(cx)?, Target::new(cx, None)?);
    let described = specs.describe(&target.ledger()?)?;
    let number = described.specs.iter().filter_map(|(name, _)| number(name)).max().unwrap_or(0) + 1;
    let name = format!("{number:04}_purge");
    let operations = purges(&described.schema, &name);
    if operations.is_empty() {
        let note = Some("nothing is dropped softly".to_owned());
        return Ok(Output { edits: Vec::new(), note });
    }
    let path = store::below(store::root(cx)?, &format!("{FOLDER}/{name}.yaml"));
    let text = language::write(&operations);
    let edits = vec![TextPatch::new(Span::at(0), text)];
    Ok(Output { edits: vec![FileEdit { path: path.to_string(), edits }], note: None })
}

fn number(name: &str) -> Option<u32> {
    let end = name.find(|it: char| !it.is_ascii_digit()).unwrap_or(name.len());
    name[..end].parse().ok()
}

fn purges(schema: &Schema, migration: &str) -> Vec<Operation> {
    let origin = Origin::default();
    let name = |value: &str| Spanned { value: value.to_owned(), origin };
    let purge = |table: &str, column: Option<&str>| Operation {
        migration: migration.into(),
        origin,
        keyword: origin,
        kind: OperationKind::Purge { table: name(table), column: column.map(name) },
    };
    let mut out = Vec::new();
    for table in &schema.tables {
        if table.name.starts_with(DROPPED) {
            out.extend(first_name(&table.name).map(|it| purge(it, None)));
            continue;
        }
        let gone = table.columns.iter().filter_map(|it| first_name(&it.name));
        out.extend(gone.map(|it| purge(&table.name, Some(it))));
    }
    // One operation purges everything that had the name.
    let mut seen: Vec<Operation> = Vec::new();
    out.retain(|it| {
        let is_new = !seen.contains(it);
        seen.push(it.clone());
        is_new
    });
    out
}

/// The name that something had before it was dropped softly: `posts` of `__dropped_0004_posts`.
fn first_name(name: &str) -> Option<&str> {
    name.strip_prefix(DROPPED)?.split_once('_').map(|(_, it)| it)
}
