use super::cx::{Cx, Sink};
use super::support::locked_table;
use super::told::{Size, any_size, is_disused, size};
use crate::change::Step;
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// A statement waits for a lock, and everybody waits behind it.
    ///
    /// While it waits for a long query, all later queries of the table queue up behind it. With `lock_timeout` it gives up, and the migration can be tried again.
    ///
    /// A lock that is held for a moment, of a table that the schema's comments call small, or say nothing of while they tell the size of others, is no more than told; so is that of a policy where they tell no sizes.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// alter table accounts add column note text;
    /// ```
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// comment on table accounts is 'about 4 million rows, written all day';
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
    let waits = cx.change.steps.iter().filter(|it| !it.has_lock_timeout);
    let waits = waits.filter_map(|it| Some((it, locked_table(cx, it)?)));
    // The first of the worst.
    let worst = waits.map(|(step, table)| (risk(cx, step, &table), step, table));
    let worst = worst.reduce(|worst, it| if it.0 > worst.0 { it } else { worst });
    if let Some((risk, step, table)) = worst {
        let claim = format!("waits for a lock on `{table}` without `lock_timeout`");
        sink.report(step, &table, risk, claim)
            .stake(Stake::Service)
            .trigger("a long query holds the table; all others queue up behind the migration")
            .fix("Set a limit first", "set lock_timeout = '2s';");
    }
}

fn risk(cx: &Cx, step: &Step, table: &str) -> Risk {
    let told = cx.change.before.table(table);
    let size = told.and_then(|it| size(cx, it.id));
    let is_disused = told.is_some_and(|it| is_disused(cx, it.id));
    let is_quick = match &step.action {
        // Readers go on, and nothing is read under the lock.
        Action::CreateTrigger { .. } => true,
        Action::CreateIndex(it) => it.is_only,
        _ => false,
    };
    let is_policy = matches!(step.action, Action::CreatePolicy { .. } | Action::AlterPolicy { .. });
    match size {
        _ if is_disused => Risk::Low,
        Some(Size::Small) => Risk::Low,
        _ if is_lapse(cx, step) => Risk::Medium,
        _ if is_quick => Risk::Low,
        Some(Size::Large) => Risk::Medium,
        None if any_size(cx) || is_policy => Risk::Low,
        None => Risk::Medium,
    }
}

/// Whether a limit was meant and does not hold here, or the lock is held on for another one.
fn is_lapse(cx: &Cx, step: &Step) -> bool {
    let means = |it: &Step| matches!(&it.action, Action::Set { name, .. } if matches!(name.as_str(), "lock_timeout" | "statement_timeout"));
    let beside = |it: &Step| {
        !std::ptr::eq(it, step)
            && it.transaction == step.transaction
            && locked_table(cx, it).is_some()
    };
    cx.change.steps.iter().any(means)
        || step.transaction.is_some() && cx.change.steps.iter().any(beside)
}
