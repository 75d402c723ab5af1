//! Seeded rows as statements that can be run again and again.

use super::list;
use crate::expr::{quote_ident, quote_text};
use crate::language::{Cell, Seed};
use crate::plan::Dialect;
use crate::schema::{Schema, Table, Type};

/// Writes the rows of `seed` that are not there, and brings those that are to their values where
/// it asks for that. One statement a row; none for a table that is not in `schema`.
#[must_use]
pub fn seed(schema: &Schema, seed: &Seed, dialect: Dialect) -> Vec<String> {
    let Some(table) = schema.table(&seed.table.value) else { return Vec::new() };
    let key: Vec<String> = match seed.key.as_slice() {
        [] => table.primary_key.clone(),
        names => names.iter().map(|it| it.value.clone()).collect(),
    };
    seed.rows
        .iter()
        .filter(|it| !it.is_empty())
        .map(|it| row(table, &key, seed.update, it, dialect))
        .collect()
}

fn row(
    table: &Table,
    key: &[String],
    update: bool,
    cells: &[(crate::language::Name, crate::language::Spanned<Cell>)],
    dialect: Dialect,
) -> String {
    let columns: Vec<String> = cells.iter().map(|it| it.0.value.clone()).collect();
    let values: Vec<String> = cells
        .iter()
        .map(|(name, cell)| {
            value(&cell.value, table.column(&name.value).map(|it| &it.kind), dialect)
        })
        .collect();
    let set: Vec<String> = columns
        .iter()
        .filter(|it| update && !key.contains(it))
        .map(|it| format!("{0} = excluded.{0}", quote_ident(it)))
        .collect();
    let conflict = if set.is_empty() {
        "DO NOTHING".to_owned()
    } else {
        format!("DO UPDATE SET {}", set.join(", "))
    };
    format!(
        "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) {conflict};",
        quote_ident(&table.name),
        list(&columns),
        values.join(", "),
        list(key),
    )
}

fn value(cell: &Cell, kind: Option<&Type>, dialect: Dialect) -> String {
    match (cell, kind) {
        (Cell::Null, _) => "NULL".to_owned(),
        (Cell::Json(it), Some(kind @ Type::Array(_))) if dialect == Dialect::Postgres => {
            pg_array(it, kind)
        }
        (Cell::Text(it), Some(Type::Json)) => quote_text(&crate::language::scalar_json(it)),
        (Cell::Bool(it), Some(Type::Json)) => quote_text(&it.to_string()),
        (Cell::Number(it), Some(Type::Json | Type::Text | Type::Varchar(_))) => quote_text(it),
        (Cell::Bool(it), _) if dialect == Dialect::Sqlite => i32::from(*it).to_string(),
        (Cell::Bool(it), _) => it.to_string(),
        (Cell::Number(it), _) => it.clone(),
        (Cell::Text(it), Some(Type::Bytes)) => bytes(it, dialect),
        (Cell::Text(it) | Cell::Json(it), _) => quote_text(it),
    }
}

/// Text as the bytes of its UTF-8.
fn bytes(text: &str, dialect: Dialect) -> String {
    let hex: String = text.bytes().map(|it| format!("{it:02x}")).collect();
    match dialect {
        Dialect::Sqlite => format!("x'{hex}'"),
        Dialect::Postgres => format!("'\\x{hex}'::bytea"),
    }
}

/// A JSON list as PostgreSQL takes it: a list of texts, cast to what the column is.
fn pg_array(json: &str, kind: &Type) -> String {
    format!(
        "ARRAY(SELECT it FROM jsonb_array_elements_text({}::jsonb) AS it)::{}",
        quote_text(json),
        super::postgres::kind(kind)
    )
}

/// The values of the key of each row of `seed`, with the names of its columns.
#[must_use]
pub(crate) fn seed_keys(
    schema: &Schema,
    seed: &Seed,
    dialect: Dialect,
) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    let table = schema.table(&seed.table.value)?;
    let key: Vec<String> = match seed.key.as_slice() {
        [] => table.primary_key.clone(),
        names => names.iter().map(|it| it.value.clone()).collect(),
    };
    let of = |row: &Vec<(crate::language::Name, crate::language::Spanned<Cell>)>| {
        let cell = |name: &String| {
            let (_, cell) = row.iter().find(|it| it.0.value == *name)?;
            Some(value(&cell.value, table.column(name).map(|it| &it.kind), dialect))
        };
        key.iter().map(cell).collect::<Option<Vec<String>>>()
    };
    let rows = seed.rows.iter().filter(|it| !it.is_empty()).map(of);
    Some((key.clone(), rows.collect::<Option<Vec<_>>>()?))
}
