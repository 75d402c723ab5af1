use crate::language::OperationKind;
use crate::lint::cx::{LintCx, Sink};

declare_lint! {
    /// A column is dropped and one of the same type is added: it may have been meant as a rename.
    ///
    /// A rename keeps the values: `rename_column`, or `was:` at the new column.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, code bigint, kind text]
    ///   rls: deny
    /// # next
    /// operations:
    ///   - drop_column: {table: items, column: kind}
    ///   - add_column: {table: items, column: sort text}
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, code bigint, kind text]
    ///   rls: deny
    /// # next
    /// rename_column: {table: items, was: kind, name: sort}
    /// ```
    pub(super) static RULE = {
        name: "drop-and-add",
        group: Data,
        severity: Warning,
        since: "0.1.0",
        check: drop_and_add,
    }
}

fn drop_and_add(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for operation in cx.operations {
        let OperationKind::DropColumn { table, column, .. } = &operation.kind else { continue };
        let was = cx.before.table(&table.value).and_then(|it| it.column(&column.value));
        let (Some(was), Some(now)) = (was, cx.after.table(&table.value)) else { continue };
        let before = cx.before.table(&table.value);
        let is_new = |name: &str| before.is_none_or(|it| it.column(name).is_none());
        let added = now.columns.iter().find(|it| {
            let is_dropped = it.name.starts_with(crate::language::names::DROPPED);
            it.kind == was.kind && is_new(&it.name) && !is_dropped
        });
        if let Some(added) = added {
            let message = format!(
                "`{}` is dropped and `{}` added: a rename would keep its values",
                column.value, added.name
            );
            sink.report(operation.keyword, message).related(added.origin, "of the same type");
        }
    }
}
