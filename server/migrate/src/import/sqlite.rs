//! From a SQLite catalog to operations.

use super::{Imported, LeftOut, formula, name, spanned};
use crate::expr::{self, Expr};
use crate::language::{
    AddTable, ColumnDef, ConstraintDef, ConstraintDefKind, DefaultDef, IndexDef, KeyDef, Operation,
    OperationKind, PlainDef, ReferenceDef, RlsDef, RlsKind, replay,
};
use crate::plan::Dialect;
use crate::render;
use crate::render::sqlite::plain_kind;
use crate::schema::{Origin, Schema, Type};
use crate::sqlite::{Catalog, Column, ForeignKey, Fragment, Index, Table};
use std::collections::BTreeMap;

/// Imports what `catalog` holds; `migration` is the name of the file that it becomes.
///
/// Tables get `rls: deny`: SQLite knows no policies, and nothing is opened by an import.
#[must_use]
pub fn import(catalog: &Catalog, migration: &str) -> Imported {
    let mut left_out: BTreeMap<String, String> = BTreeMap::new();
    let views = catalog.views.iter().map(|it| (it.name.clone(), "is a view".to_owned()));
    let triggers = catalog.triggers.iter().map(|it| (it.name.clone(), "is a trigger".to_owned()));
    let opaque = catalog.opaque.iter().map(|it| (it.name.clone(), it.why.0.clone()));
    left_out.extend(views.chain(triggers).chain(opaque));
    let mut tables: Vec<(&Table, AddTable)> = Vec::new();
    for table in &catalog.tables {
        match add_table(table) {
            Ok(it) => tables.push((table, it)),
            Err(why) => drop(left_out.insert(table.name.clone(), why)),
        }
    }
    // What does not come out as it went in is left out, and then what depends on it.
    loop {
        let operations = operations(&tables, migration);
        let wrong = mismatches(&tables, &operations);
        if wrong.is_empty() {
            let left_out = left_out.into_iter().map(|(name, why)| LeftOut { name, why }).collect();
            return Imported { operations, left_out };
        }
        tables.retain(|it| !wrong.contains_key(&it.0.name));
        left_out.extend(wrong);
    }
}

fn operations(tables: &[(&Table, AddTable)], migration: &str) -> Vec<Operation> {
    let operation = |it: &(&Table, AddTable)| Operation {
        migration: migration.into(),
        origin: Origin::default(),
        keyword: Origin::default(),
        kind: OperationKind::AddTable(Box::new(it.1.clone())),
    };
    tables.iter().map(operation).collect()
}

/// The tables that the operations do not make as they are, each with a reason.
fn mismatches(tables: &[(&Table, AddTable)], operations: &[Operation]) -> BTreeMap<String, String> {
    let replayed = replay(&Schema::default(), operations);
    let mut wrong = BTreeMap::new();
    for (table, _) in tables {
        if let Err(why) = comes_out(table, &replayed.schema) {
            wrong.insert(table.name.clone(), why);
        }
    }
    wrong
}

fn comes_out(table: &Table, schema: &Schema) -> Result<(), String> {
    let Some(own) = schema.table(&table.name) else {
        return Err("has a name that the language refuses".to_owned());
    };
    // References are not followed by the engine's DDL, so one table is enough.
    let alone = Schema { tables: vec![own.clone()] };
    let sql = render::schema(&alone, Dialect::Sqlite).sql();
    let made = crate::sqlite::catalog_of_sql(&sql).map_err(|it| it.to_string())?;
    match made.tables.first() {
        Some(made) if made == table => Ok(()),
        Some(made) => Err(difference(table, made)),
        None => Err("cannot be written in the language".to_owned()),
    }
}

/// The first part that differs, for a reader.
fn difference(table: &Table, made: &Table) -> String {
    let columns = table.columns.iter().zip(&made.columns);
    let column = columns.filter(|(a, b)| a != b).map(|it| it.0.name.as_str()).next();
    let what = match column {
        Some(name) => format!("the column `{name}`"),
        None if table.primary_key != made.primary_key => "the primary key".to_owned(),
        None if table.uniques != made.uniques => "a unique constraint".to_owned(),
        None if table.checks != made.checks => "a check".to_owned(),
        None if table.foreign_keys != made.foreign_keys => "a reference".to_owned(),
        None if table.indexes != made.indexes => "an index".to_owned(),
        None => "an option of the table".to_owned(),
    };
    format!("has something that the language cannot say exactly: {what}")
}

fn parse(fragment: &Fragment, what: &str) -> Result<Expr, String> {
    expr::parse(&fragment.sql).map_err(|_| {
        format!("has {what} that is no expression of the language: `{}`", fragment.sql)
    })
}

fn add_table(table: &Table) -> Result<AddTable, String> {
    let mut types = Vec::new();
    let mut columns = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        let (def, kind) = column_def(table, column)?;
        if plain_kind(&kind) != column.declared_type {
            types.push((name(&column.name), column.type_sql.0.clone()));
        }
        columns.push(def);
    }
    let mut constraints = primary_key(table);
    for it in table.uniques.iter().filter(|it| it.name.is_some() || it.columns.len() > 1) {
        constraints.push(ConstraintDef {
            name: it.name.as_deref().map(name),
            kind: ConstraintDefKind::Unique(it.columns.iter().map(|it| name(&it.name)).collect()),
            origin: Origin::default(),
        });
    }
    for it in &table.checks {
        constraints.push(ConstraintDef {
            name: it.name.as_deref().map(name),
            kind: ConstraintDefKind::Check(formula(parse(&it.expr, "a check")?)),
            origin: Origin::default(),
        });
    }
    for it in table.foreign_keys.iter().filter(|it| !is_of_column(it)) {
        constraints.push(foreign_key(it));
    }
    let indexes = table.indexes.iter().map(|it| index(table, it)).collect::<Result<_, _>>()?;
    Ok(AddTable {
        name: name(&table.name),
        columns,
        rls: Some(RlsDef { kind: RlsKind::Deny, origin: Origin::default() }),
        indexes,
        constraints,
        policies: Vec::new(),
        soft_delete: false,
        audit_columns: false,
        held: None,
        plain: Some(PlainDef { strict: table.strict, types }),
        comment: None,
    })
}

/// The key as a constraint, where its columns are not in the order of the table.
fn primary_key(table: &Table) -> Vec<ConstraintDef> {
    let Some(key) = &table.primary_key else { return Vec::new() };
    if key.columns.len() < 2 {
        return Vec::new();
    }
    vec![ConstraintDef {
        name: None,
        kind: ConstraintDefKind::PrimaryKey(key.columns.iter().map(|it| name(&it.name)).collect()),
        origin: Origin::default(),
    }]
}

fn is_of_column(it: &ForeignKey) -> bool {
    it.columns.len() == 1 && it.name.is_none()
}

fn foreign_key(it: &ForeignKey) -> ConstraintDef {
    let target = it.target.iter().flatten().map(|it| name(it)).collect();
    ConstraintDef {
        name: it.name.as_deref().map(name),
        kind: ConstraintDefKind::ForeignKey {
            columns: it.columns.iter().map(|it| name(it)).collect(),
            table: name(&it.table_sql.0),
            target,
            on_delete: it.on_delete,
            on_update: it.on_update,
        },
        origin: Origin::default(),
    }
}

fn column_def(table: &Table, column: &Column) -> Result<(ColumnDef, Type), String> {
    if column.declared_type.is_empty() {
        return Err(format!("has a column without a type: `{}`", column.name));
    }
    let is = |it: &str| it.eq_ignore_ascii_case(&column.name);
    let key =
        table.primary_key.as_ref().filter(|it| it.columns.len() == 1 && is(&it.columns[0].name));
    let in_key =
        table.primary_key.as_ref().is_some_and(|it| it.columns.iter().any(|it| is(&it.name)));
    let mut kind = kind(&column.declared_type);
    let default = default(column, &mut kind, key.is_some_and(|it| it.autoincrement))?;
    let unique = table
        .uniques
        .iter()
        .any(|it| it.name.is_none() && matches!(it.columns.as_slice(), [one] if is(&one.name)));
    let reference = table.foreign_keys.iter().find(|it| is_of_column(it) && is(&it.columns[0]));
    let nullable = match (column.not_null.is_some(), in_key) {
        (true, false) => Some(false),
        (false, true) => Some(true),
        _ => None,
    };
    let def = ColumnDef {
        name: name(&column.name),
        kind: Some(spanned(kind.clone())),
        primary_key: key.map(|_| Origin::default()),
        unique: unique.then(Origin::default),
        nullable: nullable.map(spanned),
        default,
        references: reference.map(|it| ReferenceDef {
            table: name(&it.table_sql.0),
            column: it.target.as_ref().and_then(|it| it.first()).map(|it| name(it)),
            on_delete: it.on_delete,
            on_update: it.on_update,
            origin: Origin::default(),
        }),
        check: None,
        origin: Origin::default(),
    };
    Ok((def, kind))
}

/// The default, and the type where only the default tells it.
fn default(
    column: &Column,
    kind: &mut Type,
    is_counted: bool,
) -> Result<Option<DefaultDef>, String> {
    if is_counted {
        return Ok(Some(DefaultDef::Identity(spanned(()))));
    }
    let Some(fragment) = &column.default else {
        // A key of type uuid would get a random one.
        let is_uuid = *kind == Type::Uuid;
        return Ok(is_uuid.then(|| DefaultDef::Expr(formula(Expr::Null))));
    };
    if fragment.key == "current_timestamp" {
        *kind = Type::TimestampTz;
        return Ok(Some(DefaultDef::Expr(formula(Expr::Now))));
    }
    let expr = match parse(fragment, "a default")? {
        Expr::Number(it) if *kind == Type::Boolean && (it == "0" || it == "1") => {
            Expr::Bool(it == "1")
        }
        other => other,
    };
    Ok(Some(DefaultDef::Expr(formula(expr))))
}

/// The type of the language for a declared one; by affinity where the word is unknown.
///
/// Source: SQLite, "Determination Of Column Affinity".
fn kind(declared: &str) -> Type {
    let known = crate::language::type_of(&declared.to_lowercase());
    match known {
        // SQLite's whole numbers have 64 bits.
        Some(Type::Integer | Type::SmallInt) => Type::BigInt,
        Some(Type::Real) => Type::Double,
        Some(other) => other,
        None => {
            let has = |words: &[&str]| words.iter().any(|it| declared.contains(it));
            if has(&["INT"]) {
                Type::BigInt
            } else if has(&["CHAR", "CLOB", "TEXT"]) {
                Type::Text
            } else if has(&["BLOB", "ANY"]) {
                Type::Bytes
            } else if has(&["REAL", "FLOA", "DOUB"]) {
                Type::Double
            } else if has(&["DATETIME"]) {
                Type::TimestampTz
            } else {
                Type::Numeric(None)
            }
        }
    }
}

fn index(table: &Table, it: &Index) -> Result<IndexDef, String> {
    let mut keys = Vec::with_capacity(it.keys.len());
    for key in &it.keys {
        let column = table.columns.iter().find(|it| it.name.to_lowercase() == key.expr.key);
        let expr = match column {
            Some(column) => Expr::column(column.name.clone()),
            None => parse(&key.expr, "a key of an index")?,
        };
        keys.push(KeyDef { value: formula(expr), descending: key.descending });
    }
    let filter = match &it.filter {
        Some(filter) => Some(formula(parse(filter, "the filter of an index")?)),
        None => None,
    };
    let (unique, origin) = (it.unique, Origin::default());
    Ok(IndexDef { name: Some(name(&it.name)), keys, unique, filter, origin })
}

#[cfg(test)]
mod tests {
    use super::import;
    use crate::language::{File, read, replay, write};
    use crate::plan::Dialect;
    use crate::schema::Schema;
    use crate::sqlite::{Capabilities, catalog_of_sql, plan};
    use expect_test::{Expect, expect};

    /// The spec of a database, and what is left out of it; planning right after it is empty.
    fn check(sql: &str, expect: Expect) {
        let catalog = catalog_of_sql(sql).expect("the engine takes it");
        let imported = import(&catalog, "0001_import");
        let text = write(&imported.operations);
        let read = read(&[File { name: "0001_import", text: &text }]);
        assert_eq!(read.operations, imported.operations, "{text}");
        let replayed = replay(&Schema::default(), &read.operations);
        let rendered = crate::render::schema(&replayed.schema, Dialect::Sqlite).sql();
        let mut to = catalog_of_sql(&rendered).expect("the engine takes it back");
        let is_out = |name: &str| imported.left_out.iter().any(|it| it.name == name);
        to.tables.extend(catalog.tables.iter().filter(|it| is_out(&it.name)).cloned());
        (to.views, to.triggers) = (catalog.views.clone(), catalog.triggers.clone());
        to.opaque.clone_from(&catalog.opaque);
        let plan = plan(&catalog, &to, &replayed.renames, Capabilities::bundled());
        assert_eq!(plan.expect("it can be planned").steps, []);
        let left_out = imported.left_out.iter().map(|it| format!("{}: {}\n", it.name, it.why));
        expect.assert_eq(&format!("{text}left out:\n{}", left_out.collect::<String>()));
    }

    #[test]
    fn tables_come_over_exactly() {
        check(
            "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email VARCHAR(80) NOT NULL UNIQUE, active BOOLEAN NOT NULL DEFAULT 1, created_at DATETIME DEFAULT CURRENT_TIMESTAMP);
             CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE, title TEXT DEFAULT 'it''s', score REAL, data BLOB, price DECIMAL(10,2) CHECK (price >= 0), UNIQUE (user_id, title));
             CREATE INDEX posts_title ON posts (title DESC) WHERE score > 1;
             CREATE TABLE pairs (b TEXT NOT NULL, a TEXT NOT NULL, \"Odd name\" TEXT, PRIMARY KEY (a, b));
             CREATE TABLE things (id TEXT PRIMARY KEY NOT NULL, n INT) STRICT;",
            expect![[r#"
                add_table:
                  name: users
                  columns:
                    - id bigint pk null identity
                    - email varchar(80) unique not null
                    - active boolean not null default true
                    - created_at timestamptz default now()
                  rls: deny
                  sqlite:
                    plain: true
                    types:
                      created_at: DATETIME
                ---
                add_table:
                  name: posts
                  columns:
                    - id bigint pk null
                    - user_id bigint not null fk->users.id on delete cascade
                    - title text default 'it''s'
                    - score double
                    - data bytes
                    - price numeric(10,2)
                  rls: deny
                  indices:
                    - columns:
                        - title desc
                      where: score > 1
                      name: posts_title
                  constraints:
                    - unique (user_id, title)
                    - check (price >= 0)
                  sqlite:
                    plain: true
                    types:
                      price: DECIMAL(10,2)
                ---
                add_table:
                  name: pairs
                  columns:
                    - b text
                    - a text
                    - "\"Odd name\" text"
                  rls: deny
                  constraints:
                    - pk (a, b)
                  sqlite:
                    plain: true
                ---
                add_table:
                  name: things
                  columns:
                    - id text pk
                    - n bigint
                  rls: deny
                  sqlite:
                    plain: true
                    strict: true
                    types:
                      "n": INT
                left out:
            "#]],
        );
    }

    #[test]
    fn what_the_language_cannot_say_is_left_out_with_a_reason() {
        check(
            "CREATE TABLE a (id INTEGER PRIMARY KEY, x);
             CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a(id));
             CREATE TABLE c (k TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID;
             CREATE TABLE d (id INTEGER PRIMARY KEY, at TEXT DEFAULT (datetime('now')), n TEXT COLLATE NOCASE);
             CREATE TABLE e (id INTEGER PRIMARY KEY, n TEXT COLLATE NOCASE);
             CREATE TABLE f (id INTEGER PRIMARY KEY);
             CREATE VIEW v AS SELECT id FROM f;
             CREATE TRIGGER t AFTER INSERT ON f BEGIN DELETE FROM f; END;",
            expect![[r#"
                add_table:
                  name: f
                  columns:
                    - id bigint pk null
                  rls: deny
                  sqlite:
                    plain: true
                left out:
                a: has a column without a type: `x`
                b: has something that the language cannot say exactly: a reference
                c: has something that the language cannot say exactly: an option of the table
                d: has a default that is no expression of the language: `(datetime('now'))`
                e: has something that the language cannot say exactly: the column `n`
                t: is a trigger
                v: is a view
            "#]],
        );
    }
}
