use crate::lint::planned::{PlanCx, PlanSink};
use crate::plan::Back;

declare_lint! {
    /// Rolling the migration back does not give back everything by itself.
    ///
    /// The ledger keeps the backup that was made right before, and a rollback takes from it what it needs,
    /// where it is still there.
    ///
    /// ```yaml,bad
    /// add_table: {name: items, columns: [id bigint pk, title text, code text], rls: deny}
    /// # next
    /// sql: {postgres: null, sqlite: "update items set title = ''"}
    /// ```
    /// ```yaml,good
    /// add_table: {name: items, columns: [id bigint pk, title text, code text], rls: deny}
    /// # next
    /// add_column: {table: items, column: note text}
    /// ```
    pub(super) static RULE = {
        name: "lossy-way-back",
        group: Data,
        severity: Info,
        since: "0.1.0",
        plan: lossy_way_back,
    }
}

fn lossy_way_back(cx: &PlanCx<'_>, sink: &mut PlanSink<'_>) {
    for (index, step) in cx.steps() {
        match &step.back {
            // What is lost on the way there is told by `loses-data`.
            Back::Lossy { why, .. } if step.loses.is_empty() => {
                sink.report(index, format!("rolling back takes the backup: {why}"));
            }
            Back::None { why } => {
                sink.report(index, format!("cannot be rolled back by itself: {why}"));
            }
            _ => {}
        }
    }
}
