use super::cx::{Cx, Sink};
use super::support::{kept_columns, successor};
use crate::schema::{Column, Table};
use model::{Risk, Stake};

declare_rule! {
    /// A key loses `autoincrement`, so that the number of a deleted row is given to a new one; or it is no longer SQLite's own, so that new rows get none.
    ///
    /// Whatever still holds the old number, such as a log, a link or another database, then means another row.
    ///
    /// ```sqlite,bad
    /// create table users (id integer primary key autoincrement, email text);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table users_new (id integer primary key, email text);
    /// insert into users_new select id, email from users;
    /// drop table users;
    /// alter table users_new rename to users;
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    /// ```sqlite,good
    /// create table users (id integer primary key autoincrement, email text);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table users_new (id integer primary key autoincrement, email text, name text);
    /// insert into users_new (id, email) select id, email from users;
    /// drop table users;
    /// alter table users_new rename to users;
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    pub(super) static RULE = {
        name: "reused-numbers",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: reused_numbers,
    }
}

fn reused_numbers(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, was, now) in
        kept_columns(cx).filter(|it| it.1.is_autoincrement && !it.2.is_autoincrement)
    {
        let object = format!("{}.{}", table.name, was.name);
        let claim = format!("`{}` may have the number of a row that was deleted", now.name);
        sink.whole(&object, Risk::Medium, claim).stake(Stake::Data);
    }
    for (table, was, now) in kept_columns(cx).filter(|_| !cx.is_postgres()) {
        let is_numbered = successor(cx, table).is_some_and(|new| is_own_number(new, now));
        if is_own_number(table, was) && !is_numbered {
            let object = format!("{}.{}", table.name, was.name);
            let claim = format!(
                "rows that leave out `{object}` get no number: only `integer primary key` gives one"
            );
            sink.whole(&object, Risk::Medium, claim).stake(Stake::Data);
        }
    }
}

/// Whether SQLite gives the column its number.
fn is_own_number(table: &Table, column: &Column) -> bool {
    column.is_integer && table.primary_key().is_some_and(|it| it.columns == [column.name.as_str()])
}
