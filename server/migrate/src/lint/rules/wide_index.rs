use crate::lint::cx::{LintCx, Sink};

declare_lint! {
    /// An index over many columns is rarely used for all of them.
    ///
    /// More than three columns make an index large and slow to write; start with those that select most.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, a text, b text, c text, d text]
    ///   rls: role(admin)
    ///   indices: ["a, b, c, d"]
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, a text, b text, c text, d text]
    ///   rls: role(admin)
    ///   indices: ["a, b"]
    /// ```
    pub(super) static RULE = {
        name: "wide-index",
        group: Shape,
        severity: Info,
        since: "0.1.0",
        check: wide_index,
    }
}

/// Source: strong_migrations, "non-unique index with more than three columns".
const MAX_KEYS: usize = 3;

fn wide_index(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        for index in table.indexes.iter().filter(|it| !it.unique && it.keys.len() > MAX_KEYS) {
            let message = format!("`{}` is over {} columns", index.name, index.keys.len());
            sink.report(index.origin, message);
        }
    }
}
