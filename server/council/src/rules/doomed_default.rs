use super::cx::{Cx, Sink};
use super::opened_default::holds;
use super::shown::unqualified;
use super::support::{kept_columns, literal, new_columns};
use crate::ddl::{Action, read};
use crate::dynamic::{Found, Place, statements};
use crate::logic::conjuncts;
use crate::schema::{Column, Schema, Table};
use crate::simulate::mentions;
use crate::sql::spelt;
use model::{Risk, Span, Stake};

declare_rule! {
    /// A new row that says nothing counts as deleted, or as one that code deletes: by the default of its column.
    ///
    /// Rows that programs write from then on are hidden, or are gone with the next clean-up. Leave the mark null until somebody deletes the row.
    ///
    /// ```sql,bad
    /// create table profiles (id bigint primary key, name text, deleted_at timestamptz);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table profiles alter column deleted_at set default now();
    /// ```
    /// ```sql,bad
    /// create table devices (id bigint primary key, state smallint not null default 0);
    /// create function purge() returns void language sql as $$ delete from devices where state = 3 and id > 0 $$;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table devices alter column state set default 3;
    /// ```
    /// ```sql,good
    /// create table devices (id bigint primary key, state smallint not null default 0);
    /// create function purge() returns void language sql as $$ delete from devices where state = 3 and id > 0 $$;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table devices alter column state set default 1;
    /// ```
    pub(super) static RULE = {
        name: "doomed-default",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: doomed_default,
    }
}

fn doomed_default(cx: &Cx, sink: &mut Sink<'_>) {
    let changed = kept_columns(cx).filter(|(_, was, now)| was.default != now.default);
    let mut all: Vec<(&Table, Option<&Column>, &Column)> =
        changed.map(|(table, was, now)| (table, Some(was), now)).collect();
    // Of a new table each row is written by who knows it.
    let is_old = |it: &&Table| cx.change.before.table_of(it.id).is_some();
    all.extend(new_columns(cx).filter(|it| is_old(&it.0)).map(|(table, it)| (table, None, it)));
    for (table, was, now) in all {
        let Some(default) = now.default.as_deref().filter(|it| *it != "null") else { continue };
        let before = was.and_then(|it| it.default.as_deref()).filter(|it| *it != "null");
        let object = format!("{}.{}", table.name, now.name);
        let claim = if let Some(name) = deleter(&cx.change.after, table, now, default, before) {
            format!("`{name}` deletes each row that is written without `{object}`")
        } else if is_mark(&now.name) && says_so(default) && !before.is_some_and(says_so) {
            format!("each row that is written without `{object}` counts as gone")
        } else {
            continue;
        };
        sink.whole(&object, Risk::High, claim)
            .stake(Stake::Data)
            .fix("Leave it null, and let who deletes say so", "");
    }
}

/// Whether a column says that a row is gone.
fn is_mark(name: &str) -> bool {
    const WORDS: [&str; 8] = [
        "deleted",
        "removed",
        "archived",
        "discarded",
        "trashed",
        "purged",
        "cancelled",
        "revoked",
    ];
    let word = name.trim_start_matches("is_");
    let word = ["_at", "_on"].iter().find_map(|it| word.strip_suffix(it)).unwrap_or(word);
    WORDS.contains(&word)
}

fn says_so(default: &str) -> bool {
    !matches!(literal(default).as_deref(), Some("false" | "0" | "f" | ""))
}

/// Code that deletes a row with the new default, and not one with the old.
fn deleter<'s>(
    schema: &'s Schema,
    table: &Table,
    column: &Column,
    now: &str,
    was: Option<&str>,
) -> Option<&'s str> {
    let dooms = |condition: &str| {
        let condition = unqualified(condition);
        is_met(&condition, &column.name, now)
            && !was.is_some_and(|it| is_met(&condition, &column.name, it))
    };
    let found = schema.functions.iter().find(|function| {
        statements(&function.body, Place::CalledBy(Span::new(0, 0))).iter().any(|it| {
            let Found::Statement(raw) = it else { return false };
            let Action::Delete(it) = read(raw) else { return false };
            let filter = it.filter.as_deref().map(spelt).unwrap_or_default();
            // All that is asked of the column has to hold.
            let mut own =
                conjuncts(&filter).into_iter().filter(|it| mentions(it, &column.name)).peekable();
            it.table == table.name && own.peek().is_some() && own.all(dooms)
        })
    });
    found.map(|it| it.name.as_str())
}

/// Whether a condition holds for a row with that default, as far as words show.
fn is_met(condition: &str, column: &str, default: &str) -> bool {
    let Some(value) = literal(default) else { return condition == format!("{column} is not null") };
    // A moment that is written down is past.
    let is_moment = value.len() >= 10 && value.as_bytes()[4] == b'-';
    let is_past = condition.strip_prefix(column).is_some_and(|it| it.starts_with(" <"));
    condition == format!("{column} is not null")
        || is_moment && is_past
        || holds(condition, column, &value) == Some(true)
}
