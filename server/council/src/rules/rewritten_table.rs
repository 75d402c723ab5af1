use super::cx::{Cx, Sink};
use super::support::{locking, rebuilt};
use super::told::{Size, size};
use crate::ddl::AlterPart;
use crate::sql::Cursor;
use model::{Risk, Stake};

declare_rule! {
    /// A table is moved or written anew while nobody can use it.
    ///
    /// `set logged`, `set unlogged`, `set tablespace` and `set access method` do. Copy into a new table in batches where it is large. On SQLite a table that the schema's comments call large should not be rebuilt while programs write: a new column with a default needs no copy.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts set tablespace fast;
    /// ```
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts set unlogged;
    /// ```
    /// ```sqlite,bad
    /// create table a (id integer primary key);
    /// -- 250 million rows
    /// create table telemetry (id integer primary key, speed integer);
    /// -- migration
    /// begin;
    /// create table telemetry_new (id integer primary key, speed integer, heading integer not null default 0);
    /// insert into telemetry_new (id, speed) select id, speed from telemetry;
    /// drop table telemetry;
    /// alter table telemetry_new rename to telemetry;
    /// commit;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts set (fillfactor = 80);
    /// ```
    pub(super) static RULE = {
        name: "rewritten-table",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: rewritten_table,
    }
}

fn rewritten_table(cx: &Cx, sink: &mut Sink<'_>) {
    // A table that the schema's comments call large, and that is rebuilt.
    for table in cx.change.before.tables.iter().filter(|_| !cx.is_postgres()) {
        if size(cx, table.id) == Some(Size::Large) && rebuilt(cx, table).is_some() {
            let claim = format!("copies all rows of `{}` while nobody else can write", table.name);
            sink.whole(&table.name, Risk::Medium, claim).stake(Stake::Service);
        }
    }
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        let mut cursor = Cursor::new(&step.raw.tokens);
        let kinds = ["alter index", "alter materialized view", "alter table all in tablespace"];
        let Some(kind) = kinds.into_iter().find(|it| cursor.eat(it)) else { continue };
        cursor.eat("all in tablespace");
        let Some(name) = cursor.name() else { continue };
        if cursor.find("set tablespace") {
            let what = kind.trim_start_matches("alter ");
            let claim = format!("copies the {what} `{name}` while nobody can use it");
            sink.report(step, &name, Risk::High, claim);
        }
    }
    for (step, table, part) in locking(cx) {
        let words = match part {
            AlterPart::Rewrite(words) => words,
            AlterPart::SetUnlogged => "set unlogged",
            _ => continue,
        };
        let claim = format!("`{words}` writes `{}` anew while nobody can use it", table.name);
        sink.report(step, &table.name, Risk::High, claim);
    }
}
