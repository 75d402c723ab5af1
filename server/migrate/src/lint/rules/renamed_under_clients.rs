use crate::language::OperationKind;
use crate::lint::cx::{LintCx, Sink};

declare_lint! {
    /// A rename breaks every program that still uses the old name, at once.
    ///
    /// Add the new one beside it, let programs move, and drop the old one later; or stop them all meanwhile.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, code bigint, kind text]
    ///   rls: deny
    /// # next
    /// rename_column: {table: items, was: kind, name: sort}
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, code bigint, kind text]
    ///   rls: deny
    /// # next
    /// add_column: {table: items, column: sort text}
    /// ```
    pub(super) static RULE = {
        name: "renamed-under-clients",
        group: Lock,
        severity: Info,
        since: "0.1.0",
        check: renamed_under_clients,
    }
}

fn renamed_under_clients(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for operation in cx.operations {
        let (table, was) = match &operation.kind {
            OperationKind::RenameTable { was, .. } => (was, format!("`{}`", was.value)),
            OperationKind::RenameColumn { table, was, .. } => {
                (table, format!("`{}.{}`", table.value, was.value))
            }
            _ => continue,
        };
        if cx.existed(&table.value) {
            let message = format!("programs that use {was} fail from this moment on");
            sink.report(operation.keyword, message);
        }
    }
}
