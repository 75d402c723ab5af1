use crate::lint::planned::{PlanCx, PlanSink};

declare_lint! {
    /// The plan fails on a copy: of the empty schema, or with some rows of the live database.
    ///
    /// Nothing was changed; the copy lives in memory and is thrown away. The message is the engine's own.
    ///
    /// ```yaml,bad
    /// add_table: {name: items, columns: [id bigint pk, title text, code text], rls: deny}
    /// # next
    /// sql: {postgres: null, sqlite: "update item set title = ''", down: {sqlite: "select 1", postgres: null}}
    /// ```
    /// ```yaml,good
    /// add_table: {name: items, columns: [id bigint pk, title text, code text], rls: deny}
    /// # next
    /// sql: {postgres: null, sqlite: "update items set title = ''", down: {sqlite: "select 1", postgres: null}}
    /// ```
    pub(super) static RULE = {
        name: "failed-dry-run",
        group: Data,
        severity: Error,
        since: "0.1.0",
        plan: failed_dry_run,
    }
}

fn failed_dry_run(cx: &PlanCx<'_>, sink: &mut PlanSink<'_>) {
    if let Some(failure) = cx.failure {
        sink.report(failure.step, format!("fails in a dry run: {}", failure.message));
    }
}
