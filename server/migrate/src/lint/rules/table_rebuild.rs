use crate::lint::planned::{PlanCx, PlanSink};
use crate::plan::Dialect;
use crate::run::grouped;
use model::Severity;

declare_lint! {
    /// SQLite makes the table anew and copies every row, while nobody else can write.
    ///
    /// The engine has no statement for the change. A table of some thousand rows takes a moment; one of
    /// more than 100,000 is worth a quiet hour, and is told louder.
    ///
    /// ```yaml,bad
    /// operations:
    /// - add_table: {name: items, columns: [id bigint pk, title text, code text], rls: deny}
    /// - seed: {table: items, rows: [{id: 7}]}
    /// # next
    /// alter_column: {table: items, column: code, type: bigint}
    /// ```
    /// ```yaml,good
    /// add_table: {name: items, columns: [id bigint pk, title text, code text], rls: deny}
    /// # next
    /// add_column: {table: items, column: note text}
    /// ```
    pub(super) static RULE = {
        name: "table-rebuild",
        group: Lock,
        severity: Hint,
        since: "0.1.0",
        plan: table_rebuild,
    }
}

/// From so many rows on it is felt.
const ROWS_FELT: i64 = 100_000;
/// From so many on writers wait for minutes.
const ROWS_MANY: i64 = 10_000_000;

fn table_rebuild(cx: &PlanCx<'_>, sink: &mut PlanSink<'_>) {
    if cx.plan.dialect != Dialect::Sqlite {
        return;
    }
    for (index, step) in cx.steps() {
        for table in cx.rewritten_by(step).into_iter().filter(|it| cx.rows(it) != Some(0)) {
            let rows = cx.rows(table);
            let severity = match rows {
                Some(ROWS_MANY..) => Severity::Warning,
                Some(ROWS_FELT..) => Severity::Info,
                _ => Severity::Hint,
            };
            let counted = rows.map(|it| format!(", {} rows", grouped(it))).unwrap_or_default();
            let message = format!("SQLite makes `{table}` anew and copies it{counted}");
            sink.report(index, message).at(severity);
        }
    }
}
