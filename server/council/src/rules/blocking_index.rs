use super::cx::{Cx, Sink};
use super::support::concurrently;
use super::told::is_small;
use crate::ddl::Action;
use crate::schema::TableKind;
use model::Risk;

declare_rule! {
    /// An index is built while writers wait.
    ///
    /// `create index` holds back all writes of the table until it is done. Build it with `concurrently`, outside of a transaction.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create index on accounts (email);
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create index concurrently accounts_email on accounts (email);
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create table notes (id bigint primary key, account_id bigint);
    /// alter table notes enable row level security;
    /// create policy own on notes using (account_id = current_setting('app.account')::bigint);
    /// create index on notes (account_id);
    /// ```
    pub(super) static RULE = {
        name: "blocking-index",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: blocking_index,
    }
}

fn blocking_index(cx: &Cx, sink: &mut Sink<'_>) {
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        let Action::CreateIndex(it) = &step.action else { continue };
        let is_view = step
            .schema
            .view(&it.table)
            .is_some_and(|of| cx.change.before.view(&it.table).is_some_and(|old| old.id == of.id));
        // On the parent alone it is empty.
        let is_empty = it.is_only
            && step.schema.table(&it.table).is_some_and(|it| it.kind == TableKind::Partitioned);
        if is_empty
            || it.concurrently
            || !(is_view || cx.change.old_table(step, &it.table).is_some())
        {
            continue;
        }
        let claim = format!("builds an index on `{}` while its writers wait", it.table);
        let object = if it.index.name.is_empty() { &it.table } else { &it.index.name };
        let is_small = step.schema.table(&it.table).is_some_and(|it| is_small(cx, it.id));
        let risk = if is_small { Risk::Low } else { Risk::High };
        sink.report(step, object, risk, claim)
            .trigger("writes of the table wait as long as the index takes")
            .replace("Build it concurrently", concurrently(cx, step));
    }
}
