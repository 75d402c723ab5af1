use crate::lint::ledger::{LedgerCx, LedgerSink};
use crate::run::Problem;

declare_lint! {
    /// Two migrations have the same number: two people have each added the next one.
    ///
    /// Their order would be that of their names, on this machine and after the merge another. Give one of
    /// them the next free number.
    ///
    /// ```yaml,bad
    /// # 0001_items.yaml, now
    /// add_table: {name: items, columns: [id bigint pk], rls: deny}
    /// # 0001_shops.yaml, now
    /// add_table: {name: shops, columns: [id bigint pk], rls: deny}
    /// ```
    /// ```yaml,good
    /// # 0001_items.yaml, now
    /// add_table: {name: items, columns: [id bigint pk], rls: deny}
    /// # 0002_shops.yaml, now
    /// add_table: {name: shops, columns: [id bigint pk], rls: deny}
    /// ```
    pub(super) static RULE = {
        name: "repeated-number",
        group: Flow,
        severity: Error,
        since: "0.1.0",
        ledger: repeated_number,
    }
}

fn repeated_number(cx: &LedgerCx<'_>, sink: &mut LedgerSink<'_>) {
    let own = cx.problems.iter().filter(|it| matches!(it, Problem::TwoHeads { .. }));
    own.for_each(|it| sink.problem(it));
}
