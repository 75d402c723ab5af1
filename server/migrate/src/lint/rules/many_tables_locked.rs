use crate::lint::planned::{PlanCx, PlanSink};
use crate::plan::{Dialect, Transaction};
use std::collections::BTreeMap;

declare_lint! {
    /// One transaction closes several tables to readers and writers.
    ///
    /// It waits for all of them, and while it does, everybody waits for it; two such transactions can wait
    /// for each other. A migration for each table closes one at a time.
    ///
    /// ```yaml,bad
    /// operations:
    /// - add_table: {name: items, columns: [id bigint pk, title text], rls: deny}
    /// - add_table: {name: shops, columns: [id bigint pk, size bigint], rls: deny}
    /// # next
    /// operations:
    /// - rename_table: {was: items, name: things}
    /// - rename_table: {was: shops, name: stores}
    /// ```
    /// ```yaml,good
    /// add_table: {name: items, columns: [id bigint pk, title text, code text], rls: deny}
    /// # next
    /// rename_table: {was: items, name: things}
    /// ```
    pub(super) static RULE = {
        name: "many-tables-locked",
        group: Lock,
        severity: Info,
        since: "0.1.0",
        plan: many_tables_locked,
    }
}

fn many_tables_locked(cx: &PlanCx<'_>, sink: &mut PlanSink<'_>) {
    if cx.plan.dialect != Dialect::Postgres {
        return;
    }
    let mut closed: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for (index, step) in cx.steps() {
        let Transaction::Segment(number) = step.transaction else { continue };
        let tables = closed.entry(number).or_default();
        let was_one = tables.len() == 1;
        for it in cx.closed_by(step) {
            if !tables.contains(&it) {
                tables.push(it);
            }
        }
        if was_one && tables.len() > 1 {
            let message = format!("`{}` are locked for everyone at once", tables.join("`, `"));
            sink.report(index, message);
        }
    }
}
