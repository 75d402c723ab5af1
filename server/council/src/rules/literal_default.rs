use super::cx::{Cx, Sink};
use super::support::{kept_columns, literal, new_columns};
use crate::schema::{Column, Table};
use model::{Risk, Stake};

declare_rule! {
    /// A default is a constant, and reads as if it were something else: a moment that stands still, a word that is a text, the null of JSON.
    ///
    /// `'now'` is the time of the migration, and `'CURRENT_TIMESTAMP'` between quotes is a text of seventeen letters. Write the function, the number or the empty value.
    ///
    /// ```sql,bad
    /// create table visits (id bigint primary key, seen timestamptz not null default now());
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table visits alter column seen set default '2026-01-31 08:00:00+00';
    /// ```
    /// ```sql,bad
    /// create table visits (id bigint primary key);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table visits add column extra jsonb not null default 'null';
    /// ```
    /// ```sqlite,bad
    /// create table visits (id integer primary key);
    /// -- migration
    /// alter table visits add column seen text not null default 'CURRENT_DATE';
    /// ```
    /// ```sqlite,good
    /// create table visits (id integer primary key);
    /// -- migration
    /// alter table visits add column state text not null default 'new';
    /// alter table visits add column is_paid boolean not null default 0;
    /// ```
    pub(super) static RULE = {
        name: "literal-default",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: literal_default,
    }
}

fn literal_default(cx: &Cx, sink: &mut Sink<'_>) {
    let mut tell = |table: &Table, column: &Column, why: String| {
        let object = format!("{}.{}", table.name, column.name);
        let default = column.default.as_deref().unwrap_or_default();
        let claim = format!("{default}, the default of `{object}`, {why}");
        sink.whole(&object, Risk::Medium, claim).stake(Stake::Data);
    };
    for (table, column) in new_columns(cx) {
        if let Some(why) = column.default.as_deref().and_then(|it| misread(cx, column, it)) {
            tell(table, column, why);
        }
    }
    for (table, was, now) in kept_columns(cx).filter(|it| it.1.default != it.2.default) {
        let (Some(default), had) = (now.default.as_deref(), was.default.as_deref()) else {
            continue;
        };
        if let Some(why) = misread(cx, now, default).or_else(|| replaced(had?, default)) {
            tell(table, now, why);
        }
    }
}

/// What a default is, where it reads as something else.
fn misread(cx: &Cx, column: &Column, default: &str) -> Option<String> {
    let text = literal(default)?;
    let lower = text.trim().to_lowercase();
    let base = column.kind.base.as_str();
    let is_quoted = default.contains('\'');
    if column.kind.is_array {
        let is_one = matches!(lower.replace(' ', "").as_str(), "{null}" | "{\"\"}");
        return is_one.then(|| "is an array with one element that says nothing".to_owned());
    }
    if matches!(base, "timestamptz" | "timestamp" | "date" | "time" | "timetz") {
        let is_moment = matches!(lower.as_str(), "now" | "today" | "tomorrow" | "yesterday");
        return is_moment.then(|| "is the time of the migration, for every row to come".to_owned());
    }
    if matches!(base, "json" | "jsonb") {
        return matches!(lower.as_str(), "null" | "\"\"" | "\"null\"")
            .then(|| "is a value of JSON, and neither null nor empty".to_owned());
    }
    if !is_quoted {
        return None;
    }
    let is_flag = ["bool", "boolean"].contains(&base);
    if !cx.is_postgres() && is_flag && lower.parse::<f64>().is_err() {
        return Some("is a text, and neither true nor false".to_owned());
    }
    let is_number =
        matches!(base, "integer" | "int" | "bigint" | "smallint" | "real" | "numeric" | "decimal");
    if !cx.is_postgres() && is_number && lower.parse::<f64>().is_err() {
        return Some("is a text in a column of numbers".to_owned());
    }
    let is_call =
        ["now()", "uuid()", "random()", "uuid_generate_v4()"].iter().any(|it| lower.ends_with(it))
            || lower.starts_with("datetime(")
            || lower.starts_with("strftime(")
            || lower.starts_with("current_")
            || lower == "localtimestamp";
    if is_call {
        return Some("is a text, and is not computed".to_owned());
    }
    let is_twice = text.len() > 2 && text.starts_with('\'') && text.ends_with('\'');
    match text.as_str() {
        "NULL" | "null" => Some("is a text, and not null".to_owned()),
        _ if is_twice => Some("has quotes within the text".to_owned()),
        _ => None,
    }
}

/// What was computed for each row, or had another shape.
fn replaced(had: &str, default: &str) -> Option<String> {
    let now = literal(default)?;
    match literal(had) {
        None if had != "null" => Some(format!("is the same for every row, where `{had}` was not")),
        Some(was) if is_list(&was) != is_list(&now) && is_json(&was) && is_json(&now) => {
            Some("has another shape than what is there".to_owned())
        }
        _ => None,
    }
}

fn is_list(text: &str) -> bool {
    text.starts_with('[')
}

fn is_json(text: &str) -> bool {
    text.starts_with(['[', '{'])
}
