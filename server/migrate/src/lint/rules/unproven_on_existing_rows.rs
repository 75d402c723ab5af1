use crate::lint::cx::{LintCx, Sink};
use crate::schema::{ConstraintKind, Table};

declare_lint! {
    /// A rule is put on rows that are there already, and they may break it.
    ///
    /// The dry run counts them in your own database; other databases may have other rows.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, code bigint, kind text]
    ///   rls: deny
    /// # next
    /// add_constraint: {table: items, constraint: unique (code)}
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, code bigint unique]
    ///   rls: deny
    /// ```
    pub(super) static RULE = {
        name: "unproven-on-existing-rows",
        group: Data,
        severity: Info,
        since: "0.1.0",
        check: unproven_on_existing_rows,
    }
}

fn unproven_on_existing_rows(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        let Some(before) = cx.before.table(&table.name) else { continue };
        columns(table, before, sink);
        for constraint in table.constraints.iter().filter(|it| !before.constraints.contains(it)) {
            let what = match constraint.kind {
                ConstraintKind::Unique(_) => "be equal",
                ConstraintKind::Check(_) => "fail the check",
                ConstraintKind::ForeignKey { .. } => "refer to nothing",
            };
            let message = format!("existing rows of `{}` may {what}", table.name);
            sink.report(constraint.origin, message);
        }
        for index in table.indexes.iter().filter(|it| it.unique && !before.indexes.contains(it)) {
            let message = format!("existing rows of `{}` may be equal", table.name);
            sink.report(index.origin, message);
        }
    }
}

fn columns(table: &Table, before: &Table, sink: &mut Sink<'_>) {
    for column in &table.columns {
        let Some(was) = before.column(&column.name) else { continue };
        let found = [
            (was.nullable && !column.nullable, "have no"),
            (!was.unique && column.unique, "share a"),
            (was.references.is_none() && column.references.is_some(), "refer to nothing by"),
            (was.check.is_none() && column.check.is_some(), "fail the check of"),
        ];
        for (_, what) in found.iter().filter(|it| it.0) {
            let message = format!("existing rows of `{}` may {what} `{}`", table.name, column.name);
            sink.report(column.origin, message);
        }
    }
}
