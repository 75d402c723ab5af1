use crate::lint::ledger::{LedgerCx, LedgerSink};

declare_lint! {
    /// Somebody changed the schema of the database behind the ledger's back.
    ///
    /// Migrations are not applied until it fits again: undo the change, or say it in a migration spec. See
    /// `specwright migrate drift` for both definitions.
    ///
    /// ```yaml,bad
    /// # 0001_items.yaml, applied
    /// add_table: {name: items, columns: [id bigint pk], rls: deny}
    /// # by hand
    /// # CREATE TABLE extra (id INTEGER)
    /// ```
    /// ```yaml,good
    /// # 0001_items.yaml, applied
    /// add_table: {name: items, columns: [id bigint pk], rls: deny}
    /// ```
    pub(super) static RULE = {
        name: "drift",
        group: Flow,
        severity: Warning,
        since: "0.1.0",
        ledger: drift,
    }
}

fn drift(cx: &LedgerCx<'_>, sink: &mut LedgerSink<'_>) {
    for it in cx.drift {
        let hint = "undo it, or say it in a migration spec";
        sink.report(None, format!("{it} behind the ledger's back: {hint}"));
    }
}
