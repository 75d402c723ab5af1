//! Lint: what a migration does that its author may not have meant; nothing here is refused.
//!
//! One file a rule in `lint/rules`, listed once in `lint/rules.rs`. Most see the schema before and
//! after, and the operations between ([`LintCx`]); some the steps of a plan with what the live data
//! says of them ([`PlanCx`]), some the ledger ([`LedgerCx`]). What cannot be read or replayed is
//! reported by the [`language`](crate::language).

#[macro_use]
mod declare;
mod cx;
#[cfg(test)]
mod examples;
mod ledger;
mod page;
mod planned;
mod rules;

pub use crate::lint::cx::LintCx;
pub use crate::lint::declare::{Group, Rule};
pub use crate::lint::ledger::{LedgerCx, LedgerFinding, lint_ledger};
pub use crate::lint::page::index_page;
pub use crate::lint::planned::{PlanCx, PlanFinding, lint_plan};
pub use crate::lint::rules::RULES;
pub use crate::rules::page;

use crate::language::{Operation, OperationKind};
use crate::lint::cx::Sink;
use crate::lint::declare::Check;
use crate::schema::Origin;
use model::{Diagnostic, DocumentId, Related};

/// The rule of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|it| it.docs.name == name).copied()
}

/// What the rules of schemas that are on by default find, by place.
#[must_use]
pub fn lint(cx: &LintCx<'_>) -> Vec<Diagnostic> {
    lint_with(cx, &|it| it.on_by_default)
}

/// What the rules of schemas for which `is_on` holds find, by place.
#[must_use]
pub fn lint_with(cx: &LintCx<'_>, is_on: &dyn Fn(&Rule) -> bool) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for rule in RULES.iter().filter(|it| is_on(it)) {
        if let Check::Schema(check) = rule.check {
            check(cx, &mut Sink::new(rule, &mut out));
        }
    }
    out.iter_mut().for_each(|it| bring_home(cx, it));
    out.sort_by(|a, b| (a.document, a.span, a.rule).cmp(&(b.document, b.span, b.rule)));
    out.dedup();
    out
}

/// Puts a finding about what an earlier migration made on the operation that changes it now.
fn bring_home(cx: &LintCx<'_>, found: &mut Diagnostic) {
    let place = Origin { file: found.document.0, span: found.span };
    let is_own = |it: &Operation| it.origin.file == place.file;
    if cx.operations.is_empty() || cx.operations.iter().any(is_own) {
        return;
    }
    let tables = cx.after.tables.iter();
    let all = tables.flat_map(|table| {
        let columns =
            table.columns.iter().map(move |it| (table, Some(it.name.as_str()), it.origin));
        std::iter::once((table, None, table.origin)).chain(columns)
    });
    let Some((table, column, _)) = all.into_iter().find(|it| it.2 == place) else { return };
    let score = |it: &&Operation| match subject(&it.kind) {
        Some((of, part)) if of == table.name => 1 + usize::from(column.is_some() && part == column),
        _ => 0,
    };
    let Some(operation) = cx.operations.iter().max_by_key(score) else { return };
    found.related.push(Related {
        document: found.document,
        span: found.span,
        message: "declared here".to_owned(),
    });
    (found.document, found.span) = (DocumentId(operation.keyword.file), operation.keyword.span);
}

/// The table and column that an operation changes.
fn subject(kind: &OperationKind) -> Option<(&str, Option<&str>)> {
    match kind {
        OperationKind::AlterColumn(it) => Some((&it.table.value, Some(&it.column.value))),
        OperationKind::RenameColumn { table, name, .. } => Some((&table.value, Some(&name.value))),
        OperationKind::RenameTable { name, .. } => Some((&name.value, None)),
        OperationKind::DropIndex { table, .. }
        | OperationKind::AddIndex { table, .. }
        | OperationKind::DropConstraint { table, .. }
        | OperationKind::AddConstraint { table, .. }
        | OperationKind::SetRls { table, .. }
        | OperationKind::AddPolicy { table, .. }
        | OperationKind::DropPolicy { table, .. }
        | OperationKind::AddColumn { table, .. }
        | OperationKind::DropColumn { table, .. } => Some((&table.value, None)),
        _ => None,
    }
}
