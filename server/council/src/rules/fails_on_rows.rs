use super::cx::{Cx, Sink};
use crate::ddl::{Action, AlterPart};
use model::{Risk, Stake};

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
    // Where the engine is there to try it, it tells more.
    if cx.is_postgres() || cx.trial().is_ok() {
        return;
    }
    for step in &cx.change.steps {
        let Action::CreateIndex(it) = &step.action else { continue };
        let Some(table) = cx.change.old_table(step, &it.table) else { continue };
        let is_new = |key: &String| {
            table.column(key).is_some_and(|it| !cx.change.is_old_column(table.id, it.id))
        };
        if it.index.is_unique && it.index.filter.is_none() && !it.index.keys.iter().any(is_new) {
            let keys = it.index.keys.join(", ");
            let claim = format!("fails where two rows of `{}` have the same `{keys}`", table.name);
            sink.report(step, &table.name, Risk::Medium, claim)
                .stake(Stake::Service)
                .fix("Join or delete the twins first", "");
        }
    }
}
