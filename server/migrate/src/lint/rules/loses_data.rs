use crate::lint::planned::{PlanCx, PlanSink};
use crate::run::grouped;

declare_lint! {
    /// A step takes data away for good.
    ///
    /// The plan says which. Where a database is there its rows are counted, and a table without rows loses
    /// nothing. Back up first, or drop softly: what is dropped without `purge` stays until it is purged.
    ///
    /// ```yaml,bad
    /// operations:
    /// - add_table: {name: items, columns: [id bigint pk, title text, code text], rls: deny}
    /// - seed: {table: items, key: [id], rows: [{id: 7, title: a, code: x}, {id: 9, code: x}]}
    /// # next
    /// drop_column: {table: items, column: title, purge: true}
    /// ```
    /// ```yaml,good
    /// add_table: {name: items, columns: [id bigint pk, title text, code text], rls: deny}
    /// # next
    /// drop_column: {table: items, column: title, purge: true}
    /// ```
    pub(super) static RULE = {
        name: "loses-data",
        group: Data,
        severity: Warning,
        since: "0.1.0",
        plan: loses_data,
    }
}

fn loses_data(cx: &PlanCx<'_>, sink: &mut PlanSink<'_>) {
    for (index, step) in cx.steps().filter(|it| !it.1.loses.is_empty()) {
        let counted = |it: &&crate::plan::ObjectId| cx.rows(&it.table) != Some(0);
        let lost: Vec<_> = step.loses.iter().filter(counted).collect();
        let Some(first) = lost.first() else { continue };
        let names: Vec<String> = lost.iter().map(|it| format!("`{it}`")).collect();
        let rows = cx.rows(&first.table);
        let rows = rows.map(|it| format!(", of {} rows", grouped(it))).unwrap_or_default();
        let message = format!("loses the data of {}{rows}; back up first", names.join(", "));
        sink.report(index, message).about(first);
    }
}
