use super::cx::{Cx, Sink};
use super::support::{is_record, literal, says_conflict, successor, written_by};
use super::told::says_shared;
use crate::schema::{ConstraintKind, Index, Table};
use crate::simulate::mentions;
use model::{Risk, Stake};
use std::collections::BTreeSet;

declare_rule! {
    /// A key is made unique whose values repeat by themselves: a constant that rows get who say nothing, a state that a row shares with older ones, a reference that several rows have, part of the key that they had, what the comment of the column says that rows share, or what a trigger writes down each time.
    ///
    /// The index cannot be built where two such rows are, and where it can, the second one fails from then on. Make it unique where it says something (`where name <> ''`, `where state = 'open'`), or take the default away first.
    ///
    /// ```sql,bad
    /// create table shops (id bigint primary key, title text not null default '');
    /// -- migration
    /// set lock_timeout = '2s';
    /// create unique index concurrently if not exists shops_title on shops (title);
    /// ```
    /// ```sql,bad
    /// create table users (tenant_id bigint not null, id bigint not null, email text not null, primary key (tenant_id, id), unique (tenant_id, email));
    /// -- migration
    /// set lock_timeout = '2s';
    /// create unique index concurrently if not exists users_email on users (lower(email));
    /// ```
    /// ```sqlite,bad
    /// create table shops (id integer primary key, owner_id integer not null, is_main integer not null default 0 check (is_main in (0, 1)));
    /// -- migration
    /// create unique index if not exists shops_main on shops (owner_id, is_main);
    /// ```
    /// ```sqlite,bad
    /// create table tickets (id integer primary key, show_id integer not null, seat text not null, refunded_at integer);
    /// create unique index tickets_seat on tickets (show_id, seat) where refunded_at is null;
    /// -- migration
    /// drop index tickets_seat;
    /// create unique index tickets_seat on tickets (show_id, seat);
    /// ```
    /// ```sql,good
    /// create table shops (id bigint primary key, title text not null default '');
    /// -- migration
    /// set lock_timeout = '2s';
    /// create unique index concurrently if not exists shops_title on shops (title) where title <> '';
    /// ```
    pub(super) static RULE = {
        name: "repeating-unique",
        group: NetChange,
        class: Availability,
        since: "0.1.0",
        check: repeating_unique,
    }
}

fn repeating_unique(cx: &Cx, sink: &mut Sink<'_>) {
    for old in cx.change.before.tables.iter().filter(|it| !it.assumed) {
        let Some(new) = successor(cx, old) else { continue };
        let had: BTreeSet<_> = old.unique_keys().iter().map(|it| columns_of(it)).collect();
        for keys in new.unique_keys().iter().map(|it| columns_of(it)).collect::<BTreeSet<_>>() {
            let is_held = had.iter().any(|it| it.iter().all(|it| keys.contains(it)));
            let is_plain = keys.iter().all(|it| old.column(it).is_some());
            if is_held || !is_plain {
                continue;
            }
            let Some(why) = repeats(cx, old, new, &keys, &had) else { continue };
            let named = keys.join(", ");
            let claim = format!("`{named}` of `{}` becomes unique, and {why}", new.name);
            sink.whole(&format!("{}.{named}", new.name), Risk::Medium, claim)
                .stake(Stake::Service)
                .fix("Make it unique for some rows only: `where …`", "");
        }
    }
}

/// The columns of a key; what is made of a text in small or capital letters is the text.
fn columns_of(keys: &[String]) -> Vec<String> {
    let inner = |it: &str| {
        let inner = ["lower(", "upper("].iter().find_map(|word| it.strip_prefix(word));
        inner.and_then(|it| it.strip_suffix(')')).unwrap_or(it).to_owned()
    };
    keys.iter().map(|it| inner(it)).collect()
}

/// Why rows come to have the same.
fn repeats(
    cx: &Cx,
    old: &Table,
    table: &Table,
    keys: &[String],
    had: &BTreeSet<Vec<String>>,
) -> Option<String> {
    let columns: Vec<_> = keys.iter().filter_map(|it| table.column(it)).collect();
    let some = |it: &&Index| it.is_unique && it.keys == keys && it.filter.is_some();
    let partial = old.indexes.iter().find(some).and_then(|it| it.filter.as_deref());
    if let Some(filter) = partial.filter(|it| !is_own_presence(it, keys)) {
        return Some(format!("rows that `where {filter}` left out collide"));
    }
    if columns.iter().all(|it| it.default.as_deref().and_then(literal).is_some()) {
        let column = columns.first()?;
        let value = column.default.as_deref().unwrap_or_default();
        return Some(format!("rows that say nothing have {value} in `{}`", column.name));
    }
    let mut was = keys.iter().filter_map(|it| old.column(it));
    if let Some(shared) = was.find(|it| says_shared(cx, it.id)) {
        return Some(format!("rows share `{}`, as its comment says", shared.name));
    }
    if table
        .unique_keys()
        .iter()
        .chain(had)
        .any(|it| it.len() > keys.len() && keys.iter().all(|key| it.contains(key)))
    {
        return Some("rows that a wider key kept apart collide".to_owned());
    }
    if let [column] = &columns[..]
        && is_foreign(table, &column.name)
    {
        return Some(format!("a second row for the same `{}` is refused", column.name));
    }
    if let Some(state) = columns.iter().find(|it| is_state(table, &it.name))
        && columns.iter().all(|it| it.name == state.name || is_reference(table, &it.name))
    {
        return Some(format!("a second row with the same `{}` is refused", state.name));
    }
    let own: Vec<_> = writers(cx, &table.name);
    let is_log = is_record(&table.name) && !own.is_empty();
    let comes_new = |it: &&&crate::schema::Column| {
        it.default.as_deref().is_some_and(|it| literal(it).is_none())
    };
    match is_log && !columns.iter().any(|it| comes_new(&it) || it.is_identity) {
        true => Some(format!("`{}` writes such a row each time", own[0])),
        false => None,
    }
}

/// Whether a condition asks no more than that a key is there, which one of all rows asks too: two
/// nulls are not the same.
fn is_own_presence(filter: &str, keys: &[String]) -> bool {
    keys.iter().any(|it| filter == format!("{it} is not null"))
}

/// Triggers that write rows to a table without looking whether there is one.
fn writers(cx: &Cx, table: &str) -> Vec<String> {
    let after = &cx.change.after;
    let triggers = after.tables.iter().flat_map(|it| &it.triggers);
    let writes = |it: &&crate::schema::Trigger| match &it.function {
        Some(name) => after.functions.iter().any(|of| {
            of.name == *name
                && written_by(&of.body).iter().any(|it| it == table)
                && !says_conflict(&of.body)
        }),
        None => it.writes.iter().any(|it| it == table),
    };
    triggers.filter(writes).map(|it| it.name.clone()).collect()
}

/// Whether a column says in which of a few states a row is, which it shares with older rows.
fn is_state(table: &Table, name: &str) -> bool {
    const WORDS: [&str; 6] = ["state", "status", "stage", "phase", "active", "current"];
    let Some(column) = table.column(name) else { return false };
    let is_flag = column.kind.base == "boolean"
        || table.constraints.iter().any(|it| {
            it.kind == ConstraintKind::Check
                && mentions(&it.expr, name)
                && it.expr.replace(' ', "").contains("in(0,1)")
        });
    is_flag || name.split('_').any(|it| WORDS.contains(&it))
}

/// Whether many rows have the same there: a reference to another row.
fn is_reference(table: &Table, name: &str) -> bool {
    is_foreign(table, name) || name.ends_with("_id")
}

fn is_foreign(table: &Table, name: &str) -> bool {
    let is_key = |it: &crate::schema::Constraint| {
        it.kind == ConstraintKind::Foreign && it.columns.iter().any(|it| it == name)
    };
    table.constraints.iter().any(is_key)
}
