//! From a PostgreSQL catalog to operations.
//!
//! What is read here is a guess until a server has made it again: each table is rendered, loaded
//! into a shadow, read back, and kept only when all its parts are the same.

mod expression;
mod table;

use super::{Imported, LeftOut, name};
use crate::language::{AddTable, Operation, OperationKind, replay};
use crate::plan::{Dialect, Part};
use crate::postgres::catalog::{Body, Catalog, Key, Kind, Object, unquoted};
use crate::postgres::shadow::{Shadow, ShadowError, told};
use crate::render;
use crate::schema::{Origin, Schema};
use std::collections::BTreeMap;

/// Imports what `catalog` holds in the schema `public`, trying it out in an empty shadow of the same
/// version; `migration` is the name of the file that it becomes.
///
/// Tables get `rls: deny`: what a policy in SQL means is not read, and nothing is opened by an
/// import. Policies, grants and switched-off row security are among what is left out.
///
/// # Errors
/// When the shadow fails; what a table does to it is among what is left out.
pub fn import(
    catalog: &Catalog,
    shadow: &mut Shadow,
    migration: &str,
) -> Result<Imported, ShadowError> {
    let mut left_out = beside_tables(catalog);
    let mut tables: Vec<(&Key, AddTable)> = Vec::new();
    for key in targets_first(catalog, tables_of(catalog)) {
        match table::add_table(catalog, key) {
            Ok(it) => tables.push((key, it)),
            Err(why) => drop(left_out.insert(key.object(None).to_string(), why)),
        }
    }
    // What does not come out as it went in is left out, and then what depends on it.
    loop {
        let operations = operations(catalog, &tables, migration);
        make_extensions(catalog, shadow);
        let wrong = mismatches(catalog, &tables, &operations, shadow)?;
        if wrong.is_empty() {
            for (key, table) in &tables {
                left_out.extend(around_table(catalog, key));
                for it in managed_types(table) {
                    left_out.remove(&it.object(None).to_string());
                }
            }
            left_out.retain(|name, _| !is_of_kept(catalog, &tables, name));
            let left_out = left_out.into_iter().map(|(name, why)| LeftOut { name, why }).collect();
            return Ok(Imported { operations, left_out });
        }
        tables.retain(|it| !wrong.contains_key(it.0));
        let named = wrong.into_iter().map(|(key, why)| (key.object(None).to_string(), why));
        left_out.extend(named);
        shadow.clear()?;
    }
}

/// What `catalog` holds as far as it can be read, without trying it out: for looking at, not for
/// keeping.
#[must_use]
pub fn sketch(catalog: &Catalog) -> Schema {
    let tables = targets_first(catalog, tables_of(catalog)).into_iter();
    let tables = tables.filter_map(|key| Some((key, table::add_table(catalog, key).ok()?)));
    let tables: Vec<(&Key, AddTable)> = tables.collect();
    replay(&Schema::default(), &operations(catalog, &tables, "")).schema
}

/// The native enum types that the specs of a table make.
fn managed_types(table: &AddTable) -> impl Iterator<Item = Key> {
    let held = table.held.iter().flat_map(|it| &it.types);
    held.map(|it| {
        let name = it.1.value.trim_end_matches("[]");
        Key::new(Kind::Type, "public", name, "")
    })
}

/// Whether a name is that of a sequence that goes with a table which came over.
fn is_of_kept(catalog: &Catalog, tables: &[(&Key, AddTable)], name: &str) -> bool {
    catalog.objects.iter().any(|(key, object)| {
        key.kind == Kind::Sequence
            && key.object(None).to_string() == name
            && tables.iter().any(|it| object.table.as_ref() == Some(it.0))
    })
}

fn tables_of(catalog: &Catalog) -> Vec<&Key> {
    let keys = catalog.objects.keys().filter(|it| it.kind == Kind::Table && it.schema == "public");
    keys.collect()
}

/// The tables in an order in which each comes after those that it refers to, where there is one.
fn targets_first<'a>(catalog: &Catalog, mut waiting: Vec<&'a Key>) -> Vec<&'a Key> {
    let mut out = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_free =
            |key: &&Key| targets(catalog, key).iter().all(|it| it == key || !waiting.contains(it));
        let free = waiting.iter().copied().filter(is_free).collect::<Vec<_>>();
        // In a ring any order is as good as another.
        let next = if free.is_empty() { vec![waiting[0]] } else { free };
        waiting.retain(|it| !next.contains(it));
        out.extend(next);
    }
    out
}

fn targets<'a>(catalog: &'a Catalog, table: &Key) -> Vec<&'a Key> {
    let constraints = catalog.parts(table, Kind::Constraint);
    constraints.filter_map(|(_, object)| target(object)).collect()
}

/// The table that a foreign key refers to.
fn target(object: &Object) -> Option<&Key> {
    match &object.body {
        Body::Constraint(it) => it.target.as_ref().map(|it| &it.0),
        _ => None,
    }
}

/// Everything that belongs to no table of `public`, with the reason why it is not read.
fn beside_tables(catalog: &Catalog) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (key, object) in &catalog.objects {
        let is_elsewhere = !key.schema.is_empty() && key.schema != "public";
        let why = match key.kind {
            Kind::Schema if key.name == "public" => continue,
            Kind::Table if is_elsewhere => "is in another schema than `public`".to_owned(),
            Kind::Schema
            | Kind::Extension
            | Kind::Type
            | Kind::Sequence
            | Kind::Function
            | Kind::View
            | Kind::Other => format!("is {}", with_article(key.kind.word())),
            _ => continue,
        };
        if object.table.is_none() || key.kind == Kind::Sequence {
            out.insert(key.object(None).to_string(), why);
        }
    }
    for it in &catalog.unplanned {
        out.insert(it.clone(), "is not covered by plans".to_owned());
    }
    out
}

fn with_article(word: &str) -> String {
    let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {word}")
}

/// What a table that came over has besides.
fn around_table(catalog: &Catalog, table: &Key) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let plain = unquoted(&table.name);
    for kind in [Kind::Trigger, Kind::Rule, Kind::Policy, Kind::Statistics] {
        for (key, _) in catalog.parts(table, kind) {
            let why = match kind {
                Kind::Policy => "is a policy; the spec says `deny` until you write it there".into(),
                _ => format!("is {}", with_article(kind.word())),
            };
            out.push((key.object(Some(table)).to_string(), why));
        }
    }
    if let Some(Body::Table(it)) = catalog.get(table).map(|it| &it.body)
        && !(it.row_security && it.row_security_forced)
    {
        let state = if it.row_security { "is not forced" } else { "is off" };
        let why = format!("{state}; the spec says `deny`, and applying it would enforce that");
        out.push((format!("row security of {plain}"), why));
    }
    let own = catalog.objects.iter().filter(|(key, object)| is_of(key, object, table));
    for (key, object) in own {
        if !object.grants.is_empty() {
            let roles: Vec<&str> = object.grants.keys().map(String::as_str).collect();
            let why = format!("are to {}; specs have no grants", roles.join(", "));
            out.push((format!("grants on {}", key.object(Some(table))), why));
        }
        if object.comment.is_some() && !matches!(key.kind, Kind::Table | Kind::Column) {
            let of = key.object(Some(table));
            out.push((format!("comment on {of}"), "is not of a table or column".to_owned()));
        }
    }
    out
}

/// Whether an object is the table or a part of it that specs manage.
pub(crate) fn is_of(key: &Key, object: &Object, table: &Key) -> bool {
    let is_part = matches!(
        key.kind,
        Kind::Column | Kind::Default | Kind::Constraint | Kind::Index | Kind::Sequence
    );
    key == table || (is_part && object.table.as_ref() == Some(table))
}

fn operations(catalog: &Catalog, tables: &[(&Key, AddTable)], migration: &str) -> Vec<Operation> {
    let operation = |kind| Operation {
        migration: migration.into(),
        origin: Origin::default(),
        keyword: Origin::default(),
        kind,
    };
    let adds = tables.iter().map(|it| OperationKind::AddTable(Box::new(it.1.clone())));
    let comments = tables.iter().flat_map(|(key, _)| {
        catalog.columns(key).into_iter().filter_map(|(column, object, _)| {
            Some(OperationKind::Comment {
                table: name(&unquoted(&key.name)),
                column: Some(name(&unquoted(&column.part))),
                text: Some(object.comment.clone()?),
            })
        })
    });
    adds.chain(comments).map(operation).collect()
}

/// Types of extensions are only there with them; where one cannot be made, its tables say so.
fn make_extensions(catalog: &Catalog, shadow: &mut Shadow) {
    for key in catalog.objects.keys().filter(|it| it.kind == Kind::Extension) {
        let make = format!("CREATE EXTENSION IF NOT EXISTS {}", key.name);
        let _ = shadow.client().batch_execute(&make);
    }
}

/// The tables that the operations do not make as they are, each with a reason.
fn mismatches<'a>(
    catalog: &Catalog,
    tables: &[(&'a Key, AddTable)],
    operations: &[Operation],
    shadow: &mut Shadow,
) -> Result<BTreeMap<&'a Key, String>, ShadowError> {
    let replayed = replay(&Schema::default(), operations);
    let mut wrong = BTreeMap::new();
    let key_of =
        |plain: &str| tables.iter().map(|it| it.0).find(|key| unquoted(&key.name) == plain);
    for it in render::schema(&replayed.schema, Dialect::Postgres).statements {
        if !wrong.is_empty() && it.object.part != Part::Table {
            break;
        }
        if let Err(error) = shadow.client().batch_execute(&it.sql)
            && let Some(key) = key_of(&it.object.table)
        {
            wrong.insert(key, format!("cannot be made again: {}", told(&error)));
        }
    }
    if !wrong.is_empty() {
        return Ok(wrong);
    }
    let made = shadow.read()?;
    for (key, _) in tables {
        if let Some(why) = difference(catalog, &made, key) {
            wrong.insert(key, why);
        }
    }
    Ok(wrong)
}

/// The first part of a table that came out different, for a reader.
fn difference(catalog: &Catalog, made: &Catalog, table: &Key) -> Option<String> {
    let own = |it: &Catalog| -> Vec<Key> {
        let parts = it.objects.iter().filter(|(key, object)| is_of(key, object, table));
        parts.map(|(key, _)| key.clone()).collect()
    };
    let mut keys = own(catalog);
    keys.extend(own(made));
    let differs = |key: &Key| match (catalog.get(key), made.get(key)) {
        (Some(a), Some(b)) => !is_same(key, a, b),
        _ => true,
    };
    let key = keys.into_iter().find(differs)?;
    let target = catalog.get(&key).and_then(target);
    if let Some(target) = target.filter(|it| made.get(it).is_none()) {
        return Some(format!("refers to what is left out: `{}`", unquoted(&target.name)));
    }
    let what = match key.kind {
        Kind::Table if made.get(table).is_none() => {
            return Some("has a name that the language refuses".to_owned());
        }
        Kind::Table => "an option of the table".to_owned(),
        _ => key.to_string(),
    };
    Some(format!("has something that the language cannot say exactly: {what}"))
}

/// Whether a part of a table is the same, but for row security, which comes from `rls`.
pub(crate) fn is_same(key: &Key, a: &Object, b: &Object) -> bool {
    let comments = !matches!(key.kind, Kind::Table | Kind::Column) || a.comment == b.comment;
    let body = match (&a.body, &b.body) {
        // Row security comes from `rls`, and is told.
        (Body::Table(a), Body::Table(b)) => {
            let mut b = b.clone();
            b.row_security = a.row_security;
            b.row_security_forced = a.row_security_forced;
            *a == b
        }
        (a, b) => a == b,
    };
    comments && body
}

#[cfg(test)]
mod tests;
