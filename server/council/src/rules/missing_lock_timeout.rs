use super::cx::{Cx, Sink};
use super::support::locked_table;
use model::{Risk, Stake};

declare_rule! {
    /// A statement waits for a lock, and everybody waits behind it.
    ///
    /// While it waits for a long query, all later queries of the table queue up behind it. With `lock_timeout` it gives up, and the migration can be tried again.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// alter table accounts add column note text;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column note text;
    /// ```
    pub(super) static RULE = {
        name: "missing-lock-timeout",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: missing_lock_timeout,
    }
}

fn missing_lock_timeout(cx: &Cx, sink: &mut Sink<'_>) {
    if !cx.is_postgres() {
        return;
    }
    let waits = |it: &&crate::change::Step| !it.has_lock_timeout && locked_table(cx, it).is_some();
    if let Some(step) = cx.change.steps.iter().find(waits) {
        let table = locked_table(cx, step).unwrap_or_default();
        let claim = format!("waits for a lock on `{table}` without `lock_timeout`");
        sink.report(step, &table, Risk::Medium, claim)
            .stake(Stake::Service)
            .trigger("a long query holds the table; all others queue up behind the migration")
            .fix("Set a limit first", "set lock_timeout = '2s';");
    }
}
