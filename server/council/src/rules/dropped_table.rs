use super::cx::{Cx, Sink};
use super::support::{dropped_tables, is_in_dropped_schema, replacements};
use super::told::risk_of_disused;
use model::{Risk, Stake};

declare_rule! {
    /// A table is gone with all its rows.
    ///
    /// Stop using it, keep a copy, and drop it later. A way back that makes the table again makes it empty.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// drop table accounts;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create table scratch (id bigint primary key);
    /// drop table scratch;
    /// ```
    pub(super) static RULE = {
        name: "dropped-table",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: dropped_table,
    }
}

fn dropped_table(cx: &Cx, sink: &mut Sink<'_>) {
    for table in dropped_tables(cx) {
        if is_in_dropped_schema(cx, &table.name) || !replacements(cx, table).is_empty() {
            continue;
        }
        let claim = format!("drops `{}` with all its rows", table.name);
        let risk = risk_of_disused(cx, table.id).unwrap_or(Risk::Critical);
        sink.whole(&table.name, risk, claim).stake(Stake::Data).fix(
            "Rename it, and drop it when nothing has missed it",
            format!("alter table {0} rename to {0}_unused;", table.name),
        );
    }
}
