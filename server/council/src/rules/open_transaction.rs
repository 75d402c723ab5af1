use super::cx::{Cx, Sink};
use crate::change::Step;
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// A transaction is begun and not ended, or undone at its end.
    ///
    /// The locks of the one are held until the connection ends, and then all of it is undone. The other leaves nothing, and the program that runs migrations notes it as done.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// begin;
    /// alter table accounts add column note text;
    /// ```
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text);
    /// -- migration
    /// begin;
    /// set local lock_timeout = '2s';
    /// alter table accounts add column note text;
    /// rollback;
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
    let mut n_changes = 0;
    for step in cx.change.steps.iter().filter(|it| it.code.is_none()) {
        match step.action {
            Action::Begin => (open, n_changes) = (open.or(Some(step)), 0),
            Action::Rollback => {
                if open.take().is_some() && n_changes > 0 {
                    let claim = "undoes what the transaction did: the migration counts as applied, and is not";
                    sink.report(step, "transaction", Risk::Medium, claim)
                        .stake(Stake::Service)
                        .fix("End it", "commit;");
                }
            }
            Action::Commit => open = None,
            Action::Set { .. } => {}
            _ => n_changes += 1,
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
