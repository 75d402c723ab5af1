//! The rebuild of a table: a new one is filled from the old, which it then replaces.
//!
//! The caller has switched foreign keys off before the transaction, and dropped triggers and views.
//! Source: "Making Other Kinds Of Table Schema Changes", sqlite.org/lang_altertable.html.

use crate::sqlite::catalog::{Column, Fragment, Index, KeyColumn, Table};
use crate::sqlite::text;

/// What a column of the new table gets that the old table does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fill {
    /// Its default; the engine refuses the copy where that is no value.
    Default,
    /// Its default, else a neutral value where one must be: an empty text, zero, a running number.
    /// For ways back, where the value itself is lost.
    Neutral,
}

/// The statements of a rebuild; indexes that are the same on both sides are made again.
pub(super) fn sql(from: &Table, to: &Table, temporary: &str, fill: Fill) -> String {
    let new = text::identifier(temporary);
    let name = text::identifier(&to.name);
    let create = text::renamed(&to.sql.0, &to.name, temporary)
        .expect("the engine keeps definitions that start with CREATE TABLE and a name");
    let mut out = format!("{create};\n");
    let (targets, values) = copied(from, to, fill);
    let (targets, values) = (targets.join(", "), values.join(", "));
    // OR ABORT: else a constraint's own ON CONFLICT could swallow rows.
    out += &format!("INSERT OR ABORT INTO {new} ({targets}) SELECT {values} FROM {name};\n");
    if keeps_sequence(from, to) {
        let (new, old) = (text::literal(temporary), text::literal(&from.name));
        out += &format!(
            "DELETE FROM sqlite_sequence WHERE name = {new};\n\
             INSERT INTO sqlite_sequence (name, seq) \
             SELECT {new}, seq FROM sqlite_sequence WHERE name = {old};\n"
        );
    }
    out += &format!(
        "PRAGMA legacy_alter_table = ON;\n\
         DROP TABLE {name};\n\
         ALTER TABLE {new} RENAME TO {name};\n\
         PRAGMA legacy_alter_table = OFF;\n"
    );
    for index in to.indexes.iter().filter(|it| from.indexes.contains(it)) {
        out += &format!("{};\n", index.sql.0);
    }
    out.truncate(out.trim_end().len());
    out
}

/// Whether the numbers that `AUTOINCREMENT` has given are remembered.
fn keeps_sequence(from: &Table, to: &Table) -> bool {
    let counts = |it: &Table| it.primary_key.as_ref().is_some_and(|it| it.autoincrement);
    counts(from) && counts(to)
}

/// Columns and the expressions that fill them.
fn copied(from: &Table, to: &Table, fill: Fill) -> (Vec<String>, Vec<String>) {
    let (mut targets, mut values) = (Vec::new(), Vec::new());
    let mut put = |target: String, value: String| {
        targets.push(target);
        values.push(value);
    };
    if let Some((target, value)) = rowid(from, to) {
        put(target, value);
    }
    for column in to.columns.iter().filter(|it| it.is_plain()) {
        let name = text::identifier(&column.name);
        if from.column(&column.name).is_some() {
            let is_new_rowid = to.rowid_column() == Some(&column.name)
                && from.rowid_column() != Some(&column.name);
            // Else the engine would invent a number where there was NULL; text it refuses.
            let value =
                if is_new_rowid { format!("coalesce({name}, 'NULL')") } else { name.clone() };
            put(name, value);
        } else if let Some(value) = neutral(from, to, column).filter(|_| fill == Fill::Neutral) {
            put(name, value);
        }
    }
    // Rows stay rows, even when nothing of them does.
    let any = to.columns.iter().find(|it| it.is_plain());
    if let Some(column) = any.filter(|_| targets.is_empty()) {
        let default = column.default.as_ref().map(|it| it.sql.clone());
        targets.push(text::identifier(&column.name));
        values.push(default.unwrap_or_else(|| "NULL".to_owned()));
    }
    (targets, values)
}

/// Keeps rowids, which full-text indexes and applications may hold on to.
fn rowid(from: &Table, to: &Table) -> Option<(String, String)> {
    if from.without_rowid || to.without_rowid {
        return None;
    }
    let free = |table: &Table| {
        ["rowid", "_rowid_", "oid"].into_iter().find(|it| table.column(it).is_none())
    };
    let value = match from.rowid_column() {
        Some(column) => text::identifier(column),
        None => free(from)?.to_owned(),
    };
    match to.rowid_column() {
        Some(column) if from.column(column).is_some() => None,
        Some(column) => Some((text::identifier(column), value)),
        None => Some((free(to)?.to_owned(), value)),
    }
}

/// A value for a column that must have one and whose own is lost.
///
/// None for columns with a foreign key, and for most with a check: an invented owner or role would be a
/// lie with consequences. The engine then refuses the rows.
pub(super) fn neutral(from: &Table, to: &Table, column: &Column) -> Option<String> {
    let in_key = |columns: &[KeyColumn]| columns.iter().any(|it| it.name == column.name);
    let is_primary = to.primary_key.as_ref().is_some_and(|it| in_key(&it.columns));
    let lower = column.name.to_ascii_lowercase();
    let mentions = |it: &Fragment| text::mentions(&it.sql).contains(&lower);
    let is_unique = is_primary || is_unique(to, column);
    let must_be_set = column.not_null.is_some() || (is_primary && to.without_rowid);
    match (&column.default, must_be_set) {
        // The default would be the same in every row.
        (Some(_), false) if is_unique => return Some("NULL".to_owned()),
        (Some(_), true) if is_unique => {}
        (None, true) => {}
        _ => return None,
    }
    let is_checked = to.checks.iter().any(|it| mentions(&it.expr));
    let is_reference = to.foreign_keys.iter().any(|it| it.columns.contains(&column.name));
    // Where all must differ the default cannot stand in: a number fits some checks, and the engine
    // refuses it for the others.
    let has_other = column.default.is_none() || !is_unique;
    if is_reference || is_checked && has_other {
        return None;
    }
    let affinity = Affinity::of(to, column);
    Some(match (affinity, is_unique) {
        (Affinity::Text, true) => format!("CAST({} AS TEXT)", running_number(from)),
        (Affinity::Blob, true) => format!("CAST({} AS BLOB)", running_number(from)),
        (_, true) => running_number(from),
        (Affinity::Text, false) => "''".to_owned(),
        (Affinity::Blob, false) => "x''".to_owned(),
        (_, false) => "0".to_owned(),
    })
}

/// Whether a unique constraint or index speaks of a column.
pub(super) fn is_unique(table: &Table, column: &Column) -> bool {
    let lower = column.name.to_ascii_lowercase();
    let mentions = |it: &Fragment| text::mentions(&it.sql).contains(&lower);
    let by_index = |it: &Index| it.unique && it.keys.iter().any(|it| mentions(&it.expr));
    let in_key = |columns: &[KeyColumn]| columns.iter().any(|it| it.name == column.name);
    table.uniques.iter().any(|it| in_key(&it.columns)) || table.indexes.iter().any(by_index)
}

fn running_number(from: &Table) -> String {
    let free = ["rowid", "_rowid_", "oid"].into_iter().find(|it| from.column(it).is_none());
    match free {
        Some(word) if !from.without_rowid => word.to_owned(),
        _ => "row_number() OVER ()".to_owned(),
    }
}

/// How SQLite converts what is stored in a column.
///
/// Source: "Determination Of Column Affinity", sqlite.org/datatype3.html.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

impl Affinity {
    /// Of a column of `table`.
    pub(crate) fn of(table: &Table, column: &Column) -> Self {
        let declared = &column.declared_type;
        let has = |words: &[&str]| words.iter().any(|it| declared.contains(it));
        if table.strict && declared == "ANY" {
            Self::Blob
        } else if has(&["INT"]) {
            Self::Integer
        } else if has(&["CHAR", "CLOB", "TEXT"]) {
            Self::Text
        } else if declared.is_empty() || has(&["BLOB"]) {
            Self::Blob
        } else if has(&["REAL", "FLOA", "DOUB"]) {
            Self::Real
        } else {
            Self::Numeric
        }
    }

    /// Whether a value that was stored under `self` may come out of `to` as another one, so that
    /// converting back does not give it again.
    pub(crate) fn loses_into(self, to: Self) -> bool {
        match (self, to) {
            // Text that looks like a number becomes one: leading zeros are gone.
            (Self::Text | Self::Blob, Self::Integer | Self::Numeric | Self::Real) => true,
            // Numbers become text, and nothing asks them back.
            (Self::Blob, Self::Text) => true,
            // Digits beyond the fifteenth.
            (Self::Real, Self::Text) | (Self::Integer | Self::Numeric, Self::Real) => true,
            _ => false,
        }
    }
}
