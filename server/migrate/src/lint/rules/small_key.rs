use crate::lint::cx::{LintCx, Sink};
use crate::schema::Type;

declare_lint! {
    /// A numbered key ends at two thousand million rows, or at 32 767.
    ///
    /// Widening it later writes the table again, and all that refer to it. Use `bigint`, or a uuid.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: events
    ///   columns: [id integer pk, kind text]
    ///   rls: role(admin)
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: events
    ///   columns: [id bigint pk, kind text]
    ///   rls: role(admin)
    /// ```
    pub(super) static RULE = {
        name: "small-key",
        group: Shape,
        severity: Info,
        since: "0.1.0",
        check: small_key,
    }
}

fn small_key(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        let [key] = table.primary_key.as_slice() else { continue };
        let Some(column) = table.column(key) else { continue };
        let is_small = matches!(column.kind, Type::SmallInt | Type::Integer);
        if is_small && column.references.is_none() {
            let message = format!("`{}.{key}` runs out of numbers", table.name);
            sink.report(column.origin, message);
        }
    }
}
