use crate::language::OperationKind;
use crate::lint::cx::{LintCx, Sink};
use squawk_linter::{Linter, Rule};
use squawk_syntax::SourceFile;

declare_lint! {
    /// Raw SQL for PostgreSQL does what a linter for migrations warns of.
    ///
    /// It is checked with the rules of squawk: indexes without `concurrently`, constraints without `not valid`, types that rewrite a table and the like. What the language plans avoids them by itself.
    ///
    /// ```yaml,bad
    /// sql:
    ///   sqlite: null
    ///   postgres: create index items_code on items (code)
    /// ```
    /// ```yaml,good
    /// sql:
    ///   sqlite: null
    ///   postgres: comment on table items is 'things'
    /// ```
    pub(super) static RULE = {
        name: "unsafe-raw-sql",
        group: Lock,
        severity: Warning,
        since: "0.1.0",
        check: unsafe_raw_sql,
    }
}

/// What the runner does for raw SQL too, or what is said by a rule of ours.
const ELSEWHERE: [Rule; 6] = [
    Rule::RequireTimeoutSettings,
    Rule::RequireLockTimeout,
    Rule::RequireStatementTimeout,
    Rule::PreferRobustStmts,
    Rule::RequireTableSchema,
    Rule::BanUncommittedTransaction,
];

fn unsafe_raw_sql(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for operation in cx.operations {
        let OperationKind::Sql(raw) = &operation.kind else { continue };
        let Some(text) = &raw.postgres else { continue };
        let file = SourceFile::parse(&text.value);
        for found in Linter::with_default_rules().lint(&file, &text.value) {
            if !ELSEWHERE.contains(&found.code) {
                let message = found.message.trim().trim_end_matches('.').to_owned();
                sink.report(text.origin, format!("{}: {message}", found.code));
            }
        }
    }
}
