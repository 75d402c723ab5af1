use crate::lint::planned::{PlanCx, PlanSink};
use crate::plan::Dialect;

declare_lint! {
    /// PostgreSQL writes every row of the table again, while nobody else can read or write it.
    ///
    /// Add a column of the new kind beside the old one, fill it in small parts, and drop the old one in a
    /// later migration.
    ///
    /// ```yaml,bad
    /// add_table: {name: items, columns: [id bigint pk, title text, code text], rls: deny}
    /// # next
    /// alter_column: {table: items, column: id, type: numeric}
    /// ```
    /// ```yaml,good
    /// add_table: {name: items, columns: [id bigint pk, title text, code text], rls: deny}
    /// # next
    /// alter_column: {table: items, column: title, default: "''"}
    /// ```
    pub(super) static RULE = {
        name: "table-rewrite",
        group: Lock,
        severity: Info,
        since: "0.1.0",
        plan: table_rewrite,
    }
}

fn table_rewrite(cx: &PlanCx<'_>, sink: &mut PlanSink<'_>) {
    if cx.plan.dialect != Dialect::Postgres {
        return;
    }
    for (index, step) in cx.steps() {
        for table in cx.rewritten_by(step) {
            let message =
                format!("PostgreSQL writes all of `{table}` again while it is locked for everyone");
            sink.report(index, message);
        }
    }
}
