use crate::lint::planned::{PlanCx, PlanSink};

declare_lint! {
    /// The change cannot be planned as it is said; the message is the planner's reason.
    ///
    /// Nothing is applied. Say the change in two migrations, each of which can be planned by itself.
    ///
    /// ```yaml,bad
    /// add_table: {name: items, columns: [id bigint pk, title text], rls: deny}
    /// # next
    /// operations:
    /// - rename_column: {table: items, was: title, name: label}
    /// - add_column: {table: items, column: title text}
    /// ```
    /// ```yaml,good
    /// add_table: {name: items, columns: [id bigint pk, title text], rls: deny}
    /// # next
    /// rename_column: {table: items, was: title, name: label}
    /// ```
    pub(super) static RULE = {
        name: "unplannable",
        group: Flow,
        severity: Error,
        since: "0.1.0",
        plan: unplannable,
    }
}

fn unplannable(cx: &PlanCx<'_>, sink: &mut PlanSink<'_>) {
    if let Some(why) = cx.refusal {
        sink.report(None, format!("cannot be planned for {}: {why}", cx.engine()));
    }
}
