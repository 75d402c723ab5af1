use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::schema::TableKind;
use model::Risk;

declare_rule! {
    /// An index of a table with partitions is made or dropped `concurrently`, which the server refuses.
    ///
    /// Make the index `on only` the table, make one `concurrently` on each partition, and attach them.
    ///
    /// ```sql,bad
    /// create table events (id bigint, day date) partition by range (day);
    /// -- migration
    /// create index concurrently events_id on events (id);
    /// ```
    /// ```sql,good
    /// create table events (id bigint, day date) partition by range (day);
    /// create table events_may partition of events for values from ('2026-05-01') to ('2026-06-01');
    /// -- migration
    /// create index concurrently events_may_id on events_may (id);
    /// ```
    pub(super) static RULE = {
        name: "concurrent-on-partitions",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: concurrent_on_partitions,
    }
}

fn concurrent_on_partitions(cx: &Cx, sink: &mut Sink<'_>) {
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        let tables = &step.schema.tables;
        let table = match &step.action {
            Action::CreateIndex(it) if it.concurrently => {
                tables.iter().find(|of| of.name == it.table)
            }
            Action::Drop(it) if it.kind == "index" && it.concurrently => tables
                .iter()
                .find(|of| of.indexes.iter().any(|index| it.names.contains(&index.name))),
            _ => continue,
        };
        if let Some(table) = table.filter(|it| it.kind == TableKind::Partitioned) {
            let claim = format!(
                "fails: `{}` has partitions, and its indexes cannot be changed `concurrently`",
                table.name
            );
            sink.report(step, &table.name, Risk::High, claim)
                .fix("Change the index of each partition", "");
        }
    }
}
