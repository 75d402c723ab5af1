mod table;

use crate::sqlite::catalog::{Aside, Catalog, Index, IndexKey, Opaque, Table, Trigger, View};
use crate::sqlite::memo::Memo;
use crate::sqlite::shadow::message;
use crate::sqlite::text::{self, Gist};
use rusqlite::{Connection, Statement, params};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::convert::Infallible;

/// Why a database could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("read the schema: {message}")]
    Engine { message: String, source: rusqlite::Error },
}

impl From<rusqlite::Error> for ReadError {
    fn from(source: rusqlite::Error) -> Self {
        Self::Engine { message: message(&source), source }
    }
}

/// One row of `sqlite_schema`.
struct Entry {
    kind: String,
    name: String,
    table: String,
    sql: String,
}

/// Reads what the `main` schema of a database holds, and writes nothing.
///
/// Internal tables and those that a virtual table keeps for itself are left out. What cannot be
/// understood is in [`Catalog::opaque`] with the reason.
///
/// # Errors
/// When the engine cannot read its own schema: the file is damaged or locked.
pub fn read(db: &Connection) -> Result<Catalog, ReadError> {
    let mut out = read_definitions(db)?;
    for it in &mut out.views {
        let probe = format!("SELECT * FROM main.{} LIMIT 0", text::quoted(&it.name));
        it.broken = Aside(db.prepare(&probe).err().map(|it| message(&it)));
    }
    find_broken_triggers(db, &mut out);
    Ok(out)
}

/// Reads the same, but takes every view and trigger for sound: compiling them costs more than all
/// else, and what compares two states has no use for it.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_definitions(db: &Connection) -> Result<Catalog, ReadError> {
    let mut out = Catalog::default();
    let entries = entries(db)?;
    let kinds = table_kinds(db, &entries)?;
    let mut columns = table::columns(db)?;
    let mut keys = db.prepare(KEYS_OF_INDEX)?;
    let mut places = FxHashMap::default();
    for it in entries.iter().filter(|it| it.kind == "table") {
        match kinds.get(&it.name).map(String::as_str) {
            Some("shadow") => {}
            Some("virtual") => {
                let why = format!("`{}` is a virtual table", it.name);
                out.opaque.push(opaque(it, why));
            }
            _ => match table::read(&mut columns, &it.name, &it.sql) {
                Ok(table) => {
                    places.insert(it.name.as_str(), out.tables.len());
                    out.tables.push(table);
                }
                Err(why) => out.opaque.push(opaque(it, why)),
            },
        }
    }
    for it in entries.iter().filter(|it| it.kind == "index") {
        // The index of something opaque is a part of it.
        let Some(place) = places.get(it.table.as_str()) else { continue };
        let table = &mut out.tables[*place];
        match index(&mut keys, table, it) {
            Ok(index) => table.indexes.push(index),
            Err(why) => out.opaque.push(opaque(it, why)),
        }
    }
    for table in &mut out.tables {
        table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    }
    out.views = entries.iter().filter(|it| it.kind == "view").map(view).collect();
    out.triggers = entries.iter().filter(|it| it.kind == "trigger").map(trigger).collect();
    Ok(out)
}

fn entries(db: &Connection) -> rusqlite::Result<Vec<Entry>> {
    let mut statement = db.prepare(
        "SELECT type, name, tbl_name, sql FROM main.sqlite_schema \
         WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid",
    )?;
    let rows = statement.query_map((), |row| {
        Ok(Entry { kind: row.get(0)?, name: row.get(1)?, table: row.get(2)?, sql: row.get(3)? })
    })?;
    rows.collect()
}

/// `virtual` or `shadow` of the tables that are, where the database has a virtual one.
fn table_kinds(db: &Connection, entries: &[Entry]) -> rusqlite::Result<BTreeMap<String, String>> {
    // The engine writes these words itself; its list compiles every view.
    if !entries.iter().any(|it| it.sql.starts_with("CREATE VIRTUAL TABLE ")) {
        return Ok(BTreeMap::new());
    }
    let mut statement =
        db.prepare("SELECT name, type FROM pragma_table_list WHERE schema = 'main'")?;
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

fn opaque(it: &Entry, why: String) -> Opaque {
    Opaque {
        name: it.name.clone(),
        key: text::key(&it.sql, None, true),
        why: Aside(why),
        sql: Aside(it.sql.clone()),
        mentions: Aside(text::mentions(&it.sql)),
    }
}

const KEYS_OF_INDEX: &str =
    "SELECT \"desc\", coll FROM pragma_index_xinfo(?1) WHERE key ORDER BY seqno";

/// What the texts of an index and its table make of it.
fn index(keys: &mut Statement<'_>, table: &Table, it: &Entry) -> Result<Index, String> {
    static KNOWN: Memo<[String; 3], Index> = Memo::of_definitions();
    let key = [it.name.clone(), it.sql.clone(), table.sql.0.clone()];
    KNOWN
        .get(key, |[name, sql, _]| index_of(keys, table, name, sql))
        .map_err(|why| format!("the index `{}` cannot be read: {why}", it.name))
}

fn index_of(
    keys: &mut Statement<'_>,
    table: &Table,
    name: &str,
    sql: &str,
) -> Result<Index, String> {
    let parsed = table::index_parts(sql, &table.name)?;
    let rows = keys.query_map(params![name], |row| {
        Ok((row.get::<_, bool>(0)?, row.get::<_, Option<String>>(1)?))
    });
    let rows: Vec<(bool, Option<String>)> =
        rows.and_then(Iterator::collect).map_err(|it| message(&it))?;
    if rows.len() != parsed.keys.len() {
        return Err("the engine counts other columns".to_owned());
    }
    let keys = parsed.keys.into_iter().zip(rows).map(|(expr, (descending, collation))| IndexKey {
        expr,
        descending,
        collation: collation.map(|it| it.to_ascii_uppercase()).filter(|it| it != "BINARY"),
    });
    Ok(Index {
        name: name.to_owned(),
        unique: parsed.unique,
        keys: keys.collect(),
        filter: parsed.filter,
        sql: Aside(sql.to_owned()),
    })
}

/// What the text of a view or trigger says.
fn gist(sql: &str) -> Gist {
    static KNOWN: Memo<String, Gist> = Memo::of_definitions();
    let Ok(gist) = KNOWN.get(sql.to_owned(), |it| Ok::<_, Infallible>(Gist::of_definition(it)));
    gist
}

fn view(it: &Entry) -> View {
    let gist = gist(&it.sql);
    View {
        name: it.name.clone(),
        key: gist.tail_key,
        sql: Aside(it.sql.clone()),
        mentions: Aside(gist.mentions),
        broken: Aside(None),
    }
}

fn trigger(it: &Entry) -> Trigger {
    let gist = gist(&it.sql);
    Trigger {
        name: it.name.clone(),
        table: it.table.clone(),
        key: gist.tail_key,
        sql: Aside(it.sql.clone()),
        mentions: Aside(gist.mentions),
        broken: Aside(None),
    }
}

/// Compiles a write to every table and view with triggers, which compiles these too.
///
/// A failure is put on every trigger of the table, for the engine does not say which it was.
fn find_broken_triggers(db: &Connection, catalog: &mut Catalog) {
    let mut found: BTreeMap<String, Option<String>> = BTreeMap::new();
    for trigger in &mut catalog.triggers {
        let failure = found.entry(trigger.table.clone()).or_insert_with_key(|it| probe(db, it));
        trigger.broken = Aside(failure.clone());
    }
}

fn probe(db: &Connection, table: &str) -> Option<String> {
    let column = "SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0 ORDER BY cid";
    let columns: Vec<String> = db
        .prepare(column)
        .and_then(|mut it| it.query_map(params![table], |row| row.get(0))?.collect())
        .unwrap_or_default();
    let name = text::quoted(table);
    let sets: Vec<String> =
        columns.iter().map(|it| format!("{0} = {0}", text::quoted(it))).collect();
    let names: Vec<String> = columns.iter().map(|it| text::quoted(it)).collect();
    let nulls = vec!["NULL"; names.len()].join(", ");
    let writes = [
        format!("INSERT INTO main.{name} ({}) VALUES ({nulls})", names.join(", ")),
        format!("UPDATE main.{name} SET {}", sets.join(", ")),
        format!("DELETE FROM main.{name}"),
    ];
    // A view with triggers for some writes refuses the others; that is no fault of a trigger.
    let is_fault = |it: &String| !it.contains("cannot modify");
    writes.iter().filter_map(|it| db.prepare(it).err()).map(|it| message(&it)).find(is_fault)
}
