//! Made-up rows: a few in each table, that its constraints let in.

use super::{names, tables};
use crate::sql::{TokenKind, sqlite_tokens};
use migrate::sqlite::identifier;
use rusqlite::Connection;
use rusqlite::types::Value;

const N_ROWS: usize = 3;

struct Column {
    name: String,
    declared: String,
    is_key: bool,
}

/// Puts rows into every table, targets of foreign keys first. A table that lets none in stays empty.
///
/// # Errors
/// When the schema cannot be read.
pub(super) fn fill(db: &Connection) -> rusqlite::Result<()> {
    let mut waiting = tables(db)?;
    while !waiting.is_empty() {
        let targets = |it: &String| -> rusqlite::Result<Vec<String>> {
            names(db, &format!("select \"table\" from pragma_foreign_key_list({})", literal(it)))
        };
        let mut free = None;
        for (at, table) in waiting.iter().enumerate() {
            let is_free = targets(table)?.iter().all(|it| {
                it.eq_ignore_ascii_case(table)
                    || !waiting.iter().any(|of| of.eq_ignore_ascii_case(it))
            });
            if is_free {
                free = Some(at);
                break;
            }
        }
        // In a ring any of them is as good as another.
        let table = waiting.remove(free.unwrap_or(0));
        fill_table(db, &table)?;
    }
    Ok(())
}

fn fill_table(db: &Connection, table: &str) -> rusqlite::Result<()> {
    let columns = columns(db, table)?;
    let words = words(db, table)?;
    if columns.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = columns.iter().map(|it| identifier(&it.name)).collect();
    let marks = vec!["?"; columns.len()].join(", ");
    let sql = format!("insert into {} ({}) values ({marks})", identifier(table), list.join(", "));
    for row in 1..=N_ROWS {
        // A check may want one of the texts in it, or a small number.
        let is_in = (0..=words.len()).any(|attempt| {
            let word = attempt.checked_sub(1).and_then(|at| words.get(at));
            let values =
                columns.iter().map(|it| value(db, table, it, row, word.map(String::as_str)));
            let values: Vec<Value> = values.collect();
            db.execute(&sql, rusqlite::params_from_iter(values)).is_ok()
        });
        if !is_in {
            break;
        }
    }
    Ok(())
}

fn columns(db: &Connection, table: &str) -> rusqlite::Result<Vec<Column>> {
    // Hidden columns are computed.
    let sql = format!(
        "select name, type, pk from pragma_table_xinfo({}) where hidden = 0",
        literal(table)
    );
    let mut statement = db.prepare(&sql)?;
    let read = statement.query_map((), |row| {
        Ok(Column {
            name: row.get(0)?,
            declared: row.get::<_, String>(1)?.to_lowercase(),
            is_key: row.get::<_, i64>(2)? > 0,
        })
    })?;
    read.collect()
}

/// Texts in the table's definition, which its checks may ask for.
fn words(db: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let sql =
        format!("select sql from sqlite_schema where type = 'table' and name = {}", literal(table));
    let text = names(db, &sql)?.into_iter().next().unwrap_or_default();
    let tokens = sqlite_tokens(&text).into_iter();
    Ok(tokens.filter(|it| it.kind == TokenKind::Text).map(|it| it.text).take(16).collect())
}

fn value(db: &Connection, table: &str, column: &Column, row: usize, word: Option<&str>) -> Value {
    let number = i64::try_from(row).expect("a few rows");
    if let Some(it) = target_value(db, table, column, row) {
        return it;
    }
    let has = |words: &[&str]| words.iter().any(|it| column.declared.contains(it));
    if has(&["int", "bool"]) {
        return Value::Integer(if has(&["bool"]) { number % 2 } else { number });
    }
    if has(&["real", "floa", "doub", "num", "dec"]) {
        let fraction = 0.25;
        return Value::Real(f64::from(u32::try_from(row).expect("a few rows")) + fraction);
    }
    match word {
        Some(word) if !column.is_key => Value::Text(word.to_owned()),
        _ if has(&["date", "time"]) => Value::Text(format!("2024-01-0{row} 00:00:00")),
        _ => Value::Text(format!("{} {row}", column.name)),
    }
}

/// What a foreign key must name.
fn target_value(db: &Connection, table: &str, column: &Column, row: usize) -> Option<Value> {
    let sql = format!(
        "select \"table\", coalesce(\"to\", '') from pragma_foreign_key_list({}) where lower(\"from\") = lower({})",
        literal(table),
        literal(&column.name)
    );
    let (parent, to): (String, String) =
        db.query_row(&sql, (), |row| Ok((row.get(0)?, row.get(1)?))).ok()?;
    let to = if to.is_empty() { "rowid".to_owned() } else { identifier(&to) };
    let sql = format!("select {to} from {} limit 1 offset {}", identifier(&parent), row - 1);
    db.query_row(&sql, (), |row| row.get(0)).ok()
}

fn literal(text: &str) -> String {
    migrate::sqlite::literal(text)
}
