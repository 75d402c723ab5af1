//! Public schema changes of the evaluation data, on SQLite.

use migrate::plan::{Back, Transaction};
use migrate::sqlite::{Capabilities, catalog_of_sql, declared_renames, plan, prove, read};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::Path;
use tests::schema_cases::{
    Case, Database, PlannedStep, Rows, Structure, Subject, Verdict, cases, judge,
};

#[test]
fn public_changes_come_out_right_on_sqlite() {
    let Some(root) = std::env::var_os("SPECWRIGHT_EVAL_DIR") else {
        println!("skipped: SPECWRIGHT_EVAL_DIR is not set");
        return;
    };
    let loads = |it: &Case| it.dialect == "sqlite" || it.load["sqlite_ok"] == true;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in cases(Path::new(&root)).iter().filter(|it| loads(it)) {
        let verdict = judge(&mut Sqlite, case);
        let word = match &verdict {
            Verdict::Right => "right",
            Verdict::RightWhenEmpty(_) => "right when empty",
            Verdict::Refused(_) => "refused",
            Verdict::Unfit(_) => "unfit",
            Verdict::Wrong(_) => "wrong",
        };
        *counts.entry(word).or_default() += 1;
        match verdict {
            Verdict::Right => {}
            Verdict::Wrong(why) => {
                println!("{}: wrong: {why}", case.id);
                wrong.push(format!("{}: {why}", case.id));
            }
            // Only data may stand in the way, and the engine must have said so.
            Verdict::RightWhenEmpty(why) if !why.contains("constraint failed") => {
                wrong.push(format!("{}: {why}", case.id));
            }
            other => {
                println!(
                    "{}: {}",
                    case.id,
                    format!("{other:?}").lines().next().unwrap_or_default()
                );
            }
        }
    }
    println!("{counts:?}");
    assert_eq!(wrong, Vec::<String>::new(), "{counts:?}");
    let n_refused = counts.get("refused").copied().unwrap_or_default();
    assert!(n_refused * 20 <= counts["right"], "more than 5% are refused: {counts:?}");
}

struct Sqlite;

struct Db(Connection);

impl Subject for Sqlite {
    type Database = Db;

    fn fresh(&mut self) -> Db {
        let db = Connection::open_in_memory().unwrap();
        // As the shell and most hosts have it; the plan must not depend on it.
        db.pragma_update(None, "foreign_keys", true).unwrap();
        Db(db)
    }

    fn plan(&mut self, live: &mut Db, desired: &str) -> Result<Vec<PlannedStep>, String> {
        let from = read(&live.0).map_err(|it| it.to_string())?;
        let to = catalog_of_sql(desired).map_err(|it| it.to_string())?;
        let engine = Capabilities::PORTABLE;
        let renames = declared_renames(&from, &to);
        let plan = plan(&from, &to, &renames, engine).map_err(|it| it.to_string())?;
        prove(&from, &to, &plan, engine).map_err(|it| it.to_string())?;
        let step = |it: &migrate::plan::Step| PlannedStep {
            sql: it.sql.clone(),
            transaction: match it.transaction {
                Transaction::Segment(number) => Some(number),
                Transaction::Outside => None,
            },
            down: match &it.back {
                Back::Exact(sql) | Back::Lossy { sql, .. } => Some(sql.clone()),
                Back::None { .. } | Back::NotNeeded => None,
            },
        };
        Ok(plan.steps.iter().map(step).collect())
    }
}

impl Db {
    fn list(&self, sql: &str) -> Vec<Vec<String>> {
        let mut statement = self.0.prepare(sql).unwrap();
        let n_columns = statement.column_count();
        let rows = statement.query_map((), |row| {
            (0..n_columns)
                .map(|it| Ok(row.get_ref(it)?.as_str_or_debug()))
                .collect::<rusqlite::Result<Vec<_>>>()
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    fn text(&self, sql: &str) -> Vec<String> {
        let mut statement = self.0.prepare(sql).unwrap();
        let rows = statement.query_map((), |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    fn tables(&self) -> Vec<String> {
        self.text(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' \
             ORDER BY name",
        )
    }

    fn sql_of(&self, kind: &str, name: &str) -> String {
        let query = "SELECT sql FROM sqlite_schema WHERE type = ?1 AND name = ?2";
        self.0.query_row(query, [kind, name], |row| row.get(0)).unwrap()
    }
}

trait Shown {
    fn as_str_or_debug(&self) -> String;
}

impl Shown for rusqlite::types::ValueRef<'_> {
    fn as_str_or_debug(&self) -> String {
        match self {
            Self::Text(it) => String::from_utf8_lossy(it).into_owned(),
            other => format!("{other:?}"),
        }
    }
}

impl Database for Db {
    fn run(&mut self, sql: &str) -> Result<(), String> {
        self.0.execute_batch(sql).map_err(|it| it.to_string())
    }

    fn fill(&mut self) {
        self.0.pragma_update(None, "foreign_keys", false).unwrap();
        for table in self.tables() {
            for n in 1..=3 {
                insert(&self.0, &table, n);
            }
        }
        self.0.pragma_update(None, "foreign_keys", true).unwrap();
    }

    fn structure(&mut self) -> Structure {
        let mut out = Structure::new();
        for table in self.tables() {
            let name = table.replace('\'', "''");
            let kind =
                self.list(&format!("SELECT type, wr, strict FROM pragma_table_list('{name}')"));
            let sql = normal(&self.sql_of("table", &table));
            let mut checks = checks(&sql);
            checks.sort();
            let facts = format!("{kind:?} {} {checks:?}", sql.contains("autoincrement"));
            out.insert(format!("table {table}"), facts);
            let columns = self.list(&format!(
                "SELECT cid, name, upper(type), \"notnull\", dflt_value, pk, hidden \
                 FROM pragma_table_xinfo('{name}')"
            ));
            for column in columns {
                out.insert(format!("column {table}.{}", column[1]), format!("{column:?}"));
            }
            for (what, query) in [
                (
                    "foreign keys",
                    format!(
                        "SELECT lower(\"table\"), \"from\", \"to\", on_update, on_delete, seq \
                     FROM pragma_foreign_key_list('{name}') ORDER BY 1, 2, 3, 4, 5"
                    ),
                ),
                (
                    "uniques",
                    format!(
                        "SELECT origin, (SELECT group_concat(coalesce(name, '?') || coll || desc) \
                     FROM pragma_index_xinfo(list.name) WHERE key) \
                     FROM pragma_index_list('{name}') AS list WHERE origin <> 'c' ORDER BY 1, 2"
                    ),
                ),
                (
                    "indexes",
                    format!(
                        "SELECT name, \"unique\", partial, \
                     (SELECT group_concat(coalesce(name, '?') || coll || desc) \
                     FROM pragma_index_xinfo(list.name) WHERE key) \
                     FROM pragma_index_list('{name}') AS list WHERE origin = 'c' ORDER BY 1"
                    ),
                ),
            ] {
                out.insert(format!("{what} {table}"), format!("{:?}", self.list(&query)));
            }
        }
        for kind in ["index", "view", "trigger"] {
            let names =
                format!("SELECT name FROM sqlite_schema WHERE type = '{kind}' AND sql IS NOT NULL");
            for name in self.text(&names) {
                out.insert(format!("{kind} {name}"), normal(&self.sql_of(kind, &name)));
            }
        }
        out
    }

    fn rows(&mut self) -> Rows {
        let mut out = Rows::new();
        for table in self.tables() {
            let name = table.replace('\'', "''");
            let columns = format!("SELECT name FROM pragma_table_xinfo('{name}') WHERE hidden = 0");
            let of = out.entry(table.clone()).or_default();
            for column in self.text(&columns) {
                let (of_column, of_table) = (quoted(&column), quoted(&table));
                let values = format!("SELECT quote({of_column}) FROM {of_table} ORDER BY 1");
                of.insert(column, self.text(&values));
            }
        }
        out
    }

    fn stores_alike(before: &Structure, after: &Structure, table: &str, column: &str) -> bool {
        let kind = |it: &Structure| -> Option<String> {
            let facts = it.get(&format!("column {table}.{column}"))?;
            facts.split("\", \"").nth(2).map(str::to_owned)
        };
        kind(before) == kind(after)
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Inserts a row that the table's constraints take, trying a few values for each column.
fn insert(db: &Connection, table: &str, n: usize) {
    let name = table.replace('\'', "''");
    let mut statement = db
        .prepare(&format!(
            "SELECT name, upper(type) FROM pragma_table_xinfo('{name}') WHERE hidden = 0"
        ))
        .unwrap();
    let columns: Vec<(String, String)> = statement
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let sql: String = db
        .query_row("SELECT sql FROM sqlite_schema WHERE name = ?1", [table], |row| row.get(0))
        .unwrap();
    // Words in quotes may be what a check asks for.
    let words: Vec<&str> = sql.split('\'').skip(1).step_by(2).collect();
    for attempt in 0..=words.len() {
        let value = |kind: &str| match (attempt.checked_sub(1), kind) {
            (Some(at), kind) if kind.contains("CHAR") || kind.contains("TEXT") => {
                format!("'{}'", words[at])
            }
            (_, kind) if kind.contains("CHAR") || kind.contains("TEXT") => format!("'t{n}'"),
            (_, kind) if kind.contains("DATE") || kind.contains("TIME") => {
                format!("'2024-01-0{n} 10:00:00'")
            }
            _ => n.to_string(),
        };
        let names: Vec<String> = columns.iter().map(|(it, _)| quoted(it)).collect();
        let values: Vec<String> = columns.iter().map(|(_, kind)| value(kind)).collect();
        let (names, values) = (names.join(", "), values.join(", "));
        let insert = format!("INSERT INTO {} ({names}) VALUES ({values})", quoted(table));
        if db.execute_batch(&insert).is_ok() {
            return;
        }
    }
}

/// SQL without comments, quotes of names, case and spacing.
fn normal(sql: &str) -> String {
    let mut out = String::new();
    let mut rest = sql;
    while let Some(it) = rest.chars().next() {
        if let Some(tail) = rest.strip_prefix("--") {
            rest = tail.split_once('\n').map_or("", |(_, tail)| tail);
            out.push(' ');
        } else if let Some(tail) = rest.strip_prefix("/*") {
            rest = tail.split_once("*/").map_or("", |(_, tail)| tail);
            out.push(' ');
        } else if it == '\'' {
            let end = rest[1..].find('\'').map_or(rest.len(), |end| end + 2);
            out += &rest[..end];
            rest = &rest[end..];
        } else {
            if !matches!(it, '"' | '`' | '[' | ']') {
                out.extend(it.to_lowercase());
            }
            rest = &rest[it.len_utf8()..];
        }
    }
    let spaced = out.split_whitespace().collect::<Vec<_>>().join(" ");
    spaced.replace(" (", "(").replace("( ", "(").replace(" )", ")").replace(", ", ",")
}

/// The conditions of `CHECK` and the expressions of generated columns.
fn checks(sql: &str) -> Vec<String> {
    let mut out = Vec::new();
    for word in ["check(", "as("] {
        let is_word =
            |at: usize| !sql[..at].ends_with(|it: char| it.is_alphanumeric() || it == '_');
        for (at, _) in sql.match_indices(word).filter(|(at, _)| is_word(*at)) {
            let mut depth = 0;
            let body = &sql[at + word.len() - 1..];
            let end = body.char_indices().find(|(_, it)| {
                depth += i32::from(*it == '(') - i32::from(*it == ')');
                depth == 0
            });
            out.push(body[..end.map_or(body.len(), |(at, _)| at)].to_owned());
        }
    }
    out
}
