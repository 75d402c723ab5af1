use super::cx::{Cx, Sink};
use super::support::kept_columns;
use model::{Risk, Stake};

declare_rule! {
    /// A key loses `autoincrement`, so that the number of a deleted row is given to a new one.
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
    for (table, was, now) in kept_columns(cx).filter(|it| it.1.is_autoincrement && !it.2.is_autoincrement) {
        let object = format!("{}.{}", table.name, was.name);
        let claim = format!("`{}` may have the number of a row that was deleted", now.name);
        sink.whole(&object, Risk::Medium, claim).stake(Stake::Data);
    }
}
