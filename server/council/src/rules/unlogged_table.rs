use super::cx::{Cx, Sink};
use crate::ddl::AlterPart;
use model::{Risk, Stake};

declare_rule! {
    /// A table is no longer logged: a crash of the server empties it.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders set unlogged;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders set (autovacuum_vacuum_scale_factor = 0.05);
    /// ```
    pub(super) static RULE = {
        name: "unlogged-table",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: unlogged_table,
    }
}

fn unlogged_table(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in cx.change.alterations() {
        if *part == AlterPart::SetUnlogged {
            let claim = format!("a crash of the server empties `{}` from now on", table.name);
            sink.report(step, &table.name, Risk::High, claim).stake(Stake::Data);
        }
    }
}
