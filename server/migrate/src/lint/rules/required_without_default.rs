use crate::lint::cx::{LintCx, Sink};

declare_lint! {
    /// A new column must have a value, and existing rows have none.
    ///
    /// The migration fails on a table with rows. Give it a default, or add it nullable, fill it, and make it `not null` later.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, code bigint, kind text]
    ///   rls: deny
    /// # next
    /// add_column: {table: items, column: title text not null}
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, code bigint, kind text]
    ///   rls: deny
    /// # next
    /// add_column: {table: items, column: title text not null default ''}
    /// ```
    pub(super) static RULE = {
        name: "required-without-default",
        group: Data,
        severity: Warning,
        since: "0.1.0",
        check: required_without_default,
    }
}

fn required_without_default(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        let Some(before) = cx.before.table(&table.name) else { continue };
        for column in &table.columns {
            let is_new = before.column(&column.name).is_none();
            if is_new && !column.nullable && column.default.is_none() {
                let message = format!(
                    "existing rows of `{}` have no value for `{}`",
                    table.name, column.name
                );
                sink.report(column.origin, message);
            }
        }
    }
}
