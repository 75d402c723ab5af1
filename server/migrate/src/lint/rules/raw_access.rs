use crate::language::OperationKind;
use crate::lint::cx::{LintCx, Sink};

declare_lint! {
    /// Raw SQL changes who may do what, which nothing here can check.
    ///
    /// Policies, grants, views that run with their owner's rights and functions that do so are what the language's `rls` and `policies` are for. A view needs `with (security_invoker = true)`, or it shows all rows to everyone.
    ///
    /// ```yaml,bad
    /// sql:
    ///   sqlite: null
    ///   postgres: create view open_notes as select 1 as one
    /// ```
    /// ```yaml,good
    /// sql:
    ///   sqlite: null
    ///   postgres: create view open_notes with (security_invoker = true) as select 1 as one
    /// ```
    pub(super) static RULE = {
        name: "raw-access",
        group: Access,
        severity: Warning,
        since: "0.1.0",
        check: raw_access,
    }
}

/// Words that change who may do what, and what they do.
const CHANGES: [(&str, &str); 8] = [
    ("row level security", "switches row-level security"),
    ("create policy", "adds a policy"),
    ("alter policy", "changes a policy"),
    ("drop policy", "drops a policy"),
    ("security definer", "makes a function that runs with its owner's rights"),
    ("bypassrls", "lets a role pass all policies"),
    ("grant ", "grants rights"),
    ("truncate ", "empties a table, which asks no policy"),
];

fn raw_access(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for operation in cx.operations {
        let OperationKind::Sql(raw) = &operation.kind else { continue };
        let Some(text) = &raw.postgres else { continue };
        let lower = text.value.to_lowercase();
        let lower = lower.split_whitespace().collect::<Vec<_>>().join(" ");
        for (word, what) in CHANGES {
            if lower.contains(word) {
                sink.report(text.origin, format!("raw SQL {what}"));
            }
        }
        let is_view = lower.contains("create view") || lower.contains("create or replace view");
        if is_view && !lower.contains("security_invoker") {
            let what = "raw SQL makes a view that shows all rows to everyone who may read it";
            sink.report(text.origin, what);
        }
    }
}
