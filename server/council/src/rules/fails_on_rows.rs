use super::cx::{Cx, Sink};
use crate::ddl::AlterPart;
use model::Risk;

declare_rule! {
    /// A new column must have a value, and has none for the rows that are there: the statement fails.
    ///
    /// Give it a default, or add it without `not null` and fill it first.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column level integer not null;
    /// ```
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// alter table p add column level integer not null;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column level integer not null default 0;
    /// ```
    pub(super) static RULE = {
        name: "fails-on-rows",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: fails_on_rows,
    }
}

fn fails_on_rows(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in cx.change.alterations() {
        let AlterPart::AddColumn { column, .. } = part else { continue };
        if !column.not_null
            || column.default.is_some()
            || column.is_identity
            || column.generated.is_some()
        {
            continue;
        }
        let object = format!("{}.{}", table.name, column.name);
        let claim = format!(
            "fails where `{}` has a row: `{}` has no value for it",
            table.name, column.name
        );
        sink.report(step, &object, Risk::High, claim)
            .fix("Give it a default, or fill it before it is required", "");
    }
}
