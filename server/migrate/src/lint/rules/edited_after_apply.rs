use crate::lint::ledger::{LedgerCx, LedgerSink};
use crate::run::Problem;

declare_lint! {
    /// A migration was changed after it was applied.
    ///
    /// The database holds what it said before, and nothing runs it again. Undo the edit, or roll the
    /// migration back, and say the change in a new one. Blanks at the end of lines make no difference.
    ///
    /// ```yaml,bad
    /// # 0001_items.yaml, applied as
    /// add_table: {name: items, columns: [id bigint pk], rls: deny}
    /// # 0001_items.yaml, now
    /// add_table: {name: items, columns: [id bigint pk, title text], rls: deny}
    /// ```
    /// ```yaml,good
    /// # 0001_items.yaml, applied
    /// add_table: {name: items, columns: [id bigint pk], rls: deny}
    /// ```
    pub(super) static RULE = {
        name: "edited-after-apply",
        group: Flow,
        severity: Error,
        since: "0.1.0",
        ledger: edited_after_apply,
    }
}

fn edited_after_apply(cx: &LedgerCx<'_>, sink: &mut LedgerSink<'_>) {
    let own = cx.problems.iter().filter(|it| matches!(it, Problem::Edited { .. }));
    own.for_each(|it| sink.problem(it));
}
