use super::cx::{Cx, Sink};
use super::support::is_bounded;
use crate::ddl::{Action, Delete, Update};
use crate::schema::Id;
use model::Risk;

declare_rule! {
    /// Rows are written in the transaction that has locked their table for a change.
    ///
    /// The lock of the change is held until the last row is written. Commit the change first, then write rows in batches.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// begin;
    /// alter table accounts add column level integer;
    /// update accounts set level = 0;
    /// commit;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// begin;
    /// alter table accounts add column level integer default 0;
    /// commit;
    /// update accounts set level = 1 where level is null and id between 1 and 1000;
    /// ```
    pub(super) static RULE = {
        name: "backfill-with-ddl",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: backfill_with_ddl,
    }
}

fn backfill_with_ddl(cx: &Cx, sink: &mut Sink<'_>) {
    let mut changed: Vec<(Option<u32>, Id)> = Vec::new();
    for step in cx.change.steps.iter().filter(|it| it.transaction.is_some() && cx.is_postgres()) {
        match &step.action {
            Action::AlterTable { table, .. } => {
                changed
                    .extend(cx.change.old_table(step, table).map(|it| (step.transaction, it.id)));
            }
            Action::Update(Update { table, filter, .. })
            | Action::Delete(Delete { table, filter, .. }) => {
                let Some(table) = cx.change.old_table(step, table) else { continue };
                // What is done again and again comes to all rows before the transaction ends.
                let is_all =
                    step.code.is_some_and(|it| it.loops) || !is_bounded(filter.as_deref(), table);
                if is_all && changed.contains(&(step.transaction, table.id)) {
                    let claim = format!(
                        "writes rows of `{}` while the transaction holds it locked",
                        table.name
                    );
                    sink.report(step, &table.name, Risk::High, claim)
                        .trigger(
                            "readers and writers of the table wait until the last row is written",
                        )
                        .fix("Commit first, then write in batches", "commit;");
                }
            }
            _ => {}
        }
    }
}
