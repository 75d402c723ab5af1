//! What a plan needs of a live database: its schema on a shadow, and answers about its rows.

use super::catalog::{Catalog, Key, unquoted};
use super::plan::plan;
use super::prove::ProveError;
use super::script::statements;
use super::shadow::{Shadow, told};
use crate::plan::{Plan, Reason, Refusal, Renames};
use postgres::error::SqlState;
use postgres::{Client, SimpleQueryMessage};

/// Makes in an empty shadow what a live database holds, without its rows.
///
/// # Errors
/// What of it cannot be made again.
pub fn reproduce(shadow: &mut Shadow, live: &Catalog) -> Result<(), ProveError> {
    let steps = plan(&shadow.read()?, live)?.steps;
    let sql: Vec<String> =
        steps.into_iter().filter(|it| !it.changes.is_empty()).map(|it| it.sql).collect();
    shadow.load(&format!("SET check_function_bodies = off;\n{}", sql.join("\n")))?;
    for (table, owner) in owners(live) {
        // Where the shadow's server has no such role, the tables stay its own.
        let _ = shadow.load(&format!("ALTER TABLE {table} OWNER TO {owner}"));
    }
    let differences = shadow.read()?.differences(live);
    if differences.is_empty() {
        return Ok(());
    }
    let why = |it| format!("make the live schema again on the shadow: {it}");
    let reasons = differences.into_iter().map(|it| Reason { object: None, why: why(it) });
    Err(Refusal { reasons: reasons.collect() }.into())
}

fn owners(catalog: &Catalog) -> impl Iterator<Item = (String, &String)> {
    let owned = catalog.objects.iter().filter_map(|(key, it)| Some((key, it.owner.as_ref()?)));
    owned.map(|(key, owner)| (key.qualified(), owner))
}

/// Asks the live rows, read only; each answer that stands in the way is one text with a count and a
/// sample. One question may take 30 s. Rows that row-level security hides are an answer in the way too.
#[must_use]
pub fn obstacles(client: &mut Client, plan: &Plan) -> Vec<String> {
    let checks = plan.steps.iter().flat_map(|it| &it.checks);
    checks
        .filter_map(|check| match ask(client, &check.count_sql) {
            Ok(rows) => {
                let n_rows = rows.into_iter().next().filter(|it| it != "0")?;
                let sample = ask(client, &check.sample_sql).unwrap_or_default().join("; ");
                let sample =
                    if sample.is_empty() { sample } else { format!(" (such as {sample})") };
                Some(format!("{n_rows} {}{sample}", check.complaint))
            }
            // The plan itself makes or renames it first; the engine will judge.
            Err(error) if is_missing(&error) => None,
            // The engine would stop at the same value when it converts it.
            Err(error) if is_of_data(&error) => {
                Some(format!("values of `{}` do not fit: {}", check.object.table, told(&error)))
            }
            Err(error) => Some(format!("ask whether {}: {}", check.complaint, told(&error))),
        })
        .collect()
}

/// Whether a question is about what is not there yet, for the plan makes or renames it first.
pub(crate) fn is_missing(error: &postgres::Error) -> bool {
    let missing = [
        SqlState::UNDEFINED_TABLE,
        SqlState::UNDEFINED_COLUMN,
        SqlState::UNDEFINED_OBJECT,
        SqlState::UNDEFINED_FUNCTION,
        SqlState::INVALID_SCHEMA_NAME,
    ];
    error.code().is_some_and(|it| missing.contains(it))
}

/// Whether some value made a question fail: a data exception or a violated constraint.
fn is_of_data(error: &postgres::Error) -> bool {
    error.code().is_some_and(|it| it.code().starts_with("22") || it.code().starts_with("23"))
}

/// Rows as text, their cells with commas between.
fn ask(client: &mut Client, sql: &str) -> Result<Vec<String>, postgres::Error> {
    let batch = format!(
        "BEGIN READ ONLY; SET LOCAL statement_timeout = '30s'; SET LOCAL lock_timeout = '5s'; \
         SET LOCAL row_security = off; {sql} ROLLBACK"
    );
    let messages = match client.simple_query(&batch) {
        Ok(messages) => messages,
        Err(error) => {
            // It only read.
            let _ = client.batch_execute("ROLLBACK");
            return Err(error);
        }
    };
    let rows = messages.into_iter().filter_map(|it| match it {
        SimpleQueryMessage::Row(row) => {
            let cells = (0..row.len()).map(|it| row.get(it).unwrap_or("NULL"));
            Some(cells.collect::<Vec<_>>().join(", "))
        }
        _ => None,
    });
    Ok(rows.collect())
}

const MARK: &str = "@renamed from=";

/// Renames that comments `-- @renamed from=old` in a script declare, as far as they are to be done:
/// on the line that opens a table they speak of the table, behind a column of the column.
#[must_use]
pub fn declared_renames(sql: &str, from: &Catalog, to: &Catalog) -> Renames {
    let mut out = Renames::default();
    for span in statements(sql) {
        // A comment behind the last semicolon of a line belongs to the statement before it.
        let end = sql[span.end..].find('\n').map_or(sql.len(), |it| span.end + it);
        let text = &sql[span.start..end];
        let Some(new) = created_table(text).filter(|_| text.contains(MARK)) else { continue };
        let Some(new) = find(to, new) else { continue };
        let mut old = find_key(from, new);
        for line in text.lines() {
            let Some((code, mark)) = line.split_once(MARK) else { continue };
            let name = unquoted(mark.split_whitespace().next().unwrap_or_default());
            let code = code.trim_end().trim_end_matches("--").trim();
            if created_table(code).is_some() {
                let before = from.objects.keys().find(|it| is_table(it, &name, &new.schema));
                if let Some(before) =
                    before.filter(|it| old.is_none() && find_key(to, it).is_none())
                {
                    out.tables.push((before.qualified(), unquoted(&new.name)));
                    old = Some(before);
                }
            } else if let Some(old) = old {
                let column = unquoted(first_word(code));
                let has = |catalog: &Catalog, table: &Key, name: &str| {
                    catalog.columns(table).iter().any(|it| unquoted(&it.0.part) == name)
                };
                let is_open =
                    has(from, old, &name) && !has(from, old, &column) && !has(to, new, &name);
                if is_open && has(to, new, &column) {
                    out.columns.push((new.qualified(), name, column));
                }
            }
        }
    }
    out
}

/// The name behind CREATE TABLE.
fn created_table(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    for word in ["create", "table"] {
        let head = rest.get(..word.len()).filter(|it| it.eq_ignore_ascii_case(word))?;
        rest = rest[head.len()..].trim_start();
    }
    if rest.get(..13).is_some_and(|it| it.eq_ignore_ascii_case("if not exists")) {
        rest = rest[13..].trim_start();
    }
    let end = rest.find(|it: char| it.is_whitespace() || it == '(').unwrap_or(rest.len());
    Some(&rest[..end]).filter(|it| !it.is_empty())
}

fn first_word(code: &str) -> &str {
    match code.strip_prefix('"').and_then(|it| it.find('"')) {
        Some(end) => &code[..end + 2],
        None => code.split(|it: char| it.is_whitespace() || it == ',').next().unwrap_or_default(),
    }
}

fn is_table(key: &Key, name: &str, schema: &str) -> bool {
    use super::catalog::Kind::Table;
    let name = name.rsplit_once('.').map_or(name, |it| it.1);
    key.kind == Table && unquoted(&key.name) == unquoted(name) && key.schema == schema
}

/// The table that a script means, in `public` unless it says another schema.
fn find<'a>(catalog: &'a Catalog, name: &str) -> Option<&'a Key> {
    let schema = name.rsplit_once('.').map_or("public", |it| it.0);
    catalog.objects.keys().find(|it| {
        is_table(it, name, schema) || is_table(it, &name.to_lowercase(), &schema.to_lowercase())
    })
}

fn find_key<'a>(catalog: &'a Catalog, key: &Key) -> Option<&'a Key> {
    catalog.objects.get_key_value(key).map(|it| it.0)
}
