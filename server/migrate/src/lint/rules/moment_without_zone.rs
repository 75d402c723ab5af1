use crate::lint::cx::{LintCx, Sink};
use crate::schema::Type;

declare_lint! {
    /// A column of type `timestamp` does not say which moment it is.
    ///
    /// What it means depends on who reads it, and in autumn an hour comes twice. Use `timestamptz`.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: events
    ///   columns: [id pk, made_at timestamp]
    ///   rls: role(admin)
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: events
    ///   columns: [id pk, made_at timestamptz]
    ///   rls: role(admin)
    /// ```
    pub(super) static RULE = {
        name: "moment-without-zone",
        group: Shape,
        severity: Info,
        since: "0.1.0",
        check: moment_without_zone,
    }
}

fn moment_without_zone(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        for column in cx.changed_columns(table) {
            if column.kind == Type::Timestamp {
                let message = format!("`{}.{}` has no time zone", table.name, column.name);
                sink.report(column.origin, message);
            }
        }
    }
}
