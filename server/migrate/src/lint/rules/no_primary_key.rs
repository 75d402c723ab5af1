use crate::lint::cx::{LintCx, Sink};

declare_lint! {
    /// A table has no primary key.
    ///
    /// Rows cannot be named, so that they can be neither changed one by one, nor replicated, nor edited through a guarded view.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: events
    ///   columns: [kind text, made_at default now()]
    ///   rls: role(admin)
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: events
    ///   columns: [id pk, kind text, made_at default now()]
    ///   rls: role(admin)
    /// ```
    pub(super) static RULE = {
        name: "no-primary-key",
        group: Shape,
        severity: Warning,
        since: "0.1.0",
        check: no_primary_key,
    }
}

fn no_primary_key(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed().filter(|it| it.primary_key.is_empty()) {
        sink.report(table.origin, format!("`{}` has no primary key", table.name));
    }
}
