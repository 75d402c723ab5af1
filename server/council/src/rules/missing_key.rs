use super::cx::{Cx, Sink};
use super::support::new_tables;
use crate::schema::TableKind;
use model::Risk;

declare_rule! {
    /// A new table has no primary key: its rows cannot be told apart, and are not replicated one by one.
    ///
    /// ```sql,bad
    /// -- migration
    /// create table logs (at timestamptz, line text);
    /// ```
    /// ```sql,good
    /// -- migration
    /// create table logs (id bigint generated always as identity primary key, at timestamptz, line text);
    /// alter table logs enable row level security;
    /// create policy own on logs for select using (line = current_setting('app.line'));
    /// ```
    pub(super) static RULE = {
        name: "missing-key",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: missing_key,
    }
}

fn missing_key(cx: &Cx, sink: &mut Sink<'_>) {
    for table in
        new_tables(cx).filter(|it| it.partition_of.is_none() && it.kind != TableKind::Foreign)
    {
        if cx.is_postgres() && table.primary_key().is_none() && !table.columns.is_empty() {
            let claim = format!("`{}` has no primary key", table.name);
            sink.whole(&table.name, Risk::Low, claim);
        }
    }
}
