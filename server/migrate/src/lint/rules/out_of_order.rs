use crate::lint::ledger::{LedgerCx, LedgerSink};
use crate::run::Problem;

declare_lint! {
    /// A migration that waits comes before one that is applied.
    ///
    /// It was planned for a schema that is no longer there. Give it the next number, or roll back to before
    /// it.
    ///
    /// ```yaml,bad
    /// # 0001_items.yaml, now
    /// add_table: {name: items, columns: [id bigint pk], rls: deny}
    /// # 0002_shops.yaml, applied
    /// add_table: {name: shops, columns: [id bigint pk], rls: deny}
    /// ```
    /// ```yaml,good
    /// # 0001_items.yaml, applied
    /// add_table: {name: items, columns: [id bigint pk], rls: deny}
    /// # 0002_shops.yaml, now
    /// add_table: {name: shops, columns: [id bigint pk], rls: deny}
    /// ```
    pub(super) static RULE = {
        name: "out-of-order",
        group: Flow,
        severity: Error,
        since: "0.1.0",
        ledger: out_of_order,
    }
}

fn out_of_order(cx: &LedgerCx<'_>, sink: &mut LedgerSink<'_>) {
    let own = cx.problems.iter().filter(|it| matches!(it, Problem::OutOfOrder { .. }));
    own.for_each(|it| sink.problem(it));
}
