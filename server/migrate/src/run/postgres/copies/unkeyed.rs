//! Gives values back to rows of a table without a key.
//!
//! A row is known by what else it holds. Rows that hold the same are counted through, in the table and
//! in the copy, and get their values in turn: which of them gets which makes no difference. A row that
//! was changed since is none of the copy's, and is left without.

use super::{Converted, SAME, Target, qualified};
use crate::expr::quote_ident;
use crate::plan::{Back, Step};
use crate::postgres::catalog::unquoted;

/// Puts the values of a dropped column back.
pub(super) fn values(target: Target<'_>, rest: &[&str], copy: &str) -> String {
    let (table, column) = (qualified(target.table), quote_ident(target.column));
    let row = row(rest);
    let update = format!(
        "UPDATE {table} AS t SET {column} = b.value\n\
         FROM (SELECT tableoid AS part, ctid AS place, {row} AS held, {n} FROM {table}) AS s\n\
         JOIN (SELECT {row} AS held, {n}, {column} AS value FROM {copy}) AS b USING (held, n)\n\
         WHERE t.tableoid = s.part AND t.ctid = s.place;",
        n = turn(&row)
    );
    target.shape.quietly(&table, &update)
}

/// Puts values back that were converted and not changed since; the engine converts the copy's as it
/// did the table's, so that it is known what became of which. `None` for a step that does more.
pub(super) fn converted(
    target: Target<'_>,
    rest: &[&str],
    [copy, now]: [&str; 2],
    step: &Step,
) -> Option<Converted> {
    let (table, column) = (qualified(target.table), quote_ident(target.column));
    let Back::Lossy { sql: back, .. } = &step.back else { return None };
    let forth = on_another(&step.sql, target.column, now)?;
    let back_there = on_another(back, target.column, SAME)?;
    let row = row(rest);
    let by_value = format!("{row}, {column}::text");
    let of_copy = format!("held, {column}::text");
    let update = format!(
        "UPDATE {table} AS t SET {column} = b.was\n\
         FROM (SELECT tableoid AS part, ctid AS place, {row} AS held, {column}::text AS value, {n} FROM {table}) AS s\n\
         JOIN (SELECT held, {column}::text AS value, {n_copy}, was FROM {SAME}) AS b\n\
         ON s.held = b.held AND s.n = b.n AND s.value IS NOT DISTINCT FROM b.value\n\
         WHERE t.tableoid = s.part AND t.ctid = s.place;",
        n = turn(&by_value),
        n_copy = turn(&of_copy),
    );
    Some(Converted {
        note: format!(
            "CREATE TABLE {now} AS SELECT {row} AS held, {column} AS was, {column} FROM {copy};\n{forth}"
        ),
        before: format!(
            "CREATE TEMP TABLE {SAME} ON COMMIT DROP AS SELECT b.held, b.was, b.{column}\n\
             FROM (SELECT {row} AS held, {column}::text AS value, {n} FROM {table}) AS s\n\
             JOIN (SELECT *, {column}::text AS value, {n_copy} FROM {now}) AS b\n\
             ON s.held = b.held AND s.n = b.n AND s.value IS NOT DISTINCT FROM b.value;",
            n = turn(&by_value),
            n_copy = turn(&of_copy),
        ),
        back: Some(format!("{back}\n{back_there}")),
        after: format!(
            "{}\nDROP TABLE {SAME};\nDROP TABLE {now};",
            target.shape.quietly(&table, &update)
        ),
    })
}

/// What a row holds, as one text that every type can be written in.
fn row(columns: &[&str]) -> String {
    format!("ROW({})::text", columns.join(", "))
}

/// Which of the rows that hold the same it is.
fn turn(columns: &str) -> String {
    format!("row_number() OVER (PARTITION BY {columns}) AS n")
}

/// A statement that only changes the type of the column, on another table that has it.
fn on_another(sql: &str, column: &str, other: &str) -> Option<String> {
    let (_, tail) = sql.strip_prefix("ALTER TABLE ")?.split_once(" ALTER COLUMN ")?;
    let is_alone = tail.trim_end().find(';').is_none_or(|at| at + 1 == tail.trim_end().len());
    let is_it = unquoted(tail.split_once(" TYPE ")?.0) == column;
    (is_alone && is_it).then(|| format!("ALTER TABLE {other} ALTER COLUMN {tail}"))
}
