use crate::lint::cx::{LintCx, Sink};
use crate::schema::Type;

declare_lint! {
    /// `varchar(n)` limits a text in a way that is hard to change.
    ///
    /// `text` with a check is as fast, and the check can be changed without rewriting the table.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, "code varchar(20)"]
    ///   rls: role(admin)
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, "code text check (length(code) <= 20)"]
    ///   rls: role(admin)
    /// ```
    pub(super) static RULE = {
        name: "bounded-text",
        group: Shape,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: bounded_text,
    }
}

fn bounded_text(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        for column in cx.changed_columns(table) {
            if let Type::Varchar(_) = column.kind {
                let message = format!("`{}.{}` is `varchar`", table.name, column.name);
                sink.report(column.origin, message);
            }
        }
    }
}
