use crate::lint::ledger::{LedgerCx, LedgerSink};
use crate::run::Problem;

declare_lint! {
    /// The database's ledger tells of migrations that have no spec, or was changed by hand.
    ///
    /// Restore the spec from version control, or roll the migration back; compare with a backup what was
    /// written to the ledger.
    ///
    /// ```yaml,bad
    /// # 0001_items.yaml, applied
    /// add_table: {name: items, columns: [id bigint pk], rls: deny}
    /// # 0002_shops.yaml, applied as
    /// add_table: {name: shops, columns: [id bigint pk], rls: deny}
    /// ```
    /// ```yaml,good
    /// # 0001_items.yaml, applied
    /// add_table: {name: items, columns: [id bigint pk], rls: deny}
    /// ```
    pub(super) static RULE = {
        name: "broken-ledger",
        group: Flow,
        severity: Error,
        since: "0.1.0",
        ledger: broken_ledger,
    }
}

fn broken_ledger(cx: &LedgerCx<'_>, sink: &mut LedgerSink<'_>) {
    let own = cx.problems.iter().filter(|it| {
        matches!(
            it,
            Problem::Missing { .. }
                | Problem::Gap { .. }
                | Problem::Fork { .. }
                | Problem::Changed { .. }
                | Problem::ChangedSteps { .. }
                | Problem::SchemaText
        )
    });
    own.for_each(|it| sink.problem(it));
}
