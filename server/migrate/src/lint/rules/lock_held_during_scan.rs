use crate::lint::planned::{PlanCx, PlanSink};
use crate::plan::{Dialect, Transaction};

declare_lint! {
    /// A table is closed to readers and writers while the same transaction reads or writes another one whole.
    ///
    /// The lock is held until the transaction ends. Put the operations into two migrations.
    ///
    /// ```yaml,bad
    /// operations:
    /// - add_table: {name: items, columns: [id bigint pk, title text], rls: deny}
    /// - add_table: {name: shops, columns: [id bigint pk, size bigint], rls: deny}
    /// # next
    /// operations:
    /// - rename_table: {was: items, name: things}
    /// - alter_column: {table: shops, column: size, type: numeric}
    /// ```
    /// ```yaml,good
    /// add_table: {name: items, columns: [id bigint pk, title text, code text], rls: deny}
    /// # next
    /// rename_table: {was: items, name: things}
    /// ```
    pub(super) static RULE = {
        name: "lock-held-during-scan",
        group: Lock,
        severity: Warning,
        since: "0.1.0",
        plan: lock_held_during_scan,
    }
}

fn lock_held_during_scan(cx: &PlanCx<'_>, sink: &mut PlanSink<'_>) {
    if cx.plan.dialect != Dialect::Postgres {
        return;
    }
    let mut closed: Option<(Transaction, &str)> = None;
    for (index, step) in cx.steps() {
        let is_outside = step.transaction == Transaction::Outside;
        closed = closed.filter(|it| it.0 == step.transaction && !is_outside);
        let table = step.changes.iter().find_map(|it| it.table()).filter(|it| cx.existed(it));
        if let (Some((_, held)), Some(table)) = (closed, table)
            && (step.scan || step.rewrite)
            && held != table
        {
            let message = format!(
                "`{held}` stays locked for everyone while all of `{table}` is gone through"
            );
            sink.report(index, message);
        }
        if let Some(table) = cx.closed_by(step).first() {
            closed = closed.or(Some((step.transaction, table)));
        }
    }
}
