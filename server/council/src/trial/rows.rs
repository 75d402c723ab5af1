//! Made-up rows: a few in each table, that its constraints let in; good ones, or as bad as they get.

use super::{names, tables};
use crate::sql::{Cursor, TokenKind, sqlite_tokens};
use migrate::sqlite::identifier;
use rusqlite::Connection;
use rusqlite::types::Value;

/// What rows a table gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Three rows, every value there and different from the others.
    Plain,
    /// Eight rows with what real tables have in them: nulls, twins, blanks at the ends, long and empty
    /// texts, negative and large numbers, days long ago and to come.
    Rough,
}

impl Kind {
    const fn n_rows(self) -> usize {
        match self {
            Self::Plain => 3,
            Self::Rough => 8,
        }
    }
}

/// Texts of a table's definition that are tried.
const WORDS_MAX: usize = 16;

/// How a row is tried that the table may refuse.
#[derive(Debug, Clone, Copy)]
enum Attempt<'a> {
    Rough,
    /// Like `Rough`, with numbers from 1.
    RoughTexts,
    /// Like `Rough`, with values that no other row has.
    RoughDistinct,
    /// A check may want one of the texts in it, or a small number.
    Plain(Option<&'a str>),
    /// A check may want more than the number in it.
    Bound,
}

struct Column {
    name: String,
    declared: String,
    is_key: bool,
    is_nullable: bool,
    is_unique: bool,
    /// Texts that a check of it asks for.
    words: Vec<String>,
    /// The largest number in a check of it.
    bound: Option<i64>,
}

/// Puts rows into every table, targets of foreign keys first. A table that lets none in stays empty.
///
/// # Errors
/// When the schema cannot be read.
pub(super) fn fill(db: &Connection, kind: Kind) -> rusqlite::Result<()> {
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
        fill_table(db, &table, kind)?;
    }
    Ok(())
}

fn fill_table(db: &Connection, table: &str, kind: Kind) -> rusqlite::Result<()> {
    let asked = asked(db, table)?;
    let columns = columns(db, table, &asked)?;
    let words: Vec<String> = asked.words.into_iter().map(|it| it.1).collect();
    if columns.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = columns.iter().map(|it| identifier(&it.name)).collect();
    let marks = vec!["?"; columns.len()].join(", ");
    let sql = format!("insert into {} ({}) values ({marks})", identifier(table), list.join(", "));
    let plain = std::iter::once(None).chain(words.iter().map(|it| Some(it.as_str())));
    let plain = plain.map(Attempt::Plain).chain(std::iter::once(Attempt::Bound));
    let attempts: Vec<Attempt<'_>> = match kind {
        Kind::Plain => plain.collect(),
        Kind::Rough => {
            let rough = [Attempt::Rough, Attempt::RoughTexts, Attempt::RoughDistinct];
            rough.into_iter().chain(plain).collect()
        }
    };
    for row in 1..=kind.n_rows() {
        let is_in = attempts.iter().any(|attempt| {
            let values = columns.iter().map(|it| value(db, table, it, row, kind, *attempt));
            let values: Vec<Value> = values.collect();
            db.execute(&sql, rusqlite::params_from_iter(values)).is_ok()
        });
        if !is_in && kind == Kind::Plain {
            break;
        }
    }
    Ok(())
}

/// What checks ask for: texts and numbers, each with the names that stand in the check.
struct Asked {
    words: Vec<(Vec<String>, String)>,
    numbers: Vec<(Vec<String>, i64)>,
}

/// The columns that take values.
fn columns(db: &Connection, table: &str, asked: &Asked) -> rusqlite::Result<Vec<Column>> {
    let unique = names(
        db,
        &format!(
            "select i.name from pragma_index_list({}) l, pragma_index_info(l.name) i where l.\"unique\" = 1",
            literal(table)
        ),
    )?;
    // Hidden columns are computed.
    let sql = format!(
        "select name, type, pk, \"notnull\" from pragma_table_xinfo({}) where hidden = 0",
        literal(table)
    );
    let mut statement = db.prepare(&sql)?;
    let read = statement.query_map((), |row| {
        let name: String = row.get(0)?;
        let lower = name.to_lowercase();
        let own = asked.words.iter().filter(|it| it.0.contains(&lower)).map(|it| it.1.clone());
        let bounds = asked.numbers.iter().filter(|it| it.0.contains(&lower)).map(|it| it.1);
        Ok(Column {
            is_unique: unique.contains(&name),
            words: own.collect(),
            bound: bounds.max(),
            name,
            declared: row.get::<_, String>(1)?.to_lowercase(),
            is_key: row.get::<_, i64>(2)? > 0,
            is_nullable: row.get::<_, i64>(2)? == 0 && row.get::<_, i64>(3)? == 0,
        })
    })?;
    read.collect()
}

/// Texts and numbers in the table's definition, which its checks may ask for.
fn asked(db: &Connection, table: &str) -> rusqlite::Result<Asked> {
    let sql =
        format!("select sql from sqlite_schema where type = 'table' and name = {}", literal(table));
    let text = names(db, &sql)?.into_iter().next().unwrap_or_default();
    let tokens = sqlite_tokens(&text);
    let mut out = Asked { words: Vec::new(), numbers: Vec::new() };
    let mut cursor = Cursor::new(&tokens);
    while !cursor.is_done() && out.words.len() < WORDS_MAX && out.numbers.len() < WORDS_MAX {
        let is_check = cursor.eat("check");
        let group = if is_check { cursor.group() } else { cursor.next().map(std::slice::from_ref) };
        let group = group.unwrap_or_default();
        let names = group.iter().filter(|it| it.kind != TokenKind::Text);
        let names: Vec<String> = names.map(|it| it.text.to_lowercase()).collect();
        let texts = group.iter().filter(|it| it.kind == TokenKind::Text);
        out.words.extend(texts.map(|it| (names.clone(), it.text.clone())));
        let numbers = group.iter().filter(|it| is_check && it.kind == TokenKind::Number);
        let numbers = numbers.filter_map(|it| it.text.parse().ok());
        out.numbers.extend(numbers.map(|it: i64| (names.clone(), it)));
    }
    Ok(out)
}

fn value(
    db: &Connection,
    table: &str,
    column: &Column,
    row: usize,
    kind: Kind,
    attempt: Attempt<'_>,
) -> Value {
    if kind == Kind::Rough && column.is_nullable && matches!(row, 2 | 5) {
        return Value::Null;
    }
    if let Some(it) = target_value(db, table, column, row) {
        return it;
    }
    match (attempt, column.bound) {
        (Attempt::Bound, Some(bound)) if is_number(column) => {
            Value::Integer(bound.saturating_add(i64::try_from(row).expect("a few rows")))
        }
        _ => of_attempt(column, row, kind, attempt),
    }
}

fn of_attempt(column: &Column, row: usize, kind: Kind, attempt: Attempt<'_>) -> Value {
    match attempt {
        Attempt::Bound if kind == Kind::Plain || is_number(column) => {
            plain_value(column, row, None)
        }
        Attempt::Bound => rough_value(column, row, column.is_unique),
        Attempt::Plain(word) => plain_value(column, row, word),
        Attempt::RoughTexts if is_number(column) => plain_value(column, row, None),
        Attempt::Rough | Attempt::RoughTexts => rough_value(column, row, column.is_unique),
        Attempt::RoughDistinct => rough_value(column, row, true),
    }
}

fn is_number(column: &Column) -> bool {
    ["int", "real", "floa", "doub", "num", "dec"].iter().any(|it| column.declared.contains(it))
}

fn rough_value(column: &Column, row: usize, is_distinct: bool) -> Value {
    const IDS: [i64; 8] = [1, 2, 3, 4, 1_000_001, 1_000_002, 5, 6];
    const NUMBERS: [i64; 8] = [0, 1, 7, 7, -1, 1_000_003, 2, 1];
    const DAYS: [&str; 8] = [
        "2009-01-01",
        "2019-06-30",
        "2024-03-03",
        "2024-03-03",
        "1970-01-01",
        "2099-12-31",
        "2038-01-20",
        "2023-11-11",
    ];
    let at = row - 1;
    let has = |words: &[&str]| words.iter().any(|it| column.declared.contains(it));
    let is_day = ["_at", "_on", "date", "time"].iter().any(|it| column.name.ends_with(it));
    let number = if is_distinct { NUMBERS[at] + 10 * IDS[at] } else { NUMBERS[at] };
    let n_words = column.words.len();
    match () {
        () if n_words > 0 => Value::Text(column.words[at % n_words].clone()),
        () if has(&["int"]) && column.is_key => Value::Integer(IDS[at]),
        () if has(&["bool"]) => Value::Integer(number.rem_euclid(2)),
        () if has(&["int"]) => Value::Integer(number),
        () if has(&["real", "floa", "doub", "num", "dec"]) => {
            let whole = i32::try_from(number).map_or(0.0, f64::from);
            Value::Real(whole + 0.25)
        }
        () if is_day || has(&["date", "time"]) => Value::Text(format!("{} 00:00:00", DAYS[at])),
        () => Value::Text(rough_text(&column.name, row, is_distinct)),
    }
}

fn rough_text(name: &str, row: usize, is_distinct: bool) -> String {
    match row {
        2 => String::new(),
        3 => "Twin".to_owned(),
        // The same to who looks at it, and another one to the engine.
        4 if is_distinct => " twin ".to_owned(),
        4 => "Twin".to_owned(),
        5 => format!("  {name} {row} "),
        6 => format!("{name} {}", "long ".repeat(60)),
        7 => format!("{} {row}", name.to_uppercase()),
        _ => format!("{name} {row}"),
    }
}

fn plain_value(column: &Column, row: usize, word: Option<&str>) -> Value {
    let number = i64::try_from(row).expect("a few rows");
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
    // More rows than the target has come round to its first.
    let parent = identifier(&parent);
    let offset = format!("{} % max(1, (select count(*) from {parent}))", row - 1);
    let sql = format!("select {to} from {parent} limit 1 offset {offset}");
    db.query_row(&sql, (), |row| row.get(0)).ok()
}

fn literal(text: &str) -> String {
    migrate::sqlite::literal(text)
}
