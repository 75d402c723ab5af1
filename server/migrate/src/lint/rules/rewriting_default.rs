use crate::lint::cx::{LintCx, Sink};
use crate::schema::DefaultValue;

declare_lint! {
    /// A new column gets a different value in each existing row, so PostgreSQL writes the table again.
    ///
    /// Nobody can read or write it meanwhile. Add the column without default, fill it in batches, then set the default.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, code bigint, kind text]
    ///   rls: deny
    /// # next
    /// add_column: {table: items, column: token uuid default random_uuid()}
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, code bigint, kind text]
    ///   rls: deny
    /// # next
    /// add_column: {table: items, column: made_at default now()}
    /// ```
    pub(super) static RULE = {
        name: "rewriting-default",
        group: Lock,
        severity: Warning,
        since: "0.1.0",
        check: rewriting_default,
    }
}

fn rewriting_default(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        let Some(before) = cx.before.table(&table.name) else { continue };
        for column in table.columns.iter().filter(|it| before.column(&it.name).is_none()) {
            let differs =
                matches!(column.default, Some(DefaultValue::RandomUuid | DefaultValue::Identity));
            if differs {
                let message = format!(
                    "PostgreSQL writes all of `{}` again to fill `{}`",
                    table.name, column.name
                );
                sink.report(column.origin, message);
            }
        }
    }
}
