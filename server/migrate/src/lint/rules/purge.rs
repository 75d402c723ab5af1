use crate::language::OperationKind;
use crate::lint::cx::{LintCx, Sink};

declare_lint! {
    /// Rows are deleted for good.
    ///
    /// A drop keeps the rows under another name until a later `purge`. Purge in a migration of its own, when nobody has missed them.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, memo text]
    ///   rls: deny
    /// # next
    /// drop_column: {table: items, column: memo, purge: true}
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, memo text]
    ///   rls: deny
    /// # next
    /// drop_column: {table: items, column: memo}
    /// ```
    pub(super) static RULE = {
        name: "purge",
        group: Data,
        severity: Warning,
        since: "0.1.0",
        check: purge,
    }
}

fn purge(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for operation in cx.operations {
        let what = match &operation.kind {
            OperationKind::DropTable { table, purge: true } => format!("`{}`", table.value),
            OperationKind::DropColumn { table, column, purge: true } => {
                format!("`{}.{}`", table.value, column.value)
            }
            OperationKind::Purge { table, column } => match column {
                Some(column) => format!("`{}.{}`", table.value, column.value),
                None => format!("`{}`", table.value),
            },
            _ => continue,
        };
        let message = format!("{what} is gone afterwards: only a backup brings its values back");
        sink.report(operation.keyword, message);
    }
}
