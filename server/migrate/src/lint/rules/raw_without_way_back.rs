use crate::language::OperationKind;
use crate::lint::cx::{LintCx, Sink};

declare_lint! {
    /// Raw SQL cannot be undone, because nobody said how.
    ///
    /// Say it under `down`; a rollback stops at what has no way back.
    ///
    /// ```yaml,bad
    /// sql:
    ///   sqlite: null
    ///   postgres: create sequence numbers
    /// ```
    /// ```yaml,good
    /// sql:
    ///   sqlite: null
    ///   postgres: create sequence numbers
    ///   down: {postgres: drop sequence numbers}
    /// ```
    pub(super) static RULE = {
        name: "raw-without-way-back",
        group: Data,
        severity: Info,
        since: "0.1.0",
        check: raw_without_way_back,
    }
}

fn raw_without_way_back(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for operation in cx.operations {
        let OperationKind::Sql(raw) = &operation.kind else { continue };
        let sides = [
            (&raw.sqlite, &raw.sqlite_down, "SQLite"),
            (&raw.postgres, &raw.postgres_down, "PostgreSQL"),
        ];
        for (up, down, engine) in sides {
            if let (Some(up), None) = (up, down) {
                sink.report(up.origin, format!("there is no way back on {engine}"));
            }
        }
    }
}
