use crate::lint::cx::{LintCx, Sink};
use crate::schema::Type;

declare_lint! {
    /// A word of an enum goes away while rows may have it.
    ///
    /// Change the rows first, in a migration of its own.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, "kind enum(new, old)"]
    ///   rls: deny
    /// # next
    /// alter_column: {table: items, column: kind, type: enum(new)}
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, "kind enum(new, old)"]
    ///   rls: deny
    /// # next
    /// alter_column: {table: items, column: kind, type: "enum(new, old, lost)"}
    /// ```
    pub(super) static RULE = {
        name: "enum-word-removed",
        group: Data,
        severity: Warning,
        since: "0.1.0",
        check: enum_word_removed,
    }
}

fn enum_word_removed(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        let Some(before) = cx.before.table(&table.name) else { continue };
        for column in &table.columns {
            let was = before.column(&column.name).map(|it| &it.kind);
            let (Some(Type::Enum(old)), Type::Enum(new)) = (was, &column.kind) else { continue };
            for word in old.iter().filter(|it| !new.contains(it)) {
                let message = format!(
                    "rows of `{}` that have `{word}` in `{}` stand in the way",
                    table.name, column.name
                );
                sink.report(column.origin, message);
            }
        }
    }
}
