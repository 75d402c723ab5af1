use super::cx::{Cx, Sink};
use super::support::{dropped_columns, dropped_tables, likely_rename, replacements};
use model::{Risk, Stake};

declare_rule! {
    /// A column or table is dropped, and another of its like is added: a rename that loses the data.
    ///
    /// Generators of migrations write a rename so when nobody tells them. Use `rename`, or copy the values over first.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts drop column email;
    /// alter table accounts add column email_address text not null default '';
    /// ```
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// drop table orders;
    /// create table purchases (id bigint primary key, account_id bigint, total integer not null, state text);
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column tier text;
    /// ```
    pub(super) static RULE = {
        name: "drop-and-add",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: drop_and_add,
    }
}

fn drop_and_add(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, column) in dropped_columns(cx) {
        let Some(added) = likely_rename(cx, table, column) else { continue };
        let object = format!("{}.{}", table.name, column.name);
        let claim =
            format!("drops `{object}` and adds `{added}`: if it is a rename, its values are lost");
        sink.whole(&object, Risk::Critical, claim).stake(Stake::Data).fix(
            "Rename it",
            format!("alter table {} rename column {} to {added};", table.name, column.name),
        );
    }
    for table in dropped_tables(cx) {
        for added in replacements(cx, table) {
            let claim = format!(
                "drops `{}` and adds `{added}`: if it is a rename, its rows are lost",
                table.name
            );
            sink.whole(&table.name, Risk::Critical, claim)
                .stake(Stake::Data)
                .fix("Rename it", format!("alter table {} rename to {added};", table.name));
        }
    }
}
