use super::cx::{Cx, Sink};
use crate::change::Step;
use crate::ddl::Action;
use model::Risk;

declare_rule! {
    /// A transaction is begun and not ended.
    ///
    /// Its locks are held until the connection ends, and then all of it is undone.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// begin;
    /// alter table accounts add column note text;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// begin;
    /// alter table accounts add column note text;
    /// commit;
    /// ```
    pub(super) static RULE = {
        name: "open-transaction",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: open_transaction,
    }
}

fn open_transaction(cx: &Cx, sink: &mut Sink<'_>) {
    let mut open: Option<&Step> = None;
    for step in &cx.change.steps {
        match step.action {
            Action::Begin => open = open.or(Some(step)),
            Action::Commit | Action::Rollback => open = None,
            _ => {}
        }
    }
    if let Some(step) = open {
        sink.report(
            step,
            "transaction",
            Risk::High,
            "begins a transaction that is never committed",
        )
        .fix("End it", "commit;");
    }
}
