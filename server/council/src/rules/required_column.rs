use super::cx::{Cx, Sink};
use super::support::{client_risk, successor};
use model::{Risk, Stake};

declare_rule! {
    /// A new column must have a value, and deployed writers do not give it one.
    ///
    /// Give it a default until all writers know it.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column level integer not null;
    /// ```
    /// ```sqlite,bad
    /// create table counts (id integer primary key, desk text);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table counts_new (id integer primary key, desk text, shift text not null);
    /// insert into counts_new (id, desk, shift) select id, desk, 'day' from counts;
    /// drop table counts;
    /// alter table counts_new rename to counts;
    /// pragma foreign_key_check;
    /// commit;
    /// pragma foreign_keys = on;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column level integer not null default 0;
    /// ```
    pub(super) static RULE = {
        name: "required-column",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: required_column,
    }
}

fn required_column(cx: &Cx, sink: &mut Sink<'_>) {
    for old in cx.change.before.tables.iter().filter(|it| !it.assumed) {
        let Some(table) = successor(cx, old) else { continue };
        for column in &table.columns {
            let fills_itself =
                column.default.is_some() || column.is_identity || column.generated.is_some();
            let is_old = match old.id == table.id {
                true => old.column_of(column.id).is_some(),
                false => old.column(&column.name).is_some(),
            };
            if is_old || !column.not_null || fills_itself {
                continue;
            }
            let object = format!("{}.{}", table.name, column.name);
            let claim = format!("writers that do not know `{object}` fail");
            sink.whole(&object, client_risk(cx, Risk::High), claim).stake(Stake::Service).fix(
                "Give it a default",
                format!("alter table {} alter column {} set default …;", table.name, column.name),
            );
        }
    }
}
